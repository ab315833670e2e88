//! What a session asks of a slot: its length and grid, buffers, notice, horizon and limits.
//!
//! Bounds are checked here and nowhere else; storage, HTTP and the command line all build a [`Policy`].

use core::{fmt, num::NonZeroU32};

use crate::{
    lattice::Step,
    limits::{BUFFER_MINUTES_MAX, DURATION_MINUTES_MAX, HORIZON_DAYS_MAX, NOTICE_MINUTES_MAX},
};

/// The numbers of a [`Policy`] before they are checked; [`Default`] is what "left out" means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PolicySpec {
    /// Length of the meeting, 1 to 1,440.
    pub duration_minutes: u32,
    /// Distance between starts, 1 to 1,440; the duration when absent.
    pub step_minutes: Option<u32>,
    /// Time kept free before the meeting, 0 to 1,440.
    pub buffer_before_minutes: u32,
    /// Time kept free after the meeting, 0 to 1,440.
    pub buffer_after_minutes: u32,
    /// The least time between now and a start, 0 to ten years.
    pub minimum_notice_minutes: u32,
    /// How many local dates after today may be booked, 0 to ten years; without end when absent.
    pub horizon_days: Option<u32>,
    /// The most active bookings on a local date, at least 1.
    pub max_per_day: Option<u32>,
    /// The most active bookings in a week, Sunday to Saturday, at least 1.
    pub max_per_week: Option<u32>,
}

/// A number outside its bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfBounds {
    /// The name of the field in [`PolicySpec`].
    pub field: &'static str,
    /// What was given.
    pub value: u32,
    /// The least allowed.
    pub min: u32,
    /// The most allowed.
    pub max: u32,
}

impl fmt::Display for OutOfBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.max == u32::MAX {
            write!(f, "must be at least {}, is {}", self.min, self.value)
        } else {
            write!(f, "must be {} to {}, is {}", self.min, self.max, self.value)
        }
    }
}

impl core::error::Error for OutOfBounds {}

/// What a session asks of a slot, with every number within its bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    spec: PolicySpec,
    step: Step,
    max_per_day: Option<NonZeroU32>,
    max_per_week: Option<NonZeroU32>,
}

impl Policy {
    /// # Errors
    /// Names the first field that is out of bounds.
    pub fn new(spec: PolicySpec) -> Result<Policy, OutOfBounds> {
        within("duration_minutes", spec.duration_minutes, 1, DURATION_MINUTES_MAX)?;
        if let Some(step) = spec.step_minutes {
            within("step_minutes", step, 1, DURATION_MINUTES_MAX)?;
        }
        within("buffer_before_minutes", spec.buffer_before_minutes, 0, BUFFER_MINUTES_MAX)?;
        within("buffer_after_minutes", spec.buffer_after_minutes, 0, BUFFER_MINUTES_MAX)?;
        within("minimum_notice_minutes", spec.minimum_notice_minutes, 0, NOTICE_MINUTES_MAX)?;
        if let Some(days) = spec.horizon_days {
            within("horizon_days", days, 0, HORIZON_DAYS_MAX)?;
        }
        Ok(Policy {
            max_per_day: at_least_one("max_per_day", spec.max_per_day)?,
            max_per_week: at_least_one("max_per_week", spec.max_per_week)?,
            step: Step::new(spec.step_minutes.unwrap_or(spec.duration_minutes) * 60),
            spec,
        })
    }

    /// The numbers it was made of.
    pub fn spec(&self) -> PolicySpec {
        self.spec
    }

    /// Length of the meeting in seconds.
    pub fn duration_seconds(&self) -> i64 {
        seconds(self.spec.duration_minutes)
    }

    /// Distance between starts in seconds; the duration where none was given.
    pub fn step_seconds(&self) -> i64 {
        i64::from(self.step.seconds())
    }

    pub(crate) fn step(&self) -> Step {
        self.step
    }

    /// Time kept free around the meeting.
    pub fn buffers(&self) -> Buffers {
        Buffers {
            before_seconds: seconds(self.spec.buffer_before_minutes),
            after_seconds: seconds(self.spec.buffer_after_minutes),
        }
    }

    pub(crate) fn notice_seconds(&self) -> i64 {
        seconds(self.spec.minimum_notice_minutes)
    }

    pub(crate) fn max_per_day(&self) -> Option<NonZeroU32> {
        self.max_per_day
    }

    pub(crate) fn max_per_week(&self) -> Option<NonZeroU32> {
        self.max_per_week
    }
}

/// Time kept free on each side of a meeting, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Buffers {
    /// Before it starts.
    pub before_seconds: i64,
    /// After it ends.
    pub after_seconds: i64,
}

impl Buffers {
    /// # Errors
    /// When either is over a day.
    pub fn from_minutes(before_minutes: u32, after_minutes: u32) -> Result<Buffers, OutOfBounds> {
        within("buffer_before_minutes", before_minutes, 0, BUFFER_MINUTES_MAX)?;
        within("buffer_after_minutes", after_minutes, 0, BUFFER_MINUTES_MAX)?;
        Ok(Buffers { before_seconds: seconds(before_minutes), after_seconds: seconds(after_minutes) })
    }
}

fn within(field: &'static str, value: u32, min: u32, max: u32) -> Result<(), OutOfBounds> {
    if min <= value && value <= max { Ok(()) } else { Err(OutOfBounds { field, value, min, max }) }
}

fn at_least_one(field: &'static str, value: Option<u32>) -> Result<Option<NonZeroU32>, OutOfBounds> {
    let refused = OutOfBounds { field, value: 0, min: 1, max: u32::MAX };
    value.map(|v| NonZeroU32::new(v).ok_or(refused)).transpose()
}

fn seconds(minutes: u32) -> i64 {
    i64::from(minutes) * 60
}
