//! Logging in and out, and making the first administrator.
use std::time::Duration;

use super::throttle::{self, Limit};
use super::{agents as agent_actions, sessions};
use crate::desk::Desk;
use crate::kit::secrets::{random_token, sha256_hex, sign, verify};
use crate::kit::{Secret, passwords};
use crate::staff::store::{access, agents};
use crate::staff::{Actor, AgentId, Audit, Error, Result, Role, rules};
use crate::web::client::Client;

/// Tries from one network, at whatever account.
const BY_NETWORK: Limit = Limit::new("login-network", 30, Duration::from_secs(20));
/// Tries at one account from browsers that never logged in to it.
pub(super) const BY_ACCOUNT: Limit = Limit::new("login-account", 10, Duration::from_mins(5));
/// Tries at one account from a browser that did: it is not locked out by a stranger's tries.
const BY_DEVICE: Limit = Limit::new("login-device", 10, Duration::from_mins(1));
/// Codes for one account, password known.
const CODES: Limit = Limit::new("login-code", 5, Duration::from_mins(5));
const SET_UP: Limit = Limit::new("set-up", 10, Duration::from_mins(1));

/// Somebody who wants in.
pub struct Attempt<'a> {
    pub email: &'a str,
    pub password: Secret,
    /// The word of a browser that logged in to an account before.
    pub device: Option<&'a str>,
    /// The session that this browser had until now.
    pub old: Option<&'a str>,
    pub client: &'a Client,
}

/// A session that was opened.
pub struct Opened {
    /// For the session cookie.
    pub session: String,
    /// For the device cookie, once the login is whole.
    pub device: Option<String>,
}

/// Checks address and password. The answer and its time are the same for an address that nobody has.
pub async fn log_in(desk: &Desk, attempt: Attempt<'_>) -> Result<Opened> {
    let email = attempt.email.trim().to_lowercase();
    let network = attempt.client.network();
    let device = attempt.device.filter(|device| is_device_of(desk, device, &email));
    let by = device.map_or((BY_ACCOUNT, email.as_str()), |device| (BY_DEVICE, device));
    let limits = [(BY_NETWORK, network.as_str()), by];
    throttle::take(desk, &limits).await?;
    let locks = agents::locks_by_email(desk.db(), &email).await?;
    let hash = locks.as_ref().and_then(|locks| locks.password_hash.clone());
    let matches = passwords::verify(attempt.password.reveal().to_owned(), hash).await?;
    let mut tx = desk.db().begin().await?;
    let Some(locks) = locks.as_ref().filter(|_| matches) else {
        let mut line = Audit::new(desk.now(), Actor::System, "staff.login_failed").from(attempt.client);
        line.subject = locks.map(|locks| ("agent", locks.id.0));
        super::audit(&mut tx, &line).await?;
        tx.commit().await?;
        return Err(Error::NoMatch);
    };
    let whole = locks.totp_secret.is_none() && !desk.config().login.require_totp;
    if let Some(old) = attempt.old {
        sessions::end(desk, &mut tx, &sha256_hex(old.as_bytes())).await?;
    }
    let session = sessions::open(desk, &mut tx, locks.id, attempt.client, whole).await?;
    throttle::give_back(&mut tx, &limits).await?;
    if whole {
        logged_in(desk, &mut tx, locks.id, attempt.client).await?;
    }
    tx.commit().await?;
    Ok(Opened { session, device: whole.then(|| new_device(desk, &email)) })
}

/// The second step of a login: a code of the authenticator, or a recovery code. Each works once.
pub async fn enter_code(desk: &Desk, half: &sessions::Half, code: &str, client: &Client) -> Result<Opened> {
    let key = half.agent.to_string();
    let limits = [(CODES, key.as_str())];
    throttle::take(desk, &limits).await?;
    let mut tx = desk.db().begin().await?;
    let locks = agents::locks(&mut tx, half.agent).await?.ok_or(Error::LoginOver)?;
    let secret = locks.totp_secret.as_deref().ok_or(Error::LoginOver)?;
    let taken = match rules::totp_step(secret, code, desk.now()) {
        Some(step) => agents::take_totp_step(&mut tx, half.agent, step).await?,
        None => take_recovery_code(desk, &mut tx, half.agent, code, client).await?,
    };
    if taken == 0 {
        let line = Audit::new(desk.now(), Actor::System, "staff.code_refused").on("agent", half.agent.0).from(client);
        super::audit(&mut tx, &line).await?;
        tx.commit().await?;
        return Err(Error::WrongCode);
    }
    sessions::end(desk, &mut tx, &half.digest).await?;
    let session = sessions::open(desk, &mut tx, half.agent, client, true).await?;
    throttle::give_back(&mut tx, &limits).await?;
    logged_in(desk, &mut tx, half.agent, client).await?;
    tx.commit().await?;
    Ok(Opened { session, device: Some(new_device(desk, &half.email)) })
}

