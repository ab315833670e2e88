//! Backups: made while real bookers book, restored elsewhere, and compared with what was answered. And everything that
//! must not be overwritten, exchanged or believed.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use slotsmith_tests::Postgres;
use slotsmith_tests::{
    Process,
    attack::{
        furnish::furnish,
        store::{Store, Stored, StoredBooking},
        world::World,
    },
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tokio::sync::watch;

use crate::support::{self, PATIENCE, START, TestApp, answer, booking_request};

// --- Under load -----------------------------------------------------------------------------------------------------

/// People who book on and on, and call some of it off again.
struct Load {
    answered: Arc<Mutex<HashMap<String, Answered>>>,
    /// How many bookings were answered.
    count: watch::Sender<usize>,
    /// Whether it is enough.
    stop: watch::Sender<bool>,
    bookers: Vec<tokio::task::JoinHandle<()>>,
}

/// What a booker was told.
#[derive(Clone, Debug)]
struct Answered {
    token: String,
    cancelled: bool,
}

impl Load {
    fn start(base: &str, bookers: u64) -> Load {
        let (count, stop) = (watch::Sender::new(0), watch::Sender::new(false));
        let mut load = Load { answered: Arc::default(), count, stop, bookers: Vec::new() };
        for booker in 0..bookers {
            let (base, answered) = (base.to_owned(), Arc::clone(&load.answered));
            let (count, stop) = (load.count.clone(), load.stop.subscribe());
            load.bookers.push(tokio::spawn(async move {
                let client = reqwest::Client::new();
                // Every booker has days of their own, so that none is refused.
                for nth in (0..).take_while(|_| !*stop.borrow()) {
                    let (id, token) = book(&client, &base, booker * 1_000 + nth / 7, nth % 7).await;
                    let told = Answered { token: token.clone(), cancelled: false };
                    answered.lock().unwrap().insert(id.clone(), told);
                    if nth % 3 == 0 {
                        cancel(&client, &base, &id, &token).await;
                        answered.lock().unwrap().insert(id, Answered { token, cancelled: true });
                    }
                    count.send_modify(|count| *count += 1);
                }
            }));
        }
        load
    }

    /// What was answered, once that is so many more bookings than now.
    async fn after(&self, more: usize) -> HashMap<String, Answered> {
        let mut count = self.count.subscribe();
        let enough = *count.borrow() + more;
        let waited =
            tokio::time::timeout(std::time::Duration::from_secs(60), count.wait_for(|n| enough <= *n));
        waited.await.expect("bookings stopped").unwrap();
        self.answered.lock().unwrap().clone()
    }

    async fn end(self) {
        self.stop.send_replace(true);
        for booker in self.bookers {
            booker.await.unwrap();
        }
    }
}

async fn book(client: &reqwest::Client, base: &str, day: u64, hour: u64) -> (String, String) {
    let world = World::standard();
    let start = chrono::DateTime::from_timestamp(world.start(0, 0, day, hour * 4), 0).unwrap().to_rfc3339();
    let request = booking_request("kim", &start, json!({"message": "x".repeat(1_000)}));
    let (status, body) = answer(client.post(format!("{base}/api/bookings")).json(&request)).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    (text(&body["id"]), text(&body["manage_token"]))
}

async fn cancel(client: &reqwest::Client, base: &str, id: &str, token: &str) {
    let request = client.delete(format!("{base}/api/bookings/{id}")).bearer_auth(token);
    let (status, body) = answer(request.json(&json!({}))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_the_store_of_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let original = Store::Sqlite(dir.path().join("original"));
    let settings = original.settings(0);
    let server = Process::start(&settings, &[], "true", std::io::sink()).unwrap();
    furnish(&World::standard(), &settings, &server.url("")).await.unwrap();
    fill(&dir.path().join("original/slotsmith.db")).await;
    let load = Load::start(&server.url(""), 4);

    let mut backups = Vec::new();
    for round in 0..3 {
        let before = load.after(30).await;
        let begun = *load.count.borrow();
        let file = dir.path().join(format!("{round}.backup"));
        let written = Ran::new(&settings, &["backup", file.to_str().unwrap()]).await;
        assert_eq!(written.status, 0, "{written:?}");
        assert!(begun < *load.count.borrow(), "bookings went on");
        backups.push((file, before));
    }
    load.after(30).await;
    load.end().await;
    drop(server);
    let original = by_id(original.read().await.unwrap());

    for (file, before) in backups {
        let restored = Store::Sqlite(file.with_extension("restored"));
        let settings = restored.settings(0);
        let put_back = Ran::new(&settings, &["restore", file.to_str().unwrap()]).await;
        assert_eq!(put_back.status, 0, "{put_back:?}");
        let stored = restored.read().await.unwrap();
        assert_eq!(stored.damage, [""; 0], "integrity_check");
        assert!(
            put_back.out.contains(&format!("bookings: {}, mentors: 3,", stored.bookings.len())),
            "{put_back:?}"
        );
        let stored = by_id(stored);
        for (id, told) in &before {
            let found = stored.get(id).unwrap_or_else(|| panic!("{id} was answered before the backup"));
            assert!(!told.cancelled || found.state.status == "cancelled", "{found}");
        }
        for (id, found) in &stored {
            let now = original.get(id).unwrap_or_else(|| panic!("never booked: {found}"));
            adds_up(found);
            assert!(now.lines.starts_with(&found.lines), "another past: {found}, and {now}");
        }

        // And a server goes on from there.
        let server = Process::start(&settings, &[], "true", std::io::sink()).unwrap();
        let client = reqwest::Client::new();
        for (id, told) in &before {
            let asked = client.get(server.url(&format!("/api/bookings/{id}"))).bearer_auth(&told.token);
            assert_eq!(answer(asked).await.0, StatusCode::OK);
        }
        book(&client, &server.url(""), 9_000, 0).await;
    }
}

/// With enough that a copy takes a while.
async fn fill(database: &Path) {
    let ballast = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40000)
         INSERT INTO booking_attempts SELECT randomblob(32), hex(randomblob(100)), 1e10 FROM n";
    execute(&mut connect(database).await, ballast).await;
}

fn by_id(stored: Stored) -> HashMap<String, StoredBooking> {
    stored.bookings.into_iter().map(|booking| (booking.id.clone(), booking)).collect()
}

/// A booking's history leads to how it stands, and nothing that was written with it is missing.
fn adds_up(booking: &StoredBooking) {
    assert!(booking.whole, "{booking}");
    assert!(booking.lines.iter().map(|line| line.sequence).eq(0..=booking.sequence), "{booking}");
    let last = booking.lines.last().unwrap();
    assert_eq!((last.to.0, &last.to.1), (booking.state.start, &booking.state.status), "{booking}");
    assert!(booking.lines.windows(2).all(|two| two[1].from.as_ref() == Some(&two[0].to)), "{booking}");
}

// --- Refusals -------------------------------------------------------------------------------------------------------

/// A run of the program to its end.
#[derive(Debug)]
struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Ran {
    async fn new(settings: &[(String, String)], arguments: &[&str]) -> Ran {
        let mut command = support::binary();
        command.args(arguments).envs(settings.iter().map(|(name, value)| (name, value)));
        tokio::task::spawn_blocking(move || Ran::of(command)).await.unwrap()
    }

    fn of(mut command: Command) -> Ran {
        let output = command.output().unwrap();
        Ran {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// It failed with a line that says this.
    #[track_caller]
    fn refused(&self, because: &str) {
        assert_eq!((self.status, self.out.as_str()), (1, ""), "{self:?}");
        assert!(self.err.contains(because) && self.err.lines().count() == 1, "{because}: {self:?}");
    }

    #[track_caller]
    fn done(&self) {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{self:?}");
    }
}

/// A folder with stores and backups.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn settings(&self, store: &str) -> Vec<(String, String)> {
        vec![("DATA_DIR".into(), self.path(store).display().to_string())]
    }

    fn database(&self, store: &str) -> PathBuf {
        self.path(store).join("slotsmith.db")
    }

    /// Runs a command on a store; FILE in it is a file of this folder.
    async fn run(&self, store: &str, command: &str, file: &str) -> Ran {
        let file = self.path(file);
        let arguments: Vec<_> = command.split(' ').chain(file.to_str()).collect();
        Ran::new(&self.settings(store), &arguments).await
    }

    async fn add_mentor(&self, store: &str, slug: &str) {
        let mentor = ["mentor", "add", "--slug", slug, "--name", slug, "--timezone", "UTC"];
        Ran::new(&self.settings(store), &mentor).await.done();
    }

    async fn mentors(&self, store: &str) -> Vec<String> {
        let mut db = connect(&self.database(store)).await;
        sqlx::query_scalar("SELECT slug FROM mentors ORDER BY slug").fetch_all(&mut db).await.unwrap()
    }

    /// Nothing half-made lies about.
    fn assert_tidy(&self) {
        let folders = [self.path(""), self.path("store"), self.path("other")];
        let names = folders.iter().flat_map(fs::read_dir).flatten().map(|entry| entry.unwrap().path());
        let left: Vec<_> = names.filter(|path| path.to_str().unwrap().contains(".part")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

async fn execute(db: &mut SqliteConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(db).await.unwrap();
}

#[tokio::test]
async fn a_backup_overwrites_nothing_unless_told() {
    let folder = Folder::new();
    folder.run("store", "backup", "a").await.refused("there is no store");
    assert!(!folder.path("store").exists(), "asking makes none");

    folder.add_mentor("store", "ada").await;
    fs::write(folder.path("a"), "precious").unwrap();
    folder.run("store", "backup", "a").await.refused("already there");
    assert_eq!(fs::read(folder.path("a")).unwrap(), b"precious");
    let written = folder.run("store", "backup --force", "a").await;
    written.done();
    let file = fs::metadata(folder.path("a")).unwrap();
    assert!(written.out.contains(&format!("bookings: 0, mentors: 1, bytes: {}", file.len())), "{written:?}");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);

    // A link that leads nowhere is there too.
    std::os::unix::fs::symlink("nowhere", folder.path("link")).unwrap();
    folder.run("store", "backup", "link").await.refused("already there");

    folder.run("store", "backup --force", "store/slotsmith.db").await.refused("is the store itself");
    folder.run("store", "backup", "nowhere/a").await.refused("No such file");
    folder.run("store", "backup --force", "store").await.refused("directory");
    assert_eq!(folder.mentors("store").await, ["ada"]);
    folder.assert_tidy();
}

#[tokio::test]
async fn of_backups_that_get_one_name_at_once_only_one_is_written() {
    let folder = Folder::new();
    folder.add_mentor("store", "ada").await;
    let run = || folder.run("store", "backup", "a");
    let (a, b, c) = tokio::join!(run(), run(), run());
    assert_eq!([&a, &b, &c].iter().filter(|ran| ran.status == 0).count(), 1, "{a:?} {b:?} {c:?}");
    folder.run("other", "restore", "a").await.done();
    folder.assert_tidy();
}

#[tokio::test]
async fn what_a_killed_backup_left_is_removed_and_what_another_writes_is_not() {
    let folder = Folder::new();
    folder.add_mentor("store", "ada").await;
    let (part, journal) = (folder.path("a.part"), folder.path("a.part-journal"));
    for left in [&part, &journal] {
        fs::write(left, "half a store").unwrap();
    }
    let writing = File::open(&part).unwrap();
    writing.lock().unwrap();
    folder.run("store", "backup", "a").await.refused("somebody else is writing it");
    assert_eq!(fs::read(&part).unwrap(), b"half a store");
    drop(writing);
    folder.run("store", "backup", "a").await.done();
    assert_eq!(fs::metadata(folder.path("a")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!journal.exists());
    folder.run("other", "restore", "a").await.done();
    folder.assert_tidy();
}

#[tokio::test]
async fn a_restore_replaces_no_data_unless_told() {
    let folder = Folder::new();
    folder.add_mentor("store", "ada").await;
    folder.run("store", "backup", "a").await.done();
    folder.add_mentor("other", "bo").await;
    folder.run("other", "restore", "a").await.refused("already has data");
    assert_eq!(folder.mentors("other").await, ["bo"]);
    fs::set_permissions(folder.database("other"), fs::Permissions::from_mode(0o640)).unwrap();
    folder.run("other", "restore --force", "a").await.done();
    assert_eq!(folder.mentors("other").await, ["ada"]);
    assert_eq!(fs::metadata(folder.database("other")).unwrap().permissions().mode() & 0o777, 0o640);

    // A store that was made and never used is no reason to refuse; one with nothing but a key is.
    Ran::new(&folder.settings("unused"), &["migrate"]).await.done();
    folder.run("unused", "restore", "a").await.done();
    Ran::new(&folder.settings("key"), &["key", "create", "--role", "admin", "--name", "k"]).await.done();
    folder.run("key", "restore", "a").await.refused("already has data");
    folder.assert_tidy();
}

#[tokio::test]
async fn a_store_in_use_is_not_exchanged_whatever_one_says() {
    let folder = Folder::new();
    folder.add_mentor("other", "ada").await;
    folder.run("other", "backup", "a").await.done();

    let server = Process::start(&folder.settings("store"), &[], "true", std::io::sink()).unwrap();
    folder.add_mentor("store", "bo").await;
    for command in ["restore", "restore --force"] {
        folder.run("store", command, "a").await.refused("is in use");
    }
    drop(server);
    // A program that knows nothing of our lock.
    let mut rival = connect(&folder.database("store")).await;
    execute(&mut rival, "SELECT count(*) FROM mentors").await;
    folder.run("store", "restore --force", "a").await.refused("is in use");
    drop(rival);
    assert_eq!(folder.mentors("store").await, ["bo"]);

    folder.run("store", "restore --force", "a").await.done();
    assert_eq!(folder.mentors("store").await, ["ada"]);
    folder.assert_tidy();
}

/// The commands that open a store.
const COMMANDS: [&str; 5] = [
    "mentor add --slug kim --name Kim --timezone UTC",
    "key create --role admin --name k",
    "migrate",
    "doctor",
    "backup --force b",
];

#[tokio::test]
async fn every_command_runs_beside_a_server_and_none_during_a_restore() {
    let folder = Folder::new();
    let settings = folder.settings("store");
    let server = Process::start(&settings, &[], "true", std::io::sink()).unwrap();
    let run = |command: &str| {
        let command = command.replace(" b", &format!(" {}", folder.path("b").display()));
        let settings = &settings;
        async move { Ran::new(settings, &command.split(' ').collect::<Vec<_>>()).await }
    };
    for command in COMMANDS {
        run(command).await.done();
    }
    assert_eq!(folder.mentors("store").await, ["kim"]);
    // The lock alone says that there is a server: its connections come and go.
    let lock = File::open(folder.path("store/slotsmith.db-lock")).unwrap();
    assert!(lock.try_lock().is_err());
    drop(server);

    lock.lock().unwrap();
    for command in COMMANDS {
        run(command).await.refused(if command == "backup --force b" {
            "is in use"
        } else {
            "being restored"
        });
    }
    run("serve").await.refused("being restored");
}

/// Each is stopped where it has opened the store and reads time-zone data, so that it is still at work.
#[tokio::test]
async fn no_command_at_work_has_its_store_exchanged() {
    let folder = Folder::new();
    folder.add_mentor("other", "ada").await;
    folder.run("other", "backup", "a").await.done();
    let zones = folder.path("zones");
    fs::create_dir(&zones).unwrap();
    let pipe = zones.join("tzdata.zi");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::copy("/usr/share/zoneinfo/UTC", zones.join("UTC")).unwrap();
    let mut settings = folder.settings("store");
    settings.push(("TZDATA_DIR".into(), zones.display().to_string()));

    for command in COMMANDS.into_iter().filter(|&command| command != "backup --force b") {
        let arguments: Vec<_> = command.split(' ').collect();
        let restored = async {
            let pipe = pipe.clone();
            // Waits for whoever reads.
            let pipe =
                tokio::task::spawn_blocking(move || OpenOptions::new().write(true).open(pipe).unwrap()).await;
            let ran = folder.run("store", "restore", "a").await;
            // Older than what the program brings, which it then uses.
            std::io::Write::write_all(&mut pipe.unwrap(), b"# version 2000a\n").unwrap();
            ran
        };
        let (ran, restored) = tokio::join!(Ran::new(&settings, &arguments), restored);
        restored.refused("is in use");
        ran.done();
    }
    folder.run("store", "restore", "a").await.refused("already has data");
    folder.run("store", "restore --force", "a").await.done();
}

/// A killed server leaves its log behind, with changes that are not in the store's file yet.
#[tokio::test]
async fn nothing_of_the_old_store_comes_back() {
    let folder = Folder::new();
    folder.add_mentor("other", "ada").await;
    folder.run("other", "backup", "a").await.done();
    let server = Process::start(&folder.settings("store"), &["--demo"], "true", std::io::sink()).unwrap();
    drop(server);
    assert!(fs::metadata(folder.path("store/slotsmith.db-wal")).unwrap().len() > 0);
    folder.run("store", "restore --force", "a").await.done();
    assert_eq!(folder.mentors("store").await, ["ada"]);

    // Nor a log whose store somebody took away.
    let server = Process::start(&folder.settings("store"), &["--demo"], "true", std::io::sink()).unwrap();
    drop(server);
    fs::remove_file(folder.database("store")).unwrap();
    folder.run("store", "restore", "a").await.done();
    assert_eq!(folder.mentors("store").await, ["ada"]);

    // And a store that cannot even be read is replaced.
    for rest in ["", "-wal", "-journal"] {
        fs::write(folder.path(&format!("store/slotsmith.db{rest}")), "no database".repeat(100)).unwrap();
    }
    folder.run("store", "restore", "a").await.refused("not a sound store");
    folder.run("store", "restore --force", "a").await.done();
    assert_eq!(folder.mentors("store").await, ["ada"]);
    assert!(!folder.path("store/slotsmith.db-journal").exists());
}

#[tokio::test]
async fn what_is_no_sound_backup_is_refused() {
    let folder = Folder::new();
    folder.add_mentor("store", "ada").await;
    folder.run("store", "backup", "sound").await.done();
    let refused = async |name: &str, because: &str| {
        folder.run("other", "restore", name).await.refused(because);
        assert!(!folder.database("other").exists(), "{name}");
    };
    refused("missing", "No such file").await;
    fs::write(folder.path("text"), "Dear diary").unwrap();
    refused("text", "not a sound store").await;
    fs::write(folder.path("empty"), "").unwrap();
    refused("empty", "not a sound store").await;
    execute(
        &mut SqliteConnectOptions::new()
            .filename(folder.path("alien"))
            .create_if_missing(true)
            .connect()
            .await
            .unwrap(),
        "CREATE TABLE t (x)",
    )
    .await;
    refused("alien", "not a sound store").await;

    let length = fs::metadata(folder.path("sound")).unwrap().len();
    for part in 1..4 {
        fs::copy(folder.path("sound"), folder.path("cut")).unwrap();
        OpenOptions::new().write(true).open(folder.path("cut")).unwrap().set_len(length * part / 4).unwrap();
        refused("cut", "not a sound store").await;
    }
    // One page in the middle that reads as zeros, as a bad disk may have it.
    fs::copy(folder.path("sound"), folder.path("holed")).unwrap();
    let holed = OpenOptions::new().write(true).open(folder.path("holed")).unwrap();
    holed.write_all_at(&[0; 4_096], 3 * 4_096).unwrap();
    refused("holed", "not a sound store").await;

    fs::copy(folder.path("sound"), folder.path("newer")).unwrap();
    let mut db = connect(&folder.path("newer")).await;
    execute(
        &mut db,
        "INSERT INTO _sqlx_migrations VALUES (9999, 'teams', '', 1, x'00', 1); DROP TABLE api_keys",
    )
    .await;
    drop(db);
    refused("newer", "has schema 9999 (teams)").await;
    // What reads well, and yet is not what the schema promises.
    fs::copy(folder.path("sound"), folder.path("wrong")).unwrap();
    let wrong = "PRAGMA ignore_check_constraints = ON; UPDATE mentors SET name = ''";
    execute(&mut connect(&folder.path("wrong")).await, wrong).await;
    refused("wrong", "CHECK constraint failed in mentors").await;
    fs::copy(folder.path("sound"), folder.path("dangling")).unwrap();
    let dangling = "PRAGMA foreign_keys = OFF; INSERT INTO weekly_windows VALUES ('nobody', 1, 540, 600)";
    execute(&mut connect(&folder.path("dangling")).await, dangling).await;
    refused("dangling", "a row of weekly_windows lacks its row of mentors").await;
    // What the driver finds odd when it brings the copy up to date is no less a reason.
    fs::copy(folder.path("sound"), folder.path("edited")).unwrap();
    execute(
        &mut connect(&folder.path("edited")).await,
        "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2",
    )
    .await;
    refused("edited", "not a sound store").await;
    folder.assert_tidy();
}

#[tokio::test]
async fn an_older_backup_becomes_current() {
    let folder = Folder::new();
    let steps = folder.path("steps");
    fs::create_dir(&steps).unwrap();
    for file in ["0001_mentors", "0002_bookings", "0003_jobs"] {
        let step = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../migrations/sqlite/{file}.sql"));
        fs::copy(step, steps.join(format!("{file}.sql"))).unwrap();
    }
    let file = folder.path("old");
    let mut db = SqliteConnectOptions::new().filename(&file).create_if_missing(true).connect().await.unwrap();
    sqlx::migrate::Migrator::new(steps.as_path()).await.unwrap().run(&mut db).await.unwrap();
    execute(&mut db, "INSERT INTO mentors VALUES ('m', 'kim', 'Kim', '', 'UTC', NULL, 0)").await;
    drop(db);
    let before = fs::read(&file).unwrap();
    folder.run("store", "restore", "old").await.done();
    assert_eq!(fs::read(&file).unwrap(), before, "the backup stays as it was");
    assert_eq!(folder.mentors("store").await, ["kim"]);
    Ran::new(&folder.settings("new"), &["migrate"]).await.done();
    let schema = async |store: &str| -> Vec<String> {
        let text = "SELECT name || coalesce(sql, '') FROM sqlite_schema UNION ALL
                    SELECT version || description FROM _sqlx_migrations ORDER BY 1";
        sqlx::query_scalar(text).fetch_all(&mut connect(&folder.database(store)).await).await.unwrap()
    };
    assert_eq!(schema("store").await, schema("new").await);
}

// --- PostgreSQL -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn postgres_is_left_to_its_own_tools_and_they_bring_everything_back() {
    let app = TestApp::start_on(Some(Postgres::start().unwrap()), START, PATIENCE).await;
    app.add_mentor("kim", "Asia/Seoul").await;
    for start in ["2026-10-22T01:00:00Z", "2026-10-22T02:00:00Z"] {
        assert_eq!(app.book("kim", start, json!({})).await.0, StatusCode::CREATED);
    }
    let (postgres, other) = (app.postgres.as_ref().unwrap(), Postgres::start().unwrap());
    // What a dump leaves out: roles are the server's.
    let mut db = other.superuser_url().parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    let role = "CREATE ROLE slotsmith_app NOLOGIN; GRANT slotsmith_app TO program;";
    sqlx::raw_sql(role).execute(&mut db).await.unwrap();
    // Of the rows, only such a login sees all.
    let original = postgres.superuser_url();
    let folder = Folder::new();
    let file = folder.path("it's a dump");
    let file = file.to_str().unwrap();
    let backed_up = rows(&original).await;
    run_suggested(&original, &["backup", file]).await;
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(app.book("kim", "2026-10-23T01:00:00Z", json!({})).await.0, StatusCode::CREATED);
    assert_ne!(rows(&original).await, backed_up);

    // Into an empty database, and back over the one where things went on.
    run_suggested(&other.url(), &["restore", file]).await;
    run_suggested(&postgres.url(), &["restore", "--force", file]).await;
    for url in [&original, &other.superuser_url()] {
        assert_eq!(rows(url).await, backed_up);
        assert_eq!(schema(url), schema(&original));
    }
    // The guard came along.
    let app = TestApp::start_on(Some(other), START, PATIENCE).await;
    assert_eq!(app.book("kim", "2026-10-22T01:00:00Z", json!({})).await.0, StatusCode::CONFLICT);
    assert_eq!(app.book("kim", "2026-10-23T01:00:00Z", json!({})).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn the_suggested_command_reaches_the_same_database_and_never_tells_the_password() {
    let table = [
        (
            "postgres://app:hunter2@db.example:5433/slots",
            "'host=db.example port=5433 user=app dbname=slots sslmode=prefer'",
        ),
        (
            "postgres://app@localhost/my%20slots?host=/run/pg&password=hunter2&sslmode=verify-full&ssl-root-cert=/ca.pem",
            r"'host=/run/pg port=5432 user=app dbname='\''my slots'\'' sslmode=verify-full sslrootcert=/ca.pem'",
        ),
    ];
    for (url, reaches) in table {
        let ran = suggested(url, &["backup", "a.dump"]).await;
        assert_eq!(
            ran.out,
            format!("(umask 077 && pg_dump --format=custom --dbname={reaches} --file=a.dump)\n")
        );
        let ran = suggested(url, &["restore", "a.dump"]).await;
        assert_eq!(
            ran.out,
            format!("pg_restore --single-transaction --no-owner --dbname={reaches} a.dump\n")
        );
    }
}

/// What the program says on PostgreSQL: one line for people, one for a shell.
async fn suggested(url: &str, arguments: &[&str]) -> Ran {
    let ran = Ran::new(&[("DATABASE_URL".into(), url.into())], arguments).await;
    assert_eq!((ran.status, ran.err.lines().count(), ran.out.lines().count()), (2, 1, 1), "{ran:?}");
    assert!(ran.err.contains("PostgreSQL has its own tools"), "{ran:?}");
    assert!(!format!("{ran:?}").contains("hunter2"), "{ran:?}");
    ran
}

async fn run_suggested(url: &str, arguments: &[&str]) {
    let ran = suggested(url, arguments).await;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &ran.out]).env_clear().env("PATH", Postgres::programs().unwrap());
    Ran::of(shell).done();
}

/// Every row of every table, as text.
async fn rows(url: &str) -> Vec<String> {
    let mut db = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut db).await.unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let all = AssertSqlSafe(format!("SELECT '{table} ' || t::text FROM {table} AS t ORDER BY 1"));
        rows.extend(sqlx::query_scalar::<_, String>(all).fetch_all(&mut db).await.unwrap());
    }
    rows
}

/// Tables, constraints, triggers, everything that is no row.
fn schema(url: &str) -> String {
    let mut dump = Command::new(Postgres::programs().unwrap().join("pg_dump"));
    dump.args(["--schema-only", "--dbname", url]).env_clear();
    let ran = Ran::of(dump);
    ran.done();
    // Newer versions put a word of chance into every dump.
    ran.out.lines().filter(|line| !line.contains("restrict")).collect::<Vec<_>>().join("\n")
}
