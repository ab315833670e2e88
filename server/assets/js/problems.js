// What went wrong, in words for the person it happened to. Raw errors stay where they are.

import { t } from "./text.js";

/** Codes that mean: this start cannot be had any more, another may. */
const GONE = ["outside_hours", "too_soon", "too_far", "off_grid", "blocked_date", "day_full", "week_full"];

/**
 * Explains a Problem as `{ kind, title, body, canRetry }`. `kind` is "taken", "gone", "fields", "limit" or "failed".
 * `when` is the time that was asked for, in words.
 */
export function explain(problem, { name, when, isMove = false }) {
  const words = (entry) => (typeof entry === "function" ? entry(name) : entry);
  const kept = isMove ? "" : t.goneKept;
  if (problem.kind === "offline") return failed(t.offlineTitle, t.offlineBody);
  if (problem.kind === "timeout") return failed(t.timeoutTitle, t.timeoutBody);
  if (problem.code === "slot_taken") {
    return { kind: "taken", title: t.takenTitle(when), body: isMove ? t.takenBodyMove : t.takenBody, canRetry: false };
  }
  if (GONE.includes(problem.code)) {
    const body = [words(t.gone[problem.code]), kept].filter(Boolean).join(" ");
    return { kind: "gone", title: t.goneTitle(when), body, canRetry: false };
  }
  if (problem.status === 429) {
    const known = t.limit[problem.code];
    const minutes = Math.ceil((problem.retryAfter ?? 0) / 60);
    // A long wait is better said as "tomorrow", which the words for each limit do.
    const wait = minutes > 0 && minutes <= 120 ? t.waitMinutes(minutes) : "";
    return {
      kind: "limit",
      title: t.limitTitle,
      body: [known ? words(known) : t.limit.limit_ip, wait].filter(Boolean).join(" "),
      canRetry: true,
    };
  }
  if (problem.code === "calendar_unreachable") return failed(t.unreachableTitle(name), t.unreachableBody);
  if (problem.status === 503) return failed(t.busyTitle, t.busyBody);
  if (problem.errors.length > 0) {
    return { kind: "fields", title: t.invalidTitle, body: isMove ? "" : t.kept, canRetry: true };
  }
  if (isMove && [403, 404, 409, 410, 422].includes(problem.status)) {
    return { kind: "failed", title: t.goneBookingTitle, body: t.goneBookingBody, canRetry: false };
  }
  return failed(t.oddTitle, t.oddBody);
}

function failed(title, body) {
  return { kind: "failed", title, body, canRetry: true };
}
