//! The form's jobs, and which events ask for them.
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{UploadId, actions};
use crate::cases::EntryId;
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::queue::{self, Job};

/// Opens the form of a mail that asks for details.
#[derive(Debug, Serialize, Deserialize)]
pub struct Open {
    pub entry: EntryId,
}

impl Job for Open {
    const KIND: &'static str = "details.open";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::open(&desk, self.entry).await?)
    }
}

/// A file has come as a whole: it goes onto its case.
#[derive(Debug, Serialize, Deserialize)]
pub struct PutTogether {
    pub upload: UploadId,
}

impl Job for PutTogether {
    const KIND: &'static str = "details.put_together";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::put_together(&desk, self.upload).await?)
    }
}

/// Forgets files that nobody goes on with, every hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {}

const EVERY: Duration = Duration::from_hours(1);

impl Job for Sweep {
    const KIND: &'static str = "details.sweep";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::sweep(&desk).await?;
        let mut tx = desk.db().begin().await?;
        queue::again::<Self>(&mut tx, desk.now().plus(EVERY)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A reply that asks for details wants its form.
pub fn subscriber<'a>(_: &'a mut Tx, _: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        if (event.topic, event.kind) != ("case", "reply_posted") || event.data["asks"] != true {
            return Ok(vec![]);
        }
        let payload = serde_json::json!({ "entry": event.data["entry"] });
        Ok(vec![Wanted { kind: Open::KIND, payload, at: None }])
    })
}
