//! Two organisations, or two contacts, become one, and can become two again.
//!
//! A merge moves what hangs on the one to the other and notes each row that it moved; undoing it moves back what is still
//! where the merge put it. The row itself stays, hidden. What other rooms hang on it follows in the same transaction, so
//! that no customer sees for a moment what neither setting allows.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::book_of;
use crate::customers::rules::duplicates::{self, Pair};
use crate::customers::rules::sheet::Sheet;
use crate::customers::store::{self, MOST, Merge};
use crate::customers::{
    Contact, ContactId, CustomersError, FileKind, MergeId, Organisation, OrganisationId, OrganisationKind, rules,
};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::products::actions::MovedVote;
use crate::products::{self, VoterId};
use crate::staff::{Audit, Viewer, actions::audit};

/// What an organisation is called.
#[derive(Serialize, Deserialize)]
struct Called {
    name: String,
    kind: OrganisationKind,
}

/// What a contact is called, and what is noted of them.
#[derive(Serialize, Deserialize)]
struct Noted {
    name: String,
    note: String,
}

fn text(value: &impl Serialize) -> Result<String, CustomersError> {
    serde_json::to_string(value).map_err(|error| crate::db::Error::Encode(error.into()).into())
}

fn read<T: for<'a> Deserialize<'a>>(json: &str) -> Result<T, CustomersError> {
    serde_json::from_str(json).map_err(|error| crate::db::Error::Decode(error.into()).into())
}

/// The organisation, unless it is shown as part of another.
pub(super) async fn organisation_in_use(tx: &mut Tx, id: OrganisationId) -> Result<Organisation, CustomersError> {
    let found = store::organisation(&mut *tx, id).await?.ok_or(CustomersError::Missing("organisation"))?;
    match store::organisation_merged_into(tx, id).await? {
        None => Ok(found),
        Some(_) => Err(CustomersError::Merged(found.name)),
    }
}

/// The same of a contact.
pub(super) async fn contact_in_use(tx: &mut Tx, id: ContactId) -> Result<Contact, CustomersError> {
    let found = store::contact(&mut *tx, id).await?.ok_or(CustomersError::Missing("contact"))?;
    match store::contact_merged_into(tx, id).await? {
        None => Ok(found),
        Some(_) => Err(CustomersError::Merged(found.name)),
    }
}

