//! What becomes of a booking: which state follows which, for whom, and with which line of history.

use reqwest::StatusCode;
use serde_json::{Value, json};
use slotsmith::booking::{BookingError, Change, Status, next};
use slotsmith_engine::Interval;

use crate::support::{TestApp, answer, at};

/// Before, during and after the meeting: what each change makes of each state. A dash is "not from there", `=` "there
/// already", `<` "not yet", `>` "no more".
#[test]
fn states_follow_one_another_by_one_table() {
    let table = "
                  confirm             decline    cancel              complete              no_show             expire
        pending   confirmed > >       declined   cancelled cancelled >  -                  -                   < expired expired
        confirmed =                   -          cancelled cancelled >  < completed completed  < no_show no_show  -
        cancelled -                   -          =                   -                     -                   -
        declined  -                   =          -                   -                     -                   -
        expired   -                   -          -                   -                     -                   =
        completed -                   -          -                   =                     < no_show no_show   -
        no_show   -                   -          -                   < completed completed =                   -
    ";
    let meeting = Interval::new(at("2026-10-22T09:00:00Z"), at("2026-10-22T10:00:00Z")).unwrap();
    let moments = ["2026-10-22T08:59:59Z", "2026-10-22T09:00:00Z", "2026-10-22T10:00:00Z"].map(at);
    let mut checked = 0;
    for line in table.trim().lines().skip(1) {
        let (from, cells) = line.trim().split_once(' ').unwrap();
        let from: Status = from.parse().unwrap();
        let mut words = cells.split_whitespace().peekable();
        for change in Change::ALL {
            // One word for all three moments, or three.
            let first = words.next().unwrap();
            let is_same = matches!(first, "-" | "=" | "declined");
            let expected = [
                first,
                if is_same { first } else { words.next().unwrap() },
                if is_same { first } else { words.next().unwrap() },
            ];
            for (now, expected) in moments.into_iter().zip(expected) {
                let said = match next(from, change, meeting, now) {
                    Ok(None) => "=",
                    Ok(Some(to)) => to.as_str(),
                    Err(BookingError::State(_)) => "-",
                    Err(BookingError::NotBegun) => "<",
                    Err(BookingError::Begun) => ">",
                    Err(other) => panic!("{other}"),
                };
                assert_eq!(said, expected, "{from}, {change:?} at {now}");
                checked += 1;
            }
        }
        assert_eq!(words.next(), None, "{line}");
    }
    assert_eq!(checked, Status::ALL.len() * Change::ALL.len() * 3);
}

/// A mentor who says yes or no to each booking, and a booking that waits.
async fn waiting() -> (TestApp, String, Value) {
    let app = TestApp::start().await;
    app.add_mentor("kim", "UTC").await;
    let key = app.key(Some("kim")).await;
    let session =
        json!({"slug": "ask", "title": "Ask", "duration_minutes": 60, "requires_confirmation": true});
    let made = app.post("/api/session-types", &session).bearer_auth(&key).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let (status, booking) = app.book("kim", "2026-10-22T09:00:00Z", json!({"session_type": "ask"})).await;
    assert_eq!((status, &booking["status"]), (StatusCode::CREATED, &json!("pending")));
    (app, key, booking)
}

async fn post(app: &TestApp, booking: &Value, what: &str, by: &str) -> (StatusCode, Value) {
    let path = format!("/api/bookings/{}/{what}", booking["id"].as_str().unwrap());
    answer(app.request("POST", &path).bearer_auth(by)).await
}

#[tokio::test]
async fn a_mentor_confirms_a_booking_that_waits_and_says_how_it_went() {
    let (app, key, booking) = waiting().await;
    let token = booking["manage_token"].as_str().unwrap();
    for what in ["confirm", "decline", "complete", "no-show"] {
        let (status, problem) = post(&app, &booking, what, token).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")), "{what}");
        let (status, _) = post(&app, &booking, what, "slk_not-a-key").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}");
    }
    app.add_mentor("lee", "UTC").await;
    let other = app.key(Some("lee")).await;
    assert_eq!(post(&app, &booking, "confirm", &other).await.0, StatusCode::NOT_FOUND);

    for _ in 0..2 {
        let (status, confirmed) = post(&app, &booking, "confirm", &key).await;
        assert_eq!((status, &confirmed["status"]), (StatusCode::OK, &json!("confirmed")));
    }
    let (status, early) = post(&app, &booking, "complete", &key).await;
    assert_eq!((status, &early["code"]), (StatusCode::CONFLICT, &json!("booking_state_conflict")));
    app.clock.advance(2 * 86_400);
    // Its job finds that somebody did say yes.
    app.work().await;
    assert_eq!(post(&app, &booking, "no-show", &key).await.0, StatusCode::OK);
    let (status, done) = post(&app, &booking, "complete", &app.key(None).await).await;
    assert_eq!((status, &done["status"]), (StatusCode::OK, &json!("completed")));
    let lines: Vec<_> =
        done["history"].as_array().unwrap().iter().map(|line| (&line["action"], &line["actor"])).collect();
    let expected =
        [("created", "booker"), ("confirmed", "mentor"), ("no_show", "mentor"), ("completed", "admin")];
    assert_eq!(
        lines,
        expected
            .map(|(action, actor)| (json!(action), json!(actor)))
            .iter()
            .map(|(a, b)| (a, b))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_declined_booking_frees_its_time_at_once() {
    let (app, key, booking) = waiting().await;
    assert_eq!(app.book("kim", "2026-10-22T09:00:00Z", json!({})).await.0, StatusCode::CONFLICT);
    let path = format!("/api/bookings/{}/decline", booking["id"].as_str().unwrap());
    let (status, declined) = answer(app.post(&path, &json!({"reason": "On leave"})).bearer_auth(&key)).await;
    assert_eq!((status, &declined["status"]), (StatusCode::OK, &json!("declined")));
    assert_eq!(declined["history"][1]["reason"], json!("On leave"));
    assert_eq!(app.book("kim", "2026-10-22T09:00:00Z", json!({})).await.0, StatusCode::CREATED);
    assert_eq!(post(&app, &booking, "confirm", &key).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_booking_that_nobody_confirms_expires_when_it_would_begin() {
    let (app, _, booking) = waiting().await;
    let path = format!("/api/bookings/{}", booking["id"].as_str().unwrap());
    let token = booking["manage_token"].as_str().unwrap();
    let moved =
        app.post(&format!("{path}/reschedule"), &json!({"start": "2026-10-22T10:00:00Z"})).bearer_auth(token);
    assert_eq!(answer(moved).await.0, StatusCode::OK);
    let status = async || answer(app.get(&path).bearer_auth(token)).await.1["status"].clone();
    for (hours, expected) in [(45, "pending"), (1, "expired")] {
        app.clock.advance(hours * 3_600);
        app.work().await;
        assert_eq!(status().await, json!(expected), "after {hours} hours more");
    }
}
