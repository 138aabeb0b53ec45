//! Durable jobs: enqueued in the transaction of the change that needs them, run at least once,
//! retried with a growing pause, and parked where people see them after the last try. The queue
//! knows no domain; a job is a struct that calls an action.
mod store;
mod worker;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Result, Tx};
use crate::kit::Timestamp;

pub use store::{Parked, counts, delete_parked, parked, retry_parked};
pub use worker::Worker;

/// The bus notice that there is something to do.
const WAKE: &str = "jobs";

/// How often and how long a job is tried.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The pause after the first failure; it doubles from then on.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How long after it was enqueued a failing job is parked.
    pub give_up_after: Duration,
}

impl Retry {
    /// For our own work: soon, often, and parked after an hour.
    pub const SHORT: Self =
        Self { first: Duration::from_secs(1), longest: Duration::from_mins(5), give_up_after: Duration::from_hours(1) };

    /// For far ends that may be down for days: RFC 5321 section 4.5.4.1 wants at least 4 days and pauses of
    /// half an hour; the first tries come sooner, since most trouble is short.
    pub const DAYS: Self = Self {
        first: Duration::from_secs(30),
        longest: Duration::from_mins(120),
        give_up_after: Duration::from_hours(96),
    };

    /// For mail of the desk itself, such as an invitation: an afternoon without the relay loses none.
    pub const AFTERNOON: Self = Self {
        first: Duration::from_secs(5),
        longest: Duration::from_mins(10),
        give_up_after: Duration::from_hours(4),
    };

    fn pause(&self, attempts: i64) -> Duration {
        let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

/// Work that outlives a crash. It may run twice, so it must be idempotent.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    const KIND: &'static str;
    const RETRY: Retry = Retry::SHORT;
    /// What it needs to run.
    type Room: Clone + Send + Sync + 'static;

    fn run(self, room: Self::Room) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// Told once when no further try is made.
    fn given_up(self, room: Self::Room, error: String) -> impl Future<Output = anyhow::Result<()>> + Send {
        let _ = (room, error);
        async { Ok(()) }
    }
}

/// Puts a job on the queue, to run at `at` or as soon after as may be.
pub async fn enqueue<J: Job>(tx: &mut Tx, job: &J, at: Timestamp) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(|e| crate::db::Error::Encode(e.into()))?;
    enqueue_raw(tx, J::KIND, &payload, None, at).await
}

/// Work that goes on for ever, with its kind as its key: however many nodes ask for it, it waits once.
pub async fn keep<J: Job>(tx: &mut Tx, job: &J, at: Timestamp) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(|e| crate::db::Error::Encode(e.into()))?;
    enqueue_raw(tx, J::KIND, &payload, Some(J::KIND), at).await
}

/// From within such work: it is not done with, but runs again at `at`.
pub async fn again<J: Job>(tx: &mut Tx, at: Timestamp) -> Result<()> {
    store::again(tx, J::KIND, at).await?;
    tx.notify(WAKE.into()).await
}

/// Under a key there is this one job, at `at`; one that waits or runs under it is taken over.
pub async fn set<J: Job>(tx: &mut Tx, job: &J, key: &str, at: Timestamp) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(|e| crate::db::Error::Encode(e.into()))?;
    if store::replace(tx, J::KIND, &payload.to_string(), key, at).await? > 0 {
        tx.notify(WAKE.into()).await?;
    }
    Ok(())
}

/// Nothing waits under this key any more.
pub async fn forget(tx: &mut Tx, key: &str) -> Result<()> {
    store::delete_key(tx, key).await.map(drop)
}

pub(crate) async fn enqueue_raw(
    tx: &mut Tx,
    kind: &str,
    payload: &serde_json::Value,
    key: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    store::insert(tx, kind, &payload.to_string(), key, at).await?;
    tx.notify(WAKE.into()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_the_longest() {
        let retry = Retry::DAYS;
        assert_eq!(retry.pause(1), Duration::from_secs(30));
        assert_eq!(retry.pause(2), Duration::from_secs(60));
        assert_eq!(retry.pause(30), Duration::from_mins(120));
    }
}
