//! What busy time and bookings take away. Buffers pad here and nowhere else (rules 6 and 7).

use crate::{Buffers, Facts, Instant, Interval, IntervalSet, Policy};

/// An active booking of the mentor's own, with the buffers it was booked under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Booking {
    /// The meeting itself.
    pub span: Interval,
    /// The time it keeps free around itself.
    pub buffers: Buffers,
}

/// The starts that something busy removes, as a set of instants.
///
/// A meeting at `t` and a padded obstacle `[s, e)` overlap exactly when `s - duration < t < e`, so each obstacle
/// removes one interval of starts, and all of them together are one sorted set.
pub(crate) fn blocked_starts(facts: &Facts) -> IntervalSet {
    let Facts { policy, busy, bookings, .. } = facts;
    // All busy time is padded alike, so it stays sorted.
    let mut by_busy = Vec::with_capacity(busy.as_slice().len());
    by_busy.extend(busy.as_slice().iter().filter_map(|busy| blocked_by_busy(*busy, policy)));
    let by_busy = IntervalSet::from_sorted(by_busy);
    if bookings.is_empty() {
        return by_busy;
    }
    let by_bookings = bookings.iter().filter_map(|booking| blocked_by_booking(booking, policy));
    by_busy.union(&by_bookings.collect())
}

pub(crate) fn blocked_by_busy(busy: Interval, policy: &Policy) -> Option<Interval> {
    let own = policy.buffers();
    starts_meeting(busy.start().plus(-own.after_seconds), busy.end().plus(own.before_seconds), policy)
}

/// Two meetings keep the larger of the two buffers between them, not the sum.
pub(crate) fn blocked_by_booking(booking: &Booking, policy: &Policy) -> Option<Interval> {
    let (own, theirs) = (policy.buffers(), booking.buffers);
    let start = booking.span.start().plus(-theirs.before_seconds.max(own.after_seconds));
    let end = booking.span.end().plus(theirs.after_seconds.max(own.before_seconds));
    starts_meeting(start, end, policy)
}

fn starts_meeting(start: Instant, end: Instant, policy: &Policy) -> Option<Interval> {
    Interval::new(start.plus(1 - policy.duration_seconds()), end)
}
