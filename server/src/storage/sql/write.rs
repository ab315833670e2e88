//! One transaction that changes a mentor's bookings and holds the mentor's lock.

use std::num::NonZeroU32;

use async_trait::async_trait;
use slotsmith_engine::Instant;

use super::{
    super::{Counted, Except, Offered},
    Calendar, CalendarSpan, Result, Transaction, Write, bookings, calendar, failed_to_commit, holds, jobs,
    notices::Notices,
    requests,
};
use crate::{
    booking::{Booking, FirstAnswer, HistoryEntry, Hold},
    ids::{BookingId, MentorId, SecretHash},
    jobs::NewJob,
    mentors::Slug,
};

pub(super) struct OpenWrite {
    tx: Transaction,
    mentor: MentorId,
    notices: Notices,
}

impl OpenWrite {
    pub(super) fn new(tx: Transaction, mentor: MentorId, notices: Notices) -> OpenWrite {
        OpenWrite { tx, mentor, notices }
    }
}

#[async_trait]
impl Write for OpenWrite {
    async fn calendar(&mut self, span: CalendarSpan, except: Except, now: Instant) -> Result<Calendar> {
        calendar::read(&mut self.tx, self.mentor, span, except, now).await
    }

    async fn offered(
        &mut self,
        slug: &Slug,
        start: Instant,
        except: Except,
        now: Instant,
    ) -> Result<Option<Offered>> {
        calendar::offered(&mut self.tx, self.mentor, slug, start, except, now).await
    }

    async fn insert_hold(&mut self, hold: &Hold, token: SecretHash, now: Instant) -> Result<()> {
        holds::insert(&mut self.tx, hold, token, now).await
    }

    async fn remove_hold(&mut self, token: SecretHash) -> Result<()> {
        holds::remove(&mut self.tx, self.mentor, token).await
    }

    async fn booking(&mut self, id: BookingId) -> Result<Option<Booking>> {
        bookings::find(&mut self.tx, self.mentor, id).await
    }

    async fn nth_recent(
        &mut self,
        of: Counted<'_>,
        nth: NonZeroU32,
        since: Instant,
    ) -> Result<Option<Instant>> {
        requests::nth_recent(&mut self.tx, self.mentor, of, nth, since).await
    }

    async fn first_answer(&mut self, key: SecretHash, since: Instant) -> Result<Option<FirstAnswer>> {
        requests::first_answer(&mut self.tx, self.mentor, key, since).await
    }

    async fn keep_answer(&mut self, key: SecretHash, answer: &FirstAnswer, now: Instant) -> Result<()> {
        requests::keep_answer(&mut self.tx, self.mentor, key, answer, now).await
    }

    async fn insert_booking(&mut self, booking: &Booking) -> Result<()> {
        bookings::insert(&mut self.tx, booking).await
    }

    async fn update_booking(&mut self, booking: &Booking, now: Instant) -> Result<()> {
        bookings::update(&mut self.tx, booking, now).await
    }

    async fn insert_beside(
        &mut self,
        booking: &Booking,
        token: SecretHash,
        created: &HistoryEntry,
        jobs: [&NewJob; 2],
    ) -> Result<()> {
        bookings::insert_beside(&mut self.tx, booking, token, created, jobs).await
    }

    async fn history(&mut self, booking: &Booking) -> Result<Vec<HistoryEntry>> {
        bookings::history(&mut self.tx, booking).await
    }

    async fn record(&mut self, booking: &Booking, entry: &HistoryEntry) -> Result<()> {
        bookings::record(&mut self.tx, booking, entry).await
    }

    async fn enqueue(&mut self, job: &NewJob) -> Result<()> {
        jobs::insert(&mut self.tx, job).await
    }

    async fn save(self: Box<Self>) -> Result<()> {
        let saved = self.tx.commit().await.map_err(failed_to_commit);
        // Also when nobody knows whether it was saved.
        self.notices.tell();
        saved
    }
}
