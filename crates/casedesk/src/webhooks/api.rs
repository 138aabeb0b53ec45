//! Webhooks over the API, for administrators.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::actions::{self, Registration};
use super::store::{self, Delivery, Webhook};
use super::{DeliveryId, DeliveryState, WebhookId, WebhooksError};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::Admin;
use crate::web::Result;
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, register_webhook))
        .routes(routes!(get_webhook, change_webhook, delete_webhook))
        .routes(routes!(renew_webhook_secret))
        .routes(routes!(disable_webhook, enable_webhook))
        .routes(routes!(ping_webhook))
        .routes(routes!(list_deliveries))
        .routes(routes!(send_delivery_again))
}

/// Where events are told.
#[derive(Serialize, ToSchema)]
struct WebhookInList {
    id: WebhookId,
    url: String,
    /// Empty: every kind.
    kinds: Vec<String>,
    include_text: bool,
    created_at: Timestamp,
    /// Since when it is told nothing more; enable or change it to let it listen again.
    disabled_at: Option<Timestamp>,
    disabled_reason: Option<String>,
}

impl From<Webhook> for WebhookInList {
    fn from(row: Webhook) -> Self {
        Self {
            id: row.id,
            kinds: row.kinds(),
            url: row.url,
            include_text: row.include_text,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            disabled_reason: row.disabled_reason,
        }
    }
}

/// List the webhooks.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = Vec<WebhookInList>)))]
async fn list_webhooks(State(desk): State<Desk>, _: Admin) -> Result<Json<Vec<WebhookInList>>> {
    let rows = store::webhooks(desk.db()).await?;
    Ok(Json(rows.into_iter().map(WebhookInList::from).collect()))
}

/// Get a webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookInList)))]
async fn get_webhook(State(desk): State<Desk>, _: Admin, Path(id): Path<WebhookId>) -> Result<Json<WebhookInList>> {
    Ok(Json(store::webhook(desk.db(), id).await?.ok_or(WebhooksError::NoWebhook)?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Where to post to. Addresses inside private networks are refused unless the settings allow them.
    url: String,
    /// As `case.opened`; empty: every kind.
    #[serde(default)]
    kinds: Vec<String>,
    /// Also tell the words of messages. Those of internal notes are never told.
    #[serde(default)]
    include_text: bool,
    /// `whsec_` and 24 to 64 bytes in base64. Without it one is made.
    #[serde(default)]
    secret: Option<String>,
}

/// A webhook's secret, shown this once.
#[derive(Serialize, ToSchema)]
struct WebhookSecret {
    id: WebhookId,
    secret: String,
}

/// Register a webhook.
///
/// Events are posted to it as JSON, signed as Standard Webhooks has it, and tried for four days.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", responses((status = 201, body = WebhookSecret)))]
async fn register_webhook(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Json(new): Json<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookSecret>)> {
    let wanted = Registration { url: new.url, kinds: new.kinds, include_text: new.include_text };
    let (id, secret) = actions::register(&desk, &by, &wanted, new.secret).await?;
    Ok((StatusCode::CREATED, Json(WebhookSecret { id, secret: secret.reveal().to_owned() })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedWebhook {
    url: String,
    kinds: Vec<String>,
    include_text: bool,
}

/// Change a webhook.
///
/// One that was disabled listens again.
#[utoipa::path(put, path = "/webhooks/{id}", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 204)))]
async fn change_webhook(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
    Json(new): Json<ChangedWebhook>,
) -> Result<StatusCode> {
    let wanted = Registration { url: new.url, kinds: new.kinds, include_text: new.include_text };
    actions::change(&desk, &by, id, &wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a webhook.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 204)))]
async fn delete_webhook(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<StatusCode> {
    actions::delete(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook a new secret.
///
/// The old one signs nothing any more.
#[utoipa::path(post, path = "/webhooks/{id}/secrets", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 201, body = WebhookSecret)))]
async fn renew_webhook_secret(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
) -> Result<(StatusCode, Json<WebhookSecret>)> {
    let secret = actions::renew_secret(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, Json(WebhookSecret { id, secret: secret.reveal().to_owned() })))
}

/// Disable a webhook.
///
/// It is told nothing more until it is enabled.
#[utoipa::path(put, path = "/webhooks/{id}/disablement", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 204)))]
async fn disable_webhook(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<StatusCode> {
    actions::pause(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enable a webhook.
///
/// It is told of what happens from now on; what it missed can be sent again.
#[utoipa::path(delete, path = "/webhooks/{id}/disablement", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 204)))]
async fn enable_webhook(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<StatusCode> {
    actions::resume(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was made.
#[derive(Serialize, ToSchema)]
struct MadeDelivery {
    id: DeliveryId,
}

/// Send a test.
///
/// It is of the kind `webhook.ping`, signed as any other, and tried once; also while the webhook is disabled.
#[utoipa::path(post, path = "/webhooks/{id}/pings", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 201, body = MadeDelivery)))]
async fn ping_webhook(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
) -> Result<(StatusCode, Json<MadeDelivery>)> {
    let id = actions::ping(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, Json(MadeDelivery { id })))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The `next` of the page before.
    before: Option<DeliveryId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct DeliveryPage {
    /// Newest first.
    deliveries: Vec<DeliveryInList>,
    /// Give it as `before` to get the next page. `null`: this is the last one.
    next: Option<DeliveryId>,
}

#[derive(Serialize, ToSchema)]
struct DeliveryInList {
    id: DeliveryId,
    event_id: i64,
    kind: String,
    state: DeliveryState,
    tries: i64,
    /// The HTTP status of the last try.
    last_status: Option<i64>,
    last_error: Option<String>,
    created_at: Timestamp,
    tried_at: Option<Timestamp>,
}

impl From<Delivery> for DeliveryInList {
    fn from(row: Delivery) -> Self {
        Self {
            id: row.id,
            event_id: row.event_id,
            kind: row.kind,
            state: row.state,
            tries: row.tries,
            last_status: row.last_status,
            last_error: row.last_error,
            created_at: row.created_at,
            tried_at: row.tried_at,
        }
    }
}

/// List what a webhook was told.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 200, body = DeliveryPage)))]
async fn list_deliveries(
    State(desk): State<Desk>,
    _: Admin,
    Path(id): Path<WebhookId>,
    Query(asked): Query<Asked>,
) -> Result<Json<DeliveryPage>> {
    store::webhook(desk.db(), id).await?.ok_or(WebhooksError::NoWebhook)?;
    let limit = limit(asked.limit)?;
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = store::deliveries(desk.db(), id, asked.before, one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(Json(DeliveryPage { deliveries: rows.into_iter().map(DeliveryInList::from).collect(), next }))
}

/// Send a delivery again.
///
/// One that failed or was cancelled, with the same body under the same `webhook-id`. It is tried for four days more.
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/tries", tag = "webhooks",
    params(("id" = WebhookId, Path), ("delivery" = DeliveryId, Path)), responses((status = 204)))]
async fn send_delivery_again(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<StatusCode> {
    actions::send_again(&desk, &by, id, delivery).await?;
    Ok(StatusCode::NO_CONTENT)
}
