//! Who of a pool gets a booking: the least loaded of those who are free, by weight.

use core::num::NonZeroU32;

use crate::{Admission, Instant, Snapshot};

/// A mentor of a pool, seen by whoever hands out bookings.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Their time.
    pub snapshot: &'a Snapshot,
    /// How many bookings of this pool they have had, over whatever time the caller counts.
    pub load: u32,
    /// Their share: with weights 2 and 1 the first gets two bookings for each of the second's.
    pub weight: NonZeroU32,
}

/// Round robin: the free candidate with the least load for their weight, by index, and the meeting. Of several, the one
/// named first: put the one longest without a booking there. `None` when nobody is free.
///
/// Candidates are judged in that order, and nobody after the first who is free.
pub fn assign(pool: &[Candidate<'_>], start: Instant, now: Instant) -> Option<(usize, Admission)> {
    let mut order: Vec<(usize, &Candidate<'_>)> = pool.iter().enumerate().collect();
    // load / weight, compared without dividing. The sort is stable.
    let share =
        |of: &Candidate<'_>, other: &Candidate<'_>| u64::from(of.load) * u64::from(other.weight.get());
    order.sort_by(|(_, a), (_, b)| share(a, b).cmp(&share(b, a)));
    let judge = |(index, candidate): (usize, &Candidate<'_>)| {
        Some((index, candidate.snapshot.admit(start, now).ok()?))
    };
    order.into_iter().find_map(judge)
}
