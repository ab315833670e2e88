//! Bookable slots, exactly.
//!
//! Weekly hours and date overrides (civil time), buffers, bookings and busy time go in; the instants at which a
//! meeting may start come out. The crate is pure: no clock, no zone database, no IO, no serialisation. `now`, the
//! zone's rules and everything else are arguments, so that the same question always has the same answer.
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
//! // One question, from facts as they are.
//! let starts: Vec<String> = slots(&facts, sunday, midnight).iter().map(|start| start.to_string()).collect();
//! assert_eq!(starts, ["2026-03-08T17:00:00Z", "2026-03-08T18:00:00Z"]);
//! assert_eq!(admit(&facts, midnight, midnight), Err(Refusal::OutsideHours));
//!
//! // Many questions: prepare once, then tell what changes.
//! let mut mentor = Snapshot::new(facts);
//! let first = mentor.next_available(sunday, midnight).unwrap();
//! let buffers = Buffers::from_minutes(0, 15)?;
//! let meeting = mentor.admit(first, midnight).expect("what is listed is accepted").meeting;
//! mentor.insert_booking(Booking { span: meeting, buffers });
//! assert_eq!(mentor.admit(first, midnight), Err(Refusal::Busy { until: meeting.end().plus(15 * 60) }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rules
//!
//! In this order; [`admit`] names the first one that refuses a start.
//!
//! 1. Everything is an instant on whole seconds of UTC, intervals are half-open, and touching is not overlapping.
//! 2. A date has the windows of its override, or else of its weekday. A window is *the set of instants whose wall time
//!    lies in it*: wall time is never resolved to an instant, so that a gap is simply not there and a fold is there
//!    twice.
//! 3. Open time is the union of all windows. Those that overlap or touch become one, over midnight too.
//! 4. Each interval of open time has starts every step from its beginning on. A date that follows one that was open
//!    from end to end begins anew. Nothing else moves this grid.
//! 5. A meeting fits into one interval of open time.
//! 6. Busy time removes the starts whose meeting, with the buffers around it, would overlap it.
//! 7. Bookings do the same; two meetings keep the larger of their two buffers between them, not the sum.
//! 8. A start is no sooner than the notice, and on no date beyond the horizon.
//! 9. A date or week, Sunday to Saturday, with as many bookings as the limit offers nothing.
//! 10. The answer is every remaining start in the range, ascending. Part of a range gives that part of the answer.
//! 11. [`admit`] accepts exactly what [`slots`] lists.
//!
//! # The way an answer is found
//!
//! Three observations make it short. *First*, between two changes of the clock, wall time runs with the instants, so
//! dates are walked from one such stretch to the next and no local time is ever looked up. *Second*, a meeting of
//! length `d` from `t` overlaps an obstacle `[s, e)` exactly when `s - d < t < e`: whatever is in the way, padded by its
//! buffers, removes one interval *of starts*. All of them together are a sorted set, which neither the grid nor the
//! hours can change, so it is made once. *Third*, where that set begins and ends on a grid is arithmetic, so that
//! starts are cut into runs and nothing is done for a single one. Here a meeting is as long as two steps and a half:
//!
//! ```text
//! hours       ├─────────────────────────────┤              ├───────────────┤
//! grid        ┆   ┆   ┆   ┆   ┆   ┆   ┆   ┆                ┆   ┆   ┆   ┆
//! starts      ●   ●   ●   ●   ●   ●                        ●   ●
//! busy                  ▓▓▓              ▓▓▓▓▓▓
//! removes      ╶──────────╴     ╶─────────────╴
//! slots       ●   ○   ○   ○   ●   ○                        ●   ●
//! runs of     1               1                            2
//! ```
//!
//! A [`Snapshot`] goes one step further. Where the step divides the day, the starts of most dates are teeth of one comb,
//! instants that differ by whole steps. It keeps one bit for each tooth, closed or not, and a mask of bits for the hours
//! of each day of the week: what is open on a date is one "and not" of a word or two, whatever the windows and the busy
//! intervals are. Dates on which the clock changes during hours, hours over midnight and steps such as 50 minutes go the
//! way above; both give the same starts, and tests hold each against the other.
//!
//! | | costs |
//! |---|---|
//! | [`slots`], with facts as they are | sorting of what is busy (by digits), then days + busy + runs |
//! | [`Snapshot::new`] | the same |
//! | [`Snapshot::slots`] | days + runs, on ordinary dates; days + busy + runs on others. It allocates the answer only |
//! | [`Snapshot::next_available`] | in proportion to how far away that start is |
//! | [`Snapshot::admit`] | O(log n) |
//! | [`Snapshot::conflicts`] | O(log n + k) by an [`IntervalTree`], which the first such question makes |
//! | [`any_free`], [`all_free`] | for each mentor as above; nobody is asked once nothing is left |
//!
//! Answers are [`Slots`]: runs of starts at even distances. Each run is a start, a step and a count; iterating gives the
//! instants.

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
    zone::{LocalDay, LocalDays, Transition, ZoneError, ZoneRules},
};
