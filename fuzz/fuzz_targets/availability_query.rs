//! Any text as the question of `GET /api/availability`: an answer or a refusal, never a panic, a fault or a hang.
//! `cargo +nightly fuzz run availability_query`

#![no_main]

use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{Router, body::Body, http::Request};
use libfuzzer_sys::Corpus;
use serde_json::Value;
use slotsmith::{
    App, booking::Limits, clock::FakeClock, config::Config, demo, http, notifications::Delivery, storage,
    zones::Zones,
};
use slotsmith_engine::Instant;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// 2026-10-20T12:00:00Z: clocks change in Berlin and New York within two weeks.
const NOW: i64 = 1_792_497_600;
/// More than the longest answer there is.
const ANSWER_BYTES_MAX: usize = 16 << 20;

static SERVER: LazyLock<(Runtime, Router)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let router = runtime.block_on(router());
    (runtime, router)
});

/// Three mentors as `serve --demo` has them, with bookings, on a clock that stands still.
async fn router() -> Router {
    // Statics are never dropped: whoever runs this cleans up, or the system does.
    let dir = tempfile::tempdir().expect("a folder").keep();
    let mut config = Config::defaults(dir.clone()).expect("defaults are valid");
    // The mentors' bookings are all under one address.
    config.limits = Limits::default();
    let store = storage::open(&config.database, Duration::from_secs(5)).await.expect("a store");
    let zones = Zones::from_candidates(None, None).expect("the bundled data reads");
    let clock = Arc::new(FakeClock::new(Instant::from_unix(NOW).expect("within range")));
    let app = App::new(store, zones, clock, config, Delivery::Outbox { dir: dir.join("outbox") });
    demo::furnish(&app).await.expect("mentors to ask for");
    http::router(app)
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    let (runtime, router) = &*SERVER;
    let Ok(request) = Request::get(address(input)).body(Body::empty()) else { return Corpus::Reject };
    let (status, bytes) = runtime.block_on(async {
        let answer = router.clone().oneshot(request).await.expect("a router always answers");
        let (head, body) = answer.into_parts();
        (head.status, axum::body::to_bytes(body, ANSWER_BYTES_MAX).await.expect("a whole answer"))
    });
    let body: Value = serde_json::from_slice(&bytes).expect("JSON, whatever was asked");
    match status.as_u16() {
        200 => check(&body),
        401 | 404 | 422 => assert_eq!(body["status"], status.as_u16(), "{body}"),
        status => panic!("status {status}: {body}"),
    }
    Corpus::Keep
});

/// What cannot stand in a query is escaped, as a browser would; `%` stays, so that escapes may be wrong.
fn address(query: &[u8]) -> String {
    let mut address = "/api/availability?".to_owned();
    for byte in query {
        match byte {
            b'#' | b'<' | b'>' | b'"' => write!(address, "%{byte:02X}").expect("a string takes all"),
            byte if byte.is_ascii_graphic() => address.push(char::from(*byte)),
            byte => write!(address, "%{byte:02X}").expect("a string takes all"),
        }
    }
    address
}

/// Dates lie in the range and ascend, and so do starts, on whole minutes.
fn check(body: &Value) {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned).expect("a text");
    let (from, to) = (text(&body["from"]), text(&body["to"]));
    let days = body["days"].as_array().expect("days");
    let dates: Vec<String> = days.iter().map(|day| text(&day["date"])).collect();
    assert!(dates.is_sorted_by(|a, b| a < b), "{dates:?}");
    assert!(dates.iter().all(|date| from <= *date && *date <= to), "{dates:?}");
    for (day, date) in days.iter().zip(&dates) {
        let slots = day["slots"].as_array().expect("slots");
        let instant = |slot: &Value| slot["start"].as_str()?.parse::<jiff::Timestamp>().ok();
        let starts: Vec<_> = slots.iter().map(|slot| instant(slot).expect("an instant")).collect();
        assert!(!starts.is_empty() && starts.is_sorted_by(|a, b| a < b), "{date}: {starts:?}");
        assert!(starts.iter().all(|start| start.as_second() % 60 == 0), "{date}: {starts:?}");
        assert!(slots.iter().all(|slot| text(&slot["start"]).starts_with(date)), "{date}: {slots:?}");
    }
}
