//! The rules that users of schedulers asked for, one test each, named by what they say. Every answer here is written
//! out by hand, and the model must come to it too.

use crate::text::{check, check_start, check_taken, check_utc};

#[test]
fn windows_on_days_of_change_offer_the_minutes_that_show_them() {
    let ends = |zone_and_date: &str, window: &str, step: u32, expected: &str| {
        check_utc(&format!("{zone_and_date}; daily {window}; {step} min"), expected);
    };
    ends("Europe/Berlin 2026-03-29", "01:00-04:00", 60, "00:00Z 01:00Z");
    ends("Europe/Berlin 2026-03-29", "02:15-02:45", 15, "");
    ends("Europe/Berlin 2026-10-25", "01:00-04:00", 60, "23:00Z 00:00Z 01:00Z 02:00Z");
    ends("Europe/Berlin 2026-10-25", "02:15-02:45", 15, "00:15Z 00:30Z 01:15Z 01:30Z");
    ends("America/New_York 2026-03-08", "13:00-18:00", 60, "17:00Z 18:00Z 19:00Z 20:00Z 21:00Z");
    ends("America/Chicago 2026-11-01", "00:00-06:00", 60, "05:00Z 06:00Z 07:00Z 08:00Z 09:00Z 10:00Z 11:00Z");
    ends("Australia/Lord_Howe 2026-10-04", "09:00-17:00", 240, "22:00Z 02:00Z");
    ends("America/Santiago 2026-09-06", "00:00-02:00", 60, "04:00Z");
}

#[test]
fn the_first_slot_is_at_nine_before_and_after_a_change() {
    check_utc("America/New_York 2023-11-04; daily 09:00-10:00; 60 min", "13:00Z");
    check_utc("America/New_York 2023-11-05; daily 09:00-10:00; 60 min", "14:00Z");
}

#[test]
fn a_weekly_slot_stays_at_half_past_twelve_on_every_sunday() {
    for date in ["2023-03-05", "2023-03-12", "2023-03-19", "2023-10-29", "2023-11-05", "2023-11-12"] {
        check(&format!("America/New_York {date}; sun 12:30-13:00; 30 min"), "12:30");
    }
}

#[test]
fn half_past_seven_in_chicago_is_shown_on_both_sides_of_a_change() {
    check("America/Chicago 2022-11-01; daily 07:30-08:30; 30 min", "07:30 08:00");
    check("America/Chicago 2022-11-08; daily 07:30-08:30; 30 min", "07:30 08:00");
}

#[test]
fn a_notice_that_ends_on_a_day_of_change_cuts_and_changes_nothing_else() {
    let question = "America/New_York 2023-11-05..2023-11-06; daily 09:00-12:00; 60 min; now 2023-10-29T10:00";
    check(&format!("{question}; notice 8640"), "2023-11-05 09:00 10:00 11:00 2023-11-06 09:00 10:00 11:00");
    // Seven days of minutes end at 09:00, because the day of change has one hour more.
    check(&format!("{question}; notice 10080"), "2023-11-05 09:00 10:00 11:00 2023-11-06 09:00 10:00 11:00");
    check(&format!("{question}; notice 11520"), "2023-11-06 09:00 10:00 11:00");
}

#[test]
fn the_last_day_of_each_month_in_sydney_is_offered() {
    for date in ["2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"] {
        check(&format!("Australia/Sydney {date}; daily 09:00-11:00; 60 min"), "09:00 10:00");
    }
}

#[test]
fn an_override_applies_to_its_local_date_whatever_its_utc_date() {
    check("Europe/Berlin 2026-05-02; override 2026-05-02 00:00-00:15; 15 min", "00:00");
    // Friday evening in Los Angeles is Saturday in UTC; Saturday keeps its own hours.
    let question = "America/Los_Angeles 2026-05-01..2026-05-02; fri-sat 09:00-10:00; 60 min";
    check(&format!("{question}; override 2026-05-01 22:00-23:00"), "2026-05-01 22:00 2026-05-02 09:00");
}

#[test]
fn a_date_marked_unavailable_offers_nothing() {
    let question = "Asia/Seoul 2026-05-01..2026-05-03; daily 09:00-10:00; 60 min; override 2026-05-02 closed";
    check(question, "2026-05-01 09:00 2026-05-03 09:00");
}

#[test]
fn an_override_adds_hours_to_a_day_that_has_none() {
    check("Asia/Seoul 2026-05-03; mon 09:00-10:00; 60 min; override 2026-05-03 10:00-12:00", "10:00 11:00");
}

#[test]
fn an_override_rules_what_runs_over_from_the_day_before() {
    let nights = "Europe/Berlin 2026-05-01..2026-05-02; fri 22:00-02:00; 60 min";
    check(nights, "2026-05-01 22:00 23:00 2026-05-02 00:00 01:00");
    check(&format!("{nights}; override 2026-05-02 closed"), "2026-05-01 22:00 23:00");
    check(&format!("{nights}; override 2026-05-02 10:00-11:00"), "2026-05-01 22:00 23:00 2026-05-02 10:00");
    // An override's own night runs over too, onto a date that has none.
    let moved = "Europe/Berlin 2026-05-01..2026-05-02; 60 min; override 2026-05-01 23:00-01:00";
    check(moved, "2026-05-01 23:00 2026-05-02 00:00");
}

#[test]
fn each_window_starts_its_own_grid() {
    check(
        "Europe/Berlin 2026-05-01; fri 08:00-12:00 12:30-17:30; 60 min",
        "08:00 09:00 10:00 11:00 12:30 13:30 14:30 15:30 16:30",
    );
}

