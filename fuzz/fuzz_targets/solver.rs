//! Any question to the solver against the minute model of the engine's tests, and a snapshot that was changed against
//! one that was made anew.
//! `cargo +nightly fuzz run solver`
//!
//! Bytes become a question as the properties' generators make one: dates gather around changes of the clock, hours
//! around midnight, busy time and bookings around the hours. Ranges are short, because the model walks them.

#![no_main]

#[path = "../../engine/tests/it/model.rs"]
#[allow(dead_code, reason = "the engine's tests ask it more")]
mod model;
#[path = "../../engine/tests/it/problem.rs"]
#[allow(dead_code, reason = "the engine's tests ask it more")]
mod problem;
#[path = "../../engine/tests/it/text.rs"]
#[allow(dead_code, reason = "only the names of verdicts are needed")]
mod text;
#[path = "../../engine/tests/it/zones.rs"]
#[allow(dead_code, reason = "the engine's tests ask it more")]
mod zones;

use std::{collections::BTreeMap, sync::LazyLock};

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use slotsmith_engine::{Booking, Snapshot, Status};

use crate::{
    model::Model,
    problem::{BookingRow, Hours, Problem, Session, at, span},
    text::verdict_of,
    zones::{Zone, year},
};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut input = Unstructured::new(input);
    // Bytes that run out are zeros from there on, so this is for everybody.
    if let Ok((problem, center)) = problem(&mut input) {
        let _ = compare(problem, center, &mut input);
    }
});

fn compare(mut problem: Problem, center: i64, input: &mut Unstructured) -> arbitrary::Result<()> {
    let mut snapshot = Snapshot::new(problem.facts());
    for _ in 0..input.int_in_range(0..=6)? {
        change(&mut snapshot, &mut problem, center, input)?;
        if let Some(range) = problem.range() {
            // Read in between, so that what is kept for the next question would have to be thrown away.
            assert_eq!(unix(snapshot.slots(range, at(problem.now)).iter()), problem.slots(), "{problem:?}");
        }
    }
    let probes: Vec<(u16, i64)> =
        (0..8).map(|_| Ok((u16::arbitrary(input)?, second(input)?))).collect::<arbitrary::Result<_>>()?;

    let model = Model::new(&problem);
    let slots = problem.slots();
    assert_eq!(slots, model.slots(), "{problem:?}");
    assert_eq!(problem.slots_and_taken(), model.slots_and_taken(), "{problem:?}");
    if let Some(range) = problem.range() {
        agree_on_range(&snapshot, &problem, range);
    }
    let (facts, now) = (problem.facts(), at(problem.now));
    let mut starts = Vec::new();
    for (which, second) in probes {
        let minutes = (problem.to - problem.from) / 60 + 1;
        starts.push((problem.from + i64::from(which) % minutes * 60).div_euclid(60) * 60 + second);
        if !slots.is_empty() {
            let slot = slots[usize::from(which) % slots.len()];
            starts.extend([slot, slot + second, slot - 1, slot + 60]);
        }
    }
    for start in starts {
        let expected = model.admit(start);
        assert_eq!(verdict_of(&facts, start, problem.now), expected, "start {start} of {problem:?}");
        let start = at(start);
        assert_eq!(
            snapshot.admit(start, now),
            slotsmith_engine::admit(&facts, start, now),
            "{start} of {problem:?}"
        );
        let mut conflicts: Vec<Booking> = snapshot.conflicts(start).copied().collect();
        conflicts.sort_unstable_by_key(key);
        assert_eq!(conflicts, in_the_way(&facts.bookings, &problem, start.unix()), "{start} of {problem:?}");
    }
    Ok(())
}

/// One more of something, or one less, in both.
fn change(
    snapshot: &mut Snapshot,
    problem: &mut Problem,
    center: i64,
    input: &mut Unstructured,
) -> arbitrary::Result<()> {
    match input.int_in_range(0..=3)? {
        0 => {
            let (start, end) = busy(center, input)?;
            problem.busy.push((start, end));
            if let Some(interval) = span(start, end) {
                snapshot.insert_busy(interval);
            }
        }
        1 => {
            problem.bookings.push(booking(center, input)?);
            let booking = problem.facts().bookings.pop().expect("it has just been added");
            snapshot.insert_booking(booking);
        }
        // The very same once more: taking one of them away leaves the other.
        2 if !problem.bookings.is_empty() => {
            problem.bookings.push(*input.choose(&problem.bookings)?);
            let booking = problem.facts().bookings.pop().expect("it has just been added");
            snapshot.insert_booking(booking);
        }
        _ if !problem.bookings.is_empty() => {
            let index = input.choose_index(problem.bookings.len())?;
            let gone = problem.facts().bookings.swap_remove(index);
            problem.bookings.remove(index);
            assert!(snapshot.remove_booking(&gone), "it was there: {problem:?}");
            if !problem.facts().bookings.contains(&gone) {
                assert!(!snapshot.remove_booking(&gone), "it was there once only: {problem:?}");
            }
        }
        _ => {}
    }
    Ok(())
}

