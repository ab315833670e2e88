//! The attack's checker, on made-up histories: an honest one passes, and each sort of lie is found. A checker that
//! cannot fail proves nothing.

use std::collections::BTreeSet;

use slotsmith_tests::attack::{
    checker::{Evidence, Rule, check},
    history::{Fault, FaultKind, Loss, Op, OpId, Outcome, Request, Span, State, Time},
    store::{Line, Stored, StoredBooking},
    world::{Wish, World},
};

/// Kim's hour has no limits, her half hour has buffers, her quarter has a limit by day.
const HOUR: usize = 0;
const HALF: usize = 1;
const QUICK: usize = 2;
const KIM: usize = 0;
/// Maya's hour has limits of three by day and twelve by week. Her dates begin twelve hours before those in UTC.
const MAYA: usize = 1;

/// A history in the making. All times are small numbers; everything is over at 1000.
struct Story(Evidence);

/// A start that a mentor offers: the `nth` of a day of the attack.
fn wish(mentor: usize, kind: usize, day: u64, nth: u64) -> Wish {
    Wish { mentor, kind, start: World::standard().start(mentor, kind, day, nth) }
}

fn state(wish: Wish, status: &str) -> State {
    let end = wish.start + World::standard().kind(wish).minutes * 60;
    State { start: wish.start, end, status: status.into() }
}

fn refused(status: u16, code: &str) -> Outcome {
    Outcome::Refused { status, code: code.into() }
}

impl Story {
    fn new() -> Story {
        Story(Evidence {
            world: World::standard(),
            ops: Vec::new(),
            faults: Vec::new(),
            log: String::new(),
            stored: Stored::default(),
            gone: 1_000,
        })
    }

    fn ask(&mut self, (from, until): (Time, Time), request: Request, outcome: Outcome) -> OpId {
        let id = OpId(self.0.ops.len() as u64);
        self.0.ops.push(Op { id, process: 0, span: Span { from, until }, request, outcome });
        id
    }

    /// A booking that was answered and is stored.
    fn book(&mut self, id: &str, when: (Time, Time), wish: Wish) -> OpId {
        let outcome = Outcome::Booked { id: id.into(), state: state(wish, "confirmed") };
        let op = self.ask(when, Request::Book(wish), outcome);
        self.store(id, op, wish);
        op
    }

    /// A booking in the store.
    fn store(&mut self, id: &str, op: OpId, wish: Wish) {
        let mentor = &self.0.world.mentors[wish.mentor];
        self.0.stored.bookings.push(StoredBooking {
            id: id.into(),
            mentor: mentor.slug.into(),
            kind: mentor.kinds[wish.kind].slug.into(),
            email: format!("{op}@example.com"),
            state: state(wish, "confirmed"),
            sequence: 0,
            whole: true,
            lines: vec![Line {
                sequence: 0,
                action: "created".into(),
                from: None,
                to: (wish.start, "confirmed".into()),
                reason: None,
            }],
        });
    }

    fn stored(&mut self, id: &str) -> &mut StoredBooking {
        self.0.stored.bookings.iter_mut().find(|booking| booking.id == id).unwrap()
    }

    /// A change in the store.
    fn change(&mut self, id: &str, action: &str, to: State, reason: Option<OpId>) {
        let booking = self.stored(id);
        booking.sequence += 1;
        booking.lines.push(Line {
            sequence: booking.sequence,
            action: action.into(),
            from: Some((booking.state.start, booking.state.status.clone())),
            to: (to.start, to.status.clone()),
            reason: reason.map(|op| op.to_string()),
        });
        booking.state = to;
    }

    /// A cancellation that was answered and is stored.
    fn cancel(&mut self, id: &str, when: (Time, Time)) -> OpId {
        let to = State { status: "cancelled".into(), ..self.stored(id).state.clone() };
        let op = self.ask(when, Request::Cancel { booking: id.into() }, Outcome::Shown(to.clone()));
        self.change(id, "cancelled", to, Some(op));
        op
    }

    /// A move that was answered and is stored.
    fn shift(&mut self, id: &str, when: (Time, Time), to: Wish) -> OpId {
        let request = Request::Move { booking: id.into(), start: to.start };
        let op = self.ask(when, request, Outcome::Shown(state(to, "confirmed")));
        self.change(id, "rescheduled", state(to, "confirmed"), None);
        op
    }

