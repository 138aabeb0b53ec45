//! What is done to cases: one verb, one transaction each.
mod author;
mod call;
mod change;
mod clocks;
mod colleague;
mod columns;
mod details;
mod draft;
mod files;
mod follow;
mod hand_over;
mod judge;
mod logs;
mod quote;
mod receive;
mod related;
mod roadmap;
mod similar;
mod write;

pub use author::*;
pub use call::*;
pub use change::*;
pub use clocks::*;
pub use colleague::*;
pub use columns::*;
pub use details::*;
pub use draft::*;
pub use files::*;
pub use follow::*;
pub use hand_over::*;
pub use judge::*;
pub use logs::*;
pub use quote::*;
pub use receive::*;
pub use related::*;
pub use roadmap::*;
pub use similar::*;
pub use write::*;

use super::store::{self, Case, NewEntry};
use super::{CaseId, CasesError, Changed, EntryData, EntryId, EntryKind};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::Timestamp;
use crate::search::{self, Document};
use crate::staff::{Actor, TeamId, Viewer};

/// The longest text of a reply or note, in bytes.
pub const MOST_TEXT: usize = 200_000;

/// Loads the case that is shown for `id` and keeps it until the transaction ends.
async fn locked(tx: &mut Tx, id: CaseId, hidden: &[TeamId]) -> Result<Case, CasesError> {
    let case = store::lock_case(tx, id).await?.ok_or(CasesError::NoCase(id))?;
    if case.team_id.is_some_and(|team| hidden.contains(&team)) {
        return Err(CasesError::NoCase(id));
    }
    let Some(root) = case.merged_into else { return Ok(case) };
    store::lock_case(tx, root)
        .await?
        .filter(|root| root.team_id.is_none_or(|team| !hidden.contains(&team)))
        .ok_or(CasesError::NoCase(id))
}

/// Refuses what stands on a case that the viewer sees neither by itself nor as part of another.
pub async fn may_read(desk: &Desk, by: &Viewer, id: CaseId) -> Result<(), CasesError> {
    let (team, root, root_team) = store::teams_around(desk.db(), id).await?.ok_or(CasesError::NoCase(id))?;
    let shown = by.can_see(team) || (root.is_some() && by.can_see(root_team));
    if shown { Ok(()) } else { Err(CasesError::NoCase(id)) }
}

/// Writes the case with its newest entry, and tells everybody.
async fn record(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    entry: EntryId,
    kind: &'static str,
    actor: Actor,
    data: serde_json::Value,
) -> Result<i64, CasesError> {
    case.updated_at = case.updated_at.max(desk.now());
    case.last_entry_id = case.last_entry_id.max(entry);
    store::update_case(tx, case).await?;
    Ok(tell(tx, desk, case, kind, actor, data).await?)
}

async fn tell(
    tx: &mut Tx,
    desk: &Desk,
    case: &Case,
    kind: &'static str,
    actor: Actor,
    data: serde_json::Value,
) -> crate::db::Result<i64> {
    let event = Event {
        topic: "case",
        id: case.id.0,
        kind,
        team: case.team_id.map(|team| team.0),
        agent: actor.agent().map(|agent| agent.0),
        at: desk.now(),
        data,
    };
    desk.tell(tx, &event).await
}

/// Writes a line that says what was changed.
async fn change_entry(
    tx: &mut Tx,
    case: CaseId,
    actor: Actor,
    changed: Changed,
    now: Timestamp,
) -> Result<EntryId, CasesError> {
    let entry = NewEntry {
        case_id: case,
        kind: EntryKind::Change,
        agent_id: actor.agent(),
        contact_id: None,
        at: now,
        text: "",
        data: &EntryData::Change(changed),
        delivery: None,
        send_at: None,
        client_id: None,
    };
    Ok(store::insert_entry(tx, &entry).await?)
}

/// Makes an entry findable by its words, its people and the names of its files.
async fn index(
    tx: &mut Tx,
    case: &Case,
    entry: EntryId,
    on: CaseId,
    text: &str,
    people: &str,
    files: &str,
) -> Result<(), CasesError> {
    let title = format!("{} {}", case.subject, on);
    let document = Document { owner: on.0, part: entry.0, title: &title, body: text, people, files };
    Ok(search::index(tx, &document).await?)
}

fn checked_text(text: &str, field: &'static str) -> Result<(), CasesError> {
    if text.trim().is_empty() {
        return Err(CasesError::Empty(field));
    }
    if text.len() > MOST_TEXT {
        return Err(CasesError::TooLong { field, most: MOST_TEXT });
    }
    Ok(())
}
