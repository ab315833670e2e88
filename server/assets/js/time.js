// Time: the server's clock, civil dates, zones, and how they read.
//
// Instants are milliseconds since 1970. Civil dates are "YYYY-MM-DD" and months "YYYY-MM", and stay strings: a date
// is never turned into an instant, because no zone belongs to it.

import { lang } from "./text.js";

const DAY = 86_400_000;
const serverNow = Date.parse(document.querySelector('meta[name="now"]')?.content ?? "");

/** The present, by the server's clock; this computer's own may be wrong. */
export function now() {
  return Number.isNaN(serverNow) ? Date.now() : serverNow + performance.now();
}

/** The reader's locale when it is in the page's language, else the language: words never mix two languages. */
export const wordLocale = navigator.languages.find((tag) => tag.split("-")[0] === lang) ?? lang;

/** The reader's locale, for habits: the clock and the first day of the week. */
export const habitLocale = navigator.language || lang;

const formatters = new Map();

function formatter(options) {
  const key = JSON.stringify(options);
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(wordLocale, options);
    formatters.set(key, made);
  }
  return made;
}

// Civil dates

/** The date's midnight as if it were in UTC: for arithmetic and formatting only. */
function utc(date) {
  return Date.parse(`${date}T00:00:00Z`);
}

function dateOf(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

export function addDays(date, days) {
  return dateOf(utc(date) + days * DAY);
}

/** The same day some months on, or the last day of that month when it is shorter. */
export function addMonthsToDate(date, months) {
  const month = addMonths(date.slice(0, 7), months);
  const day = Math.min(Number(date.slice(8)), daysIn(month));
  return `${month}-${String(day).padStart(2, "0")}`;
}

export function addMonths(month, months) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

export function daysIn(month) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

export const firstOf = (month) => `${month}-01`;
export const lastOf = (month) => `${month}-${daysIn(month)}`;
export const monthOf = (date) => date.slice(0, 7);

/** 0 is Sunday. */
export function weekday(date) {
  return new Date(utc(date)).getUTCDay();
}

/** The day a week starts with where the reader lives; 0 is Sunday. */
export const firstWeekday = (() => {
  try {
    const locale = new Intl.Locale(habitLocale);
    const info = locale.getWeekInfo?.() ?? locale.weekInfo;
    if (info) return info.firstDay % 7;
    const region = locale.maximize().region;
    return ["US", "CA", "MX", "BR", "JP", "KR", "TW", "HK", "IN", "IL", "ZA", "PH", "TH"].includes(region) ? 0 : 1;
  } catch {
    return 1;
  }
})();

/** The seven weekdays in the reader's order: short for the eye, long for the ear. */
export function weekdays() {
  return Array.from({ length: 7 }, (_, index) => {
    // 1970-01-04 was a Sunday.
    const date = addDays("1970-01-04", firstWeekday + index);
    return { short: dateWith(date, { weekday: "short" }), long: dateWith(date, { weekday: "long" }) };
  });
}

function dateWith(date, options) {
  return formatter({ ...options, timeZone: "UTC" }).format(utc(date));
}

/** "Tuesday, December 1, 2026" */
export const longDate = (date) => dateWith(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
/** "Tuesday, December 1" */
export const fullDate = (date) => dateWith(date, { weekday: "long", day: "numeric", month: "long" });
/** "Tue, Dec 1" */
export const shortDate = (date) => dateWith(date, { weekday: "short", day: "numeric", month: "short" });
/** The same, with the year where it is not the one of `other`. */
export const shortDateBeside = (date, other) =>
  date.slice(0, 4) === other.slice(0, 4)
    ? shortDate(date)
    : dateWith(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
/** "Tuesday" */
export const weekdayName = (date) => dateWith(date, { weekday: "long" });
/** "December 2026" */
export const monthName = (month) => dateWith(firstOf(month), { month: "long", year: "numeric" });
/** "December" */
export const monthOnly = (month) => dateWith(firstOf(month), { month: "long" });

// Zones

const readers = new Map();

function reader(zone) {
  let made = readers.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    readers.set(zone, made);
  }
  return made;
}

/** Date, minute of the day and offset in minutes that a zone's clocks show at an instant. */
export function wall(instant, zone) {
  const part = {};
  for (const { type, value } of reader(zone).formatToParts(instant)) part[type] = Number(value);
  const shown = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return {
    date: dateOf(shown),
    minute: part.hour * 60 + part.minute,
    offset: Math.round((shown - Math.floor(instant / 1000) * 1000) / 60_000),
  };
}

/**
 * The same for an instant as the server wrote it. Its text carries the offset that the server's zone data gave,
 * which may be newer than the browser's: where it has one, it is believed.
 */
export function wallOf(text, zone) {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?([+-])(\d\d):(\d\d)$/.exec(text);
  if (!match) return wall(Date.parse(text), zone);
  const sign = match[4] === "-" ? -1 : 1;
  return {
    date: match[1],
    minute: Number(match[2]) * 60 + Number(match[3]),
    offset: sign * (Number(match[5]) * 60 + Number(match[6])),
  };
}

export const today = (zone) => wall(now(), zone).date;

/** "GMT+9", "GMT-3:30", "GMT" */
export function offsetName(minutes) {
  if (minutes === 0) return "GMT";
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
  return `GMT${minutes < 0 ? "\u2212" : "+"}${Math.floor(size / 60)}${rest}`;
}

/** An instant the way the API and calendars like it: UTC, whole seconds. */
export function stamp(instant) {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

// Clock times

/** A minute of the day as the reader's clock shows it: "9:30 AM", "09:30". */
export function clock(minute, cycle) {
  const options =
    cycle === 12
      ? { hour: "numeric", minute: "2-digit", hourCycle: "h12", timeZone: "UTC" }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" };
  return formatter(options).format(minute * 60_000);
}

/** "9:30 – 10:00 AM" or "09:30 – 10:00" */
export function clockSpan(from, to, cycle) {
  return `${clock(from, cycle)} – ${clock(to, cycle)}`;
}

/** Which part of the day a minute belongs to. */
export function partOfDay(minute) {
  if (minute < 5 * 60) return "night";
  if (minute < 12 * 60) return "morning";
  if (minute < 17 * 60) return "afternoon";
  return "evening";
}
