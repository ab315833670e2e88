//! The store in PostgreSQL, 15 or newer: any number of nodes on one database.
//!
//! Whoever changes what belongs to a mentor holds that mentor's advisory lock to the end of the transaction, so that
//! facts read inside stay true until it commits. The exclusion constraint is the second lock, for whatever code does
//! not hold the first.
//!
//! Once the schema is up to date, nothing touches a table outside a transaction that begins by giving up the login's own
//! rights: it acts as [`ROLE`], which owns nothing, and says for whom. Row security does the rest
//! (`migrations/postgres/0008_roles.sql`). Role and caller are gone with the transaction, so a pooler may give the
//! connection to others after each.

#[path = "../sql/api_keys.rs"]
mod api_keys;
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
#[path = "../sql/mentors.rs"]
mod mentors;
#[path = "../sql/migrate.rs"]
mod migrate;
mod notices;
#[path = "../sql/requests.rs"]
mod requests;
#[path = "../sql/rows.rs"]
mod rows;
#[path = "../sql/session_types.rs"]
mod session_types;
#[path = "../sql/store.rs"]
mod store;
mod tools;
#[path = "../sql/versions.rs"]
mod versions;
#[path = "../sql/write.rs"]
mod write;

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    AssertSqlSafe, PgPool,
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use url::Url;

pub(super) use self::tools::{dump_command, restore_command};
use self::{
    dialect::{Connection, Driver},
    notices::Notices,
};
use super::{Calendar, CalendarSpan, MentorPage, Result, StoreError, Write};
use crate::{
    auth::Caller,
    ids::{MentorId, SecretHash},
};

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
    (7, "versions", include_str!("../../../../migrations/postgres/0007_versions.sql")),
    (8, "roles", include_str!("../../../../migrations/postgres/0008_roles.sql")),
    (9, "lean_policies", include_str!("../../../../migrations/postgres/0009_lean_policies.sql")),
];

/// As whom every transaction acts.
pub const ROLE: &str = "slotsmith_app";

use PostgresStore as Store;

/// A store in a PostgreSQL database.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
    notices: Notices,
    /// Where its tables are, quoted.
    schema: Arc<str>,
    caller: Caller,
}

/// Where a database is, and who may enter. Never prints the password.
#[derive(Clone)]
pub struct Address {
    options: Box<PgConnectOptions>,
    /// Files that the driver does not tell again, by libpq's names.
    certificates: Vec<(&'static str, String)>,
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(url: &str) -> std::result::Result<Address, &'static str> {
        // The driver's own words might repeat the password.
        let refused = "is not the address of a PostgreSQL database";
        let options = url.parse().map(Box::new).map_err(|_| refused)?;
        let parsed = Url::parse(url).map_err(|_| refused)?;
        let certificate = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            let name = match &*name {
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "sslrootcert",
                "sslcert" | "ssl-cert" => "sslcert",
                "sslkey" | "ssl-key" => "sslkey",
                _ => return None,
            };
            Some((name, value.into_owned()))
        };
        Ok(Address { options, certificates: parsed.query_pairs().filter_map(certificate).collect() })
    }
}

