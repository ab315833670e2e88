//! Instants and dates on the wire: RFC 3339 with an offset, and plain civil dates.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use slotsmith_engine::{Instant, LocalDay, ZoneRules};

use crate::dates;

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
    let date = dates::parse(text).ok_or("must be a date written YYYY-MM-DD")?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err("must be within this century") }
}

/// `2026-12-01`, in ASCII.
pub fn date_text(date: NaiveDate) -> [u8; 10] {
    let mut text = *b"0000-00-00";
    let year = date.year().unsigned_abs() as usize;
    text[..2].copy_from_slice(&two_digits(year / 100));
    text[2..4].copy_from_slice(&two_digits(year));
    text[5..7].copy_from_slice(&two_digits(date.month() as usize));
    text[8..].copy_from_slice(&two_digits(date.day() as usize));
    text
}

/// `2026-12-01T09:00:00+09:00`: the instant with the offset it has in a zone.
pub fn local(at: Instant, zone: &ZoneRules) -> String {
    let mut text = [0; LOCAL_BYTES];
    write_local(at, zone, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The length of an instant with an offset.
pub const LOCAL_BYTES: usize = "0000-00-00T00:00:00+00:00".len();

/// Writes an instant with the offset it has in a zone, in ASCII.
pub fn write_local(at: Instant, zone: &ZoneRules, place: &mut [u8; LOCAL_BYTES]) {
    let mut day = zone.local_days().of(at);
    if !has_rfc3339_offset(&day) {
        day = ZoneRules::fixed(0).map_or(day, |utc| utc.local_days().of(at));
    }
    write_day(&day, place);
    let second = usize::try_from(day.second_of_day(at)).unwrap_or_default();
    write_clock(second / 60, place);
    place[17..19].copy_from_slice(&two_digits(second % 60));
}

/// RFC 3339 knows no seconds in offsets, and zones had them before 1972.
pub fn has_rfc3339_offset(day: &LocalDay) -> bool {
    day.offset_seconds % 60 == 0
}

/// Writes what the instants of a day share; their clock shows 00:00:00 until it is written.
pub fn write_day(day: &LocalDay, place: &mut [u8; LOCAL_BYTES]) {
    *place = *b"0000-00-00T00:00:00+00:00";
    place[..10].copy_from_slice(&date_text(day.date));
    place[19] = if day.offset_seconds < 0 { b'-' } else { b'+' };
    let offset = usize::try_from(day.offset_seconds.abs() / 60).unwrap_or_default();
    place[20..22].copy_from_slice(&two_digits(offset / 60));
    place[23..].copy_from_slice(&two_digits(offset % 60));
}

/// Writes what a clock shows so many minutes after 00:00 into an instant.
#[inline]
pub fn write_clock(minute: usize, place: &mut [u8; LOCAL_BYTES]) {
    if let Some(clock) = CLOCK.get(minute) {
        place[11..16].copy_from_slice(clock);
    }
}

/// `00:00` to `23:59`.
const CLOCK: [[u8; 5]; 1_440] = {
    let mut clock = [[b':'; 5]; 1_440];
    let mut minute = 0;
    while minute < clock.len() {
        let ([a, b], [c, d]) = (two_digits(minute / 60), two_digits(minute % 60));
        clock[minute] = [a, b, b':', c, d];
        minute += 1;
    }
    clock
};

/// The last two digits of a number.
const fn two_digits(number: usize) -> [u8; 2] {
    const DIGITS: [u8; 10] = *b"0123456789";
    [DIGITS[number / 10 % 10], DIGITS[number % 10]]
}
