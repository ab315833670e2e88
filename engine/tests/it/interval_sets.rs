//! Interval sets against a bitmap: one bool for each second of a short stretch of time.

use proptest::prelude::*;
use slotsmith_engine::{Interval, IntervalSet};

use crate::{
    problem::{at, span},
    properties::config,
};

/// Everything below happens in `[0, SECONDS)`.
const SECONDS: i64 = 40;

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn a_set_has_the_instants_of_its_intervals_and_no_others(spans in spans()) {
        let (set, bitmap) = both(&spans);
        for second in 0..SECONDS {
            let held = set.find(at(second));
            prop_assert_eq!(held.is_some(), bitmap[index(second)]);
            prop_assert_eq!(held, run_around(&bitmap, second));
        }
        prop_assert_eq!(set.is_empty(), !bitmap.contains(&true));
    }

    #[test]
    fn intervals_ascend_and_never_touch(spans in spans()) {
        let (set, bitmap) = both(&spans);
        prop_assert_eq!(set.as_slice(), &runs(&bitmap)[..]);
    }

    #[test]
    fn the_order_of_intervals_does_not_matter(spans in spans(), turn in 0_usize..8) {
        let mut turned = spans.clone();
        turned.reverse();
        turned.rotate_left(turn.min(spans.len()));
        prop_assert_eq!(both(&spans).0, both(&turned).0);
    }

    #[test]
    fn covers_and_overlaps_are_all_and_any_of_a_span(spans in spans(), start in 0..SECONDS, length in 1..SECONDS) {
        let (set, bitmap) = both(&spans);
        let end = (start + length).min(SECONDS);
        let asked = span(start, end).unwrap();
        let inside = &bitmap[index(start)..index(end)];
        prop_assert_eq!(set.covers(asked), !inside.contains(&false));
        let first = (start..end).find_map(|second| run_around(&bitmap, second));
        prop_assert_eq!(set.first_overlapping(asked), first);
    }

    #[test]
    fn inserting_and_removing_change_the_instants_of_that_interval_alone(spans in spans(), changes in changes()) {
        let (mut set, mut bitmap) = both(&spans);
        for (insert, (start, end)) in changes {
            let Some(interval) = span(start, end) else { continue };
            if insert { set.insert(interval) } else { set.remove(interval) }
            bitmap[index(start)..index(end)].fill(insert);
            prop_assert_eq!(set.as_slice(), &runs(&bitmap)[..]);
        }
    }

    #[test]
    fn a_union_has_the_instants_of_both(a in spans(), b in spans()) {
        let all: Vec<(i64, i64)> = a.iter().chain(&b).copied().collect();
        prop_assert_eq!(both(&a).0.union(&both(&b).0), both(&all).0);
    }

    #[test]
    fn those_overlapping_a_span_are_the_intervals_that_share_an_instant_with_it(spans in spans(), start in 0..SECONDS, length in 1..SECONDS) {
        let set = both(&spans).0;
        let asked = span(start, start + length).unwrap();
        let expected: Vec<Interval> = set.as_slice().iter().copied().filter(|i| i.overlaps(asked)).collect();
        prop_assert_eq!(set.overlapping(asked), &expected[..]);
    }

    #[test]
    fn overlapping_is_to_share_an_instant(a in (0..9_i64, 1..9_i64), b in (0..9_i64, 1..9_i64)) {
        let (x, y) = (span(a.0, a.0 + a.1).unwrap(), span(b.0, b.0 + b.1).unwrap());
        let shared = (0..20).any(|second| x.contains(at(second)) && y.contains(at(second)));
        prop_assert_eq!(x.overlaps(y), shared);
        prop_assert_eq!(y.overlaps(x), shared);
    }
}

#[test]
fn an_interval_holds_its_start_and_not_its_end() {
    let morning = span(9, 12).unwrap();
    assert!(morning.contains(at(9)) && morning.contains(at(11)));
    assert!(!morning.contains(at(8)) && !morning.contains(at(12)));
    assert_eq!((morning.start(), morning.end()), (at(9), at(12)));
}

#[test]
fn nothing_lies_between_equal_or_reversed_ends() {
    assert_eq!(span(9, 9), None);
    assert_eq!(span(12, 9), None);
}

#[test]
fn touching_is_not_overlapping_but_joins_in_a_set() {
    let (a, b) = (span(9, 10).unwrap(), span(10, 11).unwrap());
    assert!(!a.overlaps(b) && !b.overlaps(a));
    assert_eq!(IntervalSet::new(vec![b, a]).as_slice(), [span(9, 11).unwrap()]);
}

fn spans() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..SECONDS, 0_i64..9), 0..9)
        .prop_map(|spans| spans.into_iter().map(|(s, length)| (s, (s + length).min(SECONDS))).collect())
}

/// Whether to insert or to remove, and what.
fn changes() -> impl Strategy<Value = Vec<(bool, (i64, i64))>> {
    let change = (any::<bool>(), (0..SECONDS, 0_i64..12));
    prop::collection::vec(change, 1..8).prop_map(|changes| {
        changes.into_iter().map(|(insert, (s, length))| (insert, (s, (s + length).min(SECONDS)))).collect()
    })
}

fn runs(bitmap: &[bool]) -> Vec<Interval> {
    let starts = (0..SECONDS).filter(|s| *s == 0 || !bitmap[index(s - 1)]);
    starts.filter_map(|s| run_around(bitmap, s)).collect()
}

fn both(spans: &[(i64, i64)]) -> (IntervalSet, Vec<bool>) {
    let set = spans.iter().filter_map(|(start, end)| span(*start, *end)).collect();
    let bitmap = (0..SECONDS).map(|second| spans.iter().any(|(s, e)| *s <= second && second < *e)).collect();
    (set, bitmap)
}

fn run_around(bitmap: &[bool], second: i64) -> Option<Interval> {
    if !bitmap[index(second)] {
        return None;
    }
    let start = (0..=second).rev().take_while(|s| bitmap[index(*s)]).last().unwrap();
    let end = (second..SECONDS).find(|s| !bitmap[index(*s)]).unwrap_or(SECONDS);
    span(start, end)
}

fn index(second: i64) -> usize {
    usize::try_from(second).unwrap()
}

/// Sorting takes other ways for many intervals, and for those that lie centuries apart or last decades.
#[test]
fn many_intervals_are_joined_like_few() {
    let mut numbers = 1_u64;
    let mut below = |bound: i64| {
        numbers = numbers.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(numbers >> 20).unwrap() % bound
    };
    for (reach, longest) in
        [(1_000_000, 600), (100_000_000, 7_200), (200_000_000_000, 7_200), (1_000_000, 1 << 33), (60, 2)]
    {
        for count in [0, 1, 23, 24, 399, 400, 3_000] {
            let spans: Vec<Interval> = (0..count)
                .map(|_| {
                    let start = below(reach) - reach / 2;
                    span(start, start + 1 + below(longest)).unwrap()
                })
                .collect();
            let mut one_by_one = IntervalSet::default();
            for interval in &spans {
                one_by_one.insert(*interval);
            }
            assert_eq!(
                IntervalSet::new(spans),
                one_by_one,
                "{count} within {reach} s, up to {longest} s long"
            );
        }
    }
}
