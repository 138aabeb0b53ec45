//! What time does to the customer file: once a day the ends of contracts are told, and old files forgotten.
use serde::{Deserialize, Serialize};

use super::actions;
use crate::desk::Desk;
use crate::queue::{self, Job};

/// When it is done, so that a reminder is at the top of the morning's mail.
const SEVEN: i8 = 7;

/// Sends the reminders that are due, then asks to be run again in the morning.
#[derive(Debug, Serialize, Deserialize)]
pub struct Daily {}

impl Job for Daily {
    const KIND: &'static str = "customers.daily";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::remind(&desk).await?;
        actions::forget_imports(&desk).await?;
        let mut tx = desk.db().begin().await?;
        queue::again::<Self>(&mut tx, desk.tomorrow_at(SEVEN)).await?;
        tx.commit().await?;
        Ok(())
    }
}
