//! Writing a call down: kept while it runs, then put on a case.
use serde::{Deserialize, Serialize};

use super::confirm::{Asking, ask_in};
use super::seen;
use crate::cases::actions::{self as cases, About};
use crate::cases::{Call, CallStep, CaseId};
use crate::customers::{self, Contact, ContactId, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::phone::store::{self, CallRow, NewCall};
use crate::phone::{CallId, CallState, Direction, PhoneError, Question, rules};
use crate::staff::Viewer;

/// The most bytes of what an agent has typed.
const MOST_DRAFT: usize = 100_000;

/// What stands in the fields of the call's page, kept as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub who: String,
    pub contact: Option<ContactId>,
    pub number: String,
    pub name: String,
    pub email: String,
    pub organisation: String,
    /// The case that it is about; none: a new one.
    pub case: Option<CaseId>,
    pub subject: String,
    pub priority: String,
    /// In the agent's zone, as a browser's field has them.
    pub started: String,
    pub ended: String,
    pub summary: String,
    /// `written`, `summary` or nothing.
    pub ask: String,
}

impl Typed {
    pub fn of(row: &CallRow) -> Self {
        serde_json::from_str(&row.draft).unwrap_or_default()
    }
}

/// Keeps what was typed: for the call that the telephone system announced, or else as the agent's draft.
pub async fn keep(desk: &Desk, by: &Viewer, call: Option<CallId>, typed: &Typed) -> Result<CallId, PhoneError> {
    let json = serde_json::to_string(typed).map_err(|error| crate::db::Error::Encode(error.into()))?;
    if json.len() > MOST_DRAFT {
        return Err(PhoneError::TooLong { field: "summary", most: rules::MOST_SUMMARY });
    }
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    let id = running(&mut tx, by, call, "", now).await?;
    if store::keep_draft(&mut tx, id, &json, now).await? == 0 {
        return Err(PhoneError::LoggedAlready);
    }
    tx.commit().await?;
    Ok(id)
}

/// Throws a running call away, with everything typed.
pub async fn discard(desk: &Desk, by: &Viewer, id: CallId) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    let row = store::lock_call(&mut tx, id).await?.ok_or(PhoneError::NoCall(id))?;
    seen(row, by)?;
    if store::delete_running(&mut tx, id).await? == 0 {
        return Err(PhoneError::LoggedAlready);
    }
    tx.commit().await?;
    Ok(())
}

/// The running call of this id, which is the agent's own; or the one they write by hand, made now if need be.
async fn running(
    tx: &mut Tx,
    by: &Viewer,
    call: Option<CallId>,
    number: &str,
    now: Timestamp,
) -> Result<CallId, PhoneError> {
    tx.lock(&format!("phone.draft.{}", by.id)).await?;
    let known = match call {
        Some(id) => Some(seen(store::lock_call(tx, id).await?.ok_or(PhoneError::NoCall(id))?, by)?),
        None => store::draft_of(&mut *tx, by.id).await?,
    };
    match known {
        Some(row) if row.state != CallState::Running => Err(PhoneError::LoggedAlready),
        Some(row) => Ok(row.id),
        None => Ok(begin(tx, by, number, now).await?),
    }
}

async fn begin(tx: &mut Tx, by: &Viewer, number: &str, now: Timestamp) -> crate::db::Result<CallId> {
    let new = NewCall {
        external_id: None,
        agent_id: Some(by.id),
        caller_number: number,
        called_number: "",
        direction: Direction::In,
        started_at: now,
        at: now,
    };
    store::insert_call(tx, &new).await
}

/// Who called.
pub enum Caller {
    Contact(ContactId),
    New { name: String, address: Option<String>, organisation: Option<String> },
}

/// A call to be put on a case.
pub struct Log {
    /// The running call that it was; none: nothing of it was kept before.
    pub call: Option<CallId>,
    pub caller: Caller,
    /// As it was typed; may be empty.
    pub number: String,
    pub about: About,
    pub summary: String,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub ask: Option<Question>,
}

