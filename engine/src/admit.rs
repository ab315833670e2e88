//! May this one start be booked? The same rules that `slots` lists by, with the reason when not (rule 11).

use chrono::NaiveDate;

use crate::{
    Instant, Interval, Schedule, ZoneRules,
    availability::{Grid, OpenTime},
    bounds::Bounds,
    snapshot::View,
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

pub(crate) fn judge(view: View<'_>, start: Instant, now: Instant) -> Result<Admission, Refusal> {
    let View { zone, schedule, policy, blocked, frequency, .. } = view;
    let Some(grid) = grid_at(start, schedule, zone) else {
        let date = zone.local_date(start);
        let closed = schedule.is_blocked(date);
        return Err(if closed { Refusal::BlockedDate { date } } else { Refusal::OutsideHours });
    };
    let (step, duration) = (policy.step_seconds(), policy.duration_seconds());
    let past_grid = (start.unix() - grid.origin.unix()) % step;
    if past_grid != 0 {
        let before = start.plus(-past_grid);
        return Err(Refusal::OffGrid { before, after: within(grid, before.plus(step), duration) });
    }
    let meeting = Interval::new(start, start.plus(duration)).filter(|_| grid.fits(start, duration));
    let Some(meeting) = meeting else { return Err(Refusal::OutsideHours) };
    if let Some(blocked) = blocked.find(start) {
        return Err(Refusal::Busy { until: blocked.end() });
    }
    let bounds = Bounds::at(now, zone, policy);
    match bounds.refusal(start).or_else(|| frequency.refusal(start, zone, policy)) {
        Some(refusal) => Err(refusal),
        None => Ok(Admission { meeting }),
    }
}

/// The grid on which a start would lie; `None` when that is outside open time.
fn grid_at(start: Instant, schedule: &Schedule, zone: &ZoneRules) -> Option<Grid> {
    let mut open_time = OpenTime::around(schedule, zone, start, start);
    let mut found = None;
    loop {
        open_time.ordinary(|midnight, parts| {
            let mut grids = parts.iter().map(|part| Grid::on_part(midnight, *part));
            found = found.or(grids.find(|grid| grid.origin <= start && start < grid.until));
        });
        match open_time.next_grid() {
            _ if found.is_some() => return found,
            Some(grid) if start < grid.until => return (grid.origin <= start).then_some(grid),
            Some(_) => {}
            None => return None,
        }
    }
}

/// `start` or, past the end of this grid, the origin of the next, if a meeting still fits there.
fn within(grid: Grid, start: Instant, duration: i64) -> Option<Instant> {
    let start = start.min(grid.until);
    grid.fits(start, duration).then_some(start)
}
