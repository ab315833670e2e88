//! What PostgreSQL calls things: `uuid`, `timestamptz` and `date` are themselves.

use chrono::{DateTime, NaiveDate, Utc};
use slotsmith_engine::Instant;
use sqlx::{Column as _, Row as _, TypeInfo as _, postgres::PgRow};
use uuid::Uuid;

use super::{Result, failed};

pub(super) type Driver = sqlx::Postgres;
pub(super) type Connection = sqlx::PgConnection;
pub(super) type Arguments = sqlx::postgres::PgArguments;

/// Any number of nodes take different jobs, and none waits for another.
pub(super) const CLAIM_JOBS: &str = "UPDATE jobs SET lease_until = $1, attempts = attempts + 1
     WHERE id IN (SELECT id FROM jobs
                  WHERE finished_at IS NULL AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
                  ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, task, attempts";

pub(super) const NEXT_JOB_AT: &str = "SELECT greatest(run_at, lease_until) AS due FROM jobs
     WHERE finished_at IS NULL ORDER BY due LIMIT 1";

/// Those of every transaction that may have been under way when the cursor was given out, so some are told twice.
pub(super) const CHANGES: &str =
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS cursor, v.mentor_id, v.version
     FROM (SELECT 1) AS one LEFT JOIN versions AS v ON v.changed_in >= $1";

/// Others may be forgetting the same ones; nobody waits.
pub(super) const FORGET_ATTEMPTS: &str = "DELETE FROM booking_attempts WHERE (source, id) IN
     (SELECT source, id FROM booking_attempts WHERE at <= $1 FOR UPDATE SKIP LOCKED)";

/// Whoever books sees no other booking, so the database looks for them.
pub(super) const MADE_UNDER_EMAIL: &str =
    "SELECT created_at FROM booking_made_under($1, $2, $3) AS made (created_at)";

/// Some columns of all rows as one JSON array of arrays.
pub(super) fn json_rows(columns: &[&str]) -> String {
    format!("json_agg(json_build_array({}))::text", columns.join(", "))
}

/// Seconds since 1970.
pub(super) fn seconds(at: &str) -> String {
    format!("extract(epoch FROM {at})::bigint")
}

/// Several statements as one; they share their parameters, and none sees what another does.
pub(super) fn together<const N: usize>(statements: [&str; N]) -> String {
    let parts = (0..N).map(|number| format!("part_{number} AS ({})", statements[number]));
    format!("WITH {} SELECT", parts.collect::<Vec<_>>().join(", "))
}

pub(super) fn id_of(id: impl Into<Uuid>) -> Uuid {
    id.into()
}

pub(super) fn time_of(at: Instant) -> DateTime<Utc> {
    // An instant lies within years -9999 to 9999, far inside chrono's range.
    DateTime::from_timestamp(at.unix(), 0).unwrap_or_default()
}

pub(super) fn date_of(date: NaiveDate) -> NaiveDate {
    date
}

/// One row, read by column name.
pub(super) struct Columns(pub(super) PgRow);

impl Columns {
    pub(super) fn text(&self, column: &str) -> Result<String> {
        self.text_or_null(column)?
            .ok_or_else(|| failed(sqlx::Error::Decode(format!("{column} is null").into())))
    }

    /// Ids and dates as they are written.
    pub(super) fn text_or_null(&self, column: &str) -> Result<Option<String>> {
        let text = match self.type_of(column)? {
            "UUID" => self.0.try_get::<Option<Uuid>, _>(column).map(|id| id.map(|id| id.to_string())),
            "DATE" => {
                self.0.try_get::<Option<NaiveDate>, _>(column).map(|date| date.map(|date| date.to_string()))
            }
            _ => self.0.try_get(column),
        };
        text.map_err(failed)
    }

    pub(super) fn integer_or_null(&self, column: &str) -> Result<Option<i64>> {
        let integer = match self.type_of(column)? {
            "INT2" => self.0.try_get::<Option<i16>, _>(column).map(|integer| integer.map(i64::from)),
            "INT4" => self.0.try_get::<Option<i32>, _>(column).map(|integer| integer.map(i64::from)),
            _ => self.0.try_get(column),
        };
        integer.map_err(failed)
    }

    pub(super) fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        self.0.try_get(column).map_err(failed)
    }

    pub(super) fn boolean(&self, column: &str) -> Result<bool> {
        self.0.try_get(column).map_err(failed)
    }

    /// Seconds since 1970.
    pub(super) fn seconds_or_null(&self, column: &str) -> Result<Option<i64>> {
        let at = self.0.try_get::<Option<DateTime<Utc>>, _>(column);
        at.map(|at| at.map(|at| at.timestamp())).map_err(failed)
    }

    fn type_of(&self, column: &str) -> Result<&str> {
        let column = self.0.try_column(column).map_err(failed)?;
        Ok(column.type_info().name())
    }
}
