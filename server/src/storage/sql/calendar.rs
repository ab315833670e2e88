//! What bears on some starts of one mentor, in one question: whoever judges a start holds the mentor's lock meanwhile.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use slotsmith_engine::{Booking, Buffers, Instant, Interval};
use sqlx::AssertSqlSafe;

use super::{
    super::Except,
    Calendar, CalendarSpan, Result, StoreError,
    dialect::{Columns, Connection, date_of, id_of, stretches, time_of},
    failed,
    rows::unfit,
};
use crate::{
    ids::MentorId,
    recurrence::Recurrence,
    schedule::{Hours, Override, RecurringOverride, weekday_from_sunday},
};

/// Anybody may know these. Reasons are left out, which no start depends on. The first part names the columns and their
/// types; `number` is a weekday from Sunday, or a recurring override's position. What is taken is one row, however much it
/// is: rows cost more than what is in them.
static FACTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    SELECT 'timezone' AS kind, CAST(NULL AS INTEGER) AS number, CAST(NULL AS DATE) AS date,
           CAST(NULL AS SMALLINT) AS start_minute, CAST(NULL AS SMALLINT) AS end_minute, timezone AS text
    FROM public_mentors WHERE id = $1
    UNION ALL
    SELECT 'weekly', day_of_week, NULL, start_minute, end_minute, NULL
    FROM public_weekly_windows WHERE mentor_id = $1
    UNION ALL
    SELECT 'override', NULL, date, NULL, NULL, NULL
    FROM public_overrides WHERE mentor_id = $1 AND date >= $7 AND date <= $8
    UNION ALL
    SELECT 'override_window', NULL, date, start_minute, end_minute, NULL
    FROM public_override_windows WHERE mentor_id = $1 AND date >= $7 AND date <= $8
    UNION ALL
    SELECT 'recurring', position, starts, NULL, NULL, rule
    FROM public_recurring_overrides WHERE mentor_id = $1
    UNION ALL
    SELECT 'recurring_window', position, NULL, start_minute, end_minute, NULL
    FROM public_recurring_override_windows WHERE mentor_id = $1
    UNION ALL
    SELECT 'taken', NULL, NULL, NULL, NULL, {taken}
    FROM public_taken WHERE mentor_id = $1 AND starts_at >= $2 AND starts_at < $3 AND id <> $4
    UNION ALL
    SELECT 'taken', NULL, NULL, NULL, NULL, {held}
    FROM public_held WHERE mentor_id = $1 AND starts_at >= $2 AND starts_at < $3 AND expires_at > $5 AND hash <> $6",
        taken = stretches("NULL"),
        held = stretches("expires_at"),
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
    let (booking, hold) = match except {
        Except::Nothing => (None, None),
        Except::Booking(booking) => (Some(booking), None),
        Except::Hold(hold) => (None, Some(hold)),
    };
    let rows = sqlx::query(AssertSqlSafe(FACTS.as_str()))
        .bind(id_of(mentor))
        .bind(time_of(span.from))
        .bind(time_of(span.until))
        .bind(booking.map(id_of).unwrap_or_default())
        .bind(time_of(now))
        .bind(hold.map_or_else(Vec::new, |hold| hold.0.to_vec()))
        .bind(date_of(utc_date(span.from, -1)))
        .bind(date_of(utc_date(span.until, 1)))
        .fetch_all(db)
        .await
        .map_err(failed)?;
    let mut facts = Facts::default();
    for row in rows {
        facts.take(&Columns(row))?;
    }
    facts.calendar(span)
}

/// A date that is not after, or not before, the one that a calendar shows anywhere.
fn utc_date(at: Instant, days: i64) -> NaiveDate {
    // An instant lies within years -9999 to 9999, far inside chrono's range.
    DateTime::from_timestamp(at.plus(days * 86_400).unix(), 0).unwrap_or_default().date_naive()
}

/// Start and end, in seconds since 1970, minutes of buffers before and after, and when it is let go by itself.
#[derive(Deserialize)]
struct Stretch(i64, i64, u32, u32, Option<i64>);

#[derive(Default)]
struct Facts {
    timezone: Option<String>,
    hours: Hours,
    overrides: BTreeMap<NaiveDate, Override>,
    recurring: BTreeMap<i64, RecurringOverride>,
    bookings: Vec<Booking>,
    held_until: Option<Instant>,
}

impl Facts {
    /// A date comes before its windows, as the parts of the question do.
    fn take(&mut self, row: &Columns) -> Result<()> {
        match &*row.text("kind")? {
            "timezone" => self.timezone = Some(row.text("text")?),
            "weekly" => {
                let days = row.number("number")?;
                let day = weekday_from_sunday(days).ok_or_else(|| unfit("day_of_week", days))?;
                self.hours.weekly.push((day, row.window()?));
            }
            "override" => {
                let date = row.parsed("date")?;
                self.overrides.insert(date, Override { date, windows: Vec::new(), reason: None });
            }
            "override_window" => {
                if let Some(one) = self.overrides.get_mut(&row.parsed("date")?) {
                    one.windows.push(row.window()?);
                }
            }
            "recurring" => {
                let recurrence = Recurrence::parse(row.parsed("date")?, &row.text("text")?);
                let recurrence = recurrence.map_err(|error| StoreError::Broken(error.into()))?;
                let one = RecurringOverride { recurrence, windows: Vec::new(), reason: None };
                self.recurring.insert(row.integer("number")?, one);
            }
            "recurring_window" => {
                if let Some(one) = self.recurring.get_mut(&row.integer("number")?) {
                    one.windows.push(row.window()?);
                }
            }
            "taken" => {
                let stretches = row.text_or_null("text")?.unwrap_or_else(|| "[]".into());
                let stretches: Vec<Stretch> =
                    serde_json::from_str(&stretches).map_err(|error| StoreError::Broken(error.into()))?;
                for Stretch(start, end, before, after, ends_by_itself) in stretches {
                    let span = Instant::from_unix(start).zip(Instant::from_unix(end));
                    let span = span.and_then(|(start, end)| Interval::new(start, end));
                    let span = span.ok_or_else(|| unfit("ends_at", end))?;
                    let buffers = Buffers::from_minutes(before, after);
                    let buffers = buffers.map_err(|error| StoreError::Broken(error.into()))?;
                    self.bookings.push(Booking { span, buffers });
                    let ends_by_itself = ends_by_itself.and_then(Instant::from_unix);
                    self.held_until = self.held_until.into_iter().chain(ends_by_itself).min();
                }
            }
            other => return Err(unfit("kind", other)),
        }
        Ok(())
    }

    fn calendar(self, span: CalendarSpan) -> Result<Calendar> {
        let hours = Hours {
            overrides: self.overrides.into_values().collect(),
            recurring: self.recurring.into_values().collect(),
            ..self.hours
        };
        Ok(Calendar {
            span,
            timezone: self.timezone.ok_or(StoreError::Missing("mentor"))?,
            hours,
            bookings: self.bookings,
            held_until: self.held_until,
        })
    }
}