    fn read(&mut self, id: &str, when: (Time, Time), shown: State) {
        self.ask(when, Request::Read { booking: id.into() }, Outcome::Shown(shown));
    }

    fn fault(&mut self, kind: FaultKind, (from, until): (Time, Time)) {
        self.0.faults.push(Fault {
            kind,
            process: kind.is_of_process().then_some(0),
            span: Span { from, until },
            recovered: true,
        });
    }

    /// Exactly these promises are broken.
    #[track_caller]
    fn breaks(&self, rules: &[Rule]) {
        let found = check(&self.0);
        let broken: BTreeSet<Rule> = found.iter().map(|violation| violation.rule).collect();
        assert_eq!(broken, rules.iter().copied().collect(), "{found:#?}");
    }

    #[track_caller]
    fn is_honest(&self) {
        self.breaks(&[]);
    }
}

#[test]
fn an_honest_history_passes() {
    let mut story = Story::new();
    let (nine, ten, eleven) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4), wish(KIM, HOUR, 0, 8));
    story.book("a", (0, 10), nine);
    story.ask((11, 12), Request::Book(nine), refused(409, "slot_taken"));
    story.shift("a", (20, 30), ten);
    story.book("b", (31, 40), nine);
    story.ask((41, 42), Request::Move { booking: "a".into(), start: nine.start }, refused(409, "slot_taken"));
    story.read("a", (43, 44), state(ten, "confirmed"));
    let cancelled = story.cancel("a", (50, 60));
    // Again: the same answer, and nothing happens.
    story.ask((61, 62), Request::Cancel { booking: "a".into() }, Outcome::Shown(state(ten, "cancelled")));
    story.ask(
        (63, 64),
        Request::Move { booking: "a".into(), start: eleven.start },
        refused(409, "booking_state_conflict"),
    );
    story.read("a", (65, 66), state(ten, "cancelled"));
    story.book("c", (70, 80), ten);
    assert_eq!(story.stored("a").lines[2].reason, Some(cancelled.to_string()));
    story.is_honest();
}

#[test]
fn what_was_not_answered_may_have_been_done_or_not() {
    for (done, loss) in [(false, Loss::Cut), (true, Loss::Cut), (true, Loss::Broken)] {
        let mut story = Story::new();
        story.fault(FaultKind::Kill, (5, 15));
        let nine = wish(KIM, HOUR, 0, 0);
        let op = story.ask((0, 10), Request::Book(nine), Outcome::Unknown(loss));
        if done {
            story.store("a", op, nine);
            // It may stand in somebody's way at once, or much later.
            story.ask((1, 2), Request::Book(nine), refused(409, "slot_taken"));
            story.ask((500, 501), Request::Book(nine), refused(409, "slot_taken"));
        }
        story.is_honest();
    }
}

#[test]
fn overlaps_are_found_wherever_they_were() {
    let (nine, quarter_past) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 1));
    let mut at_the_end = Story::new();
    at_the_end.book("a", (0, 10), nine);
    at_the_end.book("b", (5, 12), quarter_past);
    at_the_end.breaks(&[Rule::NoOverlap]);

    let mut in_the_middle = Story::new();
    in_the_middle.book("a", (0, 10), nine);
    in_the_middle.book("b", (5, 12), quarter_past);
    in_the_middle.cancel("a", (20, 30));
    in_the_middle.breaks(&[Rule::NoOverlap]);

    let mut by_a_move = Story::new();
    by_a_move.book("a", (0, 10), nine);
    by_a_move.book("b", (0, 10), wish(KIM, HOUR, 1, 0));
    by_a_move.shift("b", (20, 30), nine);
    by_a_move.breaks(&[Rule::NoOverlap]);

    let mut one_after_the_other = Story::new();
    one_after_the_other.book("a", (0, 10), nine);
    one_after_the_other.cancel("a", (20, 40));
    one_after_the_other.book("b", (30, 35), quarter_past);
    one_after_the_other.is_honest();
}

