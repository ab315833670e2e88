//! Deterministic questions of several sizes. Every number comes from a fixed generator, so that any two runs, on any
//! two machines, ask the same.

use std::sync::Arc;

use chrono::{Days, NaiveDate, Weekday};
use slotsmith_engine::{
    Booking, Buffers, ClockTime, Facts, Instant, Interval, IntervalSet, Policy, PolicySpec, Schedule,
    Transition, Window, ZoneRules,
};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// A question as rows, the way a store or a file would give it.
#[derive(Clone, Debug)]
pub struct Workload {
    /// What it is called in reports.
    pub name: &'static str,
    /// Seconds east of UTC at first, then from each instant on.
    pub offsets: (i32, Vec<(i64, i32)>),
    /// Day of the week (0 is Sunday) and wall minutes.
    pub weekly: Vec<(u8, (u16, u16))>,
    /// Dates as days since 1970-01-01.
    pub overrides: Vec<(i64, Vec<(u16, u16)>)>,
    /// Unix seconds, in no order.
    pub busy: Vec<(i64, i64)>,
    /// What the session asks for.
    pub session: PolicySpec,
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds.
    pub to: i64,
}

impl Workload {
    /// Weekdays 09:00 to 17:00, an hour every half hour, buffers, 20 busy hours, seven days.
    pub fn week() -> Workload {
        let session = session(60, 30, 15);
        Workload::office("week", date(2026, 6, 8), 7, session, busy(1, 20, date(2026, 6, 8), 7, (15, 90)))
    }

    /// Three windows a day, half an hour every quarter, over New York's change of 2026-03-08; 200 busy, 10 overrides.
    pub fn month() -> Workload {
        Workload::month_of(2)
    }

    /// A month like [`Workload::month`] for another mentor.
    pub fn month_of(seed: u64) -> Workload {
        let first = date(2026, 3, 1);
        let windows = [(8 * 60, 11 * 60 + 30), (12 * 60 + 30, 16 * 60), (18 * 60, 21 * 60)];
        let mut chance = Chance(seed ^ 0xABCD);
        let overrides = (0..10).map(|index| {
            let day = day_of(first) + index * 3 + chance.below(3);
            (day, if index % 2 == 0 { Vec::new() } else { vec![(10 * 60, 15 * 60)] })
        });
        Workload {
            name: "month",
            weekly: (0..7).flat_map(|day| windows.map(|window| (day, window))).collect(),
            overrides: overrides.collect(),
            ..Workload::office("month", first, 31, session(30, 15, 15), busy(seed, 200, first, 31, (10, 60)))
        }
    }

    /// Weekdays 09:00 to 17:00, half an hour every quarter; 5,000 busy, 100 overrides, 365 days.
    pub fn year() -> Workload {
        Workload::years(1, 5_000)
    }

    /// The same for several years, with so many busy intervals.
    pub fn years(years: i64, busy_count: usize) -> Workload {
        let first = date(2026, 1, 1);
        let days = years * 365;
        let mut chance = Chance(7);
        let overrides = (0..100 * years).map(|index| {
            let day = day_of(first) + index * 365 / 100 + chance.below(3);
            (day, if index % 2 == 0 { Vec::new() } else { vec![(10 * 60, 15 * 60)] })
        });
        Workload {
            overrides: overrides.collect(),
            ..Workload::office(
                "year",
                first,
                days,
                session(30, 15, 0),
                busy(3, busy_count, first, days, (15, 60)),
            )
        }
    }

    /// Weekdays 09:00 to 17:00, ten minutes every five, and 274 slivers of busy time a day: a million in ten years, of
    /// which hardly any two meet.
    pub fn slivers(days: i64) -> Workload {
        let first = date(2026, 1, 1);
        let mut chance = Chance(11);
        let mut sliver = || {
            let start = day_of(first) * DAY + chance.below(days * DAY);
            (start, start + 1 + chance.below(30))
        };
        let busy = (0..days * 1_000_000 / 3_650).map(|_| sliver()).collect();
        Workload::office("slivers", first, days, session(10, 5, 0), busy)
    }

    /// One day open from end to end, a start every minute, and 1,440 slivers of busy time.
    pub fn dense() -> Workload {
        let first = date(2026, 6, 9);
        let mut chance = Chance(5);
        let mut sliver = || {
            let start = day_of(first) * DAY + chance.below(1_440) * MINUTE + 1 + chance.below(20);
            (start, start + 1 + chance.below(30))
        };
        let busy = (0..1_440).map(|_| sliver()).collect();
        Workload {
            weekly: (0..7).map(|day| (day, (0, 1_440))).collect(),
            ..Workload::office("dense", first, 1, session(1, 1, 0), busy)
        }
    }

    /// The year's hours with so many bookings, and buffers between them.
    pub fn booked(count: usize) -> Workload {
        let years = i64::try_from(count).unwrap() / 10_000 + 1;
        Workload { name: "admit", session: session(30, 15, 15), ..Workload::years(years, count) }
    }

