//! Many stretches of time as one set of instants.
//!
//! Invariant: the intervals are sorted, disjoint, and do not touch. [`IntervalSet::from_sorted`] restores it; [`IntervalSet::is_canonical`] checks it after every operation in debug builds.

use crate::{Instant, Interval, sort::sort_by_start};

/// A set of instants: sorted, disjoint intervals that do not touch one another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IntervalSet {
    intervals: Vec<Interval>,
}

impl IntervalSet {
    /// The union of `intervals`, in whatever order and with whatever overlaps they come. O(n log n), or O(n)
    /// when they come sorted.
    pub fn new(intervals: Vec<Interval>) -> IntervalSet {
        let mut intervals = intervals;
        sort_by_start(&mut intervals);
        IntervalSet::from_sorted(intervals)
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

    /// Adds the instants of one interval. O(n): what follows it moves.
    pub fn insert(&mut self, interval: Interval) {
        // Those that it overlaps or touches become one with it.
        let from = self.intervals.partition_point(|i| i.end < interval.start);
        let until = from + self.intervals[from..].partition_point(|i| i.start <= interval.end);
        let joined = self.intervals[from..until].iter();
        let all = joined
            .fold(interval, |all, i| Interval { start: all.start.min(i.start), end: all.end.max(i.end) });
        self.intervals.splice(from..until, [all]);
        debug_assert!(self.is_canonical());
    }

    /// Takes the instants of one interval away. O(n): what follows it moves.
    pub fn remove(&mut self, interval: Interval) {
        let met = self.overlapping_range(interval);
        let before = self.intervals[met.clone()].first().and_then(|i| Interval::new(i.start, interval.start));
        let after = self.intervals[met.clone()].last().and_then(|i| Interval::new(interval.end, i.end));
        self.intervals.splice(met, before.into_iter().chain(after));
        debug_assert!(self.is_canonical());
    }

    /// The instants that are in either. O(n + m).
    #[must_use]
    pub fn union(&self, other: &IntervalSet) -> IntervalSet {
        let (mut a, mut b) = (self.as_slice(), other.as_slice());
        let mut all = Vec::with_capacity(a.len() + b.len());
        while let ([x, rest_of_a @ ..], [y, rest_of_b @ ..]) = (a, b) {
            if x.start <= y.start {
                all.push(*x);
                a = rest_of_a;
            } else {
                all.push(*y);
                b = rest_of_b;
            }
        }
        all.extend_from_slice(a);
        all.extend_from_slice(b);
        IntervalSet::from_sorted(all)
    }

    /// The intervals that share an instant with `span`, ascending. O(log n) and their number.
    pub fn overlapping(&self, span: Interval) -> &[Interval] {
        &self.intervals[self.overlapping_range(span)]
    }

    fn overlapping_range(&self, span: Interval) -> core::ops::Range<usize> {
        let all = self.intervals.as_slice();
        // Whoever gathered the set for this very span asks for all of it.
        let is_past_start = all.first().is_none_or(|first| span.start < first.end);
        let first = if is_past_start { 0 } else { all.partition_point(|i| i.end <= span.start) };
        let is_before_end = all.last().is_none_or(|last| last.start < span.end);
        let after = all.get(first..).unwrap_or_default();
        let count = if is_before_end { after.len() } else { after.partition_point(|i| i.start < span.end) };
        first..first + count
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

    /// The union of intervals that ascend by their starts. O(n).
    pub(crate) fn from_sorted(mut intervals: Vec<Interval>) -> IntervalSet {
        debug_assert!(intervals.is_sorted_by_key(|i| i.start));
        if let Some(&first) = intervals.first() {
            let (mut kept, mut last) = (first, 0);
            for index in 1..intervals.len() {
                let next = intervals[index];
                // Selected, not branched on: whether the next one joins is anybody's guess.
                let joins = next.start <= kept.end;
                last += usize::from(!joins);
                let start = if joins { kept.start } else { next.start };
                let end = if joins { kept.end } else { next.end };
                kept = Interval { start, end: end.max(next.end) };
                intervals[last] = kept;
            }
            intervals.truncate(last + 1);
        }
        let set = IntervalSet { intervals };
        debug_assert!(set.is_canonical());
        set
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