#[test]
fn buffers_count_and_the_larger_one_is_enough() {
    // A half hour from 09:30 wants ten minutes before it and fifteen after; an hour wants none.
    for (nth, rules) in [(3, &[Rule::NoOverlap][..]), (4, &[Rule::NoOverlap]), (5, &[])] {
        let mut story = Story::new();
        story.book("a", (0, 10), wish(KIM, HALF, 0, 1));
        story.book("b", (20, 30), wish(KIM, HOUR, 0, nth));
        story.breaks(rules);
    }
    // And a quarter that ends five minutes before it, another ten.
    for (nth, rules) in [(2, &[Rule::NoOverlap][..]), (1, &[])] {
        let mut story = Story::new();
        story.book("a", (0, 10), wish(KIM, HALF, 0, 1));
        story.book("b", (20, 30), wish(KIM, QUICK, 0, nth));
        story.breaks(rules);
    }
}

#[test]
fn what_was_answered_and_is_gone_is_lost() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let mut booking = Story::new();
    booking.book("a", (0, 10), nine);
    booking.0.stored.bookings.clear();
    booking.breaks(&[Rule::NothingLost]);

    let mut cancellation = Story::new();
    cancellation.book("a", (0, 10), nine);
    cancellation.ask(
        (20, 30),
        Request::Cancel { booking: "a".into() },
        Outcome::Shown(state(nine, "cancelled")),
    );
    cancellation.breaks(&[Rule::NothingLost]);

    let mut movement = Story::new();
    movement.book("a", (0, 10), nine);
    let request = Request::Move { booking: "a".into(), start: ten.start };
    movement.ask((20, 30), request, Outcome::Shown(state(ten, "confirmed")));
    movement.breaks(&[Rule::NothingLost]);

    let mut not_found = Story::new();
    not_found.book("a", (0, 10), nine);
    not_found.ask((20, 30), Request::Read { booking: "a".into() }, refused(404, "not_found"));
    not_found.breaks(&[Rule::NothingLost]);
}

#[test]
fn what_nobody_may_have_done_is_invented() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let mut by_nobody = Story::new();
    by_nobody.store("a", OpId(99), nine);
    by_nobody.breaks(&[Rule::NothingInvented]);

    for outcome in [refused(503, "unavailable"), Outcome::NotSent(Loss::Cut)] {
        let mut story = Story::new();
        story.fault(FaultKind::DiskFull, (0, 20));
        let op = story.ask((0, 10), Request::Book(nine), outcome.clone());
        story.store("a", op, nine);
        story.breaks(&[Rule::NothingInvented]);

        let mut story = Story::new();
        story.fault(FaultKind::DiskFull, (0, 40));
        story.book("a", (0, 10), nine);
        let op = story.ask((20, 30), Request::Cancel { booking: "a".into() }, outcome.clone());
        story.change("a", "cancelled", state(nine, "cancelled"), Some(op));
        story.breaks(&[Rule::NothingInvented]);

        let mut story = Story::new();
        story.fault(FaultKind::DiskFull, (0, 40));
        story.book("a", (0, 10), nine);
        story.ask((20, 30), Request::Move { booking: "a".into(), start: ten.start }, outcome);
        story.change("a", "rescheduled", state(ten, "confirmed"), None);
        story.breaks(&[Rule::NothingInvented]);
    }

    let mut twice = Story::new();
    let op = twice.ask((0, 10), Request::Book(nine), Outcome::Unknown(Loss::Cut));
    twice.store("a", op, nine);
    twice.store("b", op, nine);
    twice.cancel("a", (20, 30));
    twice.breaks(&[Rule::NothingInvented]);

    let mut something_else = Story::new();
    let op = something_else.ask((0, 10), Request::Book(nine), Outcome::Unknown(Loss::Cut));
    something_else.store("a", op, ten);
    something_else.breaks(&[Rule::NothingInvented]);
}

#[test]
fn one_request_moves_a_booking_once() {
    let (nine, ten, eleven) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4), wish(KIM, HOUR, 0, 8));
    let mut story = Story::new();
    story.book("a", (0, 10), nine);
    story.shift("a", (20, 30), ten);
    story.shift("a", (40, 50), eleven);
    story.change("a", "rescheduled", state(ten, "confirmed"), None);
    story.breaks(&[Rule::NothingInvented]);
}

