//! Slots that are kept for somebody: nobody else has them meanwhile, and they end by themselves.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

const START: &str = "2026-10-22T09:00:00Z";

async fn app() -> TestApp {
    let app = TestApp::start().await;
    app.add_mentor("kim", "UTC").await;
    app
}

async fn hold(app: &TestApp, start: &str) -> (StatusCode, Value) {
    answer(app.post("/api/holds", &json!({"mentor": "kim", "session_type": "hour", "start": start}))).await
}

async fn offered(app: &TestApp, start: &str) -> bool {
    let (_, body) =
        answer(app.get("/api/availability?mentor=kim&from=2026-10-22&to=2026-10-22&timezone=UTC")).await;
    body.to_string().contains(&start.replace('Z', "+00:00")) || body.to_string().contains(start)
}

#[tokio::test]
async fn a_held_slot_is_its_holders_alone() {
    let app = app().await;
    assert!(offered(&app, START).await);
    let (status, held) = hold(&app, START).await;
    assert_eq!(status, StatusCode::CREATED, "{held}");
    assert_eq!((&held["start"], &held["end"]), (&json!(START), &json!("2026-10-22T10:00:00Z")));
    assert!(!offered(&app, START).await, "offered although it is held");

    let (status, problem) = app.book("kim", START, json!({})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("slot_taken")));
    assert_eq!(hold(&app, START).await.0, StatusCode::CONFLICT);
    let (status, _) = app.book("kim", START, json!({"hold": "somebody else's"})).await;
    assert_eq!(status, StatusCode::CONFLICT);

    let token = held["hold_token"].as_str().unwrap();
    let (status, booking) = app.book("kim", START, json!({"hold": token})).await;
    assert_eq!(status, StatusCode::CREATED, "{booking}");
    // The hold went with the booking.
    let path = format!("/api/holds/{}", held["id"].as_str().unwrap());
    assert_eq!(answer(app.request("DELETE", &path).bearer_auth(token)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_hold_ends_by_itself_after_some_minutes() {
    let app = app().await;
    let (_, held) = hold(&app, START).await;
    assert_eq!(held["expires_at"], json!("2026-10-20T12:05:00Z"));
    app.clock.advance(299);
    assert_eq!(app.book("kim", START, json!({})).await.0, StatusCode::CONFLICT);
    app.clock.advance(1);
    assert!(offered(&app, START).await);
    assert_eq!(app.book("kim", START, json!({})).await.0, StatusCode::CREATED);
    // Too late: the slot is somebody else's now.
    let (status, _) = app.book("kim", START, json!({"hold": held["hold_token"]})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_hold_is_let_go_with_its_token() {
    let app = app().await;
    let (_, held) = hold(&app, START).await;
    let path = format!("/api/holds/{}", held["id"].as_str().unwrap());
    let release = async |token: Option<&str>| {
        let request = app.request("DELETE", &path);
        answer(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
        .0
    };
    assert_eq!(release(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(release(Some("another")).await, StatusCode::NOT_FOUND);
    assert_eq!(release(Some(&app.key(Some("kim")).await)).await, StatusCode::NOT_FOUND);
    assert_eq!(release(held["hold_token"].as_str()).await, StatusCode::NO_CONTENT);
    assert_eq!(release(held["hold_token"].as_str()).await, StatusCode::NOT_FOUND);
    assert_eq!(app.book("kim", START, json!({})).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn only_what_is_offered_is_held() {
    let app = app().await;
    for (start, code) in [("2026-10-22T09:30:00Z", "off_grid"), ("2026-10-24T09:00:00Z", "outside_hours")] {
        let (status, problem) = hold(&app, start).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)));
    }
    let (status, problem) = answer(app.post("/api/holds", &json!({}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_race_of_holds_and_bookings_has_one_winner() {
    let app = app().await;
    let racers: Vec<_> = (0..24)
        .map(|number| {
            let held = json!({"mentor": "kim", "session_type": "hour", "start": START});
            let booked = crate::support::booking_request("kim", START, json!({}));
            let request = if number % 2 == 0 {
                app.post("/api/holds", &held)
            } else {
                app.post("/api/bookings", &booked)
            };
            tokio::spawn(request.send())
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        won += usize::from(racer.await.unwrap().unwrap().status() == StatusCode::CREATED);
    }
    assert_eq!(won, 1);
}
