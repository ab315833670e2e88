//! Which slots are open, and why one is not.

use std::{borrow::Borrow, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use slotsmith_engine::{Instant, Interval, Refusal, Snapshot, Status, ZoneRules};
use utoipa::{IntoParams, ToSchema};
use xxhash_rust::xxh3::xxh3_128;

use super::{availability_body, bookings::booking_id, own_mentor};
use crate::{
    app::App,
    booking::{self, Claim},
    http::{
        error::{ApiError, Problem},
        extract::{BookingClaim, Caller, Now, Query},
        time::{local, parse_date, parse_start},
        validate::{Fields, required},
    },
    session_types::SessionType,
    slots::{self, Availability, QUESTION_DAYS_MAX, Question},
    storage::{CalendarSpan, Except},
};

/// What a booker wants to know.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AvailabilityQuery {
    /// Id or slug.
    #[param(required)]
    mentor: Option<String>,
    /// Slug; may be left out when the mentor offers only one.
    session_type: Option<String>,
    /// First date, in `timezone`.
    #[param(required)]
    from: Option<String>,
    /// Last date, in `timezone`; at most 62 dates in all.
    #[param(required)]
    to: Option<String>,
    /// IANA id; the mentor's when left out.
    timezone: Option<String>,
    /// `taken` also lists starts that something busy blocks, never by what.
    include: Option<String>,
    /// A booking to be moved, whose own time then counts as free; asked with its manage token as the bearer.
    booking: Option<String>,
}

/// Open slots by date.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of what availability_body writes")]
pub struct AvailabilityView {
    mentor: String,
    session_type: String,
    timezone: String,
    duration_minutes: u32,
    from: NaiveDate,
    to: NaiveDate,
    /// Dates that have slots, ascending.
    days: Vec<DayView>,
    /// The first open start at or after `from`, also beyond `to`.
    next_available: Option<String>,
}

/// The slots of one date.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of what availability_body writes")]
pub struct DayView {
    date: NaiveDate,
    slots: Vec<SlotView>,
}

/// One start.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of what availability_body writes")]
pub struct SlotView {
    start: String,
    end: String,
    /// `open` or `taken`.
    status: &'static str,
}

/// Lists the slots of some dates, in the booker's zone.
#[utoipa::path(get, path = "/api/availability", tag = "availability", params(AvailabilityQuery),
    responses((status = 200, body = AvailabilityView), (status = 304, description = "As by `If-None-Match`"),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    Now(now): Now,
    Asked { query, claim, known }: Asked,
) -> Result<Response, ApiError> {
    let question = read_question(&app, query, claim, now).await?;
    let availability = slots::list(&app, &question, now).await?;
    let tag = tag_of(&app, &question, &availability);
    Ok(tagged(&tag, || availability_body::write(&question, &availability), &known))
}

/// A question as it came.
pub struct Asked {
    query: AvailabilityQuery,
    /// Where a booking is to be moved.
    claim: Option<Result<Claim, ApiError>>,
    /// What the caller has already: `If-None-Match`.
    known: Vec<HeaderValue>,
}

impl FromRequestParts<App> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asked, ApiError> {
        let Query(query) = Query::<AvailabilityQuery>::from_request_parts(parts, app).await?;
        let claim = match query.booking {
            Some(_) => Some(BookingClaim::from_request_parts(parts, app).await.map(|claim| claim.0)),
            None => None,
        };
        let known = parts.headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect();
        Ok(Asked { query, claim, known })
    }
}

