// The times that the server wrote into a page, rewritten the way this reader's clock shows them.

import { hourCycle, onHourCycle } from "./preferences.js";
import { clock, clockSpan, longDate, now, shortDate, wall } from "./time.js";
import { zoneCity } from "./zones.js";

/** Rewrites every marked time under `root`, and goes on when the reader changes between 12 and 24 hours. */
export function showLocalTimes(root = document) {
  const show = () => {
    const cycle = hourCycle();
    for (const element of root.querySelectorAll("[data-city]")) element.textContent = zoneCity(element.dataset.city);
    for (const element of root.querySelectorAll("time[data-show]")) {
      element.textContent = words(element, cycle);
    }
  };
  show();
  onHourCycle(show);
}

/** Keeps the mentors' clocks right while the page is open. */
export function runClocks() {
  const elements = document.querySelectorAll("time[data-clock]");
  const tick = () => {
    for (const element of elements) {
      element.textContent = clock(wall(now(), element.dataset.clock).minute, hourCycle());
    }
    setTimeout(tick, 60_000 - (now() % 60_000) + 50);
  };
  tick();
  onHourCycle(() => {
    for (const element of elements) {
      element.textContent = clock(wall(now(), element.dataset.clock).minute, hourCycle());
    }
  });
}

function words(element, cycle) {
  const { zone, until, show } = element.dataset;
  const start = wall(Date.parse(element.dateTime), zone);
  if (show === "moment") return `${shortDate(start.date)}, ${clock(start.minute, cycle)}`;
  const end = wall(Date.parse(until), zone);
  return `${longDate(start.date)}, ${clockSpan(start.minute, end.minute, cycle)}`;
}
