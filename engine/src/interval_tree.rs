//! Which of many intervals, overlapping or not, meet a span, and who they are.
//!
//! A priority search tree (E. M. McCreight, *Priority Search Trees*, SIAM J. Comput. 14, 1985): balanced by start,
//! and in each node the entry that ends last of all below it. What starts before the span ends is then one path down
//! the tree with whole subtrees on its left, and in such a subtree a node that ends too early ends the search below
//! it. So every node visited is on that path, or is an answer, or is the child of one: O(log n + k), whatever
//! the intervals look like.
//!
//! The tree lives in one `Vec` in preorder, and a node knows where its subtree ends there: going down is the next
//! node, passing a subtree is a jump. No pointers, no stack, no balancing.
//!
//! Others do otherwise. `rust-lapper` sorts by start and looks back as far as the longest interval reaches, so that
//! one long interval makes every question a scan. `intervaltree` keeps the latest end of a subtree beside an entry
//! that need not be the one that ends there; with answers scattered wide such a tree visits O(k log(n / k)) nodes
//! more. `coitrees` does the same in a cache-friendly order with SIMD: faster on millions of intervals, for
//! 32-bit ends, and answers through a callback.

use crate::{Instant, Interval};

/// Intervals with something to tell them apart. Built in O(n log n), then only read.
#[derive(Clone, Debug)]
pub struct IntervalTree<T> {
    /// In preorder: a node, its left subtree, its right subtree.
    nodes: Vec<Node<T>>,
}

/// Invariant: no interval below ends later than `interval`; none to the left starts later than any to the right.
#[derive(Clone, Debug)]
struct Node<T> {
    interval: Interval,
    /// The earliest start of this node and all below.
    from: Instant,
    /// Where the nodes below end.
    skip: usize,
    entry: T,
}

impl<T> IntervalTree<T> {
    /// How many intervals.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Those that share an instant with `span`, in no particular order. O(log n + k).
    pub fn overlapping(&self, span: Interval) -> Overlapping<'_, T> {
        Overlapping { nodes: &self.nodes, next: 0, end_after: span.start, start_before: span.end }
    }

    /// Those that hold `at`, in no particular order. O(log n + k).
    pub fn containing(&self, at: Instant) -> Overlapping<'_, T> {
        Overlapping { nodes: &self.nodes, next: 0, end_after: at, start_before: at.plus(1) }
    }
}

/// In whatever order they come. O(n log n).
impl<T> FromIterator<(Interval, T)> for IntervalTree<T> {
    fn from_iter<I: IntoIterator<Item = (Interval, T)>>(entries: I) -> IntervalTree<T> {
        let node = |(interval, entry): (Interval, T)| Node { interval, from: interval.start, skip: 0, entry };
        let mut nodes: Vec<Node<T>> = entries.into_iter().map(node).collect();
        nodes.sort_unstable_by_key(|node| node.interval.start);
        grow(&mut nodes, 0);
        IntervalTree { nodes }
    }
}

/// Makes a tree of nodes that are sorted by start; `index` is where they begin among all nodes.
fn grow<T>(nodes: &mut [Node<T>], index: usize) {
    let Some(from) = nodes.first().map(|node| node.interval.start) else { return };
    let ends = nodes.iter().enumerate().max_by_key(|(_, node)| node.interval.end);
    let last = ends.map_or(0, |(last, _)| last);
    // It moves to the front; the others stay sorted.
    nodes[..=last].rotate_right(1);
    let skip = index + nodes.len();
    if let [root, below @ ..] = nodes {
        (root.from, root.skip) = (from, skip);
        let (left, right) = below.split_at_mut(below.len().div_ceil(2));
        let middle = index + 1 + left.len();
        grow(left, index + 1);
        grow(right, middle);
    }
}

/// The intervals that meet a span, each with its entry.
#[derive(Clone, Debug)]
pub struct Overlapping<'a, T> {
    nodes: &'a [Node<T>],
    next: usize,
    end_after: Instant,
    start_before: Instant,
}

impl<'a, T> Iterator for Overlapping<'a, T> {
    type Item = (Interval, &'a T);

    #[inline]
    fn next(&mut self) -> Option<(Interval, &'a T)> {
        while let Some(node) = self.nodes.get(self.next) {
            if node.interval.end <= self.end_after || self.start_before <= node.from {
                self.next = node.skip;
            } else {
                self.next += 1;
                if node.interval.start < self.start_before {
                    return Some((node.interval, &node.entry));
                }
            }
        }
        None
    }
}
