//! Slotsmith's server: mentors offer time, bookers take it.
//!
//! Thin on purpose: gather facts, ask the engine, write. `http` and `web` speak with the outside, `booking` and
//! `slots` are what people come for, `storage` keeps, `jobs` does what follows. `docs/architecture.md` has the map.

#![allow(clippy::duplicate_mod, reason = "one text of SQL, compiled for each driver")]

pub mod app;
pub mod auth;
pub mod booking;
pub mod clock;
pub mod config;
mod dates;
pub mod demo;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod mentors;
pub mod notifications;
pub mod recurrence;
pub mod schedule;
pub mod serve;
pub mod session_types;
pub mod slots;
pub mod snapshots;
pub mod solve;
pub mod storage;
pub mod web;
pub mod zones;

pub use app::App;