/// Puts a call on a case, remembers its number for the contact, and asks for the confirmation that is wanted.
pub async fn log(desk: &Desk, by: &Viewer, wanted: Log) -> Result<(CallId, CaseId), PhoneError> {
    let number = checked(desk, &wanted)?;
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    let id = match wanted.call {
        Some(id) => running(&mut tx, by, Some(id), &number, now).await?,
        None => begin(&mut tx, by, &number, now).await?,
    };
    let contact = caller(&mut tx, desk, &wanted.caller, now).await?;
    if !number.is_empty() {
        store::insert_number(&mut tx, contact.id, &number, "", now).await?;
    }
    let person = mail_of(&mut tx, &contact).await?.map(|(person, _)| person);
    let details = Call {
        call: id.0,
        step: CallStep::Logged,
        number: number.clone(),
        started_at: Some(wanted.started_at),
        ended_at: wanted.ended_at,
        by_mail: None,
    };
    let called = cases::Called { contact: &contact, person: person.as_ref(), summary: &wanted.summary, details };
    let (case, entry) = cases::log_call(&mut tx, desk, by, wanted.about, called).await?;
    let written = store::Written {
        contact: contact.id,
        entry,
        number: &number,
        started_at: wanted.started_at,
        ended_at: wanted.ended_at,
        summary: &wanted.summary,
        at: now,
    };
    store::put_on_case(&mut tx, id, &written).await?;
    if let Some(question) = wanted.ask {
        let row = store::call(&mut tx, id).await?.ok_or(PhoneError::NoCall(id))?;
        ask_in(&mut tx, desk, &row, Asking { question, asked_by: Some(by.id) }).await?;
    }
    tx.commit().await?;
    Ok((id, case))
}

/// The number as it is kept; refuses what cannot be logged.
fn checked(desk: &Desk, wanted: &Log) -> Result<String, PhoneError> {
    rules::checked_times(wanted.started_at, wanted.ended_at)?;
    if wanted.summary.trim().is_empty() {
        return Err(PhoneError::Empty);
    }
    if wanted.summary.chars().count() > rules::MOST_SUMMARY {
        return Err(PhoneError::TooLong { field: "summary", most: rules::MOST_SUMMARY });
    }
    if wanted.number.trim().is_empty() {
        return Ok(String::new());
    }
    Ok(rules::e164(&wanted.number, &desk.config().phone.country_code)?)
}

async fn caller(tx: &mut Tx, desk: &Desk, caller: &Caller, now: Timestamp) -> Result<Contact, PhoneError> {
    let (name, address, organisation) = match caller {
        Caller::Contact(id) => {
            return customers::store::contact(&mut *tx, *id).await?.ok_or(PhoneError::NoContact(id.0));
        }
        Caller::New { name, address, organisation } => (name.trim(), address.as_deref(), organisation.as_deref()),
    };
    let long = |text: &str| text.chars().count() > rules::MOST_NAME;
    if long(name) || organisation.is_some_and(long) {
        return Err(PhoneError::TooLong { field: "name", most: rules::MOST_NAME });
    }
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    if let Some(address) = address.map(str::trim).filter(|address| !address.is_empty()) {
        let person = Person { name, address: address.to_owned() };
        let person = cases::checked_people(std::slice::from_ref(&person))?.remove(0);
        return Ok(customers::actions::contact_for(tx, desk, &person, now).await?);
    }
    let name = name.ok_or(PhoneError::NoCaller)?;
    let organisation = organisation.map(str::trim).filter(|organisation| !organisation.is_empty());
    Ok(customers::actions::add_contact_without_address(tx, &name, organisation, now).await?)
}

/// How the contact is reached by mail: an address that is not paused where there is one, and why it is paused.
pub(super) async fn mail_of(tx: &mut Tx, contact: &Contact) -> Result<Option<(Person, Option<String>)>, PhoneError> {
    let mut addresses = customers::store::addresses(&mut *tx, contact.id).await?;
    addresses.sort_by_key(|(_, paused)| paused.is_some());
    let name = Some(contact.name.clone()).filter(|name| !name.contains('@'));
    Ok(addresses.into_iter().next().map(|(address, paused)| (Person { name, address }, paused)))
}
