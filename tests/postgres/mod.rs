//! A PostgreSQL server of one's own, on a socket in a folder of its own, gone when it is dropped.

use std::{
    fmt,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::process::Failure;

/// How long what is left of a killed server may take to go, and one that crashed to come back.
const PATIENCE: Duration = Duration::from_secs(20);
/// What makes a server's disk full, in the language of what it is loaded into.
const FULL_DISK: &str = include_str!("full_disk.c");

/// A running server with one empty database, `slotsmith`.
pub struct Postgres {
    dir: TempDir,
    server: Mutex<Child>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url())
    }
}

impl Postgres {
    /// A new one, some tenths of a second later.
    ///
    /// # Errors
    /// When the server's programs are not there or cannot do it.
    pub fn start() -> Result<Postgres, Failure> {
        Postgres::start_in(own_folder()?, false)
    }

    /// One that waits for the disk, as one that matters does.
    ///
    /// # Errors
    /// As for [`Postgres::start`].
    pub fn start_durable() -> Result<Postgres, Failure> {
        Postgres::start_in(own_folder()?, true)
    }

    /// One whose disk can be filled.
    ///
    /// # Errors
    /// As for [`Postgres::start`], and when there is no C compiler.
    pub fn start_with_disk() -> Result<Postgres, Failure> {
        let dir = own_folder()?;
        let source = dir.path().join("full_disk.c");
        std::fs::write(&source, FULL_DISK)?;
        output_of(
            Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(full_disk(dir.path())).arg(source),
        )?;
        Postgres::start_in(dir, false)
    }

    fn start_in(dir: TempDir, is_durable: bool) -> Result<Postgres, Failure> {
        let mut initdb = program("initdb")?;
        initdb.args(["--no-sync", "--no-instructions", "-A", "trust", "-U", "owner", "-E", "UTF8"]);
        output_of(initdb.arg("--locale=C.UTF-8").arg("-D").arg(dir.path().join("data")))?;
        if !is_durable {
            let mut settings = File::options().append(true).open(dir.path().join("data/postgresql.conf"))?;
            writeln!(settings, "fsync = off")?;
        }
        let server = Mutex::new(serve(dir.path())?);
        let postgres = Postgres { dir, server };
        postgres.ask("createdb", &[])?;
        let login = "CREATE ROLE program LOGIN CREATEROLE";
        postgres.ask("psql", &["-c", login, "-c", "ALTER DATABASE slotsmith OWNER TO program"])?;
        Ok(postgres)
    }

    /// The folder of the server's programs. Debian keeps them out of the way, a folder for each version; the newest is
    /// taken.
    ///
    /// # Errors
    /// When there is none.
    pub fn programs() -> Result<PathBuf, Failure> {
        let version = |dir: &PathBuf| dir.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
        let folders = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let folders = folders.map(|folder| folder.path().join("bin"));
        let folders = folders.filter(|bin| bin.join("initdb").exists());
        let missing = "PostgreSQL's server programs are missing: run scripts/test, which installs them";
        folders.max_by_key(version).ok_or_else(|| missing.into())
    }

    /// What `DATABASE_URL` says: a login that owns the database and may make roles, and is no more than that.
    pub fn url(&self) -> String {
        self.url_of("program", "slotsmith")
    }

    /// The same for the superuser, whom nothing binds.
    pub fn superuser_url(&self) -> String {
        self.url_of("owner", "slotsmith")
    }

    /// The same for any login and database.
    pub fn url_of(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@localhost/{database}?host={}", self.dir.path().display())
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join(".s.PGSQL.5432")
    }

