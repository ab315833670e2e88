//! A taken slot: what it is, which states it goes through, and who may move it.
//!
//! The use cases stand beside this file, one each: [`book`], [`reschedule`], [`change`].

mod book;
mod change;
mod hold;
mod limits;
mod once;
mod reschedule;

use std::{fmt, str::FromStr};

use slotsmith_engine::{Buffers, Instant, Interval, Policy, Refusal};

pub(crate) use self::once::kept_since;
pub use self::{
    book::{Booked, NewBooking, book},
    change::{Change, change, next},
    hold::{Held, Hold, NewHold, hold, release},
    limits::{Limit, Limits},
    once::{FirstAnswer, Once},
    reschedule::reschedule,
};
use crate::{
    app::App,
    auth::Caller,
    ids::{BookingId, MentorId, SecretHash, SessionTypeId},
    mentors::{Mentor, MentorRef, Slug},
    session_types::SessionType,
    slots::facts,
    storage::{Calendar, CalendarSpan, Except, Offered, StoreError, Write},
};

/// A slot someone took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Booking {
    /// Its name, for the whole of its life.
    pub id: BookingId,
    /// Whose time it takes.
    pub mentor: MentorId,
    /// What kind of meeting.
    pub session_type: SessionTypeId,
    /// From start to end, buffers left out.
    pub meeting: Interval,
    /// The time it keeps free around itself: the session type's when it was booked or moved.
    pub buffers: Buffers,
    /// Where it stands.
    pub status: Status,
    /// Who booked, and how to reach them.
    pub booker: Booker,
    /// Why it was cancelled, in the words of whoever did.
    pub cancel_reason: Option<String>,
    /// iTIP SEQUENCE (RFC 5546 2.1.4): raised whenever the meeting's time or state changes.
    pub sequence: u32,
    /// When it was made.
    pub created_at: Instant,
}

/// Who books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Booker {
    /// Their name.
    pub name: String,
    /// Where their mail goes.
    pub email: String,
    /// Where they can be called.
    pub phone: Option<String>,
    /// What they want to say beforehand.
    pub message: Option<String>,
    /// The IANA zone they booked in; their mail speaks it.
    pub timezone: String,
}

/// The states of a booking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Waits for the mentor; its time is taken meanwhile.
    Pending,
    /// Stands.
    Confirmed,
    /// Called off.
    Cancelled,
    /// The mentor said no.
    Declined,
    /// The mentor said nothing in time.
    Expired,
    /// It took place.
    Completed,
    /// The booker did not come.
    NoShow,
}

impl Status {
    /// Every state.
    pub const ALL: [Status; 7] = [
        Status::Pending,
        Status::Confirmed,
        Status::Cancelled,
        Status::Declined,
        Status::Expired,
        Status::Completed,
        Status::NoShow,
    ];

    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Confirmed => "confirmed",
            Status::Cancelled => "cancelled",
            Status::Declined => "declined",
            Status::Expired => "expired",
            Status::Completed => "completed",
            Status::NoShow => "no_show",
        }
    }

    /// Whether it takes the mentor's time.
    pub fn is_active(self) -> bool {
        matches!(self, Status::Pending | Status::Confirmed)
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Status, UnknownStatus> {
        Status::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

/// The text names no [`Status`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a booking status")]
pub struct UnknownStatus;

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who holds a link or key that may manage a booking; also who did what, in its history.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Who booked.
    Booker,
    /// Whose time it is.
    Mentor,
    /// Who runs the place.
    Admin,
    /// Nobody: time passed.
    System,
}

impl Party {
    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Party::Booker => "booker",
            Party::Mentor => "mentor",
            Party::Admin => "admin",
            Party::System => "system",
        }
    }
}

impl FromStr for Party {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Party, UnknownStatus> {
        [Party::Booker, Party::Mentor, Party::Admin, Party::System]
            .into_iter()
            .find(|p| p.as_str() == text)
            .ok_or(UnknownStatus)
    }
}

/// What happened to a booking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// It was made.
    Created,
    /// It was moved to another time.
    Rescheduled,
    /// It was called off.
    Cancelled,
    /// The mentor said yes.
    Confirmed,
    /// The mentor said no.
    Declined,
    /// It took place.
    Completed,
    /// The booker did not come.
    NoShow,
    /// The mentor said nothing in time.
    Expired,
}

