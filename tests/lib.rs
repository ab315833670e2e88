//! Programs that try the whole product. The tests proper live in `it/`.

pub mod attack;
mod process;

pub use process::{Failure, Process, binary};
