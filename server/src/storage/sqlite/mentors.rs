//! Mentors.

use slotsmith_engine::Instant;
use sqlx::SqliteConnection;

use super::{MentorPage, Result, failed, failed_unless_unique, rows::Columns, session_types};
use crate::mentors::{Mentor, MentorRef, Slug};

pub(super) async fn page(db: &mut SqliteConnection, after: Option<&Slug>, limit: u32) -> Result<MentorPage> {
    let rows = sqlx::query(
        "SELECT id, slug, name, headline, timezone, email FROM mentors
         WHERE slug > ? ORDER BY slug LIMIT ?",
    )
    .bind(after.map_or("", Slug::as_str))
    .bind(i64::from(limit) + 1)
    .fetch_all(&mut *db)
    .await
    .map_err(failed)?;
    let more = rows.len() > limit as usize;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.into_iter().take(limit as usize) {
        let mentor = mentor(&Columns(row))?;
        let offers = session_types::of_mentor(db, mentor.id).await?;
        items.push((mentor, offers));
    }
    Ok(MentorPage { items, more })
}

pub(super) async fn find(db: &mut SqliteConnection, mentor_ref: &MentorRef) -> Result<Option<Mentor>> {
    let query = match mentor_ref {
        MentorRef::Id(_) => "SELECT id, slug, name, headline, timezone, email FROM mentors WHERE id = ?",
        MentorRef::Slug(_) => "SELECT id, slug, name, headline, timezone, email FROM mentors WHERE slug = ?",
    };
    let key = match mentor_ref {
        MentorRef::Id(id) => id.to_string(),
        MentorRef::Slug(slug) => slug.to_string(),
    };
    let row = sqlx::query(query).bind(key).fetch_optional(db).await.map_err(failed)?;
    row.map(|row| mentor(&Columns(row))).transpose()
}

pub(super) async fn insert(db: &mut SqliteConnection, mentor: &Mentor, now: Instant) -> Result<()> {
    sqlx::query(
        "INSERT INTO mentors (id, slug, name, headline, timezone, email, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(mentor.id.to_string())
    .bind(mentor.slug.as_str())
    .bind(&mentor.name)
    .bind(&mentor.headline)
    .bind(&mentor.timezone)
    .bind(&mentor.email)
    .bind(now.unix())
    .execute(db)
    .await
    .map_err(|e| failed_unless_unique(e, "slug"))?;
    Ok(())
}

pub(super) fn mentor(row: &Columns) -> Result<Mentor> {
    Ok(Mentor {
        id: row.parsed("id")?,
        slug: row.parsed("slug")?,
        name: row.text("name")?,
        headline: row.text("headline")?,
        timezone: row.text("timezone")?,
        email: row.text_or_null("email")?,
    })
}
