//! A mentor's hours as they are kept: rows that people edit, from which the engine's schedule is made.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::{DuplicateOverride, Schedule, Window};

use crate::recurrence::{DatesError, Recurrence};

/// Most weekly windows of one mentor: every quarter of an hour of the week.
pub const WEEKLY_WINDOWS_MAX: usize = 672;
/// Most overridden dates of one mentor: ten years of them.
pub const OVERRIDES_MAX: usize = 3_653;
/// Most windows of one overridden date.
pub const OVERRIDE_WINDOWS_MAX: usize = 96;
/// Most recurring overrides of one mentor.
pub const RECURRING_MAX: usize = 50;
/// Most windows of one recurring override: it may come up on every date of ten years.
pub const RECURRING_WINDOWS_MAX: usize = 12;

/// The day of the week that is `days` after Sunday, 0 to 6; `None` for more.
pub fn weekday_from_sunday(days: u8) -> Option<Weekday> {
    // chrono counts from Monday.
    (days <= 6).then(|| Weekday::try_from((days + 6) % 7).ok()).flatten()
}

/// Weekly hours, overrides and recurring overrides of one mentor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hours {
    /// One row for each window, in the order Sunday to Saturday, then by start.
    pub weekly: Vec<(Weekday, Window)>,
    /// One for each overridden date, ascending.
    pub overrides: Vec<Override>,
    /// In the mentor's order, which decides nothing.
    pub recurring: Vec<RecurringOverride>,
}

/// A date with hours of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// In the schedule's zone.
    pub date: NaiveDate,
    /// None: the date is closed.
    pub windows: Vec<Window>,
    /// The mentor's own note; bookers never see it.
    pub reason: Option<String>,
}

/// Dates that recur, with hours of their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecurringOverride {
    /// Which dates, in the schedule's zone.
    pub recurrence: Recurrence,
    /// None: the dates are closed.
    pub windows: Vec<Window>,
    /// The mentor's own note; bookers never see it.
    pub reason: Option<String>,
}

/// Why there is no schedule. Whoever meets it knows nothing of the hours in question, and offers none.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A date is overridden twice.
    #[error(transparent)]
    Duplicate(#[from] DuplicateOverride),
    /// The dates of a recurring override cannot be listed.
    #[error(transparent)]
    Dates(#[from] DatesError),
}

impl Hours {
    /// What the engine asks for. Recurring overrides come up within `span` only, so it must reach beyond the starts
    /// in question as far as the engine looks: four dates before the first and five after the last, in any zone.
    ///
    /// # Errors
    /// When a date is overridden twice, or the span is too long to list recurring dates.
    pub fn to_schedule(&self, span: RangeInclusive<NaiveDate>) -> Result<Schedule, ScheduleError> {
        let mut overrides: Vec<_> = self.overrides.iter().map(|o| (o.date, o.windows.clone())).collect();
        add_recurring(&mut overrides, &self.recurring, span)?;
        Ok(Schedule::new(self.weekly.iter().copied(), overrides)?)
    }

    /// Whether they can be made a schedule, whatever the span.
    ///
    /// # Errors
    /// When a date is overridden twice.
    pub fn check(&self) -> Result<(), DuplicateOverride> {
        let mut seen = BTreeSet::new();
        match self.overrides.iter().find(|one| !seen.insert(one.date)) {
            Some(again) => Err(DuplicateOverride(again.date)),
            None => Ok(()),
        }
    }
}

/// Adds what recurs within `span` to the dates that are overridden by themselves, which keep what they have. Where
/// several recur on one date, one that closes it wins; otherwise it has the windows of all.
///
/// # Errors
/// When the span is too long.
pub fn add_recurring(
    overrides: &mut Vec<(NaiveDate, Vec<Window>)>,
    recurring: &[RecurringOverride],
    span: RangeInclusive<NaiveDate>,
) -> Result<(), DatesError> {
    let by_itself: BTreeSet<NaiveDate> = overrides.iter().map(|(date, _)| *date).collect();
    let mut dates: BTreeMap<NaiveDate, Vec<Window>> = BTreeMap::new();
    let mut closed = BTreeSet::new();
    for one in recurring {
        for date in one.recurrence.dates(span.clone())? {
            dates.entry(date).or_default().extend(&one.windows);
            if one.windows.is_empty() {
                closed.insert(date);
            }
        }
    }
    for (date, windows) in dates {
        if !by_itself.contains(&date) {
            overrides.push((date, if closed.contains(&date) { Vec::new() } else { windows }));
        }
    }
    Ok(())
}
