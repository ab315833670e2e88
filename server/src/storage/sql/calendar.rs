//! What bears on some starts of one mentor, in one question: whoever judges a start holds the mentor's lock meanwhile.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, de::DeserializeOwned};
use slotsmith_engine::{Booking, Buffers, Instant, Interval};
use sqlx::AssertSqlSafe;

use super::{
    super::{Except, Offered},
    Calendar, CalendarSpan, Result, StoreError,
    dialect::{Columns, Connection, date_of, id_of, json_rows, seconds, time_of},
    failed, mentors,
    rows::{unfit, window},
    session_types,
};
use crate::{
    ids::MentorId,
    mentors::Slug,
    recurrence::Recurrence,
    schedule::{Hours, Override, RecurringOverride, weekday_from_sunday},
};

/// One row, however much it is: rows cost more than what is in them. Anybody may know all of it. Reasons are left out,
/// which no start depends on. A week's limit bears on more time than anything else.
static FACTS: LazyLock<String> = LazyLock::new(|| {
    let near = "mentor_id = $1
         AND starts_at >= CASE WHEN offer.max_per_week IS NULL THEN $2 ELSE $4 END
         AND starts_at < CASE WHEN offer.max_per_week IS NULL THEN $3 ELSE $5 END";
    let taken = |ends_by_itself: &str| {
        let (start, end) = (seconds("starts_at"), seconds("ends_at"));
        json_rows(&[&start, &end, "buffer_before_minutes", "buffer_after_minutes", ends_by_itself])
    };
    format!(
        "SELECT mentor.slug AS mentor_slug, mentor.name, mentor.headline, mentor.timezone, offer.*,
             (SELECT {weekly} FROM public_weekly_windows WHERE mentor_id = $1) AS weekly,
             (SELECT {overrides} FROM public_overrides
              WHERE mentor_id = $1 AND date >= $6 AND date <= $7) AS overrides,
             (SELECT {override_windows} FROM public_override_windows
              WHERE mentor_id = $1 AND date >= $6 AND date <= $7) AS override_windows,
             (SELECT {recurring} FROM public_recurring_overrides WHERE mentor_id = $1) AS recurring,
             (SELECT {recurring_windows} FROM public_recurring_override_windows
              WHERE mentor_id = $1) AS recurring_windows,
             (SELECT {booked} FROM public_taken WHERE {near} AND id <> $8) AS booked,
             (SELECT {held} FROM public_held WHERE {near} AND expires_at > $9 AND hash <> $10) AS held
         FROM public_mentors AS mentor
         LEFT JOIN public_session_types AS offer ON offer.mentor_id = mentor.id AND offer.slug = $11
         WHERE mentor.id = $1",
        weekly = json_rows(&["day_of_week", "start_minute", "end_minute"]),
        overrides = json_rows(&["date"]),
        override_windows = json_rows(&["date", "start_minute", "end_minute"]),
        recurring = json_rows(&["position", "starts", "rule"]),
        recurring_windows = json_rows(&["position", "start_minute", "end_minute"]),
        booked = taken("NULL"),
        held = taken(&seconds("expires_at")),
    )
});

/// Hours, active bookings and what is held, `except` one, all of one moment.
pub(super) async fn read(
    db: &mut Connection,
    mentor: MentorId,
    span: CalendarSpan,
    except: Except,
    now: Instant,
) -> Result<Calendar> {
    let facts = row(db, mentor, None, [span, span], except, now).await?;
    calendar(&facts.ok_or(StoreError::Missing("mentor"))?, span)
}

/// The same about one start, with the mentor and what they offer by a name.
pub(super) async fn offered(
    db: &mut Connection,
    mentor: MentorId,
    slug: &Slug,
    start: Instant,
    except: Except,
    now: Instant,
) -> Result<Option<Offered>> {
    let [day, week] = [CalendarSpan::about(start), CalendarSpan::around(start, start)];
    let Some(row) = row(db, mentor, Some(slug), [day, week], except, now).await? else { return Ok(None) };
    let session_type = session_types::offer(&row)?;
    let is_limited = session_type.as_ref().is_some_and(|offer| offer.policy.spec().max_per_week.is_some());
    Ok(Some(Offered {
        mentor: mentors::shown(&row, mentor)?,
        session_type,
        calendar: calendar(&row, if is_limited { week } else { day })?,
    }))
}

