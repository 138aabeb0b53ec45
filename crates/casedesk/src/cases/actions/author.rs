//! Who wrote a message, when the desk read it wrong.
use super::{change_entry, index, locked, record};
use crate::cases::rules;
use crate::cases::store;
use crate::cases::{CaseId, CasesError, Changed, EntryData, EntryId, PersonRole};
use crate::customers;
use crate::desk::Desk;
use crate::staff::{Actor, Viewer};

/// Makes another of the people that a message names its author: the writer, the contact, and with the message that
/// began the case its requester and organisation. Choosing the first one again takes it back. Whether it changed.
pub async fn change_author(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    entry: EntryId,
    address: &str,
) -> Result<bool, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let row = store::entry_of_case(&mut tx, case.id, entry).await?.ok_or(CasesError::NoEntry(entry))?;
    let EntryData::Incoming(details) = row.data()? else { return Err(CasesError::Missing("author to choose")) };
    let Some((details, chosen, before)) = rules::with_author(*details, address, &by.name) else {
        return Err(CasesError::Missing("author to choose"));
    };
    if chosen.address == before.address {
        return Ok(false);
    }
    let contact = customers::actions::contact_for(&mut tx, desk, &chosen, desk.now()).await?;
    let words = format!("{} {}", chosen.shown(), chosen.address);
    store::set_author(&mut tx, entry, contact.id, &EntryData::Incoming(Box::new(details))).await?;
    let files = store::files_of_entries(&mut tx, &[entry]).await?;
    let files: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    index(&mut tx, &case, entry, row.case_id, &row.text, &words, &files.join(" ")).await?;
    let requester = store::role_of(&mut tx, case.id, &before.address).await? == Some(PersonRole::Requester);
    let role = if requester { PersonRole::Requester } else { PersonRole::Copied };
    store::add_person(&mut tx, case.id, &chosen.address, chosen.name.as_deref(), Some(contact.id), role).await?;
    store::set_role(&mut tx, case.id, &chosen.address, role).await?;
    store::set_role(&mut tx, case.id, &before.address, PersonRole::Proposed).await?;
    if requester {
        case.contact_id = Some(contact.id);
        case.organisation_id = contact.organisation_id;
    }
    let (from, to) = (Some(before.address), Some(chosen.address));
    let changed = Changed { field: "author".into(), from, to, undo: None };
    let data = serde_json::json!({ "changed": changed, "entry": entry });
    let line = change_entry(&mut tx, case.id, Actor::Agent(by.id), changed, desk.now()).await?;
    record(&mut tx, desk, &mut case, line, "changed", Actor::Agent(by.id), data).await?;
    tx.commit().await?;
    Ok(true)
}
