//! Questions and answers as one line of text, so that a table of cases reads like the rules it stands for.
//!
//! A question is a list of clauses separated by `;`, the zone and the dates first:
//!
//! - `Europe/Berlin 2026-03-29` one local date, or `Europe/Berlin 2026-03-01..2026-03-31` several, both ends in;
//! - `sun 09:00-12:00 13:00-24:00`, `mon-fri ..`, `daily ..` weekly hours;
//! - `override 2026-03-29 10:00-12:00` or `override 2026-03-29 closed`;
//! - `busy 10:00-10:30` on the first date, or `busy 2026-03-29T10:00/2026-03-29T10:30`, local or with `Z`;
//! - `booking` the same way, then `before 15` and `after 15` if it has buffers;
//! - `30 min`, `step 15`, `before 15`, `after 15`, `notice 60`, `horizon 3`, `1 a day`, `5 a week`;
//! - `now 2026-03-01T12:00`, a month before the first date when left out.
//!
//! Starts are written `09:00`, in UTC `13:00Z`; where the dates are several, the date stands before its starts.

use std::fmt::Write;

use jiff::{Timestamp, civil, tz::TimeZone};
use slotsmith_engine::Refusal;

use crate::{
    model::{Model, Verdict},
    problem::{BookingRow, Hours, Problem, Session, at},
    zones::Zone,
};

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A question, and how to write its answer.
pub(crate) struct Question {
    pub(crate) problem: Problem,
    dates: (civil::Date, civil::Date),
}

/// Reads a question. Panics on what it does not understand: a typing error is no test.
pub(crate) fn question(text: &str) -> Question {
    let mut clauses = text.split(';').map(|clause| clause.split_whitespace().collect::<Vec<_>>());
    let place = clauses.next().unwrap();
    let &[zone, dates] = &place[..] else { panic!("zone and dates first: {place:?}") };
    let (first, last) = dates.split_once("..").unwrap_or((dates, dates));
    let dates: (civil::Date, civil::Date) = (first.parse().unwrap(), last.parse().unwrap());
    let zone = Zone::named(zone);
    let from = start_of(dates.0, &zone);
    let to = start_of(dates.1.tomorrow().unwrap(), &zone);
    let session = Session {
        duration: 0,
        step: None,
        before: 0,
        after: 0,
        notice: 0,
        horizon: None,
        max_per_day: None,
        max_per_week: None,
    };
    let problem = Problem {
        zone,
        weekly: Vec::new(),
        overrides: Vec::new(),
        busy: Vec::new(),
        bookings: Vec::new(),
        session,
        now: from - 30 * 86_400,
        from,
        to,
    };
    let mut question = Question { problem, dates };
    for clause in clauses {
        question.add(&clause);
    }
    question
}

impl Question {
    fn add(&mut self, clause: &[&str]) {
        let number = |text: &str| text.parse::<i64>().unwrap();
        let limit = |text: &str| Some(text.parse::<u32>().unwrap());
        match *clause {
            [minutes, "min"] => self.problem.session.duration = number(minutes),
            ["step", minutes] => self.problem.session.step = Some(number(minutes)),
            ["before", minutes] => self.problem.session.before = number(minutes),
            ["after", minutes] => self.problem.session.after = number(minutes),
            ["notice", minutes] => self.problem.session.notice = number(minutes),
            ["horizon", days] => self.problem.session.horizon = Some(number(days)),
            [count, "a", "day"] => self.problem.session.max_per_day = limit(count),
            [count, "a", "week"] => self.problem.session.max_per_week = limit(count),
            ["now", time] => self.problem.now = self.instant(time),
            ["busy", span] => {
                let span = self.span(span);
                self.problem.busy.push(span);
            }
            ["booking", span, ref buffers @ ..] => {
                let (start, end) = self.span(span);
                let mut row = BookingRow { start, end, before: 0, after: 0 };
                for buffer in buffers.chunks(2) {
                    match *buffer {
                        ["before", minutes] => row.before = number(minutes),
                        ["after", minutes] => row.after = number(minutes),
                        _ => panic!("no buffer: {buffer:?}"),
                    }
                }
                self.problem.bookings.push(row);
            }
            ["override", date, ref windows @ ..] => {
                let windows = if windows == ["closed"] { &[] } else { windows };
                self.problem.overrides.push((day_of(date.parse().unwrap()), hours(windows)));
            }
            [days, ref windows @ ..] => {
                for day in weekdays(days) {
                    self.problem.weekly.extend(hours(windows).into_iter().map(|window| (day, window)));
                }
            }
            [] => panic!("an empty clause"),
        }
    }

