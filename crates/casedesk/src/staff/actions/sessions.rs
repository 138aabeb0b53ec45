//! Sessions: opened at login, read on every request, ended one by one or all.
use std::time::Duration;

use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::secrets::{random_token, sha256_hex};
use crate::staff::store::{access, agents, sessions, teams};
use crate::staff::{Actor, AgentId, Audit, Proof, Result, Role, TeamId, Viewer};
use crate::web::client::Client;

/// How old the note of the last use may get before it is written again.
const TOUCH_AFTER: Duration = Duration::from_mins(1);
/// How long a login may wait for its second factor.
const HALF_LIFE: Duration = Duration::from_mins(10);

/// A session that waits for its second factor.
#[derive(Clone, Debug)]
pub struct Half {
    pub agent: AgentId,
    pub email: String,
    pub digest: String,
    pub has_totp: bool,
}

pub(super) fn idle_since(desk: &Desk) -> Timestamp {
    desk.now().minus(Duration::from_hours(desk.config().login.idle_h))
}

/// Opens a session; its id goes to the cookie and is kept nowhere.
pub(super) async fn open(
    desk: &Desk,
    tx: &mut Tx,
    agent: AgentId,
    client: &Client,
    totp_passed: bool,
) -> Result<String> {
    let (id, now) = (random_token(), desk.now());
    let life = if totp_passed { Duration::from_hours(desk.config().login.longest_h) } else { HALF_LIFE };
    let new = sessions::NewSession {
        digest: &sha256_hex(id.as_bytes()),
        agent,
        at: now,
        expires_at: now.plus(life),
        ip: client.ip.map(|ip| ip.to_string()),
        user_agent: &client.program,
        totp_passed,
    };
    sessions::insert(tx, &new).await?;
    if totp_passed {
        agents::seen(tx, agent, now).await?;
    }
    Ok(id)
}

