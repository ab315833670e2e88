//! Slots that are kept for somebody.

use slotsmith_engine::Instant;

use super::{
    Result,
    dialect::{Connection, id_of, time_of},
    failed,
};
use crate::{
    booking::Hold,
    ids::{HoldId, MentorId, SecretHash},
};

/// Forgets the mentor's that are over, too.
pub(super) async fn insert(db: &mut Connection, new: &Hold, token: SecretHash, now: Instant) -> Result<()> {
    sqlx::query("DELETE FROM holds WHERE mentor_id = $1 AND expires_at <= $2")
        .bind(id_of(new.mentor))
        .bind(time_of(now))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    sqlx::query(
        "INSERT INTO holds (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
             buffer_after_minutes, hash, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id_of(new.mentor))
    .bind(id_of(new.id))
    .bind(id_of(new.session_type))
    .bind(time_of(new.meeting.start()))
    .bind(time_of(new.meeting.end()))
    .bind(new.buffers.before_seconds / 60)
    .bind(new.buffers.after_seconds / 60)
    .bind(&token.0[..])
    .bind(time_of(new.expires_at))
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn release(db: &mut Connection, id: HoldId, token: SecretHash) -> Result<bool> {
    let done = sqlx::query("DELETE FROM holds WHERE id = $1 AND hash = $2")
        .bind(id_of(id))
        .bind(&token.0[..])
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn remove(db: &mut Connection, mentor: MentorId, token: SecretHash) -> Result<()> {
    sqlx::query("DELETE FROM holds WHERE mentor_id = $1 AND hash = $2")
        .bind(id_of(mentor))
        .bind(&token.0[..])
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}
