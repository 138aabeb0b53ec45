//! Passwords: changed by their owner, reset or first chosen through a mailed link.
use std::time::Duration;

use super::throttle::{self, Limit};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::secrets::{random_token, sha256_hex};
use crate::kit::{Secret, passwords};
use crate::staff::jobs::MailReset;
use crate::staff::store::{access, agents};
use crate::staff::{Actor, AgentId, Audit, Error, LinkKind, Proof, Result, Viewer, rules};
use crate::web::client::Client;

/// How long a link to a new password is good for.
pub(super) const RESET: Duration = Duration::from_hours(1);
const RESET_BY_ACCOUNT: Limit = Limit::new("reset-account", 3, Duration::from_mins(20));
const RESET_BY_NETWORK: Limit = Limit::new("reset-network", 10, Duration::from_mins(5));
/// Links tried that do not exist.
const DEAD_LINKS: Limit = Limit::new("dead-link", 20, Duration::from_secs(30));
/// Own password asked again.
const AGAIN: Limit = Limit::new("password-again", 10, Duration::from_mins(1));

pub(super) struct LinkMail<'a> {
    pub(super) to: &'a str,
    pub(super) name: &'a str,
    pub(super) subject: String,
    pub(super) text: String,
}

/// Hands a mail to the mail room.
pub(super) async fn send(desk: &Desk, tx: &mut Tx, mail: &LinkMail<'_>) -> Result<()> {
    let payload = serde_json::json!({"to": mail.to, "name": mail.name, "subject": mail.subject, "text": mail.text});
    crate::queue::enqueue_raw(tx, "system_mail", &payload, None, desk.now()).await?;
    Ok(())
}

/// Tells an agent by mail that their login was changed, so that a theft does not stay unseen.
pub(super) async fn tell_owner(desk: &Desk, tx: &mut Tx, agent: &agents::Agent, what: &str) -> Result<()> {
    let desk_name = &desk.config().desk.name;
    let mail = LinkMail {
        to: &agent.email,
        name: &agent.name,
        subject: "Your login was changed".into(),
        text: format!(
            "At the desk of {desk_name}, {what}.\n\n\
             If it was not you, ask an administrator to look into it, and choose a new password here:\n{}\n",
            desk.link("/reset")
        ),
    };
    send(desk, tx, &mail).await
}

/// Makes a link that works once; its digest alone is kept.
pub(super) async fn new_link(
    desk: &Desk,
    tx: &mut Tx,
    agent: AgentId,
    kind: LinkKind,
    life: Duration,
) -> Result<String> {
    let (token, now) = (random_token(), desk.now());
    access::insert_link(tx, &sha256_hex(token.as_bytes()), agent, kind, now, now.plus(life)).await?;
    Ok(desk.link(&format!("/{kind}/{token}")))
}

/// The hash of a new password that fits somebody known under `names`.
pub(super) async fn checked_hash(desk: &Desk, password: Secret, names: &[&str]) -> Result<String> {
    let mut names = names.to_vec();
    names.extend(["casedesk", desk.config().desk.name.as_str()]);
    rules::password(password.reveal(), &names)?;
    Ok(passwords::hash(password.reveal().to_owned()).await?)
}

