//! Bookable slots, exactly.
//!
//! Weekly hours and date overrides (civil time), buffers, bookings and busy time go in; the instants at which a
//! meeting may start come out. Right on every day the clocks change, because wall time is never "resolved": a
//! window of a date is the set of instants that show it.
//!
//! [`slots`] lists, [`admit`] judges one start, and both ask the same rules, so that what is offered is what can
//! be booked. The engine is pure: no clock, no zone database, no IO. `now` and the zone's rules are arguments.
//!
//! ```
//! use std::sync::Arc;
//! use chrono::Weekday;
//! use slotsmith_engine::*;
//!
//! // New York around 2026-03-08, when clocks went from 02:00 EST to 03:00 EDT at 07:00Z.
//! let change = Transition { at: Instant::from_unix(1_772_953_200).unwrap(), offset_seconds: -4 * 3600 };
//! let new_york = ZoneRules::new(-5 * 3600, vec![change])?;
//!
//! let afternoon = Window::new("13:00".parse()?, "15:00".parse()?)?;
//! let facts = Facts {
//!     zone: Arc::new(new_york),
//!     schedule: Schedule::new([(Weekday::Sun, afternoon)], [])?,
//!     policy: Policy::new(PolicySpec { duration_minutes: 60, ..PolicySpec::default() })?,
//!     busy: IntervalSet::default(),
//!     bookings: Vec::new(),
//! };
//! let midnight = Instant::from_unix(1_772_928_000).unwrap(); // 2026-03-08T00:00:00Z
//! let sunday = Interval::new(midnight, midnight.plus(86_400)).unwrap();
//!
//! let starts: Vec<String> = slots(&facts, sunday, midnight).iter().map(|start| start.to_string()).collect();
//! assert_eq!(starts, ["2026-03-08T17:00:00Z", "2026-03-08T18:00:00Z"]);
//! assert_eq!(admit(&facts, midnight, midnight), Err(Refusal::OutsideHours));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admit;
mod assign;
mod availability;
mod bits;
mod bounds;
mod busy;
mod by_day;
mod comb;
mod facts;
mod frequency;
mod instant;
mod interval;
mod interval_set;
mod interval_tree;
mod lattice;
pub mod limits;
mod policy;
mod pool;
mod run;
mod schedule;
mod slots;
mod snapshot;
mod sort;
mod zone;

pub use crate::{
    admit::{Admission, Refusal},
    assign::{Candidate, assign},
    busy::Booking,
    facts::Facts,
    instant::Instant,
    interval::Interval,
    interval_set::IntervalSet,
    interval_tree::{IntervalTree, Overlapping},
    policy::{Buffers, OutOfBounds, Policy, PolicySpec},
    pool::{all_free, any_free, next_free},
    run::{Run, Slots, Starts},
    schedule::{ClockTime, ClockTimeError, DuplicateOverride, Schedule, Window, WindowError},
    slots::Status,
    snapshot::{Snapshot, admit, next_available, slots, slots_and_taken},
    zone::{Transition, ZoneError, ZoneRules},
};
