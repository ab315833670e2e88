//! Is it up, and can it work?

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    http::error::{ApiError, Problem},
};

/// What is running.
#[derive(Serialize, ToSchema)]
pub struct HealthView {
    /// `ok`.
    status: &'static str,
    /// This program's.
    version: &'static str,
    /// The tz database in use, such as `2026e`.
    tzdata: String,
    /// Where it comes from: bundled with the program, or a directory.
    tzdata_source: String,
}

/// The program is up; says nothing of the store.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = HealthView)))]
pub async fn healthz(State(app): State<App>) -> Json<HealthView> {
    Json(HealthView {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        tzdata: app.zones.version().to_owned(),
        tzdata_source: app.zones.source().to_string(),
    })
}

/// Whether it can work.
#[derive(Serialize, ToSchema)]
pub struct ReadyView {
    /// `ready`.
    status: &'static str,
}

/// The store answers too.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = ReadyView), (status = 503, body = Problem)))]
pub async fn readyz(State(app): State<App>) -> Result<Json<ReadyView>, ApiError> {
    app.store.ping().await?;
    Ok(Json(ReadyView { status: "ready" }))
}
