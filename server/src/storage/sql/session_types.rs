//! Session types. A retired one keeps its row for the bookings that were made of it.

use slotsmith_engine::{Instant, Policy, PolicySpec};
use sqlx::query::Query;

use super::{
    Result, StoreError,
    dialect::{Arguments, Columns, Connection, Driver, id_of, time_of},
    failed, failed_unless_unique,
    rows::unfit,
};
use crate::{
    ids::{MentorId, SessionTypeId},
    mentors::Slug,
    session_types::SessionType,
};

pub(super) async fn of_mentor(db: &mut Connection, mentor: MentorId) -> Result<Vec<SessionType>> {
    sqlx::query("SELECT * FROM public_session_types WHERE mentor_id = $1 ORDER BY slug")
        .bind(id_of(mentor))
        .fetch_all(db)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| session_type(&Columns(row)))
        .collect()
}

pub(super) async fn by_slug(
    db: &mut Connection,
    mentor: MentorId,
    slug: &Slug,
) -> Result<Option<SessionType>> {
    let row = sqlx::query("SELECT * FROM public_session_types WHERE mentor_id = $1 AND slug = $2")
        .bind(id_of(mentor))
        .bind(slug.as_str())
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    row.map(|row| session_type(&Columns(row))).transpose()
}

/// What a row has of a session type, if anything.
pub(super) fn offer(row: &Columns) -> Result<Option<SessionType>> {
    row.text_or_null("id")?.map(|_| session_type(row)).transpose()
}

/// Also when retired, for whoever has a booking of it.
pub(super) async fn by_id(
    db: &mut Connection,
    mentor: MentorId,
    id: SessionTypeId,
) -> Result<Option<SessionType>> {
    let row = sqlx::query("SELECT * FROM session_types WHERE mentor_id = $1 AND id = $2")
        .bind(id_of(mentor))
        .bind(id_of(id))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    row.map(|row| session_type(&Columns(row))).transpose()
}

pub(super) async fn insert(db: &mut Connection, new: &SessionType) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO session_types (slug, title, duration_minutes, step_minutes, buffer_before_minutes,
             buffer_after_minutes, minimum_notice_minutes, horizon_days, max_per_day, max_per_week, location_kind,
             price_label, requires_confirmation, reminders_minutes, mentor_id, id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    );
    bound(query, new)?.execute(db).await.map_err(|e| failed_unless_unique(e, "slug"))?;
    Ok(())
}

pub(super) async fn update(db: &mut Connection, changed: &SessionType) -> Result<()> {
    let query = sqlx::query(
        "UPDATE session_types SET slug = $1, title = $2, duration_minutes = $3, step_minutes = $4,
             buffer_before_minutes = $5, buffer_after_minutes = $6, minimum_notice_minutes = $7, horizon_days = $8,
             max_per_day = $9, max_per_week = $10, location_kind = $11, price_label = $12, requires_confirmation = $13,
             reminders_minutes = $14
         WHERE mentor_id = $15 AND id = $16 AND retired_at IS NULL",
    );
    let done = bound(query, changed)?.execute(db).await.map_err(|e| failed_unless_unique(e, "slug"))?;
    if done.rows_affected() == 0 { Err(StoreError::Missing("session_type")) } else { Ok(()) }
}

pub(super) async fn retire(db: &mut Connection, mentor: MentorId, slug: &Slug, now: Instant) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE session_types SET retired_at = $1 WHERE mentor_id = $2 AND slug = $3 AND retired_at IS NULL",
    )
    .bind(time_of(now))
    .bind(id_of(mentor))
    .bind(slug.as_str())
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(done.rows_affected() > 0)
}

/// Both statements name their columns in this order.
fn bound<'q>(
    query: Query<'q, Driver, Arguments>,
    from: &'q SessionType,
) -> Result<Query<'q, Driver, Arguments>> {
    let spec = from.policy.spec();
    let reminders =
        serde_json::to_string(&from.reminders_minutes).map_err(|e| StoreError::Broken(e.into()))?;
    Ok(query
        .bind(from.slug.as_str())
        .bind(&from.title)
        .bind(i64::from(spec.duration_minutes))
        .bind(spec.step_minutes.map(i64::from))
        .bind(i64::from(spec.buffer_before_minutes))
        .bind(i64::from(spec.buffer_after_minutes))
        .bind(i64::from(spec.minimum_notice_minutes))
        .bind(spec.horizon_days.map(i64::from))
        .bind(spec.max_per_day.map(i64::from))
        .bind(spec.max_per_week.map(i64::from))
        .bind(from.location.as_str())
        .bind(&from.price_label)
        .bind(from.requires_confirmation)
        .bind(reminders)
        .bind(id_of(from.mentor))
        .bind(id_of(from.id)))
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
        requires_confirmation: row.boolean("requires_confirmation")?,
        reminders_minutes: serde_json::from_str(&reminders)
            .map_err(|_| unfit("reminders_minutes", &reminders))?,
    })
}
