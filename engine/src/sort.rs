//! Sorting intervals by start: the most that preparing a question costs.
//!
//! Comparing is slow because no processor can guess its outcomes. Starts that lie within centuries of one another and
//! lengths of less than decades, as all real ones do, fit into one number each; numbers sort without guessing, and many
//! of them by their digits, without comparing.

use crate::{Instant, Interval};

const LENGTH_BITS: u32 = 31;
/// Fewer are not worth the packing.
const PACK_FROM: usize = 24;
/// Fewer are sorted sooner by comparing numbers.
const RADIX_FROM: usize = 400;
const DIGIT_BITS: u32 = 12;

/// O(n log n), or O(n) for many.
pub(crate) fn sort_by_start(intervals: &mut [Interval]) {
    let packed = if intervals.len() < PACK_FROM { None } else { pack(intervals) };
    let Some((first, mut packed)) = packed else {
        intervals.sort_unstable_by_key(|interval| interval.start);
        return;
    };
    if packed.len() < RADIX_FROM {
        packed.sort_unstable();
    } else {
        sort_by_digits(&mut packed);
    }
    for (interval, packed) in intervals.iter_mut().zip(packed) {
        let start = first + (packed >> LENGTH_BITS).cast_signed();
        let length = packed & ((1 << LENGTH_BITS) - 1);
        *interval =
            Interval { start: Instant::between(start), end: Instant::between(start + length.cast_signed()) };
    }
}

/// Each as seconds since the earliest start, and its length in the lower bits; `None` when one does not fit.
fn pack(intervals: &[Interval]) -> Option<(i64, Vec<u64>)> {
    let first = intervals.iter().map(|interval| interval.start.unix()).min()?;
    let mut all = 0;
    let pack = |interval: &Interval| {
        let since = (interval.start.unix() - first).cast_unsigned();
        let length = (interval.end.unix() - interval.start.unix()).cast_unsigned();
        all |= since >> (64 - LENGTH_BITS) | length >> LENGTH_BITS;
        since << LENGTH_BITS | length
    };
    let packed = intervals.iter().map(pack).collect();
    (all == 0).then_some((first, packed))
}

/// Least significant digit first, from the lowest bit in which starts differ (people meet at full minutes) to the
/// highest.
#[expect(clippy::cast_possible_truncation, reason = "a digit is below 2^12")]
fn sort_by_digits(packed: &mut Vec<u64>) {
    let used = packed.iter().fold(0, |used, number| used | number >> LENGTH_BITS);
    let low = used.trailing_zeros().min(u64::BITS - LENGTH_BITS - 1);
    let digits = (u64::BITS - used.leading_zeros()).saturating_sub(low).div_ceil(DIGIT_BITS);
    let mut sorted = packed.clone();
    for digit in 0..digits {
        let shift = LENGTH_BITS + low + digit * DIGIT_BITS;
        let bucket = |number: u64| (number >> shift) as usize % (1 << DIGIT_BITS);
        let mut next = [0_u32; 1 << DIGIT_BITS];
        for number in packed.iter() {
            next[bucket(*number)] += 1;
        }
        let mut before = 0;
        for slot in &mut next {
            (before, *slot) = (before + *slot, before);
        }
        for number in packed.iter() {
            let slot = &mut next[bucket(*number)];
            sorted[*slot as usize] = *number;
            *slot += 1;
        }
        core::mem::swap(packed, &mut sorted);
    }
}
