// Cancelling a booking: one plain question that names what follows from it.

import * as api from "./api.js";
import { makeAnnouncer } from "./announcer.js";
import { h, mark } from "./dom.js";
import { makeNotice } from "./notice.js";
import { explain } from "./problems.js";
import { t } from "./text.js";

/** Asks, and cancels. `when` is the session's time in words; `onCancelled()` hears of success. */
export function openCancel({ booking, when, onCancelled }) {
  const voice = makeAnnouncer();
  const notice = makeNotice();
  let isSending = false;
  const label = h("span", { class: "button-label" }, t.cancelYes);
  const yes = h(
    "button",
    { type: "submit", class: "button danger solid", "data-testid": "confirm-cancel" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    label,
  );
  const reason = h("textarea", { id: "reason", rows: "3", maxlength: "1000", "aria-describedby": "reason-hint" });
  const keep = h("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, t.cancelNo);
  const dialog = h(
    "dialog",
    {
      class: "question",
      "aria-labelledby": "question-title",
      "aria-describedby": "question-body",
      on: { cancel: refuse, close: () => dialog.remove() },
    },
    h(
      "form",
      { on: { submit } },
      h("h2", { id: "question-title" }, t.cancelTitle),
      h("p", { id: "question-body" }, t.cancelBody(booking.mentor.name, when)),
      h(
        "div",
        { class: "field" },
        h("label", { for: "reason" }, t.cancelReason, h("span", { class: "optional" }, t.optional)),
        reason,
        h("p", { id: "reason-hint", class: "hint" }, t.cancelReasonHint(booking.mentor.shortName)),
      ),
      notice.element,
      h("div", { class: "question-ways" }, keep, yes),
    ),
    voice.element,
  );

  function refuse(event) {
    if (!isSending) return;
    event.preventDefault();
    voice.announce(t.stillSending);
  }

  function setSending(value) {
    isSending = value;
    label.textContent = value ? t.cancelling : t.cancelYes;
    mark(yes, "aria-disabled", value ? "true" : null);
    keep.disabled = value;
    yes.classList.toggle("sending", value);
    if (value) voice.announce(t.cancelling);
  }

  async function submit(event) {
    event.preventDefault();
    if (isSending) return;
    notice.clear();
    setSending(true);
    try {
      await api.cancel(booking.id, booking.token, reason.value.trim());
      setSending(false);
      dialog.close();
      onCancelled();
    } catch (problem) {
      setSending(false);
      if (!(problem instanceof api.Problem)) throw problem;
      notice.show(explain(problem, { name: booking.mentor.shortName, when, isMove: true }));
      yes.focus();
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  keep.focus();
}
