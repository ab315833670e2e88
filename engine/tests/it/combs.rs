//! Where a prepared snapshot has bits, and where it must go another way: it answers as the model does.

use crate::{model::Model, text::question};

#[track_caller]
fn check(text: &str) {
    let problem = question(text).problem;
    let starts = problem.slots();
    assert_eq!(starts, Model::new(&problem).slots(), "{text}");
    assert!(!starts.is_empty(), "{text}");
}

#[test]
fn hours_longer_than_a_word_of_bits_are_whole() {
    // 96, 288 and 1,380 starts a day, cut in the middle of words.
    for step in [15, 5, 1] {
        check(&format!(
            "America/New_York 2026-03-02..2026-03-14; daily 00:30-23:30; 30 min; step {step}; \
             busy 2026-03-03T10:07/2026-03-03T13:00; busy 2026-03-05T00:00/2026-03-06T00:00"
        ));
    }
}

#[test]
fn a_day_on_which_the_clock_changes_before_its_hours_is_like_others() {
    for hours in ["09:00-12:00", "03:00-05:00", "02:00-05:00", "01:00-04:00", "02:30-02:45", "00:30-23:30"] {
        for (zone, date) in [
            ("America/New_York", "2026-03-08"),
            ("America/New_York", "2026-11-01"),
            ("Australia/Lord_Howe", "2026-04-05"),
            ("Australia/Lord_Howe", "2026-10-04"),
            ("America/Santiago", "2026-09-06"),
            ("Pacific/Apia", "2011-12-29"),
        ] {
            let before = date.replace("-08", "-05").replace("-06", "-04");
            check(&format!("{zone} {before}..{date}; daily {hours}; daily 13:00-14:00; 15 min"));
            check(&format!("{zone} {date}; daily {hours}; daily 13:00-14:00; 15 min; busy 09:30-10:00"));
        }
    }
}

#[test]
fn hours_that_begin_with_a_change_of_the_clock_go_on_with_the_starts_of_the_date_before() {
    // At midnight the clock goes on with one: no time passes between Saturday's hours and Sunday's.
    check("America/Santiago 2026-09-06; sat 20:05-24:00; sun 01:00-14:00; 15 min");
}

#[test]
fn an_offset_that_is_no_multiple_of_the_step_moves_the_comb() {
    // Half an hour on the island, and starts an hour apart.
    check(
        "Australia/Lord_Howe 2026-04-01..2026-04-10; daily 09:00-17:00; 60 min; busy 2026-04-07T10:00/2026-04-07T11:10",
    );
    // Until 1986 five and a half hours, a quarter more since.
    check(
        "Asia/Kathmandu 1985-12-29..1986-01-04; daily 09:00-17:00; 30 min; busy 1985-12-30T10:00/1986-01-02T11:10",
    );
}

#[test]
fn hours_that_begin_at_other_minutes_are_offered_beside_the_comb() {
    check(
        "Europe/Berlin 2026-05-04..2026-05-10; mon-wed 09:00-12:00; thu 09:10-12:00; fri 09:00-10:00 10:20-12:00; \
         override 2026-05-05 09:07-11:00; 30 min; step 15; busy 2026-05-07T09:40/2026-05-07T10:00",
    );
}

#[test]
fn hours_that_touch_midnight_are_offered_beside_the_comb() {
    check(
        "Europe/Berlin 2026-05-04..2026-05-17; mon-wed 09:00-12:00; thu 22:00-02:00; sat 00:00-24:00; \
         override 2026-05-12 20:00-03:00; 30 min; busy 2026-05-09T00:10/2026-05-09T01:00",
    );
}

#[test]
fn a_step_that_does_not_divide_the_day_has_no_comb() {
    check(
        "Asia/Seoul 2026-05-04..2026-05-10; daily 09:00-17:00; 50 min; busy 2026-05-05T10:00/2026-05-05T10:30",
    );
}

#[test]
fn busy_time_in_a_far_year_costs_no_bits() {
    check(
        "Asia/Seoul 2026-05-04..2026-05-05; daily 09:00-17:00; 30 min; busy 2026-05-05T10:00/2026-05-05T10:30; \
         busy 8026-05-05T10:00/8026-05-05T10:30",
    );
}

#[test]
fn dates_before_and_after_all_that_is_busy_are_open() {
    check(
        "Asia/Seoul 2025-01-01..2027-12-31; mon 09:00-11:00; 30 min; busy 2026-05-04T10:00/2026-05-04T10:30",
    );
    check("Asia/Seoul 2026-05-04..2026-05-05; mon 09:00-11:00; 30 min");
}

#[test]
fn dates_that_are_full_are_closed() {
    check(
        "Asia/Seoul 2026-05-04..2026-05-10; daily 09:00-11:00; 30 min; 1 a day; \
         booking 2026-05-05T09:00/2026-05-05T09:30",
    );
}
