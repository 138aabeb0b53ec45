//! The second factor: set up by scanning or typing a secret and proving it with a code.
use std::time::Duration;

use super::throttle::{self, Limit};
use super::{Opened, sessions};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Secret;
use crate::kit::secrets::sha256_hex;
use crate::staff::store::{access, agents, sessions as rows};
use crate::staff::{Actor, AgentId, Audit, Error, Proof, Result, Viewer, rules};
use crate::web::client::Client;

const CODES: Limit = Limit::new("enrol-code", 10, Duration::from_secs(30));
const RECOVERY_CODES: usize = 10;

/// What an authenticator app needs.
pub struct Enrolment {
    pub secret: String,
    pub uri: String,
}

/// The secret that this session is about to prove; the same until it is proved. Somebody who has a
/// second factor must remove it first, and a login that still owes a code cannot get past it here.
pub async fn begin_totp(desk: &Desk, digest: &str) -> Result<Enrolment> {
    let mut tx = desk.db().begin().await?;
    let live = rows::live(&mut tx, digest, desk.now(), sessions::idle_since(desk)).await?.ok_or(Error::LoginOver)?;
    if live.has_totp {
        return Err(Error::Unknown("second factor to set up"));
    }
    let secret = live.totp_pending.clone().unwrap_or_else(rules::new_totp_secret);
    if live.totp_pending.is_none() {
        rows::set_pending(&mut tx, digest, Some(&secret)).await?;
    }
    tx.commit().await?;
    let uri = rules::otpauth_uri(&desk.config().desk.name, &live.email, &secret);
    Ok(Enrolment { secret, uri })
}

/// Takes the second factor into use: the session gets a new id, the others end, and the recovery codes
/// are given this once.
pub async fn confirm_totp(desk: &Desk, digest: &str, code: &str, client: &Client) -> Result<(Opened, Vec<String>)> {
    throttle::take(desk, &[(CODES, digest)]).await?;
    let mut tx = desk.db().begin().await?;
    let live = rows::live(&mut tx, digest, desk.now(), sessions::idle_since(desk)).await?.ok_or(Error::LoginOver)?;
    let agent = live.agent_id;
    let secret = live.totp_pending.as_deref().filter(|_| !live.has_totp).ok_or(Error::LoginOver)?;
    let step = rules::totp_step(secret, code, desk.now()).ok_or(Error::WrongCode)?;
    agents::set_totp(&mut tx, agent, Some(secret), Some(step)).await?;
    let codes = replace_codes(&mut tx, agent).await?;
    if let Some(owner) = agents::agent(&mut tx, agent).await? {
        super::password::tell_owner(desk, &mut tx, &owner, "a second factor was set up").await?;
    }
    super::end_all(desk, &mut tx, Actor::Agent(agent), agent, None).await?;
    let session = sessions::open(desk, &mut tx, agent, client, true).await?;
    let line = Audit::new(desk.now(), Actor::Agent(agent), "staff.second_factor_set_up").on("agent", agent.0);
    super::audit(&mut tx, &line.from(client)).await?;
    if !live.totp_passed {
        super::login::logged_in(desk, &mut tx, agent, client).await?;
    }
    tx.commit().await?;
    let device = Some(super::login::new_device(desk, &live.email));
    Ok((Opened { session, device }, codes))
}

/// The same from the profile, where the password is asked for again.
pub async fn set_up_totp(desk: &Desk, viewer: &Viewer, code: &str, password: Secret) -> Result<(Opened, Vec<String>)> {
    let Proof::Session(digest) = &viewer.proof else { return Err(Error::LoginOver) };
    super::password::ask_again(desk, viewer, password).await?;
    confirm_totp(desk, digest, code, &viewer.client).await
}

async fn replace_codes(tx: &mut Tx, agent: AgentId) -> Result<Vec<String>> {
    access::clear_recovery_codes(tx, agent).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| rules::new_recovery_code()).collect();
    for code in &codes {
        access::add_recovery_code(tx, &sha256_hex(rules::plain_recovery_code(code).as_bytes()), agent).await?;
    }
    Ok(codes)
}

/// New recovery codes; the old ones end.
pub async fn new_recovery_codes(desk: &Desk, viewer: &Viewer, password: Secret) -> Result<Vec<String>> {
    super::password::ask_again(desk, viewer, password).await?;
    let mut tx = desk.db().begin().await?;
    let agent = agents::agent(&mut tx, viewer.id).await?.filter(|agent| agent.has_totp);
    agent.ok_or(Error::Unknown("second factor"))?;
    let codes = replace_codes(&mut tx, viewer.id).await?;
    let line = Audit::by(desk.now(), viewer, "staff.recovery_codes_replaced").on("agent", viewer.id.0);
    super::audit(&mut tx, &line).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the viewer's own second factor.
pub async fn remove_totp(desk: &Desk, viewer: &Viewer, password: Secret) -> Result<()> {
    super::password::ask_again(desk, viewer, password).await?;
    remove(desk, viewer, viewer.id).await
}

/// Removes the second factor of somebody who lost it; an administrator has made sure who asks.
pub async fn remove_totp_of(desk: &Desk, viewer: &Viewer, id: AgentId) -> Result<()> {
    remove(desk, viewer, id).await
}

async fn remove(desk: &Desk, viewer: &Viewer, id: AgentId) -> Result<()> {
    let besides = match &viewer.proof {
        Proof::Session(digest) if viewer.id == id => Some(digest.as_str()),
        _ => None,
    };
    let mut tx = desk.db().begin().await?;
    let agent = agents::agent(&mut tx, id).await?.ok_or(Error::Unknown("agent"))?;
    if agent.has_totp {
        super::password::tell_owner(desk, &mut tx, &agent, "your second factor was removed").await?;
    }
    agents::set_totp(&mut tx, id, None, None).await?;
    access::clear_recovery_codes(&mut tx, id).await?;
    super::end_all(desk, &mut tx, viewer.actor(), id, besides).await?;
    super::audit(&mut tx, &Audit::by(desk.now(), viewer, "staff.second_factor_removed").on("agent", id.0)).await?;
    tx.commit().await?;
    Ok(())
}
