//! Calls a booking off; its time is free at once.

use slotsmith_engine::Instant;

use super::{Action, BookingDetails, BookingError, HistoryEntry, Party, Status};
use crate::app::App;

/// Calls a booking off. Doing so again changes nothing and answers the same.
///
/// # Errors
/// [`BookingError::State`] when it ended in another way, [`BookingError::Begun`] when the meeting is over.
pub async fn cancel(
    app: &App,
    details: BookingDetails,
    actor: Party,
    reason: Option<String>,
    now: Instant,
) -> Result<BookingDetails, BookingError> {
    let BookingDetails { booking, mentor, session_type } = details;
    let mut write = app.store.write(mentor.id).await?;
    let mut booking = write.booking(booking.id).await?.ok_or(BookingError::NotFound)?;
    if booking.status == Status::Cancelled {
        return Ok(BookingDetails { booking, mentor, session_type });
    }
    if !booking.status.is_active() {
        return Err(BookingError::State(booking.status));
    }
    if booking.meeting.end() <= now {
        return Err(BookingError::Begun);
    }
    let before = booking.moment();
    booking.status = Status::Cancelled;
    booking.cancel_reason.clone_from(&reason);
    booking.sequence += 1;
    write.update_booking(&booking, now).await?;
    let called_off = HistoryEntry {
        at: now,
        actor,
        action: Action::Cancelled,
        from: Some(before),
        to: booking.moment(),
        reason,
    };
    write.record(&booking, &called_off).await?;
    write.save().await?;
    tracing::info!(booking.id = %booking.id, "cancelled a booking");
    Ok(BookingDetails { booking, mentor, session_type })
}
