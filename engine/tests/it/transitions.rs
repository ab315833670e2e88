//! Every change of every zone: jiff says what the clocks show, and the engine must say the same.

use std::collections::BTreeSet;

use slotsmith_engine::{Interval, IntervalSet, ZoneRules};

use crate::{
    model::Model,
    problem::{Hours, Problem, Session, at, date, span, window},
    zones::{Zone, every_zone, year},
};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

#[test]
fn every_zone_shows_the_wall_time_that_jiff_shows_at_every_change_from_2020_to_2035() {
    let zones = every_zone();
    assert!(zones.len() > 590, "{} names", zones.len());
    let mut changes = 0;
    for zone in with_distinct_rules(zones, 2020, 2036) {
        let rules = zone.rules(year(2019), year(2037));
        for (change, _) in zone.changes(year(2020), year(2036)) {
            changes += 1;
            let minutes = (-5 * 60..=5 * 60).map(|minute| change + minute * 60);
            for instant in minutes.chain([change - 1, change + 1]) {
                assert_eq!(rules.offset_at(at(instant)), zone.offset_at(instant), "{zone:?} {instant}");
                assert_eq!(rules.local_date(at(instant)), date(zone.day_at(instant)), "{zone:?} {instant}");
            }
        }
    }
    assert!(changes > 1_000, "{changes} changes");
}

#[test]
fn local_days_are_those_of_each_instant_in_whatever_order_one_asks() {
    for name in ["America/Santiago", "America/St_Johns", "Pacific/Apia", "Europe/Berlin", "UTC"] {
        let zone = Zone::named(name);
        let rules = zone.rules(year(1990), year(2037));
        let mut days = rules.local_days();
        let around = |(change, _)| (-30..30).map(move |hours| change + hours * 5_000);
        let mut instants: Vec<i64> =
            zone.changes(year(1991), year(2036)).into_iter().flat_map(around).collect();
        instants.extend((year(2000)..year(2001)).step_by(40_000));
        for back in [false, true] {
            for instant in &instants {
                let day = days.of(at(*instant));
                assert!(day.contains(at(*instant)) && at(*instant) < day.end(), "{name} {instant}");
                assert_eq!(day.date, date(zone.day_at(*instant)), "{name} {instant}");
                assert_eq!(day.offset_seconds, zone.offset_at(*instant), "{name} {instant}");
                let shown = (instant + zone.offset_at(*instant)).rem_euclid(DAY);
                assert_eq!(day.second_of_day(at(*instant)), shown, "{name} {instant}");
                for edge in [day.end().plus(-1), day.end()] {
                    let is_same = zone.day_at(edge.unix()) == zone.day_at(*instant)
                        && zone.offset_at(edge.unix()) == zone.offset_at(*instant);
                    assert_eq!(day.contains(edge), is_same, "{name} {instant}");
                }
            }
            if !back {
                instants.sort_by_key(|instant| instant.rotate_left(17));
            }
        }
    }
}

#[test]
fn windows_become_the_minutes_that_show_them_at_every_change_from_2020_to_2035() {
    let mut windows = 0;
    for zone in with_distinct_rules(every_zone(), 2020, 2036) {
        let rules = zone.rules(year(2019), year(2037));
        for (change, _) in zone.changes(year(2020), year(2036)) {
            windows += check_dates_around(change, &zone, &rules);
        }
    }
    assert!(windows > 40_000, "{windows} windows");
}

#[test]
fn windows_become_the_minutes_that_show_them_in_all_of_history_that_is_on_whole_minutes() {
    let mut kinds = BTreeSet::new();
    for zone in every_zone() {
        let rules = zone.rules(year(1900), year(2020));
        for (change, offset) in zone.changes(year(1901), year(2020)) {
            if is_new_kind(&mut kinds, &zone, change, offset) {
                check_dates_around(change, &zone, &rules);
            }
        }
    }
    assert!(kinds.len() > 400, "{} kinds", kinds.len());
}

#[test]
fn the_solver_equals_the_model_at_every_kind_of_change_since_1970() {
    let mut kinds = BTreeSet::new();
    for zone in every_zone() {
        for (change, offset) in zone.changes(year(1970), year(2036)) {
            if !is_new_kind(&mut kinds, &zone, change, offset) {
                continue;
            }
            for problem in questions_around(change, &zone) {
                assert_eq!(problem.slots(), Model::new(&problem).slots(), "{problem:?}");
            }
        }
    }
    assert!(kinds.len() > 250, "{} kinds", kinds.len());
}

