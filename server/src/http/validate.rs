//! Text from outside, into values that are what they must be. Collects every field that is not, so that a caller is
//! told all of them at once.

use super::error::{ApiError, FieldError};

/// Longest name of a person, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest message to a mentor, in characters.
pub const MESSAGE_CHARS_MAX: usize = 2_000;
/// Longest title, label or headline, in characters.
pub const LABEL_CHARS_MAX: usize = 120;
/// Longest address of a mailbox, in bytes (RFC 5321 4.5.3.1.3).
const EMAIL_BYTES_MAX: usize = 254;

/// The fields of one request that are not what they must be.
#[derive(Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// Keeps a value, or notes why there is none.
    pub fn take<T>(&mut self, field: impl Into<String>, value: Result<T, impl ToString>) -> Option<T> {
        value
            .map_err(|message| {
                self.errors.push(FieldError { field: field.into(), message: message.to_string() })
            })
            .ok()
    }

    /// What was made of all fields, or a refusal that names those that are wrong. `whole` is `None` only where a
    /// field was refused.
    ///
    /// # Errors
    /// 422 with every field noted so far.
    pub fn finish<T>(self, whole: Option<T>) -> Result<T, ApiError> {
        match whole {
            Some(whole) if self.errors.is_empty() => Ok(whole),
            _ => Err(ApiError::invalid(self.errors)),
        }
    }
}

/// A value that must be there.
///
/// # Errors
/// When it is not.
pub fn required(value: Option<&str>) -> Result<&str, &'static str> {
    value.filter(|text| !text.trim().is_empty()).ok_or("is required")
}

/// A line of text, trimmed: no control characters, so that it can stand in a header or a calendar file.
///
/// # Errors
/// What it must be.
pub fn line(text: &str, chars_max: usize) -> Result<String, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err("must not contain line breaks or control characters".into());
    }
    if text.chars().count() > chars_max {
        return Err(format!("must have at most {chars_max} characters"));
    }
    Ok(text.to_owned())
}

/// The same, or nothing when it is empty.
///
/// # Errors
/// What it must be.
pub fn optional_line(text: Option<&str>, chars_max: usize) -> Result<Option<String>, String> {
    let line = text.map(|text| line(text, chars_max)).transpose()?;
    Ok(line.filter(|text| !text.is_empty()))
}

/// A text of several lines, or nothing when it is empty; line breaks become `\n`.
///
/// # Errors
/// What it must be.
pub fn optional_text(text: Option<&str>, chars_max: usize) -> Result<Option<String>, String> {
    let Some(text) = text else { return Ok(None) };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("must not contain control characters".into());
    }
    if text.chars().count() > chars_max {
        return Err(format!("must have at most {chars_max} characters"));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// The address of a mailbox.
///
/// # Errors
/// What it must be.
pub fn email(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let valid = text.len() <= EMAIL_BYTES_MAX && text.parse::<lettre::Address>().is_ok();
    if valid { Ok(text.to_owned()) } else { Err("must be an e-mail address") }
}

/// A phone number as people write them.
///
/// # Errors
/// What it must be.
pub fn optional_phone(text: Option<&str>) -> Result<Option<String>, &'static str> {
    let text = text.unwrap_or_default().trim();
    let allowed = |c: char| c.is_ascii_digit() || "+()-./ ".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    match text {
        "" => Ok(None),
        _ if text.chars().all(allowed) && (3..=20).contains(&digits) && text.len() <= 40 => {
            Ok(Some(text.to_owned()))
        }
        _ => Err("must be a phone number"),
    }
}
