//! What must hold for every schedule, zone and calendar: the engine against the model, and against itself.
//!
//! Questions are random, but not evenly: dates gather around changes of the clock, hours around midnight, and
//! busy time around the hours, because that is where solvers go wrong.

use std::{collections::BTreeSet, sync::OnceLock};

use proptest::{prelude::*, sample::Index};

use crate::{
    model::{Model, Verdict},
    problem::{BookingRow, Hours, Problem, Session},
    text::verdict_of,
    zones::{Zone, year},
};

/// Found cases become tests with a name; no file keeps seeds. `PROPTEST_CASES` asks for a longer soak.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn the_solver_lists_what_the_model_lists(problem in problems()) {
        prop_assert_eq!(problem.slots(), Model::new(&problem).slots());
    }

    #[test]
    fn taken_starts_are_those_of_the_model_too(problem in problems()) {
        let listed = problem.slots_and_taken();
        prop_assert_eq!(&listed, &Model::new(&problem).slots_and_taken());
        let open: Vec<i64> = listed.iter().filter(|(_, taken)| !taken).map(|(start, _)| *start).collect();
        prop_assert_eq!(open, problem.slots());
    }

    #[test]
    fn any_start_is_judged_as_the_model_judges_it(problem in problems(), probes in probes()) {
        let (facts, model) = (problem.facts(), Model::new(&problem));
        for start in starts_to_probe(&problem, &probes) {
            prop_assert_eq!(verdict_of(&facts, start, problem.now), model.admit(start), "start {}", start);
        }
    }

    #[test]
    fn part_of_a_range_gives_that_part_of_the_answer(problem in problems(), cuts in (any::<Index>(), any::<Index>())) {
        let seconds = usize::try_from(problem.to - problem.from + 1).unwrap();
        let cut = |index: &Index| problem.from + i64::try_from(index.index(seconds)).unwrap();
        let (a, b) = (cut(&cuts.0), cut(&cuts.1));
        let part = Problem { from: a.min(b), to: a.max(b), ..problem.clone() };
        let expected: Vec<i64> =
            problem.slots().into_iter().filter(|start| part.from <= *start && *start < part.to).collect();
        prop_assert_eq!(part.slots(), expected);
    }

    #[test]
    fn two_halves_of_a_range_make_the_whole(problem in problems(), cut in any::<Index>()) {
        let seconds = usize::try_from(problem.to - problem.from + 1).unwrap();
        let middle = problem.from + i64::try_from(cut.index(seconds)).unwrap();
        let first = Problem { to: middle, ..problem.clone() }.slots();
        let second = Problem { from: middle, ..problem.clone() }.slots();
        prop_assert_eq!([first, second].concat(), problem.slots());
    }

    #[test]
    fn the_order_of_rows_changes_nothing(problem in problems(), turn in 1_usize..7) {
        let mut turned = problem.clone();
        rearrange(&mut turned.weekly, turn);
        rearrange(&mut turned.overrides, turn);
        rearrange(&mut turned.busy, turn);
        rearrange(&mut turned.bookings, turn);
        for (_, hours) in &mut turned.overrides {
            rearrange(hours, turn);
        }
        prop_assert_eq!(turned.slots(), problem.slots());
    }

    #[test]
    fn rows_given_twice_change_nothing(problem in problems()) {
        let mut twice = problem.clone();
        twice.weekly.extend_from_within(..);
        twice.busy.extend_from_within(..);
        prop_assert_eq!(twice.slots(), problem.slots());
    }

    #[test]
    fn a_busy_interval_may_come_in_pieces(problem in problems(), cuts in prop::collection::vec(any::<Index>(), 10)) {
        let mut pieces = problem.clone();
        pieces.busy.clear();
        for ((start, end), cut) in problem.busy.iter().zip(cuts.iter().cycle()) {
            let seconds = usize::try_from(end - start + 1).unwrap();
            let middle = start + i64::try_from(cut.index(seconds)).unwrap();
            pieces.busy.extend([(middle, *end), (*start, middle)]);
        }
        prop_assert_eq!(pieces.slots(), problem.slots());
    }

    #[test]
    fn a_window_may_come_in_pieces(problem in problems(), cuts in prop::collection::vec(any::<Index>(), 10)) {
        let mut pieces = problem.clone();
        let cut = |(start, end): Hours, cut: &Index| -> Vec<Hours> {
            // The part after midnight follows the same date as the part before it, so the cut stays before it.
            let own_end = if end < start { 1_440 } else { end };
            let middle = start + i64::try_from(cut.index(usize::try_from(own_end - start).unwrap())).unwrap();
            if middle == start { vec![(start, end)] } else { vec![(middle, end), (start, middle)] }
        };
        pieces.weekly = problem
            .weekly
            .iter()
            .zip(cuts.iter().cycle())
            .flat_map(|((day, hours), index)| cut(*hours, index).into_iter().map(|part| (*day, part)))
            .collect();
        for (_, hours) in &mut pieces.overrides {
            *hours = hours.iter().zip(cuts.iter().cycle()).flat_map(|(h, index)| cut(*h, index)).collect();
        }
        prop_assert_eq!(pieces.slots(), problem.slots());
    }

    #[test]
    fn more_busy_time_never_adds_a_slot(problem in problems(), more in busy_time()) {
        let mut busier = problem.clone();
        busier.busy.extend(more.into_iter().map(|(start, end)| (problem.from + start, problem.from + end)));
        let fewer: BTreeSet<i64> = busier.slots().into_iter().collect();
        let all: BTreeSet<i64> = problem.slots().into_iter().collect();
        prop_assert!(fewer.is_subset(&all));
    }

    #[test]
    fn removing_a_booking_gives_back_exactly_the_starts_it_blocked(problem in problems(), which in any::<Index>()) {
        let mut with = problem;
        (with.session.max_per_day, with.session.max_per_week) = (None, None);
        if with.bookings.is_empty() {
            return Ok(());
        }
        let mut without = with.clone();
        let gone = without.bookings.remove(which.index(with.bookings.len()));
        let session = with.session;
        let blocked = |start: &i64| {
            let keep_before = gone.before.max(session.after) * 60;
            let keep_after = gone.after.max(session.before) * 60;
            *start < gone.end + keep_after && gone.start - keep_before < *start + session.duration * 60
        };
        let expected: Vec<i64> = without.slots().into_iter().filter(|start| !blocked(start)).collect();
        prop_assert_eq!(with.slots(), expected);
    }

    #[test]
    fn every_slot_lies_in_stated_wall_time(problem in problems()) {
        let model = Model::new(&problem);
        for start in problem.slots() {
            prop_assert!(model.is_stated(start, start + problem.session.duration * 60), "start {}", start);
        }
    }

    #[test]
    fn no_slot_overlaps_anything_busy_or_its_buffers(problem in problems()) {
        let session = problem.session;
        for start in problem.slots() {
            let end = start + session.duration * 60;
            for (from, to) in problem.busy.iter().filter(|(from, to)| from < to) {
                let (from, to) = (from - session.after * 60, to + session.before * 60);
                prop_assert!(end <= from || to <= start, "start {} in busy {} to {}", start, from, to);
            }
            for booking in &problem.bookings {
                let gap_before = (start - booking.end) / 60;
                let gap_after = (booking.start - end) / 60;
                let after_it = start >= booking.end && gap_before >= session.before && gap_before >= booking.after;
                let before_it = end <= booking.start && gap_after >= session.after && gap_after >= booking.before;
                prop_assert!(after_it || before_it, "start {} meets {:?}", start, booking);
            }
        }
    }

    #[test]
    fn slots_ascend_within_range_notice_and_horizon(problem in problems()) {
        let slots = problem.slots();
        prop_assert!(slots.is_sorted_by(|a, b| a < b));
        let last_day = problem.session.horizon.map(|days| problem.zone.day_at(problem.now) + days);
        for start in slots {
            prop_assert!(problem.from <= start && start < problem.to);
            prop_assert!(problem.now + problem.session.notice * 60 <= start);
            prop_assert!(last_day.is_none_or(|last| problem.zone.day_at(start) <= last));
        }
    }

    #[test]
    fn seconds_of_now_within_a_minute_change_nothing(problem in problems(), second in 1_i64..60) {
        // Starts are whole minutes, and on the last instant of a minute the next one has not begun.
        let mut on_the_minute = problem;
        on_the_minute.now = on_the_minute.now.div_euclid(60) * 60;
        on_the_minute.session.horizon = None;
        let before = Problem { now: on_the_minute.now - 60 + second, ..on_the_minute.clone() };
        prop_assert_eq!(before.slots(), on_the_minute.slots());
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn admit_accepts_exactly_what_slots_lists(problem in problems()) {
        let facts = problem.facts();
        let accepted: Vec<i64> = (problem.from..problem.to)
            .filter(|second| second % 60 == 0)
            .filter(|start| verdict_of(&facts, *start, problem.now) == Verdict::Admitted)
            .collect();
        prop_assert_eq!(accepted, problem.slots());
    }

    #[test]
    fn hours_round_the_clock_have_a_grid_that_starts_anew_with_each_date(problem in round_the_clock(60)) {
        let slots = problem.slots();
        prop_assert_eq!(&slots, &Model::new(&problem).slots());
    }
}

