//! Any intervals in a tree, and any questions to it, against a look at each of them: who is met, not only how many.
//! `cargo +nightly fuzz run interval_tree`

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use slotsmith_engine::{Instant, Interval, IntervalTree};

/// As many as a day has quarters of an hour, and a few.
const INTERVALS_MAX: usize = 100;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // Nothing to tell apart in what is too short.
    let _ = compare(&mut Unstructured::new(input));
});

fn compare(input: &mut Unstructured) -> arbitrary::Result<()> {
    let count = input.int_in_range(0..=INTERVALS_MAX)?;
    let all: Vec<Interval> = (0..count).map(|_| interval(input)).collect::<arbitrary::Result<_>>()?;
    let tree: IntervalTree<usize> = all.iter().copied().zip(0..).collect();
    assert_eq!((tree.len(), tree.is_empty()), (all.len(), all.is_empty()));
    while !input.is_empty() {
        let span = interval(input)?;
        let at = span.start();
        check(&all, tree.overlapping(span), |interval| {
            interval.start() < span.end() && span.start() < interval.end()
        });
        check(&all, tree.containing(at), |interval| interval.start() <= at && at < interval.end());
    }
    Ok(())
}

/// The answers are those that are `meant`, each once and with its own interval.
fn check<'a>(
    all: &[Interval],
    answers: impl Iterator<Item = (Interval, &'a usize)>,
    meant: impl Fn(&Interval) -> bool,
) {
    let mut answers: Vec<(usize, Interval)> = answers.map(|(interval, index)| (*index, interval)).collect();
    answers.sort_unstable();
    let expected: Vec<(usize, Interval)> =
        all.iter().copied().enumerate().filter(|(_, interval)| meant(interval)).collect();
    assert_eq!(answers, expected);
}

/// Starts are close together, so that many are equal and many touch; a few intervals are long.
fn interval(input: &mut Unstructured) -> arbitrary::Result<Interval> {
    let (start, length) = (i64::from(u8::arbitrary(input)?), i64::from(u8::arbitrary(input)?));
    let length = if length < 240 { length % 32 + 1 } else { (length - 239) * 16 };
    let end = at(start + length);
    Ok(Interval::new(at(start), end).expect("no length is 0"))
}

fn at(second: i64) -> Instant {
    Instant::from_unix(second).expect("a few minutes after 1970 began")
}
