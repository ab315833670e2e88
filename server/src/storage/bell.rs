//! Rung whenever somebody's slots may have changed, so that whoever keeps something in memory asks again.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts how often it was rung. To have missed a ring is harmless where answers are asked for again after a while anyway.
#[derive(Debug, Default)]
pub struct Bell(AtomicU64);

impl Bell {
    /// Says that something may have changed. To be called after the change can be seen and before anybody is told of it.
    pub fn ring(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    /// How often it was rung.
    pub fn rings(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}
