//! Webhooks' jobs, and which events ask for them.
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::actions::{self, Hooks};
use super::{DeliveryId, rules};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::queue::{Job, Retry};

/// Tells one webhook of one event.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deliver {
    pub delivery: DeliveryId,
}

impl Job for Deliver {
    const KIND: &'static str = "webhooks.deliver";
    const RETRY: Retry = Retry::DAYS;
    type Room = Hooks;

    async fn run(self, hooks: Hooks) -> anyhow::Result<()> {
        actions::deliver(&hooks, self.delivery).await
    }

    async fn given_up(self, hooks: Hooks, error: String) -> anyhow::Result<()> {
        Ok(actions::give_up(&hooks.desk, self.delivery, &error).await?)
    }
}

/// Writes a delivery for each webhook that wants to hear of the event.
pub fn subscriber<'a>(tx: &'a mut Tx, desk: &'a Desk, id: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        if !rules::wants(&[], &rules::kind(event)) {
            return Ok(vec![]);
        }
        let deliveries = actions::prepare(tx, desk, id, event).await?;
        let job = |delivery| Wanted { kind: Deliver::KIND, payload: serde_json::json!({ "delivery": delivery }), at: None };
        Ok(deliveries.into_iter().map(job).collect())
    })
}
