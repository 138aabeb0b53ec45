//! What the telephone system announces: signed, taken once, and shown to the agent who answers.
use std::time::Duration;

use serde::Deserialize;

use super::log::Typed;
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::Timestamp;
use crate::kit::standard_webhooks::Key;
use crate::phone::store::{self, CallRow, NewCall};
use crate::phone::{CallState, Direction, PhoneError, rules};
use crate::staff::{self, AgentId};

/// How far the clock of the telephone system may be off, in seconds.
const TOLERANCE_S: u64 = 300;
/// How long announcements are remembered: longer than an old one would be believed.
const REMEMBERED: Duration = Duration::from_secs(4 * TOLERANCE_S);
const MOST_ID: usize = 200;
const MOST_NUMBER: usize = 50;

/// An announcement with the headers of Standard Webhooks.
pub struct Signed<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signature: &'a str,
    pub body: &'a [u8],
}

/// What is known of a call so far. Each announcement may add to the one before, in any order.
#[derive(Debug, Deserialize)]
struct Announcement {
    /// What the telephone system calls it.
    call: String,
    #[serde(default)]
    caller: String,
    #[serde(default)]
    called: String,
    #[serde(default)]
    direction: Option<Direction>,
    #[serde(default)]
    started_at: Option<Timestamp>,
    #[serde(default)]
    answered_at: Option<Timestamp>,
    #[serde(default)]
    ended_at: Option<Timestamp>,
    /// The extension or mail address of the agent.
    #[serde(default)]
    agent: String,
}

/// Takes an announcement in.
pub async fn announce(desk: &Desk, signed: Signed<'_>) -> Result<(), PhoneError> {
    verify(desk, &signed)?;
    let said: Announcement =
        serde_json::from_slice(signed.body).map_err(|error| PhoneError::BadAnnouncement(error.to_string()))?;
    if said.call.is_empty() || said.call.len() > MOST_ID {
        return Err(PhoneError::BadAnnouncement(format!("“call” has 1 to {MOST_ID} bytes")));
    }
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    tx.lock("phone.call").await?;
    if !store::take_announcement(&mut tx, signed.id, now).await? {
        return Ok(());
    }
    store::forget_announcements(&mut tx, now.minus(REMEMBERED)).await?;
    let call = announced(&mut tx, desk, &said, now).await?;
    if call.state == CallState::Running {
        add(&mut tx, desk, call, &said, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn verify(desk: &Desk, signed: &Signed<'_>) -> Result<(), PhoneError> {
    let key = Key::parse(desk.config().phone.webhook_secret.reveal()).ok_or(PhoneError::Unsigned)?;
    let at: i64 = signed.timestamp.parse().map_err(|_| PhoneError::Unsigned)?;
    let fresh = desk.now().seconds().abs_diff(at) <= TOLERANCE_S;
    let named = (1..=MOST_ID).contains(&signed.id.len());
    if named && fresh && key.verify(signed.id, at, signed.body, signed.signature) {
        Ok(())
    } else {
        Err(PhoneError::Unsigned)
    }
}

async fn announced(tx: &mut Tx, desk: &Desk, said: &Announcement, now: Timestamp) -> Result<CallRow, PhoneError> {
    if let Some(known) = store::call_by_external_id(&mut *tx, &said.call).await? {
        return Ok(known);
    }
    let (caller, called) = (number(desk, &said.caller), number(desk, &said.called));
    let new = NewCall {
        external_id: Some(&said.call),
        agent_id: None,
        caller_number: &caller,
        called_number: &called,
        direction: said.direction.unwrap_or(Direction::In),
        started_at: said.started_at.or(said.answered_at).unwrap_or(now),
        at: now,
    };
    let id = store::insert_call(tx, &new).await?;
    store::call(&mut *tx, id).await?.ok_or(PhoneError::NoCall(id))
}

/// Adds what is new, and tells the agent's open pages when it was they who answered.
async fn add(
    tx: &mut Tx,
    desk: &Desk,
    mut call: CallRow,
    said: &Announcement,
    now: Timestamp,
) -> Result<(), PhoneError> {
    let before = (call.answered_at, call.agent_id);
    for (kept, told) in [(&mut call.caller_number, &said.caller), (&mut call.called_number, &said.called)] {
        if kept.is_empty() {
            *kept = number(desk, told);
        }
    }
    call.answered_at = call.answered_at.or(said.answered_at);
    call.ended_at = call.ended_at.or(said.ended_at);
    // Whoever has begun to write keeps the call, also when it is put through to somebody else.
    if Typed::of(&call) == Typed::default()
        && let Some(agent) = agent(tx, &said.agent).await?
    {
        call.agent_id = Some(agent);
    }
    store::update_announced(tx, &call, now).await?;
    if let (Some(_), Some(agent), None) = (call.answered_at, call.agent_id, call.ended_at)
        && before != (call.answered_at, call.agent_id)
    {
        // The subject is the agent: only their own pages hear of it.
        let event = Event {
            topic: "telephone",
            id: agent.0,
            kind: "answered",
            team: None,
            agent: Some(agent.0),
            at: now,
            data: serde_json::json!({ "call": call.id }),
        };
        desk.tell(tx, &event).await?;
    }
    Ok(())
}

async fn agent(tx: &mut Tx, named: &str) -> Result<Option<AgentId>, PhoneError> {
    let named = named.trim();
    if named.is_empty() {
        return Ok(None);
    }
    if let Some(agent) = staff::store::by_extension(&mut *tx, named).await? {
        return Ok(Some(agent.id));
    }
    let agent = staff::store::by_email(&mut *tx, &named.to_lowercase()).await?;
    Ok(agent.filter(|agent| agent.disabled_at.is_none()).map(|agent| agent.id))
}

/// The number as it is kept; one that is none, as of a caller who shows none, is left out.
fn number(desk: &Desk, told: &str) -> String {
    if told.len() > MOST_NUMBER {
        return String::new();
    }
    rules::e164(told, &desk.config().phone.country_code).unwrap_or_default()
}
