//! What is said of a start that cannot be booked: the first rule that refuses it, with the bound it missed.

use crate::text::check_start;

const FRIDAY: &str = "Europe/Berlin 2026-05-01; fri 09:00-12:00 14:00-17:00; 60 min; step 30";

#[test]
fn each_rule_names_its_bound() {
    let table = [
        ("", "09:00", "ok"),
        ("", "16:00", "ok"),
        ("", "08:59", "outside hours"),
        ("", "12:00", "outside hours"),
        ("", "16:30", "outside hours"),
        ("; override 2026-05-01 closed", "09:00", "blocked date 2026-05-01"),
        ("; override 2026-05-01 10:00-12:00", "09:00", "outside hours"),
        ("", "09:10", "off grid: 09:00:00 or 09:30:00"),
        ("", "11:10", "off grid: 11:00:00"),
        ("; busy 09:30-10:00", "09:00", "busy until 10:00:00"),
        ("; busy 09:30-10:00; busy 10:30-11:00; before 15", "10:00", "busy until 11:15:00"),
        ("; booking 09:30-10:00 after 20", "09:00", "busy until 10:20:00"),
        ("; now 2026-05-01T08:30; notice 60", "09:00", "too soon before 09:30:00"),
        ("; now 2026-05-01T08:30; notice 30", "09:00", "ok"),
        ("; now 2026-05-01T09:00", "09:00", "ok"),
        ("; now 2026-04-28T23:59; horizon 2", "09:00", "too far after 2026-04-30"),
        ("; now 2026-04-29T00:00; horizon 2", "09:00", "ok"),
        ("; 1 a day; booking 14:00-15:00", "09:00", "day full 2026-05-01"),
        ("; 1 a week; booking 2026-04-26T14:00/2026-04-26T15:00", "09:00", "week full 2026-04-26"),
        ("; 1 a week; booking 2026-04-25T14:00/2026-04-25T15:00", "09:00", "ok"),
    ];
    for (more, start, expected) in table {
        check_start(&format!("{FRIDAY}{more}"), start, expected);
    }
}

#[test]
fn of_several_rules_the_first_is_named() {
    let all = "; busy 09:00-10:00; now 2026-05-01T09:30; 1 a day; booking 16:00-17:00";
    let table = [
        ("08:00", "outside hours"),
        ("09:10", "off grid: 09:00:00 or 09:30:00"),
        ("09:00", "busy until 10:00:00"),
        ("10:00", "day full 2026-05-01"),
    ];
    for (start, expected) in table {
        check_start(&format!("{FRIDAY}{all}"), start, expected);
    }
    check_start(
        &format!("{FRIDAY}; now 2026-05-01T09:30; 1 a day; booking 16:00-17:00"),
        "09:00",
        "too soon before 09:30:00",
    );
}
