//! When a mentor is open, in civil time: weekly hours and the dates that override them.
//!
//! RFC 7953 calls the same thing VAVAILABILITY. Nothing here knows an instant; `availability.rs` does that.

use core::{fmt, str::FromStr};
use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};

use crate::{
    by_day::ByDay,
    zone::{DAY, day_of_date},
};

/// A time on the wall clock, `00:00` to `24:00`, where `24:00` is the end of the date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime {
    minutes: u16,
}

impl ClockTime {
    /// `00:00`.
    pub const MIDNIGHT: ClockTime = ClockTime { minutes: 0 };
    /// `24:00`.
    pub const END_OF_DAY: ClockTime = ClockTime { minutes: 1_440 };

    /// `None` past `24:00`.
    pub const fn from_minutes(minutes: u16) -> Option<ClockTime> {
        if minutes <= 1_440 { Some(ClockTime { minutes }) } else { None }
    }

    /// Minutes since `00:00` on a day without change, 0 to 1,440.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }

    pub(crate) fn seconds(self) -> i64 {
        i64::from(self.minutes) * 60
    }
}

/// `HH:MM`.
impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl fmt::Debug for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a time of day written `HH:MM`, `00:00` to `24:00`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockTimeError;

impl fmt::Display for ClockTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a time written HH:MM, from 00:00 to 24:00")
    }
}

impl core::error::Error for ClockTimeError {}

/// Strictly two digits, a colon, two digits.
impl FromStr for ClockTime {
    type Err = ClockTimeError;

    fn from_str(text: &str) -> Result<ClockTime, ClockTimeError> {
        let &[h1 @ b'0'..=b'9', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'5', m2 @ b'0'..=b'9'] = text.as_bytes()
        else {
            return Err(ClockTimeError);
        };
        let two = |tens: u8, ones: u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
        ClockTime::from_minutes(two(h1, h2) * 60 + two(m1, m2)).ok_or(ClockTimeError)
    }
}

/// A stretch of wall time `[start, end)`; when `end` is the earlier of the two it runs over midnight.
///
/// Invariant: the ends differ, and `24:00` is never the start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Window {
    start: ClockTime,
    end: ClockTime,
}

/// Why two times are not a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowError {
    /// Nothing lies between equal ends; a whole day is `00:00` to `24:00`.
    EqualEnds,
    /// `24:00` ends a date, it does not begin one.
    StartsAtEndOfDay,
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WindowError::EqualEnds => "a window must not end where it starts (a whole day is 00:00 to 24:00)",
            WindowError::StartsAtEndOfDay => "a window cannot start at 24:00",
        })
    }
}

impl core::error::Error for WindowError {}

impl Window {
    /// # Errors
    /// When the ends are equal, or `24:00` is the start.
    pub fn new(start: ClockTime, end: ClockTime) -> Result<Window, WindowError> {
        if start == end {
            return Err(WindowError::EqualEnds);
        }
        if start == ClockTime::END_OF_DAY {
            return Err(WindowError::StartsAtEndOfDay);
        }
        Ok(Window { start, end })
    }

    /// When it opens.
    pub fn start(self) -> ClockTime {
        self.start
    }

    /// When it closes, on the next date if this is before the start.
    pub fn end(self) -> ClockTime {
        self.end
    }

    /// The part on the window's own date.
    fn own_part(self) -> (ClockTime, ClockTime) {
        (self.start, if self.end < self.start { ClockTime::END_OF_DAY } else { self.end })
    }

    /// The part that runs over midnight into the next date.
    fn spill(self) -> Option<(ClockTime, ClockTime)> {
        (self.end < self.start && self.end > ClockTime::MIDNIGHT).then_some((ClockTime::MIDNIGHT, self.end))
    }
}

/// Weekly hours, and dates with hours of their own, in the form that a sweep over dates reads.
///
/// What runs over midnight is worked out here, once: every date then has parts of its own and looks at no other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Schedule {
    /// Special are the overridden dates, and the one after each, whose early hours may be those of an override.
    dates: ByDay<Parts>,
    /// The most parts that a day of the week has.
    parts_in_a_day: usize,
}

