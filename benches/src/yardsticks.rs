//! What the solver is held against: the plain way, the way the field goes, and the least that could be done at all.
//!
//! The first two answer the same question from the same rows, on their own: they share no code with the engine.

use std::collections::HashMap;

use slotsmith_engine::{Interval, Run};

use crate::workloads::Workload;

const DAY: i64 = 86_400;

/// Hours by weekday and by date: what a plain solver would look them up in, made before its time is taken.
#[derive(Clone, Debug)]
pub struct Hours {
    weekly: [Vec<(u16, u16)>; 7],
    overrides: HashMap<i64, Vec<(u16, u16)>>,
}

impl Hours {
    /// The workload's.
    pub fn of(workload: &Workload) -> Hours {
        let mut weekly: [Vec<(u16, u16)>; 7] = Default::default();
        for (day, hours) in &workload.weekly {
            weekly[usize::from(*day)].push(*hours);
        }
        Hours { weekly, overrides: workload.overrides.iter().cloned().collect() }
    }

    fn on(&self, day: i64) -> &[(u16, u16)] {
        let weekday = usize::try_from((day + 4).rem_euclid(7)).unwrap();
        self.overrides.get(&day).unwrap_or(&self.weekly[weekday])
    }
}

/// A plain sorted sweep: sort what is busy, merge it, turn each date's windows into instants, and step through them
/// with one pointer into the busy time.
pub fn plain_sweep(workload: &Workload, hours: &Hours) -> Vec<i64> {
    let mut busy = workload.busy.clone();
    busy.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (start, end) in busy {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    let (duration, step, before, after) = minutes_as_seconds(workload);
    let mut slots = Vec::new();
    let mut next = 0;
    for (opens, closes) in windows(workload, hours) {
        let mut start = opens;
        while start + duration <= closes {
            while next < merged.len() && merged[next].1 <= start - before {
                next += 1;
            }
            let is_free = next == merged.len() || start + duration + after <= merged[next].0;
            if is_free && workload.from <= start && start < workload.to {
                slots.push(start);
            }
            start += step;
        }
    }
    slots
}

/// Step and scan: at every step of every window, look at all events. How most schedulers began, and many go on.
pub fn step_and_scan(workload: &Workload, hours: &Hours) -> Vec<i64> {
    let (duration, step, before, after) = minutes_as_seconds(workload);
    let mut slots = Vec::new();
    for (opens, closes) in windows(workload, hours) {
        let mut start = opens;
        while start + duration <= closes {
            let (from, until) = (start - before, start + duration + after);
            let conflict = workload.busy.iter().any(|(s, e)| *s < until && from < *e);
            if !conflict && workload.from <= start && start < workload.to {
                slots.push(start);
            }
            start += step;
        }
    }
    slots
}

/// The least that any answer in runs costs: read the input once (here: sum it), write the answer once (here: copy it).
pub fn floor_of_runs(busy: &[Interval], answer: &[Run]) -> (i64, Vec<Run>) {
    (sum(busy), answer.to_vec())
}

/// The same for an answer that names every start.
pub fn floor_of_list(busy: &[Interval], answer: &[i64]) -> (i64, Vec<i64>) {
    (sum(busy), answer.to_vec())
}

fn sum(busy: &[Interval]) -> i64 {
    busy.iter().map(|interval| interval.start().unix().wrapping_add(interval.end().unix())).sum()
}

/// Windows as instants, those that touch as one. None of the workloads has a window over midnight, in a gap or in a
/// fold, so that a local time is an instant here.
fn windows(workload: &Workload, hours: &Hours) -> Vec<(i64, i64)> {
    let (first_offset, changes) = &workload.offsets;
    let to_utc = |local: i64| {
        // The offset of a time an hour or so away is wrong only within hours of a change, where no window begins.
        let passed = changes.partition_point(|(at, offset)| at + i64::from(*offset) <= local);
        let offset = if passed == 0 { *first_offset } else { changes[passed - 1].1 };
        local - i64::from(offset)
    };
    let mut windows: Vec<(i64, i64)> = Vec::new();
    for day in workload.from / DAY - 1..=workload.to / DAY + 1 {
        for (start, end) in hours.on(day) {
            let local = |minutes: u16| day * DAY + i64::from(minutes) * 60;
            let (opens, closes) = (to_utc(local(*start)), to_utc(local(*end)));
            match windows.last_mut() {
                Some(last) if opens == last.1 => last.1 = closes,
                _ => windows.push((opens, closes)),
            }
        }
    }
    windows
}

fn minutes_as_seconds(workload: &Workload) -> (i64, i64, i64, i64) {
    let session = workload.session;
    let seconds = |minutes: u32| i64::from(minutes) * 60;
    (
        seconds(session.duration_minutes),
        seconds(session.step_minutes.unwrap_or(session.duration_minutes)),
        seconds(session.buffer_before_minutes),
        seconds(session.buffer_after_minutes),
    )
}
