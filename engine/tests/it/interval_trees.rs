//! The interval tree against a look at every interval.

use proptest::prelude::*;
use slotsmith_engine::{Interval, IntervalTree};

use crate::{
    problem::{at, span},
    properties::config,
};

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn a_span_meets_the_intervals_that_share_an_instant_with_it(entries in entries(), start in -5_i64..210, length in 1_i64..60) {
        let tree: IntervalTree<usize> = entries.iter().copied().zip(0..).collect();
        let asked = span(start, start + length).unwrap();
        let expected = having(&entries, |interval| interval.overlaps(asked));
        prop_assert_eq!(sorted(tree.overlapping(asked)), expected);
        prop_assert_eq!((tree.len(), tree.is_empty()), (entries.len(), entries.is_empty()));
    }

    #[test]
    fn an_instant_is_in_the_intervals_that_contain_it(entries in entries(), instant in -5_i64..260) {
        let tree: IntervalTree<usize> = entries.iter().copied().zip(0..).collect();
        let expected = having(&entries, |interval| interval.contains(at(instant)));
        prop_assert_eq!(sorted(tree.containing(at(instant))), expected);
    }
}

/// One interval spans all; 100,000 short ones follow one another.
#[test]
fn a_long_interval_among_many_short_ones_is_found_with_them() {
    let short = (0..100_000).map(|i| span(i * 10, i * 10 + 5).unwrap());
    let tree: IntervalTree<usize> = short.chain([span(0, 2_000_000).unwrap()]).zip(0..).collect();
    assert_eq!(sorted(tree.containing(at(500_002))), [50_000, 100_000]);
    assert_eq!(sorted(tree.containing(at(500_007))), [100_000]);
    assert_eq!(tree.overlapping(span(0, 2_000_000).unwrap()).count(), 100_001);
}

#[test]
fn an_empty_tree_has_no_answers() {
    let tree: IntervalTree<()> = IntervalTree::from_iter([]);
    assert_eq!(tree.overlapping(span(0, 1).unwrap()).count(), 0);
}

fn entries() -> impl Strategy<Value = Vec<Interval>> {
    // Points that often coincide, lengths from a second to nearly all.
    let length = prop_oneof![4 => 1_i64..8, 1 => 1_i64..200];
    prop::collection::vec((0_i64..200, length), 0..40).prop_map(|rows| {
        rows.into_iter().map(|(start, length)| span(start, start + length).unwrap()).collect()
    })
}

fn having(entries: &[Interval], matches: impl Fn(Interval) -> bool) -> Vec<usize> {
    (0..entries.len()).filter(|index| matches(entries[*index])).collect()
}

fn sorted<'a>(found: impl Iterator<Item = (Interval, &'a usize)>) -> Vec<usize> {
    let mut found: Vec<usize> = found.map(|(_, index)| *index).collect();
    found.sort_unstable();
    found
}
