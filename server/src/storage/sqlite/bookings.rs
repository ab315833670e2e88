//! Bookings, their history and their tokens.

use slotsmith_engine::{Buffers, Instant};
use sqlx::SqliteConnection;

use super::{
    super::engine_booking, Calendar, CalendarSpan, Result, StoreError, failed, hours, mentors, rows::Columns,
    session_types,
};
use crate::{
    booking::{Booker, Booking, BookingDetails, HistoryEntry, Moment, Party},
    ids::{BookingId, JobId, MentorId, SecretHash},
    mentors::MentorRef,
};

/// Hours and active bookings, `except` one. Run it inside a transaction, or it may see two moments.
pub(super) async fn calendar(
    db: &mut SqliteConnection,
    mentor: MentorId,
    span: CalendarSpan,
    except: Option<BookingId>,
) -> Result<Calendar> {
    let found = mentors::find(db, &MentorRef::Id(mentor)).await?.ok_or(StoreError::Missing("mentor"))?;
    let hours = hours::read(db, mentor).await?;
    let bookings = sqlx::query(
        "SELECT starts_at, ends_at, buffer_before_minutes, buffer_after_minutes FROM bookings
         WHERE mentor_id = ? AND status IN ('pending', 'confirmed') AND starts_at >= ? AND starts_at < ? AND id <> ?
         ORDER BY starts_at",
    )
    .bind(mentor.to_string())
    .bind(span.from.unix())
    .bind(span.until.unix())
    .bind(except.map(|id| id.to_string()).unwrap_or_default())
    .fetch_all(db)
    .await
    .map_err(failed)?
    .into_iter()
    .map(|row| {
        let row = Columns(row);
        Ok(engine_booking(row.meeting()?, row.buffers()?))
    })
    .collect::<Result<Vec<_>>>()?;
    Ok(Calendar { span, timezone: found.timezone, hours, bookings })
}

