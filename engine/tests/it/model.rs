//! A slow, obvious model of the rules: one entry for each minute, plain comparisons, nothing shared with the engine.
//!
//! It walks real minutes, asks jiff what the wall clock shows in each, and looks that up in the hours of that
//! wall date. It is for zones whose offsets are whole minutes, and for questions of days or weeks, not of years.

use std::collections::BTreeMap;

use crate::problem::{Hours, Problem};

/// Runs that reach the edge of what the model looks at would have a false start there. A start never depends on
/// more than the date before its own, so five days are plenty.
const MARGIN_MINUTES: i64 = 5 * 1_440;

/// The engine's refusals in plain numbers: Unix seconds, and days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Admitted,
    OutsideHours,
    BlockedDate { day: i64 },
    OffGrid { before: i64, after: Option<i64> },
    Busy { until: i64 },
    TooSoon { earliest: i64 },
    TooFar { latest: i64 },
    DayFull { day: i64 },
    WeekFull { sunday: i64 },
}

pub(crate) struct Model<'a> {
    problem: &'a Problem,
    /// Minutes since 1970 of the first entry below.
    first: i64,
    /// What the wall clock shows, in minutes since 1970-01-01T00:00 on that clock.
    wall: Vec<i64>,
    open: Vec<bool>,
    /// For an open minute: the entry from which its grid counts.
    anchor: Vec<Option<usize>>,
}

