//! The most active bookings a local date, and a week from Sunday to Saturday, may hold (rule 9).

use crate::{Booking, Instant, IntervalSet, Policy, Refusal, ZoneRules, zone::date_of_day};

/// Which dates and weeks are full, by the local date on which bookings start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frequency {
    /// One entry for each booking, ascending, in days since 1970-01-01; empty when the policy has no limits.
    days: Vec<i64>,
    /// The time in which nothing more may start.
    full: IntervalSet,
}

impl Frequency {
    pub(crate) fn of(bookings: &[Booking], zone: &ZoneRules, policy: &Policy) -> Frequency {
        let mut counted = Frequency::default();
        if policy.max_per_day().is_some() || policy.max_per_week().is_some() {
            counted.days = bookings.iter().map(|booking| zone.local_day(booking.span.start())).collect();
            counted.days.sort_unstable();
            let mut full: Vec<i64> = Vec::new();
            for day in &counted.days {
                if reaches(counted.on(*day), policy.max_per_day()) {
                    full.push(*day);
                }
                let sunday = sunday_of(*day);
                if reaches(counted.in_week(sunday), policy.max_per_week()) {
                    full.extend(sunday..sunday + 7);
                }
            }
            full.sort_unstable();
            full.dedup();
            counted.full = full.into_iter().flat_map(|day| zone.date_span(date_of_day(day))).collect();
        }
        counted
    }

    /// The time in which nothing more may start.
    pub(crate) fn full(&self) -> &IntervalSet {
        &self.full
    }

    /// Why nothing more starts at this time, if so.
    pub(crate) fn refusal(&self, start: Instant, zone: &ZoneRules, policy: &Policy) -> Option<Refusal> {
        self.full.find(start)?;
        let day = zone.local_day(start);
        Some(if reaches(self.on(day), policy.max_per_day()) {
            Refusal::DayFull { date: date_of_day(day) }
        } else {
            Refusal::WeekFull { sunday: date_of_day(sunday_of(day)) }
        })
    }

    fn on(&self, day: i64) -> usize {
        self.between(day, day + 1)
    }

    fn in_week(&self, sunday: i64) -> usize {
        self.between(sunday, sunday + 7)
    }

    fn between(&self, from: i64, until: i64) -> usize {
        let first_at_or_after = |day: i64| self.days.partition_point(|d| *d < day);
        first_at_or_after(until) - first_at_or_after(from)
    }
}

fn reaches(count: usize, max: Option<core::num::NonZeroU32>) -> bool {
    max.is_some_and(|max| count >= max.get() as usize)
}

/// Days since 1970-01-01, a Thursday.
fn sunday_of(day: i64) -> i64 {
    day - (day + 4).rem_euclid(7)
}
