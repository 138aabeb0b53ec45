//! What agents write: replies, notes, and taking a reply back.
use super::{HandOver, checked_text, index, locked, record};
use crate::cases::rules::{self, Change};
use crate::cases::store::{self, Case, NewEntry};
use crate::cases::{
    AttachmentId, CaseId, CaseKind, CaseState, CasesError, Delivery, Door, EntryData, EntryId, EntryKind, LINK_TO_FORM,
    Outgoing, PersonRole, Priority, PrivateLink,
};
use crate::customers::{self, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::search;
use crate::staff::{self, Actor, AgentId, TeamId, Viewer};

/// The most recipients of one reply.
const MOST_RECIPIENTS: usize = 100;
/// The longest client id, in bytes.
const MOST_CLIENT_ID: usize = 100;

/// A reply as an agent sends it off.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Markdown.
    pub body: String,
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    /// Get it without any other recipient knowing, and take no part in the case by it.
    pub bcc: Vec<Person>,
    /// Which of the files on the draft go along; `None`: all.
    pub files: Option<Vec<AttachmentId>>,
    /// The newest entry that the agent had seen when writing began.
    pub based_on: Option<EntryId>,
    /// Send although the case changed since.
    pub anyway: bool,
    pub send_at: Option<Timestamp>,
    /// What to do with the case along with it.
    pub then: Option<Change>,
    /// Makes a repeated request harmless.
    pub client_id: Option<String>,
}

/// Posts a reply: it is on the timeline at once and leaves after the undo's seconds, or at its hour.
pub async fn reply(desk: &Desk, by: &Viewer, id: CaseId, reply: Reply) -> Result<EntryId, CasesError> {
    checked_text(&reply.body, "reply")?;
    let people = recipients(&reply)?;
    let now = desk.now();
    if let Some(at) = reply.send_at.filter(|at| *at <= now) {
        return Err(CasesError::NotInFuture(at.rfc3339()));
    }
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    if let Some(entry) = repeated(&mut tx, &case, by, reply.client_id.as_deref()).await? {
        return Ok(entry);
    }
    if !case.state.can_reply() {
        return Err(CasesError::Closed(case.id));
    }
    refuse_if_changed(&mut tx, &case, &reply, by.id).await?;
    let entry = write_reply(&mut tx, desk, &mut case, by, &reply, people).await?;
    rules::after_reply(&mut case, now);
    if let Some(then) = &reply.then
        && let Some(changed) = rules::apply(&mut case, then, now)?
    {
        super::change_entry(&mut tx, case.id, Actor::Agent(by.id), changed, now).await?;
    }
    let send_at = reply.send_at.unwrap_or_else(|| now.plus(undo_time(desk)));
    let asks = reply.body.contains(PrivateLink::PLACE);
    let data = serde_json::json!({ "entry": entry, "send_at_us": send_at.0, "asks": asks });
    record(&mut tx, desk, &mut case, entry, "reply_posted", Actor::Agent(by.id), data).await?;
    tx.commit().await?;
    Ok(entry)
}

struct Recipients {
    to: Vec<Person>,
    cc: Vec<Person>,
    bcc: Vec<Person>,
}

/// Whom the reply goes to, checked; who is named openly is no blind copy as well.
fn recipients(reply: &Reply) -> Result<Recipients, CasesError> {
    let (to, cc) = (checked_people(&reply.to)?, checked_people(&reply.cc)?);
    if to.is_empty() {
        return Err(CasesError::NoRecipient);
    }
    let open = |person: &Person| to.iter().chain(&cc).any(|known| known.address == person.address);
    let bcc = checked_people(&reply.bcc)?.into_iter().filter(|person| !open(person)).collect();
    Ok(Recipients { to, cc, bcc })
}

