//! Which installation a case is about, and details that are read from the customer's words and accepted.
use std::sync::Arc;

use casedesk_details::{Context, Proposal};
use serde_json::json;

use super::{change_entry, known_logs, locked, record, tell};
use crate::cases::rules;
use crate::cases::rules::answers::{Said, Whole};
use crate::cases::store::{self, Case, EntryRow};
use crate::cases::{Asks, CaseId, CasesError, Changed, EntryData, EntryId, EntryKind, PrivateLink};
use crate::customers::actions::{self as file, Given, Origin};
use crate::customers::rules::{Lacks, Logs, QUESTIONS};
use crate::customers::store::Installation;
use crate::customers::{self, FieldSource, FieldValue, InstallationId, InstallationTerms, OrganisationId};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::{Timestamp, prose};
use crate::staff::actions::audit;
use crate::staff::{Actor, Audit, Viewer};

/// How many entries before the newest message that is read may come back in quotes.
const MOST_BEFORE: i64 = 100;
/// How many other messages are looked through for details that nobody has accepted.
const MOST_OTHERS: i64 = 5;

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
    let changed = point_at(&mut tx, desk, Actor::Agent(by.id), &mut case, installation).await?;
    tx.commit().await?;
    Ok(changed)
}

async fn point_at(
    tx: &mut Tx,
    desk: &Desk,
    by: Actor,
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

async fn write(tx: &mut Tx, desk: &Desk, by: Actor, case: &mut Case, changed: Changed) -> Result<(), CasesError> {
    let data = json!({ "changed": changed });
    let entry = change_entry(tx, case.id, by, changed, desk.now()).await?;
    record(tx, desk, case, entry, "changed", by, data).await?;
    Ok(())
}

fn organisation(case: &Case) -> Result<OrganisationId, CasesError> {
    case.organisation_id.ok_or(CasesError::NoOrganisation)
}

async fn owned(tx: &mut Tx, case: &Case, id: InstallationId) -> Result<Installation, CasesError> {
    let found = customers::store::installation_of(tx, organisation(case)?, id).await?;
    found.ok_or(CasesError::Missing("installation of that organisation"))
}

/// What reading a case's messages rests on, however many of them are read.
struct Ground {
    values: Vec<FieldValue>,
    context: Arc<Context>,
    /// Oldest first.
    before: Vec<EntryRow>,
}

impl Ground {
    /// For messages up to this one.
    async fn of(desk: &Desk, case: &Case, newest: EntryId) -> Result<Self, CasesError> {
        let values = match case.installation_id {
            Some(id) => customers::store::current_values(desk.db(), id).await?,
            None => vec![],
        };
        let context = file::reading_context(desk.db(), file::known(&values)).await?;
        let before = store::entries(desk.db(), case.id, Some(newest), MOST_BEFORE).await?;
        Ok(Self { values, context: Arc::new(context), before })
    }

    async fn read(&self, entry: &EntryRow) -> Result<Vec<Proposal>, CasesError> {
        let (folds, told) = match entry.data()? {
            EntryData::Incoming(details) => (details.folds, details.told),
            _ => (vec![], vec![]),
        };
        let whole = Whole::new(&entry.text, &folds);
        let said = self.said_before(entry.id)?;
        let context = Arc::clone(&self.context);
        // On a thread of its own, where a panic is this message's trouble alone.
        let read =
            tokio::task::spawn_blocking(move || whole.anew(casedesk_details::read(&whole.text, &context), &said));
        let read = read.await.unwrap_or_default();
        Ok(rules::with_told(read, &told, &entry.text))
    }

    /// What the mails on the case said before this one, and what they quoted; the newest first, of which most comes back.
    fn said_before(&self, entry: EntryId) -> Result<Said, CasesError> {
        let mut said = Said::default();
        for row in self.before.iter().rev().filter(|row| row.id.0 < entry.0) {
            match row.data()? {
                EntryData::Outgoing(details) => {
                    said.add_ours(&row.text);
                    details.folds.iter().for_each(|fold| said.add(&fold.text));
                }
                EntryData::Incoming(details) => {
                    said.add(&row.text);
                    details.folds.iter().for_each(|fold| said.add(&fold.text));
                }
                _ => {}
            }
        }
        Ok(said)
    }
}

/// What the customer's message says of their installation, next to what is known already. Nothing is decided.
pub async fn proposals(desk: &Desk, case: &Case, entry: &EntryRow) -> Result<Vec<Proposal>, CasesError> {
    Ground::of(desk, case, entry.id).await?.read(entry).await
}

/// The newest other messages of the customer that say something which is not settled, and how many details.
pub async fn left_in_others(desk: &Desk, case: &Case, than: EntryId) -> Result<Vec<(EntryRow, usize)>, CasesError> {
    let others = store::customers_mails(desk.db(), case.id, than, MOST_OTHERS).await?;
    let Some(newest) = others.first() else { return Ok(vec![]) };
    let ground = Ground::of(desk, case, newest.id).await?;
    let mut left = Vec::new();
    for entry in others {
        let read = ground.read(&entry).await?;
        let open = read.iter().filter(|one| rules::answers::is_open(one, entry.at, &ground.values)).count();
        if open > 0 {
            left.push((entry, open));
        }
    }
    Ok(left)
}

/// Notes in the audit log that a program reads details of an installation by way of a case.
pub async fn note_details_read(desk: &Desk, by: &Viewer, case: &Case) -> Result<(), CasesError> {
    if let Some(installation) = case.installation_id {
        file::note_reading(desk, by, installation).await?;
        return Ok(());
    }
    let mut tx = desk.db().begin().await?;
    audit(&mut tx, &Audit::by(desk.now(), by, "customers.details_read").on("case", case.id.0)).await?;
    Ok(tx.commit().await?)
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
    let me = Actor::Agent(by.id);
    point_at(&mut tx, desk, me, &mut case, Some(installation)).await?;
    let origin = Origin { source: FieldSource::Mail, entry_id: Some(entry.0), contact_id: message.contact_id };
    let written = file::set_values_in(&mut tx, desk, by, installation, given, origin).await?;
    if written > 0 {
        let fields: Vec<&str> = given.iter().map(|one| customers::rules::label(one.field)).collect();
        let changed = Changed { field: "details".into(), from: None, to: Some(fields.join(", ")), undo: None };
        write(&mut tx, desk, me, &mut case, changed).await?;
    }
    tx.commit().await?;
    Ok(written)
}

/// Writes details from the form behind a link into the file, by an agent or in the customer's own name, and lets the case
/// point at the installation. Within the caller's transaction.
pub async fn details_from_form(
    tx: &mut Tx,
    desk: &Desk,
    by: Option<&Viewer>,
    id: CaseId,
    installation: InstallationId,
    given: &[Given],
    origin: Origin,
) -> Result<usize, CasesError> {
    let mut case = locked(tx, id, by.map_or(&[][..], |by| by.hidden_teams.as_slice())).await?;
    let installation = owned(tx, &case, installation).await?.id;
    let actor = by.map_or(Actor::System, |by| Actor::Agent(by.id));
    point_at(tx, desk, actor, &mut case, Some(installation)).await?;
    let before = customers::store::current_values(&mut *tx, installation).await?;
    let written = match by {
        Some(by) => file::set_values_in(tx, desk, by, installation, given, origin).await?,
        None => file::set_values_by_customer_in(tx, desk, installation, given, origin).await?,
    };
    if written > 0 {
        let told = |one: &Given| {
            let old = before.iter().find(|known| known.field == one.field.name() && !known.value.is_empty());
            let old = old.map_or_else(String::new, |old| format!("{} → ", old.value));
            format!("{} {old}{}", customers::rules::label(one.field), one.value)
        };
        let told = given.iter().map(told).collect::<Vec<_>>().join("; ");
        let changed = Changed { field: "details from the form".into(), from: None, to: Some(told), undo: None };
        write(tx, desk, actor, &mut case, changed).await?;
    }
    Ok(written)
}

/// What a case lacks of the details that its kind needs.
pub async fn lacks(tx: &mut Tx, case: &Case) -> Result<Lacks, CasesError> {
    let (required, wants_log) = rules::required_details(case.kind);
    let logs = match wants_log {
        true => Some(known_logs(&mut *tx, case.id).await?),
        false => None,
    };
    Ok(file::lacks(tx, case.installation_id, required, logs).await?)
}

/// The text that asks for what is missing on a case, or for a log with time stamps alone.
pub async fn details_question(desk: &Desk, by: &Viewer, case: &Case, only_log: bool) -> Result<String, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut lacks = lacks(&mut tx, case).await?;
    if only_log {
        lacks.fields.clear();
        lacks.log = lacks.log.or(Some(Logs::Unstamped));
    }
    if lacks.is_empty() {
        return Err(CasesError::NothingMissing);
    }
    let asked = file::questionnaire(&mut tx).await?;
    let text = asked.mail.replace(QUESTIONS, &asked.lines(&lacks));
    filled_for(&mut tx, desk, by, case, &text).await
}

