//! Every state of every stored booking, with when it may have held and when it must have.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        history::{Op, OpId, Outcome, Request, Span, State, Time},
        store::{Line, StoredBooking},
        world::{DAY, Kind, Wish, World},
    },
    Evidence, Rule, Violation,
};

/// All states, to be searched by mentor and start.
pub(super) struct Timeline<'a> {
    pub(super) world: &'a World,
    versions: Vec<Version<'a>>,
    /// Of each mentor the active states, by start.
    active: Vec<Vec<usize>>,
    /// Of each booking its states, in order.
    lives: HashMap<&'a str, std::ops::Range<usize>>,
}

/// A state of a booking.
pub(super) struct Version<'a> {
    pub(super) booking: &'a StoredBooking,
    pub(super) mentor: usize,
    pub(super) kind: &'a Kind,
    pub(super) state: State,
    /// Whether it began with a new start, which then had to be admitted.
    pub(super) placed: bool,
    /// Some instant of this is when it began.
    pub(super) begins: Span,
    /// Some instant of this is when it ended.
    pub(super) ends: Span,
}

impl Version<'_> {
    /// Whether it may have held at some instant of `span`.
    pub(super) fn possible_in(&self, span: Span) -> bool {
        span.meets(Span { from: self.begins.from, until: self.ends.until })
    }

    /// Between which two instants it must have held, if any.
    pub(super) fn certain(&self) -> Option<Span> {
        let (from, until) = (self.begins.until, self.ends.from);
        (from < until).then_some(Span { from, until })
    }

    pub(super) fn violates(&self, rule: Rule, what: impl Into<String>) -> Violation {
        Violation::new(rule, what).booking(&self.booking.id)
    }
}

/// The mentor's date of an instant, in days since 1970.
pub(super) fn local_day(world: &World, mentor: usize, start: i64) -> i64 {
    (start + world.mentors[mentor].offset_hours * 3_600).div_euclid(DAY)
}

impl<'a> Timeline<'a> {
    /// Puts it together, and complains of what does not fit.
    pub(super) fn of(evidence: &'a Evidence, found: &mut Vec<Violation>) -> Timeline<'a> {
        let world = &evidence.world;
        let asked = Asked::of(evidence);
        let mut timeline = Timeline {
            world,
            versions: Vec::new(),
            active: vec![Vec::new(); world.mentors.len()],
            lives: HashMap::new(),
        };
        let mut creators = HashSet::new();
        for booking in &evidence.stored.bookings {
            let first = timeline.versions.len();
            match asked.life(world, booking) {
                Ok(life) => timeline.versions.extend(life),
                Err(violation) => found.push(violation.booking(&booking.id)),
            }
            timeline.lives.insert(&booking.id, first..timeline.versions.len());
            if !creators.insert(&booking.email) {
                let what = format!("{} made more than one booking", booking.email);
                found.push(Violation::new(Rule::NothingInvented, what).booking(&booking.id));
            }
            if !booking.whole {
                let what = "a booking without its token or its mail";
                found.push(Violation::new(Rule::Wholeness, what).booking(&booking.id));
            }
        }
        for (index, version) in timeline.versions.iter().enumerate() {
            if version.state.is_active() {
                timeline.active[version.mentor].push(index);
            }
        }
        for of_mentor in &mut timeline.active {
            of_mentor.sort_by_key(|index| timeline.versions[*index].state.start);
        }
        timeline
    }

    /// All states that were admitted.
    pub(super) fn placed(&self) -> impl Iterator<Item = &Version<'a>> {
        self.versions.iter().filter(|version| version.placed)
    }

    /// The active states of a mentor that start from `from` until before `until`.
    pub(super) fn active(&self, mentor: usize, from: i64, until: i64) -> impl Iterator<Item = &Version<'a>> {
        let all = &self.active[mentor];
        let first_at = |start: i64| all.partition_point(|index| self.versions[*index].state.start < start);
        let some = first_at(from)..first_at(until).max(first_at(from));
        all[some].iter().map(|index| &self.versions[*index])
    }

    /// The states of a booking, in order; `None` when it is not stored.
    pub(super) fn life(&self, booking: &str) -> Option<&[Version<'a>]> {
        self.lives.get(booking).map(|range| &self.versions[range.clone()])
    }
}

/// The requests, by what they could have changed.
struct Asked<'a> {
    by_id: HashMap<OpId, &'a Op>,
    moves: HashMap<(&'a str, i64), Vec<&'a Op>>,
    gone: Time,
}

/// Who may have made a change, and so when it was made.
struct Cause {
    when: Span,
    ops: Vec<OpId>,
}

