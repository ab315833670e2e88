//! A PostgreSQL server of a test's own, on a socket in a folder of its own, gone when the test is.

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A running server with one empty database, `slotsmith`.
pub(crate) struct Postgres {
    dir: TempDir,
    server: Child,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Postgres {
    /// A new one, some tenths of a second later.
    pub(crate) fn start() -> Postgres {
        let dir = tempfile::Builder::new().prefix("slotsmith-postgres").tempdir().unwrap();
        if let Some((user, group)) = account_if_root() {
            chown(dir.path(), Some(user), Some(group)).unwrap();
        }
        let mut initdb = program("initdb");
        initdb.args([
            "--no-sync",
            "--no-instructions",
            "-A",
            "trust",
            "-U",
            "owner",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]);
        let made = initdb.arg("-D").arg(dir.path().join("data")).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let server = serve(dir.path());
        let postgres = Postgres { dir, server };
        let database = program("createdb")
            .arg("-h")
            .arg(postgres.dir.path())
            .args(["-U", "owner", "slotsmith"])
            .output();
        let database = database.unwrap();
        assert!(database.status.success(), "createdb: {}", String::from_utf8_lossy(&database.stderr));
        postgres
    }

    /// What `DATABASE_URL` says to reach it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://owner@localhost/slotsmith?host={}", self.dir.path().display())
    }

    /// As a power cut would.
    pub(crate) fn kill(&mut self) {
        // It may have died by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// The same server, once more, on what it had written.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.server = serve(self.dir.path());
    }
}

/// Runs the server until it is ready to answer.
fn serve(dir: &Path) -> Child {
    let mut server = program("postgres");
    server.arg("-D").arg(dir.join("data")).arg("-k").arg(dir);
    // Nothing on the network, and nothing of the test's is worth a wait for the disk.
    for setting in ["listen_addresses=", "fsync=off", "full_page_writes=off"] {
        server.args(["-c", setting]);
    }
    let mut server = server.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("ready to accept connections") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "postgres ended");
    }
    // Somebody must go on reading, or the server would wait for a full pipe one day.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    server
}

/// One of the server's programs, which dies with the test that started it and never runs as root.
fn program(name: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if let Some((user, group)) = account_if_root() {
        command.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]);
    }
    command.arg("--").arg(folder().join(name)).env_clear().env("LC_ALL", "C.UTF-8").current_dir("/");
    command
}

/// Debian keeps the programs out of the way, a folder for each version; the newest is taken.
pub(crate) fn folder() -> PathBuf {
    let version = |dir: &PathBuf| dir.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let folders = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = folders.map(|folder| folder.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    folders.max_by_key(version).expect("PostgreSQL's server programs: run scripts/test, which installs them")
}

/// The user and group of Debian's `postgres` account, where the test runs as root.
fn account_if_root() -> Option<(u32, u32)> {
    let id = |flags: &[&str]| -> u32 {
        let output = Command::new("id").args(flags).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}
