//! Civil hours become instants here, once (rules 2 to 4).
//!
//! Between two changes of the clock wall time runs with the instants, so the walk goes from one stretch of constant
//! offset to the next and through the dates of each. A gap is wall time that no stretch shows; a fold is wall time
//! that two show; neither needs a case of its own, and the intervals come out in order.

use crate::{
    Instant, Schedule, ZoneRules,
    by_day::Days,
    schedule::{Part, Parts},
    zone::{DAY, Row, Segment, date_of_day},
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
    /// The one on a part of an ordinary date.
    #[inline]
    pub(crate) fn on_part(midnight: i64, part: Part) -> Grid {
        let until = Instant::between(midnight + part.until);
        Grid { origin: Instant::between(midnight + part.from), until, closes: until }
    }

    /// Whether a meeting from `start` ends while the hours last. (Plain numbers: an [`Instant`] would hold an end
    /// beyond [`Instant::MAX`] there, and call that time open.)
    pub(crate) fn fits(&self, start: Instant, duration_seconds: i64) -> bool {
        start.unix() + duration_seconds <= self.closes.unix()
    }
}

/// Finds the grids on open time, ascending.
///
/// Most dates are ordinary: no change of the clock, nothing open at either midnight. [`OpenTime::ordinary`] goes
/// through those, as many as come in a row, and [`OpenTime::next_grid`] over the next piece of the rest.
pub(crate) struct OpenTime<'a> {
    schedule: &'a Schedule,
    zone: &'a ZoneRules,
    segment: Segment,
    segment_number: usize,
    /// Dates to come, and the last of them that the segment shows.
    days: Days<'a, Parts>,
    last_day: i64,
    days_of_interest: (i64, i64),
    /// No start of interest lies after this instant, and none in this segment on a later day.
    to: i64,
    last_start_day: i64,
    /// The first and last day that the segment shows, perhaps not all of them.
    edges: (i64, i64),
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

impl<'a> OpenTime<'a> {
    /// Exact for starts from `from` to `to`, and for a day of meeting after them.
    #[inline]
    pub(crate) fn around(
        schedule: &'a Schedule,
        zone: &'a ZoneRules,
        from: Instant,
        to: Instant,
    ) -> OpenTime<'a> {
        // Before the first date of interest has begun.
        let segment_number = zone.segment_at(from.plus(-(DATES_BEFORE + 2) * DAY));
        let segment = zone.segment(segment_number).unwrap_or(Segment { opens: 0, closes: 0, offset: 0 });
        let first_day = zone.local_day_from(segment_number, from) - DATES_BEFORE;
        let last_day = zone.local_day_from(segment_number, to) + DATES_AFTER;
        OpenTime {
            schedule,
            zone,
            segment,
            segment_number,
            days: schedule.dates().from(first_day),
            last_day: segment.last_day().min(last_day),
            edges: (segment.first_day(), segment.last_day()),
            days_of_interest: (first_day, last_day),
            to: to.unix(),
            last_start_day: segment.last_day_before(to.unix() + 1),
            parts: &[],
            midnight: 0,
            in_hand: NONE,
            whole: NONE,
        }
    }

    /// Shows the ordinary dates that come next, if any, and all their parts: the instant at which the clock shows 00:00,
    /// and the parts, each of which is a grid of its own, see [`Grid::on_part`].
    #[inline]
    pub(crate) fn ordinary(&mut self, mut visit: impl FnMut(i64, &'a [Part])) {
        let Some(row) = self.row() else { return };
        let mut days = self.days.clone();
        while days.day() <= row.last_day && days.peek().is_inside() {
            visit(days.day() * DAY - row.offset, days.next().as_slice());
        }
        self.days = days;
    }

    /// The dates that come next, if they are ordinary as far as the zone goes.
    #[inline]
    pub(crate) fn row(&self) -> Option<Row> {
        if !(self.parts.is_empty() && self.in_hand.is_empty() && self.whole.is_empty()) {
            return None;
        }
        // The first and the last day of a stretch of constant offset go on in another.
        let last_day = self.last_day.min(self.edges.1 - 1).min(self.last_start_day);
        let row = Row { first_day: self.days.day(), last_day, offset: self.segment.offset };
        (self.edges.0 < row.first_day && row.first_day <= row.last_day).then_some(row)
    }

    /// Goes on with a later date.
    #[inline]
    pub(crate) fn go_on(&mut self, day: i64) {
        self.days.go_to(day);
    }

    /// The next grid.
    pub(crate) fn next_grid(&mut self) -> Option<Grid> {
        loop {
            if !self.whole.is_empty() {
                return Some(self.next_on_whole());
            }
            if let [part, rest @ ..] = self.parts {
                self.parts = rest;
                let (start, end) = (self.midnight + part.from, self.midnight + part.until);
                let is_whole = self.segment.opens < start && end < self.segment.closes;
                if is_whole && part.is_inside() && self.in_hand.is_empty() {
                    return Some(Grid::on_part(self.midnight, *part));
                }
                self.take_up(Open { start, end });
                continue;
            }
            let next_midnight = self.days.day() * DAY - self.segment.offset;
            let is_complete = self.in_hand.end < next_midnight.min(self.segment.closes);
            if !self.in_hand.is_empty() && is_complete {
                self.whole = core::mem::replace(&mut self.in_hand, NONE);
            } else if self.in_hand.is_empty()
                && self.last_start_day < self.days.day()
                && self.to < self.segment.closes
            {
                return None;
            } else if self.days.day() <= self.last_day {
                self.midnight = next_midnight;
                self.parts = self.days.next().as_slice();
            } else if self.next_segment().is_none() {
                self.whole = core::mem::replace(&mut self.in_hand, NONE);
                if self.whole.is_empty() {
                    return None;
                }
            }
        }
    }

    /// Takes up open time that may go on over midnight or a change of the clock, or be cut by one.
    fn take_up(&mut self, open: Open) {
        let Segment { opens, closes, .. } = self.segment;
        let shown = Open { start: open.start.max(opens), end: open.end.min(closes) };
        if shown.end <= shown.start {
            // A gap skips it, or the other side of a change of the clock shows it.
        } else if shown.start == self.in_hand.end {
            self.in_hand.end = shown.end;
        } else if self.in_hand.is_empty() {
            self.in_hand = shown;
        } else {
            // Its end is known now.
            self.whole = core::mem::replace(&mut self.in_hand, shown);
        }
    }

    fn next_segment(&mut self) -> Option<()> {
        let segment = self.zone.segment(self.segment_number + 1)?;
        let (first_of_interest, last_of_interest) = self.days_of_interest;
        let first_day = segment.first_day().max(first_of_interest);
        if last_of_interest < first_day {
            return None;
        }
        (self.segment, self.segment_number) = (segment, self.segment_number + 1);
        self.edges = (segment.first_day(), segment.last_day());
        self.last_day = segment.last_day().min(last_of_interest);
        self.last_start_day = segment.last_day_before(self.to + 1);
        self.days = self.schedule.dates().from(first_day);
        Some(())
    }

    /// The next grid on `whole`: a date whose date before was open from end to end starts its own.
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
        let parts = self.schedule.dates().of(day).as_slice();
        matches!(parts, [Part { from: 0, until: DAY }])
            || self
                .zone
                .wall_spans(day)
                .all(|(from, until)| parts.iter().any(|part| part.from <= from && until <= part.until))
    }
}
