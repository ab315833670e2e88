//! The edges of what can be asked: no panic, no overflow, no end that is never reached.

use std::sync::Arc;

use chrono::Weekday;
use slotsmith_engine::{
    Booking, Buffers, ClockTime, Facts, Instant, Interval, IntervalSet, Policy, PolicySpec, Refusal,
    Schedule, Window, ZoneRules, admit, slots, slots_and_taken,
};

fn facts(offset_seconds: i32, spec: PolicySpec) -> Facts {
    let all_day = Window::new(ClockTime::MIDNIGHT, ClockTime::END_OF_DAY).unwrap();
    let days =
        [Weekday::Sun, Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat];
    Facts {
        zone: Arc::new(ZoneRules::fixed(offset_seconds).unwrap()),
        schedule: Schedule::new(days.map(|day| (day, all_day)), []).unwrap(),
        policy: Policy::new(spec).unwrap(),
        busy: IntervalSet::default(),
        bookings: Vec::new(),
    }
}

const DAY_LONG: PolicySpec = PolicySpec {
    duration_minutes: 1_440,
    step_minutes: Some(1),
    buffer_before_minutes: 1_440,
    buffer_after_minutes: 1_440,
    minimum_notice_minutes: 3_653 * 1_440,
    horizon_days: Some(3_653),
    max_per_day: Some(1),
    max_per_week: Some(u32::MAX),
};

#[test]
fn the_ends_of_time_are_asked_about_without_harm() {
    for offset in [-18 * 3_600, 0, 18 * 3_600] {
        let mut facts = facts(offset, DAY_LONG);
        for edge in [Instant::MIN, Instant::MAX] {
            let (early, late) = (edge.plus(-3 * 86_400), edge.plus(3 * 86_400));
            let range = Interval::new(early, late).unwrap();
            facts.busy = IntervalSet::new(vec![range]);
            let buffers = Buffers::from_minutes(1_440, 1_440).unwrap();
            facts.bookings = vec![Booking { span: range, buffers }];
            for now in [Instant::MIN, early, edge, late, Instant::MAX] {
                assert!(slots(&facts, range, now).is_empty());
                slots_and_taken(&facts, range, now);
                for start in [early, edge, late] {
                    assert!(admit(&facts, start, now).is_err());
                }
            }
        }
    }
}

#[test]
fn a_step_beyond_the_windows_end_leaves_the_first_start() {
    let spec = PolicySpec { duration_minutes: 1, step_minutes: Some(1_440), ..PolicySpec::default() };
    let facts = facts(0, spec);
    let day = Interval::new(Instant::from_unix(0).unwrap(), Instant::from_unix(86_400).unwrap()).unwrap();
    assert_eq!(slots(&facts, day, day.start()).to_vec(), [day.start()]);
}

#[test]
fn ten_years_of_minutes_are_listed() {
    let spec = PolicySpec { duration_minutes: 1_440, step_minutes: Some(1), ..PolicySpec::default() };
    let facts = facts(0, spec);
    let from = Instant::from_unix(0).unwrap();
    let decade = Interval::new(from, from.plus(3_652 * 86_400)).unwrap();
    assert_eq!(slots(&facts, decade, from).len(), 3_652 * 1_440);
}

#[test]
fn no_hours_are_no_slots() {
    let mut facts = facts(0, PolicySpec { duration_minutes: 30, ..PolicySpec::default() });
    facts.schedule = Schedule::default();
    let from = Instant::from_unix(0).unwrap();
    let decade = Interval::new(from, from.plus(3_652 * 86_400)).unwrap();
    assert!(slots(&facts, decade, from).is_empty());
    assert_eq!(admit(&facts, from, from), Err(Refusal::OutsideHours));
}
