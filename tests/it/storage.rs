//! The store by itself: the guard that no code can get round, and history that nobody alters.

use slotsmith::storage::sqlite::SqliteStore;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::TestApp;

/// Writes a booking as code that knows nothing of our rules would.
async fn insert(
    db: &mut SqliteConnection,
    id: &str,
    start: i64,
    end: i64,
    status: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO bookings (mentor_id, id, session_type_id, starts_at, ends_at, buffer_before_minutes,
             buffer_after_minutes, status, name, email, timezone, sequence, created_at, updated_at)
         SELECT mentor_id, ?, id, ?, ?, 0, 0, ?, 'n', 'e', 'UTC', 0, 0, 0 FROM session_types LIMIT 1",
    )
    .bind(id)
    .bind(start)
    .bind(end)
    .bind(status)
    .execute(db)
    .await
    .map(|_| ())
}

async fn raw(app: &TestApp) -> SqliteConnection {
    let file = app.dir.path().join("slotsmith.db");
    SqliteConnectOptions::new().filename(file).foreign_keys(true).connect().await.unwrap()
}

/// Each of the thirteen ways two intervals can lie to one another (Allen 1983), against [100, 200).
#[tokio::test]
async fn the_guard_refuses_every_overlap_and_nothing_else() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "UTC").await;
    let mut db = raw(&app).await;
    insert(&mut db, "held", 100, 200, "confirmed").await.unwrap();
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
    for (start, end, free) in table {
        for status in ["pending", "confirmed"] {
            let taken = insert(&mut db, "rival", start, end, status).await;
            assert_eq!(taken.is_ok(), free, "[{start}, {end}) {status}: {taken:?}");
            sqlx::query("DELETE FROM bookings WHERE id = 'rival'").execute(&mut db).await.unwrap();
        }
        // What takes no time may lie anywhere, but must not come to life on top of another.
        insert(&mut db, "rival", start, end, "cancelled").await.unwrap();
        let revived =
            sqlx::query("UPDATE bookings SET status = 'confirmed' WHERE id = 'rival'").execute(&mut db).await;
        assert_eq!(revived.is_ok(), free, "revived on [{start}, {end})");
        sqlx::query("DELETE FROM bookings WHERE id = 'rival'").execute(&mut db).await.unwrap();
    }
    insert(&mut db, "mover", 300, 400, "confirmed").await.unwrap();
    let onto = sqlx::query("UPDATE bookings SET starts_at = 150, ends_at = 250 WHERE id = 'mover'");
    assert!(onto.execute(&mut db).await.is_err(), "moved onto another");
    let aside = sqlx::query("UPDATE bookings SET starts_at = 350, ends_at = 450 WHERE id = 'mover'");
    assert!(aside.execute(&mut db).await.is_ok(), "moved over its own old time");
    for (start, end) in [(500, 500), (500, 400), (500, 500 + 86_401)] {
        assert!(insert(&mut db, "odd", start, end, "cancelled").await.is_err(), "[{start}, {end})");
    }
    assert!(insert(&mut db, "long", 0, 86_400, "confirmed").await.is_err(), "a day long, over both");
}

#[tokio::test]
async fn history_is_never_altered() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "Asia/Seoul").await;
    app.book("kim", "2026-10-22T01:00:00Z", serde_json::json!({})).await;
    let mut db = raw(&app).await;
    for statement in ["UPDATE booking_history SET reason = 'x'", "DELETE FROM booking_history"] {
        assert!(sqlx::query(statement).execute(&mut db).await.is_err(), "{statement}");
    }
}

/// Such as one that a later version of this program kept.
#[tokio::test]
async fn a_recurring_override_that_cannot_be_read_offers_nothing() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "UTC").await;
    let mut db = raw(&app).await;
    let add = "INSERT INTO recurring_overrides (mentor_id, position, starts, rule)
               SELECT id, 0, '2026-10-01', ? FROM mentors";
    for rule in ["", "RRULE", &format!("FREQ=DAILY;BYMONTH={}", "1,".repeat(300))] {
        assert!(sqlx::query(add).bind(rule).execute(&mut db).await.is_err(), "{rule}");
    }
    sqlx::query(add).bind("FREQ=LUNAR").execute(&mut db).await.unwrap();
    let path = "/api/availability?mentor=kim&from=2026-10-22&to=2026-10-22";
    let (status, body) = crate::support::answer(app.get(path)).await;
    assert_eq!(status, reqwest::StatusCode::INTERNAL_SERVER_ERROR, "{body}");
    let (status, body) = app.book("kim", "2026-10-22T09:00:00Z", serde_json::json!({})).await;
    assert_eq!(status, reqwest::StatusCode::INTERNAL_SERVER_ERROR, "{body}");
}

#[tokio::test]
async fn opening_a_store_twice_changes_nothing() {
    let app = TestApp::start().await;
    app.add_mentor("kim", "UTC").await;
    let file = app.dir.path().join("slotsmith.db");
    SqliteStore::open(&file, std::time::Duration::from_secs(5)).await.unwrap();
    let mut db = raw(&app).await;
    let (count,): (i64,) = sqlx::query_as("SELECT count(*) FROM mentors").fetch_one(&mut db).await.unwrap();
    assert_eq!(count, 1);
    db.close().await.unwrap();
}
