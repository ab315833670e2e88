//! Instants and dates on the wire: RFC 3339 with an offset, and plain civil dates.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use slotsmith_engine::{Instant, LocalDay, ZoneRules};

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
    String::from_utf8_lossy(LocalTexts::new(zone).of(at)).into_owned()
}

/// The same for many instants: neighbours on one date differ in their hours only.
pub struct LocalTexts<'a> {
    zone: &'a ZoneRules,
    day: Option<LocalDay>,
    text: [u8; 25],
}

impl LocalTexts<'_> {
    /// In a zone.
    pub fn new(zone: &ZoneRules) -> LocalTexts<'_> {
        LocalTexts { zone, day: None, text: *b"0000-00-00T00:00:00+00:00" }
    }

    /// One instant, in ASCII.
    #[inline]
    pub fn of(&mut self, at: Instant) -> &[u8; 25] {
        let day = match self.day {
            Some(day) if day.contains(at) => day,
            _ => self.begin(at),
        };
        let second = u32::try_from(day.second_of_day(at)).unwrap_or_default();
        self.put(11, second / 3_600);
        self.put(14, second / 60 % 60);
        self.put(17, second % 60);
        &self.text
    }

    /// Its date, in ASCII.
    pub fn date_of(&mut self, at: Instant) -> [u8; 10] {
        let [y1, y2, y3, y4, d1, m1, m2, d2, a, b, ..] = *self.of(at);
        [y1, y2, y3, y4, d1, m1, m2, d2, a, b]
    }

    /// Writes what the instants around this one share.
    fn begin(&mut self, at: Instant) -> LocalDay {
        let mut day = self.zone.local_day_at(at);
        // RFC 3339 knows no seconds in offsets, and zones had them before 1972.
        if day.offset_seconds % 60 != 0 {
            day = ZoneRules::fixed(0).map_or(day, |utc| utc.local_day_at(at));
        }
        let year = day.date.year().unsigned_abs();
        self.put(0, year / 100);
        self.put(2, year % 100);
        self.put(5, day.date.month());
        self.put(8, day.date.day());
        let offset = u32::try_from(day.offset_seconds.abs() / 60).unwrap_or_default();
        self.text[19] = if day.offset_seconds < 0 { b'-' } else { b'+' };
        self.put(20, offset / 60);
        self.put(23, offset % 60);
        self.day = Some(day);
        day
    }

    /// Two digits.
    #[inline]
    fn put(&mut self, place: usize, number: u32) {
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
        self.text[place] = digit(number / 10);
        self.text[place + 1] = digit(number);
    }
}
