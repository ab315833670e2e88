//! The load: bookers who ask at once, and the record of every answer.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};

use super::{
    client::Client,
    cluster::Cluster,
    generator::{Cut, Generator, Intent, What},
    history::{Op, OpId, Outcome, Request, Span, Time},
    lock,
    world::World,
};
use crate::process::Failure;

/// How far a load has come.
#[derive(Clone, Copy, Default, Debug)]
pub struct Progress {
    /// Requests answered or given up.
    pub ended: u64,
    /// Answers that were 503.
    pub unavailable: u64,
    /// Whether the bookers have gone home.
    pub over: bool,
}

/// When bookers go home: at whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// After so many requests.
    pub requests: u64,
    /// After this long.
    pub time: Duration,
}

/// Bookers, what they know of each other, and what they were answered.
pub struct Load {
    world: World,
    cluster: Cluster,
    client: Client,
    began: Instant,
    plan: Mutex<Plan>,
    known: Mutex<Vec<Known>>,
    ops: Mutex<Vec<Op>>,
    progress: watch::Sender<Progress>,
}

struct Plan {
    generator: Generator,
    next: u64,
}

/// A booking that was answered with 201.
#[derive(Clone)]
struct Known {
    id: String,
    token: String,
    mentor: usize,
    kind: usize,
}

impl Load {
    /// One that has not begun.
    ///
    /// # Errors
    /// When there can be no client.
    pub fn new(world: World, cluster: Cluster, seed: u64) -> Result<Load, Failure> {
        Ok(Load {
            plan: Mutex::new(Plan { generator: Generator::new(world.clone(), seed), next: 0 }),
            world,
            cluster,
            client: Client::new()?,
            began: Instant::now(),
            known: Mutex::default(),
            ops: Mutex::default(),
            progress: watch::Sender::default(),
        })
    }

    /// The processes it is on.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The time by the run's clock.
    pub fn now(&self) -> Time {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(Time::MAX)
    }

    /// Reports how far it has come.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Lets so many bookers ask until the bounds are met, and waits for the last answer.
    ///
    /// # Errors
    /// When a process does not come back.
    pub async fn run(self: &Arc<Load>, bookers: usize, bounds: Bounds) -> Result<(), Failure> {
        let mut at_it = JoinSet::new();
        for _ in 0..bookers {
            let load = Arc::clone(self);
            at_it.spawn(async move {
                let within = |progress: Progress| progress.ended < bounds.requests;
                while within(*load.progress.borrow()) && load.began.elapsed() < bounds.time {
                    load.step(None).await?;
                }
                Ok::<(), Failure>(())
            });
        }
        let mut ended = Ok(());
        while let Some(one) = at_it.join_next().await {
            ended = ended.and(one?);
        }
        self.progress.send_modify(|progress| progress.over = true);
        ended
    }

    /// Asks a process the next thing, whichever is next in turn when none is named, and says whether something was
    /// changed by it.
    ///
    /// # Errors
    /// When a process does not come back.
    pub async fn step(&self, process: Option<usize>) -> Result<bool, Failure> {
        let (op, intent) = {
            let mut plan = lock(&self.plan);
            plan.next += 1;
            (OpId(plan.next), plan.generator.next_intent())
        };
        // Nobody has booked yet: there is nothing to move.
        let Some((request, known)) = self.request(intent) else { return Ok(false) };
        let process = process.unwrap_or(usize::try_from(op.0)? % self.cluster.size());
        self.ask(op, process, request, known, intent.cut).await
    }

    /// Looks at every booking that was answered with 201, wherever it was made.
    ///
    /// # Errors
    /// When a process does not come back.
    pub async fn read_all(&self) -> Result<(), Failure> {
        let known = lock(&self.known).clone();
        for (nth, one) in known.into_iter().enumerate() {
            let op = {
                let mut plan = lock(&self.plan);
                plan.next += 1;
                OpId(plan.next)
            };
            let request = Request::Read { booking: one.id.clone() };
            self.ask(op, nth % self.cluster.size(), request, Some(one), None).await?;
        }
        Ok(())
    }

    /// What was asked and answered so far, in the order of the answers.
    pub fn history(&self) -> Vec<Op> {
        lock(&self.ops).clone()
    }

    fn request(&self, intent: Intent) -> Option<(Request, Option<Known>)> {
        let ago = |ago: u64| {
            let known = lock(&self.known);
            let back = usize::try_from(ago).ok()? % known.len().max(1);
            known.iter().rev().nth(back).cloned()
        };
        Some(match intent.what {
            What::Book(wish) => (Request::Book(wish), None),
            What::Move { ago: n, day, nth } => {
                let known = ago(n)?;
                let start = self.world.start(known.mentor, known.kind, day, nth);
                (Request::Move { booking: known.id.clone(), start }, Some(known))
            }
            What::Cancel { ago: n } => {
                let known = ago(n)?;
                (Request::Cancel { booking: known.id.clone() }, Some(known))
            }
            What::Read { ago: n } => {
                let known = ago(n)?;
                (Request::Read { booking: known.id.clone() }, Some(known))
            }
        })
    }

    async fn ask(
        &self,
        op: OpId,
        process: usize,
        request: Request,
        known: Option<Known>,
        cut: Option<Cut>,
    ) -> Result<bool, Failure> {
        let base = self.cluster.base(process).await?;
        let token = known.as_ref().map(|known| known.token.as_str());
        let from = self.now();
        let (outcome, made) = self.client.ask(&base, &self.world, op, &request, token, cut).await;
        let span = Span { from, until: self.now() };
        if let (Request::Book(wish), Outcome::Booked { id, .. }, Some(made)) = (&request, &outcome, made) {
            let known = Known { id: id.clone(), token: made.token, mentor: wish.mentor, kind: wish.kind };
            lock(&self.known).push(known);
        }
        let unavailable = matches!(outcome, Outcome::Refused { status: 503, .. });
        let changed = match request {
            Request::Read { .. } => false,
            _ => matches!(outcome, Outcome::Booked { .. } | Outcome::Shown(_)),
        };
        lock(&self.ops).push(Op { id: op, process, span, request, outcome });
        self.progress.send_modify(|progress| {
            progress.ended += 1;
            progress.unavailable += u64::from(unavailable);
        });
        Ok(changed)
    }
}
