//! The store's words, each as one unit of work.

use std::{num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use chrono::NaiveDate;
use slotsmith_engine::Instant;

use super::{
    super::{Bell, Calendar, CalendarSpan, Changes, Cursor, Except, MentorPage, Offer, Storage, Write},
    Result, Store, api_keys, bookings, calendar, holds, hours, jobs, mentors, requests, session_types,
    versions,
    write::OpenWrite,
};
use crate::{
    auth::{ApiKey, Caller, NewApiKey},
    booking::{Booking, BookingDetails, HistoryEntry, Party},
    ids::{BookingId, HoldId, JobId, MentorId, SecretHash},
    jobs::Job,
    mentors::{Mentor, MentorRef, Slug},
    schedule::{Hours, Override},
    session_types::SessionType,
};

#[async_trait]
impl Storage for Store {
    fn acting(&self, caller: Caller) -> Arc<dyn Storage> {
        Arc::new(Store::acting(self, caller))
    }

    async fn role(&self) -> Result<Option<String>> {
        Store::role(self).await
    }

    async fn ping(&self) -> Result<()> {
        Store::ping(self).await
    }

    async fn mentors(&self, after: Option<&Slug>, limit: u32) -> Result<MentorPage> {
        mentors::page(&mut *self.snapshot().await?, after, limit).await
    }

    async fn mentor(&self, mentor: &MentorRef) -> Result<Option<Mentor>> {
        mentors::find(&mut *self.read().await?, mentor).await
    }

    async fn add_mentor(&self, mentor: &Mentor, now: Instant) -> Result<()> {
        self.commit(None, async |tx| mentors::insert(tx, mentor, now).await).await
    }

    async fn session_types(&self, mentor: MentorId) -> Result<Vec<SessionType>> {
        session_types::of_mentor(&mut *self.read().await?, mentor).await
    }

    async fn session_type(&self, mentor: MentorId, slug: &Slug) -> Result<Option<SessionType>> {
        session_types::by_slug(&mut *self.read().await?, mentor, slug).await
    }

    async fn add_session_type(&self, session_type: &SessionType) -> Result<()> {
        self.commit(Some(session_type.mentor), async |tx| session_types::insert(tx, session_type).await).await
    }

    async fn update_session_type(&self, session_type: &SessionType) -> Result<()> {
        self.commit(Some(session_type.mentor), async |tx| session_types::update(tx, session_type).await).await
    }

    async fn retire_session_type(&self, mentor: MentorId, slug: &Slug, now: Instant) -> Result<bool> {
        self.commit(Some(mentor), async |tx| session_types::retire(tx, mentor, slug, now).await).await
    }

    async fn hours(&self, mentor: MentorId) -> Result<Hours> {
        hours::read(&mut *self.snapshot().await?, mentor).await
    }

    async fn put_hours(&self, mentor: MentorId, timezone: &str, hours: &Hours) -> Result<()> {
        self.commit(Some(mentor), async |tx| hours::replace(tx, mentor, timezone, hours).await).await
    }

    async fn put_override(&self, mentor: MentorId, one: &Override) -> Result<()> {
        self.commit(Some(mentor), async |tx| hours::put_override(tx, mentor, one).await).await
    }

    async fn delete_override(&self, mentor: MentorId, date: NaiveDate) -> Result<bool> {
        self.commit(Some(mentor), async |tx| hours::delete_override(tx, mentor, date).await).await
    }

    async fn calendar(
        &self,
        mentor: MentorId,
        span: CalendarSpan,
        except: Except,
        now: Instant,
    ) -> Result<Calendar> {
        calendar::read(&mut *self.read().await?, mentor, span, except, now).await
    }

    async fn offer(&self, mentor: MentorId, span: CalendarSpan, now: Instant) -> Result<Option<Offer>> {
        versions::offer(&mut *self.snapshot().await?, mentor, span, now).await
    }

    async fn changes(&self, since: Option<Cursor>) -> Result<Changes> {
        versions::changes(&mut *self.read().await?, since).await
    }

    fn bell(&self) -> Arc<Bell> {
        self.notices.bell()
    }

    async fn release_hold(&self, id: HoldId, token: SecretHash) -> Result<bool> {
        let released = self.commit(None, async |tx| holds::release(tx, id, token).await).await;
        self.notices.tell();
        released
    }

    async fn booking(&self, id: BookingId) -> Result<Option<BookingDetails>> {
        bookings::details(&mut *self.snapshot().await?, id).await
    }

    async fn history(&self, booking: &Booking) -> Result<Vec<HistoryEntry>> {
        bookings::history(&mut *self.read().await?, booking).await
    }

    async fn token_holder(&self, booking: &Booking, token: SecretHash) -> Result<Option<Party>> {
        bookings::token_holder(&mut *self.read().await?, booking, token).await
    }

    async fn issue_token(
        &self,
        booking: &Booking,
        token: SecretHash,
        holder: Party,
        for_job: JobId,
        now: Instant,
    ) -> Result<()> {
        self.commit(None, async |tx| bookings::insert_token(tx, booking, token, holder, for_job, now).await)
            .await
    }

    async fn count_attempt(
        &self,
        source: SecretHash,
        most: NonZeroU32,
        since: Instant,
        now: Instant,
    ) -> Result<Option<Instant>> {
        self.commit(None, async |tx| requests::count_attempt(tx, source, most, since, now).await).await
    }

    async fn write(&self, mentor: MentorId) -> Result<Box<dyn Write>> {
        Ok(Box::new(OpenWrite::new(self.begin(Some(mentor)).await?, mentor, self.notices.clone())))
    }

    async fn api_key(&self, secret: SecretHash) -> Result<Option<ApiKey>> {
        api_keys::find(&mut *self.read().await?, secret).await
    }

    async fn add_api_key(&self, key: &NewApiKey, now: Instant) -> Result<()> {
        self.commit(None, async |tx| api_keys::insert(tx, key, now).await).await
    }

    async fn claim_jobs(&self, now: Instant, lease_until: Instant, limit: u32) -> Result<Vec<Job>> {
        self.commit(None, async |tx| jobs::claim(tx, now, lease_until, limit).await).await
    }

    async fn finish_job(&self, id: JobId, now: Instant) -> Result<()> {
        self.commit(None, async |tx| jobs::close(tx, id, "done", None, now).await).await
    }

    async fn retry_job(&self, id: JobId, run_at: Instant, error: &str) -> Result<()> {
        self.commit(None, async |tx| jobs::retry(tx, id, run_at, error).await).await
    }

    async fn abandon_job(&self, id: JobId, now: Instant, error: &str) -> Result<()> {
        self.commit(None, async |tx| jobs::close(tx, id, "abandoned", Some(error), now).await).await
    }

    async fn next_job_at(&self) -> Result<Option<Instant>> {
        jobs::next_at(&mut *self.read().await?).await
    }
}
