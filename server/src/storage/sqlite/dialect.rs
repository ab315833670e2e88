//! What SQLite calls things. Ids and dates are text, instants are whole seconds since 1970.

use chrono::NaiveDate;
use slotsmith_engine::Instant;
use sqlx::{Row as _, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Result, failed};

pub(super) type Driver = sqlx::Sqlite;
pub(super) type Connection = sqlx::SqliteConnection;
pub(super) type Arguments = sqlx::sqlite::SqliteArguments;

/// Whoever claims jobs is the only writer meanwhile.
pub(super) const CLAIM_JOBS: &str = "UPDATE jobs SET lease_until = $1, attempts = attempts + 1
     WHERE id IN (SELECT id FROM jobs
                  WHERE finished_at IS NULL AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
                  ORDER BY run_at LIMIT $3)
     RETURNING id, task, attempts";

pub(super) const NEXT_JOB_AT: &str = "SELECT max(run_at, coalesce(lease_until, run_at)) AS due FROM jobs
     WHERE finished_at IS NULL ORDER BY due LIMIT 1";

/// Those of transactions after one that has ended.
pub(super) const CHANGES: &str =
    "SELECT (SELECT coalesce(max(changed_in), 0) FROM versions) AS cursor, v.mentor_id, v.version
     FROM (SELECT 1) LEFT JOIN versions AS v ON v.changed_in > $1";

pub(super) const FORGET_ATTEMPTS: &str = "DELETE FROM booking_attempts WHERE at <= $1";

/// The latest but `$3` of the bookings under an address since `$2`.
pub(super) const MADE_UNDER_EMAIL: &str =
    "SELECT created_at FROM bookings WHERE lower(email) = lower($1) AND created_at > $2
     ORDER BY created_at DESC LIMIT 1 OFFSET $3";

/// Some columns of all rows as one JSON array of arrays.
pub(super) fn json_rows(columns: &[&str]) -> String {
    format!("json_group_array(json_array({}))", columns.join(", "))
}

/// Seconds since 1970.
pub(super) fn seconds(at: &str) -> String {
    at.to_owned()
}

/// Several statements as one; they share their parameters.
pub(super) fn together<const N: usize>(statements: [&str; N]) -> String {
    statements.join("; ")
}

pub(super) fn id_of(id: impl Into<Uuid>) -> String {
    id.into().to_string()
}

pub(super) fn time_of(at: Instant) -> i64 {
    at.unix()
}

pub(super) fn date_of(date: NaiveDate) -> String {
    date.to_string()
}

/// One row, read by column name.
pub(super) struct Columns(pub(super) SqliteRow);

impl Columns {
    pub(super) fn text(&self, column: &str) -> Result<String> {
        self.0.try_get(column).map_err(failed)
    }

    pub(super) fn text_or_null(&self, column: &str) -> Result<Option<String>> {
        self.0.try_get(column).map_err(failed)
    }

    pub(super) fn integer_or_null(&self, column: &str) -> Result<Option<i64>> {
        self.0.try_get(column).map_err(failed)
    }

    pub(super) fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        self.0.try_get(column).map_err(failed)
    }

    pub(super) fn boolean(&self, column: &str) -> Result<bool> {
        self.0.try_get(column).map_err(failed)
    }

    /// Seconds since 1970.
    pub(super) fn seconds_or_null(&self, column: &str) -> Result<Option<i64>> {
        self.0.try_get(column).map_err(failed)
    }
}
