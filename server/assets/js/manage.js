// The page of one booking: moves it and cancels it, then shows what the server now says.

import { calendarFile } from "./api.js";
import { openCancel } from "./cancel-dialog.js";
import { h, icon } from "./dom.js";
import { showLocalTimes } from "./local-times.js";
import { mentorOf, sessionOf } from "./mentors.js";
import { openMove } from "./move-dialog.js";
import { hourCycle, setZone } from "./preferences.js";
import { t } from "./text.js";
import { clock, fullDate, wall } from "./time.js";

const token = new URLSearchParams(location.search).get("token") ?? "";

wake();

/** Gives life to the page as it stands, at first and after every change. */
function wake() {
  const main = document.querySelector("main[data-booking]");
  const booking = read(main);
  setZone(booking.zone);
  showLocalTimes(main);
  for (const element of main.querySelectorAll(".needs-script")) element.hidden = false;
  const file = main.querySelector("[data-ics]");
  if (file) file.href = calendarFile(booking.id, token);
  main.querySelector("[data-testid=reschedule]")?.addEventListener("click", () => {
    setZone(booking.zone);
    openMove({ booking, onMoved: (when) => renew(t.moved(when)) });
  });
  main.querySelector("[data-testid=cancel]")?.addEventListener("click", () => {
    openCancel({ booking, when: words(booking), onCancelled: () => renew(t.cancelled) });
  });
}

function read(main) {
  const data = main.dataset;
  return {
    id: data.booking,
    token,
    zone: data.timezone,
    start: Date.parse(data.start),
    end: Date.parse(data.end),
    mentor: mentorOf({ ...data, timezone: data.mentorTimezone }, [sessionOf(data)]),
  };
}

function words({ start, zone }) {
  const at = wall(start, zone);
  return `${fullDate(at.date)}, ${clock(at.minute, hourCycle())}`;
}

/**
 * Takes the page's content from the server again: one place writes a booking into HTML, and it is not this one.
 * Where that fails, the whole page is loaded anew.
 */
async function renew(message) {
  try {
    const response = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = fresh.querySelector("main[data-booking]");
    if (!response.ok || !main) throw new Error("no booking in the answer");
    document.querySelector("main").replaceWith(document.importNode(main, true));
    wake();
  } catch {
    location.reload();
    return;
  }
  scrollTo({ top: 0 });
  const notice = h("div", { class: "notice success", tabindex: "-1" }, icon("check"), h("p", {}, message));
  document.querySelector("main h1").after(notice);
  notice.focus();
}
