//! Handlers: read, ask, answer. One file for each noun.

pub(super) mod availability;
pub(super) mod bookings;
pub(super) mod health;
pub(super) mod holds;
pub(super) mod mentors;
pub(super) mod pages;
pub(super) mod schedule;
pub(super) mod session_types;

use super::error::ApiError;
use crate::{
    app::App,
    auth::Role,
    mentors::{Mentor, MentorRef},
};

/// The mentor that a call is about, for whoever may know them.
async fn known_mentor(app: &App, mentor: &str) -> Result<Mentor, ApiError> {
    let unknown = || ApiError::not_found("mentor");
    let by: MentorRef = mentor.parse().map_err(|_| unknown())?;
    app.store.mentor(&by).await?.ok_or_else(unknown)
}

/// The mentor whose affairs a caller may settle: their own, or anyone's for an admin. `mentor` may be left out by
/// the mentor. Another's are not found, so that nobody learns who exists.
async fn own_mentor(app: &App, role: Role, mentor: Option<&str>) -> Result<Mentor, ApiError> {
    match (role, mentor) {
        (Role::Admin, None) => Err(ApiError::invalid_field("mentor", "is required for an admin")),
        (Role::Admin, Some(mentor)) => known_mentor(app, mentor).await,
        (Role::Mentor(own), None) => known_mentor(app, &own.to_string()).await,
        (Role::Mentor(own), Some(mentor)) => match known_mentor(app, mentor).await? {
            found if found.id == own => Ok(found),
            _ => Err(ApiError::not_found("mentor")),
        },
    }
}
