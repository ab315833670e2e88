//! Mentors to try: three zones, different hours, overrides, buffers and some bookings. Adds what is missing, so that
//! starting twice changes nothing.

use chrono::{Days, NaiveDate, Weekday};
use slotsmith_engine::{Instant, Interval, Policy, PolicySpec, Window};

use crate::{
    app::App,
    auth::Caller,
    booking::{self, Booker, BookingError, NewBooking},
    ids::{MentorId, SessionTypeId},
    mentors::{Mentor, MentorRef, Slug},
    schedule::{Hours, Override},
    session_types::{LocationKind, SessionType},
    storage::{CalendarSpan, Except},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A mentor as they stand in the table below.
struct Sketch {
    slug: &'static str,
    name: &'static str,
    headline: &'static str,
    timezone: &'static str,
    weekly: &'static [(&'static [Weekday], &'static str, &'static str)],
    /// Days from now, and the windows of that date; none closes it.
    overrides: &'static [(u64, Windows, &'static str)],
    offers: &'static [Offer],
    /// How many of the open starts to take, spread over the first weeks.
    bookings: usize,
}

/// Start and end of each.
type Windows = &'static [(&'static str, &'static str)];

struct Offer {
    slug: &'static str,
    title: &'static str,
    spec: PolicySpec,
    location: LocationKind,
    price_label: Option<&'static str>,
}

