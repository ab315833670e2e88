//! Many mentors, one question: when is any of them free, and when are all?
//!
//! Each mentor's own hours, zone, busy time and grid stay what they are; only the starts meet. They are kept as one bit
//! for each minute, a couple of months at a time: ten thousand starts are marked faster than two lists are merged.

use core::borrow::Borrow;

use crate::{Instant, Interval, Run, Slots, Snapshot, slots::each_open_run, zone::DAY};

const MINUTE: i64 = 60;
/// So many days of bits are looked at together: 11 KB, which stays in the nearest cache.
const DAYS_AT_A_TIME: i64 = 62;
const WORDS: usize = 62 * 1_440 / 64;

/// Every start in `range` at which at least one of the mentors is free: the union of their answers.
pub fn any_free<S: Borrow<Snapshot>>(pool: &[S], range: Interval, now: Instant) -> Slots {
    gather(range, |starts| {
        for mentor in pool {
            starts.add(mentor.borrow(), now);
        }
    })
}

/// Every start in `range` at which all of the mentors are free, for sessions that they hold together: the intersection
/// of their answers. A pool of nobody has none.
///
/// Nobody is asked about weeks in which no start is left.
pub fn all_free<S: Borrow<Snapshot>>(pool: &[S], range: Interval, now: Instant) -> Slots {
    let Some((first, others)) = pool.split_first() else { return Slots::default() };
    let mut theirs = Starts::new();
    gather(range, |starts| {
        starts.add(first.borrow(), now);
        for mentor in others {
            if starts.is_empty() {
                break;
            }
            theirs.begin(starts.range);
            theirs.add(mentor.borrow(), now);
            starts.keep(&theirs);
        }
    })
}

/// The earliest start in `range` at which any of the mentors is free. Each is asked only about the time before the best
/// start found so far.
pub fn next_free<S: Borrow<Snapshot>>(pool: &[S], range: Interval, now: Instant) -> Option<Instant> {
    let mut best = None;
    for mentor in pool {
        let before = Interval::new(range.start, best.unwrap_or(range.end));
        best = before.and_then(|before| mentor.borrow().next_available(before, now)).or(best);
    }
    best
}

fn gather(range: Interval, mut ask: impl FnMut(&mut Starts)) -> Slots {
    let mut starts = Starts::new();
    let mut runs = Vec::new();
    let mut from = range.start;
    // Whole minutes, so that a bit is a minute of the clock.
    let next =
        |from: Instant| Instant::clamped((from.unix().div_euclid(MINUTE) * MINUTE) + DAYS_AT_A_TIME * DAY);
    while let Some(part) = Interval::new(from, next(from).min(range.end)) {
        starts.begin(part);
        ask(&mut starts);
        starts.append_to(&mut runs);
        from = part.end;
    }
    Slots::new(runs)
}

/// A set of starts within a part of a range.
struct Starts {
    range: Interval,
    /// The minute of the first bit, since 1970.
    first_minute: i64,
    minutes: Box<[u64; WORDS]>,
    /// Starts off the full minute, as zones had before there were railways. In any order, perhaps repeated.
    odd: Vec<Instant>,
    step_seconds: u32,
}

impl Starts {
    fn new() -> Starts {
        let range = Interval { start: Instant::MIN, end: Instant::MIN };
        Starts { range, first_minute: 0, minutes: Box::new([0; WORDS]), odd: Vec::new(), step_seconds: 60 }
    }

    fn begin(&mut self, range: Interval) {
        self.range = range;
        self.first_minute = range.start.unix().div_euclid(MINUTE);
        self.minutes.fill(0);
        self.odd.clear();
    }

    fn is_empty(&self) -> bool {
        self.odd.is_empty() && self.minutes.iter().all(|word| *word == 0)
    }

    fn add(&mut self, mentor: &Snapshot, now: Instant) {
        each_open_run(mentor.view(), self.range, now, |run| {
            self.step_seconds = run.step_seconds();
            if run.start().unix() % MINUTE != 0 {
                self.odd.extend(run);
                return;
            }
            let step = run.step_seconds() as usize / 60;
            let mut minute = usize::try_from(run.start().unix() / MINUTE - self.first_minute).unwrap_or(0);
            for _ in 0..run.count() {
                if let Some(word) = self.minutes.get_mut(minute / 64) {
                    *word |= 1 << (minute % 64);
                }
                minute += step;
            }
        });
    }

    fn keep(&mut self, others: &Starts) {
        for (word, other) in self.minutes.iter_mut().zip(others.minutes.iter()) {
            *word &= other;
        }
        self.odd.retain(|start| others.odd.contains(start));
    }

    fn append_to(&mut self, runs: &mut Vec<Run>) {
        self.odd.sort_unstable();
        self.odd.dedup();
        let mut odd = self.odd.iter().copied().peekable();
        for (index, word) in self.minutes.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let minute = self.first_minute + (index * 64) as i64 + i64::from(left.trailing_zeros());
                let start = Instant::between(minute * MINUTE);
                while let Some(earlier) = odd.next_if(|odd| *odd < start) {
                    append(runs, earlier, self.step_seconds);
                }
                append(runs, start, self.step_seconds);
                left &= left - 1;
            }
        }
        odd.for_each(|start| append(runs, start, self.step_seconds));
    }
}

/// Lets the last run go on, or begins another.
fn append(runs: &mut Vec<Run>, start: Instant, step_seconds: u32) {
    match runs.last_mut() {
        Some(run) if run.takes(start) => run.extend(),
        _ => runs.push(Run::new(start, step_seconds, 1)),
    }
}
