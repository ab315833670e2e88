//! Which starts are offered: the story, top to bottom.
//!
//! Open time gives grids; each grid gives starts; sorted busy time, walked along with one pointer, takes some
//! away; notice, horizon and limits take more. One pass, no allocation for a start but its place in the answer.

use crate::{
    Facts, Instant, Interval, availability::OpenTime, bounds::Bounds, busy::blocked_starts,
    frequency::Frequency,
};

/// What has become of a start that the mentor's hours, notice and horizon allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It may be booked.
    Open,
    /// Busy time or a booking is in the way.
    Taken,
}

/// Every start in `range` that may be booked, ascending, without repeats (rule 10).
pub fn slots(facts: &Facts, range: Interval, now: Instant) -> Vec<Instant> {
    let mut open = Vec::new();
    sweep(facts, range, now, |start, status| {
        if status == Status::Open {
            open.push(start);
        }
    });
    open
}

/// The same, with the starts that only something busy removed.
pub fn slots_and_taken(facts: &Facts, range: Interval, now: Instant) -> Vec<(Instant, Status)> {
    let mut all = Vec::new();
    sweep(facts, range, now, |start, status| all.push((start, status)));
    all
}

fn sweep(facts: &Facts, range: Interval, now: Instant, mut visit: impl FnMut(Instant, Status)) {
    let (step, duration) = (facts.policy.step_seconds(), facts.policy.duration_seconds());
    let bounds = Bounds::at(now, facts);
    let Some(range) = bounds.clip(range) else { return };
    let open = OpenTime::around(&facts.schedule, &facts.zone, range.start(), range.end());
    let blocked = blocked_starts(facts);
    let mut blocked = blocked.as_slice().iter().peekable();
    let frequency = Frequency::of(facts);

    for grid in open.grids() {
        let mut start = grid.at_or_after(range.start(), step);
        while start < grid.until.min(range.end()) && grid.fits(start, duration) {
            while blocked.next_if(|b| b.end() <= start).is_some() {}
            let taken = blocked.peek().is_some_and(|b| b.contains(start));
            let full = |f: &Frequency| f.refusal(facts.zone.local_date(start)).is_some();
            if bounds.refusal(start).is_none() {
                if taken {
                    visit(start, Status::Taken);
                } else if !frequency.as_ref().is_some_and(full) {
                    visit(start, Status::Open);
                }
            }
            start = start.plus(step);
        }
    }
}
