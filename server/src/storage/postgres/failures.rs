//! What PostgreSQL and its driver complain of, sorted into what the program can say of it.

use sqlx::migrate::MigrateError;

use super::StoreError;

/// What the login lacks is said in words of our own (`0008_roles.sql`) or the server's.
pub(super) fn failed_to_migrate(error: MigrateError) -> StoreError {
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
pub(super) fn failed(error: sqlx::Error) -> StoreError {
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
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => {
            matches!(database.code().as_deref(), Some("57P01" | "57P02" | "57P05"))
        }
        _ => false,
    }
}

/// Whoever loses the connection on the way to a commit does not know whether it arrived.
pub(super) fn failed_to_commit(error: sqlx::Error) -> StoreError {
    match failed(error) {
        StoreError::Unavailable(cause) => StoreError::Uncertain(cause),
        other => other,
    }
}

/// The same, where a unique key that the caller chose may be taken already.
pub(super) fn failed_unless_unique(error: sqlx::Error, what: &'static str) -> StoreError {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => StoreError::Duplicate(what),
        _ => failed(error),
    }
}
