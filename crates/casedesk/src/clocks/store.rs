//! Which cases have promises, and who is told of them.
use crate::cases::CaseId;
use crate::customers::OrganisationId;
use crate::db::{Read, Result};
use crate::q;
use crate::staff::{AgentId, TeamId};

/// The organisation of a case that stands by itself, and whether it has clocks.
pub async fn organisation_of(on: impl Read, case: CaseId) -> Result<Option<(Option<OrganisationId>, bool)>> {
    on.opt(q!(
        "SELECT c.organisation_id, EXISTS (SELECT 1 FROM case_clocks k WHERE k.case_id = c.id)
         FROM cases c WHERE c.id = $1",
        case
    ))
    .await
}

/// An agent who is told of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    pub id: AgentId,
    pub name: String,
    pub email: String,
}

/// Who leads the team, works here and may see its cases.
pub async fn lead(on: impl Read, team: TeamId) -> Result<Option<Told>> {
    on.opt(q!(
        "SELECT a.id, a.name, a.email FROM teams t JOIN agents a ON a.id = t.lead_id
         WHERE t.id = $1 AND a.disabled_at IS NULL AND (NOT t.members_only OR a.role = 'admin' OR EXISTS
             (SELECT 1 FROM team_members m WHERE m.team_id = t.id AND m.agent_id = a.id))",
        team
    ))
    .await
}

pub async fn administrators(on: impl Read) -> Result<Vec<Told>> {
    on.all(q!("SELECT id, name, email FROM agents WHERE disabled_at IS NULL AND role = 'admin' ORDER BY id LIMIT 50"))
        .await
}
