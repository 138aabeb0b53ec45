//! Which installation a case is about, and details that are read from the customer's words and accepted.
use casedesk_details::Proposal;
use serde_json::json;

use super::{change_entry, locked, record};
use crate::cases::rules;
use crate::cases::store::{self, Case, EntryRow};
use crate::cases::{CaseId, CasesError, Changed, EntryData, EntryId, EntryKind};
use crate::customers::actions::{self as file, Given, Origin};
use crate::customers::store::Installation;
use crate::customers::{self, FieldSource, InstallationId, InstallationTerms, OrganisationId};
use crate::db::Tx;
use crate::desk::Desk;
use crate::staff::{Actor, Viewer};

/// The installation that details belong to.
#[derive(Clone, Debug)]
pub enum Chosen {
    Known(InstallationId),
    New(InstallationTerms),
}

/// Says which of its organisation's installations a case is about. `Ok(false)`: it was so already.
pub async fn choose_installation(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    installation: Option<InstallationId>,
) -> Result<bool, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let changed = point_at(&mut tx, desk, by, &mut case, installation).await?;
    tx.commit().await?;
    Ok(changed)
}

async fn point_at(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    case: &mut Case,
    installation: Option<InstallationId>,
) -> Result<bool, CasesError> {
    if case.installation_id == installation {
        return Ok(false);
    }
    let to = match installation {
        Some(id) => Some(owned(tx, case, id).await?.terms.label),
        None => None,
    };
    let from = match case.installation_id {
        Some(id) => customers::store::installation(&mut *tx, id).await?.map(|one| one.terms.label),
        None => None,
    };
    case.installation_id = installation;
    write(tx, desk, by, case, Changed { field: "installation".into(), from, to, undo: None }).await?;
    Ok(true)
}

async fn write(tx: &mut Tx, desk: &Desk, by: &Viewer, case: &mut Case, changed: Changed) -> Result<(), CasesError> {
    let data = json!({ "changed": changed });
    let entry = change_entry(tx, case.id, Actor::Agent(by.id), changed, desk.now()).await?;
    record(tx, desk, case, entry, "changed", Actor::Agent(by.id), data).await?;
    Ok(())
}

fn organisation(case: &Case) -> Result<OrganisationId, CasesError> {
    case.organisation_id.ok_or(CasesError::NoOrganisation)
}

async fn owned(tx: &mut Tx, case: &Case, id: InstallationId) -> Result<Installation, CasesError> {
    let found = customers::store::installation_of(tx, organisation(case)?, id).await?;
    found.ok_or(CasesError::Missing("installation of that organisation"))
}

/// What the customer's message says of their installation, next to what is known already. Nothing is decided.
pub async fn proposals(desk: &Desk, case: &Case, entry: &EntryRow) -> Result<Vec<Proposal>, CasesError> {
    let values = match case.installation_id {
        Some(id) => customers::store::current_values(desk.db(), id).await?,
        None => vec![],
    };
    let context = file::reading_context(desk.db(), file::known(&values)).await?;
    let text = entry.text.clone();
    // On a thread of its own, where a panic is this message's trouble alone.
    let read = tokio::task::spawn_blocking(move || casedesk_details::read(&text, &context));
    let read = read.await.unwrap_or_default();
    let told = match entry.data()? {
        EntryData::Incoming(details) => details.told,
        _ => vec![],
    };
    Ok(rules::with_told(read, &told, &entry.text))
}

/// A message of the customer on this case.
pub async fn customers_entry(desk: &Desk, case: CaseId, entry: EntryId) -> Result<EntryRow, CasesError> {
    let found = store::entry_of_case(desk.db(), case, entry).await?;
    found.filter(|found| found.kind == EntryKind::MailIn).ok_or(CasesError::NoEntry(entry))
}

/// Writes the details that an agent accepted from a message into the file, and lets the case point at the
/// installation; how many were not so already.
pub async fn accept_details(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    entry: EntryId,
    chosen: &Chosen,
    given: &[Given],
) -> Result<usize, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let message = store::entry_of_case(&mut tx, case.id, entry).await?;
    let message = message.filter(|found| found.kind == EntryKind::MailIn).ok_or(CasesError::NoEntry(entry))?;
    let installation = match chosen {
        Chosen::Known(id) => owned(&mut tx, &case, *id).await?.id,
        Chosen::New(terms) => file::add_installation_in(&mut tx, desk, by, organisation(&case)?, terms).await?,
    };
    point_at(&mut tx, desk, by, &mut case, Some(installation)).await?;
    let origin = Origin { source: FieldSource::Mail, entry_id: Some(entry.0), contact_id: message.contact_id };
    let written = file::set_values_in(&mut tx, desk, by, installation, given, origin).await?;
    if written > 0 {
        let fields: Vec<&str> = given.iter().map(|one| customers::rules::label(one.field)).collect();
        let changed = Changed { field: "details".into(), from: None, to: Some(fields.join(", ")), undo: None };
        write(&mut tx, desk, by, &mut case, changed).await?;
    }
    tx.commit().await?;
    Ok(written)
}
