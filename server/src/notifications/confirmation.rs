//! The mail that says a booking was made, to the booker or to the mentor: each in their own zone, each with
//! nothing of the other side's that is not theirs to know.
//!
//! The whole message is a function of its arguments. The same job gives the same Message-ID each time it runs, so
//! that a copy sent twice is recognised as one.

use std::time::{Duration, SystemTime};

use askama::Template;
use lettre::{
    Address, Message,
    message::{
        Attachment, Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use slotsmith_engine::{Instant, ZoneRules};

use super::{
    civil::LocalMeeting,
    ics::{CalendarCopy, Method, calendar_file},
    settings::Sender,
    text, wording,
};
use crate::{
    booking::{BookingDetails, Party, Status},
    ids::JobId,
};

/// Characters of the title, and of the other side's name, that a subject has room for beside the time.
const SUBJECT_PART_CHARS_MAX: usize = 60;

/// What a confirmation is made of.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmationMail<'a> {
    /// The booking, as it stands now.
    pub details: &'a BookingDetails,
    /// Who reads it: the booker or the mentor.
    pub to: Party,
    /// The job that sends it, which names the message.
    pub job: JobId,
    /// Who it comes from.
    pub sender: &'a Sender,
    /// The rules of the booker's zone, around the meeting.
    pub booker_zone: &'a ZoneRules,
    /// The rules of the mentor's zone, around the meeting.
    pub mentor_zone: &'a ZoneRules,
    /// Where this reader changes or cancels the booking.
    pub manage_url: &'a str,
}

/// Why there is no mail. Trying again changes none of it.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The booking no longer stands, so there is nothing to confirm.
    #[error("the booking is {0}, there is nothing to confirm")]
    Moot(Status),
    /// We know no address of theirs.
    #[error("there is no address to write to the {}", .0.as_str())]
    NoAddress(Party),
    /// Mail cannot be addressed like that. The address itself is left out, for the log's sake.
    #[error("the address of the {} is not one that mail can go to: {source}", .party.as_str())]
    BadAddress {
        /// Whose.
        party: Party,
        /// What is wrong with it.
        source: lettre::address::AddressError,
    },
    /// A template or the message builder failed on what it was given.
    #[error("the message could not be put together: {0}")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Composes the confirmation. `now` becomes its Date and the calendar file's DTSTAMP.
///
/// # Errors
/// [`ComposeError`], never for a reason that passes.
pub fn confirmation(mail: &ConfirmationMail<'_>, now: Instant) -> Result<Message, ComposeError> {
    let status = mail.details.booking.status;
    if !status.is_active() {
        return Err(ComposeError::Moot(status));
    }
    let recipient = recipient(mail.details, mail.to)?;
    let content = Content::of(mail, status == Status::Pending);
    let broken = |error: askama::Error| ComposeError::Broken(error.into());
    let text = TextMail { c: &content }.render().map_err(broken)?;
    let html = HtmlMail { c: &content }.render().map_err(broken)?;
    let copy = CalendarCopy {
        method: Method::Request,
        reader: mail.to,
        sender: mail.sender,
        manage_url: Some(mail.manage_url),
    };
    let invitation = Invitation { method: copy.method, file: calendar_file(mail.details, copy, now) };

    let mut message = Message::builder()
        .from(mail.sender.mailbox().clone())
        .to(recipient)
        .subject(&content.subject)
        .message_id(Some(format!("<{}@{}>", mail.job, mail.sender.ascii_domain())))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(now.unix()).unwrap_or(0)))
        .raw_header(auto_submitted());
    if let Some(reply_to) = mail.sender.reply_to() {
        message = message.reply_to(reply_to.clone());
    }
    message.multipart(body(mail.job, text, html, &invitation)?).map_err(|e| ComposeError::Broken(e.into()))
}

fn recipient(details: &BookingDetails, party: Party) -> Result<Mailbox, ComposeError> {
    let (name, address) = match party {
        Party::Booker => (&details.booking.booker.name, Some(&details.booking.booker.email)),
        Party::Mentor => (&details.mentor.name, details.mentor.email.as_ref()),
        Party::Admin | Party::System => return Err(ComposeError::NoAddress(party)),
    };
    let address = address.ok_or(ComposeError::NoAddress(party))?;
    let address: Address = address.parse().map_err(|source| ComposeError::BadAddress { party, source })?;
    let name = text::line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// RFC 3834 5: no machine should answer this.
fn auto_submitted() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

/// The calendar file on its way into a message.
struct Invitation {
    method: Method,
    file: String,
}

/// The layout that Gmail, Outlook and Apple Mail all take for an invitation (RFC 6047 2.4): the calendar as the
/// last alternative to the text, and once more as a file. Boundaries come from the job, as the Message-ID does.
fn body(job: JobId, text: String, html: String, invitation: &Invitation) -> Result<MultiPart, ComposeError> {
    let method = invitation.method.as_str();
    let inline = content_type(&format!("text/calendar; charset=utf-8; method={method}"))?;
    let attached = content_type("application/ics; name=\"invite.ics\"")?;
    let alternatives = MultiPart::alternative()
        .boundary(format!("alternative-{job}"))
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html))
        .singlepart(SinglePart::builder().header(inline).body(invitation.encoded()?));
    Ok(MultiPart::mixed()
        .boundary(format!("mixed-{job}"))
        .multipart(alternatives)
        .singlepart(Attachment::new("invite.ics".to_owned()).body(invitation.encoded()?, attached)))
}

