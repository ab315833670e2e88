//! Weekly hours and overrides.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::Window;
use sqlx::SqliteConnection;

use super::{Result, StoreError, failed, rows::Columns, rows::unfit};
use crate::{
    ids::MentorId,
    schedule::{Hours, Override, weekday_from_sunday},
};

pub(super) async fn read(db: &mut SqliteConnection, mentor: MentorId) -> Result<Hours> {
    let weekly = sqlx::query(
        "SELECT day_of_week, start_minute, end_minute FROM weekly_windows
         WHERE mentor_id = ? ORDER BY day_of_week, start_minute, end_minute",
    )
    .bind(mentor.to_string())
    .fetch_all(&mut *db)
    .await
    .map_err(failed)?
    .into_iter()
    .map(|row| {
        let row = Columns(row);
        let days = row.number("day_of_week")?;
        Ok((weekday_from_sunday(days).ok_or_else(|| unfit("day_of_week", days))?, row.window()?))
    })
    .collect::<Result<Vec<(Weekday, Window)>>>()?;

    let mut overrides: BTreeMap<NaiveDate, Override> = BTreeMap::new();
    let dates = sqlx::query("SELECT date, reason FROM overrides WHERE mentor_id = ?")
        .bind(mentor.to_string())
        .fetch_all(&mut *db)
        .await
        .map_err(failed)?;
    for row in dates {
        let row = Columns(row);
        let date = row.parsed("date")?;
        let reason = row.text_or_null("reason")?;
        overrides.insert(date, Override { date, windows: Vec::new(), reason });
    }
    let windows = sqlx::query(
        "SELECT date, start_minute, end_minute FROM override_windows
         WHERE mentor_id = ? ORDER BY date, start_minute, end_minute",
    )
    .bind(mentor.to_string())
    .fetch_all(db)
    .await
    .map_err(failed)?;
    for row in windows {
        let row = Columns(row);
        if let Some(one) = overrides.get_mut(&row.parsed("date")?) {
            one.windows.push(row.window()?);
        }
    }
    Ok(Hours { weekly, overrides: overrides.into_values().collect() })
}

pub(super) async fn replace(
    db: &mut SqliteConnection,
    mentor: MentorId,
    timezone: &str,
    hours: &Hours,
) -> Result<()> {
    let done = sqlx::query("UPDATE mentors SET timezone = ? WHERE id = ?")
        .bind(timezone)
        .bind(mentor.to_string())
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Missing("mentor"));
    }
    for table in
        ["DELETE FROM weekly_windows WHERE mentor_id = ?", "DELETE FROM overrides WHERE mentor_id = ?"]
    {
        sqlx::query(table).bind(mentor.to_string()).execute(&mut *db).await.map_err(failed)?;
    }
    for (day, window) in &hours.weekly {
        // The same window twice is the same hours.
        sqlx::query(
            "INSERT INTO weekly_windows (mentor_id, day_of_week, start_minute, end_minute) VALUES (?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(mentor.to_string())
        .bind(day.num_days_from_sunday())
        .bind(window.start().minutes())
        .bind(window.end().minutes())
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    }
    for one in &hours.overrides {
        put_override(db, mentor, one).await?;
    }
    Ok(())
}

pub(super) async fn put_override(db: &mut SqliteConnection, mentor: MentorId, one: &Override) -> Result<()> {
    delete_override(db, mentor, one.date).await?;
    sqlx::query("INSERT INTO overrides (mentor_id, date, reason) VALUES (?, ?, ?)")
        .bind(mentor.to_string())
        .bind(one.date.to_string())
        .bind(&one.reason)
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    for window in &one.windows {
        sqlx::query(
            "INSERT INTO override_windows (mentor_id, date, start_minute, end_minute) VALUES (?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(mentor.to_string())
        .bind(one.date.to_string())
        .bind(window.start().minutes())
        .bind(window.end().minutes())
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn delete_override(
    db: &mut SqliteConnection,
    mentor: MentorId,
    date: NaiveDate,
) -> Result<bool> {
    let done = sqlx::query("DELETE FROM overrides WHERE mentor_id = ? AND date = ?")
        .bind(mentor.to_string())
        .bind(date.to_string())
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(done.rows_affected() > 0)
}
