//! The answer that is asked for most, as JSON: hundreds of starts alike but for their digits. Written by hand, since that
//! takes a sixth of serde's time (docs/performance.md); [`super::availability::AvailabilityView`] is its shape.

use slotsmith_engine::Status;

use crate::{
    http::time::{LocalTexts, local},
    slots::{Availability, Question},
};

/// Enough for one slot with its share of its date.
const SLOT_BYTES: usize = 100;

/// What a booker is told.
pub(super) fn write(question: &Question, availability: &Availability) -> Vec<u8> {
    let mut body = Body(Vec::with_capacity(512 + availability.slots.len() * SLOT_BYTES));
    let (mut starts, mut ends) = (LocalTexts::new(&availability.zone), LocalTexts::new(&availability.zone));
    let (mut start, mut end) = (LocalTexts::EMPTY, LocalTexts::EMPTY);
    let policy = &question.session_type.policy;
    // Slugs, dates and ids of zones have nothing that JSON would escape.
    body.put(&["{\"mentor\":\"", question.mentor.mentor().slug.as_str()]);
    body.put(&["\",\"session_type\":\"", question.session_type.slug.as_str()]);
    body.put(&["\",\"timezone\":\"", &question.timezone]);
    body.put(&["\",\"duration_minutes\":", &policy.spec().duration_minutes.to_string()]);
    body.put(&[",\"from\":\"", &question.from.to_string()]);
    body.put(&["\",\"to\":\"", &question.to.to_string(), "\",\"days\":["]);
    let mut comma = "";
    for day in availability.days() {
        body.put(&[comma, "{\"date\":\""]);
        if let Some(first) = day.first() {
            starts.write(first.start, &mut start);
        }
        body.0.extend_from_slice(&start[..10]);
        body.put(&["\",\"slots\":["]);
        comma = "";
        for slot in day {
            starts.write(slot.start, &mut start);
            ends.write(slot.start.plus(policy.duration_seconds()), &mut end);
            body.put(&[comma]);
            body.slot(&start, &end, slot.status);
            comma = ",";
        }
        body.put(&["]}"]);
        comma = ",";
    }
    let next = availability.next_available.map(|start| local(start, &availability.zone));
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("\"{next}\""));
    body.put(&["],\"next_available\":", &next, "}"]);
    body.0
}

struct Body(Vec<u8>);

impl Body {
    fn put(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.extend_from_slice(part.as_bytes());
        }
    }

    /// This is where the time goes: its length is known to the compiler.
    fn slot(&mut self, start: &[u8; 25], end: &[u8; 25], status: Status) {
        let mut text =
            *b"{\"start\":\"0000-00-00T00:00:00+00:00\",\"end\":\"0000-00-00T00:00:00+00:00\",\"status\":\"";
        text[10..35].copy_from_slice(start);
        text[44..69].copy_from_slice(end);
        self.0.extend_from_slice(&text);
        match status {
            Status::Open => self.0.extend_from_slice(b"open\"}"),
            Status::Taken => self.0.extend_from_slice(b"taken\"}"),
        }
    }
}