#[test]
fn a_history_that_does_not_add_up_is_found() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let spoil: [fn(&mut StoredBooking); 7] = [
        |booking| booking.lines.clear(),
        |booking| drop(booking.lines.remove(1)),
        |booking| drop(booking.lines.pop()),
        |booking| booking.sequence += 1,
        |booking| booking.state.status = "confirmed".into(),
        |booking| booking.state.end += 60,
        |booking| booking.lines[2].from = Some((0, "confirmed".into())),
    ];
    for spoil in spoil {
        let mut story = Story::new();
        story.book("a", (0, 10), nine);
        story.shift("a", (20, 30), ten);
        story.cancel("a", (40, 50));
        story.is_honest();
        spoil(story.stored("a"));
        story.breaks(&[Rule::HistoryAddsUp]);
    }
}

#[test]
fn changes_in_an_order_that_real_time_forbids_are_found() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let mut story = Story::new();
    story.book("a", (0, 10), nine);
    story.shift("a", (40, 50), ten);
    story.cancel("a", (20, 30));
    story.breaks(&[Rule::HistoryAddsUp]);
}

#[test]
fn a_booking_shown_as_it_was_not_yet_or_no_longer_is_stale() {
    let nine = wish(KIM, HOUR, 0, 0);
    for (when, shown, rules) in [
        ((15, 19), "confirmed", &[][..]),
        ((25, 26), "confirmed", &[]),
        ((25, 26), "cancelled", &[]),
        ((31, 32), "confirmed", &[Rule::NothingStale]),
        ((15, 19), "cancelled", &[Rule::NothingStale]),
    ] {
        let mut story = Story::new();
        story.book("a", (0, 10), nine);
        story.cancel("a", (20, 30));
        story.read("a", when, state(nine, shown));
        story.breaks(rules);
    }
}

#[test]
fn a_taken_slot_needs_somebody_who_may_have_had_it() {
    let (nine, quarter_past, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 1), wish(KIM, HOUR, 0, 4));
    let unjustified = &[Rule::RefusalsJustified][..];
    for (when, wanted, rules) in [
        ((5, 6), quarter_past, &[][..]),
        ((50, 60), quarter_past, &[]),
        ((25, 70), quarter_past, &[]),
        ((15, 19), ten, unjustified),
        ((31, 32), quarter_past, unjustified),
        ((31, 32), wish(MAYA, HOUR, 0, 0), unjustified),
    ] {
        let mut story = Story::new();
        story.book("a", (0, 10), nine);
        story.cancel("a", (20, 30));
        story.book("b", (45, 65), nine);
        story.ask(when, Request::Book(wanted), refused(409, "slot_taken"));
        story.breaks(rules);
    }
    // A booking does not stand in its own way.
    let mut own = Story::new();
    own.book("a", (0, 10), nine);
    own.ask(
        (20, 30),
        Request::Move { booking: "a".into(), start: quarter_past.start },
        refused(409, "slot_taken"),
    );
    own.breaks(unjustified);
    // Nor does it in another's that was refused.
    let mut refused_too = Story::new();
    refused_too.ask((0, 10), Request::Book(nine), refused(409, "slot_taken"));
    refused_too.ask((0, 10), Request::Book(nine), refused(409, "slot_taken"));
    refused_too.breaks(unjustified);
}

#[test]
fn other_conflicts_need_their_reasons_too() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let away = || Request::Move { booking: "a".into(), start: ten.start };
    for (when, request, code, rules) in [
        ((31, 32), away(), "booking_state_conflict", &[][..]),
        ((11, 12), away(), "booking_state_conflict", &[Rule::RefusalsJustified]),
        ((31, 32), Request::Book(ten), "booking_state_conflict", &[Rule::RefusalsJustified]),
        ((31, 32), Request::Book(ten), "bad_mood", &[Rule::RefusalsJustified]),
        (
            (31, 32),
            Request::Cancel { booking: "a".into() },
            "booking_state_conflict",
            &[Rule::RefusalsJustified],
        ),
    ] {
        let mut story = Story::new();
        story.book("a", (0, 10), nine);
        story.cancel("a", (20, 30));
        story.ask(when, request, refused(409, code));
        story.breaks(rules);
    }
}

