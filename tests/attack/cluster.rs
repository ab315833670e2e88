//! The processes under attack: all on one store, each on a port that changes when it starts anew.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tokio::sync::watch;

use super::{lock, store::Store};
use crate::process::{Failure, Process};

/// Processes that serve one store.
pub struct Cluster {
    store: Store,
    log: PathBuf,
    members: Vec<Member>,
}

struct Member {
    process: Mutex<Option<Process>>,
    /// Where it serves; none while it is down.
    base: watch::Sender<Option<String>>,
}

impl Cluster {
    /// Starts so many processes on a store; what they log goes to a file.
    ///
    /// # Errors
    /// When one does not serve.
    pub async fn start(store: &Store, processes: usize, log: &Path) -> Result<Cluster, Failure> {
        let member = || Member { process: Mutex::new(None), base: watch::Sender::new(None) };
        let members = (0..processes).map(|_| member()).collect();
        let cluster = Cluster { store: store.clone(), log: log.to_owned(), members };
        for index in 0..processes {
            cluster.revive(index).await?;
        }
        Ok(cluster)
    }

    /// How many processes there are.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// The store they serve.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where a process serves, as soon as it does.
    ///
    /// # Errors
    /// Never, while the cluster lives.
    pub async fn base(&self, index: usize) -> Result<String, Failure> {
        let mut base = self.members[index].base.subscribe();
        Ok(base.wait_for(Option::is_some).await?.clone().unwrap_or_default())
    }

    /// Kills a process with SIGKILL.
    pub fn kill(&self, index: usize) {
        let member = &self.members[index];
        // Nobody new comes to a process that is about to die; those who are there already see it happen.
        member.base.send_replace(None);
        drop(lock(&member.process).take());
    }

    /// Starts a process that is down.
    ///
    /// # Errors
    /// When it does not serve.
    pub async fn revive(&self, index: usize) -> Result<(), Failure> {
        let (settings, log) = (self.store.settings(index), self.open_log()?);
        let started = tokio::task::spawn_blocking(move || Process::start(&settings, &[], "true", log));
        let process = started.await??;
        let base = process.url("");
        let member = &self.members[index];
        *lock(&member.process) = Some(process);
        member.base.send_replace(Some(base));
        Ok(())
    }

    /// Fills a process's disk: no file of it may grow beyond `bytes`.
    ///
    /// # Errors
    /// When the limit cannot be set.
    pub fn fill_disk(&self, index: usize, bytes: u64) -> Result<(), Failure> {
        lock(&self.members[index].process).as_ref().map_or(Ok(()), |process| process.limit_files(bytes))
    }

    /// Makes room on a process's disk.
    ///
    /// # Errors
    /// When the limit cannot be set.
    pub fn empty_disk(&self, index: usize) -> Result<(), Failure> {
        lock(&self.members[index].process).as_ref().map_or(Ok(()), Process::lift_limit)
    }

    fn open_log(&self) -> Result<File, Failure> {
        Ok(OpenOptions::new().create(true).append(true).open(&self.log)?)
    }
}
