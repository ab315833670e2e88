//! Who may have brought a stored change about, and so between which two instants it happened.

use std::collections::HashMap;

use super::Evidence;
use crate::attack::{
    history::{Op, OpId, Outcome, Request, Span, Time},
    store::{Line, StoredBooking},
    world::{Wish, World},
};

/// The requests, by what they could have changed.
pub(super) struct Asked<'a> {
    by_id: HashMap<OpId, &'a Op>,
    /// Those that ask for the same booking by one name.
    named: HashMap<OpId, Vec<&'a Op>>,
    moves: HashMap<(&'a str, i64), Vec<&'a Op>>,
    gone: Time,
}

/// Who may have made a change, and so when it was made.
pub(super) struct Cause {
    pub(super) when: Span,
    pub(super) ops: Vec<OpId>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(evidence: &'a Evidence) -> Asked<'a> {
        let mut moves: HashMap<_, Vec<_>> = HashMap::new();
        let mut named: HashMap<_, Vec<_>> = HashMap::new();
        for op in &evidence.ops {
            if let Request::Move { booking, start } = &op.request {
                moves.entry((booking.as_str(), *start)).or_default().push(op);
            }
            if let Some(name) = op.name() {
                named.entry(name).or_default().push(op);
            }
        }
        let by_id = evidence.ops.iter().map(|op| (op.id, op)).collect();
        Asked { by_id, named, moves, gone: evidence.gone }
    }

    /// Who may have caused a line of history.
    pub(super) fn cause(
        &self,
        world: &World,
        booking: &StoredBooking,
        mentor: usize,
        line: &Line,
    ) -> Result<Cause, String> {
        let start = line.to.0;
        let named = |text: &str| {
            let op = text.parse().ok().and_then(|id: OpId| self.by_id.get(&id));
            op.ok_or_else(|| "it names no request".to_owned())
        };
        let ops: Vec<&Op> = match line.action.as_str() {
            "created" => {
                let op = named(booking.email.split('@').next().unwrap_or_default())?;
                let wished = |wish: Wish| {
                    (wish.mentor, wish.start, world.kind(wish).slug) == (mentor, start, booking.kind.as_str())
                };
                if !op.request.wish().is_some_and(wished) {
                    return Err(format!("{op} asked for something else"));
                }
                self.named.get(&op.id).cloned().unwrap_or_default()
            }
            "cancelled" => {
                let op = named(line.reason.as_deref().unwrap_or_default())?;
                if op.request != (Request::Cancel { booking: booking.id.clone() }) {
                    return Err(format!("{op} asked for something else"));
                }
                vec![op]
            }
            "rescheduled" => self.moves.get(&(booking.id.as_str(), start)).cloned().unwrap_or_default(),
            other => return Err(format!("nobody can ask for {other}")),
        };
        // Where several asked for the same, any of them may have been the one.
        let able: Vec<&Op> = ops.iter().copied().filter(|op| may_have_done(op, booking)).collect();
        let from = able.iter().map(|op| op.span.from).min();
        // Whoever was told of a new booking was told after it was made.
        let told = able.iter().filter(|op| matches!(op.outcome, Outcome::Booked { .. }));
        let told = told.map(|op| op.span.until).min();
        let until = told.or_else(|| able.iter().map(|op| self.latest(op)).max());
        match from.zip(until) {
            Some((from, until)) => {
                Ok(Cause { when: Span { from, until }, ops: able.iter().map(|op| op.id).collect() })
            }
            None => {
                let refused: Vec<String> = ops.iter().map(ToString::to_string).collect();
                Err(format!("nobody did it: [{}]", refused.join("; ")))
            }
        }
    }

    /// When at the latest a request was done.
    fn latest(&self, op: &Op) -> Time {
        match op.outcome {
            // The program may not have noticed that nobody listens.
            Outcome::Unknown(_) => self.gone.max(op.span.until),
            _ => op.span.until,
        }
    }
}

fn may_have_done(op: &Op, booking: &StoredBooking) -> bool {
    match &op.outcome {
        Outcome::Booked { id, .. } => *id == booking.id,
        Outcome::Shown(_) | Outcome::Unknown(_) => true,
        Outcome::Refused { .. } | Outcome::NotSent(_) => false,
    }
}
