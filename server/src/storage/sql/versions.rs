//! How often what a mentor's slots follow from has changed.

use std::sync::Arc;

use slotsmith_engine::Instant;

use super::{
    super::{Changes, Cursor, Offer, Version},
    CalendarSpan, Result, calendar,
    dialect::{CHANGES, Columns, Connection, id_of},
    failed, mentors, session_types,
};
use crate::{ids::MentorId, mentors::MentorRef};
/// All of it, since the beginning of time, would be of no use to whoever asks for the first time.
const NOTHING_YET: i64 = i64::MAX;

pub(super) async fn changes(db: &mut Connection, since: Option<Cursor>) -> Result<Changes> {
    let rows = sqlx::query(CHANGES)
        .bind(since.map_or(NOTHING_YET, |cursor| cursor.0))
        .fetch_all(db)
        .await
        .map_err(failed)?;
    let mut changes = Changes { cursor: Cursor(0), changed: Vec::new() };
    for row in rows {
        let row = Columns(row);
        changes.cursor = Cursor(row.integer("cursor")?);
        if let Some(version) = row.integer_or_null("version")? {
            changes.changed.push((row.parsed("mentor_id")?, Version(version)));
        }
    }
    Ok(changes)
}

/// Run it inside a transaction, or it may see several moments.
pub(super) async fn offer(
    db: &mut Connection,
    mentor: MentorId,
    span: CalendarSpan,
    now: Instant,
) -> Result<Option<Offer>> {
    let Some(found) = mentors::find(db, &MentorRef::Id(mentor)).await? else { return Ok(None) };
    let version = sqlx::query("SELECT version FROM versions WHERE mentor_id = $1")
        .bind(id_of(mentor))
        .fetch_one(&mut *db)
        .await
        .map_err(failed)?;
    Ok(Some(Offer {
        version: Version(Columns(version).integer("version")?),
        mentor: found,
        session_types: session_types::of_mentor(db, mentor).await?.into_iter().map(Arc::new).collect(),
        calendar: calendar::read(db, mentor, span, super::super::Except::Nothing, now).await?,
    }))
}
