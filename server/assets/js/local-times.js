// The times that the server wrote into a page, rewritten the way this reader's clock shows them.

import { fill, h } from "./dom.js";
import { hourCycle, onHourCycle } from "./preferences.js";
import { clock, clockSpan, longDate, now, shortDate, wall } from "./time.js";
import { zoneCity } from "./zones.js";

/** Rewrites every marked time under `root`, and goes on when the reader changes between 12 and 24 hours. */
export function showLocalTimes(root = document) {
  const show = () => {
    const cycle = hourCycle();
    for (const element of root.querySelectorAll("[data-city]")) element.textContent = zoneCity(element.dataset.city);
    for (const element of root.querySelectorAll("time[data-show]")) {
      write(element, cycle);
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

function write(element, cycle) {
  const { zone, until, show } = element.dataset;
  const start = wall(Date.parse(element.dateTime), zone);
  const isSpan = show === "span";
  const date = isSpan ? longDate(start.date) : shortDate(start.date);
  const hours = isSpan
    ? clockSpan(start.minute, wall(Date.parse(until), zone).minute, cycle)
    : clock(start.minute, cycle);
  // A line may end between date and hours, not within the hours.
  fill(element, `${date}, `, h("span", { class: "whole" }, hours));
}
