//! A real Chromium, driven through its driver: everything a test does, a person could do.
//!
//! Nothing here sleeps: waiting is done inside the page, which answers once it shows what was waited for, with an end.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdin, Command, Stdio},
    time::Duration,
};

use fantoccini::{
    Client, Locator,
    actions::{InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
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

/// One browser window with a profile of its own. Gone when dropped.
pub(crate) struct Browser {
    client: Client,
    // Fields are dropped in this order: the browser ends before its profile is removed.
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A window in a zone, such as `Asia/Seoul`.
    pub(crate) async fn open(timezone: &str) -> Browser {
        // Two drivers that start at one moment may choose the same port; the later one then ends.
        let driver = (0..5)
            .find_map(|_| Driver::start(timezone))
            .expect("chromedriver does not say its port: is it installed? scripts/test does that");
        let profile = tempfile::tempdir().unwrap();
        let capabilities = json!({
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": 60_000},
            "goog:chromeOptions": {"args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=en-US",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1440,900",
                format!("--user-data-dir={}", profile.path().display()),
            ]},
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let address = format!("http://127.0.0.1:{}", driver.port);
        let client =
            Client::with_capabilities_and_connector(&address, &capabilities, connector).await.unwrap();
        Browser { client, _driver: driver, _profile: profile }
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
        // The page looks by itself for a second at a time. A page that is left meanwhile breaks its script off, and
        // the next one is asked.
        let script = format!(
            "const done = arguments[arguments.length - 1], end = performance.now() + 1000;
            const look = () => {{
                const is = Boolean({expression});
                if (is || performance.now() > end) done(is); else setTimeout(look, 15);
            }};
            look();"
        );
        let mut last = String::new();
        let ready = async {
            loop {
                match self.client.execute_async(&script, vec![]).await {
                    Ok(Value::Bool(true)) => return,
                    Ok(_) => {}
                    Err(error) => last = error.to_string(),
                }
            }
        };
        if tokio::time::timeout(PATIENCE, ready).await.is_err() {
            let shown = "return location.href + '\\n' + (document.querySelector('dialog[open]') ?? document.body).innerText";
            let shown = self.client.execute(shown, vec![]).await;
            panic!("never came true: {expression}\n{last}\nThe page shows: {shown:?}");
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        self.until(&format!("document.querySelector({css:?})?.checkVisibility()")).await;
        self.find(css).await.click().await.unwrap();
    }

    /// Presses a button twice, as people do who learned it on their desktop.
    pub(crate) async fn double_click(&self, css: &str) {
        let on =
            PointerAction::MoveToElement { element: self.find(css).await, duration: None, x: 0.0, y: 0.0 };
        let mut mouse = MouseActions::new("mouse".into()).then(on);
        for _ in 0..2 {
            mouse = mouse
                .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
                .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        }
        self.client.perform_actions(mouse).await.unwrap();
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
        let found = self.violations().await;
        assert!(found.is_empty(), "axe-core on {state}: {found:#?}");
    }

    /// What axe-core finds wrong with the page as it stands.
    pub(crate) async fn violations(&self) -> Vec<String> {
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
        found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    }

    /// Fails when the page complained: an error in a script, a file not loaded, a breach of the policy.
    pub(crate) async fn check_console(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the console says {complaints:#?}");
    }

    /// What the page complained of since the last look.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(Log("browser")).await.unwrap();
        let severe = log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].to_string()).collect()
    }

    /// Fails when the page asked any other host for anything since the last look.
    pub(crate) async fn check_hosts(&self, own: &str) {
        let log = self.client.issue_cmd(Log("performance")).await.unwrap();
        let asked: Vec<String> = log
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .map(|entry| entry["message"]["params"]["request"]["url"].as_str().unwrap().to_owned())
            .collect();
        assert!(asked.iter().any(|url| url.starts_with(own)), "the log must hold what the page asked for");
        // What the browser is made of (chrome:) and what an address itself contains (data:) is asked of nobody.
        let foreign: Vec<&String> = asked
            .iter()
            .filter(|url| !["chrome:", "data:", own].iter().any(|known| url.starts_with(known)))
            .collect();
        assert!(foreign.is_empty(), "asked of other hosts: {foreign:?}");
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.client.issue_cmd(DevTools { command: command.to_owned(), parameters }).await.unwrap();
    }
}

/// A driver on a port of its own, and the browser it starts.
struct Driver {
    port: String,
    guard: Child,
    lifeline: Option<ChildStdin>,
}

impl Driver {
    /// Starts one whose browser lives in `timezone`. None when the driver does not stay.
    ///
    /// A killed driver leaves its browser behind, and a killed test drops nothing. So a shell stands between: it
    /// waits for the end of its input, which comes with the end of this process however that ends, and then ends
    /// its whole process group.
    fn start(timezone: &str) -> Option<Driver> {
        let mut guard = Command::new("sh")
            .args(["-c", "chromedriver --port=0 </dev/null & exec >/dev/null; read -r _; kill -KILL 0"])
            .process_group(0)
            .env("TZ", timezone)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
        let lifeline = guard.stdin.take();
        let (say, hear) = std::sync::mpsc::channel();
        let lines =
            BufReader::new(guard.stdout.take().expect("a piped stdout")).lines().map_while(Result::ok);
        // Reads on after the port was said: a driver whose output nobody takes comes to a halt.
        std::thread::spawn(move || {
            for line in lines {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    let _ = say.send(port.trim_end_matches('.').to_owned());
                }
            }
        });
        let mut driver = Driver { port: String::new(), guard, lifeline };
        driver.port = hear.recv_timeout(PATIENCE).ok()?;
        Some(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.guard.wait();
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

/// One of the driver's logs, `browser` (the console) or `performance` (the network). Reading empties it.
#[derive(Debug)]
struct Log(&'static str);

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(json!({"type": self.0}).to_string()))
    }
}
