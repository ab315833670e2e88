//! The booking path over HTTP: what is offered can be taken once, moved, called off, and nothing else.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};
use slotsmith_engine::PolicySpec;

use crate::support::{HOUR, START, TestApp, answer, booking_request};

/// Sends fifty requests at once and counts the statuses.
async fn race(app: &TestApp, requests: Vec<Value>) -> BTreeMap<u16, usize> {
    let sent: Vec<_> =
        requests.into_iter().map(|body| tokio::spawn(app.post("/api/bookings", &body).send())).collect();
    let mut statuses = BTreeMap::new();
    for response in sent {
        let status = response.await.unwrap().unwrap().status().as_u16();
        *statuses.entry(status).or_default() += 1;
    }
    statuses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_for_one_slot_make_one_booking() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let requests = vec![booking_request("kim", "2026-10-22T00:00:00Z", json!({})); 50];
    assert_eq!(race(&app, requests).await, BTreeMap::from([(201, 1), (409, 49)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_for_overlapping_starts_make_one_booking() {
    let app = TestApp::start().await;
    let spec = PolicySpec { duration_minutes: 60, step_minutes: Some(5), ..HOUR };
    app.add_mentor_with("kim", "Asia/Seoul", &[("hour", spec)]).await;
    // 00:00, 00:05 … 00:45: any two of these overlap.
    let starts = (0..50).map(|i| format!("2026-10-22T00:{:02}:00Z", i % 10 * 5));
    let requests = starts.map(|start| booking_request("kim", &start, json!({}))).collect();
    assert_eq!(race(&app, requests).await, BTreeMap::from([(201, 1), (409, 49)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_over_two_session_types_make_one_booking() {
    let app = TestApp::start().await;
    let half = PolicySpec { duration_minutes: 30, step_minutes: Some(30), ..HOUR };
    app.add_mentor_with("kim", "Asia/Seoul", &[("hour", HOUR), ("half", half)]).await;
    let kinds = ["hour", "half"].into_iter().cycle().take(50);
    let requests = kinds
        .map(|kind| booking_request("kim", "2026-10-22T00:00:00Z", json!({"session_type": kind})))
        .collect();
    assert_eq!(race(&app, requests).await, BTreeMap::from([(201, 1), (409, 49)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daily_limit_holds_under_a_race() {
    let app = TestApp::start().await;
    app.add_mentor_with("kim", "Asia/Seoul", &[("hour", PolicySpec { max_per_day: Some(2), ..HOUR })]).await;
    let starts = (0..40).map(|i| format!("2026-10-22T{:02}:00:00Z", i % 8));
    let requests = starts.map(|start| booking_request("kim", &start, json!({}))).collect();
    assert_eq!(race(&app, requests).await, BTreeMap::from([(201, 2), (409, 38)]));
}

#[tokio::test]
async fn every_offered_slot_can_be_booked_and_is_then_taken() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let path =
        "/api/availability?mentor=maya&from=2026-11-02&to=2026-11-02&timezone=Asia/Seoul&include=taken";
    let (_, before) = answer(app.get(path)).await;
    let slots = before["days"][0]["slots"].as_array().unwrap().clone();
    // Monday in Seoul is still Sunday in New York until 14:00; the first slot is 09:00 there, 23:00 here.
    assert_eq!(slots[0]["start"], "2026-11-02T23:00:00+09:00");
    for slot in &slots {
        let (status, body) = app.book("maya", slot["start"].as_str().unwrap(), json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }
    let (_, after) = answer(app.get(path)).await;
    for slot in after["days"][0]["slots"].as_array().unwrap() {
        assert_eq!(slot["status"], "taken");
    }
    assert_eq!(after["next_available"], "2026-11-03T00:00:00+09:00");
}

#[tokio::test]
async fn refusals_have_stable_codes() {
    let app = TestApp::start().await;
    let spec = PolicySpec { minimum_notice_minutes: 60, horizon_days: Some(30), ..HOUR };
    app.add_mentor_with("kim", "Asia/Seoul", &[("hour", spec)]).await;
    let key = app.key(Some("kim")).await;
    let closed = app.request("PUT", "/api/availability/overrides/2026-10-23").bearer_auth(&key);
    let (status, body) = answer(closed.json(&json!({"windows": []}))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;

    let table = [
        ("2026-10-22T01:00:00Z", 409, "slot_taken"),
        ("2026-10-22T10:00:00+09:00", 409, "slot_taken"),
        ("2026-10-22T01:30:00Z", 422, "off_grid"),
        ("2026-10-22T09:00:00Z", 422, "outside_hours"),
        ("2026-10-22T08:00:00Z", 422, "outside_hours"),
        ("2026-10-23T01:00:00Z", 422, "blocked_date"),
        ("2026-10-20T01:00:00Z", 422, "too_soon"),
        ("2026-11-24T01:00:00Z", 422, "too_far"),
        ("2026-10-22T01:00:30Z", 422, "invalid"),
        ("2026-10-22T01:00", 422, "invalid"),
        ("0000-10-22T01:00:00Z", 422, "invalid"),
        ("9999-12-31T23:59:00Z", 422, "invalid"),
    ];
    for (start, expected, code) in table {
        let (status, body) = app.book("kim", start, json!({})).await;
        assert_eq!((status.as_u16(), &body["code"]), (expected, &json!(code)), "{start}: {body}");
        if expected == 409 {
            let nearest = &body["alternatives"];
            assert_eq!(nearest.as_array().unwrap().len(), 3, "{body}");
            let (again, _) = app.book("kim", nearest[0].as_str().unwrap(), json!({})).await;
            assert_eq!(again, StatusCode::CREATED, "an alternative can be booked");
        }
    }
}

#[tokio::test]
async fn bad_fields_are_all_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let check = async |over: Value, field: &str| {
        let (status, body) = app.book("kim", "2026-10-22T01:00:00Z", over).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {body}");
        assert_eq!(body["errors"][0]["field"], field, "{body}");
    };
    check(json!({"name": ""}), "name").await;
    check(json!({"name": "a\r\nBcc: x@example.com"}), "name").await;
    check(json!({"name": "x".repeat(101)}), "name").await;
    check(json!({"name": 7}), "name").await;
    check(json!({"email": "nobody"}), "email").await;
    check(json!({"email": "a@example.com\u{0}"}), "email").await;
    check(json!({"phone": "call me"}), "phone").await;
    check(json!({"message": "x".repeat(2_001)}), "message").await;
    check(json!({"timezone": "Mars/Olympus"}), "timezone").await;
    check(json!({"timezone": "+02:00"}), "timezone").await;
    check(json!({"mentor": "nobody"}), "mentor").await;
    check(json!({"session_type": "nothing"}), "session_type").await;
    check(json!({"start": null}), "start").await;
    let (_, body) = app.book("kim", "soon", json!({"name": "", "email": "", "timezone": ""})).await;
    assert_eq!(body["errors"].as_array().unwrap().len(), 4, "{body}");
    app.work().await;
    assert!(app.outbox().is_empty());
}

#[tokio::test]
async fn a_booking_is_read_moved_and_called_off_with_its_token_alone() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let (_, made) = app.book("kim", "2026-10-22T01:00:00Z", json!({"message": "Hi <b>there</b>"})).await;
    let (id, token) = (made["id"].as_str().unwrap(), made["manage_token"].as_str().unwrap());
    assert!(made["manage_url"].as_str().unwrap().ends_with(&format!("/bookings/{id}?token={token}")));
    let path = format!("/api/bookings/{id}");

    let (status, seen) = answer(app.get(&format!("{path}?token={token}"))).await;
    assert_eq!((status, &seen["start"]), (StatusCode::OK, &json!("2026-10-22T10:00:00+09:00")), "{seen}");

    // Its own time does not stand in its way, so half an hour earlier would do if the grid allowed it.
    let moved = app.post(&format!("{path}/reschedule"), &json!({"start": "2026-10-22T02:00:00Z"}));
    let (status, body) = answer(moved.bearer_auth(token)).await;
    assert_eq!(
        (status, &body["id"], &body["start"]),
        (StatusCode::OK, &json!(id), &json!("2026-10-22T11:00:00+09:00"))
    );
    let (status, _) = app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "the old time is free at once");
    let back = app.post(&format!("{path}/reschedule"), &json!({"start": "2026-10-22T01:00:00Z"}));
    assert_eq!(answer(back.bearer_auth(token)).await.1["code"], "slot_taken");

    for _ in 0..2 {
        let cancel = app.request("DELETE", &path).bearer_auth(token).json(&json!({"reason": "Ill"}));
        let (status, body) = answer(cancel).await;
        assert_eq!((status, &body["status"]), (StatusCode::OK, &json!("cancelled")), "{body}");
        assert_eq!(body["history"].as_array().unwrap().len(), 3, "a repeat changes nothing");
    }
    let late = app.post(&format!("{path}/reschedule"), &json!({"start": "2026-10-22T03:00:00Z"}));
    assert_eq!(answer(late.bearer_auth(token)).await.1["code"], "booking_state_conflict");
    let (status, _) = app.book("kim", "2026-10-22T02:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "a cancelled time is free at once");
}

#[tokio::test]
async fn nobody_else_learns_of_a_booking() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    app.add_mentor("maya", "America/New_York").await;
    let (_, one) = app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    let (_, two) = app.book("kim", "2026-10-22T02:00:00Z", json!({})).await;
    let path = format!("/api/bookings/{}", one["id"].as_str().unwrap());
    let others_token = two["manage_token"].as_str().unwrap().to_owned();
    let others_key = app.key(Some("maya")).await;
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/calendar.ics")),
        ("POST", format!("{path}/reschedule")),
    ] {
        let ask = || app.request(method, &path).json(&json!({"start": "2026-10-22T03:00:00Z"}));
        let ask = || if method == "POST" { ask() } else { app.request(method, &path) };
        assert_eq!(answer(ask()).await.0, StatusCode::UNAUTHORIZED, "{method} {path}");
        for bearer in [&others_token, &others_key, "nonsense"] {
            assert_eq!(answer(ask().bearer_auth(bearer)).await.0, StatusCode::NOT_FOUND, "{method} {path}");
        }
        let no_key = answer(ask().bearer_auth("slk_nonsense")).await.0;
        assert_eq!(no_key, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    let own_key = app.key(Some("kim")).await;
    assert_eq!(answer(app.get(&path).bearer_auth(own_key)).await.0, StatusCode::OK);
    let admin = app.key(None).await;
    assert_eq!(answer(app.get(&path).bearer_auth(admin)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_meeting_that_has_begun_is_not_moved() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let (_, made) = app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    let token = made["manage_token"].as_str().unwrap();
    app.clock.advance(crate::support::at("2026-10-22T01:00:00Z").unix() - crate::support::at(START).unix());
    let path = format!("/api/bookings/{}/reschedule", made["id"].as_str().unwrap());
    let moved = app.post(&path, &json!({"start": "2026-10-22T03:00:00Z"})).bearer_auth(token);
    assert_eq!(answer(moved).await.1["code"], "booking_state_conflict");
}

#[tokio::test]
async fn tokens_are_stored_as_hashes_only_and_the_mailed_link_works() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let (_, made) = app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    app.work().await;
    let mails = app.outbox();
    assert_eq!(mails.len(), 2, "one to the booker, one to the mentor");
    let mut kept = Vec::new();
    for file in std::fs::read_dir(app.dir.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            kept.extend(std::fs::read(path).unwrap());
        }
    }
    let token = made["manage_token"].as_str().unwrap().as_bytes();
    assert!(!kept.windows(token.len()).any(|window| window == token), "the store holds the token itself");

    for mail in mails {
        // Undo the soft line ends of quoted-printable, and its equals signs.
        let text = String::from_utf8_lossy(&mail).replace("=\r\n", "").replace("=3D", "=");
        let (_, link) = text.split_once(&format!("{}/bookings/", app.url(""))).unwrap();
        let link: String = link.chars().take_while(|c| !c.is_whitespace() && !"\"<>".contains(*c)).collect();
        let (status, body) = answer(app.get(&format!("/api/bookings/{link}"))).await;
        assert_eq!((status, &body["id"]), (StatusCode::OK, &made["id"]), "{link}");
    }
}

#[tokio::test]
async fn a_booking_being_moved_is_offered_the_starts_around_its_own_time() {
    let app = TestApp::start().await;
    let spec = PolicySpec { step_minutes: Some(15), ..HOUR };
    app.add_mentor_with("kim", "Asia/Seoul", &[("hour", spec)]).await;
    let (_, made) = app.book("kim", "2026-10-22T02:30:00Z", json!({})).await;
    let (id, token) = (made["id"].as_str().unwrap(), made["manage_token"].as_str().unwrap());
    let path = "/api/availability?mentor=kim&from=2026-10-22&to=2026-10-22&timezone=Asia/Seoul";
    let ask = || app.get(&format!("{path}&booking={id}"));
    let (_, body) = answer(app.get(path)).await;
    let starts = |body: &Value| -> Vec<String> {
        let slots = body["days"][0]["slots"].as_array().unwrap().iter();
        slots.map(|slot| slot["start"].as_str().unwrap()[11..16].to_owned()).collect()
    };
    assert!(!starts(&body).contains(&"11:15".to_owned()), "{body}");
    let (status, body) = answer(ask().bearer_auth(token)).await;
    assert_eq!(status, StatusCode::OK);
    for time in ["11:15", "11:30", "11:45"] {
        assert!(starts(&body).contains(&time.to_owned()), "{time}: {body}");
    }
    // Whoever does not hold its token learns nothing of it.
    assert_eq!(answer(ask()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(answer(ask().bearer_auth("wrong")).await.0, StatusCode::NOT_FOUND);
}

/// BK-8: the same key and body give the first answer, another body is told off.
#[tokio::test]
async fn a_request_that_is_sent_again_makes_no_second_booking() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    app.add_mentor("lee", "Asia/Seoul").await;
    let send = async |key: &str, body: &Value| {
        let response = app.post("/api/bookings", body).header("Idempotency-Key", key).send().await.unwrap();
        let replayed = response.headers().contains_key("idempotency-replayed");
        (response.status(), replayed, response.json::<Value>().await.unwrap())
    };
    let body = booking_request("kim", "2026-10-22T01:00:00Z", json!({}));
    let (status, replayed, first) = send("\"attempt-1\"", &body).await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false), "{first}");

    // Quoted or not, with members in another order, and after the booking was called off: the first answer.
    let again = serde_json::to_string(&body).unwrap().replace("\"name\":\"Bo Ok\"", "\"name\" : \"Bo Ok\"");
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(send("attempt-1", &again).await, (StatusCode::CREATED, true, first.clone()));
    let manage = format!("/api/bookings/{}", first["id"].as_str().unwrap());
    let token = first["manage_token"].as_str().unwrap();
    let cancelled = app.request("DELETE", &manage).bearer_auth(token).send().await.unwrap();
    assert_eq!(cancelled.status(), StatusCode::OK);
    assert_eq!(send("attempt-1", &body).await, (StatusCode::CREATED, true, first.clone()));

    let other = booking_request("kim", "2026-10-22T02:00:00Z", json!({}));
    let (status, _, problem) = send("attempt-1", &other).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("idempotency_key_reused"))
    );
    // A key belongs to a mentor's calendar; it means nothing for another's.
    let (status, replayed, _) =
        send("attempt-1", &booking_request("lee", "2026-10-22T01:00:00Z", json!({}))).await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false));

    // A refusal is no answer to keep: the same attempt may succeed later.
    let early = booking_request("kim", "2026-10-22T00:30:00Z", json!({}));
    assert_eq!(send("attempt-2", &early).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send("attempt-2", &other).await.0, StatusCode::CREATED);

    app.clock.advance(86_401);
    let (status, replayed, taken) = send("attempt-2", &other).await;
    assert_eq!((status, replayed, &taken["code"]), (StatusCode::CONFLICT, false, &json!("slot_taken")));
    for key in ["", " ", "ä", &"k".repeat(256), "two words"] {
        let request = app.post("/api/bookings", &body).header("Idempotency-Key", key.as_bytes());
        let (status, body) = answer(request).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")), "{key}");
    }
}

#[tokio::test]
async fn a_request_that_is_sent_twice_at_once_is_answered_twice_and_books_once() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let body = booking_request("kim", "2026-10-22T01:00:00Z", json!({}));
    let sent: Vec<_> = (0..8)
        .map(|_| tokio::spawn(answer(app.post("/api/bookings", &body).header("Idempotency-Key", "one"))))
        .collect();
    let mut answers = Vec::new();
    for one in sent {
        let (status, answer) = one.await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}
