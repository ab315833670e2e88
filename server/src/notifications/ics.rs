//! The calendar file of a booking: one VEVENT (RFC 5545) in the shape that iTIP (RFC 5546) gives its METHOD.
//!
//! The `icalendar` crate writes it. Everything a person typed is cleaned first, because the crate lets a line end
//! in a parameter or an address through; and its lines are folded anew, because it lets the last piece of a long
//! line grow to 76 octets. Times are UTC, so there is no VTIMEZONE for clients to disagree about.
//!
//! The same arguments give the same bytes: nothing here reads a clock or makes up an id.

use chrono::DateTime;
use icalendar::{Calendar, Component, Event, Property};
use slotsmith_engine::Instant;

use super::{settings::Sender, text, wording};
use crate::booking::{BookingDetails, Party, Status};

/// Who says they made the file.
const PRODID: &str = "-//Slotsmith//Slotsmith//EN";

/// What the file asks of the calendar that reads it (RFC 5546 3.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Take this booking in, or take its new time: a mail to one of the two sides.
    Request,
    /// Take it out again.
    Cancel,
    /// Here it is, for whoever downloads it; nobody is invited.
    Publish,
}

impl Method {
    /// The value of METHOD, and of the `method` parameter of the mail part (RFC 6047 2.4).
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
            Method::Publish => "PUBLISH",
        }
    }
}

/// One reader's copy of the file.
#[derive(Clone, Copy, Debug)]
pub struct CalendarCopy<'a> {
    /// What it asks.
    pub method: Method,
    /// Who reads it. A booker's copy tells nothing of the mentor but the name.
    pub reader: Party,
    /// Who sends our mail: the ORGANIZER, because the mentor's own address is nobody's business.
    pub sender: &'a Sender,
    /// Where this reader changes or cancels the booking; it holds their secret.
    pub manage_url: Option<&'a str>,
}

/// Writes the calendar file of a booking. `now` is when this copy was made (DTSTAMP).
///
/// A file that asks for a cancellation says CANCELLED whatever the booking's state, and SEQUENCE is the booking's:
/// raise it first.
pub fn calendar_file(details: &BookingDetails, copy: CalendarCopy<'_>, now: Instant) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", PRODID));
    calendar.append_property(("CALSCALE", "GREGORIAN"));
    calendar.append_property(("METHOD", copy.method.as_str()));
    calendar.push(event(details, copy, now));
    fold(&unfold(&calendar.to_string()))
}

fn event(details: &BookingDetails, copy: CalendarCopy<'_>, now: Instant) -> Event {
    let booking = &details.booking;
    let status = status(booking.status, copy.method);
    let mut event = Event::new();
    event
        .add_property("UID", format!("{}@slotsmith", booking.id))
        .add_property("SEQUENCE", booking.sequence.to_string())
        .add_property("DTSTAMP", utc(now))
        .add_property("DTSTART", utc(booking.meeting.start()))
        .add_property("DTEND", utc(booking.meeting.end()))
        .add_property("SUMMARY", summary(details, copy.reader))
        .add_property("DESCRIPTION", description(details, copy))
        .add_property("LOCATION", wording::place(details))
        .add_property("STATUS", status)
        .add_property("TRANSP", if status == "CANCELLED" { "TRANSPARENT" } else { "OPAQUE" })
        .append_property(organizer(details, copy.sender));
    if let Some(url) = copy.manage_url {
        event.add_property("URL", uri(url));
    }
    if let Some(attendee) = attendee(details, copy) {
        event.append_multi_property(attendee);
    }
    event
}

/// RFC 5545 3.8.1.11.
fn status(status: Status, method: Method) -> &'static str {
    match status {
        _ if method == Method::Cancel => "CANCELLED",
        Status::Pending => "TENTATIVE",
        Status::Confirmed | Status::Completed | Status::NoShow => "CONFIRMED",
        Status::Cancelled | Status::Declined | Status::Expired => "CANCELLED",
    }
}

fn summary(details: &BookingDetails, reader: Party) -> String {
    format!("{} with {}", wording::title(details), wording::other_side(details, reader))
}

fn description(details: &BookingDetails, copy: CalendarCopy<'_>) -> String {
    let booker = &details.booking.booker;
    let mut parts = Vec::new();
    if copy.reader != Party::Booker {
        let contact = [Some(text::line(&booker.email)), wording::phone(details)];
        parts.push(contact.into_iter().flatten().collect::<Vec<_>>().join("\n"));
    }
    parts.extend(wording::price(details));
    parts.extend(wording::message(details));
    parts.extend(copy.manage_url.map(|url| format!("Change or cancel: {}", uri(url))));
    parts.join("\n\n")
}

fn organizer(details: &BookingDetails, sender: &Sender) -> Property {
    let mut organizer = Property::new("ORGANIZER", mailto(&sender.address()));
    common_name(&mut organizer, &details.mentor.name);
    organizer
}

