//! Values that cannot be wrong: what times, windows, schedules, policies and zones accept and refuse.

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::{
    Buffers, ClockTime, DuplicateOverride, Instant, Policy, PolicySpec, Schedule, Transition, Window,
    WindowError, ZoneError, ZoneRules, limits,
};

use crate::problem::{at, window};

#[test]
fn every_minute_of_a_day_is_read_as_it_is_written() {
    for minutes in 0..=1_440 {
        let time = ClockTime::from_minutes(minutes).unwrap();
        assert_eq!(time.to_string().parse(), Ok(time));
        assert_eq!(time.minutes(), minutes);
    }
    assert_eq!("09:05".parse(), Ok(ClockTime::from_minutes(545).unwrap()));
    assert_eq!("00:00".parse(), Ok(ClockTime::MIDNIGHT));
    assert_eq!("24:00".parse(), Ok(ClockTime::END_OF_DAY));
}

#[test]
fn a_time_is_two_digits_a_colon_and_two_digits_up_to_24_00() {
    let wrong = [
        "",
        "9:00",
        "09:0",
        "0900",
        "09:60",
        "24:01",
        "25:00",
        "99:99",
        "-1:00",
        "+9:00",
        "09:00 ",
        " 09:00",
        "09.00",
        "09:00:00",
        "ab:cd",
        "0\u{a0}:00",
        "٠٩:٠٠",
        "1\u{0}:00",
        "/0:00",
        ":9:00",
        "09;00",
        "09:/0",
    ];
    for text in wrong {
        assert!(text.parse::<ClockTime>().is_err(), "{text:?}");
    }
    assert_eq!(ClockTime::from_minutes(1_441), None);
    let said = "09:60".parse::<ClockTime>().unwrap_err().to_string();
    assert_eq!(said, "must be a time written HH:MM, from 00:00 to 24:00");
}

#[test]
fn a_window_needs_different_ends_and_no_start_at_24_00() {
    let new = |start: &str, end: &str| Window::new(start.parse().unwrap(), end.parse().unwrap());
    assert_eq!(new("09:00", "09:00"), Err(WindowError::EqualEnds));
    assert_eq!(new("00:00", "00:00"), Err(WindowError::EqualEnds));
    assert_eq!(new("24:00", "24:00"), Err(WindowError::EqualEnds));
    assert_eq!(new("24:00", "02:00"), Err(WindowError::StartsAtEndOfDay));
    for (start, end) in [("00:00", "24:00"), ("22:00", "02:00"), ("22:00", "00:00"), ("23:59", "24:00")] {
        let window = new(start, end).unwrap();
        assert_eq!(
            (window.start().to_string(), window.end().to_string()),
            (start.to_owned(), end.to_owned())
        );
    }
}

#[test]
fn a_date_is_overridden_once() {
    let date = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
    let hours = vec![window((600, 660))];
    assert_eq!(Schedule::new([], [(date, hours.clone()), (date, vec![])]), Err(DuplicateOverride(date)));
    assert_eq!(DuplicateOverride(date).to_string(), "2026-03-29 is overridden twice");
    let schedule =
        Schedule::new([(Weekday::Mon, hours[0])], [(date, hours), (date.succ_opt().unwrap(), vec![])])
            .unwrap();
    assert!(!schedule.is_blocked(date));
    assert!(schedule.is_blocked(date.succ_opt().unwrap()));
    assert!(!schedule.is_blocked(date.pred_opt().unwrap()), "closed on Saturdays, but not blocked");
}

#[test]
fn every_number_of_a_policy_has_its_bounds() {
    let hour = PolicySpec { duration_minutes: 60, ..PolicySpec::default() };
    type Set = fn(PolicySpec, u32) -> PolicySpec;
    let fields: [(&str, u32, u32, Set); 8] = [
        ("duration_minutes", 1, 1_440, |spec, v| PolicySpec { duration_minutes: v, ..spec }),
        ("step_minutes", 1, 1_440, |spec, v| PolicySpec { step_minutes: Some(v), ..spec }),
        ("buffer_before_minutes", 0, 1_440, |spec, v| PolicySpec { buffer_before_minutes: v, ..spec }),
        ("buffer_after_minutes", 0, 1_440, |spec, v| PolicySpec { buffer_after_minutes: v, ..spec }),
        ("minimum_notice_minutes", 0, 3_653 * 1_440, |spec, v| PolicySpec {
            minimum_notice_minutes: v,
            ..spec
        }),
        ("horizon_days", 0, 3_653, |spec, v| PolicySpec { horizon_days: Some(v), ..spec }),
        ("max_per_day", 1, u32::MAX, |spec, v| PolicySpec { max_per_day: Some(v), ..spec }),
        ("max_per_week", 1, u32::MAX, |spec, v| PolicySpec { max_per_week: Some(v), ..spec }),
    ];
    for (field, min, max, set) in fields {
        for value in [min, max] {
            let spec = set(hour, value);
            assert_eq!(Policy::new(spec).unwrap().spec(), spec, "{field} {value}");
        }
        for value in [min.checked_sub(1), max.checked_add(1)].into_iter().flatten() {
            let refused = Policy::new(set(hour, value)).unwrap_err();
            assert_eq!((refused.field, refused.value, refused.min, refused.max), (field, value, min, max));
        }
    }
}

