//! What is kept, in the words of the domain. SQL lives in the folders beside this file and nowhere else: `sql/` has what
//! both databases understand, compiled for each driver; `sqlite/` and `postgres/` have what is their own.
//!
//! Reads answer `None` for what is not there. A [`Write`] is one transaction that holds the mentor's lock:
//! [`Write::save`] consumes it, and dropping it undoes everything, so a forgotten save fails the first test.
//!
//! A store is asked for a caller ([`Storage::acting`]), and for anybody unless it is told for whom: what was forgotten
//! shows less, not more. On PostgreSQL the database holds every transaction to it. On SQLite, which has no roles, the
//! program is the only wall.
//!
//! No method needs a second connection while a [`Write`] is open; none may be called on [`Storage`] meanwhile.

mod backup;
mod bell;
pub mod postgres;
pub mod sqlite;

use std::{fmt, num::NonZeroU32, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::NaiveDate;
use slotsmith_engine::{Instant, Policy};

pub use self::backup::{BackupError, Contents, back_up, restore};
pub use self::bell::Bell;
use crate::{
    auth::{ApiKey, Caller, NewApiKey},
    booking::{Booking, BookingDetails, FirstAnswer, HistoryEntry, Hold, Party},
    ids::{BookingId, HoldId, JobId, MentorId, SecretHash},
    jobs::{Job, NewJob},
    mentors::{Mentor, MentorRef, Slug},
    schedule::{Hours, Override},
    session_types::SessionType,
};

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The guard: an active booking of this mentor already takes some of that time.
    #[error("the slot is taken")]
    SlotTaken,
    /// Something else already has this name.
    #[error("the {0} is already in use")]
    Duplicate(&'static str),
    /// What the caller refers to is not there.
    #[error("no such {0}")]
    Missing(&'static str),
    /// The store is away, locked or full; the same call may go through later, and nothing was written.
    #[error("the store is not available: {0}")]
    Unavailable(#[source] BoxError),
    /// The store went away while it was told to make things last: they do, or they do not.
    #[error("it is not known whether the store did it: {0}")]
    Uncertain(#[source] BoxError),
    /// The store may not be used as it wants to be; says who must grant what.
    #[error("{0}")]
    NotGranted(String),
    /// What is stored does not mean anything, or the store refused what it never should.
    #[error("the store holds or met something unexpected: {0}")]
    Broken(#[source] BoxError),
}

/// The cause of a failure, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Which store, and where: what `DATABASE_URL` says.
#[derive(Clone, Debug)]
pub enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a server.
    Postgres(postgres::Address),
}

impl FromStr for Location {
    type Err = &'static str;

    fn from_str(url: &str) -> std::result::Result<Location, &'static str> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return url.parse().map(Location::Postgres);
        }
        // An address may hold a password: it is not repeated.
        let file = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match file.ok_or("must begin with sqlite: or postgres://")?.split('?').next() {
            None | Some("" | ":memory:") => Err("the SQLite store needs a file"),
            Some(file) => Ok(Location::Sqlite(file.into())),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(file) => file.display().fmt(f),
            Location::Postgres(address) => address.fmt(f),
        }
    }
}

/// Opens the store for anybody, makes it where it is missing, and brings its schema up to date. `patience` is how long a call waits
/// for a lock or a connection before it says [`StoreError::Unavailable`]. The one place that chooses a backend.
///
/// # Errors
/// When it cannot be reached or opened, or has a schema newer than this program.
pub async fn open(location: &Location, patience: Duration) -> Result<Arc<dyn Storage>> {
    Ok(match location {
        Location::Sqlite(file) => Arc::new(sqlite::SqliteStore::open(file, patience).await?),
        Location::Postgres(address) => Arc::new(postgres::PostgresStore::open(address, patience).await?),
    })
}

/// The stretch of a mentor's calendar that bears on some starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CalendarSpan {
    /// Bookings that start before this are left out, and so is what recurs before its date.
    pub from: Instant,
    /// Bookings that start at or after this are left out, and so is what recurs after its date.
    pub until: Instant,
}

impl CalendarSpan {
    /// What bears on starts from `from` to `until`: a meeting and its buffers reach three days, a week's limit
    /// seven, a local date's edge one more, and one to spare. The dates whose hours matter reach five days at most.
    pub fn around(from: Instant, until: Instant) -> CalendarSpan {
        CalendarSpan::within(12, from, until)
    }

    /// What bears on one start where no week's limit does: no farther than the dates whose hours matter, and one to spare.
    pub fn about(start: Instant) -> CalendarSpan {
        CalendarSpan::within(6, start, start)
    }

    /// What bears on one start under a policy.
    pub fn judging(start: Instant, policy: Policy) -> CalendarSpan {
        match policy.spec().max_per_week {
            Some(_) => CalendarSpan::around(start, start),
            None => CalendarSpan::about(start),
        }
    }

    fn within(days: i64, from: Instant, until: Instant) -> CalendarSpan {
        CalendarSpan { from: from.plus(-days * 86_400), until: until.plus(days * 86_400) }
    }
}

/// What is stored of a mentor's time: the facts of an answer before zone and policy are added.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// What was asked for. Recurring overrides are listed for its dates, so starts to judge lie well within.
    pub span: CalendarSpan,
    /// The schedule's zone, an IANA id.
    pub timezone: String,
    /// Weekly hours, overrides of the span's dates and recurring overrides, without reasons.
    pub hours: Hours,
    /// Active bookings within the span asked for, and what is held.
    pub bookings: Vec<slotsmith_engine::Booking>,
    /// When the first of what is held is let go by itself, so that this is to be read again.
    pub held_until: Option<Instant>,
}