async fn take_recovery_code(
    desk: &Desk,
    tx: &mut crate::db::Tx,
    agent: AgentId,
    typed: &str,
    client: &Client,
) -> Result<u64> {
    let digest = sha256_hex(rules::plain_recovery_code(typed).as_bytes());
    let taken = access::take_recovery_code(tx, &digest, agent).await?;
    if taken > 0 {
        let line = Audit::new(desk.now(), Actor::Agent(agent), "staff.recovery_code_used").on("agent", agent.0);
        super::audit(tx, &line.from(client)).await?;
    }
    Ok(taken)
}

pub(super) async fn logged_in(desk: &Desk, tx: &mut crate::db::Tx, agent: AgentId, client: &Client) -> Result<()> {
    let line = Audit::new(desk.now(), Actor::Agent(agent), "staff.logged_in").on("agent", agent.0).from(client);
    super::audit(tx, &line).await?;
    sessions::sweep(desk, tx).await
}

/// Ends the session that the cookie named, also one that still owes its second step.
pub async fn log_out(desk: &Desk, session: &str, client: &Client) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    if let Some(agent) = sessions::end(desk, &mut tx, &sha256_hex(session.as_bytes())).await? {
        let line = Audit::new(desk.now(), Actor::Agent(agent), "staff.logged_out").on("agent", agent.0).from(client);
        super::audit(&mut tx, &line).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn device_mark(nonce: &str, email: &str) -> String {
    format!("staff device {nonce} {email}")
}

pub(super) fn new_device(desk: &Desk, email: &str) -> String {
    let nonce = random_token();
    let signature = sign(desk.signing_key(), device_mark(&nonce, email).as_bytes());
    format!("{nonce}.{signature}")
}

fn is_device_of(desk: &Desk, device: &str, email: &str) -> bool {
    device
        .split_once('.')
        .is_some_and(|(nonce, signature)| verify(desk.signing_key(), device_mark(nonce, email).as_bytes(), signature))
}

/// The link that makes the first administrator; `None` once there is an agent.
pub async fn setup_link(desk: &Desk) -> Result<Option<String>> {
    let fresh = agents::count(desk.db()).await? == 0;
    Ok(fresh.then(|| desk.link(&format!("/setup/{}", sign(desk.signing_key(), b"staff setup")))))
}

/// Whether `token` is the printed one and still of use.
pub async fn setup_token_is_valid(desk: &Desk, token: &str, client: &Client) -> Result<bool> {
    if verify(desk.signing_key(), b"staff setup", token) {
        return Ok(agents::count(desk.db()).await? == 0);
    }
    throttle::take(desk, &[(SET_UP, &client.network())]).await?;
    Ok(false)
}

/// Makes the first administrator and logs them in.
pub async fn set_up(
    desk: &Desk,
    token: &str,
    new: &agent_actions::NewColleague,
    password: Secret,
    client: &Client,
) -> Result<Opened> {
    if !setup_token_is_valid(desk, token, client).await? {
        return Err(Error::DeadLink);
    }
    let hash = super::password::checked_hash(desk, password, &[&new.name, &new.email]).await?;
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    if agents::count(&mut tx).await? > 0 {
        return Err(Error::AlreadySetUp);
    }
    let new = agent_actions::NewColleague { role: Role::Admin, ..new.clone() };
    let agent = agent_actions::create(desk, &mut tx, Actor::System, &new, Some(&hash)).await?;
    let whole = !desk.config().login.require_totp;
    let session = sessions::open(desk, &mut tx, agent, client, whole).await?;
    logged_in(desk, &mut tx, agent, client).await?;
    tx.commit().await?;
    Ok(Opened { session, device: None })
}