const WORKDAYS: &[Weekday] = &[Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

/// What every offer here shares, before it says otherwise.
const USUAL: PolicySpec = PolicySpec {
    duration_minutes: 60,
    step_minutes: Some(30),
    buffer_before_minutes: 0,
    buffer_after_minutes: 15,
    minimum_notice_minutes: 120,
    horizon_days: Some(180),
    max_per_day: None,
    max_per_week: None,
};

const MENTORS: &[Sketch] = &[
    Sketch {
        slug: "kim",
        name: "Kim Seo-yeon",
        headline: "Staff engineer. Distributed systems, and how to get there.",
        timezone: "Asia/Seoul",
        weekly: &[
            (WORKDAYS, "09:00", "12:00"),
            (WORKDAYS, "13:00", "18:00"),
            (&[Weekday::Sat], "10:00", "13:00"),
        ],
        overrides: &[(9, &[], "Away"), (16, &[("10:00", "12:00"), ("20:00", "22:00")], "Short day")],
        offers: &[
            Offer {
                slug: "mentoring",
                title: "Mentoring session",
                spec: USUAL,
                location: LocationKind::Video,
                price_label: Some("$30 donation"),
            },
            Offer {
                slug: "intro",
                title: "First talk",
                spec: PolicySpec { duration_minutes: 30, ..USUAL },
                location: LocationKind::Video,
                price_label: None,
            },
        ],
        bookings: 9,
    },
    Sketch {
        slug: "maya",
        name: "Maya Okafor",
        headline: "Product lead. Roadmaps, first hires and hard conversations.",
        timezone: "America/New_York",
        weekly: &[
            (&[Weekday::Mon, Weekday::Wed, Weekday::Fri], "08:30", "12:30"),
            (&[Weekday::Tue, Weekday::Thu], "13:00", "20:00"),
        ],
        overrides: &[(5, &[("09:00", "10:00")], "Travelling"), (12, &[], "Holiday")],
        offers: &[
            Offer {
                slug: "coaching",
                title: "Coaching",
                spec: PolicySpec {
                    duration_minutes: 45,
                    step_minutes: Some(15),
                    buffer_before_minutes: 15,
                    max_per_day: Some(4),
                    ..USUAL
                },
                location: LocationKind::Video,
                price_label: Some("$45"),
            },
            Offer {
                slug: "review",
                title: "Portfolio review",
                spec: PolicySpec { duration_minutes: 30, step_minutes: Some(30), ..USUAL },
                location: LocationKind::Phone,
                price_label: None,
            },
        ],
        bookings: 6,
    },
    Sketch {
        slug: "jonas",
        name: "Jonas Lindner",
        headline: "Security engineer. Evenings and late nights, in Berlin or by phone.",
        timezone: "Europe/Berlin",
        weekly: &[(WORKDAYS, "17:00", "21:00"), (&[Weekday::Fri, Weekday::Sat], "22:00", "02:00")],
        overrides: &[(7, &[("12:00", "16:00")], "Day off from work")],
        offers: &[Offer {
            slug: "office-hours",
            title: "Office hours",
            spec: PolicySpec {
                duration_minutes: 30,
                step_minutes: Some(15),
                buffer_after_minutes: 0,
                ..USUAL
            },
            location: LocationKind::InPerson,
            price_label: Some("a coffee"),
        }],
        bookings: 8,
    },
];

/// Names for the bookings.
const BOOKERS: [&str; 5] = ["Alex Rivera", "Park Ji-ho", "Lena Fischer", "Tom Baker", "Aisha Khan"];

/// Adds the mentors that are not there yet.
///
/// # Errors
/// When the store cannot keep them.
pub async fn furnish(app: &App) -> Result<(), Failure> {
    let app = &app.acting(Caller::Admin);
    for sketch in MENTORS {
        let slug: Slug = sketch.slug.parse()?;
        if app.store.mentor(&MentorRef::Slug(slug.clone())).await?.is_none() {
            add(app, sketch, slug, app.clock.now()).await?;
        }
    }
    Ok(())
}

async fn add(app: &App, sketch: &Sketch, slug: Slug, now: Instant) -> Result<(), Failure> {
    let today = app.zone(sketch.timezone)?.local_date(now);
    let mentor = Mentor {
        id: MentorId::new(now),
        slug,
        name: sketch.name.into(),
        headline: sketch.headline.into(),
        timezone: sketch.timezone.into(),
        email: None,
    };
    app.store.add_mentor(&mentor, now).await?;
    app.store.put_hours(mentor.id, sketch.timezone, &hours(sketch, today)?).await?;
    for offer in sketch.offers {
        app.store.add_session_type(&session_type(&mentor, offer, now)?).await?;
    }
    if let Some(offer) = sketch.offers.first() {
        book_some(app, &mentor, offer, sketch.bookings, now).await?;
    }
    tracing::info!(mentor.slug = sketch.slug, "added a mentor to try");
    Ok(())
}

fn hours(sketch: &Sketch, today: NaiveDate) -> Result<Hours, Failure> {
    let window = |start: &str, end: &str| -> Result<Window, Failure> {
        Ok(Window::new(start.parse()?, end.parse()?)?)
    };
    let mut hours = Hours::default();
    for (days, start, end) in sketch.weekly {
        for day in *days {
            hours.weekly.push((*day, window(start, end)?));
        }
    }
    for (ahead, windows, reason) in sketch.overrides {
        hours.overrides.push(Override {
            date: today.checked_add_days(Days::new(*ahead)).unwrap_or(today),
            windows: windows.iter().map(|(start, end)| window(start, end)).collect::<Result<_, _>>()?,
            reason: Some((*reason).into()),
        });
    }
    Ok(hours)
}

fn session_type(mentor: &Mentor, offer: &Offer, now: Instant) -> Result<SessionType, Failure> {
    Ok(SessionType {
        id: SessionTypeId::new(now),
        mentor: mentor.id,
        slug: offer.slug.parse()?,
        title: offer.title.into(),
        policy: Policy::new(offer.spec)?,
        location: offer.location,
        price_label: offer.price_label.map(Into::into),
        requires_confirmation: false,
        reminders_minutes: vec![1_440, 60],
    })
}

/// Takes every seventh open start, as bookers would: through the front door.
async fn book_some(
    app: &App,
    mentor: &Mentor,
    offer: &Offer,
    count: usize,
    now: Instant,
) -> Result<(), Failure> {
    const WEEKS_SECONDS: i64 = 21 * 86_400;
    let Some(range) = Interval::new(now, now.plus(WEEKS_SECONDS)) else { return Ok(()) };
    let calendar = app
        .store
        .calendar(mentor.id, CalendarSpan::around(range.start(), range.end()), Except::Nothing, now)
        .await?;
    let facts = crate::slots::facts(app, &calendar, Policy::new(offer.spec)?)?;
    let starts = slotsmith_engine::slots(&facts, range, now);
    for (start, name) in starts.iter().step_by(7).zip(BOOKERS.iter().cycle()).take(count) {
        let booker = Booker {
            name: (*name).into(),
            email: "booker@example.com".into(),
            phone: None,
            message: None,
            timezone: mentor.timezone.clone(),
        };
        let mentor = MentorRef::Id(mentor.id);
        match booking::book(
            &app.acting(Caller::Public),
            NewBooking { mentor, session_type: offer.slug.parse()?, start, booker, hold: None, source: None },
            None,
            now,
        )
        .await
        {
            // An earlier booking's buffer, or a full day, may have closed this start meanwhile.
            Ok(_) | Err(BookingError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
