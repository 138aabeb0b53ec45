//! Tries every mailbox and the relay, and says in plain words what is wrong: for `casedesk check`.
use futures::future::join_all;

use super::client::{Relay, SendError};
use super::imap;
use crate::config::Imap;
use crate::desk::Desk;
use crate::web::health::Check;

/// Connects to everything that the settings name. Nothing is fetched and nothing is sent.
pub async fn all(desk: &Desk) -> Vec<Check> {
    let mut checks = join_all(desk.config().mail.imap.iter().map(|imap| mailbox(desk, imap))).await;
    checks.push(relay(desk).await);
    checks
}

async fn mailbox(desk: &Desk, imap: &Imap) -> Check {
    let (ok, says) = match Box::pin(imap::try_out(desk, imap)).await {
        Ok(()) => (true, format!("the folder “{}” of {} can be read", imap.folder, imap.user)),
        Err(error) => (false, error.to_string()),
    };
    Check { name: format!("mailbox {}", imap.name), ok, says }
}

async fn relay(desk: &Desk) -> Check {
    let (ok, says) = match Relay::new(desk) {
        Ok(None) => (true, "none is set: the desk sends no mail".to_owned()),
        Ok(Some(relay)) => match relay.try_out().await {
            Ok(()) => (true, format!("{} can be used", desk.config().mail.smtp.host)),
            Err(SendError::Permanent { text, .. } | SendError::Transient { text, .. }) => (false, text),
        },
        Err(error) => (false, error.to_string()),
    };
    Check { name: "relay".into(), ok, says }
}
