//! Pools against the answers of their mentors, one by one.

use std::{collections::BTreeSet, num::NonZeroU32};

use proptest::prelude::*;
use slotsmith_engine::{Candidate, Snapshot, all_free, any_free, assign, next_free};

use crate::{
    problem::{Problem, at},
    properties::{config, problems},
    text::question,
};

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn pools_are_the_union_and_the_intersection_of_their_mentors(first in problems(), others in prop::collection::vec((problems(), -4_000_i64..4_000), 0..4)) {
        let Some(range) = first.range() else { return Ok(()) };
        let now = at(first.now);
        // The others' hours and bookings move near the first one's.
        let mut pool = vec![first.clone()];
        pool.extend(others.into_iter().map(|(other, minutes)| moved(&other, first.from - other.from + minutes * 60, &first)));
        let snapshots: Vec<Snapshot> = pool.iter().map(|problem| Snapshot::new(problem.facts())).collect();
        let answers: Vec<BTreeSet<i64>> =
            snapshots.iter().map(|one| one.slots(range, now).iter().map(|s| s.unix()).collect()).collect();

        let any = answers.iter().fold(BTreeSet::new(), |all, one| &all | one);
        let all = answers.iter().fold(any.clone(), |all, one| &all & one);
        let listed = |slots: slotsmith_engine::Slots| slots.iter().map(|s| s.unix()).collect::<Vec<i64>>();
        prop_assert_eq!(listed(any_free(&snapshots, range, now)), any.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(listed(all_free(&snapshots, range, now)), all.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(next_free(&snapshots, range, now).map(|s| s.unix()), any.first().copied());

        // Whoever gets a start is free then, and nobody is found exactly when nobody is.
        let candidates: Vec<Candidate<'_>> = snapshots.iter().zip(1..).map(|(snapshot, n)| candidate(snapshot, n, 1)).collect();
        for start in any.iter().take(20) {
            let expected = answers.iter().position(|one| one.contains(start));
            prop_assert_eq!(assign(&candidates, at(*start), now).map(|(index, _)| index), expected);
        }
    }
}

/// The same question somewhere else in time; zone rules are asked for there.
fn moved(problem: &Problem, by: i64, range: &Problem) -> Problem {
    let day = by.div_euclid(86_400);
    Problem {
        overrides: problem.overrides.iter().map(|(d, hours)| (d + day, hours.clone())).collect(),
        busy: problem.busy.iter().map(|(start, end)| (start + by, end + by)).collect(),
        bookings: problem
            .bookings
            .iter()
            .map(|b| crate::problem::BookingRow { start: b.start + by, end: b.end + by, ..*b })
            .collect(),
        now: range.now,
        from: range.from,
        to: range.to,
        ..problem.clone()
    }
}

fn candidate(snapshot: &Snapshot, load: u32, weight: u32) -> Candidate<'_> {
    Candidate { snapshot, load, weight: NonZeroU32::new(weight).unwrap() }
}

#[test]
fn the_least_loaded_for_their_weight_is_chosen_and_of_equals_the_first() {
    let open = question("UTC 2026-05-01; fri 09:00-12:00; 60 min").problem;
    let busy = question("UTC 2026-05-01; fri 09:00-12:00; 60 min; busy 09:00-10:00").problem;
    let (free, taken) = (Snapshot::new(open.facts()), Snapshot::new(busy.facts()));
    let check = |pool: &[(&Snapshot, u32, u32)], hour: i64, expected: Option<usize>| {
        let pool: Vec<Candidate<'_>> =
            pool.iter().map(|(s, load, weight)| candidate(s, *load, *weight)).collect();
        let chosen = assign(&pool, at(open.from + hour * 3_600), at(open.now)).map(|(index, _)| index);
        assert_eq!(chosen, expected);
    };
    check(&[(&free, 2, 1), (&free, 1, 1)], 9, Some(1));
    check(&[(&free, 1, 1), (&free, 1, 1)], 9, Some(0));
    // Three of weight two are fewer than two of weight one.
    check(&[(&free, 2, 1), (&free, 3, 2)], 9, Some(1));
    check(&[(&free, u32::MAX, 1), (&free, u32::MAX, u32::MAX)], 9, Some(1));
    // The least loaded is not free.
    check(&[(&taken, 0, 1), (&free, 9, 1)], 9, Some(1));
    check(&[(&taken, 0, 1), (&free, 9, 1)], 10, Some(0));
    check(&[(&taken, 0, 1)], 9, None);
    check(&[], 9, None);
}

#[test]
fn a_pool_of_nobody_is_never_free() {
    let problem = question("UTC 2026-05-01; fri 09:00-12:00; 60 min").problem;
    let (range, now) = (problem.range().unwrap(), at(problem.now));
    let nobody: [Snapshot; 0] = [];
    assert!(any_free(&nobody, range, now).is_empty());
    assert!(all_free(&nobody, range, now).is_empty());
    assert_eq!(next_free(&nobody, range, now), None);
}

#[test]
fn a_range_of_years_is_gathered_like_one_of_days() {
    let mut problem = question("Europe/Berlin 2026-05-01; daily 09:00-12:00; 60 min").problem;
    problem.to += 1_000 * 86_400;
    let (range, now) = (problem.range().unwrap(), at(problem.now));
    let one = Snapshot::new(problem.facts());
    assert_eq!(any_free(&[&one], range, now).to_vec(), one.slots(range, now).to_vec());
    assert_eq!(all_free(&[&one, &one], range, now).to_vec(), one.slots(range, now).to_vec());
}
