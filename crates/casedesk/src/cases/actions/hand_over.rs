//! Handing a case over: it is written up as one note, and with that note it goes to somebody else.
use casedesk_details::Field;

use super::change::change_in;
use super::write::{check_mentions, repeated, write_note};
use super::{checked_text, known_logs, locked};
use crate::cases::rules::hand_over::{Known, note};
use crate::cases::rules::{self, Change};
use crate::cases::store::{self, Case, EntryRow};
use crate::cases::{AttachmentId, CaseId, CasesError, EntryId, EntryKind, PersonRole};
use crate::customers::actions::Sources;
use crate::customers::pages::{kind_words, state_words};
use crate::customers::rules::{label, required_words};
use crate::customers::{self, store as file};
use crate::desk::Desk;
use crate::staff::{self, Actor, AgentId, TeamId, Viewer};

/// How many of the newest entries are looked through.
const ENTRIES: i64 = 300;
/// How many others who take part are named.
const MOST_OTHERS: usize = 10;

/// The case written up, for somebody to look over. Nothing is kept.
pub async fn written_up(desk: &Desk, by: &Viewer, id: CaseId) -> Result<String, CasesError> {
    let db = desk.db();
    let case = store::visible_case(db, id, &by.hidden_teams).await?.ok_or(CasesError::NoCase(id))?;
    let case = match case.merged_into {
        Some(root) => store::visible_case(db, root, &by.hidden_teams).await?.ok_or(CasesError::NoCase(id))?,
        None => case,
    };
    let entries = store::entries(db, case.id, None, ENTRIES).await?;
    let known = known(desk, &case, &entries).await?;
    Ok(note(&case, &entries, &known))
}

async fn known(desk: &Desk, case: &Case, entries: &[EntryRow]) -> Result<Known, CasesError> {
    let db = desk.db();
    let agents = staff::store::everybody(db).await?;
    let teams = staff::store::teams(db).await?;
    let agent = |id: AgentId| agents.iter().find(|agent| agent.id == id).map(|agent| agent.name.clone());
    let team = |id: TeamId| teams.iter().find(|team| team.id == id).map(|team| team.name.clone());
    let names = agents.iter().map(|agent| (format!("assignee {}", agent.id), agent.name.clone()));
    let names = names.chain(teams.iter().map(|team| (format!("team {}", team.id), team.name.clone()))).collect();
    let drafts = store::drafts_on(db, case.id).await?;
    let drafts = drafts.into_iter().filter_map(|draft| Some((agent(draft.agent_id)?, draft.kind, draft.updated_at)));
    let ids: Vec<EntryId> = entries.iter().filter(|e| e.kind == EntryKind::MailIn).map(|e| e.id).collect();
    let files = if ids.is_empty() { vec![] } else { store::files_of_entries(db, &ids).await? };
    let files = files.into_iter().filter_map(|file| Some((file.entry_id?.0, file.name)));
    let mut known = Known {
        key: format!("{}-{}", desk.config().desk.prefix, case.id),
        assignee: case.assignee_id.and_then(agent),
        team: case.team_id.and_then(team),
        drafts: drafts.collect(),
        files: files.collect(),
        names,
        ..Known::default()
    };
    add_people(desk, case, &mut known).await?;
    add_file(desk, case, &mut known).await?;
    Ok(known)
}

async fn add_people(desk: &Desk, case: &Case, known: &mut Known) -> Result<(), CasesError> {
    let db = desk.db();
    let mut own = Vec::new();
    if let Some(id) = case.contact_id
        && let Some(contact) = file::contact(db, id).await?
    {
        own = file::addresses(db, id).await?.into_iter().map(|(address, _)| address).collect();
        known.contact = std::iter::once(contact.name).chain(own.iter().cloned()).collect::<Vec<_>>().join(", ");
    }
    if let Some(id) = case.organisation_id {
        known.organisation = file::organisation(db, id).await?.map(|found| format!("{} ({})", found.name, found.kind));
    }
    let people = store::people(db, case.id).await?;
    let others = people.into_iter().filter(|person| {
        matches!(person.role, PersonRole::Requester | PersonRole::Copied) && !own.contains(&person.address)
    });
    known.others = others.take(MOST_OTHERS).map(|person| person.name.unwrap_or(person.address)).collect();
    Ok(())
}

