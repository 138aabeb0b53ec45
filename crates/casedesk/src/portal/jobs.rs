//! The room's jobs.
use serde::{Deserialize, Serialize};

use super::actions;
use crate::desk::Desk;
use crate::queue::Job;

/// Mails a login link, when the address is a contact's. Looked up here and not while the one who asked waits, so that
/// the time of the answer tells nobody who our customers are.
#[derive(Debug, Serialize, Deserialize)]
pub struct MailLogin {
    pub address: String,
}

impl Job for MailLogin {
    const KIND: &'static str = "portal.mail_login";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::mail_link(&desk, &self.address).await?)
    }
}
