//! The stores by themselves, each rule on both: the guard that no code can get round, and history that nobody alters.

use std::{collections::BTreeSet, future::poll_fn, path::Path, pin::pin, task::Poll, time::Duration};

use reqwest::StatusCode;
use serde_json::json;
use slotsmith::storage::{self, Location};
use slotsmith_tests::Postgres;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};

use crate::support::{PATIENCE, START, TestApp, answer};

/// The store of an app, as code that knows nothing of our rules would use it.
enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    async fn open(app: &TestApp) -> Raw {
        match &app.postgres {
            None => {
                let file = app.dir.path().join("slotsmith.db");
                Raw::Sqlite(
                    SqliteConnectOptions::new().filename(file).foreign_keys(true).connect().await.unwrap(),
                )
            }
            Some(postgres) => Raw::Postgres(
                postgres.superuser_url().parse::<PgConnectOptions>().unwrap().connect().await.unwrap(),
            ),
        }
    }

    /// How many rows it changed.
    async fn execute(&mut self, statement: &str) -> Result<u64, sqlx::Error> {
        let statement = AssertSqlSafe(statement.to_owned());
        match self {
            Raw::Sqlite(db) => sqlx::raw_sql(statement).execute(db).await.map(|done| done.rows_affected()),
            Raw::Postgres(db) => sqlx::raw_sql(statement).execute(db).await.map(|done| done.rows_affected()),
        }
    }

    fn time(&self, unix: i64) -> String {
        match self {
            Raw::Sqlite(_) => unix.to_string(),
            Raw::Postgres(_) => format!("to_timestamp({unix})"),
        }
    }

    async fn insert(&mut self, id: u8, start: i64, end: i64, status: &str) -> Result<u64, sqlx::Error> {
        let (start, end, zero) = (self.time(start), self.time(end), self.time(0));
        let id = uuid(id);
        self.execute(&format!(
            "INSERT INTO bookings (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
                 buffer_after_minutes, status, name, email, timezone, sequence, created_at, updated_at)
             SELECT mentor_id, '{id}', id, {start}, {end}, 0, 0, '{status}', 'n', 'e', 'UTC', 0, {zero}, {zero}
             FROM session_types LIMIT 1",
        ))
        .await
    }
}

fn uuid(number: u8) -> uuid::Uuid {
    uuid::Uuid::from_u128(number.into())
}

/// An app on SQLite, and one on PostgreSQL.
async fn on_both() -> [TestApp; 2] {
    [
        TestApp::start_on(None, START, PATIENCE).await,
        TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await,
    ]
}

/// Each of the thirteen ways two intervals can lie to one another (Allen 1983), against [100, 200).
#[tokio::test]
async fn the_guard_refuses_every_overlap_and_nothing_else() {
    const HELD: u8 = 1;
    const RIVAL: u8 = 2;
    const MOVER: u8 = 3;
    let table = [
        (10, 50, true),
        (200, 250, true),
        (50, 100, true),
        (250, 300, true),
        (50, 150, false),
        (150, 250, false),
        (100, 150, false),
        (150, 200, false),
        (100, 250, false),
        (50, 200, false),
        (120, 180, false),
        (50, 250, false),
        (100, 200, false),
    ];
    for app in on_both().await {
        app.add_mentor("kim", "UTC").await;
        let mut db = Raw::open(&app).await;
        db.insert(HELD, 100, 200, "confirmed").await.unwrap();
        let rival_gone = format!("DELETE FROM bookings WHERE id = '{}'", uuid(RIVAL));
        for (start, end, free) in table {
            for status in ["pending", "confirmed"] {
                let taken = db.insert(RIVAL, start, end, status).await;
                assert_eq!(taken.is_ok(), free, "[{start}, {end}) {status}: {taken:?}");
                db.execute(&rival_gone).await.unwrap();
            }
            // What takes no time may lie anywhere, but must not come to life on top of another.
            db.insert(RIVAL, start, end, "cancelled").await.unwrap();
            let revive = format!("UPDATE bookings SET status = 'confirmed' WHERE id = '{}'", uuid(RIVAL));
            assert_eq!(db.execute(&revive).await.is_ok(), free, "revived on [{start}, {end})");
            db.execute(&rival_gone).await.unwrap();
        }
        db.insert(MOVER, 300, 400, "confirmed").await.unwrap();
        for (start, end, free) in [(150, 250, false), (350, 450, true)] {
            let (from, to) = (db.time(start), db.time(end));
            let id = uuid(MOVER);
            let change = format!("UPDATE bookings SET starts_at = {from}, ends_at = {to} WHERE id = '{id}'");
            assert_eq!(db.execute(&change).await.is_ok(), free, "moved to [{start}, {end})");
        }
        for (start, end) in [(500, 500), (500, 400), (500, 500 + 86_401)] {
            assert!(db.insert(9, start, end, "cancelled").await.is_err(), "[{start}, {end})");
        }
        assert!(db.insert(9, 0, 86_400, "confirmed").await.is_err(), "a day long, over both");
    }
}

