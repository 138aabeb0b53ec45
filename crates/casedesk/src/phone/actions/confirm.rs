//! Asking for a confirmation: in the contact's own words first, then of the agent's summary; and what silence leads to.
use std::time::Duration;

use super::log::mail_of;
use super::{Ended, end, seen};
use crate::cases::actions::{self as cases, DeskMail};
use crate::cases::store as case_store;
use crate::cases::{CallStep, PrivateLink};
use crate::customers;
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::secrets::sha256_hex;
use crate::phone::jobs::Escalate;
use crate::phone::rules::{self, Next};
use crate::phone::store::{self, CallRow, NewConfirmation};
use crate::phone::{CallId, CallState, ConfirmationId, PhoneError, Question};
use crate::queue;
use crate::staff::{Actor, AgentId, Viewer};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// What is asked, and by whom; nobody: time has passed.
pub(super) struct Asking {
    pub(super) question: Question,
    pub(super) asked_by: Option<AgentId>,
}

/// Asks the contact of a call, as an agent wants it.
pub async fn ask(desk: &Desk, by: &Viewer, id: CallId, question: Question) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    let row = seen(store::lock_call(&mut tx, id).await?.ok_or(PhoneError::NoCall(id))?, by)?;
    rules::may_ask(row.state)?;
    ask_in(&mut tx, desk, &row, Asking { question, asked_by: Some(by.id) }).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes the mail with its link, and asks for the job that looks again when its time is over.
pub(super) async fn ask_in(tx: &mut Tx, desk: &Desk, call: &CallRow, asking: Asking) -> Result<(), PhoneError> {
    let (Some(case), Some(contact)) = (call.case_id, call.contact_id) else { return Err(PhoneError::NotLogged) };
    if desk.config().mail.from.is_empty() {
        return Err(PhoneError::NoMail);
    }
    let contact = customers::store::contact(&mut *tx, contact).await?.ok_or(PhoneError::NoContact(contact.0))?;
    let to = match mail_of(tx, &contact).await? {
        Some((person, None)) => person,
        Some((person, Some(why))) => return Err(PhoneError::Paused(person.address, why)),
        None => return Err(PhoneError::NoAddress),
    };
    let Asking { question, asked_by } = asking;
    let (name, usual) = rules::template(question);
    let templates = case_store::templates(&mut *tx).await?;
    let template = templates.iter().find(|template| template.name == name).map_or(usual, |own| own.body.as_str());
    let key = format!("{}-{}", desk.config().desk.prefix, call.root_id.unwrap_or(case));
    let link = PrivateLink::new("/confirm/");
    let digest = sha256_hex(link.token(desk).as_bytes());
    let text = rules::mail(template, &key, PrivateLink::PLACE, &call.summary);
    let entry = cases::send_from_desk(tx, desk, case, DeskMail { to, text: &text, link, files: &[], asked_by }).await?;
    let (now, settings) = (desk.now(), &desk.config().phone);
    let (wait_s, state) = match question {
        Question::Written => (settings.confirm_after_hours * HOUR, CallState::Asked),
        Question::Summary => (settings.give_up_after_days * DAY, CallState::SummarySent),
    };
    let due_at = now.plus(Duration::from_secs(wait_s));
    let expires_at = now.plus(Duration::from_secs(settings.link_days * DAY));
    let new =
        NewConfirmation { digest: &digest, call: call.id, kind: question, entry, sent_at: now, due_at, expires_at };
    let confirmation = store::insert_confirmation(tx, &new).await?;
    store::set_state(tx, call.id, state, now).await?;
    queue::enqueue(tx, &Escalate { confirmation }, due_at).await?;
    Ok(())
}

/// When nothing has come: the summary is sent, or the case says that no answer came. Once, however often it runs.
pub async fn after_silence(desk: &Desk, id: ConfirmationId) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    let Some(asked) = store::confirmation(&mut tx, id).await? else { return Ok(()) };
    let Some(call) = store::lock_call(&mut tx, asked.call_id).await? else { return Ok(()) };
    let newest = store::newest_confirmation(&mut tx, call.id).await? == Some(id);
    match rules::after_silence(call.state, asked.kind, newest && asked.due_at <= desk.now()) {
        Next::Nothing => return Ok(()),
        Next::GiveUp => give_up(&mut tx, desk, &call).await?,
        Next::SendSummary => {
            let asking = Asking { question: Question::Summary, asked_by: None };
            match ask_in(&mut tx, desk, &call, asking).await {
                Ok(()) => {}
                Err(PhoneError::NoAddress | PhoneError::NoMail | PhoneError::Paused(..)) => {
                    give_up(&mut tx, desk, &call).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn give_up(tx: &mut Tx, desk: &Desk, call: &CallRow) -> Result<(), PhoneError> {
    let ended = Ended {
        state: CallState::Unanswered,
        step: CallStep::Unanswered,
        actor: Actor::System,
        contact: None,
        text: "",
        by_mail: None,
    };
    end(tx, desk, call, ended).await
}

/// An agent lets a call stand without an answer.
pub async fn accept(desk: &Desk, by: &Viewer, id: CallId) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    let row = seen(store::lock_call(&mut tx, id).await?.ok_or(PhoneError::NoCall(id))?, by)?;
    rules::may_ask(row.state)?;
    let ended = Ended {
        state: CallState::Accepted,
        step: CallStep::Accepted,
        actor: Actor::Agent(by.id),
        contact: None,
        text: "",
        by_mail: None,
    };
    end(&mut tx, desk, &row, ended).await?;
    tx.commit().await?;
    Ok(())
}
