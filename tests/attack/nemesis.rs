//! What is done to the processes and their store while they are asked: turn by turn, at counts of requests and not at
//! times, so that a slow machine suffers as much as a fast one.

use std::time::{Duration, Instant};

use super::{
    Plan,
    driver::{Load, Progress},
    history::{Fault, FaultKind, Span},
};
use crate::process::Failure;

/// How long a process may take to work again once its disk has room, or its database is back.
const RECOVERY: Duration = Duration::from_secs(20);

/// Does every fault of the store in turn, one whenever `every` more requests were answered, until the load is over.
/// Answers what was done.
///
/// # Errors
/// When a fault could not be done, or a process did not start again.
pub async fn run(load: &Load, plan: &Plan) -> Result<Vec<Fault>, Failure> {
    let (every, store) = (plan.fault_every, load.cluster().store());
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut done = Vec::new();
    let mut calm = Progress::default();
    for kind in store.faults().iter().cycle() {
        let now = reached(load, |progress| progress.ended >= calm.ended + every).await?;
        if now.over {
            break;
        }
        let process = random.usize(..load.cluster().size());
        let from = load.now();
        let recovered = match kind {
            FaultKind::Kill => {
                load.cluster().kill(process);
                load.cluster().revive(process).await?;
                true
            }
            FaultKind::DiskFull => {
                // Below the size of the file there is: some writes go through, until one reaches the limit.
                let limit = random.u64(..store.largest_file()?);
                load.cluster().fill_disk(process, limit)?;
                felt(load, now, random.u64(1..100), every / 2).await?;
                load.cluster().empty_disk(process)?;
                recovery(load, process).await?
            }
            FaultKind::ConnectionsCut => {
                let at_most = now.ended + every / 2;
                let mut far = now;
                while !far.over && far.ended < at_most {
                    store.cut_connections(random.u64(1..5)).await?;
                    let next = far.ended + random.u64(1..20);
                    far = reached(load, |progress| progress.ended >= next).await?;
                }
                store.spare_connections();
                recovery_of_all(load).await?
            }
            FaultKind::DatabaseDiskFull => {
                store.server()?.fill_disk()?;
                felt(load, now, random.u64(1..100), every / 2).await?;
                // Tables could not grow; now its log cannot either.
                store.server()?.turn_log();
                let now = *load.progress().borrow();
                felt(load, now, random.u64(1..20), every / 4).await?;
                // Like a restart, see below.
                store.server()?.empty_disk()?;
                recovery_of_all(load).await?
            }
            FaultKind::DatabaseKill => {
                store.server()?.kill();
                // Often over at once, so that those who wait find it again; sometimes longer than they wait.
                let away = plan.longest_outage.mul_f64(random.f64().powi(3));
                // Unless the load is over before.
                let _ = tokio::time::timeout(away, reached(load, |_| false)).await;
                // It dies with its thread: this must not be one that was made for blocking.
                store.server()?.restart()?;
                recovery_of_all(load).await?
            }
        };
        let process = kind.is_of_process().then_some(process);
        done.push(Fault { kind: *kind, process, span: Span { from, until: load.now() }, recovered });
        calm = load.survived();
    }
    Ok(done)
}

/// Waits until the load has come so far, or is over.
async fn reached(load: &Load, far: impl Fn(&Progress) -> bool) -> Result<Progress, Failure> {
    Ok(*load.progress().wait_for(|progress| progress.over || far(progress)).await?)
}

/// Waits until so many more were told that the store is not there, or so many more requests were answered at all.
async fn felt(load: &Load, now: Progress, unavailable: u64, ended: u64) -> Result<(), Failure> {
    let (enough, at_most) = (now.unavailable + unavailable, now.ended + ended);
    reached(load, |progress| progress.unavailable >= enough || progress.ended >= at_most).await?;
    Ok(())
}

/// Asks each process until it has made a booking.
async fn recovery_of_all(load: &Load) -> Result<bool, Failure> {
    let mut all = true;
    for process in 0..load.cluster().size() {
        all &= recovery(load, process).await?;
    }
    Ok(all)
}

/// Asks a process until it has made a booking.
async fn recovery(load: &Load, process: usize) -> Result<bool, Failure> {
    let lifted = Instant::now();
    while lifted.elapsed() < RECOVERY {
        if load.book_at(process).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
