//! What a mentor offers, for the mentor and for admins.

use axum::{Json as Answer, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use slotsmith_engine::{Policy, PolicySpec};
use utoipa::ToSchema;

use super::{own_mentor, schedule::MentorQuery};
use crate::{
    app::App,
    http::{
        error::{ApiError, Problem},
        extract::{Caller, Json, Now, Path, Query},
        validate::{Fields, LABEL_CHARS_MAX, line, optional_line, required},
    },
    ids::{MentorId, SessionTypeId},
    mentors::Slug,
    session_types::{LocationKind, REMINDER_MINUTES_MAX, REMINDERS_MAX, SessionType},
};

/// A session type, with everything its mentor may set. What is left out or null has its default.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionTypeView {
    /// Stands for it in addresses; unique for the mentor.
    #[schema(required, nullable = false)]
    slug: Option<String>,
    #[schema(required, nullable = false)]
    title: Option<String>,
    /// 1 to 1,440.
    #[schema(required, nullable = false)]
    duration_minutes: Option<u32>,
    /// Distance between starts, 1 to 1,440; the duration when left out.
    step_minutes: Option<u32>,
    /// 0 to 1,440; 0 when left out.
    buffer_before_minutes: Option<u32>,
    /// 0 to 1,440; 0 when left out.
    buffer_after_minutes: Option<u32>,
    /// Up to ten years; 0 when left out.
    minimum_notice_minutes: Option<u32>,
    /// How many dates ahead may be booked, up to ten years; without end when left out.
    horizon_days: Option<u32>,
    /// Most active bookings on one date of the mentor's; without limit when left out.
    max_per_day: Option<u32>,
    /// Most active bookings in one week of the mentor's, Sunday to Saturday; without limit when left out.
    max_per_week: Option<u32>,
    /// `video`, `phone` or `in_person`; `video` when left out.
    location_kind: Option<String>,
    /// What it costs, in the mentor's words: "$30 donation".
    price_label: Option<String>,
    /// Whether the mentor must confirm a booking before it stands; no when left out.
    requires_confirmation: Option<bool>,
    /// Minutes before the start at which to remind.
    reminders_minutes: Option<Vec<u32>>,
}

/// What a mentor offers.
#[derive(Serialize, ToSchema)]
pub struct SessionTypeListView {
    items: Vec<SessionTypeView>,
    /// Always null: all of them fit on one page.
    next_cursor: Option<String>,
}

/// What a mentor offers, with everything they may set.
#[utoipa::path(get, path = "/api/session-types", tag = "session types", params(MentorQuery), security(("key" = [])),
    responses((status = 200, body = SessionTypeListView), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    Caller(role): Caller,
    Query(query): Query<MentorQuery>,
) -> Result<Answer<SessionTypeListView>, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let items = app.store.session_types(mentor.id).await?;
    Ok(Answer(SessionTypeListView {
        items: items.iter().map(SessionTypeView::from).collect(),
        next_cursor: None,
    }))
}

/// Offers a new kind of meeting.
#[utoipa::path(post, path = "/api/session-types", tag = "session types", params(MentorQuery), security(("key" = [])),
    request_body = SessionTypeView,
    responses((status = 201, body = SessionTypeView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    Now(now): Now,
    Caller(role): Caller,
    Query(query): Query<MentorQuery>,
    Json(body): Json<SessionTypeView>,
) -> Result<(StatusCode, Answer<SessionTypeView>), ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let new = read_session_type(mentor.id, SessionTypeId::new(now), body)?;
    app.store.add_session_type(&new).await?;
    tracing::info!(mentor.id = %mentor.id, session_type.id = %new.id, "added a session type");
    Ok((StatusCode::CREATED, Answer(SessionTypeView::from(&new))))
}

/// Changes what is given and leaves the rest (RFC 7396); null gives a member its default back.
#[utoipa::path(patch, path = "/api/session-types/{slug}", tag = "session types",
    params(("slug" = String, Path), MentorQuery), security(("key" = [])), request_body = SessionTypeView,
    responses((status = 200, body = SessionTypeView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    Caller(role): Caller,
    Path(slug): Path<String>,
    Query(query): Query<MentorQuery>,
    Json(patch): Json<serde_json::Map<String, Value>>,
) -> Result<Answer<SessionTypeView>, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let slug: Slug = slug.parse().map_err(|_| ApiError::not_found("session type"))?;
    let present = app.store.session_type(mentor.id, &slug).await?;
    let present = present.ok_or_else(|| ApiError::not_found("session type"))?;
    let changed = read_session_type(mentor.id, present.id, patched(&present, patch)?)?;
    app.store.update_session_type(&changed).await?;
    Ok(Answer(SessionTypeView::from(&changed)))
}

