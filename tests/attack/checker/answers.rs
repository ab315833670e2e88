//! What was answered as done is stored, what was shown was so, and there was an answer at all.

use super::{Evidence, Rule, Timeline, Violation};
use crate::attack::history::{FaultKind, Loss, Op, Outcome, Request, State};

pub(super) fn check(evidence: &Evidence, timeline: &Timeline<'_>, found: &mut Vec<Violation>) {
    for op in &evidence.ops {
        let wrong = match (&op.request, &op.outcome) {
            (Request::Book(wish), Outcome::Booked { id, state }) => {
                if (state.start, state.status.as_str()) == (wish.start, "confirmed") {
                    stands(timeline, op, id, state)
                } else {
                    Some(Violation::new(Rule::Answers, "booked something else"))
                }
            }
            (Request::Move { booking, start }, Outcome::Shown(state)) => {
                if (state.start, state.status.as_str()) == (*start, "confirmed") {
                    stands(timeline, op, booking, state)
                } else {
                    Some(Violation::new(Rule::Answers, "moved to somewhere else"))
                }
            }
            (Request::Cancel { booking }, Outcome::Shown(state)) => {
                if state.status == "cancelled" {
                    stands(timeline, op, booking, state)
                } else {
                    Some(Violation::new(Rule::Answers, "not cancelled"))
                }
            }
            (Request::Read { booking }, Outcome::Shown(state)) => stands(timeline, op, booking, state),
            (_, Outcome::Refused { status: 404, .. }) => {
                Some(Violation::new(Rule::NothingLost, "a booking that was answered with 201 is not there"))
            }
            (_, Outcome::Refused { status: 503, .. }) => (!during(evidence, op, None))
                .then(|| Violation::new(Rule::Answers, "503 although nothing was wrong with the store")),
            // Those have a file of their own.
            (_, Outcome::Refused { status: 409, .. }) => None,
            (_, Outcome::NotSent(loss) | Outcome::Unknown(loss)) => match loss {
                Loss::Cut => None,
                Loss::Broken => (!during(evidence, op, Some(FaultKind::Kill)))
                    .then(|| Violation::new(Rule::Answers, "the connection broke, and nobody was killed")),
                Loss::Silent => Some(Violation::new(Rule::Answers, "no answer")),
            },
            (_, Outcome::Refused { .. } | Outcome::Booked { .. } | Outcome::Shown(_)) => {
                Some(Violation::new(Rule::Answers, "an answer that the contract does not know"))
            }
        };
        found.extend(wrong.map(|violation| violation.of(op)));
    }
}

/// A state that was shown is one of the booking's, and may have held while it was asked for.
fn stands(timeline: &Timeline<'_>, op: &Op, booking: &str, shown: &State) -> Option<Violation> {
    let Some(life) = timeline.life(booking) else {
        let what = format!("it was answered, and {booking} is not stored");
        return Some(Violation::new(Rule::NothingLost, what));
    };
    let mut same = life.iter().filter(|version| version.state == *shown).peekable();
    // Why a booking has no states at all has been told.
    if life.is_empty() || same.clone().any(|version| version.possible_in(op.span)) {
        return None;
    }
    Some(match same.peek() {
        None => Violation::new(Rule::NothingLost, "it was never like that"),
        Some(_) => Violation::new(Rule::NothingStale, "it was like that at another time"),
    })
}

/// Whether a fault of a kind, or of any but a kill that is over, was on while a request was.
fn during(evidence: &Evidence, op: &Op, kind: Option<FaultKind>) -> bool {
    let kind = kind.unwrap_or(FaultKind::DiskFull);
    evidence
        .faults
        .iter()
        .any(|fault| fault.kind == kind && fault.process == op.process && fault.span.meets(op.span))
}
