//! The answer that is asked for most, as JSON: hundreds of starts alike but for their digits. Written by hand, since that
//! takes a sixth of serde's time (docs/performance.md); [`super::availability::AvailabilityView`] is its shape.

use slotsmith_engine::{Instant, Status, ZoneRules};

use crate::{
    http::time::{LOCAL_BYTES, LocalTexts, date_text, local, write_clock},
    slots::{Availability, Question, Starts},
};

/// Enough for one slot with its share of its date.
const SLOT_BYTES: usize = 100;

const OPEN: &[u8; 88] =
    b"{\"start\":\"0000-00-00T00:00:00+00:00\",\"end\":\"0000-00-00T00:00:00+00:00\",\"status\":\"open\"},";
const TAKEN: &[u8; 89] =
    b"{\"start\":\"0000-00-00T00:00:00+00:00\",\"end\":\"0000-00-00T00:00:00+00:00\",\"status\":\"taken\"},";
/// Where they have the two instants.
const START: usize = 10;
const END: usize = 44;

/// What a booker is told.
pub(super) fn write(question: &Question, availability: &Availability) -> Vec<u8> {
    let slots: usize = availability.starts.iter().map(|starts| starts.run.count() as usize).sum();
    let mut body = Body(Vec::with_capacity(512 + slots * SLOT_BYTES));
    let (zone, policy) = (&availability.zone, &question.session_type.policy);
    // Slugs, dates and ids of zones have nothing that JSON would escape.
    body.put(&["{\"mentor\":\"", question.mentor.mentor().slug.as_str()]);
    body.put(&["\",\"session_type\":\"", question.session_type.slug.as_str()]);
    body.put(&["\",\"timezone\":\"", &question.timezone]);
    body.put(&["\",\"duration_minutes\":", &policy.spec().duration_minutes.to_string()]);
    body.put(&[",\"from\":\"", &question.from.to_string()]);
    body.put(&["\",\"to\":\"", &question.to.to_string(), "\",\"days\":["]);
    let mut open = Slots::new(*OPEN, policy.duration_seconds(), zone);
    let mut taken = Slots::new(*TAKEN, policy.duration_seconds(), zone);
    for day in availability.days() {
        body.put(&["{\"date\":\""]);
        body.0.extend(day.first().into_iter().flat_map(|first| date_text(first.day.date)));
        body.put(&["\",\"slots\":["]);
        for starts in day {
            match starts.status {
                Status::Open => open.write(starts, &mut body),
                Status::Taken => taken.write(starts, &mut body),
            }
        }
        body.end_list();
        body.put(&["},"]);
    }
    body.end_list();
    let next = availability.next_available.map(|start| local(start, zone));
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("\"{next}\""));
    body.put(&[",\"next_available\":", &next, "}"]);
    body.0
}

struct Body(Vec<u8>);

impl Body {
    fn put(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.extend_from_slice(part.as_bytes());
        }
    }

    /// Instead of the comma after its last member, if it has any.
    fn end_list(&mut self) {
        if self.0.last() == Some(&b',') {
            self.0.pop();
        }
        self.put(&["]"]);
    }
}

/// Writes slots of one status. This is where the time goes: the length of the text is known to the compiler, and from one
/// to the next only digits change.
struct Slots<'a, const N: usize> {
    text: [u8; N],
    duration_seconds: i64,
    starts: LocalTexts<'a>,
    ends: LocalTexts<'a>,
}

impl<'a, const N: usize> Slots<'a, N> {
    fn new(text: [u8; N], duration_seconds: i64, zone: &'a ZoneRules) -> Self {
        Slots { text, duration_seconds, starts: LocalTexts::new(zone), ends: LocalTexts::new(zone) }
    }

    fn write(&mut self, Starts { day, run, .. }: &Starts, body: &mut Body) {
        self.starts.know(*day);
        self.ends.know(*day);
        let (first, last) = (run.start(), run.last());
        let end_of = |start: Instant| start.plus(self.duration_seconds);
        let start = self.starts.write_first(first, last, place(&mut self.text, START));
        let end = self.ends.write_first(end_of(first), end_of(last), place(&mut self.text, END));
        if let Some((mut start, mut end)) = start.zip(end) {
            let step = run.step_seconds() as usize / 60;
            for _ in 0..run.count() {
                write_clock(start, place(&mut self.text, START));
                write_clock(end, place(&mut self.text, END));
                body.0.extend_from_slice(&self.text);
                (start, end) = (start + step, end + step);
            }
            return;
        }
        for start in *run {
            self.starts.write(start, place(&mut self.text, START));
            self.ends.write(start.plus(self.duration_seconds), place(&mut self.text, END));
            body.0.extend_from_slice(&self.text);
        }
    }
}

/// Where the text of a slot has an instant.
#[inline]
fn place<const N: usize>(text: &mut [u8; N], at: usize) -> &mut [u8; LOCAL_BYTES] {
    let Some(place) = text[at..].first_chunk_mut() else { unreachable!("both texts are longer") };
    place
}
