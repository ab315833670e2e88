//! What is remembered of requests for a while.

use std::num::NonZeroU32;

use slotsmith_engine::Instant;

use super::{
    super::Counted,
    Result,
    dialect::{Columns, Connection, FORGET_ATTEMPTS, MADE_UNDER_EMAIL, id_of, time_of},
    failed, lock,
};
use crate::{
    booking::{FirstAnswer, kept_since},
    ids::{AttemptId, MentorId, Salt, SecretHash},
};

pub(super) async fn first_answer(
    db: &mut Connection,
    mentor: MentorId,
    key: SecretHash,
    since: Instant,
) -> Result<Option<FirstAnswer>> {
    let row = sqlx::query(
        "SELECT request, salt, booking_id, starts_at, ends_at, status FROM idempotency_keys
         WHERE mentor_id = $1 AND key = $2 AND created_at >= $3",
    )
    .bind(id_of(mentor))
    .bind(&key.0[..])
    .bind(time_of(since))
    .fetch_optional(db)
    .await
    .map_err(failed)?;
    row.map(|row| {
        let row = Columns(row);
        Ok(FirstAnswer {
            request: SecretHash(row.digest("request")?),
            salt: Salt(row.digest("salt")?),
            booking: row.parsed("booking_id")?,
            meeting: row.meeting()?,
            status: row.parsed("status")?,
        })
    })
    .transpose()
}

pub(super) async fn keep_answer(
    db: &mut Connection,
    mentor: MentorId,
    key: SecretHash,
    answer: &FirstAnswer,
    now: Instant,
) -> Result<()> {
    sqlx::query("DELETE FROM idempotency_keys WHERE mentor_id = $1 AND created_at < $2")
        .bind(id_of(mentor))
        .bind(time_of(kept_since(now)))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    sqlx::query(
        "INSERT INTO idempotency_keys (mentor_id, key, request, salt, booking_id, starts_at, ends_at, status,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id_of(mentor))
    .bind(&key.0[..])
    .bind(&answer.request.0[..])
    .bind(&answer.salt.0[..])
    .bind(id_of(answer.booking))
    .bind(time_of(answer.meeting.start()))
    .bind(time_of(answer.meeting.end()))
    .bind(answer.status.as_str())
    .bind(time_of(now))
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn nth_recent(
    db: &mut Connection,
    mentor: MentorId,
    of: Counted<'_>,
    nth: NonZeroU32,
    since: Instant,
) -> Result<Option<Instant>> {
    const BY_MENTOR: &str =
        "SELECT created_at FROM public_bookings_made WHERE mentor_id = $1 AND created_at > $2
         ORDER BY created_at DESC LIMIT 1 OFFSET $3";
    let query = match of {
        Counted::Email(email) => {
            // Bookings with other mentors count too, and those are under other locks.
            lock(db, &SecretHash::of(email.to_lowercase().as_bytes())).await?;
            sqlx::query(MADE_UNDER_EMAIL).bind(email)
        }
        Counted::Mentor => sqlx::query(BY_MENTOR).bind(id_of(mentor)),
    };
    let query = query.bind(time_of(since)).bind(i64::from(nth.get()) - 1);
    let row = query.fetch_optional(db).await.map_err(failed)?;
    row.map(|row| Columns(row).instant("created_at")).transpose()
}

pub(super) async fn count_attempt(
    db: &mut Connection,
    source: SecretHash,
    most: NonZeroU32,
    since: Instant,
    now: Instant,
) -> Result<Option<Instant>> {
    lock(db, &source).await?;
    sqlx::query(FORGET_ATTEMPTS).bind(time_of(since)).execute(&mut *db).await.map_err(failed)?;
    let full =
        sqlx::query("SELECT at FROM booking_attempts WHERE source = $1 ORDER BY at DESC LIMIT 1 OFFSET $2")
            .bind(&source.0[..])
            .bind(i64::from(most.get()) - 1)
            .fetch_optional(&mut *db)
            .await
            .map_err(failed)?;
    if let Some(row) = full {
        return Columns(row).instant("at").map(Some);
    }
    sqlx::query("INSERT INTO booking_attempts (source, id, at) VALUES ($1, $2, $3)")
        .bind(&source.0[..])
        .bind(id_of(AttemptId::new(now)))
        .bind(time_of(now))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(None)
}
