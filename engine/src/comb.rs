//! One comb for most starts, and its teeth as bits.
//!
//! Each window has a grid of its own. But where the step divides the day and hours begin at the same minutes past it,
//! the starts of all of them are teeth of one comb: instants that differ by whole steps. A bit for each tooth says
//! whether something closes it, the starts of a date are a mask of a word or two, and what is open on that date is one
//! "and not". Nothing is done for a window, nor for a busy interval; only the answer's runs are looked at one by one.
//!
//! A comb holds ordinary dates only. All others, and whatever does not lie on the comb, go the exact way.

use crate::{
    Instant, Interval, IntervalSet, Policy, Run, Schedule, ZoneRules,
    bits::Bits,
    by_day::ByDay,
    lattice::Step,
    schedule::{Part, Parts},
    zone::{DAY, Row, Segment},
};

/// So many words of bits for a comb, and more for each closed interval: somebody may be busy for an hour in a far year.
const WORDS_MAX: usize = 1_024;
const WORDS_FOR_AN_INTERVAL: usize = 8;

/// Teeth are numbered; one number is a start, two are starts from the first on before the second.
#[derive(Clone, Debug)]
pub(crate) struct Comb {
    step: Step,
    /// Tooth 0, before all instants, in Unix seconds.
    base: i64,
    /// From a midnight to the first tooth of a date, in seconds.
    first_of_day: i64,
    teeth_in_a_day: i64,
    /// No date has more.
    runs_in_a_day: usize,
    /// `None` for dates that are not ordinary, or not on the comb.
    hours: ByDay<Option<Hours>>,
    closed: Bits,
}

/// The starts at which a meeting fits into the hours of a date, as a mask of teeth.
#[derive(Clone, Debug)]
struct Hours {
    /// From 00:00 to the first part, if any, in seconds.
    opens: i64,
    /// The tooth of the first bit, from the first of the date on.
    first: i64,
    mask: u64,
    /// Where one word is not enough.
    more: Vec<u64>,
}

impl Comb {
    /// The comb of the first hours of a schedule, by the offset that the zone has in the end; other hours and offsets
    /// most often lie on it too. `None` when the step does not divide the day, when no date is ordinary, and when
    /// so little is closed over so long a time that bits would be a waste.
    pub(crate) fn new(
        schedule: &Schedule,
        zone: &ZoneRules,
        policy: &Policy,
        closed: &IntervalSet,
    ) -> Option<Comb> {
        let step = policy.step();
        let seconds = i64::from(step.seconds());
        let opens = schedule.dates().iter().flat_map(Parts::as_slice).map(|part| part.from).next()?;
        if DAY % seconds != 0 {
            return None;
        }
        let first_of_day = opens % seconds;
        let phase = (first_of_day - zone.last_offset()).rem_euclid(seconds);
        let base = phase + (Instant::MIN.unix().div_euclid(seconds) - 1) * seconds;
        let starts = |part: &Part| {
            let limit = part.until - policy.duration_seconds() + 1;
            let first = (part.from - first_of_day) / seconds;
            (first, first + step.reaching((limit - part.from).max(0)))
        };
        let hours = schedule.dates().map(|date| {
            let fits = |part: &Part| (part.from - first_of_day) % seconds == 0;
            let is_on_comb = date.is_inside() && date.as_slice().iter().all(fits);
            is_on_comb.then(|| {
                let opens = date.as_slice().first().map_or(DAY, |part| part.from);
                Hours::new(opens, date.as_slice().iter().map(starts))
            })
        });
        if hours.iter().all(Option::is_none) {
            return None;
        }
        let at_most = |hours: &Option<Hours>| hours.as_ref().map_or(usize::MAX, Hours::runs_at_most);
        let runs_in_a_day = hours.iter().map(at_most).max().unwrap_or(usize::MAX);
        let mut comb = Comb {
            step,
            base,
            first_of_day,
            teeth_in_a_day: DAY / seconds,
            runs_in_a_day,
            hours,
            closed: Bits::default(),
        };
        if let (Some(first), Some(last)) = (closed.as_slice().first(), closed.as_slice().last()) {
            let words = WORDS_MAX + WORDS_FOR_AN_INTERVAL * closed.as_slice().len();
            comb.closed = Bits::covering(comb.tooth(first.start.unix()), comb.tooth(last.end.unix()), words)?;
            closed.as_slice().iter().for_each(|interval| comb.mark(*interval, true));
        }
        Some(comb)
    }

    /// No date has more runs of open starts. (Without end when some dates go the exact way.)
    pub(crate) fn runs_in_a_day(&self) -> usize {
        self.runs_in_a_day
    }

    /// Whether there is a bit for each tooth in `interval`.
    pub(crate) fn covers(&self, interval: Interval) -> bool {
        self.closed.covers(self.tooth(interval.start.unix()), self.tooth(interval.end.unix()))
    }

    /// Closes the teeth in `interval`, or opens them. Those without a bit stay open.
    pub(crate) fn mark(&mut self, interval: Interval, is_closed: bool) {
        self.closed.fill(self.tooth(interval.start.unix()), self.tooth(interval.end.unix()), is_closed);
    }

