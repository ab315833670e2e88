//! What was answered as done is stored, what was shown was so, and there was an answer at all.

use super::{Evidence, Rule, Timeline, Violation};
use crate::attack::history::{FaultKind, Loss, Op, Outcome, Request, Span, State};

pub(super) fn check(evidence: &Evidence, timeline: &Timeline<'_>, found: &mut Vec<Violation>) {
    let wrong = evidence.ops.iter().filter_map(|op| Some(judge(evidence, timeline, op)?.of(op)));
    found.extend(wrong);
}

fn judge(evidence: &Evidence, timeline: &Timeline<'_>, op: &Op) -> Option<Violation> {
    let unless = |excused: bool, what: &str| (!excused).then(|| Violation::new(Rule::Answers, what));
    let stands = |when, booking, shown, asked| stands(timeline, when, booking, shown, asked);
    match (&op.request, &op.outcome) {
        (Request::Book(wish), Outcome::Booked { id, state }) => {
            stands(op.span, id, state, (wish.start, "confirmed"))
        }
        // As it was answered first, which may be long ago.
        (Request::Repeat { wish, .. }, Outcome::Booked { id, state }) => {
            stands(Span { from: 0, ..op.span }, id, state, (wish.start, "confirmed"))
        }
        (Request::Move { booking, start }, Outcome::Shown(state)) => {
            stands(op.span, booking, state, (*start, "confirmed"))
        }
        (Request::Cancel { booking }, Outcome::Shown(state)) => {
            stands(op.span, booking, state, (state.start, "cancelled"))
        }
        (Request::Read { booking }, Outcome::Shown(state)) => {
            stands(op.span, booking, state, (state.start, &state.status))
        }
        (_, Outcome::Refused { status: 404, .. }) => {
            Some(Violation::new(Rule::NothingLost, "a booking that was answered with 201 is not there"))
        }
        (_, Outcome::Refused { status: 503, code }) if code == "unavailable" => {
            unless(during(evidence, op, FaultKind::takes_store), "503, and nothing was wrong with the store")
        }
        (_, Outcome::Unknown(Loss::Unsure)) => {
            unless(during(evidence, op, FaultKind::takes_answers), "unsure, and the store was there")
        }
        // Whether those have a reason is judged in `refusals`.
        (_, Outcome::Refused { status: 409, .. }) => None,
        (_, Outcome::NotSent(Loss::Cut) | Outcome::Unknown(Loss::Cut)) => None,
        (_, Outcome::NotSent(Loss::Broken) | Outcome::Unknown(Loss::Broken)) => {
            let killed = during(evidence, op, |kind| kind == FaultKind::Kill);
            unless(killed, "the connection broke, and nobody was killed")
        }
        (_, Outcome::NotSent(Loss::Silent) | Outcome::Unknown(Loss::Silent)) => unless(false, "no answer"),
        (_, Outcome::Refused { .. } | Outcome::Booked { .. } | Outcome::Shown(_) | Outcome::NotSent(_)) => {
            unless(false, "an answer that the contract does not know")
        }
    }
}

/// A state that was shown is the one asked for, and the booking may have been in it while it was asked for.
fn stands(
    timeline: &Timeline<'_>,
    when: Span,
    booking: &str,
    shown: &State,
    asked: (i64, &str),
) -> Option<Violation> {
    if (shown.start, shown.status.as_str()) != asked {
        return Some(Violation::new(Rule::Answers, format!("something else was done: {shown}")));
    }
    let Some(life) = timeline.life(booking) else {
        let what = format!("it was answered, and {booking} is not stored");
        return Some(Violation::new(Rule::NothingLost, what));
    };
    // Why a booking has no states at all has been told.
    if life.is_empty() {
        return None;
    }
    let same: Vec<_> = life.iter().filter(|version| version.state == *shown).collect();
    if same.is_empty() {
        return Some(Violation::new(Rule::NothingLost, "it was never like that"));
    }
    let then = same.iter().any(|version| version.possible_in(when));
    (!then).then(|| Violation::new(Rule::NothingStale, "it was like that at another time"))
}

/// Whether a fault of such a kind was on at the process that was asked.
fn during(evidence: &Evidence, op: &Op, excuses: impl Fn(FaultKind) -> bool) -> bool {
    let mut faults = evidence.faults.iter().filter(|fault| excuses(fault.kind));
    let there = |process: Option<usize>| process.is_none_or(|process| process == op.process);
    faults.any(|fault| there(fault.process) && fault.span.meets(op.span))
}