/// A question somewhere near a change of the clock, if its zone has any.
pub(crate) fn problems() -> impl Strategy<Value = Problem> {
    let near = (places(), weekly(), overrides(), sessions());
    let facts = (busy_time(), bookings(), times());
    (near, facts).prop_map(|((place, weekly, overrides, session), (busy, bookings, times))| {
        let (zone, center) = place;
        let day = zone.day_at(center);
        let (from, length, now) = times;
        let row = |b: BookingRow| BookingRow { start: center + b.start, end: center + b.end, ..b };
        Problem {
            weekly,
            overrides: overrides.into_iter().map(|(offset, hours)| (day + offset, hours)).collect(),
            busy: busy.into_iter().map(|(start, end)| (center + start, center + end)).collect(),
            bookings: bookings.into_iter().map(row).collect(),
            session,
            now: center + now,
            from: center + from,
            to: center + from + length,
            zone,
        }
    })
}

/// All hours of all days but for a few things, and a range of many days.
fn round_the_clock(days: i64) -> impl Strategy<Value = Problem> {
    let closed = prop::option::weighted(0.5, (0_i64..days, hours()));
    (problems(), closed, 1_i64..=1_440).prop_map(move |(problem, other, step)| Problem {
        weekly: (0..7).map(|day| (day, (0, 1_440))).collect(),
        overrides: other
            .map(|(day, hours)| (problem.zone.day_at(problem.from) + day, vec![hours]))
            .into_iter()
            .collect(),
        session: Session { step: Some(step), horizon: None, notice: 0, ..problem.session },
        from: problem.from - days * 43_200,
        to: problem.from + days * 43_200,
        ..problem
    })
}

