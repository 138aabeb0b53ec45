//! Teams and who is in them.
use crate::db::{Db, Read, Result, Tx};
use crate::q;
use crate::staff::{AgentId, TeamId};

#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    /// Only its members and administrators see its cases.
    pub members_only: bool,
    /// Who is told when a promise to a customer is about to be broken. None: the administrators are.
    pub lead_id: Option<AgentId>,
}

/// A team as it stands to one agent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Standing {
    pub id: TeamId,
    pub members_only: bool,
    pub member: bool,
}

pub async fn teams(db: &Db) -> Result<Vec<Team>> {
    db.all(q!("SELECT id, name, members_only, lead_id FROM teams ORDER BY id")).await
}

pub async fn team(from: impl Read, id: TeamId) -> Result<Option<Team>> {
    from.opt(q!("SELECT id, name, members_only, lead_id FROM teams WHERE id = $1", id)).await
}

pub async fn by_name(from: impl Read, name: &str) -> Result<Option<Team>> {
    from.opt(q!("SELECT id, name, members_only, lead_id FROM teams WHERE LOWER(name) = LOWER($1)", name)).await
}

pub async fn insert(tx: &mut Tx, name: &str, members_only: bool) -> Result<TeamId> {
    tx.insert(q!("INSERT INTO teams (name, members_only) VALUES ($1, $2) RETURNING id", name, members_only))
        .await
        .map(TeamId)
}

pub async fn update(tx: &mut Tx, id: TeamId, name: &str, members_only: bool) -> Result<u64> {
    tx.exec(q!("UPDATE teams SET name = $2, members_only = $3 WHERE id = $1", id, name, members_only)).await
}

pub async fn set_lead(tx: &mut Tx, id: TeamId, lead: Option<AgentId>) -> Result<u64> {
    tx.exec(q!("UPDATE teams SET lead_id = $2 WHERE id = $1", id, lead)).await
}

/// Who leaves a team leads it no longer.
pub async fn drop_leads_outside(tx: &mut Tx, lead: AgentId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE teams SET lead_id = NULL WHERE lead_id = $1
            AND id NOT IN (SELECT team_id FROM team_members WHERE agent_id = $1)",
        lead
    ))
    .await
}

/// Every membership, for lists.
pub async fn memberships(db: &Db) -> Result<Vec<(TeamId, AgentId)>> {
    db.all(q!("SELECT team_id, agent_id FROM team_members ORDER BY team_id, agent_id")).await
}

pub async fn members(from: impl Read, id: TeamId) -> Result<Vec<AgentId>> {
    let rows: Vec<(AgentId,)> =
        from.all(q!("SELECT agent_id FROM team_members WHERE team_id = $1 ORDER BY agent_id", id)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn teams_of(from: impl Read, id: AgentId) -> Result<Vec<TeamId>> {
    let rows: Vec<(TeamId,)> =
        from.all(q!("SELECT team_id FROM team_members WHERE agent_id = $1 ORDER BY team_id", id)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn standings(db: &Db, id: AgentId) -> Result<Vec<Standing>> {
    db.all(q!(
        "SELECT t.id, t.members_only, m.agent_id IS NOT NULL AS member
         FROM teams t LEFT JOIN team_members m ON m.team_id = t.id AND m.agent_id = $1 ORDER BY t.id",
        id
    ))
    .await
}

pub async fn leave_all(tx: &mut Tx, id: AgentId) -> Result<u64> {
    tx.exec(q!("DELETE FROM team_members WHERE agent_id = $1", id)).await
}

pub async fn join(tx: &mut Tx, id: AgentId, team: TeamId) -> Result<u64> {
    tx.exec(q!("INSERT INTO team_members (team_id, agent_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", team, id)).await
}
