//! Slots that are kept for somebody while they fill in the form.

use axum::{Json as Answer, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    booking::{self, BookingError, Claim, Held, NewHold},
    http::{
        error::{ApiError, Problem},
        extract::{BookingClaim, Json, Now, Path, Source},
        time::parse_start,
        validate::{Fields, required},
    },
    ids::HoldId,
    mentors::{MentorRef, Slug},
};

/// A slot to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// Id or slug.
    #[schema(required, nullable = false)]
    mentor: Option<String>,
    /// Slug.
    #[schema(required, nullable = false)]
    session_type: Option<String>,
    /// A start that availability lists.
    #[schema(required, nullable = false)]
    start: Option<String>,
}

/// A slot that is kept.
#[derive(Serialize, ToSchema)]
pub struct HoldView {
    id: String,
    mentor: String,
    session_type: String,
    start: String,
    end: String,
    /// When it is anybody's again.
    expires_at: String,
    /// As `hold` of a booking it lets its holder have the slot; shown here and never again.
    hold_token: String,
}

/// Keeps a slot for some minutes.
#[utoipa::path(post, path = "/api/holds", tag = "bookings", request_body = HoldRequest,
    responses((status = 201, body = HoldView),
        (status = 409, body = Problem, description = "`slot_taken`, `day_full` or `week_full`, with `alternatives`"),
        (status = 422, body = Problem), (status = 429, body = Problem, description = "`limit_ip`, with `Retry-After`"),
        (status = 503, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    Now(now): Now,
    Source(source): Source,
    Json(body): Json<HoldRequest>,
) -> Result<(StatusCode, Answer<HoldView>), ApiError> {
    let mut fields = Fields::default();
    let mentor =
        required(body.mentor.as_deref()).and_then(|id| id.parse::<MentorRef>().map_err(|_| "is not known"));
    let mentor = fields.take("mentor", mentor);
    let slug =
        required(body.session_type.as_deref()).and_then(|id| id.parse::<Slug>().map_err(|_| "is not known"));
    let session_type = fields.take("session_type", slug);
    let start = fields.take("start", required(body.start.as_deref()).and_then(parse_start));
    let new = (|| Some(NewHold { mentor: mentor?, session_type: session_type?, start: start?, source }))();
    let Held { hold, mentor, session_type, token } = booking::hold(&app, fields.finish(new)?, now).await?;
    let view = HoldView {
        id: hold.id.to_string(),
        mentor: mentor.slug.to_string(),
        session_type: session_type.slug.to_string(),
        start: hold.meeting.start().to_string(),
        end: hold.meeting.end().to_string(),
        expires_at: hold.expires_at.to_string(),
        hold_token: token.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Answer(view)))
}

/// Lets a slot go.
#[utoipa::path(delete, path = "/api/holds/{id}", tag = "bookings", params(("id" = String, Path)),
    security(("manage_token" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn release(
    State(app): State<App>,
    BookingClaim(claim): BookingClaim,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (Ok(id), Claim::Token(token)) = (id.parse::<HoldId>(), claim) else {
        return Err(ApiError::not_found("hold"));
    };
    match booking::release(&app, id, token).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(BookingError::NotFound) => Err(ApiError::not_found("hold")),
        Err(error) => Err(error.into()),
    }
}
