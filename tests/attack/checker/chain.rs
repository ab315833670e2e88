//! The history of one booking by itself.

use crate::attack::{store::StoredBooking, world::Kind};

/// Whether the lines follow from each other and end where the booking stands.
pub(super) fn check(booking: &StoredBooking, kind: &Kind) -> Result<(), String> {
    let mut before: Option<&(i64, String)> = None;
    for (sequence, line) in (0..).zip(&booking.lines) {
        if line.sequence != sequence {
            return Err(format!("\"{line}\" should be number {sequence}"));
        }
        if line.from.as_ref() != before {
            return Err(format!("\"{line}\" does not follow from {before:?}"));
        }
        let (from_start, status) = (before.map(|before| before.0), line.to.1.as_str());
        let fits = match line.action.as_str() {
            "created" => before.is_none() && status == "confirmed",
            "rescheduled" => from_start.is_some_and(|start| start != line.to.0) && status == "confirmed",
            "cancelled" => from_start == Some(line.to.0) && status == "cancelled",
            _ => false,
        };
        if !fits || before.is_some_and(|before| before.1 != "confirmed") {
            return Err(format!("\"{line}\" cannot happen after {before:?}"));
        }
        before = Some(&line.to);
    }
    let state = &booking.state;
    if before != Some(&(state.start, state.status.clone())) {
        return Err(format!("the history ends with {before:?}, the booking is {state}"));
    }
    if booking.sequence + 1 != i64::try_from(booking.lines.len()).unwrap_or(i64::MAX) {
        return Err(format!(
            "{} lines for a booking with sequence {}",
            booking.lines.len(),
            booking.sequence
        ));
    }
    if state.end - state.start != kind.minutes * 60 {
        return Err(format!("the booking is {state}, which is not {} minutes", kind.minutes));
    }
    Ok(())
}
