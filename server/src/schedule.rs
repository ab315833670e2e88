//! A mentor's hours as they are kept: rows that people edit, from which the engine's schedule is made.

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::{DuplicateOverride, Schedule, Window};

/// Most weekly windows of one mentor: every quarter of an hour of the week.
pub const WEEKLY_WINDOWS_MAX: usize = 672;
/// Most overridden dates of one mentor: ten years of them.
pub const OVERRIDES_MAX: usize = 3_653;
/// Most windows of one overridden date.
pub const OVERRIDE_WINDOWS_MAX: usize = 96;

/// The day of the week that is `days` after Sunday, 0 to 6; `None` for more.
pub fn weekday_from_sunday(days: u8) -> Option<Weekday> {
    // chrono counts from Monday.
    (days <= 6).then(|| Weekday::try_from((days + 6) % 7).ok()).flatten()
}

/// Weekly hours and overrides of one mentor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hours {
    /// One row for each window, in the order Sunday to Saturday, then by start.
    pub weekly: Vec<(Weekday, Window)>,
    /// One for each overridden date, ascending.
    pub overrides: Vec<Override>,
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

impl Hours {
    /// What the engine asks for.
    ///
    /// # Errors
    /// When a date is overridden twice.
    pub fn to_schedule(&self) -> Result<Schedule, DuplicateOverride> {
        let overrides = self.overrides.iter().map(|o| (o.date, o.windows.clone()));
        Schedule::new(self.weekly.iter().copied(), overrides)
    }
}
