//! Keeps a slot for somebody for some minutes, while they fill in the form. A hold takes time as a booking does, and
//! ends by itself: whoever reads a calendar leaves out those that are over.

use slotsmith_engine::{Buffers, Instant, Interval};

use super::{Begun, BookingError, Wanted, admitted, begin, limits::count_attempt};
use crate::{
    app::App,
    auth::Caller,
    ids::{HoldId, MentorId, Secret, SecretHash, SessionTypeId},
    mentors::{Mentor, MentorRef, Slug},
    session_types::SessionType,
    storage::Except,
};

/// How long a slot is kept, in seconds.
const HELD_SECONDS: i64 = 5 * 60;

/// A slot that is kept for its holder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Its name.
    pub id: HoldId,
    /// Whose time.
    pub mentor: MentorId,
    /// For what kind of meeting.
    pub session_type: SessionTypeId,
    /// From start to end, buffers left out.
    pub meeting: Interval,
    /// The time it keeps free around itself.
    pub buffers: Buffers,
    /// When it is over.
    pub expires_at: Instant,
}

/// What somebody wants kept.
#[derive(Clone, Debug)]
pub struct NewHold {
    /// Whose time.
    pub mentor: MentorRef,
    /// Which of their session types.
    pub session_type: Slug,
    /// When.
    pub start: Instant,
    /// A hash of the network address that asks, for the limit on attempts.
    pub source: Option<SecretHash>,
}

/// A slot that is kept, with whom and what for.
#[derive(Clone, Debug)]
pub struct Held {
    /// The hold.
    pub hold: Hold,
    /// Whose time.
    pub mentor: Mentor,
    /// For what.
    pub session_type: SessionType,
    /// Shown when booking, it lets its holder have the slot.
    pub token: Secret,
}

/// Keeps a slot. The same rules allow it as would allow the booking.
///
/// # Errors
/// As for a booking.
pub async fn hold(app: &App, new: NewHold, now: Instant) -> Result<Held, BookingError> {
    if let Some(source) = new.source {
        count_attempt(app, source, now).await?;
    }
    let except = Except::Nothing;
    let wanted = Wanted { mentor: &new.mentor, session_type: &new.session_type, start: new.start, except };
    let Begun { mut write, mentor, session_type, calendar } = begin(app, wanted, now).await?;
    let policy = session_type.policy;
    let meeting = admitted(app, &mut *write, &calendar, policy, new.start, except, now).await?;
    let hold = Hold {
        id: HoldId::new(now),
        mentor: mentor.id,
        session_type: session_type.id,
        meeting,
        buffers: policy.buffers(),
        expires_at: now.plus(HELD_SECONDS),
    };
    let token = Secret::random("");
    write.insert_hold(&hold, token.hash(), now).await?;
    write.save().await?;
    Ok(Held { hold, mentor, session_type, token })
}

/// Lets a slot go before its time.
///
/// # Errors
/// [`BookingError::NotFound`] when there is no such hold, or the token is another's.
pub async fn release(app: &App, id: HoldId, token: SecretHash) -> Result<(), BookingError> {
    let store = app.store.acting(Caller::Token(token));
    if store.release_hold(id, token).await? { Ok(()) } else { Err(BookingError::NotFound) }
}
