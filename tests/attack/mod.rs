//! Proven under attack: real processes on one store, asked by many at once while they and the store are killed, cut
//! off and denied their disk; afterwards the history of all answers is held against what is stored, in the way of
//! Jepsen.
//!
//! The load ([`driver`], [`generator`], [`client`]) and the faults ([`nemesis`], [`cluster`]) only write down what
//! happened ([`history`]); whether it may have happened is judged by [`checker`], which is pure.

pub mod checker;
pub mod client;
pub mod cluster;
pub mod driver;
pub mod furnish;
pub mod generator;
pub mod history;
pub mod nemesis;
pub mod report;
pub mod store;
pub mod world;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use self::{
    checker::Evidence,
    cluster::Cluster,
    driver::{Bounds, Load},
    report::Report,
    store::Store,
    world::World,
};
use crate::process::Failure;

/// How hard to attack.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What the load is made from.
    pub seed: u64,
    /// How many ask at once.
    pub bookers: usize,
    /// How many processes serve the store.
    pub processes: usize,
    /// When the load ends.
    pub bounds: Bounds,
    /// Something is done to a process, or to the store, whenever so many more requests were answered.
    pub fault_every: u64,
    /// How long the store may be away.
    pub longest_outage: Duration,
}

/// Attacks programs on a store, which must be empty; what they log goes to `log`.
///
/// # Errors
/// When the attack could not be made. What it found is in the report.
pub async fn run(plan: &Plan, store: &Store, log: &Path) -> Result<Report, Failure> {
    let world = World::standard();
    let cluster = Cluster::start(store, plan.processes, log).await?;
    furnish::furnish(&world, &store.settings(0), &cluster.base(0).await?).await?;
    let load = Arc::new(Load::new(world.clone(), cluster, plan.seed)?);
    let asked = load.run(plan.bookers, plan.bounds);
    // When a process does not come back, nobody waits for it.
    let ((), faults) = tokio::try_join!(asked, nemesis::run(&load, plan))?;

    // What was answered must outlive the processes; what was not may happen until they are gone, and no longer.
    let all = 0..plan.processes;
    all.clone().for_each(|process| load.cluster().kill(process));
    store.settle().await?;
    let gone = load.now();
    for process in all.clone() {
        load.cluster().revive(process).await?;
    }
    load.read_all().await?;
    all.for_each(|process| load.cluster().kill(process));
    let (ops, log, stored) = (load.history(), std::fs::read_to_string(log)?, store.read().await?);
    let evidence = Evidence { world, ops, faults, log, stored, gone };
    let violations = checker::check(&evidence);
    Ok(Report { evidence, violations, tried: store.faults() })
}

/// What a lock guards here is whole even when its holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