/// What a mentor offers by some name, and what bears on one start of it.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Whose time it is, as everybody knows them.
    pub mentor: Mentor,
    /// `None` when they offer nothing by that name.
    pub session_type: Option<SessionType>,
    /// Of the session type's policy.
    pub calendar: Calendar,
}

/// How often what a mentor's slots follow from has changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(i64);

/// A moment in the order of the store's changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cursor(i64);

/// What has changed since some moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changes {
    /// The moment of this answer, to ask on from.
    pub cursor: Cursor,
    /// The mentors whose slots may be others now. One may be told twice.
    pub changed: Vec<(MentorId, Version)>,
}

/// All that a mentor's slots follow from, of one moment.
#[derive(Clone, Debug)]
pub struct Offer {
    /// How often it has changed.
    pub version: Version,
    /// Whose it is.
    pub mentor: Mentor,
    /// What they offer, by slug.
    pub session_types: Vec<Arc<SessionType>>,
    /// Hours, active bookings and what is held.
    pub calendar: Calendar,
}

/// A page of mentors, each with what they offer.
#[derive(Clone, Debug, Default)]
pub struct MentorPage {
    /// By slug, ascending.
    pub items: Vec<(Mentor, Vec<SessionType>)>,
    /// Whether there are more.
    pub more: bool,
}

/// What does not stand in its own way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Except {
    /// All of it does.
    Nothing,
    /// A booking that is to be moved.
    Booking(BookingId),
    /// A hold whose token its holder has shown.
    Hold(SecretHash),
}

/// Bookings that are counted, by when they were made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted<'a> {
    /// Those under an e-mail address, whoever the mentor is. Upper and lower case are one.
    Email(&'a str),
    /// Those of the transaction's mentor.
    Mentor,
}

/// The store.
#[async_trait]
pub trait Storage: Send + Sync {
    /// The same store, asked for this caller.
    fn acting(&self, caller: Caller) -> Arc<dyn Storage>;
    /// The role of the database that every transaction acts as, where the store has roles.
    async fn role(&self) -> Result<Option<String>>;

    /// Whether it answers.
    async fn ping(&self) -> Result<()>;

