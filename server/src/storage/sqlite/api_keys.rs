//! Keys for programs, by the hash of their secret.

use slotsmith_engine::Instant;
use sqlx::SqliteConnection;

use super::{Result, failed, rows::Columns};
use crate::{
    auth::{ApiKey, NewApiKey, Role},
    ids::SecretHash,
};

pub(super) async fn find(db: &mut SqliteConnection, secret: SecretHash) -> Result<Option<ApiKey>> {
    let row = sqlx::query("SELECT id, mentor_id FROM api_keys WHERE hash = ?")
        .bind(&secret.0[..])
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    row.map(|row| {
        let row = Columns(row);
        let role = match row.text_or_null("mentor_id")? {
            None => Role::Admin,
            Some(_) => Role::Mentor(row.parsed("mentor_id")?),
        };
        Ok(ApiKey { id: row.parsed("id")?, role })
    })
    .transpose()
}

pub(super) async fn insert(db: &mut SqliteConnection, new: &NewApiKey, now: Instant) -> Result<()> {
    let (role, mentor) = match new.key.role {
        Role::Admin => ("admin", None),
        Role::Mentor(mentor) => ("mentor", Some(mentor.to_string())),
    };
    sqlx::query(
        "INSERT INTO api_keys (id, hash, role, mentor_id, name, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(new.key.id.to_string())
    .bind(&new.hash.0[..])
    .bind(role)
    .bind(mentor)
    .bind(&new.name)
    .bind(now.unix())
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}
