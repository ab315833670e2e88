//! Foreign readers: what we write is read back by programs that are not ours, and handed to tests as JSON.
//!
//! The scripts stand in `tests/readers`. The packages they use live in the folder that `SLOTSMITH_TEST_TOOLS`
//! names, `target/test-tools` by default; the README's test command puts them there.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// A program that reads what we wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reader {
    /// Calendar files, by Python's `icalendar`.
    Icalendar,
    /// Calendar files, by Python's `vobject`.
    Vobject,
    /// Calendar files, by ical.js, which Thunderbird uses.
    IcalJs,
    /// Messages, by Python's own `email` package.
    Mail,
    /// Recurrence rules, by Python's `dateutil`.
    Dateutil,
}

impl Reader {
    /// The three that read calendar files, and print the same fields.
    pub(crate) const CALENDARS: [Reader; 3] = [Reader::Icalendar, Reader::Vobject, Reader::IcalJs];

    fn script(self) -> &'static str {
        match self {
            Reader::Icalendar => "ics_icalendar.py",
            Reader::Vobject => "ics_vobject.py",
            Reader::IcalJs => "ics_icaljs.mjs",
            Reader::Mail => "mail.py",
            Reader::Dateutil => "rrule_dateutil.py",
        }
    }

    /// Lets the program read `bytes`, and answers what it found in them.
    ///
    /// # Panics
    /// When the program is not installed, or does not accept what it reads.
    #[track_caller]
    pub(crate) fn read(self, bytes: &[u8]) -> Value {
        let mut child = start(self.script());
        child.stdin.take().expect("a piped stdin").write_all(bytes).expect("the reader takes its input");
        let output = child.wait_with_output().expect("the reader ends");
        assert!(
            output.status.success(),
            "{self:?} does not accept this:\n{}\n{}",
            String::from_utf8_lossy(&output.stderr),
            String::from_utf8_lossy(bytes)
        );
        serde_json::from_slice(&output.stdout).expect("readers print JSON")
    }
}

/// A real mail server on a free port, which tells what it took. Gone when dropped.
pub(crate) struct MailServer {
    child: Child,
    told: BufReader<ChildStdout>,
    /// Where it listens on this machine.
    pub(crate) port: u16,
}

impl MailServer {
    /// Starts one, and comes back when it listens.
    pub(crate) fn start() -> MailServer {
        let mut child = start("smtp_server.py");
        let told = BufReader::new(child.stdout.take().expect("a piped stdout"));
        let mut server = MailServer { child, told, port: 0 };
        let port = server.next()["port"].as_u64().expect("a port");
        server.port = u16::try_from(port).expect("a port");
        server
    }

    /// Waits for a mail: `mail_from`, `rcpt_tos`, and `message` as [`Reader::Mail`] describes it.
    pub(crate) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.told.read_line(&mut line).expect("the mail server speaks");
        serde_json::from_str(&line).expect("the mail server ended without a word")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // Both fail only when it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(script: &str) -> Child {
    let tools = tools();
    let program = if script.ends_with(".py") { tools.join("venv/bin/python") } else { PathBuf::from("node") };
    let packages = if script.ends_with(".py") { program.clone() } else { tools.join("node_modules/ical.js") };
    assert!(
        packages.exists(),
        "{} is missing: run ./scripts/test, which installs what the tests need",
        packages.display()
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("readers").join(script);
    Command::new(&program)
        .arg(script)
        .env("SLOTSMITH_TEST_TOOLS", &tools)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start ({error}): run ./scripts/test", program.display()))
}

fn tools() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test-tools");
    std::env::var_os("SLOTSMITH_TEST_TOOLS").map_or_else(default, PathBuf::from)
}
