// How this person reads time: which zone, and whether clocks run to 12 or to 24.

import { habitLocale } from "./time.js";

const HOURS = "slotsmith.hours";
const listeners = new Set();
let zone = null;
let cycle = null;

/** The zone that times are shown in: the browser's, until somebody changes it on this page. */
export function currentZone() {
  zone ??= detectedZone();
  return zone;
}

export function setZone(value) {
  zone = value;
}

/** The zone that the browser's clock is set to; UTC where it does not know. */
export function detectedZone() {
  const detected = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return detected && detected !== "Etc/Unknown" ? detected : "UTC";
}

/** 12 or 24: what was chosen before, else what the browser's locale does. */
export function hourCycle() {
  cycle ??= stored() ?? localHourCycle();
  return cycle;
}

export function setHourCycle(value) {
  cycle = value;
  try {
    localStorage.setItem(HOURS, String(value));
  } catch {
    // Storage may be closed to us; the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Calls back whenever 12 becomes 24 or the reverse. Returns the way to stop. */
export function onHourCycle(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function stored() {
  try {
    const value = Number(localStorage.getItem(HOURS));
    return value === 12 || value === 24 ? value : null;
  } catch {
    return null;
  }
}

function localHourCycle() {
  const options = new Intl.DateTimeFormat(habitLocale, { hour: "numeric" }).resolvedOptions();
  return options.hourCycle === "h11" || options.hourCycle === "h12" ? 12 : 24;
}
