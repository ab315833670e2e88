//! Who is told of changes: this process at once, other nodes by NOTIFY.
//!
//! NOTIFY within a transaction makes commits wait for one another
//! (<https://www.postgresql.org/docs/current/sql-notify.html>; a lock on all databases from before the commit to its
//! end). So it is sent afterwards, one for all that was committed meanwhile; one that is never sent is made up for by
//! whoever asks for changes anyway.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::Notify, task::AbortHandle, time::MissedTickBehavior};

use super::super::Bell;
use crate::ids::Secret;

const CHANNEL: &str = "slotsmith_slots";
/// How often to try to listen.
const PAUSE: Duration = Duration::from_secs(1);
/// How often to tell, at most: the first change of a busy time is told at once, others together.
const TELLING: Duration = Duration::from_millis(10);

#[derive(Clone)]
pub(super) struct Notices(Arc<Parts>);

struct Parts {
    bell: Arc<Bell>,
    /// Something is to be told to other nodes.
    news: Arc<Notify>,
    pool: PgPool,
    /// Begun when somebody wants to hear of changes; programs that do one thing and end do not.
    tasks: OnceLock<[AbortHandle; 2]>,
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.tasks.get().into_iter().flatten().for_each(AbortHandle::abort);
    }
}

impl Notices {
    pub(super) fn new(pool: PgPool) -> Notices {
        Notices(Arc::new(Parts { bell: Arc::default(), news: Arc::default(), pool, tasks: OnceLock::new() }))
    }

    pub(super) fn bell(&self) -> Arc<Bell> {
        let Parts { bell, news, pool, tasks } = &*self.0;
        tasks.get_or_init(|| {
            let node = Secret::random("").reveal().to_owned();
            let telling = tokio::spawn(tell(pool.clone(), Arc::clone(news), node.clone()));
            let listening = tokio::spawn(listen(pool.clone(), Arc::clone(bell), node));
            [telling.abort_handle(), listening.abort_handle()]
        });
        Arc::clone(bell)
    }

    pub(super) fn tell(&self) {
        self.0.bell.ring();
        self.0.news.notify_one();
    }
}

async fn tell(pool: PgPool, news: Arc<Notify>, node: String) {
    let mut pace = tokio::time::interval(TELLING);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        news.notified().await;
        pace.tick().await;
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(&node).execute(&pool).await;
        if let Err(error) = told {
            tracing::debug!(%error, "other nodes were not told of a change");
        }
    }
}

async fn listen(pool: PgPool, bell: Arc<Bell>, node: String) {
    let mut tries = tokio::time::interval(PAUSE);
    tries.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tries.tick().await;
        let Err(error) = hear(&pool, &bell, &node).await;
        tracing::warn!(%error, "not listening for other nodes' changes");
        // Whatever was heard last may be old.
        bell.ring();
    }
}

async fn hear(pool: &PgPool, bell: &Bell, node: &str) -> sqlx::Result<std::convert::Infallible> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Nothing: the connection was lost and made anew, and who knows what was said meanwhile.
        bell.ring();
        while let Some(notice) = listener.try_recv().await? {
            if notice.payload() != node {
                bell.ring();
            }
        }
    }
}
