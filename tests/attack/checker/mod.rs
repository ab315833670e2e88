//! Whether what was answered and what is stored can both be true: pure, and with no mercy.
//!
//! The stored history of a booking says in which order its changes happened; the requests say between which two
//! instants each of them did. Together they make a timeline: for every state of every booking when it may have
//! held, and when it must have. A rule is broken where no choice of instants could keep it, so the checker never
//! complains without cause, and a request without an answer may have been done or not.

mod answers;
mod causes;
mod chain;
mod conflicts;
mod limits;
mod refusals;
mod repeats;
mod timeline;

use std::fmt;

use self::timeline::Timeline;
use super::{
    history::{Fault, Op, OpId, Time},
    store::Stored,
    world::World,
};

/// All there is to judge by.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Who offers what.
    pub world: World,
    /// What was asked and answered.
    pub ops: Vec<Op>,
    /// What was done to the processes and their store.
    pub faults: Vec<Fault>,
    /// What the processes logged.
    pub log: String,
    /// What the store holds.
    pub stored: Stored,
    /// When the last process that could still do what it was asked before had been killed.
    pub gone: Time,
}

/// Something that cannot have happened if the program keeps its word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which promise is broken.
    pub rule: Rule,
    /// How.
    pub what: String,
    /// Requests that show it.
    pub ops: Vec<OpId>,
    /// Bookings that show it.
    pub bookings: Vec<String>,
}

/// The promises.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// Active bookings of a mentor keep their buffers.
    NoOverlap,
    /// Limits by day and week hold.
    Limits,
    /// What was answered as done is stored.
    NothingLost,
    /// What is stored was asked for, once, and not refused.
    NothingInvented,
    /// A booking's history adds up to its state, in an order that real time allows.
    HistoryAddsUp,
    /// A booking is shown as it stands.
    NothingStale,
    /// A refusal has a reason.
    RefusalsJustified,
    /// A request that is repeated by its key is given its first answer.
    RepeatsAgree,
    /// Every request is answered, and as the contract says: 503 and broken connections only with a fault.
    Answers,
    /// After a fault all work again by themselves.
    Recovery,
    /// What is written together is there together, and the database finds its files in order.
    Wholeness,
    /// No process panics or is in a deadlock, whatever it answers then.
    Steadiness,
}

impl Rule {
    /// Every promise.
    pub const ALL: [Rule; 12] = [
        Rule::NoOverlap,
        Rule::Limits,
        Rule::NothingLost,
        Rule::NothingInvented,
        Rule::HistoryAddsUp,
        Rule::NothingStale,
        Rule::RefusalsJustified,
        Rule::RepeatsAgree,
        Rule::Answers,
        Rule::Recovery,
        Rule::Wholeness,
        Rule::Steadiness,
    ];
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rule::NoOverlap => "no overlap",
            Rule::Limits => "limits hold",
            Rule::NothingLost => "nothing lost",
            Rule::NothingInvented => "nothing invented",
            Rule::HistoryAddsUp => "history adds up",
            Rule::NothingStale => "nothing stale",
            Rule::RefusalsJustified => "refusals justified",
            Rule::RepeatsAgree => "repeats agree",
            Rule::Answers => "answers as promised",
            Rule::Recovery => "recovery",
            Rule::Wholeness => "wholeness",
            Rule::Steadiness => "steadiness",
        })
    }
}

impl Violation {
    fn new(rule: Rule, what: impl Into<String>) -> Violation {
        Violation { rule, what: what.into(), ops: Vec::new(), bookings: Vec::new() }
    }

    fn of(mut self, op: &Op) -> Violation {
        self.ops.push(op.id);
        self.bookings.extend(op.request.booking().map(str::to_owned));
        self
    }

    fn booking(mut self, booking: &str) -> Violation {
        self.bookings.push(booking.to_owned());
        self
    }
}

/// Everything that is wrong.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut found = Vec::new();
    let timeline = Timeline::of(evidence, &mut found);
    conflicts::check(&timeline, &mut found);
    limits::check(&timeline, &mut found);
    answers::check(evidence, &timeline, &mut found);
    refusals::check(evidence, &timeline, &mut found);
    repeats::check(evidence, &timeline, &mut found);
    let damage = evidence.stored.damage.iter();
    found.extend(damage.map(|line| Violation::new(Rule::Wholeness, format!("the database says: {line}"))));
    let unsteady = evidence.log.lines().filter(|line| line.contains("panicked") || line.contains("deadlock"));
    found.extend(unsteady.map(|line| Violation::new(Rule::Steadiness, line)));
    let never = evidence.faults.iter().filter(|fault| !fault.recovered);
    found.extend(never.map(|fault| {
        let who = fault.process.map_or("some process".into(), |process| format!("process {process}"));
        let what = format!("{who} never recovered from {}", fault.kind.as_str());
        Violation::new(Rule::Recovery, what)
    }));
    found
}
