//! What slots follow from, kept in memory: a question about a mentor whom nothing has happened to needs no database.
//!
//! Kept by version. Before anything kept is trusted, the store is asked which offers have changed since it was asked
//! last; that answer is good for `TRUST`, unless the store's bell rings before. A node that hears of every change thus
//! tells the truth at once; one that hears of none does so `TRUST` later; and one that cannot ask has nothing to say.
//! Listings only: whoever books reads the facts in their own transaction.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use quick_cache::{Weighter, sync::Cache};
use slotsmith_engine::{Instant, Snapshot};
use tokio::{sync::RwLock, time};

use crate::{
    app::App,
    ids::MentorId,
    mentors::{Mentor, MentorRef, Slug},
    session_types::SessionType,
    slots,
    storage::{Bell, CalendarSpan, Cursor, Offer, Storage, StoreError},
};

/// How long an answer of the store stands by itself.
const TRUST: Duration = Duration::from_millis(250);
/// How far ahead of the present is kept, in seconds: beyond it, the store is asked. Two months of a question, and a
/// year to look for the next open start, and some to spare.
const AHEAD_SECONDS: i64 = 500 * 86_400;
/// How long something is kept whatever happens, in seconds, so that [`AHEAD_SECONDS`] stays ahead: a day.
const KEPT_SECONDS: i64 = 86_400;
/// How much is kept, in bytes, by our own estimate.
const BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The same of their names, so that more names are kept than mentors.
const NAMES_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How many are kept, at a rough guess; it may be more or less.
const MENTORS: usize = 10_000;

/// What is kept of all mentors.
pub struct Snapshots {
    store: Arc<dyn Storage>,
    /// Asked for with the first question: who asks none need not be told anything.
    bell: OnceLock<Arc<Bell>>,
    checked: RwLock<Checked>,
    offers: Cache<MentorId, Arc<Kept>, Bytes>,
    ids: Cache<Slug, MentorId, Bytes>,
}

/// Up to when what is kept is known to be true.
struct Checked {
    /// `None`: nothing is known.
    cursor: Option<Cursor>,
    rings: u64,
    until: time::Instant,
}

/// What is kept of one mentor.
pub struct Kept {
    offer: Offer,
    until: Instant,
    /// For each session type, once somebody has asked.
    prepared: Vec<OnceLock<Snapshot>>,
}

impl Snapshots {
    /// Nothing is kept yet. To be made once for each store that a program serves from.
    pub fn new(store: Arc<dyn Storage>) -> Snapshots {
        Snapshots {
            bell: OnceLock::new(),
            store,
            checked: RwLock::new(Checked { cursor: None, rings: 0, until: time::Instant::now() }),
            offers: Cache::with_weighter(MENTORS, BYTES_MAX, Bytes),
            ids: Cache::with_weighter(MENTORS, NAMES_BYTES_MAX, Bytes),
        }
    }

    /// What a mentor offers, no older than this question, unless another node changed it within `TRUST` and its notice
    /// was lost. `None` when there is no such mentor.
    ///
    /// # Errors
    /// When the store is away: old times are no times.
    pub async fn of(&self, mentor: &MentorRef, now: Instant) -> Result<Option<Arc<Kept>>, StoreError> {
        loop {
            self.check().await?;
            let Some(id) = self.id_of(mentor).await? else { return Ok(None) };
            match (self.by_id(id, now).await?, mentor) {
                (Some(kept), MentorRef::Slug(slug)) if kept.offer.mentor.slug != *slug => {
                    self.forget_id(slug)
                }
                (kept, _) => return Ok(kept),
            }
        }
    }

    fn bell(&self) -> &Bell {
        self.bell.get_or_init(|| self.store.bell())
    }

