//! The store in one SQLite file: one connection writes, several read, none waits for a second one.
//!
//! WAL lets readers go on while a booking is written. Every writing transaction begins IMMEDIATE, so that it
//! waits its turn at the start instead of failing in the middle. `synchronous=FULL`: an answered booking
//! survives a power cut.

mod api_keys;
mod bookings;
mod hours;
mod jobs;
mod mentors;
mod rows;
mod session_types;
mod write;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use chrono::NaiveDate;
use slotsmith_engine::Instant;
use sqlx::{
    Connection as _, SqlSafeStr, SqliteConnection, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Calendar, CalendarSpan, MentorPage, Result, Storage, StoreError, Write};
use crate::{
    auth::{ApiKey, NewApiKey},
    booking::{Booking, BookingDetails, HistoryEntry, Party},
    ids::{BookingId, JobId, MentorId, SecretHash},
    jobs::Job,
    mentors::{Mentor, MentorRef, Slug},
    schedule::{Hours, Override},
    session_types::SessionType,
};

/// Connections that read.
const READERS: u32 = 4;

/// Version, name and text of every change of schema, in order. Old ones are never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "mentors", include_str!("../../../../migrations/sqlite/0001_mentors.sql")),
    (2, "bookings", include_str!("../../../../migrations/sqlite/0002_bookings.sql")),
    (3, "jobs", include_str!("../../../../migrations/sqlite/0003_jobs.sql")),
    (4, "recurring_overrides", include_str!("../../../../migrations/sqlite/0004_recurring_overrides.sql")),
];

/// A store in one SQLite file.
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, makes it where it is missing, and brings its schema up to date. `patience` is how long a
    /// call waits for a locked file or a free connection before it says [`StoreError::Unavailable`].
    ///
    /// # Errors
    /// When the file cannot be opened, or holds a schema newer than this program.
    pub async fn open(file: &Path, patience: Duration) -> Result<SqliteStore> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(patience)
            .pragma("trusted_schema", "OFF");
        let pool = |max| {
            SqlitePoolOptions::new()
                .max_connections(max)
                .acquire_timeout(patience)
                // A full disk makes SQLite undo a transaction by itself, behind the driver's back. A connection that
                // still believes itself inside one is of no more use.
                .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        };
        let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
        migrations().run(&writer).await.map_err(|e| StoreError::Broken(e.into()))?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await.map_err(failed)?;
        Ok(SqliteStore { writer, readers })
    }

    async fn read(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>> {
        self.readers.acquire().await.map_err(failed)
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>> {
        self.readers.begin().await.map_err(failed)
    }

    async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }

    /// Runs one unit of work in a transaction of its own.
    async fn commit<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> std::result::Result<T, StoreError>,
    ) -> Result<T> {
        let mut tx = self.begin().await?;
        let done = work(&mut tx).await?;
        tx.commit().await.map_err(failed)?;
        Ok(done)
    }
}

fn migrations() -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

/// Sorts what SQLite and the pool complain of. Matches on codes and on our own trigger's text, nothing else.
fn failed(error: sqlx::Error) -> StoreError {
    if let Some(database) = error.as_database_error() {
        let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
        if database.message() == "slot_taken" {
            return StoreError::SlotTaken;
        }
        // The low byte is the kind of failure: https://www.sqlite.org/rescode.html
        // busy, locked, out of memory, read-only, I/O, disk full, cannot open.
        return match code & 0xff {
            5 | 6 | 7 | 8 | 10 | 13 | 14 => StoreError::Unavailable(error.into()),
            _ => StoreError::Broken(error.into()),
        };
    }
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error.into()),
        other => StoreError::Broken(other.into()),
    }
}

/// The same, where a unique key that the caller chose may be taken already.
fn failed_unless_unique(error: sqlx::Error, what: &'static str) -> StoreError {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => StoreError::Duplicate(what),
        _ => failed(error),
    }
}

