// Building elements. Text goes in as text, never as markup, so whatever a person typed stays what they typed.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element: `h("p", { class: "note", hidden: true, on: { click } }, "text", child)`.
 * A property that is null, undefined or false is left out; true becomes an empty attribute.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/** Puts other children in the place of an element's own. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** A small picture from the sprite; only a decoration, so it has no name of its own. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/assets/svg/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Sets an attribute, or takes it away when the value is null or false. */
export function mark(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** The avatar of a mentor: initials on a tint. */
export function avatar(mentor) {
  return h("span", { class: `avatar tint-${mentor.tint}`, "aria-hidden": "true" }, mentor.initials);
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}
