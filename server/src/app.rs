//! What every request and job is given: the store, the zones, the clock, the queue and the configuration.

use std::{
    ops::{Deref, RangeInclusive},
    sync::Arc,
};

use slotsmith_engine::{Instant, ZoneRules};

use crate::{
    auth::Caller,
    clock::Clock,
    config::Config,
    jobs::Jobs,
    notifications::Delivery,
    snapshots::Snapshots,
    storage::{Storage, StoreError},
    zones::{UnknownZone, Zones},
};

/// 1970 to 2100. Dates are held to 1971 to 2098 where they come in, so every instant that the server deals in, and
/// all that bears on it, lies within.
const SERVICE_SPAN: RangeInclusive<Instant> = match (Instant::from_unix(0), Instant::from_unix(4_102_444_800))
{
    (Some(start), Some(end)) => start..=end,
    _ => panic!("both lie within the range of instants"),
};

/// The program, as all that runs in it shares it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// Its parts. Backends are chosen where they are made and nowhere else.
#[derive(Clone)]
pub struct Parts {
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

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Nothing is in memory yet, and no job is done until somebody does.
    pub fn new(
        store: Arc<dyn Storage>,
        zones: Zones,
        clock: Arc<dyn Clock>,
        config: Config,
        delivery: Delivery,
    ) -> App {
        App(Arc::new(Parts {
            snapshots: Arc::new(Snapshots::new(Arc::clone(&store))),
            store,
            zones: Arc::new(zones),
            clock,
            config: Arc::new(config),
            jobs: Jobs::default(),
            delivery: Arc::new(delivery),
        }))
    }

    /// The same, with the store asked for this caller.
    #[must_use]
    pub fn acting(&self, caller: Caller) -> App {
        App(Arc::new(Parts { store: self.store.acting(caller), ..Parts::clone(self) }))
    }

    /// The same, with other settings.
    #[must_use]
    pub fn with_config(&self, config: Config) -> App {
        App(Arc::new(Parts { config: Arc::new(config), ..Parts::clone(self) }))
    }

    /// The same, with nothing in memory.
    #[must_use]
    pub fn afresh(&self) -> App {
        App(Arc::new(Parts {
            snapshots: Arc::new(Snapshots::new(Arc::clone(&self.store))),
            ..Parts::clone(self)
        }))
    }

    /// The rules of a zone, for every instant that the server deals in.
    ///
    /// # Errors
    /// When no zone has this id.
    pub fn zone(&self, id: &str) -> Result<Arc<ZoneRules>, UnknownZone> {
        self.zones.rules(id, SERVICE_SPAN)
    }

    /// The same of a zone that was known when its id was stored.
    ///
    /// # Errors
    /// When it no longer is.
    pub fn stored_zone(&self, id: &str) -> Result<Arc<ZoneRules>, StoreError> {
        self.zone(id).map_err(|unknown| StoreError::Broken(unknown.into()))
    }
}
