//! The least that a booking can cost: the same rows, written by one statement each in one transaction, judged by nobody
//! but the schema. On PostgreSQL by the program's role for a booker, whom row security binds as it binds the program.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use slotsmith::{
    clock::{Clock as _, SystemClock},
    ids::BookingId,
};
use sqlx::{AssertSqlSafe, types::Uuid};

use super::{
    database::{Database, Pool},
    size::Size,
};

/// As many at once as there are connections of the load tool.
const WRITERS: usize = 16;

const BOOKING: &str =
    "INSERT INTO bookings (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
     buffer_after_minutes, status, name, email, timezone, sequence, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, 0, 0, 'confirmed', 'Bo Ok', 'bo@example.com', 'Europe/Berlin', 0, $6, $6)
     ON CONFLICT DO NOTHING";
const TOKEN: &str = "INSERT INTO booking_tokens (mentor_id, booking_id, hash, holder, created_at) VALUES ($1, $2, $3, 'booker', $4)";
const HISTORY: &str = "INSERT INTO booking_history (mentor_id, booking_id, sequence, at, actor, action, to_starts_at, to_status)
     VALUES ($1, $2, 0, $3, 'booker', 'created', $4, 'confirmed')";
const JOB: &str = "INSERT INTO jobs (id, key, task, run_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const TASK: &str =
    r#"{"kind":"confirmation","booking":"00000000-0000-7000-8000-000000000000","to":"booker"}"#;

/// Transactions in a second.
pub async fn inserts(database: &Database, size: Size, round: usize, time: Duration) -> f64 {
    let free: Arc<Vec<i64>> = Arc::new(
        Size::free()
            .skip((round * 2 + 1) * 100_000_usize.div_ceil(size.mentors))
            .take(100_000_usize.div_ceil(size.mentors))
            .collect(),
    );
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (free, next, done) = (Arc::clone(&free), Arc::clone(&next), Arc::clone(&done));
            let pool = database.pool.clone();
            tokio::spawn(async move {
                while began.elapsed() < time {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let row = Row::new(n % size.mentors, free[n / size.mentors]);
                    match &pool {
                        Pool::Sqlite(pool) => row.insert_sqlite(pool).await,
                        Pool::Postgres(pool) => row.insert_postgres(pool).await,
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    #[allow(clippy::cast_precision_loss, reason = "a rate, not an account")]
    let rate = done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    rate
}

fn new_id() -> Uuid {
    BookingId::new(SystemClock.now()).into()
}

struct Row {
    mentor: Uuid,
    session_type: Uuid,
    id: Uuid,
    jobs: [Uuid; 2],
    start: i64,
}

impl Row {
    fn new(mentor: usize, start: i64) -> Row {
        let numbered = |what: u8| format!("{what:08}-0000-7000-8000-{mentor:012x}").parse().unwrap();
        Row {
            mentor: numbered(1),
            session_type: numbered(2),
            id: new_id(),
            jobs: [new_id(), new_id()],
            start,
        }
    }

    fn hash(&self) -> Vec<u8> {
        self.id.as_bytes().repeat(2)
    }

    async fn insert_sqlite(&self, pool: &sqlx::SqlitePool) {
        let (mentor, id) = (self.mentor.to_string(), self.id.to_string());
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let booking = sqlx::query(BOOKING).bind(&mentor).bind(&id).bind(self.session_type.to_string());
        let done = booking.bind(self.start).bind(self.start + 1_800).bind(0).execute(&mut *tx).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        sqlx::query(TOKEN).bind(&mentor).bind(&id).bind(self.hash()).bind(0).execute(&mut *tx).await.unwrap();
        sqlx::query(HISTORY)
            .bind(&mentor)
            .bind(&id)
            .bind(0)
            .bind(self.start)
            .execute(&mut *tx)
            .await
            .unwrap();
        for job in self.jobs {
            let (job, key) = (job.to_string(), format!("confirmation:{job}:booker"));
            sqlx::query(JOB).bind(job).bind(key).bind(TASK).bind(0).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn insert_postgres(&self, pool: &sqlx::PgPool) {
        let at = |seconds| DateTime::<Utc>::from_timestamp(seconds, 0).unwrap();
        let begin = format!(
            "BEGIN; SET LOCAL ROLE slotsmith_app; SET LOCAL slotsmith.caller = 'public'; SET LOCAL slotsmith.mentor = '{}'",
            self.mentor
        );
        let mut tx = pool.begin_with(AssertSqlSafe(begin)).await.unwrap();
        let booking = sqlx::query(BOOKING).bind(self.mentor).bind(self.id).bind(self.session_type);
        let booking = booking.bind(at(self.start)).bind(at(self.start + 1_800)).bind(at(0));
        assert_eq!(booking.execute(&mut *tx).await.unwrap().rows_affected(), 1);
        let token = sqlx::query(TOKEN).bind(self.mentor).bind(self.id).bind(self.hash()).bind(at(0));
        token.execute(&mut *tx).await.unwrap();
        let history = sqlx::query(HISTORY).bind(self.mentor).bind(self.id).bind(at(0)).bind(at(self.start));
        history.execute(&mut *tx).await.unwrap();
        for job in self.jobs {
            let key = format!("confirmation:{job}:booker");
            sqlx::query(JOB).bind(job).bind(key).bind(TASK).bind(at(0)).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}