impl Invitation {
    /// In base64, which keeps every byte through every relay: the two copies must not differ.
    fn encoded(&self) -> Result<Body, ComposeError> {
        let bytes = self.file.clone().into_bytes();
        Body::new_with_encoding(bytes, ContentTransferEncoding::Base64)
            .map_err(|_| ComposeError::Broken("the calendar file does not go into base64".into()))
    }
}

fn content_type(text: &str) -> Result<ContentType, ComposeError> {
    ContentType::parse(text).map_err(|error| ComposeError::Broken(error.into()))
}

/// The words of the mail, before any escaping. Both templates show the same.
struct Content {
    subject: String,
    heading: &'static str,
    lead: String,
    facts: Vec<Fact>,
    message: Option<Said>,
    manage_url: String,
    manage_label: &'static str,
    notes: Vec<&'static str>,
}

/// Something that is so, in one line or a few: the first counts most.
struct Fact {
    label: String,
    lines: Vec<String>,
}

/// Something the booker wrote.
struct Said {
    label: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "mail/confirmation.txt")]
struct TextMail<'a> {
    c: &'a Content,
}

#[derive(Template)]
#[template(path = "mail/confirmation.html")]
struct HtmlMail<'a> {
    c: &'a Content,
}

impl Content {
    fn of(mail: &ConfirmationMail<'_>, pending: bool) -> Content {
        let details = mail.details;
        let booker_time =
            LocalMeeting::new(details.booking.meeting, mail.booker_zone, &details.booking.booker.timezone);
        let mentor_time =
            LocalMeeting::new(details.booking.meeting, mail.mentor_zone, &details.mentor.timezone);
        let for_booker = mail.to == Party::Booker;
        let (own, theirs) = if for_booker { (booker_time, mentor_time) } else { (mentor_time, booker_time) };

        let title = wording::title(details);
        let other = wording::other_side(details, mail.to);
        let words = Words::of(for_booker, pending);
        Content {
            subject: format!(
                "{}: {} with {}, {}",
                words.subject,
                text::clipped(&title, SUBJECT_PART_CHARS_MAX),
                text::clipped(&other, SUBJECT_PART_CHARS_MAX),
                own.brief()
            ),
            heading: words.heading,
            lead: words.lead.replace("{}", &other),
            facts: facts(details, mail.to, &own, &theirs),
            message: wording::message(details).map(|text| Said { label: words.message, text }),
            manage_url: mail.manage_url.to_owned(),
            manage_label: words.manage,
            notes: words.notes.to_vec(),
        }
    }
}

fn facts(details: &BookingDetails, reader: Party, own: &LocalMeeting, theirs: &LocalMeeting) -> Vec<Fact> {
    let other = wording::other_side(details, reader);
    let meeting = details.booking.meeting;
    let minutes = (meeting.end().unix() - meeting.start().unix()) / 60;
    let length = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };

    let mut facts = vec![
        Fact::new("What", [wording::title(details), length]),
        Fact::new("When", [format!("{}, {}", own.date(), own.hours()), own.zone()]),
    ];
    // Two names for one clock would only puzzle; a clock that differs is what mix-ups come from.
    if !own.shows_the_same_as(theirs) {
        let lines = [format!("{}, {}", theirs.date(), theirs.hours()), theirs.zone()];
        facts.push(Fact { label: format!("For {other}"), lines: lines.into() });
    }
    facts.push(Fact::new("Where", [wording::place(details)]));
    facts.extend(wording::price(details).map(|price| Fact::new("Price", [price])));
    if reader == Party::Booker {
        facts.push(Fact::new("With", [other]));
    } else {
        facts.push(Fact::new("Booked by", [other, text::line(&details.booking.booker.email)]));
        facts.extend(wording::phone(details).map(|number| Fact::new("Phone", [number])));
    }
    facts
}

impl Fact {
    fn new<const N: usize>(label: &str, lines: [String; N]) -> Fact {
        Fact { label: label.to_owned(), lines: lines.into() }
    }
}

/// What differs between the four mails. `{}` is the other side's name.
struct Words {
    subject: &'static str,
    heading: &'static str,
    lead: &'static str,
    message: &'static str,
    manage: &'static str,
    notes: &'static [&'static str],
}

const CALENDAR_NOTE: &str = "The attached calendar file puts this session into your calendar.";

impl Words {
    fn of(for_booker: bool, pending: bool) -> Words {
        match (for_booker, pending) {
            (true, false) => Words {
                subject: "Confirmed",
                heading: "Your session is confirmed",
                lead: "You are booked with {}.",
                message: "Your message",
                manage: "Change or cancel",
                notes: &[CALENDAR_NOTE, NOT_YOU],
            },
            (true, true) => Words {
                subject: "Requested",
                heading: "Your session is requested",
                lead: "{} has yet to say yes. The time is kept for you until then.",
                message: "Your message",
                manage: "Change or cancel",
                notes: &[CALENDAR_NOTE, NOT_YOU],
            },
            (false, false) => Words {
                subject: "New booking",
                heading: "You have a new booking",
                lead: "{} booked a session with you.",
                message: "Their message",
                manage: "Change or cancel",
                notes: &[CALENDAR_NOTE],
            },
            (false, true) => Words {
                subject: "Requested",
                heading: "Someone requests a session",
                lead: "{} asks for a session with you. The time is kept free until you decide.",
                message: "Their message",
                manage: "See the request",
                notes: &[CALENDAR_NOTE],
            },
        }
    }
}

const NOT_YOU: &str = "You receive this because a session was booked with this address. If that was not you, \
    please cancel it with the link above.";
