// Addresses that put a session into somebody's web calendar. They carry the session, never the booking's token:
// what is in an address is known to whoever runs that calendar.

import { stamp } from "./time.js";

/** `event` is `{ title, start, end, details, location }`, start and end as instants. */
export function googleLink({ title, start, end, details, location }) {
  const compact = (instant) => stamp(instant).replaceAll(/[-:]/g, "");
  return `https://calendar.google.com/calendar/render?${new URLSearchParams({
    action: "TEMPLATE",
    text: title,
    dates: `${compact(start)}/${compact(end)}`,
    details,
    location,
  })}`;
}

export function outlookLink({ title, start, end, details, location }) {
  return `https://outlook.live.com/calendar/0/deeplink/compose?${new URLSearchParams({
    path: "/calendar/action/compose",
    rru: "addevent",
    subject: title,
    startdt: stamp(start),
    enddt: stamp(end),
    body: details,
    location,
  })}`;
}