    /// Shows what is open in a range, from its start on, as far as its dates are ordinary, and answers with the rest.
    pub(crate) fn open(
        &self,
        zone: &ZoneRules,
        range: Interval,
        mut visit: impl FnMut(Run),
    ) -> Option<Interval> {
        let last = range.end.unix() - 1;
        let mut number = zone.segment_at(range.start);
        let mut segment = zone.segment(number)?;
        let mut day = segment.day(range.start.unix());
        if day == segment.first_day() && !self.is_quiet(day, zone.segment(number.wrapping_sub(1)), segment) {
            return Some(range);
        }
        loop {
            // On its last day the clock changes, or the day before ends with a change.
            let last_day = segment.day(last).min(segment.last_day() - 1);
            day = self.open_row(Row { first_day: day, last_day, offset: segment.offset }, range, &mut visit);
            if segment.day(last) < day {
                return None;
            }
            number += 1;
            match zone.segment(number) {
                Some(next)
                    if last_day < day
                        && next.first_day() == day
                        && self.is_quiet(day, Some(segment), next) =>
                {
                    segment = next;
                }
                _ => break,
            }
        }
        let midnight = Instant::clamped(day * DAY - segment.offset);
        Interval::new(range.start.max(midnight), range.end)
    }

    /// Whether the hours of a day all come after the change of the clock on it, by the clock before as by the one after,
    /// and do not begin with it: those might go on from hours before it.
    fn is_quiet(&self, day: i64, before: Option<Segment>, after: Segment) -> bool {
        let (Some(before), Some(hours)) = (before, self.hours.of(day)) else { return false };
        let opens = day * DAY + hours.opens;
        before.closes <= opens - before.offset && after.opens < opens - after.offset
    }

    /// Shows what is open on a row of dates, in `range` only, and answers with the first date that it leaves to others.
    #[inline(always)]
    pub(crate) fn open_row(&self, row: Row, range: Interval, mut visit: impl FnMut(Run)) -> i64 {
        let seconds = i64::from(self.step.seconds());
        let midnight = row.first_day * DAY - row.offset + self.first_of_day;
        let mut first_of_day = self.tooth(midnight);
        if self.base + first_of_day * seconds != midnight {
            return row.first_day;
        }
        let teeth = (self.tooth(range.start.unix()), self.tooth(range.end.unix()));
        let mut days = self.hours.from(row.first_day);
        loop {
            let day = days.day();
            let Some(hours) = days.next().as_ref().filter(|_| day <= row.last_day) else { return day };
            let mut tooth = first_of_day + hours.first;
            first_of_day += self.teeth_in_a_day;
            if hours.mask == 0 || first_of_day <= teeth.0 {
                continue;
            }
            self.open_in_word(tooth, hours.mask, teeth, &mut visit);
            for mask in &hours.more {
                tooth += 64;
                self.open_in_word(tooth, *mask, teeth, &mut visit);
            }
        }
    }

    #[inline(always)]
    fn open_in_word(&self, tooth: i64, mask: u64, teeth: (i64, i64), mut visit: impl FnMut(Run)) {
        let mut open = mask & !self.closed.word(tooth);
        if tooth < teeth.0 || teeth.1 < tooth + 64 {
            open &= Bits::between(teeth.0 - tooth, teeth.1 - tooth);
        }
        let mut start = self.base + tooth * i64::from(self.step.seconds());
        while open != 0 {
            let skipped = open.trailing_zeros();
            open >>= skipped;
            let count = open.trailing_ones();
            start += i64::from(skipped) * i64::from(self.step.seconds());
            visit(Run::new(Instant::between(start), self.step.seconds(), count));
            start += i64::from(count) * i64::from(self.step.seconds());
            open = open >> 1 >> (count - 1);
        }
    }

    /// The first tooth at or after `at`, which is no earlier than a day before [`Instant::MIN`].
    #[inline]
    fn tooth(&self, at: i64) -> i64 {
        self.step.reaching(at - self.base)
    }
}

impl Hours {
    /// Of ascending teeth.
    fn new(opens: i64, starts: impl Iterator<Item = (i64, i64)>) -> Hours {
        let starts: Vec<(i64, i64)> = starts.filter(|(from, end)| from < end).collect();
        let (first, end) =
            starts.first().zip(starts.last()).map_or((0, 0), |(first, last)| (first.0, last.1));
        let mut mask = Bits::from_zero(end - first);
        starts.iter().for_each(|(from, end)| mask.fill(from - first, end - first, true));
        let (mask, more) = mask.as_slice().split_first().map_or((0, &[][..]), |(mask, more)| (*mask, more));
        Hours { opens, first, mask, more: more.to_vec() }
    }

    /// When every other start is open.
    fn runs_at_most(&self) -> usize {
        let at_most = |word: &u64| {
            let hours = word & !(word << 1);
            (word.count_ones() + hours.count_ones()) as usize / 2
        };
        core::iter::once(&self.mask).chain(&self.more).map(at_most).sum()
    }
}
