//! The answer as runs says the same as the answer as starts.

use slotsmith_engine::{Instant, slots};

use crate::{problem::at, text::question};

#[test]
fn runs_are_the_starts_between_what_is_in_the_way() {
    let question = question("UTC 2026-05-01; fri 09:00-12:00; 30 min; step 15; busy 10:00-10:30");
    let problem = &question.problem;
    let answer = slots(&problem.facts(), problem.range().unwrap(), at(problem.now));
    let shown: Vec<(String, String, u32, u32)> = answer
        .runs()
        .iter()
        .map(|run| (run.start().to_string(), run.last().to_string(), run.step_seconds(), run.count()))
        .collect();
    let time = |time: &str| format!("2026-05-01T{time}:00Z");
    assert_eq!(shown, [(time("09:00"), time("09:30"), 900, 3), (time("10:30"), time("11:30"), 900, 5)]);

    let starts: Vec<Instant> = answer.runs().iter().flat_map(|run| *run).collect();
    assert_eq!(answer.len(), 8);
    assert_eq!(answer.to_vec(), starts);
    assert_eq!(answer.iter().collect::<Vec<_>>(), starts);
    assert_eq!(answer.iter().rev().collect::<Vec<_>>(), starts.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(answer.first(), starts.first().copied());
    assert_eq!(answer.runs()[0].into_iter().len(), 3);
}

#[test]
fn no_slots_are_no_runs() {
    let question = question("UTC 2026-05-01; sat 09:00-12:00; 30 min");
    let problem = &question.problem;
    let answer = slots(&problem.facts(), problem.range().unwrap(), at(problem.now));
    assert!(answer.is_empty() && answer.runs().is_empty() && answer.first().is_none());
}

#[test]
fn a_run_is_split_into_the_starts_before_an_instant_and_the_others() {
    let question = question("UTC 2026-05-01; fri 09:00-12:00; 30 min; step 15");
    let problem = &question.problem;
    let answer = slots(&problem.facts(), problem.range().unwrap(), at(problem.now));
    let [run] = answer.runs() else { panic!("{answer:?}") };
    for second in -100..12_000 {
        let cut = run.start().plus(second);
        let (before, after) = run.split_at(cut);
        let (early, late): (Vec<Instant>, Vec<Instant>) = run.into_iter().partition(|start| *start < cut);
        assert_eq!(before.into_iter().flatten().collect::<Vec<_>>(), early, "{second}");
        assert_eq!(after.into_iter().flatten().collect::<Vec<_>>(), late, "{second}");
    }
}
