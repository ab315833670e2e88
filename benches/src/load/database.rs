//! A store of the benchmark's own, on the disk, filled by SQL.

use std::{str::FromStr as _, time::Duration};

use slotsmith::storage::{self, Location, Storage};
use slotsmith_tests::Postgres;
use sqlx::{
    AssertSqlSafe, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;

use super::size::Size;

/// How long a call may wait for another.
const PATIENCE: Duration = Duration::from_secs(30);
/// As many as a node has.
const CONNECTIONS: u32 = 16;

/// A store that is gone when the benchmark is.
pub struct Database {
    /// Where its file is, or would be.
    pub dir: TempDir,
    /// What `DATABASE_URL` would say.
    pub url: String,
    /// The program's way in, without the program.
    pub pool: Pool,
    server: Option<Postgres>,
}

/// Connections of the benchmark's own.
#[derive(Clone)]
pub enum Pool {
    /// One, since one writes.
    Sqlite(SqlitePool),
    /// As many as a node has.
    Postgres(PgPool),
}

impl Database {
    /// An empty one with the schema of the program.
    pub async fn new(store: &str) -> Database {
        let dir = tempfile::tempdir().unwrap();
        let server = match store {
            "sqlite" => None,
            "postgres" => Some(Postgres::start_durable().unwrap()),
            other => panic!("no store is called {other}"),
        };
        let file = format!("sqlite:{}", dir.path().join("slotsmith.db").display());
        let url = server.as_ref().map_or(file, Postgres::url);
        drop(open(&url).await);
        let pool = match &server {
            None => {
                let options = SqliteConnectOptions::from_str(&url).unwrap().foreign_keys(true);
                let options = options.synchronous(SqliteSynchronous::Full).busy_timeout(PATIENCE);
                Pool::Sqlite(
                    SqlitePoolOptions::new()
                        .max_connections(1)
                        .test_before_acquire(false)
                        .connect_with(options)
                        .await
                        .unwrap(),
                )
            }
            Some(_) => {
                let pool = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
                Pool::Postgres(pool.connect(&url).await.unwrap())
            }
        };
        Database { dir, url, pool, server }
    }

    /// The store as the program opens it.
    pub async fn open(&self) -> std::sync::Arc<dyn Storage> {
        open(&self.url).await
    }

    /// Fills it.
    pub async fn fill(&self, size: Size) {
        let booked: Vec<String> = Size::booked().iter().map(|at| format!("({at})")).collect();
        let (mentors, over, booked) = (size.mentors, size.over(), booked.join(", "));
        let Words { id, at, series, no } = self.words();
        let (mentor, talk, first_over) = (id(1, "m.n"), id(2, "m.n"), Size::booked()[0] - 7 * 86_400);
        let booking = |number: &str, start: &str| {
            format!(
                "{mentor}, {}, {talk}, {}, {}, 0, 0, 'confirmed', 'Bo Ok', 'bo@example.com', 'Asia/Seoul', 0, {at0}, {at0}",
                id(3, number),
                at(start),
                at(&format!("{start} + 1800")),
                at0 = at("0")
            )
        };
        let into =
            "INSERT INTO bookings (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
             buffer_after_minutes, status, name, email, timezone, sequence, created_at, updated_at)";
        let filler = self.filler().await;
        for statement in [
            format!(
                "INSERT INTO mentors (id, slug, name, headline, timezone, created_at)
                 SELECT {mentor}, 'm' || m.n, 'Mentor', '', 'Asia/Seoul', {} FROM {}",
                at("0"), series("m", mentors)
            ),
            format!(
                "INSERT INTO session_types (mentor_id, id, slug, title, duration_minutes, buffer_before_minutes,
                     buffer_after_minutes, minimum_notice_minutes, location_kind, requires_confirmation, reminders_minutes)
                 SELECT {mentor}, {talk}, 'talk', 'A talk', 30, 0, 0, 0, 'video', {}, '[]' FROM {}",
                no, series("m", mentors)
            ),
            format!(
                "INSERT INTO weekly_windows (mentor_id, day_of_week, start_minute, end_minute)
                 SELECT {mentor}, d.n + 1, 540, 1020 FROM {}, {}",
                series("m", mentors), series("d", 5)
            ),
            format!(
                "{into} SELECT {} FROM {}, {}",
                booking(&format!("m.n * {over} + b.n"), &format!("{first_over} - b.n * 1800")),
                series("m", mentors), series("b", over)
            ),
            format!(
                "{into} SELECT {} FROM {}, (VALUES {booked}) AS b",
                booking(
                    &format!("{} + CAST(m.n AS BIGINT) * 10000000 + b.column1 / 1800 % 1000000", mentors * over),
                    "b.column1"
                ),
                series("m", mentors)
            ),
        ] {
            filler.run(statement).await;
        }
        // A store that has been used for years is not filled in one go, nor cleans up after that while it is asked.
        let settle: &[&str] = match &filler {
            Pool::Sqlite(_) => &["ANALYZE"],
            Pool::Postgres(_) => &["VACUUM ANALYZE", "CHECKPOINT"],
        };
        for statement in settle {
            filler.run((*statement).into()).await;
        }
    }

    /// Somebody whom row security does not bind.
    async fn filler(&self) -> Pool {
        match &self.server {
            None => self.pool.clone(),
            Some(server) => Pool::Postgres(PgPool::connect(&server.superuser_url()).await.unwrap()),
        }
    }

    fn words(&self) -> Words {
        match &self.pool {
            Pool::Sqlite(_) => Words {
                id: |what, number| format!("printf('{what:08}-0000-7000-8000-%012x', {number})"),
                at: |seconds| format!("({seconds})"),
                series: |name, many| {
                    let counted = format!(
                        "SELECT 0 WHERE {many} > 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {many}"
                    );
                    format!("(WITH RECURSIVE c(n) AS ({counted}) SELECT n FROM c) AS {name}")
                },
                no: "0",
            },
            Pool::Postgres(_) => Words {
                id: |what, number| {
                    format!("('{what:08}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid")
                },
                at: |seconds| format!("to_timestamp({seconds})"),
                series: |name, many| format!("generate_series(0, {many} - 1) AS {name}(n)"),
                no: "false",
            },
        }
    }
}

impl Pool {
    async fn run(&self, statement: String) {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement));
        match self {
            Pool::Sqlite(pool) => drop(statement.execute(pool).await.unwrap()),
            Pool::Postgres(pool) => drop(statement.execute(pool).await.unwrap()),
        }
    }
}

/// What the two databases call things.
struct Words {
    id: fn(u8, &str) -> String,
    at: fn(&str) -> String,
    series: fn(&str, usize) -> String,
    no: &'static str,
}

async fn open(url: &str) -> std::sync::Arc<dyn Storage> {
    storage::open(&url.parse::<Location>().unwrap(), PATIENCE).await.unwrap()
}
