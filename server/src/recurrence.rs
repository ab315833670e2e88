//! Rules of RFC 5545 (3.3.10) for dates: "the first Monday of every month until June".
//!
//! A rule says on which civil dates something recurs, and nothing about hours, zones or instants. The text is read
//! here, strictly, and the `rrule` crate lists the dates. It sees midnights in UTC only, where a date is a date:
//! the zone tables that it brings along are never asked.
//!
//! The crate is asked for one stretch at a time, each with a first and a last date, so that the work follows from
//! the dates asked for and not from the rule. What RFC 5545 leaves to the first date (the day of the month, the
//! weekday) is filled in when the text is read, so that a stretch may begin anywhere.
//!
//! Refused is what a rule for dates cannot mean, what the RFC forbids, and what calendar programs read differently.

use std::{
    collections::BTreeMap,
    fmt,
    ops::{Range, RangeInclusive},
};

use chrono::{Datelike, Days, Month, NaiveDate, NaiveTime, TimeZone, Weekday};
use rrule::{Frequency, NWeekday, RRule, Tz, Unvalidated};

/// Longest text of a rule, in bytes.
pub const RULE_BYTES_MAX: usize = 500;
/// Largest `COUNT`, in dates.
pub const COUNT_DATES_MAX: u32 = 1_000;
/// Largest `INTERVAL`, in days, weeks, months or years.
pub const INTERVAL_PERIODS_MAX: u16 = 366;
/// A rule has its first date, and all that its `COUNT` promises, within this many days from its start: a century.
pub const REACH_DAYS_MAX: u64 = 36_525;
/// Most days that dates can be listed for at a time: ten years, and some weeks around them.
pub const SPAN_DAYS_MAX: i64 = 4_000;
/// Last year that dates can be listed for: instants end with 9999, and some dates around them are asked for too.
pub const YEAR_MAX: i32 = 10_000;

/// How far the first look for dates reaches, in days; each further one reaches four times as far.
const FIRST_LOOK_DAYS: u64 = 62;
/// Errors quote this many characters of the text at most.
const QUOTE_CHARS_MAX: usize = 40;
/// As an `INTERVAL` of months or years: the period after the first is beyond the years that the crate counts, so it
/// lists one and stops, also where a rule has no date in it.
const ONE_PERIOD: u16 = u16::MAX;

/// Dates that recur: a first date and a rule, which together have at least one date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recurrence {
    starts: NaiveDate,
    text: String,
    unit: Unit,
    interval: u16,
    week_start: Weekday,
    /// The parts that begin with `BY`, with what the first date adds to them.
    by: RRule<Unvalidated>,
    /// By `UNTIL` or by `COUNT`.
    last: Option<NaiveDate>,
}

/// `FREQ`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Why a text is no rule for dates: one line, which names the part and what it must be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct RecurrenceError(String);

/// Why dates cannot be listed. Never met for questions within the limits of this program; a caller that meets it
/// knows nothing of the hours in question, and must not offer any.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DatesError {
    /// Too many days at once.
    #[error("recurring dates are listed for at most {SPAN_DAYS_MAX} days at a time")]
    SpanTooLong,
    /// Too far ahead.
    #[error("recurring dates are listed up to the year {YEAR_MAX}")]
    TooFar,
    /// The crate did not list what was accepted when the rule was read.
    #[error("a recurrence rule could not be expanded: {0}")]
    Unexpandable(String),
}

