//! The pages a person sees: read models in, answers out.
//!
//! Each page is one function that takes plain data and gives a finished [`Response`] with its security headers.
//! Nothing here reads a database, a clock or a request: whoever routes to a page gathers what the page shows.
//! What happens in the browser afterwards lives in `assets/`, and talks to the same HTTP interface as everybody.

mod assets;
mod docs;
mod text;

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};

pub use assets::assets;
pub use docs::docs;
pub use text::Lang;
use text::Texts;

/// The Content-Security-Policy of every page: only our own files, nothing inline, nobody frames us.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    manifest-src 'self'";

/// The headers that every page carries, besides its content type and language.
///
/// `no-referrer` on all of them, because the address of a manage page holds its token; `no-store` because a page
/// carries the server's time and sometimes a booker's details.
pub const PAGE_HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (header::VARY, "Accept-Language"),
];

/// The modules that every dialog is made of, and those of each page. They are named in the head of the page, so
/// that the browser fetches them side by side instead of finding one import after the other.
const SHARED_MODULES: [&str; 17] = [
    "announcer",
    "api",
    "availability",
    "booker",
    "calendar-grid",
    "dom",
    "local-times",
    "mentors",
    "notice",
    "picker",
    "preferences",
    "problems",
    "slot-list",
    "text",
    "time",
    "zone-picker",
    "zones",
];
const HOME_MODULES: [&str; 4] = ["booking-dialog", "booking-done", "booking-form", "calendar-links"];
const MANAGE_MODULES: [&str; 2] = ["cancel-dialog", "move-dialog"];

/// One mentor as the first page shows them.
#[derive(Debug, Clone)]
pub struct MentorCard {
    /// The name in addresses, `kim`.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// One line about the mentor; empty when there is none.
    pub headline: String,
    /// IANA id of the mentor's zone.
    pub timezone: String,
    /// The zone's offset from UTC at the moment the page is made, in seconds.
    pub utc_offset_seconds: i32,
    /// What can be booked, in the order of display. A mentor without any cannot be booked.
    pub session_types: Vec<SessionTypeCard>,
}

/// One session type on a mentor's card.
#[derive(Debug, Clone)]
pub struct SessionTypeCard {
    /// The name in addresses, `intro`.
    pub slug: String,
    /// The name people read.
    pub title: String,
    /// Length in minutes.
    pub duration_minutes: u32,
    /// What it costs, in the mentor's words.
    pub price_label: Option<String>,
    /// `video`, `phone` or `in_person`.
    pub location_kind: String,
}

/// One booking as its manage page shows it.
#[derive(Debug, Clone)]
pub struct ManagedBooking {
    /// The booking's id, as in its address.
    pub id: String,
    /// `pending`, `confirmed`, `cancelled`, `declined`, `completed` or `no_show`.
    pub status: String,
    /// The mentor's slug.
    pub mentor_slug: String,
    /// The mentor's name.
    pub mentor_name: String,
    /// What was booked.
    pub session_type: SessionTypeCard,
    /// Start and end in the booker's zone.
    pub booker_time: LocalSpan,
    /// Start and end in the mentor's zone.
    pub mentor_time: LocalSpan,
    /// The booker's name.
    pub name: String,
    /// The booker's e-mail address.
    pub email: String,
    /// The booker's telephone number, if given.
    pub phone: Option<String>,
    /// What the booker wrote to the mentor, if anything.
    pub message: Option<String>,
    /// Why it was cancelled, if it was and if somebody said.
    pub cancel_reason: Option<String>,
    /// What happened to the booking, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// A stretch of time in one zone.
#[derive(Debug, Clone)]
pub struct LocalSpan {
    /// IANA id of the zone.
    pub timezone: String,
    /// The start, with the zone's offset at that moment.
    pub start: DateTime<FixedOffset>,
    /// The end, with the zone's offset at that moment.
    pub end: DateTime<FixedOffset>,
}

/// One line of a booking's history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// When, with the offset of the booker's zone.
    pub at: DateTime<FixedOffset>,
    /// Who: `booker`, `mentor`, `admin` or `system`.
    pub actor: String,
    /// What: `created`, `rescheduled`, `cancelled`, `confirmed`, `declined`, `completed` or `no_show`.
    pub action: String,
    /// The start before the change, with the offset of the booker's zone, when the change moved it.
    pub from: Option<DateTime<FixedOffset>>,
    /// The start after the change, likewise.
    pub to: Option<DateTime<FixedOffset>>,
    /// Why, when somebody said.
    pub reason: Option<String>,
}

/// The first page: mentor cards, each with the booking dialog behind its button.
pub fn home(mentors: &[MentorCard], now: DateTime<Utc>, lang: Lang) -> Response {
    let page = HomePage { lang, t: lang.texts(), now: stamp(now), mentors, at: now };
    answer(StatusCode::OK, lang, &page)
}

