//! One question to the solver as plain numbers, which the model reads as they are and the engine gets as `Facts`.

use std::sync::Arc;

use chrono::{NaiveDate, Weekday};
use slotsmith_engine::{
    Booking, Buffers, ClockTime, Facts, Instant, Interval, Policy, PolicySpec, Schedule, Snapshot, Status,
    Window,
};

use crate::zones::Zone;

/// Wall minutes of a window: start 0 to 1,439, end 0 to 1,440.
pub(crate) type Hours = (i64, i64);

#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) zone: Zone,
    /// 0 is Sunday.
    pub(crate) weekly: Vec<(i64, Hours)>,
    /// By days since 1970-01-01.
    pub(crate) overrides: Vec<(i64, Vec<Hours>)>,
    /// Unix seconds; an empty one blocks nothing.
    pub(crate) busy: Vec<(i64, i64)>,
    pub(crate) bookings: Vec<BookingRow>,
    pub(crate) session: Session,
    pub(crate) now: i64,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BookingRow {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Minutes.
    pub(crate) before: i64,
    /// Minutes.
    pub(crate) after: i64,
}

/// Everything in minutes, but for the horizon in days.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) duration: i64,
    pub(crate) step: Option<i64>,
    pub(crate) before: i64,
    pub(crate) after: i64,
    pub(crate) notice: i64,
    pub(crate) horizon: Option<i64>,
    pub(crate) max_per_day: Option<u32>,
    pub(crate) max_per_week: Option<u32>,
}

impl Problem {
    /// The same question for the engine. Zone rules reach as far as anything in the question, and ten days more.
    pub(crate) fn facts(&self) -> Facts {
        let times = [self.now, self.from, self.to].into_iter().chain(self.bookings.iter().map(|b| b.start));
        let (first, last) = times.fold((i64::MAX, i64::MIN), |(a, b), t| (a.min(t), b.max(t)));
        let margin = 10 * 86_400;
        let minutes = |m: i64| u32::try_from(m).unwrap();
        let session = self.session;
        let spec = PolicySpec {
            duration_minutes: minutes(session.duration),
            step_minutes: session.step.map(minutes),
            buffer_before_minutes: minutes(session.before),
            buffer_after_minutes: minutes(session.after),
            minimum_notice_minutes: minutes(session.notice),
            horizon_days: session.horizon.map(minutes),
            max_per_day: session.max_per_day,
            max_per_week: session.max_per_week,
        };
        let weekly = self.weekly.iter().map(|(day, hours)| (weekday(*day), window(*hours)));
        let overrides = self.overrides.iter().map(|(day, hours)| (date(*day), windows(hours)));
        let booking = |row: &BookingRow| Booking {
            span: span(row.start, row.end).unwrap(),
            buffers: Buffers::from_minutes(minutes(row.before), minutes(row.after)).unwrap(),
        };
        Facts {
            zone: Arc::new(self.zone.rules(first - margin, last + margin)),
            schedule: Schedule::new(weekly, overrides).unwrap(),
            policy: Policy::new(spec).unwrap(),
            busy: self.busy.iter().filter_map(|(start, end)| span(*start, *end)).collect(),
            bookings: self.bookings.iter().map(booking).collect(),
        }
    }

    /// The range of the question; `None` when it is empty.
    pub(crate) fn range(&self) -> Option<Interval> {
        span(self.from, self.to)
    }

    /// The same with the starts that something blocks (`true`).
    pub(crate) fn slots_and_taken(&self) -> Vec<(i64, bool)> {
        let Some(range) = self.range() else { return Vec::new() };
        slotsmith_engine::slots_and_taken(&self.facts(), range, at(self.now))
            .into_iter()
            .flat_map(|(run, status)| run.into_iter().map(move |at| (at.unix(), status == Status::Taken)))
            .collect()
    }

    /// What the engine lists, in Unix seconds: from facts as they are, and the same from prepared ones.
    pub(crate) fn slots(&self) -> Vec<i64> {
        let Some(range) = self.range() else { return Vec::new() };
        let slots = slotsmith_engine::slots(&self.facts(), range, at(self.now));
        assert_eq!(Snapshot::new(self.facts()).slots(range, at(self.now)), slots, "{self:?}");
        slots.iter().map(Instant::unix).collect()
    }
}

pub(crate) fn at(unix: i64) -> Instant {
    Instant::from_unix(unix).unwrap()
}

pub(crate) fn span(start: i64, end: i64) -> Option<Interval> {
    Interval::new(at(start), at(end))
}

pub(crate) fn date(day: i64) -> NaiveDate {
    NaiveDate::from_epoch_days(i32::try_from(day).unwrap()).unwrap()
}

pub(crate) fn window((start, end): Hours) -> Window {
    let clock = |minutes| ClockTime::from_minutes(u16::try_from(minutes).unwrap()).unwrap();
    Window::new(clock(start), clock(end)).unwrap()
}

fn windows(hours: &[Hours]) -> Vec<Window> {
    hours.iter().copied().map(window).collect()
}

pub(crate) fn weekday(day: i64) -> Weekday {
    use Weekday::*;
    [Sun, Mon, Tue, Wed, Thu, Fri, Sat][usize::try_from(day).unwrap()]
}