/// A snapshot that was changed answers as one made of the same facts, and its answer is the same from both ends.
fn agree_on_range(snapshot: &Snapshot, problem: &Problem, range: slotsmith_engine::Interval) {
    let now = at(problem.now);
    let slots = snapshot.slots(range, now);
    let starts = unix(slots.iter());
    assert_eq!(starts, problem.slots(), "{problem:?}");
    assert_eq!((slots.len(), slots.is_empty()), (starts.len(), starts.is_empty()));
    assert_eq!(slots.first().map(|first| first.unix()), starts.first().copied());
    let mut backwards = unix(slots.iter().rev());
    backwards.reverse();
    assert_eq!(backwards, starts, "{problem:?}");
    let fresh = Snapshot::new(problem.facts());
    assert_eq!(snapshot.slots_and_taken(range, now), fresh.slots_and_taken(range, now), "{problem:?}");
    let runs = snapshot.slots_and_taken(range, now).into_iter();
    let both: Vec<(i64, bool)> = runs
        .flat_map(|(run, status)| run.into_iter().map(move |at| (at.unix(), status == Status::Taken)))
        .collect();
    assert_eq!(both, problem.slots_and_taken(), "{problem:?}");
}

/// Those that a meeting at `start` would run into, buffers considered.
fn in_the_way(bookings: &[Booking], problem: &Problem, start: i64) -> Vec<Booking> {
    let session = problem.session;
    let end = start + session.duration * 60;
    let meets = |booking: &Booking| {
        let before = booking.buffers.before_seconds.max(session.after * 60);
        let after = booking.buffers.after_seconds.max(session.before * 60);
        start < booking.span.end().unix() + after && booking.span.start().unix() - before < end
    };
    let mut met: Vec<Booking> = bookings.iter().filter(|booking| meets(booking)).copied().collect();
    met.sort_unstable_by_key(key);
    met
}

fn key(booking: &Booking) -> (i64, i64, i64, i64) {
    let Booking { span, buffers } = booking;
    (span.start().unix(), span.end().unix(), buffers.before_seconds, buffers.after_seconds)
}

fn unix(starts: impl Iterator<Item = slotsmith_engine::Instant>) -> Vec<i64> {
    starts.map(slotsmith_engine::Instant::unix).collect()
}

/// The question, and the time that it is about.
fn problem(input: &mut Unstructured) -> arbitrary::Result<(Problem, i64)> {
    let (zone, center) = place(input)?;
    let day = zone.day_at(center);
    let session = session(input)?;
    let weekly = weekly(input)?;
    let mut overrides = BTreeMap::new();
    for _ in 0..input.int_in_range(0..=3)? {
        overrides.insert(day + input.int_in_range(-4..=5)?, windows(input)?);
    }
    let busy =
        (0..input.int_in_range(0..=8)?).map(|_| busy(center, input)).collect::<arbitrary::Result<_>>()?;
    let bookings =
        (0..input.int_in_range(0..=6)?).map(|_| booking(center, input)).collect::<arbitrary::Result<_>>()?;
    let from = center + input.int_in_range(-3_000..=1_500)? * 60 + second(input)?;
    let problem = Problem {
        weekly,
        overrides: overrides.into_iter().collect(),
        busy,
        bookings,
        session,
        now: center + input.int_in_range(-9_000..=2_000)? * 60 + second(input)?,
        from,
        to: from + input.int_in_range(0..=4_000)? * 60 + second(input)?,
        zone,
    };
    Ok((problem, center))
}

/// Zones with a history worth meeting, and the years of it. Their offsets were whole minutes.
const PLACES: [(&str, i16, i16); 16] = [
    ("Europe/Berlin", 1980, 2036),
    ("America/New_York", 2000, 2036),
    ("Australia/Lord_Howe", 1985, 2036),
    ("Africa/Casablanca", 2012, 2030),
    ("America/St_Johns", 1986, 2014),
    ("America/Havana", 1996, 2030),
    ("America/Sao_Paulo", 1995, 2021),
    ("America/Nuuk", 2018, 2030),
    ("Antarctica/Troll", 2004, 2036),
    ("Asia/Beirut", 2000, 2036),
    ("Asia/Gaza", 2005, 2030),
    ("Asia/Kathmandu", 1985, 1987),
    ("Pacific/Apia", 2009, 2013),
    ("Pacific/Chatham", 2000, 2036),
    ("Pacific/Kwajalein", 1993, 1994),
    ("UTC", 2026, 2027),
];

/// A zone, and most often a change of its clock.
fn place(input: &mut Unstructured) -> arbitrary::Result<(Zone, i64)> {
    type Known = (Zone, i64, Vec<(i64, i32)>);
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
        let place = |(name, first, last)| {
            let zone = Zone::named(name);
            let changes = zone.changes(year(first), year(last));
            (zone, year(first), changes)
        };
        PLACES.into_iter().map(place).collect()
    });
    let (zone, first, changes) = input.choose(&KNOWN)?;
    let which = u16::arbitrary(input)?;
    let center = match usize::from(which).checked_rem(changes.len() + 1) {
        Some(index) if index < changes.len() => changes[index].0,
        // Half a year, minute by minute and a bit.
        _ => first + i64::from(which) * 241,
    };
    Ok((zone.clone(), center.div_euclid(60) * 60))
}

