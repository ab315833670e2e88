//! Weekly hours, overrides and recurring overrides. Anybody may know them; reasons come from the tables themselves, for
//! whoever may see those.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::Window;

use super::{
    Result, StoreError,
    dialect::{Columns, Connection, date_of, id_of},
    failed,
    rows::unfit,
};
use crate::{
    ids::MentorId,
    recurrence::Recurrence,
    schedule::{Hours, Override, RecurringOverride, weekday_from_sunday},
};

/// Run it inside a transaction, or it may see several moments.
pub(super) async fn read(db: &mut Connection, mentor: MentorId) -> Result<Hours> {
    let weekly = sqlx::query(
        "SELECT day_of_week, start_minute, end_minute FROM public_weekly_windows
         WHERE mentor_id = $1 ORDER BY day_of_week, start_minute, end_minute",
    )
    .bind(id_of(mentor))
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
    let dates = sqlx::query(
        "SELECT shown.date, own.reason FROM public_overrides AS shown
         LEFT JOIN overrides AS own ON own.mentor_id = shown.mentor_id AND own.date = shown.date
         WHERE shown.mentor_id = $1",
    )
    .bind(id_of(mentor))
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
        "SELECT date, start_minute, end_minute FROM public_override_windows
         WHERE mentor_id = $1 ORDER BY date, start_minute, end_minute",
    )
    .bind(id_of(mentor))
    .fetch_all(&mut *db)
    .await
    .map_err(failed)?;
    for row in windows {
        let row = Columns(row);
        if let Some(one) = overrides.get_mut(&row.parsed("date")?) {
            one.windows.push(row.window()?);
        }
    }
    let recurring = read_recurring(db, mentor).await?;
    Ok(Hours { weekly, overrides: overrides.into_values().collect(), recurring })
}

async fn read_recurring(db: &mut Connection, mentor: MentorId) -> Result<Vec<RecurringOverride>> {
    let mut recurring: BTreeMap<i64, RecurringOverride> = BTreeMap::new();
    let rules =
        sqlx::query(
            "SELECT shown.position, shown.starts, shown.rule, own.reason FROM public_recurring_overrides AS shown
             LEFT JOIN recurring_overrides AS own ON own.mentor_id = shown.mentor_id AND own.position = shown.position
             WHERE shown.mentor_id = $1",
        )
            .bind(id_of(mentor))
            .fetch_all(&mut *db)
            .await
            .map_err(failed)?;
    for row in rules {
        let row = Columns(row);
        let recurrence = Recurrence::parse(row.parsed("starts")?, &row.text("rule")?);
        let recurrence = recurrence.map_err(|error| StoreError::Broken(error.into()))?;
        let reason = row.text_or_null("reason")?;
        let one = RecurringOverride { recurrence, windows: Vec::new(), reason };
        recurring.insert(row.integer("position")?, one);
    }
    let windows = sqlx::query(
        "SELECT position, start_minute, end_minute FROM public_recurring_override_windows
         WHERE mentor_id = $1 ORDER BY position, start_minute, end_minute",
    )
    .bind(id_of(mentor))
    .fetch_all(db)
    .await
    .map_err(failed)?;
    for row in windows {
        let row = Columns(row);
        if let Some(one) = recurring.get_mut(&row.integer("position")?) {
            one.windows.push(row.window()?);
        }
    }
    Ok(recurring.into_values().collect())
}

pub(super) async fn replace(
    db: &mut Connection,
    mentor: MentorId,
    timezone: &str,
    hours: &Hours,
) -> Result<()> {
    let done = sqlx::query("UPDATE mentors SET timezone = $1 WHERE id = $2")
        .bind(timezone)
        .bind(id_of(mentor))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Missing("mentor"));
    }
    for table in [
        "DELETE FROM weekly_windows WHERE mentor_id = $1",
        "DELETE FROM overrides WHERE mentor_id = $1",
        "DELETE FROM recurring_overrides WHERE mentor_id = $1",
    ] {
        sqlx::query(table).bind(id_of(mentor)).execute(&mut *db).await.map_err(failed)?;
    }
    for (day, window) in &hours.weekly {
        // The same window twice is the same hours.
        sqlx::query(
            "INSERT INTO weekly_windows (mentor_id, day_of_week, start_minute, end_minute) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(id_of(mentor))
        .bind(i64::from(day.num_days_from_sunday()))
        .bind(i64::from(window.start().minutes()))
        .bind(i64::from(window.end().minutes()))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    }
    for one in &hours.overrides {
        put_override(db, mentor, one).await?;
    }
    for (position, one) in (0_i64..).zip(&hours.recurring) {
        insert_recurring(db, mentor, position, one).await?;
    }
    Ok(())
}

async fn insert_recurring(
    db: &mut Connection,
    mentor: MentorId,
    position: i64,
    one: &RecurringOverride,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO recurring_overrides (mentor_id, position, starts, rule, reason) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id_of(mentor))
    .bind(position)
    .bind(date_of(one.recurrence.starts()))
    .bind(one.recurrence.rule())
    .bind(&one.reason)
    .execute(&mut *db)
    .await
    .map_err(failed)?;
    for window in &one.windows {
        sqlx::query(
            "INSERT INTO recurring_override_windows (mentor_id, position, start_minute, end_minute)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(id_of(mentor))
        .bind(position)
        .bind(i64::from(window.start().minutes()))
        .bind(i64::from(window.end().minutes()))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn put_override(db: &mut Connection, mentor: MentorId, one: &Override) -> Result<()> {
    delete_override(db, mentor, one.date).await?;
    sqlx::query("INSERT INTO overrides (mentor_id, date, reason) VALUES ($1, $2, $3)")
        .bind(id_of(mentor))
        .bind(date_of(one.date))
        .bind(&one.reason)
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    for window in &one.windows {
        sqlx::query(
            "INSERT INTO override_windows (mentor_id, date, start_minute, end_minute) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(id_of(mentor))
        .bind(date_of(one.date))
        .bind(i64::from(window.start().minutes()))
        .bind(i64::from(window.end().minutes()))
        .execute(&mut *db)
        .await
        .map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn delete_override(db: &mut Connection, mentor: MentorId, date: NaiveDate) -> Result<bool> {
    let done = sqlx::query("DELETE FROM overrides WHERE mentor_id = $1 AND date = $2")
        .bind(id_of(mentor))
        .bind(date_of(date))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(done.rows_affected() > 0)
}
