//! Links, merge and split. A merge moves nothing: the merged case is shown as part of the other. A
//! split moves entries and remembers which. Both can be undone at any time.
use std::collections::BTreeSet;

use super::{Filed, change_entry, locked, record};
use crate::cases::rules;
use crate::cases::store::{self, Case};
use crate::cases::{CaseId, CasesError, Changed, EntryData, EntryId, LinkKind, PersonRole};
use crate::db::Tx;
use crate::desk::Desk;
use crate::search;
use crate::staff::{Actor, TeamId, Viewer};

/// How deep merges of merged cases are followed.
const DEPTH: usize = 20;
/// How many newest entries are looked at for a suggestion.
const LOOKED_AT: i64 = 60;

/// Shows `id` and what is merged into it as part of `into`.
pub async fn merge(desk: &Desk, by: &Viewer, id: CaseId, into: CaseId) -> Result<i64, CasesError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("cases.merge").await?;
    let mut root = locked(&mut tx, into, &by.hidden_teams).await?;
    let mut case = own(&mut tx, id, &by.hidden_teams).await?;
    let merge = merge_in(&mut tx, desk, &mut case, &mut root, Actor::Agent(by.id)).await?;
    tx.commit().await?;
    Ok(merge)
}

/// Whether a message that also names messages of `other` may tie it to its own case, as far as can be seen unlocked.
pub async fn may_tie(tx: &mut Tx, filed: Filed, other: CaseId) -> Result<bool, CasesError> {
    let (Some(one), Some(mut other)) = (store::case(&mut *tx, filed.case).await?, store::case(&mut *tx, other).await?)
    else {
        return Ok(false);
    };
    if let Some(root) = other.merged_into {
        other = store::case(&mut *tx, root).await?.ok_or(CasesError::NoCase(root))?;
    }
    let entry = store::entry(&mut *tx, filed.entry).await?;
    Ok(rules::is_one(&one, &other, entry.and_then(|entry| entry.contact_id)))
}

/// A message that names messages of two cases has shown them to be one conversation, of which parts came in the wrong
/// order: the later case goes on as part of the earlier. `None` where that is for an agent to say, see `rules::is_one`.
pub async fn tie(desk: &Desk, entry: EntryId, other: CaseId) -> Result<Option<i64>, CasesError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("cases.merge").await?;
    let Some(entry) = store::entry(&mut tx, entry).await? else { return Ok(None) };
    let (one, other) = (locked(&mut tx, entry.case_id, &[]).await?, locked(&mut tx, other, &[]).await?);
    let both = [one.id, other.id];
    let worked_on = store::worked_on(&mut tx, one.id).await? && store::worked_on(&mut tx, other.id).await?;
    if worked_on || store::kept_apart(&mut tx, both).await? || !rules::is_one(&one, &other, entry.contact_id) {
        return Ok(None);
    }
    let (mut root, mut case) = if one.id < other.id { (one, other) } else { (other, one) };
    let merge = merge_in(&mut tx, desk, &mut case, &mut root, Actor::System).await?;
    tx.commit().await?;
    Ok(Some(merge))
}

async fn merge_in(tx: &mut Tx, desk: &Desk, case: &mut Case, root: &mut Case, actor: Actor) -> Result<i64, CasesError> {
    if case.merged_into.is_some() {
        return Err(CasesError::AlreadyMerged(case.id));
    }
    let family = family(tx, case.id).await?;
    if family.contains(&root.id) {
        return Err(CasesError::MergeCircle(case.id));
    }
    let now = desk.now();
    let merge = store::insert_merge(tx, case.id, root.id, actor.agent(), now).await?;
    store::set_merged_into(tx, &family, Some(root.id)).await?;
    case.merged_into = Some(root.id);
    let told = |field: &str, case: &Case| Changed {
        field: field.into(),
        from: Some(case.id.to_string()),
        to: Some(case.subject.clone()),
        undo: Some(merge),
    };
    let (there, here) = (told("merged", case), told("merged into", root));
    let entry = change_entry(tx, root.id, actor, there, now).await?;
    record(tx, desk, root, entry, "merged", actor, serde_json::json!({ "case": case.id, "merge": merge })).await?;
    record(tx, desk, case, EntryId(0), "changed", actor, serde_json::json!({ "changed": here })).await?;
    Ok(merge)
}

