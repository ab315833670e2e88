//! Arithmetic on one grid of starts: from instants to positions and back, without stepping and without dividing.

use core::ops::Range;

use crate::{Instant, Interval, Run, availability::Grid};

/// No grid is that long: a date that follows a wholly open one starts its own, and offsets keep the instants of one
/// date within days of each other.
const GRID_SECONDS_MAX: i64 = 1 << 21;
const SHIFT: u32 = 40;

/// Dividing by one step, as a multiplication: exact for 0 to twice [`GRID_SECONDS_MAX`], because the step is below
/// 2^17 and so the reciprocal's error stays below 2^22 / 2^40, less than any remainder can hide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    seconds: u32,
    reciprocal: u64,
}

impl Step {
    /// `seconds` is at least a minute and at most a day.
    pub(crate) fn new(seconds: u32) -> Step {
        debug_assert!((60..=86_400).contains(&seconds));
        Step { seconds, reciprocal: (1_u64 << SHIFT).div_ceil(u64::from(seconds)) }
    }

    pub(crate) fn seconds(self) -> u32 {
        self.seconds
    }

    /// How many steps it takes to go `seconds` or more.
    #[inline]
    fn reaching(self, seconds: i64) -> u32 {
        debug_assert!((0..=GRID_SECONDS_MAX).contains(&seconds));
        let steps = ((seconds + i64::from(self.seconds) - 1).cast_unsigned() * self.reciprocal) >> SHIFT;
        // Below 2^22 / 60.
        (steps & 0xFFFF_FFFF) as u32
    }
}

/// The starts of one grid that lie in a range and whose meetings fit, by their positions on it.
#[derive(Clone, Copy)]
pub(crate) struct Lattice {
    origin: i64,
    /// No start before, in Unix seconds.
    pub(crate) from: i64,
    /// No start here or later.
    pub(crate) limit: i64,
    step: Step,
    first: u32,
    end: u32,
}

impl Lattice {
    /// The starts of `grid` in `range` for meetings of `duration` seconds; `None` when there are none.
    #[inline(always)]
    pub(crate) fn on(grid: Grid, range: Interval, step: Step, duration: i64) -> Option<Lattice> {
        let origin = grid.origin.unix();
        let last = grid.closes.unix() - duration;
        let limit = grid.until.unix().min(range.end.unix()).min(last + 1);
        let from = range.start.unix().max(origin);
        if limit <= from {
            return None;
        }
        let first = if from == origin { 0 } else { step.reaching(from - origin) };
        let end = step.reaching(limit - origin);
        (first < end).then_some(Lattice { origin, from, limit, step, first, end })
    }

    /// Some of it.
    pub(crate) fn only(self, positions: Range<u32>) -> Lattice {
        let at = |position: u32| self.origin + i64::from(position) * i64::from(self.step.seconds);
        let Range { start, end } = positions;
        Lattice { from: at(start), limit: at(end).min(self.limit), first: start, end, ..self }
    }

    /// Where its starts lie, at least one.
    #[inline]
    pub(crate) fn positions(self) -> Range<u32> {
        self.first..self.end
    }

    /// The first position at or after `at`, which lies from `from` to `limit`.
    #[inline]
    pub(crate) fn position(self, at: i64) -> u32 {
        debug_assert!(self.from <= at && at <= self.limit);
        self.step.reaching(at - self.origin)
    }

    #[inline]
    pub(crate) fn run(self, positions: Range<u32>) -> Run {
        let start = self.origin + i64::from(positions.start) * i64::from(self.step.seconds);
        Run::new(Instant::between(start), self.step.seconds, positions.end - positions.start)
    }
}
