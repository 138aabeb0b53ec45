//! The contact's answer: by the link of a mail, or by a mail on the case.
use std::time::Duration;

use super::{Ended, end};
use crate::cases::actions as cases;
use crate::cases::store as case_store;
use crate::cases::{CallStep, CaseId, EntryId, EntryKind};
use crate::desk::Desk;
use crate::kit::secrets::sha256_hex;
use crate::phone::store::{self, CallRow, Confirmation};
use crate::phone::{CallId, CallState, PhoneError, Question, rules};
use crate::staff::actions::{Limit, take};
use crate::staff::{self, Actor};
use crate::web::client::Client;

/// What a link leads to.
pub struct Asked {
    pub confirmation: Confirmation,
    pub call: CallRow,
}

impl Asked {
    /// Whether nothing more is asked.
    pub fn is_over(&self) -> bool {
        self.confirmation.answered_at.is_some() || !self.call.state.awaits_answer()
    }
}

/// Links that lead to nothing, from one network.
const DEAD_LINKS: Limit = Limit::new("phone-dead-link", 20, Duration::from_secs(30));

/// Looks, and changes nothing: mail scanners follow every link. Tries at links that do not exist are counted.
pub async fn asked(desk: &Desk, token: &str, client: &Client) -> Result<Asked, PhoneError> {
    let digest = sha256_hex(token.as_bytes());
    let Some(confirmation) = store::confirmation_by_digest(desk.db(), &digest, desk.now()).await? else {
        return Err(match take(desk, &[(DEAD_LINKS, &client.network())]).await {
            Err(staff::Error::TooMany(wait_s)) => PhoneError::TooMany(wait_s),
            Err(staff::Error::Database(error)) => error.into(),
            _ => PhoneError::DeadLink,
        });
    };
    let call = store::call(desk.db(), confirmation.call_id).await?.ok_or(PhoneError::DeadLink)?;
    Ok(Asked { confirmation, call })
}

/// What the contact does with the question.
pub enum Answer {
    Confirm,
    /// The summary corrected, or the call in their own words.
    Write(String),
}

/// Takes the answer; a second one, or one that came too late, changes nothing.
pub async fn answer(desk: &Desk, token: &str, answer: Answer, client: &Client) -> Result<(), PhoneError> {
    asked(desk, token, client).await?;
    let digest = sha256_hex(token.as_bytes());
    let mut tx = desk.db().begin().await?;
    let confirmation =
        store::confirmation_by_digest(&mut tx, &digest, desk.now()).await?.ok_or(PhoneError::DeadLink)?;
    let call = store::lock_call(&mut tx, confirmation.call_id).await?.ok_or(PhoneError::DeadLink)?;
    if confirmation.answered_at.is_some() || !call.state.awaits_answer() {
        return Ok(());
    }
    let (state, step, text) = reading(confirmation.kind, &call, answer)?;
    if store::answer_confirmation(&mut tx, confirmation.id, state, desk.now()).await? == 0 {
        return Ok(());
    }
    let ended = Ended { state, step, actor: Actor::System, contact: call.contact_id, text: &text, by_mail: None };
    end(&mut tx, desk, &call, ended).await?;
    tx.commit().await?;
    Ok(())
}

/// What an answer to this question means. A correction that changes nothing confirms.
fn reading(asked: Question, call: &CallRow, answer: Answer) -> Result<(CallState, CallStep, String), PhoneError> {
    let text = match (asked, answer) {
        (Question::Summary, Answer::Confirm) => return Ok((CallState::Confirmed, CallStep::Confirmed, String::new())),
        (Question::Written, Answer::Confirm) => return Err(PhoneError::Empty),
        (_, Answer::Write(text)) => text.replace("\r\n", "\n").trim().to_owned(),
    };
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if text.chars().count() > rules::MOST_SUMMARY {
        return Err(PhoneError::TooLong { field: "text", most: rules::MOST_SUMMARY });
    }
    Ok(match asked {
        Question::Summary if text == call.summary.replace("\r\n", "\n").trim() => {
            (CallState::Confirmed, CallStep::Confirmed, String::new())
        }
        Question::Summary => (CallState::Corrected, CallStep::Corrected, text),
        Question::Written => (CallState::Written, CallStep::Written, text),
    })
}

/// A mail has come onto a case: it confirms the calls that its author was asked about, and nobody else's.
pub async fn heard(desk: &Desk, entry: EntryId) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    let Some(row) = case_store::entry(&mut tx, entry).await?.filter(|row| row.kind == EntryKind::MailIn) else {
        return Ok(());
    };
    let Some(contact) = row.contact_id else { return Ok(()) };
    let case = case_store::case(&mut tx, row.case_id).await?;
    let shown = case.and_then(|case| case.merged_into).unwrap_or(row.case_id);
    for id in store::awaiting(&mut tx, shown, contact).await? {
        let Some(call) = store::lock_call(&mut tx, id).await?.filter(|call| call.state.awaits_answer()) else {
            continue;
        };
        let ended = Ended {
            state: CallState::Written,
            step: CallStep::Written,
            actor: Actor::System,
            contact: Some(contact),
            text: "",
            by_mail: Some(entry),
        };
        end(&mut tx, desk, &call, ended).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Entries were moved between cases: the mark goes where the calls went.
pub async fn recount(desk: &Desk, case: CaseId) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    let since = store::unconfirmed_since(&mut tx, case, CallId(0)).await?;
    cases::set_unconfirmed(&mut tx, desk, case, since).await?;
    tx.commit().await?;
    Ok(())
}
