//! The rules of one time zone as plain data: when its offset from UTC changes, and to what.
//!
//! The engine names no time-zone database. Whoever calls it brings the transitions for the span in question
//! (RFC 5545 would call this a VTIMEZONE, expanded). Everything here is exact in gaps and folds because local
//! times are never "resolved": a stretch of wall time becomes the set of instants that show it.

use core::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::{ClockTime, Instant, Interval, limits::OFFSET_SECONDS_MAX};

/// Seconds of a day without change.
pub(crate) const DAY: i64 = 86_400;

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

/// Time between two changes of the clock: `[opens, closes)` in Unix seconds, and seconds east of UTC meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) opens: i64,
    pub(crate) closes: i64,
    pub(crate) offset: i64,
}

impl Segment {
    /// The local date of its first instant, in days since 1970-01-01.
    pub(crate) fn first_day(self) -> i64 {
        self.day(self.opens)
    }

    /// The local date of one of its instants.
    pub(crate) fn day(self, at: i64) -> i64 {
        (at + self.offset).div_euclid(DAY)
    }

    /// The local date of its last instant.
    pub(crate) fn last_day(self) -> i64 {
        self.last_day_before(self.closes)
    }

    /// The local date of its last instant before `end`.
    pub(crate) fn last_day_before(self, end: i64) -> i64 {
        self.day(self.closes.min(end) - 1)
    }
}

/// Instants in a row that show the same date by the same offset: most often a whole date, and a part of it where the
/// clock changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalDay {
    /// What a calendar shows.
    pub date: NaiveDate,
    /// Seconds east of UTC.
    pub offset_seconds: i64,
    /// When 00:00 is by that offset, if the clock shows it.
    midnight: i64,
    opens: i64,
    closes: i64,
}

impl LocalDay {
    /// Whether an instant is one of them.
    pub fn contains(&self, at: Instant) -> bool {
        self.opens <= at.unix() && at.unix() < self.closes
    }

    /// When they are over.
    pub fn end(&self) -> Instant {
        Instant::clamped(self.closes)
    }

    /// What a clock shows at one of them, in seconds since 00:00.
    pub fn second_of_day(&self, at: Instant) -> i64 {
        at.unix() - self.midnight
    }
}

/// The local days of instants that lie near one another: what it found for one it knows of its neighbours.
pub struct LocalDays<'a> {
    zone: &'a ZoneRules,
    /// Empty before the first question.
    segment: Segment,
    day: Option<LocalDay>,
}

impl LocalDays<'_> {
    /// The local day that shows an instant. O(log n) in transitions, if one lies between it and the instant before.
    #[inline]
    pub fn of(&mut self, at: Instant) -> LocalDay {
        match self.day {
            Some(day) if day.contains(at) => day,
            _ => self.look_up(at),
        }
    }

    fn look_up(&mut self, at: Instant) -> LocalDay {
        if !(self.segment.opens <= at.unix() && at.unix() < self.segment.closes) {
            let number = self.zone.segment_at(at);
            let (opens, closes) = self.zone.span_of_segment(number);
            let offset = self.zone.offset_of_segment(number);
            self.segment = Segment { opens: opens.unix(), closes: closes.unix(), offset };
        }
        let Segment { opens, closes, offset } = self.segment;
        let day = self.segment.day(at.unix());
        let midnight = day * DAY - offset;
        *self.day.insert(LocalDay {
            date: date_of_day(day),
            offset_seconds: offset,
            midnight,
            opens: opens.max(midnight),
            closes: closes.min(midnight + DAY),
        })
    }
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

