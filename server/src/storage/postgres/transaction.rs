//! A transaction that begins with several statements in one message.
//!
//! The driver's own knows nothing of one whose beginning failed or was waited for no longer (sqlx 0.9.0): whoever is given
//! the connection next would be in the middle of it. This one holds the connection from before it begins, and gives it
//! back only when it has ended.

use std::ops::{Deref, DerefMut};

use sqlx::{AssertSqlSafe, PgPool, pool::PoolConnection, raw_sql};
use tokio::runtime::Handle;

use super::dialect::{Connection, Driver};

/// Undone when it is dropped.
pub(super) struct Transaction {
    /// `None` when it has ended.
    connection: Option<PoolConnection<Driver>>,
}

impl Transaction {
    /// Begins with some statements, `BEGIN` first.
    pub(super) async fn begin(pool: &PgPool, statements: &str) -> sqlx::Result<Transaction> {
        let mut begun = Transaction { connection: Some(pool.acquire().await?) };
        raw_sql(AssertSqlSafe(statements)).execute(&mut *begun).await?;
        Ok(begun)
    }

    /// Makes what was done stand.
    pub(super) async fn commit(mut self) -> sqlx::Result<()> {
        raw_sql("COMMIT").execute(&mut *self).await?;
        self.connection = None;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                if raw_sql("ROLLBACK").execute(&mut *connection).await.is_err() {
                    connection.close_on_drop();
                }
            })),
            // The program ends.
            Err(_) => connection.close_on_drop(),
        }
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        let Some(connection) = &self.connection else { unreachable!("what ends it takes it") };
        connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        let Some(connection) = &mut self.connection else { unreachable!("what ends it takes it") };
        connection
    }
}
