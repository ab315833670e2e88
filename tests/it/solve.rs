//! `slotsmith solve` as a stranger runs it: bytes in, bytes and an exit code out.
//!
//! The engine's own tests judge slots at length; these hold the program to its contract, on the days on which
//! schedulers go wrong, and on every input that it must refuse.

use std::{
    io::Write,
    process::{Output, Stdio},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support;

/// Runs the binary on `input`, with `TZ` as given, away from any configuration.
fn run(input: &[u8], tz: &str) -> Output {
    let away = tempfile::tempdir().expect("a directory to run in");
    let mut command = support::binary();
    command.args(["solve", "-"]).current_dir(away.path()).env("TZ", tz).env_remove("TZDATA_DIR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it reads");
    // The program may stop reading early; its answer tells.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// What it prints on stdout, which it does with exit code 0 and nothing on stderr.
fn printed(input: &str) -> String {
    let output = run(input.as_bytes(), "UTC");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{input}");
    assert_eq!(output.status.code(), Some(0), "{input}");
    String::from_utf8(output.stdout).expect("JSON is UTF-8")
}

fn answer(problem: &Value) -> Value {
    serde_json::from_str(&printed(&problem.to_string())).expect("the answer is JSON")
}

/// The starts of one problem.
fn starts(problem: &Value) -> Vec<String> {
    let answer = answer(problem);
    let members: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["slots"]);
    let slots = answer["slots"].as_array().expect("an array").iter();
    slots.map(|start| start.as_str().expect("text").to_owned()).collect()
}

/// The one line on stderr, which comes with exit code 2 and nothing on stdout.
fn refusal(input: &[u8]) -> String {
    let output = run(input, "UTC");
    let shown = String::from_utf8_lossy(&input[..input.len().min(300)]).into_owned();
    let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
    assert_eq!(output.status.code(), Some(2), "{shown}: {stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{shown}");
    let line = stderr.strip_suffix('\n').unwrap_or_else(|| panic!("{shown}: no line end in {stderr:?}"));
    assert!(!line.is_empty() && !line.contains(char::is_control), "{shown}: {stderr:?}");
    assert!(line.chars().count() <= 402, "{shown}: {} characters", line.chars().count());
    line.to_owned()
}

/// The problem of the contract, complete, with a booking on the Wednesday.
fn example() -> Value {
    json!({
        "timezone": "America/New_York",
        "weekly": [{"days": [1, 2, 3, 4, 5], "start": "09:00", "end": "17:00"}],
        "overrides": [{"date": "2026-03-09", "windows": [["10:00", "12:00"]]}],
        "busy": [{"start": "2026-03-10T14:00:00Z", "end": "2026-03-10T15:00:00Z"}],
        "bookings": [{"start": "2026-03-11T15:00:00Z", "end": "2026-03-11T16:00:00Z",
                      "buffer_before_minutes": 0, "buffer_after_minutes": 15}],
        "session": {"duration_minutes": 60, "step_minutes": 30,
                    "buffer_before_minutes": 15, "buffer_after_minutes": 15,
                    "minimum_notice_minutes": 0, "horizon_days": 365, "max_per_day": null, "max_per_week": null},
        "now": "2026-03-01T00:00:00Z", "from": "2026-03-09T00:00:00Z", "to": "2026-03-16T00:00:00Z"
    })
}

/// Hours 09:00 to 12:00 UTC on 2026-06-01, in meetings of an hour: 09, 10 and 11.
fn plain() -> Value {
    json!({
        "timezone": "UTC",
        "weekly": [{"days": [1], "start": "09:00", "end": "12:00"}],
        "session": {"duration_minutes": 60},
        "now": "2026-05-01T00:00:00Z", "from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"
    })
}

/// `problem` with one member set, added (also at the end of an array) or, for `None`, removed.
fn with(mut problem: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer has a slash");
    match (problem.pointer_mut(parent).expect("the parent is there"), value) {
        (Value::Object(members), Some(value)) => drop(members.insert(last.to_owned(), value)),
        (Value::Object(members), None) => drop(members.remove(last).expect("it was there")),
        (Value::Array(items), Some(value)) => {
            let index = last.parse::<usize>().expect("an index");
            if index == items.len() { items.push(value) } else { items[index] = value }
        }
        (other, _) => panic!("{other} has no members"),
    }
    problem
}

/// Half hours from the first to the last time given, both included: `09:00..10:00` is three starts.
fn half_hours(date: &str, spans: &[(&str, &str)]) -> Vec<String> {
    let at = |time: &str| -> DateTime<Utc> { format!("{date}T{time}:00Z").parse().expect("an instant") };
    let mut all = Vec::new();
    for (first, last) in spans {
        let mut start = at(first);
        while start <= at(last) {
            all.push(start.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            start += TimeDelta::minutes(30);
        }
    }
    all
}

#[test]
fn the_example_of_the_contract_gives_the_starts_worked_out_by_hand() {
    // New York is on UTC-4 since the day before the range begins, so 09:00-17:00 is 13:00Z-21:00Z.
    let expected = [
        // 10:00-12:00 that date: an hour fits from 14:00Z to 15:00Z.
        half_hours("2026-03-09", &[("14:00", "15:00")]),
        // Busy 14:00Z-15:00Z; with a quarter on each side, starts after 12:45Z and before 15:15Z are gone.
        half_hours("2026-03-10", &[("15:30", "20:00")]),
        // Booked 15:00Z-16:00Z; the larger buffer is a quarter on each side: after 13:45Z, before 16:15Z.
        half_hours("2026-03-11", &[("13:00", "13:30"), ("16:30", "20:00")]),
        half_hours("2026-03-12", &[("13:00", "20:00")]),
        half_hours("2026-03-13", &[("13:00", "20:00")]),
    ];
    assert_eq!(starts(&example()), expected.concat());
}

#[test]
fn an_answer_is_one_line_of_json() {
    assert_eq!(
        printed(&plain().to_string()),
        "{\"slots\":[\"2026-06-01T09:00:00Z\",\"2026-06-01T10:00:00Z\",\"2026-06-01T11:00:00Z\"]}\n"
    );
}

/// Opens `windows` on one date only and offers quarters of an hour; gives back the instants that they cover.
fn check_window(case: &str, expected: &str) {
    let words: Vec<&str> = case.split_whitespace().collect();
    let [zone, date, window] = words[..] else { panic!("{case}: zone, date, window") };
    let (opens, closes) = window.split_once('-').expect("a window has two ends");
    let noon: DateTime<Utc> = format!("{date}T12:00:00Z").parse().expect("a date");
    let days_on = |days: i64| (noon + TimeDelta::days(days)).to_rfc3339();
    let problem = json!({
        "timezone": zone,
        "overrides": [{"date": date, "windows": [[opens, closes]]}],
        "session": {"duration_minutes": 15},
        "now": days_on(-30), "from": days_on(-3), "to": days_on(3)
    });
    let quarter = TimeDelta::minutes(15);
    let mut covered: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
    for start in starts(&problem) {
        let start: DateTime<Utc> = start.parse().expect("an instant");
        match covered.last_mut() {
            Some((_, end)) if *end == start => *end = start + quarter,
            _ => covered.push((start, start + quarter)),
        }
    }
    let shown: Vec<String> =
        covered.iter().map(|(a, b)| format!("{}-{}", a.format("%dT%H:%M"), b.format("%dT%H:%M"))).collect();
    assert_eq!(shown.join(" "), expected, "{case}");
}

#[test]
fn hours_on_days_of_change_are_the_instants_that_show_them() {
    // The hour from 02:00 is missing.
    check_window("Europe/Berlin 2026-03-29 01:00-04:00", "29T00:00-29T02:00");
    check_window("Europe/Berlin 2026-03-29 02:15-02:45", "");
    check_window("Europe/Berlin 2026-03-29 00:00-24:00", "28T23:00-29T22:00");
    // The hour from 02:00 comes twice.
    check_window("Europe/Berlin 2026-10-25 01:00-04:00", "24T23:00-25T03:00");
    check_window("Europe/Berlin 2026-10-25 02:15-02:45", "25T00:15-25T00:45 25T01:15-25T01:45");
    check_window("Europe/Berlin 2026-10-25 00:00-24:00", "24T22:00-25T23:00");
    check_window("America/New_York 2026-03-08 13:00-18:00", "08T17:00-08T22:00");
    check_window("America/Chicago 2026-11-01 00:00-06:00", "01T05:00-01T12:00");
    // Half an hour is missing.
    check_window("Australia/Lord_Howe 2026-10-04 09:00-17:00", "03T22:00-04T06:00");
    check_window("Australia/Lord_Howe 2026-10-04 01:00-03:00", "03T14:30-03T16:00");
    // Midnight is missing.
    check_window("America/Santiago 2026-09-06 00:00-02:00", "06T04:00-06T05:00");
    // The whole date is missing.
    check_window("Pacific/Apia 2011-12-30 00:00-24:00", "");
    // Over midnight, into the missing hour.
    check_window("Europe/Berlin 2026-03-28 23:00-02:30", "28T22:00-29T01:00");
}

#[test]
fn hours_keep_their_wall_time_over_a_change_within_the_range() {
    let problem = json!({
        "timezone": "America/New_York",
        "weekly": [{"days": [0, 1, 2, 3, 4, 5, 6], "start": "09:00", "end": "10:00"}],
        "session": {"duration_minutes": 60},
        "now": "2023-10-01T00:00:00Z", "from": "2023-11-03T00:00:00Z", "to": "2023-11-07T00:00:00Z"
    });
    let expected =
        ["2023-11-03T13:00:00Z", "2023-11-04T13:00:00Z", "2023-11-05T14:00:00Z", "2023-11-06T14:00:00Z"];
    assert_eq!(starts(&problem), expected);
}

#[test]
fn zones_whose_law_changed_lately_follow_the_new_law() {
    let at_nine = |zone: &str| {
        starts(&json!({
            "timezone": zone,
            "overrides": [{"date": "2026-12-01", "windows": [["09:00", "10:00"]]}],
            "session": {"duration_minutes": 60},
            "now": "2026-11-01T00:00:00Z", "from": "2026-11-30T00:00:00Z", "to": "2026-12-03T00:00:00Z"
        }))
    };
    // No change back in November 2026 any more; the data of 2025 says 17:00Z and 15:00Z.
    assert_eq!(at_nine("America/Vancouver"), ["2026-12-01T16:00:00Z"]);
    assert_eq!(at_nine("America/Winnipeg"), ["2026-12-01T14:00:00Z"]);
}

#[test]
fn the_machines_zone_changes_nothing() {
    let input = example().to_string();
    let in_utc = run(input.as_bytes(), "UTC").stdout;
    assert!(in_utc.starts_with(b"{\"slots\":[\"2026-03-09T14:00:00Z\""));
    for tz in ["Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "", "nonsense"] {
        assert_eq!(run(input.as_bytes(), tz).stdout, in_utc, "TZ={tz}");
    }
}

#[test]
fn aliases_of_a_zone_are_equal() {
    for names in [
        ["Europe/Kyiv", "Europe/Kiev"],
        ["Asia/Kolkata", "Asia/Calcutta"],
        ["America/Los_Angeles", "US/Pacific"],
        ["UTC", "Etc/UTC"],
    ] {
        let [one, other] = names.map(|name| starts(&with(example(), "/timezone", Some(json!(name)))));
        assert!(!one.is_empty());
        assert_eq!(one, other, "{names:?}");
    }
}

#[test]
fn an_array_of_problems_gives_an_array_of_answers_in_its_order() {
    assert_eq!(printed("[]"), "[]\n");
    assert_eq!(answer(&json!([plain()])), json!([answer(&plain())]));
    let closed = with(plain(), "/weekly", None);
    let answers = answer(&json!([example(), closed, plain()]));
    assert_eq!(answers, json!([answer(&example()), {"slots": []}, answer(&plain())]));
}

#[test]
fn one_bad_problem_leaves_nothing_printed_for_the_others() {
    let bad = with(plain(), "/session/duration_minutes", Some(json!(0)));
    let line = refusal(json!([example(), plain(), plain(), bad]).to_string().as_bytes());
    assert_eq!(line, "[3].session.duration_minutes: must be 1 to 1440, is 0");
}

#[test]
fn the_problem_is_read_from_a_file_or_from_stdin() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("problem.json");
    std::fs::write(&file, plain().to_string()).expect("a file");
    let run = |argument: &std::path::Path| {
        let mut command = support::binary();
        command.arg("solve").arg(argument).current_dir(directory.path()).env_remove("TZDATA_DIR");
        command.stdin(Stdio::null()).output().expect("the program runs")
    };
    let from_file = run(&file);
    assert_eq!(String::from_utf8_lossy(&from_file.stdout), printed(&plain().to_string()));
    assert_eq!(from_file.status.code(), Some(0));
    for unreadable in [directory.path().join("nowhere.json"), directory.path().to_owned()] {
        let output = run(&unreadable);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!((output.stdout.as_slice(), stderr.lines().count()), (&b""[..], 1), "{stderr}");
    }
    let left: Vec<_> = std::fs::read_dir(directory.path()).expect("a directory").collect();
    assert_eq!(left.len(), 1, "solving leaves nothing behind: {left:?}");
}

/// `plain()` with changes gives these starts of 2026-06-01, as hours.
fn check_hours(changes: &[(&str, Value)], expected: &str) {
    let change = |problem, (pointer, value): &(&str, Value)| with(problem, pointer, Some(value.clone()));
    let found = starts(&changes.iter().fold(plain(), change));
    let shown: Vec<&str> = found
        .iter()
        .map(|start| start.strip_prefix("2026-06-01T").unwrap_or(start).trim_end_matches(":00Z"))
        .collect();
    assert_eq!(shown.join(" "), expected, "{changes:?}");
}

fn on_the_day(start: &str, end: &str) -> Value {
    json!([{"start": format!("2026-06-01T{start}"), "end": format!("2026-06-01T{end}")}])
}

#[test]
fn null_is_the_same_as_absent() {
    check_hours(&[], "09:00 10:00 11:00");
    for member in ["/overrides", "/recurring", "/busy", "/bookings"] {
        check_hours(&[(member, Value::Null)], "09:00 10:00 11:00");
    }
    for member in [
        "step_minutes",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "minimum_notice_minutes",
        "horizon_days",
        "max_per_day",
        "max_per_week",
    ] {
        check_hours(&[(&format!("/session/{member}"), Value::Null)], "09:00 10:00 11:00");
    }
    check_hours(&[("/weekly", Value::Null)], "");
    let mut booking = on_the_day("09:00:00Z", "10:00:00Z");
    booking[0]["buffer_before_minutes"] = Value::Null;
    booking[0]["buffer_after_minutes"] = Value::Null;
    check_hours(&[("/bookings", booking)], "10:00 11:00");
}

#[test]
fn an_override_without_windows_closes_its_date() {
    for closed in [
        json!({"date": "2026-06-01"}),
        json!({"date": "2026-06-01", "windows": null}),
        json!({"date": "2026-06-01", "windows": []}),
    ] {
        check_hours(&[("/overrides", json!([closed]))], "");
    }
    let later = json!([{"date": "2026-06-01", "windows": [["22:00", "24:00"], ["13:00", "14:00"]]}]);
    check_hours(&[("/overrides", later)], "13:00 22:00 23:00");
}

/// The local dates of a stretch that have a start, when every date is open from 09:00 to 10:00 but for these rules.
fn open_dates((zone, offset_hours): (&str, i64), recurring: &Value, from: &str, to: &str) -> Vec<String> {
    let local = |start: &String| {
        let start: DateTime<Utc> = start.parse().expect("an instant");
        (start + TimeDelta::hours(offset_hours)).format("%m-%d").to_string()
    };
    starts(&open_daily(zone, recurring, &json!([]), from, to)).iter().map(local).collect()
}

fn open_daily(zone: &str, recurring: &Value, overrides: &Value, from: &str, to: &str) -> Value {
    json!({
        "timezone": zone, "recurring": recurring, "overrides": overrides,
        "weekly": [{"days": [0, 1, 2, 3, 4, 5, 6], "start": "09:00", "end": "10:00"}],
        "session": {"duration_minutes": 60}, "now": "1990-01-01T00:00:00Z", "from": from, "to": to
    })
}

/// The dates that a rule closes from the midnight that begins `from` to the one that begins `to`, in zones at both ends
/// of the earth.
#[track_caller]
fn check_closed(starts: &str, rule: &str, (from, to): (&str, &str), expected: &str) {
    let recurring = json!([{"starts": starts, "rule": rule}]);
    for zone in [("UTC", 0), ("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)] {
        let midnight = |date: &str| {
            let utc: DateTime<Utc> = format!("{date}T00:00:00Z").parse().expect("an instant");
            (utc - TimeDelta::hours(zone.1)).to_rfc3339()
        };
        let all = open_dates(zone, &json!([]), &midnight(from), &midnight(to));
        let open = open_dates(zone, &recurring, &midnight(from), &midnight(to));
        let closed: Vec<&str> = all.iter().filter(|date| !open.contains(date)).map(String::as_str).collect();
        assert_eq!(closed.join(" "), expected, "{rule} in {zone:?}");
        assert_eq!(open.len() + closed.len(), all.len(), "{rule} in {zone:?}");
    }
}

#[test]
fn recurring_overrides_close_the_dates_of_their_rule() {
    let year = ("2026-01-01", "2027-01-01");
    let until_june = "FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260601";
    check_closed("2026-01-05", until_june, year, "01-05 02-02 03-02 04-06 05-04 06-01");
    let last_weekday = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
    check_closed(
        "2026-01-01",
        last_weekday,
        ("2026-01-01", "2026-07-01"),
        "01-30 02-27 03-31 04-30 05-29 06-30",
    );
    check_closed("2026-01-07", "FREQ=WEEKLY;INTERVAL=2", ("2026-02-01", "2026-03-10"), "02-04 02-18 03-04");
    check_closed("2024-02-29", "FREQ=YEARLY", ("2026-01-01", "2028-12-31"), "02-29");
    check_closed("2024-02-29", "FREQ=YEARLY", year, "");
    check_closed("2026-02-28", "FREQ=DAILY;COUNT=3", year, "02-28 03-01 03-02");
    check_closed("2026-12-31", "FREQ=DAILY", ("2026-12-30", "2027-01-03"), "12-31 01-01 01-02");
    check_closed("2027-01-01", "FREQ=DAILY", year, "");
    // The first and the last date of a stretch.
    check_closed("2026-03-01", "FREQ=MONTHLY", ("2026-03-01", "2026-04-01"), "03-01");
    check_closed("2026-03-31", "FREQ=MONTHLY", ("2026-03-01", "2026-04-01"), "03-31");
}

#[test]
fn recurring_hours_are_civil_and_keep_their_wall_time_over_a_change() {
    let sundays = |start: &str, rule: &str, zone: &str, (from, to): (&str, &str)| {
        let recurring = json!([{"starts": start, "rule": rule, "windows": [["13:00", "14:00"]]}]);
        let problem = open_daily(zone, &recurring, &json!([]), from, to);
        starts(&with(problem, "/weekly", None)).join(" ")
    };
    let around = ("2026-10-25T00:00:00Z", "2026-11-09T00:00:00Z");
    assert_eq!(
        sundays("2026-01-04", "FREQ=WEEKLY", "America/New_York", around),
        "2026-10-25T17:00:00Z 2026-11-01T18:00:00Z 2026-11-08T18:00:00Z"
    );
    let around = ("2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z");
    assert_eq!(
        sundays("2026-03-28", "FREQ=DAILY;COUNT=3", "Europe/Berlin", around),
        "2026-03-28T12:00:00Z 2026-03-29T11:00:00Z 2026-03-30T11:00:00Z"
    );
    // The rule's tables of zones are older than this law: with them it would be 21:00Z.
    let around = ("2026-12-01T00:00:00Z", "2026-12-03T00:00:00Z");
    assert_eq!(sundays("2026-12-01", "FREQ=YEARLY", "America/Vancouver", around), "2026-12-01T20:00:00Z");
    // Samoa had no 30 December.
    let around = ("2011-12-28T00:00:00Z", "2012-01-03T00:00:00Z");
    assert_eq!(
        sundays("2011-12-29", "FREQ=DAILY;COUNT=3", "Pacific/Apia", around),
        "2011-12-29T23:00:00Z 2011-12-30T23:00:00Z"
    );
}

#[test]
fn recurring_windows_over_midnight_reach_into_a_range_that_begins_after_them() {
    let recurring =
        json!([{"starts": "2026-06-01", "rule": "FREQ=MONTHLY", "windows": [["22:00", "02:00"]]}]);
    let problem = open_daily(
        "Asia/Seoul",
        &recurring,
        &json!([]),
        "2026-06-02T00:00:00+09:00",
        "2026-06-02T03:00:00+09:00",
    );
    assert_eq!(starts(&problem), ["2026-06-01T15:00:00Z", "2026-06-01T16:00:00Z"]);
    // What rules the next date rules its small hours too.
    let closed = json!([{"date": "2026-06-02"}]);
    assert_eq!(starts(&with(problem, "/overrides", Some(closed))), [""; 0]);
}

/// Hours of Monday, 2026-06-01, which is open from 09:00 to 12:00 by the week.
#[test]
fn an_override_of_one_date_wins_over_recurring_ones_and_a_closing_one_over_others() {
    let one = |rule: &str, windows: Value| json!({"starts": "2026-05-04", "rule": rule, "windows": windows});
    let mondays = |windows: Value| one("FREQ=WEEKLY", windows);
    let afternoon = json!([["13:00", "14:00"]]);
    let evening = json!([["20:00", "21:00"], ["13:00", "14:00"]]);
    let by_itself = json!([{"date": "2026-06-01", "windows": [["16:00", "17:00"]]}]);
    let recur = |all: Value| ("/recurring", all);

    check_hours(&[recur(json!([mondays(afternoon.clone())]))], "13:00");
    check_hours(&[recur(json!([mondays(json!([]))]))], "");
    check_hours(&[recur(json!([mondays(Value::Null)]))], "");
    check_hours(&[recur(json!([one("FREQ=WEEKLY;BYDAY=TU", json!([]))]))], "09:00 10:00 11:00");
    check_hours(&[recur(json!([mondays(json!([]))])), ("/overrides", by_itself.clone())], "16:00");
    check_hours(&[recur(json!([mondays(afternoon.clone())])), ("/overrides", by_itself)], "16:00");
    let closed = ("/overrides", json!([{"date": "2026-06-01"}]));
    check_hours(&[recur(json!([mondays(afternoon.clone())])), closed], "");
    let both = json!([mondays(afternoon.clone()), one("FREQ=MONTHLY;BYDAY=1MO", evening.clone())]);
    check_hours(&[recur(both)], "13:00 20:00");
    for order in [[json!([]), afternoon.clone()], [afternoon, json!([])]] {
        let [first, second] = order;
        check_hours(&[recur(json!([mondays(first), mondays(second)]))], "");
    }
}

#[test]
fn instants_may_have_any_offset() {
    check_hours(&[("/from", json!("2026-06-01T19:00:00+09:00"))], "10:00 11:00");
    check_hours(&[("/to", json!("2026-06-01T05:00:00-06:00"))], "09:00 10:00");
    check_hours(&[("/busy", on_the_day("05:30:00-04:00", "15:30:00+05:30"))], "10:00 11:00");
}

#[test]
fn fractions_of_a_second_widen_what_is_busy_and_round_now_up() {
    for kind in ["/busy", "/bookings"] {
        check_hours(&[(kind, on_the_day("10:00:00Z", "11:00:00Z"))], "09:00 11:00");
        check_hours(&[(kind, on_the_day("10:00:00Z", "11:00:00.001Z"))], "09:00");
        check_hours(&[(kind, on_the_day("09:59:59.999Z", "11:00:00Z"))], "11:00");
        // Digits beyond the ninth count too.
        check_hours(&[(kind, on_the_day("10:00:00Z", "11:00:00.0000000001Z"))], "09:00");
        check_hours(&[(kind, on_the_day("10:00:00.000Z", "11:00:00.000000000000Z"))], "09:00 11:00");
        check_hours(&[(kind, on_the_day("10:30:00.1Z", "10:30:00.2Z"))], "09:00 11:00");
    }
    // Empty before it is widened, so it blocks nothing.
    check_hours(&[("/busy", on_the_day("10:30:00Z", "10:30:00Z"))], "09:00 10:00 11:00");
    check_hours(&[("/busy", on_the_day("10:30:00.5Z", "10:30:00.5Z"))], "09:00 10:00 11:00");

    check_hours(&[("/now", json!("2026-06-01T10:00:00Z"))], "10:00 11:00");
    check_hours(&[("/now", json!("2026-06-01T10:00:00.001Z"))], "11:00");
    check_hours(&[("/now", json!("2026-06-01T09:59:59.999Z"))], "10:00 11:00");

    check_hours(&[("/from", json!("2026-06-01T10:00:00.5Z"))], "11:00");
    check_hours(&[("/from", json!("2026-06-01T09:59:59.5Z"))], "10:00 11:00");
    check_hours(&[("/to", json!("2026-06-01T10:00:00Z"))], "09:00");
    check_hours(&[("/to", json!("2026-06-01T10:00:00.5Z"))], "09:00 10:00");
    let within_a_second =
        [("/from", json!("2026-06-01T10:00:00.2Z")), ("/to", json!("2026-06-01T10:00:00.8Z"))];
    check_hours(&within_a_second, "");
}

#[test]
fn a_leap_second_is_the_end_of_its_minute() {
    check_hours(&[("/busy", on_the_day("09:59:60Z", "11:00:00Z"))], "11:00");
    check_hours(&[("/busy", on_the_day("10:00:00Z", "10:59:60Z"))], "09:00 11:00");
    check_hours(&[("/busy", on_the_day("09:59:60Z", "09:59:60Z"))], "09:00 10:00 11:00");
    check_hours(&[("/bookings", on_the_day("10:00:00Z", "10:59:60.5Z"))], "09:00 11:00");
    check_hours(&[("/now", json!("2026-06-01T09:59:60Z"))], "10:00 11:00");
    check_hours(&[("/from", json!("2026-06-01T09:59:60Z"))], "10:00 11:00");
    check_hours(&[("/to", json!("2026-06-01T09:59:60Z"))], "09:00");
}

#[test]
fn every_bound_is_allowed() {
    let whole_day = json!([{"days": [0, 1, 2, 3, 4, 5, 6], "start": "00:00", "end": "24:00"}]);
    check_hours(&[("/weekly", whole_day), ("/session", json!({"duration_minutes": 1440}))], "00:00");
    check_hours(&[("/session", json!({"duration_minutes": 60, "step_minutes": 1440}))], "09:00");
    check_hours(&[("/session", json!({"duration_minutes": 60, "step_minutes": 60}))], "09:00 10:00 11:00");
    check_hours(&[("/session/buffer_before_minutes", json!(1440))], "09:00 10:00 11:00");
    check_hours(&[("/session/buffer_after_minutes", json!(1440))], "09:00 10:00 11:00");
    check_hours(&[("/session/horizon_days", json!(3653))], "09:00 10:00 11:00");
    check_hours(&[("/session/horizon_days", json!(0))], "");
    check_hours(&[("/session/minimum_notice_minutes", json!(3653 * 1440))], "");
    check_hours(&[("/session/max_per_day", json!(1))], "09:00 10:00 11:00");
    check_hours(&[("/session/max_per_week", json!(u32::MAX))], "09:00 10:00 11:00");
    // Ten years to the day, from a leap day too.
    let ten = [("/from", json!("2026-06-01T00:00:00Z")), ("/to", json!("2036-06-01T00:00:00Z"))];
    assert!(starts(&ten.iter().fold(plain(), |p, (at, v)| with(p, at, Some(v.clone())))).len() > 1_500);
    let leap = [("/from", json!("2016-02-29T00:00:00Z")), ("/to", json!("2026-02-28T00:00:00Z"))];
    check_hours(&leap, "");
}

#[test]
fn the_ends_of_the_calendar_are_solved_like_any_other_day() {
    let problem = |zone: &str, from: &str, to: &str| {
        starts(&json!({
            "timezone": zone,
            "weekly": [{"days": [0, 1, 2, 3, 4, 5, 6], "start": "12:00", "end": "13:00"}],
            "session": {"duration_minutes": 60, "horizon_days": 3653, "max_per_week": 7},
            "now": from, "from": from, "to": to
        }))
    };
    for zone in ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo"] {
        assert_eq!(problem(zone, "0000-01-01T00:00:00Z", "0000-01-08T00:00:00Z").len(), 7, "{zone}");
        assert!(6 <= problem(zone, "9999-12-25T00:00:00Z", "9999-12-31T23:59:59.9Z").len(), "{zone}");
        assert_eq!(problem(zone, "2499-07-01T00:00:00Z", "2499-07-03T00:00:00Z").len(), 2, "{zone}");
    }
    // Daylight-saving rules go on for as long as years are written with four digits.
    assert_eq!(
        problem("America/New_York", "2499-07-01T00:00:00Z", "2499-07-02T00:00:00Z"),
        ["2499-07-01T16:00:00Z"]
    );
}

#[test]
fn limits_count_whole_weeks_when_the_range_is_far_in_the_future() {
    let saturdays = |booked: &str| {
        let until = booked.replace(":30:", ":45:");
        starts(&json!({
            "timezone": "America/New_York",
            "weekly": [{"days": [6], "start": "12:00", "end": "13:00"}],
            "bookings": [{"start": booked, "end": until}],
            "session": {"duration_minutes": 60, "max_per_week": 1},
            "now": "2499-11-07T00:00:00Z", "from": "2499-11-07T00:00:00Z", "to": "2499-11-08T00:00:00Z"
        }))
    };
    // The week begins on Sunday the 1st, on summer time (UTC-4) until 02:00; on winter time, which holds on the
    // days of the range, 04:30Z would still be Saturday.
    assert_eq!(saturdays("2499-11-01T03:30:00Z"), ["2499-11-07T17:00:00Z"]);
    assert_eq!(saturdays("2499-11-01T04:30:00Z"), [""; 0]);
}

/// The problem is refused with this path and reason, alone and as the second of an array. Reasons are given
/// without the position at their end, which another test reads.
fn check_refused(pointer: &str, value: Option<Value>, path: &str, why: &str) {
    let bad = with(example(), pointer, value);
    let alone = refusal(bad.to_string().as_bytes());
    let second = refusal(json!([plain(), bad]).to_string().as_bytes());
    let place = |prefix: &str, dot: &str| match (prefix, path) {
        ("", "") => why.to_owned(),
        (prefix, "") => format!("{prefix}: {why}"),
        (prefix, path) => format!("{prefix}{dot}{path}: {why}"),
    };
    let without_position = |line: &str| match line.rsplit_once(" at line 1 column ") {
        Some((line, _)) => line.to_owned(),
        None => line.to_owned(),
    };
    assert_eq!(without_position(&alone), place("", ""));
    assert_eq!(without_position(&second), place("[1]", "."));
}

#[test]
fn numbers_outside_their_bounds_are_refused_by_name() {
    for (pointer, value, path, why) in [
        ("/session/duration_minutes", 0, "session.duration_minutes", "must be 1 to 1440, is 0"),
        ("/session/duration_minutes", 1_441, "session.duration_minutes", "must be 1 to 1440, is 1441"),
        ("/session/step_minutes", 0, "session.step_minutes", "must be 1 to 1440, is 0"),
        ("/session/step_minutes", 1_441, "session.step_minutes", "must be 1 to 1440, is 1441"),
        (
            "/session/buffer_before_minutes",
            1_441,
            "session.buffer_before_minutes",
            "must be 0 to 1440, is 1441",
        ),
        (
            "/session/buffer_after_minutes",
            1_441,
            "session.buffer_after_minutes",
            "must be 0 to 1440, is 1441",
        ),
        (
            "/session/minimum_notice_minutes",
            5_260_321,
            "session.minimum_notice_minutes",
            "must be 0 to 5260320, is 5260321",
        ),
        ("/session/horizon_days", 3_654, "session.horizon_days", "must be 0 to 3653, is 3654"),
        ("/session/max_per_day", 0, "session.max_per_day", "must be at least 1, is 0"),
        ("/session/max_per_week", 0, "session.max_per_week", "must be at least 1, is 0"),
        (
            "/bookings/0/buffer_before_minutes",
            1_441,
            "bookings[0].buffer_before_minutes",
            "must be 0 to 1440, is 1441",
        ),
        (
            "/bookings/0/buffer_after_minutes",
            1_441,
            "bookings[0].buffer_after_minutes",
            "must be 0 to 1440, is 1441",
        ),
    ] {
        check_refused(pointer, Some(json!(value)), path, why);
    }
}

#[test]
fn times_that_make_no_sense_together_are_refused_by_name() {
    let weekly = |start: &str, end: &str| json!({"days": [1], "start": start, "end": end});
    let equal = "a window must not end where it starts (a whole day is 00:00 to 24:00)";
    check_refused("/weekly/0", Some(weekly("09:00", "09:00")), "weekly[0].end", equal);
    check_refused("/weekly/1", Some(weekly("00:00", "00:00")), "weekly[1].end", equal);
    check_refused("/weekly/1", Some(weekly("24:00", "24:00")), "weekly[1].end", equal);
    let late = "a window cannot start at 24:00";
    check_refused("/weekly/1", Some(weekly("24:00", "02:00")), "weekly[1].start", late);

    let window = "/overrides/0/windows/1";
    check_refused(window, Some(json!(["13:00", "13:00"])), "overrides[0].windows[1][1]", equal);
    check_refused(window, Some(json!(["24:00", "13:00"])), "overrides[0].windows[1][0]", late);
    for (ends, has) in [(json!([]), 0), (json!(["10:00"]), 1), (json!(["10:00", "11:00", "12:00"]), 3)] {
        let why = format!("must be a pair of times, start and end, has {has}");
        check_refused(window, Some(ends), "overrides[0].windows[1]", &why);
    }
    for again in
        [json!({"date": "2026-03-09"}), json!({"date": "2026-03-09", "windows": [["13:00", "14:00"]]})]
    {
        check_refused("/overrides/1", Some(again), "overrides[1].date", "2026-03-09 is overridden twice");
    }

    let span = |start: &str, end: &str| Some(json!({"start": start, "end": end}));
    let (ten, later) = ("2026-03-12T10:00:00Z", "2026-03-12T10:00:00.5Z");
    check_refused("/busy/1", span(later, ten), "busy[1].end", "must not be before start");
    check_refused("/bookings/1", span(ten, ten), "bookings[1].end", "must be after start");
    // Judged before fractions widen it.
    check_refused("/bookings/1", span(later, later), "bookings[1].end", "must be after start");
    check_refused("/bookings/1", span(later, ten), "bookings[1].end", "must be after start");
    // The same instant, though the text is later.
    let same = "2026-03-12T12:00:00+02:00";
    check_refused("/bookings/1", span(ten, same), "bookings[1].end", "must be after start");

    check_refused("/to", Some(json!("2026-03-09T00:00:00Z")), "to", "must be after from");
    check_refused("/to", Some(json!("2026-03-08T00:00:00Z")), "to", "must be after from");
    check_refused("/from", Some(json!("2026-03-16T00:00:00.5Z")), "to", "must be after from");
    let long = "must be at most 10 years after from";
    check_refused("/to", Some(json!("2036-03-09T00:00:00.5Z")), "to", long);
    check_refused("/to", Some(json!("2036-03-09T00:00:01Z")), "to", long);
    check_refused("/from", Some(json!("0000-01-01T00:00:00Z")), "to", long);
}

#[test]
fn recurring_overrides_that_cannot_be_meant_are_refused_by_name() {
    let monthly = || json!({"starts": "2026-03-02", "rule": "FREQ=MONTHLY;BYDAY=1MO"});
    let check = |change: (&str, Value), path: &str, why: &str| {
        let recurring = with(json!([monthly(), monthly()]), change.0, Some(change.1));
        check_refused("/recurring", Some(recurring), &format!("recurring{path}"), why);
    };
    for (rule, why) in [
        ("FREQ=HOURLY", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY, is \"HOURLY\""),
        ("FREQ=DAILY;BYHOUR=9", "must not have BYHOUR: a rule is for dates, and windows are for times"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be a whole number from 1 to 366, is \"0\""),
        (
            "FREQ=DAILY;UNTIL=20260601T120000Z",
            "UNTIL must be a date without a time, such as 20270601, is \"20260601T120000Z\"",
        ),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
            "must have a date, has none within a century from 2026-03-02",
        ),
        ("FREQ=DAILY\r\nRRULE:FREQ=DAILY", "must be one rule on one line, without control characters"),
    ] {
        check(("/1/rule", json!(rule)), "[1].rule", why);
    }
    let not_a_date = "must be a date written YYYY-MM-DD, is \"20260302\"";
    check(("/0/starts", json!("20260302")), "[0].starts", not_a_date);
    let years = "a rule must start within the years 1 to 10000";
    check(("/0/starts", json!("0000-12-31")), "[0].rule", years);
    let late = "a window cannot start at 24:00";
    check(("/1/windows", json!([["10:00", "12:00"], ["24:00", "13:00"]])), "[1].windows[1][0]", late);
    check(
        ("/1/windows", json!([["10:00"]])),
        "[1].windows[0]",
        "must be a pair of times, start and end, has 1",
    );
    let many = json!(vec![["10:00", "12:00"]; 13]);
    check(("/1/windows", many), "[1].windows", "must have at most 12 entries, has 13");
    let many = vec![monthly(); 51];
    check_refused("/recurring", Some(json!(many)), "recurring", "must have at most 50 entries, has 51");
    for member in ["starts", "rule"] {
        let missing = with(json!([monthly()]), &format!("/0/{member}"), None);
        let why = format!("missing field `{member}`");
        check_refused("/recurring", Some(missing), "recurring[0]", &why);
    }
    // Instants end with the year 9999, and rules go on until then.
    let last = open_daily(
        "Pacific/Kiritimati",
        &json!([monthly(), {"starts": "9999-12-31", "rule": "FREQ=DAILY"}]),
        &json!([]),
        "9999-12-29T19:00:00Z",
        "9999-12-31T23:59:59Z",
    );
    assert_eq!(starts(&last), ["9999-12-29T19:00:00Z"]);
}

