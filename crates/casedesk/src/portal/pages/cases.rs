//! `/portal`: the customer's cases, and one of them.
use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::case::{self, Place};
use super::{SESSION, login};
use crate::cases::{AttachmentId, CaseId, EntryId};
use crate::customers::ContactId;
use crate::desk::Desk;
use crate::details::RequestId;
use crate::phone::ConfirmationId;
use crate::portal::store::{self, Seen};
use crate::portal::{Customer, Guest, PortalError, actions, rules};
use crate::web::api::Path;
use crate::web::client::Client;
use crate::web::shell::Public;
use crate::web::turbo::see_other;
use crate::web::{Html, Result, cookies};

const ROWS: usize = 30;

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<CaseId>,
}

#[derive(Deserialize)]
pub(super) struct AskedOfCase {
    pub(super) before: Option<EntryId>,
}

struct Row {
    id: CaseId,
    number: String,
    subject: String,
    sign: &'static str,
    standing: &'static str,
    /// Who opened it; empty when it was the reader.
    by: String,
    at: String,
    at_words: String,
}

#[derive(Template)]
#[template(path = "portal/cases.html")]
struct CasesPage {
    around: Public,
    rows: Vec<Row>,
    next: Option<CaseId>,
    /// Whether there are quotes to lead to.
    quotes: bool,
}

/// `GET /portal`: the cases of whoever is logged in, or the login.
pub(super) async fn home(State(desk): State<Desk>, headers: HeaderMap, Query(asked): Query<Asked>) -> Result<Response> {
    let guest = match cookies::read(&desk, &headers, SESSION) {
        Some(session) => actions::guest_by_session(&desk, &session).await?,
        None => None,
    };
    match guest {
        Some(guest) => Ok(Html(all(&desk, &guest, asked.before).await?).into_response()),
        None => Ok(login::page(&desk, false).into_response()),
    }
}

async fn all(desk: &Desk, guest: &Guest, before: Option<CaseId>) -> Result<CasesPage> {
    let one_more = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = store::cases(desk.db(), &guest.sight, before, one_more).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    Ok(CasesPage {
        around: around(desk, guest),
        quotes: !actions::quotes(desk, guest, None, 1).await?.is_empty(),
        next: found.last().filter(|_| more).map(|last| last.id),
        rows: found.into_iter().map(|seen| row(desk, guest.contact.id, seen)).collect(),
    })
}

pub(super) fn around(desk: &Desk, guest: &Guest) -> Public {
    Public { who: guest.name.clone(), ..Public::new(desk, "portal") }
}

fn row(desk: &Desk, me: ContactId, seen: Seen) -> Row {
    let (sign, standing) = rules::standing(seen.state, seen.waiting_on);
    Row {
        id: seen.id,
        number: format!("{}-{}", desk.config().desk.prefix, seen.id),
        subject: seen.subject,
        sign,
        standing,
        by: seen.contact_name.filter(|_| seen.contact_id != Some(me)).unwrap_or_default(),
        at: seen.created_at.rfc3339(),
        at_words: seen.created_at.in_words(),
    }
}

/// `GET /portal/cases/{id}`: one that is merged leads to the case that it is part of, when that is theirs to see.
pub(super) async fn show(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path(id): Path<CaseId>,
    Query(asked): Query<AskedOfCase>,
) -> Result<Response> {
    let seen = store::case(desk.db(), &guest.sight, id).await?.ok_or(PortalError::NoCase)?;
    if let Some(root) = seen.merged_into
        && store::case(desk.db(), &guest.sight, root).await?.is_some()
    {
        return Ok(see_other(&format!("/portal/cases/{root}")));
    }
    let place = place(&desk, &guest, id);
    Ok(Html(case::page(&desk, &guest, place, seen, asked.before).await?).into_response())
}

fn place(desk: &Desk, guest: &Guest, id: CaseId) -> Place {
    Place { around: around(desk, guest), href: format!("/portal/cases/{id}"), files: "/portal/files".into() }
}

/// `POST /portal/cases/{id}/answers`
pub(super) async fn answer(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    client: Client,
    Path(id): Path<CaseId>,
    request: Request,
) -> Result<Response> {
    case::answer(&desk, &guest, id, place(&desk, &guest, id), &client, request).await
}

/// `POST /portal/cases/{id}/solution`
pub(super) async fn solve(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    actions::solve(&desk, &guest, id).await?;
    Ok(see_other(&format!("/portal/cases/{id}")))
}

/// `POST /portal/cases/{id}/details/{form}`: leads to the form that was mailed.
pub(super) async fn form(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path((id, form)): Path<(CaseId, RequestId)>,
) -> Result<Response> {
    Ok(see_other(&actions::way_to_form(&desk, &guest, id, form).await?))
}

/// `POST /portal/cases/{id}/confirmations/{confirmation}`: leads to the page that was mailed.
pub(super) async fn question(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path((id, question)): Path<(CaseId, ConfirmationId)>,
) -> Result<Response> {
    Ok(see_other(&actions::way_to_question(&desk, &guest, id, question).await?))
}

/// `GET /portal/files/{file}`
pub(super) async fn file(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path(file): Path<AttachmentId>,
) -> Result<Response> {
    case::file(&desk, &guest, file).await
}
