// Zones as people know them: by city and by distance from Greenwich.

import { cityNames } from "./text.js";
import { offsetName, wall, wordLocale } from "./time.js";

/** Old ids that browsers still give, with the city's name of today. */
const renamed = {
  "Asia/Calcutta": "Kolkata",
  "Asia/Saigon": "Ho Chi Minh",
  "Asia/Katmandu": "Kathmandu",
  "Asia/Rangoon": "Yangon",
  "Europe/Kiev": "Kyiv",
  "America/Godthab": "Nuuk",
  "America/Buenos_Aires": "Buenos Aires",
  "Atlantic/Faeroe": "Faroe",
  "Pacific/Truk": "Chuuk",
  "Pacific/Ponape": "Pohnpei",
  "Pacific/Enderbury": "Kanton",
};

/** The city a zone is called by. */
export function zoneCity(zone) {
  return cityNames[zone] ?? englishCity(zone);
}

/** "GMT+9", at an instant: half the world moves its clocks twice a year. */
export function zoneOffset(zone, instant) {
  return offsetName(wall(instant, zone).offset);
}

/**
 * Every zone of this browser as `{ zone, city, name, offset, words }`, nearest offsets together; `words` is what a
 * search looks through. `extra` names zones that must be among them.
 */
export function listZones(instant, extra) {
  const ids = new Set([...(Intl.supportedValuesOf?.("timeZone") ?? []), ...extra, "UTC"]);
  const zones = [];
  for (const zone of ids) {
    // Etc/GMT-9 is nine hours ahead of Greenwich: a sign that only confuses.
    if (zone.startsWith("Etc/")) continue;
    try {
      const minutes = wall(instant, zone).offset;
      const city = zoneCity(zone);
      const name = longName(zone, instant);
      const offset = offsetName(minutes);
      const words = searchable(`${city} ${englishCity(zone)} ${zone} ${name} ${offset} ${offset.replace("GMT", "UTC")}`);
      zones.push({ zone, city, name, offset, minutes, words });
    } catch {
      // This browser does not know the zone; it cannot show times in it.
    }
  }
  return zones.sort((a, b) => a.minutes - b.minutes || a.city.localeCompare(b.city, wordLocale));
}

/** Text as a search compares it: no case, no accents, plain minus, single spaces. */
export function searchable(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("\u2212", "-")
    .replaceAll(/[_/\s]+/g, " ")
    .trim();
}

function englishCity(zone) {
  return renamed[zone] ?? zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

function longName(zone, instant) {
  const parts = new Intl.DateTimeFormat(wordLocale, { timeZone: zone, timeZoneName: "longGeneric" }).formatToParts(instant);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}
