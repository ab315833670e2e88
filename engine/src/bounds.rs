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

    /// The parts of `range` within the bounds, ascending: one, but for a horizon whose last date is shown again,
    /// by a fold at midnight, after the next has begun.
    pub(crate) fn within(&self, range: Interval) -> impl Iterator<Item = Interval> {
        let soon = range.start().max(self.earliest);
        let end = self.horizon.as_ref().map_or(Instant::MAX, |horizon| horizon.beyond);
        let again = self.horizon.iter().flat_map(|horizon| {
            self.zone.date_span(horizon.latest).filter_map(|shown| {
                Interval::new(shown.start().max(horizon.beyond), shown.end())
            })
        });
        Interval::new(Instant::MIN, end).into_iter().chain(again).filter_map(move |allowed| {
            Interval::new(soon.max(allowed.start()), range.end().min(allowed.end()))
        })
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