    /// The id of whoever is meant, as it was when somebody asked. Ids stay; what a name stands for need not.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn id_of(&self, mentor: &MentorRef) -> Result<Option<MentorId>, StoreError> {
        let slug = match mentor {
            MentorRef::Id(id) => return Ok(Some(*id)),
            MentorRef::Slug(slug) => slug,
        };
        if let Some(id) = self.ids.get(slug) {
            return Ok(Some(id));
        }
        let found = self.store.mentor(mentor).await?.map(|found| found.id);
        if let Some(id) = found {
            self.ids.insert(slug.clone(), id);
        }
        Ok(found)
    }

    /// What a name stands for is another now.
    pub fn forget_id(&self, slug: &Slug) {
        self.ids.remove(slug);
    }

    /// Reads it once for all who ask meanwhile. What changes while it is read is not kept: [`Snapshots::check`] takes away
    /// the place it would be put in.
    async fn by_id(&self, id: MentorId, now: Instant) -> Result<Option<Arc<Kept>>, StoreError> {
        loop {
            let place = match self.offers.get_value_or_guard_async(&id).await {
                Ok(kept) if now < kept.until => return Ok(Some(kept)),
                Ok(old) => {
                    self.offers.remove_if(&id, |kept| Arc::ptr_eq(kept, &old));
                    continue;
                }
                Err(place) => place,
            };
            let span = CalendarSpan::around(now, now.plus(AHEAD_SECONDS));
            let Some(offer) = self.store.offer(id, span, now).await? else { return Ok(None) };
            let kept = Arc::new(Kept::new(offer, now));
            let _ = place.insert(Arc::clone(&kept));
            return Ok(Some(kept));
        }
    }

    /// Throws away what has changed, unless that was done a moment ago. One asks for all.
    async fn check(&self) -> Result<(), StoreError> {
        if self.checked.read().await.stands(self.bell()) {
            return Ok(());
        }
        let mut checked = self.checked.write().await;
        if checked.stands(self.bell()) {
            return Ok(());
        }
        let (rings, asked) = (self.bell().rings(), time::Instant::now());
        let since = checked.cursor;
        let changes = match self.store.changes(since).await {
            Ok(changes) => changes,
            Err(error) => {
                checked.cursor = None;
                return Err(error);
            }
        };
        match since {
            Some(since) if since <= changes.cursor => {
                for (mentor, version) in &changes.changed {
                    if self.offers.peek(mentor).is_none_or(|kept| kept.offer.version < *version) {
                        self.offers.remove(mentor);
                    }
                }
            }
            // The first time, after the store was away, or another store by the same name.
            _ => self.offers.clear(),
        }
        *checked = Checked { cursor: Some(changes.cursor), rings, until: asked + TRUST };
        Ok(())
    }
}

impl Checked {
    fn stands(&self, bell: &Bell) -> bool {
        self.cursor.is_some() && self.rings == bell.rings() && time::Instant::now() < self.until
    }
}

impl Kept {
    fn new(offer: Offer, now: Instant) -> Kept {
        let tomorrow = now.plus(KEPT_SECONDS);
        Kept {
            until: offer.calendar.held_until.map_or(tomorrow, |held| held.min(tomorrow)),
            prepared: offer.session_types.iter().map(|_| OnceLock::new()).collect(),
            offer,
        }
    }

    /// Whose it is.
    pub fn mentor(&self) -> &Mentor {
        &self.offer.mentor
    }

    /// What they offer, by slug.
    pub fn session_types(&self) -> &[Arc<SessionType>] {
        &self.offer.session_types
    }

    /// Prepared facts that bear on all starts of a span, if so much is kept.
    ///
    /// # Errors
    /// When the mentor's zone is no longer known.
    pub fn snapshot(
        &self,
        app: &App,
        session_type: &SessionType,
        span: CalendarSpan,
    ) -> Result<Option<&Snapshot>, StoreError> {
        let calendar = &self.offer.calendar;
        let place = self.offer.session_types.iter().position(|offered| offered.id == session_type.id);
        let place = place.and_then(|place| self.prepared.get(place));
        let Some(place) =
            place.filter(|_| calendar.span.from <= span.from && span.until <= calendar.span.until)
        else {
            return Ok(None);
        };
        if let Some(prepared) = place.get() {
            return Ok(Some(prepared));
        }
        let facts = slots::facts(app, calendar, session_type.policy)?;
        Ok(Some(place.get_or_init(|| Snapshot::new(facts))))
    }
}

/// How much room something takes, in bytes, at a rough guess.
#[derive(Clone)]
struct Bytes;

impl Weighter<Slug, MentorId> for Bytes {
    fn weight(&self, slug: &Slug, _: &MentorId) -> u64 {
        const ID: usize = 100;
        (slug.as_str().len() + ID) as u64
    }
}

impl Weighter<MentorId, Arc<Kept>> for Bytes {
    fn weight(&self, _: &MentorId, kept: &Arc<Kept>) -> u64 {
        const MENTOR: usize = 2_048;
        const SESSION_TYPE: usize = 4_096;
        const WINDOW: usize = 48;
        const BOOKING: usize = 40;
        let calendar = &kept.offer.calendar;
        let hours = &calendar.hours;
        let windows =
            hours.weekly.len() + hours.overrides.iter().map(|one| 1 + one.windows.len()).sum::<usize>();
        // Each session type has its own, prepared; the calendar is one more.
        let each = SESSION_TYPE + windows * WINDOW + calendar.bookings.len() * BOOKING;
        (MENTOR + each * (1 + kept.prepared.len())) as u64
    }
}