async fn read_question(
    app: &App,
    query: AvailabilityQuery,
    claim: Option<Result<Claim, ApiError>>,
    now: Instant,
) -> Result<Question, ApiError> {
    let mut fields = Fields::default();
    let mentor = fields.take("mentor", required(query.mentor.as_deref()));
    let from = fields.take("from", required(query.from.as_deref()).and_then(parse_date));
    let to = fields.take("to", required(query.to.as_deref()).and_then(parse_date));
    if let (Some(from), Some(to)) = (from, to) {
        fields.take("to", check_range(from, to));
    }
    let include_taken = fields.take(
        "include",
        match query.include.as_deref() {
            None | Some("") => Ok(false),
            Some("taken") => Ok(true),
            Some(_) => Err("must be taken"),
        },
    );
    let zone = query.timezone.as_deref().map(|id| fields.take("timezone", zone_of(app, id)));
    let (mentor, from, to) = fields.finish(mentor.zip(from).zip(to).map(|((m, f), t)| (m, f, t)))?;
    let unknown = || ApiError::not_found("mentor");
    let mentor = mentor.parse().map_err(|_| unknown())?;
    let mentor = app.snapshots.of(&mentor, now).await?.ok_or_else(unknown)?;
    let session_type = Arc::clone(offered(mentor.session_types(), query.session_type.as_deref())?);
    let moving = match query.booking.as_deref().zip(claim) {
        None => None,
        Some((id, claim)) => {
            let claim = claim?;
            let app = app.acting(claim.caller());
            let (moving, _) = booking::find(&app, booking_id(id)?, &claim).await?;
            Some(moving.booking.id)
        }
    };
    let zone = match zone.flatten() {
        Some(zone) => zone,
        None => app.stored_zone(&mentor.mentor().timezone)?,
    };
    let timezone = query.timezone.unwrap_or_else(|| mentor.mentor().timezone.clone());
    Ok(Question {
        mentor,
        session_type,
        from,
        to,
        timezone,
        zone,
        include_taken: include_taken.unwrap_or(false),
        moving,
    })
}

fn check_range(from: NaiveDate, to: NaiveDate) -> Result<(), String> {
    match (to - from).num_days() + 1 {
        days if days < 1 => Err("must not be before from".into()),
        days if days > QUESTION_DAYS_MAX => Err(format!("must be within {QUESTION_DAYS_MAX} dates of from")),
        _ => Ok(()),
    }
}

/// A zone the server knows.
fn zone_of(app: &App, id: &str) -> Result<Arc<ZoneRules>, &'static str> {
    app.zone(id).map_err(|_| "must be an IANA time zone, such as Asia/Seoul")
}

/// Its id, as the caller wrote it.
pub(super) fn zone_id(app: &App, id: &str) -> Result<String, &'static str> {
    zone_of(app, id).map(|_| id.to_owned())
}

/// The session type of that slug, or the only one.
fn offered<'a, T: Borrow<SessionType>>(offers: &'a [T], slug: Option<&str>) -> Result<&'a T, ApiError> {
    match (slug, offers) {
        (None, [only]) => Ok(only),
        (None, _) => Err(ApiError::invalid_field("session_type", "is required")),
        (Some(slug), _) => offers
            .iter()
            .find(|offer| (*offer).borrow().slug.as_str() == slug)
            .ok_or_else(|| ApiError::not_found("session type")),
    }
}

/// Names an answer by all that it is made of, so that nobody need write one to find that the caller has it already.
/// Told apart, not protected: nobody gains by two answers of one tag.
fn tag_of(app: &App, question: &Question, availability: &Availability) -> String {
    let mut made_of = Vec::with_capacity(256 + availability.starts.len() * 24);
    let policy = &question.session_type.policy;
    let texts = [env!("CARGO_PKG_VERSION"), app.zones.version(), &question.timezone];
    let texts = texts
        .into_iter()
        .chain([question.mentor.mentor().slug.as_str(), question.session_type.slug.as_str()]);
    for text in texts {
        made_of.extend_from_slice(text.as_bytes());
        made_of.push(0);
    }
    made_of.extend(policy.spec().duration_minutes.to_le_bytes());
    let next = availability.next_available.map_or(i64::MIN, Instant::unix);
    let dates = [question.from, question.to].map(|date| i64::from(date.num_days_from_ce()));
    [dates[0], dates[1], next].into_iter().for_each(|number| made_of.extend(number.to_le_bytes()));
    for starts in &availability.starts {
        made_of.extend(starts.run.start().unix().to_le_bytes());
        made_of.extend(starts.run.step_seconds().to_le_bytes());
        made_of.extend(starts.run.count().to_le_bytes());
        made_of.push(u8::from(starts.status == Status::Open));
    }
    format!("\"{:032x}\"", xxh3_128(&made_of))
}