#[test]
fn a_bound_is_named_with_what_was_given() {
    let long = PolicySpec { duration_minutes: 1_441, ..PolicySpec::default() };
    assert_eq!(Policy::new(long).unwrap_err().to_string(), "must be 1 to 1440, is 1441");
    let none = PolicySpec { duration_minutes: 60, max_per_day: Some(0), ..PolicySpec::default() };
    assert_eq!(Policy::new(none).unwrap_err().to_string(), "must be at least 1, is 0");
    let refused = Buffers::from_minutes(0, 1_441).unwrap_err();
    assert_eq!((refused.field, refused.value), ("buffer_after_minutes", 1_441));
    assert_eq!(Buffers::from_minutes(1_441, 0).unwrap_err().field, "buffer_before_minutes");
}

#[test]
fn the_step_is_the_duration_where_none_is_given() {
    let spec = PolicySpec { duration_minutes: 45, ..PolicySpec::default() };
    assert_eq!(Policy::new(spec).unwrap().step_seconds(), 45 * 60);
    let spec = PolicySpec { step_minutes: Some(10), ..spec };
    let policy = Policy::new(spec).unwrap();
    assert_eq!((policy.step_seconds(), policy.duration_seconds()), (10 * 60, 45 * 60));
}

#[test]
fn a_zone_is_transitions_in_order_and_offsets_within_18_hours() {
    let to = |at_unix, offset_seconds| Transition { at: at(at_unix), offset_seconds };
    let most = limits::OFFSET_SECONDS_MAX;
    for offset in [most, -most, 0] {
        assert_eq!(ZoneRules::fixed(offset).unwrap().offset_at(at(0)), i64::from(offset));
    }
    for offset in [most + 1, -most - 1, i32::MAX, i32::MIN] {
        assert_eq!(ZoneRules::fixed(offset), Err(ZoneError::OffsetOutOfRange(offset)));
        assert_eq!(ZoneRules::new(0, vec![to(5, offset)]), Err(ZoneError::OffsetOutOfRange(offset)));
    }
    assert_eq!(ZoneRules::new(0, vec![to(5, 0), to(5, 60)]), Err(ZoneError::OutOfOrder(at(5))));
    assert_eq!(ZoneRules::new(0, vec![to(9, 0), to(5, 60)]), Err(ZoneError::OutOfOrder(at(5))));
    let zone = ZoneRules::new(-60, vec![to(5, 0), to(9, 60)]).unwrap();
    assert_eq!([4, 5, 8, 9].map(|second| zone.offset_at(at(second))), [-60, 0, 0, 60]);
}

#[test]
fn an_instant_stays_within_four_digit_years() {
    assert_eq!(Instant::MAX.to_string(), "9999-12-31T23:59:59Z");
    assert_eq!(Instant::MIN.to_string(), "-9999-01-01T00:00:00Z");
    assert_eq!(Instant::from_unix(Instant::MAX.unix() + 1), None);
    assert_eq!(Instant::from_unix(Instant::MIN.unix() - 1), None);
    assert_eq!(Instant::from_unix(Instant::MIN.unix()), Some(Instant::MIN));
    assert_eq!(Instant::MAX.plus(1), Instant::MAX);
    assert_eq!(Instant::MIN.plus(-1), Instant::MIN);
    assert_eq!(at(0).plus(i64::MAX), Instant::MAX);
    assert_eq!(at(-1).plus(i64::MIN), Instant::MIN);
    assert_eq!(at(1_772_953_200).plus(-1).to_string(), "2026-03-08T06:59:59Z");
}

#[test]
fn an_instant_is_written_as_jiff_writes_it() {
    let seconds =
        [0, 1, 59, 86_399, 86_400, 951_782_400, 1_772_953_200, 253_402_207_200, -1, -62_167_219_200];
    for unix in seconds.into_iter().chain((0..200_000).map(|i| i * 1_234_567)) {
        let expected = jiff::Timestamp::from_second(unix).unwrap().to_string();
        assert_eq!(crate::problem::at(unix).to_string(), expected);
    }
}
