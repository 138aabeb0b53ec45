//! Limits on tries, counted in the database: the same on every node, and a refused try writes nothing.
use std::time::Duration;

use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::secrets::sha256_hex;
use crate::staff::store::access;
use crate::staff::{Error, Result};

/// So many tries at once, then one more after each pause.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub what: &'static str,
    pub at_once: u32,
    pub pause: Duration,
}

impl Limit {
    pub const fn new(what: &'static str, at_once: u32, pause: Duration) -> Self {
        Self { what, at_once, pause }
    }

    fn cost_us(&self) -> i64 {
        i64::try_from(self.pause.as_micros()).unwrap_or(i64::MAX)
    }

    /// How far ahead of now tries may be booked when one more comes.
    fn ahead_us(&self) -> i64 {
        self.cost_us().saturating_mul(i64::from(self.at_once) - 1)
    }

    /// Addresses are counted under their digest, so that the table names nobody.
    fn name(&self, key: &str) -> String {
        format!("{}:{}", self.what, sha256_hex(key.as_bytes()))
    }
}

/// Takes one try of each limit, or says how long to wait.
pub async fn take(desk: &Desk, limits: &[(Limit, &str)]) -> Result<()> {
    let now = desk.now();
    for (limit, key) in limits {
        wait_over(desk, limit, key, now).await?;
    }
    let mut tx = desk.db().begin().await?;
    for (limit, key) in limits {
        let booked = access::book_try(&mut tx, &limit.name(key), now, limit.cost_us(), limit.ahead_us()).await?;
        if booked == 0 {
            return Err(Error::TooMany(limit.pause.as_secs().max(1)));
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn wait_over(desk: &Desk, limit: &Limit, key: &str, now: Timestamp) -> Result<()> {
    let Some(busy_until) = access::busy_until(desk.db(), &limit.name(key)).await? else { return Ok(()) };
    let free_at = busy_until.minus(Duration::from_micros(u64::try_from(limit.ahead_us()).unwrap_or(0)));
    let wait = free_at.since(now);
    if wait.is_zero() { Ok(()) } else { Err(Error::TooMany(wait.as_secs() + 1)) }
}

/// Gives tries back that turned out to be honest.
pub(super) async fn give_back(tx: &mut crate::db::Tx, limits: &[(Limit, &str)]) -> Result<()> {
    for (limit, key) in limits {
        access::give_back_try(tx, &limit.name(key), limit.cost_us()).await?;
    }
    Ok(())
}

/// Forgets the tries under one key.
pub(super) async fn forget(tx: &mut crate::db::Tx, limit: Limit, key: &str) -> Result<()> {
    access::forget_tries(tx, &limit.name(key)).await?;
    Ok(())
}
