//! Which slots a mentor offers: gather the facts, ask the engine, group by the booker's dates.

use std::{borrow::Cow, ops::RangeInclusive, sync::Arc};

use chrono::NaiveDate;
use slotsmith_engine::{
    Facts, Instant, Interval, IntervalSet, LocalDay, Policy, Run, Snapshot, Status, ZoneRules,
};

use crate::{
    app::App,
    ids::BookingId,
    session_types::SessionType,
    snapshots::Kept,
    storage::{Calendar, CalendarSpan, Except, StoreError},
};

/// Most dates that one question may cover.
pub const QUESTION_DAYS_MAX: i64 = 62;
/// How far ahead to look for the next open start, in days: two months, then a year, then ten years.
const NEXT_AVAILABLE_REACH_DAYS: [i64; 3] = [62, 366, 3_653];

/// What a booker wants to know.
pub struct Question {
    /// Whose time.
    pub mentor: Arc<Kept>,
    /// For what.
    pub session_type: Arc<SessionType>,
    /// First date of interest, in the booker's zone.
    pub from: NaiveDate,
    /// Last date of interest.
    pub to: NaiveDate,
    /// The booker's zone, an IANA id.
    pub timezone: String,
    /// Its rules.
    pub zone: Arc<ZoneRules>,
    /// Whether to show what is taken too.
    pub include_taken: bool,
    /// A booking of theirs that is to be moved: its own time does not stand in its way.
    pub moving: Option<BookingId>,
}

/// What they are told.
#[derive(Clone, Debug, Default)]
pub struct Availability {
    /// By date and time.
    pub starts: Vec<Starts>,
    /// The first open start at or after the first date, also beyond the last one.
    pub next_available: Option<Instant>,
}

/// Starts at even distances on one date.
#[derive(Clone, Copy, Debug)]
pub struct Starts {
    /// In the booker's zone.
    pub day: LocalDay,
    /// When.
    pub run: Run,
    /// Whether they may be had.
    pub status: Status,
}

impl Availability {
    /// The starts of each date that has any.
    pub fn days(&self) -> impl Iterator<Item = &[Starts]> {
        self.starts.chunk_by(|one, next| one.day.date == next.day.date)
    }
}

/// Lists a mentor's slots.
///
/// # Errors
/// When the store is away, or a zone that was known when it was stored no longer is.
pub async fn list(app: &App, question: &Question, now: Instant) -> Result<Availability, StoreError> {
    let zone = &question.zone;
    let dates = question.from..=question.to;
    let Some(range) = zone.span_of_dates(dates.clone()) else {
        return Ok(Availability::default());
    };
    let snapshot = gather(app, question, range, now).await?;
    let starts = if question.include_taken {
        by_date(zone, dates, snapshot.slots_and_taken(range, now))
    } else {
        by_date(zone, dates, snapshot.slots(range, now).runs().iter().map(|run| (*run, Status::Open)))
    };
    let next_available = match starts.iter().find(|starts| starts.status == Status::Open) {
        Some(starts) => Some(starts.run.start()),
        None => next_open(app, question, range.end().max(now), now).await?,
    };
    Ok(Availability { starts, next_available })
}

/// Starts by the date that a calendar in the booker's zone shows, within `dates`.
fn by_date(
    zone: &ZoneRules,
    dates: RangeInclusive<NaiveDate>,
    runs: impl IntoIterator<Item = (Run, Status)>,
) -> Vec<Starts> {
    let runs = runs.into_iter();
    // Most runs lie on one date.
    let mut starts: Vec<Starts> = Vec::with_capacity(runs.size_hint().0 + 8);
    let mut days = zone.local_days();
    for (run, status) in runs {
        let mut rest = Some(run);
        while let Some(run) = rest {
            let day = days.of(run.start());
            let (Some(on_day), later) = run.split_at(day.end()) else { break };
            if dates.contains(&day.date) {
                starts.push(Starts { day, run: on_day, status });
            }
            rest = later;
        }
    }
    // A fold at midnight can show a date's end again after the next date has begun.
    if !starts.is_sorted_by_key(|starts| starts.day.date) {
        starts.sort_by_key(|starts| starts.day.date);
    }
    starts
}

/// What is stored of a mentor's time, as the engine wants it. No calendar is connected yet: nothing else is busy.
///
/// # Errors
/// When the mentor's zone is no longer known, or the calendar spans more than ten years.
pub fn facts(app: &App, calendar: &Calendar, policy: Policy) -> Result<Facts, StoreError> {
    let zone = app.stored_zone(&calendar.timezone)?;
    let dates = zone.local_date(calendar.span.from)..=zone.local_date(calendar.span.until);
    Ok(Facts {
        zone,
        schedule: calendar.hours.to_schedule(dates).map_err(|e| StoreError::Broken(e.into()))?,
        policy,
        busy: IntervalSet::default(),
        bookings: calendar.bookings.clone(),
    })
}

/// The facts that bear on the starts of a range: those kept in memory where they do, or else from the store.
async fn gather<'a>(
    app: &App,
    question: &'a Question,
    range: Interval,
    now: Instant,
) -> Result<Cow<'a, Snapshot>, StoreError> {
    // What is over is not offered, whatever the facts of then.
    let span = CalendarSpan::around(range.start().max(now), range.end().max(now));
    let except = match question.moving {
        Some(booking) => Except::Booking(booking),
        None => match question.mentor.snapshot(app, &question.session_type, span)? {
            Some(snapshot) => return Ok(Cow::Borrowed(snapshot)),
            None => Except::Nothing,
        },
    };
    let calendar = app.store.calendar(question.mentor.mentor().id, span, except, now).await?;
    Ok(Cow::Owned(Snapshot::new(facts(app, &calendar, question.session_type.policy)?)))
}

/// The first open start from `from` on. Looks near before it looks far: most mentors are open within weeks.
async fn next_open(
    app: &App,
    question: &Question,
    from: Instant,
    now: Instant,
) -> Result<Option<Instant>, StoreError> {
    let mut from = from;
    for days in NEXT_AVAILABLE_REACH_DAYS {
        let Some(range) = Interval::new(from, from.plus(days * 86_400)) else { break };
        if let Some(start) = gather(app, question, range, now).await?.next_available(range, now) {
            return Ok(Some(start));
        }
        from = range.end();
    }
    Ok(None)
}
