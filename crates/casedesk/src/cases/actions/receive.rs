//! What comes in from outside: opening a case, and joining one.
use super::{change_entry, index, tell};
use crate::cases::rules::{self, Arrival};
use crate::cases::store::{self, Attachment, Case, CasePerson, NewEntry};
use crate::cases::{
    AttachmentId, CaseId, CaseKind, CaseState, CasesError, Changed, Door, EntryData, EntryId, EntryKind, Incoming,
    LinkKind, PersonRole, Priority,
};
use crate::customers::{Contact, Person, domain_of};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Actor, TeamId};

/// A message from outside, read and ready to be filed.
pub struct Received {
    pub door: Door,
    pub at: Timestamp,
    pub from: Person,
    pub contact: Contact,
    pub subject: String,
    pub base_subject: String,
    pub text: String,
    pub details: Incoming,
    /// Written by a machine: it is filed, and wakes nobody.
    pub machine: bool,
    /// Old mail, brought over from elsewhere: nobody waits for a receipt.
    pub brought_over: bool,
    /// Everyone else the message was openly sent to, apart from ourselves.
    pub copied: Vec<Person>,
    /// What a colleague wrote above the mail that they forwarded.
    pub remark: Option<Remark>,
    pub files: Vec<ReceivedFile>,
    pub team: Option<TeamId>,
}

/// Words of a colleague that no customer is to read.
pub struct Remark {
    /// Name and address, as the mail has them.
    pub from: Person,
    pub text: String,
}

/// A file whose bytes are in the file store already.
pub struct ReceivedFile {
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub digest: String,
    pub shows_inline: bool,
    pub content_id: Option<String>,
}

/// Where a message has come to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filed {
    pub case: CaseId,
    pub entry: EntryId,
    /// Whether it opened the case.
    pub opened: bool,
}

/// Opens a case for the message.
pub async fn open(tx: &mut Tx, desk: &Desk, message: &Received) -> Result<Filed, CasesError> {
    open_following(tx, desk, message, CaseKind::Question, None).await
}

/// The same when whoever wrote it says what kind of request it is.
pub async fn open_as(tx: &mut Tx, desk: &Desk, message: &Received, kind: CaseKind) -> Result<Filed, CasesError> {
    open_following(tx, desk, message, kind, None).await
}

async fn open_following(
    tx: &mut Tx,
    desk: &Desk,
    message: &Received,
    kind: CaseKind,
    follow_up_of: Option<CaseId>,
) -> Result<Filed, CasesError> {
    let mut case = Case {
        id: CaseId(0),
        subject: subject_or(&message.subject, &message.text),
        base_subject: message.base_subject.clone(),
        state: CaseState::New,
        kind,
        priority: Priority::Normal,
        door: message.door,
        assignee_id: None,
        team_id: message.team,
        organisation_id: message.contact.organisation_id,
        contact_id: Some(message.contact.id),
        installation_id: None,
        waiting_on: None,
        wake_at: None,
        follow_up_of,
        merged_into: None,
        created_at: message.at,
        updated_at: message.at,
        last_customer_at: Some(message.at),
        last_agent_at: None,
        solved_at: None,
        closed_at: None,
        last_entry_id: EntryId(0),
        unconfirmed_since: None,
    };
    case.id = store::insert_case(tx, &case).await?;
    let (id, on) = (case.id, case.id);
    let name = message.from.name.as_deref();
    store::add_person(tx, id, &message.from.address, name, Some(message.contact.id), PersonRole::Requester).await?;
    for person in &message.copied {
        store::add_person(tx, id, &person.address, person.name.as_deref(), None, PersonRole::Copied).await?;
    }
    if let Some(earlier) = follow_up_of {
        store::link(tx, id, earlier, LinkKind::FollowUp).await?;
    }
    let entry = write_incoming(tx, &mut case, on, message).await?;
    let data = serde_json::json!({ "entry": entry, "machine": message.machine, "brought_over": message.brought_over });
    settle(tx, desk, &mut case, entry, message, "opened", data).await?;
    Ok(Filed { case: id, entry, opened: true })
}

/// Puts the message on the case that its thread leads to, or on a follow-up when that is closed.
pub async fn join(tx: &mut Tx, desk: &Desk, on: CaseId, message: &Received) -> Result<Filed, CasesError> {
    let mut case = super::locked(tx, on, &[]).await?;
    let reopens = match rules::arrival(&case, message.machine) {
        Arrival::FollowsUp => return open_following(tx, desk, message, CaseKind::Question, Some(case.id)).await,
        Arrival::Joins { reopens } => reopens,
    };
    add_copied(tx, desk, &case, message).await?;
    let entry = write_incoming(tx, &mut case, on, message).await?;
    if reopens {
        let before = rules::state_in_words(&case);
        rules::reopen(&mut case, desk.now());
        let changed = Changed { field: "state".into(), from: Some(before), to: Some("open".into()), undo: None };
        change_entry(tx, case.id, Actor::System, changed, desk.now()).await?;
    }
    if !message.machine {
        case.last_customer_at = Some(message.at);
    }
    let data = serde_json::json!({ "entry": entry, "machine": message.machine, "reopened": reopens });
    settle(tx, desk, &mut case, entry, message, "received", data).await?;
    Ok(Filed { case: case.id, entry, opened: false })
}

