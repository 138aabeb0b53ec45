//! Agents come, change and go.
use std::time::Duration;

use super::password::{self, LinkMail};
use crate::db::Tx;
use crate::desk::Desk;
use crate::staff::store::{access, agents, teams};
use crate::staff::{Actor, AgentId, Audit, Error, LinkKind, Result, Role, TeamId, Viewer, rules};

/// How long an invitation is good for.
const INVITATION: Duration = Duration::from_hours(7 * 24);

#[derive(Clone, Debug)]
pub struct NewColleague {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub teams: Vec<TeamId>,
}

/// A new agent, and the link that lets them choose a password.
pub struct Invited {
    pub agent: AgentId,
    pub link: String,
}

/// What an administrator changes about an agent; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub teams: Option<Vec<TeamId>>,
    /// Other addresses under which this colleague writes mail.
    pub addresses: Option<Vec<String>>,
    /// Shut out, or let in again.
    pub disabled: Option<bool>,
}

impl Change {
    /// What was asked for, for the audit log.
    fn detail(&self) -> serde_json::Value {
        let mut detail = serde_json::json!({
            "name": self.name, "role": self.role, "teams": self.teams, "addresses": self.addresses,
        });
        if let Some(detail) = detail.as_object_mut() {
            detail.retain(|_, value| !value.is_null());
        }
        detail
    }
}

/// Makes an agent within the caller's transaction.
pub(super) async fn create(
    desk: &Desk,
    tx: &mut Tx,
    actor: Actor,
    new: &NewColleague,
    password_hash: Option<&str>,
) -> Result<AgentId> {
    let (name, email) = (rules::name(&new.name)?, rules::address(&new.email)?);
    if agents::address_taken(tx, &email, None).await? {
        return Err(Error::AddressTaken(email));
    }
    let row = agents::NewAgent { name: &name, email: &email, role: new.role, password_hash, at: desk.now() };
    let id = agents::insert(tx, &row).await?;
    join_teams(tx, id, &new.teams).await?;
    super::tell(desk, tx, actor, id, "created").await?;
    let detail = serde_json::json!({"email": email, "role": new.role, "teams": new.teams});
    super::audit(tx, &Audit::new(desk.now(), actor, "staff.agent_created").on("agent", id.0).with(detail)).await?;
    Ok(id)
}

async fn join_teams(tx: &mut Tx, id: AgentId, wanted: &[TeamId]) -> Result<()> {
    for team in wanted {
        teams::team(&mut *tx, *team).await?.ok_or(Error::Unknown("team"))?;
        teams::join(tx, id, *team).await?;
    }
    Ok(())
}

/// Makes an agent from the command line: with a password, or with an invitation's link.
pub async fn add_agent(
    desk: &Desk,
    new: &NewColleague,
    password: Option<crate::kit::Secret>,
) -> Result<Option<String>> {
    let hash = match password {
        Some(password) => Some(password::checked_hash(desk, password, &[&new.name, &new.email]).await?),
        None => None,
    };
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    let id = create(desk, &mut tx, Actor::System, new, hash.as_deref()).await?;
    let link = match hash {
        Some(_) => None,
        None => Some(password::new_link(desk, &mut tx, id, LinkKind::Invitation, INVITATION).await?),
    };
    tx.commit().await?;
    Ok(link)
}

/// A link to a new password, for an agent whose mail does not arrive; from the command line.
pub async fn reset_link(desk: &Desk, email: &str) -> Result<String> {
    let mut tx = desk.db().begin().await?;
    let agent = agents::by_email(&mut tx, &email.trim().to_lowercase()).await?;
    let agent = agent.filter(|agent| agent.disabled_at.is_none()).ok_or(Error::Unknown("agent"))?;
    let link = password::new_link(desk, &mut tx, agent.id, LinkKind::Reset, password::RESET).await?;
    let line = Audit::new(desk.now(), Actor::System, "staff.reset_link_made").on("agent", agent.id.0);
    super::audit(&mut tx, &line).await?;
    tx.commit().await?;
    Ok(link)
}

/// Makes an agent and mails them a link to choose a password.
pub async fn invite(desk: &Desk, viewer: &Viewer, new: &NewColleague) -> Result<Invited> {
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    let agent = create(desk, &mut tx, viewer.actor(), new, None).await?;
    let link = mail_invitation(desk, &mut tx, viewer, agent).await?;
    tx.commit().await?;
    Ok(Invited { agent, link })
}

/// Mails another link to somebody who has not chosen a password yet; the earlier one ends.
pub async fn invite_again(desk: &Desk, viewer: &Viewer, id: AgentId) -> Result<Invited> {
    let mut tx = desk.db().begin().await?;
    let agent = agents::agent(&mut tx, id).await?.ok_or(Error::Unknown("agent"))?;
    if agent.has_password || agent.disabled_at.is_some() {
        return Err(Error::Unknown("open invitation"));
    }
    access::use_links(&mut tx, id, desk.now()).await?;
    let link = mail_invitation(desk, &mut tx, viewer, id).await?;
    tx.commit().await?;
    Ok(Invited { agent: id, link })
}