/// Zones with a history worth meeting, and the years of it.
const PLACES: [(&str, i16, i16); 34] = [
    ("Africa/Cairo", 2005, 2030),
    ("Africa/Casablanca", 2012, 2030),
    ("America/Asuncion", 2000, 2026),
    ("America/Caracas", 2005, 2018),
    ("America/Havana", 1996, 2030),
    ("America/New_York", 2000, 2036),
    ("America/Nuuk", 2018, 2030),
    ("America/Santiago", 2000, 2036),
    ("America/Sao_Paulo", 1995, 2021),
    ("America/Scoresbysund", 2018, 2030),
    ("America/St_Johns", 1986, 2014),
    ("America/St_Johns", 2014, 2036),
    ("Antarctica/Casey", 2008, 2024),
    ("Antarctica/Troll", 2004, 2036),
    ("Asia/Amman", 2005, 2024),
    ("Asia/Beirut", 2000, 2036),
    ("Asia/Gaza", 2005, 2030),
    ("Asia/Kathmandu", 1985, 1987),
    ("Asia/Pyongyang", 2014, 2019),
    ("Asia/Tehran", 2005, 2024),
    ("Atlantic/Azores", 1980, 2030),
    ("Australia/Lord_Howe", 1985, 2036),
    ("Australia/Sydney", 2000, 2036),
    ("Europe/Berlin", 1980, 2036),
    ("Europe/Dublin", 2000, 2036),
    ("Pacific/Apia", 2009, 2013),
    ("Pacific/Apia", 2013, 2022),
    ("Pacific/Auckland", 2000, 2036),
    ("Pacific/Chatham", 2000, 2036),
    ("Pacific/Easter", 2000, 2036),
    ("Pacific/Fakaofo", 2011, 2012),
    ("Pacific/Kiritimati", 1994, 1996),
    ("Pacific/Kwajalein", 1993, 1994),
    ("UTC", 2026, 2027),
];

