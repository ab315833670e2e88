//! A snapshot answers what its facts would, however it came to them.

use proptest::{prelude::*, sample::Index};
use slotsmith_engine::{Instant, Interval, Snapshot, admit, next_available, slots, slots_and_taken};

use crate::{
    problem::{Problem, at, span},
    properties::{config, problems},
};

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_snapshot_answers_like_its_facts(problem in problems()) {
        let Some(range) = problem.range() else { return Ok(()) };
        let (facts, now) = (problem.facts(), at(problem.now));
        check(&Snapshot::new(facts.clone()), &facts, range, now)?;
    }

    #[test]
    fn a_snapshot_that_was_changed_answers_like_a_new_one(problem in problems(), changes in prop::collection::vec((0..4_u8, any::<Index>()), 1..10)) {
        let Some(range) = problem.range() else { return Ok(()) };
        let now = at(problem.now);
        let all = problem.facts();
        let mut facts = slotsmith_engine::Facts { bookings: Vec::new(), busy: Default::default(), ..all.clone() };
        let mut snapshot = Snapshot::new(facts.clone());
        for (change, which) in changes {
            match change {
                0 if !problem.busy.is_empty() => {
                    let (start, end) = problem.busy[which.index(problem.busy.len())];
                    let Some(busy) = span(start, end) else { continue };
                    facts.busy.insert(busy);
                    snapshot.insert_busy(busy);
                }
                1 | 2 if !all.bookings.is_empty() => {
                    let booking = all.bookings[which.index(all.bookings.len())];
                    facts.bookings.push(booking);
                    snapshot.insert_booking(booking);
                }
                3 if !facts.bookings.is_empty() => {
                    let booking = facts.bookings.remove(which.index(facts.bookings.len()));
                    prop_assert!(snapshot.remove_booking(&booking));
                }
                _ => continue,
            }
            check(&snapshot, &facts, range, now)?;
        }
    }

    #[test]
    fn the_bookings_in_the_way_are_those_without_which_it_would_be_free(problem in problems(), starts in prop::collection::vec(any::<Index>(), 12)) {
        let snapshot = Snapshot::new(problem.facts());
        let session = problem.session;
        for index in starts {
            let start = problem.from + i64::try_from(index.index(20_000)).unwrap() * 60;
            let in_the_way = |b: &&crate::problem::BookingRow| {
                let before = b.before.max(session.after) * 60;
                let after = b.after.max(session.before) * 60;
                start < b.end + after && b.start - before < start + session.duration * 60
            };
            let mut expected: Vec<i64> = problem.bookings.iter().filter(in_the_way).map(|b| b.start).collect();
            let mut found: Vec<i64> = snapshot.conflicts(at(start)).map(|b| b.span.start().unix()).collect();
            expected.sort_unstable();
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_next_available_start_is_the_first_of_all(problem in problems()) {
        let far = Problem { to: problem.from + 40 * 86_400, ..problem };
        let (facts, now, range) = (far.facts(), at(far.now), far.range().unwrap());
        prop_assert_eq!(next_available(&facts, range, now), slots(&facts, range, now).first());
    }
}

fn check(
    snapshot: &Snapshot,
    facts: &slotsmith_engine::Facts,
    range: Interval,
    now: Instant,
) -> Result<(), TestCaseError> {
    let answer = slots(facts, range, now);
    prop_assert_eq!(&snapshot.slots(range, now), &answer);
    prop_assert_eq!(snapshot.slots_and_taken(range, now), slots_and_taken(facts, range, now));
    prop_assert_eq!(snapshot.next_available(range, now), answer.first());
    for (run, _) in snapshot.slots_and_taken(range, now) {
        prop_assert_eq!(snapshot.admit(run.start(), now), admit(facts, run.start(), now));
    }
    Ok(())
}

#[test]
fn a_booking_that_is_not_there_cannot_be_removed() {
    let problem =
        crate::text::question("UTC 2026-05-01; fri 09:00-12:00; 30 min; booking 10:00-10:30").problem;
    let mut snapshot = Snapshot::new(problem.facts());
    let booking = snapshot.facts().bookings[0];
    assert!(snapshot.remove_booking(&booking));
    assert!(!snapshot.remove_booking(&booking));
}
