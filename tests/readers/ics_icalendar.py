"""Reads one calendar file from standard input with the `icalendar` package and prints what it says as JSON."""

import json
import sys
from datetime import timezone

import icalendar


def instant(value):
    return value.dt.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def person(value):
    if value is None:
        return None
    return {"uri": str(value), **{name.lower(): str(text) for name, text in value.params.items()}}


def people(value):
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [person(one) for one in values]


def text(component, name):
    value = component.get(name)
    return None if value is None else str(value)


calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
assert not calendar.errors, calendar.errors
[event] = calendar.subcomponents
assert event.name == "VEVENT", event.name
assert not event.errors, event.errors
print(json.dumps({
    "version": text(calendar, "VERSION"),
    "prodid": text(calendar, "PRODID"),
    "method": text(calendar, "METHOD"),
    "uid": text(event, "UID"),
    "sequence": int(event["SEQUENCE"]),
    "stamp": instant(event["DTSTAMP"]),
    "start": instant(event["DTSTART"]),
    "end": instant(event["DTEND"]),
    "summary": text(event, "SUMMARY"),
    "description": text(event, "DESCRIPTION"),
    "location": text(event, "LOCATION"),
    "url": text(event, "URL"),
    "status": text(event, "STATUS"),
    "transp": text(event, "TRANSP"),
    "organizer": person(event.get("ORGANIZER")),
    "attendees": people(event.get("ATTENDEE")),
    "properties": sorted({name for name, _ in event.property_items(recursive=False)} - {"BEGIN", "END"}),
}))
