//! A 409 has a reason that may have been there at some instant while it was asked for.

use super::{Evidence, Rule, Timeline, Violation, conflicts::too_close, limits::Dates, timeline::Version};
use crate::attack::{
    history::{Op, Outcome, Request, Span, State},
    store::StoredBooking,
    world::{DAY, Wish},
};

pub(super) fn check(evidence: &Evidence, timeline: &Timeline<'_>, found: &mut Vec<Violation>) {
    for op in &evidence.ops {
        let Outcome::Refused { status: 409, code } = &op.outcome else { continue };
        if !justified(timeline, op, code) {
            found.push(Violation::new(Rule::RefusalsJustified, format!("{code} for no reason")).of(op));
        }
    }
}

fn justified(timeline: &Timeline<'_>, op: &Op, code: &str) -> bool {
    let (mentor, start, kind, own) = match &op.request {
        Request::Book(Wish { mentor, kind, start })
        | Request::Repeat { wish: Wish { mentor, kind, start }, .. } => {
            (*mentor, *start, &timeline.world.mentors[*mentor].kinds[*kind], None)
        }
        Request::Move { booking, start } => match timeline.life(booking) {
            Some([version, ..]) => (version.mentor, *start, version.kind, Some(booking)),
            // What is wrong with that booking has been told.
            _ => return true,
        },
        Request::Cancel { .. } | Request::Read { .. } => return false,
    };
    // A booking that is being moved does not stand in its own way, nor does one that is asked for again.
    let named = op.name().map(|name| name.address());
    let is_own = |booking: &StoredBooking| Some(&booking.id) == own || Some(&booking.email) == named.as_ref();
    let there = |other: &&Version<'_>| !is_own(other.booking) && other.possible_in(op.span);
    let full = |dates: Dates, most: Option<usize>| {
        most.is_some_and(|most| most_at_once(dates.active(timeline).filter(there), op.span) >= most)
    };
    match code {
        "slot_taken" => {
            let wished = State { start, end: start + kind.minutes * 60, status: "wished".into() };
            let mut near = timeline.active(mentor, start - DAY, wished.end + DAY).filter(there);
            near.any(|other| too_close((&wished, kind), (&other.state, other.kind)))
        }
        "day_full" => full(Dates::day(timeline.world, mentor, start), kind.per_day),
        "week_full" => full(Dates::week(timeline.world, mentor, start), kind.per_week),
        "booking_state_conflict" => own.and_then(|own| timeline.life(own)).is_some_and(|life| {
            life.iter().any(|version| !version.state.is_active() && version.possible_in(op.span))
        }),
        _ => false,
    }
}

/// The most bookings that may have been there at one instant of `span`.
fn most_at_once<'t, 'a: 't>(there: impl Iterator<Item = &'t Version<'a>>, span: Span) -> usize {
    let there: Vec<_> = there.collect();
    // More come only when one of them may have begun.
    let instants = there.iter().map(|version| version.begins.from.max(span.from));
    instants.map(|at| bookings_at(&there, Span { from: at, until: at })).max().unwrap_or(0)
}

/// How many bookings may have been there at an instant; one that may have been in two states then counts once.
fn bookings_at(there: &[&Version<'_>], at: Span) -> usize {
    let then = there.iter().filter(|version| version.possible_in(at));
    then.map(|version| &version.booking.id).collect::<std::collections::HashSet<_>>().len()
}
