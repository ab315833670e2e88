//! No two active bookings of a mentor at once without the time between them that both want.

use super::{Rule, Timeline, Violation, timeline::Version};
use crate::attack::{
    history::State,
    world::{DAY, Kind},
};

/// Whether two meetings are too close: the larger of the two buffers between them is not there.
pub(super) fn too_close(one: (&State, &Kind), other: (&State, &Kind)) -> bool {
    let (first, second) = if one.0.start <= other.0.start { (one, other) } else { (other, one) };
    second.0.start < first.0.end + first.1.after.max(second.1.before) * 60
}

pub(super) fn check(timeline: &Timeline<'_>, found: &mut Vec<Violation>) {
    for one in timeline.placed() {
        // Each pair is looked at from the one that starts first; the same start, from the lesser id.
        let later = timeline.active(one.mentor, one.state.start, one.state.end + DAY);
        let rivals = later.filter(|other| {
            (one.state.start, &one.booking.id) < (other.state.start, &other.booking.id)
                && both_held(one, other)
        });
        for other in rivals.filter(|other| too_close((&one.state, one.kind), (&other.state, other.kind))) {
            let what = format!("{} ({}) and {} ({})", one.state, one.kind.slug, other.state, other.kind.slug);
            found.push(one.violates(Rule::NoOverlap, what).booking(&other.booking.id));
        }
    }
}

/// Whether there was an instant at which both must have held.
fn both_held(one: &Version<'_>, other: &Version<'_>) -> bool {
    let both = one.certain().zip(other.certain());
    one.booking.id != other.booking.id
        && both.is_some_and(|(one, other)| one.from.max(other.from) < one.until.min(other.until))
}
