//! The answer that is asked for most, as JSON: hundreds of starts alike but for their digits. Written by hand, since that
//! takes a sixth of serde's time (docs/performance.md); [`super::availability::AvailabilityView`] is its shape.

use slotsmith_engine::{Instant, LocalDay, Run, Status, ZoneRules};

use crate::{
    http::time::{LOCAL_BYTES, date_text, has_rfc3339_offset, local, write_clock, write_day, write_local},
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
    let (zone, policy) = (&question.zone, &question.session_type.policy);
    // Slugs, dates and ids of zones have nothing that JSON would escape.
    body.put("{\"mentor\":\"").put(question.mentor.mentor().slug.as_str());
    body.put("\",\"session_type\":\"").put(question.session_type.slug.as_str());
    body.put("\",\"timezone\":\"").put(&question.timezone);
    body.put("\",\"duration_minutes\":").put(policy.spec().duration_minutes.to_string());
    body.put(",\"from\":\"").put(date_text(question.from));
    body.put("\",\"to\":\"").put(date_text(question.to)).put("\",\"days\":[");
    let mut open = Slots::new(*OPEN, policy.spec().duration_minutes, zone);
    let mut taken = Slots::new(*TAKEN, policy.spec().duration_minutes, zone);
    for day in availability.days() {
        let Some(first) = day.first() else { continue };
        body.put("{\"date\":\"").put(date_text(first.day.date)).put("\",\"slots\":[");
        for starts in day {
            match starts.status {
                Status::Open => open.write(starts, &mut body),
                Status::Taken => taken.write(starts, &mut body),
            }
        }
        body.end_list();
        body.put("},");
    }
    body.end_list();
    let next = availability.next_available.map(|start| local(start, zone));
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("\"{next}\""));
    body.put(",\"next_available\":").put(next).put("}");
    body.0
}

struct Body(Vec<u8>);

impl Body {
    fn put(&mut self, text: impl AsRef<[u8]>) -> &mut Body {
        self.0.extend_from_slice(text.as_ref());
        self
    }

    /// Its place, once it is there.
    #[inline]
    fn push<const N: usize>(&mut self, text: &[u8; N]) -> &mut [u8; N] {
        self.0.extend_from_slice(text);
        let Some(place) = self.0.last_chunk_mut() else { unreachable!("that long it is now") };
        place
    }

    /// Instead of the comma after its last member, if it has any.
    fn end_list(&mut self) {
        if self.0.last() == Some(&b',') {
            self.0.pop();
        }
        self.put("]");
    }
}

/// Writes slots of one status. This is where the time goes: the length of the text is known to the compiler, and from one
/// to the next only digits change.
struct Slots<'a, const N: usize> {
    text: [u8; N],
    duration_minutes: u32,
    zone: &'a ZoneRules,
    /// Whose date and offset the text has.
    day: Option<LocalDay>,
}

impl<'a, const N: usize> Slots<'a, N> {
    fn new(text: [u8; N], duration_minutes: u32, zone: &'a ZoneRules) -> Self {
        Slots { text, duration_minutes, zone, day: None }
    }

    fn write(&mut self, Starts { day, run, .. }: &Starts, body: &mut Body) {
        let seconds = i64::from(self.duration_minutes) * 60;
        let minute = clock_of(day, run.start());
        let (within, beyond) = match minute {
            Some(_) => run.split_at(day.end().plus(-seconds)),
            None => (None, Some(*run)),
        };
        if let Some((run, minute)) = within.zip(minute) {
            self.write_within(day, run, minute, body);
        }
        for start in beyond.into_iter().flatten() {
            let slot = body.push(&self.text);
            write_local(start, self.zone, place(slot, START));
            write_local(start.plus(seconds), self.zone, place(slot, END));
        }
    }

    /// Meetings that end on the day on which they start; the first of them when the clock shows so many minutes.
    // Inlined, the text would be taken apart and copied by the byte.
    #[inline(never)]
    fn write_within(&mut self, day: &LocalDay, run: Run, minute: usize, body: &mut Body) {
        if self.day != Some(*day) {
            self.day = Some(*day);
            write_day(day, place(&mut self.text, START));
            write_day(day, place(&mut self.text, END));
        }
        let (step, length) = (run.step_seconds() as usize / 60, self.duration_minutes as usize);
        let mut start = minute;
        for _ in 0..run.count() {
            // In the body: the processor would wait for a text that has just been changed.
            let slot = body.push(&self.text);
            write_clock(start, place(slot, START));
            write_clock(start + length, place(slot, END));
            start += step;
        }
    }
}

/// The minutes that a clock shows at an instant of a day, where it shows whole ones.
fn clock_of(day: &LocalDay, at: Instant) -> Option<usize> {
    let second = usize::try_from(day.second_of_day(at)).ok()?;
    (has_rfc3339_offset(day) && second % 60 == 0).then_some(second / 60)
}

/// Where the text of a slot has an instant.
#[inline]
fn place<const N: usize>(text: &mut [u8; N], at: usize) -> &mut [u8; LOCAL_BYTES] {
    let Some(place) = text[at..].first_chunk_mut() else { unreachable!("both texts are longer") };
    place
}