/// The answer with its tag, or 304 when the caller has it already (RFC 9110 13.1.2).
fn tagged(tag: &str, body: impl FnOnce() -> Vec<u8>, known: &[HeaderValue]) -> Response {
    let known = known.iter().filter_map(|value| value.to_str().ok());
    let unchanged = known
        .flat_map(|value| value.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*");
    let mut response = match unchanged {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, "application/json")], Bytes::from(body())).into_response(),
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    // An answer is advice; booking asks again. It may be kept, if it is asked after each time.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Which start is in question.
#[derive(Deserialize, IntoParams)]
pub struct ExplainQuery {
    /// Id or slug; may be left out with a mentor's own key.
    mentor: Option<String>,
    /// Slug; may be left out when the mentor offers only one.
    session_type: Option<String>,
    /// An instant.
    #[param(required)]
    start: Option<String>,
}

/// Why a start is offered or not.
#[derive(Serialize, ToSchema, Default)]
pub struct ExplanationView {
    offered: bool,
    /// `open`, or the code of the rule that refuses it.
    code: &'static str,
    /// Busy: the first instant at which nothing is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Too soon: the first instant outside the notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest: Option<String>,
    /// Too far: the last date within the horizon.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<NaiveDate>,
    /// Off the grid: the nearest start before.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// Off the grid: the nearest start after.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// The date that is closed or full, or the Sunday that begins the full week.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<NaiveDate>,
    /// Busy: the bookings in the way, with those whose buffers are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bookings: Vec<SpanView>,
}

/// A stretch of time.
#[derive(Serialize, ToSchema)]
pub struct SpanView {
    /// In the schedule's zone.
    start: String,
    /// In the schedule's zone.
    end: String,
}

/// Says why a start is or is not offered; for the mentor and for admins.
#[utoipa::path(get, path = "/api/availability/explain", tag = "availability", params(ExplainQuery),
    security(("key" = [])),
    responses((status = 200, body = ExplanationView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn explain(
    State(app): State<App>,
    Now(now): Now,
    Caller(role): Caller,
    Query(query): Query<ExplainQuery>,
) -> Result<axum::Json<ExplanationView>, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let offers = app.store.session_types(mentor.id).await?;
    let session_type = offered(&offers, query.session_type.as_deref())?;
    let mut fields = Fields::default();
    let start = fields.take("start", required(query.start.as_deref()).and_then(parse_start));
    let start = fields.finish(start)?;
    let calendar =
        app.store.calendar(mentor.id, CalendarSpan::around(start, start), Except::Nothing, now).await?;
    let snapshot = Snapshot::new(slots::facts(&app, &calendar, session_type.policy)?);
    let zone = &snapshot.facts().zone;
    let span = |span: Interval| SpanView { start: local(span.start(), zone), end: local(span.end(), zone) };
    Ok(axum::Json(match snapshot.admit(start, now) {
        Ok(_) => ExplanationView { offered: true, code: "open", ..ExplanationView::default() },
        Err(refusal) => {
            let mut in_the_way: Vec<Interval> =
                snapshot.conflicts(start).map(|booking| booking.span).collect();
            in_the_way.sort_unstable();
            let bookings = match refusal {
                Refusal::Busy { .. } => in_the_way.into_iter().map(span).collect(),
                _ => Vec::new(),
            };
            ExplanationView { bookings, ..explanation(refusal, zone) }
        }
    }))
}

fn explanation(refusal: Refusal, zone: &ZoneRules) -> ExplanationView {
    let why = ExplanationView::default();
    let at = |instant| Some(local(instant, zone));
    match refusal {
        Refusal::OutsideHours => ExplanationView { code: "outside_hours", ..why },
        Refusal::BlockedDate { date } => ExplanationView { code: "blocked_date", date: Some(date), ..why },
        Refusal::OffGrid { before, after } => {
            ExplanationView { code: "off_grid", before: at(before), after: after.and_then(at), ..why }
        }
        Refusal::Busy { until } => ExplanationView { code: "busy", until: at(until), ..why },
        Refusal::TooSoon { earliest } => ExplanationView { code: "too_soon", earliest: at(earliest), ..why },
        Refusal::TooFar { latest } => ExplanationView { code: "too_far", latest: Some(latest), ..why },
        Refusal::DayFull { date } => ExplanationView { code: "day_full", date: Some(date), ..why },
        Refusal::WeekFull { sunday } => ExplanationView { code: "week_full", date: Some(sunday), ..why },
    }
}
