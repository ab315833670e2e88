// Speaking to screen readers. A modal dialog hides the rest of the page from them, so each dialog brings its own.

import { h } from "./dom.js";

/** Makes a polite live region and the function that speaks through it. */
export function makeAnnouncer() {
  const element = h("p", { class: "announcer", role: "status" });
  let pending = 0;
  function announce(words) {
    // A region that is given the same words twice stays silent; emptying it first makes it speak again.
    clearTimeout(pending);
    element.textContent = "";
    pending = setTimeout(() => {
      element.textContent = words;
    }, 60);
  }
  return { element, announce };
}
