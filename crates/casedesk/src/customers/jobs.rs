//! What time does to the customer file: once a day the ends of contracts are told, and old files forgotten.
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::actions;
use crate::db::Result;
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::queue::{self, Job};

const KEY: &str = "customers.daily";

/// Sends the reminders that are due, then asks to be run again in the morning.
#[derive(Debug, Serialize, Deserialize)]
pub struct Daily {}

impl Job for Daily {
    const KIND: &'static str = KEY;
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::remind(&desk).await?;
        actions::forget_imports(&desk).await?;
        let mut tx = desk.db().begin().await?;
        queue::again_at(&mut tx, KEY, next_morning(&desk)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Seven o'clock at the desk, so that a reminder is at the top of the morning's mail.
fn next_morning(desk: &Desk) -> Timestamp {
    let zone = &desk.config().desk.time_zone;
    let tomorrow = desk.now().plus(Duration::from_hours(24));
    Timestamp::on_day(&Day::of(tomorrow, zone).to_string(), 7, zone).unwrap_or(tomorrow)
}

/// Makes sure that the ends of contracts are looked at, by one node at a time.
pub async fn keep_time(desk: &Desk) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    queue::enqueue_once(&mut tx, &Daily {}, KEY, desk.now()).await?;
    tx.commit().await
}
