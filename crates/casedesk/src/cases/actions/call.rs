//! What a telephone call does to a case: its entry, the steps until it is confirmed, and the mails that ask for that.
//! All within the caller's transaction.
use super::{ReceivedFile, attach, change_entry, checked_text, index, locked, names, record};
use crate::cases::rules::{self, Arrival, Change};
use crate::cases::store::{self, Case, NewEntry};
use crate::cases::{
    Call, CaseId, CaseKind, CaseState, CasesError, Changed, Delivery, Door, EntryData, EntryId, EntryKind, Outgoing,
    PersonRole, Priority, PrivateLink,
};
use crate::customers::{Contact, ContactId, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Actor, AgentId, Viewer};

/// What a call is about.
pub enum About {
    NewCase { subject: String, kind: CaseKind, priority: Priority },
    Case(CaseId),
}

/// A call as an agent wrote it down.
pub struct Called<'a> {
    pub contact: &'a Contact,
    /// How the contact is reached by mail, when they are.
    pub person: Option<&'a Person>,
    pub summary: &'a str,
    pub details: Call,
}

/// Puts a call on a case, or opens one for it by the door `phone`. The case is unconfirmed from then on.
pub async fn log_call(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    about: About,
    call: Called<'_>,
) -> Result<(CaseId, EntryId), CasesError> {
    checked_text(call.summary, "summary")?;
    let now = desk.now();
    let (mut case, kind) = match about {
        About::Case(id) => (joined(tx, by, id, now).await?, "call_logged"),
        About::NewCase { subject, kind, priority } => {
            (open(tx, by, &call, (subject, kind, priority), now).await?, "opened_by_agent")
        }
    };
    if let Some(person) = call.person {
        let role = if kind == "call_logged" { PersonRole::Copied } else { PersonRole::Requester };
        let name = person.name.as_deref();
        store::add_person(tx, case.id, &person.address, name, Some(call.contact.id), role).await?;
    }
    let (agent, contact) = (Some(by.id), Some(call.contact.id));
    let entry = write(tx, &case, (agent, contact), now, call.summary, call.details).await?;
    index(tx, &case, entry, case.id, call.summary, &call.contact.name, "").await?;
    case.last_customer_at = Some(now);
    case.unconfirmed_since = case.unconfirmed_since.or(Some(now));
    let data = serde_json::json!({ "entry": entry });
    record(tx, desk, &mut case, entry, kind, Actor::Agent(by.id), data).await?;
    Ok((case.id, entry))
}

/// The case that somebody has called about: what waited or was solved is open again.
async fn joined(tx: &mut Tx, by: &Viewer, id: CaseId, now: Timestamp) -> Result<Case, CasesError> {
    let mut case = locked(tx, id, &by.hidden_teams).await?;
    match rules::arrival(&case, false) {
        Arrival::FollowsUp => return Err(CasesError::Closed(case.id)),
        Arrival::Joins { reopens: false } => {}
        Arrival::Joins { reopens: true } => {
            let before = rules::state_in_words(&case);
            rules::reopen(&mut case, now);
            let changed = Changed { field: "state".into(), from: Some(before), to: Some("open".into()), undo: None };
            change_entry(tx, case.id, Actor::Agent(by.id), changed, now).await?;
        }
    }
    Ok(case)
}

async fn open(
    tx: &mut Tx,
    by: &Viewer,
    call: &Called<'_>,
    (subject, kind, priority): (String, CaseKind, Priority),
    now: Timestamp,
) -> Result<Case, CasesError> {
    let mut case = Case {
        id: CaseId(0),
        subject: String::new(),
        base_subject: subject.to_lowercase(),
        state: CaseState::Open,
        kind,
        priority,
        door: Door::Phone,
        assignee_id: Some(by.id),
        team_id: by.teams.first().copied(),
        organisation_id: call.contact.organisation_id,
        contact_id: Some(call.contact.id),
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
    rules::apply(&mut case, &Change::Subject(subject), now)?;
    case.id = store::insert_case(tx, &case).await?;
    Ok(case)
}

/// A step after the call itself, with who took it and what they wrote.
pub struct Step<'a> {
    pub actor: Actor,
    pub contact: Option<ContactId>,
    pub text: &'a str,
    pub details: Call,
    /// Whether something else on the case still waits to be confirmed, and since when.
    pub unconfirmed_since: Option<Timestamp>,
}

