//! What the benchmarks, the curve and the instruction counts share: workloads, and yardsticks to hold the solver
//! against.

#![allow(clippy::unwrap_used, reason = "a workload that is not valid should stop the run right there")]

pub mod load;
pub mod workloads;
pub mod yardsticks;
