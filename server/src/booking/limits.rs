//! How often slots may be taken, so that nobody fills a mentor's calendar for fun.
//!
//! Days and hours are the ones that end now, not those of a calendar. What is counted is in the store, so that several
//! nodes count together.

use std::num::NonZeroU32;

use slotsmith_engine::Instant;

use super::BookingError;
use crate::{
    app::App,
    ids::SecretHash,
    storage::{Counted, Write},
};

const HOUR_SECONDS: i64 = 3_600;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

/// How many there may be; `None` is as many as one likes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Bookings under one e-mail address in a day, with whomever.
    pub per_email_per_day: Option<NonZeroU32>,
    /// Bookings of one mentor's time in a day.
    pub per_mentor_per_day: Option<NonZeroU32>,
    /// Attempts from one network address in an hour, whether they succeed or not.
    pub attempts_per_ip_per_hour: Option<NonZeroU32>,
}

/// Which of them was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// [`Limits::per_email_per_day`].
    Email,
    /// [`Limits::per_mentor_per_day`].
    Mentor,
    /// [`Limits::attempts_per_ip_per_hour`].
    Ip,
}

/// Counts one more attempt from a network address, told by its hash.
pub(super) async fn count_attempt(app: &App, source: SecretHash, now: Instant) -> Result<(), BookingError> {
    let Some(most) = app.config.limits.attempts_per_ip_per_hour else { return Ok(()) };
    let reached = app.store.count_attempt(source, most, now.plus(-HOUR_SECONDS), now).await?;
    reached.map_or(Ok(()), |oldest| Err(limited(Limit::Ip, oldest.plus(HOUR_SECONDS), now)))
}

/// Whether one more booking is within the limits.
pub(super) async fn check(
    limits: &Limits,
    write: &mut dyn Write,
    email: &str,
    now: Instant,
) -> Result<(), BookingError> {
    let counted = [
        (Limit::Email, limits.per_email_per_day, Counted::Email(email)),
        (Limit::Mentor, limits.per_mentor_per_day, Counted::Mentor),
    ];
    for (limit, most, what) in counted {
        let Some(most) = most else { continue };
        // The booking that has to grow old before there may be another.
        if let Some(oldest) = write.nth_recent(what, most, now.plus(-DAY_SECONDS)).await? {
            return Err(limited(limit, oldest.plus(DAY_SECONDS), now));
        }
    }
    Ok(())
}

fn limited(limit: Limit, until: Instant, now: Instant) -> BookingError {
    BookingError::Limited { limit, seconds: until.unix() - now.unix() }
}
