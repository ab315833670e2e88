//! Limits by day and week. A booking of a kind with a limit may be made while fewer active bookings of its mentor,
//! of whatever kind, start on that date, or in that week.

use std::collections::BTreeSet;

use super::{
    Rule, Timeline, Violation,
    timeline::{Version, local_day},
};
use crate::attack::{
    history::{Span, Time},
    world::{DAY, Kind, World},
};

/// What a limit counts: a mentor's dates from the first until before the last, in days since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dates {
    mentor: usize,
    first: i64,
    until: i64,
}

impl Dates {
    /// The date of a start.
    pub(super) fn day(world: &World, mentor: usize, start: i64) -> Dates {
        let first = local_day(world, mentor, start);
        Dates { mentor, first, until: first + 1 }
    }

    /// Its week, from Sunday; 1970 began on a Thursday.
    pub(super) fn week(world: &World, mentor: usize, start: i64) -> Dates {
        let day = local_day(world, mentor, start);
        let first = day - (day + 4).rem_euclid(7);
        Dates { mentor, first, until: first + 7 }
    }

    /// The active states that count.
    pub(super) fn active<'t, 'a>(self, timeline: &'t Timeline<'a>) -> impl Iterator<Item = &'t Version<'a>> {
        let offset = timeline.world.mentors[self.mentor].offset_hours * 3_600;
        timeline.active(self.mentor, self.first * DAY - offset, self.until * DAY - offset)
    }
}

/// A sort of limit: what it counts, and how many a kind of meeting allows.
type Limit = (fn(&World, usize, i64) -> Dates, fn(&Kind) -> Option<usize>);
const LIMITS: [Limit; 2] = [(Dates::day, |kind| kind.per_day), (Dates::week, |kind| kind.per_week)];

pub(super) fn check(timeline: &Timeline<'_>, found: &mut Vec<Violation>) {
    for (dates, limit) in LIMITS {
        let mut seen = BTreeSet::new();
        for version in timeline.placed() {
            let Some(most) = limit(version.kind) else { continue };
            let dates = dates(timeline.world, version.mentor, version.state.start);
            check_admission(timeline, version, dates, most, found);
            if seen.insert((dates, most)) {
                check_crowd(timeline, dates, most, limit, found);
            }
        }
    }
}

/// At some instant at which a booking may have been admitted, there was room.
fn check_admission(
    timeline: &Timeline<'_>,
    admitted: &Version<'_>,
    dates: Dates,
    most: usize,
    found: &mut Vec<Violation>,
) {
    let mut others = certain(dates.active(timeline).filter(|other| other.booking.id != admitted.booking.id));
    others.retain(|(span, _)| span.meets(admitted.begins));
    // Room comes when one of the others ends, or it was there to begin with.
    let ends = others.iter().map(|(span, _)| span.until).filter(|end| *end <= admitted.begins.until);
    let there_was_room = [admitted.begins.from]
        .into_iter()
        .chain(ends)
        .any(|at| others.iter().filter(|(span, _)| span.from < at && at < span.until).count() < most);
    if !there_was_room {
        let what = format!("{} was admitted although there were {most} already", admitted.state);
        let others = others.iter().map(|(_, other)| *other);
        found.push(crowd(what, [admitted].into_iter().chain(others)));
    }
}

/// Of the kinds that allow `most` or fewer, no more than that were active at once: the last of them was admitted
/// when the others were there.
fn check_crowd(
    timeline: &Timeline<'_>,
    dates: Dates,
    most: usize,
    limit: fn(&Kind) -> Option<usize>,
    found: &mut Vec<Violation>,
) {
    let modest = |version: &&Version<'_>| limit(version.kind).is_some_and(|its| its <= most);
    let modest = certain(dates.active(timeline).filter(modest));
    let at_once = |at: Time| modest.iter().filter(move |(span, _)| span.from <= at && at < span.until);
    if let Some((span, _)) = modest.iter().find(|(span, _)| at_once(span.from).count() > most) {
        let what = format!("{} active at once where {most} are the most", at_once(span.from).count());
        found.push(crowd(what, at_once(span.from).map(|(_, version)| *version)));
    }
}

/// Those of some states that must have held at some time, and when.
fn certain<'t, 'a>(versions: impl Iterator<Item = &'t Version<'a>>) -> Vec<(Span, &'t Version<'a>)> {
    versions.filter_map(|version| Some((version.certain()?, version))).collect()
}

fn crowd<'t, 'a: 't>(what: String, versions: impl Iterator<Item = &'t Version<'a>>) -> Violation {
    let bookings = versions.map(|version| version.booking.id.clone()).collect();
    Violation { bookings, ..Violation::new(Rule::Limits, what) }
}
