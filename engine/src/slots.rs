//! Which starts are offered: the story, top to bottom.
//!
//! Open time gives grids, one after the other. On each, sorted closed time cuts the starts into runs: where a closed
//! interval begins and ends on the grid is arithmetic, so that nothing is done for a single start.

use crate::{
    Instant, Interval, Run, Slots,
    availability::{Grid, OpenTime},
    bounds::Bounds,
    comb::Comb,
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
    sweep(view, closed, view.comb, range, now, |run, is_closed| {
        if !is_closed {
            runs.push(run);
        }
    });
    Slots::new(runs)
}

/// Shows the open starts without keeping them.
pub(crate) fn each_open_run(view: View<'_>, range: Interval, now: Instant, mut visit: impl FnMut(Run)) {
    sweep(view, view.closed.overlapping(range), view.comb, range, now, |run, is_closed| {
        if !is_closed {
            visit(run);
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
    sweep(view, blocked, None, range, now, |run, is_blocked| {
        if is_blocked {
            all.push((run, Status::Taken));
        } else {
            full = cut(full, Lattice::of(run, view.policy.step()), |run, is_full| {
                if !is_full {
                    all.push((run, Status::Open));
                }
            });
        }
    });
    all
}

/// Room for one run for each part of a date, and one more for each closed interval that may cut it in two.
fn runs_expected(view: View<'_>, range: Interval, closed: &[Interval]) -> usize {
    let days = usize::try_from((range.end().unix() - range.start().unix()) / DAY + 2).unwrap_or(0);
    let by_closed = days * view.schedule.parts_in_a_day() + closed.len();
    view.comb.map_or(by_closed, |comb| by_closed.min(days.saturating_mul(comb.runs_in_a_day())))
}

/// Shows starts, ascending: those outside (`false`) and inside (`true`) what is closed. A comb knows what is closed on
/// ordinary dates, and shows only what is open there.
#[inline]
fn sweep(
    view: View<'_>,
    closed: &[Interval],
    comb: Option<&Comb>,
    range: Interval,
    now: Instant,
    mut visit: impl FnMut(Run, bool),
) {
    let View { zone, schedule, policy, .. } = view;
    let (step, duration) = (policy.step(), policy.duration_seconds());
    let bounds = Bounds::at(now, zone, policy);
    let (mut closed, mut after) = (closed, range.start);
    while let Some(range) = bounds.next_within(range, after) {
        after = range.end;
        let rest = match comb {
            Some(comb) => comb.open(zone, range, |run| visit(run, false)),
            None => Some(range),
        };
        let Some(range) = rest else { continue };
        let mut open_time = OpenTime::around(schedule, zone, range.start, range.end);
        loop {
            match comb {
                Some(comb) => {
                    if let Some(row) = open_time.row() {
                        open_time.go_on(comb.open_row(row, range, |run| visit(run, false)));
                    }
                }
                None => open_time.ordinary(|midnight, parts| {
                    for part in parts {
                        let grid = Grid::on_part(midnight, *part);
                        if let Some(starts) = Lattice::on(grid, range, step, duration) {
                            closed = cut(closed, starts, &mut visit);
                        }
                    }
                }),
            }
            match open_time.next_grid() {
                Some(grid) if grid.origin < range.end => {
                    if let Some(starts) = Lattice::on(grid, range, step, duration) {
                        closed = cut(closed, starts, &mut visit);
                    }
                }
                _ => break,
            }
        }
    }
}

/// Cuts starts into those outside (`false`) and those inside (`true`) some sorted, disjoint intervals, and answers with
/// the intervals that may matter to later starts.
#[inline(always)]
fn cut(mut intervals: &[Interval], starts: Lattice, mut piece: impl FnMut(Run, bool)) -> &[Interval] {
    let Lattice { mut from, end, .. } = starts;
    // Pass what ends before the first start, eight at a time while there is much of it.
    while let [_, _, _, _, _, _, _, eighth, rest @ ..] = intervals
        && eighth.end.unix() <= from
    {
        intervals = rest;
    }
    while let [interval, rest @ ..] = intervals
        && interval.end.unix() <= from
    {
        intervals = rest;
    }
    // They ascend and do not touch, so neither do the starts at which they are entered and left turn back.
    while let [interval, rest @ ..] = intervals
        && interval.start.unix() < end
    {
        let enters = starts.next(interval.start.unix().max(from));
        if from < enters {
            piece(starts.part(from, enters).run(), false);
        }
        from = starts.next(interval.end.unix().min(end));
        if enters < from {
            piece(starts.part(enters, from).run(), true);
        }
        if starts.last() < interval.end.unix() {
            // It may reach into the starts of the next call, which may come before this one's next would.
            return intervals;
        }
        intervals = rest;
    }
    if from < end {
        piece(starts.part(from, end).run(), false);
    }
    intervals
}