    /// Mentors by slug, those after `after`, at most `limit`.
    async fn mentors(&self, after: Option<&Slug>, limit: u32) -> Result<MentorPage>;
    /// One mentor.
    async fn mentor(&self, mentor: &MentorRef) -> Result<Option<Mentor>>;
    /// Adds a mentor with no hours. [`StoreError::Duplicate`] when the slug is taken.
    async fn add_mentor(&self, mentor: &Mentor, now: Instant) -> Result<()>;

    /// What a mentor offers, by slug.
    async fn session_types(&self, mentor: MentorId) -> Result<Vec<SessionType>>;
    /// One of them.
    async fn session_type(&self, mentor: MentorId, slug: &Slug) -> Result<Option<SessionType>>;
    /// Adds one. [`StoreError::Duplicate`] when the slug is taken.
    async fn add_session_type(&self, session_type: &SessionType) -> Result<()>;
    /// Replaces one, found by its id; its slug may change. [`StoreError::Missing`], [`StoreError::Duplicate`].
    async fn update_session_type(&self, session_type: &SessionType) -> Result<()>;
    /// Takes one off the list; bookings keep it. Answers whether there was one.
    async fn retire_session_type(&self, mentor: MentorId, slug: &Slug, now: Instant) -> Result<bool>;

    /// Weekly hours, overrides and recurring overrides, all of one moment.
    async fn hours(&self, mentor: MentorId) -> Result<Hours>;
    /// Replaces zone and hours, recurring overrides included, all at once.
    async fn put_hours(&self, mentor: MentorId, timezone: &str, hours: &Hours) -> Result<()>;
    /// Replaces one overridden date.
    async fn put_override(&self, mentor: MentorId, one: &Override) -> Result<()>;
    /// Gives a date its weekly hours back. Answers whether it was overridden.
    async fn delete_override(&self, mentor: MentorId, date: NaiveDate) -> Result<bool>;

    /// Hours, active bookings and what is held at `now`, all of one moment, `except` one of them. [`StoreError::Missing`]
    /// when the mentor is gone.
    async fn calendar(
        &self,
        mentor: MentorId,
        span: CalendarSpan,
        except: Except,
        now: Instant,
    ) -> Result<Calendar>;

    /// What a mentor offers; `None` when there is no such mentor.
    async fn offer(&self, mentor: MentorId, span: CalendarSpan, now: Instant) -> Result<Option<Offer>>;
    /// Whose offers have changed since an earlier such answer, by whatever node or program. Without one, none.
    async fn changes(&self, since: Option<Cursor>) -> Result<Changes>;
    /// What this store rings when an offer changes: before its own calls return, and soon after others' do. Whoever is not
    /// content with soon asks for [`Storage::changes`]. To be called inside a runtime: the store begins to listen.
    fn bell(&self) -> Arc<Bell>;

    /// Lets a held slot go, for whoever has its token. Answers whether there was one.
    async fn release_hold(&self, id: HoldId, token: SecretHash) -> Result<bool>;

    /// One booking with its mentor and session type.
    async fn booking(&self, id: BookingId) -> Result<Option<BookingDetails>>;
    /// What happened to it, oldest first.
    async fn history(&self, booking: &Booking) -> Result<Vec<HistoryEntry>>;
    /// As whom the holder of a manage token acts, if it is one of this booking's.
    async fn token_holder(&self, booking: &Booking, token: SecretHash) -> Result<Option<Party>>;
    /// Lets a token manage a booking. `for_job` replaces the token that an earlier try of that job made.
    async fn issue_token(
        &self,
        booking: &Booking,
        token: SecretHash,
        holder: Party,
        for_job: JobId,
        now: Instant,
    ) -> Result<()>;

    /// Counts one more attempt from a source at `now`, unless there have been `most` since `since`: then it answers when
    /// the oldest of those was. Forgets older ones.
    async fn count_attempt(
        &self,
        source: SecretHash,
        most: NonZeroU32,
        since: Instant,
        now: Instant,
    ) -> Result<Option<Instant>>;

    /// Begins a transaction that changes a mentor's bookings; waits for others that do.
    async fn write(&self, mentor: MentorId) -> Result<Box<dyn Write>>;

