//! Whole-product tests: the program behind real sockets, its store, its pages in a real browser, and its files read
//! by strangers. `scripts/test` installs what they need.

#![allow(clippy::unwrap_used, reason = "a test's panic is its report")]

mod attack;
mod backup;
mod booking;
mod browser;
mod changes;
mod checker;
mod holds;
mod http;
mod ics;
mod limits;
mod mail;
mod outage;
mod recurrence;
mod roles;
mod snapshots;
mod solve;
mod storage;
mod support;
mod zones;
