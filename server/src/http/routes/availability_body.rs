//! The answer that is asked for most, as JSON: hundreds of starts alike but for their digits. Written by hand, since that
//! takes a sixth of serde's time (docs/performance.md); [`super::availability::AvailabilityView`] is its shape.

use slotsmith_engine::Status;

use crate::{
    http::time::LocalTexts,
    slots::{Availability, Question},
};

/// Enough for one slot with its punctuation.
const SLOT_BYTES: usize = 100;

/// What a booker is told.
pub(super) fn write(question: &Question, availability: &Availability) -> Vec<u8> {
    let slots: usize = availability.days.iter().map(|day| day.slots.len() + 1).sum();
    let mut body = Vec::with_capacity(512 + slots * SLOT_BYTES);
    let (mut starts, mut ends) = (LocalTexts::new(&availability.zone), LocalTexts::new(&availability.zone));
    let policy = &question.session_type.policy;

    put(&mut body, &["{\"mentor\":\"", question.mentor.mentor().slug.as_str()]);
    put(&mut body, &["\",\"session_type\":\"", question.session_type.slug.as_str()]);
    // Slugs and ids of zones have nothing that JSON would escape.
    put(&mut body, &["\",\"timezone\":\"", &question.timezone]);
    put(&mut body, &["\",\"duration_minutes\":", &policy.spec().duration_minutes.to_string()]);
    put(&mut body, &[",\"from\":\"", &question.from.to_string()]);
    put(&mut body, &["\",\"to\":\"", &question.to.to_string(), "\",\"days\":["]);
    let mut comma = "";
    for day in &availability.days {
        put(&mut body, &[comma, "{\"date\":\"", &day.date.to_string(), "\",\"slots\":["]);
        comma = "";
        for &(start, status) in &day.slots {
            let end = start.plus(policy.duration_seconds());
            put(&mut body, &[comma, "{\"start\":\"", starts.of(start), "\",\"end\":\"", ends.of(end)]);
            put(
                &mut body,
                &[match status {
                    Status::Open => "\",\"status\":\"open\"}",
                    Status::Taken => "\",\"status\":\"taken\"}",
                }],
            );
            comma = ",";
        }
        put(&mut body, &["]}"]);
        comma = ",";
    }
    put(&mut body, &["],\"next_available\":"]);
    match availability.next_available {
        Some(start) => put(&mut body, &["\"", starts.of(start), "\"}"]),
        None => put(&mut body, &["null}"]),
    }
    body
}

fn put(body: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        body.extend_from_slice(part.as_bytes());
    }
}