/// Joins the case that the newest doubtful message of this one looks like, by merging this one into it.
pub async fn join_suggested(desk: &Desk, by: &Viewer, id: CaseId) -> Result<i64, CasesError> {
    store::visible_case(desk.db(), id, &by.hidden_teams).await?.ok_or(CasesError::NoCase(id))?;
    let rows = store::entries(desk.db(), id, None, LOOKED_AT).await?;
    let other = rows.iter().rev().find_map(|row| match row.data() {
        Ok(EntryData::Incoming(details)) => details.looks_like.map(|other| other.case),
        _ => None,
    });
    merge(desk, by, id, other.ok_or(CasesError::Missing("suggestion"))?).await
}

/// Takes a merge back: the case stands by itself again, with what has come to it since.
pub async fn unmerge(desk: &Desk, by: &Viewer, merge: i64) -> Result<CaseId, CasesError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("cases.merge").await?;
    let merge = store::merge(&mut tx, merge).await?.ok_or(CasesError::Missing("merge"))?;
    let root = locked(&mut tx, merge.into_id, &by.hidden_teams).await;
    let mut root = root.map_err(|error| unseen(error, "merge"))?;
    let mut case = own(&mut tx, merge.case_id, &by.hidden_teams).await.map_err(|error| unseen(error, "merge"))?;
    let now = desk.now();
    if store::undo_merge(&mut tx, merge.id, now).await? == 0 {
        return Err(CasesError::AlreadyUndone);
    }
    let family = family(&mut tx, case.id).await?;
    let others: Vec<CaseId> = family.into_iter().filter(|id| *id != case.id).collect();
    store::set_merged_into(&mut tx, &others, Some(case.id)).await?;
    case.merged_into = None;
    let actor = Actor::Agent(by.id);
    let changed = Changed {
        field: "unmerged".into(),
        from: Some(case.id.to_string()),
        to: Some(case.subject.clone()),
        undo: None,
    };
    let entry = change_entry(&mut tx, root.id, actor, changed, now).await?;
    let data = serde_json::json!({ "case": case.id, "merge": merge.id });
    record(&mut tx, desk, &mut root, entry, "unmerged", actor, data.clone()).await?;
    record(&mut tx, desk, &mut case, EntryId(0), "unmerged", actor, data).await?;
    tx.commit().await?;
    Ok(case.id)
}

/// The case itself, even when it is shown as part of another.
async fn own(tx: &mut Tx, id: CaseId, hidden: &[TeamId]) -> Result<Case, CasesError> {
    store::lock_case(tx, id)
        .await?
        .filter(|case| case.team_id.is_none_or(|team| !hidden.contains(&team)))
        .ok_or(CasesError::NoCase(id))
}

/// The case and everything merged into it, directly or not.
async fn family(tx: &mut Tx, id: CaseId) -> Result<Vec<CaseId>, CasesError> {
    let mut all = vec![id];
    let mut generation = vec![id];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for parent in generation {
            next.extend(store::merged_straight_into(&mut *tx, parent).await?);
        }
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(&next);
        generation = next;
    }
    Err(CasesError::MergeCircle(id))
}

/// Moves entries into a case of their own. Their people come along.
pub async fn split(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    entries: &[EntryId],
    subject: &str,
) -> Result<CaseId, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let messages = store::count_messages(&mut tx, case.id).await?;
    let entries: Vec<EntryId> = entries.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let (picked, on_it) = (entries.len(), store::count_entries(&mut tx, case.id, &entries).await?);
    if let Some(first) = entries.first().filter(|_| i64::try_from(picked) != Ok(on_it)) {
        return Err(CasesError::NoEntry(*first));
    }
    if entries.is_empty() || i64::try_from(entries.len()).unwrap_or(i64::MAX) >= messages {
        return Err(CasesError::BadSplit);
    }
    let (now, actor) = (desk.now(), Actor::Agent(by.id));
    let mut new = Case {
        base_subject: subject.to_lowercase(),
        created_at: now,
        updated_at: now,
        unconfirmed_since: None,
        ..case.clone()
    };
    rules::apply(&mut new, &rules::Change::Subject(subject.to_owned()), now)?;
    new.id = store::insert_case(&mut tx, &new).await?;
    let split = store::insert_split(&mut tx, case.id, new.id, Some(by.id), now).await?;
    let moved = move_documents(&mut tx, split, case.id, new.id, &entries).await?;
    for person in store::people(&mut tx, case.id).await? {
        if matches!(person.role, PersonRole::Requester | PersonRole::Copied) {
            let name = person.name.as_deref();
            store::add_person(&mut tx, new.id, &person.address, name, person.contact_id, person.role).await?;
        }
    }
    store::link(&mut tx, new.id, case.id, LinkKind::Related).await?;
    let told = |field: &str, other: &Case| Changed {
        field: field.into(),
        from: Some(other.id.to_string()),
        to: Some(other.subject.clone()),
        undo: Some(split),
    };
    let (here, there) = (told("split", &new), told("split from", &case));
    let data = serde_json::json!({ "split": split, "from": case.id, "to": new.id });
    let entry = change_entry(&mut tx, case.id, actor, here, now).await?;
    record(&mut tx, desk, &mut case, entry, "split", actor, data.clone()).await?;
    let entry = change_entry(&mut tx, new.id, actor, there, now).await?;
    new.last_entry_id = moved;
    record(&mut tx, desk, &mut new, entry, "opened_by_split", actor, data).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Moves entries with their documents; the newest of them.
