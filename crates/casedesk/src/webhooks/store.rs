//! SQL of webhooks and their deliveries.
use super::{DeliveryId, DeliveryState, WebhookId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::{Secret, Timestamp};
use crate::q;

/// Where events are told. Its secret is read only to sign.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    /// The JSON of a list of kinds; empty: all.
    pub kinds: String,
    pub include_text: bool,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    pub disabled_reason: Option<String>,
}

impl Webhook {
    pub fn kinds(&self) -> Vec<String> {
        serde_json::from_str(&self.kinds).unwrap_or_default()
    }
}

const COLUMNS: &str = "SELECT id, url, kinds, include_text, created_at, disabled_at, disabled_reason FROM webhooks ";

/// All webhooks, 200 at the most.
pub async fn webhooks(on: impl Read) -> Result<Vec<Webhook>> {
    on.all(Query::new(COLUMNS).push("ORDER BY id LIMIT 200")).await
}

/// Those that events are told to.
pub async fn listening(on: impl Read) -> Result<Vec<Webhook>> {
    on.all(Query::new(COLUMNS).push("WHERE disabled_at IS NULL ORDER BY id LIMIT 200")).await
}

pub async fn webhook(on: impl Read, id: WebhookId) -> Result<Option<Webhook>> {
    on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await
}

pub async fn secret(on: impl Read, id: WebhookId) -> Result<Option<Secret>> {
    let row: Option<(String,)> = on.opt(q!("SELECT secret FROM webhooks WHERE id = $1", id)).await?;
    Ok(row.map(|(secret,)| Secret::new(secret)))
}

pub async fn insert_webhook(
    tx: &mut Tx,
    url: &str,
    secret: &Secret,
    kinds: &str,
    include_text: bool,
    now: Timestamp,
) -> Result<WebhookId> {
    let id = tx
        .insert(q!(
            "INSERT INTO webhooks (url, secret, kinds, include_text, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
            url,
            secret,
            kinds,
            include_text,
            now
        ))
        .await?;
    Ok(WebhookId(id))
}

/// Rewrites a webhook, and lets it listen again.
pub async fn update_webhook(tx: &mut Tx, id: WebhookId, url: &str, kinds: &str, include_text: bool) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhooks SET url = $2, kinds = $3, include_text = $4, disabled_at = NULL, disabled_reason = NULL
         WHERE id = $1",
        id,
        url,
        kinds,
        include_text
    ))
    .await
}

pub async fn set_secret(tx: &mut Tx, id: WebhookId, secret: &Secret) -> Result<u64> {
    tx.exec(q!("UPDATE webhooks SET secret = $2 WHERE id = $1", id, secret)).await
}

/// Tells it nothing more. 0: it is so already.
pub async fn disable(tx: &mut Tx, id: WebhookId, reason: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhooks SET disabled_at = $3, disabled_reason = $2 WHERE id = $1 AND disabled_at IS NULL",
        id,
        reason,
        now
    ))
    .await
}

/// Lets it hear again. 0: it does already.
pub async fn enable(tx: &mut Tx, id: WebhookId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhooks SET disabled_at = NULL, disabled_reason = NULL WHERE id = $1 AND disabled_at IS NOT NULL",
        id
    ))
    .await
}

pub async fn delete_webhook(tx: &mut Tx, id: WebhookId) -> Result<u64> {
    tx.exec(q!("DELETE FROM webhook_deliveries WHERE webhook_id = $1", id)).await?;
    tx.exec(q!("DELETE FROM webhooks WHERE id = $1", id)).await
}

/// One event on its way to one webhook.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event_id: i64,
    pub kind: String,
    pub body: String,
    pub state: DeliveryState,
    pub tries: i64,
    pub last_status: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub tried_at: Option<Timestamp>,
}

const DELIVERY: &str = "SELECT id, webhook_id, event_id, kind, body, state, tries, last_status, last_error, created_at,
    tried_at FROM webhook_deliveries ";

pub async fn insert_delivery(
    tx: &mut Tx,
    webhook: WebhookId,
    event: i64,
    kind: &str,
    body: &str,
    now: Timestamp,
) -> Result<DeliveryId> {
    let id = tx
        .insert(q!(
            "INSERT INTO webhook_deliveries (webhook_id, event_id, kind, body, state, created_at)
             VALUES ($1, $2, $3, $4, 'waiting', $5) RETURNING id",
            webhook,
            event,
            kind,
            body,
            now
        ))
        .await?;
    Ok(DeliveryId(id))
}

/// A delivery that still waits to be taken.
pub async fn waiting(on: impl Read, id: DeliveryId) -> Result<Option<Delivery>> {
    on.opt(Query::new(DELIVERY).push("WHERE state = 'waiting' AND id = ").bind(id)).await
}

/// A delivery to this webhook.
pub async fn delivery(on: impl Read, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>> {
    on.opt(Query::new(DELIVERY).push("WHERE webhook_id = ").bind(webhook).push(" AND id = ").bind(id)).await
}

/// The newest deliveries to a webhook, before `before`.
pub async fn deliveries(
    on: impl Read,
    webhook: WebhookId,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    on.all(
        Query::new(DELIVERY)
            .push("WHERE webhook_id = ")
            .bind(webhook)
            .push(" AND id < ")
            .bind(before.unwrap_or(DeliveryId(i64::MAX)))
            .push(" ORDER BY id DESC LIMIT ")
            .bind(limit),
    )
    .await
}

/// Counts a try, and what came of it.
pub async fn note_try(
    tx: &mut Tx,
    id: DeliveryId,
    status: Option<u16>,
    error: Option<&str>,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhook_deliveries SET tries = tries + 1, last_status = $2, last_error = $3, tried_at = $4 WHERE id = $1",
        id,
        status.map(i64::from),
        error,
        now
    ))
    .await
}

/// No further try is made; what was said is forgotten, and kept where it may be asked for again.
pub async fn settle(tx: &mut Tx, id: DeliveryId, state: DeliveryState) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhook_deliveries SET state = $2, body = CASE WHEN $3 THEN body ELSE '' END
         WHERE id = $1 AND state = 'waiting'",
        id,
        state,
        state.can_be_sent_again()
    ))
    .await
}

/// Lets a delivery that was given up wait again, as if it were new. 0: there is nothing to send.
pub async fn revive(tx: &mut Tx, id: DeliveryId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhook_deliveries SET state = 'waiting', tries = 0, last_status = NULL, last_error = NULL
         WHERE id = $1 AND state IN ('failed', 'cancelled') AND body <> ''",
        id
    ))
    .await
}

/// The same, and its webhook hears again, where failing has disabled it.
pub async fn revive_with_hook(tx: &mut Tx, id: DeliveryId) -> Result<u64> {
    let hook: Option<(WebhookId,)> = tx.opt(q!("SELECT webhook_id FROM webhook_deliveries WHERE id = $1", id)).await?;
    if let Some((hook,)) = hook {
        enable(tx, hook).await?;
    }
    revive(tx, id).await
}

/// Forgets deliveries that were over before `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM webhook_deliveries WHERE state <> 'waiting' AND created_at < $1", before)).await
}
