//! How soon and how far ahead a start may be (rule 8).

use chrono::{Days, NaiveDate};

use crate::{Facts, Instant, Interval, Refusal, ZoneRules};

/// Notice and horizon, seen from `now`.
pub(crate) struct Bounds<'a> {
    zone: &'a ZoneRules,
    earliest: Instant,
    horizon: Option<Horizon>,
}

struct Horizon {
    latest: NaiveDate,
    /// Before this no start is beyond the horizon.
    surely_within: Instant,
    /// From here on every start is. The date between the two may be shown twice, by a fold at midnight.
    surely_beyond: Instant,
}

impl<'a> Bounds<'a> {
    pub(crate) fn at(now: Instant, facts: &'a Facts) -> Bounds<'a> {
        let zone = &*facts.zone;
        let horizon = facts.policy.spec().horizon_days.and_then(|days| {
            let latest = zone.local_date(now).checked_add_days(Days::new(days.into()))?;
            let begins = |date: Option<NaiveDate>| date.and_then(|d| zone.first_instant(d));
            let next = latest.succ_opt();
            Some(Horizon {
                latest,
                surely_within: begins(next).unwrap_or(now),
                surely_beyond: begins(next.and_then(|d| d.succ_opt())).unwrap_or(Instant::MAX),
            })
        });
        Bounds { zone, earliest: now.plus(facts.policy.notice_seconds()), horizon }
    }

    /// The part of `range` that can hold a start within the bounds.
    pub(crate) fn clip(&self, range: Interval) -> Option<Interval> {
        let end = self.horizon.as_ref().map_or(Instant::MAX, |horizon| horizon.surely_beyond);
        Interval::new(range.start().max(self.earliest), range.end().min(end))
    }

    /// Why `start` is too soon or too far, if so. Dates are those of the schedule's zone.
    pub(crate) fn refusal(&self, start: Instant) -> Option<Refusal> {
        if start < self.earliest {
            return Some(Refusal::TooSoon { earliest: self.earliest });
        }
        let horizon = self.horizon.as_ref()?;
        let beyond = horizon.surely_within <= start && horizon.latest < self.zone.local_date(start);
        beyond.then_some(Refusal::TooFar { latest: horizon.latest })
    }
}
