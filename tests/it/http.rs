//! The interface around bookings: what it answers to good and bad questions, and to strangers.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZoneDatabase};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use slotsmith_engine::PolicySpec;

use crate::support::{HOUR, TestApp, answer, at};

const FROM_TO: &str = "from=2026-10-22&to=2026-10-22";

#[tokio::test]
async fn availability_is_grouped_by_the_bookers_dates_and_points_to_the_next_slot() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    // 09:00 to 17:00 in Seoul is 20:00 of the day before to 04:00 in New York.
    let path = format!("/api/availability?mentor=kim&session_type=hour&{FROM_TO}&timezone=America/New_York");
    let (status, body) = answer(app.get(&path)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let slots = body["days"][0]["slots"].as_array().unwrap();
    let starts: Vec<&str> = slots.iter().map(|slot| &slot["start"].as_str().unwrap()[11..16]).collect();
    assert_eq!(starts, ["00:00", "01:00", "02:00", "03:00", "20:00", "21:00", "22:00", "23:00"]);
    assert_eq!(
        slots[0],
        json!({"start": "2026-10-22T00:00:00-04:00", "end": "2026-10-22T01:00:00-04:00", "status": "open"})
    );
    assert_eq!(body["next_available"], slots[0]["start"]);
    assert_eq!((&body["mentor"], &body["duration_minutes"]), (&json!("kim"), &json!(60)));

    let weekend = "/api/availability?mentor=kim&from=2026-10-24&to=2026-10-25&timezone=Asia/Seoul";
    let (_, body) = answer(app.get(weekend)).await;
    assert_eq!(body["days"], json!([]));
    assert_eq!(body["next_available"], "2026-10-26T09:00:00+09:00");
}

#[tokio::test]
async fn every_start_is_listed_once_on_the_date_that_the_bookers_zone_shows_also_when_its_clock_changes() {
    let app = TestApp::start_at("2026-09-01T00:00:00Z").await;
    app.add_mentor_with("kim", "UTC", &[("hour", PolicySpec { step_minutes: Some(30), ..HOUR })]).await;
    let weekly: Vec<Value> =
        (0..7).map(|day| json!({"day_of_week": day, "start": "00:00", "end": "24:00"})).collect();
    let schedule = json!({"timezone": "UTC", "weekly": weekly, "overrides": []});
    let request = app.post("/api/availability/schedule", &schedule).bearer_auth(app.key(Some("kim")).await);
    assert_eq!(answer(request).await.0, StatusCode::OK);

    // With the dates around a change; Havana, the Azores and Beirut show an hour of the date before once more.
    let table = [
        ("Europe/Berlin", "2026-10-24", "2026-10-26"),
        ("America/Santiago", "2026-09-04", "2026-09-07"),
        ("America/Havana", "2026-10-31", "2026-11-02"),
        ("Atlantic/Azores", "2026-10-24", "2026-10-24"),
        ("Atlantic/Azores", "2026-10-24", "2026-10-26"),
        ("Asia/Beirut", "2026-10-24", "2026-10-24"),
        ("Asia/Beirut", "2026-10-25", "2026-10-25"),
        ("Asia/Beirut", "2026-10-23", "2026-10-27"),
        ("Australia/Lord_Howe", "2026-10-03", "2026-10-05"),
        ("Asia/Kathmandu", "2026-10-03", "2026-10-05"),
        ("America/Nuuk", "2026-10-24", "2026-10-25"),
        ("Pacific/Kiritimati", "2026-12-30", "2027-01-01"),
    ];
    let mut booked = Vec::new();
    for (zone, from, to) in table {
        let noon = at(&format!("{from}T12:00:00Z")).unix();
        if !booked.contains(&noon) {
            let (status, body) = app.book("kim", &format!("{from}T12:00:00Z"), json!({})).await;
            assert_eq!(status, StatusCode::CREATED, "{body}");
            booked.push(noon);
        }
        let is_taken = |start: i64| booked.iter().any(|booked| (start - booked).abs() < 3_600);
        for include in ["", "&include=taken"] {
            let path = format!("/api/availability?mentor=kim&from={from}&to={to}&timezone={zone}{include}");
            let (_, listed) = answer(app.get(&path)).await;
            let half_hours = half_hours(zone, from, to).into_iter();
            let half_hours = half_hours.filter(|(_, start, _)| !include.is_empty() || !is_taken(*start));
            let mut days: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for (date, start, [text, end]) in half_hours {
                let status = if is_taken(start) { "taken" } else { "open" };
                let slot = json!({"start": text, "end": end, "status": status});
                days.entry(date).or_default().push(slot);
            }
            let days: Vec<Value> =
                days.into_iter().map(|(date, slots)| json!({"date": date, "slots": slots})).collect();
            assert_eq!(listed["days"], json!(days), "{path}");
        }
    }
}