/// The entry that an earlier try of the same request wrote.
pub(super) async fn repeated(
    tx: &mut Tx,
    case: &Case,
    by: &Viewer,
    client_id: Option<&str>,
) -> Result<Option<EntryId>, CasesError> {
    let Some(client_id) = client_id else { return Ok(None) };
    if client_id.is_empty() || client_id.len() > MOST_CLIENT_ID {
        return Err(CasesError::TooLong { field: "client_id", most: MOST_CLIENT_ID });
    }
    match store::entry_by_client_id(tx, case.id, by.id, client_id).await? {
        Some((_, false)) => Err(CasesError::ClientIdUsed),
        Some((entry, true)) => Ok(Some(entry)),
        None => Ok(None),
    }
}

pub(super) fn undo_time(desk: &Desk) -> std::time::Duration {
    std::time::Duration::from_secs(desk.config().mail.undo_s)
}

async fn refuse_if_changed(tx: &mut Tx, case: &Case, reply: &Reply, me: AgentId) -> Result<(), CasesError> {
    let Some(based_on) = reply.based_on.filter(|_| !reply.anyway) else { return Ok(()) };
    match store::newer_by_others(&mut *tx, case.id, based_on, me).await? {
        Some(newest) => Err(CasesError::ChangedSince { case: case.id, newest }),
        None => Ok(()),
    }
}

async fn write_reply(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    by: &Viewer,
    reply: &Reply,
    people: Recipients,
) -> Result<EntryId, CasesError> {
    let now = desk.now();
    let Recipients { to, cc, bcc } = people;
    for person in to.iter().chain(&cc) {
        // Writing to somebody is agreeing that they take part.
        store::add_person(tx, case.id, &person.address, person.name.as_deref(), None, PersonRole::Copied).await?;
        store::agree_to_person(tx, case.id, &person.address).await?;
    }
    let people: Vec<&str> = to.iter().chain(&cc).chain(&bcc).map(|p| p.address.as_str()).collect();
    let people = people.join(" ");
    let (state_before, scheduled) = (Some(case.state), reply.send_at.is_some());
    let asks = super::asks(tx, case, &reply.body).await?;
    let private_link = asks.as_ref().map(|_| PrivateLink::new(LINK_TO_FORM));
    let details = Outgoing { to, cc, bcc, state_before, scheduled, asks, private_link, ..Outgoing::default() };
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::MailOut,
        agent_id: Some(by.id),
        contact_id: None,
        at: now,
        text: &reply.body,
        data: &EntryData::Outgoing(details),
        delivery: Some(Delivery::Pending),
        send_at: Some(reply.send_at.unwrap_or_else(|| now.plus(undo_time(desk)))),
        client_id: reply.client_id.as_deref(),
    };
    let entry = store::insert_entry(tx, &entry).await?;
    claim_files(tx, case, by, entry, reply.files.as_deref()).await?;
    store::delete_draft(tx, case.id, by.id, "reply").await?;
    index(tx, case, entry, case.id, &reply.body, &people, "").await?;
    Ok(entry)
}

/// A file that was shown and is gone holds the message.
async fn claim_files(
    tx: &mut Tx,
    case: &Case,
    by: &Viewer,
    entry: EntryId,
    named: Option<&[AttachmentId]>,
) -> Result<(), CasesError> {
    let claimed = store::claim_draft_files(tx, case.id, by.id, entry, named).await?;
    let all = named.is_none_or(|named| usize::try_from(claimed) == Ok(named.len()));
    if all { Ok(()) } else { Err(CasesError::Missing("file")) }
}

