//! The room's jobs.
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::actions;
use crate::desk::Desk;
use crate::queue::Job;

/// Mails a link to a new password, when the address is an agent's. Looked up here and not while the one who
/// asked waits, so that the time of the answer tells nobody who works here.
#[derive(Debug, Serialize, Deserialize)]
pub struct MailReset {
    pub email: String,
    pub ip: Option<IpAddr>,
}

impl Job for MailReset {
    const KIND: &'static str = "staff.mail_reset";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::mail_reset(&desk, &self).await?)
    }
}