    /// `10:00` on the first date, `2026-03-29T10:00`, or the same with `Z`. A repeated wall time is the first.
    pub(crate) fn instant(&self, text: &str) -> i64 {
        if text.ends_with('Z') && text.contains('T') {
            return text.parse::<Timestamp>().unwrap().as_second();
        }
        let (zone, text) = match text.strip_suffix('Z') {
            Some(text) => (&TimeZone::UTC, text),
            None => (self.problem.zone.tz(), text),
        };
        let local = match text.contains('T') {
            true => text.parse().unwrap(),
            false => self.dates.0.to_datetime(text.parse().unwrap()),
        };
        zone.to_zoned(local).unwrap().timestamp().as_second()
    }

    fn span(&self, text: &str) -> (i64, i64) {
        let (start, end) = text.split_once('/').or_else(|| text.split_once('-')).unwrap();
        (self.instant(start), self.instant(end))
    }

    /// Starts as the local clock shows them, those of `taken` in brackets.
    fn local(&self, starts: impl IntoIterator<Item = (i64, bool)>) -> String {
        self.write(starts, self.problem.zone.tz(), "")
    }

    fn utc(&self, starts: impl IntoIterator<Item = (i64, bool)>) -> String {
        self.write(starts, &TimeZone::UTC, "Z")
    }

    fn write(&self, starts: impl IntoIterator<Item = (i64, bool)>, zone: &TimeZone, suffix: &str) -> String {
        let mut text = String::new();
        let mut shown = None;
        for (start, taken) in starts {
            let local = zone.to_datetime(Timestamp::from_second(start).unwrap());
            let separator = if text.is_empty() { "" } else { " " };
            if self.dates.0 != self.dates.1 && shown != Some(local.date()) {
                write!(text, "{separator}{}", local.date()).unwrap();
                shown = Some(local.date());
            }
            let separator = if text.is_empty() { "" } else { " " };
            let (opens, closes) = if taken { ("(", ")") } else { ("", "") };
            let (hour, minute) = (local.hour(), local.minute());
            write!(text, "{separator}{opens}{hour:02}:{minute:02}{suffix}{closes}").unwrap();
        }
        text
    }

    /// Asks the engine and the model, which must agree, start by start; `admit` must accept what is listed.
    fn ask(&self) -> Vec<i64> {
        let slots = self.problem.slots();
        assert_eq!(
            self.local(open(&Model::new(&self.problem).slots())),
            self.local(open(&slots)),
            "model, engine"
        );
        let facts = self.problem.facts();
        for start in &slots {
            let admission = slotsmith_engine::admit(&facts, at(*start), at(self.problem.now)).unwrap();
            let end = start + self.problem.session.duration * 60;
            assert_eq!((admission.meeting.start(), admission.meeting.end()), (at(*start), at(end)));
        }
        slots
    }
}

/// The starts offered, by the local clock.
#[track_caller]
pub(crate) fn check(text: &str, expected: &str) {
    let question = question(text);
    assert_eq!(question.local(open(&question.ask())), expected, "{text}");
}

/// The starts offered, in UTC.
#[track_caller]
pub(crate) fn check_utc(text: &str, expected: &str) {
    let question = question(text);
    assert_eq!(question.utc(open(&question.ask())), expected, "{text}");
}

/// The starts offered by the local clock, and in brackets those with something in the way.
#[track_caller]
pub(crate) fn check_taken(text: &str, expected: &str) {
    let question = question(text);
    let problem = &question.problem;
    let listed = problem.slots_and_taken();
    assert_eq!(listed, Model::new(problem).slots_and_taken(), "engine, model");
    assert_eq!(question.local(listed), expected, "{text}");
}