async fn mail_invitation(desk: &Desk, tx: &mut Tx, viewer: &Viewer, id: AgentId) -> Result<String> {
    let agent = agents::agent(&mut *tx, id).await?.ok_or(Error::Unknown("agent"))?;
    let link = password::new_link(desk, tx, id, LinkKind::Invitation, INVITATION).await?;
    let mail = LinkMail {
        to: &agent.email,
        name: &agent.name,
        subject: format!("Your login for {}", desk.config().desk.name),
        text: format!(
            "{} added you to the desk of {}.\n\nChoose a password here. The link works once, within 7 days:\n{link}\n",
            viewer.name,
            desk.config().desk.name
        ),
    };
    password::send(desk, tx, &mail).await?;
    super::audit(tx, &Audit::by(desk.now(), viewer, "staff.invited").on("agent", id.0)).await?;
    Ok(link)
}

/// Changes an agent. A lost role ends the sessions; a changed team re-scopes them at once.
pub async fn change_agent(desk: &Desk, viewer: &Viewer, id: AgentId, change: &Change) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    let agent = agents::agent(&mut tx, id).await?.ok_or(Error::Unknown("agent"))?;
    if let Some(name) = &change.name {
        agents::set_name(&mut tx, id, &rules::name(name)?).await?;
    }
    if let Some(role) = change.role {
        change_role(desk, &mut tx, viewer, &agent, role).await?;
    }
    if let Some(wanted) = &change.teams {
        change_teams(desk, &mut tx, viewer, id, wanted).await?;
    }
    if let Some(wanted) = &change.addresses {
        change_addresses(&mut tx, &agent, wanted).await?;
    }
    match change.disabled {
        Some(true) => shut_out(desk, &mut tx, viewer, id).await?,
        Some(false) => let_in(desk, &mut tx, viewer, id).await?,
        None => {}
    }
    super::tell(desk, &mut tx, viewer.actor(), id, "changed").await?;
    super::audit(&mut tx, &line(desk, viewer, "staff.agent_changed", id).with(change.detail())).await?;
    tx.commit().await?;
    Ok(())
}

fn line(desk: &Desk, viewer: &Viewer, action: &'static str, id: AgentId) -> Audit {
    Audit::by(desk.now(), viewer, action).on("agent", id.0)
}

async fn change_role(desk: &Desk, tx: &mut Tx, viewer: &Viewer, agent: &agents::Agent, role: Role) -> Result<()> {
    if agent.role == role {
        return Ok(());
    }
    if agent.role.is_admin() {
        keep_an_admin(tx, agent.id).await?;
    }
    agents::set_role(tx, agent.id, role).await?;
    if agent.role.loses_by(role) {
        super::end_all(desk, tx, viewer.actor(), agent.id, None).await
    } else {
        super::access_changed(desk, tx, viewer.actor(), agent.id).await
    }
}

async fn keep_an_admin(tx: &mut Tx, id: AgentId) -> Result<()> {
    if agents::other_admins(tx, id).await? == 0 { Err(Error::LastAdmin) } else { Ok(()) }
}

async fn change_teams(desk: &Desk, tx: &mut Tx, viewer: &Viewer, id: AgentId, wanted: &[TeamId]) -> Result<()> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if teams::teams_of(&mut *tx, id).await? == wanted {
        return Ok(());
    }
    teams::leave_all(tx, id).await?;
    join_teams(tx, id, &wanted).await?;
    teams::drop_leads_outside(tx, id).await?;
    super::access_changed(desk, tx, viewer.actor(), id).await
}

async fn change_addresses(tx: &mut Tx, agent: &agents::Agent, wanted: &[String]) -> Result<()> {
    let mut addresses = wanted.iter().map(|address| rules::address(address)).collect::<Result<Vec<_>, _>>()?;
    addresses.sort_unstable();
    addresses.dedup();
    agents::clear_addresses(tx, agent.id).await?;
    for address in addresses.iter().filter(|address| **address != agent.email) {
        if agents::address_taken(tx, address, Some(agent.id)).await? {
            return Err(Error::AddressTaken(address.clone()));
        }
        agents::add_address(tx, agent.id, address).await?;
    }
    Ok(())
}

/// Shuts an agent out: sessions, tokens and links end at once; what they wrote stays.
pub async fn disable(desk: &Desk, viewer: &Viewer, id: AgentId) -> Result<()> {
    change_agent(desk, viewer, id, &Change { disabled: Some(true), ..Change::default() }).await
}

/// Lets an agent in again; sessions and tokens of before do not come back.
pub async fn enable(desk: &Desk, viewer: &Viewer, id: AgentId) -> Result<()> {
    change_agent(desk, viewer, id, &Change { disabled: Some(false), ..Change::default() }).await
}

async fn shut_out(desk: &Desk, tx: &mut Tx, viewer: &Viewer, id: AgentId) -> Result<()> {
    let agent = agents::agent(&mut *tx, id).await?.ok_or(Error::Unknown("agent"))?;
    if agent.disabled_at.is_some() {
        return Ok(());
    }
    if agent.role.is_admin() {
        keep_an_admin(tx, id).await?;
    }
    agents::set_disabled(tx, id, Some(desk.now())).await?;
    access::use_links(tx, id, desk.now()).await?;
    access::revoke_tokens(tx, id, desk.now()).await?;
    super::end_all(desk, tx, viewer.actor(), id, None).await?;
    super::audit(tx, &line(desk, viewer, "staff.agent_disabled", id)).await?;
    Ok(())
}

async fn let_in(desk: &Desk, tx: &mut Tx, viewer: &Viewer, id: AgentId) -> Result<()> {
    agents::set_disabled(tx, id, None).await?;
    super::audit(tx, &line(desk, viewer, "staff.agent_enabled", id)).await?;
    Ok(())
}
