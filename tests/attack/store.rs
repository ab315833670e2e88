//! Where the store under attack is, and what is in it in the end.
//!
//! A backend is a variant: how a program is told to use it, which faults it can have, and how it is read without the
//! program.

use std::{collections::HashMap, fmt, path::PathBuf};

use sqlx::{ConnectOptions as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::history::{FaultKind, State};
use crate::process::Failure;

/// A store that every process of an attack uses.
#[derive(Clone, Debug)]
pub enum Store {
    /// One file in this folder.
    Sqlite(PathBuf),
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
    /// The settings with which a program uses it.
    pub fn settings(&self) -> Vec<(String, String)> {
        // Limits on bookers are not what is tried here, and would refuse most of what is.
        let off = ["LIMIT_BOOKINGS_PER_EMAIL_PER_DAY", "LIMIT_BOOKINGS_PER_MENTOR_PER_DAY"];
        let off = off.into_iter().chain(["LIMIT_ATTEMPTS_PER_IP_PER_HOUR"]);
        let off = off.map(|name| (name.to_owned(), "0".to_owned()));
        match self {
            Store::Sqlite(dir) => off.chain([("DATA_DIR".into(), dir.display().to_string())]).collect(),
        }
    }

    /// What can happen to processes that use it.
    pub fn faults(&self) -> &'static [FaultKind] {
        match self {
            Store::Sqlite(_) => &FaultKind::ALL,
        }
    }

    /// The size of the largest file it grows, to be cut off there or below.
    ///
    /// # Errors
    /// When there is none.
    pub fn largest_file(&self) -> Result<u64, Failure> {
        match self {
            Store::Sqlite(dir) => {
                let size = |name| std::fs::metadata(dir.join(name)).map(|file| file.len());
                Ok(size("slotsmith.db")?.max(size("slotsmith.db-wal")?))
            }
        }
    }

    /// Everything in it. No program may be using it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(&self) -> Result<Stored, Failure> {
        match self {
            Store::Sqlite(dir) => read_sqlite(dir.join("slotsmith.db")).await,
        }
    }
}

async fn read_sqlite(file: PathBuf) -> Result<Stored, Failure> {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut db).await?;
    let damage = found.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect();
    let mut lines = history(&mut db).await?;
    let rows = sqlx::query(
        "SELECT b.id, m.slug, k.slug, b.email, b.starts_at, b.ends_at, b.status, b.sequence,
             EXISTS (SELECT 1 FROM booking_tokens WHERE mentor_id = b.mentor_id AND booking_id = b.id)
                 AND EXISTS (SELECT 1 FROM jobs WHERE key = 'confirmation:' || b.id || ':booker')
         FROM bookings AS b JOIN mentors AS m ON m.id = b.mentor_id
             JOIN session_types AS k ON k.mentor_id = b.mentor_id AND k.id = b.session_type_id",
    )
    .fetch_all(&mut db)
    .await?;
    let booking = |row: sqlx::sqlite::SqliteRow| {
        let id: String = row.try_get(0)?;
        Ok(StoredBooking {
            mentor: row.try_get(1)?,
            kind: row.try_get(2)?,
            email: row.try_get(3)?,
            state: State { start: row.try_get(4)?, end: row.try_get(5)?, status: row.try_get(6)? },
            sequence: row.try_get(7)?,
            whole: row.try_get(8)?,
            lines: lines.remove(&id).unwrap_or_default(),
            id,
        })
    };
    let bookings = rows.into_iter().map(booking).collect::<Result<_, sqlx::Error>>()?;
    Ok(Stored { bookings, damage })
}

async fn history(db: &mut SqliteConnection) -> Result<HashMap<String, Vec<Line>>, Failure> {
    let rows = sqlx::query(
        "SELECT booking_id, sequence, action, from_starts_at, from_status, to_starts_at, to_status, reason
         FROM booking_history ORDER BY booking_id, sequence",
    )
    .fetch_all(db)
    .await?;
    let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
    for row in rows {
        let from = (row.try_get::<Option<i64>, _>(3)?).zip(row.try_get::<Option<String>, _>(4)?);
        lines.entry(row.try_get(0)?).or_default().push(Line {
            sequence: row.try_get(1)?,
            action: row.try_get(2)?,
            from,
            to: (row.try_get(5)?, row.try_get(6)?),
            reason: row.try_get(7)?,
        });
    }
    Ok(lines)
}
