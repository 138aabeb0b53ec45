//! Picking the messages that get a case of their own.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::entry::{self, Files, Names};
use super::views::Entry;
use super::{key, load, prose, shell};
use crate::cases::store::{self, EntryRow};
use crate::cases::{CaseId, EntryId, EntryKind, actions};
use crate::desk::Desk;
use crate::staff::Worker;
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// How many of the newest entries can be picked from.
const MOST: i64 = 500;
const PEEK: usize = 220;

/// One message that can be picked.
struct Pick {
    entry: Entry,
    peek: String,
}

#[derive(Template)]
#[template(path = "cases/split.html")]
struct SplitPage {
    shell: Shell,
    number: i64,
    key: String,
    subject: String,
    picks: Vec<Pick>,
    /// Messages that belong to cases merged into this one: they go with those.
    merged: usize,
    /// Older messages than the page shows.
    older: bool,
}

/// `GET /cases/{id}/split`
pub(super) async fn show(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<CaseId>) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    if let Some(root) = row.merged_into {
        return Ok(Redirect::to(&format!("/cases/{root}/split")).into_response());
    }
    let rows = store::entries(desk.db(), id, None, MOST).await?;
    let older = i64::try_from(rows.len()).is_ok_and(|read| read == MOST);
    let said: Vec<EntryRow> = rows.into_iter().filter(|row| row.kind != EntryKind::Change).collect();
    let (own, merged): (Vec<EntryRow>, Vec<EntryRow>) = said.into_iter().partition(|row| row.case_id == id);
    let ids: Vec<EntryId> = own.iter().map(|row| row.id).collect();
    let files = load::files(&desk, &ids).await?;
    let names = load::names(&desk).await?;
    let picks = own.iter().map(|row| pick(row, &files, &names)).collect::<Result<Vec<_>>>()?;
    Ok(Html(SplitPage {
        shell: shell(&by, ""),
        number: id.0,
        key: key(&desk, id),
        subject: row.subject,
        picks: picks.into_iter().flatten().collect(),
        merged: merged.len(),
        older,
    })
    .into_response())
}

fn pick(row: &EntryRow, files: &Files, names: &Names) -> Result<Option<Pick>> {
    let entry = entry::entry(row, files, names)?;
    Ok(entry.map(|entry| Pick { entry, peek: prose::peek(&row.text, PEEK) }))
}

/// `POST /cases/{id}/split`: the new case is shown next; its first line takes the split back.
pub(super) async fn split(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    picked: Fields,
) -> Result<Response> {
    let entries: Vec<EntryId> = picked.all("entry").filter_map(|id| id.parse().ok().map(EntryId)).collect();
    let new = actions::split(&desk, &by, id, &entries, picked.one("subject")).await?;
    Ok(see_other(&format!("/cases/{new}")))
}