impl Action {
    /// Every one.
    pub const ALL: [Action; 8] = [
        Action::Created,
        Action::Rescheduled,
        Action::Cancelled,
        Action::Confirmed,
        Action::Declined,
        Action::Completed,
        Action::NoShow,
        Action::Expired,
    ];

    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Rescheduled => "rescheduled",
            Action::Cancelled => "cancelled",
            Action::Confirmed => "confirmed",
            Action::Declined => "declined",
            Action::Completed => "completed",
            Action::NoShow => "no_show",
            Action::Expired => "expired",
        }
    }
}

impl FromStr for Action {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Action, UnknownStatus> {
        Action::ALL.into_iter().find(|action| action.as_str() == text).ok_or(UnknownStatus)
    }
}

/// One line of a booking's history; written with the change it tells of, never altered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryEntry {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Party,
    /// What.
    pub action: Action,
    /// Start and state before; nothing before it was made.
    pub from: Option<Moment>,
    /// Start and state after.
    pub to: Moment,
    /// In the words of whoever did it.
    pub reason: Option<String>,
}

/// Where a booking stood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// When the meeting was to start.
    pub start: Instant,
    /// Its state.
    pub status: Status,
}

impl Booking {
    /// Where it stands now, for its history.
    pub fn moment(&self) -> Moment {
        Moment { start: self.meeting.start(), status: self.status }
    }
}

/// A booking with whom and what it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BookingDetails {
    /// The booking.
    pub booking: Booking,
    /// Whose time it takes.
    pub mentor: Mentor,
    /// What kind of meeting, also when the mentor no longer offers it.
    pub session_type: SessionType,
}

/// A booking that something was done to, or not, with all that ever was. Read in the transaction that does it, so that
/// nothing can fail between the deed and the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// As it stands now.
    pub details: BookingDetails,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// Who asks about a booking, and what they show for it.
#[derive(Clone, Debug)]
pub enum Claim {
    /// A link from a mail or from the answer to a booking.
    Token(SecretHash),
    /// A key or session of this mentor.
    Mentor(MentorId),
    /// A key or session of an admin.
    Admin,
}

impl Claim {
    /// Who is seen by the store.
    pub fn caller(&self) -> Caller {
        match self {
            Claim::Token(hash) => Caller::Token(*hash),
            Claim::Mentor(mentor) => Caller::Mentor(*mentor),
            Claim::Admin => Caller::Admin,
        }
    }
}

