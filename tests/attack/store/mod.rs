//! Where the store under attack is, and what is in it in the end.
//!
//! A backend is a variant: how a program is told to use it, which faults it can have, and how it is read without the
//! program.

mod cutter;
mod postgres;
mod sqlite;

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use self::cutter::Cutter;
use super::history::{FaultKind, State};
use crate::{postgres::Postgres, process::Failure};

/// A store that every process of an attack uses.
#[derive(Clone, Debug)]
pub enum Store {
    /// One file in this folder.
    Sqlite(PathBuf),
    /// A database server of the attack's own.
    Postgres(Arc<Server>),
}

/// A database server, what stands before it, and a folder for what processes keep elsewhere.
#[derive(Debug)]
pub struct Server {
    postgres: Postgres,
    cutter: Cutter,
    dir: PathBuf,
}

/// What a store holds when all is over.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// Every booking there ever was.
    pub bookings: Vec<StoredBooking>,
    /// What the database itself finds wrong with its files.
    pub damage: Vec<String>,
}

/// A booking as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredBooking {
    /// Its id.
    pub id: String,
    /// The slug of its mentor.
    pub mentor: String,
    /// The slug of its session type.
    pub kind: String,
    /// The booker's address, which names the request.
    pub email: String,
    /// How it stands.
    pub state: State,
    /// How often it changed.
    pub sequence: i64,
    /// Whether everything that is written with a booking is there: its token and its mail.
    pub whole: bool,
    /// Its history, in order.
    pub lines: Vec<Line>,
}

/// A line of a booking's history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The booking's number of changes after it.
    pub sequence: i64,
    /// What happened.
    pub action: String,
    /// Start and status before.
    pub from: Option<(i64, String)>,
    /// Start and status after.
    pub to: (i64, String),
    /// Why; an attack's cancellations name the request.
    pub reason: Option<String>,
}

/// For people who look for what went wrong.
impl fmt::Display for StoredBooking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} for {}: {}", self.id, self.mentor, self.kind, self.email, self.state)?;
        self.lines.iter().try_for_each(|line| write!(f, "; {line}"))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {} ", self.sequence, self.action)?;
        if let Some((start, status)) = &self.from {
            write!(f, "from {status} at {start} ")?;
        }
        write!(f, "to {} at {}", self.to.1, self.to.0)?;
        self.reason.iter().try_for_each(|reason| write!(f, " by {reason}"))
    }
}

impl Store {
    /// A new PostgreSQL server, which ends with the thread that asks for it, and a folder beside it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn postgres(dir: PathBuf) -> Result<Store, Failure> {
        let postgres = Postgres::start_with_disk()?;
        let cutter = Cutter::start(&postgres)?;
        Ok(Store::Postgres(Arc::new(Server { postgres, cutter, dir })))
    }

    /// The settings with which a process uses it.
    pub fn settings(&self, process: usize) -> Vec<(String, String)> {
        // Limits on bookers are not what is tried here, and would refuse most of what is.
        let off = ["LIMIT_BOOKINGS_PER_EMAIL_PER_DAY", "LIMIT_BOOKINGS_PER_MENTOR_PER_DAY"];
        let off = off.into_iter().chain(["LIMIT_ATTEMPTS_PER_IP_PER_HOUR"]);
        let off = off.map(|name| (name.to_owned(), "0".to_owned()));
        let own = |dir: &Path| ("DATA_DIR".to_owned(), dir.display().to_string());
        match self {
            Store::Sqlite(dir) => off.chain([own(dir)]).collect(),
            Store::Postgres(server) => {
                // A server that is down refuses connections, and what stands before it closes them: both are met.
                let url = if process == 0 { server.cutter.url().to_owned() } else { server.postgres.url() };
                off.chain([own(&server.dir), ("DATABASE_URL".into(), url)]).collect()
            }
        }
    }

    /// What can happen to it and to processes that use it.
    pub fn faults(&self) -> &'static [FaultKind] {
        match self {
            Store::Sqlite(_) => &[FaultKind::Kill, FaultKind::DiskFull],
            Store::Postgres(..) => &[
                FaultKind::Kill,
                FaultKind::ConnectionsCut,
                FaultKind::DatabaseDiskFull,
                FaultKind::DatabaseKill,
            ],
        }
    }

    /// The size of the largest file it grows, to be cut off there or below.
    ///
    /// # Errors
    /// When there is none.
    pub fn largest_file(&self) -> Result<u64, Failure> {
        let Store::Sqlite(dir) = self else { return Err("its files are not the processes' own".into()) };
        let size = |name| std::fs::metadata(dir.join(name)).map(|file| file.len());
        Ok(size("slotsmith.db")?.max(size("slotsmith.db-wal")?))
    }

    /// The server that keeps it.
    ///
    /// # Errors
    /// When there is none.
    pub fn server(&self) -> Result<&Postgres, Failure> {
        match self {
            Store::Sqlite(_) => Err("no server keeps it".into()),
            Store::Postgres(server) => Ok(&server.postgres),
        }
    }

    /// Cuts connections of all processes that are in the middle of something, and so many of the next commits.
    ///
    /// # Errors
    /// When there is no server, or it does not answer.
    pub async fn cut_connections(&self, commits: u64) -> Result<(), Failure> {
        let Store::Postgres(server) = self else { return Err("no server keeps it".into()) };
        server.cutter.cut(commits);
        postgres::cut_connections(&server.postgres).await
    }

    /// Cuts no more.
    pub fn spare_connections(&self) {
        if let Store::Postgres(server) = self {
            server.cutter.cut(0);
        }
    }

    /// Waits until nothing is done any more for processes that are gone.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn settle(&self) -> Result<(), Failure> {
        match self {
            Store::Sqlite(_) => Ok(()),
            Store::Postgres(server) => postgres::settle(&server.postgres).await,
        }
    }

    /// Everything in it. No program may be using it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(&self) -> Result<Stored, Failure> {
        match self {
            Store::Sqlite(dir) => sqlite::read(&dir.join("slotsmith.db")).await,
            Store::Postgres(server) => postgres::read(&server.postgres).await,
        }
    }

    /// Leaves what is in it in its folder, for people who look for what went wrong.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn keep(&self) -> Result<(), Failure> {
        match self {
            Store::Sqlite(_) => Ok(()),
            Store::Postgres(server) => {
                Ok(std::fs::write(server.dir.join("dump.sql"), server.postgres.dump()?)?)
            }
        }
    }
}

/// A booking as it is read: id, mentor, kind, e-mail address, start, end, status, sequence, and whether it is whole.
type BookingRow = (String, String, String, String, i64, i64, String, i64, bool);
/// A line of history as it is read: booking, sequence, action, start and status before and after, and why.
type LineRow = (String, i64, String, Option<i64>, Option<String>, i64, String, Option<String>);

/// What the rows of both tables say; lines are in the order of their numbers.
fn put_together(bookings: Vec<BookingRow>, history: Vec<LineRow>) -> Vec<StoredBooking> {
    let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
    for (booking, sequence, action, from_start, from_status, start, status, reason) in history {
        let line = Line { sequence, action, from: from_start.zip(from_status), to: (start, status), reason };
        lines.entry(booking).or_default().push(line);
    }
    let booking =
        |(id, mentor, kind, email, start, end, status, sequence, whole): BookingRow| StoredBooking {
            lines: lines.remove(&id).unwrap_or_default(),
            state: State { start, end, status },
            id,
            mentor,
            kind,
            email,
            sequence,
            whole,
        };
    bookings.into_iter().map(booking).collect()
}