impl Recurrence {
    /// Reads the value of an `RRULE` for dates from `starts` on. `starts` is a date of the rule only if the rule
    /// says so: `FREQ=MONTHLY;BYDAY=1MO` from a Thursday on begins with the next first Monday.
    ///
    /// `UNTIL` is a date, and included. (RFC 5545 wants it to be of the same kind as the first date, which is one
    /// here; a UTC time would need a zone to be a date.)
    ///
    /// # Errors
    /// When the text is not one such rule, or the rule has no date.
    pub fn parse(starts: NaiveDate, rule: &str) -> Result<Recurrence, RecurrenceError> {
        if !(1..=YEAR_MAX).contains(&starts.year()) {
            return refuse(format!("a rule must start within the years 1 to {YEAR_MAX}"));
        }
        let text = well_formed(rule)?;
        let parts = Parts::split(&text)?;
        let unit = parts.unit()?;
        let interval = parts.number("INTERVAL", 1..=INTERVAL_PERIODS_MAX)?.unwrap_or(1);
        let count = parts.number("COUNT", 1..=COUNT_DATES_MAX)?;
        let week_start = parts.get("WKST").map_or(Ok(Weekday::Mon), |day| {
            weekday(day).ok_or_else(|| wrong("WKST", "one of MO, TU, WE, TH, FR, SA, SU", day))
        })?;
        let until = parts.until()?;
        if count.is_some() && until.is_some() {
            return refuse("COUNT and UNTIL exclude each other");
        }
        if until.is_some_and(|until| until < starts) {
            return refuse(format!("UNTIL must not be before the first date, {starts}"));
        }
        let by = parts.by(unit, starts)?.week_start(week_start);
        let mut read = Recurrence { starts, text: text.clone(), unit, interval, week_start, by, last: until };
        read.last = read.settle(count)?.or(until);
        Ok(read)
    }

    /// The date from which the rule counts (`DTSTART`).
    pub fn starts(&self) -> NaiveDate {
        self.starts
    }

    /// The rule as it was given, in capitals.
    pub fn rule(&self) -> &str {
        &self.text
    }

    /// The dates within `span`, ascending, without repeats: all of them, or an error.
    ///
    /// # Errors
    /// When the span is longer than [`SPAN_DAYS_MAX`] or ends after [`YEAR_MAX`].
    pub fn dates(&self, span: RangeInclusive<NaiveDate>) -> Result<Vec<NaiveDate>, DatesError> {
        let (from, to) = (*span.start(), *span.end());
        if (to - from).num_days() >= SPAN_DAYS_MAX {
            return Err(DatesError::SpanTooLong);
        }
        if to.year() > YEAR_MAX {
            return Err(DatesError::TooFar);
        }
        self.list(from, to)
    }

    /// Makes sure that there is a date, and finds the last one where `count` says how many there are.
    fn settle(&self, count: Option<u32>) -> Result<Option<NaiveDate>, RecurrenceError> {
        let wanted = count.map_or(1, |count| count as usize);
        let mut found = Vec::new();
        let (mut from, mut days) = (0, FIRST_LOOK_DAYS);
        while found.len() < wanted && from < REACH_DAYS_MAX {
            let until = days.min(REACH_DAYS_MAX);
            let ahead = |days| self.starts.checked_add_days(Days::new(days));
            if let Some((first, last)) = ahead(from).zip(ahead(until - 1)) {
                let dates = self.list(first, last.min(last_date()));
                found.extend(dates.map_err(|error| RecurrenceError(error.to_string()))?);
            }
            (from, days) = (until, days * 4);
        }
        match (count, found.get(wanted - 1)) {
            (Some(_), Some(last)) => Ok(Some(*last)),
            (None, Some(_)) => Ok(None),
            (_, None) if found.is_empty() && self.last.is_some() => {
                refuse("must have a date, has none until UNTIL")
            }
            (_, None) if found.is_empty() => {
                refuse(format!("must have a date, has none within a century from {}", self.starts))
            }
            (_, None) => refuse("COUNT must not reach more than a century ahead"),
        }
    }

