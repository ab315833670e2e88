//! Moves a booking to another time; its id, its links and its calendar UID stay.

use slotsmith_engine::Instant;

use super::{Action, BookingDetails, BookingError, HistoryEntry, Party, Status, Told, admitted, beaten};
use crate::{
    app::App,
    jobs::NewJob,
    storage::{CalendarSpan, Except, StoreError},
};

/// Moves a booking to `start`, under its session type's present rules. Moving it to where it is changes nothing.
///
/// # Errors
/// [`BookingError::State`] when it is not active, [`BookingError::Begun`] when it has begun, and
/// [`BookingError::Refused`] as for a new booking; its own time does not stand in its way.
pub async fn reschedule(
    app: &App,
    details: BookingDetails,
    actor: Party,
    start: Instant,
    now: Instant,
) -> Result<Told, BookingError> {
    let BookingDetails { booking, mentor, session_type } = details;
    let mut write = app.store.write(mentor.id).await?;
    let mut booking = write.booking(booking.id).await?.ok_or(BookingError::NotFound)?;
    if !booking.status.is_active() {
        return Err(BookingError::State(booking.status));
    }
    if booking.meeting.start() <= now {
        return Err(BookingError::Begun);
    }
    if booking.meeting.start() == start {
        let history = write.history(&booking).await?;
        return Ok(Told { details: BookingDetails { booking, mentor, session_type }, history });
    }
    let (policy, except) = (session_type.policy, Except::Booking(booking.id));
    let calendar = write.calendar(CalendarSpan::judging(start, policy), except, now).await?;
    let meeting = admitted(app, &mut *write, &calendar, policy, start, except, now).await?;

    let before = booking.moment();
    booking.meeting = meeting;
    booking.buffers = policy.buffers();
    booking.sequence += 1;
    match write.update_booking(&booking, now).await {
        Err(StoreError::SlotTaken) => {
            drop(write);
            return Err(beaten(app, &booking, policy, except, now).await);
        }
        updated => updated?,
    }
    let moved = HistoryEntry {
        at: now,
        actor,
        action: Action::Rescheduled,
        from: Some(before),
        to: booking.moment(),
        reason: None,
    };
    write.record(&booking, &moved).await?;
    if booking.status == Status::Pending {
        write.enqueue(&NewJob::expiry(booking.id, start, now)).await?;
    }
    let history = write.history(&booking).await?;
    write.save().await?;
    tracing::info!(booking.id = %booking.id, start = %start, "moved a booking");
    Ok(Told { details: BookingDetails { booking, mentor, session_type }, history })
}
