//! What is done with webhooks: registered, changed, called, given up.
use std::time::Duration;

use super::client::{Caller, Message};
use super::jobs::Deliver;
use super::{DeliveryId, DeliveryState, WebhookId, WebhooksError, rules, store};
use crate::cases::store as case_store;
use crate::cases::{CaseId, EntryId};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::{Secret, secrets};
use crate::queue;
use crate::staff::{self, Audit, Viewer};

/// How long deliveries that are over stay in the list.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// The far end says that it is gone for good (RFC 9110 section 15.5.11).
const GONE: u16 = 410;

/// The desk and how it calls others.
#[derive(Clone)]
pub struct Hooks {
    pub desk: Desk,
    pub caller: Caller,
}

/// What an administrator says of a webhook.
pub struct Registration {
    pub url: String,
    pub kinds: Vec<String>,
    pub include_text: bool,
}

/// Registers a webhook. The secret is made when none is given, and shown this once.
pub async fn register(
    desk: &Desk,
    by: &Viewer,
    wanted: &Registration,
    secret: Option<String>,
) -> Result<(WebhookId, Secret), WebhooksError> {
    let kinds = checked(desk, wanted)?;
    let secret = Secret::new(secret.unwrap_or_else(new_secret));
    rules::key(secret.reveal())?;
    let mut tx = desk.db().begin().await?;
    let id = store::insert_webhook(&mut tx, &wanted.url, &secret, &kinds, wanted.include_text, desk.now()).await?;
    told(&mut tx, desk, by, id, "registered", "webhooks.registered").await?;
    tx.commit().await?;
    Ok((id, secret))
}

/// Rewrites a webhook; one that was disabled listens again.
pub async fn change(desk: &Desk, by: &Viewer, id: WebhookId, wanted: &Registration) -> Result<(), WebhooksError> {
    let kinds = checked(desk, wanted)?;
    let mut tx = desk.db().begin().await?;
    if store::update_webhook(&mut tx, id, &wanted.url, &kinds, wanted.include_text).await? == 0 {
        return Err(WebhooksError::NoWebhook);
    }
    told(&mut tx, desk, by, id, "changed", "webhooks.changed").await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a webhook a new secret, shown this once.
pub async fn renew_secret(desk: &Desk, by: &Viewer, id: WebhookId) -> Result<Secret, WebhooksError> {
    let secret = Secret::new(new_secret());
    let mut tx = desk.db().begin().await?;
    if store::set_secret(&mut tx, id, &secret).await? == 0 {
        return Err(WebhooksError::NoWebhook);
    }
    told(&mut tx, desk, by, id, "changed", "webhooks.secret_renewed").await?;
    tx.commit().await?;
    Ok(secret)
}

pub async fn delete(desk: &Desk, by: &Viewer, id: WebhookId) -> Result<(), WebhooksError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_webhook(&mut tx, id).await? == 0 {
        return Err(WebhooksError::NoWebhook);
    }
    told(&mut tx, desk, by, id, "deleted", "webhooks.deleted").await?;
    tx.commit().await?;
    Ok(())
}

