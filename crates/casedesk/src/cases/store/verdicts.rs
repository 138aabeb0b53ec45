//! What the desk found about cases, and which cases are to be looked at again.
use crate::cases::CaseId;
use crate::customers::{OrganisationId, Verdict};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::kit::paging::Cursor;
use crate::q;

/// The verdicts of a case.
pub async fn verdicts(on: impl Read, id: CaseId) -> Result<Vec<Verdict>> {
    on.all(q!("SELECT kind, state, reason, action FROM case_verdicts WHERE case_id = $1 ORDER BY kind LIMIT 20", id))
        .await
}

pub async fn delete_verdicts(tx: &mut Tx, id: CaseId) -> Result<u64> {
    tx.exec(q!("DELETE FROM case_verdicts WHERE case_id = $1", id)).await
}

pub async fn insert_verdict(tx: &mut Tx, id: CaseId, verdict: &Verdict, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO case_verdicts (case_id, kind, state, reason, action, at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        verdict.kind,
        verdict.state,
        &verdict.reason,
        verdict.action,
        now
    ))
    .await
}

/// Open cases behind `after` in the order of activity, of one organisation when it is named.
pub async fn open_cases(
    on: impl Read,
    organisation: Option<OrganisationId>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<(CaseId, Timestamp)>> {
    let mut query = Query::new(
        "SELECT id, updated_at FROM cases WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting')",
    );
    if let Some(id) = organisation {
        query = query.push(" AND organisation_id = ").bind(id);
    }
    if let Some(cursor) = after {
        query = query.push(" AND (updated_at, id) > (").bind(cursor.key).push(", ").bind(cursor.id).push(")");
    }
    on.all(query.push(" ORDER BY updated_at, id LIMIT ").bind(limit)).await
}
