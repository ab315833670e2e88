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
    let mut texts = LocalTexts::new(&availability.zone);
    let policy = &question.session_type.policy;
    // Its length is known to the compiler: this is where the time goes.
    let mut text =
        *b"{\"start\":\"0000-00-00T00:00:00+00:00\",\"end\":\"0000-00-00T00:00:00+00:00\",\"status\":\"";

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
        body.0.extend(day.iter().take(1).flat_map(|slot| texts.date_of(slot.start)));
        body.put(&["\",\"slots\":["]);
        comma = "";
        for slot in day {
            body.0.extend_from_slice(comma.as_bytes());
            text[10..35].copy_from_slice(texts.of(slot.start));
            text[44..69].copy_from_slice(texts.of(slot.start.plus(policy.duration_seconds())));
            body.0.extend_from_slice(&text);
            match slot.status {
                Status::Open => body.0.extend_from_slice(b"open\"}"),
                Status::Taken => body.0.extend_from_slice(b"taken\"}"),
            }
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
}
