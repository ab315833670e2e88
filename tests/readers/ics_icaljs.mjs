// Reads one calendar file from standard input with ical.js and prints what it says as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The package lives with the other test tools, not beside this file.
const loaded = createRequire(`${process.env.SLOTSMITH_TEST_TOOLS}/`)("ical.js");
const ICAL = loaded.default ?? loaded;

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const [event, ...others] = calendar.getAllSubcomponents();
if (event.name !== "vevent" || others.length > 0) throw new Error("not one VEVENT");

const text = (component, name) => component.getFirstPropertyValue(name);
const instant = (name) => {
  const time = event.getFirstPropertyValue(name);
  if (time.zone !== ICAL.Timezone.utcTimezone) throw new Error(`${name} is not in UTC`);
  return new Date(time.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");
};
const person = (property) => ({ uri: property.getFirstValue(), ...property.jCal[1] });
const organizer = event.getFirstProperty("organizer");

console.log(JSON.stringify({
  version: text(calendar, "version"),
  prodid: text(calendar, "prodid"),
  method: text(calendar, "method"),
  uid: text(event, "uid"),
  sequence: text(event, "sequence"),
  stamp: instant("dtstamp"),
  start: instant("dtstart"),
  end: instant("dtend"),
  summary: text(event, "summary"),
  description: text(event, "description"),
  location: text(event, "location"),
  url: text(event, "url"),
  status: text(event, "status"),
  transp: text(event, "transp"),
  organizer: organizer && person(organizer),
  attendees: event.getAllProperties("attendee").map(person),
  properties: [...new Set(event.getAllProperties().map((property) => property.name.toUpperCase()))].sort(),
}));
