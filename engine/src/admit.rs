//! May this one start be booked? The same rules that `slots` lists by, with the reason when not (rule 11).

use chrono::NaiveDate;

use crate::{
    Facts, Instant, Interval,
    availability::{Grid, OpenTime},
    bounds::Bounds,
    busy::blocked_starts,
    frequency::Frequency,
};

/// A start that may be booked, and the meeting it makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Admission {
    /// From the start to the end of the meeting, buffers left out.
    pub meeting: Interval,
}

/// Why a start may not be booked, with the bound it missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The meeting does not lie within the mentor's hours.
    OutsideHours,
    /// The mentor closed this local date.
    BlockedDate {
        /// The date, in the schedule's zone.
        date: NaiveDate,
    },
    /// Open, but not where meetings start.
    OffGrid {
        /// The nearest start before.
        before: Instant,
        /// The nearest start after, if the same hours have one.
        after: Option<Instant>,
    },
    /// Something busy, or a booking, is in the way.
    Busy {
        /// The first instant at which it no longer is.
        until: Instant,
    },
    /// Inside the minimum notice.
    TooSoon {
        /// The first instant outside it.
        earliest: Instant,
    },
    /// Beyond the horizon.
    TooFar {
        /// The last local date within it.
        latest: NaiveDate,
    },
    /// The local date has all the bookings it may.
    DayFull {
        /// The date, in the schedule's zone.
        date: NaiveDate,
    },
    /// The week has all the bookings it may.
    WeekFull {
        /// The Sunday that begins it, in the schedule's zone.
        sunday: NaiveDate,
    },
}

/// Judges one start. Accepts exactly the starts that [`crate::slots`] lists.
///
/// # Errors
/// The first rule, in the order of the rules, that refuses the start.
pub fn admit(facts: &Facts, start: Instant, now: Instant) -> Result<Admission, Refusal> {
    let open = OpenTime::around(&facts.schedule, &facts.zone, start, start);
    let date = facts.zone.local_date(start);
    let Some(grid) = open.grid_at(start) else {
        let closed = facts.schedule.is_blocked(date);
        return Err(if closed { Refusal::BlockedDate { date } } else { Refusal::OutsideHours });
    };
    let (step, duration) = (facts.policy.step_seconds(), facts.policy.duration_seconds());
    let on_grid = grid.at_or_after(start, step);
    if start != on_grid {
        return Err(Refusal::OffGrid { before: on_grid.plus(-step), after: within(grid, on_grid, duration) });
    }
    let meeting = Interval::new(start, start.plus(duration)).filter(|_| grid.fits(start, duration));
    let Some(meeting) = meeting else { return Err(Refusal::OutsideHours) };
    if let Some(blocked) = blocked_starts(facts).find(start) {
        return Err(Refusal::Busy { until: blocked.end() });
    }
    if let Some(refusal) = Bounds::at(now, facts).refusal(start) {
        return Err(refusal);
    }
    match Frequency::of(facts).and_then(|frequency| frequency.refusal(date)) {
        Some(refusal) => Err(refusal),
        None => Ok(Admission { meeting }),
    }
}

/// `start` or, past the end of this grid, the origin of the next, if a meeting still fits there.
fn within(grid: Grid, start: Instant, duration: i64) -> Option<Instant> {
    let start = start.min(grid.until);
    grid.fits(start, duration).then_some(start)
}