/// The page of one booking, for whoever holds its token. The caller has checked the token.
///
/// Reading it changes nothing: moving and cancelling are calls that the page's script makes with the token as a
/// bearer.
pub fn manage(booking: &ManagedBooking, now: DateTime<Utc>, lang: Lang) -> Response {
    let page = ManagePage { lang, t: lang.texts(), now: stamp(now), b: booking, at: now };
    answer(StatusCode::OK, lang, &page)
}

/// The page for an address that leads nowhere, and for a wrong token: the two are told apart by nobody.
pub fn not_found(now: DateTime<Utc>, lang: Lang) -> Response {
    let t = lang.texts();
    failure(StatusCode::NOT_FOUND, t.not_found_title, t.not_found_body, now, lang)
}

/// The page for a failure of ours. `status` is 500 or above; 503 says that it will pass.
pub fn error(status: StatusCode, now: DateTime<Utc>, lang: Lang) -> Response {
    let t = lang.texts();
    let body = if status == StatusCode::SERVICE_UNAVAILABLE { t.busy_body } else { t.error_body };
    failure(status, t.error_title, body, now, lang)
}

fn failure(status: StatusCode, title: &str, body: &str, now: DateTime<Utc>, lang: Lang) -> Response {
    let code = status.as_u16();
    answer(status, lang, &FailurePage { lang, t: lang.texts(), now: stamp(now), code, title, body })
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    lang: Lang,
    t: &'static Texts,
    now: String,
    mentors: &'a [MentorCard],
    at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "manage.html")]
struct ManagePage<'a> {
    lang: Lang,
    t: &'static Texts,
    now: String,
    b: &'a ManagedBooking,
    at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    lang: Lang,
    t: &'static Texts,
    now: String,
    code: u16,
    title: &'a str,
    body: &'a str,
}

impl ManagePage<'_> {
    /// Whether the booking still stands: not cancelled, not declined, not over.
    fn is_active(&self) -> bool {
        matches!(self.b.status.as_str(), "pending" | "confirmed")
    }

    /// Whether the booking can still be moved or cancelled.
    fn is_open(&self) -> bool {
        self.is_active() && self.at < self.b.booker_time.start
    }

    /// The word for the state, which for a session that is over depends on the time of day.
    fn state(&self) -> &str {
        if self.is_active() && self.b.booker_time.end <= self.at { "past" } else { self.b.status.as_str() }
    }

    /// Whether booker and mentor read different clocks at that moment.
    fn two_clocks(&self) -> bool {
        self.b.booker_time.start.offset() != self.b.mentor_time.start.offset()
    }
}

impl MentorCard {
    /// The mentor's clock at `at`, as `HH:MM`.
    fn clock(&self, at: DateTime<Utc>) -> String {
        let zone = FixedOffset::east_opt(self.utc_offset_seconds);
        zone.map(|zone| at.with_timezone(&zone).format("%H:%M").to_string()).unwrap_or_default()
    }

    /// One or two letters for the avatar: the first of the first and of the last word, or the last two letters
    /// of a name that is one Korean word (which leaves the family name out, as people do).
    fn initials(&self) -> String {
        initials(&self.name)
    }

    /// One of six tints, the same for a name every time.
    fn tint(&self) -> u32 {
        tint(&self.slug)
    }
}

impl ManagedBooking {
    fn initials(&self) -> String {
        initials(&self.mentor_name)
    }

    fn tint(&self) -> u32 {
        tint(&self.mentor_slug)
    }
}

impl SessionTypeCard {
    fn price(&self) -> &str {
        self.price_label.as_deref().unwrap_or_default()
    }
}

impl LocalSpan {
    /// The instant of the start, in UTC.
    fn start_instant(&self) -> String {
        stamp(self.start.with_timezone(&Utc))
    }

    /// The instant of the end, in UTC.
    fn end_instant(&self) -> String {
        stamp(self.end.with_timezone(&Utc))
    }
}

/// The last part of a zone's id, as people write it: `New York` for `America/New_York`.
fn city(timezone: &str) -> String {
    timezone.rsplit('/').next().unwrap_or(timezone).replace('_', " ")
}

fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let Some(first) = words.next() else { return String::new() };
    match words.next_back() {
        Some(last) => {
            first.chars().take(1).chain(last.chars().take(1)).flat_map(char::to_uppercase).collect()
        }
        None if first.chars().all(is_hangul) => {
            let letters: Vec<char> = first.chars().collect();
            letters[letters.len().saturating_sub(2)..].iter().collect()
        }
        None => first.chars().take(1).flat_map(char::to_uppercase).collect(),
    }
}

fn is_hangul(letter: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&letter)
}

fn tint(slug: &str) -> u32 {
    slug.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 6 + 1
}

/// An instant as the pages and the script write it: UTC, whole seconds.
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn answer(status: StatusCode, lang: Lang, page: &impl Template) -> Response {
    let language = [(header::CONTENT_LANGUAGE, lang.code())];
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    match page.render() {
        Ok(html) => (status, PAGE_HEADERS, kind, language, html).into_response(),
        Err(error) => {
            // Templates are checked when they are compiled; only a failing `Display` could come here.
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, PAGE_HEADERS).into_response()
        }
    }
}
