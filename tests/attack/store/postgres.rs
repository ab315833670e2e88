//! Reads a store on a server, and does to its connections what networks do.

use sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};

use super::{BookingRow, LineRow, Stored, put_together};
use crate::{postgres::Postgres, process::Failure};

/// As somebody who sees everything.
async fn connect(server: &Postgres) -> Result<PgConnection, Failure> {
    Ok(server.superuser_url().parse::<PgConnectOptions>()?.connect().await?)
}

/// About half of those that are in a transaction, and of the others those that are asking.
pub(super) async fn cut_connections(server: &Postgres) -> Result<(), Failure> {
    let cut = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'slotsmith' AND state <> 'idle' AND random() < 0.5",
    );
    cut.execute(&mut connect(server).await?).await?;
    Ok(())
}

/// Ends what is left, and waits until it is gone: a commit that has begun is finished.
pub(super) async fn settle(server: &Postgres) -> Result<(), Failure> {
    let end = sqlx::query(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE application_name = 'slotsmith'",
    );
    end.execute(&mut connect(server).await?).await?;
    Ok(())
}

pub(super) async fn read(server: &Postgres) -> Result<Stored, Failure> {
    let mut db = connect(server).await?;
    let bookings: Vec<BookingRow> = sqlx::query_as(
        "SELECT b.id::text, m.slug, k.slug, b.email, extract(epoch FROM b.starts_at)::bigint,
             extract(epoch FROM b.ends_at)::bigint, b.status, b.sequence,
             EXISTS (SELECT FROM booking_tokens WHERE mentor_id = b.mentor_id AND booking_id = b.id)
                 AND EXISTS (SELECT FROM jobs WHERE key = 'confirmation:' || b.id || ':booker')
         FROM bookings AS b JOIN mentors AS m ON m.id = b.mentor_id
             JOIN session_types AS k ON k.mentor_id = b.mentor_id AND k.id = b.session_type_id",
    )
    .fetch_all(&mut db)
    .await?;
    let history: Vec<LineRow> = sqlx::query_as(
        "SELECT booking_id::text, sequence, action, extract(epoch FROM from_starts_at)::bigint, from_status,
             extract(epoch FROM to_starts_at)::bigint, to_status, reason
         FROM booking_history ORDER BY booking_id, sequence",
    )
    .fetch_all(&mut db)
    .await?;
    Ok(Stored { bookings: put_together(bookings, history), damage: damage(&mut db).await? })
}

/// What the server finds wrong with its own tables and indexes.
async fn damage(db: &mut PgConnection) -> Result<Vec<String>, Failure> {
    sqlx::query("CREATE EXTENSION IF NOT EXISTS amcheck").execute(&mut *db).await?;
    let tables = "SELECT c.relname || ': ' || v.msg FROM pg_class AS c, verify_heapam(c.oid) AS v
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace";
    let found: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut *db).await?;
    let mut found: Vec<String> = found.into_iter().map(|(line,)| line).collect();
    // Each has every row of its table; of other sorts of index the extension knows nothing.
    let indexes = "SELECT bt_index_check(c.oid, true) FROM pg_class AS c JOIN pg_am AS a ON a.oid = c.relam
         WHERE c.relkind = 'i' AND a.amname = 'btree' AND c.relnamespace = 'public'::regnamespace";
    match sqlx::query(indexes).execute(db).await {
        Ok(_) => {}
        Err(sqlx::Error::Database(error)) => found.push(error.message().to_owned()),
        Err(error) => return Err(error.into()),
    }
    Ok(found)
}
