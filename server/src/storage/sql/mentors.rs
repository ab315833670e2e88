//! Mentors. Anybody may know them; their e-mail comes from the table itself, for whoever may see that.

use slotsmith_engine::Instant;

use super::{
    MentorPage, Result,
    dialect::{Columns, Connection, id_of, time_of},
    failed, failed_unless_unique, session_types,
};
use crate::{
    ids::MentorId,
    mentors::{Mentor, MentorRef, Slug},
};

pub(super) async fn page(db: &mut Connection, after: Option<&Slug>, limit: u32) -> Result<MentorPage> {
    let rows = sqlx::query(
        "SELECT shown.id, shown.slug, shown.name, shown.headline, shown.timezone, own.email
         FROM public_mentors AS shown LEFT JOIN mentors AS own ON own.id = shown.id
         WHERE shown.slug > $1 ORDER BY shown.slug LIMIT $2",
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

pub(super) async fn find(db: &mut Connection, mentor_ref: &MentorRef) -> Result<Option<Mentor>> {
    const BY_ID: &str = "SELECT shown.id, shown.slug, shown.name, shown.headline, shown.timezone, own.email
         FROM public_mentors AS shown LEFT JOIN mentors AS own ON own.id = shown.id WHERE shown.id = $1";
    const BY_SLUG: &str = "SELECT shown.id, shown.slug, shown.name, shown.headline, shown.timezone, own.email
         FROM public_mentors AS shown LEFT JOIN mentors AS own ON own.id = shown.id WHERE shown.slug = $1";
    let query = match mentor_ref {
        MentorRef::Id(id) => sqlx::query(BY_ID).bind(id_of(*id)),
        MentorRef::Slug(slug) => sqlx::query(BY_SLUG).bind(slug.as_str()),
    };
    let row = query.fetch_optional(db).await.map_err(failed)?;
    row.map(|row| mentor(&Columns(row))).transpose()
}

pub(super) async fn insert(db: &mut Connection, mentor: &Mentor, now: Instant) -> Result<()> {
    sqlx::query(
        "INSERT INTO mentors (id, slug, name, headline, timezone, email, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id_of(mentor.id))
    .bind(mentor.slug.as_str())
    .bind(&mentor.name)
    .bind(&mentor.headline)
    .bind(&mentor.timezone)
    .bind(&mentor.email)
    .bind(time_of(now))
    .execute(db)
    .await
    .map_err(|e| failed_unless_unique(e, "slug"))?;
    Ok(())
}

/// As everybody knows them.
pub(super) fn shown(row: &Columns, id: MentorId) -> Result<Mentor> {
    Ok(Mentor {
        id,
        slug: row.parsed("mentor_slug")?,
        name: row.text("name")?,
        headline: row.text("headline")?,
        timezone: row.text("timezone")?,
        email: None,
    })
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