    fn office(
        name: &'static str,
        first: NaiveDate,
        days: i64,
        session: PolicySpec,
        busy: Vec<(i64, i64)>,
    ) -> Workload {
        // New York's midnight, in winter; the range is as wide as the dates whichever offset holds.
        let from = day_of(first) * DAY;
        Workload {
            name,
            offsets: new_york(),
            weekly: (1..6).map(|day| (day, (9 * 60, 17 * 60))).collect(),
            overrides: Vec::new(),
            busy,
            session,
            from,
            to: from + days * DAY,
        }
    }

    /// The busy time as the engine's intervals, in no order.
    pub fn busy_rows(&self) -> Vec<Interval> {
        self.busy.iter().map(|(start, end)| interval(*start, *end)).collect()
    }

    /// The engine's facts with `busy` as calendar time and no bookings.
    pub fn facts(&self, busy: IntervalSet) -> Facts {
        let at = |unix: i64| Instant::from_unix(unix).unwrap();
        let transition = |(unix, offset_seconds): &(i64, i32)| Transition {
            at: at(*unix),
            offset_seconds: *offset_seconds,
        };
        let (first, changes) = &self.offsets;
        let window = |(start, end): (u16, u16)| {
            let clock = |minutes: u16| ClockTime::from_minutes(minutes).unwrap();
            Window::new(clock(start), clock(end)).unwrap()
        };
        let weekly = self.weekly.iter().map(|(day, hours)| (weekday(*day), window(*hours)));
        let overrides = self.overrides.iter().map(|(day, hours)| {
            let date = NaiveDate::from_epoch_days(i32::try_from(*day).unwrap()).unwrap();
            (date, hours.iter().map(|hours| window(*hours)).collect())
        });
        Facts {
            zone: Arc::new(ZoneRules::new(*first, changes.iter().map(transition).collect()).unwrap()),
            schedule: Schedule::new(weekly, overrides).unwrap(),
            policy: Policy::new(self.session).unwrap(),
            busy,
            bookings: Vec::new(),
        }
    }

    /// The engine's facts with every busy interval as a booking of its own.
    pub fn facts_of_bookings(&self) -> Facts {
        let buffers = Buffers::from_minutes(5, 5).unwrap();
        let booking = |(start, end): &(i64, i64)| Booking { span: interval(*start, *end), buffers };
        Facts { bookings: self.busy.iter().map(booking).collect(), ..self.facts(IntervalSet::default()) }
    }

    /// The range of the question.
    pub fn range(&self) -> Interval {
        interval(self.from, self.to)
    }

    /// Long before the range: notice and horizon take nothing away.
    pub fn now(&self) -> Instant {
        Instant::from_unix(self.from - 30 * DAY).unwrap()
    }
}

/// An interval of Unix seconds.
pub fn interval(start: i64, end: i64) -> Interval {
    Interval::new(Instant::from_unix(start).unwrap(), Instant::from_unix(end).unwrap()).unwrap()
}

fn session(duration_minutes: u32, step_minutes: u32, buffer_minutes: u32) -> PolicySpec {
    PolicySpec {
        duration_minutes,
        step_minutes: Some(step_minutes),
        buffer_before_minutes: buffer_minutes,
        buffer_after_minutes: buffer_minutes,
        ..PolicySpec::default()
    }
}

/// Intervals of five-minute lengths at five-minute starts, evenly spread at random, in no order.
fn busy(seed: u64, count: usize, first: NaiveDate, days: i64, minutes: (i64, i64)) -> Vec<(i64, i64)> {
    let mut chance = Chance(seed);
    let row = |_| {
        let start = day_of(first) * DAY + chance.below(days * 288) * 5 * MINUTE;
        let fives = minutes.0 / 5 + chance.below((minutes.1 - minutes.0) / 5 + 1);
        (start, start + fives * 5 * MINUTE)
    };
    (0..count).map(row).collect()
}

/// New York from 2020 to 2040 by the rule of 2007: the second Sunday of March, the first of November, at 02:00.
fn new_york() -> (i32, Vec<(i64, i32)>) {
    let sunday = |year: i32, month: u32, nth: u8| {
        day_of(NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Sun, nth).unwrap()) * DAY
    };
    let of_year = |year: i32| {
        [(sunday(year, 3, 2) + 7 * HOUR, -4 * 3_600), (sunday(year, 11, 1) + 6 * HOUR, -5 * 3_600)]
    };
    (-5 * 3_600, (2020..=2040).flat_map(of_year).collect())
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn day_of(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

fn weekday(day: u8) -> Weekday {
    let sunday = NaiveDate::from_ymd_opt(2026, 6, 7).unwrap();
    chrono::Datelike::weekday(&(sunday + Days::new(day.into())))
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `bound`, the bound left out.
    fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }
}
