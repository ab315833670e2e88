//! A meeting as somebody's clock shows it, in English words and on the 24-hour clock.
//!
//! Instants become civil time here, and nowhere else in the mails. Nothing is resolved the other way.

use chrono::{DateTime, NaiveDateTime};
use slotsmith_engine::{Instant, Interval, ZoneRules};

/// A meeting on the clocks of one zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LocalMeeting {
    start: Wall,
    end: Wall,
    zone: String,
}

/// What a clock on the wall shows, and how far that is from UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Wall {
    time: NaiveDateTime,
    offset_seconds: i64,
}

impl LocalMeeting {
    /// `zone` is the IANA id that `rules` belong to; it is only shown.
    pub(super) fn new(meeting: Interval, rules: &ZoneRules, zone: &str) -> LocalMeeting {
        let wall = |at: Instant| {
            let offset_seconds = rules.offset_at(at);
            let shown = DateTime::from_timestamp(at.unix() + offset_seconds, 0);
            Wall { time: shown.unwrap_or_default().naive_utc(), offset_seconds }
        };
        LocalMeeting { start: wall(meeting.start()), end: wall(meeting.end()), zone: super::text::line(zone) }
    }

    /// Date and hour in few words, with the zone, for a subject: `Mon 2 Mar 2026, 18:00 (Asia/Seoul)`.
    pub(super) fn brief(&self) -> String {
        format!("{} ({})", self.start.time.format("%a %-d %b %Y, %H:%M"), self.zone)
    }

    /// The date of the start: `Monday, 2 March 2026`.
    pub(super) fn date(&self) -> String {
        long_date(self.start.time)
    }

    /// From when to when, with the date of the end where that is another: `23:30 – 00:30 (Tuesday, 3 March 2026)`.
    pub(super) fn hours(&self) -> String {
        let hours = format!("{} – {}", self.start.time.format("%H:%M"), self.end.time.format("%H:%M"));
        if self.start.time.date() == self.end.time.date() {
            hours
        } else {
            format!("{hours} ({})", long_date(self.end.time))
        }
    }

    /// The zone: `Asia/Seoul (UTC+09:00)`. With both offsets when the clocks change during the meeting, because
    /// hours like `01:30 – 01:15` are right then and want explaining.
    pub(super) fn zone(&self) -> String {
        let (start, end) = (self.start.offset(), self.end.offset());
        if start == end {
            format!("{} ({start})", self.zone)
        } else {
            format!("{} ({start}, then {end})", self.zone)
        }
    }

    /// Whether both read the same from the wall, whatever their zones are called.
    pub(super) fn shows_the_same_as(&self, other: &LocalMeeting) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}

impl Wall {
    /// `UTC+05:30`.
    fn offset(self) -> String {
        let sign = if self.offset_seconds < 0 { '-' } else { '+' };
        let minutes = self.offset_seconds.abs() / 60;
        format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

fn long_date(time: NaiveDateTime) -> String {
    time.format("%A, %-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use slotsmith_engine::{Instant, Interval, Transition, ZoneRules};

    use super::LocalMeeting;

    fn at(rfc3339: &str) -> Instant {
        let time: chrono::DateTime<chrono::Utc> = rfc3339.parse().expect("a time");
        Instant::from_unix(time.timestamp()).expect("in range")
    }

    fn new_york() -> ZoneRules {
        let fall = Transition { at: at("2026-11-01T06:00:00Z"), offset_seconds: -5 * 3600 };
        ZoneRules::new(-4 * 3600, vec![fall]).expect("rules")
    }

    fn fixed(minutes: i32) -> ZoneRules {
        ZoneRules::fixed(minutes * 60).expect("rules")
    }

    #[track_caller]
    fn check(zone: &str, rules: &ZoneRules, start: &str, end: &str, expected: [&str; 4]) {
        let meeting = Interval::new(at(start), at(end)).expect("a meeting");
        let local = LocalMeeting::new(meeting, rules, zone);
        assert_eq!([local.brief(), local.date(), local.hours(), local.zone()], expected);
    }

    #[test]
    fn a_meeting_reads_as_the_clock_on_the_wall() {
        check(
            "Asia/Seoul",
            &fixed(540),
            "2026-03-02T09:00:00Z",
            "2026-03-02T10:00:00Z",
            [
                "Mon 2 Mar 2026, 18:00 (Asia/Seoul)",
                "Monday, 2 March 2026",
                "18:00 – 19:00",
                "Asia/Seoul (UTC+09:00)",
            ],
        );
        check(
            "Asia/Kolkata",
            &fixed(330),
            "2026-12-31T18:00:00Z",
            "2026-12-31T18:45:00Z",
            [
                "Thu 31 Dec 2026, 23:30 (Asia/Kolkata)",
                "Thursday, 31 December 2026",
                "23:30 – 00:15 (Friday, 1 January 2027)",
                "Asia/Kolkata (UTC+05:30)",
            ],
        );
        check(
            "Pacific/Marquesas",
            &fixed(-570),
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:30:00Z",
            [
                "Sun 1 Mar 2026, 23:30 (Pacific/Marquesas)",
                "Sunday, 1 March 2026",
                "23:30 – 00:00 (Monday, 2 March 2026)",
                "Pacific/Marquesas (UTC-09:30)",
            ],
        );
    }

    #[test]
    fn clocks_that_change_during_the_meeting_are_told() {
        check(
            "America/New_York",
            &new_york(),
            "2026-11-01T05:30:00Z",
            "2026-11-01T06:15:00Z",
            [
                "Sun 1 Nov 2026, 01:30 (America/New_York)",
                "Sunday, 1 November 2026",
                "01:30 – 01:15",
                "America/New_York (UTC-04:00, then UTC-05:00)",
            ],
        );
    }
}
