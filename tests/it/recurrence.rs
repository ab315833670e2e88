//! Recurrence rules: by hand, against a slow model of RFC 5545 that walks from day to day, and against Python's
//! dateutil. The model knows only the RFC; dateutil is an ancestor of the crate that lists the dates, so that the two
//! may share a mistake.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::json;
use slotsmith::recurrence::{DatesError, Recurrence, SPAN_DAYS_MAX};

use crate::support::readers::Reader;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn after(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).expect("a date")
}

/// The dates of a rule from its start to `to`, as `MM-DD`, or with years where they are long apart.
#[track_caller]
fn check(starts: &str, rule: &str, to: &str, expected: &str) {
    let recurrence = Recurrence::parse(date(starts), rule).unwrap_or_else(|why| panic!("{rule}: {why}"));
    let dates = recurrence.dates(date(starts)..=date(to)).expect("a span within the limits");
    let format = if expected.len() >= 10 && expected.as_bytes()[4] == b'-' { "%Y-%m-%d" } else { "%m-%d" };
    let shown: Vec<String> = dates.iter().map(|date| date.format(format).to_string()).collect();
    assert_eq!(shown.join(" "), expected, "{starts} {rule}");
}

#[test]
fn every_first_monday_until_june() {
    let rule = "FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260601";
    check("2026-01-01", rule, "2026-12-31", "01-05 02-02 03-02 04-06 05-04 06-01");
    check("2026-01-06", rule, "2026-05-31", "02-02 03-02 04-06 05-04");
    check(
        "2026-01-01",
        "FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260531",
        "2026-12-31",
        "01-05 02-02 03-02 04-06 05-04",
    );
}