/// The reader of this copy and nobody else, so that no side learns the other's address. NEEDS-ACTION, because
/// clients that see ACCEPTED show no buttons; RSVP is FALSE, because nobody reads the replies.
fn attendee(details: &BookingDetails, copy: CalendarCopy<'_>) -> Option<Property> {
    if copy.method == Method::Publish {
        return None;
    }
    let (name, address) = match copy.reader {
        Party::Booker => (&details.booking.booker.name, Some(&details.booking.booker.email)),
        Party::Mentor => (&details.mentor.name, details.mentor.email.as_ref()),
        Party::Admin | Party::System => return None,
    };
    let mut attendee = Property::new("ATTENDEE", mailto(address?));
    common_name(&mut attendee, name);
    attendee.add_parameter("CUTYPE", "INDIVIDUAL");
    attendee.add_parameter("ROLE", "REQ-PARTICIPANT");
    attendee.add_parameter("PARTSTAT", "NEEDS-ACTION");
    attendee.add_parameter("RSVP", "FALSE");
    Some(attendee)
}

fn common_name(property: &mut Property, name: &str) {
    let name = parameter(name);
    if !name.is_empty() {
        property.add_parameter("CN", &name);
    }
}

/// A parameter's value. There is no way to write a double quote that every reader knows (RFC 6868 writes `^'`,
/// which older ones show as it stands), so it becomes a single one; a caret is doubled for those who do know.
fn parameter(value: &str) -> String {
    text::line(value).replace('"', "'").replace('^', "^^")
}

/// An address as a URI (RFC 6068 2): what could end the value, or be read as something else, is percent-encoded.
fn mailto(address: &str) -> String {
    let mut uri = String::from("mailto:");
    for c in text::line(address).chars() {
        match c {
            ' ' | '"' | '%' | '<' | '>' | '?' | '#' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                uri.push_str(&format!("%{:02X}", u32::from(c)));
            }
            _ => uri.push(c),
        }
    }
    uri
}

/// One of our own addresses, which has no space in it: one that does is cut there.
fn uri(url: &str) -> String {
    text::line(url).split(' ').next().unwrap_or_default().to_owned()
}

/// RFC 5545 3.3.5, form 2: `20260302T090000Z`.
fn utc(at: Instant) -> String {
    DateTime::from_timestamp(at.unix(), 0).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string()
}

/// Undoes the crate's folding. No value has a bare line end in it any more, so this undoes nothing else.
fn unfold(folded: &str) -> String {
    folded.replace("\r\n ", "")
}

/// RFC 5545 3.1: no line over 75 octets, the leading space of a continuation counted, no character torn apart.
fn fold(unfolded: &str) -> String {
    const OCTETS_MAX: usize = 75;
    let mut folded = String::with_capacity(unfolded.len() + unfolded.len() / 24);
    for line in unfolded.split_terminator("\r\n") {
        let mut room = OCTETS_MAX;
        for c in line.chars() {
            if room < c.len_utf8() {
                folded.push_str("\r\n ");
                room = OCTETS_MAX - 1;
            }
            folded.push(c);
            room -= c.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{fold, mailto, parameter, unfold};

    #[test]
    fn lines_fold_at_75_octets_between_characters() {
        for (line, pieces) in [
            ("x".repeat(75), vec![75]),
            ("x".repeat(76), vec![75, 2]),
            ("x".repeat(75 + 74), vec![75, 75]),
            ("x".repeat(75 + 75), vec![75, 75, 2]),
            ("한".repeat(26), vec![75, 4]),
            ("🙂".repeat(19), vec![72, 5]),
            (String::new(), vec![0]),
        ] {
            let folded = fold(&format!("{line}\r\n"));
            let lengths: Vec<usize> = folded.split_terminator("\r\n").map(str::len).collect();
            assert_eq!(lengths, pieces, "{line}");
            assert_eq!(unfold(&folded), format!("{line}\r\n"));
        }
    }

    #[test]
    fn an_address_cannot_leave_its_value() {
        for (address, expected) in [
            ("jo+slots@example.com", "mailto:jo+slots@example.com"),
            ("\"jo park\"@example.com", "mailto:%22jo%20park%22@example.com"),
            ("jo@example.com\r\nATTENDEE:mailto:x@y", "mailto:jo@example.com%20ATTENDEE:mailto:x@y"),
            ("김@example.com", "mailto:김@example.com"),
        ] {
            assert_eq!(mailto(address), expected);
        }
    }

    #[test]
    fn a_name_cannot_leave_its_parameter() {
        assert_eq!(parameter("Jo \"J\" Park\";X=1:evil\r\nATTACH:x"), "Jo 'J' Park';X=1:evil ATTACH:x");
        assert_eq!(parameter("a^nb"), "a^^nb");
    }
}