    fn list(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<NaiveDate>, DatesError> {
        let from = from.max(self.starts);
        let to = self.last.map_or(to, |last| to.min(last));
        if to < from {
            return Ok(Vec::new());
        }
        let mut dates = match self.unit {
            Unit::Weekly => self.list_weekly(from, to)?,
            Unit::Daily | Unit::Monthly | Unit::Yearly => self.list_by_months(from, to)?,
        };
        dates.retain(|date| from <= *date && *date <= to && self.is_on_step(*date));
        Ok(dates)
    }

    /// From the last week on the step that begins by `from`. Such rules have a date in every week, or in every week
    /// of some months, so the crate finds an end soon.
    fn list_weekly(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<NaiveDate>, DatesError> {
        let Some(origin) = self.starts.checked_sub_days(Days::new(u64::from(self.days_into_week()))) else {
            return Err(DatesError::TooFar);
        };
        let step_days = 7 * i64::from(self.interval);
        let since = (from - origin).num_days();
        let first = origin + chrono::TimeDelta::days(since - since.rem_euclid(step_days));
        run(self.by.clone().freq(Frequency::Weekly).interval(self.interval), first, to)
    }

    fn days_into_week(&self) -> u32 {
        self.starts.weekday().days_since(self.week_start)
    }

    /// Month by month, or year by year. A daily rule is listed by months too: its parts only say which days count,
    /// and of those [`Recurrence::is_on_step`] keeps every so many.
    fn list_by_months(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<NaiveDate>, DatesError> {
        let (length, step) = match self.unit {
            Unit::Yearly => (12, 12 * i64::from(self.interval)),
            Unit::Monthly => (1, i64::from(self.interval)),
            Unit::Daily | Unit::Weekly => (1, 1),
        };
        let origin = month_number(self.starts).div_euclid(length) * length;
        let skipped = (month_number(from) - origin) / step;
        let mut dates = Vec::new();
        for month in (skipped..).map(|periods| origin + periods * step) {
            let end = first_of_month(month + length).and_then(|next| next.pred_opt());
            let Some((first, last)) = first_of_month(month).zip(end).filter(|(first, _)| *first <= to) else {
                break;
            };
            dates.extend(self.one_period(first, last)?);
        }
        Ok(dates)
    }

    fn one_period(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<NaiveDate>, DatesError> {
        let rule = self.by.clone().interval(ONE_PERIOD);
        if self.unit == Unit::Yearly {
            let rule = rule.freq(Frequency::Yearly);
            return match self.days_by_week(first, last) {
                None => run(rule, first, last),
                Some(days) if days.is_empty() => Ok(Vec::new()),
                Some(days) => run(rule.by_week_no(Vec::new()).by_year_day(days), first, last),
            };
        }
        let months = rule.get_by_month();
        if !months.is_empty() && !months.iter().any(|month| u32::from(*month) == first.month()) {
            return Ok(Vec::new());
        }
        // The crate takes a fifth last weekday (`-5MO`) in yearly rules only, where it counts in months if any are
        // given.
        let fifth_last = |day: &NWeekday| matches!(day, NWeekday::Nth(..=-5, _));
        if rule.get_by_weekday().iter().any(fifth_last)
            && let Some(month) = month_of(first.month())
        {
            return run(rule.freq(Frequency::Yearly).by_month(&[month]), first, last);
        }
        run(rule.freq(Frequency::Monthly), first, last)
    }

    /// `BYWEEKNO` as `BYYEARDAY` of one year, because the crate errs on weeks that lie in two years. A date is in the
    /// week that it is in, also when most of that week is in another year: 1 January may be in week 53.
    fn days_by_week(&self, first: NaiveDate, last: NaiveDate) -> Option<Vec<i16>> {
        let (weeks, days) = (self.by.get_by_week_no(), self.by.get_by_year_day());
        if weeks.is_empty() {
            return None;
        }
        let year_days = i64::from(last.ordinal());
        let fits = |date: &NaiveDate| {
            // A week belongs to the year that has its fourth day, and so most of it (RFC 5545 3.3.10).
            let fourth =
                *date + chrono::TimeDelta::days(3 - i64::from(date.weekday().days_since(self.week_start)));
            let week = (i64::from(fourth.ordinal()) + 6) / 7;
            let of_year = if fourth.leap_year() { 366 } else { 365 };
            let back = -((of_year - i64::from(fourth.ordinal())) / 7) - 1;
            let ordinal = i64::from(date.ordinal());
            let in_days = |day: &i16| [ordinal, ordinal - year_days - 1].contains(&i64::from(*day));
            weeks.iter().any(|number| [week, back].contains(&i64::from(*number)))
                && (days.is_empty() || days.iter().any(in_days))
        };
        let dates = first.iter_days().take_while(|date| *date <= last).filter(fits);
        Some(dates.filter_map(|date| i16::try_from(date.ordinal()).ok()).collect())
    }

    fn is_on_step(&self, date: NaiveDate) -> bool {
        self.unit != Unit::Daily || (date - self.starts).num_days() % i64::from(self.interval) == 0
    }
}

/// The rule alone, as [`Recurrence::rule`].
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// All dates of a rule from `first`, which begins a period of it, to `last`.
fn run(rule: RRule<Unvalidated>, first: NaiveDate, last: NaiveDate) -> Result<Vec<NaiveDate>, DatesError> {
    let midnight = |date: NaiveDate| Tz::UTC.from_utc_datetime(&date.and_time(NaiveTime::MIN));
    let set = rule.until(midnight(last)).build(midnight(first));
    let found = set.map_err(|error| DatesError::Unexpandable(error.to_string()))?.all(u16::MAX);
    if found.limited {
        return Err(DatesError::Unexpandable("it has too many dates".into()));
    }
    Ok(found.dates.iter().map(|date| date.date_naive()).collect())
}

/// Months since January of the year 0.
fn month_number(date: NaiveDate) -> i64 {
    12 * i64::from(date.year()) + i64::from(date.month0())
}

fn first_of_month(number: i64) -> Option<NaiveDate> {
    let year = i32::try_from(number.div_euclid(12)).ok()?;
    let month = u32::try_from(number.rem_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(year, month + 1, 1)
}

fn last_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(YEAR_MAX, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn month_of(number: u32) -> Option<Month> {
    Month::try_from(u8::try_from(number).ok()?).ok()
}

// Reading.

fn refuse<T>(why: impl Into<String>) -> Result<T, RecurrenceError> {
    Err(RecurrenceError(why.into()))
}

fn wrong(name: &str, what: &str, value: &str) -> RecurrenceError {
    RecurrenceError(format!("{name} must be {what}, is {}", quoted(value)))
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTE_CHARS_MAX) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}

/// In capitals, because RFC 5545 takes either.
fn well_formed(rule: &str) -> Result<String, RecurrenceError> {
    if rule.len() > RULE_BYTES_MAX {
        return refuse(format!("must have at most {RULE_BYTES_MAX} bytes"));
    }
    if rule.is_empty() {
        return refuse("must be a rule such as FREQ=MONTHLY;BYDAY=1MO, is empty");
    }
    if rule.chars().any(char::is_control) {
        return refuse("must be one rule on one line, without control characters");
    }
    if rule.contains(':') {
        return refuse(
            "must be the value of one RRULE alone: no name before it, no DTSTART, RDATE, EXDATE or EXRULE",
        );
    }
    if let Some(odd) = rule.chars().find(|c| !(c.is_ascii_alphanumeric() || "=;,+-".contains(*c))) {
        return refuse(format!("must be letters, digits and `=;,+-`, has {odd:?}"));
    }
    Ok(rule.to_ascii_uppercase())
}

/// The parts of a rule by name, each given once.
struct Parts<'a>(BTreeMap<&'a str, &'a str>);

const NAMES: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
];

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Parts<'a>, RecurrenceError> {
        let mut parts = BTreeMap::new();
        for part in text.split(';') {
            let Some((name, value)) = part.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                return refuse(format!(
                    "must be parts like FREQ=DAILY with `;` between them, has {}",
                    quoted(part)
                ));
            };
            match name {
                "BYHOUR" | "BYMINUTE" | "BYSECOND" => {
                    return refuse(format!(
                        "must not have {name}: a rule is for dates, and windows are for times"
                    ));
                }
                _ if !NAMES.contains(&name) => {
                    return refuse(format!(
                        "must not have {}: it is no part of a rule for dates",
                        quoted(name)
                    ));
                }
                _ => {}
            }
            if parts.insert(name, value).is_some() {
                return refuse(format!("must have {name} once"));
            }
        }
        Ok(Parts(parts))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    fn unit(&self) -> Result<Unit, RecurrenceError> {
        match self.get("FREQ") {
            None => refuse("must have FREQ, such as FREQ=MONTHLY"),
            Some("DAILY") => Ok(Unit::Daily),
            Some("WEEKLY") => Ok(Unit::Weekly),
            Some("MONTHLY") => Ok(Unit::Monthly),
            Some("YEARLY") => Ok(Unit::Yearly),
            Some(other) => Err(wrong("FREQ", "DAILY, WEEKLY, MONTHLY or YEARLY", other)),
        }
    }

    fn number<T>(&self, name: &str, range: RangeInclusive<T>) -> Result<Option<T>, RecurrenceError>
    where
        T: Copy + PartialOrd + fmt::Display + TryFrom<u32>,
    {
        let Some(value) = self.get(name) else { return Ok(None) };
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        let number = value.parse::<u32>().ok().filter(|_| digits).and_then(|number| T::try_from(number).ok());
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let what = format!("a whole number from {} to {}", range.start(), range.end());
                Err(wrong(name, &what, value))
            }
        }
    }

