//! A mentor's weekly hours, overrides and recurring overrides, for the mentor and for admins.

use axum::{Json as Answer, extract::State, http::StatusCode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use slotsmith_engine::{ClockTime, Window};
use utoipa::{IntoParams, ToSchema};

use super::{availability::zone_id, own_mentor};
use crate::{
    app::App,
    http::{
        error::{ApiError, Problem},
        extract::{Caller, Json, Path, Query},
        time::parse_date,
        validate::{Fields, LABEL_CHARS_MAX, optional_line},
    },
    mentors::Mentor,
    recurrence::Recurrence,
    schedule::{
        Hours, OVERRIDE_WINDOWS_MAX, OVERRIDES_MAX, Override, RECURRING_MAX, RECURRING_WINDOWS_MAX,
        RecurringOverride, WEEKLY_WINDOWS_MAX, weekday_from_sunday,
    },
};

/// Whose affairs.
#[derive(Deserialize, IntoParams)]
pub struct MentorQuery {
    /// Id or slug; may be left out with a mentor's own key.
    pub(super) mentor: Option<String>,
}

/// Weekly hours, overrides and recurring overrides.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleView {
    /// IANA id; stays as it is when left out.
    timezone: Option<String>,
    /// In any order.
    #[serde(default)]
    weekly: Option<Vec<WeeklyView>>,
    /// In any order, each date once. All others are dropped.
    #[serde(default)]
    overrides: Option<Vec<OverrideView>>,
    /// At most 50; all others are dropped. A date of `overrides` keeps its own hours. Where several recur on one
    /// date, one that closes it wins; otherwise it has the windows of all.
    #[serde(default)]
    recurring: Option<Vec<RecurringView>>,
}

/// One window of a weekday.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyView {
    /// 0 is Sunday.
    day_of_week: u8,
    /// `HH:MM`.
    start: String,
    /// `HH:MM`; `24:00` ends the day, and an end before the start is on the next day.
    end: String,
}

/// A date with hours of its own.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideView {
    /// `YYYY-MM-DD`, in the schedule's zone.
    date: String,
    /// None: the date is closed.
    windows: Option<Vec<WindowView>>,
    /// The mentor's own note.
    reason: Option<String>,
}

/// Dates that recur, with hours of their own.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurringView {
    /// `YYYY-MM-DD`, in the schedule's zone: the date that the rule counts from. It is one of the dates only if the
    /// rule says so.
    starts: String,
    /// The value of an RRULE (RFC 5545) for dates, such as `FREQ=MONTHLY;BYDAY=1MO;UNTIL=20270601`: `FREQ` from
    /// `DAILY` to `YEARLY`, without times of day; `UNTIL` is a date, and included.
    rule: String,
    /// None: the dates are closed. At most 12.
    windows: Option<Vec<WindowView>>,
    /// The mentor's own note.
    reason: Option<String>,
}

/// A date's own hours; the date stands in the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideRequest {
    /// None: the date is closed.
    windows: Option<Vec<WindowView>>,
    /// The mentor's own note.
    reason: Option<String>,
}

/// A stretch of wall time.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowView {
    /// `HH:MM`.
    start: String,
    /// `HH:MM`; `24:00` ends the day, and an end before the start is on the next day.
    end: String,
}

/// Weekly hours, overrides and recurring overrides.
#[utoipa::path(get, path = "/api/availability/schedule", tag = "schedule", params(MentorQuery),
    security(("key" = [])),
    responses((status = 200, body = ScheduleView), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    State(app): State<App>,
    Caller(role): Caller,
    Query(query): Query<MentorQuery>,
) -> Result<Answer<ScheduleView>, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let hours = app.store.hours(mentor.id).await?;
    Ok(Answer(ScheduleView::new(mentor.timezone, &hours)))
}

