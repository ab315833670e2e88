//! What bookers want next: the same wishes in the same order for the same seed. Which bookings there are to move or
//! cancel is up to the run, so those are named by how long ago they were made.

use std::time::Duration;

use super::world::{Wish, World};

/// Requests in a row that are about the same mentor and date, so that many at once want the same time.
const CROWD: u64 = 8;
/// Requests until the calendar moves on by a day: in the end every date has been fought for and is left alone.
const PER_DAY: u64 = 120;
/// How many dates are fought for at a time: parts of two weeks or three, for limits by week.
const DAYS: u64 = 10;
/// One request in so many is cut.
const CUT_ONE_IN: u64 = 24;
/// The longest we wait before we cut; an answer under load takes about half as long.
const CUT_AFTER_MICROS: u64 = 60_000;

/// One thing somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    /// What.
    pub what: What,
    /// Whether they break off.
    pub cut: Option<Cut>,
}

/// What somebody wants.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A booking.
    Book(Wish),
    /// To do something with the booking made so many bookings ago.
    Manage(u64, Action),
}

/// What can be done with a booking.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Have it moved.
    Move {
        /// To this day of the attack.
        day: u64,
        /// To this of its starts.
        nth: u64,
    },
    /// Have it cancelled.
    Cancel,
    /// See it.
    Read,
}

/// How a booker breaks off.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// After so many percent of the request, less than all of it.
    Sending(u64),
    /// After this long, wherever that may be.
    After(Duration),
    /// When the answer begins, without reading it.
    Receiving,
}

/// Makes wishes up.
pub struct Generator {
    world: World,
    random: fastrand::Rng,
    made: u64,
    mentor: usize,
    day: u64,
}

impl Generator {
    /// One that always makes the same of the same seed.
    pub fn new(world: World, seed: u64) -> Generator {
        Generator { world, random: fastrand::Rng::with_seed(seed), made: 0, mentor: 0, day: 0 }
    }

    /// The next wish.
    pub fn next_intent(&mut self) -> Intent {
        if self.made.is_multiple_of(CROWD) {
            self.mentor = self.random.usize(..self.world.mentors.len());
            self.day = self.some_day();
        }
        let what = match self.random.u8(..100) {
            0..55 => self.booking(),
            55..75 => {
                let action = Action::Move { day: self.some_day(), nth: self.random.u64(..) };
                What::Manage(self.some_time(), action)
            }
            75..93 => What::Manage(self.some_time(), Action::Cancel),
            _ => What::Manage(self.some_time(), Action::Read),
        };
        let cut = (self.random.u64(..CUT_ONE_IN) == 0).then(|| match self.random.u8(..3) {
            0 => Cut::Sending(self.random.u64(1..100)),
            1 => Cut::After(Duration::from_micros(self.random.u64(..CUT_AFTER_MICROS))),
            _ => Cut::Receiving,
        });
        self.made += 1;
        Intent { what, cut }
    }

    fn booking(&mut self) -> What {
        let kind = self.random.usize(..self.world.mentors[self.mentor].kinds.len());
        let start = self.world.start(self.mentor, kind, self.day, self.random.u64(..));
        What::Book(Wish { mentor: self.mentor, kind, start })
    }

    fn some_day(&mut self) -> u64 {
        self.made / PER_DAY + self.random.u64(..DAYS)
    }

    /// Mostly what was just made, so that several act on one booking at once.
    fn some_time(&mut self) -> u64 {
        let reach = if self.random.bool() { CROWD } else { PER_DAY };
        self.random.u64(..reach)
    }
}