#[test]
fn rules_that_people_write() {
    let last_weekday = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
    check("2026-01-01", last_weekday, "2026-06-30", "01-30 02-27 03-31 04-30 05-29 06-30");
    check("2026-01-01", "FREQ=MONTHLY;BYDAY=-1FR", "2026-04-30", "01-30 02-27 03-27 04-24");
    check("2026-01-31", "FREQ=MONTHLY", "2026-07-31", "01-31 03-31 05-31 07-31");
    check("2026-01-01", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-04-30", "01-31 02-28 03-31 04-30");
    check("2026-01-15", "FREQ=MONTHLY;INTERVAL=5", "2027-05-31", "01-15 06-15 11-15 04-15");
    // Every other week counts from the week of the first date, also over a year's end.
    check("2026-12-02", "FREQ=WEEKLY;INTERVAL=2", "2027-01-31", "12-02 12-16 12-30 01-13 01-27");
    check("2026-12-02", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2027-01-04", "12-04 12-14 12-18 12-28 01-01");
    // The week begins where WKST says (the RFC's own example, 3.8.5.3).
    check(
        "1997-08-05",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "1998-01-01",
        "08-05 08-10 08-19 08-24",
    );
    check(
        "1997-08-05",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "1998-01-01",
        "08-05 08-17 08-19 08-31",
    );
    check("2026-01-01", "FREQ=DAILY;INTERVAL=10;BYMONTH=3", "2026-12-31", "03-02 03-12 03-22");
    check("2026-01-01", "FREQ=DAILY;COUNT=3", "2026-12-31", "01-01 01-02 01-03");
    let leap = "2028-02-29 2032-02-29 2036-02-29";
    check("2028-02-29", "FREQ=YEARLY", "2037-12-31", leap);
    check("2028-01-01", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2037-12-31", leap);
    check("2096-02-29", "FREQ=YEARLY", "2105-01-01", "2096-02-29 2104-02-29");
    // The fourth Thursday of November, and the Monday of ISO week 20 (RFC 5545 3.8.5.3).
    check("2026-01-01", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2028-12-31", "11-26 11-25 11-23");
    check("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1999-12-31", "05-12 05-11 05-17");
    check("1998-09-01", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2000-12-31", "11-13 08-13 10-13");
    // Days in twos: every Tuesday, and the first Monday.
    check("2026-06-01", "FREQ=MONTHLY;BYDAY=TU,1MO", "2026-06-30", "06-01 06-02 06-09 06-16 06-23 06-30");
    // A month with five Mondays has a fifth last one.
    check("2026-01-01", "FREQ=MONTHLY;BYDAY=-5MO", "2026-12-31", "03-02 06-01 08-03 11-02");
    check("2026-01-01", "freq=monthly;byday=+1mo", "2026-02-28", "01-05 02-02");
}

#[test]
fn the_first_date_is_one_only_if_the_rule_says_so() {
    check("2026-01-01", "FREQ=MONTHLY;BYDAY=1MO;COUNT=2", "2026-12-31", "01-05 02-02");
    check("2026-01-01", "FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2026-12-31", "01-05 01-12");
}

#[test]
fn positions_of_the_first_week_count_from_where_it_begins() {
    // Thursday the 1st: its week's first workday is Monday the 29th, before the rule starts.
    let first = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1";
    check("2026-01-01", first, "2026-01-20", "01-05 01-12 01-19");
    check("2026-01-01", &format!("{first};COUNT=2"), "2026-12-31", "01-05 01-12");
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    let check = |rule: &str, expected: &str| {
        let refused = Recurrence::parse(date("2026-01-01"), rule).expect_err(rule).to_string();
        assert!(refused.starts_with(expected), "{rule}: {refused}");
        assert!(!refused.contains(char::is_control) && refused.len() < 200, "{rule}: {refused:?}");
    };
    let table = [
        ("", "must be a rule such as"),
        ("MONTHLY", "must be parts like FREQ=DAILY"),
        ("FREQ=DAILY;", "must be parts like"),
        ("FREQ=", "must be parts like"),
        (";", "must be parts like"),
        ("INTERVAL=2", "must have FREQ"),
        ("FREQ=HOURLY", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY, is \"HOURLY\""),
        ("FREQ=MINUTELY", "FREQ must be"),
        ("FREQ=SECONDLY", "FREQ must be"),
        ("FREQ=DAILY;FREQ=DAILY", "must have FREQ once"),
        ("FREQ=DAILY;BYHOUR=9", "must not have BYHOUR"),
        ("FREQ=DAILY;BYMINUTE=0", "must not have BYMINUTE"),
        ("FREQ=DAILY;BYSECOND=0", "must not have BYSECOND"),
        ("FREQ=YEARLY;BYEASTER=0", "must not have \"BYEASTER\""),
        ("FREQ=MONTHLY;SKIP=BACKWARD;RSCALE=GREGORIAN", "must not have \"SKIP\""),
        ("FREQ=DAILY;TZID=Europe/Berlin", "must be letters, digits"),
        ("FREQ=DAILY;TZID=UTC", "must not have \"TZID\""),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be a whole number from 1 to 366"),
        ("FREQ=DAILY;INTERVAL=367", "INTERVAL must be"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL must be"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL must be"),
        ("FREQ=DAILY;INTERVAL=+1", "INTERVAL must be"),
        ("FREQ=DAILY;COUNT=0", "COUNT must be a whole number from 1 to 1000"),
        ("FREQ=DAILY;COUNT=1001", "COUNT must be"),
        ("FREQ=YEARLY;COUNT=102", "COUNT must not reach more than a century ahead"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260601", "COUNT and UNTIL exclude each other"),
        ("FREQ=DAILY;UNTIL=20260601T000000Z", "UNTIL must be a date without a time"),
        ("FREQ=DAILY;UNTIL=20260601T000000", "UNTIL must be a date"),
        ("FREQ=DAILY;UNTIL=2026-06-01", "UNTIL must be a date"),
        ("FREQ=DAILY;UNTIL=+2026601", "UNTIL must be a date"),
        ("FREQ=DAILY;UNTIL=20260229", "UNTIL must be a date"),
        ("FREQ=DAILY;UNTIL=20251231", "UNTIL must not be before the first date, 2026-01-01"),
        ("FREQ=WEEKLY;WKST=1", "WKST must be one of"),
        ("FREQ=MONTHLY;BYDAY=MONDAY", "BYDAY must be weekdays"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY must be"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY must be"),
        ("FREQ=MONTHLY;BYDAY=--1MO", "BYDAY must be"),
        ("FREQ=MONTHLY;BYDAY=MO,,TU", "BYDAY must be"),
        ("FREQ=YEARLY;BYDAY=54MO", "BYDAY must be"),
        ("FREQ=YEARLY;BYDAY=-53MO", "BYDAY must be"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=6MO", "BYDAY must be"),
        ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "BYDAY must be"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY must be"),
        ("FREQ=DAILY;BYDAY=1MO", "BYDAY must be"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH must be"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH must be"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY must be"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY must be"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY does not go with FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY must be"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO does not go with FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYWEEKNO=1", "BYWEEKNO needs BYDAY"),
        ("FREQ=YEARLY;BYWEEKNO=54;BYDAY=MO", "BYWEEKNO must be"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs another part"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=32", "BYSETPOS must be"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3", "BYSETPOS must be"),
        ("FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "BYSETPOS does not go with FREQ=DAILY"),
        // Never, or not in a lifetime.
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "must have a date, has none within a century"),
        ("FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2;UNTIL=99991231", "must have a date, has none until UNTIL"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "must have a date"),
        ("FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31", "must have a date"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=8", "must have a date"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2", "must have a date"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "must have a date"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "must have a date"),
        ("FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260104", "must have a date, has none until UNTIL"),
        // More than one rule.
        ("RRULE:FREQ=DAILY", "must be the value of one RRULE alone"),
        ("FREQ=DAILY\nRRULE:FREQ=DAILY", "must be one rule on one line"),
        ("FREQ=DAILY\r\nEXRULE:FREQ=WEEKLY", "must be one rule on one line"),
        ("FREQ=DAILY\u{85}", "must be one rule on one line"),
        ("FREQ=DAILY\0", "must be one rule on one line"),
        ("EXRULE:FREQ=DAILY", "must be the value of one RRULE alone"),
        ("RDATE:20260101", "must be the value of one RRULE alone"),
        ("DTSTART;TZID=Europe/Berlin:20260101T000000", "must be the value of one RRULE alone"),
        ("FREQ=DAILY;EXRULE=1", "must not have \"EXRULE\""),
        ("FREQ=DAILY;RDATE=20260101", "must not have \"RDATE\""),
        (" FREQ=DAILY", "must be letters, digits"),
        ("FREQ=DAİLY", "must be letters, digits"),
        ("FREQ=DAILY;COUNT=１", "must be letters, digits"),
    ];
    for (rule, expected) in table {
        check(rule, expected);
    }
    check(&format!("FREQ=DAILY;BYMONTHDAY={}", "1,".repeat(300)), "must have at most 500 bytes");
    check(&format!("FREQ=DAILY;{}=1", "X".repeat(400)), "must not have");
}

#[test]
fn more_days_than_can_be_listed_are_an_error_and_not_a_shorter_list() {
    let daily = Recurrence::parse(date("2026-01-01"), "FREQ=DAILY").expect("a rule");
    let days = u64::try_from(SPAN_DAYS_MAX).expect("a number of days");
    let from = date("2026-01-01");
    let dates = daily.dates(from..=after(from, days - 1)).expect("within the limit");
    assert_eq!(dates.len(), usize::try_from(days).expect("fits"));
    assert_eq!(daily.dates(from..=after(from, days)), Err(DatesError::SpanTooLong));
    assert_eq!(daily.dates(date("9999-12-30")..=date("9999-12-31")).expect("in time").len(), 2);
    assert_eq!(daily.dates(NaiveDate::MAX..=NaiveDate::MAX), Err(DatesError::TooFar));
    assert_eq!(daily.dates(NaiveDate::MIN..=NaiveDate::MIN), Ok(Vec::new()));
    assert_eq!(daily.dates(NaiveDate::MIN..=NaiveDate::MAX), Err(DatesError::SpanTooLong));
    assert_eq!(daily.dates(date("2027-01-01")..=date("2026-01-01")), Ok(Vec::new()));
}

/// Numbers that look like chance and are the same in every run (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).expect("31 bits") % bound
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn several<T: Copy + PartialEq>(&mut self, max: usize, from: &[T]) -> Vec<T> {
        let mut picked = Vec::new();
        for _ in 0..=self.below(max) {
            let one = self.pick(from);
            if !picked.contains(&one) {
                picked.push(one);
            }
        }
        picked
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule before it is written.
#[derive(Clone, Debug)]
struct Model {
    starts: NaiveDate,
    freq: Freq,
    interval: i64,
    count: Option<usize>,
    until: Option<NaiveDate>,
    week_start: Weekday,
    months: Vec<i64>,
    weeks: Vec<i64>,
    year_days: Vec<i64>,
    month_days: Vec<i64>,
    /// 0 for every one.
    weekdays: Vec<(i64, Weekday)>,
    positions: Vec<i64>,
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn name(day: Weekday) -> String {
    day.to_string()[..2].to_uppercase()
}

impl Model {
    fn generate(chance: &mut Chance) -> Model {
        let freq = chance.pick(&[
            Freq::Daily,
            Freq::Weekly,
            Freq::Monthly,
            Freq::Monthly,
            Freq::Yearly,
            Freq::Yearly,
        ]);
        let starts = after(date("1995-01-01"), u64::try_from(chance.below(40 * 365)).expect("small"));
        let mut model = Model {
            starts,
            freq,
            interval: [1, 1, 1, 2, 2, 3, 4, 5, 12, 53][chance.below(10)],
            count: None,
            until: None,
            week_start: if chance.one_in(2) { chance.pick(&WEEK) } else { Weekday::Mon },
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
        };
        match chance.below(4) {
            0 => model.count = Some(1 + chance.below(40)),
            1 => model.until = Some(after(starts, u64::try_from(chance.below(3_000)).expect("small"))),
            _ => {}
        }
        let signed = |max: i64| -> Vec<i64> { (-max..=max).filter(|n| *n != 0).collect() };
        if chance.one_in(4) {
            model.months = chance.several(5, &(1..=12).collect::<Vec<_>>());
        }
        if freq != Freq::Weekly && chance.one_in(3) {
            model.month_days = chance.several(6, &signed(31));
        }
        if freq == Freq::Yearly && chance.one_in(8) {
            model.year_days = chance.several(12, &signed(366));
        }
        if freq == Freq::Yearly && chance.one_in(5) {
            model.weeks = chance.several(4, &[1, 2, 9, 20, 26, 51, 52, 53, -1, -2, -10, -52, -53]);
        }
        if chance.one_in(2) || !model.weeks.is_empty() {
            let numbers = match freq {
                Freq::Daily | Freq::Weekly => vec![],
                Freq::Yearly if !model.weeks.is_empty() => vec![],
                Freq::Yearly if model.months.is_empty() => signed(52),
                Freq::Monthly | Freq::Yearly => signed(5),
            };
            let numbered = !numbers.is_empty() && chance.one_in(2);
            for day in chance.several(5, &WEEK) {
                // Few have some days with a number and some without.
                let number = if numbered && !chance.one_in(8) { chance.pick(&numbers) } else { 0 };
                model.weekdays.push((number, day));
            }
        }
        let to_choose_from = [&model.months, &model.weeks, &model.year_days, &model.month_days]
            .iter()
            .any(|list| !list.is_empty())
            || !model.weekdays.is_empty();
        if freq != Freq::Daily && to_choose_from && chance.one_in(3) {
            let max = match freq {
                Freq::Daily | Freq::Weekly => i64::try_from(model.weekdays.len().max(1)).expect("small"),
                Freq::Monthly => 7,
                Freq::Yearly => 40,
            };
            model.positions = chance.several(3, &signed(max));
        }
        model
    }

    fn text(&self) -> String {
        let mut text = format!("FREQ={:?}", self.freq).to_uppercase();
        if self.interval != 1 {
            text += &format!(";INTERVAL={}", self.interval);
        }
        if let Some(count) = self.count {
            text += &format!(";COUNT={count}");
        }
        if let Some(until) = self.until {
            text += &until.format(";UNTIL=%Y%m%d").to_string();
        }
        if self.week_start != Weekday::Mon {
            text += &format!(";WKST={}", name(self.week_start));
        }
        let lists = [
            ("BYMONTH", &self.months),
            ("BYWEEKNO", &self.weeks),
            ("BYYEARDAY", &self.year_days),
            ("BYMONTHDAY", &self.month_days),
            ("BYSETPOS", &self.positions),
        ];
        for (part, numbers) in lists.iter().filter(|(_, numbers)| !numbers.is_empty()) {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            text += &format!(";{part}={}", numbers.join(","));
        }
        if !self.weekdays.is_empty() {
            let number = |n: &i64| if *n == 0 { String::new() } else { n.to_string() };
            let days: Vec<String> = self.weekdays.iter().map(|(n, day)| number(n) + &name(*day)).collect();
            text += &format!(";BYDAY={}", days.join(","));
        }
        text
    }

    /// dateutil reads `MO,1TU` as days that are both.
    fn mixes_weekdays(&self) -> bool {
        let every = self.weekdays.iter().filter(|(number, _)| *number == 0).count();
        every != 0 && every != self.weekdays.len()
    }

    /// The dates up to `to`.
    fn dates(&self, to: NaiveDate) -> Vec<NaiveDate> {
        let to = self.until.map_or(to, |until| until.min(to));
        let days = self.starts.iter_days().take_while(|day| *day <= to);
        days.filter(|day| self.has(*day)).take(self.count.unwrap_or(usize::MAX)).collect()
    }

    fn has(&self, day: NaiveDate) -> bool {
        if self.periods_since_start(day) % self.interval != 0 || !self.fits(day) {
            return false;
        }
        if self.positions.is_empty() {
            return true;
        }
        let count = |step: i64| {
            let (mut count, mut other) = (0, day + chrono::TimeDelta::days(step));
            while self.periods_since_start(other) == self.periods_since_start(day) {
                count += i64::from(self.fits(other));
                other += chrono::TimeDelta::days(step);
            }
            count
        };
        let (before, behind) = (count(-1), count(1));
        self.positions.contains(&(before + 1)) || self.positions.contains(&(-behind - 1))
    }

    fn periods_since_start(&self, day: NaiveDate) -> i64 {
        let months = |date: NaiveDate| 12 * i64::from(date.year()) + i64::from(date.month());
        match self.freq {
            Freq::Daily => (day - self.starts).num_days(),
            Freq::Weekly => (self.week_of(day) - self.week_of(self.starts)).num_days() / 7,
            Freq::Monthly => months(day) - months(self.starts),
            Freq::Yearly => i64::from(day.year() - self.starts.year()),
        }
    }

    /// The first day of its week.
    fn week_of(&self, day: NaiveDate) -> NaiveDate {
        day - chrono::TimeDelta::days(i64::from(day.weekday().days_since(self.week_start)))
    }

    fn fits(&self, day: NaiveDate) -> bool {
        let january = NaiveDate::from_ymd_opt(day.year(), 1, 1).expect("a date");
        let first_of_month = day.with_day(1).expect("a date");
        let next_january = january.with_year(day.year() + 1).expect("a date");
        let next_month = after(first_of_month, 31).with_day(1).expect("a date");
        // Counted from the front and from the back.
        let place =
            |from: NaiveDate, until: NaiveDate| [(day - from).num_days() + 1, (day - until).num_days()];
        let is_in = |list: &Vec<i64>, places: [i64; 2]| places.iter().any(|place| list.contains(place));
        let month = i64::from(day.month());
        if !self.months.is_empty() && !self.months.contains(&month) {
            return false;
        }
        if !self.month_days.is_empty() && !is_in(&self.month_days, place(first_of_month, next_month)) {
            return false;
        }
        if !self.year_days.is_empty() && !is_in(&self.year_days, place(january, next_january)) {
            return false;
        }
        if !self.weeks.is_empty() && !is_in(&self.weeks, self.week_numbers(day)) {
            return false;
        }
        if !self.weekdays.is_empty() {
            let in_month = self.freq == Freq::Monthly || !self.months.is_empty();
            let (from, until) = if in_month { (first_of_month, next_month) } else { (january, next_january) };
            let [front, back] = place(from, until);
            let numbers = [0, (front + 6) / 7, (back - 6) / 7];
            return self.weekdays.iter().any(|(n, weekday)| *weekday == day.weekday() && numbers.contains(n));
        }
        // What the rule leaves open is as on the first date.
        let left_open = self.weeks.is_empty() && self.year_days.is_empty() && self.month_days.is_empty();
        match self.freq {
            Freq::Weekly => day.weekday() == self.starts.weekday(),
            Freq::Monthly if left_open => day.day() == self.starts.day(),
            Freq::Yearly if left_open => {
                day.day() == self.starts.day()
                    && (!self.months.is_empty() || day.month() == self.starts.month())
            }
            _ => true,
        }
    }

    /// The number of its week, from the front and from the back of the year that the week counts to: the one that has
    /// four of its days or more.
    fn week_numbers(&self, day: NaiveDate) -> [i64; 2] {
        let fourth = |day| after(self.week_of(day), 3);
        let year = fourth(day).year();
        let of_year = |other: &NaiveDate| fourth(*other).year() == year;
        let week = |step: i64| {
            let mut number = 0;
            let mut other = day;
            while of_year(&other) {
                number += step.signum();
                other += chrono::TimeDelta::days(step);
            }
            number
        };
        [-week(-7), -week(7)]
    }
}

/// What we list; `None` where a rule has no date, or more than a century's.
fn listed(model: &Model, from: NaiveDate, to: NaiveDate) -> Option<Vec<NaiveDate>> {
    match Recurrence::parse(model.starts, &model.text()) {
        Ok(recurrence) => Some(recurrence.dates(from..=to).expect("within the limits")),
        Err(why) => {
            let why = why.to_string();
            let allowed = why.starts_with("must have a date") || why.starts_with("COUNT must not reach");
            assert!(allowed, "{} {}: {why}", model.starts, model.text());
            let none = !why.starts_with("must have a date") || model.dates(to).is_empty();
            assert!(none, "{} {}: {why}", model.starts, model.text());
            None
        }
    }
}

fn span(chance: &mut Chance, model: &Model) -> (NaiveDate, NaiveDate) {
    let from = after(model.starts, u64::try_from(chance.below(2_500)).expect("small"));
    (from, after(from, u64::try_from(chance.below(1_500)).expect("small")))
}

#[test]
fn rules_have_the_dates_of_a_model_that_walks_from_day_to_day() {
    let mut chance = Chance(0x5107_5317);
    let mut refused = 0;
    for _ in 0..1_000 {
        let model = Model::generate(&mut chance);
        let (from, to) = span(&mut chance, &model);
        let mut expected = model.dates(to);
        expected.retain(|day| from <= *day);
        match listed(&model, from, to) {
            Some(dates) => assert_eq!(dates, expected, "{} {} {from} {to}", model.starts, model.text()),
            None => refused += 1,
        }
    }
    assert!(refused < 200, "{refused} rules without a date prove little");
}

#[test]
fn every_week_number_has_the_dates_of_the_model_in_every_kind_of_year() {
    // Twenty-eight years have every kind there is.
    let (first, last) = (date("2001-01-01"), date("2028-12-31"));
    for week_start in [Weekday::Mon, Weekday::Wed, Weekday::Sun] {
        let model = Model { week_start, ..Model::generate(&mut Chance(1)) };
        let numbers: Vec<(NaiveDate, [i64; 2])> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .map(|day| (day, model.week_numbers(day)))
            .collect();
        for week in (-53..=53).filter(|week| *week != 0) {
            let rule =
                format!("FREQ=YEARLY;BYWEEKNO={week};WKST={};BYDAY=MO,TU,WE,TH,FR,SA,SU", name(week_start));
            let recurrence = Recurrence::parse(first, &rule).expect("a rule");
            let mut dates = Vec::new();
            for year in (2001..=2028).step_by(7) {
                let january = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
                let until = january(year + 7).pred_opt().expect("a date");
                dates.extend(recurrence.dates(january(year)..=until).expect("within the limits"));
            }
            let of_week = numbers.iter().filter(|(_, numbers)| numbers.contains(&week)).map(|(day, _)| *day);
            assert_eq!(dates, of_week.collect::<Vec<_>>(), "{rule}");
        }
    }
}

#[test]
fn dateutil_lists_the_same_dates() {
    let mut chance = Chance(0xDA7E_0711);
    let (mut questions, mut ours, mut seen) = (Vec::new(), Vec::new(), 0);
    while questions.len() < 600 {
        let model = Model::generate(&mut chance);
        let (from, to) = span(&mut chance, &model);
        seen += 1;
        if model.mixes_weekdays() {
            continue;
        }
        let Some(dates) = listed(&model, from, to) else { continue };
        questions.push(json!({"starts": model.starts, "rule": model.text(), "from": from, "to": to}));
        ours.push(json!(dates));
    }
    assert!(seen < 900, "{seen} rules were made for 600 questions");
    let theirs = Reader::Dateutil.read(json!(questions).to_string().as_bytes());
    for (index, question) in questions.iter().enumerate() {
        assert_eq!(ours[index], theirs[index], "{question}");
    }
}

#[test]
fn a_part_of_a_span_has_that_part_of_the_dates() {
    let mut chance = Chance(0x5EED);
    for _ in 0..300 {
        let model = Model::generate(&mut chance);
        let Ok(recurrence) = Recurrence::parse(model.starts, &model.text()) else { continue };
        let whole = (model.starts, after(model.starts, 3_500));
        let all = recurrence.dates(whole.0..=whole.1).expect("within the limits");
        let (from, to) = span(&mut chance, &model);
        let expected: Vec<NaiveDate> = all.into_iter().filter(|day| from <= *day && *day <= to).collect();
        let to = to.min(whole.1);
        assert_eq!(recurrence.dates(from..=to).expect("within the limits"), expected, "{}", model.text());
    }
}

#[test]
fn garbage_is_refused_or_read_and_never_panics() {
    let pieces = [
        "FREQ",
        "=",
        ";",
        ",",
        "-",
        "+",
        "DAILY",
        "WEEKLY",
        "MONTHLY",
        "YEARLY",
        "SECONDLY",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYDAY",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYSETPOS",
        "BYHOUR",
        "MO",
        "SU",
        "1MO",
        "-1FR",
        "0",
        "1",
        "-1",
        "31",
        "53",
        "366",
        "65535",
        "65536",
        "4294967296",
        "20260601",
        "00000000",
        "99991231",
        "20260601T000000Z",
        "é",
        "\u{2028}",
        "\r\n",
        "\0",
        " ",
        "RRULE:",
        "DTSTART;TZID=Asia/Seoul:",
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        ";COUNT=3",
        ";BYDAY=MO,SU",
        ";BYWEEKNO=53,-1",
        ";UNTIL=99991231",
        "FREQ=DAILY;",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=MONTHLY;BYDAY=",
        "FREQ=YEARLY;BYWEEKNO=",
        ";BYSETPOS=",
        ";INTERVAL=",
    ];
    let mut chance = Chance(0xBAD);
    let mut read = 0;
    for _ in 0..20_000 {
        let rule: String = (0..=chance.below(6)).map(|_| chance.pick(&pieces)).collect();
        let starts = chance.pick(&[
            "0001-01-01",
            "1970-02-28",
            "2024-02-29",
            "2026-12-31",
            "9999-12-31",
            "0000-01-01",
        ]);
        if let Ok(recurrence) = Recurrence::parse(date(starts), &rule) {
            read += 1;
            let from = recurrence.starts();
            let _ = recurrence.dates(from..=after(from, 400));
            assert_eq!(recurrence.rule(), rule.to_uppercase());
        }
    }
    assert!(read > 100, "only {read} were rules");
    // What was a rule, with one character changed.
    for _ in 0..5_000 {
        let model = Model::generate(&mut chance);
        let mut rule: Vec<char> = model.text().chars().collect();
        let place = chance.below(rule.len());
        rule[place] = chance.pick(&['0', '9', '-', ',', ';', '=', 'M', '\n', 'ß', '\u{7f}']);
        let rule: String = rule.into_iter().collect();
        if let Ok(recurrence) = Recurrence::parse(model.starts, &rule) {
            let _ = recurrence.dates(model.starts..=after(model.starts, 1_000));
        }
    }
}