/// Makes one organisation part of another, which is called as said from then on.
pub async fn merge_organisations(
    desk: &Desk,
    by: &Viewer,
    (keep, merged): (OrganisationId, OrganisationId),
    name: &str,
    kind: OrganisationKind,
) -> Result<MergeId, CustomersError> {
    let after = Called { name: rules::checked_name(name)?, kind };
    if keep == merged {
        return Err(CustomersError::SameOne);
    }
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.merge").await?;
    let kept = organisation_in_use(&mut tx, keep).await?;
    organisation_in_use(&mut tx, merged).await?;
    if store::most_together(&mut tx, keep, merged).await? > MOST {
        return Err(CustomersError::TooMany(MOST));
    }
    let before = Called { name: kept.name, kind: kept.kind };
    let pair = (FileKind::Organisation, keep.0, merged.0);
    let id = store::insert_merge(&mut tx, pair, (&text(&before)?, &text(&after)?), by.id, desk.now()).await?;
    store::move_belongings(&mut tx, id, merged, keep).await?;
    for vote in products::actions::move_votes(&mut tx, VoterId(merged.0), VoterId(keep.0)).await? {
        store::insert_move(&mut tx, id, "vote", &text(&vote)?).await?;
    }
    store::set_merged(&mut tx, id, FileKind::Organisation, merged.0, keep.0).await?;
    store::update_organisation(&mut tx, keep, &after.name, after.kind).await?;
    let detail = json!({ "merge": id, "merged": merged, "name": after.name, "kind": after.kind });
    told(&mut tx, desk, by, ("organisation", keep.0), ("merged", "customers.organisations_merged"), detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes one contact part of another, who is called as said from then on.
pub async fn merge_contacts(
    desk: &Desk,
    by: &Viewer,
    (keep, merged): (ContactId, ContactId),
    name: &str,
) -> Result<MergeId, CustomersError> {
    let name = rules::checked_name(name)?;
    if keep == merged {
        return Err(CustomersError::SameOne);
    }
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.merge").await?;
    let kept = contact_in_use(&mut tx, keep).await?;
    contact_in_use(&mut tx, merged).await?;
    let notes = (store::contact_note(&mut tx, keep).await?, store::contact_note(&mut tx, merged).await?);
    let note = match &notes {
        (kept, other) if other.is_empty() || kept == other => kept.clone(),
        (kept, other) if kept.is_empty() => other.clone(),
        (kept, other) => format!("{kept}\n\n{other}"),
    };
    let (before, after) = (Noted { name: kept.name, note: notes.0 }, Noted { name, note });
    let pair = (FileKind::Contact, keep.0, merged.0);
    let id = store::insert_merge(&mut tx, pair, (&text(&before)?, &text(&after)?), by.id, desk.now()).await?;
    store::move_ways(&mut tx, id, merged, keep).await?;
    store::set_merged(&mut tx, id, FileKind::Contact, merged.0, keep.0).await?;
    store::rename_contact(&mut tx, keep, &after.name).await?;
    store::set_contact_note(&mut tx, keep, &after.note).await?;
    let detail = json!({ "merge": id, "merged": merged, "name": after.name });
    told(&mut tx, desk, by, ("contact", keep.0), ("merged", "customers.contacts_merged"), detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes two of one again. What the merge moved goes back, unless somebody has moved it on since; what came since stays,
/// but for cases of the contacts and addresses that go back.
pub async fn undo_merge(desk: &Desk, by: &Viewer, id: MergeId) -> Result<Merge, CustomersError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.merge").await?;
    let merge = store::merge(&mut tx, id).await?.ok_or(CustomersError::Missing("merge"))?;
    if store::end_merge(&mut tx, id, desk.now()).await? == 0 {
        return Err(CustomersError::UndoneAlready);
    }
    if let Some(later) = store::later_merge(&mut tx, &merge).await? {
        return Err(CustomersError::LaterMerge(later.merged_name, later.kept_name));
    }
    match merge.kind {
        FileKind::Organisation => part_organisations(&mut tx, desk, by, &merge).await?,
        FileKind::Contact => part_contacts(&mut tx, desk, by, &merge).await?,
    }
    tx.commit().await?;
    Ok(merge)
}

async fn part_organisations(tx: &mut Tx, desk: &Desk, by: &Viewer, merge: &Merge) -> Result<(), CustomersError> {
    let (kept, merged) = (OrganisationId(merge.kept_id), OrganisationId(merge.merged_id));
    let (before, after): (Called, Called) = (read(&merge.before)?, read(&merge.after)?);
    store::clear_merged(tx, merge.id, merge.kind, merged.0).await?;
    store::return_belongings(tx, merge.id, kept, merged).await?;
    let mut votes: Vec<MovedVote> = Vec::new();
    for vote in store::moves(&mut *tx, merge.id, "vote").await? {
        votes.push(read(&vote)?);
    }
    products::actions::return_votes(tx, &votes, VoterId(merged.0), VoterId(kept.0)).await?;
    store::rename_back(tx, kept, (&after.name, after.kind), (&before.name, before.kind)).await?;
    let detail = json!({ "merge": merge.id, "merged": merged, "at": merge.at.0 });
    let undone = ("merge_undone", "customers.organisations_parted");
    told(tx, desk, by, ("organisation", kept.0), undone, detail.clone()).await?;
    let event = event(desk, by, ("organisation", merged.0), "changed", detail);
    desk.tell(tx, &event).await?;
    Ok(())
}

async fn part_contacts(tx: &mut Tx, desk: &Desk, by: &Viewer, merge: &Merge) -> Result<(), CustomersError> {
    let (kept, merged) = (ContactId(merge.kept_id), ContactId(merge.merged_id));
    let (before, after): (Noted, Noted) = (read(&merge.before)?, read(&merge.after)?);
    store::clear_merged(tx, merge.id, merge.kind, merged.0).await?;
    store::return_ways(tx, merge.id, kept, merged).await?;
    store::reword_back(tx, kept, (&after.name, &after.note), (&before.name, &before.note)).await?;
    let addresses: Vec<String> = store::addresses(&mut *tx, merged).await?.into_iter().map(|one| one.0).collect();
    let detail = json!({ "merge": merge.id, "merged": merged, "at": merge.at.0, "addresses": addresses });
    told(tx, desk, by, ("contact", kept.0), ("merge_undone", "customers.contacts_parted"), detail).await
}

fn event(desk: &Desk, by: &Viewer, on: (&'static str, i64), kind: &'static str, data: Value) -> Event {
    Event { topic: on.0, id: on.1, kind, team: None, agent: Some(by.id.0), at: desk.now(), data }
}

async fn told(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    on: (&'static str, i64),
    (kind, action): (&'static str, &'static str),
    detail: Value,
) -> Result<(), CustomersError> {
    audit(tx, &Audit::by(desk.now(), by, action).on(on.0, on.1).with(detail.clone())).await?;
    desk.tell(tx, &event(desk, by, on, kind, detail)).await?;
    Ok(())
}

/// Says that two are not the same, so that they are proposed no more.
pub async fn keep_apart(
    desk: &Desk,
    by: &Viewer,
    kind: FileKind,
    (one, other): (i64, i64),
) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    for id in [one, other] {
        match kind {
            FileKind::Organisation => organisation_in_use(&mut tx, OrganisationId(id)).await.map(|_| ())?,
            FileKind::Contact => contact_in_use(&mut tx, ContactId(id)).await.map(|_| ())?,
        }
    }
    if store::insert_distinct(&mut tx, kind, one, other).await? > 0 {
        let line = Audit::by(desk.now(), by, "customers.kept_apart").on(kind.as_str(), one.min(other));
        audit(&mut tx, &line.with(json!({ "other": one.max(other) }))).await?;
    }
    Ok(tx.commit().await?)
}

/// Two that may be one, with their names.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Duplicate {
    pub kind: FileKind,
    pub one: i64,
    pub one_name: String,
    pub other: i64,
    pub other_name: String,
    /// A sentence.
    pub why: String,
}

/// Organisations and contacts that may be one, 100 of each at the most.
pub async fn duplicates(desk: &Desk) -> Result<Vec<Duplicate>, CustomersError> {
    let book = book_of(desk, Sheet::Contacts).await?;
    let apart: BTreeSet<_> = store::distinct(desk.db(), FileKind::Organisation).await?.into_iter().collect();
    let apart_contacts: BTreeSet<_> = store::distinct(desk.db(), FileKind::Contact).await?.into_iter().collect();
    let found = tokio::task::spawn_blocking(move || {
        let organisations = duplicates::organisations(&book.organisations, apart);
        let contacts = duplicates::contacts(&book.contacts, apart_contacts);
        let name = |kind, id| match kind {
            FileKind::Organisation => book.organisations.iter().find(|one| one.id.0 == id).map(|one| one.name.clone()),
            FileKind::Contact => book.contacts.iter().find(|one| one.id.0 == id).map(|one| one.name.clone()),
        };
        let named = |kind, Pair { one, other, why }: Pair| Duplicate {
            kind,
            one_name: name(kind, one).unwrap_or_default(),
            other_name: name(kind, other).unwrap_or_default(),
            one,
            other,
            why,
        };
        let organisations = organisations.into_iter().map(|pair| named(FileKind::Organisation, pair));
        organisations.chain(contacts.into_iter().map(|pair| named(FileKind::Contact, pair))).collect()
    });
    Ok(found.await.map_err(|error| crate::db::Error::Io(std::io::Error::other(error)))?)
}
