//! Civil hours become instants here, once (rules 2 to 4).
//!
//! Between two changes of the clock wall time runs with the instants, so the walk goes from one stretch of constant
//! offset to the next and through the dates of each. A gap is wall time that no stretch shows; a fold is wall time
//! that two show; neither needs a case of its own, and the intervals come out in order.

use crate::{
    Instant, Interval, Schedule, ZoneRules,
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

/// The grids on open time, ascending: exact for starts from `from` to `to` and a day of meeting after them.
pub(crate) fn grids<'a>(
    schedule: &'a Schedule,
    zone: &'a ZoneRules,
    from: Instant,
    to: Instant,
) -> impl Iterator<Item = Grid> + use<'a> {
    OpenTime::around(schedule, zone, from, to).flat_map(move |open| Grids::on(open, schedule, zone))
}

/// Open time as disjoint intervals that do not touch, ascending, found one by one as they are asked for.
struct OpenTime<'a> {
    zone: &'a ZoneRules,
    segment_number: usize,
    segment: Segment,
    /// The last day of interest that the segment shows.
    last_day: i64,
    days_of_interest: (i64, i64),
    days: PartsByDay<'a>,
    schedule: &'a Schedule,
    /// What is left of the day in hand.
    parts: &'a [Part],
    /// The instant at which the clock would show 00:00 of that day.
    midnight: i64,
    /// Found, and perhaps not yet at its end.
    pending: Option<(i64, i64)>,
}

impl<'a> OpenTime<'a> {
    fn around(schedule: &'a Schedule, zone: &'a ZoneRules, from: Instant, to: Instant) -> OpenTime<'a> {
        let first_day = zone.local_day(from) - DATES_BEFORE;
        // Before the first date of interest has begun.
        let segment_number = zone.segment_at(from.plus(-(DATES_BEFORE + 2) * DAY));
        let segment = zone.segment(segment_number).unwrap_or(NOTHING);
        let mut open = OpenTime {
            zone,
            segment_number,
            segment,
            last_day: 0,
            days_of_interest: (first_day, zone.local_day(to) + DATES_AFTER),
            days: schedule.parts_from(first_day),
            schedule,
            parts: &[],
            midnight: 0,
            pending: None,
        };
        open.last_day = open.last_day_of(segment);
        open
    }

    fn last_day_of(&self, segment: Segment) -> i64 {
        (segment.closes - 1 + segment.offset).div_euclid(DAY).min(self.days_of_interest.1)
    }

    /// The next interval that a part of a date gives; it may touch the one before.
    #[inline]
    fn next_part(&mut self) -> Option<(i64, i64)> {
        loop {
            if let [part, rest @ ..] = self.parts {
                self.parts = rest;
                let start = (self.midnight + part.from).max(self.segment.opens);
                let end = (self.midnight + part.until).min(self.segment.closes);
                if start < end {
                    return Some((start, end));
                }
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
        let first_day = (segment.opens + segment.offset).div_euclid(DAY).max(self.days_of_interest.0);
        if self.days_of_interest.1 < first_day {
            return None;
        }
        self.segment_number += 1;
        self.segment = segment;
        self.last_day = self.last_day_of(segment);
        self.days = self.schedule.parts_from(first_day);
        Some(())
    }
}

const NOTHING: Segment = Segment { opens: 0, closes: 0, offset: 0 };

/// One interval of open time, as long as it goes.
#[derive(Clone, Copy)]
struct Open {
    interval: Interval,
    /// The offset, when no clock changes during the interval nor for days around it.
    calm: Option<i64>,
}

impl Iterator for OpenTime<'_> {
    type Item = Open;

    #[inline]
    fn next(&mut self) -> Option<Open> {
        let (start, mut end) = match self.pending.take() {
            Some(pending) => pending,
            None => self.next_part()?,
        };
        while let Some((next_start, next_end)) = self.next_part() {
            if next_start == end {
                end = next_end;
            } else {
                self.pending = Some((next_start, next_end));
                break;
            }
        }
        let Segment { opens, closes, offset } = self.segment;
        let calm = opens + 2 * DAY <= start && end <= closes - 2 * DAY;
        let interval = Interval::new(Instant::clamped(start), Instant::clamped(end))?;
        Some(Open { interval, calm: calm.then_some(offset) })
    }
}

/// The grids on one interval of open time: a date whose date before was open from end to end starts its own.
struct Grids<'a> {
    schedule: &'a Schedule,
    zone: &'a ZoneRules,
    open: Open,
    origin: Option<Instant>,
    /// Dates that may yet start a grid.
    day: i64,
    last_day: i64,
}

impl<'a> Grids<'a> {
    #[inline]
    fn on(open: Open, schedule: &'a Schedule, zone: &'a ZoneRules) -> Grids<'a> {
        let Interval { start, end } = open.interval;
        let (day, last_day) = match open.calm {
            // Nothing that began on a date can hold the whole of it and part of the next.
            Some(_) if end.unix() - start.unix() <= DAY => (1, 0),
            Some(offset) => {
                ((start.unix() + offset).div_euclid(DAY) + 1, (end.unix() + offset).div_euclid(DAY))
            }
            None => (zone.local_day(start) + 1, zone.local_day(end)),
        };
        Grids { schedule, zone, open, origin: Some(start), day, last_day }
    }

    /// Where the next date that starts its own grid does so. (A date that the zone skipped has no instant that was
    /// closed; the first instant of a date is not always 00:00.)
    fn next_restart(&mut self) -> Option<Instant> {
        while self.day <= self.last_day {
            let day = self.day;
            self.day += 1;
            let at = match self.open.calm {
                Some(offset) => self.is_stated_wholly(day - 1).then(|| Instant::clamped(day * DAY - offset)),
                None if self.is_wholly_open(day - 1) => self.zone.first_instant(date_of_day(day)),
                None => None,
            };
            if let Some(at) = at
                && self.open.interval.start < at
                && at < self.open.interval.end
            {
                return Some(at);
            }
        }
        None
    }

    fn is_stated_wholly(&self, day: i64) -> bool {
        matches!(self.schedule.parts_of(day), [Part { from: 0, until: DAY }])
    }

    /// Whether every instant of a local date is open.
    fn is_wholly_open(&self, day: i64) -> bool {
        let parts = self.schedule.parts_of(day);
        self.is_stated_wholly(day)
            || self.zone.wall_spans(day).all(|(from, until)| {
                parts.iter().any(|part| part.from <= from && until <= part.until)
            })
    }
}

impl Iterator for Grids<'_> {
    type Item = Grid;

    #[inline]
    fn next(&mut self) -> Option<Grid> {
        let origin = self.origin.take()?;
        let closes = self.open.interval.end;
        self.origin = self.next_restart();
        Some(Grid { origin, until: self.origin.unwrap_or(closes), closes })
    }
}

impl Grid {
    /// Whether a meeting from `start` ends while the hours last. (Plain numbers: an [`Instant`] would hold an end
    /// beyond [`Instant::MAX`] there, and call that time open.)
    pub(crate) fn fits(&self, start: Instant, duration_seconds: i64) -> bool {
        start.unix() + duration_seconds <= self.closes.unix()
    }
}
