//! Mail's jobs, and which events ask for them.
use serde::{Deserialize, Serialize};

use super::actions::{self, Postman};
use crate::cases::EntryId;
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::kit::Timestamp;
use crate::queue::{Job, Retry};

/// Offers an outgoing entry to the relay.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deliver {
    pub entry: EntryId,
}

impl Job for Deliver {
    const KIND: &'static str = "mail.deliver";
    const RETRY: Retry = Retry::DAYS;
    type Room = Postman;

    async fn run(self, postman: Postman) -> anyhow::Result<()> {
        actions::deliver(&postman, self.entry).await
    }

    async fn given_up(self, postman: Postman, error: String) -> anyhow::Result<()> {
        Ok(actions::give_up(&postman, self.entry, &error).await?)
    }
}

/// Writes the receipt for the entry that opened a case.
#[derive(Debug, Serialize, Deserialize)]
pub struct Acknowledge {
    pub entry: EntryId,
}

impl Job for Acknowledge {
    const KIND: &'static str = "mail.acknowledge";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::acknowledge(&desk, self.entry).await?)
    }
}

/// A mail of the desk itself that belongs to no case.
#[derive(Debug, Serialize, Deserialize)]
pub struct SystemMail {
    pub to: String,
    #[serde(default)]
    pub name: Option<String>,
    pub subject: String,
    pub text: String,
    /// The Message-ID that it answers by itself (RFC 3834).
    #[serde(default)]
    pub in_reply_to: Option<String>,
}

impl Job for SystemMail {
    const KIND: &'static str = "system_mail";
    const RETRY: Retry = Retry::AFTERNOON;
    type Room = Postman;

    async fn run(self, postman: Postman) -> anyhow::Result<()> {
        actions::send_system_mail(&postman, &self).await
    }
}

/// What was written wants to be delivered, a new case wants its receipt.
pub fn subscriber(_: i64, event: &Event) -> Vec<Wanted> {
    let entry = || serde_json::json!({ "entry": event.data["entry"] });
    match (event.topic, event.kind) {
        ("case", "reply_posted") => {
            let at = event.data["send_at_us"].as_i64().map(Timestamp);
            vec![Wanted { kind: Deliver::KIND, payload: entry(), at }]
        }
        ("case", "desk_wrote") => vec![Wanted { kind: Deliver::KIND, payload: entry(), at: None }],
        ("case", "opened") if event.data["machine"] == false && event.data["brought_over"] == false => {
            vec![Wanted { kind: Acknowledge::KIND, payload: entry(), at: None }]
        }
        _ => vec![],
    }
}