/// Wall time `[from, until)` in which a date is open, in seconds since `00:00`.
///
/// The parts of one date ascend and do not touch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Part {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

impl Part {
    /// Whether it touches neither the date before nor the one after.
    pub(crate) fn is_inside(self) -> bool {
        0 < self.from && self.until < DAY
    }
}

/// The wall time in which a date is open.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Parts {
    parts: Vec<Part>,
    /// Whether none of it touches the date before or the one after.
    is_inside: bool,
    /// Closed by an override without windows.
    is_blocked: bool,
}

/// A date was overridden twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DuplicateOverride(
    /// The date in question.
    pub NaiveDate,
);

impl fmt::Display for DuplicateOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is overridden twice", self.0)
    }
}

impl core::error::Error for DuplicateOverride {}

impl Schedule {
    /// The order of rows does not matter; windows of one day may overlap or touch. An override without windows
    /// closes its date.
    ///
    /// # Errors
    /// When a date is overridden twice.
    pub fn new(
        weekly: impl IntoIterator<Item = (Weekday, Window)>,
        overrides: impl IntoIterator<Item = (NaiveDate, Vec<Window>)>,
    ) -> Result<Schedule, DuplicateOverride> {
        let mut rows: [Vec<Window>; 7] = Default::default();
        for (day, window) in weekly {
            rows[day.num_days_from_sunday() as usize].push(window);
        }
        let mut overridden: BTreeMap<i64, Vec<Window>> = BTreeMap::new();
        for (date, windows) in overrides {
            if overridden.insert(day_of_date(date), windows).is_some() {
                return Err(DuplicateOverride(date));
            }
        }
        let mut special = Vec::new();
        let week: [Parts; 7] = core::array::from_fn(|day| Parts::of(&rows[day], &rows[(day + 6) % 7]));
        let ordinary = ByDay::new(rows, Vec::new());
        for (&day, windows) in &overridden {
            // An override rules the whole of its date, what would run over into it included.
            special.push((day, Parts { is_blocked: windows.is_empty(), ..Parts::of(windows, &[]) }));
            if !overridden.contains_key(&(day + 1)) {
                special.push((day + 1, Parts::of(ordinary.of(day + 1), windows)));
            }
        }
        let parts_in_a_day = week.iter().map(|day| day.parts.len()).max().unwrap_or(0);
        Ok(Schedule { dates: ByDay::new(week, special), parts_in_a_day })
    }

    /// Whether an override without windows closes this date.
    pub fn is_blocked(&self, date: NaiveDate) -> bool {
        self.dates.of(day_of_date(date)).is_blocked
    }

    /// The wall time in which each date is open.
    pub(crate) fn dates(&self) -> &ByDay<Parts> {
        &self.dates
    }

    /// The most parts that a day of the week has.
    pub(crate) fn parts_in_a_day(&self) -> usize {
        self.parts_in_a_day
    }
}

impl Parts {
    /// Those of a date's own windows, and of windows that run over into it from the date before.
    fn of(own: &[Window], day_before: &[Window]) -> Parts {
        let part =
            |(from, until): (ClockTime, ClockTime)| Part { from: from.seconds(), until: until.seconds() };
        let own = own.iter().map(|window| window.own_part());
        let spilled = day_before.iter().filter_map(|window| window.spill());
        let mut parts: Vec<Part> = own.chain(spilled).map(part).collect();
        parts.sort_unstable();
        parts.dedup_by(|next, kept| {
            let joins = next.from <= kept.until;
            if joins {
                kept.until = kept.until.max(next.until);
            }
            joins
        });
        let is_inside = parts.iter().all(|part| part.is_inside());
        Parts { parts, is_inside, is_blocked: false }
    }

    /// Ascending; they do not touch.
    pub(crate) fn as_slice(&self) -> &[Part] {
        &self.parts
    }

    /// Whether none of it touches the date before or the one after.
    pub(crate) fn is_inside(&self) -> bool {
        self.is_inside
    }
}
