//! Which starts are offered: the story, top to bottom.
//!
//! Open time gives grids, one after the other. On each, sorted closed time cuts the starts into runs: where a closed
//! interval begins and ends on the grid is arithmetic, so that nothing is done for a single start.

use core::ops::Range;

use crate::{
    Instant, Interval, Run, Slots,
    availability::{Grid, Grids, OpenTime},
    bounds::Bounds,
    lattice::{Lattice, Step},
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

pub(crate) fn list_with_taken(view: View<'_>, range: Interval, now: Instant) -> Vec<(Run, Status)> {
    let blocked = view.blocked.overlapping(range);
    let mut all = Vec::with_capacity(2 * runs_expected(view, range, blocked));
    let mut full = Walk::over(view.frequency.full().overlapping(range));
    sweep(view, blocked, range, now, |lattice, positions, is_blocked| {
        if is_blocked {
            all.push((lattice.run(positions), Status::Taken));
        } else {
            full.cut(lattice, positions, |positions, is_full| {
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
    let (step, duration) = (Step::new(policy.step()), policy.duration_seconds());
    for range in Bounds::at(now, zone, policy).within(range) {
        let mut closed = Walk::over(closed);
        let mut on_grid = |grid: Grid| {
            if let Some((lattice, positions)) = Lattice::on(grid, range, step, duration) {
                closed.cut(lattice, positions, |positions, is_closed| visit(lattice, positions, is_closed));
            }
        };
        for grids in OpenTime::around(schedule, zone, range.start(), range.end()) {
            match grids {
                Grids::OfDate { midnight, parts } => {
                    if range.end().unix() <= midnight {
                        break;
                    }
                    for part in parts {
                        on_grid(Grids::on_part(midnight, *part));
                    }
                }
                Grids::One(grid) if range.end() <= grid.origin => break,
                Grids::One(grid) => on_grid(grid),
            }
        }
    }
}

/// A way through sorted, disjoint intervals that never turns back.
struct Walk<'a> {
    rest: &'a [Interval],
}

impl<'a> Walk<'a> {
    fn over(intervals: &'a [Interval]) -> Walk<'a> {
        Walk { rest: intervals }
    }

    /// Cuts positions of a lattice, at least one, into those outside and those inside the intervals, ascending.
    #[inline]
    fn cut(&mut self, lattice: Lattice, positions: Range<u32>, mut piece: impl FnMut(Range<u32>, bool)) {
        let Range { mut start, end } = positions;
        self.skip_to(lattice.from());
        while let [interval, rest @ ..] = self.rest {
            let enters = lattice.position(interval.start);
            if end <= enters {
                break;
            }
            if start < enters {
                piece(start..enters, false);
                start = enters;
            }
            let leaves = lattice.position(interval.end).min(end);
            if start < leaves {
                piece(start..leaves, true);
                start = leaves;
            }
            if leaves == end {
                // It may reach into the positions of the next call.
                break;
            }
            self.rest = rest;
        }
        if start < end {
            piece(start..end, false);
        }
    }

    /// Passes what ends by `at`, eight at a time while there is much of it.
    #[inline]
    fn skip_to(&mut self, at: Instant) {
        while let [_, _, _, _, _, _, _, eighth, rest @ ..] = self.rest
            && eighth.end <= at
        {
            self.rest = rest;
        }
        while let [interval, rest @ ..] = self.rest
            && interval.end <= at
        {
            self.rest = rest;
        }
    }
}
