//! SQL by which cases follow when organisations or contacts become one, and two again, and when a contact is given an
//! organisation.
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Query, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// Gives the cases of one organisation to another, and notes each.
pub(in crate::cases) async fn follow_organisation(
    tx: &mut Tx,
    merge: i64,
    from: OrganisationId,
    to: OrganisationId,
) -> Result<()> {
    tx.exec(q!(
        "INSERT INTO case_merge_moves (merge_id, case_id, contact_id)
         SELECT $1, id, contact_id FROM cases WHERE organisation_id = $2",
        merge,
        from
    ))
    .await?;
    tx.exec(q!("UPDATE cases SET organisation_id = $2 WHERE organisation_id = $1", from, to)).await?;
    Ok(())
}

/// Gives them back: those that are of the same contact still, and those since then of a contact who went back.
pub(in crate::cases) async fn return_to_organisation(
    tx: &mut Tx,
    merge: i64,
    kept: OrganisationId,
    merged: OrganisationId,
    since: Timestamp,
) -> Result<()> {
    tx.exec(q!(
        "UPDATE cases SET organisation_id = $3 WHERE organisation_id = $2 AND (
            EXISTS (SELECT 1 FROM case_merge_moves m WHERE m.merge_id = $1 AND m.case_id = cases.id
                AND COALESCE(m.contact_id, 0) = COALESCE(cases.contact_id, 0))
            OR (contact_id IN (SELECT id FROM contacts WHERE organisation_id = $3) AND (created_at >= $4
                OR EXISTS (SELECT 1 FROM case_merge_moves m WHERE m.merge_id = $1 AND m.case_id = cases.id))))",
        merge,
        kept,
        merged,
        since
    ))
    .await?;
    // A case points at an installation of its own organisation.
    tx.exec(q!(
        "UPDATE cases SET installation_id = NULL WHERE organisation_id IN ($1, $2) AND installation_id IN
            (SELECT i.id FROM installations i
             WHERE i.organisation_id IN ($1, $2) AND i.organisation_id <> cases.organisation_id)",
        kept,
        merged
    ))
    .await?;
    Ok(())
}

/// Gives the contact's cases that have no organisation to this one.
pub(in crate::cases) async fn give_organisation(tx: &mut Tx, of: ContactId, to: OrganisationId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE cases SET organisation_id = $2, followed = TRUE WHERE contact_id = $1 AND organisation_id IS NULL",
        of,
        to
    ))
    .await
}

/// Takes them from it again.
pub(in crate::cases) async fn take_organisation(tx: &mut Tx, of: ContactId, from: OrganisationId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE cases SET organisation_id = NULL, installation_id = NULL, followed = FALSE
         WHERE contact_id = $1 AND organisation_id = $2 AND followed",
        of,
        from
    ))
    .await
}

/// Gives the cases of one contact to another, and notes each.
pub(in crate::cases) async fn follow_contact(tx: &mut Tx, merge: i64, from: ContactId, to: ContactId) -> Result<()> {
    tx.exec(q!(
        "INSERT INTO case_merge_moves (merge_id, case_id, contact_id)
         SELECT $1, id, contact_id FROM cases WHERE contact_id = $2",
        merge,
        from
    ))
    .await?;
    tx.exec(q!("UPDATE cases SET contact_id = $2 WHERE contact_id = $1", from, to)).await?;
    Ok(())
}

/// Gives them back, and those that one of these addresses has opened since then.
pub(in crate::cases) async fn return_to_contact(
    tx: &mut Tx,
    merge: i64,
    (kept, merged): (ContactId, ContactId),
    since: Timestamp,
    addresses: &[String],
) -> Result<()> {
    tx.exec(q!(
        "UPDATE cases SET contact_id = $3 WHERE contact_id = $2
           AND id IN (SELECT case_id FROM case_merge_moves WHERE merge_id = $1)",
        merge,
        kept,
        merged
    ))
    .await?;
    let query = q!(
        "UPDATE cases SET contact_id = $2, organisation_id = (SELECT organisation_id FROM contacts WHERE id = $2)
         WHERE contact_id = $1 AND created_at >= $3 AND id IN
            (SELECT case_id FROM case_people WHERE role = 'requester' AND address IN ",
        kept,
        merged,
        since
    );
    let query: Query = query.bind_list(addresses.iter().cloned()).push(")");
    tx.exec(query).await?;
    Ok(())
}
