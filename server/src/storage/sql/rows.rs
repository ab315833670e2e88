//! Columns into types that cannot be wrong. What does not fit is reported, never guessed at.

use std::str::FromStr;

use slotsmith_engine::{Buffers, ClockTime, Instant, Interval, Window};

use super::{Result, StoreError, dialect::Columns};

impl Columns {
    pub(super) fn parsed<T: FromStr>(&self, column: &str) -> Result<T> {
        let text = self.text(column)?;
        text.parse().map_err(|_| unfit(column, text))
    }

    pub(super) fn integer(&self, column: &str) -> Result<i64> {
        self.integer_or_null(column)?.ok_or_else(|| unfit(column, "null"))
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T> {
        let value = self.integer(column)?;
        T::try_from(value).map_err(|_| unfit(column, value))
    }

    pub(super) fn number_or_null<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>> {
        let value = self.integer_or_null(column)?;
        value.map(|v| T::try_from(v).map_err(|_| unfit(column, v))).transpose()
    }

    pub(super) fn digest(&self, column: &str) -> Result<[u8; 32]> {
        let bytes = self.bytes(column)?;
        bytes.try_into().map_err(|_| unfit(column, "a value of another length"))
    }

    pub(super) fn instant(&self, column: &str) -> Result<Instant> {
        self.instant_or_null(column)?.ok_or_else(|| unfit(column, "null"))
    }

    pub(super) fn instant_or_null(&self, column: &str) -> Result<Option<Instant>> {
        let seconds = self.seconds_or_null(column)?;
        seconds.map(|s| Instant::from_unix(s).ok_or_else(|| unfit(column, s))).transpose()
    }

    pub(super) fn meeting(&self) -> Result<Interval> {
        let (start, end) = (self.instant("starts_at")?, self.instant("ends_at")?);
        Interval::new(start, end).ok_or_else(|| unfit("ends_at", end))
    }

    pub(super) fn buffers(&self) -> Result<Buffers> {
        let (before, after) = (self.number("buffer_before_minutes")?, self.number("buffer_after_minutes")?);
        Buffers::from_minutes(before, after).map_err(|e| StoreError::Broken(e.into()))
    }

    pub(super) fn window(&self) -> Result<Window> {
        window(self.number("start_minute")?, self.number("end_minute")?)
    }
}

/// Hours, in minutes since 00:00.
pub(super) fn window(start_minute: u16, end_minute: u16) -> Result<Window> {
    let clock = |column, minutes| ClockTime::from_minutes(minutes).ok_or_else(|| unfit(column, minutes));
    Window::new(clock("start_minute", start_minute)?, clock("end_minute", end_minute)?)
        .map_err(|e| StoreError::Broken(e.into()))
}

pub(super) fn unfit(column: &str, value: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(format!("{value:.40} does not fit {column}").into())
}
