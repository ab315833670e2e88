// The times of one day: large buttons in one column, one of which may be chosen.

import { fill, h, mark } from "./dom.js";
import { t } from "./text.js";
import { clock, fullDate, offsetName, partOfDay, stamp, weekdayName } from "./time.js";

const GROUPS_FROM = 13;
const SKELETON_ROWS = 7;

/**
 * Makes the list. A slot is `{ instant, status, wall, mentorWall }`. `onSlot(slot)` reports a choice,
 * `onContinue(slot)` that the booker goes on with it.
 */
export function makeSlotList({ mentorName, announce, onSlot, onContinue }) {
  const element = h("div", { class: "slots", on: { keydown } });
  let rows = [];
  let view = null;

  /** Draws `{ status, date, slots, cycle, chosen }`; status is idle, loading or ready. */
  function draw(state) {
    const heldInstant = rows.find((row) => row.button === document.activeElement)?.slot.instant;
    const isOtherDay = state.date !== view?.date || view?.status !== "ready";
    view = state;
    rows = [];
    element.dataset.status = state.status;
    mark(element, "aria-busy", state.status === "loading" ? "true" : null);
    if (state.status === "loading") {
      fill(
        element,
        h("p", { class: "unseen" }, t.loadingTimes),
        Array.from({ length: SKELETON_ROWS }, () => h("div", { class: "slot-skeleton", "aria-hidden": "true" })),
      );
      return;
    }
    if (state.status === "idle") {
      fill(element, h("p", { class: "slots-idle" }, t.chooseDay));
      return;
    }
    fill(element, groups(state.slots).map(drawGroup));
    settleTabStop();
    if (isOtherDay) showFirstOpen();
    if (heldInstant !== undefined) rows.find((row) => row.slot.instant === heldInstant)?.button.focus();
  }

  /** On a day that is taken far into it, the list begins where there is something to choose. */
  function showFirstOpen() {
    element.scrollTop = 0;
    const first = openRows()[0]?.element;
    if (!first) return;
    const distance = first.getBoundingClientRect().bottom - element.getBoundingClientRect().bottom;
    if (distance > 0) element.scrollTop = distance + element.clientHeight / 2;
  }

  /** More than a dozen times read better by part of the day. */
  function groups(slots) {
    if (slots.length < GROUPS_FROM) return [{ part: null, slots }];
    const parts = [];
    for (const slot of slots) {
      const part = partOfDay(slot.wall.minute);
      if (parts.at(-1)?.part !== part) parts.push({ part, slots: [] });
      parts.at(-1).slots.push(slot);
    }
    return parts;
  }

  function drawGroup({ part, slots }, index) {
    const id = `part-${index}`;
    const list = h("ul", { class: "slot-group", "aria-labelledby": part ? id : null }, slots.map(drawRow));
    return part ? [h("h4", { class: "part", id }, t.part[part]), list] : list;
  }

  function drawRow(slot) {
    const time = clock(slot.wall.minute, view.cycle);
    // On the day that an hour repeats, the same time stands there twice; only the offset tells the two apart.
    const isTwice = view.slots.some(
      (other) => other !== slot && other.wall.minute === slot.wall.minute && other.wall.offset !== slot.wall.offset,
    );
    const offset = isTwice ? offsetName(slot.wall.offset) : "";
    const note =
      slot.mentorWall.date === view.date
        ? ""
        : t.otherDay(mentorName, weekdayName(slot.mentorWall.date), partOfDay(slot.mentorWall.minute));
    const isTaken = slot.status !== "open";
    // Comes after what can be seen, so that people who speak to their computer can say what they read.
    const unseen = [fullDate(view.date), isTaken && t.taken].filter(Boolean).map((words) => `, ${words}`);
    const button = h(
      "button",
      {
        type: "button",
        class: "slot",
        "data-testid": "slot",
        "data-start": stamp(slot.instant),
        "data-status": slot.status,
        "aria-pressed": isTaken ? null : "false",
        disabled: isTaken,
        tabindex: "-1",
        on: { click: () => choose(row) },
      },
      h("span", { class: "slot-time" }, time, offset && h("span", { class: "slot-offset" }, ` ${offset}`)),
      note && [" ", h("span", { class: "slot-note" }, note)],
      h("span", { class: "unseen" }, unseen),
    );
    const row = { slot, button, time: [time, offset].filter(Boolean).join(" "), element: null };
    row.element = h("li", { class: "slot-row" }, button);
    rows.push(row);
    if (slot.instant === view.chosen) press(row);
    return row.element;
  }

  function choose(row) {
    for (const other of rows) if (other !== row) release(other);
    press(row);
    settleTabStop();
    view.chosen = row.slot.instant;
    onSlot(row.slot);
    announce(t.chosen(row.time));
  }

  function press(row) {
    if (row.button.disabled) return;
    row.button.setAttribute("aria-pressed", "true");
    if (row.element.children.length > 1) return;
    row.element.append(
      h(
        "button",
        {
          type: "button",
          class: "button primary slot-continue",
          "data-testid": "continue",
          "aria-label": t.continueWith(row.time),
          on: { click: () => onContinue(row.slot) },
        },
        t.continueStep,
      ),
    );
  }

  function release(row) {
    if (row.button.disabled) return;
    row.button.setAttribute("aria-pressed", "false");
    row.element.replaceChildren(row.button);
  }

  const openRows = () => rows.filter((row) => !row.button.disabled);

  function settleTabStop() {
    const open = openRows();
    const stop = open.find((row) => row.slot.instant === view.chosen) ?? open[0];
    for (const row of open) row.button.tabIndex = row === stop ? 0 : -1;
  }

  function keydown(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const open = openRows();
    const at = open.findIndex((row) => row.button === event.target);
    if (at < 0) return;
    const target = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: open.length - 1 }[
      event.key
    ];
    if (target === undefined) return;
    event.preventDefault();
    const row = open[Math.max(0, Math.min(open.length - 1, target))];
    for (const other of open) other.button.tabIndex = other === row ? 0 : -1;
    row.button.focus();
  }

  /** Puts the focus on the chosen time, or on the first open one. */
  function focus() {
    const open = openRows();
    (open.find((row) => row.slot.instant === view?.chosen) ?? open[0])?.button.focus();
  }

  return { element, draw, focus };
}
