//! The answer: starts at even distances, told as runs and not one by one.

use crate::Instant;

/// Starts at even distances: `count` of them, `step_seconds` apart, from `start` on. At least one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    start: Instant,
    step_seconds: u32,
    count: u32,
}

impl Run {
    pub(crate) fn new(start: Instant, step_seconds: u32, count: u32) -> Run {
        Run { start, step_seconds, count }
    }

    /// The first start.
    pub fn start(self) -> Instant {
        self.start
    }

    /// The last start.
    pub fn last(self) -> Instant {
        self.at(self.count.saturating_sub(1))
    }

    /// From one start to the next.
    pub fn step_seconds(self) -> u32 {
        self.step_seconds
    }

    /// How many starts.
    pub fn count(self) -> u32 {
        self.count
    }

    /// The starts before an instant, and the others.
    pub fn split_at(self, at: Instant) -> (Option<Run>, Option<Run>) {
        let step = i64::from(self.step_seconds);
        let before = (at.unix() - self.start.unix() + step - 1).div_euclid(step);
        let before = u32::try_from(before.clamp(0, i64::from(self.count))).unwrap_or(self.count);
        let part = |from, count| (0 < count).then(|| Run { start: self.at(from), count, ..self });
        (part(0, before), part(before, self.count - before))
    }

    /// Whether the run would go on with this start.
    pub(crate) fn takes(self, start: Instant) -> bool {
        start.unix() - self.last().unix() == i64::from(self.step_seconds)
    }

    pub(crate) fn extend(&mut self) {
        self.count += 1;
    }

    fn at(self, position: u32) -> Instant {
        Instant::between(self.start.unix() + i64::from(position) * i64::from(self.step_seconds))
    }
}

impl IntoIterator for Run {
    type Item = Instant;
    type IntoIter = Starts;

    fn into_iter(self) -> Starts {
        Starts { next: self.start.unix(), step: i64::from(self.step_seconds), left: self.count }
    }
}

/// The starts of one [`Run`].
#[derive(Clone, Debug)]
pub struct Starts {
    next: i64,
    step: i64,
    left: u32,
}

impl Iterator for Starts {
    type Item = Instant;

    #[inline]
    fn next(&mut self) -> Option<Instant> {
        self.left = self.left.checked_sub(1)?;
        let start = self.next;
        self.next += self.step;
        Some(Instant::between(start))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Starts {}

/// Every start of an answer, ascending, without repeats. Answers are equal when their starts are.
#[derive(Clone, Eq, Debug, Default)]
pub struct Slots {
    runs: Vec<Run>,
}

impl PartialEq for Slots {
    fn eq(&self, other: &Slots) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Slots {
    pub(crate) fn new(runs: Vec<Run>) -> Slots {
        Slots { runs }
    }

    /// The same, as runs. Neighbours may go on where the one before ended.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// How many starts.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|run| run.count as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The earliest.
    pub fn first(&self) -> Option<Instant> {
        self.runs.first().map(|run| run.start)
    }

    /// Each start.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Instant> + Clone + '_ {
        self.runs.iter().flat_map(|run| (0..run.count).map(|position| run.at(position)))
    }

    /// All of them in one list.
    pub fn to_vec(&self) -> Vec<Instant> {
        let mut starts = Vec::with_capacity(self.len());
        for run in &self.runs {
            starts.extend((0..run.count).map(|position| run.at(position)));
        }
        starts
    }
}