impl Address {
    /// A name, or the folder of a socket.
    fn host(&self) -> Cow<'_, str> {
        let options = &self.options;
        options.get_socket().map_or_else(|| options.get_host().into(), |dir| dir.to_string_lossy())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.options.get_database().unwrap_or_default();
        write!(f, "PostgreSQL database {database:?} at {}", self.host())
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
        let options = PgConnectOptions::clone(&address.options).application_name("slotsmith").options([
            ("lock_timeout", millis(patience)),
            ("statement_timeout", millis(STATEMENT_PATIENCE)),
            // A node that stands still must not keep others from a mentor.
            ("idle_in_transaction_session_timeout", millis(STATEMENT_PATIENCE)),
            // As on SQLite: an answered booking survives a power cut, whatever the server's own default is.
            ("synchronous_commit", "on".to_owned()),
            // Every question of ours finds its rows by key, whatever the values: planning it anew costs more than it gains.
            ("plan_cache_mode", "force_generic_plan".to_owned()),
            // A rollback of nothing is worth no message.
            ("client_min_messages", "error".to_owned()),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(patience)
            // Whoever begins finds out anyway, see `PostgresStore::transaction`.
            .test_before_acquire(false);
        let pool = pool.connect_with(options).await.map_err(failed)?;
        migrate::all(MIGRATIONS).run(&pool).await.map_err(failed_to_migrate)?;
        let (login, schema): (String, String) =
            sqlx::query_as("SELECT quote_ident(session_user), quote_ident(current_schema())")
                .fetch_one(&pool)
                .await
                .map_err(failed)?;
        let notices = Notices::new(pool.clone());
        let store = PostgresStore { pool, notices, schema: schema.into(), caller: Caller::Public };
        store.check_role(&login).await?;
        Ok(store)
    }

    /// Whether the login may act as the role, whether that binds it, and whether views may read the tables.
    async fn check_role(&self, login: &str) -> Result<()> {
        let mut tx = match self.read().await {
            Err(StoreError::Broken(cause)) => {
                // It is missing, or not for this login.
                return Err(StoreError::NotGranted(format!(
                    "the login {login} may not act as the role {ROLE} ({cause}); whoever may should say: GRANT {ROLE} TO {login};"
                )));
            }
            begun => begun?,
        };
        let bound = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
        let (is_free,): (bool,) = sqlx::query_as(bound).fetch_one(&mut *tx).await.map_err(failed)?;
        if is_free {
            return Err(StoreError::NotGranted(format!(
                "row security does not bind the role {ROLE}; whoever may should say: ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS;"
            )));
        }
        // Policies keep the owner of then, and views would be empty without a word.
        let (stale,): (Option<String>,) = sqlx::query_as(
            "SELECT string_agg(format('ALTER POLICY %I ON %I TO %I;', p.policyname, p.tablename, t.tableowner), ' ')
             FROM pg_policies AS p JOIN pg_tables AS t USING (schemaname, tablename)
             JOIN pg_roles AS r ON r.rolname = t.tableowner
             WHERE p.schemaname = current_schema() AND p.policyname IN ('through_views', 'through_triggers')
                 AND t.tableowner <> ALL (p.roles) AND NOT (r.rolsuper OR r.rolbypassrls)",
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(failed)?;
        match stale {
            Some(statements) => Err(StoreError::NotGranted(format!(
                "the tables have another owner than when they were made, who should say: {statements}"
            ))),
            None => Ok(()),
        }
    }

    fn acting(&self, caller: Caller) -> PostgresStore {
        PostgresStore { caller, ..self.clone() }
    }

    async fn role(&self) -> Result<Option<String>> {
        let role = sqlx::query_as("SELECT current_user::text").fetch_one(&mut *self.read().await?).await;
        role.map(|(role,)| Some(role)).map_err(failed)
    }

    /// Whether it answers, and lets us act.
    async fn ping(&self) -> Result<()> {
        self.read().await.map(drop)
    }

    async fn read(&self) -> Result<sqlx::Transaction<'static, Driver>> {
        self.transaction("READ COMMITTED READ ONLY", None).await
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<sqlx::Transaction<'static, Driver>> {
        self.transaction("REPEATABLE READ READ ONLY", None).await
    }

    /// Begins, also when the caller is gone before the server says that it did: of such a transaction the driver (sqlx
    /// 0.9.0) knows nothing, so it would not be undone, and whoever is given the connection next would be in the middle
    /// of it.
    async fn transaction(
        &self,
        isolation: &str,
        mentor: Option<MentorId>,
    ) -> Result<sqlx::Transaction<'static, Driver>> {
        let settings = settings(&self.caller, mentor);
        // One message, and one answer. Of a transaction that failed while it began, the driver does not know either: the
        // first word ends it, and is a mere warning otherwise. The path is told because another role may have another one.
        let begin = format!(
            "ROLLBACK; BEGIN ISOLATION LEVEL {isolation}; SET LOCAL search_path = {}; SET LOCAL ROLE {ROLE}; {settings}{}",
            self.schema,
            // The number keeps our locks apart from others in the same database.
            mentor.map_or_else(String::new, |mentor| format!(
                "; SELECT pg_advisory_xact_lock(hashtextextended('{mentor}', 7302))"
            ))
        );
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move {
            // Connections that died while nobody used them go one by one; nothing has been done on any.
            for _ in 0..CONNECTIONS {
                match pool.begin_with(AssertSqlSafe(begin.clone())).await {
                    Err(error) if is_lost(&error) => {}
                    begun => return begun,
                }
            }
            pool.begin_with(AssertSqlSafe(begin)).await
        });
        begun.await.map_err(|e| StoreError::Broken(e.into()))?.map_err(failed)
    }

    /// With the mentor's lock, if there is a mentor. READ COMMITTED, so that what is read after the wait for the lock is
    /// what the one before has written.
    async fn begin(&self, mentor: Option<MentorId>) -> Result<sqlx::Transaction<'static, Driver>> {
        self.transaction("READ COMMITTED", mentor).await
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

/// For whom a transaction acts, as the policies ask. Whoever books without an account does so with one mentor.
fn settings(caller: &Caller, mentor: Option<MentorId>) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // No text of others' comes in here, only ids and digits.
    let (name, what) = match caller {
        Caller::Public => ("public", mentor.map(|mentor| format!("mentor = '{mentor}'"))),
        Caller::Mentor(mentor) => ("mentor", Some(format!("mentor = '{mentor}'"))),
        Caller::Client(email) => ("client", Some(format!("email = '{}'", hex(email.as_bytes())))),
        Caller::Admin => ("admin", None),
        Caller::Token(hash) => ("token", Some(format!("token = '{}'", hex(&hash.0)))),
        Caller::System => ("system", None),
    };
    let what = what.map_or_else(String::new, |what| format!("; SET LOCAL slotsmith.{what}"));
    format!("SET LOCAL slotsmith.caller = '{name}'{what}")
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

/// What the login lacks is said in words of our own (`0008_roles.sql`) or the server's.
fn failed_to_migrate(error: MigrateError) -> StoreError {
    match &error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => {
            match cause.as_database_error() {
                Some(database) if database.code().as_deref() == Some("42501") => {
                    StoreError::NotGranted(database.message().to_owned())
                }
                _ => StoreError::Broken(error.into()),
            }
        }
        _ => StoreError::Broken(error.into()),
    }
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

/// Whether the connection is gone, and nothing else is wrong.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => {
            matches!(database.code().as_deref(), Some("57P01" | "57P02" | "57P05"))
        }
        _ => false,
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
