//! The jobs of quotes, and which events ask for them.
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{QuoteId, actions, store};
use crate::cases::{CaseId, EntryId};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::queue::Job;

/// The last day of a quote is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct Expire {
    pub quote: QuoteId,
}

impl Job for Expire {
    const KIND: &'static str = "quotes.expire";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::expire(&desk, self.quote).await?)
    }
}

/// Sales is told that a quote ends soon.
#[derive(Debug, Serialize, Deserialize)]
pub struct Remind {
    pub quote: QuoteId,
}

impl Job for Remind {
    const KIND: &'static str = "quotes.remind";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::remind(&desk, self.quote).await?)
    }
}

/// A mail came onto a case with a quote that is with the customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heard {
    pub entry: EntryId,
}

impl Job for Heard {
    const KIND: &'static str = "quotes.heard";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::heard(&desk, self.entry).await?)
    }
}

/// A person's mail may answer a quote.
pub fn subscriber<'a>(tx: &'a mut Tx, _: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        let received = event.topic == "case" && event.kind == "received" && event.data["machine"] == false;
        if !received || store::sent_on_case(tx, CaseId(event.id)).await?.is_empty() {
            return Ok(vec![]);
        }
        let payload = serde_json::json!({ "entry": event.data["entry"] });
        Ok(vec![Wanted { kind: Heard::KIND, payload, at: None }])
    })
}
