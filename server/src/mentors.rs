//! Who offers time.

use std::fmt;

use crate::ids::MentorId;

/// Most mentors on one page of a list.
pub const PAGE_MAX: u32 = 200;

/// Someone who offers bookable time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mentor {
    /// Never shown to bookers as more than an opaque name.
    pub id: MentorId,
    /// The name in addresses.
    pub slug: Slug,
    /// The name people read.
    pub name: String,
    /// One line about them.
    pub headline: String,
    /// The IANA zone of their schedule, as they chose it.
    pub timezone: String,
    /// Where their mail goes; bookers never see it.
    pub email: Option<String>,
}

/// A name that is safe in addresses: lower-case letters, digits and single hyphens, 1 to 64 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slug(String);

/// The text is not a [`Slug`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("must be 1 to 64 lower-case letters, digits and single hyphens between them")]
pub struct SlugError;

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Slug, SlugError> {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if text.len() <= 64 && text.split('-').all(part) { Ok(Slug(text.to_owned())) } else { Err(SlugError) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a caller names a mentor: by id or by slug.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MentorRef {
    /// By id.
    Id(MentorId),
    /// By slug.
    Slug(Slug),
}

impl std::str::FromStr for MentorRef {
    type Err = SlugError;

    /// An id is never a slug that someone chose: slugs of that form are refused when a mentor is added.
    fn from_str(text: &str) -> Result<MentorRef, SlugError> {
        match text.parse() {
            Ok(id) => Ok(MentorRef::Id(id)),
            Err(_) => text.parse().map(MentorRef::Slug),
        }
    }
}
