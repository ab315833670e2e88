//! Asks one question again and again, for tools that count instructions: `instructions WORKLOAD TIMES`.

#![allow(clippy::unwrap_used, reason = "a wrong word on the command line may end it")]

use std::hint::black_box;

use slotsmith_benches::workloads::Workload;
use slotsmith_engine::Snapshot;

fn main() {
    let mut words = std::env::args().skip(1);
    let (name, times) = (words.next().unwrap(), words.next().unwrap().parse::<u32>().unwrap());
    let workload = match name.as_str() {
        "week" => Workload::week(),
        "month" => Workload::month(),
        "year" => Workload::year(),
        "dense" => Workload::dense(),
        _ => panic!("no such workload"),
    };
    let snapshot = Snapshot::new(workload.facts(workload.merged_busy()));
    let (range, now) = (workload.range(), workload.now());
    for _ in 0..times {
        black_box(black_box(&snapshot).slots(range, now));
    }
}
