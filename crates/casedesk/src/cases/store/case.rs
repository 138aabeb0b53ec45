//! The case row itself.
use crate::cases::{CaseId, CaseKind, CaseState, Door, EntryId, Priority, WaitingOn};
use crate::customers::{ContactId, InstallationId, OrganisationId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::{AgentId, TeamId};

/// A case as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Case {
    pub id: CaseId,
    pub subject: String,
    pub base_subject: String,
    pub state: CaseState,
    pub kind: CaseKind,
    pub priority: Priority,
    pub door: Door,
    pub assignee_id: Option<AgentId>,
    pub team_id: Option<TeamId>,
    pub organisation_id: Option<OrganisationId>,
    pub contact_id: Option<ContactId>,
    pub installation_id: Option<InstallationId>,
    pub waiting_on: Option<WaitingOn>,
    pub wake_at: Option<Timestamp>,
    pub follow_up_of: Option<CaseId>,
    pub merged_into: Option<CaseId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_customer_at: Option<Timestamp>,
    pub last_agent_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub last_entry_id: EntryId,
    /// Since when something that was said on it waits to be confirmed in writing.
    pub unconfirmed_since: Option<Timestamp>,
}

pub(super) const COLUMNS: &str = "SELECT id, subject, base_subject, state, kind, priority, door, assignee_id, team_id,
    organisation_id, contact_id, installation_id, waiting_on, wake_at, follow_up_of, merged_into, created_at, updated_at,
    last_customer_at, last_agent_at, solved_at, closed_at, last_entry_id, unconfirmed_since FROM cases ";

/// The case with this number, merged or not, whoever asks.
pub async fn case(on: impl Read, id: CaseId) -> Result<Option<Case>> {
    on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await
}

/// The case, unless it is in a team that this viewer does not see.
pub async fn visible_case(on: impl Read, id: CaseId, hidden: &[TeamId]) -> Result<Option<Case>> {
    on.opt(unhidden(Query::new(COLUMNS).push("WHERE id = ").bind(id), "team_id", hidden)).await
}

/// The team of a case, the case it is shown as part of, and that one's team.
pub async fn teams_around(
    on: impl Read,
    id: CaseId,
) -> Result<Option<(Option<TeamId>, Option<CaseId>, Option<TeamId>)>> {
    on.opt(q!(
        "SELECT c.team_id, r.id, r.team_id FROM cases c LEFT JOIN cases r ON r.id = c.merged_into WHERE c.id = $1",
        id
    ))
    .await
}

/// Narrows a query to cases outside the hidden teams. `column` is the team's column in it.
pub(super) fn unhidden(query: Query, column: &'static str, hidden: &[TeamId]) -> Query {
    if hidden.is_empty() {
        return query;
    }
    query
        .push(" AND (")
        .push(column)
        .push(" IS NULL OR ")
        .push(column)
        .push(" NOT IN ")
        .bind_list(hidden.iter().copied())
        .push(")")
}

pub async fn insert_case(tx: &mut Tx, case: &Case) -> Result<CaseId> {
    let id = tx
        .insert(q!(
            "INSERT INTO cases (subject, base_subject, state, kind, priority, door, assignee_id, team_id,
                organisation_id, contact_id, follow_up_of, created_at, updated_at, last_customer_at, last_agent_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14) RETURNING id",
            &case.subject,
            &case.base_subject,
            case.state,
            case.kind,
            case.priority,
            case.door,
            case.assignee_id,
            case.team_id,
            case.organisation_id,
            case.contact_id,
            case.follow_up_of,
            case.created_at,
            case.last_customer_at,
            case.last_agent_at,
        ))
        .await?;
    Ok(CaseId(id))
}

/// Writes every field that may change.
pub async fn update_case(tx: &mut Tx, case: &Case) -> Result<u64> {
    tx.exec(q!(
        "UPDATE cases SET subject = $2, base_subject = $3, state = $4, kind = $5, priority = $6, assignee_id = $7,
            team_id = $8, organisation_id = $9, contact_id = $10, waiting_on = $11, wake_at = $12, updated_at = $13,
            last_customer_at = $14, last_agent_at = $15, solved_at = $16, closed_at = $17, last_entry_id = $18,
            merged_into = $19, installation_id = $20, unconfirmed_since = $21
         WHERE id = $1",
        case.id,
        &case.subject,
        &case.base_subject,
        case.state,
        case.kind,
        case.priority,
        case.assignee_id,
        case.team_id,
        case.organisation_id,
        case.contact_id,
        case.waiting_on,
        case.wake_at,
        case.updated_at,
        case.last_customer_at,
        case.last_agent_at,
        case.solved_at,
        case.closed_at,
        case.last_entry_id,
        case.merged_into,
        case.installation_id,
        case.unconfirmed_since,
    ))
    .await
}

/// Keeps this case as it is until the transaction ends, so that nothing joins it meanwhile.
pub async fn lock_case(tx: &mut Tx, id: CaseId) -> Result<Option<Case>> {
    let lock = match tx.dialect() {
        crate::db::Dialect::Sqlite => "",
        crate::db::Dialect::Postgres => " FOR UPDATE",
    };
    tx.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id).push(lock)).await
}

/// Whether a call on the case, or on what is merged into it, waits to be confirmed.
pub async fn is_unconfirmed(on: impl Read, id: CaseId) -> Result<bool> {
    let (count,): (i64,) = on
        .one(q!("SELECT COUNT(*) FROM cases WHERE (id = $1 OR merged_into = $1) AND unconfirmed_since IS NOT NULL", id))
        .await?;
    Ok(count > 0)
}

/// Open cases of this contact that are outside the hidden teams, newest activity first.
pub async fn open_cases_of_contact(
    on: impl Read,
    contact: ContactId,
    hidden: &[TeamId],
    limit: i64,
) -> Result<Vec<Case>> {
    let query = Query::new(COLUMNS)
        .push("WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting') AND contact_id = ")
        .bind(contact);
    on.all(unhidden(query, "team_id", hidden).push(" ORDER BY updated_at DESC LIMIT ").bind(limit)).await
}

/// Waiting cases whose date has come, oldest first.
pub async fn due_to_wake(on: impl Read, now: Timestamp, limit: i64) -> Result<Vec<CaseId>> {
    let rows: Vec<(CaseId,)> = on
        .all(q!(
            "SELECT id FROM cases WHERE wake_at IS NOT NULL AND wake_at <= $1 ORDER BY wake_at LIMIT $2",
            now,
            limit
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Cases that have been solved since before `before`.
pub async fn due_to_close(on: impl Read, before: Timestamp, limit: i64) -> Result<Vec<CaseId>> {
    let rows: Vec<(CaseId,)> = on
        .all(q!(
            "SELECT id FROM cases WHERE state = 'solved' AND solved_at <= $1 ORDER BY solved_at LIMIT $2",
            before,
            limit
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

#[cfg(test)]
impl Case {
    /// An open case with nothing special about it.
    pub(crate) fn for_tests() -> Self {
        Self {
            id: CaseId(1),
            subject: "Subject".into(),
            base_subject: "subject".into(),
            state: CaseState::Open,
            kind: CaseKind::Question,
            priority: Priority::Normal,
            door: Door::Mail,
            assignee_id: None,
            team_id: None,
            organisation_id: None,
            contact_id: None,
            installation_id: None,
            waiting_on: None,
            wake_at: None,
            follow_up_of: None,
            merged_into: None,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            last_customer_at: None,
            last_agent_at: None,
            solved_at: None,
            closed_at: None,
            last_entry_id: EntryId(0),
            unconfirmed_since: None,
        }
    }
}
