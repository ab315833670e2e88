//! Pages for people: gathers what each shows, and hands it to `web`. A GET changes nothing.

use std::sync::LazyLock;

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, FixedOffset, Utc};
use slotsmith_engine::{Instant, Interval};

use super::bookings::booking_id;
use crate::{
    app::App,
    booking::{self, BookingDetails, HistoryEntry},
    http::{
        error::ApiError,
        extract::{BookingClaim, Now, Path},
    },
    mentors::{Mentor, PAGE_MAX},
    session_types::SessionType,
    storage::StoreError,
    web::{self, Lang, LocalSpan, ManagedBooking, MentorCard, SessionTypeCard},
};

/// The OpenAPI document, made once.
static DOCUMENT: LazyLock<serde_json::Value> =
    LazyLock::new(|| serde_json::to_value(crate::http::document()).unwrap_or_default());

/// Mentor cards, each with the booking dialog.
pub async fn home(State(app): State<App>, Now(now): Now, headers: HeaderMap) -> Response {
    let lang = lang(&headers);
    match app.store.mentors(None, PAGE_MAX).await {
        Ok(page) => {
            let cards: Vec<MentorCard> =
                page.items.into_iter().map(|(m, offers)| card(&app, m, offers, now)).collect();
            web::home(&cards, utc(now), lang)
        }
        Err(error) => failure(ApiError::from(error), now, lang),
    }
}

/// One booking, for whoever holds its link; the page for a wrong token is the page for no booking.
pub async fn manage(
    State(app): State<App>,
    Now(now): Now,
    claim: Result<BookingClaim, ApiError>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let lang = lang(&headers);
    let found = async {
        let BookingClaim(claim) = claim?;
        let app = app.acting(claim.caller());
        let (details, _) = booking::find(&app, booking_id(&id)?, &claim).await?;
        let history = app.store.history(&details.booking).await?;
        managed(&app, details, &history).map_err(ApiError::from)
    };
    match found.await {
        Ok(booking) => web::manage(&booking, utc(now), lang),
        Err(error) => failure(error, now, lang),
    }
}

/// The reference of the interface, for people.
pub async fn docs(Now(now): Now, headers: HeaderMap) -> Response {
    web::docs(&DOCUMENT, utc(now), lang(&headers))
}

/// The reference of the interface, for programs.
pub async fn openapi() -> Json<&'static serde_json::Value> {
    Json(&DOCUMENT)
}

/// Styles, scripts and pictures.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    web::assets(&path, known)
}

/// What leads nowhere: a problem document below `/api`, a page elsewhere.
pub async fn not_found(OriginalUri(uri): OriginalUri, Now(now): Now, headers: HeaderMap) -> Response {
    if uri.path().starts_with("/api/") || uri.path() == "/api" {
        return ApiError::not_found("address").into_response();
    }
    web::not_found(utc(now), lang(&headers))
}

fn failure(error: ApiError, now: Instant, lang: Lang) -> Response {
    if error.status().is_server_error() {
        let mut page = web::error(error.status(), utc(now), lang);
        if let Some(retry_after) = error.into_response().headers_mut().remove(header::RETRY_AFTER) {
            page.headers_mut().insert(header::RETRY_AFTER, retry_after);
        }
        return page;
    }
    let mut page = web::not_found(utc(now), lang);
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

fn lang(headers: &HeaderMap) -> Lang {
    Lang::from_accept_language(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

fn card(app: &App, mentor: Mentor, offers: Vec<SessionType>, now: Instant) -> MentorCard {
    let zone = app.zone(&mentor.timezone);
    let offset = zone.map_or(0, |zone| i32::try_from(zone.offset_at(now)).unwrap_or_default());
    MentorCard {
        slug: mentor.slug.to_string(),
        name: mentor.name,
        headline: mentor.headline,
        timezone: mentor.timezone,
        utc_offset_seconds: offset,
        session_types: offers.into_iter().map(SessionTypeCard::from).collect(),
    }
}

impl From<SessionType> for SessionTypeCard {
    fn from(offer: SessionType) -> SessionTypeCard {
        SessionTypeCard {
            slug: offer.slug.to_string(),
            title: offer.title,
            duration_minutes: offer.policy.spec().duration_minutes,
            price_label: offer.price_label,
            location_kind: offer.location.to_string(),
        }
    }
}

fn managed(
    app: &App,
    details: BookingDetails,
    history: &[HistoryEntry],
) -> Result<ManagedBooking, StoreError> {
    let BookingDetails { booking, mentor, session_type } = details;
    let booker_time = span(app, &booking.booker.timezone, booking.meeting)?;
    let at = |instant| local(app, &booking.booker.timezone, instant);
    let line = |entry: &HistoryEntry| {
        let moved = entry.from.filter(|from| from.start != entry.to.start);
        Ok(web::HistoryEntry {
            at: at(entry.at)?,
            actor: entry.actor.as_str().to_owned(),
            action: entry.action.as_str().to_owned(),
            from: moved.map(|from| at(from.start)).transpose()?,
            to: moved.map(|_| at(entry.to.start)).transpose()?,
            reason: entry.reason.clone(),
        })
    };
    Ok(ManagedBooking {
        id: booking.id.to_string(),
        status: booking.status.to_string(),
        mentor_time: span(app, &mentor.timezone, booking.meeting)?,
        mentor_slug: mentor.slug.to_string(),
        mentor_name: mentor.name,
        session_type: session_type.into(),
        booker_time,
        history: history.iter().map(line).collect::<Result<_, StoreError>>()?,
        name: booking.booker.name,
        email: booking.booker.email,
        phone: booking.booker.phone,
        message: booking.booker.message,
        cancel_reason: booking.cancel_reason,
    })
}

fn span(app: &App, timezone: &str, meeting: Interval) -> Result<LocalSpan, StoreError> {
    let (start, end) = (local(app, timezone, meeting.start())?, local(app, timezone, meeting.end())?);
    Ok(LocalSpan { timezone: timezone.to_owned(), start, end })
}

fn local(app: &App, timezone: &str, at: Instant) -> Result<DateTime<FixedOffset>, StoreError> {
    let zone = app.zone(timezone).map_err(|e| StoreError::Broken(e.into()))?;
    let offset = i32::try_from(zone.offset_at(at)).ok().and_then(FixedOffset::east_opt);
    let offset = offset.ok_or_else(|| StoreError::Broken("an offset of over a day".into()))?;
    Ok(utc(at).with_timezone(&offset))
}

/// Every instant lies within chrono's range.
fn utc(at: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp(at.unix(), 0).unwrap_or_default()
}
