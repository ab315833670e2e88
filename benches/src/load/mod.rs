//! A server under load: what it is filled with, what it is asked, and what it is held against.

pub mod bare;
pub mod database;
pub mod server;
pub mod size;
pub mod start;
pub mod wrk;
