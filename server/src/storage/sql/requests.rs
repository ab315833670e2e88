//! What is remembered of requests for a while.

use slotsmith_engine::Instant;

use super::{
    Result,
    dialect::{Columns, Connection, id_of, time_of},
    failed,
};
use crate::{
    booking::{FirstAnswer, kept_since},
    ids::{MentorId, Salt, SecretHash},
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
