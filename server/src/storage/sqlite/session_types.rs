//! Session types. A retired one keeps its row for the bookings that were made of it.

use slotsmith_engine::{Instant, Policy, PolicySpec};
use sqlx::{Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};

use super::{Result, StoreError, failed, failed_unless_unique, rows::Columns, rows::unfit};
use crate::{
    ids::{MentorId, SessionTypeId},
    mentors::Slug,
    session_types::SessionType,
};

pub(super) async fn of_mentor(db: &mut SqliteConnection, mentor: MentorId) -> Result<Vec<SessionType>> {
    sqlx::query("SELECT * FROM session_types WHERE mentor_id = ? AND retired_at IS NULL ORDER BY slug")
        .bind(mentor.to_string())
        .fetch_all(db)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| session_type(&Columns(row)))
        .collect()
}

pub(super) async fn by_slug(
    db: &mut SqliteConnection,
    mentor: MentorId,
    slug: &Slug,
) -> Result<Option<SessionType>> {
    let row =
        sqlx::query("SELECT * FROM session_types WHERE mentor_id = ? AND slug = ? AND retired_at IS NULL")
            .bind(mentor.to_string())
            .bind(slug.as_str())
            .fetch_optional(db)
            .await
            .map_err(failed)?;
    row.map(|row| session_type(&Columns(row))).transpose()
}

/// Also when retired.
pub(super) async fn by_id(
    db: &mut SqliteConnection,
    mentor: MentorId,
    id: SessionTypeId,
) -> Result<Option<SessionType>> {
    let row = sqlx::query("SELECT * FROM session_types WHERE mentor_id = ? AND id = ?")
        .bind(mentor.to_string())
        .bind(id.to_string())
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    row.map(|row| session_type(&Columns(row))).transpose()
}

pub(super) async fn insert(db: &mut SqliteConnection, new: &SessionType) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO session_types (slug, title, duration_minutes, step_minutes, buffer_before_minutes,
             buffer_after_minutes, minimum_notice_minutes, horizon_days, max_per_day, max_per_week, location_kind,
             price_label, requires_confirmation, reminders_minutes, mentor_id, id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    bound(query, new)?.execute(db).await.map_err(|e| failed_unless_unique(e, "slug"))?;
    Ok(())
}

pub(super) async fn update(db: &mut SqliteConnection, changed: &SessionType) -> Result<()> {
    let query = sqlx::query(
        "UPDATE session_types SET slug = ?, title = ?, duration_minutes = ?, step_minutes = ?,
             buffer_before_minutes = ?, buffer_after_minutes = ?, minimum_notice_minutes = ?, horizon_days = ?,
             max_per_day = ?, max_per_week = ?, location_kind = ?, price_label = ?, requires_confirmation = ?,
             reminders_minutes = ?
         WHERE mentor_id = ? AND id = ? AND retired_at IS NULL",
    );
    let done = bound(query, changed)?.execute(db).await.map_err(|e| failed_unless_unique(e, "slug"))?;
    if done.rows_affected() == 0 { Err(StoreError::Missing("session_type")) } else { Ok(()) }
}

pub(super) async fn retire(
    db: &mut SqliteConnection,
    mentor: MentorId,
    slug: &Slug,
    now: Instant,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE session_types SET retired_at = ? WHERE mentor_id = ? AND slug = ? AND retired_at IS NULL",
    )
    .bind(now.unix())
    .bind(mentor.to_string())
    .bind(slug.as_str())
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(done.rows_affected() > 0)
}

/// Both statements name their columns in this order.
fn bound<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    from: &'q SessionType,
) -> Result<Query<'q, Sqlite, SqliteArguments>> {
    let spec = from.policy.spec();
    let reminders =
        serde_json::to_string(&from.reminders_minutes).map_err(|e| StoreError::Broken(e.into()))?;
    Ok(query
        .bind(from.slug.as_str())
        .bind(&from.title)
        .bind(spec.duration_minutes)
        .bind(spec.step_minutes)
        .bind(spec.buffer_before_minutes)
        .bind(spec.buffer_after_minutes)
        .bind(spec.minimum_notice_minutes)
        .bind(spec.horizon_days)
        .bind(spec.max_per_day)
        .bind(spec.max_per_week)
        .bind(from.location.as_str())
        .bind(&from.price_label)
        .bind(from.requires_confirmation)
        .bind(reminders)
        .bind(from.mentor.to_string())
        .bind(from.id.to_string()))
}

fn session_type(row: &Columns) -> Result<SessionType> {
    let spec = PolicySpec {
        duration_minutes: row.number("duration_minutes")?,
        step_minutes: row.number_or_null("step_minutes")?,
        buffer_before_minutes: row.number("buffer_before_minutes")?,
        buffer_after_minutes: row.number("buffer_after_minutes")?,
        minimum_notice_minutes: row.number("minimum_notice_minutes")?,
        horizon_days: row.number_or_null("horizon_days")?,
        max_per_day: row.number_or_null("max_per_day")?,
        max_per_week: row.number_or_null("max_per_week")?,
    };
    let reminders = row.text("reminders_minutes")?;
    Ok(SessionType {
        id: row.parsed("id")?,
        mentor: row.parsed("mentor_id")?,
        slug: row.parsed("slug")?,
        title: row.text("title")?,
        policy: Policy::new(spec).map_err(|e| StoreError::Broken(e.into()))?,
        location: row.parsed("location_kind")?,
        price_label: row.text_or_null("price_label")?,
        requires_confirmation: row.integer("requires_confirmation")? != 0,
        reminders_minutes: serde_json::from_str(&reminders)
            .map_err(|_| unfit("reminders_minutes", &reminders))?,
    })
}