/// Who holds this session, when it is whole and alive.
pub async fn viewer_by_session(desk: &Desk, id: &str, client: Client) -> Result<Option<Viewer>> {
    let digest = sha256_hex(id.as_bytes());
    let now = desk.now();
    let Some(live) = sessions::live(desk.db(), &digest, now, idle_since(desk)).await? else { return Ok(None) };
    if !live.totp_passed || (desk.config().login.require_totp && !live.has_totp) {
        return Ok(None);
    }
    if now.since(live.last_used_at) >= TOUCH_AFTER {
        // Pages are read also while nothing can be written, as when the disk is full.
        if let Err(error) = touch(desk, &digest, live.agent_id, &client).await {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
    let (teams, hidden_teams) = team_scope(desk, live.agent_id, live.role).await?;
    Ok(Some(Viewer {
        id: live.agent_id,
        name: live.name,
        email: live.email,
        role: live.role,
        teams,
        hidden_teams,
        time_zone: live.time_zone,
        proof: Proof::Session(digest),
        client,
        event: live.event,
    }))
}

/// Whether the session or token that proved who this is still does, for what goes on after the request.
pub async fn is_still_in(desk: &Desk, viewer: &Viewer) -> Result<bool> {
    Ok(match &viewer.proof {
        Proof::Session(digest) => sessions::live(desk.db(), digest, desk.now(), idle_since(desk)).await?.is_some(),
        Proof::Token(id, _) => access::token_is_live(desk.db(), *id, desk.now()).await?,
    })
}

/// Notes that the viewer sits at an open page.
pub async fn note_presence(desk: &Desk, viewer: &Viewer) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    agents::set_present(&mut tx, viewer.id, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn touch(desk: &Desk, digest: &str, agent: AgentId, client: &Client) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    sessions::touch(&mut tx, digest, desk.now(), client.ip.map(|ip| ip.to_string())).await?;
    agents::seen(&mut tx, agent, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Who an agent is and what is closed to them, where no session or token asks but a mail of theirs.
#[derive(Clone, Debug)]
pub struct Standing {
    pub id: AgentId,
    pub name: String,
    pub role: Role,
    /// Members-only teams the agent is not in; empty for admins.
    pub hidden_teams: Vec<TeamId>,
    pub time_zone: String,
}

/// `None`: nobody of this id works here.
pub async fn standing(desk: &Desk, id: AgentId) -> Result<Option<Standing>> {
    let Some(agent) = agents::agent(desk.db(), id).await?.filter(|agent| agent.disabled_at.is_none()) else {
        return Ok(None);
    };
    let (_, hidden_teams) = team_scope(desk, id, agent.role).await?;
    Ok(Some(Standing { id, name: agent.name, role: agent.role, hidden_teams, time_zone: agent.time_zone }))
}

/// The teams an agent is in, and those closed to them.
pub(super) async fn team_scope(desk: &Desk, agent: AgentId, role: Role) -> Result<(Vec<TeamId>, Vec<TeamId>)> {
    let all = teams::standings(desk.db(), agent).await?;
    let hidden = |team: &&teams::Standing| team.members_only && !team.member && !role.is_admin();
    Ok((
        all.iter().filter(|team| team.member).map(|team| team.id).collect(),
        all.iter().filter(hidden).map(|team| team.id).collect(),
    ))
}

/// The session that still asks for a second factor, or for one to be set up.
pub async fn half_session(desk: &Desk, id: &str) -> Result<Option<Half>> {
    let digest = sha256_hex(id.as_bytes());
    let Some(live) = sessions::live(desk.db(), &digest, desk.now(), idle_since(desk)).await? else { return Ok(None) };
    let whole = live.totp_passed && (live.has_totp || !desk.config().login.require_totp);
    let half = Half { agent: live.agent_id, email: live.email, digest, has_totp: live.has_totp };
    Ok(if whole { None } else { Some(half) })
}

/// The viewer's sessions, last used first.
pub async fn own_sessions(desk: &Desk, viewer: &Viewer) -> Result<Vec<sessions::Listed>> {
    Ok(sessions::of_agent(desk.db(), viewer.id, desk.now(), idle_since(desk)).await?)
}

/// Ends one of the viewer's sessions.
pub async fn end_session(desk: &Desk, viewer: &Viewer, handle: &str) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    if sessions::end_by_handle(&mut tx, viewer.id, handle).await? > 0 {
        super::access_changed(desk, &mut tx, viewer.actor(), viewer.id).await?;
        super::audit(&mut tx, &line(desk, viewer, "staff.session_ended")).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Ends the viewer's sessions but the one that asks.
pub async fn end_other_sessions(desk: &Desk, viewer: &Viewer) -> Result<()> {
    let Proof::Session(digest) = &viewer.proof else { return Ok(()) };
    let mut tx = desk.db().begin().await?;
    super::end_all(desk, &mut tx, viewer.actor(), viewer.id, Some(digest)).await?;
    super::audit(&mut tx, &line(desk, viewer, "staff.other_sessions_ended")).await?;
    tx.commit().await?;
    Ok(())
}

fn line(desk: &Desk, viewer: &Viewer, action: &'static str) -> Audit {
    Audit::by(desk.now(), viewer, action).on("agent", viewer.id.0)
}

/// Removes what has run out.
pub(super) async fn sweep(desk: &Desk, tx: &mut Tx) -> Result<()> {
    sessions::sweep(tx, desk.now(), idle_since(desk)).await?;
    access::sweep_links(tx, desk.now()).await?;
    access::sweep_tries(tx, desk.now()).await?;
    Ok(())
}

/// Ends a session and tells the pages that were open with it; whose it was.
pub(super) async fn end(desk: &Desk, tx: &mut Tx, digest: &str) -> Result<Option<AgentId>> {
    let Some((agent, whole)) = sessions::end(tx, digest).await? else { return Ok(None) };
    if whole {
        super::access_changed(desk, tx, Actor::Agent(agent), agent).await?;
    }
    Ok(Some(agent))
}
