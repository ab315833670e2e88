//! Something for every date: one for each day of the week, and others for special dates.

/// Days count from 1970-01-01.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ByDay<T> {
    /// From Sunday on.
    week: [T; 7],
    /// Ascending by day.
    special: Vec<(i64, T)>,
}

impl<T> ByDay<T> {
    /// `special` ascends by day.
    pub(crate) fn new(week: [T; 7], special: Vec<(i64, T)>) -> ByDay<T> {
        debug_assert!(special.is_sorted_by(|a, b| a.0 < b.0));
        ByDay { week, special }
    }

    /// For one day. O(log n) in special ones.
    pub(crate) fn of(&self, day: i64) -> &T {
        match self.special.binary_search_by_key(&day, |special| special.0) {
            Ok(index) => &self.special[index].1,
            Err(_) => &self.week[weekday_of_day(day)],
        }
    }

    /// For `day`, the day after it, and so on without end.
    pub(crate) fn from(&self, day: i64) -> Days<'_, T> {
        let special = &self.special[self.special.partition_point(|special| special.0 < day)..];
        Days { week: &self.week, special, day, weekday: weekday_of_day(day) }
    }

    /// All that there are.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.week.iter().chain(self.special.iter().map(|special| &special.1))
    }

    /// Something else for the same days.
    pub(crate) fn map<U>(&self, mut other: impl FnMut(&T) -> U) -> ByDay<U> {
        ByDay {
            week: self.week.each_ref().map(&mut other),
            special: self.special.iter().map(|(day, special)| (*day, other(special))).collect(),
        }
    }
}

/// Walks days without looking any of them up.
pub(crate) struct Days<'a, T> {
    week: &'a [T; 7],
    special: &'a [(i64, T)],
    day: i64,
    weekday: usize,
}

impl<'a, T> Days<'a, T> {
    /// The day that comes next.
    pub(crate) fn day(&self) -> i64 {
        self.day
    }

    /// To a day that is not earlier.
    pub(crate) fn go_to(&mut self, day: i64) {
        let passed = self.special.partition_point(|special| special.0 < day);
        self.special = &self.special[passed..];
        (self.day, self.weekday) = (day, weekday_of_day(day));
    }

    #[inline]
    pub(crate) fn next(&mut self) -> &'a T {
        let next = match self.special {
            [(day, special), rest @ ..] if *day == self.day => {
                self.special = rest;
                special
            }
            _ => &self.week[self.weekday],
        };
        self.day += 1;
        self.weekday = if self.weekday == 6 { 0 } else { self.weekday + 1 };
        next
    }

    #[inline]
    pub(crate) fn peek(&self) -> &'a T {
        match self.special {
            [(day, special), ..] if *day == self.day => special,
            _ => &self.week[self.weekday],
        }
    }
}

impl<T> Clone for Days<'_, T> {
    fn clone(&self) -> Self {
        Days { ..*self }
    }
}

/// 0 is Sunday; 1970-01-01 was a Thursday.
fn weekday_of_day(day: i64) -> usize {
    usize::try_from((day + 4).rem_euclid(7)).unwrap_or(0)
}