#[tokio::test]
async fn history_is_never_altered() {
    for app in on_both().await {
        app.add_mentor("kim", "Asia/Seoul").await;
        app.book("kim", "2026-10-22T01:00:00Z", json!({})).await;
        let mut db = Raw::open(&app).await;
        for statement in ["UPDATE booking_history SET reason = 'x'", "DELETE FROM booking_history"] {
            assert!(db.execute(statement).await.is_err(), "{statement}");
        }
    }
}

/// Such as one that a later version of this program kept.
#[tokio::test]
async fn a_recurring_override_that_cannot_be_read_offers_nothing() {
    for app in on_both().await {
        app.add_mentor("kim", "UTC").await;
        let mut db = Raw::open(&app).await;
        let add = |rule: &str| {
            format!(
                "INSERT INTO recurring_overrides (mentor_id, position, starts, rule)
                 SELECT id, 0, '2026-10-01', '{rule}' FROM mentors"
            )
        };
        for rule in ["", "RRULE", &format!("FREQ=DAILY;BYMONTH={}", "1,".repeat(300))] {
            assert!(db.execute(&add(rule)).await.is_err(), "{rule}");
        }
        db.execute(&add("FREQ=LUNAR")).await.unwrap();
        let path = "/api/availability?mentor=kim&from=2026-10-22&to=2026-10-22";
        let (status, body) = answer(app.get(path)).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{body}");
        let (status, body) = app.book("kim", "2026-10-22T09:00:00Z", json!({})).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{body}");
    }
}

#[tokio::test]
async fn opening_a_store_again_changes_nothing() {
    for app in on_both().await {
        app.add_mentor("kim", "UTC").await;
        storage::open(&app.app.config.database, PATIENCE).await.unwrap();
        let mut db = Raw::open(&app).await;
        assert_eq!(db.execute("UPDATE mentors SET name = name").await.unwrap(), 1);
    }
}

/// Several nodes may be started at the same moment on a database that has nothing in it.
#[tokio::test]
async fn stores_that_open_together_change_the_schema_once() {
    let postgres = Postgres::start().unwrap();
    let location: Location = postgres.url().parse().unwrap();
    let nodes: Vec<_> = (0..6)
        .map(|_| {
            tokio::spawn({
                let location = location.clone();
                async move { storage::open(&location, Duration::from_secs(30)).await.map(|_| ()) }
            })
        })
        .collect();
    for node in nodes {
        node.await.unwrap().unwrap();
    }
}

#[test]
fn both_schemas_change_by_the_same_steps() {
    let steps = |backend: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(backend);
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(steps("sqlite"), steps("postgres"));
}