/// Replaces weekly hours, overrides and recurring overrides, all at once.
#[utoipa::path(post, path = "/api/availability/schedule", tag = "schedule", params(MentorQuery),
    security(("key" = [])), request_body = ScheduleView,
    responses((status = 200, body = ScheduleView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn replace(
    State(app): State<App>,
    Caller(role): Caller,
    Query(query): Query<MentorQuery>,
    Json(body): Json<ScheduleView>,
) -> Result<Answer<ScheduleView>, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let (timezone, hours) = read_schedule(&app, &mentor, body)?;
    app.store.put_hours(mentor.id, &timezone, &hours).await?;
    tracing::info!(mentor.id = %mentor.id, "replaced a schedule");
    let hours = app.store.hours(mentor.id).await?;
    Ok(Answer(ScheduleView::new(timezone, &hours)))
}

/// The same as `POST /api/availability/schedule`.
#[utoipa::path(post, path = "/api/availability", tag = "schedule", params(MentorQuery), security(("key" = [])),
    request_body = ScheduleView, responses((status = 200, body = ScheduleView), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn replace_by_short_path(
    app: State<App>,
    caller: Caller,
    query: Query<MentorQuery>,
    body: Json<ScheduleView>,
) -> Result<Answer<ScheduleView>, ApiError> {
    replace(app, caller, query, body).await
}

/// Gives one date hours of its own, or closes it.
#[utoipa::path(put, path = "/api/availability/overrides/{date}", tag = "schedule",
    params(("date" = String, Path, description = "`YYYY-MM-DD`"), MentorQuery), security(("key" = [])),
    request_body = OverrideRequest,
    responses((status = 200, body = OverrideView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn put_override(
    State(app): State<App>,
    Caller(role): Caller,
    Path(date): Path<String>,
    Query(query): Query<MentorQuery>,
    Json(body): Json<OverrideRequest>,
) -> Result<Answer<OverrideView>, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let mut fields = Fields::default();
    let one = OverrideView { date, windows: body.windows, reason: body.reason };
    let one = read_override(&mut fields, "", one);
    let one = fields.finish(one)?;
    app.store.put_override(mentor.id, &one).await?;
    tracing::info!(mentor.id = %mentor.id, date = %one.date, "overrode a date");
    Ok(Answer(OverrideView::from(&one)))
}

/// Gives one date its weekly hours back, or what recurs on it.
#[utoipa::path(delete, path = "/api/availability/overrides/{date}", tag = "schedule",
    params(("date" = String, Path, description = "`YYYY-MM-DD`"), MentorQuery), security(("key" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn delete_override(
    State(app): State<App>,
    Caller(role): Caller,
    Path(date): Path<String>,
    Query(query): Query<MentorQuery>,
) -> Result<StatusCode, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let unknown = || ApiError::not_found("override");
    let date = parse_date(&date).map_err(|_| unknown())?;
    if app.store.delete_override(mentor.id, date).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(unknown())
    }
}

fn read_schedule(app: &App, mentor: &Mentor, body: ScheduleView) -> Result<(String, Hours), ApiError> {
    let mut fields = Fields::default();
    let timezone = match &body.timezone {
        None => Some(mentor.timezone.clone()),
        Some(id) => fields.take("timezone", zone_id(app, id)),
    };
    let weekly = body.weekly.unwrap_or_default();
    let overrides = body.overrides.unwrap_or_default();
    let recurring = body.recurring.unwrap_or_default();
    fields.take("weekly", at_most(weekly.len(), WEEKLY_WINDOWS_MAX));
    fields.take("overrides", at_most(overrides.len(), OVERRIDES_MAX));
    fields.take("recurring", at_most(recurring.len(), RECURRING_MAX));
    let mut hours = Hours::default();
    for (i, row) in weekly.into_iter().enumerate() {
        let day = fields.take(
            format!("weekly[{i}].day_of_week"),
            weekday_from_sunday(row.day_of_week).ok_or("must be 0 (Sunday) to 6"),
        );
        let window = read_window(&mut fields, &format!("weekly[{i}]"), &row.start, &row.end);
        hours.weekly.extend(day.zip(window));
    }
    for (i, one) in overrides.into_iter().enumerate() {
        hours.overrides.extend(read_override(&mut fields, &format!("overrides[{i}]."), one));
    }
    // Reading a rule is some work: more of them than may be are not read.
    for (i, one) in recurring.into_iter().take(RECURRING_MAX).enumerate() {
        hours.recurring.extend(read_recurring(&mut fields, &format!("recurring[{i}]."), one));
    }
    fields.take("overrides", hours.check());
    fields.finish(timezone.map(|timezone| (timezone, hours)))
}

fn read_override(fields: &mut Fields, prefix: &str, one: OverrideView) -> Option<Override> {
    let date = fields.take(format!("{prefix}date"), parse_date(&one.date));
    let reason =
        fields.take(format!("{prefix}reason"), optional_line(one.reason.as_deref(), LABEL_CHARS_MAX));
    let windows = read_windows(fields, prefix, one.windows, OVERRIDE_WINDOWS_MAX);
    Some(Override { date: date?, windows, reason: reason? })
}

fn read_recurring(fields: &mut Fields, prefix: &str, one: RecurringView) -> Option<RecurringOverride> {
    let starts = fields.take(format!("{prefix}starts"), parse_date(&one.starts));
    let recurrence =
        starts.and_then(|starts| fields.take(format!("{prefix}rule"), Recurrence::parse(starts, &one.rule)));
    let reason =
        fields.take(format!("{prefix}reason"), optional_line(one.reason.as_deref(), LABEL_CHARS_MAX));
    let windows = read_windows(fields, prefix, one.windows, RECURRING_WINDOWS_MAX);
    Some(RecurringOverride { recurrence: recurrence?, windows, reason: reason? })
}

fn read_windows(
    fields: &mut Fields,
    prefix: &str,
    rows: Option<Vec<WindowView>>,
    windows_max: usize,
) -> Vec<Window> {
    let rows = rows.unwrap_or_default();
    fields.take(format!("{prefix}windows"), at_most(rows.len(), windows_max));
    let mut windows = Vec::with_capacity(rows.len().min(windows_max));
    for (i, row) in rows.iter().enumerate() {
        windows.extend(read_window(fields, &format!("{prefix}windows[{i}]"), &row.start, &row.end));
    }
    windows
}

fn read_window(fields: &mut Fields, path: &str, start: &str, end: &str) -> Option<Window> {
    let start = fields.take(format!("{path}.start"), start.parse::<ClockTime>());
    let end = fields.take(format!("{path}.end"), end.parse::<ClockTime>());
    fields.take(path, Window::new(start?, end?))
}

fn at_most(rows: usize, max: usize) -> Result<(), String> {
    if rows <= max { Ok(()) } else { Err(format!("must have at most {max} entries")) }
}

impl ScheduleView {
    fn new(timezone: String, hours: &Hours) -> ScheduleView {
        let weekly = hours.weekly.iter().map(|(day, window)| WeeklyView {
            day_of_week: u8::try_from(day.num_days_from_sunday()).unwrap_or_default(),
            start: window.start().to_string(),
            end: window.end().to_string(),
        });
        ScheduleView {
            timezone: Some(timezone),
            weekly: Some(weekly.collect()),
            overrides: Some(hours.overrides.iter().map(OverrideView::from).collect()),
            recurring: Some(hours.recurring.iter().map(RecurringView::from).collect()),
        }
    }
}

impl From<&Override> for OverrideView {
    fn from(one: &Override) -> OverrideView {
        OverrideView {
            date: NaiveDate::to_string(&one.date),
            windows: Some(one.windows.iter().map(WindowView::from).collect()),
            reason: one.reason.clone(),
        }
    }
}

impl From<&RecurringOverride> for RecurringView {
    fn from(one: &RecurringOverride) -> RecurringView {
        RecurringView {
            starts: NaiveDate::to_string(&one.recurrence.starts()),
            rule: one.recurrence.rule().to_owned(),
            windows: Some(one.windows.iter().map(WindowView::from).collect()),
            reason: one.reason.clone(),
        }
    }
}

impl From<&Window> for WindowView {
    fn from(window: &Window) -> WindowView {
        WindowView { start: window.start().to_string(), end: window.end().to_string() }
    }
}
