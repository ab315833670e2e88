//! How soon and how far ahead a start may be (rule 8).

use chrono::{Days, NaiveDate};

use crate::{Instant, Interval, Policy, Refusal, ZoneRules};

/// Notice and horizon, seen from `now`.
pub(crate) struct Bounds<'a> {
    zone: &'a ZoneRules,
    earliest: Instant,
    horizon: Option<Horizon>,
}

struct Horizon {
    latest: NaiveDate,
    /// The first instant of the date after.
    beyond: Instant,
}

impl<'a> Bounds<'a> {
    #[inline]
    pub(crate) fn at(now: Instant, zone: &'a ZoneRules, policy: &Policy) -> Bounds<'a> {
        let horizon = policy.spec().horizon_days.and_then(|days| {
            let latest = zone.local_date(now).checked_add_days(Days::new(days.into()))?;
            // A date that the zone skips has no first instant; the one after it then begins right there.
            let mut after = latest.iter_days().skip(1);
            let beyond = after.by_ref().take(2).find_map(|date| zone.first_instant(date));
            Some(Horizon { latest, beyond: beyond.unwrap_or(Instant::MAX) })
        });
        Bounds { zone, earliest: now.plus(policy.notice_seconds()), horizon }
    }

    /// The first part of `range` from `after` on that lies within the bounds. There is one, but for a horizon whose
    /// last date is shown again, by a fold at midnight, after the next has begun.
    #[inline]
    pub(crate) fn next_within(&self, range: Interval, after: Instant) -> Option<Interval> {
        let from = after.max(self.earliest);
        match &self.horizon {
            None => Interval::new(from, range.end),
            Some(horizon) if from < horizon.beyond => Interval::new(from, range.end.min(horizon.beyond)),
            Some(horizon) => {
                let mut again = self.zone.date_span(horizon.latest);
                again.find_map(|shown| Interval::new(shown.start.max(from), shown.end.min(range.end)))
            }
        }
    }

    /// Why `start` is too soon or too far, if so. Dates are those of the schedule's zone.
    pub(crate) fn refusal(&self, start: Instant) -> Option<Refusal> {
        if start < self.earliest {
            return Some(Refusal::TooSoon { earliest: self.earliest });
        }
        let horizon = self.horizon.as_ref()?;
        let beyond = horizon.beyond <= start && horizon.latest < self.zone.local_date(start);
        beyond.then_some(Refusal::TooFar { latest: horizon.latest })
    }
}