/// Asks for a link to a new password. Whether the address is an agent's is not looked at here: the
/// answer and its time are the same.
pub async fn ask_for_reset(desk: &Desk, email: &str, client: &Client) -> Result<()> {
    let email = email.trim().to_lowercase();
    throttle::take(desk, &[(RESET_BY_NETWORK, &client.network()), (RESET_BY_ACCOUNT, &email)]).await?;
    let mut tx = desk.db().begin().await?;
    let email = email.chars().take(254).collect();
    crate::queue::enqueue(&mut tx, &MailReset { email, ip: client.ip }, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Mails the link, when the address is that of an agent who can log in.
pub async fn mail_reset(desk: &Desk, asked: &MailReset) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    let mut line = Audit { ip: asked.ip, ..Audit::new(desk.now(), Actor::System, "staff.reset_asked") };
    let agent = agents::by_email(&mut tx, &asked.email).await?;
    if let Some(agent) = agent.filter(|agent| agent.disabled_at.is_none() && agent.has_password) {
        line.subject = Some(("agent", agent.id.0));
        let link = new_link(desk, &mut tx, agent.id, LinkKind::Reset, RESET).await?;
        let desk_name = &desk.config().desk.name;
        let mail = LinkMail {
            to: &agent.email,
            name: &agent.name,
            subject: format!("A new password for {desk_name}"),
            text: format!(
                "Somebody asked for a new password for this address at the desk of {desk_name}.\n\n\
                 Choose it here. The link works once, within an hour:\n{link}\n\n\
                 If it was not you, do nothing: the old password stays.\n"
            ),
        };
        send(desk, &mut tx, &mail).await?;
    }
    super::audit(&mut tx, &line).await?;
    tx.commit().await?;
    Ok(())
}

/// Whose link this is; tries at links that do not exist are counted.
pub async fn link_owner(desk: &Desk, kind: LinkKind, token: &str, client: &Client) -> Result<agents::Agent> {
    let digest = sha256_hex(token.as_bytes());
    if let Some(id) = access::link(desk.db(), &digest, kind, desk.now()).await?
        && let Some(agent) = agents::agent(desk.db(), id).await?
    {
        return Ok(agent);
    }
    throttle::take(desk, &[(DEAD_LINKS, &client.network())]).await?;
    Err(Error::DeadLink)
}

/// Sets the password of the link's owner and ends all their sessions. The second factor stays.
pub async fn set_password_by_link(
    desk: &Desk,
    kind: LinkKind,
    token: &str,
    password: Secret,
    client: &Client,
) -> Result<()> {
    let agent = link_owner(desk, kind, token, client).await?;
    let hash = checked_hash(desk, password, &[&agent.name, &agent.email]).await?;
    let (digest, now) = (sha256_hex(token.as_bytes()), desk.now());
    let mut tx = desk.db().begin().await?;
    if access::link(&mut tx, &digest, kind, now).await?.is_none() || access::use_link(&mut tx, &digest, now).await? == 0
    {
        return Err(Error::DeadLink);
    }
    access::use_links(&mut tx, agent.id, now).await?;
    agents::set_password(&mut tx, agent.id, &hash).await?;
    throttle::forget(&mut tx, super::login::BY_ACCOUNT, &agent.email).await?;
    super::end_all(desk, &mut tx, Actor::Agent(agent.id), agent.id, None).await?;
    let action = match kind {
        LinkKind::Invitation => "staff.invitation_taken",
        LinkKind::Reset => {
            tell_owner(desk, &mut tx, &agent, "your password was set anew through a mailed link").await?;
            "staff.password_reset"
        }
    };
    super::audit(&mut tx, &Audit::new(now, Actor::Agent(agent.id), action).on("agent", agent.id.0).from(client))
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Asks the viewer for their password again, before something that must not be done by a stranger at
/// an unlocked screen.
pub(super) async fn ask_again(desk: &Desk, viewer: &Viewer, password: Secret) -> Result<()> {
    let key = viewer.id.to_string();
    throttle::take(desk, &[(AGAIN, &key)]).await?;
    let locks = agents::locks(desk.db(), viewer.id).await?;
    let hash = locks.and_then(|locks| locks.password_hash);
    if passwords::verify(password.reveal().to_owned(), hash).await? { Ok(()) } else { Err(Error::WrongPassword) }
}

/// Changes the viewer's password and ends their other sessions.
pub async fn change_password(desk: &Desk, viewer: &Viewer, old: Secret, new: Secret) -> Result<()> {
    ask_again(desk, viewer, old).await?;
    let hash = checked_hash(desk, new, &[&viewer.name, &viewer.email]).await?;
    let besides = match &viewer.proof {
        Proof::Session(digest) => Some(digest.as_str()),
        Proof::Token(..) => None,
    };
    let mut tx = desk.db().begin().await?;
    agents::set_password(&mut tx, viewer.id, &hash).await?;
    access::use_links(&mut tx, viewer.id, desk.now()).await?;
    super::end_all(desk, &mut tx, viewer.actor(), viewer.id, besides).await?;
    if let Some(agent) = agents::agent(&mut tx, viewer.id).await? {
        tell_owner(desk, &mut tx, &agent, "your password was changed").await?;
    }
    super::audit(&mut tx, &Audit::by(desk.now(), viewer, "staff.password_changed").on("agent", viewer.id.0)).await?;
    tx.commit().await?;
    Ok(())
}
