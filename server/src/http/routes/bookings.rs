//! Taking a slot, and what its holder may do with it afterwards.

use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use slotsmith_engine::Instant;
use utoipa::ToSchema;

use super::availability::zone_id;
use crate::{
    app::App,
    booking::{self, Booked, Booker, BookingDetails, Change, HistoryEntry, Moment, NewBooking, Once, Told},
    http::{
        error::{ApiError, Problem},
        extract::{BookingClaim, IdempotencyKey, Json, Now, OptionalJson, Path, Source},
        time::{local, parse_start},
        validate::{
            Fields, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, email, line, optional_phone, optional_text, required,
        },
    },
    ids::{BookingId, Secret, SecretHash},
    mentors::{MentorRef, Slug},
    notifications::{CalendarCopy, Method, calendar_file as write_calendar_file},
};

/// Bookings are nobody else's business: no cache keeps them.
const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// A slot and who wants it.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingRequest {
    /// Id or slug.
    #[schema(required, nullable = false)]
    mentor: Option<String>,
    /// Slug.
    #[schema(required, nullable = false)]
    session_type: Option<String>,
    /// A start that availability lists.
    #[schema(required, nullable = false)]
    start: Option<String>,
    #[schema(required, nullable = false)]
    name: Option<String>,
    #[schema(required, nullable = false)]
    email: Option<String>,
    phone: Option<String>,
    message: Option<String>,
    /// The booker's zone, an IANA id; their mail speaks it.
    #[schema(required, nullable = false)]
    timezone: Option<String>,
    /// The token of a hold on the slot.
    hold: Option<String>,
}

/// A booking just made.
#[derive(Serialize, ToSchema)]
pub struct CreatedView {
    id: String,
    /// `confirmed`, or `pending` until the mentor says yes.
    status: &'static str,
    mentor: String,
    session_type: String,
    start: String,
    end: String,
    timezone: String,
    /// Shows, moves and cancels the booking.
    manage_url: String,
    /// The secret of that link; shown here and never again.
    manage_token: String,
}

/// A booking.
#[derive(Serialize, ToSchema)]
pub struct BookingView {
    id: String,
    status: &'static str,
    mentor: BookedMentorView,
    session_type: BookedSessionView,
    start: String,
    end: String,
    timezone: String,
    name: String,
    email: String,
    phone: Option<String>,
    message: Option<String>,
    created_at: String,
    cancel_reason: Option<String>,
    /// Oldest first.
    history: Vec<HistoryView>,
}

/// Whose time a booking takes.
#[derive(Serialize, ToSchema)]
pub struct BookedMentorView {
    slug: String,
    name: String,
    timezone: String,
}

/// What kind of meeting a booking is.
#[derive(Serialize, ToSchema)]
pub struct BookedSessionView {
    slug: String,
    title: String,
    duration_minutes: u32,
    price_label: Option<String>,
    location_kind: &'static str,
}

/// One change of a booking.
#[derive(Serialize, ToSchema)]
pub struct HistoryView {
    at: String,
    /// `booker`, `mentor`, `admin` or `system`.
    actor: &'static str,
    /// `created`, `rescheduled`, `cancelled`, `confirmed`, `declined`, `completed`, `no_show` or `expired`.
    action: &'static str,
    from: Option<MomentView>,
    to: MomentView,
    reason: Option<String>,
}

/// Where a booking stood.
#[derive(Serialize, ToSchema)]
pub struct MomentView {
    start: String,
    status: &'static str,
}

/// Where a booking is to be moved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleRequest {
    /// A start that availability lists, its own time left out.
    #[schema(required, nullable = false)]
    start: Option<String>,
}

/// Why a booking is called off.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    reason: Option<String>,
}