/// The text that recommends a newer release for the installation of a case.
pub async fn upgrade_answer(desk: &Desk, by: &Viewer, case: &Case) -> Result<String, CasesError> {
    let words = match case.installation_id {
        Some(id) => file::upgrade_words(desk, id).await?,
        None => None,
    };
    let mut tx = desk.db().begin().await?;
    filled_for(&mut tx, desk, by, case, &words.ok_or(CasesError::NothingNewer)?).await
}

/// A text with what the case says in its fields.
async fn filled_for(tx: &mut Tx, desk: &Desk, by: &Viewer, case: &Case, text: &str) -> Result<String, CasesError> {
    let people = store::people(&mut *tx, case.id).await?;
    let customer = people.first().and_then(|person| person.name.clone()).unwrap_or_default();
    let fields = [
        ("customer", customer.as_str()),
        ("first name", customer.split_whitespace().next().unwrap_or("all")),
        ("case", &format!("{}-{}", desk.config().desk.prefix, case.id)),
        ("subject", &case.subject),
        ("agent", &by.name),
        ("largest file", &prose::bytes(desk.config().details.max_file)),
    ];
    Ok(rules::filled(text, &fields))
}

/// What a text asks for, when it has the place of the link to the form.
pub(super) async fn asks(tx: &mut Tx, case: &Case, text: &str) -> Result<Option<Asks>, CasesError> {
    if !text.contains(PrivateLink::PLACE) {
        return Ok(None);
    }
    let lacks = lacks(tx, case).await?;
    let details = file::questionnaire(&mut *tx).await?.asked_in(text, &lacks);
    Ok(Some(Asks { details, ..Asks::default() }))
}

/// Lets the mail say how far its form is filled in, and the case's page with it.
pub async fn note_asks(
    tx: &mut Tx,
    desk: &Desk,
    entry: EntryId,
    done: i64,
    sent_at: Option<Timestamp>,
) -> Result<(), CasesError> {
    let row = store::entry(&mut *tx, entry).await?.ok_or(CasesError::NoEntry(entry))?;
    let EntryData::Outgoing(mut details) = row.data()? else { return Err(CasesError::NoEntry(entry)) };
    let Some(asks) = details.asks.as_mut() else { return Err(CasesError::NoEntry(entry)) };
    if (asks.done, asks.sent_at) == (done, sent_at) {
        return Ok(());
    }
    (asks.done, asks.sent_at) = (done, sent_at);
    store::set_data(tx, entry, &EntryData::Outgoing(details)).await?;
    let case = locked(tx, row.case_id, &[]).await?;
    tell(tx, desk, &case, "details_typed", Actor::System, json!({ "entry": entry })).await?;
    Ok(())
}