/// Takes a kind of meeting off the list; its bookings stand.
#[utoipa::path(delete, path = "/api/session-types/{slug}", tag = "session types",
    params(("slug" = String, Path), MentorQuery), security(("key" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn remove(
    State(app): State<App>,
    Now(now): Now,
    Caller(role): Caller,
    Path(slug): Path<String>,
    Query(query): Query<MentorQuery>,
) -> Result<StatusCode, ApiError> {
    let app = app.acting(role.caller());
    let mentor = own_mentor(&app, role, query.mentor.as_deref()).await?;
    let unknown = || ApiError::not_found("session type");
    let slug: Slug = slug.parse().map_err(|_| unknown())?;
    let removed = app.store.retire_session_type(mentor.id, &slug, now).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// The present state with a merge patch laid over it.
fn patched(
    present: &SessionType,
    patch: serde_json::Map<String, Value>,
) -> Result<SessionTypeView, ApiError> {
    let mut merged =
        serde_json::to_value(SessionTypeView::from(present)).map_err(|_| ApiError::unavailable())?;
    if let Value::Object(members) = &mut merged {
        members.extend(patch);
    }
    serde_path_to_error::deserialize(merged).map_err(|error| {
        let path = error.path().to_string();
        ApiError::invalid_field(if path == "." { "body".to_owned() } else { path }, error.inner().to_string())
    })
}

fn read_session_type(
    mentor: MentorId,
    id: SessionTypeId,
    body: SessionTypeView,
) -> Result<SessionType, ApiError> {
    let mut fields = Fields::default();
    let owned = |result: Result<&str, &'static str>| result.map(str::to_owned).map_err(str::to_owned);
    let slug = owned(required(body.slug.as_deref()))
        .and_then(|text| text.parse::<Slug>().map_err(|error| error.to_string()));
    let slug = fields.take("slug", slug);
    let title = owned(required(body.title.as_deref())).and_then(|text| line(&text, LABEL_CHARS_MAX));
    let title = fields.take("title", title);
    let duration_minutes = fields.take("duration_minutes", body.duration_minutes.ok_or("is required"));
    let location = body.location_kind.map_or(Ok(LocationKind::default()), |kind| kind.parse());
    let location = fields.take("location_kind", location);
    let price_label = fields.take("price_label", optional_line(body.price_label.as_deref(), LABEL_CHARS_MAX));
    let reminders_minutes =
        fields.take("reminders_minutes", reminders(body.reminders_minutes.unwrap_or_default()));
    let spec = PolicySpec {
        duration_minutes: duration_minutes.unwrap_or(1),
        step_minutes: body.step_minutes,
        buffer_before_minutes: body.buffer_before_minutes.unwrap_or_default(),
        buffer_after_minutes: body.buffer_after_minutes.unwrap_or_default(),
        minimum_notice_minutes: body.minimum_notice_minutes.unwrap_or_default(),
        horizon_days: body.horizon_days,
        max_per_day: body.max_per_day,
        max_per_week: body.max_per_week,
    };
    let policy = match Policy::new(spec) {
        Ok(policy) => fields.take("minimum_notice_minutes", notice_within_horizon(spec).map(|()| policy)),
        Err(refused) => fields.take(refused.field, Err(refused)),
    };
    let session_type = (|| {
        Some(SessionType {
            id,
            mentor,
            slug: slug?,
            title: title?,
            policy: policy?,
            location: location?,
            price_label: price_label?,
            requires_confirmation: body.requires_confirmation.unwrap_or_default(),
            reminders_minutes: reminders_minutes?,
        })
    })();
    fields.finish(session_type)
}

/// A notice longer than the horizon would leave nothing to book, which nobody means.
fn notice_within_horizon(spec: PolicySpec) -> Result<(), &'static str> {
    let horizon_ends = spec.horizon_days.map(|days| (days + 1).saturating_mul(1_440));
    match horizon_ends {
        Some(end) if end <= spec.minimum_notice_minutes => Err("must end before the horizon does"),
        _ => Ok(()),
    }
}

fn reminders(mut minutes: Vec<u32>) -> Result<Vec<u32>, String> {
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.dedup();
    if minutes.len() > REMINDERS_MAX {
        return Err(format!("must have at most {REMINDERS_MAX} entries"));
    }
    if minutes.iter().any(|minutes| !(1..=REMINDER_MINUTES_MAX).contains(minutes)) {
        return Err(format!("must each be 1 to {REMINDER_MINUTES_MAX}"));
    }
    Ok(minutes)
}

impl From<&SessionType> for SessionTypeView {
    fn from(from: &SessionType) -> SessionTypeView {
        let spec = from.policy.spec();
        SessionTypeView {
            slug: Some(from.slug.to_string()),
            title: Some(from.title.clone()),
            duration_minutes: Some(spec.duration_minutes),
            step_minutes: spec.step_minutes,
            buffer_before_minutes: Some(spec.buffer_before_minutes),
            buffer_after_minutes: Some(spec.buffer_after_minutes),
            minimum_notice_minutes: Some(spec.minimum_notice_minutes),
            horizon_days: spec.horizon_days,
            max_per_day: spec.max_per_day,
            max_per_week: spec.max_per_week,
            location_kind: Some(from.location.to_string()),
            price_label: from.price_label.clone(),
            requires_confirmation: Some(from.requires_confirmation),
            reminders_minutes: Some(from.reminders_minutes.clone()),
        }
    }
}
