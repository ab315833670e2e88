//! The HTTP interface: all routes in one table, and the limits that hold for every one of them.

mod error;
mod extract;
mod openapi;
mod routes;
mod time;
mod validate;

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::trace::TraceLayer;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::openapi::document;
use self::{error::ApiError, routes as r};
use crate::app::App;

/// Longest body of a request, in bytes: a schedule with every limit used up fits.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Longest time a request may take, in seconds. The store's own patience is shorter.
const REQUEST_SECONDS_MAX: u64 = 15;

/// What every answer says, unless it says otherwise.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, crate::web::CSP),
];

/// The whole interface of one program, pages included.
pub fn router(app: App) -> Router {
    router_with(app, Router::new())
}

/// The same with some routes more, under the same limits.
pub fn router_with(app: App, more: Router<App>) -> Router {
    let (api, _) = api().split_for_parts();
    api.merge(pages())
        .merge(more)
        .fallback(r::pages::not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(in_time))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TraceLayer::new_for_http().make_span_with(span_of))
        .with_state(app)
}

/// The table of the JSON interface; the OpenAPI document is made from it.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(r::mentors::list))
        .routes(routes!(r::mentors::one))
        .routes(routes!(r::availability::list))
        .routes(routes!(r::availability::explain))
        .routes(routes!(r::bookings::create))
        .routes(routes!(r::bookings::one, r::bookings::cancel))
        .routes(routes!(r::bookings::reschedule))
        .routes(routes!(r::holds::create))
        .routes(routes!(r::holds::release))
        .routes(routes!(r::bookings::confirm))
        .routes(routes!(r::bookings::decline))
        .routes(routes!(r::bookings::complete))
        .routes(routes!(r::bookings::no_show))
        .routes(routes!(r::bookings::calendar_file))
        .routes(routes!(r::schedule::read, r::schedule::replace))
        .routes(routes!(r::schedule::replace_by_short_path))
        .routes(routes!(r::schedule::put_override, r::schedule::delete_override))
        .routes(routes!(r::session_types::list, r::session_types::create))
        .routes(routes!(r::session_types::change, r::session_types::remove))
        .routes(routes!(r::health::healthz))
        .routes(routes!(r::health::readyz))
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(r::pages::home))
        .route("/bookings/{id}", get(r::pages::manage))
        .route("/docs", get(r::pages::docs))
        .route("/openapi.json", get(r::pages::openapi))
        .route("/assets/{*path}", get(r::pages::asset))
}

/// Ends what takes too long; a booking in the middle of its transaction is undone, unless it was just being made to last.
/// Every answer goes out with the headers of all.
async fn in_time(request: Request, next: Next) -> Response {
    let limit = Duration::from_secs(REQUEST_SECONDS_MAX);
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| ApiError::uncertain().into_response());
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn method_not_allowed(method: Method) -> ApiError {
    let detail = format!("This address does not answer {method}.");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// The path alone: a query may hold a token.
fn span_of(request: &Request) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path())
}
