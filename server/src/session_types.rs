//! What kinds of meeting a mentor offers.

use std::{fmt, str::FromStr};

use slotsmith_engine::Policy;

use crate::{
    ids::{MentorId, SessionTypeId},
    mentors::Slug,
};

/// Most reminders a session type may ask for.
pub const REMINDERS_MAX: usize = 5;
/// Earliest reminder before a start: four weeks, in minutes.
pub const REMINDER_MINUTES_MAX: u32 = 40_320;

/// A kind of meeting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionType {
    /// Its id, which bookings keep.
    pub id: SessionTypeId,
    /// Who offers it.
    pub mentor: MentorId,
    /// The name in addresses, unique for the mentor.
    pub slug: Slug,
    /// The name people read.
    pub title: String,
    /// Length, grid, buffers, notice, horizon and limits.
    pub policy: Policy,
    /// Where it takes place.
    pub location: LocationKind,
    /// What it costs, in the mentor's words: "$30 donation".
    pub price_label: Option<String>,
    /// Whether the mentor must confirm a booking before it stands.
    pub requires_confirmation: bool,
    /// Minutes before the start at which to remind, most first.
    pub reminders_minutes: Vec<u32>,
}

/// Where a meeting takes place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LocationKind {
    /// By video call.
    #[default]
    Video,
    /// By phone.
    Phone,
    /// In a room.
    InPerson,
}

impl LocationKind {
    /// Every kind, for help texts and schemas.
    pub const ALL: [LocationKind; 3] = [LocationKind::Video, LocationKind::Phone, LocationKind::InPerson];

    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            LocationKind::Video => "video",
            LocationKind::Phone => "phone",
            LocationKind::InPerson => "in_person",
        }
    }
}

/// The text names no [`LocationKind`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("must be video, phone or in_person")]
pub struct UnknownLocation;

impl FromStr for LocationKind {
    type Err = UnknownLocation;

    fn from_str(text: &str) -> Result<LocationKind, UnknownLocation> {
        LocationKind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownLocation)
    }
}

impl fmt::Display for LocationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
