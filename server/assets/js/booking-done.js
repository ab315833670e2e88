// What is shown once a booking is made: that it is made, what and when, and where to go from here.

import { calendarFile } from "./api.js";
import { googleLink, outlookLink } from "./calendar-links.js";
import { h, icon } from "./dom.js";
import { hourCycle } from "./preferences.js";
import { t } from "./text.js";
import { clockSpan, longDate, wall } from "./time.js";
import { zoneCity } from "./zones.js";

/** Makes the panel for `booking`, the server's answer. `onAnother` starts over. */
export function makeDone({ booking, mentor, session, zone, email, onAnother }) {
  const start = Date.parse(booking.start);
  const end = Date.parse(booking.end);
  const isPending = booking.status === "pending";
  const title = h("h3", { class: "done-title", tabindex: "-1" }, isPending ? t.donePending : t.doneTitle);
  const event = {
    title: t.withMentor(session.title, mentor.name),
    start,
    end,
    details: "",
    location: booking.join_url ?? t.location[session.locationKind] ?? "",
  };
  const manage = manageAddress(booking);

  const element = h(
    "section",
    { class: "done", "data-testid": "done", "data-booking-id": booking.id },
    h("div", { class: "done-mark" }, icon(isPending ? "clock" : "check")),
    title,
    h("p", { class: "done-lead" }, isPending ? t.doneBodyPending(mentor.shortName, email) : t.doneBody(email)),
    h(
      "dl",
      { class: "facts done-facts" },
      fact("person", t.what, h("span", { class: "strong" }, t.withMentor(session.title, mentor.name)), session.priceLabel),
      fact("calendar", t.when, whenIn(start, end, zone, t.yourTime, "strong"), otherClock()),
      fact(
        session.locationKind,
        t.where,
        h("span", {}, t.location[session.locationKind]),
        booking.join_url
          ? h("a", { href: booking.join_url, target: "_blank", rel: "noopener noreferrer" }, t.joinLink)
          : h("span", { class: "muted" }, placeNote()),
      ),
    ),
    h("p", { class: "done-label", id: "add-to" }, t.addTo),
    h(
      "div",
      { class: "done-ways", role: "group", "aria-labelledby": "add-to" },
      outside(t.google, googleLink(event)),
      outside(t.outlook, outlookLink(event)),
      h(
        "a",
        { class: "button", href: calendarFile(booking.id, booking.manage_token), download: "session.ics" },
        icon("download"),
        t.ics,
      ),
    ),
    h(
      "div",
      { class: "done-foot" },
      h("a", { href: manage, "data-testid": "manage-link" }, t.manageLink),
      h("button", { type: "button", class: "button quiet", on: { click: () => onAnother() } }, t.bookAnother),
    ),
  );

  function otherClock() {
    if (wall(start, zone).offset === wall(start, mentor.timezone).offset) return null;
    return whenIn(start, end, mentor.timezone, t.mentorsTime(mentor.shortName), "muted");
  }

  function placeNote() {
    const note = t.locationNote[session.locationKind];
    return typeof note === "function" ? note(mentor.shortName) : note;
  }

  return { element, focus: () => title.focus() };
}

/** The manage page: where the server says it is, or where it has always been. */
function manageAddress(booking) {
  const query = new URLSearchParams({ token: booking.manage_token });
  return booking.manage_url ?? `/bookings/${encodeURIComponent(booking.id)}?${query}`;
}

function whenIn(start, end, zone, whose, look) {
  const from = wall(start, zone);
  const to = wall(end, zone);
  return h(
    "span",
    { class: `done-when ${look}` },
    h("span", {}, longDate(from.date)),
    h("span", {}, clockSpan(from.minute, to.minute, hourCycle()), h("span", { class: "whose" }, ` ${zoneCity(zone)}, ${whose}`)),
  );
}

function fact(picture, label, ...values) {
  return h("div", { class: "fact" }, h("dt", {}, icon(picture), label), h("dd", {}, values));
}

function outside(label, href) {
  return h(
    "a",
    { class: "button", href, target: "_blank", rel: "noopener noreferrer" },
    label,
    icon("external"),
    h("span", { class: "unseen" }, ` (${t.opensNew})`),
  );
}
