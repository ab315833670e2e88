//! Proof of the engine: tables of cases, properties over random schedules, and every change of every zone.
//!
//! `problem` is one question as plain numbers, `model` answers it minute by minute straight from the rules, and
//! everything else compares the engine with the model, with a literal, or with jiff's reading of the tz data.

#![allow(clippy::unwrap_used, reason = "in a test a broken expectation should stop right there")]

mod combs;
mod extremes;
mod interval_sets;
mod interval_trees;
mod model;
mod parsing;
mod pools;
mod problem;
mod properties;
mod refusals;
mod runs;
mod snapshots;
mod tables;
mod text;
mod transitions;
mod zones;