#[test]
fn texts_that_are_not_what_they_should_be_are_refused_by_name() {
    for zone in [
        "",
        "Mars/Olympus_Mons",
        "europe/berlin",
        "Europe/Berlin ",
        "+02:00",
        "EST5EDT4,M3.2.0,M11.1.0",
        "localtime",
        "Factory",
        "posix/Europe/Berlin",
        "../../etc/passwd",
        "Europe/Ber\nlin",
    ] {
        let why = format!("{zone:?} is not a time zone of the IANA database");
        check_refused("/timezone", Some(json!(zone)), "timezone", &why);
    }
    for instant in [
        "",
        "yesterday",
        "2026-03-09",
        "2026-03-09T00:00:00",
        "2026-03-09T00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-03-09T24:00:00Z",
        "2026-03-09T23:59:61Z",
        "2026-03-09T00:00:00.Z",
        "2026-03-09T00:00:00+24:00",
        "2026-03-09T00:00:00+02:60",
        "2026-03-09T00:00:00\u{2212}02:00",
        "+12026-03-09T00:00:00Z",
        " 2026-03-09T00:00:00Z",
    ] {
        let why = format!("must be an instant with an offset, such as 2026-03-09T13:00:00Z, is {instant:?}");
        check_refused("/now", Some(json!(instant)), "now", &why);
    }
    for instant in ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"] {
        let why = format!("must be in the years 0000 to 9999 of UTC, is {instant:?}");
        check_refused("/busy/0/start", Some(json!(instant)), "busy[0].start", &why);
    }
    for time in ["", "9:00", "09:60", "24:01", "25:00", "09:00:00", "9am", "-1:00", "09-00", "\u{0660}9:00"] {
        let why = format!("must be a time written HH:MM, from 00:00 to 24:00, is {time:?}");
        check_refused("/weekly/0/start", Some(json!(time)), "weekly[0].start", &why);
        let window = Some(json!(["10:00", time]));
        check_refused("/overrides/0/windows/0", window, "overrides[0].windows[0][1]", &why);
    }
    for date in
        ["", "2026-3-9", "2026-02-29", "2026-13-01", "20260309", "+2026-03-09", "2026-03-09T00:00:00Z"]
    {
        let why = format!("must be a date written YYYY-MM-DD, is {date:?}");
        check_refused("/overrides/0/date", Some(json!(date)), "overrides[0].date", &why);
    }
}

