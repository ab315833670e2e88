//! Takes jobs off the queue and does them, a few at a time, until it is told to stop.

use std::{sync::Arc, time::Duration};

use slotsmith_engine::Instant;
use tokio::sync::Notify;

use super::{Confirmation, Expiry, Job, Task};
use crate::{
    app::App,
    auth::Caller,
    booking::{self, BookingError, Change, Party},
    ids::Secret,
    notifications::{ConfirmationMail, confirmation},
    storage::StoreError,
};

/// Jobs taken at once.
const BATCH: u32 = 16;
/// How long a worker may take over a batch before others may take its jobs.
const LEASE_SECONDS: i64 = 120;
/// Waits between tries, in minutes; after the last one the job is abandoned.
const BACKOFF_MINUTES: [i64; 7] = [1, 5, 15, 60, 180, 720, 1_440];
/// The longest sleep without a look at the queue: other processes may have written to it.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(15);

/// The queue's bell: rung by whoever adds a job, so that it need not wait for the next look.
#[derive(Clone, Default)]
pub struct Jobs {
    bell: Arc<Notify>,
}

impl Jobs {
    /// Says that there is something to do.
    pub fn wake(&self) {
        self.bell.notify_one();
    }
}

/// How a job ended when not well.
enum Failure {
    /// Another try may go better.
    Retry(String),
    /// None will.
    Abandon(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Retry(error.to_string())
    }
}

/// Does what is due and waits for more, for as long as it is polled. Stopping between two jobs loses nothing, and
/// in the middle of one no more than its lease.
pub async fn run(app: App) {
    loop {
        match run_due(&app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(%error, "cannot look at the queue"),
        }
        // Rung or not, it is time to look again.
        let _ = tokio::time::timeout(LOOK_AT_LEAST_EVERY, app.jobs.bell.notified()).await;
    }
}

/// Does the jobs that are due, a batch at most, and answers how many there were.
///
/// # Errors
/// When the queue cannot be read; jobs that fail are put back or given up, not reported here.
pub async fn run_due(app: &App) -> Result<usize, StoreError> {
    let app = &app.acting(Caller::System);
    let now = app.clock.now();
    let jobs = app.store.claim_jobs(now, now.plus(LEASE_SECONDS), BATCH).await?;
    for job in &jobs {
        let done = match job.task {
            Task::Confirmation(confirmation) => confirm(app, job, confirmation, now).await,
            Task::Expiry(expiry) => expire(app, expiry, now).await,
        };
        settle(app, job, done, now).await?;
    }
    Ok(jobs.len())
}

async fn settle(app: &App, job: &Job, done: Result<(), Failure>, now: Instant) -> Result<(), StoreError> {
    let tried = usize::try_from(job.attempt).unwrap_or(usize::MAX);
    match done {
        Ok(()) => app.store.finish_job(job.id, now).await,
        Err(Failure::Retry(error)) => match BACKOFF_MINUTES.get(tried.saturating_sub(1)) {
            Some(minutes) => {
                tracing::warn!(job.id = %job.id, job.attempt, %error, "a job failed, trying again in {minutes} min");
                app.store.retry_job(job.id, now.plus(minutes * 60), &error).await
            }
            None => give_up(app, job, &error, now).await,
        },
        Err(Failure::Abandon(error)) => give_up(app, job, &error, now).await,
    }
}

async fn give_up(app: &App, job: &Job, error: &str, now: Instant) -> Result<(), StoreError> {
    tracing::error!(job.id = %job.id, job.attempt, %error, "gave a job up");
    app.store.abandon_job(job.id, now, error).await
}

/// Ends the wait for a mentor who said nothing. Whatever has become of the booking meanwhile stands: moved, it has another
/// job for its new time.
async fn expire(app: &App, task: Expiry, now: Instant) -> Result<(), Failure> {
    let Some(details) = app.store.booking(task.booking).await? else { return Ok(()) };
    match booking::change(app, details, Change::Expire, Party::System, None, now).await {
        Ok(_) | Err(BookingError::State(_) | BookingError::NotBegun | BookingError::NotFound) => Ok(()),
        Err(error) => Err(Failure::Retry(error.to_string())),
    }
}

/// Mails a confirmation of the booking as it stands now; none for one that was called off or has begun meanwhile.
/// A second run replaces the first one's manage token and sends the same message again, under the same name.
async fn confirm(app: &App, job: &Job, task: Confirmation, now: Instant) -> Result<(), Failure> {
    let Some(details) = app.store.booking(task.booking).await? else { return Ok(()) };
    if !details.booking.status.is_active() || details.booking.meeting.start() <= now {
        return Ok(());
    }
    // Whoever books cannot know whether the mentor wants mail.
    if task.to == Party::Mentor && details.mentor.email.is_none() {
        return Ok(());
    }
    let token = Secret::random("");
    app.store.issue_token(&details.booking, token.hash(), task.to, job.id, now).await?;
    let zone = |id: &str| app.zone(id).map_err(|error| Failure::Abandon(error.to_string()));
    let mail = ConfirmationMail {
        details: &details,
        to: task.to,
        job: job.id,
        sender: &app.config.sender,
        booker_zone: &*zone(&details.booking.booker.timezone)?,
        mentor_zone: &*zone(&details.mentor.timezone)?,
        manage_url: &app.config.manage_link(details.booking.id, &token),
    };
    let message = confirmation(&mail, now).map_err(|error| Failure::Abandon(error.to_string()))?;
    app.delivery.send(&job.id.to_string(), &message).await.map_err(|error| match error.is_transient() {
        true => Failure::Retry(error.to_string()),
        false => Failure::Abandon(error.to_string()),
    })?;
    tracing::info!(booking.id = %details.booking.id, to = task.to.as_str(), "sent a confirmation");
    Ok(())
}