/// Compares hours of the dates around a change with the minutes in which the clock shows them.
fn check_dates_around(change: i64, zone: &Zone, rules: &ZoneRules) -> usize {
    let (first, last) = (change - 3 * DAY, change + 3 * DAY);
    let wall: Vec<i64> = (first..last).step_by(60).map(|s| (s + zone.offset_at(s)) / 60).collect();
    let shown_before = (change - 60 + zone.offset_at(change - 60)).rem_euclid(DAY) / 60;
    let shown_after = (change + zone.offset_at(change)).rem_euclid(DAY) / 60;
    let mut windows: Vec<Hours> = vec![(0, 1_440), (0, 1), (1_439, 1_440), (540, 1_020)];
    for shown in [shown_before, shown_after] {
        windows.extend([
            (shown - 45, shown + 50),
            (shown, shown + 1),
            (shown - 1, shown),
            (shown + 7, shown + 22),
        ]);
    }
    let valid = |(start, end): &Hours| 0 <= *start && start < end && *end <= 1_440;
    windows.retain(valid);
    let days = zone.day_at(change - 60).min(zone.day_at(change)) - 1
        ..=zone.day_at(change).max(zone.day_at(change - 60)) + 1;
    let mut checked = 0;
    for (first_day, last_day) in days.clone().flat_map(|from| (from..=*days.end()).map(move |to| (from, to)))
    {
        let in_dates = |wall: &i64| (first_day..=last_day).contains(&wall.div_euclid(1_440));
        let expected = runs(&wall, first, in_dates);
        let expected = expected.first().zip(expected.last());
        let expected = expected.and_then(|(first, last)| Interval::new(first.start(), last.end()));
        assert_eq!(rules.span_of_dates(date(first_day)..=date(last_day)), expected, "{zone:?}");
    }
    for day in days {
        for (start, end) in &windows {
            let in_window = |wall: &i64| (day * 1_440 + start..day * 1_440 + end).contains(wall);
            let expected = runs(&wall, first, in_window);
            let hours = window((*start, *end));
            let said: Vec<Interval> = rules.instants_of(date(day), hours.start(), hours.end()).collect();
            assert!(said.is_sorted_by(|a, b| a.end() <= b.start()), "{zone:?} {said:?}");
            assert_eq!(IntervalSet::new(said).as_slice(), expected, "{zone:?} {} {start}-{end}", date(day));
            checked += 1;
        }
        let whole = runs(&wall, first, |wall| wall.div_euclid(1_440) == day);
        assert_eq!(rules.first_instant(date(day)), whole.first().map(|run| run.start()));
        assert_eq!(rules.date_span(date(day)).collect::<IntervalSet>().as_slice(), whole);
    }
    checked
}

/// The runs of minutes whose wall time satisfies `matches`.
fn runs(wall: &[i64], first: i64, matches: impl Fn(&i64) -> bool) -> Vec<Interval> {
    let mut runs = Vec::new();
    let mut start = None;
    for (minute, wall) in (0_i64..).zip(wall) {
        let now = first + minute * 60;
        match (start, matches(wall)) {
            (None, true) => start = Some(now),
            (Some(since), false) => {
                runs.extend(span(since, now));
                start = None;
            }
            _ => {}
        }
    }
    assert_eq!(start, None, "the dates asked for lie well inside");
    runs
}

/// Hours round the clock, over midnight, beside the wall times of the change, and up to them, asked for from before it,
/// with it, and after it.
fn questions_around(change: i64, zone: &Zone) -> Vec<Problem> {
    let shown = (change - 60 + zone.offset_at(change - 60)).rem_euclid(DAY) / 60;
    let daily = |windows: &[Hours]| (0..7).flat_map(|day| windows.iter().map(move |w| (day, *w))).collect();
    let question = |weekly: Vec<(i64, Hours)>, duration: i64, step: i64| Problem {
        zone: zone.clone(),
        weekly,
        overrides: Vec::new(),
        busy: vec![(change - 2 * HOUR, change - HOUR), (change + 3 * HOUR, change + 4 * HOUR)],
        bookings: Vec::new(),
        session: Session {
            duration,
            step: Some(step),
            before: 5,
            after: 10,
            notice: 0,
            horizon: Some(2),
            max_per_day: None,
            max_per_week: None,
        },
        now: change - DAY,
        from: change - 36 * HOUR,
        to: change + 36 * HOUR,
    };
    let mut beside =
        vec![((shown + 1_300) % 1_440, (shown + 10) % 1_440), ((shown + 10) % 1_440, (shown + 200) % 1_440)];
    beside.retain(|(start, end)| start != end);
    // Hours that go into the change, and hours that come out of it: in between no time passes.
    let out_of = (change + zone.offset_at(change)).rem_euclid(DAY) / 60;
    let into = ((shown + 1_256) % 1_440, shown + 1);
    let touching = [zone.day_at(change - 60), zone.day_at(change)]
        .into_iter()
        .zip([into, (out_of, (out_of + 200) % 1_440)])
        .map(|(day, hours)| ((day + 4).rem_euclid(7), hours))
        .collect();
    let whole = [
        question(daily(&[(0, 1_440)]), 20, 50),
        question(daily(&[(21 * 60, 4 * 60)]), 30, 25),
        question(daily(&beside), 15, 15),
        question(touching, 20, 15),
    ];
    let from = |question: &Problem, from: i64| Problem { from, ..question.clone() };
    let starts = [change - 36 * HOUR, change - 60, change, change + 60];
    whole.iter().flat_map(|question| starts.map(|start| from(question, start))).collect()
}

/// A change differs from others by what the clock showed before and after, and the time of day.
fn is_new_kind(kinds: &mut BTreeSet<(i64, i32, i64)>, zone: &Zone, change: i64, offset: i32) -> bool {
    let before = zone.offset_at(change - 1);
    let on_minutes = before % 60 == 0 && offset % 60 == 0 && change % 60 == 0;
    let near = zone.changes(change - 4 * DAY, change + 4 * DAY);
    let alone_or_on_minutes = near.iter().all(|(at, offset)| at % 60 == 0 && offset % 60 == 0);
    on_minutes && alone_or_on_minutes && kinds.insert((before, offset, change.rem_euclid(DAY)))
}

fn with_distinct_rules(zones: Vec<Zone>, first: i16, last: i16) -> Vec<Zone> {
    let mut seen = BTreeSet::new();
    let (first, last) = (year(first), year(last));
    zones.into_iter().filter(|zone| seen.insert((zone.offset_at(first), zone.changes(first, last)))).collect()
}
