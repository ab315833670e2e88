//! When the store cannot write: 503 with Retry-After, nothing half-written, and all is well again afterwards.

use std::{path::Path, time::Duration};

use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use slotsmith_tests::Process;
use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

use crate::support::{START, TestApp, answer, booking_request};

#[tokio::test]
async fn a_locked_store_is_503_and_recovers() {
    let app = TestApp::start_with(START, Duration::from_millis(200)).await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let file = app.dir.path().join("slotsmith.db");
    let mut rival = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut rival).await.unwrap();

    let request = booking_request("kim", "2026-10-22T01:00:00Z", json!({}));
    let refused = app.post("/api/bookings", &request).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json");
    // Readers go on meanwhile.
    let path = "/api/availability?mentor=kim&from=2026-10-22&to=2026-10-22";
    assert_eq!(answer(app.get(path)).await.0, StatusCode::OK);

    sqlx::query("ROLLBACK").execute(&mut rival).await.unwrap();
    assert_eq!(answer(app.post("/api/bookings", &request)).await.0, StatusCode::CREATED);
}

/// No file may grow beyond three mebibytes, which to the store is a disk that is full.
#[tokio::test]
async fn a_full_disk_is_503_with_nothing_half_written_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let client = reqwest::Client::new();
    let mut booked = Vec::new();
    {
        let server = serve_demo(dir.path(), "ulimit -S -f 3072");
        let refused = loop {
            let request = next_request(&server, &client).await;
            let response = client.post(server.url("/api/bookings")).json(&request).send().await.unwrap();
            match response.status() {
                StatusCode::CREATED => booked.push(response.json::<Value>().await.unwrap()),
                _ => break response,
            }
            assert!(booked.len() < 1_000, "the disk never filled");
        };
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key(header::RETRY_AFTER));
        let again =
            answer(client.post(server.url("/api/bookings")).json(&next_request(&server, &client).await))
                .await;
        assert_eq!(again.0, StatusCode::SERVICE_UNAVAILABLE, "still full, still in good order: {}", again.1);
        // The disk has room again, and the program goes on as it stands.
        server.lift_limit().unwrap();
        let request = next_request(&server, &client).await;
        assert_eq!(
            answer(client.post(server.url("/api/bookings")).json(&request)).await.0,
            StatusCode::CREATED
        );
    }
    // Started anew: every answered booking is there, and there is nothing of the refused one.
    let server = serve_demo(dir.path(), "true");
    for made in &booked {
        let (id, token) = (made["id"].as_str().unwrap(), made["manage_token"].as_str().unwrap());
        let (status, seen) =
            answer(client.get(server.url(&format!("/api/bookings/{id}"))).bearer_auth(token)).await;
        assert_eq!(
            (status, &seen["start"], &seen["status"]),
            (StatusCode::OK, &made["start"], &made["status"])
        );
    }
    let request = next_request(&server, &client).await;
    assert_eq!(answer(client.post(server.url("/api/bookings")).json(&request)).await.0, StatusCode::CREATED);

    let mut db =
        SqliteConnectOptions::new().filename(dir.path().join("slotsmith.db")).connect().await.unwrap();
    let (sound,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut db).await.unwrap();
    assert_eq!(sound, "ok");
    // A booking, its first line of history, its token and its mail stand or fall together.
    let odd = "SELECT count(*) FROM bookings AS b
               WHERE NOT EXISTS (SELECT 1 FROM booking_history WHERE booking_id = b.id)
                  OR NOT EXISTS (SELECT 1 FROM booking_tokens WHERE booking_id = b.id)
                  OR NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'confirmation:' || b.id || ':booker')";
    let (odd,): (i64,) = sqlx::query_as(odd).fetch_one(&mut db).await.unwrap();
    assert_eq!(odd, 0);
}

/// The program with its demo and mentors to book, started in a shell that says `before` first.
fn serve_demo(dir: &Path, before: &str) -> Process {
    let settings = [("DATA_DIR".to_owned(), dir.display().to_string())];
    Process::start(&settings, &["--demo"], before, std::io::sink()).unwrap()
}

/// A request for the next open slot of a demo mentor.
async fn next_request(server: &Process, client: &reqwest::Client) -> Value {
    let ask = "/api/availability?mentor=jonas&session_type=office-hours&from=2026-01-01&to=2026-01-01";
    // The first date that matters is today's, whatever it is: next_available looks on from any past date.
    let (status, body) = answer(client.get(server.url(ask))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let start = body["next_available"].as_str().unwrap();
    booking_request("jonas", start, json!({"session_type": "office-hours", "message": "x".repeat(2_000)}))
}
