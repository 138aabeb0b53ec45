//! `/settings/form`: how the form is put on other sites, and what is held for a look.
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::questions::{self, OfProduct};
use crate::desk::Desk;
use crate::forms::store::{self, Held};
use crate::forms::{SubmissionId, Typed, actions, rules};
use crate::kit::prose;
use crate::staff::{Reader, Worker};
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

const ROWS: usize = 25;
/// How much of a message is shown, in characters.
const PEEK: usize = 600;

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<SubmissionId>,
}

struct Row {
    id: SubmissionId,
    subject: String,
    from: String,
    peek: String,
    files: i64,
    reason: String,
    at: String,
}

#[derive(Template)]
#[template(path = "forms/settings.html")]
struct Page {
    shell: Shell,
    enabled: bool,
    href: String,
    snippet: String,
    origins: String,
    bits: u32,
    rows: Vec<Row>,
    next: Option<SubmissionId>,
    products: Vec<OfProduct>,
    kinds: Vec<(&'static str, &'static str)>,
    details: Vec<(&'static str, &'static str)>,
}

/// `GET /settings/form`
pub(super) async fn show(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let one_more = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut held = store::held(desk.db(), asked.before, one_more).await?;
    let more = held.len() > ROWS;
    held.truncate(ROWS);
    let forms = &desk.config().forms;
    Ok(Html(Page {
        shell: by.shell("settings", "form"),
        enabled: forms.enabled,
        href: desk.link("/support/new"),
        snippet: format!("<script src=\"{}\"></script>", desk.link("/support/form.js")),
        origins: forms.embed_origins.join(", "),
        bits: forms.proof_of_work_bits,
        next: held.last().filter(|_| more).map(|last| last.id),
        rows: held.into_iter().map(row).collect(),
        products: questions::all(&desk).await?,
        kinds: questions::kinds(),
        details: questions::details(),
    }))
}

fn row(held: Held) -> Row {
    let typed: Typed = serde_json::from_str(&held.typed).unwrap_or_default();
    Row {
        id: held.id,
        subject: rules::subject(&typed.description),
        from: format!("{} <{}>", typed.name, typed.address),
        peek: prose::peek(&rules::text(&typed), PEEK),
        files: held.files,
        reason: held.reason.unwrap_or_default(),
        at: held.created_at.rfc3339(),
    }
}

/// `POST /settings/form/held/{id}/release`
pub(super) async fn release(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<SubmissionId>,
) -> Result<Response> {
    let case = actions::release(&desk, &by, id).await?;
    Ok(see_other(&format!("/cases/{case}")))
}

/// `POST /settings/form/held/{id}/discard`
pub(super) async fn discard(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<SubmissionId>,
) -> Result<Response> {
    actions::discard(&desk, &by, id).await?;
    Ok(see_other("/settings/form"))
}
