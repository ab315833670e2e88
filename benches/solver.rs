//! The solver against the plain way, the field's way, and the least that could be done: all on the same rows, with the
//! same answers, in one run. `cargo bench -p slotsmith-benches`; `report` then makes the table.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros write undocumented functions; a panic ends a bench"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use slotsmith_benches::{
    workloads::{Workload, interval},
    yardsticks::{Hours, floor_of_list, floor_of_runs, plain_sweep, step_and_scan},
};
use slotsmith_engine::{
    Booking, Buffers, Facts, IntervalSet, Snapshot, all_free, any_free, next_free, slots,
};

fn listing(criterion: &mut Criterion) {
    for workload in [Workload::week(), Workload::month(), Workload::year(), Workload::dense()] {
        let hours = Hours::of(&workload);
        let rows = workload.busy_rows();
        let busy = IntervalSet::new(rows.clone());
        let facts = workload.facts(busy.clone());
        let snapshot = Snapshot::new(facts.clone());
        let (range, now) = (workload.range(), workload.now());

        let answer = snapshot.slots(range, now);
        let list: Vec<i64> = answer.iter().map(|start| start.unix()).collect();
        assert_eq!(list, plain_sweep(&workload, &hours), "one question, one answer");
        assert_eq!(list, step_and_scan(&workload, &hours), "one question, one answer");
        assert!(!list.is_empty());

        let mut group = criterion.benchmark_group(workload.name);
        group.bench_function("prepared", |b| b.iter(|| black_box(&snapshot).slots(range, now)));
        group.bench_function("prepared, as a list", |b| {
            b.iter(|| black_box(&snapshot).slots(range, now).to_vec());
        });
        let mut unprepared = facts.clone();
        group.bench_function("unprepared", |b| {
            b.iter(|| {
                unprepared.busy = IntervalSet::new(black_box(&rows).clone());
                slots(&unprepared, range, now)
            });
        });
        group.bench_function("plain sweep", |b| b.iter(|| plain_sweep(black_box(&workload), &hours)));
        group.bench_function("step and scan", |b| b.iter(|| step_and_scan(black_box(&workload), &hours)));
        group.bench_function("floor of runs", |b| {
            b.iter(|| floor_of_runs(black_box(busy.as_slice()), answer.runs()));
        });
        group.bench_function("floor of a list", |b| {
            b.iter(|| floor_of_list(black_box(busy.as_slice()), &list));
        });
        group.bench_function("preparing", |b| {
            b.iter(|| {
                let busy = IntervalSet::new(black_box(&rows).clone());
                Snapshot::new(Facts { busy, ..facts.clone() })
            });
        });
        let start = answer.runs()[answer.runs().len() / 2].start();
        let one = Booking {
            span: interval(start.unix(), start.unix() + 1_800),
            buffers: Buffers::from_minutes(0, 0).unwrap(),
        };
        let mut updated = snapshot.clone();
        group.bench_function("one booking in and out again", |b| {
            b.iter(|| {
                updated.insert_booking(black_box(one));
                updated.remove_booking(&one)
            });
        });
        group.finish();
    }
}

fn admission(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("admit");
    for count in [10, 1_000, 100_000] {
        let workload = Workload::booked(count);
        let snapshot = Snapshot::new(workload.facts_of_bookings());
        let open = snapshot.slots(workload.range(), workload.now()).to_vec();
        let probes: Vec<_> = open.iter().step_by(open.len() / 64).copied().collect();
        let mut probes = probes.iter().cycle();
        group.bench_function(BenchmarkId::new("open start", count), |b| {
            b.iter(|| black_box(&snapshot).admit(*probes.next().unwrap(), workload.now()));
        });
        group.bench_function(BenchmarkId::new("who is in the way", count), |b| {
            b.iter(|| black_box(&snapshot).conflicts(*probes.next().unwrap()).count());
        });
    }
    group.finish();
}

fn pools(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pool");
    for count in [100, 1_000] {
        let workloads: Vec<Workload> = (0..count).map(Workload::month_of).collect();
        let hours: Vec<Hours> = workloads.iter().map(Hours::of).collect();
        let prepare =
            |workload: &Workload| Snapshot::new(workload.facts(IntervalSet::new(workload.busy_rows())));
        let pool: Vec<Snapshot> = workloads.iter().map(prepare).collect();
        let (range, now) = (workloads[0].range(), workloads[0].now());

        let plain_any = || {
            let answers =
                workloads.iter().zip(&hours).flat_map(|(workload, hours)| plain_sweep(workload, hours));
            answers.collect::<std::collections::BTreeSet<i64>>()
        };
        let any: Vec<i64> = any_free(&pool, range, now).iter().map(|start| start.unix()).collect();
        assert_eq!(any, plain_any().into_iter().collect::<Vec<i64>>(), "one question, one answer");

        group.bench_function(BenchmarkId::new("any", count), |b| {
            b.iter(|| any_free(black_box(&pool), range, now))
        });
        group.bench_function(BenchmarkId::new("all", count), |b| {
            b.iter(|| all_free(black_box(&pool), range, now))
        });
        group.bench_function(BenchmarkId::new("next", count), |b| {
            b.iter(|| next_free(black_box(&pool), range, now))
        });
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("any, plain sweeps", count), |b| b.iter(plain_any));
        group.sample_size(100);
    }
    group.finish();
}

criterion_group!(benches, listing, admission, pools);
criterion_main!(benches);