/// Maya's hours: so many on each of these days, one after the other in time.
fn maya(days: &[(u64, u64)]) -> Story {
    let mut story = Story::new();
    for (day, count) in days {
        for nth in 0..*count {
            let from = 10 * story.0.ops.len() as u64;
            story.book(&format!("{day}-{nth}"), (from, from + 5), wish(MAYA, HOUR, *day, 3 * nth));
        }
    }
    story
}

/// The attack's first day is a Thursday.
#[test]
fn full_days_and_weeks_are_full() {
    let unjustified = &[Rule::RefusalsJustified][..];
    let twelve: &[(u64, u64)] = &[(3, 3), (4, 3), (5, 3), (9, 3)];
    for (days, day, code, rules) in [
        (&[(4, 3)][..], 4, "day_full", &[][..]),
        (&[(4, 2), (5, 1)], 4, "day_full", unjustified),
        (&[(4, 3)], 5, "day_full", unjustified),
        (twelve, 6, "week_full", &[]),
        (twelve, 2, "week_full", unjustified),
        (twelve, 10, "week_full", unjustified),
        (&twelve[1..], 6, "week_full", unjustified),
    ] {
        let mut story = maya(days);
        story.ask((500, 501), Request::Book(wish(MAYA, HOUR, day, 20)), refused(409, code));
        story.breaks(rules);
    }
}

#[test]
fn bookings_beyond_a_limit_are_found() {
    maya(&[(4, 3)]).is_honest();
    maya(&[(4, 4)]).breaks(&[Rule::Limits]);
    maya(&[(3, 3), (4, 3), (5, 3), (9, 3), (10, 3)]).is_honest();
    maya(&[(3, 3), (4, 3), (5, 3), (8, 1), (9, 3)]).breaks(&[Rule::Limits]);

    // Two at once for the last place, one of them called off before anybody looked.
    let mut race = maya(&[(4, 2)]);
    race.book("x", (100, 110), wish(MAYA, HOUR, 4, 9));
    race.book("y", (100, 110), wish(MAYA, HOUR, 4, 12));
    race.cancel("x", (120, 130));
    race.breaks(&[Rule::Limits]);

    // The place was free again at the time.
    let mut room = maya(&[(4, 3)]);
    room.cancel("4-0", (100, 120));
    room.book("x", (110, 115), wish(MAYA, HOUR, 4, 0));
    room.is_honest();

    // Bookings of another kind count for a kind that has a limit, and are not bound by it.
    let quick = wish(KIM, QUICK, 0, 0);
    for (from, rules) in [(0, &[][..]), (900, &[Rule::Limits])] {
        let mut mixed = Story::new();
        mixed.book("quick", (from, from + 5), quick);
        for hour in 1..7 {
            mixed.book(&hour.to_string(), (10 * hour, 10 * hour + 5), wish(KIM, HOUR, 0, 4 * hour));
        }
        mixed.breaks(rules);
    }
}

#[test]
fn answers_outside_the_contract_are_found() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let unanswerable = [
        refused(500, "broken"),
        refused(503, "unavailable"),
        refused(503, "unreadable"),
        Outcome::Unknown(Loss::Unsure),
        refused(422, "outside_hours"),
        refused(201, "unreadable"),
        Outcome::Shown(state(nine, "confirmed")),
        Outcome::Unknown(Loss::Broken),
        Outcome::NotSent(Loss::Broken),
        Outcome::Unknown(Loss::Silent),
    ];
    for outcome in unanswerable {
        let mut story = Story::new();
        story.ask((0, 10), Request::Book(nine), outcome.clone());
        story.breaks(&[Rule::Answers]);
        let is_of_database = [refused(503, "unavailable"), Outcome::Unknown(Loss::Unsure)].contains(&outcome);
        // Each fault excuses its own, and only while it lasts.
        for (kind, excused) in [
            (FaultKind::DiskFull, outcome == refused(503, "unavailable")),
            (
                FaultKind::Kill,
                matches!(outcome, Outcome::Unknown(Loss::Broken) | Outcome::NotSent(Loss::Broken)),
            ),
            (FaultKind::DatabaseDiskFull, is_of_database),
            (FaultKind::DatabaseKill, is_of_database),
            (FaultKind::ConnectionsCut, is_of_database),
        ] {
            let mut story = Story::new();
            story.fault(kind, (20, 30));
            story.ask((25, 40), Request::Book(nine), outcome.clone());
            story.breaks(if excused { &[] } else { &[Rule::Answers] });
            story.ask((31, 40), Request::Book(nine), outcome.clone());
            story.breaks(&[Rule::Answers]);
        }
    }
    let mut elsewhere = Story::new();
    elsewhere.book("a", (0, 10), nine);
    elsewhere.0.ops[0].outcome = Outcome::Booked { id: "a".into(), state: state(ten, "confirmed") };
    elsewhere.breaks(&[Rule::Answers]);
}

