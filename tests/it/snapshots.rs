//! What is kept in memory says what the store says: after anything that one's own program does at once, after what another
//! does soon, also when nobody tells.

use std::time::Duration;

use axum::body::Body;
use reqwest::StatusCode;
use serde_json::{Value, json};
use slotsmith::http;
use slotsmith_engine::PolicySpec;
use slotsmith_tests::Postgres;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, sqlite::SqliteConnectOptions};
use tower::ServiceExt as _;

use crate::support::{HOUR, PATIENCE, START, TestApp, answer, booking_request};

const ASK: &str =
    "/api/availability?mentor=kim&timezone=UTC&include=taken&from=2026-10-20&to=2026-12-01&session_type=";

/// What an app that has kept nothing says.
async fn afresh(app: &TestApp, path: &str) -> (StatusCode, Value) {
    let request = axum::http::Request::get(path).body(Body::empty()).unwrap();
    let response = http::router(app.app.afresh()).oneshot(request).await.unwrap();
    let status = StatusCode::from_u16(response.status().as_u16()).unwrap();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Does something at random to the mentor's time; says what, for whoever reads the failure.
async fn change(app: &TestApp, random: &mut fastrand::Rng, made: &mut Vec<Value>, key: &str) -> String {
    let start = format!(
        "2026-{}-{:02}T{:02}:00:00Z",
        [10, 11][random.usize(..2)],
        random.u32(20..31),
        random.u32(9..17)
    );
    let date = &start[..10];
    let windows = json!([{"start": "10:00", "end": "12:00"}]);
    let (what, request) = match random.u32(..9) {
        0 | 1 => ("book", app.post("/api/bookings", &booking_request("kim", &start, json!({})))),
        2 => {
            let hold = json!({"mentor": "kim", "session_type": "hour", "start": start});
            ("hold", app.post("/api/holds", &hold))
        }
        3 => {
            app.clock.advance(200);
            ("wait", app.get("/healthz"))
        }
        4 => {
            let body = json!({"windows": if random.bool() { windows } else { json!([]) }});
            (
                "override",
                app.request("PUT", &format!("/api/availability/overrides/{date}"))
                    .json(&body)
                    .bearer_auth(key),
            )
        }
        5 => (
            "no override",
            app.request("DELETE", &format!("/api/availability/overrides/{date}")).bearer_auth(key),
        ),
        6 => {
            let body = json!({"max_per_day": random.u32(1..4)});
            ("limit", app.request("PATCH", "/api/session-types/hour").json(&body).bearer_auth(key))
        }
        chosen if made.is_empty() => (["", "move", "cancel"][chosen as usize - 6], app.get("/healthz")),
        chosen => {
            let booking = &made[random.usize(..made.len())];
            let (id, token) = (booking["id"].as_str().unwrap(), booking["manage_token"].as_str().unwrap());
            let path = format!("/api/bookings/{id}");
            let request = match chosen {
                7 => app.post(&format!("{path}/reschedule"), &json!({"start": start})),
                _ => app.request("DELETE", &path),
            };
            (if chosen == 7 { "move" } else { "cancel" }, request.bearer_auth(token))
        }
    };
    let (status, body) = answer(request).await;
    assert!(!status.is_server_error(), "{what}: {body}");
    if what == "book" && status == StatusCode::CREATED {
        made.push(body);
    }
    format!("{what} {start}: {status}")
}

#[tokio::test]
async fn whatever_happens_what_is_kept_is_what_is_stored() {
    const HALF: PolicySpec = PolicySpec { duration_minutes: 30, buffer_after_minutes: 15, ..HOUR };
    for postgres in [None, Some(Postgres::start().unwrap())] {
        let app = TestApp::start_on(postgres, START, PATIENCE).await;
        app.add_mentor_with("kim", "UTC", &[("hour", HOUR), ("half", HALF)]).await;
        let key = app.key(Some("kim")).await;
        let (mut random, mut made, mut told) = (fastrand::Rng::with_seed(7), Vec::new(), Vec::new());
        let mut answers = std::collections::BTreeSet::new();
        for _ in 0..80 {
            told.push(change(&app, &mut random, &mut made, &key).await);
            for session_type in ["hour", "half"] {
                let path = format!("{ASK}{session_type}");
                let kept = answer(app.get(&path)).await;
                assert_eq!(kept, afresh(&app, &path).await, "after {told:#?}");
                assert_eq!(kept.0, StatusCode::OK);
                answers.insert(kept.1.to_string());
            }
        }
        assert!(answers.len() > 40, "hardly anything happened: {told:#?}");
    }
}

/// Asks until the start is no longer open, without a pause, for as long as a person would hardly notice.
async fn shown_as_taken(app: &TestApp, start: &str) {
    let path = format!("{ASK}hour");
    let seen = async {
        loop {
            let (status, body) = answer(app.get(&path)).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let mut slots =
                body["days"].as_array().unwrap().iter().flat_map(|day| day["slots"].as_array().unwrap());
            if slots.any(|slot| slot["start"] == start && slot["status"] == "taken") {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(5), seen).await.expect("never seen");
}

#[tokio::test]
async fn what_one_node_books_another_shows_also_when_its_notice_is_lost() {
    let one = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
    one.add_mentor("kim", "UTC").await;
    let other = one.beside().await;
    for node in [&one, &other] {
        assert_eq!(answer(node.get(&format!("{ASK}hour"))).await.0, StatusCode::OK);
    }
    let url = one.postgres.as_ref().unwrap().url();
    let mut db = PgConnection::connect(&url).await.unwrap();
    for (hour, deaf) in [(9, false), (10, true), (11, false)] {
        if deaf {
            let gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%'";
            let ended = sqlx::query(gone).execute(&mut db).await.unwrap().rows_affected();
            assert_eq!(ended, 2, "each node listens");
        }
        let (status, body) = one.book("kim", &format!("2026-10-22T{hour:02}:00:00Z"), json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        shown_as_taken(&other, &format!("2026-10-22T{hour:02}:00:00+00:00")).await;
    }
}

#[tokio::test]
async fn what_another_program_writes_into_the_file_is_shown() {
    let app = TestApp::start_on(None, START, PATIENCE).await;
    app.add_mentor("kim", "UTC").await;
    let (status, body) = app.book("kim", "2026-10-22T09:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    shown_as_taken(&app, "2026-10-22T09:00:00+00:00").await;
    let file = app.dir.path().join("slotsmith.db");
    let mut db = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let moved = "UPDATE bookings SET starts_at = starts_at + 7200, ends_at = ends_at + 7200";
    assert_eq!(sqlx::query(moved).execute(&mut db).await.unwrap().rows_affected(), 1);
    shown_as_taken(&app, "2026-10-22T11:00:00+00:00").await;
}
