//! Many stretches of time as one set of instants.
//!
//! Invariant: the intervals are sorted, disjoint, and do not touch. [`IntervalSet::canonicalize`] alone
//! restores it; [`IntervalSet::is_canonical`] checks it after every operation in debug builds.

use crate::{Instant, Interval};

/// A set of instants: sorted, disjoint intervals that do not touch one another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IntervalSet {
    intervals: Vec<Interval>,
}

impl IntervalSet {
    /// The union of `intervals`, in whatever order and with whatever overlaps they come. O(n log n), or O(n)
    /// when they come sorted.
    pub fn new(intervals: Vec<Interval>) -> IntervalSet {
        let mut set = IntervalSet { intervals };
        set.canonicalize();
        set
    }

    /// The intervals, ascending.
    pub fn as_slice(&self) -> &[Interval] {
        &self.intervals
    }

    /// Whether the set has no instant.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// The one interval that holds `at`. O(log n).
    pub fn find(&self, at: Instant) -> Option<Interval> {
        let after = self.intervals.partition_point(|i| i.start() <= at);
        self.intervals[..after].last().copied().filter(|i| i.contains(at))
    }

    /// The earliest interval that shares an instant with `span`. O(log n).
    pub fn first_overlapping(&self, span: Interval) -> Option<Interval> {
        let first = self.intervals.partition_point(|i| i.end() <= span.start());
        self.intervals.get(first).copied().filter(|i| i.overlaps(span))
    }

    /// Whether every instant of `span` is in the set. O(log n).
    pub fn covers(&self, span: Interval) -> bool {
        self.find(span.start()).is_some_and(|i| span.end() <= i.end())
    }

    fn canonicalize(&mut self) {
        if !self.is_canonical() {
            self.intervals.sort_unstable();
            self.intervals.dedup_by(|next, kept| {
                let joins = next.start() <= kept.end();
                if joins && let Some(union) = Interval::new(kept.start(), kept.end().max(next.end())) {
                    *kept = union;
                }
                joins
            });
        }
        debug_assert!(self.is_canonical());
    }

    fn is_canonical(&self) -> bool {
        self.intervals.windows(2).all(|pair| pair[0].end() < pair[1].start())
    }
}

impl FromIterator<Interval> for IntervalSet {
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> IntervalSet {
        IntervalSet::new(intervals.into_iter().collect())
    }
}