/// What is taken within the first of the spans, or the second when it is asked for something with a week's limit; and the
/// hours of the longer one.
async fn row(
    db: &mut Connection,
    mentor: MentorId,
    slug: Option<&Slug>,
    [near, far]: [CalendarSpan; 2],
    except: Except,
    now: Instant,
) -> Result<Option<Columns>> {
    let (booking, hold) = match except {
        Except::Nothing => (None, None),
        Except::Booking(booking) => (Some(booking), None),
        Except::Hold(hold) => (None, Some(hold)),
    };
    let row = sqlx::query(AssertSqlSafe(FACTS.as_str()))
        .bind(id_of(mentor))
        .bind(time_of(near.from))
        .bind(time_of(near.until))
        .bind(time_of(far.from))
        .bind(time_of(far.until))
        .bind(date_of(utc_date(far.from, -1)))
        .bind(date_of(utc_date(far.until, 1)))
        .bind(booking.map(id_of).unwrap_or_default())
        .bind(time_of(now))
        .bind(hold.map_or_else(Vec::new, |hold| hold.0.to_vec()))
        // Nothing is called nothing.
        .bind(slug.map_or("", Slug::as_str))
        .fetch_optional(db)
        .await
        .map_err(failed)?;
    Ok(row.map(Columns))
}

/// A date that is not after, or not before, the one that a calendar shows anywhere.
fn utc_date(at: Instant, days: i64) -> NaiveDate {
    // An instant lies within years -9999 to 9999, far inside chrono's range.
    DateTime::from_timestamp(at.plus(days * 86_400).unix(), 0).unwrap_or_default().date_naive()
}

/// Start and end, in seconds since 1970, minutes of buffers before and after, and when it is let go by itself.
#[derive(Deserialize)]
struct Stretch(i64, i64, u32, u32, Option<i64>);

fn calendar(row: &Columns, span: CalendarSpan) -> Result<Calendar> {
    let mut hours = Hours::default();
    for (day, start, end) in rows(row, "weekly")? {
        let weekday = weekday_from_sunday(day).ok_or_else(|| unfit("day_of_week", day))?;
        hours.weekly.push((weekday, window(start, end)?));
    }
    let mut overrides: BTreeMap<NaiveDate, Override> = BTreeMap::new();
    for (date,) in rows(row, "overrides")? {
        overrides.insert(date, Override { date, windows: Vec::new(), reason: None });
    }
    for (date, start, end) in rows::<(NaiveDate, u16, u16)>(row, "override_windows")? {
        if let Some(one) = overrides.get_mut(&date) {
            one.windows.push(window(start, end)?);
        }
    }
    let mut recurring: BTreeMap<i64, RecurringOverride> = BTreeMap::new();
    for (position, starts, rule) in rows::<(i64, NaiveDate, String)>(row, "recurring")? {
        let recurrence = Recurrence::parse(starts, &rule);
        let recurrence = recurrence.map_err(|error| StoreError::Broken(error.into()))?;
        recurring.insert(position, RecurringOverride { recurrence, windows: Vec::new(), reason: None });
    }
    for (position, start, end) in rows::<(i64, u16, u16)>(row, "recurring_windows")? {
        if let Some(one) = recurring.get_mut(&position) {
            one.windows.push(window(start, end)?);
        }
    }
    let (mut bookings, mut held_until) = (Vec::new(), None);
    for Stretch(start, end, before, after, ends_by_itself) in
        rows(row, "booked")?.into_iter().chain(rows(row, "held")?)
    {
        let span = Instant::from_unix(start).zip(Instant::from_unix(end));
        let span = span.and_then(|(start, end)| Interval::new(start, end));
        let span = span.ok_or_else(|| unfit("ends_at", end))?;
        let buffers =
            Buffers::from_minutes(before, after).map_err(|error| StoreError::Broken(error.into()))?;
        bookings.push(Booking { span, buffers });
        let ends_by_itself = ends_by_itself.and_then(Instant::from_unix);
        held_until = held_until.into_iter().chain(ends_by_itself).min();
    }
    hours.overrides = overrides.into_values().collect();
    hours.recurring = recurring.into_values().collect();
    Ok(Calendar { span, timezone: row.text("timezone")?, hours, bookings, held_until })
}

/// A part of the row.
fn rows<T: DeserializeOwned>(row: &Columns, column: &str) -> Result<Vec<T>> {
    // Of no rows PostgreSQL makes nothing, SQLite an empty array.
    let Some(text) = row.text_or_null(column)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text).map_err(|error| StoreError::Broken(error.into()))
}
