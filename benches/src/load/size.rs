//! How much is in a store, and when it is.

use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Weekday};
use slotsmith::clock::{Clock as _, SystemClock};

/// Half hours between nine and five.
const STARTS_A_DAY: usize = 16;
/// Starts of each weekday that are booked already for the next four weeks.
const BOOKED: [usize; 2] = [2, 10];
/// How many of a mentor's bookings are still to come.
pub(super) const AHEAD: usize = 40;

/// Mentors, each open on weekdays from nine to five in Seoul for half hours, and their bookings: forty of each in the next
/// four weeks, the others before, back to back.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many mentors.
    pub mentors: usize,
    /// How many bookings they have together.
    pub bookings: usize,
}

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Size, &'static str> {
        let numbers = text.split_once('x').and_then(|(m, b)| Some((m.parse().ok()?, b.parse().ok()?)));
        match numbers {
            Some((mentors, bookings)) if mentors > 0 && bookings >= mentors * AHEAD => {
                Ok(Size { mentors, bookings })
            }
            _ => Err("must be mentors x bookings, such as 10x1000, at least forty for each"),
        }
    }
}

impl Size {
    /// How many bookings of each mentor are over.
    pub(super) fn over(self) -> usize {
        self.bookings / self.mentors - AHEAD
    }

    /// Seconds since 1970 of the starts that are booked ahead, for every mentor the same.
    pub(super) fn booked() -> Vec<i64> {
        let days = weekdays(today()).take(AHEAD / BOOKED.len());
        days.flat_map(|day| BOOKED.map(|place| start(day, place))).collect()
    }

    /// Seconds since 1970 of the free starts that bookings are made of: from the sixth week on.
    pub(super) fn free() -> impl Iterator<Item = i64> {
        weekdays(today() + Days::new(42))
            .flat_map(|day| (0..STARTS_A_DAY).map(move |place| start(day, place)))
    }
}

/// Today, in the zone that the benchmark's dates are counted in.
pub(super) fn today() -> NaiveDate {
    DateTime::from_timestamp(SystemClock.now().unix(), 0).unwrap().date_naive()
}

fn weekdays(after: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    after.iter_days().skip(1).filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
}

/// Nine in Seoul is midnight in UTC.
fn start(day: NaiveDate, place: usize) -> i64 {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
    midnight + i64::try_from(place).unwrap() * 1_800
}
