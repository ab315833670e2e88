//! What we tell people about their bookings: a mail that says it, a calendar file that books it, and the way out
//! of the house.
//!
//! Composing is pure: facts, zones and `now` go in, a finished message comes out, the same one each time. Only
//! [`Delivery`] touches the world. Nothing here decides whether a mail is due or when to try again; the jobs do,
//! and they read the booking afresh before they ask for a mail.

mod civil;
mod confirmation;
mod delivery;
mod ics;
mod settings;
mod text;
mod wording;

pub use self::{
    confirmation::{ComposeError, ConfirmationMail, confirmation},
    delivery::{Delivery, DeliveryError, Smtp},
    ics::{CalendarCopy, Method, calendar_file},
    settings::{Password, Sender, SettingsError, SmtpSettings, SmtpSpec, SmtpTls},
};
