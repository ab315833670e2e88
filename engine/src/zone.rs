//! The rules of one time zone as plain data: when its offset from UTC changes, and to what.
//!
//! The engine names no time-zone database. Whoever calls it brings the transitions for the span in question
//! (RFC 5545 would call this a VTIMEZONE, expanded). Everything here is exact in gaps and folds because local
//! times are never "resolved": a stretch of wall time becomes the set of instants that show it.

use chrono::NaiveDate;

use crate::{ClockTime, Instant, Interval, limits::OFFSET_SECONDS_MAX};

const DAY: i64 = 86_400;

/// From `at` on, local time is UTC plus `offset_seconds`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transition {
    /// The first instant with the new offset.
    pub at: Instant,
    /// Seconds east of UTC.
    pub offset_seconds: i32,
}

/// One zone's offsets over time.
///
/// Invariant: transitions ascend strictly, and every offset is within [`crate::limits::OFFSET_SECONDS_MAX`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZoneRules {
    first_offset: i64,
    transitions: Vec<Transition>,
}

/// Why a list of transitions is not a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ZoneError {
    /// The transition at this instant does not come after the one before it.
    OutOfOrder(Instant),
    /// No place on earth is this many seconds from UTC.
    OffsetOutOfRange(i32),
}

impl core::fmt::Display for ZoneError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ZoneError::OutOfOrder(at) => write!(f, "transition at {at} is out of order"),
            ZoneError::OffsetOutOfRange(seconds) => write!(f, "offset of {seconds} s is out of range"),
        }
    }
}

impl core::error::Error for ZoneError {}

impl ZoneRules {
    /// `first_offset_seconds` (east of UTC) holds until the first transition.
    ///
    /// # Errors
    /// When transitions do not ascend strictly, or an offset is out of range.
    pub fn new(first_offset_seconds: i32, transitions: Vec<Transition>) -> Result<ZoneRules, ZoneError> {
        let offsets =
            core::iter::once(first_offset_seconds).chain(transitions.iter().map(|t| t.offset_seconds));
        for offset in offsets {
            if !(-OFFSET_SECONDS_MAX..=OFFSET_SECONDS_MAX).contains(&offset) {
                return Err(ZoneError::OffsetOutOfRange(offset));
            }
        }
        if let Some(pair) = transitions.windows(2).find(|pair| pair[1].at <= pair[0].at) {
            return Err(ZoneError::OutOfOrder(pair[1].at));
        }
        Ok(ZoneRules { first_offset: i64::from(first_offset_seconds), transitions })
    }

    /// A zone whose clocks never change.
    ///
    /// # Errors
    /// When the offset is out of range.
    pub fn fixed(offset_seconds: i32) -> Result<ZoneRules, ZoneError> {
        ZoneRules::new(offset_seconds, Vec::new())
    }

    /// Seconds east of UTC at `at`. O(log n) in transitions.
    pub fn offset_at(&self, at: Instant) -> i64 {
        let after = self.transitions.partition_point(|t| t.at <= at);
        self.offset_of_segment(after)
    }

    /// The date on a calendar that hangs in this zone.
    pub fn local_date(&self, at: Instant) -> NaiveDate {
        date_of_day((at.unix() + self.offset_at(at)).div_euclid(DAY))
    }

    /// The instants whose wall time on `date` lies in `[from, until)`, as ascending disjoint intervals.
    ///
    /// An ordinary day gives one; wall time that a gap skips gives none; a fold gives the repeated time too.
    /// `24:00` is the end of the date whatever its length, because no later wall time is on that date.
    pub fn instants_of(
        &self,
        date: NaiveDate,
        from: ClockTime,
        until: ClockTime,
    ) -> impl Iterator<Item = Interval> {
        let midnight = day_of_date(date) * DAY;
        let (wall_from, wall_until) = (midnight + from.seconds(), midnight + until.seconds());
        let reach = i64::from(OFFSET_SECONDS_MAX);
        let first = self.transitions.partition_point(|t| t.at.unix() <= wall_from - reach);
        let last = self.transitions.partition_point(|t| t.at.unix() < wall_until + reach);
        (first..=last).filter_map(move |segment| {
            let offset = self.offset_of_segment(segment);
            let (opens, closes) = self.span_of_segment(segment);
            let start = Instant::clamped(wall_from - offset);
            let end = Instant::clamped(wall_until - offset);
            Interval::new(start.max(opens), end.min(closes))
        })
    }

    /// All instants of a local date: one interval on any ordinary date, 23 or 25 hours long on most days of
    /// change, and none for a date that the zone skipped (Samoa, 2011-12-30).
    pub fn date_span(&self, date: NaiveDate) -> impl Iterator<Item = Interval> {
        self.instants_of(date, ClockTime::MIDNIGHT, ClockTime::END_OF_DAY)
    }

    /// The first instant of a local date, which is not always 00:00 (Santiago skips midnight in September).
    pub fn first_instant(&self, date: NaiveDate) -> Option<Instant> {
        self.date_span(date).next().map(Interval::start)
    }

    fn offset_of_segment(&self, segment: usize) -> i64 {
        segment.checked_sub(1).map_or(self.first_offset, |i| i64::from(self.transitions[i].offset_seconds))
    }

    fn span_of_segment(&self, segment: usize) -> (Instant, Instant) {
        let opens = segment.checked_sub(1).map_or(Instant::MIN, |i| self.transitions[i].at);
        let closes = self.transitions.get(segment).map_or(Instant::MAX, |t| t.at);
        (opens, closes)
    }
}

/// Days since 1970-01-01.
fn day_of_date(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

fn date_of_day(day: i64) -> NaiveDate {
    // An `Instant` lies within years -9999 to 9999, far inside chrono's range.
    i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX)
}
