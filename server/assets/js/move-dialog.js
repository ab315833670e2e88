// Moving a booking: the same picker, and a last step that shows the old time beside the new one.

import * as api from "./api.js";
import { openBooker } from "./booker.js";
import { h, icon, mark } from "./dom.js";
import { makeNotice } from "./notice.js";
import { hourCycle } from "./preferences.js";
import { explain } from "./problems.js";
import { t } from "./text.js";
import { clockSpan, fullDate, stamp, wall } from "./time.js";

/** Opens the dialog for `booking` (`id`, `token`, `start`, `end`, `mentor`). `onMoved(words)` hears of success. */
export function openMove({ booking, onMoved }) {
  return openBooker({
    mentor: booking.mentor,
    session: booking.mentor.sessions[0].slug,
    title: t.moveTitle,
    booking: booking.id,
    token: booking.token,
    makeLast: (frame) => makeLast(frame, booking, onMoved),
  });
}

function makeLast(frame, booking, onMoved) {
  const { mentor, picker } = frame;
  const notice = makeNotice();
  const from = h("dd", { class: "move-from" });
  const to = h("dd", { class: "move-to" });
  const label = h("span", { class: "button-label" }, t.moveConfirm);
  const confirm = h(
    "button",
    { type: "button", class: "button primary wide", "data-testid": "confirm", on: { click: send } },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    label,
  );
  const title = h("h3", { class: "form-title", tabindex: "-1" }, t.stepMove);
  const element = h(
    "div",
    { class: "form move" },
    title,
    notice.element,
    h(
      "dl",
      { class: "move-pair" },
      h("div", {}, h("dt", {}, t.moveFrom), from),
      icon("arrow"),
      h("div", {}, h("dt", {}, t.moveTo), to),
    ),
    h("p", { class: "muted" }, t.moveNote),
    h(
      "div",
      { class: "form-foot" },
      h("button", { type: "button", class: "button quiet form-back", on: { click: () => frame.showTimes() } }, t.changeTime),
      confirm,
    ),
  );
  let slot = null;
  let isSending = false;

  function words(start, end) {
    const zone = picker.state.zone;
    const first = wall(start, zone);
    const second = wall(end, zone);
    return [h("span", {}, fullDate(first.date)), h("span", {}, clockSpan(first.minute, second.minute, hourCycle()))];
  }

  function draw() {
    const length = booking.end - booking.start;
    from.replaceChildren(...words(booking.start, booking.end));
    to.replaceChildren(...words(slot.instant, slot.instant + length));
  }

  function setSending(value) {
    isSending = value;
    frame.setBusy(value);
    label.textContent = value ? t.moving : t.moveConfirm;
    mark(confirm, "aria-disabled", value ? "true" : null);
    confirm.classList.toggle("sending", value);
    if (value) frame.announce(t.moving);
  }

  async function send() {
    if (isSending) return;
    if (!slot) return frame.announce(t.pickFirst);
    notice.clear();
    setSending(true);
    try {
      await api.reschedule(booking.id, booking.token, stamp(slot.instant));
      setSending(false);
      frame.close();
      onMoved(frame.words(slot.instant));
    } catch (problem) {
      setSending(false);
      if (!(problem instanceof api.Problem)) throw problem;
      fail(problem);
    }
  }

  function fail(problem) {
    const what = explain(problem, { name: mentor.shortName, when: frame.words(slot.instant), isMove: true });
    const isGone = what.kind === "taken" || what.kind === "gone";
    const alternatives = problem.alternatives.slice(0, 6).map((text) => {
      const instant = Date.parse(text);
      return { label: frame.words(instant), pick: () => take(instant) };
    });
    if (isGone) {
      slot = null;
      picker.release();
      picker.reload();
      frame.draw();
    }
    const shown = notice.show(what, {
      alternatives,
      onAll: isGone ? () => frame.showTimes() : null,
      onRetry: what.canRetry ? send : null,
    });
    (shown.querySelector("button") ?? confirm).focus();
  }

  function take(instant) {
    picker.choose(instant);
    slot = picker.state.slot;
    notice.clear();
    draw();
    frame.draw();
    frame.announce(t.timeChanged(frame.words(instant)));
    confirm.focus();
  }

  return {
    element,
    label: t.stepMove,
    enter(chosen) {
      slot = chosen;
      notice.clear();
      draw();
      title.focus();
    },
  };
}
