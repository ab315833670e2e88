//! Civil dates as text.

use chrono::NaiveDate;

/// Reads a date written `YYYY-MM-DD`, and in no other way: the parser also takes `2026- 3-09` and `+12026-03-09`, but what it
/// prints is that one form.
pub fn parse(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|date: &NaiveDate| text.len() == 10 && date.to_string() == text)
}