/// Run it inside a transaction, or it may see two moments.
pub(super) async fn details(db: &mut SqliteConnection, id: BookingId) -> Result<Option<BookingDetails>> {
    let row = sqlx::query("SELECT * FROM bookings WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(&mut *db)
        .await
        .map_err(failed)?;
    let Some(row) = row else { return Ok(None) };
    let booking = booking(&Columns(row))?;
    let mentor = mentors::find(db, &MentorRef::Id(booking.mentor)).await?;
    let session_type = session_types::by_id(db, booking.mentor, booking.session_type).await?;
    Ok(Some(BookingDetails {
        mentor: mentor.ok_or(StoreError::Missing("mentor"))?,
        session_type: session_type.ok_or(StoreError::Missing("session_type"))?,
        booking,
    }))
}

pub(super) async fn find(
    db: &mut SqliteConnection,
    mentor: MentorId,
    id: BookingId,
) -> Result<Option<Booking>> {
    let row = sqlx::query("SELECT * FROM bookings WHERE mentor_id = ? AND id = ?")
        .bind(mentor.to_string())
        .bind(id.to_string())
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    row.map(|row| booking(&Columns(row))).transpose()
}

pub(super) async fn insert(db: &mut SqliteConnection, new: &Booking) -> Result<()> {
    let (before, after) = minutes(new.buffers);
    sqlx::query(
        "INSERT INTO bookings (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
             buffer_after_minutes, status, name, email, phone, message, timezone, cancel_reason, sequence,
             created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.mentor.to_string())
    .bind(new.id.to_string())
    .bind(new.session_type.to_string())
    .bind(new.meeting.start().unix())
    .bind(new.meeting.end().unix())
    .bind(before)
    .bind(after)
    .bind(new.status.as_str())
    .bind(&new.booker.name)
    .bind(&new.booker.email)
    .bind(&new.booker.phone)
    .bind(&new.booker.message)
    .bind(&new.booker.timezone)
    .bind(&new.cancel_reason)
    .bind(new.sequence)
    .bind(new.created_at.unix())
    .bind(new.created_at.unix())
    .execute(db)
    .await
    .map_err(taken_or_failed)?;
    Ok(())
}

pub(super) async fn update(db: &mut SqliteConnection, changed: &Booking, now: Instant) -> Result<()> {
    let (before, after) = minutes(changed.buffers);
    sqlx::query(
        "UPDATE bookings SET starts_at = ?, ends_at = ?, buffer_before_minutes = ?, buffer_after_minutes = ?,
             status = ?, cancel_reason = ?, sequence = ?, updated_at = ?
         WHERE mentor_id = ? AND id = ?",
    )
    .bind(changed.meeting.start().unix())
    .bind(changed.meeting.end().unix())
    .bind(before)
    .bind(after)
    .bind(changed.status.as_str())
    .bind(&changed.cancel_reason)
    .bind(changed.sequence)
    .bind(now.unix())
    .bind(changed.mentor.to_string())
    .bind(changed.id.to_string())
    .execute(db)
    .await
    .map_err(taken_or_failed)?;
    Ok(())
}

pub(super) async fn record(db: &mut SqliteConnection, booking: &Booking, entry: &HistoryEntry) -> Result<()> {
    sqlx::query(
        "INSERT INTO booking_history (mentor_id, booking_id, sequence, at, actor, action, from_starts_at,
             from_status, to_starts_at, to_status, reason)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(booking.mentor.to_string())
    .bind(booking.id.to_string())
    .bind(booking.sequence)
    .bind(entry.at.unix())
    .bind(entry.actor.as_str())
    .bind(entry.action.as_str())
    .bind(entry.from.map(|from| from.start.unix()))
    .bind(entry.from.map(|from| from.status.as_str()))
    .bind(entry.to.start.unix())
    .bind(entry.to.status.as_str())
    .bind(&entry.reason)
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn history(db: &mut SqliteConnection, booking: &Booking) -> Result<Vec<HistoryEntry>> {
    sqlx::query("SELECT * FROM booking_history WHERE mentor_id = ? AND booking_id = ? ORDER BY sequence")
        .bind(booking.mentor.to_string())
        .bind(booking.id.to_string())
        .fetch_all(db)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| history_entry(&Columns(row)))
        .collect()
}

pub(super) async fn insert_token(
    db: &mut SqliteConnection,
    booking: &Booking,
    token: SecretHash,
    holder: Party,
    for_job: Option<JobId>,
    now: Instant,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO booking_tokens (mentor_id, booking_id, hash, holder, job_id, created_at)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (mentor_id, booking_id, job_id) WHERE job_id IS NOT NULL
         DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at",
    )
    .bind(booking.mentor.to_string())
    .bind(booking.id.to_string())
    .bind(&token.0[..])
    .bind(holder.as_str())
    .bind(for_job.map(|job| job.to_string()))
    .bind(now.unix())
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn token_holder(
    db: &mut SqliteConnection,
    booking: &Booking,
    token: SecretHash,
) -> Result<Option<Party>> {
    let row =
        sqlx::query("SELECT holder FROM booking_tokens WHERE mentor_id = ? AND booking_id = ? AND hash = ?")
            .bind(booking.mentor.to_string())
            .bind(booking.id.to_string())
            .bind(&token.0[..])
            .fetch_optional(db)
            .await
            .map_err(failed)?;
    row.map(|row| Columns(row).parsed("holder")).transpose()
}

/// The trigger says so in its own words; the index on active starts, should it ever come first, by its columns.
fn taken_or_failed(error: sqlx::Error) -> StoreError {
    match error.as_database_error() {
        Some(database)
            if database.is_unique_violation() && database.message().ends_with("bookings.starts_at") =>
        {
            StoreError::SlotTaken
        }
        _ => failed(error),
    }
}

fn minutes(buffers: Buffers) -> (i64, i64) {
    (buffers.before_seconds / 60, buffers.after_seconds / 60)
}

fn booking(row: &Columns) -> Result<Booking> {
    Ok(Booking {
        id: row.parsed("id")?,
        mentor: row.parsed("mentor_id")?,
        session_type: row.parsed("session_type_id")?,
        meeting: row.meeting()?,
        buffers: row.buffers()?,
        status: row.parsed("status")?,
        booker: Booker {
            name: row.text("name")?,
            email: row.text("email")?,
            phone: row.text_or_null("phone")?,
            message: row.text_or_null("message")?,
            timezone: row.text("timezone")?,
        },
        cancel_reason: row.text_or_null("cancel_reason")?,
        sequence: row.number("sequence")?,
        created_at: row.instant("created_at")?,
    })
}

fn history_entry(row: &Columns) -> Result<HistoryEntry> {
    let from = match row.text_or_null("from_status")? {
        None => None,
        Some(_) => Some(Moment { start: row.instant("from_starts_at")?, status: row.parsed("from_status")? }),
    };
    Ok(HistoryEntry {
        at: row.instant("at")?,
        actor: row.parsed("actor")?,
        action: row.parsed("action")?,
        from,
        to: Moment { start: row.instant("to_starts_at")?, status: row.parsed("to_status")? },
        reason: row.text_or_null("reason")?,
    })
}