/// Books a slot. The same request with the same `Idempotency-Key` makes one booking, for a day.
#[utoipa::path(post, path = "/api/bookings", tag = "bookings", request_body = BookingRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "The caller's name for this attempt, 1 to 255 visible ASCII characters")),
    responses((status = 201, body = CreatedView),
        (status = 409, body = Problem, description = "`slot_taken`, `day_full` or `week_full`, with `alternatives`"),
        (status = 422, body = Problem,
            description = "`invalid`, `idempotency_key_reused`, `outside_hours`, `too_soon`, `too_far`, `off_grid` or `blocked_date`"),
        (status = 429, body = Problem, description = "`limit_email`, `limit_mentor` or `limit_ip`, with `Retry-After`"),
        (status = 503, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    Now(now): Now,
    IdempotencyKey(key): IdempotencyKey,
    Source(source): Source,
    Json(body): Json<BookingRequest>,
) -> Result<Response, ApiError> {
    let new = NewBooking { source, ..new_booking(&app, &body)? };
    let request = SecretHash::of(serde_json::to_string(&body).unwrap_or_default().as_bytes());
    let once = key.map(|key| Once { key, request });
    let Booked { details, token, is_repeated } = booking::book(&app, new, once.as_ref(), now).await?;
    let zone = app.zone(&details.booking.booker.timezone);
    let at =
        |instant: Instant| zone.as_ref().map_or_else(|_| instant.to_string(), |zone| local(instant, zone));
    let created = CreatedView {
        id: details.booking.id.to_string(),
        status: details.booking.status.as_str(),
        mentor: details.mentor.slug.to_string(),
        session_type: details.session_type.slug.to_string(),
        start: at(details.booking.meeting.start()),
        end: at(details.booking.meeting.end()),
        manage_url: app.config.manage_link(details.booking.id, &token),
        manage_token: token.reveal().to_owned(),
        timezone: details.booking.booker.timezone,
    };
    let mut response = (StatusCode::CREATED, NO_STORE, Answer(created)).into_response();
    if is_repeated {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn new_booking(app: &App, body: &BookingRequest) -> Result<NewBooking, ApiError> {
    let mut fields = Fields::default();
    let mentor = fields.take(
        "mentor",
        required(body.mentor.as_deref())
            .and_then(|text| text.parse::<MentorRef>().map_err(|_| "is not known")),
    );
    let session_type = fields.take(
        "session_type",
        required(body.session_type.as_deref())
            .and_then(|text| text.parse::<Slug>().map_err(|_| "is not known")),
    );
    let start = fields.take("start", required(body.start.as_deref()).and_then(parse_start));
    let name = required(body.name.as_deref()).map_err(str::to_owned);
    let name = fields.take("name", name.and_then(|name| line(name, NAME_CHARS_MAX)));
    let email = fields.take("email", required(body.email.as_deref()).and_then(email));
    let phone = fields.take("phone", optional_phone(body.phone.as_deref()));
    let message = fields.take("message", optional_text(body.message.as_deref(), MESSAGE_CHARS_MAX));
    let timezone =
        fields.take("timezone", required(body.timezone.as_deref()).and_then(|id| zone_id(app, id)));
    let hold = body.hold.as_deref().map(|token| Secret::from(token).hash());
    let new = (|| {
        let booker =
            Booker { name: name?, email: email?, phone: phone?, message: message?, timezone: timezone? };
        Some(NewBooking {
            mentor: mentor?,
            session_type: session_type?,
            start: start?,
            booker,
            hold,
            source: None,
        })
    })();
    fields.finish(new)
}

/// One booking with its history, for whoever holds its link.
#[utoipa::path(get, path = "/api/bookings/{id}", tag = "bookings", params(("id" = String, Path)),
    security(("manage_token" = []), ("key" = [])),
    responses((status = 200, body = BookingView), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn one(
    State(app): State<App>,
    BookingClaim(claim): BookingClaim,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let app = app.acting(claim.caller());
    let (details, _) = booking::find(&app, booking_id(&id)?, &claim).await?;
    let history = app.store.history(&details.booking).await?;
    Ok(answer(&app, Told { details, history }))
}

/// Moves a booking; it keeps its id, its links and its place in calendars.
#[utoipa::path(post, path = "/api/bookings/{id}/reschedule", tag = "bookings", params(("id" = String, Path)),
    security(("manage_token" = []), ("key" = [])), request_body = RescheduleRequest,
    responses((status = 200, body = BookingView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn reschedule(
    State(app): State<App>,
    Now(now): Now,
    BookingClaim(claim): BookingClaim,
    Path(id): Path<String>,
    Json(body): Json<RescheduleRequest>,
) -> Result<Response, ApiError> {
    let app = app.acting(claim.caller());
    let (details, party) = booking::find(&app, booking_id(&id)?, &claim).await?;
    let mut fields = Fields::default();
    let start = fields.take("start", required(body.start.as_deref()).and_then(parse_start));
    let start = fields.finish(start)?;
    let moved = booking::reschedule(&app, details, party, start, now).await?;
    Ok(answer(&app, moved))
}

/// Calls a booking off. Repeating it is the same answer.
#[utoipa::path(delete, path = "/api/bookings/{id}", tag = "bookings", params(("id" = String, Path)),
    security(("manage_token" = []), ("key" = [])), request_body = Option<CancelRequest>,
    responses((status = 200, body = BookingView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn cancel(
    app: State<App>,
    now: Now,
    by: BookingClaim,
    id: Path<String>,
    body: OptionalJson<CancelRequest>,
) -> Result<Response, ApiError> {
    changed(app, now, by, id, Change::Cancel, body.0.reason.as_deref()).await
}

/// The mentor says yes to a booking that waits for it.
#[utoipa::path(post, path = "/api/bookings/{id}/confirm", tag = "bookings", params(("id" = String, Path)),
    security(("key" = [])), responses((status = 200, body = BookingView), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn confirm(
    app: State<App>,
    now: Now,
    by: BookingClaim,
    id: Path<String>,
) -> Result<Response, ApiError> {
    changed(app, now, by, id, Change::Confirm, None).await
}

/// The mentor says no to a booking that waits for it; its time is free at once.
#[utoipa::path(post, path = "/api/bookings/{id}/decline", tag = "bookings", params(("id" = String, Path)),
    security(("key" = [])), request_body = Option<CancelRequest>,
    responses((status = 200, body = BookingView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn decline(
    app: State<App>,
    now: Now,
    by: BookingClaim,
    id: Path<String>,
    body: OptionalJson<CancelRequest>,
) -> Result<Response, ApiError> {
    changed(app, now, by, id, Change::Decline, body.0.reason.as_deref()).await
}

/// The meeting took place.
#[utoipa::path(post, path = "/api/bookings/{id}/complete", tag = "bookings", params(("id" = String, Path)),
    security(("key" = [])), responses((status = 200, body = BookingView), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn complete(
    app: State<App>,
    now: Now,
    by: BookingClaim,
    id: Path<String>,
) -> Result<Response, ApiError> {
    changed(app, now, by, id, Change::Complete, None).await
}

/// The booker did not come.
#[utoipa::path(post, path = "/api/bookings/{id}/no-show", tag = "bookings", params(("id" = String, Path)),
    security(("key" = [])), responses((status = 200, body = BookingView), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn no_show(
    app: State<App>,
    now: Now,
    by: BookingClaim,
    id: Path<String>,
) -> Result<Response, ApiError> {
    changed(app, now, by, id, Change::NoShow, None).await
}

async fn changed(
    State(app): State<App>,
    Now(now): Now,
    BookingClaim(claim): BookingClaim,
    Path(id): Path<String>,
    change: Change,
    reason: Option<&str>,
) -> Result<Response, ApiError> {
    let app = app.acting(claim.caller());
    let (details, party) = booking::find(&app, booking_id(&id)?, &claim).await?;
    let mut fields = Fields::default();
    let reason = fields.take("reason", optional_text(reason, MESSAGE_CHARS_MAX));
    let reason = fields.finish(reason)?;
    let done = booking::change(&app, details, change, party, reason, now).await?;
    Ok(answer(&app, done))
}

/// A booking as a calendar file (RFC 5545), to keep or to import.
#[utoipa::path(get, path = "/api/bookings/{id}/calendar.ics", tag = "bookings", params(("id" = String, Path)),
    security(("manage_token" = []), ("key" = [])),
    responses((status = 200, content_type = "text/calendar", body = String), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub async fn calendar_file(
    State(app): State<App>,
    Now(now): Now,
    BookingClaim(claim): BookingClaim,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let app = app.acting(claim.caller());
    let (details, reader) = booking::find(&app, booking_id(&id)?, &claim).await?;
    let copy = CalendarCopy { method: Method::Publish, reader, sender: &app.config.sender, manage_url: None };
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"booking.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, write_calendar_file(&details, copy, now)).into_response())
}

/// What cannot be an id is the id of no booking.
pub(super) fn booking_id(text: &str) -> Result<BookingId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found("booking"))
}

fn answer(app: &App, told: Told) -> Response {
    (NO_STORE, Answer(view(app, told.details, &told.history))).into_response()
}

fn view(app: &App, details: BookingDetails, history: &[HistoryEntry]) -> BookingView {
    let BookingDetails { booking, mentor, session_type } = details;
    let zone = app.zone(&booking.booker.timezone);
    let at =
        |instant: Instant| zone.as_ref().map_or_else(|_| instant.to_string(), |zone| local(instant, zone));
    let moment = |moment: Moment| MomentView { start: at(moment.start), status: moment.status.as_str() };
    let line = |entry: &HistoryEntry| HistoryView {
        at: at(entry.at),
        actor: entry.actor.as_str(),
        action: entry.action.as_str(),
        from: entry.from.map(moment),
        to: moment(entry.to),
        reason: entry.reason.clone(),
    };
    BookingView {
        id: booking.id.to_string(),
        status: booking.status.as_str(),
        mentor: BookedMentorView {
            slug: mentor.slug.to_string(),
            name: mentor.name,
            timezone: mentor.timezone,
        },
        session_type: BookedSessionView {
            slug: session_type.slug.to_string(),
            title: session_type.title,
            duration_minutes: session_type.policy.spec().duration_minutes,
            price_label: session_type.price_label,
            location_kind: session_type.location.as_str(),
        },
        start: at(booking.meeting.start()),
        end: at(booking.meeting.end()),
        created_at: at(booking.created_at),
        history: history.iter().map(line).collect(),
        timezone: booking.booker.timezone.clone(),
        name: booking.booker.name,
        email: booking.booker.email,
        phone: booking.booker.phone,
        message: booking.booker.message,
        cancel_reason: booking.cancel_reason,
    }
}
