//! Programs that try the whole product. The tests proper live in `it/`.

pub mod attack;
mod postgres;
mod process;

pub use postgres::Postgres;
pub use process::{Failure, Process, binary};
