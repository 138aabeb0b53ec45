//! What time does to cases: waiting ones whose date has come open, solved ones close. And what is done
//! after a message is on its case: the words of its files become findable.
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{EntryId, actions, store};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
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
pub async fn keep_time(desk: &Desk) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    queue::enqueue_once(&mut tx, &PassTime {}, KEY, desk.now()).await?;
    tx.commit().await
}

/// Makes the words of an entry's files findable.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndexFiles {
    pub entry: EntryId,
}

impl Job for IndexFiles {
    const KIND: &'static str = "cases.index_files";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::index_files(&desk, self.entry).await?)
    }
}

/// The kinds of events that put an entry with files on a case.
const WRITES: [&str; 6] = ["opened", "received", "answered_elsewhere", "kept", "reply_posted", "note_posted"];

/// An entry with files wants them to be read.
pub fn subscriber<'a>(tx: &'a mut Tx, _: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        // What machines attach (the mail that bounced, say) is not worth finding.
        let written = event.topic == "case" && WRITES.contains(&event.kind) && event.data["machine"] != true;
        let entry = event.data["entry"].as_i64().filter(|_| written);
        let Some(entry) = entry.map(EntryId) else { return Ok(vec![]) };
        if store::files_of_entries(tx, &[entry]).await?.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![Wanted { kind: IndexFiles::KIND, payload: serde_json::json!({ "entry": entry }), at: None }])
    })
}