/// Why a booking was not made, moved or called off.
#[derive(Debug, thiserror::Error)]
pub enum BookingError {
    /// There is none, or the caller may not know of it.
    #[error("no such booking")]
    NotFound,
    /// There is no such mentor, or they have no such session type.
    #[error("no such {0}")]
    NoSuch(&'static str),
    /// The solver refuses the start.
    #[error("the start is refused: {refusal:?}")]
    Refused {
        /// By which rule.
        refusal: Refusal,
        /// Open starts nearby, nearest first.
        alternatives: Vec<Instant>,
    },
    /// There have been as many as there may be.
    #[error("{limit:?} limit reached for {seconds} s")]
    Limited {
        /// Of what.
        limit: Limit,
        /// In how many seconds there may be another.
        seconds: i64,
    },
    /// The key of the request has been used for another one.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Its state does not allow that.
    #[error("the booking is {0}")]
    State(Status),
    /// It is not for the caller to ask that.
    #[error("not for the caller to ask")]
    Forbidden,
    /// It has begun.
    #[error("the meeting has already begun")]
    Begun,
    /// It has not begun.
    #[error("the meeting has not begun yet")]
    NotBegun,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds a booking for someone who may see it, and says as whom they see it. `app` acts for them.
///
/// # Errors
/// [`BookingError::NotFound`] alike for a booking that does not exist and one the caller may not see.
pub async fn find(app: &App, id: BookingId, claim: &Claim) -> Result<(BookingDetails, Party), BookingError> {
    let details = app.store.booking(id).await?.ok_or(BookingError::NotFound)?;
    let party = match claim {
        Claim::Token(hash) => app.store.token_holder(&details.booking, *hash).await?,
        Claim::Mentor(mentor) => (*mentor == details.booking.mentor).then_some(Party::Mentor),
        Claim::Admin => Some(Party::Admin),
    };
    Ok((details, party.ok_or(BookingError::NotFound)?))
}

/// Which start of which of a mentor's session types somebody asks for.
struct Wanted<'a> {
    mentor: &'a MentorRef,
    session_type: &'a Slug,
    start: Instant,
    except: Except,
}

/// A transaction on a mentor's time, and what was read in it.
struct Begun {
    write: Box<dyn Write>,
    mentor: Mentor,
    session_type: SessionType,
    calendar: Calendar,
}

/// Begins a transaction on the time of whoever is meant, and reads what bears on the start. Their id may come from
/// memory, to know whose lock to take; all else is read under it.
async fn begin(app: &App, wanted: Wanted<'_>, now: Instant) -> Result<Begun, BookingError> {
    let Wanted { mentor, session_type, start, except } = wanted;
    loop {
        let id = app.snapshots.id_of(mentor).await?.ok_or(BookingError::NoSuch("mentor"))?;
        let mut write = app.store.write(id).await?;
        match (write.offered(session_type, start, except, now).await?, mentor) {
            (Some(found), MentorRef::Slug(name)) if found.mentor.slug != *name => {
                app.snapshots.forget_id(name);
            }
            (Some(Offered { mentor, session_type, calendar }), _) => {
                let session_type = session_type.ok_or(BookingError::NoSuch("session_type"))?;
                return Ok(Begun { write, mentor, session_type, calendar });
            }
            (None, _) => return Err(BookingError::NoSuch("mentor")),
        }
    }
}

/// Judges a start on facts read inside a transaction.
///
/// # Errors
/// [`BookingError::Refused`], with open starts nearby where another time would help.
async fn admitted(
    app: &App,
    write: &mut dyn Write,
    calendar: &Calendar,
    policy: Policy,
    start: Instant,
    except: Except,
    now: Instant,
) -> Result<Interval, BookingError> {
    let refusal = match slotsmith_engine::admit(&facts(app, calendar, policy)?, start, now) {
        Ok(admission) => return Ok(admission.meeting),
        Err(refusal) => refusal,
    };
    let crowded =
        matches!(refusal, Refusal::Busy { .. } | Refusal::DayFull { .. } | Refusal::WeekFull { .. });
    let alternatives = match crowded {
        true => alternatives(app, &write.calendar(span_near(start), except, now).await?, policy, start, now)?,
        false => Vec::new(),
    };
    Err(BookingError::Refused { refusal, alternatives })
}

/// What is said when the store's guard finds in the way what the engine did not see. The transaction is over by then.
async fn beaten(app: &App, booking: &Booking, policy: Policy, except: Except, now: Instant) -> BookingError {
    let start = booking.meeting.start();
    let refusal = Refusal::Busy { until: booking.meeting.end() };
    // Alternatives are a courtesy.
    let alternatives = match app.store.calendar(booking.mentor, span_near(start), except, now).await {
        Ok(calendar) => alternatives(app, &calendar, policy, start, now).unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    BookingError::Refused { refusal, alternatives }
}

/// How many alternatives a refusal brings.
const ALTERNATIVES_MAX: usize = 3;
/// How far around a refused start to look for them, in seconds: three days.
const ALTERNATIVES_REACH_SECONDS: i64 = 3 * 86_400;

/// Open starts near a refused one, nearest first.
fn alternatives(
    app: &App,
    calendar: &Calendar,
    policy: Policy,
    start: Instant,
    now: Instant,
) -> Result<Vec<Instant>, StoreError> {
    let (from, until) = (start.plus(-ALTERNATIVES_REACH_SECONDS), start.plus(ALTERNATIVES_REACH_SECONDS));
    let Some(reach) = Interval::new(from, until) else { return Ok(Vec::new()) };
    let mut open = slotsmith_engine::slots(&facts(app, calendar, policy)?, reach, now).to_vec();
    open.sort_by_key(|other| (other.unix() - start.unix()).abs());
    open.truncate(ALTERNATIVES_MAX);
    Ok(open)
}

fn span_near(start: Instant) -> CalendarSpan {
    CalendarSpan::around(start.plus(-ALTERNATIVES_REACH_SECONDS), start.plus(ALTERNATIVES_REACH_SECONDS))
}
