//! The short form of the attack: a few seconds of bookers, kills and full disks, and not one promise broken.

use std::time::Duration;

use slotsmith_tests::attack::{
    self, Plan, driver::Bounds, generator::Generator, history::FaultKind, store::Store, world::World,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_is_kept_under_attack() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan {
        seed: 7,
        bookers: 12,
        processes: 1,
        bounds: Bounds { requests: 1_200, time: Duration::from_secs(12) },
        fault_every: 200,
    };
    let store = Store::Sqlite(dir.path().join("data"));
    let report = attack::run(&plan, &store, &dir.path().join("log")).await.unwrap();
    assert!(report.violations.is_empty(), "{report}");
    for kind in FaultKind::ALL {
        assert!(report.evidence.faults.iter().any(|fault| fault.kind == kind), "{report}");
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
