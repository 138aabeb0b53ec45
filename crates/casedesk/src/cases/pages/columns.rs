//! What a list says of verdicts: badges in its rows, the filter's own words, and which of them each agent sees always.
use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;

use super::load::urlencoded;
use super::views::Badge;
use crate::cases::filter::{View, verdict_words};
use crate::cases::{CaseId, actions, store};
use crate::customers::pages::{kind_words, state_words};
use crate::customers::{Verdict, VerdictKind};
use crate::desk::Desk;
use crate::staff::{Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::turbo::see_other;
use crate::web::{Error, Result};

/// A verdict as a column of the list.
#[derive(Clone, Debug)]
pub struct Column {
    pub kind: VerdictKind,
    pub title: &'static str,
    pub on: bool,
}

/// A key of the filter with the words that it takes, each a link that adds it to what is looked for.
#[derive(Clone, Debug)]
pub struct Key {
    pub key: &'static str,
    pub words: Vec<(String, String)>,
}

/// The badges of these cases, with the columns that this agent wants to see.
pub(super) async fn badges(desk: &Desk, columns: &[Column], ids: &[CaseId]) -> Result<HashMap<CaseId, Vec<Badge>>> {
    let mut badges: HashMap<CaseId, Vec<Badge>> = HashMap::new();
    if ids.is_empty() {
        return Ok(badges);
    }
    let kinds: Vec<VerdictKind> = columns.iter().filter(|column| column.on).map(|column| column.kind).collect();
    let mut found = store::verdicts_in_list(desk.db(), ids, &kinds).await?;
    found.sort_by_key(|row| row.verdict.kind);
    for row in found {
        badges.entry(row.case_id).or_default().push(badge(row.verdict));
    }
    Ok(badges)
}

fn badge(verdict: Verdict) -> Badge {
    let (tone, words) = state_words(verdict.state);
    let text = if verdict.label.is_empty() { words.to_owned() } else { verdict.label };
    Badge { tone, icon: "", text }
}

pub(super) async fn columns(desk: &Desk, by: &Viewer) -> Result<Vec<Column>> {
    let on = store::list_columns(desk.db(), by.id).await?;
    let column = |kind: &VerdictKind| Column { kind: *kind, title: kind_words(*kind), on: on.contains(kind) };
    Ok(VerdictKind::ALL.iter().map(column).collect())
}

/// The keys of verdicts, added to what is typed already.
pub(super) fn keys(view: &str, typed: &str) -> Vec<Key> {
    let href = |key: &str, word: &str| {
        let prefix = format!("{key}:");
        let others = typed.split_whitespace().filter(|piece| !piece.starts_with(&prefix));
        let all: Vec<&str> = others.collect();
        format!("/views/{view}?q={}", urlencoded(format!("{} {prefix}{word}", all.join(" ")).trim()))
    };
    let key = |kind: &VerdictKind| Key {
        key: kind.key(),
        words: verdict_words(*kind).into_iter().map(|word| (href(kind.key(), &word), word)).collect(),
    };
    VerdictKind::ALL.iter().map(key).collect()
}

/// `POST /views/{view}/columns`: what this agent sees in every row of every list.
pub(super) async fn choose(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(slug): Path<String>,
    sent: Fields,
) -> Result<Response> {
    let view = View::parse(&slug).ok_or_else(|| Error::not_found("such view"))?;
    let kinds: Vec<VerdictKind> = sent.all("column").filter_map(VerdictKind::of_key).collect();
    actions::set_columns(&desk, &by, &kinds).await?;
    Ok(see_other(&format!("/views/{}?q={}", view.slug(), urlencoded(sent.one("q")))))
}
