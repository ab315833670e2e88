//! The store in one SQLite file: one connection writes, several read, none waits for a second one.
//!
//! WAL lets readers go on while a booking is written. Every writing transaction begins IMMEDIATE, so that it
//! waits its turn at the start instead of failing in the middle. `synchronous=FULL`: an answered booking
//! survives a power cut.

#[path = "../sql/api_keys.rs"]
mod api_keys;
mod backup;
#[path = "../sql/bookings.rs"]
mod bookings;
#[path = "../sql/calendar.rs"]
mod calendar;
mod dialect;
#[path = "../sql/holds.rs"]
mod holds;
#[path = "../sql/hours.rs"]
mod hours;
#[path = "../sql/jobs.rs"]
mod jobs;
mod lock;
#[path = "../sql/mentors.rs"]
mod mentors;
#[path = "../sql/migrate.rs"]
mod migrate;
mod notices;
mod partial;
#[path = "../sql/requests.rs"]
mod requests;
#[path = "../sql/rows.rs"]
mod rows;
#[path = "../sql/session_types.rs"]
mod session_types;
#[path = "../sql/store.rs"]
mod store;
#[path = "../sql/versions.rs"]
mod versions;
#[path = "../sql/write.rs"]
mod write;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Connection as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub(super) use self::backup::{back_up, restore};
use self::{
    dialect::{Connection, Driver},
    notices::Notices,
};
use super::{Calendar, CalendarSpan, MentorPage, Result, StoreError, Write};
use crate::{
    auth::Caller,
    ids::{MentorId, SecretHash},
};

/// Connections that read.
const READERS: u32 = 4;

/// Number, name and text of every change of schema, in order. Old ones are never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "mentors", include_str!("../../../../migrations/sqlite/0001_mentors.sql")),
    (2, "bookings", include_str!("../../../../migrations/sqlite/0002_bookings.sql")),
    (3, "jobs", include_str!("../../../../migrations/sqlite/0003_jobs.sql")),
    (4, "recurring_overrides", include_str!("../../../../migrations/sqlite/0004_recurring_overrides.sql")),
    (5, "requests", include_str!("../../../../migrations/sqlite/0005_requests.sql")),
    (6, "changes", include_str!("../../../../migrations/sqlite/0006_changes.sql")),
    (7, "versions", include_str!("../../../../migrations/sqlite/0007_versions.sql")),
    (8, "roles", include_str!("../../../../migrations/sqlite/0008_roles.sql")),
    (9, "lean_policies", include_str!("../../../../migrations/sqlite/0009_lean_policies.sql")),
];

use SqliteStore as Store;

type Transaction = sqlx::Transaction<'static, Driver>;

/// A store in one SQLite file.
#[derive(Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    notices: Notices,
    /// Says that the store is in use, for as long as it is.
    _lock: Arc<File>,
}

impl SqliteStore {
    /// Opens the file, makes it where it is missing, and brings its schema up to date. `patience` is how long a
    /// call waits for a locked file or a free connection before it says [`StoreError::Unavailable`].
    ///
    /// # Errors
    /// When the file cannot be opened, is being restored, or holds a schema newer than this program.
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
                // It is in this process.
                .test_before_acquire(false)
                // A full disk makes SQLite undo a transaction by itself, behind the driver's back. A connection that
                // still believes itself inside one is of no more use.
                .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        };
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir).map_err(|error| StoreError::Unavailable(error.into()))?;
        }
        let lock = lock::shared(file).map_err(|error| StoreError::Unavailable(error.into()))?;
        let lock = lock.ok_or_else(|| StoreError::Unavailable("it is being restored".into()))?;
        let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
        migrate::all(MIGRATIONS).run(&writer).await.map_err(|e| StoreError::Broken(e.into()))?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await.map_err(failed)?;
        Ok(SqliteStore { writer, readers, notices: Notices::default(), _lock: Arc::new(lock) })
    }

    /// SQLite has no roles: what a caller may see and do is for the program to know.
    fn acting(&self, _caller: Caller) -> SqliteStore {
        self.clone()
    }

    async fn role(&self) -> Result<Option<String>> {
        Ok(None)
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.readers).await.map_err(failed)?;
        Ok(())
    }

    async fn read(&self) -> Result<sqlx::pool::PoolConnection<Driver>> {
        self.readers.acquire().await.map_err(failed)
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<Transaction> {
        self.readers.begin().await.map_err(failed)
    }

    /// SQLite has a single writer, so holding it is holding every mentor's lock.
    async fn begin(&self, _mentor: Option<MentorId>) -> Result<Transaction> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }

    /// Runs one unit of work in a transaction of its own.
    async fn commit<T>(
        &self,
        mentor: Option<MentorId>,
        work: impl AsyncFnOnce(&mut Connection) -> std::result::Result<T, StoreError>,
    ) -> Result<T> {
        let mut tx = self.begin(mentor).await?;
        let done = work(&mut tx).await?;
        let committed = tx.commit().await.map_err(failed_to_commit);
        if mentor.is_some() {
            // Also when nobody knows whether it happened.
            self.notices.tell();
        }
        committed.map(|()| done)
    }
}

/// The file with this at the end of its name.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// SQLite's one writer holds every lock there is.
async fn lock(_: &mut Connection, _: &SecretHash) -> Result<()> {
    Ok(())
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

/// A commit that fails here has not happened.
fn failed_to_commit(error: sqlx::Error) -> StoreError {
    failed(error)
}

/// The same, where a unique key that the caller chose may be taken already.
fn failed_unless_unique(error: sqlx::Error, what: &'static str) -> StoreError {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => StoreError::Duplicate(what),
        _ => failed(error),
    }
}
