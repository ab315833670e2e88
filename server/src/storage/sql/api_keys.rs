//! Keys for programs, by the hash of their secret.

use slotsmith_engine::Instant;

use super::{
    Result,
    dialect::{Columns, Connection, id_of, time_of},
    failed,
};
use crate::{
    auth::{ApiKey, NewApiKey, Role},
    ids::SecretHash,
};

pub(super) async fn find(db: &mut Connection, secret: SecretHash) -> Result<Option<ApiKey>> {
    let row = sqlx::query("SELECT id, mentor_id FROM api_keys WHERE hash = $1")
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

pub(super) async fn insert(db: &mut Connection, new: &NewApiKey, now: Instant) -> Result<()> {
    let (role, mentor) = match new.key.role {
        Role::Admin => ("admin", None),
        Role::Mentor(mentor) => ("mentor", Some(id_of(mentor))),
    };
    sqlx::query(
        "INSERT INTO api_keys (id, hash, role, mentor_id, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id_of(new.key.id))
    .bind(&new.hash.0[..])
    .bind(role)
    .bind(mentor)
    .bind(&new.name)
    .bind(time_of(now))
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}
