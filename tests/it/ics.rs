//! The calendar file, read back by three parsers that are not ours.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, answer, readers::Reader};

/// Books with `over`, and answers the booking and its calendar file.
async fn booked(app: &TestApp, over: Value) -> (Value, String) {
    // Nine in the morning in New York, after its clocks went back.
    let (status, made) = app.book("maya", "2026-11-03T14:00:00Z", over).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let path = format!("/api/bookings/{}/calendar.ics", made["id"].as_str().unwrap());
    let (status, file) = answer(app.get(&path).bearer_auth(made["manage_token"].as_str().unwrap())).await;
    assert_eq!(status, StatusCode::OK);
    (made, file.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn three_strangers_read_the_same_booking() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let (made, file) = booked(&app, json!({})).await;
    for reader in Reader::CALENDARS {
        let seen = reader.read(file.as_bytes());
        let uid = format!("{}@slotsmith", made["id"].as_str().unwrap());
        assert_eq!(seen["uid"], uid, "{reader:?}");
        assert_eq!(seen["start"], "2026-11-03T14:00:00Z", "{reader:?}");
        assert_eq!(seen["end"], "2026-11-03T15:00:00Z", "{reader:?}");
        assert_eq!(seen["stamp"], "2026-10-20T12:00:00Z", "{reader:?}");
        assert_eq!(seen["sequence"], 0, "{reader:?}");
        assert_eq!(seen["method"], "PUBLISH", "{reader:?}");
        assert_eq!(seen["status"], "CONFIRMED", "{reader:?}");
        // A file to download invites nobody.
        assert_eq!(seen["attendees"], json!([]), "{reader:?}");
    }
    assert!(!file.contains("mentors.example"), "the mentor's address is nobody's business");
}

#[tokio::test]
async fn a_moved_booking_keeps_its_uid_and_raises_its_sequence() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let (made, before) = booked(&app, json!({})).await;
    let path = format!("/api/bookings/{}", made["id"].as_str().unwrap());
    let token = made["manage_token"].as_str().unwrap();
    let to = json!({"start": "2026-11-04T20:00:00Z"});
    let moved = app.post(&format!("{path}/reschedule"), &to).bearer_auth(token);
    assert_eq!(answer(moved).await.0, StatusCode::OK);
    let (_, after) = answer(app.get(&format!("{path}/calendar.ics")).bearer_auth(token)).await;
    for reader in Reader::CALENDARS {
        let (before, after) =
            (reader.read(before.as_bytes()), reader.read(after.as_str().unwrap().as_bytes()));
        assert_eq!(before["uid"], after["uid"], "{reader:?}");
        assert_eq!(
            (&after["sequence"], &after["start"]),
            (&json!(1), &json!("2026-11-04T20:00:00Z")),
            "{reader:?}"
        );
    }
}

#[tokio::test]
async fn nothing_a_booker_types_adds_a_line_or_breaks_the_file() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let name =
        "Bo \"O;k,\" \\n \u{1F600} 이름이 아주 아주 아주 아주 아주 아주 아주 아주 아주 아주 아주 긴 사람";
    let message = "first\r\nATTENDEE:mailto:x@example.com\nBEGIN:VEVENT; , \\ \"end\"";
    let (_, file) = booked(&app, json!({"name": name, "message": message})).await;
    for line in file.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
    }
    assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "a bare line end");
    for reader in Reader::CALENDARS {
        let seen = reader.read(file.as_bytes());
        assert_eq!(seen["start"], "2026-11-03T14:00:00Z", "{reader:?}");
        assert_eq!(seen["attendees"], json!([]), "{reader:?}");
    }
}
