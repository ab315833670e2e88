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

impl OpId {
    /// The e-mail address of whoever asks.
    pub fn address(self) -> String {
        format!("{self}@example.com")
    }

    /// Whether a booking with this number is asked for with an `Idempotency-Key`.
    pub fn is_keyed(self) -> bool {
        self.0.is_multiple_of(2)
    }

    /// Whether it is repeated even when it was answered.
    pub fn is_doubted(self) -> bool {
        self.0.is_multiple_of(16)
    }
}

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

impl Op {
    /// The number under which its booking is stored, if it asks for a new one.
    pub fn name(&self) -> Option<OpId> {
        match self.request {
            Request::Book(_) => Some(self.id),
            Request::Repeat { first, .. } => Some(first),
            Request::Move { .. } | Request::Cancel { .. } | Request::Read { .. } => None,
        }
    }
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// A new booking.
    Book(Wish),
    /// The same request for a booking once more, by its `Idempotency-Key`.
    Repeat {
        /// What the first request was for.
        wish: Wish,
        /// Its number, under which this one is stored too.
        first: OpId,
    },
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

impl Outcome {
    /// Whether it leaves open what was done, or asks to come again.
    pub fn is_open(&self) -> bool {
        matches!(self, Outcome::Unknown(_) | Outcome::NotSent(_) | Outcome::Refused { status: 503, .. })
    }
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
    /// The program said that it does not know itself.
    Unsure,
}

/// Something done to a process, or to the store of all of them.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// To which process, if not to all.
    pub process: Option<usize>,
    /// From before it was done until all was well again.
    pub span: Span,
    /// Whether it became so in time.
    pub recovered: bool,
}

/// What can be done to a process, or to the store of all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// `kill -9` of a process, and a new start.
    Kill,
    /// No file of a process may grow.
    DiskFull,
    /// No file of the database may grow. It may crash of that, as from a kill.
    DatabaseDiskFull,
    /// `kill -9` of the database, and a new start.
    DatabaseKill,
    /// The database drops connections in the middle of transactions.
    ConnectionsCut,
}

impl FaultKind {
    /// Whether it happens to a process by itself.
    pub fn is_of_process(self) -> bool {
        matches!(self, FaultKind::Kill | FaultKind::DiskFull)
    }

    /// Whether processes may say then that the store is not there.
    pub fn takes_store(self) -> bool {
        self != FaultKind::Kill
    }

    /// Whether processes may lose the store on the way to a commit, and not know what became of it.
    pub fn takes_answers(self) -> bool {
        !self.is_of_process()
    }

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            FaultKind::Kill => "kill -9",
            FaultKind::DiskFull => "full disk",
            FaultKind::DatabaseDiskFull => "full disk of the database",
            FaultKind::DatabaseKill => "kill -9 of the database",
            FaultKind::ConnectionsCut => "connections cut",
        }
    }
}

impl Request {
    /// What it is, in a word.
    pub fn verb(&self) -> &'static str {
        match self {
            Request::Book(_) => "book",
            Request::Repeat { .. } => "repeat",
            Request::Move { .. } => "move",
            Request::Cancel { .. } => "cancel",
            Request::Read { .. } => "read",
        }
    }

    /// The new booking it asks for.
    pub fn wish(&self) -> Option<Wish> {
        match self {
            Request::Book(wish) | Request::Repeat { wish, .. } => Some(*wish),
            Request::Move { .. } | Request::Cancel { .. } | Request::Read { .. } => None,
        }
    }

    /// The booking it is about, if there was one before.
    pub fn booking(&self) -> Option<&str> {
        match self {
            Request::Book(_) | Request::Repeat { .. } => None,
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
            Request::Repeat { wish, first } => write!(f, "{first} again, book {wish}")?,
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
