// A mentor as the dialogs know them, read from the attributes that the server wrote into the page.

/** Reads a mentor's card. */
export function mentorOfCard(card) {
  const sessions = [...card.querySelectorAll("[data-session-type]")].map((element) => sessionOf(element.dataset));
  return mentorOf(card.dataset, sessions);
}

/** Makes a mentor of attributes. */
export function mentorOf({ mentor, name, headline = "", timezone, initials, tint }, sessions) {
  return { slug: mentor, name, shortName: shortName(name), headline, timezone, initials, tint, sessions };
}

/** Makes a session type of attributes. */
export function sessionOf({ sessionType, title, duration, price, location }) {
  return {
    slug: sessionType,
    title,
    durationMinutes: Number(duration),
    priceLabel: price,
    locationKind: ["video", "phone", "in_person"].includes(location) ? location : "video",
  };
}

/** "Hanna" for "Hanna Vogel"; a title in front or a single word stays whole. */
function shortName(name) {
  const [first, ...rest] = name.split(/\s+/);
  return rest.length > 0 && !first.endsWith(".") ? first : name;
}
