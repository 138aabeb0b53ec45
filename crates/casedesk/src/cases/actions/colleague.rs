//! What a colleague's own mail becomes on a case.
use super::receive::{attach, names};
use super::{Filed, Received, change_entry, change_in, index, record, tag_in, undo_time};
use crate::cases::rules::{self, Change};
use crate::cases::store::{self, Case, NewEntry};
use crate::cases::{CaseId, CasesError, Changed, Delivery, EntryData, EntryId, EntryKind, Outgoing};
use crate::customers::Person;
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Actor, AgentId};

/// Where the words of a colleague's mail go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// They have gone already, from the colleague's own mail program.
    Sent { to: Vec<Person>, cc: Vec<Person> },
    /// Nobody outside has them: they are kept on the case.
    Kept,
    /// The desk sends them on, as the colleague's reply.
    Reply { to: Vec<Person>, cc: Vec<Person> },
    /// An internal note.
    Note,
    /// There are none, only commands.
    None,
}

/// A colleague's mail, and what is to be done with it.
pub struct FromColleague<'a> {
    pub agent: AgentId,
    /// The mail; its text without what was a command and is carried out.
    pub message: &'a Received,
    pub words: Words,
    /// The commands as they were written.
    pub commands: Vec<String>,
    pub changes: Vec<Change>,
    pub tags: Vec<String>,
    /// What is not done, and why.
    pub notice: Option<String>,
    pub unproven: bool,
}

/// Files a colleague's mail on a case, and does what it asks for.
pub async fn from_colleague(
    tx: &mut Tx,
    desk: &Desk,
    on: CaseId,
    mail: FromColleague<'_>,
) -> Result<Filed, CasesError> {
    let mut case = super::locked(tx, on, &[]).await?;
    let entry = match &mail.words {
        Words::Sent { to, cc } => outgoing(tx, desk, &mut case, on, &mail, (to, cc)).await?,
        Words::Kept => outgoing(tx, desk, &mut case, on, &mail, (&[], &[])).await?,
        Words::Reply { to, cc } => {
            let line = by_mail(tx, desk, &mut case, &mail).await?;
            send_on(tx, desk, &mut case, &mail, (to, cc)).await?;
            line
        }
        Words::Note => note(tx, desk, &mut case, &mail).await?,
        Words::None => by_mail(tx, desk, &mut case, &mail).await?,
    };
    let actor = Actor::Agent(mail.agent);
    for change in &mail.changes {
        change_in(tx, desk, &mut case, change, actor).await?;
    }
    for tag in mail.tags {
        tag_in(tx, desk, &mut case, tag, true, actor).await?;
    }
    Ok(Filed { case: case.id, entry, opened: false })
}

/// An outgoing message that the desk does not send.
async fn outgoing(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    on: CaseId,
    mail: &FromColleague<'_>,
    (to, cc): (&[Person], &[Person]),
) -> Result<EntryId, CasesError> {
    let (message, sent) = (mail.message, mail.words != Words::Kept);
    let details = Outgoing {
        to: to.to_vec(),
        cc: cc.to_vec(),
        elsewhere: true,
        folds: message.details.folds.clone(),
        has_html: message.details.has_html,
        raw: true,
        notice: mail.notice.clone(),
        unproven: mail.unproven,
        ..Outgoing::default()
    };
    let delivery = (sent.then_some(Delivery::Sent), None);
    let entry = write(tx, case, on, mail, &EntryData::Outgoing(details), delivery).await?;
    if sent {
        rules::after_reply(case, desk.now());
    }
    let kind = if sent { "answered_elsewhere" } else { "kept" };
    let data = serde_json::json!({ "entry": entry, "elsewhere": true });
    record(tx, desk, case, entry, kind, Actor::Agent(mail.agent), data).await?;
    Ok(entry)
}

/// The words leave as a reply does, after the undo's seconds; they are written anew, so that nothing else of the
/// colleague's mail goes out with them.
async fn send_on(
    tx: &mut Tx,
    desk: &Desk,
    case: &mut Case,
    mail: &FromColleague<'_>,
    (to, cc): (&[Person], &[Person]),
) -> Result<(), CasesError> {
    let details = Outgoing { to: to.to_vec(), cc: cc.to_vec(), state_before: Some(case.state), ..Outgoing::default() };
    let on = case.id;
    let send_at = desk.now().plus(undo_time(desk));
    let delivery = (Some(Delivery::Pending), Some(send_at));
    let entry = write(tx, case, on, mail, &EntryData::Outgoing(details), delivery).await?;
    rules::after_reply(case, desk.now());
    let data = serde_json::json!({ "entry": entry, "send_at_us": send_at.0 });
    record(tx, desk, case, entry, "reply_posted", Actor::Agent(mail.agent), data).await?;
    Ok(())
}

async fn note(tx: &mut Tx, desk: &Desk, case: &mut Case, mail: &FromColleague<'_>) -> Result<EntryId, CasesError> {
    let on = case.id;
    let entry = write(tx, case, on, mail, &EntryData::Note { mentions: vec![] }, (None, None)).await?;
    let data = serde_json::json!({ "entry": entry, "mentions": [] });
    record(tx, desk, case, entry, "note_posted", Actor::Agent(mail.agent), data).await?;
    Ok(entry)
}

/// The line that stands for the mail itself where its words are another entry or there are none.
async fn by_mail(tx: &mut Tx, desk: &Desk, case: &mut Case, mail: &FromColleague<'_>) -> Result<EntryId, CasesError> {
    let to = (!mail.commands.is_empty()).then(|| mail.commands.join(", "));
    let changed = Changed { field: "by mail".into(), from: None, to, undo: None };
    let data = serde_json::json!({ "changed": changed });
    let actor = Actor::Agent(mail.agent);
    let entry = change_entry(tx, case.id, actor, changed, desk.now()).await?;
    record(tx, desk, case, entry, "changed", actor, data).await?;
    Ok(entry)
}

async fn write(
    tx: &mut Tx,
    case: &Case,
    on: CaseId,
    mail: &FromColleague<'_>,
    data: &EntryData,
    (delivery, send_at): (Option<Delivery>, Option<Timestamp>),
) -> Result<EntryId, CasesError> {
    let message = mail.message;
    let entry = NewEntry {
        case_id: on,
        kind: if matches!(data, EntryData::Note { .. }) { EntryKind::Note } else { EntryKind::MailOut },
        agent_id: Some(mail.agent),
        contact_id: None,
        at: message.at,
        text: &message.text,
        data,
        delivery,
        send_at,
        client_id: None,
    };
    let entry = store::insert_entry(tx, &entry).await?;
    attach(tx, on, entry, &message.files, message.at).await?;
    index(tx, case, entry, on, &message.text, &message.from.address, &names(&message.files)).await?;
    Ok(entry)
}
