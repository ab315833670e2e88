// One month as a grid of days that a keyboard can walk.
//
// It draws what it is told and reports what was asked for; it fetches nothing and decides nothing.

import { fill, h, icon, mark } from "./dom.js";
import { countOpen } from "./availability.js";
import { t } from "./text.js";
import {
  addDays,
  addMonths,
  addMonthsToDate,
  daysIn,
  firstOf,
  firstWeekday,
  longDate,
  monthName,
  monthOf,
  weekday,
  weekdays,
} from "./time.js";

const WEEKS = 6;
let made = 0;

/**
 * Makes the grid. `onMonth(month, date)` asks for another month, with the date to stand on if a key asked;
 * `onDay(date)` reports a day with open times that was chosen.
 */
export function makeCalendarGrid({ onMonth, onDay }) {
  const id = `month-${++made}`;
  const buttons = new Map();
  let view = { month: null, today: null, selected: null, days: null, status: "loading" };
  let standing = null;

  const title = h("h3", { id, class: "month-title", "aria-live": "off" });
  const previous = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "data-testid": "previous-month",
      "aria-label": t.previousMonth,
      on: { click: () => turn(-1) },
    },
    icon("chevron-left"),
  );
  const next = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "data-testid": "next-month",
      "aria-label": t.nextMonth,
      on: { click: () => turn(1) },
    },
    icon("chevron-right"),
  );
  const body = h("tbody", { on: { keydown, click } });
  const head = h(
    "tr",
    {},
    weekdays().map((day) => h("th", { scope: "col", abbr: day.long, "aria-label": day.long }, day.short)),
  );
  const table = h(
    "table",
    { class: "month-grid", role: "grid", "aria-labelledby": id, "aria-describedby": `${id}-keys` },
    h("thead", {}, head),
    body,
  );
  const element = h(
    "div",
    { class: "month" },
    h("div", { class: "month-head" }, title, h("div", { class: "month-turn" }, previous, next)),
    table,
    h("p", { id: `${id}-keys`, class: "unseen" }, t.keyboardHint),
  );

  function turn(months) {
    if (months < 0 && isFirstMonth()) return;
    onMonth(addMonths(view.month, months), null);
  }

  const isFirstMonth = () => view.month <= monthOf(view.today);

  /** Draws a state: `{ month, today, selected, days, status }`, status one of loading, ready and failed. */
  function draw(state) {
    const other = state.month !== view.month;
    view = state;
    if (other) build();
    title.textContent = monthName(view.month);
    mark(previous, "aria-disabled", isFirstMonth() ? "true" : null);
    mark(table, "aria-busy", view.status === "loading" ? "true" : null);
    mark(element, "data-status", view.status);
    for (const [date, button] of buttons) dress(button, date);
    if (!buttons.has(standing)) standing = null;
    const held = buttons.get(standing);
    const isHeld = held !== undefined && held === document.activeElement;
    if (!isHeld) standing = defaultStanding();
    for (const [date, button] of buttons) button.tabIndex = date === standing ? 0 : -1;
  }

  /** Lays out the month's days. Always six weeks high, so that nothing below moves. */
  function build() {
    buttons.clear();
    const blanks = (weekday(firstOf(view.month)) - firstWeekday + 7) % 7;
    const days = daysIn(view.month);
    const weeks = [];
    for (let week = 0; week < WEEKS; week++) {
      const cells = [];
      for (let column = 0; column < 7; column++) {
        const day = week * 7 + column - blanks + 1;
        if (day < 1 || day > days) {
          cells.push(h("td", { role: "gridcell", class: "blank" }));
          continue;
        }
        const date = `${view.month}-${String(day).padStart(2, "0")}`;
        const button = h(
          "button",
          { type: "button", class: "day", tabindex: "-1", "data-testid": `day-${date}`, "data-date": date },
          // The number is for the eye; the ear gets the whole date and how things stand on it.
          h("span", { class: "day-number", "aria-hidden": "true" }, day),
          h("span", { class: "unseen" }),
        );
        buttons.set(date, button);
        cells.push(h("td", { role: "gridcell" }, button));
      }
      const isBlank = week * 7 - blanks + 1 > days;
      weeks.push(h("tr", { class: isBlank ? "blank" : null, "aria-hidden": isBlank ? "true" : null }, cells));
    }
    fill(body, weeks);
  }

  function dress(button, date) {
    const slots = view.days?.get(date) ?? [];
    const open = countOpen(slots);
    const name = longDate(date);
    const isLoading = view.status === "loading" && date >= view.today;
    const state = isLoading ? "loading" : open > 0 ? "open" : slots.length > 0 ? "full" : "closed";
    const label = {
      loading: () => t.dayLoading(name),
      open: () => t.dayOpen(name, open),
      full: () => t.dayFull(name),
      closed: () => t.dayClosed(name),
    }[state];
    button.dataset.state = state;
    button.lastElementChild.textContent = label();
    mark(button, "aria-disabled", state === "open" ? null : "true");
    mark(button, "aria-current", date === view.today ? "date" : null);
    mark(button.parentElement, "aria-selected", date === view.selected ? "true" : "false");
  }

  /** Where Tab enters the grid: the chosen day, else the first open one, else today or the first. */
  function defaultStanding() {
    if (buttons.has(view.selected)) return view.selected;
    for (const [date, button] of buttons) if (button.dataset.state === "open") return date;
    return buttons.has(view.today) ? view.today : (buttons.keys().next().value ?? null);
  }

  function click(event) {
    const button = event.target.closest("button.day");
    if (!button) return;
    stand(button.dataset.date);
    if (button.dataset.state === "open") onDay(button.dataset.date);
  }

  function keydown(event) {
    const button = event.target.closest("button.day");
    if (!button || event.ctrlKey || event.altKey || event.metaKey) return;
    const date = button.dataset.date;
    const target = step(event, date);
    if (!target) return;
    event.preventDefault();
    move(target < view.today ? view.today : target);
  }

  function step(event, date) {
    const column = (weekday(date) - firstWeekday + 7) % 7;
    const isRtl = getComputedStyle(table).direction === "rtl";
    switch (event.key) {
      case "ArrowLeft":
        return addDays(date, isRtl ? 1 : -1);
      case "ArrowRight":
        return addDays(date, isRtl ? -1 : 1);
      case "ArrowUp":
        return addDays(date, -7);
      case "ArrowDown":
        return addDays(date, 7);
      case "Home":
        return addDays(date, -column);
      case "End":
        return addDays(date, 6 - column);
      case "PageUp":
        return addMonthsToDate(date, event.shiftKey ? -12 : -1);
      case "PageDown":
        return addMonthsToDate(date, event.shiftKey ? 12 : 1);
      default:
        return null;
    }
  }

  function move(date) {
    if (monthOf(date) !== view.month) onMonth(monthOf(date), date);
    focus(date);
  }

  function stand(date) {
    const old = buttons.get(standing);
    if (old) old.tabIndex = -1;
    standing = date;
    const button = buttons.get(date);
    if (button) button.tabIndex = 0;
    return button;
  }

  function focus(date = standing) {
    stand(date)?.focus();
  }

  return { element, draw, focus };
}