#[test]
fn what_is_missing_unknown_or_of_another_type_is_refused_by_name() {
    for member in ["timezone", "session", "now", "from", "to"] {
        check_refused(&format!("/{member}"), None, "", &format!("missing field `{member}`"));
    }
    for (pointer, path, member) in [
        ("/session", "session", "duration_minutes"),
        ("/weekly/0", "weekly[0]", "days"),
        ("/weekly/0", "weekly[0]", "start"),
        ("/weekly/0", "weekly[0]", "end"),
        ("/overrides/0", "overrides[0]", "date"),
        ("/busy/0", "busy[0]", "start"),
        ("/busy/0", "busy[0]", "end"),
        ("/bookings/0", "bookings[0]", "start"),
        ("/bookings/0", "bookings[0]", "end"),
    ] {
        check_refused(&format!("{pointer}/{member}"), None, path, &format!("missing field `{member}`"));
    }
    let unknown = |name: &str, known: &str| format!("unknown field `{name}`, expected {known}");
    check_refused(
        "/time_zone",
        Some(json!("UTC")),
        "time_zone",
        &unknown(
            "time_zone",
            "one of `timezone`, `weekly`, `overrides`, `recurring`, `busy`, `bookings`, `session`, `now`, `from`, `to`",
        ),
    );
    let known = unknown("reason", "`date` or `windows`");
    check_refused("/overrides/0/reason", Some(json!("")), "overrides[0].reason", &known);
    let recurring = |member: &str| {
        let mut one = json!({"starts": "2026-03-02", "rule": "FREQ=WEEKLY"});
        one[member] = json!("Europe/Berlin");
        Some(json!([one]))
    };
    let known = unknown("timezone", "one of `starts`, `rule`, `windows`");
    check_refused("/recurring", recurring("timezone"), "recurring[0].timezone", &known);
    let known = unknown("buffer", "`start` or `end`");
    check_refused("/busy/0/buffer", Some(json!(1)), "busy[0].buffer", &known);

    let day = "expected a day from 0 (Sunday) to 6 (Saturday)";
    for (value, is) in [
        (json!(7), "invalid value: integer `7`"),
        (json!(-1), "invalid value: integer `-1`"),
        (json!(1.5), "invalid type: floating point `1.5`"),
        (json!("monday"), "invalid type: string \"monday\""),
        (json!(null), "invalid type: null"),
    ] {
        check_refused(
            "/weekly/0/days",
            Some(json!([1, value])),
            "weekly[0].days[1]",
            &format!("{is}, {day}"),
        );
    }
    let whole = "expected a whole number from 0 to 4294967295";
    for (value, is) in [
        (json!(-5), "invalid value: integer `-5`"),
        (json!(4_294_967_296_u64), "invalid value: integer `4294967296`"),
        (json!(60.0), "invalid type: floating point `60.0`"),
        (json!(1.5), "invalid type: floating point `1.5`"),
        (json!("60"), "invalid type: string \"60\""),
        (json!(true), "invalid type: boolean `true`"),
    ] {
        let why = format!("{is}, {whole}");
        check_refused("/session/duration_minutes", Some(value.clone()), "session.duration_minutes", &why);
        check_refused("/session/horizon_days", Some(value), "session.horizon_days", &why);
    }
    let nothing = format!("invalid type: null, {whole}");
    check_refused("/session/duration_minutes", Some(Value::Null), "session.duration_minutes", &nothing);

    let pair = Some(json!({"start": "10:00", "end": "12:00"}));
    check_refused(
        "/overrides/0/windows/0",
        pair,
        "overrides[0].windows[0]",
        "invalid type: map, expected a sequence",
    );
    // Members in order, without their names, are no object.
    let nameless = Some(json!(["2026-03-10T14:00:00Z", "2026-03-10T15:00:00Z"]));
    check_refused("/busy/0", nameless, "busy[0]", "invalid type: sequence, expected an object");
    check_refused("/session", Some(json!([60])), "session", "invalid type: sequence, expected an object");
    check_refused("/session", Some(Value::Null), "session", "invalid type: null, expected an object");
    check_refused("/weekly", Some(json!({})), "weekly", "invalid type: map, expected a sequence");
    check_refused("/now", Some(json!(0)), "now", "invalid type: integer `0`, expected an instant (a string)");
    check_refused("/timezone", Some(json!(0)), "timezone", "invalid type: integer `0`, expected a string");
}

