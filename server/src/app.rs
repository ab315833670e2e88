//! What every request and job is given: the store, the zones, the clock, the queue and the configuration.

use std::{ops::RangeInclusive, sync::Arc};

use slotsmith_engine::{Instant, ZoneRules};

use crate::{
    auth::Caller,
    clock::Clock,
    config::Config,
    jobs::Jobs,
    notifications::Delivery,
    snapshots::Snapshots,
    storage::Storage,
    zones::{UnknownZone, Zones},
};

/// 1970 to 2100. Dates are held to 1971 to 2098 where they come in, so every instant that the server deals in, and
/// all that bears on it, lies within.
const SERVICE_SPAN: RangeInclusive<Instant> = match (Instant::from_unix(0), Instant::from_unix(4_102_444_800))
{
    (Some(start), Some(end)) => start..=end,
    _ => panic!("both lie within the range of instants"),
};

/// The program's parts, shared by all that runs in it. Backends are chosen where it is made and nowhere else.
#[derive(Clone)]
pub struct App {
    /// What is kept, asked for anybody: see [`App::acting`].
    pub store: Arc<dyn Storage>,
    /// What slots follow from, as it was read from the store.
    pub snapshots: Arc<Snapshots>,
    /// IANA zones.
    pub zones: Arc<Zones>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Settings.
    pub config: Arc<Config>,
    /// The queue's bell.
    pub jobs: Jobs,
    /// Where mail goes.
    pub delivery: Arc<Delivery>,
}

impl App {
    /// The same, with the store asked for this caller.
    #[must_use]
    pub fn acting(&self, caller: Caller) -> App {
        App { store: self.store.acting(caller), ..self.clone() }
    }

    /// The rules of a zone, for every instant that the server deals in.
    ///
    /// # Errors
    /// When no zone has this id.
    pub fn zone(&self, id: &str) -> Result<Arc<ZoneRules>, UnknownZone> {
        self.zones.rules(id, SERVICE_SPAN)
    }
}
