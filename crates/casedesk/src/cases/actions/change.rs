//! Changes of a case's fields, tags, watchers and people; and those that time makes.
use std::collections::BTreeSet;
use std::time::Duration;

use super::related::merge;
use super::{change_entry, locked, record, tell};
use crate::cases::jobs::IndexCase;
use crate::cases::rules::{self, Change};
use crate::cases::store::{self, Case};
use crate::cases::{CaseId, CaseState, CasesError, Changed, EntryId, PersonRole};
use crate::customers;
use crate::db::Tx;
use crate::desk::Desk;
use crate::queue;
use crate::staff::{self, Actor, Viewer};

/// How many cases one bulk action may touch.
pub const MOST_BULK: usize = 200;
/// How many cases the clock changes in one go.
const BATCH: i64 = 100;

/// Changes one field of a case. `Ok(false)`: it was so already.
pub async fn change(desk: &Desk, by: &Viewer, id: CaseId, change: &Change) -> Result<bool, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let changed = change_in(&mut tx, desk, &mut case, change, Actor::Agent(by.id)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// What is done with many cases alike.
#[derive(Clone, Debug)]
pub enum Joint {
    Change(Change),
    Tag {
        tag: String,
        on: bool,
    },
    /// All go on as part of the one that was opened first.
    Merge,
}

/// The same on many cases, a transaction each: those that were not so already.
pub async fn change_many(desk: &Desk, by: &Viewer, ids: &[CaseId], wanted: &Joint) -> Result<Vec<CaseId>, CasesError> {
    if ids.len() > MOST_BULK {
        return Err(CasesError::TooLong { field: "selection", most: MOST_BULK });
    }
    // All or nothing for ids that are not the agent's to see.
    for id in ids {
        store::visible_case(desk.db(), *id, &by.hidden_teams).await?.ok_or(CasesError::NoCase(*id))?;
    }
    let ids: BTreeSet<CaseId> = ids.iter().copied().collect();
    let mut changed = Vec::new();
    for &id in &ids {
        let other = match wanted {
            Joint::Change(wanted) => change(desk, by, id, wanted).await?,
            Joint::Tag { tag: name, on } => tag(desk, by, id, name, *on).await?,
            Joint::Merge => match ids.first() {
                Some(&first) if first != id => merge(desk, by, id, first).await.map(|_| true)?,
                _ => false,
            },
        };
        if other {
            changed.push(id);
        }
    }
    Ok(changed)
}

pub(super) async fn change_in(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    change: &Change,
    actor: Actor,
) -> Result<bool, CasesError> {
    let now = desk.now();
    check_exists(tx, change).await?;
    let Some(changed) = rules::apply(case, change, now)? else { return Ok(false) };
    let data = serde_json::json!({ "changed": changed });
    let entry = change_entry(tx, case.id, actor, changed, now).await?;
    record(tx, desk, case, entry, "changed", actor, data).await?;
    if matches!(change, Change::Subject(_)) {
        queue::enqueue(tx, &IndexCase { case: case.id, after: EntryId(0) }, now).await?;
    }
    Ok(true)
}

async fn check_exists(tx: &mut Tx, change: &Change) -> Result<(), CasesError> {
    let known = match change {
        Change::Assign(Some(id)) => {
            staff::store::agent(&mut *tx, *id).await?.is_some_and(|agent| agent.disabled_at.is_none())
        }
        Change::Team(Some(id)) => staff::store::team(&mut *tx, *id).await?.is_some(),
        _ => true,
    };
    if known { Ok(()) } else { Err(CasesError::NoSuch("the one you chose".into())) }
}

/// Puts a tag on the case, or takes it off.
pub async fn tag(desk: &Desk, by: &Viewer, id: CaseId, tag: &str, on: bool) -> Result<bool, CasesError> {
    let tag = customers::rules::checked_tag(tag)?;
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let changed = tag_in(&mut tx, desk, &mut case, tag, on, Actor::Agent(by.id)).await?;
    tx.commit().await?;
    Ok(changed)
}

pub(super) async fn tag_in(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    tag: String,
    on: bool,
    actor: Actor,
) -> Result<bool, CasesError> {
    let changed =
        if on { store::add_tag(tx, case.id, &tag).await? } else { store::remove_tag(tx, case.id, &tag).await? };
    if changed == 0 {
        return Ok(false);
    }
    let (from, to) = if on { (None, Some(tag)) } else { (Some(tag), None) };
    let changed = Changed { field: "tag".into(), from, to, undo: None };
    let data = serde_json::json!({ "changed": changed });
    let entry = change_entry(tx, case.id, actor, changed, desk.now()).await?;
    record(tx, desk, case, entry, "changed", actor, data).await?;
    Ok(true)
}

/// Watches the case, or no longer. Nobody else's concern, so it is no entry.
pub async fn watch(desk: &Desk, by: &Viewer, id: CaseId, on: bool) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    let case = locked(&mut tx, id, &by.hidden_teams).await?;
    if on {
        store::watch(&mut tx, case.id, by.id).await?;
    } else {
        store::unwatch(&mut tx, case.id, by.id).await?;
    }
    tell(&mut tx, desk, &case, "watched", Actor::Agent(by.id), serde_json::json!({ "on": on })).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets somebody take part, or no longer.
pub async fn set_person(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    address: &str,
    takes_part: bool,
) -> Result<(), CasesError> {
    let person = customers::Person { name: None, address: address.to_owned() };
    let address = super::checked_people(&[person])?.remove(0).address;
    let role = if takes_part { PersonRole::Copied } else { PersonRole::Removed };
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    store::add_person(&mut tx, case.id, &address, None, None, role).await?;
    store::set_role(&mut tx, case.id, &address, role).await?;
    let (from, to) = if takes_part { (None, Some(address)) } else { (Some(address), None) };
    let changed = Changed { field: "participant".into(), from, to, undo: None };
    let data = serde_json::json!({ "changed": changed });
    let entry = change_entry(&mut tx, case.id, Actor::Agent(by.id), changed, desk.now()).await?;
    record(&mut tx, desk, &mut case, entry, "changed", Actor::Agent(by.id), data).await?;
    tx.commit().await?;
    Ok(())
}

/// The customer says that it is solved. `Ok(false)`: it was so already. Who may say so is the caller's to know.
pub async fn solve_by_customer(tx: &mut Tx, desk: &Desk, id: CaseId, who: &str) -> Result<bool, CasesError> {
    let mut case = locked(tx, id, &[]).await?;
    if !case.state.is_open() {
        return Ok(false);
    }
    let now = desk.now();
    rules::apply(&mut case, &Change::Solve, now)?;
    case.last_customer_at = Some(now);
    let changed = Changed { field: "solved by the customer".into(), from: None, to: Some(who.to_owned()), undo: None };
    let data = serde_json::json!({ "changed": changed });
    let entry = change_entry(tx, case.id, Actor::System, changed, now).await?;
    record(tx, desk, &mut case, entry, "changed", Actor::System, data).await?;
    Ok(true)
}

/// Opens cases whose date has come, and closes those that have been solved long enough. How many changed.
pub async fn pass_time(desk: &Desk) -> Result<usize, CasesError> {
    let now = desk.now();
    let days = u64::from(desk.config().desk.close_after_days);
    let solved_before = now.minus(Duration::from_secs(days * 86_400));
    let wake = store::due_to_wake(desk.db(), now, BATCH).await?;
    let close = store::due_to_close(desk.db(), solved_before, BATCH).await?;
    let mut changed = 0;
    for (ids, change) in [(wake, Change::Reopen), (close, Change::Close)] {
        for id in ids {
            let mut tx = desk.db().begin().await?;
            let mut case = locked(&mut tx, id, &[]).await?;
            // Somebody may have been quicker between the look and the lock.
            let due = match change {
                Change::Close => case.state == CaseState::Solved,
                _ => case.wake_at.is_some_and(|at| at <= now),
            };
            if due && change_in(&mut tx, desk, &mut case, &change, Actor::System).await? {
                tx.commit().await?;
                changed += 1;
            }
        }
    }
    Ok(changed)
}