/// SQLite changes a constraint by moving the table.
#[tokio::test]
async fn history_stands_when_its_table_is_moved() {
    let dir = tempfile::tempdir().unwrap();
    let steps = dir.path().join("steps");
    std::fs::create_dir(&steps).unwrap();
    for file in ["0001_mentors", "0002_bookings", "0003_jobs", "0004_recurring_overrides", "0005_requests"] {
        let step = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../migrations/sqlite/{file}.sql"));
        std::fs::copy(step, steps.join(format!("{file}.sql"))).unwrap();
    }
    let file = dir.path().join("old.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).foreign_keys(true);
    let mut db = options.clone().connect().await.unwrap();
    sqlx::migrate::Migrator::new(steps.as_path()).await.unwrap().run(&mut db).await.unwrap();
    let rows = "
        INSERT INTO mentors VALUES ('m', 'kim', 'Kim', '', 'UTC', NULL, 0);
        INSERT INTO session_types VALUES ('m', 's', 'hour', 'Hour', 60, NULL, 0, 0, 0, NULL, NULL, NULL, 'video', NULL, 0,
            '[]', NULL);
        INSERT INTO bookings VALUES ('m', 'b', 's', 0, 3600, 0, 0, 'cancelled', 'n', 'e', NULL, NULL, 'UTC', NULL, 1, 0, 0);
        INSERT INTO booking_history VALUES ('m', 'b', 0, 0, 'booker', 'created', NULL, NULL, 0, 'confirmed', NULL),
            ('m', 'b', 1, 5, 'mentor', 'cancelled', 0, 'confirmed', 0, 'cancelled', 'ill');";
    sqlx::raw_sql(rows).execute(&mut db).await.unwrap();
    drop(db);

    storage::open(&Location::Sqlite(file), PATIENCE).await.unwrap();
    let mut db = options.connect().await.unwrap();
    let lines: Vec<(i64, String, String, Option<String>)> =
        sqlx::query_as("SELECT at, actor, action, reason FROM booking_history ORDER BY sequence")
            .fetch_all(&mut db)
            .await
            .unwrap();
    let line = |at, actor: &str, action: &str, reason: Option<&str>| {
        (at, actor.to_owned(), action.to_owned(), reason.map(str::to_owned))
    };
    assert_eq!(lines, [line(0, "booker", "created", None), line(5, "mentor", "cancelled", Some("ill"))]);
    assert!(sqlx::raw_sql("DELETE FROM booking_history").execute(&mut db).await.is_err());
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_comes_back_without_a_restart() {
    let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, Duration::from_secs(1)).await;
    app.add_mentor("kim", "UTC").await;
    let first = app.book("kim", "2026-10-22T09:00:00Z", json!({})).await;
    assert_eq!(first.0, StatusCode::CREATED, "{}", first.1);

    let path = "/api/availability?mentor=kim&from=2026-10-22&to=2026-10-22";
    assert_eq!(answer(app.get(path)).await.0, StatusCode::OK, "which is kept in memory now");

    app.postgres.as_ref().unwrap().kill();
    for _ in 0..2 {
        let (status, body) = app.book("kim", "2026-10-22T10:00:00Z", json!({})).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
        let (status, body) = answer(app.get(path)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "no old times: {body}");
    }

    app.postgres.as_ref().unwrap().restart().unwrap();
    let (status, body) = app.book("kim", "2026-10-22T10:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let (status, body) = app.book("kim", "2026-10-22T09:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT, "what was answered with 201 is still there: {body}");
}

#[tokio::test]
async fn a_database_whose_disk_is_full_is_told_and_works_again_without_a_restart() {
    let postgres = Postgres::start_with_disk().unwrap();
    let app = TestApp::start_on(Some(postgres), START, Duration::from_secs(1)).await;
    let postgres = app.postgres.as_ref().unwrap();
    app.add_mentor("kim", "UTC").await;
    let first = app.book("kim", "2026-10-22T09:00:00Z", json!({})).await;
    assert_eq!(first.0, StatusCode::CREATED, "{}", first.1);

    // A table needs room by then, and it is not known how much has been given out before.
    postgres.fill_disk().unwrap();
    let days = [22, 23, 26, 27, 28, 29, 30];
    let mut starts = days.into_iter().flat_map(|day| [10, 11, 12, 13, 14].map(|hour| (day, hour)));
    let mut next = || starts.next().map(|(day, hour)| format!("2026-10-{day}T{hour}:00:00Z")).unwrap();
    let (status, body) = loop {
        match app.book("kim", &next(), json!({})).await {
            (StatusCode::CREATED, _) => {}
            refused => break refused,
        }
    };
    assert_eq!((status, &body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable")), "{body}");
    // Its log has no room either, and it crashes.
    postgres.turn_log();
    let (status, body) = app.book("kim", "2026-10-22T15:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");

    postgres.empty_disk().unwrap();
    let (status, body) = app.book("kim", "2026-10-22T16:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let (status, body) = app.book("kim", "2026-10-22T09:00:00Z", json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT, "what was answered with 201 is still there: {body}");
}

/// A client that leaves while its transaction begins must not leave the next one in the middle of it.
#[tokio::test]
async fn a_transaction_given_up_while_it_begins_is_undone() {
    const OPEN: &str = "SELECT count(*) FROM pg_stat_activity
         WHERE application_name = 'slotsmith' AND state LIKE 'idle in transaction%'";
    let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
    let mentor = app.add_mentor("kim", "UTC").await.id;
    let Raw::Postgres(mut db) = Raw::open(&app).await else { panic!("not on PostgreSQL") };
    for polls in 1..6 {
        // One that has a single connection: a second transaction on it would hide the first.
        let store = storage::open(&app.app.config.database, PATIENCE).await.unwrap();
        give_up_after(polls, store.hours(mentor)).await;
        store.ping().await.unwrap();
        let none_open =
            async { while sqlx::query_as::<_, (i64,)>(OPEN).fetch_one(&mut db).await.unwrap().0 > 0 {} };
        let ended = tokio::time::timeout(PATIENCE, none_open).await;
        assert!(ended.is_ok(), "given up at {polls}: a transaction that nobody is in");
    }
}

/// Drops a future that is not ready when it has been asked so many times.
async fn give_up_after(polls: usize, future: impl Future) {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}

#[test]
fn an_address_never_shows_its_password() {
    let location: Location = "postgres://app:hunter2@db.example:5433/slots".parse().unwrap();
    assert_eq!(location.to_string(), "PostgreSQL database \"slots\" at db.example");
    assert!(!format!("{location:?}").contains("hunter2"));
    let refused = "postgres://app:hunter2@db.example:none/slots".parse::<Location>().unwrap_err();
    assert!(!refused.contains("hunter2"), "{refused}");
    for other in ["mysql://x", "slots.db", "sqlite:", "sqlite::memory:"] {
        assert!(other.parse::<Location>().is_err(), "{other}");
    }
}
