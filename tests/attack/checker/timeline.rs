//! Every state of every stored booking, with when it may have held and when it must have.

use std::collections::{HashMap, HashSet};

use super::{Evidence, Rule, Violation, causes::Asked, chain};
use crate::attack::{
    history::{Span, State, Time},
    store::StoredBooking,
    world::{DAY, Kind, World},
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
            match life(&asked, world, booking) {
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

/// The states of one booking, or why it can have none.
fn life<'a>(
    asked: &Asked<'a>,
    world: &'a World,
    booking: &'a StoredBooking,
) -> Result<Vec<Version<'a>>, Violation> {
    let adds_up = |what: String| Violation::new(Rule::HistoryAddsUp, what);
    let invented = |what: &str| Violation::new(Rule::NothingInvented, what);
    let mentor = world.mentors.iter().position(|mentor| mentor.slug == booking.mentor);
    let mentor = mentor.ok_or_else(|| invented("a booking with nobody we know"))?;
    let kind = world.mentors[mentor].kinds.iter().find(|kind| kind.slug == booking.kind);
    let kind = kind.ok_or_else(|| invented("a booking for nothing we know"))?;
    chain::check(booking, kind).map_err(adds_up)?;

    let mut causes = Vec::new();
    for line in &booking.lines {
        let cause = asked.cause(world, booking, mentor, line);
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