    /// The key with this hash.
    async fn api_key(&self, secret: SecretHash) -> Result<Option<ApiKey>>;
    /// Keeps a key.
    async fn add_api_key(&self, key: &NewApiKey, now: Instant) -> Result<()>;

    /// Takes up to `limit` jobs that are due, and keeps them from others until `lease_until`.
    async fn claim_jobs(&self, now: Instant, lease_until: Instant, limit: u32) -> Result<Vec<Job>>;
    /// A job is done for good.
    async fn finish_job(&self, id: JobId, now: Instant) -> Result<()>;
    /// A job failed and is to be tried again at `run_at`.
    async fn retry_job(&self, id: JobId, run_at: Instant, error: &str) -> Result<()>;
    /// A job failed and will not be tried again.
    async fn abandon_job(&self, id: JobId, now: Instant, error: &str) -> Result<()>;
    /// When the next job is due, done and abandoned ones left out.
    async fn next_job_at(&self) -> Result<Option<Instant>>;
}

/// One transaction on a mentor's bookings. Nothing is written until [`Write::save`].
#[async_trait]
pub trait Write: Send {
    /// What the mentor offers by this name, with all that bears on one start of it, `except` a booking or a hold. `None`
    /// when the mentor is gone.
    async fn offered(
        &mut self,
        slug: &Slug,
        start: Instant,
        except: Except,
        now: Instant,
    ) -> Result<Option<Offered>>;
    /// Hours, active bookings and what is held at `now`, `except` one of them.
    async fn calendar(&mut self, span: CalendarSpan, except: Except, now: Instant) -> Result<Calendar>;
    /// Keeps a slot for whoever has the token.
    async fn insert_hold(&mut self, hold: &Hold, token: SecretHash, now: Instant) -> Result<()>;
    /// Ends a hold, if it has not ended by itself.
    async fn remove_hold(&mut self, token: SecretHash) -> Result<()>;
    /// One of the mentor's bookings as it is now.
    async fn booking(&mut self, id: BookingId) -> Result<Option<Booking>>;
    /// When the `nth` latest of these bookings was made, if that was after `since`.
    async fn nth_recent(
        &mut self,
        of: Counted<'_>,
        nth: NonZeroU32,
        since: Instant,
    ) -> Result<Option<Instant>>;
    /// What was answered to the key of an earlier request to this mentor, not before `since`.
    async fn first_answer(&mut self, key: SecretHash, since: Instant) -> Result<Option<FirstAnswer>>;
    /// Keeps an answer for whoever comes back with the key, and forgets those of the mentor that are too old.
    async fn keep_answer(&mut self, key: SecretHash, answer: &FirstAnswer, now: Instant) -> Result<()>;
    /// Adds a booking. [`StoreError::SlotTaken`] when the guard refuses it; the transaction is then spent.
    async fn insert_booking(&mut self, booking: &Booking) -> Result<()>;
    /// Writes its new time, buffers, state, sequence and reason. [`StoreError::SlotTaken`] as for a new one.
    async fn update_booking(&mut self, booking: &Booking, now: Instant) -> Result<()>;
    /// What goes with a new booking: its booker's token, the first line of its history, and jobs for both parties.
    async fn insert_beside(
        &mut self,
        booking: &Booking,
        token: SecretHash,
        created: &HistoryEntry,
        jobs: [&NewJob; 2],
    ) -> Result<()>;
    /// What happened to a booking, oldest first, with what this transaction adds.
    async fn history(&mut self, booking: &Booking) -> Result<Vec<HistoryEntry>>;
    /// Adds a line to a booking's history.
    async fn record(&mut self, booking: &Booking, entry: &HistoryEntry) -> Result<()>;
    /// Adds a job; one with the same key is left as it is.
    async fn enqueue(&mut self, job: &NewJob) -> Result<()>;
    /// Makes all of it last.
    async fn save(self: Box<Self>) -> Result<()>;
}
