//! Civil hours become instants here, once (rules 2 to 4).
//!
//! Between two changes of the clock wall time runs with the instants, so the walk goes from one stretch of constant
//! offset to the next and through the dates of each. A gap is wall time that no stretch shows; a fold is wall time
//! that two show; neither needs a case of its own, and the intervals come out in order.

use crate::{
    Instant, Schedule, ZoneRules,
    schedule::{Part, PartsByDay},
    zone::{DAY, Segment, date_of_day},
};

/// Dates walked before the one in question: one for an interval that began the day before (a date after a wholly
/// open one starts its own grid, so one is enough), one for a fold that repeats the end of a date.
const DATES_BEFORE: i64 = 2;
/// Dates walked after it: a step to the next start, its meeting, and a date that a zone may skip.
const DATES_AFTER: i64 = 3;

/// A run of possible starts, `origin + k * step` before `until`, for meetings that end by `closes`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    pub(crate) origin: Instant,
    pub(crate) until: Instant,
    pub(crate) closes: Instant,
}

impl Grid {
    /// Whether a meeting from `start` ends while the hours last. (Plain numbers: an [`Instant`] would hold an end
    /// beyond [`Instant::MAX`] there, and call that time open.)
    pub(crate) fn fits(&self, start: Instant, duration_seconds: i64) -> bool {
        start.unix() + duration_seconds <= self.closes.unix()
    }
}

/// The grids on open time, ascending, found one by one as they are asked for.
pub(crate) struct Grids<'a> {
    schedule: &'a Schedule,
    zone: &'a ZoneRules,
    segment: Segment,
    segment_number: usize,
    /// Dates to come, and the last of them that the segment shows.
    days: PartsByDay<'a>,
    last_day: i64,
    days_of_interest: (i64, i64),
    /// What is left of the date in hand, and the instant at which the clock would show its 00:00.
    parts: &'a [Part],
    midnight: i64,
    /// Open time that may go on where the next begins.
    in_hand: Open,
    /// Open time, whole, on which some grids are still to be found: from its start on.
    whole: Open,
}

/// An interval of open time, in Unix seconds; empty when there is none.
#[derive(Clone, Copy)]
struct Open {
    start: i64,
    end: i64,
}

const NONE: Open = Open { start: i64::MIN, end: i64::MIN };

impl Open {
    #[inline]
    fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl<'a> Grids<'a> {
    /// Exact for starts from `from` to `to`, and for a day of meeting after them.
    #[inline]
    pub(crate) fn around(schedule: &'a Schedule, zone: &'a ZoneRules, from: Instant, to: Instant) -> Grids<'a> {
        // Before the first date of interest has begun.
        let segment_number = zone.segment_at(from.plus(-(DATES_BEFORE + 2) * DAY));
        let segment = zone.segment(segment_number).unwrap_or(Segment { opens: 0, closes: 0, offset: 0 });
        let first_day = zone.local_day_from(segment_number, from) - DATES_BEFORE;
        let last_day = zone.local_day_from(segment_number, to) + DATES_AFTER;
        Grids {
            schedule,
            zone,
            segment,
            segment_number,
            days: schedule.parts_from(first_day),
            last_day: segment.last_day().min(last_day),
            days_of_interest: (first_day, last_day),
            parts: &[],
            midnight: 0,
            in_hand: NONE,
            whole: NONE,
        }
    }

    /// Takes the next part of a date up; `None` when there are no more.
    #[inline]
    fn next_part(&mut self) -> Option<Part> {
        loop {
            if let [part, ..] = self.parts {
                return Some(*part);
            } else if self.days.day() <= self.last_day {
                self.midnight = self.days.day() * DAY - self.segment.offset;
                self.parts = self.days.next_day();
            } else {
                self.next_segment()?;
            }
        }
    }

    #[cold]
    fn next_segment(&mut self) -> Option<()> {
        let segment = self.zone.segment(self.segment_number + 1)?;
        let (first_of_interest, last_of_interest) = self.days_of_interest;
        let first_day = segment.first_day().max(first_of_interest);
        if last_of_interest < first_day {
            return None;
        }
        (self.segment, self.segment_number) = (segment, self.segment_number + 1);
        self.last_day = segment.last_day().min(last_of_interest);
        self.days = self.schedule.parts_from(first_day);
        Some(())
    }

    /// The next grid on `whole`: a date whose date before was open from end to end starts its own.
    #[cold]
    fn next_on_whole(&mut self) -> Grid {
        let (origin, closes) = (Instant::clamped(self.whole.start), Instant::clamped(self.whole.end));
        let mut days = self.zone.local_day(origin) + 1..=self.zone.local_day(closes);
        let restart = days.find_map(|day| {
            let restart = self.is_wholly_open(day - 1).then(|| self.zone.first_instant(date_of_day(day)))?;
            restart.filter(|restart| origin < *restart && *restart < closes)
        });
        let until = restart.unwrap_or(closes);
        self.whole.start = restart.map_or(self.whole.end, Instant::unix);
        Grid { origin, until, closes }
    }

    /// Whether every instant of a local date is open. (A date that the zone skipped has none that is closed.)
    fn is_wholly_open(&self, day: i64) -> bool {
        let parts = self.schedule.parts_of(day);
        matches!(parts, [Part { from: 0, until: DAY }])
            || self.zone.wall_spans(day).all(|(from, until)| {
                parts.iter().any(|part| part.from <= from && until <= part.until)
            })
    }
}

impl Iterator for Grids<'_> {
    type Item = Grid;

    #[inline]
    fn next(&mut self) -> Option<Grid> {
        loop {
            if !self.whole.is_empty() {
                return Some(self.next_on_whole());
            }
            let Some(part) = self.next_part() else {
                self.whole = core::mem::replace(&mut self.in_hand, NONE);
                return (!self.whole.is_empty()).then(|| self.next_on_whole());
            };
            let (start, end) = (self.midnight + part.from, self.midnight + part.until);
            let Segment { opens, closes, .. } = self.segment;
            let shown = Open { start: start.max(opens), end: end.min(closes) };
            if shown.end <= shown.start {
                // A gap skips it, or the other side of a change of the clock shows it.
            } else if shown.start == self.in_hand.end {
                self.in_hand.end = shown.end;
            } else if !self.in_hand.is_empty() {
                // Its end is known now. The part is looked at again afterwards.
                self.whole = core::mem::replace(&mut self.in_hand, NONE);
                continue;
            } else if part.is_inside() && opens < start && end < closes {
                // Nothing can touch it, and all of it is on one date.
                self.parts = &self.parts[1..];
                let closes = Instant::between(end);
                return Some(Grid { origin: Instant::between(start), until: closes, closes });
            } else {
                self.in_hand = shown;
            }
            self.parts = &self.parts[1..];
        }
    }
}