impl<'a> Model<'a> {
    pub(crate) fn new(problem: &'a Problem) -> Model<'a> {
        let first = problem.from.div_euclid(60) - MARGIN_MINUTES;
        let last = problem.to.div_euclid(60) + MARGIN_MINUTES;
        let wall: Vec<i64> = (first..last).map(|m| m + problem.zone.offset_at(m * 60) / 60).collect();
        let open: Vec<bool> =
            wall.iter().map(|w| states(problem, w.div_euclid(1_440), w.rem_euclid(1_440))).collect();
        let anchor = anchors(&wall, &open);
        Model { problem, first, wall, open, anchor }
    }

    /// Every start in the range that may be booked.
    pub(crate) fn slots(&self) -> Vec<i64> {
        self.starts_in_range().filter(|start| self.admit(*start) == Verdict::Admitted).collect()
    }

    /// The starts that hours, notice and horizon allow: open ones, and (`true`) those with something in the way.
    pub(crate) fn slots_and_taken(&self) -> Vec<(i64, bool)> {
        self.starts_in_range()
            .filter_map(|start| match self.admit(start) {
                Verdict::Admitted => Some((start, false)),
                Verdict::Busy { .. } if self.too_soon_or_far(start).is_none() => Some((start, true)),
                _ => None,
            })
            .collect()
    }

    /// The first rule that refuses this start, in the order of the rules.
    pub(crate) fn admit(&self, start: i64) -> Verdict {
        let entry = self.entry(start);
        let day = self.wall[entry].div_euclid(1_440);
        if !self.open[entry] {
            let closed = self.problem.overrides.iter().any(|(d, hours)| *d == day && hours.is_empty());
            return if closed { Verdict::BlockedDate { day } } else { Verdict::OutsideHours };
        }
        if !self.is_on_grid(start) {
            return self.off_grid(start);
        }
        if !self.fits(entry) {
            return Verdict::OutsideHours;
        }
        if self.is_blocked(start) {
            return Verdict::Busy { until: self.free_again(start) };
        }
        self.too_soon_or_far(start).or_else(|| self.full(day)).unwrap_or(Verdict::Admitted)
    }

    /// Whether the wall clock shows stated hours in every minute of `[start, end)`.
    pub(crate) fn is_stated(&self, start: i64, end: i64) -> bool {
        (self.entry(start)..=self.entry(end - 1)).all(|entry| self.open[entry])
    }

    fn is_on_grid(&self, start: i64) -> bool {
        let anchor = self.anchor[self.entry(start)];
        anchor.is_some_and(|anchor| (start - self.unix(anchor)) % (self.step() * 60) == 0)
    }

    fn off_grid(&self, start: i64) -> Verdict {
        let entry = self.entry(start);
        let is_on_grid = |i: &usize| self.is_on_grid(self.unix(*i));
        let before = (0..=entry).rev().filter(|i| self.unix(*i) < start).find(is_on_grid).unwrap();
        let rest_of_run = (entry..self.open.len()).take_while(|i| self.open[*i]);
        let after = rest_of_run.filter(|i| start < self.unix(*i)).find(is_on_grid).filter(|i| self.fits(*i));
        Verdict::OffGrid { before: self.unix(before), after: after.map(|i| self.unix(i)) }
    }

    fn fits(&self, entry: usize) -> bool {
        let duration = usize::try_from(self.problem.session.duration).unwrap();
        (entry..entry + duration).all(|i| self.open[i])
    }

    fn is_blocked(&self, start: i64) -> bool {
        !self.ends_of_obstacles(start).is_empty()
    }

    /// The ends, buffers included, of all that is in the way of a meeting at `start`.
    fn ends_of_obstacles(&self, start: i64) -> Vec<i64> {
        let session = self.problem.session;
        let end = start + session.duration * 60;
        let (before, after) = (session.before * 60, session.after * 60);
        let mut ends = Vec::new();
        for (busy_start, busy_end) in &self.problem.busy {
            let is_empty = busy_start == busy_end;
            if !is_empty && start - before < *busy_end && *busy_start < end + after {
                ends.push(busy_end + before);
            }
        }
        for booking in &self.problem.bookings {
            let blocked_from = booking.start - after.max(booking.before * 60);
            let blocked_until = booking.end + before.max(booking.after * 60);
            if start < blocked_until && blocked_from < end {
                ends.push(blocked_until);
            }
        }
        ends
    }

    /// The first instant from `start` on with nothing in the way.
    fn free_again(&self, start: i64) -> i64 {
        let mut until = start;
        while let Some(end) = self.ends_of_obstacles(until).into_iter().max() {
            until = end;
        }
        until
    }

    fn too_soon_or_far(&self, start: i64) -> Option<Verdict> {
        let problem = self.problem;
        let earliest = problem.now + problem.session.notice * 60;
        if start < earliest {
            return Some(Verdict::TooSoon { earliest });
        }
        let latest = problem.zone.day_at(problem.now) + problem.session.horizon?;
        (problem.zone.day_at(start) > latest).then_some(Verdict::TooFar { latest })
    }

    fn full(&self, day: i64) -> Option<Verdict> {
        let problem = self.problem;
        let days: Vec<i64> = problem.bookings.iter().map(|b| problem.zone.day_at(b.start)).collect();
        let reaches = |count: usize, max: Option<u32>| max.is_some_and(|max| count >= max as usize);
        if reaches(days.iter().filter(|d| **d == day).count(), problem.session.max_per_day) {
            return Some(Verdict::DayFull { day });
        }
        let sunday = sunday_of(day);
        let that_week = days.iter().filter(|d| sunday_of(**d) == sunday).count();
        reaches(that_week, problem.session.max_per_week).then_some(Verdict::WeekFull { sunday })
    }

    fn step(&self) -> i64 {
        self.problem.session.step.unwrap_or(self.problem.session.duration)
    }

    /// The grid within the range. With whole-minute offsets and hours it lies on whole minutes.
    fn starts_in_range(&self) -> impl Iterator<Item = i64> {
        let (from, to) = (self.problem.from, self.problem.to);
        let minutes = (from.div_euclid(60)..=to.div_euclid(60)).map(|m| m * 60);
        minutes.filter(move |start| from <= *start && *start < to).filter(|start| self.is_on_grid(*start))
    }

    /// The entry of the minute that holds this second.
    fn entry(&self, unix: i64) -> usize {
        usize::try_from(unix.div_euclid(60) - self.first).unwrap()
    }

    fn unix(&self, entry: usize) -> i64 {
        (self.first + i64::try_from(entry).unwrap()) * 60
    }
}

/// Whether the hours of `day` (days since 1970-01-01) name this minute of its wall clock.
fn states(problem: &Problem, day: i64, minute: i64) -> bool {
    let of = |day: i64| -> Vec<Hours> {
        match problem.overrides.iter().find(|(d, _)| *d == day) {
            Some((_, hours)) => hours.clone(),
            None => {
                problem.weekly.iter().filter(|(d, _)| *d == weekday(day)).map(|(_, hours)| *hours).collect()
            }
        }
    };
    let own = of(day).into_iter().any(|(a, b)| a <= minute && (minute < b || b < a));
    let is_overridden = problem.overrides.iter().any(|(d, _)| *d == day);
    let spilled = !is_overridden && of(day - 1).into_iter().any(|(a, b)| b < a && minute < b);
    own || spilled
}

fn anchors(wall: &[i64], open: &[bool]) -> Vec<Option<usize>> {
    let mut first_of_day: BTreeMap<i64, usize> = BTreeMap::new();
    let mut wholly_open: BTreeMap<i64, bool> = BTreeMap::new();
    for (entry, wall) in wall.iter().enumerate() {
        let day = wall.div_euclid(1_440);
        first_of_day.entry(day).or_insert(entry);
        *wholly_open.entry(day).or_insert(true) &= open[entry];
    }
    let mut anchors: Vec<Option<usize>> = Vec::new();
    for entry in 0..wall.len() {
        let day = wall[entry].div_euclid(1_440);
        let day_begins = first_of_day[&day] == entry;
        // A date that the zone skipped has no minute that was closed.
        let day_before_open = wholly_open.get(&(day - 1)).copied().unwrap_or(true);
        anchors.push(match anchors.last().copied().flatten() {
            _ if !open[entry] => None,
            Some(_) if day_begins && day_before_open => Some(entry),
            Some(anchor) => Some(anchor),
            None => Some(entry),
        });
    }
    anchors
}

/// 0 is Sunday; 1970-01-01 was a Thursday.
fn weekday(day: i64) -> i64 {
    (day + 4).rem_euclid(7)
}

fn sunday_of(day: i64) -> i64 {
    day - weekday(day)
}
