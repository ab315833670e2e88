//! Which slots a mentor offers: gather the facts, ask the engine, group by the booker's dates.

use std::sync::Arc;

use chrono::NaiveDate;
use slotsmith_engine::{Facts, Instant, Interval, IntervalSet, Policy, Status, ZoneRules};

use crate::{
    app::App,
    ids::BookingId,
    mentors::Mentor,
    session_types::SessionType,
    storage::{Calendar, CalendarSpan, Except, StoreError},
    zones::UnknownZone,
};

/// Most dates that one question may cover.
pub const QUESTION_DAYS_MAX: i64 = 62;
/// How far ahead to look for the next open start, in days: two months, then a year, then ten years.
const NEXT_AVAILABLE_REACH_DAYS: [i64; 3] = [62, 366, 3_653];

/// What a booker wants to know.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whose time.
    pub mentor: Mentor,
    /// For what.
    pub session_type: SessionType,
    /// First date of interest, in the booker's zone.
    pub from: NaiveDate,
    /// Last date of interest.
    pub to: NaiveDate,
    /// The booker's zone, an IANA id.
    pub timezone: String,
    /// Whether to show what is taken too.
    pub include_taken: bool,
    /// A booking of theirs that is to be moved: its own time does not stand in its way.
    pub moving: Option<BookingId>,
}

/// What they are told.
#[derive(Clone, Debug)]
pub struct Availability {
    /// The rules of the booker's zone, to print instants with.
    pub zone: Arc<ZoneRules>,
    /// Dates that have slots, ascending, in the booker's zone.
    pub days: Vec<Day>,
    /// The first open start at or after the first date, also beyond the last one.
    pub next_available: Option<Instant>,
}

/// The slots of one date.
#[derive(Clone, Debug)]
pub struct Day {
    /// In the booker's zone.
    pub date: NaiveDate,
    /// Ascending.
    pub slots: Vec<(Instant, Status)>,
}

/// Lists a mentor's slots.
///
/// # Errors
/// When the store is away, or a zone that was known when it was stored no longer is.
pub async fn list(app: &App, question: &Question, now: Instant) -> Result<Availability, StoreError> {
    let zone = app.zone(&question.timezone).map_err(unknown_zone)?;
    let Some(range) = range_of(&zone, question.from, question.to) else {
        return Ok(Availability { zone, days: Vec::new(), next_available: None });
    };
    let facts = gather(app, question, range, now).await?;
    let mut days: Vec<Day> = Vec::new();
    let runs = slotsmith_engine::slots_and_taken(&facts, range, now);
    for (start, status) in
        runs.into_iter().flat_map(|(run, status)| run.into_iter().map(move |s| (s, status)))
    {
        let date = zone.local_date(start);
        let shown = question.include_taken || status == Status::Open;
        // A fold at midnight can show a date's end again after the next date has begun.
        if !shown || date < question.from || question.to < date {
            continue;
        }
        match days.iter_mut().rfind(|day| day.date == date) {
            Some(day) => day.slots.push((start, status)),
            None => days.push(Day { date, slots: vec![(start, status)] }),
        }
    }
    let open =
        |day: &Day| day.slots.iter().find(|(_, status)| *status == Status::Open).map(|(start, _)| *start);
    let next_available = match days.iter().find_map(open) {
        Some(start) => Some(start),
        None => next_open(app, question, range.end().max(now), now).await?,
    };
    Ok(Availability { zone, days, next_available })
}

/// What is stored of a mentor's time, as the engine wants it. No calendar is connected yet: nothing else is busy.
///
/// # Errors
/// When the mentor's zone is no longer known, or the calendar spans more than ten years.
pub fn facts(app: &App, calendar: &Calendar, policy: Policy) -> Result<Facts, StoreError> {
    let zone = app.zone(&calendar.timezone).map_err(unknown_zone)?;
    let dates = zone.local_date(calendar.span.from)..=zone.local_date(calendar.span.until);
    Ok(Facts {
        zone,
        schedule: calendar.hours.to_schedule(dates).map_err(|e| StoreError::Broken(e.into()))?,
        policy,
        busy: IntervalSet::default(),
        bookings: calendar.bookings.clone(),
    })
}

async fn gather(app: &App, question: &Question, range: Interval, now: Instant) -> Result<Facts, StoreError> {
    let span = CalendarSpan::around(range.start(), range.end());
    let except = question.moving.map_or(Except::Nothing, Except::Booking);
    let calendar = app.store.calendar(question.mentor.id, span, except, now).await?;
    facts(app, &calendar, question.session_type.policy)
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
        let facts = gather(app, question, range, now).await?;
        if let Some(start) = slotsmith_engine::next_available(&facts, range, now) {
            return Ok(Some(start));
        }
        from = range.end();
    }
    Ok(None)
}

/// All instants of the dates `from` to `to`.
fn range_of(zone: &ZoneRules, from: NaiveDate, to: NaiveDate) -> Option<Interval> {
    let spans = || from.iter_days().take_while(|date| *date <= to).flat_map(|date| zone.date_span(date));
    let start = spans().map(Interval::start).min()?;
    let end = spans().map(Interval::end).max()?;
    Interval::new(start, end)
}

fn unknown_zone(error: UnknownZone) -> StoreError {
    StoreError::Broken(error.into())
}