/// Writes the case as of the message's time, which lies in the past for mail that is brought over.
async fn settle(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    entry: EntryId,
    message: &Received,
    kind: &'static str,
    data: serde_json::Value,
) -> Result<(), CasesError> {
    case.updated_at = case.updated_at.max(message.at);
    case.last_entry_id = case.last_entry_id.max(entry);
    store::update_case(tx, case).await?;
    tell(tx, desk, case, kind, Actor::System, data).await?;
    Ok(())
}

/// People of the same circle, who share a mail domain that is not everybody's, are copied from now on; strangers named by a later mail are proposed,
/// since anybody can write a Cc (and read what is answered to it).
async fn add_copied(tx: &mut Tx, desk: &Desk, case: &Case, message: &Received) -> Result<(), CasesError> {
    let known = store::people(&mut *tx, case.id).await?;
    let public = &desk.config().desk.public_domains;
    let in_circle = |address: &str| {
        let domain = domain_of(address);
        let shares =
            |p: &CasePerson| p.address == address || !public.contains(domain) && domain_of(&p.address) == domain;
        known.iter().any(|p| matches!(p.role, PersonRole::Requester | PersonRole::Copied) && shares(p))
    };
    let author_known = known.iter().any(|p| p.address == message.from.address && p.role != PersonRole::Proposed);
    for person in message.copied.iter().chain(std::iter::once(&message.from)) {
        let trusted = in_circle(&person.address) && (author_known || person.address == message.from.address);
        let role = if trusted { PersonRole::Copied } else { PersonRole::Proposed };
        store::add_person(tx, case.id, &person.address, person.name.as_deref(), None, role).await?;
    }
    Ok(())
}

async fn write_incoming(tx: &mut Tx, case: &mut Case, on: CaseId, message: &Received) -> Result<EntryId, CasesError> {
    let entry = NewEntry {
        case_id: on,
        kind: if message.machine { EntryKind::Machine } else { EntryKind::MailIn },
        agent_id: None,
        contact_id: Some(message.contact.id),
        at: message.at,
        text: &message.text,
        data: &EntryData::Incoming(Box::new(message.details.clone())),
        delivery: None,
        send_at: None,
        client_id: None,
    };
    let entry = store::insert_entry(tx, &entry).await?;
    attach(tx, on, entry, &message.files, message.at).await?;
    let people: Vec<&str> = std::iter::once(&message.from)
        .chain(&message.copied)
        .flat_map(|p| [p.name.as_deref().unwrap_or(""), &p.address])
        .collect();
    index(tx, case, entry, on, &message.text, &people.join(" "), &names(&message.files)).await?;
    if let Some(remark) = &message.remark {
        write_remark(tx, case, on, remark, message.at).await?;
    }
    Ok(entry)
}

async fn write_remark(
    tx: &mut Tx,
    case: &mut Case,
    on: CaseId,
    remark: &Remark,
    at: Timestamp,
) -> Result<(), CasesError> {
    let Person { name, address } = &remark.from;
    let by = name.as_ref().map_or_else(|| address.clone(), |name| format!("{name} ({address})"));
    let text = format!("{by} wrote above the mail that was forwarded:\n\n{}", remark.text);
    let entry = NewEntry {
        case_id: on,
        kind: EntryKind::Note,
        agent_id: None,
        contact_id: None,
        at,
        text: &text,
        data: &EntryData::Note { mentions: vec![] },
        delivery: None,
        send_at: None,
        client_id: None,
    };
    let entry = store::insert_entry(tx, &entry).await?;
    index(tx, case, entry, on, &text, &by, "").await?;
    case.last_entry_id = case.last_entry_id.max(entry);
    Ok(())
}

pub(super) async fn attach(
    tx: &mut Tx,
    case: CaseId,
    entry: EntryId,
    files: &[ReceivedFile],
    at: Timestamp,
) -> Result<(), CasesError> {
    for file in files {
        let row = Attachment {
            id: AttachmentId(0),
            case_id: case,
            entry_id: Some(entry),
            agent_id: None,
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
            digest: file.digest.clone(),
            shows_inline: file.shows_inline,
            content_id: file.content_id.clone(),
        };
        store::insert_attachment(tx, &row, at).await?;
    }
    Ok(())
}

pub(super) fn names(files: &[ReceivedFile]) -> String {
    files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// The subject, or the first words where there is none.
fn subject_or(subject: &str, text: &str) -> String {
    let chosen = [subject, text].into_iter().map(str::trim).find(|s| !s.is_empty()).unwrap_or("No subject");
    let line = chosen.lines().next().unwrap_or(chosen);
    line.chars().take(rules::MOST_SUBJECT).collect()
}
