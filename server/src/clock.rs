//! Where time comes from. Everything else is given `now`.

use slotsmith_engine::Instant;

/// Tells the time. Read once for a request or a job, then passed down.
pub trait Clock: Send + Sync {
    /// The present instant, seconds rounded down.
    fn now(&self) -> Instant;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Instant {
        Instant::from_unix(chrono::Utc::now().timestamp()).unwrap_or(Instant::MAX)
    }
}

/// A clock that stands still until it is told to move; for tests and demonstrations.
pub struct FakeClock(std::sync::atomic::AtomicI64);

impl FakeClock {
    /// A clock that shows `at`.
    pub fn new(at: Instant) -> FakeClock {
        FakeClock(at.unix().into())
    }

    /// Moves it by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        Instant::from_unix(self.0.load(std::sync::atomic::Ordering::SeqCst)).unwrap_or(Instant::MAX)
    }
}
