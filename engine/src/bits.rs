//! Many bits, numbered from anywhere.

const BITS: i64 = 64;

/// A bit for each number of a stretch; all others count as zero.
#[derive(Clone, Default, Debug)]
pub(crate) struct Bits {
    /// The number of the first word; bit `n` lies in word `n / 64`.
    first: i64,
    words: Vec<u64>,
}

impl Bits {
    /// From 0 to `end`.
    pub(crate) fn from_zero(end: i64) -> Bits {
        Bits { first: 0, words: vec![0; usize::try_from((end + BITS - 1) / BITS).unwrap_or(0)] }
    }

    /// `None` when that takes more words than so many. Numbers are not negative.
    pub(crate) fn covering(from: i64, end: i64, words_max: usize) -> Option<Bits> {
        // A word of zeros on either side, see `word`.
        let first = from / BITS - 1;
        let words = usize::try_from(end / BITS + 2 - first).ok().filter(|words| *words <= words_max)?;
        Some(Bits { first, words: vec![0; words] })
    }

    /// Whether all these bits are kept.
    pub(crate) fn covers(&self, from: i64, end: i64) -> bool {
        let (first, last) = (from / BITS - self.first, end / BITS - self.first);
        0 < first && usize::try_from(last).is_ok_and(|last| last + 1 < self.words.len())
    }

    pub(crate) fn as_slice(&self) -> &[u64] {
        &self.words
    }

    /// Sets the bits from `from` to `end`, or clears them.
    pub(crate) fn fill(&mut self, from: i64, end: i64, value: bool) {
        let (from, end) = (from - self.first * BITS, end - self.first * BITS);
        let first = usize::try_from(from / BITS).unwrap_or(0);
        for (word, number) in self.words.iter_mut().skip(first).zip(from.max(0) / BITS..) {
            let start = number * BITS;
            if end <= start {
                break;
            }
            let bits = Bits::between(from - start, end - start);
            *word = if value { *word | bits } else { *word & !bits };
        }
    }

    /// 64 bits from number `from` on, that one lowest.
    #[inline]
    pub(crate) fn word(&self, from: i64) -> u64 {
        let (number, shift) = (from.cast_unsigned() / 64, from.cast_unsigned() % 64);
        // Where this is none of the words, or the last, all is zero.
        let first = usize::try_from(number.wrapping_sub(self.first.cast_unsigned())).unwrap_or(usize::MAX);
        match self.words.get(first..).unwrap_or_default() {
            [low, high, ..] => low >> shift | high << 1 << (63 - shift),
            _ => 0,
        }
    }

    /// A word with the bits from `from` to `end`, where that is within it.
    #[inline]
    pub(crate) fn between(from: i64, end: i64) -> u64 {
        let from_on = |bit: i64| if bit < BITS { u64::MAX << bit.max(0) } else { 0 };
        from_on(from) & !from_on(end)
    }
}
