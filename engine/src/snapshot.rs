//! Facts made ready for many questions: what busy time removes is worked out, sorted and merged.

use std::sync::OnceLock;

use crate::{
    Admission, Booking, Facts, Instant, Interval, IntervalSet, IntervalTree, Policy, Refusal, Run, Schedule,
    Slots, Status, ZoneRules,
    admit::judge,
    busy::{blocked_by_booking, blocked_by_busy, blocked_starts},
    comb::Comb,
    frequency::Frequency,
    slots::{first, list, list_with_taken},
};

/// What the rules read, from wherever it is kept.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) zone: &'a ZoneRules,
    pub(crate) schedule: &'a Schedule,
    pub(crate) policy: &'a Policy,
    /// The starts that busy time and bookings remove.
    pub(crate) blocked: &'a IntervalSet,
    /// The same, with the dates that are full.
    pub(crate) closed: &'a IntervalSet,
    /// The same as bits, where that was worth making.
    pub(crate) comb: Option<&'a Comb>,
    pub(crate) frequency: &'a Frequency,
}

/// One mentor's facts for one kind of session, prepared once and asked often.
///
/// Preparing costs O(n log n) in busy intervals and bookings; a question then sorts and allocates nothing but its
/// answer. One more booking or busy interval is worked in without preparing anew.
#[derive(Clone, Debug)]
pub struct Snapshot {
    facts: Facts,
    blocked: IntervalSet,
    frequency: Frequency,
    /// Both together, when there are limits.
    closed: Option<IntervalSet>,
    comb: Option<Comb>,
    /// Made when somebody asks who is in the way.
    by_time: OnceLock<IntervalTree<Booking>>,
}

impl Snapshot {
    /// Prepares the facts.
    pub fn new(facts: Facts) -> Snapshot {
        let (blocked, frequency) = (blocked_starts(&facts), frequency_of(&facts));
        let closed = closed(&blocked, &frequency);
        let comb = comb(&facts, closed.as_ref().unwrap_or(&blocked));
        Snapshot { facts, blocked, frequency, closed, comb, by_time: OnceLock::new() }
    }

    /// What it was made of.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Every start in `range` that may be booked, ascending, without repeats (rule 10).
    pub fn slots(&self, range: Interval, now: Instant) -> Slots {
        list(self.view(), range, now)
    }

    /// The same, with the starts that only something busy removed, as runs.
    pub fn slots_and_taken(&self, range: Interval, now: Instant) -> Vec<(Run, Status)> {
        list_with_taken(self.view(), range, now)
    }

    /// The earliest start in `range` that may be booked. Costs in proportion to how far away it is.
    pub fn next_available(&self, range: Interval, now: Instant) -> Option<Instant> {
        first(self.view(), range, now)
    }

    /// Judges one start. Accepts exactly the starts that [`Snapshot::slots`] lists (rule 11).
    ///
    /// # Errors
    /// The first rule, in the order of the rules, that refuses the start.
    pub fn admit(&self, start: Instant, now: Instant) -> Result<Admission, Refusal> {
        judge(self.view(), start, now)
    }

    /// The bookings in the way of a meeting at `start`, buffers considered, in no particular order. O(log n + k), and
    /// O(n log n) for the first such question after a change.
    pub fn conflicts(&self, start: Instant) -> impl Iterator<Item = &Booking> {
        let tree = self.by_time.get_or_init(|| {
            let policy = &self.facts.policy;
            let blocks = |booking: &Booking| Some((blocked_by_booking(booking, policy)?, *booking));
            self.facts.bookings.iter().filter_map(blocks).collect()
        });
        tree.containing(start).map(|(_, booking)| booking)
    }

    /// Closes one more stretch of time. O(n), most of it copying.
    pub fn insert_busy(&mut self, busy: Interval) {
        self.facts.busy.insert(busy);
        if let Some(blocked) = blocked_by_busy(busy, &self.facts.policy) {
            self.block(blocked);
        }
        self.blocked_changed();
    }

    /// Adds a booking. O(n), most of it copying.
    pub fn insert_booking(&mut self, booking: Booking) {
        self.facts.bookings.push(booking);
        if let Some(blocked) = blocked_by_booking(&booking, &self.facts.policy) {
            self.block(blocked);
        }
        self.bookings_changed();
    }