impl<'a> Asked<'a> {
    fn of(evidence: &'a Evidence) -> Asked<'a> {
        let mut moves: HashMap<_, Vec<_>> = HashMap::new();
        for op in &evidence.ops {
            if let Request::Move { booking, start } = &op.request {
                moves.entry((booking.as_str(), *start)).or_default().push(op);
            }
        }
        let by_id = evidence.ops.iter().map(|op| (op.id, op)).collect();
        Asked { by_id, moves, gone: evidence.gone }
    }

    /// The states of one booking.
    fn life(&self, world: &'a World, booking: &'a StoredBooking) -> Result<Vec<Version<'a>>, Violation> {
        let adds_up = |what: String| Violation::new(Rule::HistoryAddsUp, what);
        let invented = |what: &str| Violation::new(Rule::NothingInvented, what);
        let mentor = world.mentors.iter().position(|mentor| mentor.slug == booking.mentor);
        let mentor = mentor.ok_or_else(|| invented("a booking with nobody we know"))?;
        let kind = world.mentors[mentor].kinds.iter().find(|kind| kind.slug == booking.kind);
        let kind = kind.ok_or_else(|| invented("a booking for nothing we know"))?;
        check_chain(booking, kind).map_err(adds_up)?;

        let mut causes = Vec::new();
        for line in &booking.lines {
            let cause = self.cause(world, booking, mentor, line);
            let cause = cause.map_err(|what| invented(&format!("\"{line}\": {what}")))?;
            let same =
                booking.lines.iter().filter(|other| (&other.action, &other.to) == (&line.action, &line.to));
            if same.count() > cause.ops.len() {
                return Err(invented(&format!("\"{line}\" happened more often than it was asked for")));
            }
            causes.push(cause);
        }
        // Changes happened one after the other: none before one that came first, none after one that came later.
        for i in 1..causes.len() {
            causes[i].when.from = causes[i].when.from.max(causes[i - 1].when.from);
        }
        for i in (1..causes.len()).rev() {
            causes[i - 1].when.until = causes[i - 1].when.until.min(causes[i].when.until);
        }
        let late = causes.iter().zip(&booking.lines).find(|(cause, _)| cause.when.from > cause.when.until);
        if let Some((cause, line)) = late {
            let mut late = adds_up(format!("\"{line}\" cannot have happened in this order"));
            late.ops.clone_from(&cause.ops);
            return Err(late);
        }
        let forever = Span { from: Time::MAX, until: Time::MAX };
        let ends = causes.iter().skip(1).map(|cause| cause.when).chain([forever]);
        let versions = booking.lines.iter().zip(&causes).zip(ends).map(|((line, cause), ends)| Version {
            booking,
            mentor,
            kind,
            state: State { start: line.to.0, end: line.to.0 + kind.minutes * 60, status: line.to.1.clone() },
            placed: line.from.as_ref().is_none_or(|from| from.0 != line.to.0),
            begins: cause.when,
            ends,
        });
        Ok(versions.collect())
    }

    /// Who may have caused a line of history.
    fn cause(
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
                let wished = |wish: &Wish| {
                    (wish.mentor, wish.start, world.kind(*wish).slug)
                        == (mentor, start, booking.kind.as_str())
                };
                if !matches!(&op.request, Request::Book(wish) if wished(wish)) {
                    return Err(format!("{op} asked for something else"));
                }
                vec![op]
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
        // Where several asked for the same move, any of them may have been the one.
        let able: Vec<&Op> = ops.iter().copied().filter(|op| may_have_done(op, booking)).collect();
        let from = able.iter().map(|op| op.span.from).min();
        let until = able.iter().map(|op| self.latest(op)).max();
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

/// Whether the lines follow from each other and end where the booking stands.
fn check_chain(booking: &StoredBooking, kind: &Kind) -> Result<(), String> {
    let mut before: Option<&(i64, String)> = None;
    for (sequence, line) in (0..).zip(&booking.lines) {
        if line.sequence != sequence {
            return Err(format!("\"{line}\" should be number {sequence}"));
        }
        if line.from.as_ref() != before {
            return Err(format!("\"{line}\" does not follow from {before:?}"));
        }
        let (from_start, status) = (before.map(|before| before.0), line.to.1.as_str());
        let fits = match line.action.as_str() {
            "created" => before.is_none() && status == "confirmed",
            "rescheduled" => from_start.is_some_and(|start| start != line.to.0) && status == "confirmed",
            "cancelled" => from_start == Some(line.to.0) && status == "cancelled",
            _ => false,
        };
        if !fits || before.is_some_and(|before| before.1 != "confirmed") {
            return Err(format!("\"{line}\" cannot happen after {before:?}"));
        }
        before = Some(&line.to);
    }
    let state = &booking.state;
    if before != Some(&(state.start, state.status.clone())) {
        return Err(format!("the history ends with {before:?}, the booking is {state}"));
    }
    if booking.sequence + 1 != i64::try_from(booking.lines.len()).unwrap_or(i64::MAX) {
        return Err(format!(
            "{} lines for a booking with sequence {}",
            booking.lines.len(),
            booking.sequence
        ));
    }
    if state.end - state.start != kind.minutes * 60 {
        return Err(format!("the booking is {state}, which is not {} minutes", kind.minutes));
    }
    Ok(())
}
