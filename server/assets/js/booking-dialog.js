// Booking: the dialog whose last step is the booker's information.

import * as api from "./api.js";
import { makeDone } from "./booking-done.js";
import { forgetMessage, makeBookingForm } from "./booking-form.js";
import { openBooker } from "./booker.js";
import { explain } from "./problems.js";
import { t } from "./text.js";
import { stamp } from "./time.js";

/** Opens the booking dialog of a mentor. */
export function openBooking(mentor) {
  return openBooker({ mentor, title: t.bookWith(mentor.name), makeLast: (frame) => makeLast(frame) });
}

function makeLast(frame) {
  const { mentor, picker } = frame;
  let slot = null;
  let isLost = false;
  // One key for one attempt: sending the same again is safe, and books nothing twice.
  let attempt = { body: "", key: "" };

  const form = makeBookingForm({
    mentorName: mentor.shortName,
    announce: frame.announce,
    onSubmit: submit,
    onBack: () => frame.showTimes(),
  });

  async function submit(values) {
    if (isLost) {
      frame.announce(t.pickFirst);
      (form.notice.element.querySelector("button") ?? form.notice.element).focus();
      return;
    }
    const session = frame.session();
    const zone = picker.state.zone;
    const body = {
      mentor: mentor.slug,
      session_type: session.slug,
      start: stamp(slot.instant),
      name: values.name,
      email: values.email,
      timezone: zone,
    };
    if (values.phone) body.phone = values.phone;
    if (values.message) body.message = values.message;
    const text = JSON.stringify(body);
    if (attempt.body !== text) attempt = { body: text, key: api.attemptKey() };

    form.notice.clear();
    setSending(true);
    try {
      const booking = await api.book(body, attempt.key);
      setSending(false);
      attempt = { body: "", key: "" };
      forgetMessage();
      frame.finish(makeDone({ booking, mentor, session, zone, email: values.email, onAnother: () => frame.restart() }));
    } catch (problem) {
      setSending(false);
      if (!(problem instanceof api.Problem)) throw problem;
      fail(problem);
    }
  }

  function setSending(value) {
    form.setSending(value);
    frame.setBusy(value);
  }

  function fail(problem) {
    const what = explain(problem, { name: mentor.shortName, when: frame.words(slot.instant) });
    if (what.kind === "taken" || what.kind === "gone") {
      lose(what, problem.alternatives);
    } else if (what.kind === "fields") {
      if (!form.showErrors(problem.errors)) form.notice.show(what);
      frame.announce(t.fieldErrors(problem.errors.length));
    } else {
      form.notice.show(what, { onRetry: () => form.element.requestSubmit() });
      form.focusConfirm();
    }
  }

  /** The chosen time cannot be had. The form stays; the times are fetched again; the nearest ones are offered. */
  function lose(what, alternatives) {
    isLost = true;
    picker.release();
    picker.reload();
    frame.draw();
    const offers = alternatives.slice(0, 6).map((text) => {
      const instant = Date.parse(text);
      return { label: frame.words(instant), pick: () => take(instant) };
    });
    const words = offers.length > 0 || what.kind === "gone" ? what : { ...what, body: t.takenNone };
    const notice = form.notice.show(words, { alternatives: offers, onAll: () => frame.showTimes() });
    notice.querySelector("button")?.focus();
  }

  function take(instant) {
    picker.choose(instant);
    slot = picker.state.slot;
    isLost = false;
    form.notice.clear();
    frame.draw();
    frame.announce(t.timeChanged(frame.words(instant)));
    form.focusConfirm();
  }

  return {
    element: form.element,
    label: t.stepForm,
    enter(chosen) {
      slot = chosen;
      isLost = false;
      form.notice.clear();
      form.setSession(frame.session());
      form.focus();
    },
    leave() {
      form.element.querySelector("#message").value = "";
    },
  };
}
