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

mod address;
#[path = "../sql/api_keys.rs"]
mod api_keys;
#[path = "../sql/bookings.rs"]
mod bookings;
#[path = "../sql/calendar.rs"]
mod calendar;
mod dialect;
mod failures;
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
mod transaction;
#[path = "../sql/versions.rs"]
mod versions;
#[path = "../sql/write.rs"]
mod write;

use std::{sync::Arc, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

pub use self::address::Address;
pub(super) use self::tools::{dump_command, restore_command};
use self::{
    dialect::Connection,
    failures::{failed, failed_to_commit, failed_to_migrate, failed_unless_unique, is_lost},
    notices::Notices,
    transaction::Transaction,
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

    async fn read(&self) -> Result<Transaction> {
        self.transaction("READ COMMITTED READ ONLY", None).await
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<Transaction> {
        self.transaction("REPEATABLE READ READ ONLY", None).await
    }

    async fn transaction(&self, isolation: &str, mentor: Option<MentorId>) -> Result<Transaction> {
        let settings = settings(&self.caller, mentor);
        // One message, and one answer. The path is told because another role may have another one.
        let begin = format!(
            "BEGIN ISOLATION LEVEL {isolation}; SET LOCAL search_path = {}; SET LOCAL ROLE {ROLE}; {settings}{}",
            self.schema,
            // The number keeps our locks apart from others in the same database.
            mentor.map_or_else(String::new, |mentor| format!(
                "; SELECT pg_advisory_xact_lock(hashtextextended('{mentor}', 7302))"
            ))
        );
        // Connections that died while nobody used them go one by one; nothing has been done on any.
        for _ in 0..CONNECTIONS {
            match Transaction::begin(&self.pool, &begin).await {
                Err(error) if is_lost(&error) => {}
                begun => return begun.map_err(failed),
            }
        }
        Transaction::begin(&self.pool, &begin).await.map_err(failed)
    }

    /// With the mentor's lock, if there is a mentor. READ COMMITTED, so that what is read after the wait for the lock is
    /// what the one before has written.
    async fn begin(&self, mentor: Option<MentorId>) -> Result<Transaction> {
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
