//! Asks one question so many times, for a tool that counts instructions: `instructions QUESTION TIMES`.
//!
//! `scripts/instructions` runs it under callgrind and holds the counts against `instructions.txt`. What preparing
//! costs is the same for any number of times, so that the difference of two runs is the question alone.

#![allow(clippy::unwrap_used, reason = "a wrong word on the command line may end it")]

use std::hint::black_box;

use slotsmith_benches::workloads::Workload;
use slotsmith_engine::{Instant, Interval, IntervalSet, Snapshot, any_free, slots};

fn main() {
    let mut words = std::env::args().skip(1);
    let (question, times) = (words.next().unwrap(), words.next().unwrap().parse::<u32>().unwrap());
    match question.as_str() {
        "week" => list(&Workload::week(), times),
        "month" => list(&Workload::month(), times),
        "year" => list(&Workload::year(), times),
        "dense" => list(&Workload::dense(), times),
        "unprepared-month" => list_unprepared(&Workload::month(), times),
        "unprepared-year" => list_unprepared(&Workload::year(), times),
        "admit" => admit(times),
        "pool" => pool(times),
        other => panic!("no question called {other}"),
    }
}

fn list(workload: &Workload, times: u32) {
    let (snapshot, range, now) = prepare(workload);
    for _ in 0..times {
        black_box(black_box(&snapshot).slots(range, now));
    }
}

fn list_unprepared(workload: &Workload, times: u32) {
    let rows = workload.busy_rows();
    let mut facts = workload.facts(IntervalSet::default());
    for _ in 0..times {
        facts.busy = IntervalSet::new(black_box(&rows).clone());
        black_box(slots(black_box(&facts), workload.range(), workload.now()));
    }
}

fn admit(times: u32) {
    let workload = Workload::booked(1_000);
    let snapshot = Snapshot::new(workload.facts_of_bookings());
    let open = snapshot.slots(workload.range(), workload.now()).to_vec();
    let probes: Vec<Instant> = open.iter().step_by(97).copied().collect();
    for start in probes.iter().cycle().take(times as usize) {
        black_box(black_box(&snapshot).admit(*start, workload.now())).unwrap();
    }
}

fn pool(times: u32) {
    let pool: Vec<Snapshot> = (0..100).map(|seed| prepare(&Workload::month_of(seed)).0).collect();
    let (_, range, now) = prepare(&Workload::month());
    for _ in 0..times {
        black_box(any_free(black_box(&pool), range, now));
    }
}

fn prepare(workload: &Workload) -> (Snapshot, Interval, Instant) {
    let busy = IntervalSet::new(workload.busy_rows());
    (Snapshot::new(workload.facts(busy)), workload.range(), workload.now())
}
