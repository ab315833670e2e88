//! What was asked and what was answered, with the time between. The checker knows the load by this alone.

use std::{fmt, str::FromStr};

use super::world::Wish;

/// Nanoseconds since the run began, by one clock that never goes back.
pub type Time = u64;

/// A stretch of time, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its first instant.
    pub from: Time,
    /// Its last.
    pub until: Time,
}

impl Span {
    /// Whether the two share an instant.
    pub fn meets(self, other: Span) -> bool {
        self.from <= other.until && other.from <= self.until
    }
}

/// The number of a request. It travels inside the request, so that what is stored names who asked for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpId(pub u64);

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op-{}", self.0)
    }
}

impl FromStr for OpId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<OpId, Self::Err> {
        text.trim_start_matches("op-").parse().map(OpId)
    }
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Op {
    /// Its number.
    pub id: OpId,
    /// Which process was asked.
    pub process: usize,
    /// From before the first byte was sent until the answer was read, or given up.
    pub span: Span,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub outcome: Outcome,
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// A new booking.
    Book(Wish),
    /// A booking's move to another start.
    Move {
        /// Which booking.
        booking: String,
        /// Where to, in seconds since 1970.
        start: i64,
    },
    /// A booking's end.
    Cancel {
        /// Which booking.
        booking: String,
    },
    /// How a booking stands.
    Read {
        /// Which booking.
        booking: String,
    },
}

/// How a booking stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// In seconds since 1970.
    pub start: i64,
    /// In seconds since 1970.
    pub end: i64,
    /// In the program's word.
    pub status: String,
}

impl State {
    /// Whether it takes the mentor's time.
    pub fn is_active(&self) -> bool {
        matches!(self.status.as_str(), "pending" | "confirmed")
    }
}

/// What became of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// 201: a booking was made.
    Booked {
        /// Its id.
        id: String,
        /// How it stands.
        state: State,
    },
    /// 200: a booking as it stands.
    Shown(State),
    /// Any other answer; nothing was changed.
    Refused {
        /// Its HTTP status.
        status: u16,
        /// The problem's code, or what stood in its place.
        code: String,
    },
    /// The request never arrived as a whole; nothing can have been changed.
    NotSent(Loss),
    /// The answer never arrived; it may have been done or not, once.
    Unknown(Loss),
}

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// We dropped the connection.
    Cut,
    /// The other side did.
    Broken,
    /// Nobody said anything for longer than any answer may take.
    Silent,
}

/// Something done to a process.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// To which process.
    pub process: usize,
    /// From before it was done until the process was well again.
    pub span: Span,
    /// Whether the process became well again in time.
    pub recovered: bool,
}

/// What can be done to a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// `kill -9`, and a new start.
    Kill,
    /// No file may grow.
    DiskFull,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [FaultKind; 2] = [FaultKind::Kill, FaultKind::DiskFull];

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            FaultKind::Kill => "kill -9",
            FaultKind::DiskFull => "full disk",
        }
    }
}

impl Request {
    /// What it is, in a word.
    pub fn verb(&self) -> &'static str {
        match self {
            Request::Book(_) => "book",
            Request::Move { .. } => "move",
            Request::Cancel { .. } => "cancel",
            Request::Read { .. } => "read",
        }
    }

    /// The booking it is about, if there was one before.
    pub fn booking(&self) -> Option<&str> {
        match self {
            Request::Book(_) => None,
            Request::Move { booking, .. } | Request::Cancel { booking } | Request::Read { booking } => {
                Some(booking)
            }
        }
    }
}

/// One line of a history, for people who look for what went wrong.
impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Time| Milliseconds(time);
        write!(
            f,
            "{} .. {} ms  {} to process {}: ",
            ms(self.span.from),
            ms(self.span.until),
            self.id,
            self.process
        )?;
        match &self.request {
            Request::Book(wish) => write!(f, "book {wish}")?,
            Request::Move { booking, start } => write!(f, "move {booking} to {start}")?,
            Request::Cancel { booking } => write!(f, "cancel {booking}")?,
            Request::Read { booking } => write!(f, "read {booking}")?,
        }
        match &self.outcome {
            Outcome::Booked { id, state } => write!(f, " -> booked {id}, {state}"),
            Outcome::Shown(state) => write!(f, " -> {state}"),
            Outcome::Refused { status, code } => write!(f, " -> {status} {code}"),
            Outcome::NotSent(loss) => write!(f, " -> not sent ({loss:?})"),
            Outcome::Unknown(loss) => write!(f, " -> unknown ({loss:?})"),
        }
    }
}

struct Milliseconds(Time);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} to {}", self.status, self.start, self.end)
    }
}