#[async_trait]
impl Storage for SqliteStore {
    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.readers).await.map_err(failed)?;
        Ok(())
    }

    async fn mentors(&self, after: Option<&Slug>, limit: u32) -> Result<MentorPage> {
        mentors::page(&mut *self.snapshot().await?, after, limit).await
    }

    async fn mentor(&self, mentor: &MentorRef) -> Result<Option<Mentor>> {
        mentors::find(&mut *self.read().await?, mentor).await
    }

    async fn add_mentor(&self, mentor: &Mentor, now: Instant) -> Result<()> {
        self.commit(async |tx| mentors::insert(tx, mentor, now).await).await
    }

    async fn session_types(&self, mentor: MentorId) -> Result<Vec<SessionType>> {
        session_types::of_mentor(&mut *self.read().await?, mentor).await
    }

    async fn session_type(&self, mentor: MentorId, slug: &Slug) -> Result<Option<SessionType>> {
        session_types::by_slug(&mut *self.read().await?, mentor, slug).await
    }

    async fn add_session_type(&self, session_type: &SessionType) -> Result<()> {
        self.commit(async |tx| session_types::insert(tx, session_type).await).await
    }

    async fn update_session_type(&self, session_type: &SessionType) -> Result<()> {
        self.commit(async |tx| session_types::update(tx, session_type).await).await
    }

    async fn retire_session_type(&self, mentor: MentorId, slug: &Slug, now: Instant) -> Result<bool> {
        self.commit(async |tx| session_types::retire(tx, mentor, slug, now).await).await
    }

    async fn hours(&self, mentor: MentorId) -> Result<Hours> {
        hours::read(&mut *self.snapshot().await?, mentor).await
    }

    async fn put_hours(&self, mentor: MentorId, timezone: &str, hours: &Hours) -> Result<()> {
        self.commit(async |tx| hours::replace(tx, mentor, timezone, hours).await).await
    }

    async fn put_override(&self, mentor: MentorId, one: &Override) -> Result<()> {
        self.commit(async |tx| hours::put_override(tx, mentor, one).await).await
    }

    async fn delete_override(&self, mentor: MentorId, date: NaiveDate) -> Result<bool> {
        self.commit(async |tx| hours::delete_override(tx, mentor, date).await).await
    }

    async fn calendar(
        &self,
        mentor: MentorId,
        span: CalendarSpan,
        except: Option<BookingId>,
    ) -> Result<Calendar> {
        bookings::calendar(&mut *self.snapshot().await?, mentor, span, except).await
    }

    async fn booking(&self, id: BookingId) -> Result<Option<BookingDetails>> {
        bookings::details(&mut *self.snapshot().await?, id).await
    }

    async fn history(&self, booking: &Booking) -> Result<Vec<HistoryEntry>> {
        bookings::history(&mut *self.read().await?, booking).await
    }

    async fn token_holder(&self, booking: &Booking, token: SecretHash) -> Result<Option<Party>> {
        bookings::token_holder(&mut *self.read().await?, booking, token).await
    }

    async fn issue_token(
        &self,
        booking: &Booking,
        token: SecretHash,
        holder: Party,
        for_job: JobId,
        now: Instant,
    ) -> Result<()> {
        self.commit(async |tx| bookings::insert_token(tx, booking, token, holder, Some(for_job), now).await)
            .await
    }

    async fn write(&self, mentor: MentorId) -> Result<Box<dyn Write>> {
        Ok(Box::new(write::SqliteWrite::new(self.begin().await?, mentor)))
    }

    async fn api_key(&self, secret: SecretHash) -> Result<Option<ApiKey>> {
        api_keys::find(&mut *self.read().await?, secret).await
    }

    async fn add_api_key(&self, key: &NewApiKey, now: Instant) -> Result<()> {
        self.commit(async |tx| api_keys::insert(tx, key, now).await).await
    }

    async fn claim_jobs(&self, now: Instant, lease_until: Instant, limit: u32) -> Result<Vec<Job>> {
        self.commit(async |tx| jobs::claim(tx, now, lease_until, limit).await).await
    }

    async fn finish_job(&self, id: JobId, now: Instant) -> Result<()> {
        self.commit(async |tx| jobs::close(tx, id, "done", None, now).await).await
    }

    async fn retry_job(&self, id: JobId, run_at: Instant, error: &str) -> Result<()> {
        self.commit(async |tx| jobs::retry(tx, id, run_at, error).await).await
    }

    async fn abandon_job(&self, id: JobId, now: Instant, error: &str) -> Result<()> {
        self.commit(async |tx| jobs::close(tx, id, "abandoned", Some(error), now).await).await
    }

    async fn next_job_at(&self) -> Result<Option<Instant>> {
        jobs::next_at(&mut *self.read().await?).await
    }
}
