//! What becomes of a booking besides being moved: which state follows which, and what is written with it.

use slotsmith_engine::{Instant, Interval};

use super::{Action, BookingDetails, BookingError, HistoryEntry, Party, Status, Told};
use crate::app::App;

/// What may happen to a booking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The mentor says yes.
    Confirm,
    /// The mentor says no.
    Decline,
    /// Somebody calls it off.
    Cancel,
    /// It took place.
    Complete,
    /// The booker did not come.
    NoShow,
    /// The mentor said nothing until it would have begun.
    Expire,
}

impl Change {
    /// Every one.
    pub const ALL: [Change; 6] =
        [Change::Confirm, Change::Decline, Change::Cancel, Change::Complete, Change::NoShow, Change::Expire];

    /// The state that it leads to.
    pub fn to(self) -> Status {
        match self {
            Change::Confirm => Status::Confirmed,
            Change::Decline => Status::Declined,
            Change::Cancel => Status::Cancelled,
            Change::Complete => Status::Completed,
            Change::NoShow => Status::NoShow,
            Change::Expire => Status::Expired,
        }
    }

    /// Whether `party` may ask for it.
    pub fn is_for(self, party: Party) -> bool {
        match self {
            Change::Cancel => true,
            Change::Expire => party == Party::System,
            Change::Confirm | Change::Decline | Change::Complete | Change::NoShow => party != Party::Booker,
        }
    }

    fn action(self) -> Action {
        match self {
            Change::Confirm => Action::Confirmed,
            Change::Decline => Action::Declined,
            Change::Cancel => Action::Cancelled,
            Change::Complete => Action::Completed,
            Change::NoShow => Action::NoShow,
            Change::Expire => Action::Expired,
        }
    }
}

/// The one place that knows which state follows which. `None` when the booking is there already.
///
/// # Errors
/// [`BookingError::State`] when it does not follow; [`BookingError::Begun`] and [`BookingError::NotBegun`] when it would
/// at another time.
pub fn next(
    from: Status,
    change: Change,
    meeting: Interval,
    now: Instant,
) -> Result<Option<Status>, BookingError> {
    let to = change.to();
    if from == to {
        return Ok(None);
    }
    let (has_begun, is_over) = (meeting.start() <= now, meeting.end() <= now);
    match (from, change) {
        (Status::Pending, Change::Confirm) if has_begun => Err(BookingError::Begun),
        (Status::Pending | Status::Confirmed, Change::Cancel) if is_over => Err(BookingError::Begun),
        // Whoever was marked by mistake is marked anew.
        (Status::Confirmed | Status::NoShow, Change::Complete)
        | (Status::Confirmed | Status::Completed, Change::NoShow)
            if !has_begun =>
        {
            Err(BookingError::NotBegun)
        }
        (Status::Pending, Change::Expire) if !has_begun => Err(BookingError::NotBegun),
        (Status::Pending, Change::Confirm | Change::Decline | Change::Cancel | Change::Expire)
        | (Status::Confirmed, Change::Cancel | Change::Complete | Change::NoShow)
        | (Status::NoShow, Change::Complete)
        | (Status::Completed, Change::NoShow) => Ok(Some(to)),
        _ => Err(BookingError::State(from)),
    }
}

/// Makes the change, with its line of history. Doing so again changes nothing and answers the same.
///
/// # Errors
/// [`BookingError::Forbidden`] when it is not for `actor` to ask, and those of [`next`].
pub async fn change(
    app: &App,
    details: BookingDetails,
    change: Change,
    actor: Party,
    reason: Option<String>,
    now: Instant,
) -> Result<Told, BookingError> {
    if !change.is_for(actor) {
        return Err(BookingError::Forbidden);
    }
    let BookingDetails { booking, mentor, session_type } = details;
    let mut write = app.store.write(mentor.id).await?;
    let mut booking = write.booking(booking.id).await?.ok_or(BookingError::NotFound)?;
    let Some(status) = next(booking.status, change, booking.meeting, now)? else {
        let history = write.history(&booking).await?;
        return Ok(Told { details: BookingDetails { booking, mentor, session_type }, history });
    };
    let before = booking.moment();
    booking.status = status;
    if change == Change::Cancel {
        booking.cancel_reason.clone_from(&reason);
    }
    booking.sequence += 1;
    write.update_booking(&booking, now).await?;
    let entry = HistoryEntry {
        at: now,
        actor,
        action: change.action(),
        from: Some(before),
        to: booking.moment(),
        reason,
    };
    write.record(&booking, &entry).await?;
    let history = write.history(&booking).await?;
    write.save().await?;
    tracing::info!(booking.id = %booking.id, "a booking is now {status}");
    Ok(Told { details: BookingDetails { booking, mentor, session_type }, history })
}
