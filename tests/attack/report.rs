//! What an attack came to, as a table for people.

use std::{collections::BTreeMap, fmt};

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
}

impl Report {
    /// The history behind a violation: its requests, and those about its bookings.
    fn behind<'r>(&'r self, violation: &'r Violation) -> impl Iterator<Item = &'r Op> {
        self.evidence.ops.iter().filter(|op| {
            let made = match &op.outcome {
                Outcome::Booked { id, .. } => Some(id.as_str()),
                _ => None,
            };
            let about = op.request.booking().into_iter().chain(made);
            violation.ops.contains(&op.id)
                || about.into_iter().any(|id| violation.bookings.iter().any(|booking| booking == id))
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_table(f, &self.evidence.ops)?;
        writeln!(f)?;
        for kind in FaultKind::ALL {
            let times = self.evidence.faults.iter().filter(|fault| fault.kind == kind).count();
            writeln!(f, "{:<20} {times:>7} times", kind.as_str())?;
        }
        let lines: usize = self.evidence.stored.bookings.iter().map(|booking| booking.lines.len()).sum();
        writeln!(
            f,
            "{:<20} {:>7}, with {lines} lines of history",
            "stored bookings",
            self.evidence.stored.bookings.len()
        )?;
        writeln!(f)?;
        writeln!(f, "{:<20} {:>7}", "promise", "broken")?;
        for rule in Rule::ALL {
            let broken = self.violations.iter().filter(|violation| violation.rule == rule).count();
            writeln!(f, "{:<20} {broken:>7}", rule.to_string())?;
        }
        writeln!(f, "{:<20} {:>7}", "violations", self.violations.len())?;
        for violation in self.violations.iter().take(TOLD) {
            writeln!(f, "\n{}: {}", violation.rule, violation.what)?;
            for booking in self.evidence.stored.bookings.iter().filter(|b| violation.bookings.contains(&b.id))
            {
                writeln!(f, "  stored {booking}")?;
            }
            for op in self.behind(violation) {
                writeln!(f, "  {op}")?;
            }
        }
        Ok(())
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, ops: &[Op]) -> fmt::Result {
    let mut table: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    let verbs = ["book", "move", "cancel", "read"];
    for op in ops {
        for column in ["  attempts".to_owned(), column(&op.outcome)] {
            *table.entry(column).or_default().entry(op.request.verb()).or_default() += 1;
        }
    }
    write!(f, "{:<30}", "")?;
    verbs.iter().try_for_each(|verb| write!(f, "{verb:>9}"))?;
    writeln!(f, "{:>9}", "all")?;
    for (column, counts) in &table {
        write!(f, "{:<30}", column.trim())?;
        verbs.iter().try_for_each(|verb| write!(f, "{:>9}", counts.get(verb).copied().unwrap_or(0)))?;
        writeln!(f, "{:>9}", counts.values().sum::<usize>())?;
    }
    Ok(())
}

/// Spaces put what matters most first.
fn column(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Booked { .. } | Outcome::Shown(_) => " successes".into(),
        Outcome::Refused { status, code } => format!("{status} {code}"),
        Outcome::Unknown(loss) => format!("unknown ({loss:?})").to_lowercase(),
        Outcome::NotSent(loss) => format!("not sent ({loss:?})").to_lowercase(),
    }
}
