//! The short form of the attack: a few seconds of bookers, kills, full disks and lost databases, and not one promise
//! broken.

use std::{path::Path, time::Duration};

use slotsmith_tests::attack::{self, Plan, driver::Bounds, generator::Generator, store::Store, world::World};

const PLAN: Plan = Plan {
    seed: 7,
    bookers: 12,
    processes: 1,
    // The time is for machines that have much else to do.
    bounds: Bounds { faults: 4, time: Duration::from_secs(60) },
    fault_every: 200,
    longest_outage: Duration::from_millis(500),
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_is_kept_under_attack() {
    let dir = tempfile::tempdir().unwrap();
    keeps_every_promise(&PLAN, &Store::Sqlite(dir.path().join("data")), dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_is_kept_by_several_on_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::postgres(dir.path().join("data")).unwrap();
    let plan = Plan { processes: 3, fault_every: 60, ..PLAN };
    keeps_every_promise(&plan, &store, dir.path()).await;
}

async fn keeps_every_promise(plan: &Plan, store: &Store, dir: &Path) {
    let report = attack::run(plan, store, &dir.join("log")).await.unwrap();
    assert!(report.violations.is_empty(), "{report}");
    for kind in store.faults() {
        assert!(report.evidence.faults.iter().any(|fault| fault.kind == *kind), "{report}");
    }
}

#[test]
fn the_same_seed_makes_the_same_wishes() {
    let wishes = |seed| {
        let mut generator = Generator::new(World::standard(), seed);
        format!("{:?}", (0..1_000).map(|_| generator.next_intent()).collect::<Vec<_>>())
    };
    assert_eq!(wishes(1), wishes(1));
    assert_ne!(wishes(1), wishes(2));
}
