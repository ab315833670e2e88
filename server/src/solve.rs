//! `slotsmith solve`: the solver alone, one JSON problem (or an array of them) in, slots out.
//!
//! Reads text into the engine's types, refuses what cannot be meant, and writes the engine's answer. It decides
//! nothing about slots, and knows no database, clock or file: `now` is part of the problem, and the caller opens
//! the input. Every problem is checked before the first is solved, so there is either a whole answer or an error.
//!
//! Values are parsed where they are read, so that an error has its path, line and column; what takes two values
//! to judge is judged in `ProblemJson::checked`, and has its path.

use std::{fmt::Write as _, io::Read, marker::PhantomData, ops::RangeInclusive};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc, Weekday};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};
use slotsmith_engine::{
    Booking, Buffers, ClockTime, ClockTimeError, Facts, Instant, Interval, IntervalSet, Policy, PolicySpec,
    Schedule, Window, WindowError, limits::RANGE_YEARS_MAX, slots,
};

use crate::{
    dates,
    recurrence::Recurrence,
    schedule::{RECURRING_MAX, RECURRING_WINDOWS_MAX, RecurringOverride, add_recurring},
    zones::Zones,
};

/// More input than this, in MiB, is refused unread.
const INPUT_MEBIBYTES_MAX: u64 = 64;
/// A longer answer, in MiB, is refused whole. One problem cannot reach it: ten years have 5.3 million minutes.
const ANSWER_MEBIBYTES_MAX: usize = 512;
/// Errors quote the input; longer ones are cut in the middle, visibly.
const MESSAGE_CHARS_MAX: usize = 400;
const QUOTE_CHARS_MAX: usize = 60;
/// Zone rules are asked for this far beyond range and `now`: the weeks that the range touches end within it.
const WEEK_SECONDS: i64 = 7 * 86_400;
/// Recurring overrides are listed for this many days before and after the range: the engine looks less far.
const RECURRING_MARGIN_DAYS: u64 = 7;

/// What is wrong with the input: one line without control characters, naming the field and why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SolveError(String);

/// Reads one problem, or an array of problems, and answers `{"slots":[…]}`, or an array of answers in the same
/// order, without a line end.
///
/// # Errors
/// When the input cannot be read, is over 64 MiB, is not such JSON, or any problem in it is refused; when the
/// answer would be over 512 MiB.
pub fn run(input: impl Read, zones: &Zones) -> Result<String, SolveError> {
    let text = read(input)?;
    let mut answer = String::new();
    if text.trim_start().starts_with('[') {
        let problems: Vec<Object<ProblemJson>> = parse(&text)?;
        let checked = problems.into_iter().enumerate().map(|(index, Object(problem))| {
            problem.checked(zones).map_err(|error| SolveError::new(format!("[{index}].{error}")))
        });
        let checked: Vec<Problem> = checked.collect::<Result<_, _>>()?;
        answer.push('[');
        for (index, problem) in checked.iter().enumerate() {
            answer.push_str(if index == 0 { "" } else { "," });
            problem.answer(&mut answer)?;
        }
        answer.push(']');
    } else {
        let Object(problem) = parse::<Object<ProblemJson>>(&text)?;
        problem.checked(zones)?.answer(&mut answer)?;
    }
    Ok(answer)
}

fn read(input: impl Read) -> Result<String, SolveError> {
    let bytes_max = INPUT_MEBIBYTES_MAX << 20;
    let mut bytes = Vec::new();
    let read = input.take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|error| SolveError::new(format!("cannot read the input: {error}")))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > bytes_max) {
        return Err(SolveError::new(format!("the input is over {INPUT_MEBIBYTES_MAX} MiB")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        SolveError::new(format!("the input is not UTF-8: see its byte {at}, counted from 0"))
    })?;
    if text.trim().is_empty() {
        return Err(SolveError::new("the input is empty: a problem, or an array of problems, is expected"));
    }
    Ok(text)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, SolveError> {
    let not_json = |error: &serde_json::Error| SolveError::new(format!("not JSON: {error}"));
    let mut json = serde_json::Deserializer::from_str(text);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if error.inner().is_data() { SolveError::new(error.to_string()) } else { not_json(error.inner()) }
    })?;
    json.end().map_err(|error| not_json(&error))?;
    Ok(parsed)
}

