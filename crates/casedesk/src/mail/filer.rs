//! Files stored messages in the order they came, a few being read ahead. One that cannot be read or
//! filed goes to the quarantine after some tries, and the next ones move on at once.
use std::time::Duration;

use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::actions::{self, Prepared};
use super::{InboundId, InboundState, MailError, rules, store};
use crate::db::is_full;
use crate::desk::Desk;

/// How many messages are read ahead of the one being filed.
const AHEAD: usize = 4;
const BATCH: i64 = 64;
/// The longest sleep, so that a lost notice costs at most this.
const NAP: Duration = Duration::from_secs(20);
/// The pause after trouble of ours (the database, the disk), which is no fault of the message.
const PAUSE: Duration = Duration::from_secs(1);

/// Files until `stop`.
pub async fn run(desk: Desk, stop: CancellationToken) {
    let mut notices = desk.db().subscribe();
    while !stop.is_cancelled() {
        let trouble = match file_waiting(&desk, &stop).await {
            Ok(trouble) => trouble,
            Err(error) => {
                tracing::error!(%error, "waiting mail cannot be listed");
                true
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = woken(&mut notices) => {}
            () = tokio::time::sleep(if trouble { PAUSE } else { NAP }) => {}
        }
    }
}

/// Files everything that waits now, each message once. Whether any is left because of trouble of ours.
pub async fn file_waiting(desk: &Desk, stop: &CancellationToken) -> Result<bool, MailError> {
    let (mut after, mut trouble) = (InboundId(0), false);
    loop {
        let ids = store::waiting(desk.db(), after, BATCH).await?;
        let Some(last) = ids.last().copied() else { return Ok(trouble) };
        after = last;
        // Each in a task of its own: a half-done reading that nobody drives would keep its connection.
        let mut prepared = futures::stream::iter(ids)
            .map(|id| {
                let desk = desk.clone();
                let task = tokio::spawn(async move { actions::prepare(&desk, id).await });
                async move { (id, task.await.unwrap_or_else(|broke| Err(MailError::Broke(broke.to_string())))) }
            })
            .buffered(AHEAD);
        while let Some((id, result)) = prepared.next().await {
            if stop.is_cancelled() {
                return Ok(trouble);
            }
            if let Err(error) = file_one(desk, result).await {
                trouble |= set_back(desk, id, &error).await?;
            }
        }
    }
}

async fn file_one(desk: &Desk, prepared: Result<Option<Prepared>, MailError>) -> Result<(), MailError> {
    if let Some(prepared) = prepared? {
        actions::file(desk, &prepared).await?;
    }
    Ok(())
}

/// Quarantines a message that is at fault, or has been tried often enough. True: it stays, to be tried again.
async fn set_back(desk: &Desk, id: InboundId, error: &MailError) -> Result<bool, MailError> {
    tracing::warn!(inbound = id.0, %error, "a message could not be filed");
    if matches!(error, MailError::Files(_)) || is_full(error) {
        return Ok(true);
    }
    let its_fault = matches!(error, MailError::Unreadable(_) | MailError::Broke(_));
    let mut tx = desk.db().begin().await?;
    store::count_try(&mut tx, id).await?;
    let tries = store::inbound(&mut tx, id).await?.map_or(0, |row| row.tries);
    let quarantine = its_fault || tries >= rules::TRIES;
    if quarantine {
        store::settle(&mut tx, id, InboundState::Quarantined, Some(&error.to_string()), None, None).await?;
        let event = crate::events::Event {
            topic: "quarantine",
            id: id.0,
            kind: "quarantined",
            team: None,
            agent: None,
            at: desk.now(),
            data: serde_json::json!({}),
        };
        desk.tell(&mut tx, &event).await?;
    }
    tx.commit().await?;
    Ok(!quarantine)
}

async fn woken(notices: &mut tokio::sync::broadcast::Receiver<String>) {
    loop {
        match notices.recv().await {
            Ok(notice) if notice == store::WAKE => return,
            Ok(_) => {}
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(200)).await;
                return;
            }
        }
    }
}