    /// Ends each of its processes with SIGKILL. What they wrote stays with the system, as it would not in a power cut.
    pub fn kill(&self) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have died by itself. The first goes first, so that it does not see the others die.
        let others = children(server.id());
        let _ = server.kill();
        if !others.is_empty() {
            let _ = Command::new("kill").arg("-KILL").args(others).stderr(Stdio::null()).status();
        }
        let _ = server.wait();
    }

    /// The same server, once more, on what it had written.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn restart(&self) -> Result<(), Failure> {
        self.kill();
        let killed = Instant::now();
        let server = loop {
            match serve(self.dir.path()) {
                // Whoever did not see it die yet keeps the next one from its memory.
                Err(_) if killed.elapsed() < PATIENCE => {}
                served => break served?,
            }
        };
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
        Ok(())
    }

    /// Lets none of its files grow from now on, if it was started for that.
    ///
    /// # Errors
    /// When its folder cannot be written to.
    pub fn fill_disk(&self) -> Result<(), Failure> {
        Ok(std::fs::write(full(self.dir.path()), "")?)
    }

    /// Has the log of changes go on in a new file, for which a full disk has no room: the server crashes of that.
    pub fn turn_log(&self) {
        // It may crash before it has answered.
        let _ = self.ask("psql", &["-c", "SELECT pg_switch_wal()"]);
    }

    /// Lets them grow again, and waits until it answers. A server that gave up meanwhile is started again, as an operator
    /// would.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn empty_disk(&self) -> Result<(), Failure> {
        std::fs::remove_file(full(self.dir.path()))?;
        let emptied = Instant::now();
        loop {
            let ended = self.server.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
            if ended.is_some() {
                return self.restart();
            }
            match self.ask("psql", &["-c", "SELECT"]) {
                // It mends what it was doing when it crashed.
                Err(_) if emptied.elapsed() < PATIENCE => {}
                answer => return answer.map(drop),
            }
        }
    }

    /// All that is in the database, as SQL.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn dump(&self) -> Result<Vec<u8>, Failure> {
        self.ask("pg_dump", &[])
    }

    fn ask(&self, name: &str, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let mut program = program(name)?;
        output_of(
            program.arg("-h").arg(self.dir.path()).args(["-U", "owner"]).args(arguments).arg("slotsmith"),
        )
    }
}

/// Where the server and all it has is.
fn own_folder() -> Result<TempDir, Failure> {
    let dir = tempfile::Builder::new().prefix("slotsmith-postgres").tempdir()?;
    if let Some((user, group)) = account_if_root()? {
        chown(dir.path(), Some(user), Some(group))?;
    }
    Ok(dir)
}

/// The library that can make its disk full, if it has one.
fn full_disk(dir: &Path) -> PathBuf {
    dir.join("full_disk.so")
}

/// The sign that its disk is full.
fn full(dir: &Path) -> PathBuf {
    dir.join("full")
}

/// Runs the server until it is ready to answer.
fn serve(dir: &Path) -> Result<Child, Failure> {
    let mut server = program("postgres")?;
    server.arg("-D").arg(dir.join("data")).arg("-k").arg(dir);
    // Nothing on the network.
    server.args(["-c", "listen_addresses="]);
    if full_disk(dir).exists() {
        server.env("LD_PRELOAD", full_disk(dir)).env("FULL_DISK", full(dir));
    }
    let mut server = server.stderr(Stdio::piped()).spawn()?;
    let mut log = BufReader::new(server.stderr.take().ok_or("no log")?);
    let (mut line, mut told) = (String::new(), String::new());
    while !line.contains("ready to accept connections") {
        line.clear();
        if log.read_line(&mut line)? == 0 {
            server.wait()?;
            return Err(format!("postgres ended: {told}").into());
        }
        told.push_str(&line);
    }
    // Somebody must go on reading, or the server would wait for a full pipe one day.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    Ok(server)
}

/// The processes that a process started and that have not ended.
fn children(parent: u32) -> Vec<String> {
    let stat = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let is_child = |pid: &String| {
        // The name before may hold anything, brackets included.
        let after_name = stat(pid).and_then(|stat| stat.rsplit_once(") ").map(|(_, rest)| rest.to_owned()));
        after_name.and_then(|rest| rest.split(' ').nth(1)?.parse().ok()) == Some(parent)
    };
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = all.filter_map(|entry| entry.file_name().into_string().ok());
    all.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(is_child).collect()
}

/// One of the server's programs, which dies with the thread that started it and never runs as root.
fn program(name: &str) -> Result<Command, Failure> {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if let Some((user, group)) = account_if_root()? {
        command.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]);
    }
    command
        .arg("--")
        .arg(Postgres::programs()?.join(name))
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .current_dir("/");
    Ok(command)
}

fn output_of(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(output.stdout)
}

/// The user and group of Debian's `postgres` account, where we run as root.
fn account_if_root() -> Result<Option<(u32, u32)>, Failure> {
    let id = |flags: &[&str]| -> Result<u32, Failure> {
        Ok(String::from_utf8(output_of(Command::new("id").args(flags))?)?.trim().parse()?)
    };
    Ok(if id(&["-u"])? == 0 { Some((id(&["-u", "postgres"])?, id(&["-g", "postgres"])?)) } else { None })
}
