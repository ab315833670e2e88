//! What a list of slots and a single admission cost, from unprepared facts: `cargo bench -p slotsmith-benches`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros write undocumented functions; a panic ends a bench"
)]

use std::{hint::black_box, sync::Arc};

use chrono::Weekday;
use criterion::{Criterion, criterion_group, criterion_main};
use slotsmith_engine::{
    Booking, Facts, Instant, Interval, IntervalSet, Policy, PolicySpec, Schedule, Transition, Window,
    ZoneRules, admit, slots,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// 2026-03-01T00:00:00Z, a Sunday; New York's clocks go forward on the 8th.
fn march() -> Instant {
    Instant::from_unix(1_772_323_200).unwrap()
}

/// Three windows a weekday, half an hour every quarter, buffers on both sides, 200 busy hours in thirty days.
fn month() -> Facts {
    let change = Transition { at: march().plus(7 * DAY + 7 * HOUR), offset_seconds: -4 * 3_600 };
    let window = |start: &str, end: &str| Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    let windows = [window("08:00", "11:30"), window("12:30", "16:00"), window("18:00", "21:00")];
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let weekly = days.into_iter().flat_map(|day| windows.map(|window| (day, window)));
    let spec = PolicySpec {
        duration_minutes: 30,
        step_minutes: Some(15),
        buffer_before_minutes: 15,
        buffer_after_minutes: 15,
        ..PolicySpec::default()
    };
    let policy = Policy::new(spec).unwrap();
    let busy = |i: i64| {
        let start = march().plus(i * 12_917);
        Interval::new(start, start.plus(40 * 60)).unwrap()
    };
    Facts {
        zone: Arc::new(ZoneRules::new(-5 * 3_600, vec![change]).unwrap()),
        schedule: Schedule::new(weekly, []).unwrap(),
        policy,
        busy: (0..160).map(busy).collect::<IntervalSet>(),
        bookings: (160..200).map(|i| Booking { span: busy(i), buffers: policy.buffers() }).collect(),
    }
}

fn solver(criterion: &mut Criterion) {
    let facts = month();
    let range = Interval::new(march(), march().plus(31 * DAY)).unwrap();
    criterion
        .bench_function("slots of a month", |bench| bench.iter(|| slots(black_box(&facts), range, march())));
    let start = slots(&facts, range, march())[0];
    criterion
        .bench_function("admit one start", |bench| bench.iter(|| admit(black_box(&facts), start, march())));
}

criterion_group!(benches, solver);
criterion_main!(benches);
