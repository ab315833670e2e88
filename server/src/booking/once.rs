//! The same request, sent twice, makes one booking (draft-ietf-httpapi-idempotency-key-header).
//!
//! The store keeps hashes of the caller's key and of what was asked, with the answer, in the booking's own
//! transaction. The manage token is part of that answer and must not be kept: it is made of the caller's key and a salt,
//! so that whoever comes back with the key is given the same token.

use slotsmith_engine::{Instant, Interval};

use super::{BookingDetails, BookingError, Status};
use crate::{
    app::App,
    auth::Caller,
    ids::{BookingId, Salt, Secret, SecretHash},
};

/// How long an answer is kept, in seconds: a day.
const KEPT_SECONDS: i64 = 86_400;

/// A caller's name for one attempt, and what it asks for.
#[derive(Clone, Debug)]
pub struct Once {
    /// Only its hash is stored.
    pub key: Secret,
    /// A hash of the whole request.
    pub request: SecretHash,
}

/// The booking that a key made, as it was answered then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstAnswer {
    /// What had been asked for.
    pub request: SecretHash,
    /// With the key, it makes the manage token.
    pub salt: Salt,
    /// What was made.
    pub booking: BookingId,
    /// From start to end, as it was then.
    pub meeting: Interval,
    /// Its state then.
    pub status: Status,
}

/// Answers older than this are forgotten.
pub(crate) fn kept_since(now: Instant) -> Instant {
    now.plus(-KEPT_SECONDS)
}

/// Gives the first answer again.
pub(super) async fn repeat(
    app: &App,
    once: &Once,
    first: FirstAnswer,
) -> Result<(BookingDetails, Secret), BookingError> {
    if first.request != once.request {
        return Err(BookingError::KeyReused);
    }
    let token = Secret::made_of(&first.salt, &once.key);
    let store = app.store.acting(Caller::Token(token.hash()));
    let mut details = store.booking(first.booking).await?.ok_or(BookingError::NotFound)?;
    details.booking.meeting = first.meeting;
    details.booking.status = first.status;
    Ok((details, token))
}
