//! One stretch of time.

use crate::Instant;

/// A half-open stretch of time `[start, end)`, never empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interval {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
}

impl Interval {
    /// `None` when nothing lies between the two instants.
    pub fn new(start: Instant, end: Instant) -> Option<Interval> {
        (start < end).then_some(Interval { start, end })
    }

    /// The first instant inside.
    pub fn start(self) -> Instant {
        self.start
    }

    /// The first instant no longer inside.
    pub fn end(self) -> Instant {
        self.end
    }

    /// Whether `at` lies inside; the end does not.
    pub fn contains(self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// Touching is not overlapping: 10:00-11:00 and 11:00-12:00 share no instant.
    pub fn overlaps(self, other: Interval) -> bool {
        self.start < other.end && other.start < self.end
    }
}