    /// Takes a booking away, and answers whether it was there. What else blocked its time goes on doing so. O(n).
    pub fn remove_booking(&mut self, booking: &Booking) -> bool {
        let Some(index) = self.facts.bookings.iter().position(|b| b == booking) else { return false };
        self.facts.bookings.swap_remove(index);
        let policy = &self.facts.policy;
        if let Some(gone) = blocked_by_booking(booking, policy) {
            self.blocked.remove(gone);
            if let Some(comb) = &mut self.comb {
                comb.mark(gone, false);
            }
            let busy = self.facts.busy.as_slice().iter().filter_map(|busy| blocked_by_busy(*busy, policy));
            let bookings = self.facts.bookings.iter().filter_map(|b| blocked_by_booking(b, policy));
            let others: Vec<Interval> = busy.chain(bookings).filter(|other| other.overlaps(gone)).collect();
            others.into_iter().for_each(|other| self.block(other));
        }
        self.bookings_changed();
        true
    }

    pub(crate) fn view(&self) -> View<'_> {
        let Facts { zone, schedule, policy, .. } = &self.facts;
        let (blocked, frequency) = (&self.blocked, &self.frequency);
        let (closed, comb) = (self.closed.as_ref().unwrap_or(blocked), self.comb.as_ref());
        View { zone, schedule, policy, blocked, closed, comb, frequency }
    }

    fn block(&mut self, starts: Interval) {
        self.blocked.insert(starts);
        match &mut self.comb {
            Some(comb) if comb.covers(starts) => comb.mark(starts, true),
            _ => self.comb = comb(&self.facts, &self.blocked),
        }
    }

    fn bookings_changed(&mut self) {
        self.frequency = frequency_of(&self.facts);
        self.by_time = OnceLock::new();
        self.blocked_changed();
    }

    fn blocked_changed(&mut self) {
        let had_limits = self.closed.is_some();
        self.closed = closed(&self.blocked, &self.frequency);
        if had_limits || self.closed.is_some() {
            self.comb = comb(&self.facts, self.closed.as_ref().unwrap_or(&self.blocked));
        }
    }
}

/// Every start in `range` that may be booked, from facts as they are: for one question, where preparing a
/// [`Snapshot`] would not pay.
pub fn slots(facts: &Facts, range: Interval, now: Instant) -> Slots {
    with_view(facts, |view| list(view, range, now))
}

/// The same, with the starts that only something busy removed.
pub fn slots_and_taken(facts: &Facts, range: Interval, now: Instant) -> Vec<(Run, Status)> {
    with_view(facts, |view| list_with_taken(view, range, now))
}

/// The earliest start in `range` that may be booked, from facts as they are.
pub fn next_available(facts: &Facts, range: Interval, now: Instant) -> Option<Instant> {
    with_view(facts, |view| first(view, range, now))
}

/// Judges one start, from facts as they are. Accepts exactly the starts that [`slots`] lists (rule 11).
///
/// # Errors
/// The first rule, in the order of the rules, that refuses the start.
pub fn admit(facts: &Facts, start: Instant, now: Instant) -> Result<Admission, Refusal> {
    with_view(facts, |view| judge(view, start, now))
}

fn with_view<T>(facts: &Facts, ask: impl FnOnce(View<'_>) -> T) -> T {
    let Facts { zone, schedule, policy, .. } = facts;
    let (blocked, frequency) = (blocked_starts(facts), frequency_of(facts));
    let closed = closed(&blocked, &frequency);
    let closed = closed.as_ref().unwrap_or(&blocked);
    ask(View { zone, schedule, policy, blocked: &blocked, closed, comb: None, frequency: &frequency })
}

fn closed(blocked: &IntervalSet, frequency: &Frequency) -> Option<IntervalSet> {
    (!frequency.full().is_empty()).then(|| blocked.union(frequency.full()))
}

fn comb(facts: &Facts, closed: &IntervalSet) -> Option<Comb> {
    Comb::new(&facts.schedule, &facts.zone, &facts.policy, closed)
}

fn frequency_of(facts: &Facts) -> Frequency {
    Frequency::of(&facts.bookings, &facts.zone, &facts.policy)
}