async fn move_documents(
    tx: &mut Tx,
    split: i64,
    from: CaseId,
    to: CaseId,
    entries: &[EntryId],
) -> Result<EntryId, CasesError> {
    store::move_entries(tx, split, from, to, entries).await?;
    for entry in entries {
        search::move_part(tx, entry.0, to.0).await?;
    }
    entries.iter().copied().max().ok_or(CasesError::BadSplit)
}

/// What stands on a case that the viewer may not see is told as what is not there.
fn unseen(error: CasesError, what: &'static str) -> CasesError {
    match error {
        CasesError::NoCase(_) => CasesError::Missing(what),
        other => other,
    }
}

/// Takes a split back: the moved entries return, what came since stays, and the emptied case is merged.
pub async fn unsplit(desk: &Desk, by: &Viewer, split: i64) -> Result<CaseId, CasesError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("cases.merge").await?;
    let split = store::split(&mut tx, split).await?.ok_or(CasesError::Missing("split"))?;
    let case = locked(&mut tx, split.case_id, &by.hidden_teams).await;
    let mut case = case.map_err(|error| unseen(error, "split"))?;
    let mut new = own(&mut tx, split.new_id, &by.hidden_teams).await.map_err(|error| unseen(error, "split"))?;
    let (now, actor) = (desk.now(), Actor::Agent(by.id));
    if store::undo_split(&mut tx, split.id, now).await? == 0 {
        return Err(CasesError::AlreadyUndone);
    }
    let entries = store::entries_of_split(&mut tx, split.id).await?;
    move_documents(&mut tx, split.id, split.new_id, split.case_id, &entries).await?;
    if new.merged_into.is_none() {
        store::insert_merge(&mut tx, new.id, case.id, Some(by.id), now).await?;
        let family = family(&mut tx, new.id).await?;
        store::set_merged_into(&mut tx, &family, Some(case.id)).await?;
        new.merged_into = Some(case.id);
    }
    let changed = Changed {
        field: "split undone".into(),
        from: Some(new.id.to_string()),
        to: Some(new.subject.clone()),
        undo: None,
    };
    let entry = change_entry(&mut tx, case.id, actor, changed, now).await?;
    let data = serde_json::json!({ "split": split.id });
    record(&mut tx, desk, &mut case, entry, "split_undone", actor, data.clone()).await?;
    record(&mut tx, desk, &mut new, EntryId(0), "split_undone", actor, data).await?;
    tx.commit().await?;
    Ok(case.id)
}

/// Links two cases, or unlinks them.
pub async fn link(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    other: CaseId,
    kind: Option<LinkKind>,
) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let mut other = locked(&mut tx, other, &by.hidden_teams).await?;
    if case.id == other.id {
        return Err(CasesError::MergeCircle(id));
    }
    let changed_rows = match kind {
        Some(kind) => store::link(&mut tx, case.id, other.id, kind).await?,
        None => store::unlink(&mut tx, case.id, other.id).await?,
    };
    if changed_rows == 0 {
        return Ok(());
    }
    let (now, actor) = (desk.now(), Actor::Agent(by.id));
    let field = kind.map_or("link removed", |_| "link");
    for (one, with) in [(&mut case, other.id), (&mut other, id)] {
        let to = kind.map(|kind| kind.to_string());
        let changed = Changed { field: field.into(), from: Some(with.to_string()), to, undo: None };
        let data = serde_json::json!({ "changed": changed });
        let entry = change_entry(&mut tx, one.id, actor, changed, now).await?;
        record(&mut tx, desk, one, entry, "changed", actor, data).await?;
    }
    tx.commit().await?;
    Ok(())
}