async fn add_file(desk: &Desk, case: &Case, known: &mut Known) -> Result<(), CasesError> {
    let mut verdicts = store::verdicts(desk.db(), case.id).await?;
    verdicts.sort_by_key(|verdict| verdict.kind);
    let words = |verdict: customers::Verdict| {
        (kind_words(verdict.kind).to_owned(), state_words(verdict.state).1.to_owned(), verdict.reason)
    };
    known.verdicts = verdicts.into_iter().map(words).collect();
    let mut sources = Sources::open(desk).await?;
    sources.gather(&case.organisation_id.into_iter().collect(), &case.installation_id.into_iter().collect()).await?;
    let facts = sources.facts(case.organisation_id, case.installation_id);
    let value = |field: Field| facts.value(field).map(|value| (label(field).to_owned(), value.to_owned()));
    known.details = Field::ALL.into_iter().filter(|field| *field != Field::Role).filter_map(value).collect();
    let (required, wants_log) = rules::required_details(case.kind);
    let logs = if wants_log { Some(known_logs(desk.db(), case.id).await?) } else { None };
    known.missing = required_words(required, facts.known(), logs).1;
    let installation = match case.installation_id {
        Some(id) => file::installation(desk.db(), id).await?,
        None => None,
    };
    known.installation = installation.map(|one| match one.product_name {
        Some(product) => format!("{} ({}), {product}", one.terms.label, one.terms.role),
        None => format!("{} ({})", one.terms.label, one.terms.role),
    });
    if let (None, Some(of)) = (&known.installation, case.organisation_id) {
        let all = file::installations(desk.db(), of).await?;
        known.choices = all.into_iter().filter(|one| one.archived_at.is_none()).map(|one| one.terms.label).collect();
    }
    Ok(())
}

/// A note with which a case goes to somebody else.
#[derive(Clone, Debug, Default)]
pub struct HandOver {
    pub text: String,
    pub mentions: Vec<AgentId>,
    /// Which of the files on the draft go along; `None`: all.
    pub files: Option<Vec<AttachmentId>>,
    /// `None`: it stays with whoever has it.
    pub assignee: Option<AgentId>,
    pub team: Option<TeamId>,
    /// Makes a repeated request harmless.
    pub client_id: Option<String>,
}

/// Writes the note and gives the case away, both or neither.
pub async fn hand_over(desk: &Desk, by: &Viewer, id: CaseId, wanted: &HandOver) -> Result<EntryId, CasesError> {
    checked_text(&wanted.text, "note")?;
    super::may_read(desk, by, id).await?;
    let (team, root, root_team) = store::teams_around(desk.db(), id).await?.ok_or(CasesError::NoCase(id))?;
    let now_with = if root.is_some() { root_team } else { team };
    check_mentions(desk, wanted.team.or(now_with), &wanted.mentions).await?;
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    if let Some(entry) = repeated(&mut tx, &case, by, wanted.client_id.as_deref()).await? {
        return Ok(entry);
    }
    // The team first: whom the note names is told as the new team's case lets them.
    if let Some(team) = wanted.team {
        change_in(&mut tx, desk, &mut case, &Change::Team(Some(team)), Actor::Agent(by.id)).await?;
    }
    let entry = write_note(&mut tx, desk, by, &mut case, wanted).await?;
    if let Some(agent) = wanted.assignee {
        change_in(&mut tx, desk, &mut case, &Change::Assign(Some(agent)), Actor::Agent(by.id)).await?;
    }
    tx.commit().await?;
    Ok(entry)
}
