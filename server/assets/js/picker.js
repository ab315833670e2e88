// Date and time: the month, the times of its chosen day, and the zone they are read in, kept in step.
//
// Booking and moving use the same picker. It owns what is chosen; who made it hears of every choice.

import { makeAvailability, countOpen, hasOpen } from "./availability.js";
import { makeCalendarGrid } from "./calendar-grid.js";
import { fill, h, icon, mark } from "./dom.js";
import { currentZone, hourCycle, onHourCycle, setHourCycle, setZone } from "./preferences.js";
import { makeSlotList } from "./slot-list.js";
import { t } from "./text.js";
import { addMonths, fullDate, monthName, monthOf, shortDateBeside, today, wall, wallOf } from "./time.js";
import { makeZonePicker } from "./zone-picker.js";
import { zoneCity, zoneOffset } from "./zones.js";

/**
 * Makes a picker for `mentor` (`slug`, `shortName`, `timezone`). `booking` and `token` belong to a booking that is
 * being moved. Calls back with `onDay(date, isByHand)`, `onSlot(slot)`, `onContinue(slot)` and `onReady()`.
 */
export function makePicker({ mentor, sessionType, booking, token, announce, onDay, onSlot, onContinue, onReady }) {
  const store = makeAvailability({ mentor: mentor.slug, booking, token });
  const state = {
    sessionType,
    zone: currentZone(),
    month: null,
    date: null,
    slot: null,
    status: "loading",
    problem: null,
    days: null,
    nextAvailable: null,
  };
  // The earliest open date ever seen: the way back for somebody who wandered into an empty year.
  let earliest = null;
  let turn = 0;

  const grid = makeCalendarGrid({
    onMonth: (month, date) => show(month, { standOn: date }),
    onDay: (date) => chooseDay(date, true),
  });
  const list = makeSlotList({
    mentorName: mentor.shortName,
    announce,
    onSlot: (slot) => {
      state.slot = slot;
      draw({ isListKept: true });
      onSlot(slot);
    },
    onContinue: (slot) => onContinue(slot),
  });
  const zonePicker = makeZonePicker({ mentorName: mentor.shortName, mentorZone: mentor.timezone, onZone: changeZone });
  const cover = h("div", { class: "month-cover", hidden: true });
  const monthPanel = h(
    "section",
    { class: "panel month-panel", "aria-label": t.stepDate },
    h("div", { class: "month-box" }, grid.element, cover),
    zonePicker.element,
  );
  const hours = [12, 24].map((cycle) =>
    h(
      "button",
      { type: "button", "aria-pressed": "false", "data-cycle": cycle, on: { click: () => setHourCycle(cycle) } },
      cycle === 12 ? t.hours12 : t.hours24,
    ),
  );
  const heading = h("h3", { class: "times-title", tabindex: "-1" });
  const zoneNote = h("p", { class: "times-zone" });
  const timesPanel = h(
    "section",
    { class: "panel times-panel", "aria-label": t.stepTime },
    h(
      "div",
      { class: "times-head" },
      heading,
      zoneNote,
      h("div", { class: "switch", role: "group", "aria-label": t.hoursLabel }, hours),
    ),
    list.element,
  );

  const stopHours = onHourCycle(() => draw());
  const whenOnline = () => {
    if (state.problem?.kind === "offline") show(state.month);
  };
  addEventListener("online", whenOnline);

  /** Shows a month, from what is known or from the server. */
  async function show(month, { standOn = null, isFirst = false, isQuiet = false } = {}) {
    const mine = ++turn;
    Object.assign(state, { month, status: "loading", problem: null, days: null });
    draw();
    if (standOn) grid.focus(standOn);
    const slow = setTimeout(() => announce(t.monthLoading(monthName(month))), 400);
    try {
      const found = await store.load(state.sessionType, state.zone, month);
      if (mine !== turn) return;
      const isEmpty = ![...found.days.values()].some(hasOpen);
      if (found.nextAvailable) {
        const date = dateIn(found.nextAvailable);
        if (!earliest || date < earliest) earliest = date;
        if (isFirst && isEmpty && monthOf(date) !== month) {
          clearTimeout(slow);
          return show(monthOf(date), { isFirst });
        }
      }
      Object.assign(state, { status: "ready", days: found.days, nextAvailable: found.nextAvailable });
      settleDay(isFirst);
      draw();
      store.prefetch(state.sessionType, state.zone, addMonths(month, 1));
      if (!isQuiet) announce(isEmpty ? t.noneInMonth(monthName(month)) : t.monthCount(monthName(month), openDays()));
      onReady?.(isFirst);
    } catch (problem) {
      if (mine !== turn) return;
      Object.assign(state, { status: "failed", problem });
      draw();
      announce(problem.kind === "offline" ? t.loadOffline : t.loadFailed);
    } finally {
      clearTimeout(slow);
    }
  }

  const openDays = () => [...state.days.values()].filter(hasOpen).length;

  function dateIn(text) {
    return wall(Date.parse(text), state.zone).date;
  }

  /** At first the next available day is chosen; later, only a day that has lost its last time is let go. */
  function settleDay(isFirst) {
    const isHere = state.date && monthOf(state.date) === state.month;
    const isOpen = isHere && hasOpen(state.days.get(state.date) ?? []);
    if (state.date && !isHere && !isFirst) return;
    if (isOpen) return;
    // A chosen time stays chosen while its day is shown, even when nothing else of that day is left.
    const firstOpen = [...state.days].find(([, slots]) => hasOpen(slots))?.[0] ?? null;
    if (isFirst || isHere) {
      state.date = firstOpen;
      if (firstOpen) onDay(firstOpen, false);
    }
  }

  function chooseDay(date, isByHand) {
    state.date = date;
    if (state.slot && state.slot.wall.date !== date) {
      state.slot = null;
      onSlot(null);
    }
    draw();
    announce(t.timesOn(fullDate(date), countOpen(state.days.get(date) ?? [])));
    onDay(date, isByHand);
  }

  function changeZone(zone) {
    setZone(zone);
    state.zone = zone;
    earliest = null;
    if (state.slot) {
      state.slot = makeSlot(state.slot.instant);
      state.date = state.slot.wall.date;
      onSlot(state.slot);
    }
    const date = state.date ?? today(zone);
    announce(t.zoneSet(zoneCity(zone)));
    show(monthOf(date < today(zone) ? today(zone) : date), { isQuiet: true, isFirst: !state.date });
  }

  /** The slots of the chosen day, with what clocks show at each. */
  function slotsOfDay() {
    const slots = daySlots.get(state.date) ?? state.days?.get(state.date) ?? [];
    return slots.map((slot) => {
      const instant = Date.parse(slot.start);
      const written = wallOf(slot.start, state.zone);
      return {
        instant,
        status: slot.status,
        wall: written.date === state.date ? written : wall(instant, state.zone),
        mentorWall: wall(instant, mentor.timezone),
      };
    });
  }

  // The chosen day's times stay on show while other months are looked at.
  const daySlots = new Map();

  function makeSlot(instant) {
    return { instant, status: "open", wall: wall(instant, state.zone), mentorWall: wall(instant, mentor.timezone) };
  }

  function draw({ isListKept = false } = {}) {
    if (state.days?.has(state.date)) {
      daySlots.clear();
      daySlots.set(state.date, state.days.get(state.date));
    }
    const cycle = hourCycle();
    grid.draw({
      month: state.month,
      today: today(state.zone),
      selected: state.date,
      days: state.days,
      status: state.status,
    });
    drawCover();
    // The zone's offset is that of the time in question, not of the present: clocks may change in between.
    const about = state.slot?.instant ?? Date.parse(`${state.date ?? `${state.month}-15`}T12:00:00Z`);
    zonePicker.draw(state.zone, about);
    zoneNote.textContent = t.timesIn(zoneCity(state.zone), zoneOffset(state.zone, about));
    for (const button of hours) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.cycle) === cycle));
    }
    heading.textContent = state.date ? fullDate(state.date) : t.times;
    mark(timesPanel, "data-empty", state.date ? null : "true");
    if (isListKept) return;
    const isKnown = daySlots.has(state.date);
    const isWaiting = state.status === "loading" && (!state.date || !isKnown);
    list.draw({
      status: isWaiting ? "loading" : state.date && isKnown ? "ready" : "idle",
      date: state.date,
      slots: slotsOfDay(),
      cycle,
      chosen: state.slot?.instant ?? null,
    });
  }

  /** What lies over the month when it cannot be shown, or shows nothing: two things that must not look alike. */
  function drawCover() {
    const isEmpty = state.status === "ready" && openDays() === 0;
    cover.hidden = !(isEmpty || state.status === "failed");
    if (cover.hidden) return;
    cover.dataset.kind = isEmpty ? "empty" : "failed";
    if (isEmpty) fill(cover, emptyWords());
    else fill(cover, failedWords());
  }

  function emptyWords() {
    if (state.nextAvailable) {
      const date = dateIn(state.nextAvailable);
      return [h("p", { class: "cover-title" }, t.noneInMonth(monthName(state.month))), jump(date, t.nextAvailable)];
    }
    if (earliest) {
      return [
        h("p", { class: "cover-title" }, t.noneInMonth(monthName(state.month))),
        h("p", {}, t.nothingLater),
        jump(earliest, t.earliest),
      ];
    }
    return [h("p", { class: "cover-title" }, t.noneAtAll(mentor.shortName)), h("p", {}, t.noneAtAllHint)];
  }

  function jump(date, words) {
    const go = async () => {
      state.date = null;
      await show(monthOf(date), { isFirst: true });
      grid.focus();
    };
    return h("button", { type: "button", class: "button primary", on: { click: go } }, words(shortDateBeside(date, today(state.zone))));
  }

  function failedWords() {
    const isOffline = state.problem.kind === "offline";
    return [
      icon("alert"),
      h("p", { class: "cover-title" }, isOffline ? t.loadOffline : t.loadFailed),
      h("p", {}, isOffline ? t.loadOfflineHint : t.loadFailedHint),
      h(
        "button",
        {
          type: "button",
          class: "button",
          on: {
            click: async () => {
              await show(state.month, { isFirst: !state.date });
              grid.focus();
            },
          },
        },
        t.tryAgain,
      ),
    ];
  }

  return {
    monthPanel,
    timesPanel,
    state,
    /** Opens on the next available day. */
    start: () => show(monthOf(today(state.zone)), { isFirst: true }),
    /** Another session type has other times. */
    setSessionType(slug) {
      Object.assign(state, { sessionType: slug, date: null, slot: null });
      daySlots.clear();
      earliest = null;
      onSlot(null);
      return show(monthOf(today(state.zone)), { isFirst: true });
    },
    /** Begins again, with what the server says now. */
    restart() {
      Object.assign(state, { date: null, slot: null });
      store.forget();
      daySlots.clear();
      return show(monthOf(today(state.zone)), { isFirst: true });
    },
    /** Asks the server anew, because what is shown is known to be out of date. */
    reload() {
      store.forget();
      daySlots.clear();
      return show(state.month, { isQuiet: true });
    },
    /** Chooses a start that did not come from the list, such as an alternative. */
    choose(instant) {
      const slot = makeSlot(instant);
      Object.assign(state, { slot, date: slot.wall.date });
      if (monthOf(slot.wall.date) === state.month) draw();
      else show(monthOf(slot.wall.date), { isQuiet: true });
      onSlot(slot);
    },
    /** Lets go of the chosen time, not of the day. */
    release() {
      state.slot = null;
      draw();
    },
    makeSlot,
    focusDay: () => grid.focus(),
    focusTimes: () => heading.focus(),
    dismiss: () => zonePicker.dismiss(),
    end() {
      stopHours();
      removeEventListener("online", whenOnline);
    },
  };
}
