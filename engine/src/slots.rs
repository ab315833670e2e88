//! Which starts are offered: the story, top to bottom.
//!
//! Open time gives grids, one after the other. On each, sorted closed time cuts the starts into runs: where a closed
//! interval begins and ends on the grid is arithmetic, so that nothing is done for a single start.

use core::ops::Range;

use crate::{
    Instant, Interval, Run, Slots,
    availability::{Grid, OpenTime},
    bounds::Bounds,
    lattice::Lattice,
    snapshot::View,
    zone::DAY,
};

/// What has become of a start that the mentor's hours, notice and horizon allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It may be booked.
    Open,
    /// Busy time or a booking is in the way.
    Taken,
}

pub(crate) fn list(view: View<'_>, range: Interval, now: Instant) -> Slots {
    let closed = view.closed.overlapping(range);
    let mut runs = Vec::with_capacity(runs_expected(view, range, closed));
    sweep(view, closed, range, now, |lattice, positions, is_closed| {
        if !is_closed {
            runs.push(lattice.run(positions));
        }
    });
    Slots::new(runs)
}

/// Shows the open starts without keeping them.
pub(crate) fn each_open_run(view: View<'_>, range: Interval, now: Instant, mut visit: impl FnMut(Run)) {
    sweep(view, view.closed.overlapping(range), range, now, |lattice, positions, is_closed| {
        if !is_closed {
            visit(lattice.run(positions));
        }
    });
}

/// The earliest open start. The range is looked at in stretches that double, so that the work is in proportion to how
/// far away that start is, not to how far one would go.
pub(crate) fn first(view: View<'_>, range: Interval, now: Instant) -> Option<Instant> {
    let mut from = range.start.max(now);
    let mut stretch = DAY;
    while let Some(near) = Interval::new(from, from.plus(stretch).min(range.end)) {
        let mut first = None;
        each_open_run(view, near, now, |run| first = first.or(Some(run.start())));
        if first.is_some() {
            return first;
        }
        (from, stretch) = (near.end, stretch.saturating_mul(2));
    }
    None
}

pub(crate) fn list_with_taken(view: View<'_>, range: Interval, now: Instant) -> Vec<(Run, Status)> {
    let blocked = view.blocked.overlapping(range);
    let mut all = Vec::with_capacity(2 * runs_expected(view, range, blocked));
    let mut full = view.frequency.full().overlapping(range);
    sweep(view, blocked, range, now, |lattice, positions, is_blocked| {
        if is_blocked {
            all.push((lattice.run(positions), Status::Taken));
        } else {
            full = cut(full, lattice.only(positions), |lattice, positions, is_full| {
                if !is_full {
                    all.push((lattice.run(positions), Status::Open));
                }
            });
        }
    });
    all
}

/// Room for one run for each part of a date, and one more for each closed interval that may cut it in two.
fn runs_expected(view: View<'_>, range: Interval, closed: &[Interval]) -> usize {
    let days = (range.end().unix() - range.start().unix()) / DAY + 2;
    usize::try_from(days).unwrap_or(0) * view.schedule.parts_in_a_day() + closed.len()
}

/// Shows the positions on each grid, ascending: those outside (`false`) and inside (`true`) what is closed.
#[inline]
fn sweep(
    view: View<'_>,
    closed: &[Interval],
    range: Interval,
    now: Instant,
    mut visit: impl FnMut(Lattice, Range<u32>, bool),
) {
    let View { zone, schedule, policy, .. } = view;
    let (step, duration) = (policy.step(), policy.duration_seconds());
    let bounds = Bounds::at(now, zone, policy);
    let (mut closed, mut after) = (closed, range.start);
    while let Some(range) = bounds.next_within(range, after) {
        after = range.end;
        let mut open_time = OpenTime::around(schedule, zone, range.start, range.end);
        loop {
            open_time.ordinary(|midnight, parts| {
                for part in parts {
                    if let Some(lattice) = Lattice::on(Grid::on_part(midnight, *part), range, step, duration)
                    {
                        closed = cut(closed, lattice, &mut visit);
                    }
                }
            });
            match open_time.next_grid() {
                Some(grid) if grid.origin < range.end => {
                    if let Some(lattice) = Lattice::on(grid, range, step, duration) {
                        closed = cut(closed, lattice, &mut visit);
                    }
                }
                _ => break,
            }
        }
    }
}

/// Cuts the positions of a lattice into those outside (`false`) and those inside (`true`) some sorted, disjoint
/// intervals, ascending. Answers the intervals that may bear on later positions.
#[inline(always)]
fn cut(
    mut intervals: &[Interval],
    lattice: Lattice,
    mut piece: impl FnMut(Lattice, Range<u32>, bool),
) -> &[Interval] {
    // Pass what ends before the first position, eight at a time while there is much of it.
    while let [_, _, _, _, _, _, _, eighth, rest @ ..] = intervals
        && eighth.end.unix() <= lattice.from
    {
        intervals = rest;
    }
    while let [interval, rest @ ..] = intervals
        && interval.end.unix() <= lattice.from
    {
        intervals = rest;
    }
    let Range { mut start, end } = lattice.positions();
    // They ascend and do not touch, so neither do the positions at which they are entered and left turn back.
    while let [interval, rest @ ..] = intervals
        && interval.start.unix() < lattice.limit
    {
        let enters = lattice.position(interval.start.unix().max(lattice.from));
        if start < enters {
            piece(lattice, start..enters, false);
        }
        start = lattice.position(interval.end.unix().min(lattice.limit));
        if enters < start {
            piece(lattice, enters..start, true);
        }
        if lattice.limit < interval.end.unix() {
            // It may reach into the positions of the next call.
            break;
        }
        intervals = rest;
    }
    if start < end {
        piece(lattice, start..end, false);
    }
    intervals
}
