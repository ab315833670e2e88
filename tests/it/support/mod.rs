//! What tests stand on: a whole program on a loopback socket with a clock of its own, and the command line.

pub(crate) mod browser;
pub(crate) mod readers;

use std::{process::Command, sync::Arc, time::Duration};

use chrono::Weekday;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use slotsmith::{
    App,
    auth::{Caller, Role, create_key},
    booking::Limits,
    clock::{Clock, FakeClock},
    config::Config,
    http,
    ids::{MentorId, SessionTypeId},
    jobs,
    mentors::{Mentor, MentorRef},
    notifications::Delivery,
    schedule::Hours,
    serve::serve,
    session_types::{LocationKind, SessionType},
    storage::{self, Location},
    zones::Zones,
};
use slotsmith_engine::{Instant, Policy, PolicySpec, Window};
use slotsmith_tests::Postgres;
use tempfile::TempDir;

/// When tests begin, unless they say otherwise: a Tuesday two weeks before New York's clocks go back.
pub(crate) const START: &str = "2026-10-20T12:00:00Z";
/// How long a test's store waits for a locked file: long enough for fifty writers in a row, no longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The program's own binary, to be run as a user would.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(slotsmith_tests::binary().unwrap());
    // Settings of whoever runs the tests are not the tests' affair.
    for name in ["DATABASE_URL", "DATA_DIR", "LISTEN", "PUBLIC_URL", "TZDATA_DIR", "SMTP_HOST", "EMAIL_FROM"]
    {
        command.env_remove(name);
    }
    command
}

/// An RFC 3339 text as an instant.
pub(crate) fn at(text: &str) -> Instant {
    Instant::from_unix(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp()).unwrap()
}

/// A whole program, answering on a loopback socket until it is dropped. Jobs wait for [`TestApp::work`], so that a
/// test decides when they are done.
pub(crate) struct TestApp {
    /// Its parts, for tests that look behind the socket.
    pub(crate) app: App,
    /// The clock it goes by.
    pub(crate) clock: Arc<FakeClock>,
    /// Where its store and its outbox are.
    pub(crate) dir: TempDir,
    base: String,
    client: reqwest::Client,
    server: tokio::task::JoinHandle<()>,
    /// Where its store is, unless it is in `dir`.
    pub(crate) postgres: Option<Postgres>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A session type for tests: an hour, on the hour, no notice.
pub(crate) const HOUR: PolicySpec = PolicySpec {
    duration_minutes: 60,
    step_minutes: None,
    buffer_before_minutes: 0,
    buffer_after_minutes: 0,
    minimum_notice_minutes: 0,
    horizon_days: None,
    max_per_day: None,
    max_per_week: None,
};

impl TestApp {
    /// One at [`START`].
    pub(crate) async fn start() -> TestApp {
        TestApp::start_at(START).await
    }

    /// One whose clock shows `now`.
    pub(crate) async fn start_at(now: &str) -> TestApp {
        TestApp::start_with(now, PATIENCE).await
    }

    /// One whose store waits `patience` for a locked file.
    pub(crate) async fn start_with(now: &str, patience: Duration) -> TestApp {
        // `scripts/test` runs the product's tests on both stores.
        let postgres = std::env::var_os("SLOTSMITH_TEST_POSTGRES").map(|_| Postgres::start().unwrap());
        TestApp::start_on(postgres, now, patience).await
    }

    /// One on PostgreSQL, or on SQLite.
    pub(crate) async fn start_on(postgres: Option<Postgres>, now: &str, patience: Duration) -> TestApp {
        TestApp::start_limited(postgres, now, patience, Limits::default()).await
    }

    /// One that limits bookings.
    pub(crate) async fn start_limited(
        postgres: Option<Postgres>,
        now: &str,
        patience: Duration,
        limits: Limits,
    ) -> TestApp {
        let url = postgres.as_ref().map(Postgres::url);
        let mut app = TestApp::node(url.map(|url| url.parse().unwrap()), now, patience, limits).await;
        app.postgres = postgres;
        app
    }

    /// Another one on the store of this one.
    pub(crate) async fn beside(&self) -> TestApp {
        let store = self.app.config.database.clone();
        TestApp::node(Some(store), &self.clock.now().to_string(), PATIENCE, Limits::default()).await
    }