/// All half hours that a zone shows on some dates, as jiff knows them: date, Unix seconds, and how it and what comes an
/// hour after it are written.
fn half_hours(zone: &str, from: &str, to: &str) -> Vec<(String, i64, [String; 2])> {
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
    let noon = |date: &str| at(&format!("{date}T12:00:00Z")).unix();
    let text = |start: i64, format: &str| {
        Timestamp::from_second(start).unwrap().to_zoned(zone.clone()).strftime(format).to_string()
    };
    let full = |start: i64| text(start, "%Y-%m-%dT%H:%M:%S%:z");
    (noon(from) - 2 * 86_400..noon(to) + 2 * 86_400)
        .step_by(1_800)
        .map(|start| (text(start, "%Y-%m-%d"), start, [full(start), full(start + 3_600)]))
        .filter(|(date, ..)| (from..=to).contains(&date.as_str()))
        .collect()
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_twice() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let path = format!("/api/availability?mentor=kim&{FROM_TO}");
    let first = app.get(&path).send().await.unwrap();
    let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
    let again = app.get(&path).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    let after = app.get(&path).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(after.status(), StatusCode::OK);
}

#[tokio::test]
async fn bad_questions_are_answered_with_a_problem_that_names_the_field() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let table = [
        (String::new(), 422, "mentor"),
        (format!("mentor=nobody&{FROM_TO}"), 404, ""),
        (format!("mentor=kim&session_type=none&{FROM_TO}"), 404, ""),
        ("mentor=kim&from=2026-10-22".into(), 422, "to"),
        ("mentor=kim&from=2026-10-22&to=2026-10-21".into(), 422, "to"),
        ("mentor=kim&from=2026-10-01&to=2026-12-02".into(), 422, "to"),
        ("mentor=kim&from=2026-02-30&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=2026-%203-01&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=2026-3-001&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=%2B026-03-01&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=20260-3-01&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=2026-03-0%D9%A1&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=2026-03-01T00&to=2026-03-01".into(), 422, "from"),
        ("mentor=kim&from=%2B10000-01-01&to=2026-03-01".into(), 422, "from"),
        (format!("mentor=kim&{FROM_TO}&timezone=Nowhere/At_All"), 422, "timezone"),
        (format!("mentor=kim&{FROM_TO}&timezone=../../etc/passwd"), 422, "timezone"),
        (format!("mentor=kim&{FROM_TO}&include=everything"), 422, "include"),
        (format!("mentor=kim&mentor=kim&{FROM_TO}"), 422, "query"),
        (format!("mentor=%FF%00&{FROM_TO}"), 404, ""),
    ];
    for (query, expected, field) in table {
        let response = app.get(&format!("/api/availability?{query}")).send().await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{query}");
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        assert_eq!((status, &body["status"]), (expected, &json!(expected)), "{query}: {body}");
        assert_eq!(body["errors"][0]["field"].as_str().unwrap_or_default(), field, "{query}: {body}");
    }
    // Two months less a day more than January and February have.
    let (status, _) = answer(app.get("/api/availability?mentor=kim&from=2026-10-01&to=2026-12-01")).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_by_kind() {
    let app = TestApp::start().await;
    let send = |content_type: &'static str, body: String| {
        app.request("POST", "/api/bookings").header(header::CONTENT_TYPE, content_type).body(body)
    };
    let table = [
        (send("application/json", "{".into()), 400),
        (send("application/json", "{} {}".into()), 400),
        (send("application/json", "\u{0}".into()), 400),
        (send("application/json", "[1,2]".into()), 422),
        (send("application/json", "{\"surprise\": 1}".into()), 422),
        (send("application/json", "[".repeat(100_000)), 422),
        (send("application/json", "{\"name\":".repeat(100_000)), 422),
        (send("text/plain", "{}".into()), 415),
        (send("application/json", " ".repeat(2 * 1024 * 1024)), 413),
    ];
    for (request, expected) in table {
        let (status, body) = answer(request).await;
        assert_eq!(status.as_u16(), expected, "{body}");
        assert_eq!(body["status"], expected, "{body}");
    }
    let (status, body) = answer(app.request("PUT", "/api/bookings")).await;
    assert_eq!((status, &body["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("method_not_allowed")));
    let (status, body) = answer(app.get("/api/nothing")).await;
    assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}

#[tokio::test]
async fn a_mentor_sets_up_a_week_with_a_key() {
    let app = TestApp::start().await;
    app.add_mentor_with("kim", "Asia/Seoul", &[]).await;
    let key = app.key(Some("kim")).await;
    let schedule = json!({
        "timezone": "Europe/Berlin",
        "weekly": [{"day_of_week": 1, "start": "22:00", "end": "02:00"}, {"day_of_week": 0, "start": "00:00", "end": "24:00"}],
        "overrides": [{"date": "2026-10-26", "windows": [{"start": "10:00", "end": "12:00"}], "reason": "Late"}],
    });
    let (status, body) = answer(app.post("/api/availability/schedule", &schedule).bearer_auth(&key)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let (_, read) = answer(app.get("/api/availability/schedule?mentor=kim").bearer_auth(&key)).await;
    assert_eq!(read, body);
    assert_eq!((&read["timezone"], &read["weekly"][0]["end"]), (&json!("Europe/Berlin"), &json!("24:00")));

    let new = json!({"slug": "talk", "title": "Talk", "duration_minutes": 60, "max_per_day": 3, "price_label": "$10"});
    let (status, body) = answer(app.post("/api/session-types", &new).bearer_auth(&key)).await;
    assert_eq!((status, &body["max_per_day"]), (StatusCode::CREATED, &json!(3)), "{body}");
    let (status, body) = answer(app.post("/api/session-types", &new).bearer_auth(&key)).await;
    assert_eq!((status, &body["code"]), (StatusCode::CONFLICT, &json!("duplicate")), "{body}");
    let patch = json!({"step_minutes": 30, "max_per_day": null});
    let (status, body) =
        answer(app.request("PATCH", "/api/session-types/talk").bearer_auth(&key).json(&patch)).await;
    assert_eq!(
        (status, &body["step_minutes"], &body["max_per_day"]),
        (StatusCode::OK, &json!(30), &Value::Null)
    );
    assert_eq!(body["price_label"], "$10", "what a patch leaves out stays");

    // Monday's override rules its date, the spill of Sunday's round-the-clock hours included.
    let path =
        "/api/availability?mentor=kim&session_type=talk&from=2026-10-26&to=2026-10-26&timezone=Europe/Berlin";
    let (_, offered) = answer(app.get(path)).await;
    let slots = offered["days"][0]["slots"].as_array().unwrap();
    assert_eq!(
        slots.iter().map(|s| &s["start"].as_str().unwrap()[11..16]).collect::<Vec<_>>(),
        ["10:00", "10:30", "11:00"]
    );

    let path = "/api/availability/overrides/2026-10-26";
    assert_eq!(answer(app.request("DELETE", path).bearer_auth(&key)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(answer(app.request("DELETE", path).bearer_auth(&key)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        answer(app.request("DELETE", "/api/session-types/talk").bearer_auth(&key)).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        answer(app.request("DELETE", "/api/session-types/talk").bearer_auth(&key)).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_first_monday_is_closed_until_june() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let key = app.key(Some("kim")).await;
    let weekly = |day: u8| json!({"day_of_week": day, "start": "09:00", "end": "10:00"});
    let schedule = json!({
        "weekly": (0..7).map(weekly).collect::<Vec<_>>(),
        "overrides": [{"date": "2026-12-07", "windows": [{"start": "10:00", "end": "11:00"}]}],
        "recurring": [
            {"starts": "2026-11-01", "rule": "FREQ=MONTHLY;BYDAY=1MO;UNTIL=20270601", "windows": [], "reason": "Choir"},
            {"starts": "2026-11-03", "rule": "FREQ=WEEKLY;INTERVAL=2",
             "windows": [{"start": "20:00", "end": "21:00"}, {"start": "07:00", "end": "08:00"}]},
        ],
    });
    let (status, body) = answer(app.post("/api/availability/schedule", &schedule).bearer_auth(&key)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let (_, read) = answer(app.get("/api/availability/schedule").bearer_auth(&key)).await;
    assert_eq!(read, body);
    assert_eq!(read["recurring"][0], schedule["recurring"][0], "what was given is kept");
    assert_eq!(read["recurring"][1]["windows"][0]["start"], "07:00", "ascending");

    let offered = async |from: &str, to: &str| -> Vec<String> {
        let path = format!("/api/availability?mentor=kim&from={from}&to={to}&timezone=Asia/Seoul");
        let (_, body) = answer(app.get(&path)).await;
        let days = body["days"].as_array().unwrap().iter();
        let slots = days.flat_map(|day| day["slots"].as_array().unwrap());
        slots.map(|slot| slot["start"].as_str().unwrap()[5..16].to_owned()).collect()
    };
    assert_eq!(
        offered("2026-11-01", "2026-11-05").await,
        ["11-01T09:00", "11-03T07:00", "11-03T20:00", "11-04T09:00", "11-05T09:00"]
    );
    // An override of this date stands.
    assert_eq!(offered("2026-12-07", "2026-12-07").await, ["12-07T10:00"]);
    assert_eq!(offered("2027-01-04", "2027-01-04").await, [""; 0]);
    assert_eq!(offered("2027-05-03", "2027-05-03").await, [""; 0]);
    assert_eq!(offered("2027-06-07", "2027-06-07").await, ["06-07T09:00"]);

    // Booking and explaining go by the same dates.
    let (status, body) = app.book("kim", "2026-11-02T00:00:00Z", json!({})).await;
    assert_eq!((status, &body["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("blocked_date")), "{body}");
    let (status, body) = app.book("kim", "2026-11-03T11:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let explain = "/api/availability/explain?start=2026-11-02T00:00:00Z";
    assert_eq!(answer(app.get(explain).bearer_auth(&key)).await.1["code"], "blocked_date");

    // The date by itself can be opened, and goes back to what recurs.
    let path = "/api/availability/overrides/2027-01-04";
    let open = json!({"windows": [{"start": "11:00", "end": "12:00"}]});
    assert_eq!(answer(app.request("PUT", path).bearer_auth(&key).json(&open)).await.0, StatusCode::OK);
    assert_eq!(offered("2027-01-04", "2027-01-04").await, ["01-04T11:00"]);
    assert_eq!(answer(app.request("DELETE", path).bearer_auth(&key)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(offered("2027-01-04", "2027-01-04").await, [""; 0]);

    // It is the whole schedule: what is absent is none.
    let schedule = json!({"weekly": [weekly(1)]});
    let (_, body) = answer(app.post("/api/availability/schedule", &schedule).bearer_auth(&key)).await;
    assert_eq!((&body["recurring"], &body["overrides"]), (&json!([]), &json!([])));
    assert_eq!(offered("2027-01-04", "2027-01-04").await, ["01-04T09:00"]);
}

#[tokio::test]
async fn the_next_open_start_is_found_behind_years_of_recurring_closure() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let key = app.key(Some("kim")).await;
    let closed = |rule: &str| {
        json!({
            "weekly": [{"day_of_week": 3, "start": "09:00", "end": "10:00"}],
            "recurring": [{"starts": "2026-10-01", "rule": rule}],
        })
    };
    for (rule, next) in [
        ("FREQ=DAILY;UNTIL=20310101", json!("2031-01-08T09:00:00+09:00")),
        ("FREQ=WEEKLY;BYDAY=WE,FR;COUNT=1000", json!("2036-05-07T09:00:00+09:00")),
        ("FREQ=DAILY", Value::Null),
    ] {
        let (status, body) = answer(app.post("/api/availability", &closed(rule)).bearer_auth(&key)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let path = format!("/api/availability?mentor=kim&{FROM_TO}&timezone=Asia/Seoul");
        let (status, body) = answer(app.get(&path)).await;
        assert_eq!((status, &body["next_available"]), (StatusCode::OK, &next), "{rule}: {body}");
    }
}

#[tokio::test]
async fn bad_schedules_and_session_types_name_the_field() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let key = app.key(Some("kim")).await;
    let check = async |path: &str, body: Value, field: &str| {
        let (status, answer) = answer(app.post(path, &body).bearer_auth(&key)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {answer}");
        assert_eq!(answer["errors"][0]["field"], field, "{body}: {answer}");
    };
    let window = |start: &str, end: &str| json!({"weekly": [{"day_of_week": 1, "start": start, "end": end}]});
    for path in ["/api/availability/schedule", "/api/availability"] {
        check(path, window("09:00", "09:00"), "weekly[0]").await;
        check(path, window("24:00", "09:00"), "weekly[0]").await;
        check(path, window("9:00", "10:00"), "weekly[0].start").await;
        check(path, window("09:00", "25:00"), "weekly[0].end").await;
        check(
            path,
            json!({"weekly": [{"day_of_week": 7, "start": "09:00", "end": "10:00"}]}),
            "weekly[0].day_of_week",
        )
        .await;
        check(path, json!({"timezone": "Nowhere"}), "timezone").await;
        check(path, json!({"overrides": [{"date": "2026-10-26"}, {"date": "2026-10-26"}]}), "overrides")
            .await;
        check(path, json!({"overrides": [{"date": "26.10.2026"}]}), "overrides[0].date").await;
        check(
            path,
            json!({"weekly": vec![json!({"day_of_week": 1, "start": "09:00", "end": "10:00"}); 673]}),
            "weekly",
        )
        .await;
    }
    let recurring = |member: &str, value: Value| {
        let mut one = json!({"starts": "2026-10-26", "rule": "FREQ=WEEKLY"});
        one[member] = value;
        json!({"recurring": [{"starts": "2026-10-26", "rule": "FREQ=DAILY"}, one]})
    };
    for (member, value, field) in [
        ("rule", json!("FREQ=HOURLY"), "recurring[1].rule"),
        ("rule", json!("FREQ=DAILY\nFREQ=DAILY"), "recurring[1].rule"),
        ("rule", json!("FREQ=DAILY;UNTIL=20251231"), "recurring[1].rule"),
        ("rule", json!("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"), "recurring[1].rule"),
        ("starts", json!("20261026"), "recurring[1].starts"),
        ("starts", json!("0001-01-01"), "recurring[1].starts"),
        ("reason", json!("a\nb"), "recurring[1].reason"),
        ("windows", json!([{"start": "09:00", "end": "09:00"}]), "recurring[1].windows[0]"),
        ("windows", json!([{"start": "9:00", "end": "10:00"}]), "recurring[1].windows[0].start"),
        ("windows", json!(vec![json!({"start": "09:00", "end": "10:00"}); 13]), "recurring[1].windows"),
        ("timezone", json!("Europe/Berlin"), "recurring[1].timezone"),
    ] {
        check("/api/availability/schedule", recurring(member, value), field).await;
    }
    let many = json!({"recurring": vec![json!({"starts": "2026-10-26", "rule": "FREQ=DAILY"}); 51]});
    check("/api/availability/schedule", many, "recurring").await;
    let session = |member: &str, value: Value| {
        let mut body = json!({"slug": "talk", "title": "Talk", "duration_minutes": 60});
        body[member] = value;
        body
    };
    for (member, value) in [
        ("slug", json!("No Slug")),
        ("title", json!("")),
        ("duration_minutes", json!(0)),
        ("duration_minutes", json!(1_441)),
        ("duration_minutes", json!(-5)),
        ("duration_minutes", json!(1e300)),
        ("step_minutes", json!(0)),
        ("buffer_before_minutes", json!(1_441)),
        ("minimum_notice_minutes", json!(4_000_000_000_u32)),
        ("horizon_days", json!(4_000)),
        ("max_per_day", json!(0)),
        ("max_per_week", json!(0)),
        ("location_kind", json!("moon")),
        ("price_label", json!("a\nb")),
        ("reminders_minutes", json!([0])),
        ("surprise", json!(1)),
    ] {
        check("/api/session-types", session(member, value), member).await;
    }
    // A notice that outlasts the horizon leaves nothing to book.
    let mut never = session("horizon_days", json!(1));
    never["minimum_notice_minutes"] = json!(2_880);
    check("/api/session-types", never, "minimum_notice_minutes").await;
}

/// Every call that settles a mentor's affairs, and every one that reads them.
const GUARDED: [(&str, &str); 10] = [
    ("GET", "/api/availability/explain"),
    ("GET", "/api/availability/schedule"),
    ("POST", "/api/availability/schedule"),
    ("POST", "/api/availability"),
    ("PUT", "/api/availability/overrides/2026-10-26"),
    ("DELETE", "/api/availability/overrides/2026-10-26"),
    ("GET", "/api/session-types"),
    ("POST", "/api/session-types"),
    ("PATCH", "/api/session-types/hour"),
    ("DELETE", "/api/session-types/hour"),
];

#[tokio::test]
async fn mentors_affairs_need_their_own_key() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    app.add_mentor("maya", "America/New_York").await;
    let mayas = app.key(Some("maya")).await;
    for (method, path) in GUARDED {
        let ask = || app.request(method, &format!("{path}?mentor=kim")).json(&json!({}));
        assert_eq!(answer(ask()).await.0, StatusCode::UNAUTHORIZED, "{method} {path}");
        let made_up = answer(ask().bearer_auth("slk_made-up")).await.0;
        assert_eq!(made_up, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(answer(ask().bearer_auth(&mayas)).await.0, StatusCode::NOT_FOUND, "{method} {path}");
    }
}

/// A route that nobody thought of protecting does not slip in: each is public by name, or stands in a table above.
#[tokio::test]
async fn every_route_is_public_on_purpose_or_guarded() {
    let public = [
        "GET /api/mentors",
        "GET /api/mentors/{mentor}",
        "GET /api/availability",
        "POST /api/bookings",
        "POST /api/holds",
        "GET /healthz",
        "GET /readyz",
    ];
    let by_token = [
        "GET /api/bookings/{id}",
        "DELETE /api/bookings/{id}",
        "POST /api/bookings/{id}/reschedule",
        "POST /api/bookings/{id}/confirm",
        "POST /api/bookings/{id}/decline",
        "POST /api/bookings/{id}/complete",
        "POST /api/bookings/{id}/no-show",
        "GET /api/bookings/{id}/calendar.ics",
        "DELETE /api/holds/{id}",
    ];
    let document = serde_json::to_value(slotsmith::http::document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let route = format!("{} {path}", method.to_uppercase());
            let guarded = GUARDED.iter().any(|(method, guarded)| {
                let plain = path.replace("{date}", "2026-10-26").replace("{slug}", "hour");
                route.starts_with(method) && plain == *guarded
            });
            let known = public.contains(&route.as_str()) || by_token.contains(&route.as_str()) || guarded;
            assert!(known, "{route} is in no table of this file");
        }
    }
}

#[tokio::test]
async fn explain_tells_the_mentor_which_rule_refuses() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let key = app.key(Some("kim")).await;
    app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    let check = async |start: &str, expected: Value| {
        let path = format!("/api/availability/explain?start={start}");
        assert_eq!(answer(app.get(&path).bearer_auth(&key)).await, (StatusCode::OK, expected));
    };
    check("2026-10-22T00:00:00Z", json!({"offered": true, "code": "open"})).await;
    check(
        "2026-10-22T01:00:00Z",
        json!({"offered": false, "code": "busy", "until": "2026-10-22T11:00:00+09:00",
            "bookings": [{"start": "2026-10-22T10:00:00+09:00", "end": "2026-10-22T11:00:00+09:00"}]}),
    )
    .await;
    check("2026-10-22T12:00:00Z", json!({"offered": false, "code": "outside_hours"})).await;
    check(
        "2026-10-20T00:00:00Z",
        json!({"offered": false, "code": "too_soon", "earliest": "2026-10-20T21:00:00+09:00"}),
    )
    .await;
}

#[tokio::test]
async fn mentors_are_listed_in_pages_without_their_addresses() {
    let app = TestApp::start().await;
    for slug in ["ada", "bo", "cy"] {
        app.add_mentor(slug, "UTC").await;
    }
    let (_, first) = answer(app.get("/api/mentors?limit=2")).await;
    assert_eq!(first["next_cursor"], "bo", "{first}");
    let (_, rest) = answer(app.get("/api/mentors?limit=2&cursor=bo")).await;
    assert_eq!((&rest["items"][0]["slug"], &rest["next_cursor"]), (&json!("cy"), &Value::Null));
    assert!(!first.to_string().contains("mentors.example"));
    let id = first["items"][0]["id"].as_str().unwrap();
    assert_eq!(answer(app.get(&format!("/api/mentors/{id}"))).await.1["slug"], "ada");
    for limit in ["0", "201", "many"] {
        assert_eq!(
            answer(app.get(&format!("/api/mentors?limit={limit}"))).await.0,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
}

#[tokio::test]
async fn health_tells_the_zone_data_in_use() {
    let app = TestApp::start().await;
    let (status, health) = answer(app.get("/healthz")).await;
    assert_eq!((status, &health["tzdata_source"]), (StatusCode::OK, &json!("bundled")));
    assert_eq!(health["tzdata"], app.app.zones.version());
    assert_eq!(answer(app.get("/readyz")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn pages_carry_strict_headers_and_a_get_changes_nothing() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    let (_, made) = app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
    let (id, token) = (made["id"].as_str().unwrap(), made["manage_token"].as_str().unwrap());
    for path in ["/", "/docs", &format!("/bookings/{id}?token={token}")] {
        let response = app.get(path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer", "{path}");
    }
    for path in [
        "/nothing",
        &format!("/bookings/{id}?token=wrong"),
        &format!("/bookings/{id}"),
        "/bookings/x?token=y",
    ] {
        assert_eq!(app.get(path).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
    let (_, after) = answer(app.get(&format!("/api/bookings/{id}?token={token}"))).await;
    assert_eq!((&after["status"], after["history"].as_array().unwrap().len()), (&json!("confirmed"), 1));
}

#[test]
fn the_kept_openapi_document_is_the_one_the_code_makes() {
    let made = serde_json::to_string_pretty(&slotsmith::http::document()).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept.trim_end() == made, "docs/openapi.json is stale: slotsmith openapi > docs/openapi.json");
}
