// A mentor's months, fetched once each and kept while a dialog is open.

import * as api from "./api.js";
import { firstOf, lastOf, monthOf, today } from "./time.js";

/** Makes the store of one mentor's months. `booking` and `token` are those of a booking that is being moved. */
export function makeAvailability({ mentor, booking, token }) {
  const months = new Map();

  const keyOf = (sessionType, zone, month) => `${sessionType} ${zone} ${month}`;

  /** A month: `{ days: Map of date to slots, nextAvailable }`. Two askers share one request. */
  function load(sessionType, zone, month) {
    const key = keyOf(sessionType, zone, month);
    let promise = months.get(key);
    if (!promise) {
      promise = fetchMonth(sessionType, zone, month);
      months.set(key, promise);
      // A failure is not kept: the next asker tries again.
      promise.catch(() => {
        if (months.get(key) === promise) months.delete(key);
      });
    }
    return promise;
  }

  async function fetchMonth(sessionType, zone, month) {
    const current = today(zone);
    if (month < monthOf(current)) return { days: new Map(), nextAvailable: null };
    const from = month === monthOf(current) ? current : firstOf(month);
    const answer = await api.availability({
      mentor,
      sessionType,
      from,
      to: lastOf(month),
      zone,
      booking,
      token,
    });
    const days = new Map();
    for (const day of answer.days) days.set(day.date, day.slots);
    return { days, nextAvailable: answer.next_available };
  }

  return {
    load,
    /** Fetches a month that may be wanted soon. A failure is of no interest yet. */
    prefetch(sessionType, zone, month) {
      load(sessionType, zone, month).catch(() => {});
    },
    /** Forgets everything: what was fetched is known to be out of date. */
    forget() {
      months.clear();
    },
  };
}

export const hasOpen = (slots) => slots.some((slot) => slot.status === "open");
export const countOpen = (slots) => slots.filter((slot) => slot.status === "open").length;
