//! The load: bookers who ask at once, and the record of every answer.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};

use super::{
    client::{Answer, Client, Wire},
    cluster::Cluster,
    generator::{Action, Cut, Generator, Intent, What},
    history::{Op, OpId, Outcome, Request, Span, Time},
    lock,
    world::{Wish, World},
};
use crate::process::Failure;

/// How often somebody asks again who was not answered.
const REPEATS: u64 = 4;

/// How far a load has come.
#[derive(Clone, Copy, Default, Debug)]
pub struct Progress {
    /// Requests answered or given up.
    pub ended: u64,
    /// Answers that were 503.
    pub unavailable: u64,
    /// Faults that are over.
    pub faults: u64,
    /// Whether the bookers have gone home.
    pub over: bool,
}

/// When bookers go home: at whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// After so many faults.
    pub faults: u64,
    /// After this long.
    pub time: Duration,
}

/// Bookers, what they know of each other, and what they were answered.
pub struct Load {
    world: World,
    cluster: Cluster,
    client: Client,
    began: Instant,
    generator: Mutex<Generator>,
    asked: AtomicU64,
    known: Mutex<Vec<Known>>,
    ops: Mutex<Vec<Op>>,
    progress: watch::Sender<Progress>,
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
            generator: Mutex::new(Generator::new(world.clone(), seed)),
            asked: AtomicU64::new(0),
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

    /// Counts a fault that is over, and reports how far the load has come.
    pub fn survived(&self) -> Progress {
        self.progress.send_modify(|progress| progress.faults += 1);
        *self.progress.borrow()
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
                let within = |progress: Progress| progress.faults < bounds.faults;
                while within(*load.progress.borrow()) && load.began.elapsed() < bounds.time {
                    load.step().await?;
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

    /// Asks the process whose turn it is the next thing.
    ///
    /// # Errors
    /// When a process does not come back.
    pub async fn step(&self) -> Result<(), Failure> {
        let intent = lock(&self.generator).next_intent();
        self.attempt(None, intent).await.map(drop)
    }

    /// Asks a process for the next booking, and says whether it was made: an answer that takes a commit.
    ///
    /// # Errors
    /// When a process does not come back.
    pub async fn book_at(&self, process: usize) -> Result<bool, Failure> {
        let next = || lock(&self.generator).next_intent();
        let mut intent = next();
        while !matches!(intent.what, What::Book(_)) {
            intent = next();
        }
        self.attempt(Some(process), Intent { cut: None, ..intent }).await
    }

    async fn attempt(&self, process: Option<usize>, intent: Intent) -> Result<bool, Failure> {
        // Nobody has booked yet: there is nothing to move.
        let Some((request, known)) = self.request(intent.what) else { return Ok(false) };
        let op = self.ask(process, request, known, intent.cut).await?;
        if let Request::Book(wish) = op.request
            && op.id.is_keyed()
        {
            self.insist(&op, wish).await?;
        }
        Ok(matches!(op.outcome, Outcome::Booked { .. }))
    }

    /// Looks at every booking that was answered with 201, wherever it was made.
    ///
    /// # Errors
    /// When a process does not come back.
    pub async fn read_all(&self) -> Result<(), Failure> {
        let known = lock(&self.known).clone();
        for one in known {
            self.ask(None, Request::Read { booking: one.id.clone() }, Some(one), None).await?;
        }
        Ok(())
    }

    /// What was asked and answered so far, in the order of the answers.
    pub fn history(&self) -> Vec<Op> {
        lock(&self.ops).clone()
    }

    fn request(&self, what: What) -> Option<(Request, Option<Known>)> {
        let (ago, action) = match what {
            What::Book(wish) => return Some((Request::Book(wish), None)),
            What::Manage(ago, action) => (ago, action),
        };
        let known = self.made(ago)?;
        let booking = known.id.clone();
        let request = match action {
            Action::Move { day, nth } => {
                Request::Move { booking, start: self.world.start(known.mentor, known.kind, day, nth) }
            }
            Action::Cancel => Request::Cancel { booking },
            Action::Read => Request::Read { booking },
        };
        Some((request, Some(known)))
    }

    /// The booking that was made so many bookings ago, counted round and round.
    fn made(&self, ago: u64) -> Option<Known> {
        let known = lock(&self.known);
        let back = usize::try_from(ago).ok()?.checked_rem(known.len())?;
        known.iter().rev().nth(back).cloned()
    }

    /// Asks again for a booking that has a key, until there is an answer, and sometimes although there is one.
    async fn insist(&self, first: &Op, wish: Wish) -> Result<(), Failure> {
        let mut is_open = first.id.is_doubted() || first.outcome.is_open();
        for _ in 0..REPEATS {
            if !is_open {
                break;
            }
            let again = Request::Repeat { wish, first: first.id };
            is_open = self.ask(None, again, None, None).await?.outcome.is_open();
        }
        Ok(())
    }

    async fn ask(
        &self,
        process: Option<usize>,
        request: Request,
        known: Option<Known>,
        cut: Option<Cut>,
    ) -> Result<Op, Failure> {
        let id = OpId(self.asked.fetch_add(1, Ordering::Relaxed));
        let process = process.unwrap_or(usize::try_from(id.0)? % self.cluster.size());
        let base = self.cluster.base(process).await?;
        let wire = Wire::of(&self.world, id, &request, known.as_ref().map(|known| known.token.as_str()));
        let from = self.now();
        let Answer { outcome, token } = self.client.ask(&base, &wire, cut).await;
        let span = Span { from, until: self.now() };
        let made = match (request.wish(), &outcome) {
            (Some(wish), Outcome::Booked { id, .. }) => {
                token.map(|token| Known { id: id.clone(), token, mentor: wish.mentor, kind: wish.kind })
            }
            _ => None,
        };
        let unavailable = matches!(outcome, Outcome::Refused { status: 503, .. });
        let op = Op { id, process, span, request, outcome };
        lock(&self.known).extend(made);
        lock(&self.ops).push(op.clone());
        self.progress.send_modify(|progress| {
            progress.ended += 1;
            progress.unavailable += u64::from(unavailable);
        });
        Ok(op)
    }
}
