//! Reads a store that is a file.

use std::path::Path;

use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

use super::{BookingRow, LineRow, Stored, put_together};
use crate::process::Failure;

pub(super) async fn read(file: &Path) -> Result<Stored, Failure> {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut db).await?;
    let damage = found.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect();
    let bookings: Vec<BookingRow> = sqlx::query_as(
        "SELECT b.id, m.slug, k.slug, b.email, b.starts_at, b.ends_at, b.status, b.sequence,
             EXISTS (SELECT 1 FROM booking_tokens WHERE mentor_id = b.mentor_id AND booking_id = b.id)
                 AND EXISTS (SELECT 1 FROM jobs WHERE key = 'confirmation:' || b.id || ':booker')
         FROM bookings AS b JOIN mentors AS m ON m.id = b.mentor_id
             JOIN session_types AS k ON k.mentor_id = b.mentor_id AND k.id = b.session_type_id",
    )
    .fetch_all(&mut db)
    .await?;
    let history: Vec<LineRow> = sqlx::query_as(
        "SELECT booking_id, sequence, action, from_starts_at, from_status, to_starts_at, to_status, reason
         FROM booking_history ORDER BY booking_id, sequence",
    )
    .fetch_all(&mut db)
    .await?;
    Ok(Stored { bookings: put_together(bookings, history), damage })
}
