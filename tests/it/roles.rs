//! Who sees and does what on PostgreSQL, asked of the database itself: by connections that know nothing of our program
//! but the role it acts as.

use std::{collections::BTreeMap, fmt, time::Duration};

use reqwest::StatusCode;
use serde_json::json;
use slotsmith::{
    auth::Caller,
    ids::{BookingId, MentorId, Secret},
    mentors::MentorRef,
    storage::{self, Location, StoreError},
};
use slotsmith_tests::Postgres;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::support::{HOUR, PATIENCE, START, TestApp, answer, at, binary, booking_request};

/// How many rows each caller sees of everything there is, in the world of [`World::furnish`].
const SEEN: &str = "
                                    login stranger nobody public booker kim maya  bo eve token key admin system
    mentors                           0     0         0      0      0    1    1   0   0    0    0    2     2
    session_types                     0     0         0      0      0    2    1   3   1    1    0    3     3
    weekly_windows                    0     0         0      0      0    1    5   0   0    0    0    6     0
    overrides                         0     0         0      0      0    1    0   0   0    0    0    1     0
    override_windows                  0     0         0      0      0    1    0   0   0    0    0    1     0
    recurring_overrides               0     0         0      0      0    1    0   0   0    0    0    1     0
    recurring_override_windows        0     0         0      0      0    1    0   0   0    0    0    1     0
    api_keys                          0     0         0      0      0    0    0   0   0    0    1    2     0
    bookings                          0     0         0      0      0    3    1   3   1    1    0    4     4
    booking_history                   0     0         0      0      0    3    1   3   1    1    0    4     4
    booking_tokens                    0     0         0      0      0    0    0   0   0    1    0    0     4
    holds                             0     0         0      0      1    0    0   0   0    0    0    0     0
    jobs                              0     0         0      0      0    0    0   0   0    0    0    0     8
    idempotency_keys                  0     0         0      0      1    0    0   0   0    0    0    0     0
    booking_attempts                  0     0         0      1      1    0    0   0   0    0    0    0     0
    versions                          0     0         0      2      2    2    2   2   2    2    2    2     2
    public_mentors                    0     0         0      2      2    2    2   2   2    2    2    2     2
    public_session_types              0     0         0      2      2    2    2   2   2    2    2    2     2
    public_weekly_windows             0     0         0      6      6    6    6   6   6    6    6    6     6
    public_overrides                  0     0         0      1      1    1    1   1   1    1    1    1     1
    public_override_windows           0     0         0      1      1    1    1   1   1    1    1    1     1
    public_recurring_overrides        0     0         0      1      1    1    1   1   1    1    1    1     1
    public_recurring_override_windows 0     0         0      1      1    1    1   1   1    1    1    1     1
    public_taken                      0     0         0      4      4    4    4   4   4    4    4    4     4
    public_held                       0     0         0      1      1    1    1   1   1    1    1    1     1
    public_bookings_made              0     0         0      0      3    0    0   0   0    0    0    0     0";

/// Which rows, and what else is told.
const TOLD: &[(&str, &str, &str)] = &[
    ("kim", BOOKINGS, "kim-bo kim-eve kim-old-bo"),
    ("maya", BOOKINGS, "maya-bo"),
    // One wrote the address in capitals.
    ("bo", BOOKINGS, "kim-bo kim-old-bo maya-bo"),
    ("BO", BOOKINGS, "kim-bo kim-old-bo maya-bo"),
    ("eve", BOOKINGS, "kim-eve"),
    ("token", BOOKINGS, "kim-bo"),
    ("kim", "SELECT string_agg(email, ' ') FROM mentors", "kim@mentors.example"),
    ("bo", "SELECT string_agg(slug, ' ' ORDER BY slug) FROM session_types", "hour hour old"),
    ("token", "SELECT string_agg(slug, ' ') FROM session_types", "hour"),
    ("key", "SELECT string_agg(mentor_id::text, ' ') FROM api_keys", "{kim}"),
    ("public", "SELECT string_agg(slug, ' ' ORDER BY slug) FROM public_session_types", "hour hour"),
    ("booker", "SELECT count(*)::text FROM booking_made_under('Bo@Example.COM', '2026-01-01Z', 2)", "1"),
    ("booker", "SELECT count(*)::text FROM booking_made_under('bo@example.com', '2026-01-01Z', 3)", "0"),
    ("kim", "SELECT count(*)::text FROM booking_made_under('bo@example.com', '2026-01-01Z', 0)", "0"),
    ("nobody", "SELECT count(*)::text FROM booking_made_under('bo@example.com', '2026-01-01Z', 0)", "0"),
];

const BOOKINGS: &str = "SELECT string_agg(message, ' ' ORDER BY message) FROM bookings";

