// The HTTP interface, as functions. Each gives the answer's body or throws a Problem; nothing waits for ever.

const TIMEOUT_MS = 20_000;

/** Why a call gave no answer. `kind` is "problem" (the server said so), "offline" or "timeout". */
export class Problem extends Error {
  constructor(kind, details = {}) {
    super(details.detail ?? kind);
    this.kind = kind;
    this.status = details.status ?? 0;
    this.code = details.code ?? "";
    this.detail = details.detail ?? "";
    this.errors = Array.isArray(details.errors) ? details.errors : [];
    this.alternatives = Array.isArray(details.alternatives) ? details.alternatives : [];
    this.retryAfter = details.retryAfter ?? null;
  }
}

/** Open and taken starts between two civil dates of a zone, both included. */
export function availability({ mentor, sessionType, from, to, zone, token, booking }) {
  const query = new URLSearchParams({
    mentor,
    session_type: sessionType,
    from,
    to,
    timezone: zone,
    include: "taken",
  });
  // A booking that is being moved does not stand in its own way.
  if (booking) query.set("booking", booking);
  return call("GET", `/api/availability?${query}`, { token });
}

/** Makes a booking. The same key with the same body never makes two. */
export function book(body, key) {
  return call("POST", "/api/bookings", { body, headers: { "Idempotency-Key": key } });
}

export function reschedule(id, token, start) {
  return call("POST", `/api/bookings/${encodeURIComponent(id)}/reschedule`, { token, body: { start } });
}

export function cancel(id, token, reason) {
  return call("DELETE", `/api/bookings/${encodeURIComponent(id)}`, { token, body: reason ? { reason } : {} });
}

/** Where a booking's calendar file lies. */
export function calendarFile(id, token) {
  return `/api/bookings/${encodeURIComponent(id)}/calendar.ics?${new URLSearchParams({ token })}`;
}

/** A key for one attempt, also where `crypto.randomUUID` is missing because the page came over plain HTTP. */
export function attemptKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function call(method, path, { body, token, headers = {} } = {}) {
  const request = {
    method,
    headers: { Accept: "application/json", ...headers },
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  if (token) request.headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  let answer;
  try {
    response = await fetch(path, request);
    answer = await response.json();
  } catch (error) {
    if (response && error instanceof SyntaxError) answer = {};
    else throw new Problem(error?.name === "TimeoutError" ? "timeout" : "offline");
  }
  if (response.ok) return answer;
  throw new Problem("problem", {
    ...answer,
    status: response.status,
    retryAfter: secondsUntil(response.headers.get("Retry-After")),
  });
}

/** Retry-After is a number of seconds or a date; a date is measured by the server's own clock. */
function secondsUntil(header) {
  if (!header) return null;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : null;
}
