// The line that says in which zone times are shown, and the list behind it.

import { fill, h, icon, mark } from "./dom.js";
import { t } from "./text.js";
import { clock, now, wall } from "./time.js";
import { detectedZone, hourCycle } from "./preferences.js";
import { listZones, searchable, zoneCity, zoneOffset } from "./zones.js";

let made = 0;

/** Makes the line and its list. `onZone(zone)` reports a choice. `mentorZone` stands near the top of the list. */
export function makeZonePicker({ mentorName, mentorZone, onZone }) {
  const id = `zones-${++made}`;
  let zone = null;
  let instant = now();
  let zones = null;
  let shown = [];
  let active = -1;

  const label = h("span", { class: "zone-label" });
  const button = h(
    "button",
    {
      type: "button",
      class: "zone-line",
      "data-testid": "zone",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      on: { click: () => (panel.hidden ? open() : close(true)) },
    },
    icon("globe"),
    label,
    " ",
    h("span", { class: "zone-change" }, t.change),
  );
  const input = h("input", {
    type: "text",
    id: `${id}-search`,
    class: "zone-search",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: t.zonePlaceholder,
    "aria-expanded": "true",
    "aria-controls": `${id}-list`,
    "aria-autocomplete": "list",
    on: { input: () => search(), keydown },
  });
  const list = h("ul", {
    id: `${id}-list`,
    class: "zone-list",
    role: "listbox",
    "aria-label": t.zoneTitle,
    on: { click: pick, pointermove: hover },
  });
  const none = h("p", { class: "zone-none", hidden: true }, t.zoneNone);
  const count = h("p", { class: "unseen", role: "status" });
  const panel = h(
    "div",
    { class: "zone-panel", role: "dialog", "aria-label": t.zoneTitle, hidden: true, on: { focusout, keydown: escape } },
    h(
      "div",
      { class: "zone-panel-head" },
      h("label", { for: `${id}-search` }, t.zoneSearch),
      h(
        "button",
        { type: "button", class: "icon-button small", "aria-label": t.close, on: { click: () => close(true) } },
        icon("close"),
      ),
    ),
    input,
    list,
    none,
    count,
  );
  const element = h("div", { class: "zone" }, button, panel);

  /** Shows `value`, with its offset at `at`. */
  function draw(value, at) {
    zone = value;
    instant = at;
    const city = zoneCity(zone);
    const offset = zoneOffset(zone, instant);
    label.textContent = t.timesIn(city, offset);
  }

  function open() {
    zones = listZones(instant, [zone, mentorZone, detectedZone()]);
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    input.value = "";
    search();
    input.focus();
    document.addEventListener("pointerdown", outside);
  }

  function outside(event) {
    if (!element.contains(event.target)) close(false);
  }

  function close(isFocusReturned) {
    if (panel.hidden) return;
    panel.hidden = true;
    document.removeEventListener("pointerdown", outside);
    button.setAttribute("aria-expanded", "false");
    if (isFocusReturned) button.focus();
  }

  function search() {
    const wanted = searchable(input.value);
    // "9" and "+9" mean the offset; a city never starts with a digit.
    const isOffset = /^(gmt|utc)?\s*[+-]?\d/.test(wanted);
    const digits = wanted.replace(/^(gmt|utc)?\s*/, "");
    shown = zones.filter((item) => {
      if (!wanted) return true;
      if (!isOffset) return item.words.includes(wanted);
      const offset = searchable(item.offset).replace("gmt", "");
      const plain = /^[+-]/.test(digits) ? offset : offset.slice(1);
      return plain === digits || plain.startsWith(`${digits}:`) || (digits.includes(":") && plain.startsWith(digits));
    });
    if (!wanted) {
      // The ones people want most stand first: their own, the device's, the mentor's.
      const first = [...new Set([zone, detectedZone(), mentorZone])];
      const near = first.map((id) => zones.find((item) => item.zone === id)).filter(Boolean);
      shown = [...near, ...zones.filter((item) => !near.includes(item))];
    } else {
      // A city that starts with what was typed goes before one that merely contains it.
      const rank = (item) => (searchable(item.city).startsWith(wanted) ? 0 : 1);
      shown.sort((a, b) => rank(a) - rank(b));
    }
    fill(list, shown.map(drawOption));
    none.hidden = shown.length > 0;
    list.hidden = shown.length === 0;
    count.textContent = wanted ? t.zoneResults(shown.length) : "";
    list.scrollTop = 0;
    activate(shown.length > 0 ? 0 : -1);
  }

  function drawOption(item, index) {
    const hint = item.zone === detectedZone() ? t.zoneDetected : item.zone === mentorZone ? t.zoneMentor(mentorName) : item.name;
    return h(
      "li",
      {
        id: `${id}-${index}`,
        role: "option",
        class: "zone-option",
        "data-index": index,
        "data-zone": item.zone,
        "aria-selected": item.zone === zone ? "true" : "false",
      },
      h("span", { class: "zone-city" }, item.city, h("span", { class: "zone-name" }, hint)),
      h(
        "span",
        { class: "zone-offset" },
        clock(wall(now(), item.zone).minute, hourCycle()),
        h("span", { class: "zone-name" }, item.offset),
      ),
    );
  }

  function activate(index) {
    list.children[active]?.classList.remove("active");
    active = index;
    const option = list.children[active];
    option?.classList.add("active");
    mark(input, "aria-activedescendant", option?.id ?? null);
    return option;
  }

  function keydown(event) {
    const last = shown.length - 1;
    const target = {
      ArrowDown: Math.min(last, active + 1),
      ArrowUp: Math.max(0, active - 1),
      PageDown: Math.min(last, active + 6),
      PageUp: Math.max(0, active - 6),
    }[event.key];
    if (target !== undefined && last >= 0) {
      event.preventDefault();
      activate(target)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown[active]) choose(shown[active].zone);
    }
  }

  function escape(event) {
    if (event.key !== "Escape") return;
    // Only the list closes, not the dialog around it.
    event.preventDefault();
    event.stopPropagation();
    close(true);
  }

  function hover(event) {
    const option = event.target.closest("[role=option]");
    if (option && !option.classList.contains("active")) activate(Number(option.dataset.index));
  }

  function pick(event) {
    const option = event.target.closest("[role=option]");
    if (option) choose(option.dataset.zone);
  }

  function choose(value) {
    close(true);
    if (value !== zone) onZone(value);
  }

  function focusout(event) {
    if (event.relatedTarget && !element.contains(event.relatedTarget)) close(false);
  }

  /** Closes the list if it is open, and says whether it was. */
  function dismiss() {
    const wasOpen = !panel.hidden;
    close(true);
    return wasOpen;
  }

  return { element, draw, dismiss };
}
