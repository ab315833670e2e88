"""Reads one calendar file from standard input with the `vobject` package and prints what it says as JSON."""

import json
import sys
from datetime import timezone

import vobject


def instant(line):
    return line.value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def person(line):
    return {"uri": line.value, **{name.lower(): ",".join(values) for name, values in line.params.items()}}


def text(component, name):
    lines = component.contents.get(name, [])
    return lines[0].value if lines else None


[calendar] = vobject.readComponents(sys.stdin.buffer.read().decode("utf-8"))
[event] = list(calendar.components())
assert event.name == "VEVENT", event.name
calendar.validate(raiseException=True)
organizers = [person(line) for line in event.contents.get("organizer", [])]
print(json.dumps({
    "version": text(calendar, "version"),
    "prodid": text(calendar, "prodid"),
    "method": text(calendar, "method"),
    "uid": text(event, "uid"),
    "sequence": int(text(event, "sequence")),
    "stamp": instant(event.dtstamp),
    "start": instant(event.dtstart),
    "end": instant(event.dtend),
    "summary": text(event, "summary"),
    "description": text(event, "description"),
    "location": text(event, "location"),
    "url": text(event, "url"),
    "status": text(event, "status"),
    "transp": text(event, "transp"),
    "organizer": organizers[0] if organizers else None,
    "attendees": [person(line) for line in event.contents.get("attendee", [])],
    "properties": sorted(name.upper() for name in event.contents),
}))
