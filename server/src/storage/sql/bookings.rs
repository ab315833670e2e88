//! Bookings, their history and their tokens.

use std::sync::LazyLock;

use slotsmith_engine::{Buffers, Instant};
use sqlx::AssertSqlSafe;

use super::{
    Result, StoreError,
    dialect::{Columns, Connection, id_of, time_of, together},
    failed, mentors, session_types,
};
use crate::{
    booking::{Booker, Booking, BookingDetails, HistoryEntry, Moment, Party},
    ids::{BookingId, JobId, MentorId, SecretHash},
    jobs::NewJob,
    mentors::MentorRef,
};

/// Run it inside a transaction, or it may see two moments.
pub(super) async fn details(db: &mut Connection, id: BookingId) -> Result<Option<BookingDetails>> {
    let row = sqlx::query("SELECT * FROM bookings WHERE id = $1")
        .bind(id_of(id))
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

pub(super) async fn find(db: &mut Connection, mentor: MentorId, id: BookingId) -> Result<Option<Booking>> {
    let row = sqlx::query("SELECT * FROM bookings WHERE mentor_id = $1 AND id = $2")
        .bind(id_of(mentor))
        .bind(id_of(id))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    row.map(|row| booking(&Columns(row))).transpose()
}

pub(super) async fn insert(db: &mut Connection, new: &Booking) -> Result<()> {
    let (before, after) = minutes(new.buffers);
    // Whatever is in the way, PostgreSQL then leaves this row out without an error and without a deadlock; SQLite's trigger
    // raises one.
    let done = sqlx::query(
        "INSERT INTO bookings (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
             buffer_after_minutes, status, name, email, phone, message, timezone, cancel_reason, sequence,
             created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         ON CONFLICT DO NOTHING",
    )
    .bind(id_of(new.mentor))
    .bind(id_of(new.id))
    .bind(id_of(new.session_type))
    .bind(time_of(new.meeting.start()))
    .bind(time_of(new.meeting.end()))
    .bind(before)
    .bind(after)
    .bind(new.status.as_str())
    .bind(&new.booker.name)
    .bind(&new.booker.email)
    .bind(&new.booker.phone)
    .bind(&new.booker.message)
    .bind(&new.booker.timezone)
    .bind(&new.cancel_reason)
    .bind(i64::from(new.sequence))
    .bind(time_of(new.created_at))
    .bind(time_of(new.created_at))
    .execute(db)
    .await
    .map_err(failed)?;
    if done.rows_affected() == 0 { Err(StoreError::SlotTaken) } else { Ok(()) }
}

pub(super) async fn update(db: &mut Connection, changed: &Booking, now: Instant) -> Result<()> {
    let (before, after) = minutes(changed.buffers);
    sqlx::query(
        "UPDATE bookings SET starts_at = $1, ends_at = $2, buffer_before_minutes = $3, buffer_after_minutes = $4,
             status = $5, cancel_reason = $6, sequence = $7, updated_at = $8
         WHERE mentor_id = $9 AND id = $10",
    )
    .bind(time_of(changed.meeting.start()))
    .bind(time_of(changed.meeting.end()))
    .bind(before)
    .bind(after)
    .bind(changed.status.as_str())
    .bind(&changed.cancel_reason)
    .bind(i64::from(changed.sequence))
    .bind(time_of(now))
    .bind(id_of(changed.mentor))
    .bind(id_of(changed.id))
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn record(db: &mut Connection, booking: &Booking, entry: &HistoryEntry) -> Result<()> {
    sqlx::query(
        "INSERT INTO booking_history (mentor_id, booking_id, sequence, at, actor, action, from_starts_at,
             from_status, to_starts_at, to_status, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id_of(booking.mentor))
    .bind(id_of(booking.id))
    .bind(i64::from(booking.sequence))
    .bind(time_of(entry.at))
    .bind(entry.actor.as_str())
    .bind(entry.action.as_str())
    .bind(entry.from.map(|from| time_of(from.start)))
    .bind(entry.from.map(|from| from.status.as_str()))
    .bind(time_of(entry.to.start))
    .bind(entry.to.status.as_str())
    .bind(&entry.reason)
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn history(db: &mut Connection, booking: &Booking) -> Result<Vec<HistoryEntry>> {
    sqlx::query("SELECT * FROM booking_history WHERE mentor_id = $1 AND booking_id = $2 ORDER BY sequence")
        .bind(id_of(booking.mentor))
        .bind(id_of(booking.id))
        .fetch_all(db)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| history_entry(&Columns(row)))
        .collect()
}

/// What goes with a new booking, in one message to the database.
pub(super) async fn insert_beside(
    db: &mut Connection,
    booking: &Booking,
    token: SecretHash,
    created: &HistoryEntry,
    jobs: [&NewJob; 2],
) -> Result<()> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        together([
            "INSERT INTO booking_tokens (mentor_id, booking_id, hash, holder, created_at)
             VALUES ($1, $2, $3, 'booker', $4)",
            "INSERT INTO booking_history (mentor_id, booking_id, sequence, at, actor, action, to_starts_at, to_status)
             VALUES ($1, $2, $5, $4, $6, $7, $8, $9)",
            "INSERT INTO jobs (id, key, task, run_at) VALUES ($10, $11, $12, $13), ($14, $15, $16, $17)
             ON CONFLICT DO NOTHING",
        ])
    });
    let mut query = sqlx::query(AssertSqlSafe(TEXT.as_str()))
        .bind(id_of(booking.mentor))
        .bind(id_of(booking.id))
        .bind(&token.0[..])
        .bind(time_of(created.at))
        .bind(i64::from(booking.sequence))
        .bind(created.actor.as_str())
        .bind(created.action.as_str())
        .bind(time_of(created.to.start))
        .bind(created.to.status.as_str());
    for job in jobs {
        let task = serde_json::to_string(&job.task).map_err(|e| StoreError::Broken(e.into()))?;
        query = query.bind(id_of(job.id)).bind(&job.key).bind(task).bind(time_of(job.run_at));
    }
    query.execute(db).await.map_err(failed)?;
    Ok(())
}

/// Lets a token manage a booking. It replaces the one that an earlier try of the job made.
pub(super) async fn insert_token(
    db: &mut Connection,
    booking: &Booking,
    token: SecretHash,
    holder: Party,
    for_job: JobId,
    now: Instant,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO booking_tokens (mentor_id, booking_id, hash, holder, job_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (mentor_id, booking_id, job_id) WHERE job_id IS NOT NULL
         DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at",
    )
    .bind(id_of(booking.mentor))
    .bind(id_of(booking.id))
    .bind(&token.0[..])
    .bind(holder.as_str())
    .bind(id_of(for_job))
    .bind(time_of(now))
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn token_holder(
    db: &mut Connection,
    booking: &Booking,
    token: SecretHash,
) -> Result<Option<Party>> {
    let row = sqlx::query(
        "SELECT holder FROM booking_tokens WHERE mentor_id = $1 AND booking_id = $2 AND hash = $3",
    )
    .bind(id_of(booking.mentor))
    .bind(id_of(booking.id))
    .bind(&token.0[..])
    .fetch_optional(db)
    .await
    .map_err(failed)?;
    row.map(|row| Columns(row).parsed("holder")).transpose()
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
