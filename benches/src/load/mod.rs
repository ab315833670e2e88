//! A server under load: what it is filled with, what it is asked, and what it is held against.

pub mod bare;
pub mod database;
pub mod server;
pub mod size;
pub mod start;
pub mod wrk;

/// What lies in the middle when they are put in order.
///
/// # Panics
/// When there is nothing.
pub fn middle<T>(figures: impl IntoIterator<Item = T>, order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> T {
    let mut figures: Vec<T> = figures.into_iter().collect();
    figures.sort_by(order);
    figures.swap_remove(figures.len() / 2)
}
