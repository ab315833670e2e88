// The booker's information: labels above fields, errors below them, nothing lost when something fails.

import { h, mark } from "./dom.js";
import { makeNotice } from "./notice.js";
import { t } from "./text.js";

const NAME_LIMIT = 100;
const MESSAGE_LIMIT = 2000;

/** What was typed in this page, kept while dialogs come and go. */
const draft = { name: "", email: "", phone: "", message: "" };

/** Makes the form. `onSubmit(values)` is called with valid values only, and never while a call is under way. */
export function makeBookingForm({ mentorName, announce, onSubmit, onBack }) {
  let isSending = false;
  let price = "";
  const notice = makeNotice();

  const name = field("name", t.name, { autocomplete: "name", required: true, check: checkName });
  const email = field("email", t.email, {
    type: "email",
    autocomplete: "email",
    inputmode: "email",
    autocapitalize: "off",
    spellcheck: "false",
    required: true,
    hint: t.emailHint,
    check: checkEmail,
  });
  const phone = field("phone", t.phone, {
    type: "tel",
    autocomplete: "tel",
    inputmode: "tel",
    hint: t.phoneHintCall(mentorName),
    check: checkPhone,
  });
  const message = field("message", t.message, { rows: 3, check: checkMessage });
  const fields = [name, email, phone, message];

  const confirmLabel = h("span", { class: "button-label" });
  const confirm = h(
    "button",
    { type: "submit", class: "button primary wide", "data-testid": "confirm" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    confirmLabel,
  );
  const element = h(
    "form",
    { class: "form", novalidate: true, on: { submit } },
    h("h3", { class: "form-title", tabindex: "-1" }, t.stepForm),
    notice.element,
    h("div", { class: "form-pair" }, name.element, email.element),
    phone.element,
    message.element,
    h(
      "div",
      { class: "form-foot" },
      h("button", { type: "button", class: "button quiet form-back", on: { click: () => onBack() } }, t.changeTime),
      confirm,
    ),
  );

  function field(id, label, { check, hint, required = false, type = "text", rows = null, ...attributes }) {
    const errorId = `${id}-error`;
    const hintId = `${id}-hint`;
    const input = h(rows ? "textarea" : "input", {
      id,
      name: id,
      rows,
      type: rows ? null : type,
      required,
      "aria-describedby": hint ? hintId : null,
      ...attributes,
      on: { input: typed, blur: left },
    });
    input.value = draft[id];
    const error = h("p", { id: errorId, class: "field-error", hidden: true });
    const hintElement = hint && h("p", { id: hintId, class: "hint" }, hint);
    let isTouched = false;

    function describe() {
      const described = [!error.hidden && errorId, hintElement && !hintElement.hidden && hintId].filter(Boolean);
      mark(input, "aria-describedby", described.join(" ") || null);
    }
    function typed() {
      draft[id] = input.value;
      if (isTouched) show(check(input.value.trim()));
    }
    // An empty field that was only passed through is not told off; that waits for the button.
    function left() {
      if (input.value.trim() === "" && !isTouched) return;
      isTouched = true;
      show(check(input.value.trim()));
    }
    function show(words) {
      error.hidden = !words;
      error.textContent = words ?? "";
      mark(input, "aria-invalid", words ? "true" : null);
      describe();
    }
    return {
      id,
      input,
      element: h(
        "div",
        { class: "field" },
        h("label", { for: id }, label, !required && h("span", { class: "optional" }, t.optional)),
        input,
        error,
        hintElement,
      ),
      show,
      /** A hint that only some sessions need. */
      setHint(isWanted) {
        hintElement.hidden = !isWanted;
        describe();
      },
      value: () => input.value.trim(),
      validate() {
        isTouched = true;
        const words = check(input.value.trim());
        show(words);
        return !words;
      },
    };
  }

  function submit(event) {
    event.preventDefault();
    if (isSending) return;
    const wrong = fields.filter((one) => !one.validate());
    if (wrong.length > 0) {
      announce(t.fieldErrors(wrong.length));
      wrong[0].input.focus();
      return;
    }
    onSubmit(Object.fromEntries(fields.map((one) => [one.id, one.value()])));
  }

  function drawButton() {
    confirmLabel.textContent = isSending ? t.confirming : t.confirm(price);
    mark(confirm, "aria-disabled", isSending ? "true" : null);
    confirm.classList.toggle("sending", isSending);
  }

  drawButton();
  return {
    element,
    notice,
    /** Fits the form to what is being booked. */
    setSession({ priceLabel, locationKind }) {
      price = priceLabel;
      phone.setHint(locationKind === "phone");
      drawButton();
    },
    setSending(value) {
      isSending = value;
      drawButton();
      if (value) announce(t.confirming);
    },
    /** Shows the server's own findings at their fields. Says whether all of them had one. */
    showErrors(errors) {
      let first = null;
      let placed = 0;
      for (const { field: id, message: words } of errors) {
        const target = fields.find((one) => one.id === id);
        if (!target) continue;
        // The server speaks English; where our own words fit, they are better.
        target.show({ name: t.nameMissing, email: t.emailWrong, phone: t.phoneWrong }[id] ?? words);
        first ??= target;
        placed += 1;
      }
      first?.input.focus();
      return placed === errors.length;
    },
    focus() {
      const isTouch = matchMedia("(pointer: coarse)").matches;
      const empty = fields.find((one) => one.input.required && one.value() === "");
      if (isTouch) element.querySelector(".form-title").focus();
      else (empty?.input ?? confirm).focus();
    },
    focusConfirm: () => confirm.focus(),
  };
}

/** Forgets the message after it was sent; who the booker is stays, for the next booking. */
export function forgetMessage() {
  draft.message = "";
}

function checkName(value) {
  if (value === "") return t.nameMissing;
  return value.length > NAME_LIMIT ? t.tooLong(NAME_LIMIT) : null;
}

function checkEmail(value) {
  if (value === "") return t.emailMissing;
  return /^[^\s@<>"',;]+@[^\s@<>"',;]+\.[^\s@<>"',;.]{2,}$/.test(value) && value.length <= 254 ? null : t.emailWrong;
}

function checkPhone(value) {
  if (value === "") return null;
  const digits = value.replaceAll(/\D/g, "").length;
  return /^[\d +()./-]+$/.test(value) && value.length <= 40 && digits >= 3 && digits <= 20 ? null : t.phoneWrong;
}

function checkMessage(value) {
  return value.length > MESSAGE_LIMIT ? t.tooLong(MESSAGE_LIMIT) : null;
}
