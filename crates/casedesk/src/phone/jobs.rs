//! The telephone's jobs, and which events ask for them.
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{ConfirmationId, actions, store};
use crate::cases::{CaseId, EntryId, store as case_store};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::queue::Job;

/// Looks whether a question was answered in time, and takes the next step when it was not.
#[derive(Debug, Serialize, Deserialize)]
pub struct Escalate {
    pub confirmation: ConfirmationId,
}

impl Job for Escalate {
    const KIND: &'static str = "phone.escalate";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::after_silence(&desk, self.confirmation).await?)
    }
}

/// A mail came onto a case with an unconfirmed call.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heard {
    pub entry: EntryId,
}

impl Job for Heard {
    const KIND: &'static str = "phone.heard";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::heard(&desk, self.entry).await?)
    }
}

/// Entries of a case were moved to or from another.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recount {
    pub case: CaseId,
}

impl Job for Recount {
    const KIND: &'static str = "phone.recount";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::recount(&desk, self.case).await?)
    }
}

/// A person's mail may confirm a call; a split may move one.
pub fn subscriber<'a>(tx: &'a mut Tx, _: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        if event.topic != "case" {
            return Ok(vec![]);
        }
        let case = CaseId(event.id);
        let wanted = match event.kind {
            "received" if event.data["machine"] == false && case_store::is_unconfirmed(&mut *tx, case).await? => {
                Some((Heard::KIND, serde_json::json!({ "entry": event.data["entry"] })))
            }
            "split" | "split_undone" | "opened_by_split"
                if case_store::is_unconfirmed(&mut *tx, case).await?
                    || store::count_on_case(&mut *tx, case).await? > 0 =>
            {
                Some((Recount::KIND, serde_json::json!({ "case": case })))
            }
            _ => None,
        };
        Ok(wanted.into_iter().map(|(kind, payload)| Wanted { kind, payload, at: None }).collect())
    })
}
