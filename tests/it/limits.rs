//! How often slots may be taken: by whom, for how long, and told apart by network.

use std::num::NonZeroU32;

use reqwest::StatusCode;
use serde_json::{Value, json};
use slotsmith::booking::Limits;
use slotsmith_tests::Postgres;

use crate::support::{PATIENCE, START, TestApp, booking_request};

async fn app(limits: Limits) -> TestApp {
    let postgres = std::env::var_os("SLOTSMITH_TEST_POSTGRES").map(|_| Postgres::start().unwrap());
    let app = TestApp::start_limited(postgres, START, PATIENCE, limits).await;
    for mentor in ["kim", "lee"] {
        app.add_mentor(mentor, "UTC").await;
    }
    app
}

/// Asks for the hour that many hours after nine on Thursday, and answers with the code, or 201.
async fn book(app: &TestApp, mentor: &str, hour: u32, email: &str) -> Result<(), (String, u64)> {
    let start = format!("2026-10-22T{:02}:00:00Z", 9 + hour);
    let body = booking_request(mentor, &start, json!({"email": email}));
    let response = app.post("/api/bookings", &body).send().await.unwrap();
    if response.status() == StatusCode::CREATED {
        return Ok(());
    }
    let wait =
        response.headers().get("retry-after").map_or(0, |wait| wait.to_str().unwrap().parse().unwrap());
    assert_eq!(response.status() == StatusCode::TOO_MANY_REQUESTS, wait > 0);
    let problem: Value = response.json().await.unwrap();
    Err((problem["code"].as_str().unwrap().to_owned(), wait))
}

#[tokio::test]
async fn an_address_books_so_often_in_a_day_with_whomever() {
    let app = app(Limits { per_email_per_day: NonZeroU32::new(2), ..Limits::default() }).await;
    book(&app, "kim", 0, "bo@example.com").await.unwrap();
    app.clock.advance(3_600);
    book(&app, "lee", 0, "BO@example.com").await.unwrap();
    app.clock.advance(60);
    // Whatever is asked for; and it may again when the first is a day old.
    let wait = 86_400 - 3_660;
    assert_eq!(book(&app, "kim", 1, "Bo@Example.com").await, Err(("limit_email".into(), wait)));
    book(&app, "kim", 1, "al@example.com").await.unwrap();
    app.clock.advance(wait as i64 - 1);
    assert_eq!(book(&app, "kim", 2, "bo@example.com").await, Err(("limit_email".into(), 1)));
    app.clock.advance(1);
    book(&app, "kim", 2, "bo@example.com").await.unwrap();
}

#[tokio::test]
async fn a_mentor_is_booked_so_often_in_a_day_by_whomever() {
    let app = app(Limits { per_mentor_per_day: NonZeroU32::new(2), ..Limits::default() }).await;
    for hour in 0..2 {
        book(&app, "kim", hour, &format!("{hour}@example.com")).await.unwrap();
    }
    assert_eq!(book(&app, "kim", 2, "3@example.com").await, Err(("limit_mentor".into(), 86_400)));
    book(&app, "lee", 2, "3@example.com").await.unwrap();
}

#[tokio::test]
async fn a_network_tries_so_often_in_an_hour_whatever_comes_of_it() {
    let app = app(Limits { attempts_per_ip_per_hour: NonZeroU32::new(3), ..Limits::default() }).await;
    book(&app, "kim", 0, "bo@example.com").await.unwrap();
    assert_eq!(book(&app, "kim", 0, "bo@example.com").await, Err(("slot_taken".into(), 0)));
    app.clock.advance(600);
    book(&app, "kim", 1, "bo@example.com").await.unwrap();
    assert_eq!(book(&app, "kim", 2, "bo@example.com").await, Err(("limit_ip".into(), 3_000)));
    // A stranger's word on where they come from counts for nothing.
    let body = booking_request("kim", "2026-10-22T11:00:00Z", json!({}));
    let disguised =
        app.post("/api/bookings", &body).header("x-forwarded-for", "192.0.2.7").send().await.unwrap();
    assert_eq!(disguised.status(), StatusCode::TOO_MANY_REQUESTS);
    app.clock.advance(3_000);
    book(&app, "kim", 2, "bo@example.com").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_under_a_race() {
    let most = NonZeroU32::new(3);
    let app = app(Limits { per_email_per_day: most, ..Limits::default() }).await;
    let requests: Vec<_> = (0..16)
        .map(|number| {
            let mentor = ["kim", "lee"][number % 2];
            let start = format!("2026-10-22T{:02}:00:00Z", 9 + number / 2);
            tokio::spawn(app.post("/api/bookings", &booking_request(mentor, &start, json!({}))).send())
        })
        .collect();
    let mut booked = 0;
    for request in requests {
        booked += usize::from(request.await.unwrap().unwrap().status() == StatusCode::CREATED);
    }
    assert_eq!(booked, 3);
}
