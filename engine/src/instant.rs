//! A point in time on whole seconds, as rule 1 asks; civil time is elsewhere.

use core::fmt;

use chrono::Datelike as _;

use crate::zone::{DAY, date_of_day};

/// A UTC instant: whole seconds since 1970-01-01T00:00:00Z, leap seconds ignored (POSIX time).
///
/// Always within [`Instant::MIN`]`..=`[`Instant::MAX`], so that adding a few decades never overflows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// -9999-01-01T00:00:00Z.
    pub const MIN: Instant = Instant(-377_705_116_800);
    /// 9999-12-31T23:59:59Z, the last instant RFC 3339 can write.
    pub const MAX: Instant = Instant(253_402_300_799);

    /// `None` outside [`Instant::MIN`]`..=`[`Instant::MAX`].
    pub const fn from_unix(seconds: i64) -> Option<Instant> {
        if Self::MIN.0 <= seconds && seconds <= Self::MAX.0 { Some(Instant(seconds)) } else { None }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// This instant moved by `seconds` (either sign), held at [`Instant::MIN`] and [`Instant::MAX`].
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Instant {
        Self::clamped(self.0.saturating_add(seconds))
    }

    /// For seconds that lie between two instants already.
    pub(crate) const fn between(seconds: i64) -> Instant {
        debug_assert!(Self::MIN.0 <= seconds && seconds <= Self::MAX.0);
        Instant(seconds)
    }

    pub(crate) const fn clamped(seconds: i64) -> Instant {
        if seconds < Self::MIN.0 {
            Self::MIN
        } else if seconds > Self::MAX.0 {
            Self::MAX
        } else {
            Instant(seconds)
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// RFC 3339 in UTC: `2026-03-09T13:00:00Z`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = date_of_day(self.0.div_euclid(DAY));
        let seconds = self.0.rem_euclid(DAY);
        // Answers are mostly this, so it is put together by hand.
        let mut text = *b"0000-00-00T00:00:00Z";
        let mut put = |at: usize, digits: usize, mut number: u32| {
            for place in text[at..at + digits].iter_mut().rev() {
                *place = b'0' + u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
            }
        };
        let part = |number: i64| u32::try_from(number).unwrap_or_default();
        put(0, 4, date.year().unsigned_abs());
        put(5, 2, date.month());
        put(8, 2, date.day());
        put(11, 2, part(seconds / 3_600));
        put(14, 2, part(seconds / 60 % 60));
        put(17, 2, part(seconds % 60));
        // RFC 3339 has no words for years before 0; ISO 8601 does.
        f.write_str(if date.year() < 0 { "-" } else { "" })?;
        f.write_str(str::from_utf8(&text).unwrap_or_default())
    }
}
