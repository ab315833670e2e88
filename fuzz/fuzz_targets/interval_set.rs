//! Any sequence of operations on a set of instants, against a bitmap: one bool for each second.
//! `cargo +nightly fuzz run interval_set`

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use slotsmith_engine::{Instant, Interval, IntervalSet};

/// Everything happens in `[0, SECONDS)`. A byte holds every second.
const SECONDS: usize = 256;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // Input that ends in the middle of an operation ends before it.
    let mut input = Unstructured::new(input);
    let mut both = Both { set: IntervalSet::default(), bitmap: [false; SECONDS] };
    while !input.is_empty() && both.operate(&mut input).is_ok() {
        both.agree();
    }
});

struct Both {
    set: IntervalSet,
    bitmap: [bool; SECONDS],
}

impl Both {
    fn operate(&mut self, input: &mut Unstructured) -> arbitrary::Result<()> {
        match input.int_in_range(0..=7)? {
            0 => {
                let spans = spans(input)?;
                self.set = IntervalSet::new(spans.iter().filter_map(|s| s.interval()).collect());
                self.bitmap = bitmap(&spans);
            }
            1 => {
                let spans = spans(input)?;
                self.set = self.set.union(&spans.iter().filter_map(|s| s.interval()).collect());
                self.mark(&bitmap(&spans));
            }
            // Others come from this set too, so that they share many ends with it.
            2 => {
                let Some(gone) = span(input)?.interval() else { return Ok(()) };
                let mut other = self.set.clone();
                other.remove(gone);
                assert_eq!(self.set.union(&other), self.set, "what was part of it adds nothing");
                assert_eq!(other.union(&self.set), self.set, "what was part of it adds nothing");
            }
            3 | 4 => {
                let span = span(input)?;
                let Some(interval) = span.interval() else { return Ok(()) };
                self.set.insert(interval);
                self.mark(&bitmap(&[span]));
            }
            5 => {
                let span = span(input)?;
                let Some(interval) = span.interval() else { return Ok(()) };
                self.set.remove(interval);
                self.bitmap[span.start..span.end].fill(false);
            }
            _ => self.ask(span(input)?),
        }
        Ok(())
    }

    fn mark(&mut self, other: &[bool; SECONDS]) {
        for (own, other) in self.bitmap.iter_mut().zip(other) {
            *own |= other;
        }
    }

    /// The set has the instants of the bitmap and no others, in intervals that ascend and do not touch.
    fn agree(&self) {
        assert_eq!(self.set.as_slice(), self.runs());
        assert_eq!(self.set.is_empty(), !self.bitmap.contains(&true));
    }

    fn ask(&self, span: Span) {
        let runs = self.runs();
        let found = self.set.find(span.first());
        assert_eq!(found, runs.iter().copied().find(|run| run.contains(span.first())));
        assert_eq!(found.is_some(), self.bitmap[span.start]);
        let Some(interval) = span.interval() else { return };
        let inside = &self.bitmap[span.start..span.end];
        assert_eq!(self.set.covers(interval), !inside.contains(&false));
        let meets = |run: &Interval| {
            (run.start().unix()..run.end().unix()).any(|s| (span.start as i64..span.end as i64).contains(&s))
        };
        let met: Vec<Interval> = runs.into_iter().filter(meets).collect();
        assert_eq!(self.set.overlapping(interval), met);
        assert_eq!(self.set.first_overlapping(interval), met.first().copied());
        assert_eq!(met.is_empty(), !inside.contains(&true));
    }

    fn runs(&self) -> Vec<Interval> {
        let mut runs = Vec::new();
        let mut start = None;
        for second in 0..=SECONDS {
            match (start, second < SECONDS && self.bitmap[second]) {
                (None, true) => start = Some(second),
                (Some(from), false) => {
                    runs.extend(Span { start: from, end: second }.interval());
                    start = None;
                }
                _ => {}
            }
        }
        runs
    }
}

/// `[start, end)`, perhaps empty.
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn first(&self) -> Instant {
        at(self.start)
    }

    fn interval(&self) -> Option<Interval> {
        Interval::new(self.first(), at(self.end))
    }
}

fn at(second: usize) -> Instant {
    Instant::from_unix(second as i64).expect("a few minutes after 1970 began")
}

fn span(input: &mut Unstructured) -> arbitrary::Result<Span> {
    let (start, length) = (usize::from(u8::arbitrary(input)?), usize::from(u8::arbitrary(input)?));
    Ok(Span { start, end: (start + length).min(SECONDS) })
}

fn spans(input: &mut Unstructured) -> arbitrary::Result<Vec<Span>> {
    let count = input.int_in_range(0..=24)?;
    (0..count).map(|_| span(input)).collect()
}

fn bitmap(spans: &[Span]) -> [bool; SECONDS] {
    core::array::from_fn(|second| spans.iter().any(|span| (span.start..span.end).contains(&second)))
}