/// How many rows a caller's statement adds, changes or removes; or that it is refused.
const DONE: &[(&str, &str, Done)] = &[
    ("admin", ADD_MENTOR, Rows(1)),
    ("system", ADD_MENTOR, Refused),
    ("kim", ADD_MENTOR, Refused),
    ("kim", "UPDATE mentors SET timezone = 'UTC'", Rows(1)),
    ("admin", "UPDATE mentors SET timezone = 'UTC'", Rows(2)),
    ("booker", "UPDATE mentors SET timezone = 'UTC'", Rows(0)),
    ("system", "UPDATE mentors SET timezone = 'UTC'", Rows(0)),
    ("admin", "UPDATE mentors SET email = 'x'", Refused),
    ("admin", "DELETE FROM mentors", Refused),
    //
    ("kim", "INSERT INTO session_types {of_kim}", Rows(1)),
    ("kim", "INSERT INTO session_types {of_maya}", Refused),
    ("admin", "INSERT INTO session_types {of_maya}", Rows(1)),
    ("booker", "INSERT INTO session_types {of_kim}", Refused),
    ("kim", "UPDATE session_types SET title = 'x'", Rows(2)),
    ("admin", "UPDATE session_types SET title = 'x'", Rows(3)),
    ("bo", "UPDATE session_types SET title = 'x'", Rows(0)),
    ("kim", "UPDATE session_types SET mentor_id = '{maya}'", Refused),
    ("kim", "DELETE FROM session_types", Refused),
    //
    ("kim", "INSERT INTO weekly_windows VALUES ('{kim}', 6, 0, 1)", Rows(1)),
    ("kim", "INSERT INTO weekly_windows VALUES ('{maya}', 6, 0, 1)", Refused),
    ("booker", "INSERT INTO weekly_windows VALUES ('{kim}', 6, 0, 1)", Refused),
    ("kim", "DELETE FROM weekly_windows", Rows(1)),
    ("booker", "DELETE FROM weekly_windows", Rows(0)),
    ("kim", "DELETE FROM overrides", Rows(1)),
    ("maya", "DELETE FROM overrides", Rows(0)),
    ("kim", "INSERT INTO overrides VALUES ('{maya}', '2026-12-25')", Refused),
    ("kim", "INSERT INTO override_windows VALUES ('{kim}', '2026-12-24', 0, 1)", Rows(1)),
    ("maya", "INSERT INTO override_windows VALUES ('{kim}', '2026-12-24', 0, 1)", Refused),
    ("kim", "DELETE FROM recurring_overrides", Rows(1)),
    ("maya", "DELETE FROM recurring_overrides", Rows(0)),
    ("maya", "INSERT INTO recurring_override_windows VALUES ('{kim}', 0, 0, 1)", Refused),
    //
    ("admin", ADD_KEY, Rows(1)),
    ("kim", ADD_KEY, Refused),
    ("key", ADD_KEY, Refused),
    ("admin", "DELETE FROM api_keys", Refused),
    //
    ("booker", "INSERT INTO bookings {at_kim}", Rows(1)),
    ("booker", "INSERT INTO bookings {at_maya}", Refused),
    ("public", "INSERT INTO bookings {at_kim}", Refused),
    ("kim", "INSERT INTO bookings {at_kim}", Refused),
    ("bo", "INSERT INTO bookings {at_kim}", Refused),
    ("kim", "UPDATE bookings SET status = 'cancelled'", Rows(3)),
    ("token", "UPDATE bookings SET status = 'cancelled'", Rows(1)),
    ("bo", "UPDATE bookings SET status = 'cancelled'", Rows(0)),
    ("booker", "UPDATE bookings SET status = 'cancelled'", Rows(0)),
    ("admin", "UPDATE bookings SET status = 'cancelled'", Rows(4)),
    ("system", "UPDATE bookings SET status = 'expired'", Rows(1)),
    ("system", "UPDATE bookings SET status = 'cancelled'", Refused),
    ("kim", "UPDATE bookings SET email = 'x'", Refused),
    ("admin", "UPDATE bookings SET mentor_id = '{maya}'", Refused),
    ("admin", "DELETE FROM bookings", Refused),
    //
    ("booker", "INSERT INTO bookings {at_kim}; INSERT INTO booking_tokens {of_new}", Rows(2)),
    ("booker", "INSERT INTO booking_tokens {of_old}", Refused),
    ("token", "INSERT INTO booking_tokens {of_old}", Refused),
    ("kim", "INSERT INTO booking_tokens {of_old}", Refused),
    ("system", "INSERT INTO booking_tokens {of_old}", Rows(1)),
    ("system", "UPDATE booking_tokens SET created_at = now()", Rows(4)),
    ("token", "UPDATE booking_tokens SET created_at = now()", Rows(0)),
    ("system", "UPDATE booking_tokens SET holder = 'mentor'", Refused),
    //
    ("booker", "INSERT INTO bookings {at_kim}; {tell_new} 'booker')", Rows(2)),
    ("booker", "INSERT INTO bookings {at_kim}; {tell_new} 'mentor')", Refused),
    ("booker", "{tell_old} 'booker')", Refused),
    ("kim", "{tell_old} 'mentor')", Rows(1)),
    ("kim", "{tell_old} 'booker')", Refused),
    ("maya", "{tell_old} 'mentor')", Refused),
    ("token", "{tell_old} 'booker')", Rows(1)),
    ("token", "{tell_old} 'mentor')", Refused),
    ("bo", "{tell_old} 'booker')", Refused),
    ("admin", "{tell_old} 'admin')", Rows(1)),
    ("admin", "{tell_old} 'mentor')", Refused),
    ("system", "{tell_old} 'system')", Rows(1)),
    ("system", "{tell_old} 'admin')", Refused),
    //
    ("booker", "DELETE FROM holds", Rows(1)),
    ("holder", "DELETE FROM holds", Rows(1)),
    ("token", "DELETE FROM holds", Rows(0)),
    ("public", "DELETE FROM holds", Rows(0)),
    ("booker", "INSERT INTO holds {keep_kim}", Rows(1)),
    ("booker", "INSERT INTO holds {keep_maya}", Refused),
    ("booker", "UPDATE holds SET expires_at = now()", Refused),
    //
    ("booker", ADD_JOB, Rows(1)),
    ("kim", ADD_JOB, Rows(1)),
    ("token", ADD_JOB, Rows(1)),
    ("bo", ADD_JOB, Refused),
    ("nobody", ADD_JOB, Refused),
    (
        "booker",
        "INSERT INTO jobs (id, key, task, run_at, attempts) VALUES ({id}, 'k', '{}', now(), 7)",
        Refused,
    ),
    ("system", "UPDATE jobs SET attempts = 1", Rows(8)),
    ("admin", "UPDATE jobs SET attempts = 1", Rows(0)),
    ("system", "UPDATE jobs SET task = '{}'", Refused),
    //
    ("booker", "INSERT INTO bookings {at_kim}; INSERT INTO idempotency_keys {answer_new}", Rows(2)),
    ("booker", "INSERT INTO idempotency_keys {answer_old}", Refused),
    ("booker", "DELETE FROM idempotency_keys", Rows(1)),
    ("public", "DELETE FROM idempotency_keys", Rows(0)),
    ("admin", "DELETE FROM idempotency_keys", Rows(0)),
    //
    ("public", "INSERT INTO booking_attempts VALUES ({hash}, {id}, now())", Rows(1)),
    ("kim", "INSERT INTO booking_attempts VALUES ({hash}, {id}, now())", Refused),
    ("public", "DELETE FROM booking_attempts", Rows(1)),
    ("kim", "DELETE FROM booking_attempts", Rows(0)),
    //
    ("login", "INSERT INTO versions VALUES ('{maya}', 9, 9) ON CONFLICT DO NOTHING", Refused),
    ("admin", "UPDATE versions SET version = 9", Refused),
    ("admin", "SELECT FROM _sqlx_migrations", Refused),
    ("admin", "CREATE TABLE mine (id integer)", Refused),
    ("admin", "ALTER TABLE bookings DISABLE ROW LEVEL SECURITY", Refused),
];