impl SolveError {
    /// Keeps it to one line that a terminal shows as it is, whatever the input put into it.
    fn new(message: impl AsRef<str>) -> SolveError {
        let mut line = String::new();
        for c in message.as_ref().chars() {
            match c {
                '\u{2028}' | '\u{2029}' => line.extend(c.escape_unicode()),
                c if c.is_control() => line.extend(c.escape_default()),
                c => line.push(c),
            }
        }
        // The path stands first and the position last; what is quoted between them can be shorter.
        let char_at = |index: usize| line.char_indices().nth(index);
        if char_at(MESSAGE_CHARS_MAX).is_some()
            && let Some((head, _)) = char_at(MESSAGE_CHARS_MAX / 2)
            && let Some((tail, _)) = line.char_indices().nth_back(MESSAGE_CHARS_MAX / 2)
        {
            line.replace_range(head..tail, "…");
        }
        SolveError(line)
    }

    fn at(path: impl AsRef<str>, why: impl AsRef<str>) -> SolveError {
        SolveError::new(format!("{}: {}", path.as_ref(), why.as_ref()))
    }
}

/// One problem with nothing left to refuse.
struct Problem {
    facts: Facts,
    /// `None` when no whole second lies in it.
    range: Option<Interval>,
    now: Instant,
}

