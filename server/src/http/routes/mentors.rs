//! Mentors, as anyone may see them.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::known_mentor;
use crate::{
    app::App,
    http::{
        error::{ApiError, Problem},
        extract::{Path, Query},
        validate::Fields,
    },
    mentors::{Mentor, PAGE_MAX, Slug},
    session_types::SessionType,
};

/// Mentors on a page when the caller does not say.
const PAGE_DEFAULT: u32 = 50;

/// A mentor and what they offer.
#[derive(Serialize, ToSchema)]
pub struct MentorView {
    id: String,
    /// Stands for the mentor in addresses.
    slug: String,
    name: String,
    headline: String,
    /// IANA id.
    timezone: String,
    session_types: Vec<OfferView>,
}

/// A session type, as bookers see it.
#[derive(Serialize, ToSchema)]
pub struct OfferView {
    slug: String,
    title: String,
    duration_minutes: u32,
    /// What it costs, in the mentor's words.
    price_label: Option<String>,
    /// `video`, `phone` or `in_person`.
    location_kind: &'static str,
    /// Whether the mentor must confirm a booking before it stands.
    requires_confirmation: bool,
}

/// A page of mentors.
#[derive(Serialize, ToSchema)]
pub struct MentorListView {
    items: Vec<MentorView>,
    /// Ask with this as `cursor` for the next page; null on the last.
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200, 50 when left out.
    limit: Option<String>,
}

impl MentorView {
    fn new(mentor: Mentor, offers: Vec<SessionType>) -> MentorView {
        MentorView {
            id: mentor.id.to_string(),
            slug: mentor.slug.to_string(),
            name: mentor.name,
            headline: mentor.headline,
            timezone: mentor.timezone,
            session_types: offers.into_iter().map(OfferView::from).collect(),
        }
    }
}

impl From<SessionType> for OfferView {
    fn from(offer: SessionType) -> OfferView {
        OfferView {
            slug: offer.slug.to_string(),
            title: offer.title,
            duration_minutes: offer.policy.spec().duration_minutes,
            price_label: offer.price_label,
            location_kind: offer.location.as_str(),
            requires_confirmation: offer.requires_confirmation,
        }
    }
}

/// Lists the mentors, by slug.
#[utoipa::path(get, path = "/api/mentors", tag = "mentors", params(PageQuery),
    responses((status = 200, body = MentorListView), (status = 422, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<MentorListView>, ApiError> {
    let mut fields = Fields::default();
    let after = fields.take("cursor", page.cursor.map(|cursor| cursor.parse::<Slug>()).transpose());
    let limit = fields.take("limit", page_limit(page.limit.as_deref()));
    let (after, limit) = fields.finish(after.zip(limit))?;
    let page = app.store.mentors(after.as_ref(), limit).await?;
    let last = page.items.last().map(|(mentor, _)| mentor.slug.to_string());
    Ok(Json(MentorListView {
        next_cursor: last.filter(|_| page.more),
        items: page.items.into_iter().map(|(mentor, offers)| MentorView::new(mentor, offers)).collect(),
    }))
}

/// One mentor, by id or slug.
#[utoipa::path(get, path = "/api/mentors/{mentor}", tag = "mentors",
    params(("mentor" = String, Path, description = "Id or slug")),
    responses((status = 200, body = MentorView), (status = 404, body = Problem)))]
pub async fn one(State(app): State<App>, Path(mentor): Path<String>) -> Result<Json<MentorView>, ApiError> {
    let mentor = known_mentor(&app, &mentor).await?;
    let offers = app.store.session_types(mentor.id).await?;
    Ok(Json(MentorView::new(mentor, offers)))
}

fn page_limit(text: Option<&str>) -> Result<u32, String> {
    let Some(text) = text else { return Ok(PAGE_DEFAULT) };
    let limit = text.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
    limit.ok_or_else(|| format!("must be 1 to {PAGE_MAX}"))
}