/// Dates on which the clock does not change.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) first_day: i64,
    pub(crate) last_day: i64,
    pub(crate) offset: i64,
}

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
        date_of_day(self.local_day(at))
    }

    /// Tells the local days of one instant after the other.
    pub fn local_days(&self) -> LocalDays<'_> {
        LocalDays { zone: self, segment: Segment { opens: 0, closes: 0, offset: 0 }, day: None }
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
        self.instants_of_wall(midnight + from.seconds(), midnight + until.seconds())
    }

    fn instants_of_wall(&self, from: i64, until: i64) -> impl Iterator<Item = Interval> {
        self.segments_near(from, until).filter_map(move |Segment { opens, closes, offset }| {
            let start = Instant::clamped((from - offset).max(opens));
            Interval::new(start, Instant::clamped((until - offset).min(closes)))
        })
    }

    /// The wall time that each stretch of constant offset shows of a day, in seconds since its `00:00`.
    pub(crate) fn wall_spans(&self, day: i64) -> impl Iterator<Item = (i64, i64)> {
        self.segments_near(day * DAY, (day + 1) * DAY)
            .map(move |Segment { opens, closes, offset }| {
                let wall = |instant: i64| (instant + offset - day * DAY).clamp(0, DAY);
                (wall(opens), wall(closes))
            })
            .filter(|(from, until)| from < until)
    }

    /// All stretches of constant offset that may show wall time in `[from, until)`, given as if it were UTC.
    fn segments_near(&self, from: i64, until: i64) -> impl Iterator<Item = Segment> {
        let reach = i64::from(OFFSET_SECONDS_MAX);
        let first = self.transitions.partition_point(|t| t.at.unix() <= from - reach);
        let last = self.transitions.partition_point(|t| t.at.unix() < until + reach);
        (first..=last).filter_map(|number| self.segment(number))
    }

    /// All instants of a local date: one interval on any ordinary date, 23 or 25 hours long on most days of
    /// change, and none for a date that the zone skipped (Samoa, 2011-12-30).
    pub fn date_span(&self, date: NaiveDate) -> impl Iterator<Item = Interval> {
        let midnight = day_of_date(date) * DAY;
        self.instants_of_wall(midnight, midnight + DAY)
    }

    /// From the first instant that shows one of some dates in a row to the end of the last one. Where the clock goes back
    /// over midnight, a neighbour's are among them. `None` when there are none.
    pub fn span_of_dates(&self, dates: RangeInclusive<NaiveDate>) -> Option<Interval> {
        let (from, until) = (day_of_date(*dates.start()) * DAY, (day_of_date(*dates.end()) + 1) * DAY);
        let mut spans = self.instants_of_wall(from, until);
        let first = spans.next()?;
        let last = spans.last().unwrap_or(first);
        Interval::new(first.start, last.end)
    }

    /// The first instant of a local date, which is not always 00:00 (Santiago skips midnight in September).
    pub fn first_instant(&self, date: NaiveDate) -> Option<Instant> {
        self.date_span(date).next().map(Interval::start)
    }

    /// The days since 1970-01-01 on a calendar that hangs in this zone.
    pub(crate) fn local_day(&self, at: Instant) -> i64 {
        (at.unix() + self.offset_at(at)).div_euclid(DAY)
    }

    /// The same for an instant soon after the stretch of constant offset with this number.
    pub(crate) fn local_day_from(&self, segment: usize, at: Instant) -> i64 {
        let passed = self.transitions[segment..].iter().take_while(|t| t.at <= at).count();
        (at.unix() + self.offset_of_segment(segment + passed)).div_euclid(DAY)
    }

    /// The stretch of constant offset that holds `at`, by its number.
    pub(crate) fn segment_at(&self, at: Instant) -> usize {
        self.transitions.partition_point(|t| t.at <= at)
    }

    /// A stretch of constant offset; `None` after the last.
    pub(crate) fn segment(&self, number: usize) -> Option<Segment> {
        (number <= self.transitions.len()).then(|| {
            let (opens, closes) = self.span_of_segment(number);
            Segment { opens: opens.unix(), closes: closes.unix(), offset: self.offset_of_segment(number) }
        })
    }

    /// The offset after the last change that is known.
    pub(crate) fn last_offset(&self) -> i64 {
        self.offset_of_segment(self.transitions.len())
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
pub(crate) fn day_of_date(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

pub(crate) fn date_of_day(day: i64) -> NaiveDate {
    // An `Instant` lies within years -9999 to 9999, far inside chrono's range.
    i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX)
}
