//! `/settings/webhooks`: where events are told, how that goes, a test, and sending again.
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::actions::{self, Registration};
use super::store::{self, Delivery, Webhook};
use super::{DeliveryId, DeliveryState, WebhookId, WebhooksError, rules};
use crate::desk::Desk;
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::routing::{get, post};
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

const ROWS: usize = 25;

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/settings/webhooks", get(all).merge(post(register)))
        .route("/settings/webhooks/{id}", get(one).merge(post(change)))
        .route("/settings/webhooks/{id}/secret", post(renew_secret))
        .route("/settings/webhooks/{id}/disable", post(disable))
        .route("/settings/webhooks/{id}/enable", post(enable))
        .route("/settings/webhooks/{id}/delete", post(delete))
        .route("/settings/webhooks/{id}/ping", post(ping))
        .route("/settings/webhooks/{id}/deliveries/{delivery}/again", post(send_again))
}

/// A kind of event, in words, and whether the webhook asks for it.
struct Kind {
    name: &'static str,
    words: &'static str,
    chosen: bool,
}

/// The form that registers or changes a webhook.
struct Form {
    url: String,
    include_text: bool,
    kinds: Vec<Kind>,
    fault: String,
}

struct Row {
    hook: Webhook,
    hears: String,
}

#[derive(Template)]
#[template(path = "webhooks/all.html")]
struct AllPage {
    shell: Shell,
    rows: Vec<Row>,
    form: Form,
}

struct Told {
    id: DeliveryId,
    kind: String,
    tone: &'static str,
    says: &'static str,
    tries: i64,
    words: String,
    /// When it was last tried, or else when it began to wait.
    at: String,
    again: bool,
}

#[derive(Template)]
#[template(path = "webhooks/one.html")]
struct OnePage {
    shell: Shell,
    hook: Webhook,
    form: Form,
    /// Shown this once.
    secret: Option<String>,
    told: Vec<Told>,
    next: Option<DeliveryId>,
    /// Something here has not been tried yet: its outcome is a moment away.
    soon: bool,
}

fn form(url: &str, kinds: &[String], include_text: bool) -> Form {
    let kind = |name: &'static str| Kind { name, words: words(name), chosen: kinds.iter().any(|kind| kind == name) };
    Form {
        url: url.to_owned(),
        include_text,
        kinds: rules::KINDS.into_iter().map(kind).collect(),
        fault: String::new(),
    }
}

fn words(kind: &str) -> &'static str {
    match kind {
        "case.opened" => "A customer's message opened a case",
        "case.opened_by_agent" => "An agent opened a case",
        "case.opened_by_split" => "A case was split off another",
        "case.received" => "A message came in on a case",
        "case.reply_posted" => "An agent wrote a reply",
        "case.reply_taken_back" => "A reply was taken back before it left",
        "case.reply_sent" => "The mail server took a reply",
        "case.reply_failed" => "A reply could not be sent",
        "case.answered_elsewhere" => "A colleague answered from their own mail program",
        "case.note_posted" => "An agent wrote a note",
        "case.changed" => "State, assignee or another property changed",
        "case.merged" => "A case was merged into another",
        "case.unmerged" => "A merge was undone",
        "case.split" => "Messages moved to a case of their own",
        "case.split_undone" => "A split was undone",
        "case.watched" => "Somebody began or stopped watching",
        "case.quote_step" => "A quote was drafted, sent, accepted or declined",
        "case.promise_warned" => "A promise of the contract is due soon",
        "case.promise_breached" => "A promise of the contract was broken",
        _ => "",
    }
}

/// `GET /settings/webhooks`
async fn all(State(desk): State<Desk>, Admin(by): Admin) -> Result<Response> {
    Ok(Html(all_page(&desk, &by, form("", &[], false)).await?).into_response())
}

async fn all_page(desk: &Desk, by: &Viewer, form: Form) -> Result<AllPage> {
    let row = |hook: Webhook| Row { hears: hears(&hook.kinds()), hook };
    let rows = store::webhooks(desk.db()).await?.into_iter().map(row).collect();
    Ok(AllPage { shell: by.shell("settings", "webhooks"), rows, form })
}

fn hears(kinds: &[String]) -> String {
    match kinds {
        [] => "hears of every event".into(),
        [one] => format!("hears of {one}"),
        many => format!("hears of {} kinds of events", many.len()),
    }
}

fn wanted(sent: &Fields) -> Registration {
    Registration {
        url: sent.one("url").trim().to_owned(),
        kinds: sent.all("kind").map(str::to_owned).collect(),
        include_text: sent.filled("include_text").is_some(),
    }
}

