//! What merges remember of those who are erased.
use super::read::{contacts_in, organisations_in};
use crate::db::{Query, Read, Result, Tx};
use crate::privacy::Subject;

/// The merges that somebody of theirs took part in.
fn merges_of(query: Query, subject: Subject) -> Query {
    let query = query.push("(SELECT id FROM file_merges WHERE (kind = 'contact' AND (kept_id IN ");
    let query = contacts_in(contacts_in(query, subject).push(" OR merged_id IN "), subject);
    let query = query.push(")) OR (kind = 'organisation' AND (kept_id IN ");
    organisations_in(organisations_in(query, subject).push(" OR merged_id IN "), subject).push(")))")
}

/// What they were called before merges, as JSON.
pub async fn earlier_names(on: impl Read, subject: Subject) -> Result<Vec<(String, String)>> {
    // After one that was undone, the other is somebody else again.
    let query =
        Query::new("SELECT before, after FROM file_merges WHERE undone_at IS NULL AND kind = 'contact' AND id IN ");
    let query = merges_of(query, subject);
    on.all(query.push(" ORDER BY id LIMIT 1000")).await
}

/// Merges are no more to be undone: what they moved is gone.
pub async fn forget_merges(tx: &mut Tx, subject: Subject) -> Result<()> {
    for table in [
        "DELETE FROM file_merge_moves WHERE merge_id IN ",
        "DELETE FROM case_merge_moves WHERE merge_id IN ",
        "DELETE FROM file_merges WHERE id IN ",
    ] {
        tx.exec(merges_of(Query::new(table), subject)).await?;
    }
    let query = Query::new("DELETE FROM file_distinct WHERE kind = 'contact' AND (one_id IN ");
    let query = contacts_in(contacts_in(query, subject).push(" OR other_id IN "), subject);
    tx.exec(query.push(")")).await?;
    let query = Query::new("DELETE FROM file_distinct WHERE kind = 'organisation' AND (one_id IN ");
    let query = organisations_in(organisations_in(query, subject).push(" OR other_id IN "), subject);
    tx.exec(query.push(")")).await?;
    Ok(())
}
