//! The store in PostgreSQL, 15 or newer: any number of nodes on one database.
//!
//! Whoever changes what belongs to a mentor holds that mentor's advisory lock to the end of the transaction, so that
//! facts read inside stay true until it commits. The exclusion constraint is the second lock, for whatever code does
//! not hold the first.

#[path = "../sql/api_keys.rs"]
mod api_keys;
#[path = "../sql/bookings.rs"]
mod bookings;
mod dialect;
#[path = "../sql/holds.rs"]
mod holds;
#[path = "../sql/hours.rs"]
mod hours;
#[path = "../sql/jobs.rs"]
mod jobs;
#[path = "../sql/mentors.rs"]
mod mentors;
#[path = "../sql/migrate.rs"]
mod migrate;
#[path = "../sql/requests.rs"]
mod requests;
#[path = "../sql/rows.rs"]
mod rows;
#[path = "../sql/session_types.rs"]
mod session_types;
#[path = "../sql/store.rs"]
mod store;
#[path = "../sql/write.rs"]
mod write;

use std::{fmt, str::FromStr, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use self::dialect::{Connection, Driver, id_of};
use super::{Calendar, CalendarSpan, MentorPage, Result, StoreError, Write};
use crate::ids::{MentorId, SecretHash};

/// Connections of one node.
const CONNECTIONS: u32 = 16;
/// Longest that one statement may take. No question of ours comes near it.
const STATEMENT_PATIENCE: Duration = Duration::from_secs(10);

/// Number, name and text of every change of schema, in order. Old ones are never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "mentors", include_str!("../../../../migrations/postgres/0001_mentors.sql")),
    (2, "bookings", include_str!("../../../../migrations/postgres/0002_bookings.sql")),
    (3, "jobs", include_str!("../../../../migrations/postgres/0003_jobs.sql")),
    (4, "recurring_overrides", include_str!("../../../../migrations/postgres/0004_recurring_overrides.sql")),
    (5, "requests", include_str!("../../../../migrations/postgres/0005_requests.sql")),
    (6, "changes", include_str!("../../../../migrations/postgres/0006_changes.sql")),
];

use PostgresStore as Store;

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    pool: PgPool,
}

/// Where a database is, and who may enter. Never prints the password.
#[derive(Clone)]
pub struct Address(Box<PgConnectOptions>);

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(url: &str) -> std::result::Result<Address, &'static str> {
        // The driver's own words might repeat the password.
        url.parse()
            .map(|options| Address(Box::new(options)))
            .map_err(|_| "is not the address of a PostgreSQL database")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.0.get_database().unwrap_or_default();
        let host = self.0.get_socket().map_or_else(|| self.0.get_host().into(), |dir| dir.to_string_lossy());
        write!(f, "PostgreSQL database {database:?} at {host}")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PostgresStore {
    /// Connects, and brings the schema up to date; of several nodes that start together one does so. `patience` is how
    /// long a call waits for a lock or a free connection before it says [`StoreError::Unavailable`].
    ///
    /// # Errors
    /// When the database cannot be reached or entered, or has a schema newer than this program.
    pub async fn open(address: &Address, patience: Duration) -> Result<PostgresStore> {
        let millis = |duration: Duration| duration.as_millis().to_string();
        let options = PgConnectOptions::clone(&address.0).application_name("slotsmith").options([
            ("lock_timeout", millis(patience)),
            ("statement_timeout", millis(STATEMENT_PATIENCE)),
            // A node that stands still must not keep others from a mentor.
            ("idle_in_transaction_session_timeout", millis(STATEMENT_PATIENCE)),
            // As on SQLite: an answered booking survives a power cut, whatever the server's own default is.
            ("synchronous_commit", "on".to_owned()),
        ]);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(patience);
        let pool = pool.connect_with(options).await.map_err(failed)?;
        migrate::all(MIGRATIONS).run(&pool).await.map_err(|e| StoreError::Broken(e.into()))?;
        Ok(PostgresStore { pool })
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map_err(failed)?;
        Ok(())
    }

    async fn read(&self) -> Result<sqlx::pool::PoolConnection<Driver>> {
        self.pool.acquire().await.map_err(failed)
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<sqlx::Transaction<'static, Driver>> {
        self.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// Begins, also when the caller is gone before the server says that it did: of such a transaction the driver (sqlx
    /// 0.9.0) knows nothing, so it would not be undone, and whoever is given the connection next would be in the middle
    /// of it.
    async fn transaction(&self, begin: &'static str) -> Result<sqlx::Transaction<'static, Driver>> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(begin).await });
        begun.await.map_err(|e| StoreError::Broken(e.into()))?.map_err(failed)
    }

    /// With the mentor's lock, if there is a mentor. READ COMMITTED, so that what is read after the wait for the lock is
    /// what the one before has written.
    async fn begin(&self, mentor: Option<MentorId>) -> Result<sqlx::Transaction<'static, Driver>> {
        let mut tx = self.transaction("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        if let Some(mentor) = mentor {
            // The second number keeps our locks apart from others in the same database.
            sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7302))")
                .bind(id_of(mentor))
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        Ok(tx)
    }

    /// Runs one unit of work in a transaction of its own.
    async fn commit<T>(
        &self,
        mentor: Option<MentorId>,
        work: impl AsyncFnOnce(&mut Connection) -> std::result::Result<T, StoreError>,
    ) -> Result<T> {
        let mut tx = self.begin(mentor).await?;
        let done = work(&mut tx).await?;
        tx.commit().await.map_err(failed_to_commit)?;
        Ok(done)
    }
}

/// Keeps others from what has this hash until the transaction ends. Taken after a mentor's lock, never before.
async fn lock(db: &mut Connection, hash: &SecretHash) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 7303))")
        .bind(&hash.0[..])
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Sorts what PostgreSQL and the pool complain of, by code and by the names of our own constraints. The text may name
/// other people's bookings; it goes to the log only.
fn failed(error: sqlx::Error) -> StoreError {
    if let Some(database) = error.as_database_error() {
        if matches!(database.constraint(), Some("bookings_no_overlap" | "bookings_active_start")) {
            return StoreError::SlotTaken;
        }
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        let code = database.code().unwrap_or_default();
        let is_passing = match code.get(..2) {
            // Connection trouble, nothing left of something, an operator's hand or a time limit, a system error.
            Some("08" | "53" | "57" | "58") => true,
            // Serialization failure, deadlock, lock timeout, a server that only reads now.
            _ => matches!(&*code, "40001" | "40P01" | "55P03" | "25006" | "25P03"),
        };
        return if is_passing {
            StoreError::Unavailable(error.into())
        } else {
            StoreError::Broken(error.into())
        };
    }
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error.into()),
        other => StoreError::Broken(other.into()),
    }
}

/// Whoever loses the connection on the way to a commit does not know whether it arrived.
fn failed_to_commit(error: sqlx::Error) -> StoreError {
    match failed(error) {
        StoreError::Unavailable(cause) => StoreError::Uncertain(cause),
        other => other,
    }
}

/// The same, where a unique key that the caller chose may be taken already.
fn failed_unless_unique(error: sqlx::Error, what: &'static str) -> StoreError {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => StoreError::Duplicate(what),
        _ => failed(error),
    }
}
