//! Tries every mailbox, every listener and the relay, and says in plain words what is wrong: for `casedesk check`, and
//! the listeners for `/health`.
use std::time::Duration;

use futures::future::join_all;
use tokio::net::{TcpListener, TcpStream};

use super::client::{Relay, SendError};
use super::imap;
use crate::config::Imap;
use crate::desk::Desk;
use crate::web::health::Check;

/// How long a listener on this machine may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// Connects to everything that the settings name. Nothing is fetched and nothing is sent.
pub async fn all(desk: &Desk) -> Vec<Check> {
    let mut checks = join_all(desk.config().mail.imap.iter().map(|imap| mailbox(desk, imap))).await;
    checks.extend(listeners(desk, false).await);
    checks.push(relay(desk).await);
    checks
}

/// The checks of `/health`: whether each place where mail is handed over answers.
pub fn probe(desk: Desk) -> std::pin::Pin<Box<dyn Future<Output = Vec<Check>> + Send>> {
    Box::pin(async move { listeners(&desk, true).await })
}

/// `serving`: it is this desk that should answer there. A check beside it is content when nobody else is in the way.
async fn listeners(desk: &Desk, serving: bool) -> Vec<Check> {
    join_all(desk.config().mail.all_listeners().map(|(address, one)| async move {
        let name = format!("{} at {address}", one.protocol.as_str());
        let answers = tokio::time::timeout(ANSWERS_WITHIN, TcpStream::connect(address)).await;
        let (ok, says) = match (answers, serving) {
            (Ok(Ok(_)), _) => (true, "answers".to_owned()),
            (_, true) => (false, "does not answer: start the desk again; the log says why".to_owned()),
            (_, false) => match TcpListener::bind(address).await {
                Ok(_) => (true, "is free; nobody listens there yet".to_owned()),
                Err(error) => (false, format!("cannot be listened on: {error}")),
            },
        };
        Check { name, ok, says }
    }))
    .await
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