const ADD_MENTOR: &str = "INSERT INTO mentors VALUES ({id}, 'new', 'N', '', 'UTC', NULL, now())";
const ADD_KEY: &str = "INSERT INTO api_keys VALUES ({id}, {hash}, 'admin', NULL, 'n', now())";
const ADD_JOB: &str = "INSERT INTO jobs (id, key, task, run_at) VALUES ({id}, 'k', '{}', now())";

/// What stands in braces in a statement.
const WORDS: &[(&str, &str)] = &[
    ("{of_kim}", "{type_of} '{kim}')"),
    ("{of_maya}", "{type_of} '{maya}')"),
    (
        "{type_of}",
        "(id, slug, title, duration_minutes, buffer_before_minutes, buffer_after_minutes, minimum_notice_minutes,
          location_kind, requires_confirmation, reminders_minutes, mentor_id)
          VALUES ({id}, 'new', 'New', 30, 0, 0, 0, 'video', false, '[]',",
    ),
    ("{at_kim}", "{booking} '{kim}', '{hour_of_kim}')"),
    ("{at_maya}", "{booking} '{maya}', '{hour_of_maya}')"),
    (
        "{booking}",
        "(id, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, status, name, email, timezone, sequence,
          created_at, updated_at, mentor_id, session_type_id)
         VALUES ({id}, '2027-01-01 09:00Z', '2027-01-01 10:00Z', 0, 0, 'confirmed', 'n', 'e', 'UTC', 0, now(), now(),",
    ),
    ("{of_new}", "VALUES ('{kim}', {id}, {hash}, 'booker', NULL, now())"),
    ("{of_old}", "VALUES ('{kim}', '{kim_bo}', {hash}, 'booker', NULL, now())"),
    ("{tell_new}", "{tell} ('{kim}', {id}, 0, now(), 'created', now(), 'confirmed',"),
    ("{tell_old}", "{tell} ('{kim}', '{kim_bo}', 9, now(), 'cancelled', now(), 'cancelled',"),
    (
        "{tell}",
        "INSERT INTO booking_history (mentor_id, booking_id, sequence, at, action, to_starts_at, to_status, actor) VALUES",
    ),
    ("{keep_kim}", "VALUES ('{kim}', {id}, '{hour_of_kim}', {keep}"),
    ("{keep_maya}", "VALUES ('{maya}', {id}, '{hour_of_maya}', {keep}"),
    ("{keep}", "'2027-01-01 09:00Z', '2027-01-01 10:00Z', 0, 0, {hash}, now())"),
    ("{answer_new}", "VALUES ('{kim}', {hash}, {hash}, {hash}, {id}, {answer}"),
    ("{answer_old}", "VALUES ('{kim}', {hash}, {hash}, {hash}, '{kim_bo}', {answer}"),
    ("{answer}", "'2027-01-01 09:00Z', '2027-01-01 10:00Z', 'confirmed', now())"),
    ("{id}", "'00000000-0000-0000-0000-000000000001'"),
    ("{hash}", "sha256('new')"),
];

