//! What an attack came to, as a table for people.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use super::{
    checker::{Evidence, Rule, Violation},
    history::{FaultKind, Op, Outcome},
};

/// Violations told in full; the rest are counted.
const TOLD: usize = 20;

/// What was done, and what is wrong.
pub struct Report {
    /// All there is to judge by.
    pub evidence: Evidence,
    /// What is wrong.
    pub violations: Vec<Violation>,
    /// What can be done to the processes and their store.
    pub tried: &'static [FaultKind],
}

impl Report {
    /// How many bookings were made whose answer was lost.
    fn made_unknown(&self) -> usize {
        let stored = &self.evidence.stored.bookings;
        let answered: HashSet<_> = self.evidence.ops.iter().filter_map(made).collect();
        stored.iter().filter(|booking| !answered.contains(booking.id.as_str())).count()
    }

    fn tell(&self, f: &mut fmt::Formatter<'_>, violation: &Violation) -> fmt::Result {
        writeln!(f, "\n{}: {}", violation.rule, violation.what)?;
        let stored = self.evidence.stored.bookings.iter();
        for booking in stored.filter(|booking| violation.bookings.contains(&booking.id)) {
            writeln!(f, "  stored {booking}")?;
        }
        self.behind(violation).try_for_each(|op| writeln!(f, "  {op}"))
    }

    /// The history behind a violation: its requests, and those about its bookings.
    fn behind<'r>(&'r self, violation: &'r Violation) -> impl Iterator<Item = &'r Op> {
        self.evidence.ops.iter().filter(|op| {
            let about = op.request.booking().into_iter().chain(made(op));
            violation.ops.contains(&op.id)
                || about.into_iter().any(|id| violation.bookings.iter().any(|booking| booking == id))
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { ops, faults, stored, .. } = &self.evidence;
        write_table(f, ops)?;
        writeln!(f)?;
        for kind in self.tried {
            row(f, kind.as_str(), faults.iter().filter(|fault| fault.kind == *kind).count())?;
        }
        row(f, "stored bookings", stored.bookings.len())?;
        row(f, "lines of their history", stored.bookings.iter().map(|booking| booking.lines.len()).sum())?;
        row(f, "made, and not answered", self.made_unknown())?;
        writeln!(f)?;
        for rule in Rule::ALL {
            let broken = self.violations.iter().filter(|violation| violation.rule == rule).count();
            row(f, &format!("broken: {rule}"), broken)?;
        }
        row(f, "violations", self.violations.len())?;
        self.violations.iter().take(TOLD).try_for_each(|violation| self.tell(f, violation))
    }
}

/// The booking that an answer says was made.
fn made(op: &Op) -> Option<&str> {
    match &op.outcome {
        Outcome::Booked { id, .. } => Some(id),
        _ => None,
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, ops: &[Op]) -> fmt::Result {
    let verbs = ["book", "repeat", "move", "cancel", "read"];
    let mut table: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    for op in ops {
        let verb = verbs.iter().position(|verb| *verb == op.request.verb()).unwrap_or_default();
        for name in ["  attempts".to_owned(), outcome_row(&op.outcome)] {
            table.entry(name).or_default()[verb] += 1;
        }
    }
    write!(f, "{:<28}{:>9}", "", "all")?;
    verbs.iter().try_for_each(|verb| write!(f, "{verb:>9}"))?;
    writeln!(f)?;
    for (name, counts) in &table {
        write!(f, "{:<28}{:>9}", name.trim(), counts.iter().sum::<usize>())?;
        counts.iter().try_for_each(|count| write!(f, "{count:>9}"))?;
        writeln!(f)?;
    }
    Ok(())
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, count: usize) -> fmt::Result {
    writeln!(f, "{name:<28}{count:>9}")
}

/// Spaces put what matters most first.
fn outcome_row(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Booked { .. } | Outcome::Shown(_) => " successes".into(),
        Outcome::Refused { status, code } => format!("{status} {code}"),
        Outcome::Unknown(loss) => format!("unknown ({loss:?})").to_lowercase(),
        Outcome::NotSent(loss) => format!("not sent ({loss:?})").to_lowercase(),
    }
}
