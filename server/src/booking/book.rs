//! Takes a slot: one transaction reads the facts, asks the engine, writes the booking and what follows from it.

use slotsmith_engine::Instant;

use super::{
    Action, Begun, Booker, Booking, BookingDetails, BookingError, FirstAnswer, HistoryEntry, Once, Party,
    Status, Wanted, admitted, beaten, begin, kept_since,
    limits::{self, count_attempt},
    once::repeat,
};
use crate::{
    app::App,
    ids::{BookingId, Salt, Secret, SecretHash},
    jobs::{Confirmation, NewJob},
    mentors::{MentorRef, Slug},
    storage::{Except, StoreError},
};

/// What a booker asks for.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// Whose time.
    pub mentor: MentorRef,
    /// Which of their session types.
    pub session_type: Slug,
    /// When.
    pub start: Instant,
    /// For whom.
    pub booker: Booker,
    /// The token of a hold on the slot, by its hash.
    pub hold: Option<SecretHash>,
    /// A hash of the network address that asks, for the limit on attempts.
    pub source: Option<SecretHash>,
}

/// A slot that was taken.
#[derive(Clone, Debug)]
pub struct Booked {
    /// The booking.
    pub details: BookingDetails,
    /// The secret of its manage link.
    pub token: Secret,
    /// Whether it had been made before, by the same request.
    pub is_repeated: bool,
}

/// Books one slot, and hands out the secret of its manage link. A request that was made `once` before, by the same key,
/// is given the same answer.
///
/// # Errors
/// [`BookingError::Limited`] when there have been too many, [`BookingError::KeyReused`] for the key of another request.
/// [`BookingError::Refused`] with the rule that refuses the start; a start that a rival took meanwhile is
/// [`Refusal::Busy`](slotsmith_engine::Refusal::Busy) too, whether the engine or the store's own guard found it.
pub async fn book(
    app: &App,
    new: NewBooking,
    once: Option<&Once>,
    now: Instant,
) -> Result<Booked, BookingError> {
    if let Some(source) = new.source {
        count_attempt(app, source, now).await?;
    }
    let except = new.hold.map_or(Except::Nothing, Except::Hold);
    let wanted = Wanted { mentor: &new.mentor, session_type: &new.session_type, start: new.start, except };
    let Begun { mut write, mentor, session_type, calendar } = begin(app, wanted, now).await?;
    if let Some(once) = once
        && let Some(first) = write.first_answer(once.key.hash(), kept_since(now)).await?
    {
        drop(write);
        let (details, token) = repeat(app, once, first).await?;
        return Ok(Booked { details, token, is_repeated: true });
    }
    limits::check(&app.config.limits, &mut *write, &new.booker.email, now).await?;
    let policy = session_type.policy;
    let meeting = admitted(app, &mut *write, &calendar, policy, new.start, except, now).await?;

    let booking = Booking {
        id: BookingId::new(now),
        mentor: mentor.id,
        session_type: session_type.id,
        meeting,
        buffers: policy.buffers(),
        status: if session_type.requires_confirmation { Status::Pending } else { Status::Confirmed },
        booker: new.booker,
        cancel_reason: None,
        sequence: 0,
        created_at: now,
    };
    let salt = Salt::random();
    let token = once.map_or_else(|| Secret::random(""), |once| Secret::made_of(&salt, &once.key));
    match write.insert_booking(&booking).await {
        Err(StoreError::SlotTaken) => {
            drop(write);
            return Err(beaten(app, &booking, policy, except, now).await);
        }
        inserted => inserted?,
    }
    if let Some(hold) = new.hold {
        write.remove_hold(hold).await?;
    }
    let created = HistoryEntry {
        at: now,
        actor: Party::Booker,
        action: Action::Created,
        from: None,
        to: booking.moment(),
        reason: None,
    };
    let [booker, mentors] =
        [Party::Booker, Party::Mentor].map(|to| NewJob::new(Confirmation { booking: booking.id, to }, now));
    write.insert_beside(&booking, token.hash(), &created, [&booker, &mentors]).await?;
    if let Some(Once { key, request }) = once {
        let (meeting, status) = (booking.meeting, booking.status);
        let first = FirstAnswer { request: *request, salt, booking: booking.id, meeting, status };
        write.keep_answer(key.hash(), &first, now).await?;
    }
    if booking.status == Status::Pending {
        write.enqueue(&NewJob::expiry(booking.id, booking.meeting.start(), now)).await?;
    }
    write.save().await?;
    app.jobs.wake();
    tracing::info!(booking.id = %booking.id, mentor.id = %mentor.id, start = %booking.meeting.start(), "booked a slot");
    let details = BookingDetails { booking, mentor, session_type };
    Ok(Booked { details, token, is_repeated: false })
}