/// Tells the webhook nothing more until somebody enables it.
pub async fn pause(desk: &Desk, by: &Viewer, id: WebhookId) -> Result<(), WebhooksError> {
    let mut tx = desk.db().begin().await?;
    store::webhook(&mut tx, id).await?.ok_or(WebhooksError::NoWebhook)?;
    if store::disable(&mut tx, id, &format!("disabled by {}", by.name), desk.now()).await? == 1 {
        told(&mut tx, desk, by, id, "disabled", "webhooks.disabled").await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Lets a disabled webhook listen again, from the next event on.
pub async fn resume(desk: &Desk, by: &Viewer, id: WebhookId) -> Result<(), WebhooksError> {
    let mut tx = desk.db().begin().await?;
    store::webhook(&mut tx, id).await?.ok_or(WebhooksError::NoWebhook)?;
    if store::enable(&mut tx, id).await? == 1 {
        told(&mut tx, desk, by, id, "enabled", "webhooks.enabled").await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Sends a test, tried once; a disabled webhook gets it too, so that it can be tried before it is enabled.
pub async fn ping(desk: &Desk, by: &Viewer, id: WebhookId) -> Result<DeliveryId, WebhooksError> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    store::webhook(&mut tx, id).await?.ok_or(WebhooksError::NoWebhook)?;
    let event = told(&mut tx, desk, by, id, "pinged", "webhooks.pinged").await?;
    let body = rules::ping(event, now).to_string();
    let delivery = store::insert_delivery(&mut tx, id, event, rules::PING, &body, now).await?;
    queue::enqueue(&mut tx, &Deliver { delivery }, now).await?;
    tx.commit().await?;
    Ok(delivery)
}

/// Sends a delivery that failed once more: the same words under the same id.
pub async fn send_again(desk: &Desk, by: &Viewer, id: WebhookId, delivery: DeliveryId) -> Result<(), WebhooksError> {
    let mut tx = desk.db().begin().await?;
    let hook = store::webhook(&mut tx, id).await?.ok_or(WebhooksError::NoWebhook)?;
    let known = store::delivery(&mut tx, id, delivery).await?.ok_or(WebhooksError::NoDelivery)?;
    if hook.disabled_at.is_some() && known.kind != rules::PING {
        return Err(WebhooksError::Disabled);
    }
    if store::revive(&mut tx, delivery).await? == 0 {
        return Err(WebhooksError::NotAgain);
    }
    staff::actions::audit(&mut tx, &Audit::by(desk.now(), by, "webhooks.sent_again").on("webhook", id.0)).await?;
    queue::enqueue(&mut tx, &Deliver { delivery }, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

fn checked(desk: &Desk, wanted: &Registration) -> Result<String, WebhooksError> {
    rules::checked_url(&wanted.url, desk.config().webhooks.allow_private)?;
    rules::checked_kinds(&wanted.kinds)?;
    Ok(serde_json::json!(wanted.kinds).to_string())
}

fn new_secret() -> String {
    rules::secret(secrets::random_token().as_bytes())
}

async fn told(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    id: WebhookId,
    kind: &'static str,
    action: &'static str,
) -> Result<i64, WebhooksError> {
    staff::actions::audit(tx, &Audit::by(desk.now(), by, action).on("webhook", id.0)).await?;
    tell(tx, desk, id, kind, Some(by)).await
}

async fn tell(
    tx: &mut Tx,
    desk: &Desk,
    id: WebhookId,
    kind: &'static str,
    by: Option<&Viewer>,
) -> Result<i64, WebhooksError> {
    let event = Event {
        topic: "webhook",
        id: id.0,
        kind,
        team: None,
        agent: by.map(|by| by.id.0),
        at: desk.now(),
        data: serde_json::json!({}),
    };
    Ok(desk.tell(tx, &event).await?)
}

/// Writes down what each webhook is to be told of the event, in the event's own transaction.
pub async fn prepare(tx: &mut Tx, desk: &Desk, id: i64, event: &Event) -> crate::db::Result<Vec<DeliveryId>> {
    let kind = rules::kind(event);
    let hooks = store::listening(&mut *tx).await?;
    let hooks: Vec<_> = hooks.into_iter().filter(|hook| rules::wants(&hook.kinds(), &kind)).collect();
    if hooks.is_empty() {
        return Ok(vec![]);
    }
    let Some(case) = case_store::case(&mut *tx, CaseId(event.id)).await? else { return Ok(vec![]) };
    let entry = match event.data["entry"].as_i64() {
        Some(entry) => case_store::entry(&mut *tx, EntryId(entry)).await?,
        None => None,
    };
    let key = format!("{}-{}", desk.config().desk.prefix, case.id);
    let mut deliveries = Vec::with_capacity(hooks.len());
    for hook in hooks {
        let body = rules::body(id, event, &case, &key, entry.as_ref(), hook.include_text).to_string();
        deliveries.push(store::insert_delivery(tx, hook.id, id, &kind, &body, event.at).await?);
    }
    Ok(deliveries)
}

/// Calls the webhook. `Err`: try again later.
pub async fn deliver(hooks: &Hooks, id: DeliveryId) -> anyhow::Result<()> {
    let desk = &hooks.desk;
    let Some(delivery) = store::waiting(desk.db(), id).await? else { return Ok(()) };
    let once = delivery.kind == rules::PING;
    let hook = store::webhook(desk.db(), delivery.webhook_id).await?;
    let hook = hook.filter(|hook| once || hook.disabled_at.is_none());
    let (Some(hook), Some(secret)) = (hook, store::secret(desk.db(), delivery.webhook_id).await?) else {
        return Ok(over(desk, id, DeliveryState::Cancelled, None, None).await?);
    };
    let (event, now) = (rules::webhook_id(delivery.event_id), desk.now().seconds());
    let signature = rules::signature(secret.reveal(), &event, now, &delivery.body)?;
    let message = Message { id: &event, timestamp_s: now, signature: &signature, body: delivery.body };
    let (status, error) = match hooks.caller.post(&hook.url, message).await {
        Ok(status @ 200..=299) => return Ok(over(desk, id, DeliveryState::Delivered, Some(status), None).await?),
        Ok(GONE) if !once => return Ok(gone(desk, hook.id, id).await?),
        Ok(status) => (Some(status), format!("it answered with {status}")),
        Err(error) => (None, error.to_string()),
    };
    if once {
        return Ok(over(desk, id, DeliveryState::Failed, status, Some(&error)).await?);
    }
    note_try(desk, id, status, &error).await?;
    anyhow::bail!(error)
}

async fn note_try(desk: &Desk, id: DeliveryId, status: Option<u16>, error: &str) -> Result<(), WebhooksError> {
    let mut tx = desk.db().begin().await?;
    store::note_try(&mut tx, id, status, Some(error), desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn over(
    desk: &Desk,
    id: DeliveryId,
    state: DeliveryState,
    status: Option<u16>,
    error: Option<&str>,
) -> Result<(), WebhooksError> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    store::note_try(&mut tx, id, status, error, now).await?;
    store::settle(&mut tx, id, state).await?;
    store::sweep(&mut tx, now.minus(KEPT)).await?;
    tx.commit().await?;
    Ok(())
}

async fn gone(desk: &Desk, hook: WebhookId, id: DeliveryId) -> Result<(), WebhooksError> {
    over(desk, id, DeliveryState::Failed, Some(GONE), Some("it answered that it is gone")).await?;
    let mut tx = desk.db().begin().await?;
    disable(&mut tx, desk, hook, "it answered that it is gone (410)").await?;
    tx.commit().await?;
    Ok(())
}

/// After four days: the delivery has failed, and the webhook is told nothing more until somebody looks.
pub async fn give_up(desk: &Desk, id: DeliveryId, error: &str) -> Result<(), WebhooksError> {
    let mut tx = desk.db().begin().await?;
    let Some(delivery) = store::waiting(&mut tx, id).await? else { return Ok(()) };
    store::settle(&mut tx, id, DeliveryState::Failed).await?;
    if delivery.kind != rules::PING {
        let reason: String = format!("given up after 4 days: {error}").chars().take(300).collect();
        disable(&mut tx, desk, delivery.webhook_id, &reason).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn disable(tx: &mut Tx, desk: &Desk, id: WebhookId, reason: &str) -> Result<(), WebhooksError> {
    if store::disable(tx, id, reason, desk.now()).await? == 1 {
        tell(tx, desk, id, "disabled", None).await?;
    }
    Ok(())
}