impl Problem {
    fn answer(&self, answer: &mut String) -> Result<(), SolveError> {
        let starts = self.range.map(|range| slots(&self.facts, range, self.now)).unwrap_or_default();
        let bytes_more = starts.len() * r#","2026-03-09T13:00:00Z""#.len();
        if answer.len() + bytes_more > ANSWER_MEBIBYTES_MAX << 20 {
            return Err(SolveError::new(format!(
                "the answer is over {ANSWER_MEBIBYTES_MAX} MiB: ask for fewer problems at a time"
            )));
        }
        answer.reserve(bytes_more + r#"{"slots":[]},"#.len());
        answer.push_str(r#"{"slots":["#);
        for (index, start) in starts.iter().enumerate() {
            answer.push_str(if index == 0 { "\"" } else { ",\"" });
            // Writing to a `String` cannot fail, and digits need no escape.
            let _ = write!(answer, "{start}");
            answer.push('"');
        }
        answer.push_str("]}");
        Ok(())
    }
}

// What the input looks like. Absent and null are the same wherever `Option` stands.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemJson {
    timezone: String,
    weekly: Option<Vec<Object<WeeklyJson>>>,
    overrides: Option<Vec<Object<OverrideJson>>>,
    recurring: Option<Vec<Object<RecurringJson>>>,
    busy: Option<Vec<Object<BusyJson>>>,
    bookings: Option<Vec<Object<BookingJson>>>,
    session: Object<SessionJson>,
    now: Moment,
    from: Moment,
    to: Moment,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeeklyJson {
    days: Vec<Day>,
    start: Clock,
    end: Clock,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideJson {
    date: Date,
    windows: Option<Vec<Vec<Clock>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecurringJson {
    starts: Date,
    rule: String,
    windows: Option<Vec<Vec<Clock>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BusyJson {
    start: Moment,
    end: Moment,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookingJson {
    start: Moment,
    end: Moment,
    buffer_before_minutes: Option<Whole>,
    buffer_after_minutes: Option<Whole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionJson {
    duration_minutes: Whole,
    step_minutes: Option<Whole>,
    buffer_before_minutes: Option<Whole>,
    buffer_after_minutes: Option<Whole>,
    minimum_notice_minutes: Option<Whole>,
    horizon_days: Option<Whole>,
    max_per_day: Option<Whole>,
    max_per_week: Option<Whole>,
}

impl ProblemJson {
    /// # Errors
    /// Names one field that cannot be meant, and why.
    fn checked(self, zones: &Zones) -> Result<Problem, SolveError> {
        let range = range(&self.from, &self.to)?;
        let (now, from, to) = (self.now.rounded_up(), self.from.rounded_up(), self.to.rounded_up());
        let zone = zones
            .rules(&self.timezone, now.min(from).plus(-WEEK_SECONDS)..=now.max(to).plus(WEEK_SECONDS))
            .map_err(|_| {
                let why = format!("{} is not a time zone of the IANA database", quoted(&self.timezone));
                SolveError::at("timezone", why)
            })?;
        let dates = dates_around(zone.local_date(from), zone.local_date(to));
        let recurring = recurring(self.recurring.unwrap_or_default())?;
        let overrides = self.overrides.unwrap_or_default();
        let schedule = schedule(self.weekly.unwrap_or_default(), overrides, &recurring, dates)?;
        let busy = busy(self.busy.unwrap_or_default())?;
        let bookings = bookings(self.bookings.unwrap_or_default())?;
        let policy = policy(&self.session.0)?;
        Ok(Problem { facts: Facts { zone, schedule, policy, busy, bookings }, range, now })
    }
}

fn schedule(
    weekly: Vec<Object<WeeklyJson>>,
    overrides: Vec<Object<OverrideJson>>,
    recurring: &[RecurringOverride],
    span: RangeInclusive<NaiveDate>,
) -> Result<Schedule, SolveError> {
    let mut hours = Vec::new();
    for (row, Object(WeeklyJson { days, start, end })) in weekly.into_iter().enumerate() {
        let window = window(start, end).map_err(|(end, why)| {
            let end = if end == 0 { "start" } else { "end" };
            SolveError::at(format!("weekly[{row}].{end}"), why)
        })?;
        hours.extend(days.into_iter().map(|Day(day)| (day, window)));
    }
    let mut dates = Vec::new();
    for (row, Object(OverrideJson { date: Date(date), windows })) in overrides.into_iter().enumerate() {
        dates.push((date, read_windows(&format!("overrides[{row}]"), windows)?));
    }
    let order: Vec<NaiveDate> = dates.iter().map(|(date, _)| *date).collect();
    add_recurring(&mut dates, recurring, span)
        .map_err(|error| SolveError::at("recurring", error.to_string()))?;
    Schedule::new(hours, dates).map_err(|error| {
        let again = order.iter().enumerate().filter(|(_, date)| **date == error.0).nth(1);
        let row = again.map_or(0, |(row, _)| row);
        SolveError::at(format!("overrides[{row}].date"), error.to_string())
    })
}

fn recurring(rows: Vec<Object<RecurringJson>>) -> Result<Vec<RecurringOverride>, SolveError> {
    let at_most = |path: &str, rows: usize, max: usize| {
        let why = || SolveError::at(path, format!("must have at most {max} entries, has {rows}"));
        if rows <= max { Ok(()) } else { Err(why()) }
    };
    at_most("recurring", rows.len(), RECURRING_MAX)?;
    let mut recurring = Vec::new();
    for (row, Object(RecurringJson { starts: Date(starts), rule, windows })) in rows.into_iter().enumerate() {
        let path = format!("recurring[{row}]");
        let recurrence = Recurrence::parse(starts, &rule);
        let recurrence =
            recurrence.map_err(|error| SolveError::at(format!("{path}.rule"), error.to_string()))?;
        let windows = read_windows(&path, windows)?;
        at_most(&format!("{path}.windows"), windows.len(), RECURRING_WINDOWS_MAX)?;
        recurring.push(RecurringOverride { recurrence, windows, reason: None });
    }
    Ok(recurring)
}

fn dates_around(from: NaiveDate, to: NaiveDate) -> RangeInclusive<NaiveDate> {
    let margin = Days::new(RECURRING_MARGIN_DAYS);
    from.checked_sub_days(margin).unwrap_or(from)..=to.checked_add_days(margin).unwrap_or(to)
}

/// Pairs of times; `path` is that of the object that has them.
fn read_windows(path: &str, rows: Option<Vec<Vec<Clock>>>) -> Result<Vec<Window>, SolveError> {
    let mut windows = Vec::new();
    for (index, ends) in rows.unwrap_or_default().into_iter().enumerate() {
        let path = format!("{path}.windows[{index}]");
        let [start, end] = ends[..] else {
            let why = format!("must be a pair of times, start and end, has {}", ends.len());
            return Err(SolveError::at(path, why));
        };
        let window = window(start, end);
        windows.push(window.map_err(|(end, why)| SolveError::at(format!("{path}[{end}]"), why))?);
    }
    Ok(windows)
}

/// The error says which end is to blame: 0 for the start, 1 for the end.
fn window(Clock(start): Clock, Clock(end): Clock) -> Result<Window, (usize, String)> {
    Window::new(start, end).map_err(|error| {
        let end = match error {
            WindowError::StartsAtEndOfDay => 0,
            WindowError::EqualEnds => 1,
        };
        (end, error.to_string())
    })
}

fn busy(rows: Vec<Object<BusyJson>>) -> Result<IntervalSet, SolveError> {
    let mut intervals = Vec::new();
    for (row, Object(BusyJson { start, end })) in rows.into_iter().enumerate() {
        if end.exact < start.exact {
            return Err(SolveError::at(format!("busy[{row}].end"), "must not be before start"));
        }
        // What is empty blocks nothing, and is judged before fractions widen the rest.
        if start.exact < end.exact {
            intervals.extend(Interval::new(start.rounded_down(), end.rounded_up()));
        }
    }
    Ok(IntervalSet::new(intervals))
}

fn bookings(rows: Vec<Object<BookingJson>>) -> Result<Vec<Booking>, SolveError> {
    let mut bookings = Vec::new();
    for (row, Object(booking)) in rows.into_iter().enumerate() {
        let (start, end) = (booking.start, booking.end);
        let span = Interval::new(start.rounded_down(), end.rounded_up());
        let Some(span) = span.filter(|_| start.exact < end.exact) else {
            return Err(SolveError::at(format!("bookings[{row}].end"), "must be after start"));
        };
        let before = booking.buffer_before_minutes.map_or(0, |Whole(minutes)| minutes);
        let after = booking.buffer_after_minutes.map_or(0, |Whole(minutes)| minutes);
        let buffers = Buffers::from_minutes(before, after);
        let buffers = buffers
            .map_err(|error| SolveError::at(format!("bookings[{row}].{}", error.field), error.to_string()))?;
        bookings.push(Booking { span, buffers });
    }
    Ok(bookings)
}

fn policy(session: &SessionJson) -> Result<Policy, SolveError> {
    let given = |number: Option<Whole>| number.map(|Whole(number)| number);
    let or_none = |number: Option<Whole>| given(number).unwrap_or(0);
    let spec = PolicySpec {
        duration_minutes: session.duration_minutes.0,
        step_minutes: given(session.step_minutes),
        buffer_before_minutes: or_none(session.buffer_before_minutes),
        buffer_after_minutes: or_none(session.buffer_after_minutes),
        minimum_notice_minutes: or_none(session.minimum_notice_minutes),
        horizon_days: given(session.horizon_days),
        max_per_day: given(session.max_per_day),
        max_per_week: given(session.max_per_week),
    };
    Policy::new(spec).map_err(|error| SolveError::at(format!("session.{}", error.field), error.to_string()))
}

/// Slots lie on whole seconds, so a fraction in either end asks for those from the next second on, and the range
/// from 10:00:00.2 to 10:00:00.8 has none.
fn range(from: &Moment, to: &Moment) -> Result<Option<Interval>, SolveError> {
    if to.exact <= from.exact {
        return Err(SolveError::at("to", "must be after from"));
    }
    let latest = from.exact.checked_add_months(Months::new(12 * RANGE_YEARS_MAX));
    if latest.is_some_and(|latest| latest < to.exact) {
        return Err(SolveError::at("to", format!("must be at most {RANGE_YEARS_MAX} years after from")));
    }
    Ok(Interval::new(from.rounded_up(), to.rounded_up()))
}

/// The start of what was given, as a Rust string literal, for use in a message.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTE_CHARS_MAX) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}

/// An instant as RFC 3339 writes it, with any offset.
#[derive(Clone, Copy)]
struct Moment {
    /// To the nanosecond; a leap second is the end of `:59`.
    exact: DateTime<Utc>,
    second: Instant,
    has_fraction: bool,
}

impl Moment {
    fn parse(text: &str) -> Result<Moment, String> {
        let not_one = || {
            format!("must be an instant with an offset, such as 2026-03-09T13:00:00Z, is {}", quoted(text))
        };
        // The parser takes U+2212 for a minus sign; RFC 3339 does not.
        let parsed = DateTime::parse_from_rfc3339(text).ok().filter(|_| text.is_ascii());
        let exact = parsed.ok_or_else(not_one)?.to_utc();
        let second = Instant::from_unix(exact.timestamp()).filter(|_| (0..=9_999).contains(&exact.year()));
        let second =
            second.ok_or_else(|| format!("must be in the years 0000 to 9999 of UTC, is {}", quoted(text)))?;
        // The parser drops digits after the ninth. The fraction, if any, follows `2026-03-09T13:00:00.`.
        let digits = text.bytes().skip(20).take_while(u8::is_ascii_digit);
        let dropped = text.as_bytes().get(19) == Some(&b'.') && digits.skip(9).any(|digit| digit != b'0');
        Ok(Moment { exact, second, has_fraction: dropped || exact.timestamp_subsec_nanos() > 0 })
    }

    fn rounded_down(&self) -> Instant {
        self.second
    }

    fn rounded_up(&self) -> Instant {
        self.second.plus(i64::from(self.has_fraction))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        deserializer.deserialize_str(Text { expecting: "an instant (a string)", read: Moment::parse })
    }
}

#[derive(Clone, Copy)]
struct Clock(ClockTime);

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Clock, D::Error> {
        let read = |text: &str| {
            text.parse().map(Clock).map_err(|error: ClockTimeError| format!("{error}, is {}", quoted(text)))
        };
        deserializer.deserialize_str(Text { expecting: "a time (a string, HH:MM)", read })
    }
}

struct Date(NaiveDate);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let read = |text: &str| {
            dates::parse(text)
                .map(Date)
                .ok_or_else(|| format!("must be a date written YYYY-MM-DD, is {}", quoted(text)))
        };
        deserializer.deserialize_str(Text { expecting: "a date (a string, YYYY-MM-DD)", read })
    }
}

/// 0 is Sunday.
struct Day(Weekday);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let read = |number: u64| {
            [Sun, Mon, Tue, Wed, Thu, Fri, Sat].get(usize::try_from(number).ok()?).copied().map(Day)
        };
        deserializer.deserialize_u64(Number { expecting: "a day from 0 (Sunday) to 6 (Saturday)", read })
    }
}

/// A number whose bounds the engine knows.
#[derive(Clone, Copy)]
struct Whole(u32);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Whole, D::Error> {
        let read = |number: u64| u32::try_from(number).ok().map(Whole);
        deserializer.deserialize_u64(Number { expecting: "a whole number from 0 to 4294967295", read })
    }
}

/// Reads a JSON string by a function that says what is wrong with it.
struct Text<F> {
    expecting: &'static str,
    read: F,
}

impl<T, F: Fn(&str) -> Result<T, String>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).map_err(E::custom)
    }
}

/// Reads a JSON number without sign or fraction by a function that knows its bounds.
struct Number<F> {
    expecting: &'static str,
    read: F,
}

impl<T, F: Fn(u64) -> Option<T>> Visitor<'_> for Number<F> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        (self.read)(number).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

/// A struct written as a JSON object. Derived code alone would also take its values in an array, in order, which
/// the contract does not offer.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }

        deserializer.deserialize_map(Members(PhantomData))
    }
}