/// Takes a reply back before it has left: its words and files are a draft again, the case stands as before.
pub async fn undo_reply(desk: &Desk, by: &Viewer, id: CaseId, entry: EntryId) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let row = store::entry_of_case(&mut tx, case.id, entry).await?.ok_or(CasesError::NoEntry(entry))?;
    if row.agent_id != Some(by.id) {
        return Err(CasesError::NoEntry(entry));
    }
    take_back(&mut tx, desk, &mut case, &row, None, Actor::Agent(by.id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Stops a reply at its hour, since the customer has written meanwhile. Called by the delivery, in its transaction.
pub async fn stop_reply(tx: &mut Tx, desk: &Desk, row: &store::EntryRow) -> Result<(), CasesError> {
    let mut case = locked(tx, row.case_id, &[]).await?;
    let why = "Not sent at its hour: the customer has written since.";
    take_back(tx, desk, &mut case, row, Some(why), Actor::System).await
}

async fn take_back(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    row: &store::EntryRow,
    why: Option<&str>,
    actor: Actor,
) -> Result<(), CasesError> {
    if store::set_delivery(tx, row.id, &[Delivery::Pending], Delivery::Cancelled, why).await? == 0 {
        return Err(CasesError::TooLate(row.id));
    }
    let (EntryData::Outgoing(details), Some(agent)) = (row.data()?, row.agent_id) else {
        return Err(CasesError::NoEntry(row.id));
    };
    let json = |people: &[Person]| serde_json::to_string(people).ok();
    // What was begun since stays above.
    let begun = store::drafts(&mut *tx, case.id, agent).await?.into_iter().find(|draft| draft.kind == "reply");
    let body = match begun.map(|draft| draft.body).filter(|body| !body.trim().is_empty() && *body != row.text) {
        Some(begun) => format!("{}\n\n{}", begun.trim_end(), row.text),
        None => row.text.clone(),
    };
    let draft = store::Draft {
        kind: "reply".into(),
        body,
        recipients_to: json(&details.to),
        recipients_cc: json(&details.cc),
        recipients_bcc: json(&details.bcc),
        based_on: row.id,
        updated_at: desk.now(),
    };
    store::save_draft(tx, case.id, agent, &draft, Timestamp(i64::MAX)).await?;
    store::return_files_to_draft(tx, row.id).await?;
    // What was never said is found by nobody.
    search::remove(tx, row.id.0).await?;
    if let Some(before) = details.state_before.filter(|_| case.state == CaseState::Waiting && why.is_none()) {
        case.state = before;
        case.waiting_on = None;
    }
    let data = serde_json::json!({ "entry": row.id, "why": why });
    record(tx, desk, case, row.id, "reply_taken_back", actor, data).await?;
    Ok(())
}

/// Writes an internal note. Agents named in it watch the case from then on.
pub async fn note(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    text: &str,
    mentions: Vec<AgentId>,
    client_id: Option<&str>,
) -> Result<EntryId, CasesError> {
    let client_id = client_id.map(str::to_owned);
    let note = HandOver { text: text.to_owned(), mentions, client_id, ..HandOver::default() };
    super::hand_over(desk, by, id, &note).await
}

/// Refuses a note that names somebody who may not see the case where it is going, in words for its author.
pub(super) async fn check_mentions(desk: &Desk, team: Option<TeamId>, mentions: &[AgentId]) -> Result<(), CasesError> {
    let mut blind = Vec::new();
    for id in mentions {
        let standing = staff::actions::standing(desk, *id).await?.ok_or_else(|| CasesError::NoSuch(id.to_string()))?;
        if team.is_some_and(|team| standing.hidden_teams.contains(&team)) {
            blind.push(standing.name);
        }
    }
    if blind.is_empty() { Ok(()) } else { Err(CasesError::CannotSee(blind.join(", "))) }
}

pub(super) async fn write_note(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    case: &mut Case,
    note: &HandOver,
) -> Result<EntryId, CasesError> {
    let HandOver { text, mentions, client_id, files, .. } = note;
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::Note,
        agent_id: Some(by.id),
        contact_id: None,
        at: desk.now(),
        text,
        data: &EntryData::Note { mentions: mentions.clone() },
        delivery: None,
        send_at: None,
        client_id: client_id.as_deref(),
    };
    let entry = store::insert_entry(tx, &entry).await?;
    claim_files(tx, case, by, entry, files.as_deref()).await?;
    store::delete_draft(tx, case.id, by.id, "note").await?;
    index(tx, case, entry, case.id, text, &by.name, "").await?;
    for agent in mentions {
        store::watch(tx, case.id, *agent).await?;
    }
    let data = serde_json::json!({ "entry": entry, "mentions": mentions });
    record(tx, desk, case, entry, "note_posted", Actor::Agent(by.id), data).await?;
    Ok(entry)
}

/// A case that an agent opens for a customer.
pub struct OpenByAgent {
    pub requester: Person,
    pub subject: String,
    pub note: String,
    pub kind: CaseKind,
    pub priority: Priority,
    pub team: Option<TeamId>,
}

/// Opens a case by hand, with a note of what it is about; the agent has it.
pub async fn open_by_agent(desk: &Desk, by: &Viewer, wanted: OpenByAgent) -> Result<CaseId, CasesError> {
    let mut tx = desk.db().begin().await?;
    let (case, _) = open_by_agent_in(&mut tx, desk, by, wanted).await?;
    tx.commit().await?;
    Ok(case)
}

/// The same within a change that needs it: the case, and its note.
pub async fn open_by_agent_in(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    wanted: OpenByAgent,
) -> Result<(CaseId, EntryId), CasesError> {
    checked_text(&wanted.note, "note")?;
    let requester = checked_people(std::slice::from_ref(&wanted.requester))?.remove(0);
    let now = desk.now();
    if let Some(team) = wanted.team {
        staff::store::team(&mut *tx, team).await?.ok_or_else(|| CasesError::NoSuch(team.to_string()))?;
    }
    let contact = customers::actions::contact_for(tx, desk, &requester, now).await?;
    let mut case = Case {
        id: CaseId(0),
        subject: String::new(),
        base_subject: wanted.subject.to_lowercase(),
        state: CaseState::Open,
        kind: wanted.kind,
        priority: wanted.priority,
        door: if by.is_program() { Door::Api } else { Door::Agent },
        assignee_id: Some(by.id),
        team_id: wanted.team,
        organisation_id: contact.organisation_id,
        contact_id: Some(contact.id),
        installation_id: None,
        waiting_on: None,
        wake_at: None,
        follow_up_of: None,
        merged_into: None,
        created_at: now,
        updated_at: now,
        last_customer_at: None,
        last_agent_at: Some(now),
        solved_at: None,
        closed_at: None,
        last_entry_id: EntryId(0),
        unconfirmed_since: None,
    };
    rules::apply(&mut case, &Change::Subject(wanted.subject), now)?;
    case.id = store::insert_case(tx, &case).await?;
    let (address, name) = (&requester.address, requester.name.as_deref());
    store::add_person(tx, case.id, address, name, Some(contact.id), PersonRole::Requester).await?;
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::Note,
        agent_id: Some(by.id),
        contact_id: None,
        at: now,
        text: &wanted.note,
        data: &EntryData::Note { mentions: vec![] },
        delivery: None,
        send_at: None,
        client_id: None,
    };
    let entry = store::insert_entry(tx, &entry).await?;
    index(tx, &case, entry, case.id, &wanted.note, address, "").await?;
    let data = serde_json::json!({ "entry": entry });
    record(tx, desk, &mut case, entry, "opened_by_agent", Actor::Agent(by.id), data).await?;
    Ok((case.id, entry))
}

/// Addresses checked and each once, in their order.
pub fn checked_people(people: &[Person]) -> Result<Vec<Person>, CasesError> {
    if people.len() > MOST_RECIPIENTS {
        return Err(CasesError::TooLong { field: "recipients", most: MOST_RECIPIENTS });
    }
    let mut checked: Vec<Person> = Vec::with_capacity(people.len());
    for person in people {
        let address = casedesk_mail::normalise_address(&person.address)
            .ok_or_else(|| CasesError::BadAddress(person.address.clone()))?
            .address;
        if !checked.iter().any(|known| known.address == address) {
            checked.push(Person { name: person.name.clone().filter(|name| !name.trim().is_empty()), address });
        }
    }
    Ok(checked)
}