fn places() -> impl Strategy<Value = (Zone, i64)> {
    type Known = (Zone, i64, i64, Vec<(i64, i32)>);
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let place = |(name, first, last): (&str, i16, i16)| {
            let zone = Zone::named(name);
            let changes = zone.changes(year(first), year(last));
            (zone, year(first), year(last), changes)
        };
        PLACES.into_iter().map(place).collect()
    });
    let near_a_change = prop::bool::weighted(0.85);
    (0..known.len(), any::<Index>(), near_a_change).prop_map(move |(place, which, near)| {
        let (zone, first, last, changes) = &known[place];
        if near && !changes.is_empty() {
            return (zone.clone(), changes[which.index(changes.len())].0);
        }
        let minutes = usize::try_from((last - first) / 60).unwrap();
        (zone.clone(), first + i64::try_from(which.index(minutes)).unwrap() * 60)
    })
}

fn weekly() -> impl Strategy<Value = Vec<(i64, Hours)>> {
    let on_all_days = |hours: Vec<Hours>| -> Vec<(i64, Hours)> {
        (0..7).flat_map(|day| hours.iter().map(move |window| (day, *window))).collect()
    };
    prop_oneof![
        4 => prop::collection::vec((0_i64..7, hours()), 0..14),
        3 => prop::collection::vec(hours(), 1..4).prop_map(on_all_days),
        1 => Just(on_all_days(vec![(0, 1_440)])),
        // Round the clock but for one window of one day.
        1 => (0_i64..7, hours()).prop_map(move |(closed, window)| {
            let mut rows = on_all_days(vec![(0, 1_440)]);
            rows.retain(|(day, _)| *day != closed);
            rows.push((closed, window));
            rows
        }),
    ]
}

/// By days from the date in question.
fn overrides() -> impl Strategy<Value = Vec<(i64, Vec<Hours>)>> {
    let windows = prop_oneof![
        2 => Just(Vec::new()),
        1 => Just(vec![(0, 1_440)]),
        3 => prop::collection::vec(hours(), 1..4),
    ];
    prop::collection::btree_map(-4_i64..6, windows, 0..4).prop_map(|map| map.into_iter().collect())
}

fn hours() -> impl Strategy<Value = Hours> {
    let different = |(start, end): Hours| if start == end { (start, end + 1) } else { (start, end) };
    prop_oneof![
        4 => (0_i64..96, 0_i64..=96).prop_map(|(start, end)| (start * 15, end * 15)),
        3 => (0_i64..1_440, 0_i64..=1_440),
        2 => (0_i64..240, 0_i64..240),
        // Over midnight.
        2 => (1_200_i64..1_440, 0_i64..240),
        1 => (1_200_i64..1_440, Just(1_440_i64)),
        1 => Just((0, 1_440)),
    ]
    .prop_map(different)
}

