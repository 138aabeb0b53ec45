//! What time does to cases: waiting ones whose date has come open, solved ones close.
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::actions;
use crate::desk::Desk;
use crate::queue::{self, Job};

/// How often the clock is looked at.
const EVERY: Duration = Duration::from_mins(1);
const KEY: &str = "cases.pass_time";

/// Changes the cases that are due, then asks to be run again.
#[derive(Debug, Serialize, Deserialize)]
pub struct PassTime {}

impl Job for PassTime {
    const KIND: &'static str = KEY;
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::pass_time(&desk).await?;
        let mut tx = desk.db().begin().await?;
        queue::again_at(&mut tx, KEY, desk.now().plus(EVERY)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Makes sure that the clock is looked at, by one node at a time.
pub async fn keep_time(desk: &Desk) -> crate::db::Result<()> {
    let mut tx = desk.db().begin().await?;
    queue::enqueue_once(&mut tx, &PassTime {}, KEY, desk.now()).await?;
    tx.commit().await
}