#[test]
fn errors_of_form_have_line_and_column() {
    let type_error = example().to_string().replace(",\"now\"", ",\n\"now\"").replace("\"2026-03-01", "7,\"x");
    let line = refusal(type_error.as_bytes());
    assert!(line.starts_with("now: invalid type: integer `7`"), "{line}");
    assert!(line.contains(" at line 2 column "), "{line}");
    assert_eq!(refusal(b"{\"now\":\n tomorrow}"), "not JSON: expected ident at line 2 column 3");
    assert_eq!(refusal(b"{\n\"now\""), "not JSON: EOF while parsing an object at line 2 column 5");
}

#[test]
fn garbage_is_refused_in_one_line() {
    let example = example().to_string();
    let twice = example.replacen('{', "{\"now\":\"2026-03-01T00:00:00Z\",", 1);
    let nan = example.replace("\"duration_minutes\":60", "\"duration_minutes\":NaN");
    let huge =
        example.replace("\"duration_minutes\":60", &format!("\"duration_minutes\":{}", "9".repeat(400)));
    let exponent = example.replace("\"duration_minutes\":60", "\"duration_minutes\":1e999");
    let key = example.replacen("\"now\"", &format!("\"{}\"", "now\\n".repeat(100_000)), 1);
    let mut not_utf8 = example.clone().into_bytes();
    not_utf8[5] = 0xff;
    let cases: [(&[u8], &str); 23] = [
        (b"", "the input is empty"),
        (b" \n\t", "the input is empty"),
        (b"null", "invalid type: null, expected an object"),
        (b"42", "invalid type: integer `42`, expected an object"),
        (b"\"{}\"", "invalid type: string \"{}\", expected an object"),
        (b"{}", "missing field `timezone`"),
        (b"[[]]", "[0]: invalid type: sequence, expected an object"),
        (b"[null]", "[0]: invalid type: null, expected an object"),
        (b"[1,]", "[0]: invalid type: integer `1`, expected an object"),
        (b"{\"weekly\":[{", "not JSON: EOF"),
        (b"\0\0\0\0", "not JSON: "),
        (b"NaN", "not JSON: "),
        (b"\xff\xfe{\0}\0", "the input is not UTF-8: see its byte 0"),
        (&not_utf8, "the input is not UTF-8: see its byte 5"),
        (twice.as_bytes(), "duplicate field `now`"),
        (nan.as_bytes(), "not JSON: "),
        (huge.as_bytes(), "not JSON: number out of range"),
        (exponent.as_bytes(), "not JSON: number out of range"),
        (key.as_bytes(), "now\\nnow\\n"),
        (&[b"{\"now\":".as_slice(), b"{".repeat(100_000).as_slice()].concat(), "now: invalid type: map"),
        (&b"[".repeat(1_000_000), "[0]: invalid type: sequence, expected an object"),
        (&[example.as_bytes(), b" {}"].concat(), "not JSON: trailing characters"),
        (&b"slots, please! ".repeat(700_000), "not JSON: expected value at line 1 column 1"),
    ];
    for (input, expected) in cases {
        let line = refusal(input);
        assert!(line.starts_with(expected), "{line:?} does not start with {expected:?}");
    }
    let line = refusal(key.as_bytes());
    assert!(line.contains(", expected one of `timezone`") && line.contains(" at line 1 column "), "{line}");
}

#[test]
fn input_over_the_limit_is_refused_and_says_so() {
    let mut input = plain().to_string().into_bytes();
    input.resize(64 << 20, b' ');
    assert_eq!(run(&input, "UTC").status.code(), Some(0));
    input.push(b' ');
    assert_eq!(refusal(&input), "the input is over 64 MiB");
}
