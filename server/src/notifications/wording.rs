//! The few words that a mail and its calendar file must say alike.

use super::text;
use crate::{
    booking::{BookingDetails, Party},
    session_types::LocationKind,
};

/// The session's title.
pub(super) fn title(details: &BookingDetails) -> String {
    text::line(&details.session_type.title)
}

/// Whom the reader meets: the mentor for the booker, the booker for everybody else.
pub(super) fn other_side(details: &BookingDetails, reader: Party) -> String {
    match reader {
        Party::Booker => text::line(&details.mentor.name),
        Party::Mentor | Party::Admin | Party::System => text::line(&details.booking.booker.name),
    }
}

/// Where the meeting takes place, as far as we know.
pub(super) fn place(details: &BookingDetails) -> String {
    match (details.session_type.location, phone(details)) {
        (LocationKind::Video, _) => "Video call".to_owned(),
        (LocationKind::Phone, Some(number)) => format!("Phone call to {number}"),
        (LocationKind::Phone, None) => "Phone call".to_owned(),
        (LocationKind::InPerson, _) => "In person".to_owned(),
    }
}

/// The booker's number, if they gave one.
pub(super) fn phone(details: &BookingDetails) -> Option<String> {
    details.booking.booker.phone.as_deref().map(text::line).filter(|number| !number.is_empty())
}

/// What the booker wanted to say beforehand, if anything.
pub(super) fn message(details: &BookingDetails) -> Option<String> {
    details.booking.booker.message.as_deref().map(text::lines).filter(|message| !message.is_empty())
}

/// What it costs, if the mentor says.
pub(super) fn price(details: &BookingDetails) -> Option<String> {
    details.session_type.price_label.as_deref().map(text::line).filter(|price| !price.is_empty())
}