/// Writes a step of a call. Words of the customer reopen the case, as those of a mail do; a closed one stays closed.
pub async fn call_step(tx: &mut Tx, desk: &Desk, id: CaseId, step: Step<'_>) -> Result<EntryId, CasesError> {
    let now = desk.now();
    let mut case = own(tx, id).await?;
    let entry = write(tx, &case, (step.actor.agent(), step.contact), now, step.text, step.details).await?;
    if !step.text.is_empty() {
        index(tx, &case, entry, id, step.text, "", "").await?;
        reopen(tx, desk, id, now).await?;
        // The case may have been written by the reopening.
        case = own(tx, id).await?;
    }
    if step.contact.is_some() {
        case.last_customer_at = Some(now);
    }
    case.unconfirmed_since = step.unconfirmed_since;
    let data = serde_json::json!({ "entry": entry });
    record(tx, desk, &mut case, entry, "call_step", step.actor, data.clone()).await?;
    show_on_root(tx, desk, &case, entry, step.actor).await?;
    Ok(entry)
}

/// The case itself, whether or not it is merged: the mark of its calls is its own, so that a merge can be undone.
async fn own(tx: &mut Tx, id: CaseId) -> Result<Case, CasesError> {
    store::lock_case(tx, id).await?.ok_or(CasesError::NoCase(id))
}

async fn reopen(tx: &mut Tx, desk: &Desk, id: CaseId, now: Timestamp) -> Result<(), CasesError> {
    let mut shown = locked(tx, id, &[]).await?;
    if rules::arrival(&shown, false) != (Arrival::Joins { reopens: true }) {
        return Ok(());
    }
    let before = rules::state_in_words(&shown);
    rules::reopen(&mut shown, now);
    let changed = Changed { field: "state".into(), from: Some(before), to: Some("open".into()), undo: None };
    let data = serde_json::json!({ "changed": changed });
    let entry = change_entry(tx, shown.id, Actor::System, changed, now).await?;
    record(tx, desk, &mut shown, entry, "changed", Actor::System, data).await?;
    Ok(())
}

/// A merged case is read as part of another: that one has something new.
async fn show_on_root(tx: &mut Tx, desk: &Desk, case: &Case, entry: EntryId, actor: Actor) -> Result<(), CasesError> {
    let Some(root) = case.merged_into else { return Ok(()) };
    let mut root = own(tx, root).await?;
    record(tx, desk, &mut root, entry, "call_step", actor, serde_json::json!({ "entry": entry })).await?;
    Ok(())
}

/// Says since when the case has something unconfirmed, after its entries were moved.
pub async fn set_unconfirmed(tx: &mut Tx, desk: &Desk, id: CaseId, since: Option<Timestamp>) -> Result<(), CasesError> {
    let mut case = own(tx, id).await?;
    if case.unconfirmed_since != since {
        case.unconfirmed_since = since;
        record(tx, desk, &mut case, EntryId(0), "call_step", Actor::System, serde_json::json!({})).await?;
    }
    Ok(())
}

/// A mail that the desk writes about a call or a quote: on the timeline, and on its way at once.
pub struct DeskMail<'a> {
    pub to: Person,
    /// Markdown.
    pub text: &'a str,
    pub link: PrivateLink,
    /// Their bytes are in the file store.
    pub files: &'a [ReceivedFile],
    /// Who asked for it; nobody did when time alone is the cause (RFC 3834).
    pub asked_by: Option<AgentId>,
}

pub async fn send_from_desk(tx: &mut Tx, desk: &Desk, id: CaseId, mail: DeskMail<'_>) -> Result<EntryId, CasesError> {
    let now = desk.now();
    let mut case = locked(tx, id, &[]).await?;
    let people = mail.to.address.clone();
    let automatic = mail.asked_by.is_none();
    let details = Outgoing {
        to: vec![mail.to],
        automatic,
        generated: automatic,
        private_link: Some(mail.link),
        ..Outgoing::default()
    };
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::MailOut,
        agent_id: None,
        contact_id: None,
        at: now,
        text: mail.text,
        data: &EntryData::Outgoing(details),
        delivery: Some(Delivery::Pending),
        send_at: Some(now),
        client_id: None,
    };
    let entry = store::insert_entry(tx, &entry).await?;
    attach(tx, case.id, entry, mail.files, now).await?;
    index(tx, &case, entry, case.id, mail.text, &people, &names(mail.files)).await?;
    let actor = mail.asked_by.map_or(Actor::System, Actor::Agent);
    record(tx, desk, &mut case, entry, "desk_wrote", actor, serde_json::json!({ "entry": entry })).await?;
    Ok(entry)
}

async fn write(
    tx: &mut Tx,
    case: &Case,
    (agent_id, contact_id): (Option<AgentId>, Option<ContactId>),
    now: Timestamp,
    text: &str,
    details: Call,
) -> Result<EntryId, CasesError> {
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::Call,
        agent_id,
        contact_id,
        at: now,
        text,
        data: &EntryData::Call(details),
        delivery: None,
        send_at: None,
        client_id: None,
    };
    Ok(store::insert_entry(tx, &entry).await?)
}