#[test]
fn a_booking_removes_the_starts_it_blocks_and_moves_no_other() {
    check(
        "Europe/Berlin 2026-05-01; fri 09:00-14:00; 60 min; booking 10:15-10:45",
        "09:00 11:00 12:00 13:00",
    );
}

#[test]
fn a_meeting_shorter_than_its_step_is_offered_before_a_busy_event() {
    check("Europe/Berlin 2026-05-01; fri 09:30-12:00; 55 min; step 60; busy 10:30-11:00", "09:30");
}

#[test]
fn windows_that_touch_or_cross_midnight_are_continuous() {
    check("Europe/Berlin 2026-05-01; fri 09:00-10:30 10:30-12:00; 60 min", "09:00 10:00 11:00");
    check("Europe/Berlin 2026-05-01; fri 09:00-11:00 10:00-12:00; 90 min; step 60", "09:00 10:00");
    check(
        "Europe/Berlin 2026-05-01..2026-05-02; fri 22:30-24:00; sat 00:00-02:00; 60 min",
        "2026-05-01 22:30 23:30 2026-05-02 00:30",
    );
}

#[test]
fn the_whole_duration_is_held_against_busy_time_and_the_windows_end() {
    check("Europe/Berlin 2026-05-01; fri 09:00-11:00; 90 min; step 30; busy 10:45-11:00", "09:00");
}

#[test]
fn until_a_day_keeps_that_day_bookable_to_its_end() {
    let question = "Europe/Berlin 2026-05-01..2026-05-03; daily 09:00-10:00 23:00-24:00; 60 min; horizon 1";
    check(&format!("{question}; now 2026-05-01T08:00"), "2026-05-01 09:00 23:00 2026-05-02 09:00 23:00");
}

#[test]
fn round_the_clock_hours_start_a_grid_each_day() {
    // Two hours of 50 minutes do not fill a day: without a grid of its own the second day would begin at 00:10.
    check_start("Europe/Berlin 2026-05-02; daily 00:00-24:00; 50 min", "00:00", "ok");
    check_start(
        "Europe/Berlin 2026-05-02; daily 00:00-24:00; 50 min",
        "00:10",
        "off grid: 00:00:00 or 00:50:00",
    );
}

#[test]
fn a_busy_event_blocks_what_overlaps_it_and_not_what_touches_it() {
    check_taken(
        "Europe/Berlin 2026-05-01; fri 13:00-15:30; 60 min; step 15; busy 14:00-14:30",
        "13:00 (13:15) (13:30) (13:45) (14:00) (14:15) 14:30",
    );
}

#[test]
fn the_meeting_must_fit_in_the_window_and_the_buffer_need_not() {
    check(
        "Europe/Berlin 2026-05-01; fri 12:50-16:00; 60 min; step 5; before 15; busy 12:50-13:50",
        "14:05 14:10 14:15 14:20 14:25 14:30 14:35 14:40 14:45 14:50 14:55 15:00",
    );
}

#[test]
fn a_buffer_keeps_its_gap_on_its_own_side_for_events_and_bookings_alike() {
    for taken in ["busy", "booking"] {
        let question = format!("Europe/Berlin 2026-05-01; fri 08:00-16:00; 60 min; {taken} 11:00-12:00");
        check(&format!("{question}; before 60"), "08:00 09:00 10:00 13:00 14:00 15:00");
        check(&format!("{question}; after 60"), "08:00 09:00 12:00 13:00 14:00 15:00");
    }
}

#[test]
fn two_bookings_keep_the_larger_of_their_buffers_not_the_sum() {
    let question = "Europe/Berlin 2026-05-01; fri 09:00-13:00; 30 min; step 15; booking 09:00-10:00 after 30";
    check(&format!("{question}; before 15"), "10:30 10:45 11:00 11:15 11:30 11:45 12:00 12:15 12:30");
    check(&format!("{question}; before 45"), "10:45 11:00 11:15 11:30 11:45 12:00 12:15 12:30");
}

#[test]
fn a_daily_limit_closes_the_mentors_date_and_no_other() {
    check(
        "Australia/Brisbane 2026-05-05..2026-05-07; daily 09:00-11:00; 60 min; 1 a day; booking 2026-05-06T16:00/2026-05-06T17:00",
        "2026-05-05 09:00 10:00 2026-05-07 09:00 10:00",
    );
}

#[test]
fn a_full_week_is_closed_from_sunday_to_saturday() {
    check(
        "Europe/Berlin 2026-05-02..2026-05-10; daily 09:00-10:00; 60 min; 2 a week; \
         booking 2026-05-04T09:00/2026-05-04T10:00; booking 2026-05-09T09:00/2026-05-09T10:00",
        "2026-05-02 09:00 2026-05-10 09:00",
    );
}

#[test]
fn a_booking_being_moved_does_not_stand_in_its_own_way() {
    // The facts of a reschedule leave it out; 11:15 and 11:45 overlap its old time, 11:30 to 12:30.
    let others = "Europe/Berlin 2026-05-01; fri 09:00-17:00; 60 min; step 15; booking 15:00-16:00";
    for start in ["11:15", "11:30", "11:45"] {
        check_start(others, start, "ok");
        check_start(&format!("{others}; booking 11:30-12:30"), start, "busy until 12:30:00");
    }
}

#[test]
fn a_date_that_a_zone_skipped_offers_nothing_and_disturbs_no_other() {
    let question = "Pacific/Apia 2011-12-29..2011-12-31; daily 22:00-24:00; 60 min";
    check(question, "2011-12-29 22:00 23:00 2011-12-31 22:00 23:00");
}
