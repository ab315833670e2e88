//! Which starts are offered: the story, top to bottom.
//!
//! Open time gives grids, one after the other. On each, sorted blocked time cuts the starts into runs: where a
//! blocked interval begins and ends on the grid is arithmetic, so that nothing is done for a single start. What is
//! left of the runs is cut once more by the dates that are full.

use core::ops::Range;

use crate::{
    Instant, Interval, Run, Slots,
    availability::grids,
    bounds::Bounds,
    lattice::{Lattice, Step},
    snapshot::View,
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
    let mut runs = Vec::new();
    sweep(view, range, now, |lattice, positions, status| {
        if status == Status::Open {
            runs.push(lattice.run(positions));
        }
    });
    Slots::new(runs)
}

pub(crate) fn list_with_taken(view: View<'_>, range: Interval, now: Instant) -> Vec<(Run, Status)> {
    let mut all = Vec::new();
    sweep(view, range, now, |lattice, positions, status| all.push((lattice.run(positions), status)));
    all
}

#[inline]
fn sweep(view: View<'_>, range: Interval, now: Instant, mut visit: impl FnMut(Lattice, Range<u32>, Status)) {
    let View { zone, schedule, policy, blocked, frequency } = view;
    let (step, duration) = (Step::new(policy.step()), policy.duration_seconds());
    for range in Bounds::at(now, zone, policy).within(range) {
        let mut blocked = Walk::over(blocked.as_slice());
        let mut full = Walk::over(frequency.full().as_slice());
        for grid in grids(schedule, zone, range.start(), range.end()) {
            if range.end() <= grid.origin {
                break;
            }
            let Some((lattice, positions)) = Lattice::on(grid, range, step, duration) else { continue };
            blocked.cut(lattice, positions, |positions, is_blocked| {
                if is_blocked {
                    visit(lattice, positions, Status::Taken);
                } else if full.is_over() {
                    visit(lattice, positions, Status::Open);
                } else {
                    full.cut(lattice, positions, |positions, is_full| {
                        if !is_full {
                            visit(lattice, positions, Status::Open);
                        }
                    });
                }
            });
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

    fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// Cuts positions of a lattice into those outside (`false`) and those inside (`true`) the intervals, ascending.
    #[inline]
    fn cut(&mut self, lattice: Lattice, positions: Range<u32>, mut piece: impl FnMut(Range<u32>, bool)) {
        let Range { mut start, end } = positions;
        self.skip_to(lattice.start(start));
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

    /// Passes what ends by `at`: strides that double, then halving.
    #[inline]
    fn skip_to(&mut self, at: Instant) {
        let mut stride = 1;
        while let Some(interval) = self.rest.get(stride - 1)
            && interval.end <= at
        {
            self.rest = &self.rest[stride..];
            stride *= 2;
        }
        let near = &self.rest[..self.rest.len().min(stride)];
        self.rest = &self.rest[near.partition_point(|interval| interval.end <= at)..];
    }
}
