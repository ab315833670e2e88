//! Civil hours become instants here, once (rules 2 to 4).

use chrono::{Days, NaiveDate};

use crate::{Instant, Interval, IntervalSet, Schedule, ZoneRules};

/// The open time around some span, as instants, and the grids that lie on it.
pub(crate) struct OpenTime<'a> {
    zone: &'a ZoneRules,
    hours: IntervalSet,
}

/// A run of possible starts, `origin + k * step` before `until`, for meetings that end by `closes`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    pub(crate) origin: Instant,
    pub(crate) until: Instant,
    pub(crate) closes: Instant,
}

impl<'a> OpenTime<'a> {
    /// Open time and grids, exact for starts from `from` to `to` and a day of meeting after them.
    ///
    /// Two dates of look-back: one for an interval that began the day before (a date after a wholly open one
    /// starts its own grid, so one is enough), one for a fold that repeats the end of a date.
    /// Three dates of look-ahead: a step to the next start, its meeting, and a date that a zone may skip.
    pub(crate) fn around(
        schedule: &Schedule,
        zone: &'a ZoneRules,
        from: Instant,
        to: Instant,
    ) -> OpenTime<'a> {
        let first = zone.local_date(from).checked_sub_days(Days::new(2)).unwrap_or(NaiveDate::MIN);
        let last = zone.local_date(to).checked_add_days(Days::new(3)).unwrap_or(NaiveDate::MAX);
        let hours = first
            .iter_days()
            .take_while(|date| *date <= last)
            .flat_map(|date| schedule.parts_of(date).map(move |part| (date, part)))
            .flat_map(|(date, (opens, closes))| zone.instants_of(date, opens, closes))
            .collect();
        OpenTime { zone, hours }
    }

    /// Every grid, ascending.
    pub(crate) fn grids(&self) -> impl Iterator<Item = Grid> {
        self.hours.as_slice().iter().flat_map(|open| self.grids_of(*open))
    }

    /// The grid on which a start at `at` would lie; `None` when it is outside open time.
    pub(crate) fn grid_at(&self, at: Instant) -> Option<Grid> {
        let open = self.hours.find(at)?;
        self.grids_of(open).find(|grid| at < grid.until)
    }

    fn grids_of(&self, open: Interval) -> impl Iterator<Item = Grid> {
        let last_date = self.zone.local_date(open.end());
        let restarts = self
            .zone
            .local_date(open.start())
            .iter_days()
            .skip(1)
            .take_while(move |date| *date <= last_date)
            .filter_map(move |date| self.restart_on(date))
            .filter(move |at| open.start() < *at && *at < open.end());
        let mut origin = Some(open.start());
        let mut restarts = restarts.fuse();
        core::iter::from_fn(move || {
            let from = origin.take()?;
            let next = restarts.next();
            origin = next;
            Some(Grid { origin: from, until: next.unwrap_or(open.end()), closes: open.end() })
        })
    }

    /// A date whose date before was open from end to end starts its own grid at its first instant. (A date that
    /// the zone skipped has no instant that was closed.)
    fn restart_on(&self, date: NaiveDate) -> Option<Instant> {
        let before = date.pred_opt()?;
        let wholly_open = self.zone.date_span(before).all(|part| self.hours.covers(part));
        if wholly_open { self.zone.first_instant(date) } else { None }
    }
}

impl Grid {
    /// The first start on the grid at or after `at`.
    pub(crate) fn at_or_after(&self, at: Instant, step_seconds: i64) -> Instant {
        let behind = (at.unix() - self.origin.unix()).max(0);
        self.origin.plus((behind + step_seconds - 1) / step_seconds * step_seconds)
    }

    /// Whether a meeting from `start` ends while the hours last. (Plain numbers: an [`Instant`] would hold an end
    /// beyond [`Instant::MAX`] there, and call that time open.)
    pub(crate) fn fits(&self, start: Instant, duration_seconds: i64) -> bool {
        start.unix() + duration_seconds <= self.closes.unix()
    }
}
