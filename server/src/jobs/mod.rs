//! Work that follows a booking: a row written with it, done later by a runner, tried again when it fails.
//!
//! A job may run twice and be none the worse: each kind says how. The row names what to do, never how things
//! stood: a job reads them again when it runs.

mod runner;

use serde::{Deserialize, Serialize};
use slotsmith_engine::Instant;

pub use self::runner::{Jobs, run, run_due};
use crate::{
    booking::Party,
    ids::{BookingId, JobId},
};

/// What there is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Mail the confirmation of a booking.
    Confirmation(Confirmation),
    /// Give up a booking that nobody confirmed before it would have begun.
    Expiry(Expiry),
}

/// Mail the confirmation of a booking to one of its parties.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// Which booking.
    pub booking: BookingId,
    /// To whom.
    pub to: Party,
}

/// Give up a booking that still waits for its mentor when it would begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Expiry {
    /// Which booking.
    pub booking: BookingId,
}

impl Confirmation {
    fn key(self) -> String {
        format!("confirmation:{}:{}", self.booking, self.to.as_str())
    }
}

/// A job about to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewJob {
    /// Its name.
    pub id: JobId,
    /// What to do.
    pub task: Task,
    /// There is at most one job with this key.
    pub key: String,
    /// Not before this.
    pub run_at: Instant,
}

impl NewJob {
    /// An end to waiting, when the meeting would begin.
    pub fn expiry(booking: BookingId, start: Instant, now: Instant) -> NewJob {
        // Once for each time that it may be moved to.
        let key = format!("expiry:{booking}:{start}");
        NewJob { id: JobId::new(now), task: Task::Expiry(Expiry { booking }), key, run_at: start }
    }

    /// A confirmation to send at once.
    pub fn new(confirmation: Confirmation, now: Instant) -> NewJob {
        NewJob {
            id: JobId::new(now),
            task: Task::Confirmation(confirmation),
            key: confirmation.key(),
            run_at: now,
        }
    }
}

/// A job taken off the queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What to do.
    pub task: Task,
    /// Which try this is, from 1.
    pub attempt: u32,
}
