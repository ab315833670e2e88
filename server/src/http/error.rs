//! What goes wrong, as problem documents (RFC 9457) with stable codes. Detail that is not the caller's business
//! goes to the log and nowhere else.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use slotsmith_engine::Refusal;
use utoipa::ToSchema;

use crate::{
    booking::{BookingError, Limit},
    storage::StoreError,
};

/// Seconds after which a caller may try again when the store is away.
const RETRY_AFTER_SECONDS: u32 = 5;

/// A refusal, on its way to becoming a problem document.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    alternatives: Option<Vec<String>>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// A field that is not what it must be.
#[derive(Serialize, ToSchema, Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// Its name; a path such as `weekly[2].start` inside lists.
    pub field: String,
    /// What it must be.
    pub message: String,
}

/// A problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status and the code say it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time.
    detail: String,
    /// Stable, for programs.
    code: &'static str,
    /// Fields that are not what they must be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Open starts nearby, nearest first, where another time would help.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<Vec<String>>,
}

impl ApiError {
    /// A problem of this status and code.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> ApiError {
        ApiError { status, code, detail: detail.into(), errors: Vec::new(), alternatives: None, header: None }
    }

    /// 400: not to be read at all.
    pub fn malformed(detail: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// 401: no key, or none of ours.
    pub fn unauthorized() -> ApiError {
        let mut error =
            ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", "This call needs a valid key.");
        error.header = Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        error
    }

    /// 404: not there, or not for this caller.
    pub fn not_found(what: &str) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    /// 422: readable, but not what it must be.
    pub fn invalid(errors: Vec<FieldError>) -> ApiError {
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let detail = format!("Not what it must be: {}.", fields.join(", "));
        ApiError { errors, ..ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// 422 for one field.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> ApiError {
        ApiError::invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// 503: the same call may go through later; nothing was written.
    pub fn unavailable() -> ApiError {
        let detail = "The server cannot do this right now. Nothing was changed; try again shortly.";
        let mut error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        error.header = Some((header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS)));
        error
    }

    /// 503: it may have been done or not. Whoever sent an `Idempotency-Key` may send the same again.
    pub fn uncertain() -> ApiError {
        let detail = "The server cannot tell whether this was done. Look again shortly before you repeat it.";
        ApiError { code: "outcome_unknown", detail: detail.into(), ..ApiError::unavailable() }
    }

    fn broken() -> ApiError {
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "Something went wrong on our side.")
    }

    /// The status it will have.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code,
            errors: self.errors,
            alternatives: self.alternatives,
        };
        let mut response = (self.status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        match error {
            StoreError::SlotTaken => {
                ApiError::new(StatusCode::CONFLICT, "slot_taken", "That time was just taken.")
            }
            StoreError::Duplicate(what) => {
                let mut conflict = ApiError::new(
                    StatusCode::CONFLICT,
                    "duplicate",
                    format!("This {what} is already in use."),
                );
                conflict.errors =
                    vec![FieldError { field: what.into(), message: "is already in use".into() }];
                conflict
            }
            StoreError::Missing(what) => ApiError::not_found(what),
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "answering 503");
                ApiError::unavailable()
            }
            StoreError::Uncertain(_) => {
                tracing::warn!(%error, "answering 503");
                ApiError::uncertain()
            }
            StoreError::Broken(_) | StoreError::NotGranted(_) => {
                tracing::error!(%error, "answering 500");
                ApiError::broken()
            }
        }
    }
}

impl From<BookingError> for ApiError {
    fn from(error: BookingError) -> ApiError {
        let conflict = |detail| ApiError::new(StatusCode::CONFLICT, "booking_state_conflict", detail);
        match error {
            BookingError::NotFound => ApiError::not_found("booking"),
            BookingError::NoSuch(field) => ApiError::invalid_field(field, "is not known"),
            BookingError::Limited { limit, seconds } => limited(limit, seconds),
            BookingError::KeyReused => ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request.",
            ),
            BookingError::State(status) => conflict(format!("The booking is {status}.")),
            BookingError::Forbidden => ApiError::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "This is not for the holder of this link or key.",
            ),
            BookingError::NotBegun => conflict("The meeting has not begun yet.".into()),
            BookingError::Begun => conflict("The meeting has already begun.".into()),
            BookingError::Store(store) => store.into(),
            BookingError::Refused { refusal, alternatives } => {
                let mut error = ApiError::from(refusal);
                if error.status == StatusCode::CONFLICT {
                    error.alternatives = Some(alternatives.iter().map(ToString::to_string).collect());
                } else {
                    error.errors = vec![FieldError { field: "start".into(), message: error.detail.clone() }];
                }
                error
            }
        }
    }
}

fn limited(limit: Limit, seconds: i64) -> ApiError {
    let (code, what) = match limit {
        Limit::Email => ("limit_email", "There have been enough bookings under this address for now."),
        Limit::Mentor => ("limit_mentor", "The mentor has had enough new bookings for now."),
        Limit::Ip => ("limit_ip", "There have been enough attempts from your network for now."),
    };
    let mut error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, code, what);
    error.header = Some((header::RETRY_AFTER, HeaderValue::from(seconds.max(1))));
    error
}

/// What the solver says of a start, in words for bookers; never by what a time is taken.
impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        let invalid = |code, detail: String| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        let conflict = |code, detail: &str| ApiError::new(StatusCode::CONFLICT, code, detail);
        match refusal {
            Refusal::OutsideHours => invalid("outside_hours", "The mentor is not available then.".into()),
            Refusal::BlockedDate { date } => {
                invalid("blocked_date", format!("The mentor is not available on {date}."))
            }
            Refusal::OffGrid { before, after: Some(after) } => invalid(
                "off_grid",
                format!("Meetings start at set times; the nearest are {before} and {after}."),
            ),
            Refusal::OffGrid { before, after: None } => {
                invalid("off_grid", format!("Meetings start at set times; the nearest is {before}."))
            }
            Refusal::TooSoon { earliest } => {
                invalid("too_soon", format!("The earliest bookable time is {}.", whole_minute(earliest)))
            }
            Refusal::TooFar { latest } => invalid("too_far", format!("The last bookable date is {latest}.")),
            Refusal::Busy { .. } => conflict("slot_taken", "That time was just taken."),
            Refusal::DayFull { .. } => conflict("day_full", "The mentor takes no more bookings on that day."),
            Refusal::WeekFull { .. } => {
                conflict("week_full", "The mentor takes no more bookings in that week.")
            }
        }
    }
}

/// The first whole minute that is not before `at`.
fn whole_minute(at: slotsmith_engine::Instant) -> slotsmith_engine::Instant {
    at.plus((-at.unix()).rem_euclid(60))
}