/// What becomes of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Done {
    Rows(u64),
    Refused,
}

use Done::{Refused, Rows};

/// Two mentors, their bookings, and everybody who may want to know of them.
struct World {
    app: TestApp,
    /// What begins a transaction of each caller's.
    callers: BTreeMap<&'static str, String>,
    /// What the braces of the tables stand for.
    words: Vec<(&'static str, String)>,
    kim: MentorId,
    kim_bo: BookingId,
}

/// What a table says is not so.
#[derive(Debug)]
struct Surprise(String);

impl fmt::Display for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl World {
    async fn furnish() -> World {
        let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
        let kim = app.add_mentor_with("kim", "UTC", &[("hour", HOUR), ("old", HOUR)]).await.id;
        let maya = app.add_mentor("maya", "UTC").await.id;
        let (key, _admin_key) = (app.key(Some("kim")).await, app.key(None).await);
        let monday = json!({"start": "09:00", "end": "17:00"});
        let hours = json!({
            "weekly": [{"day_of_week": 1, "start": "09:00", "end": "17:00"}],
            "overrides": [{"date": "2026-12-24", "windows": [monday], "reason": "wedding"}],
            "recurring": [{"starts": "2026-12-01", "rule": "FREQ=MONTHLY", "windows": [monday], "reason": "rent"}],
        });
        let put = app.post("/api/availability/schedule", &hours).bearer_auth(&key);
        assert_eq!(answer(put).await.0, StatusCode::OK);

        let book = async |mentor: &str, hour: u8, email: &str, kind: &str, label: &str| {
            let over = json!({"email": email, "session_type": kind, "message": label});
            let body = booking_request(mentor, &format!("2026-10-26T{hour:02}:00:00Z"), over);
            let request = app.post("/api/bookings", &body);
            let once = label == "kim-eve";
            let request = if once { request.header("Idempotency-Key", "eve") } else { request };
            let (status, made) = answer(request).await;
            assert_eq!(status, StatusCode::CREATED, "{label}: {made}");
            made
        };
        book("kim", 9, "bo@example.com", "old", "kim-old-bo").await;
        let kim_bo = book("kim", 10, "BO@Example.com", "hour", "kim-bo").await;
        book("kim", 11, "eve@example.com", "hour", "kim-eve").await;
        book("maya", 9, "bo@example.com", "hour", "maya-bo").await;
        let hold = json!({"mentor": "kim", "session_type": "hour", "start": "2026-10-26T13:00:00Z"});
        let (status, held) = answer(app.post("/api/holds", &hold)).await;
        assert_eq!(status, StatusCode::CREATED, "{held}");
        let retired = app.request("DELETE", "/api/session-types/old").bearer_auth(&key);
        assert_eq!(retired.send().await.unwrap().status(), StatusCode::NO_CONTENT);

        let mut db = superuser(&app).await;
        let more = "INSERT INTO booking_attempts VALUES (sha256('x'), gen_random_uuid(), now());
             UPDATE bookings SET status = 'pending' WHERE message = 'maya-bo';
             CREATE ROLE stranger; GRANT stranger TO program; GRANT ALL ON ALL TABLES IN SCHEMA public TO stranger;";
        sqlx::raw_sql(more).execute(&mut db).await.unwrap();
        let hours: Vec<(String,)> = sqlx::query_as(
            "SELECT s.id::text FROM session_types AS s JOIN mentors AS m ON m.id = s.mentor_id
             WHERE s.slug = 'hour' ORDER BY m.slug",
        )
        .fetch_all(&mut db)
        .await
        .unwrap();

        let hash = |secret: &str| hex(&Secret::from(secret).hash().0);
        let token = hash(kim_bo["manage_token"].as_str().unwrap());
        let acting = |settings: &[(&str, &str)]| {
            let set = |(name, value): &(&str, &str)| format!("SET LOCAL slotsmith.{name} = '{value}';");
            format!("SET LOCAL ROLE slotsmith_app; {}", settings.iter().map(set).collect::<String>())
        };
        let (kim_id, maya_id) = (kim.to_string(), maya.to_string());
        let (bo, capitals, eve) =
            (hex(b"bo@example.com"), hex("BO@EXAMPLE.COM".as_bytes()), hex(b"eve@example.com"));
        let callers = BTreeMap::from([
            // The login as it is, which owns all of it; whatever it says of itself.
            ("login", "SET LOCAL ROLE program; SET LOCAL slotsmith.caller = 'admin';".to_owned()),
            // Somebody who was granted everything, as some hosts do for roles of theirs.
            ("stranger", "SET LOCAL ROLE stranger; SET LOCAL slotsmith.caller = 'admin';".to_owned()),
            ("nobody", acting(&[])),
            ("public", acting(&[("caller", "public")])),
            ("booker", acting(&[("caller", "public"), ("mentor", &kim_id)])),
            ("kim", acting(&[("caller", "mentor"), ("mentor", &kim_id)])),
            ("maya", acting(&[("caller", "mentor"), ("mentor", &maya_id)])),
            ("bo", acting(&[("caller", "client"), ("email", &bo)])),
            ("BO", acting(&[("caller", "client"), ("email", &capitals)])),
            ("eve", acting(&[("caller", "client"), ("email", &eve)])),
            ("token", acting(&[("caller", "token"), ("token", &token)])),
            (
                "holder",
                acting(&[("caller", "token"), ("token", &hash(held["hold_token"].as_str().unwrap()))]),
            ),
            ("key", acting(&[("caller", "token"), ("token", &hash(&key))])),
            ("admin", acting(&[("caller", "admin")])),
            ("system", acting(&[("caller", "system")])),
        ]);
        let kim_bo: BookingId = kim_bo["id"].as_str().unwrap().parse().unwrap();
        let mut words: Vec<_> = WORDS.iter().map(|(word, text)| (*word, (*text).to_owned())).collect();
        words.extend([
            ("{kim}", kim_id),
            ("{maya}", maya_id),
            ("{kim_bo}", kim_bo.to_string()),
            ("{hour_of_kim}", hours[0].0.clone()),
            ("{hour_of_maya}", hours[1].0.clone()),
        ]);
        World { app, callers, words, kim, kim_bo }
    }

