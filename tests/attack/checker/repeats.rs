//! A request that was sent again makes no second booking, and is answered as the first one was.

use std::collections::HashMap;

use super::{Evidence, Rule, Timeline, Violation};
use crate::attack::history::{OpId, Outcome, Request};

pub(super) fn check(evidence: &Evidence, timeline: &Timeline<'_>, found: &mut Vec<Violation>) {
    let mut told: HashMap<OpId, &str> = HashMap::new();
    for op in &evidence.ops {
        if let (Some(name), Outcome::Booked { id, .. }) = (op.name(), &op.outcome) {
            let first = *told.entry(name).or_insert(id);
            if first != id {
                let what = format!("the same request was told of {first} and of {id}");
                found.push(Violation::new(Rule::RepeatsAgree, what).of(op).booking(first).booking(id));
            }
        }
    }
    let stored = evidence.stored.bookings.iter();
    let begun = stored.filter_map(|booking| {
        let life = timeline.life(&booking.id)?;
        Some((booking.email.as_str(), (booking.id.as_str(), life.first()?.begins.until)))
    });
    let begun: HashMap<_, _> = begun.collect();
    for op in &evidence.ops {
        let (Request::Repeat { first, .. }, Outcome::Refused { status: 400..=499, code }) =
            (&op.request, &op.outcome)
        else {
            continue;
        };
        let made = begun.get(first.address().as_str()).filter(|(_, until)| *until < op.span.from);
        found.extend(made.map(|(booking, _)| {
            let what = format!("{code}, and it had been done");
            Violation::new(Rule::RepeatsAgree, what).of(op).booking(booking)
        }));
    }
}
