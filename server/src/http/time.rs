//! Instants and dates on the wire: RFC 3339 with an offset, and plain civil dates.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};
use slotsmith_engine::{Instant, ZoneRules};

/// Years that dates of the interface may lie in; zone rules are known for these.
const YEARS: std::ops::RangeInclusive<i32> = 1971..=2098;

/// Reads an RFC 3339 instant. Meetings start on whole minutes; every way of writing one minute is the same.
///
/// # Errors
/// What it must be.
pub fn parse_start(text: &str) -> Result<Instant, &'static str> {
    let parsed = DateTime::parse_from_rfc3339(text)
        .map_err(|_| "must be a date and time with an offset, such as 2026-12-01T09:00:00Z")?;
    if parsed.second() != 0 || parsed.nanosecond() != 0 {
        return Err("must be on a whole minute");
    }
    let in_reach = YEARS.contains(&parsed.to_utc().year());
    Instant::from_unix(parsed.timestamp()).filter(|_| in_reach).ok_or("must be within this century")
}

/// Reads a date written `YYYY-MM-DD`.
///
/// # Errors
/// What it must be.
pub fn parse_date(text: &str) -> Result<NaiveDate, &'static str> {
    let date = if text.len() == 10 { text.parse::<NaiveDate>().ok() } else { None };
    let date = date.ok_or("must be a date written YYYY-MM-DD")?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err("must be within this century") }
}

/// `2026-12-01T09:00:00+09:00`: the instant with the offset it has in a zone.
pub fn local(at: Instant, zone: &ZoneRules) -> String {
    let offset = i32::try_from(zone.offset_at(at)).ok().and_then(FixedOffset::east_opt);
    // RFC 3339 knows no seconds in offsets; zones had them before 1972.
    let offset = offset.filter(|offset| offset.local_minus_utc() % 60 == 0);
    match offset.zip(DateTime::from_timestamp(at.unix(), 0)) {
        Some((offset, utc)) => utc.with_timezone(&offset).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        None => at.to_string(),
    }
}