fn sessions() -> impl Strategy<Value = Session> {
    let duration = prop_oneof![
        4 => prop::sample::select(vec![15_i64, 30, 45, 60]),
        4 => 1_i64..=180,
        1 => 1_i64..=1_440,
        1 => Just(1_440_i64),
    ];
    let step = prop_oneof![
        3 => Just(None),
        3 => prop::sample::select(vec![5_i64, 15, 30, 60]).prop_map(Some),
        2 => (1_i64..=120).prop_map(Some),
        1 => (1_i64..=1_440).prop_map(Some),
    ];
    let buffer = || prop_oneof![2 => Just(0_i64), 2 => 1_i64..90, 1 => 0_i64..=1_440];
    let notice = prop_oneof![2 => Just(0_i64), 1 => 0_i64..6_000];
    let horizon = prop_oneof![2 => Just(None), 1 => (0_i64..9).prop_map(Some)];
    let limit = || prop_oneof![3 => Just(None), 1 => (1_u32..4).prop_map(Some)];
    (duration, step, buffer(), buffer(), notice, horizon, limit(), limit()).prop_map(
        |(duration, step, before, after, notice, horizon, max_per_day, max_per_week)| Session {
            duration,
            step,
            before,
            after,
            notice,
            horizon,
            max_per_day,
            max_per_week,
        },
    )
}

/// Seconds from the time in question; some empty, some not on whole minutes.
fn busy_time() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let span = (-5_000_i64..5_000, 0_i64..400, seconds(), seconds())
        .prop_map(|(start, length, s, e)| (start * 60 + s, start * 60 + s + length * 60 + e));
    prop::collection::vec(span, 0..8)
}

fn bookings() -> impl Strategy<Value = Vec<BookingRow>> {
    let buffer = || prop_oneof![1 => Just(0_i64), 1 => 0_i64..90];
    let row = (-8_000_i64..8_000, 1_i64..180, seconds(), buffer(), buffer()).prop_map(
        |(start, length, s, before, after)| BookingRow {
            start: start * 60 + s,
            end: (start + length) * 60 + s,
            before,
            after,
        },
    );
    prop::collection::vec(row, 0..6)
}

/// From, length and now, in seconds from the time in question.
fn times() -> impl Strategy<Value = (i64, i64, i64)> {
    let from = (-4_000_i64..2_500, seconds()).prop_map(|(minutes, s)| minutes * 60 + s);
    let length = (0_i64..6_000, seconds()).prop_map(|(minutes, s)| minutes * 60 + s);
    let now = prop_oneof![2 => Just(-10 * 1_440_i64), 3 => -9_000_i64..2_000];
    (from, length, (now, seconds()).prop_map(|(minutes, s)| minutes * 60 + s))
}

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![5 => Just(0_i64), 1 => 0_i64..60]
}

fn probes() -> impl Strategy<Value = Vec<(Index, i64)>> {
    prop::collection::vec((any::<Index>(), seconds()), 24)
}

/// Seconds anywhere in the range, and around starts that are offered, where verdicts change.
fn starts_to_probe(problem: &Problem, probes: &[(Index, i64)]) -> Vec<i64> {
    let minutes = usize::try_from((problem.to - problem.from) / 60 + 1).unwrap();
    let slots = problem.slots();
    let mut starts = Vec::new();
    for (index, second) in probes {
        let anywhere = (problem.from + i64::try_from(index.index(minutes)).unwrap() * 60).div_euclid(60) * 60;
        starts.push(anywhere + second);
        if !slots.is_empty() {
            let slot = slots[index.index(slots.len())];
            starts.extend([slot, slot + second, slot - 1, slot + 60]);
        }
    }
    starts
}

fn rearrange<T>(rows: &mut [T], turn: usize) {
    rows.reverse();
    let turn = turn % rows.len().max(1);
    rows.rotate_left(turn);
}