    fn spelled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..4 {
            text = self.words.iter().fold(text, |text, (word, meant)| text.replace(word, meant));
        }
        text
    }

    /// Asks as a caller, and undoes whatever that changed.
    async fn ask(&self, db: &mut PgConnection, caller: &str, question: &str) -> Result<String, Surprise> {
        let (mut tx, question) = (db.begin().await.unwrap(), self.spelled(question));
        sqlx::raw_sql(AssertSqlSafe(&*self.callers[caller])).execute(&mut *tx).await.unwrap();
        let told =
            sqlx::query_as::<_, (Option<String>,)>(AssertSqlSafe(&*question)).fetch_one(&mut *tx).await;
        tx.rollback().await.unwrap();
        told.map(|(told,)| told.unwrap_or_default())
            .map_err(|e| Surprise(format!("{caller}: {question}: {e}")))
    }

    /// Does something as a caller, and undoes it.
    async fn try_it(
        &self,
        db: &mut PgConnection,
        caller: &str,
        statement: &str,
    ) -> Result<Done, sqlx::Error> {
        let mut tx = db.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(&*self.callers[caller])).execute(&mut *tx).await.unwrap();
        let done = sqlx::raw_sql(AssertSqlSafe(self.spelled(statement))).execute(&mut *tx).await;
        tx.rollback().await.unwrap();
        match done {
            Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("42501") => Ok(Refused),
            done => done.map(|done| Rows(done.rows_affected())),
        }
    }

    /// Holds all three tables against the database: the first thing that is otherwise.
    async fn check(&self, db: &mut PgConnection) -> Result<(), Surprise> {
        let mut lines = SEEN.lines().filter(|line| !line.trim().is_empty());
        let callers: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
        for line in lines {
            let (table, counts) = line.trim().split_once(' ').unwrap();
            for (caller, expected) in callers.iter().zip(counts.split_whitespace()) {
                let seen = self.ask(db, caller, &format!("SELECT count(*)::text FROM {table}")).await?;
                same(&format!("{caller} sees of {table}"), expected, &seen)?;
            }
        }
        for (caller, question, expected) in TOLD {
            let told = self.ask(db, caller, question).await?;
            same(&format!("{caller}: {question}"), &self.spelled(expected), &told)?;
        }
        for (caller, statement, expected) in DONE {
            let done = self.try_it(db, caller, statement).await;
            let done = done.map_err(|e| Surprise(format!("{caller}: {statement}: {e}")))?;
            same(&format!("{caller}: {statement}"), &format!("{expected:?}"), &format!("{done:?}"))?;
        }
        Ok(())
    }
}

