//! Everything one answer needs, as plain data. A bug report becomes a `Facts` literal in a test.

use std::sync::Arc;

use crate::{Booking, IntervalSet, Policy, Schedule, ZoneRules};

/// What is known of one mentor when a question is asked. The engine reads nothing else, apart from `now`.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The rules of the schedule's zone, covering the question's range and `now` with two days to spare.
    pub zone: Arc<ZoneRules>,
    /// Weekly hours and overrides.
    pub schedule: Schedule,
    /// What the session asks for.
    pub policy: Policy,
    /// Busy time from calendars, and time closed because it is unknown (rule 12).
    pub busy: IntervalSet,
    /// The mentor's active bookings, in any order; a booking being moved is left out (rule 7).
    pub bookings: Vec<Booking>,
}