fn session(input: &mut Unstructured) -> arbitrary::Result<Session> {
    let minutes = |input: &mut Unstructured, usual: &[i64], most: i64| -> arbitrary::Result<i64> {
        match input.int_in_range(0..=2)? {
            0 => Ok(*input.choose(usual)?),
            1 => input.int_in_range(usual[0]..=180),
            _ => input.int_in_range(usual[0]..=most),
        }
    };
    let limit = |input: &mut Unstructured| -> arbitrary::Result<Option<u32>> {
        Ok(Some(input.int_in_range(0..=5)?).filter(|limit| (1..=3).contains(limit)))
    };
    let step = |input: &mut Unstructured| match bool::arbitrary(input)? {
        true => minutes(input, &[1, 5, 15, 30, 60, 1_440], 1_440).map(Some),
        false => Ok(None),
    };
    Ok(Session {
        duration: minutes(input, &[1, 15, 30, 45, 60, 1_440], 1_440)?,
        step: step(input)?,
        before: minutes(input, &[0, 5, 15, 60, 1_440], 1_440)?,
        after: minutes(input, &[0, 5, 15, 60, 1_440], 1_440)?,
        notice: minutes(input, &[0, 60, 1_440], 6_000)?,
        horizon: Some(input.int_in_range(0..=12)?).filter(|days| *days < 9),
        max_per_day: limit(input)?,
        max_per_week: limit(input)?,
    })
}

fn weekly(input: &mut Unstructured) -> arbitrary::Result<Vec<(i64, Hours)>> {
    let on_all_days = |hours: &[Hours]| -> Vec<(i64, Hours)> {
        (0..7).flat_map(|day| hours.iter().map(move |window| (day, *window))).collect()
    };
    match input.int_in_range(0..=3)? {
        0 => {
            let hours: Vec<Hours> =
                (0..input.int_in_range(1..=3)?).map(|_| hours(input)).collect::<arbitrary::Result<_>>()?;
            Ok(on_all_days(&hours))
        }
        1 => (0..input.int_in_range(0..=12)?)
            .map(|_| Ok((input.int_in_range(0..=6)?, hours(input)?)))
            .collect(),
        2 => Ok(on_all_days(&[(0, 1_440)])),
        // Round the clock but for one window of one day.
        _ => {
            let closed = input.int_in_range(0..=6)?;
            let mut rows = on_all_days(&[(0, 1_440)]);
            rows.retain(|(day, _)| *day != closed);
            rows.push((closed, hours(input)?));
            Ok(rows)
        }
    }
}

/// Those of an overridden date: none, all of it, or some.
fn windows(input: &mut Unstructured) -> arbitrary::Result<Vec<Hours>> {
    match input.int_in_range(0..=4)? {
        0 => Ok(Vec::new()),
        1 => Ok(vec![(0, 1_440)]),
        count => (1..count).map(|_| hours(input)).collect(),
    }
}

fn hours(input: &mut Unstructured) -> arbitrary::Result<Hours> {
    let (start, end) = match input.int_in_range(0..=4)? {
        0 => (input.int_in_range(0..=95)? * 15, input.int_in_range(0..=96)? * 15),
        1 => (input.int_in_range(0..=1_439)?, input.int_in_range(0..=1_440)?),
        2 => (input.int_in_range(0..=240)?, input.int_in_range(0..=240)?),
        // Over midnight.
        3 => (input.int_in_range(1_200..=1_439)?, input.int_in_range(0..=240)?),
        _ => (input.int_in_range(1_200..=1_439)?, 1_440),
    };
    Ok(if start == end { (start, end + 1) } else { (start, end) })
}

/// Perhaps empty, perhaps not on whole minutes.
fn busy(center: i64, input: &mut Unstructured) -> arbitrary::Result<(i64, i64)> {
    let start = center + input.int_in_range(-4_000..=5_000)? * 60 + second(input)?;
    Ok((start, start + input.int_in_range(0..=400)? * 60 + second(input)?))
}

fn booking(center: i64, input: &mut Unstructured) -> arbitrary::Result<BookingRow> {
    let start = center + input.int_in_range(-8_000..=8_000)? * 60 + second(input)?;
    Ok(BookingRow {
        start,
        end: start + input.int_in_range(1..=180)? * 60,
        before: input.int_in_range(0..=90)?,
        after: input.int_in_range(0..=90)?,
    })
}

/// Most often none past the minute.
fn second(input: &mut Unstructured) -> arbitrary::Result<i64> {
    Ok(Some(i64::from(u8::arbitrary(input)?)).filter(|second| *second < 60).unwrap_or(0))
}
