//! What is done to the processes while they are asked: turn by turn, at counts of requests and not at times, so that
//! a slow machine suffers as much as a fast one.

use std::time::{Duration, Instant};

use super::{
    driver::{Load, Progress},
    history::{Fault, FaultKind, Span},
};
use crate::process::Failure;

/// How long a process may take to work again once its disk has room.
const RECOVERY: Duration = Duration::from_secs(20);

/// Does every fault of the store in turn, one whenever `every` more requests were answered, until the load is over.
/// Answers what was done.
///
/// # Errors
/// When a fault could not be done, or a process did not start again.
pub async fn run(load: &Load, every: u64, seed: u64) -> Result<Vec<Fault>, Failure> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut done = Vec::new();
    for (turn, kind) in (1..).zip(load.cluster().store().faults().iter().cycle()) {
        let now = reached(load, |progress| progress.ended >= turn * every).await?;
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
                let limit = random.u64(..load.cluster().store().largest_file()?);
                load.cluster().fill_disk(process, limit)?;
                let (enough, at_most) = (now.unavailable + random.u64(1..100), now.ended + every / 2);
                reached(load, |progress| progress.unavailable >= enough || progress.ended >= at_most).await?;
                load.cluster().empty_disk(process)?;
                recovery(load, process).await?
            }
        };
        done.push(Fault { kind: *kind, process, span: Span { from, until: load.now() }, recovered });
    }
    Ok(done)
}

/// Waits until the load has come so far, or is over.
async fn reached(load: &Load, far: impl Fn(&Progress) -> bool) -> Result<Progress, Failure> {
    Ok(*load.progress().wait_for(|progress| progress.over || far(progress)).await?)
}

/// Asks a process until it has made a booking.
async fn recovery(load: &Load, process: usize) -> Result<bool, Failure> {
    let lifted = Instant::now();
    while lifted.elapsed() < RECOVERY {
        if load.step(Some(process)).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
