//! Time zones for tests: jiff with its bundled tz data, so that no machine's own directory is ever read.

use std::{fmt, sync::OnceLock};

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use slotsmith_engine::{Instant, Transition, ZoneRules};

const DAY: i64 = 86_400;

/// A named zone as jiff knows it.
#[derive(Clone)]
pub(crate) struct Zone {
    pub(crate) name: String,
    tz: TimeZone,
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Zone {
    pub(crate) fn named(name: &str) -> Zone {
        Zone { name: name.to_owned(), tz: database().get(name).unwrap() }
    }

    pub(crate) fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// Seconds east of UTC.
    pub(crate) fn offset_at(&self, unix: i64) -> i64 {
        i64::from(self.tz.to_offset(Timestamp::from_second(unix).unwrap()).seconds())
    }

    /// Days since 1970-01-01 on the calendar of this zone.
    pub(crate) fn day_at(&self, unix: i64) -> i64 {
        (unix + self.offset_at(unix)).div_euclid(DAY)
    }

    /// Everything the tz data calls a transition after `from` and before `to`, with the offset from then on.
    pub(crate) fn changes(&self, from: i64, to: i64) -> Vec<(i64, i32)> {
        self.tz
            .following(Timestamp::from_second(from).unwrap())
            .map(|change| (change.timestamp().as_second(), change.offset().seconds()))
            .take_while(|(at, _)| *at < to)
            .collect()
    }

    /// What the engine is told of this zone for questions between `from` and `to`.
    pub(crate) fn rules(&self, from: i64, to: i64) -> ZoneRules {
        let transition =
            |(at, offset_seconds)| Transition { at: Instant::from_unix(at).unwrap(), offset_seconds };
        let first = i32::try_from(self.offset_at(from)).unwrap();
        ZoneRules::new(first, self.changes(from, to).into_iter().map(transition).collect()).unwrap()
    }
}

/// Every name of the bundled tz data, links included.
pub(crate) fn every_zone() -> Vec<Zone> {
    let mut zones: Vec<Zone> = database().available().map(|name| Zone::named(name.as_str())).collect();
    zones.sort_by(|a, b| a.name.cmp(&b.name));
    zones
}

/// The first instant of a year in UTC.
pub(crate) fn year(year: i16) -> i64 {
    jiff::civil::date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second()
}

fn database() -> &'static TimeZoneDatabase {
    static DATABASE: OnceLock<TimeZoneDatabase> = OnceLock::new();
    DATABASE.get_or_init(TimeZoneDatabase::bundled)
}