/// What is said of one start: `ok`, or the refusal with its bound.
#[track_caller]
pub(crate) fn check_start(text: &str, start: &str, expected: &str) {
    let question = question(text);
    let start = question.instant(start);
    let said = verdict(&question.problem, start);
    assert_eq!(said, Model::new(&question.problem).admit(start), "engine, model");
    assert_eq!(question.say(said), expected, "{text}");
}

/// What `admit` says, in the model's words.
pub(crate) fn verdict(problem: &Problem, start: i64) -> Verdict {
    verdict_of(&problem.facts(), start, problem.now)
}

/// The same where the facts are at hand.
pub(crate) fn verdict_of(facts: &slotsmith_engine::Facts, start: i64, now: i64) -> Verdict {
    let day = |date: chrono::NaiveDate| i64::from(date.to_epoch_days());
    match slotsmith_engine::admit(facts, at(start), at(now)) {
        Ok(_) => Verdict::Admitted,
        Err(Refusal::OutsideHours) => Verdict::OutsideHours,
        Err(Refusal::BlockedDate { date }) => Verdict::BlockedDate { day: day(date) },
        Err(Refusal::OffGrid { before, after }) => {
            Verdict::OffGrid { before: before.unix(), after: after.map(|at| at.unix()) }
        }
        Err(Refusal::Busy { until }) => Verdict::Busy { until: until.unix() },
        Err(Refusal::TooSoon { earliest }) => Verdict::TooSoon { earliest: earliest.unix() },
        Err(Refusal::TooFar { latest }) => Verdict::TooFar { latest: day(latest) },
        Err(Refusal::DayFull { date }) => Verdict::DayFull { day: day(date) },
        Err(Refusal::WeekFull { sunday }) => Verdict::WeekFull { sunday: day(sunday) },
    }
}

impl Question {
    fn say(&self, verdict: Verdict) -> String {
        let time = |unix: i64| {
            let local = self.problem.zone.tz().to_datetime(Timestamp::from_second(unix).unwrap());
            if local.date() == self.dates.0 { local.time().to_string() } else { local.to_string() }
        };
        let date = |day: i64| civil::date(1970, 1, 1) + jiff::Span::new().days(day);
        match verdict {
            Verdict::Admitted => "ok".to_owned(),
            Verdict::OutsideHours => "outside hours".to_owned(),
            Verdict::BlockedDate { day } => format!("blocked date {}", date(day)),
            Verdict::OffGrid { before, after: Some(after) } => {
                format!("off grid: {} or {}", time(before), time(after))
            }
            Verdict::OffGrid { before, after: None } => format!("off grid: {}", time(before)),
            Verdict::Busy { until } => format!("busy until {}", time(until)),
            Verdict::TooSoon { earliest } => format!("too soon before {}", time(earliest)),
            Verdict::TooFar { latest } => format!("too far after {}", date(latest)),
            Verdict::DayFull { day } => format!("day full {}", date(day)),
            Verdict::WeekFull { sunday } => format!("week full {}", date(sunday)),
        }
    }
}

fn open(starts: &[i64]) -> Vec<(i64, bool)> {
    starts.iter().map(|start| (*start, false)).collect()
}

fn weekdays(text: &str) -> Vec<i64> {
    let day = |text: &str| i64::try_from(DAYS.iter().position(|day| *day == text).unwrap()).unwrap();
    match (text, text.split_once('-')) {
        ("daily", _) => (0..7).collect(),
        (_, Some((first, last))) => (day(first)..=day(last)).collect(),
        (_, None) => vec![day(text)],
    }
}

fn hours(windows: &[&str]) -> Vec<Hours> {
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':').unwrap();
        hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
    };
    let window = |text: &&str| {
        let (start, end) = text.split_once('-').unwrap();
        (minutes(start), minutes(end))
    };
    windows.iter().map(window).collect()
}

fn day_of(date: civil::Date) -> i64 {
    let at_midnight = date.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
    at_midnight / 86_400
}

fn start_of(date: civil::Date, zone: &Zone) -> i64 {
    date.to_zoned(zone.tz().clone()).unwrap().start_of_day().unwrap().timestamp().as_second()
}
