// A notice within a step: what happened, and the ways on from it.

import { fill, h, icon } from "./dom.js";
import { t } from "./text.js";

/** Makes the place for notices: empty until `show`, empty again after `clear`. */
export function makeNotice() {
  const element = h("div", { class: "notice-place", tabindex: "-1" });

  /**
   * Shows an explanation. `alternatives` are `{ label, pick }`; `onAll` leads to the calendar; `onRetry` tries
   * again. Returns the notice.
   */
  function show({ kind, title, body }, { alternatives = [], onAll = null, onRetry = null } = {}) {
    const isTaken = kind === "taken" || kind === "gone";
    const buttons = alternatives.map(({ label, pick }) =>
      h("button", { type: "button", class: "button small", "data-alternative": true, on: { click: pick } }, label),
    );
    const notice = h(
      "div",
      {
        class: `notice ${isTaken || kind === "limit" ? "warning" : "danger"}`,
        "data-testid": isTaken ? "just-taken" : "problem",
        "data-kind": kind,
        role: "alert",
      },
      icon("alert"),
      h(
        "div",
        { class: "notice-words" },
        h("p", { class: "notice-title" }, title),
        body && h("p", {}, body),
        buttons.length > 0 && h("p", { class: "notice-label" }, t.nearest),
        (buttons.length > 0 || onAll || onRetry) &&
          h(
            "div",
            { class: "notice-ways" },
            buttons,
            onAll && h("button", { type: "button", class: "button small quiet", on: { click: onAll } }, t.seeAllTimes),
            onRetry && h("button", { type: "button", class: "button small", on: { click: onRetry } }, t.tryAgain),
          ),
      ),
    );
    fill(element, notice);
    element.scrollIntoView({ block: "nearest" });
    return notice;
  }

  return { element, show, clear: () => fill(element), isShown: () => element.childElementCount > 0 };
}