/// The form as it was sent, with what was refused; failures of ours get their own page.
fn again(wanted: &Registration, error: WebhooksError) -> Result<Form> {
    match error {
        WebhooksError::Database(error) => Err(error.into()),
        WebhooksError::NoWebhook => Err(error.into()),
        said => Ok(Form { fault: said.to_string(), ..form(&wanted.url, &wanted.kinds, wanted.include_text) }),
    }
}

/// `POST /settings/webhooks`: the page of the new one, with its secret.
async fn register(State(desk): State<Desk>, Admin(by): Admin, sent: Fields) -> Result<Response> {
    let wanted = wanted(&sent);
    match actions::register(&desk, &by, &wanted, None).await {
        Ok((id, secret)) => with_secret(&desk, &by, id, secret.reveal()).await,
        Err(error) => {
            let page = all_page(&desk, &by, again(&wanted, error)?).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

async fn with_secret(desk: &Desk, by: &Viewer, id: WebhookId, secret: &str) -> Result<Response> {
    let page = OnePage { secret: Some(secret.to_owned()), ..one_page(desk, by, id, None).await? };
    Ok(Html(page).into_response())
}

#[derive(Deserialize)]
struct Asked {
    before: Option<DeliveryId>,
}

/// `GET /settings/webhooks/{id}`
async fn one(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    Ok(Html(one_page(&desk, &by, id, asked.before).await?).into_response())
}

async fn one_page(desk: &Desk, by: &Viewer, id: WebhookId, before: Option<DeliveryId>) -> Result<OnePage> {
    let hook = store::webhook(desk.db(), id).await?.ok_or(WebhooksError::NoWebhook)?;
    let one_more = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut deliveries = store::deliveries(desk.db(), id, before, one_more).await?;
    let more = deliveries.len() > ROWS;
    deliveries.truncate(ROWS);
    Ok(OnePage {
        shell: by.shell("settings", "webhooks"),
        form: form(&hook.url, &hook.kinds(), hook.include_text),
        secret: None,
        next: deliveries.last().filter(|_| more).map(|last| last.id),
        soon: deliveries.iter().any(|d| d.state == DeliveryState::Waiting && d.tries == 0),
        told: deliveries.into_iter().map(told).collect(),
        hook,
    })
}

fn told(row: Delivery) -> Told {
    let (tone, says) = match (row.state, row.tries) {
        (DeliveryState::Waiting, 0) => ("acc", "to be sent"),
        (DeliveryState::Waiting, _) => ("warn", "tried again"),
        (DeliveryState::Delivered, _) => ("ok", "delivered"),
        (DeliveryState::Failed, _) => ("bad", "failed"),
        (DeliveryState::Cancelled, _) => ("line", "not sent, it was disabled"),
    };
    let status = row.last_status.map(|status| format!("answered with {status}"));
    Told {
        id: row.id,
        tone,
        says,
        tries: row.tries,
        words: row.last_error.or(status).unwrap_or_default(),
        at: row.tried_at.unwrap_or(row.created_at).rfc3339(),
        again: row.state.can_be_sent_again() && !row.body.is_empty(),
        kind: row.kind,
    }
}

/// `POST /settings/webhooks/{id}`
async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<WebhookId>,
    sent: Fields,
) -> Result<Response> {
    let wanted = wanted(&sent);
    match actions::change(&desk, &by, id, &wanted).await {
        Ok(()) => Ok(see_other(&page_of(id))),
        Err(error) => {
            let page = OnePage { form: again(&wanted, error)?, ..one_page(&desk, &by, id, None).await? };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

fn page_of(id: WebhookId) -> String {
    format!("/settings/webhooks/{id}")
}

/// `POST /settings/webhooks/{id}/secret`
async fn renew_secret(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<Response> {
    let secret = actions::renew_secret(&desk, &by, id).await?;
    with_secret(&desk, &by, id, secret.reveal()).await
}

/// `POST /settings/webhooks/{id}/disable`
async fn disable(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<Response> {
    actions::pause(&desk, &by, id).await?;
    Ok(see_other(&page_of(id)))
}

/// `POST /settings/webhooks/{id}/enable`
async fn enable(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<Response> {
    actions::resume(&desk, &by, id).await?;
    Ok(see_other(&page_of(id)))
}

/// `POST /settings/webhooks/{id}/delete`
async fn delete(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<Response> {
    actions::delete(&desk, &by, id).await?;
    Ok(see_other("/settings/webhooks"))
}

/// `POST /settings/webhooks/{id}/ping`
async fn ping(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<WebhookId>) -> Result<Response> {
    actions::ping(&desk, &by, id).await?;
    Ok(see_other(&page_of(id)))
}

/// `POST /settings/webhooks/{id}/deliveries/{delivery}/again`
async fn send_again(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Response> {
    actions::send_again(&desk, &by, id, delivery).await?;
    Ok(see_other(&page_of(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_event_is_explained() {
        for kind in rules::KINDS {
            assert!(!words(kind).is_empty(), "{kind}");
        }
    }
}
