//! Teams come and change.
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::staff::store::{agents, teams};
use crate::staff::{AgentId, Audit, Error, Result, TeamId, Viewer, rules};

pub async fn add_team(desk: &Desk, viewer: &Viewer, name: &str, members_only: bool) -> Result<TeamId> {
    let name = rules::name(name)?;
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    if teams::by_name(&mut tx, &name).await?.is_some() {
        return Err(Error::TeamTaken(name));
    }
    let id = teams::insert(&mut tx, &name, members_only).await?;
    tell(desk, &mut tx, viewer, id, "created").await?;
    note(desk, &mut tx, viewer, "staff.team_created", id, &name, members_only).await?;
    tx.commit().await?;
    Ok(id)
}

/// Renames a team, opens or closes it. Whether it is closed decides what everybody sees, so every page asks again.
pub async fn change_team(desk: &Desk, viewer: &Viewer, id: TeamId, name: &str, members_only: bool) -> Result<()> {
    let name = rules::name(name)?;
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    let team = teams::team(&mut tx, id).await?.ok_or(Error::Unknown("team"))?;
    if teams::by_name(&mut tx, &name).await?.is_some_and(|other| other.id != id) {
        return Err(Error::TeamTaken(name));
    }
    teams::update(&mut tx, id, &name, members_only).await?;
    tell(desk, &mut tx, viewer, id, "changed").await?;
    if team.members_only != members_only {
        for agent in agents::working_ids(&mut tx).await? {
            super::access_changed(desk, &mut tx, viewer.actor(), agent).await?;
        }
    }
    note(desk, &mut tx, viewer, "staff.team_changed", id, &name, members_only).await?;
    tx.commit().await?;
    Ok(())
}

/// Names the member who leads a team: who is told when a promise to a customer is about to be broken.
pub async fn set_lead(desk: &Desk, viewer: &Viewer, id: TeamId, lead: Option<AgentId>) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    tx.lock("staff").await?;
    let team = teams::team(&mut tx, id).await?.ok_or(Error::Unknown("team"))?;
    if team.lead_id == lead {
        return Ok(());
    }
    if let Some(lead) = lead
        && !teams::members(&mut tx, id).await?.contains(&lead)
    {
        return Err(Error::NoMember);
    }
    teams::set_lead(&mut tx, id, lead).await?;
    tell(desk, &mut tx, viewer, id, "changed").await?;
    let line = Audit::by(desk.now(), viewer, "staff.team_lead_changed").on("team", id.0);
    super::audit(&mut tx, &line.with(serde_json::json!({ "name": team.name, "lead": lead }))).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(
    desk: &Desk,
    tx: &mut Tx,
    viewer: &Viewer,
    action: &'static str,
    id: TeamId,
    name: &str,
    members_only: bool,
) -> Result<()> {
    let detail = serde_json::json!({"name": name, "members_only": members_only});
    super::audit(tx, &Audit::by(desk.now(), viewer, action).on("team", id.0).with(detail)).await?;
    Ok(())
}

async fn tell(desk: &Desk, tx: &mut Tx, viewer: &Viewer, id: TeamId, kind: &'static str) -> Result<()> {
    let event = Event {
        topic: "team",
        id: id.0,
        kind,
        team: None,
        agent: Some(viewer.id.0),
        at: desk.now(),
        data: serde_json::json!({}),
    };
    desk.tell(tx, &event).await?;
    Ok(())
}