fn same(what: &str, expected: &str, found: &str) -> Result<(), Surprise> {
    if expected == found { Ok(()) } else { Err(Surprise(format!("{what}: {found}, not {expected}"))) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn connect(url: &str) -> PgConnection {
    url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
}

/// Somebody whom nothing binds, and who may become anybody.
async fn superuser(app: &TestApp) -> PgConnection {
    connect(&app.postgres.as_ref().unwrap().superuser_url()).await
}

/// The first column of what is asked.
async fn listed(db: &mut PgConnection, question: &str) -> Vec<String> {
    let rows = sqlx::query_as::<_, (String,)>(AssertSqlSafe(question)).fetch_all(db).await.unwrap();
    rows.into_iter().map(|(name,)| name).collect()
}

#[tokio::test]
async fn everybody_sees_and_does_what_is_theirs() {
    let world = World::furnish().await;
    // By the program's own login, as it connects too.
    let mut db = connect(&world.app.postgres.as_ref().unwrap().url()).await;
    world.check(&mut db).await.unwrap_or_else(|surprise| panic!("{surprise}"));
}

/// Every policy is taken away, and then lets everything through: somebody must notice each time.
#[tokio::test]
async fn no_policy_can_be_lost_or_loosened_unnoticed() {
    let world = World::furnish().await;
    let mut db = superuser(&world.app).await;
    let policies = listed(
        &mut db,
        "SELECT format('%I ON %I', policyname, tablename) || CASE cmd WHEN 'INSERT' THEN ' +' ELSE '' END FROM pg_policies",
    )
    .await;
    assert!(policies.len() > 30, "{policies:?}");
    world.check(&mut db).await.unwrap_or_else(|surprise| panic!("{surprise}"));
    for policy in policies {
        let (name, adds) = match policy.strip_suffix(" +") {
            Some(name) => (name, true),
            None => (policy.as_str(), false),
        };
        let loosened = if adds { "WITH CHECK (true)" } else { "USING (true)" };
        for change in [format!("DROP POLICY {name}"), format!("ALTER POLICY {name} {loosened}")] {
            let mut tx = db.begin().await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(&*change)).execute(&mut *tx).await.unwrap();
            assert!(world.check(&mut tx).await.is_err(), "nobody noticed: {change}");
            tx.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn nobody_alters_history() {
    let world = World::furnish().await;
    let mut db = connect(&world.app.postgres.as_ref().unwrap().url()).await;
    for caller in world.callers.keys().filter(|caller| !["login", "stranger"].contains(caller)) {
        for statement in [
            "UPDATE booking_history SET reason = 'x'",
            "UPDATE booking_history SET sequence = sequence",
            "DELETE FROM booking_history",
            "TRUNCATE booking_history",
            "ALTER TABLE booking_history DISABLE TRIGGER ALL",
            "DROP TABLE booking_history",
        ] {
            let done = world.try_it(&mut db, caller, statement).await.unwrap();
            assert_eq!(done, Refused, "{caller}: {statement}");
        }
    }
}

/// A table, view or function that comes later is held to the same.
#[tokio::test]
async fn the_schema_has_no_gap() {
    let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
    let mut db = superuser(&app).await;
    let table = [
        (
            "tables without row security, or without its being forced",
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                 AND NOT (relrowsecurity AND (relforcerowsecurity OR relname = '_sqlx_migrations'))",
        ),
        (
            "views that do not keep conditions of others from what they hide",
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
                 AND NOT coalesce(reloptions @> '{security_barrier=true}', false)",
        ),
        (
            "conditions with a question of their own, which every statement pays for that they bear on",
            "SELECT format('%s on %s', policyname, tablename) FROM pg_policies
             WHERE concat(qual, with_check) ILIKE '%select%'",
        ),
        (
            "columns of what everybody may know that nobody may",
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name LIKE 'public\\_%'
                 AND (column_name ~ '(email|phone|message|reason|retired|token|key|status)'
                      OR column_name = 'name' AND table_name <> 'public_mentors')",
        ),
        (
            "functions that run as their owner, and could be led astray by the caller's search path",
            "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
                 AND NOT coalesce(proconfig::text LIKE '%search_path=public, pg_temp%', false)",
        ),
        (
            "what the role owns, anywhere",
            "SELECT format('%s %s', classid::regclass, objid) FROM pg_shdepend
             WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'slotsmith_app'::regrole AND deptype = 'o'",
        ),
        (
            "what the role is besides",
            "SELECT rolname::text FROM pg_roles WHERE rolname = 'slotsmith_app'
                 AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolreplication)
             UNION ALL SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'slotsmith_app'::regrole",
        ),
        (
            "rights that the program has no use for",
            "SELECT format('%s on %s', right_, relname) FROM pg_class,
                 unnest('{TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS right_
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
                 AND has_table_privilege('slotsmith_app', oid, right_)",
        ),
        (
            "tables of which nobody tried what each sees",
            &format!(
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                     AND relkind IN ('r', 'p', 'v', 'm') AND relname <> '_sqlx_migrations'
                     AND relname <> ALL (string_to_array(regexp_replace('{SEEN}', '\\s+', ' ', 'g'), ' '))"
            ),
        ),
    ];
    for (what, question) in table {
        assert_eq!(listed(&mut db, question).await, [""; 0], "{what}");
    }
}

/// Whoever logs in, even one whom row security does not bind.
#[tokio::test]
async fn the_program_never_acts_as_its_login() {
    let world = World::furnish().await;
    let postgres = world.app.postgres.as_ref().unwrap();
    for url in [postgres.url(), postgres.superuser_url()] {
        let store = storage::open(&url.parse().unwrap(), PATIENCE).await.unwrap();
        assert_eq!(store.role().await.unwrap().as_deref(), Some("slotsmith_app"));
        let admin = store.acting(Caller::Admin);
        let details = admin.booking(world.kim_bo).await.unwrap().unwrap();
        let (kim, now) = (MentorRef::Id(world.kim), at(START));
        // Asked for nobody in particular, it tells what everybody may know.
        assert!(store.booking(world.kim_bo).await.unwrap().is_none());
        assert!(store.history(&details.booking).await.unwrap().is_empty());
        assert!(store.claim_jobs(now, now.plus(60), 10).await.unwrap().is_empty());
        assert!(store.next_job_at().await.unwrap().is_none());
        let mentor = store.mentor(&kim).await.unwrap().unwrap();
        assert_eq!(mentor.email, None);
        assert!(store.hours(world.kim).await.unwrap().overrides[0].reason.is_none());
        assert!(store.add_mentor(&mentor, now).await.is_err());
        let mut write = store.write(world.kim).await.unwrap();
        assert!(write.booking(world.kim_bo).await.unwrap().is_none());
        drop(write);
        // What is told depends on whom it is for.
        for (caller, email) in [
            (Caller::Mentor(world.kim), Some("kim@mentors.example")),
            (Caller::Mentor(MentorId::new(now)), None),
            (Caller::Client("kim@mentors.example".into()), None),
            (Caller::Client("'; RESET ROLE; --".into()), None),
            (Caller::System, Some("kim@mentors.example")),
            (Caller::Admin, Some("kim@mentors.example")),
        ] {
            let seen = store.acting(caller.clone()).mentor(&kim).await.unwrap().unwrap();
            assert_eq!(seen.email.as_deref(), email, "{caller:?}");
        }
        let reason = admin.hours(world.kim).await.unwrap().overrides[0].reason.clone();
        assert_eq!(reason.as_deref(), Some("wedding"));
    }
}

/// What is missing is told in words that somebody can do something about.
#[tokio::test]
async fn a_login_that_may_not_act_as_the_role_is_told_what_to_grant() {
    let postgres = Postgres::start().unwrap();
    let mut db = connect(&postgres.superuser_url()).await;
    let owned = "CREATE ROLE tenant LOGIN; ALTER DATABASE slotsmith OWNER TO tenant;";
    sqlx::raw_sql(owned).execute(&mut db).await.unwrap();
    let location: Location = postgres.url_of("tenant", "slotsmith").parse().unwrap();
    let table = [
        ("", "CREATE ROLE slotsmith_app NOLOGIN; GRANT slotsmith_app TO tenant;"),
        ("CREATE ROLE slotsmith_app NOLOGIN BYPASSRLS", "GRANT slotsmith_app TO tenant;"),
        ("GRANT slotsmith_app TO tenant", "ALTER ROLE slotsmith_app NOSUPERUSER NOBYPASSRLS;"),
        ("ALTER ROLE slotsmith_app NOBYPASSRLS", ""),
        ("REVOKE slotsmith_app FROM tenant", "GRANT slotsmith_app TO tenant;"),
        ("GRANT slotsmith_app TO tenant", ""),
    ];
    for (done, asked) in table {
        sqlx::raw_sql(done).execute(&mut db).await.unwrap();
        match storage::open(&location, PATIENCE).await {
            Ok(_) => assert_eq!(asked, "", "opened after {done:?}"),
            Err(StoreError::NotGranted(why)) => {
                assert!(!asked.is_empty() && why.contains(asked), "after {done:?}: {why}");
            }
            Err(error) => panic!("after {done:?}: {error}"),
        }
    }
}

/// Views read as their owner, by policies that name one.
#[tokio::test]
async fn tables_that_change_hands_are_not_taken_for_empty() {
    let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
    app.add_mentor("kim", "UTC").await;
    let mut db = superuser(&app).await;
    let changed = "CREATE ROLE heir LOGIN; REASSIGN OWNED BY program TO heir; GRANT slotsmith_app TO heir;";
    sqlx::raw_sql(changed).execute(&mut db).await.unwrap();
    let heir = app.postgres.as_ref().unwrap().url_of("heir", "slotsmith");
    let Err(StoreError::NotGranted(why)) = storage::open(&heir.parse().unwrap(), PATIENCE).await else {
        panic!("opened");
    };
    let (_, statements) = why.split_once(" should say: ").unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connect(&heir).await).await.unwrap();
    let store = storage::open(&heir.parse().unwrap(), PATIENCE).await.unwrap();
    assert_eq!(store.mentors(None, 10).await.unwrap().items.len(), 1);
}

/// The role is one for all databases of a server, and any of them may come first.
#[tokio::test]
async fn databases_of_one_server_share_the_role() {
    const DATABASES: usize = 5;
    let postgres = Postgres::start().unwrap();
    let mut db = connect(&postgres.superuser_url()).await;
    for number in 0..DATABASES {
        let create = format!("CREATE DATABASE tenant{number} OWNER program");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut db).await.unwrap();
    }
    let opened: Vec<_> = (0..DATABASES)
        .map(|number| {
            let location: Location = postgres.url_of("program", &format!("tenant{number}")).parse().unwrap();
            tokio::spawn(async move { storage::open(&location, Duration::from_secs(30)).await.map(drop) })
        })
        .collect();
    for opened in opened {
        opened.await.unwrap().unwrap();
    }
}

/// The driver does not know that it is inside a transaction whose beginning failed.
#[tokio::test]
async fn a_transaction_that_cannot_begin_spoils_no_connection() {
    let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
    let mut db = superuser(&app).await;
    for (grant, is_ready) in [("REVOKE", false), ("GRANT", true), ("REVOKE", false), ("GRANT", true)] {
        let direction = if is_ready { "TO" } else { "FROM" };
        let statement = format!("{grant} slotsmith_app {direction} program");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut db).await.unwrap();
        for _ in 0..5 {
            assert_eq!(app.app.store.ping().await.is_ok(), is_ready, "after {grant}");
        }
    }
}

/// Tables may lie in a schema that is the login's own, which another role does not look in.
#[tokio::test]
async fn the_tables_may_be_in_any_schema() {
    let postgres = Postgres::start().unwrap();
    let mut db = connect(&postgres.superuser_url()).await;
    sqlx::raw_sql("CREATE SCHEMA program AUTHORIZATION program").execute(&mut db).await.unwrap();
    let store = storage::open(&postgres.url().parse().unwrap(), PATIENCE).await.unwrap();
    assert!(store.mentors(None, 10).await.unwrap().items.is_empty());
    let elsewhere =
        listed(&mut db, "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    assert_eq!(elsewhere.await, [""; 0]);
}

#[tokio::test]
async fn the_doctor_names_the_role() {
    let postgres = Postgres::start().unwrap();
    let dir = tempfile::tempdir().unwrap();
    for (url, expected) in [
        (postgres.url(), "acts as slotsmith_app"),
        (String::new(), "the program alone decides who sees what"),
    ] {
        let mut doctor = binary();
        doctor.arg("doctor").env("DATA_DIR", dir.path()).current_dir(dir.path());
        if !url.is_empty() {
            doctor.env("DATABASE_URL", url);
        }
        let said = doctor.output().unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success() && text.contains(expected), "{text}");
    }
}