    async fn node(store: Option<Location>, now: &str, patience: Duration, limits: Limits) -> TestApp {
        let dir = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config::defaults(dir.path().to_owned()).unwrap();
        config.public_url.clone_from(&base);
        config.limits = limits;
        config.database = store.unwrap_or(config.database);
        let store = storage::open(&config.database, patience).await.unwrap();
        let clock = Arc::new(FakeClock::new(at(now)));
        let zones = Zones::from_candidates(None, None).unwrap();
        let delivery = Delivery::Outbox { dir: dir.path().join("outbox") };
        let app = App::new(store, zones, Arc::clone(&clock) as Arc<dyn Clock>, config, delivery);
        let server = tokio::spawn(serve(listener, http::router(app.clone()), std::future::pending()));
        TestApp { app, clock, dir, base, client: reqwest::Client::new(), server, postgres: None }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Adds a mentor who is open every weekday from nine to five, with one session type, `hour`.
    pub(crate) async fn add_mentor(&self, slug: &str, timezone: &str) -> Mentor {
        self.add_mentor_with(slug, timezone, &[("hour", HOUR)]).await
    }

    /// The same, with these session types.
    pub(crate) async fn add_mentor_with(
        &self,
        slug: &str,
        timezone: &str,
        session_types: &[(&str, PolicySpec)],
    ) -> Mentor {
        let now = self.clock.now();
        let store = self.app.store.acting(Caller::Admin);
        let mentor = Mentor {
            id: MentorId::new(now),
            slug: slug.parse().unwrap(),
            name: format!("{}{}", slug[..1].to_uppercase(), &slug[1..]),
            headline: "Answers questions.".into(),
            timezone: timezone.into(),
            email: Some(format!("{slug}@mentors.example")),
        };
        store.add_mentor(&mentor, now).await.unwrap();
        let window = Window::new("09:00".parse().unwrap(), "17:00".parse().unwrap()).unwrap();
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        let weekly = days.iter().map(|day| (*day, window)).collect();
        let hours = Hours { weekly, ..Hours::default() };
        store.put_hours(mentor.id, timezone, &hours).await.unwrap();
        for (slug, spec) in session_types {
            let session_type = SessionType {
                id: SessionTypeId::new(now),
                mentor: mentor.id,
                slug: slug.parse().unwrap(),
                title: format!("One {slug}"),
                policy: Policy::new(*spec).unwrap(),
                location: LocationKind::Video,
                price_label: Some("$30 donation".into()),
                requires_confirmation: false,
                reminders_minutes: Vec::new(),
            };
            store.add_session_type(&session_type).await.unwrap();
        }
        mentor
    }

    /// A key for a mentor, or for an admin.
    pub(crate) async fn key(&self, mentor: Option<&str>) -> String {
        let role = match mentor {
            None => Role::Admin,
            Some(slug) => {
                let by = MentorRef::Slug(slug.parse().unwrap());
                Role::Mentor(self.app.store.mentor(&by).await.unwrap().unwrap().id)
            }
        };
        let store = self.app.store.acting(Caller::Admin);
        create_key(&*store, role, "test".into(), self.clock.now()).await.unwrap().reveal().to_owned()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(self.url(path)).json(body)
    }

    /// Asks for a booking of `hour` or whatever `body` says instead.
    pub(crate) async fn book(&self, mentor: &str, start: &str, body: Value) -> (StatusCode, Value) {
        answer(self.post("/api/bookings", &booking_request(mentor, start, body))).await
    }

    /// Does all jobs that are due, here and now.
    pub(crate) async fn work(&self) {
        while jobs::run_due(&self.app).await.unwrap() > 0 {}
    }

    /// The mails in the outbox, by recipient.
    pub(crate) fn outbox(&self) -> Vec<Vec<u8>> {
        let Ok(files) = std::fs::read_dir(self.dir.path().join("outbox")) else { return Vec::new() };
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort();
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
    }
}

/// What a booker sends, with the members of `over` instead of the usual ones.
pub(crate) fn booking_request(mentor: &str, start: &str, over: Value) -> Value {
    let mut body = json!({
        "mentor": mentor, "session_type": "hour", "start": start, "name": "Bo Ok", "email": "bo@example.com",
        "timezone": "Asia/Seoul",
    });
    if let (Value::Object(body), Value::Object(over)) = (&mut body, over) {
        body.extend(over);
    }
    body
}

/// Sends a request, and reads status and JSON.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
