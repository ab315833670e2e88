//! Who offers what in an attack: few mentors with little time, so that bookers fight for it.

use std::fmt;

/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// The first date of an attack, in days since 1970: in 2060, so that no start is ever in the past.
const FIRST_DAY: i64 = 32_872;
/// Mentors are open on every day from here, in minutes after midnight.
pub const OPENS: i64 = 9 * 60;
/// And until here.
pub const CLOSES: i64 = 17 * 60;

/// Everyone who offers time.
#[derive(Clone, Debug)]
pub struct World {
    /// In the order in which requests name them.
    pub mentors: Vec<Mentor>,
}

/// Someone who offers time. Their zone never changes its offset, so that the checker needs no rules of zones.
#[derive(Clone, Debug)]
pub struct Mentor {
    /// Their name in addresses.
    pub slug: &'static str,
    /// Their zone.
    pub timezone: &'static str,
    /// What their clocks show more than UTC.
    pub offset_hours: i64,
    /// What they offer.
    pub kinds: Vec<Kind>,
}

/// A session type.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name in addresses.
    pub slug: &'static str,
    /// How long it is.
    pub minutes: i64,
    /// How far apart its starts are.
    pub step: i64,
    /// Minutes kept free before.
    pub before: i64,
    /// Minutes kept free after.
    pub after: i64,
    /// Most active bookings of the mentor on a date for one more of this kind to be one of them.
    pub per_day: Option<usize>,
    /// The same for a week from Sunday to Saturday.
    pub per_week: Option<usize>,
}

/// A start someone would like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    /// Of which mentor.
    pub mentor: usize,
    /// For which of what they offer.
    pub kind: usize,
    /// In seconds since 1970.
    pub start: i64,
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mentor {} kind {} at {}", self.mentor, self.kind, self.start)
    }
}

impl World {
    /// The one that attacks are made on: lengths, steps, buffers and limits of many sorts, and zones in which dates
    /// begin at other times than in UTC.
    pub fn standard() -> World {
        let kind = |slug, minutes, step| Kind {
            slug,
            minutes,
            step,
            before: 0,
            after: 0,
            per_day: None,
            per_week: None,
        };
        World {
            mentors: vec![
                Mentor {
                    slug: "kim",
                    timezone: "Etc/UTC",
                    offset_hours: 0,
                    kinds: vec![
                        kind("hour", 60, 15),
                        Kind { before: 10, after: 15, ..kind("half", 30, 30) },
                        Kind { after: 5, per_day: Some(6), ..kind("quick", 15, 5) },
                    ],
                },
                Mentor {
                    slug: "maya",
                    timezone: "Etc/GMT-12",
                    offset_hours: 12,
                    kinds: vec![
                        Kind { per_day: Some(3), per_week: Some(12), ..kind("hour", 60, 20) },
                        Kind { before: 5, after: 5, per_day: Some(5), ..kind("half", 30, 15) },
                    ],
                },
                Mentor {
                    slug: "jonas",
                    timezone: "Etc/GMT+5",
                    offset_hours: -5,
                    kinds: vec![
                        Kind { before: 15, after: 30, per_week: Some(9), ..kind("long", 90, 30) },
                        kind("hour", 60, 60),
                    ],
                },
            ],
        }
    }

    /// The kind of meeting a wish is for.
    pub fn kind(&self, wish: Wish) -> &Kind {
        &self.mentors[wish.mentor].kinds[wish.kind]
    }

    /// A start that a mentor offers, on the grid and within the hours: the `nth`, counted round and round, on a
    /// date given in days after the first one.
    pub fn start(&self, mentor: usize, kind: usize, day: u64, nth: u64) -> i64 {
        let (mentor, kind) = (&self.mentors[mentor], &self.mentors[mentor].kinds[kind]);
        let starts = (CLOSES - OPENS - kind.minutes) / kind.step + 1;
        let minutes = OPENS + nth.cast_signed().rem_euclid(starts) * kind.step;
        (FIRST_DAY + day.cast_signed()) * DAY - mentor.offset_hours * 3_600 + minutes * 60
    }
}