#[test]
fn halves_damage_and_processes_that_stay_ill_are_found() {
    let mut half = Story::new();
    half.book("a", (0, 10), wish(KIM, HOUR, 0, 0));
    half.stored("a").whole = false;
    half.breaks(&[Rule::Wholeness]);

    let mut damaged = Story::new();
    damaged.0.stored.damage.push("row 7 missing from index bookings_id".into());
    damaged.breaks(&[Rule::Wholeness]);

    let mut ill = Story::new();
    ill.fault(FaultKind::DiskFull, (0, 10));
    ill.0.faults[0].recovered = false;
    ill.breaks(&[Rule::Recovery]);
}

#[test]
fn panics_and_deadlocks_are_found_in_the_log() {
    for (line, rules) in [
        ("WARN answering 503 error=the store is not available", &[][..]),
        ("WARN answering 503 error=the store is not available: deadlock detected", &[Rule::Steadiness]),
        ("thread 'main' panicked at server/src/main.rs:1:1:", &[Rule::Steadiness]),
    ] {
        let mut story = Story::new();
        story.0.log = format!("INFO serving\n{line}\nINFO serving\n");
        story.breaks(rules);
    }
}

#[test]
fn a_request_that_is_repeated_makes_one_booking() {
    let (nine, ten) = (wish(KIM, HOUR, 0, 0), wish(KIM, HOUR, 0, 4));
    let booked = |id: &str| Outcome::Booked { id: id.into(), state: state(nine, "confirmed") };
    let again = |first| Request::Repeat { wish: nine, first };

    // Done the first time, done the second time, and answered twice as it was before it was moved.
    let mut story = Story::new();
    let first = story.ask((0, 10), Request::Book(nine), Outcome::Unknown(Loss::Cut));
    story.store("a", first, nine);
    story.ask((20, 30), again(first), booked("a"));
    story.shift("a", (40, 50), ten);
    story.ask((60, 70), again(first), booked("a"));
    story.is_honest();
    // It was there when the second had its answer, whenever the first may have been done.
    story.read("a", (31, 32), state(nine, "confirmed"));
    story.ask((31, 32), Request::Book(nine), refused(409, "slot_taken"));
    story.is_honest();

    let mut two_answers = Story::new();
    let first = two_answers.book("a", (0, 10), nine);
    two_answers.cancel("a", (11, 12));
    two_answers.ask((20, 30), again(first), booked("b"));
    two_answers.store("b", first, nine);
    two_answers.breaks(&[Rule::NothingInvented, Rule::RepeatsAgree]);

    // In the way of itself, and of another that may have been there.
    for (rival, rules) in
        [(false, &[Rule::RefusalsJustified, Rule::RepeatsAgree][..]), (true, &[Rule::RepeatsAgree])]
    {
        let mut own = Story::new();
        let first = own.book("a", (0, 10), nine);
        if rival {
            own.cancel("a", (11, 12));
            own.book("b", (13, 14), nine);
        }
        own.ask((20, 30), again(first), refused(409, "slot_taken"));
        own.breaks(rules);
    }

    let mut not_done = Story::new();
    let first = not_done.ask((0, 10), Request::Book(nine), Outcome::Unknown(Loss::Cut));
    not_done.book("b", (0, 10), nine);
    not_done.ask((20, 30), again(first), refused(409, "slot_taken"));
    not_done.is_honest();
}