    fn until(&self) -> Result<Option<NaiveDate>, RecurrenceError> {
        let Some(value) = self.get("UNTIL") else { return Ok(None) };
        let digits = value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit());
        let number = |range: Range<usize>| value.get(range).and_then(|part| part.parse::<u32>().ok());
        let date = || {
            let year = i32::try_from(number(0..4)?).ok()?;
            NaiveDate::from_ymd_opt(year, number(4..6)?, number(6..8)?)
        };
        match date().filter(|_| digits) {
            Some(date) => Ok(Some(date)),
            None => Err(wrong("UNTIL", "a date without a time, such as 20270601", value)),
        }
    }

    /// Numbers from 1 (or -1) to `max`, as `1,-2,+3`.
    fn numbers(&self, name: &str, max: i16, signed: bool) -> Result<Vec<i16>, RecurrenceError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let range = if signed { format!(" or -{max} to -1") } else { String::new() };
        let what = format!("whole numbers from 1 to {max}{range}");
        let one = |text: &str| {
            let number = signed_number(text)?;
            let unsigned_only = signed || text.bytes().all(|b| b.is_ascii_digit());
            ((1..=max).contains(&number.abs()) && unsigned_only).then_some(number)
        };
        value.split(',').map(|text| one(text).ok_or_else(|| wrong(name, &what, value))).collect()
    }

    /// The parts that begin with `BY`, with what RFC 5545 takes from the first date where they leave it open.
    fn by(&self, unit: Unit, starts: NaiveDate) -> Result<RRule<Unvalidated>, RecurrenceError> {
        for (name, units) in [
            ("BYWEEKNO", &[Unit::Yearly][..]),
            ("BYYEARDAY", &[Unit::Yearly]),
            ("BYMONTHDAY", &[Unit::Daily, Unit::Monthly, Unit::Yearly]),
            ("BYSETPOS", &[Unit::Weekly, Unit::Monthly, Unit::Yearly]),
        ] {
            if self.get(name).is_some() && !units.contains(&unit) {
                return refuse(format!("{name} does not go with FREQ={}", unit.name()));
            }
        }
        let months = self.numbers("BYMONTH", 12, false)?;
        let weeks = self.numbers("BYWEEKNO", 53, true)?;
        let year_days = self.numbers("BYYEARDAY", 366, true)?;
        let mut month_days = self.numbers("BYMONTHDAY", 31, true)?;
        let mut weekdays = self.weekdays(unit)?;
        if !weeks.is_empty() && weekdays.is_empty() {
            return refuse(
                "BYWEEKNO needs BYDAY: programs differ on which days of the week are meant without",
            );
        }
        let positions = self.positions(unit, &weekdays)?;
        let mut by_month: Vec<Month> =
            months.iter().filter_map(|n| month_of(u32::try_from(*n).ok()?)).collect();
        if weekdays.is_empty() && month_days.is_empty() && year_days.is_empty() {
            match unit {
                Unit::Daily => weekdays.extend(WEEK.map(|(_, day)| NWeekday::Every(day))),
                Unit::Weekly => weekdays.push(NWeekday::Every(starts.weekday())),
                Unit::Monthly | Unit::Yearly => month_days.extend(i16::try_from(starts.day())),
            }
            if unit == Unit::Yearly && by_month.is_empty() {
                by_month.extend(month_of(starts.month()));
            }
        }
        // All of these are far below what the narrower type holds.
        let narrow = |numbers: Vec<i16>| numbers.into_iter().filter_map(|n| i8::try_from(n).ok()).collect();
        Ok(RRule::new(Frequency::Yearly)
            .by_month(&by_month)
            .by_week_no(narrow(weeks))
            .by_year_day(year_days)
            .by_month_day(narrow(month_days))
            .by_weekday(weekdays)
            .by_set_pos(positions))
    }

    fn weekdays(&self, unit: Unit) -> Result<Vec<NWeekday>, RecurrenceError> {
        let Some(value) = self.get("BYDAY") else { return Ok(Vec::new()) };
        // How often a weekday can come up where it is counted.
        let max = match unit {
            Unit::Daily | Unit::Weekly => 0,
            Unit::Yearly if self.get("BYMONTH").is_none() && self.get("BYWEEKNO").is_none() => 53,
            Unit::Yearly if self.get("BYWEEKNO").is_some() => 0,
            Unit::Monthly | Unit::Yearly => 5,
        };
        let what = match max {
            0 => "weekdays such as MO,TU, without numbers here".to_owned(),
            // The crate counts back to 52; a 53rd last weekday is in few years, and in no rule that people write.
            53 => "weekdays such as MO or 2TU, with numbers from 1 to 53 or -52 to -1".to_owned(),
            _ => format!("weekdays such as MO, 2TU or -1FR, with numbers from 1 to {max} or -{max} to -1"),
        };
        let one = |text: &str| {
            let (number, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
            let day = weekday(day)?;
            if number.is_empty() {
                return Some(NWeekday::Every(day));
            }
            let number = signed_number(number).filter(|n| (1..=max).contains(&n.abs()) && *n != -53)?;
            Some(NWeekday::Nth(number, day))
        };
        let days = value.split(',').map(|text| one(text).ok_or_else(|| wrong("BYDAY", &what, value)));
        let days: Vec<NWeekday> = days.collect::<Result<_, _>>()?;
        if !days.iter().any(|day| matches!(day, NWeekday::Nth(..))) {
            return Ok(days);
        }
        // `MO,1TU` is every Monday and the first Tuesday. The crate would look for days that are both.
        let counted = days.into_iter().flat_map(|day| match day {
            NWeekday::Every(day) => (1..=max).map(|n| NWeekday::Nth(n, day)).collect(),
            nth @ NWeekday::Nth(..) => vec![nth],
        });
        Ok(counted.collect())
    }

    fn positions(&self, unit: Unit, weekdays: &[NWeekday]) -> Result<Vec<i32>, RecurrenceError> {
        if self.get("BYSETPOS").is_none() {
            return Ok(Vec::new());
        }
        if !self.0.keys().any(|name| name.starts_with("BY") && *name != "BYSETPOS") {
            return refuse("BYSETPOS needs another part to choose from, such as BYDAY");
        }
        let max = match unit {
            Unit::Daily => 1,
            // More than a week has to choose from would never come up, and be looked for in every week there is.
            Unit::Weekly => {
                let in_week = |wanted: &Weekday| weekdays.contains(&NWeekday::Every(*wanted));
                let days = WEEK.iter().filter(|(_, day)| in_week(day)).count();
                i16::try_from(days.max(1)).unwrap_or(7)
            }
            Unit::Monthly => 31,
            Unit::Yearly => 366,
        };
        Ok(self.numbers("BYSETPOS", max, true)?.into_iter().map(i32::from).collect())
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Daily => "DAILY",
            Unit::Weekly => "WEEKLY",
            Unit::Monthly => "MONTHLY",
            Unit::Yearly => "YEARLY",
        }
    }
}

const WEEK: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

fn weekday(text: &str) -> Option<Weekday> {
    WEEK.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}

/// One to three digits with a sign or without.
fn signed_number(text: &str) -> Option<i16> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}
