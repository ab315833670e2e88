// The dialog around a picker: who and what on one side, then date and time, then a last step.
//
// Booking and moving are this frame with different last steps. On a wide screen the panels stand side by side; on a
// narrow one each step has the screen to itself. The steps are the same: "date", "time", "last", "done".

import { makeAnnouncer } from "./announcer.js";
import { avatar, fill, h, icon, mark } from "./dom.js";
import { makePicker } from "./picker.js";
import { hourCycle, onHourCycle } from "./preferences.js";
import { t } from "./text.js";
import { clock, clockSpan, fullDate, shortDate, wall } from "./time.js";
import { zoneCity, zoneOffset } from "./zones.js";

const STEPS = ["date", "time", "last"];
const narrow = matchMedia("(max-width: 759px)");

/**
 * Opens the dialog. `mentor` is `{ slug, name, shortName, headline, timezone, initials, tint, sessions }`;
 * `session` the slug to begin with. `makeLast(frame)` gives the last step as
 * `{ element, label, enter(slot), leave?() }`. `booking` and `token` belong to a booking that is being moved.
 */
export function openBooker({ mentor, session, title, booking, token, makeLast }) {
  const voice = makeAnnouncer();
  let current = mentor.sessions.find((one) => one.slug === session) ?? mentor.sessions[0];
  let step = "date";
  let isBusy = false;

  const back = h(
    "button",
    { type: "button", class: "icon-button back", "aria-label": t.back, on: { click: goBack } },
    icon("chevron-left"),
  );
  const heading = h("h2", { id: "booker-title", class: "booker-title", tabindex: "-1" }, title);
  const progress = h("p", { class: "booker-step" });
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": t.close, on: { click: () => requestClose() } },
    icon("close"),
  );
  const facts = h("ul", { class: "who-facts" });
  const summary = h("div", { class: "summary" });
  const who = h(
    "aside",
    { class: "who", "aria-label": title },
    h(
      "div",
      { class: "who-mentor" },
      avatar(mentor),
      h("div", {}, h("p", { class: "who-name" }, mentor.name), mentor.headline && h("p", { class: "muted who-headline" }, mentor.headline)),
    ),
    mentor.sessions.length > 1 ? chooser() : h("p", { class: "who-session" }, current.title),
    facts,
    summary,
  );
  const stage = h("div", { class: "stage" });
  const go = h("button", { type: "button", class: "button primary wide", on: { click: () => enterTime() } });
  const foot = h("div", { class: "booker-foot" }, go);
  const dialog = h(
    "dialog",
    {
      class: "booker",
      "aria-labelledby": "booker-title",
      on: { cancel, close: ended, keydown: escape, pointerdown: pressed, click: released },
    },
    h("header", { class: "booker-bar" }, back, h("div", { class: "booker-names" }, heading, progress), close),
    who,
    stage,
    foot,
    voice.element,
  );

  const picker = makePicker({
    mentor,
    sessionType: current.slug,
    booking,
    token,
    announce: voice.announce,
    onDay: (date, isByHand) => {
      draw();
      if (isByHand && narrow.matches) enterTime();
    },
    onSlot: () => draw(),
    onContinue: (slot) => enterLast(slot),
    onReady: (isFirst) => {
      draw();
      // Whoever has not gone anywhere yet is taken to the day that was found for them.
      if (isFirst && step === "date" && document.activeElement === heading) picker.focusDay();
    },
  });

  const frame = {
    dialog,
    picker,
    mentor,
    announce: voice.announce,
    session: () => current,
    /** "Tue, Dec 1, 9:00 AM" in the zone on show. */
    words: (instant) => {
      const at = wall(instant, picker.state.zone);
      return `${shortDate(at.date)}, ${clock(at.minute, hourCycle())}`;
    },
    setBusy: (value) => {
      isBusy = value;
    },
    /** Back to the calendar, to look for another time. */
    showTimes: () => enterTime(),
    /** Replaces everything by a last word. */
    finish(panel) {
      step = "done";
      fill(stage, panel.element);
      draw();
      panel.focus();
    },
    /** Begins again with the same mentor. */
    restart() {
      last.leave?.();
      picker.restart();
      enterDate();
    },
    close: () => requestClose(),
    draw: () => draw(),
  };
  const last = makeLast(frame);
  const stopHours = onHourCycle(() => draw());
  const stopNarrow = listen(narrow, "change", () => draw());

  function chooser() {
    return h(
      "fieldset",
      { class: "chooser" },
      h("legend", {}, t.sessionType),
      mentor.sessions.map((one) => {
        const input = h("input", {
          type: "radio",
          name: "session-type",
          value: one.slug,
          "data-testid": `session-type-${one.slug}`,
          on: { change: () => chooseSession(one) },
        });
        input.checked = one === current;
        return h(
          "label",
          { class: "choice" },
          input,
          h(
            "span",
            { class: "choice-words" },
            h("span", { class: "choice-title" }, one.title),
            h("span", { class: "choice-facts" }, [t.minutes(one.durationMinutes), one.priceLabel].filter(Boolean).join(" · ")),
          ),
        );
      }),
    );
  }

  function chooseSession(one) {
    current = one;
    picker.setSessionType(one.slug);
    draw();
  }

  function draw() {
    const { date, slot } = picker.state;
    dialog.dataset.step = step;
    back.hidden = step === "done" || (step === "date" || (step === "time" && !narrow.matches));
    const label = { date: t.stepDate, time: t.stepTime, last: last.label, done: "" }[step];
    // Side by side, date and time are one step of two; alone on the screen they are two of three.
    progress.textContent = label;
    progress.dataset.progress = step === "done" ? "" : `${STEPS.indexOf(step) + 1} / 3`;
    mark(progress, "aria-label", step === "done" ? null : `${t.stepOf(STEPS.indexOf(step) + 1, 3)}: ${label}`);
    mark(progress, "role", step === "done" ? null : "group");
    fill(
      facts,
      line("clock", t.minutes(current.durationMinutes)),
      line(current.locationKind, t.location[current.locationKind]),
      current.priceLabel && line("tag", current.priceLabel),
    );
    drawSummary(slot, date);
    foot.hidden = !(step === "date" && date && picker.state.status === "ready");
    go.textContent = date ? t.seeTimes(shortDate(date)) : "";
  }

  function drawSummary(slot, date) {
    mark(summary, "data-chosen", slot ? "true" : null);
    if (!slot) {
      fill(summary, date && step !== "date" && h("p", { class: "summary-when" }, fullDate(date)));
      return;
    }
    const zone = picker.state.zone;
    const cycle = hourCycle();
    const end = slot.wall.minute + current.durationMinutes;
    const hasTwoClocks = slot.wall.offset !== slot.mentorWall.offset;
    const there = clock(slot.mentorWall.minute, cycle);
    fill(
      summary,
      h(
        "p",
        { class: "summary-when" },
        h("span", {}, fullDate(slot.wall.date)),
        h("span", {}, clockSpan(slot.wall.minute, end % 1440, cycle)),
      ),
      h("p", { class: "muted" }, t.inZone(zoneCity(zone), zoneOffset(zone, slot.instant))),
      hasTwoClocks &&
        h(
          "p",
          { class: "muted" },
          slot.wall.date === slot.mentorWall.date
            ? t.sameTimeForMentor(mentor.shortName, there)
            : t.forMentor(mentor.shortName, shortDate(slot.mentorWall.date), there),
        ),
    );
  }

  function showPicker() {
    if (picker.monthPanel.parentElement !== stage) fill(stage, picker.monthPanel, picker.timesPanel);
  }

  function enterDate() {
    step = "date";
    showPicker();
    draw();
    picker.focusDay();
  }

  function enterTime() {
    step = "time";
    showPicker();
    draw();
    if (picker.state.date) picker.focusTimes();
    else picker.focusDay();
    stage.scrollTop = 0;
    if (narrow.matches) dialog.scrollTop = 0;
  }

  function enterLast(slot) {
    step = "last";
    fill(stage, last.element);
    draw();
    dialog.scrollTop = 0;
    last.enter(slot);
  }

  function goBack() {
    if (isBusy) return voice.announce(t.stillSending);
    if (step === "last") enterTime();
    else if (step === "time") enterDate();
  }

  // Closing: by the button, by Escape, and by pressing beside the dialog while nothing has been typed yet.

  function requestClose() {
    if (isBusy) return voice.announce(t.stillSending);
    dialog.close();
  }

  function cancel(event) {
    if (event.target !== dialog) return;
    if (isBusy || picker.dismiss()) event.preventDefault();
  }

  function escape(event) {
    // Browsers let a page refuse the cancel event only once; the key itself can always be refused.
    if (event.key === "Escape" && isBusy) {
      event.preventDefault();
      voice.announce(t.stillSending);
    }
  }

  let isPressedBeside = false;
  function pressed(event) {
    isPressedBeside = event.target === dialog && isBeside(event);
  }
  function released(event) {
    if (isPressedBeside && event.target === dialog && isBeside(event) && step !== "last") requestClose();
  }
  function isBeside(event) {
    const box = dialog.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }

  function ended() {
    picker.end();
    stopHours();
    stopNarrow();
    dialog.remove();
  }

  showPicker();
  document.body.append(dialog);
  dialog.showModal();
  picker.start();
  draw();
  heading.focus();
  return frame;
}

function line(picture, words) {
  return h("li", {}, icon(picture), h("span", {}, words));
}

function listen(target, event, listener) {
  target.addEventListener(event, listener);
  return () => target.removeEventListener(event, listener);
}
