//! People on a case, tags, watchers.
use crate::cases::{CaseId, PersonRole};
use crate::customers::ContactId;
use crate::db::{Read, Result, Tx};
use crate::q;
use crate::staff::AgentId;

/// A participant of a case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CasePerson {
    pub address: String,
    pub name: Option<String>,
    pub contact_id: Option<ContactId>,
    pub role: PersonRole,
}

/// Everyone on the case and on what is merged into it, each once, requester first, by the name their mail gave or else
/// the customer file. Where a merged case says something else of somebody, what was decided on the case itself counts
/// first, then that they read along.
pub async fn people(on: impl Read, case: CaseId) -> Result<Vec<CasePerson>> {
    on.all(q!(
        "WITH ranked AS (
             SELECT p.address, p.name, p.contact_id, p.role, ROW_NUMBER() OVER (PARTITION BY p.address ORDER BY
                 CASE WHEN p.role = 'requester' THEN 0 WHEN p.case_id = $1 AND p.role <> 'proposed' THEN 1
                      WHEN p.role = 'cc' THEN 2 WHEN p.role = 'proposed' THEN 3 ELSE 4 END) AS place
             FROM case_people p WHERE p.case_id = $1 OR p.case_id IN (SELECT id FROM cases WHERE merged_into = $1))
         SELECT r.address, COALESCE(MAX(r.name), MAX(c.name)) AS name, MAX(r.contact_id) AS contact_id,
             MAX(CASE WHEN r.place = 1 THEN r.role END) AS role
         FROM ranked r LEFT JOIN contacts c ON c.id = r.contact_id
         GROUP BY r.address
         ORDER BY CASE WHEN MAX(CASE WHEN r.place = 1 THEN r.role END) = 'requester' THEN 0 ELSE 1 END, r.address
         LIMIT 200",
        case
    ))
    .await
}

/// Adds a participant; one who is there keeps the role, unless the new one is the requester's.
pub async fn add_person(
    tx: &mut Tx,
    case: CaseId,
    address: &str,
    name: Option<&str>,
    contact: Option<ContactId>,
    role: PersonRole,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO case_people (case_id, address, name, contact_id, role) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (case_id, address) DO NOTHING",
        case,
        address,
        name,
        contact,
        role
    ))
    .await
}

pub async fn role_of(on: impl Read, case: CaseId, address: &str) -> Result<Option<PersonRole>> {
    let row: Option<(PersonRole,)> =
        on.opt(q!("SELECT role FROM case_people WHERE case_id = $1 AND address = $2", case, address)).await?;
    Ok(row.map(|(role,)| role))
}

pub async fn set_role(tx: &mut Tx, case: CaseId, address: &str, role: PersonRole) -> Result<u64> {
    tx.exec(q!("UPDATE case_people SET role = $3 WHERE case_id = $1 AND address = $2", case, address, role)).await
}

/// Open or lately solved cases of which this address is a participant, newest activity first.
pub async fn cases_of_address(on: impl Read, address: &str, limit: i64) -> Result<Vec<(CaseId, String, i64)>> {
    on.all(q!(
        "SELECT c.id, c.base_subject, c.updated_at FROM case_people p JOIN cases c ON c.id = p.case_id
         WHERE p.address = $1 AND p.role IN ('requester', 'cc') AND c.state <> 'closed' AND c.merged_into IS NULL
         ORDER BY c.updated_at DESC LIMIT $2",
        address,
        limit
    ))
    .await
}

pub async fn tags(on: impl Read, case: CaseId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        on.all(q!("SELECT tag FROM case_tags WHERE case_id = $1 ORDER BY tag LIMIT 100", case)).await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

pub async fn add_tag(tx: &mut Tx, case: CaseId, tag: &str) -> Result<u64> {
    tx.exec(q!("INSERT INTO case_tags (case_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING", case, tag)).await
}

pub async fn remove_tag(tx: &mut Tx, case: CaseId, tag: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM case_tags WHERE case_id = $1 AND tag = $2", case, tag)).await
}

/// The case that is shown for this one, and all that is merged into it.
macro_rules! family {
    () => {
        "(SELECT COALESCE(merged_into, id) FROM cases WHERE id = $1 UNION ALL SELECT m.id FROM cases c
             JOIN cases m ON m.merged_into = COALESCE(c.merged_into, c.id) WHERE c.id = $1)"
    };
}

/// Who watches the case, or what is merged into it.
pub async fn watchers(on: impl Read, case: CaseId) -> Result<Vec<AgentId>> {
    let rows: Vec<(AgentId,)> = on
        .all(q!(
            concat!(
                "SELECT DISTINCT agent_id FROM case_watchers WHERE case_id IN ",
                family!(),
                " ORDER BY agent_id LIMIT 200"
            ),
            case
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn watch(tx: &mut Tx, case: CaseId, agent: AgentId) -> Result<u64> {
    tx.exec(q!("INSERT INTO case_watchers (case_id, agent_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", case, agent))
        .await
}

pub async fn unwatch(tx: &mut Tx, case: CaseId, agent: AgentId) -> Result<u64> {
    tx.exec(q!(concat!("DELETE FROM case_watchers WHERE agent_id = $2 AND case_id IN ", family!()), case, agent)).await
}

/// Somebody proposed or removed takes part from now on.
pub async fn agree_to_person(tx: &mut Tx, case: CaseId, address: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE case_people SET role = 'cc' WHERE case_id = $1 AND address = $2 AND role IN ('proposed', 'removed')",
        case,
        address
    ))
    .await
}
