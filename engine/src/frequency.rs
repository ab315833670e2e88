//! The most active bookings a local date, and a week from Sunday to Saturday, may hold (rule 9).

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};

use crate::{Facts, Refusal};

/// How full each date and week is, by the local date on which bookings start.
pub(crate) struct Frequency {
    max_per_day: u32,
    max_per_week: u32,
    days: HashMap<NaiveDate, u32>,
    weeks: HashMap<NaiveDate, u32>,
}

impl Frequency {
    /// `None` when the policy has no limits, so that nothing is counted in vain.
    pub(crate) fn of(facts: &Facts) -> Option<Frequency> {
        let (day, week) = (facts.policy.max_per_day(), facts.policy.max_per_week());
        if day.is_none() && week.is_none() {
            return None;
        }
        let mut counted = Frequency {
            max_per_day: day.map_or(u32::MAX, Into::into),
            max_per_week: week.map_or(u32::MAX, Into::into),
            days: HashMap::new(),
            weeks: HashMap::new(),
        };
        for booking in &facts.bookings {
            let date = facts.zone.local_date(booking.span.start());
            *counted.days.entry(date).or_default() += 1;
            *counted.weeks.entry(sunday_of(date)).or_default() += 1;
        }
        Some(counted)
    }

    /// Why nothing more starts on `date`, if so.
    pub(crate) fn refusal(&self, date: NaiveDate) -> Option<Refusal> {
        let count = |counts: &HashMap<NaiveDate, u32>, key| counts.get(&key).copied().unwrap_or(0);
        if count(&self.days, date) >= self.max_per_day {
            Some(Refusal::DayFull { date })
        } else if count(&self.weeks, sunday_of(date)) >= self.max_per_week {
            Some(Refusal::WeekFull { sunday: sunday_of(date) })
        } else {
            None
        }
    }
}

fn sunday_of(date: NaiveDate) -> NaiveDate {
    let since_sunday = u64::from(date.weekday().num_days_from_sunday());
    date.checked_sub_days(Days::new(since_sunday)).unwrap_or(date)
}
