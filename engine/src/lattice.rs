//! Arithmetic on starts at even distances, without stepping and without dividing.

use crate::{Instant, Interval, Run, availability::Grid};

/// Dividing by one step, as a multiplication. Exact below 2^47: the step is less than 2^17, so the error of the
/// reciprocal adds less than 2^47 * 2^17 / 2^64 to the remainder, which is less than 1. All of time is shorter than 2^40
/// seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    seconds: u32,
    reciprocal: u64,
}

impl Step {
    /// `seconds` is at least a minute and at most a day.
    pub(crate) fn new(seconds: u32) -> Step {
        debug_assert!((60..=86_400).contains(&seconds));
        Step { seconds, reciprocal: u64::MAX / u64::from(seconds) + 1 }
    }

    pub(crate) fn seconds(self) -> u32 {
        self.seconds
    }

    /// How many steps it takes to go `seconds` or more.
    #[inline]
    pub(crate) fn reaching(self, seconds: i64) -> i64 {
        debug_assert!((0..1 << 46).contains(&seconds));
        let seconds = (seconds + i64::from(self.seconds) - 1).cast_unsigned();
        let (_, steps) = seconds.carrying_mul(self.reciprocal, 0);
        steps.cast_signed()
    }
}

/// Starts at even distances, at least one: from the first to where the next would be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lattice {
    pub(crate) from: i64,
    pub(crate) end: i64,
    step: Step,
}

impl Lattice {
    /// The starts of `grid` in `range` for meetings of `duration` seconds; `None` when there are none.
    #[inline(always)]
    pub(crate) fn on(grid: Grid, range: Interval, step: Step, duration: i64) -> Option<Lattice> {
        let origin = grid.origin.unix();
        let limit = (grid.closes.unix() - duration + 1).min(grid.until.unix()).min(range.end.unix());
        let whole = Lattice { from: origin, end: origin, step };
        let from = if range.start.unix() <= origin { origin } else { whole.next(range.start.unix()) };
        (from < limit).then(|| Lattice { from, end: Lattice { from, ..whole }.next(limit), step })
    }

    /// The starts of a run with this step.
    pub(crate) fn of(run: Run, step: Step) -> Lattice {
        let from = run.start().unix();
        Lattice { from, end: from + i64::from(run.count()) * i64::from(step.seconds), step }
    }

    /// Some of it.
    #[inline]
    pub(crate) fn part(self, from: i64, end: i64) -> Lattice {
        Lattice { from, end, step: self.step }
    }

    #[inline]
    pub(crate) fn last(self) -> i64 {
        self.end - i64::from(self.step.seconds)
    }

    /// The first start at or after `at`, which is no earlier than the first of all.
    #[inline]
    pub(crate) fn next(self, at: i64) -> i64 {
        self.from + self.step.reaching(at - self.from) * i64::from(self.step.seconds)
    }

    #[inline]
    pub(crate) fn run(self) -> Run {
        // A grid is days long at most, so there are a few thousand starts.
        let count = (self.step.reaching(self.end - self.from).cast_unsigned() & 0xFFFF_FFFF) as u32;
        Run::new(Instant::between(self.from), self.step.seconds, count)
    }
}
