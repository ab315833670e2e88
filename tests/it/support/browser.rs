//! A real Chromium, driven through its driver: everything a test does, a person could do.
//!
//! Nothing here sleeps: waiting is asking the page again until it shows what was waited for, with an end.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{
    Client, Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
    elements::Element,
    wd::WebDriverCompatibleCommand,
};
use serde_json::{Value, json};

/// The longest a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keys by their WebDriver code points (W3C WebDriver 17.4.2).
pub(crate) mod key {
    pub(crate) const TAB: char = '\u{E004}';
    pub(crate) const ENTER: char = '\u{E007}';
    pub(crate) const ESCAPE: char = '\u{E00C}';
    pub(crate) const RIGHT: char = '\u{E014}';
    pub(crate) const LEFT: char = '\u{E012}';
    pub(crate) const PAGE_DOWN: char = '\u{E00F}';
}

/// One browser window with a profile of its own.
pub(crate) struct Browser {
    client: Client,
    driver: Child,
    profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver leaves its browser behind when it is killed; the profile's path is that browser's alone.
        let _ = Command::new("pkill").arg("-KILL").arg("-f").arg(self.profile.path()).status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// A window in a zone, such as `Asia/Seoul`.
    pub(crate) async fn open(timezone: &str) -> Browser {
        // Two drivers that start at one moment may choose the same port; the later one then ends.
        let (driver, port) = (0..5).find_map(|_| start_driver(timezone)).expect("chromedriver says its port");
        let profile = tempfile::tempdir().unwrap();
        let capabilities = json!({
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=en-US",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1440,900",
                format!("--user-data-dir={}", profile.path().display()),
            ]},
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let address = format!("http://127.0.0.1:{port}");
        let client =
            Client::with_capabilities_and_connector(&address, &capabilities, connector).await.unwrap();
        Browser { client, driver, profile }
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The element, as soon as the page shows it.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css));
        wait.await.unwrap_or_else(|error| panic!("{css} does not show: {error}"))
    }

    /// Waits until a script's expression is true.
    pub(crate) async fn until(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        let ready = async { while self.client.execute(&script, vec![]).await.unwrap() != true {} };
        let ready = tokio::time::timeout(PATIENCE, ready).await;
        ready.unwrap_or_else(|_| panic!("never came true: {expression}"));
    }

    pub(crate) async fn click(&self, css: &str) {
        self.until(&format!("document.querySelector({css:?})?.checkVisibility()")).await;
        self.find(css).await.click().await.unwrap();
    }

    /// Types into a field, over what it holds.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        self.until(&format!("document.querySelector({css:?})?.checkVisibility()")).await;
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    pub(crate) async fn attribute(&self, css: &str, name: &str) -> String {
        self.find(css).await.attr(name).await.unwrap().unwrap_or_default()
    }

    pub(crate) async fn eval(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Presses a key wherever the focus is.
    pub(crate) async fn press(&self, key: char) {
        let press = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.client.perform_actions(press).await.unwrap();
    }

    /// Types wherever the focus is.
    pub(crate) async fn type_text(&self, text: &str) {
        for key in text.chars() {
            self.press(key).await;
        }
    }

    /// Tabs until the focus is on what `css` selects.
    pub(crate) async fn tab_to(&self, css: &str) {
        for _ in 0..60 {
            if self.eval(&format!("return Boolean(document.activeElement?.matches({css:?}))")).await == true {
                return;
            }
            self.press(key::TAB).await;
        }
        panic!("{css} cannot be reached by Tab");
    }

    /// Shows pages as on a screen of this size, in this theme.
    pub(crate) async fn look(&self, width: u32, theme: &str) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!([
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Lets requests to addresses like this fail, as if there were no way to the server.
    pub(crate) async fn block(&self, patterns: &[&str]) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.setBlockedURLs", json!({"urls": patterns})).await;
    }

    /// Fails with what axe-core finds wrong with the page as it stands.
    pub(crate) async fn check_accessibility(&self, state: &str) {
        let tools = std::env::var("SLOTSMITH_TEST_TOOLS")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../target/test-tools").into());
        let path = format!("{tools}/node_modules/axe-core/axe.min.js");
        let axe =
            std::fs::read_to_string(&path).expect("axe-core is missing: run scripts/test, which installs it");
        // Scripts of the driver are not the page's, so its policy lets them run.
        self.client.execute(&axe, vec![]).await.unwrap();
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document).then(r => done(r.violations.map(v =>
                v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.target.join(' ')).slice(0, 5).join(', '))),
                e => done([String(e)]));";
        let found = self.client.execute_async(script, vec![]).await.unwrap();
        assert_eq!(found, json!([]), "axe-core on {state}");
    }

    /// Fails when the page complained: an error in a script, a file not loaded, a breach of the policy.
    pub(crate) async fn check_console(&self) {
        let log = self.client.issue_cmd(ConsoleLog).await.unwrap();
        let severe: Vec<&Value> =
            log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE").collect();
        assert!(severe.is_empty(), "the console says {severe:?}");
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.client.issue_cmd(DevTools { command: command.to_owned(), parameters }).await.unwrap();
    }
}

/// Starts a driver, and answers the port it chose.
fn start_driver(timezone: &str) -> Option<(Child, String)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .env("TZ", timezone)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is missing: run scripts/test, which installs it");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        Some(port.trim_end_matches('.').to_owned())
    });
    std::thread::spawn(move || lines.for_each(drop));
    match port {
        Some(port) => Some((driver, port)),
        None => {
            driver.wait().expect("a driver that says no more has ended");
            None
        }
    }
}

/// Chromium's own commands, which WebDriver passes on.
#[derive(Debug)]
struct DevTools {
    command: String,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(json!({"cmd": self.command, "params": self.parameters}).to_string()))
    }
}

/// What the console holds.
#[derive(Debug)]
struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(json!({"type": "browser"}).to_string()))
    }
}
