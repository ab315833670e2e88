//! What a question allocates: its answer, and nothing else. In a program of its own, because it counts for all of it.

#![allow(clippy::unwrap_used, reason = "in a test a broken expectation should stop right there")]

use std::{hint::black_box, sync::Arc};

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::{
    Booking, Buffers, Facts, Instant, Interval, IntervalSet, Policy, PolicySpec, Schedule, Snapshot,
    Transition, Window, ZoneRules,
};

const DAY: i64 = 86_400;

/// New York's March of 2026 with its change of the clock; nights, an override, busy time and bookings.
fn march() -> (Snapshot, Interval, Instant) {
    let at = |unix: i64| Instant::from_unix(unix).unwrap();
    let first = 1_772_323_200;
    let span = |start: i64, minutes: i64| Interval::new(at(start), at(start + minutes * 60)).unwrap();
    let window = |start: &str, end: &str| Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    let days = [Weekday::Sun, Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let hours =
        days.into_iter().flat_map(|day| [(day, window("09:00", "17:00")), (day, window("22:00", "02:00"))]);
    let override_ = (NaiveDate::from_ymd_opt(2026, 3, 10).unwrap(), vec![window("10:00", "12:00")]);
    let change = Transition { at: at(1_772_953_200), offset_seconds: -4 * 3_600 };
    let spec = PolicySpec {
        duration_minutes: 30,
        step_minutes: Some(15),
        buffer_after_minutes: 10,
        horizon_days: Some(25),
        ..PolicySpec::default()
    };
    let facts = Facts {
        zone: Arc::new(ZoneRules::new(-5 * 3_600, vec![change]).unwrap()),
        schedule: Schedule::new(hours, [override_]).unwrap(),
        policy: Policy::new(spec).unwrap(),
        busy: (0..200).map(|i| span(first + i * 13_000, 20 + i % 50)).collect(),
        bookings: (0..40)
            .map(|i| Booking {
                span: span(first + i * 61_000, 45),
                buffers: Buffers::from_minutes(5, 5).unwrap(),
            })
            .collect(),
    };
    (Snapshot::new(facts), span(first, 31 * 24 * 60), at(first))
}

#[track_caller]
fn check<T>(allocations: u64, ask: impl FnOnce() -> T) {
    let counted = allocation_counter::measure(|| {
        black_box(ask());
    });
    assert_eq!(counted.count_total, allocations);
}

#[test]
fn a_prepared_question_allocates_its_answer_alone() {
    let (snapshot, range, now) = march();
    assert!(snapshot.slots(range, now).runs().len() > 50);
    check(1, || snapshot.slots(range, now));
    check(1, || snapshot.slots_and_taken(range, now));
    let nowhere = Interval::new(range.end().plus(10 * DAY), range.end().plus(20 * DAY)).unwrap();
    assert!(snapshot.slots(nowhere, now).is_empty());
}

#[test]
fn judging_a_start_and_looking_for_the_next_allocate_nothing() {
    let (snapshot, range, now) = march();
    let start = snapshot.slots(range, now).first().unwrap();
    check(0, || snapshot.admit(start, now));
    check(0, || snapshot.admit(start.plus(60), now));
    check(0, || snapshot.next_available(range, now));
}

#[test]
fn busy_time_is_sorted_in_place_or_with_one_copy_of_small_numbers() {
    let rows = |count: i64| -> Vec<Interval> {
        let at = |unix: i64| Instant::from_unix(unix).unwrap();
        (0..count).rev().map(|i| Interval::new(at(i * 1_000), at(i * 1_000 + 60)).unwrap()).collect()
    };
    for (count, allocations) in [(20, 0), (300, 1), (5_000, 2)] {
        let rows = rows(count);
        check(allocations, || IntervalSet::new(rows));
    }
}
