//! How much there is of somebody, for the page that lists it.
use super::read::{addresses_in, cases_of, contacts_in, organisations_in};
use crate::db::{Query, Read, Result};
use crate::privacy::Subject;
use crate::privacy::rules::Counts;

/// What there is of each thing that goes or stays.
pub async fn counts(on: impl Read, subject: Subject) -> Result<Counts> {
    let mut query = Query::new("SELECT");
    for (before, after) in [
        (" (SELECT COUNT(*) FROM contact_addresses WHERE contact_id IN ", ") AS addresses,"),
        (" (SELECT COUNT(*) FROM contact_numbers WHERE contact_id IN ", ") AS numbers,"),
        (" (SELECT COUNT(*) FROM entries WHERE kind <> 'change' AND contact_id IN ", ") AS messages,"),
        (
            " (SELECT COUNT(*) FROM attachments t JOIN entries e ON e.id = t.entry_id WHERE e.contact_id IN ",
            ") AS files,",
        ),
        (" (SELECT COUNT(*) FROM calls WHERE contact_id IN ", ") AS calls,"),
        (" (SELECT COUNT(*) FROM private_links WHERE contact_id IN ", ") AS links,"),
        (" (SELECT COUNT(*) FROM details_requests WHERE contact_id IN ", ") AS forms,"),
        (" (SELECT COUNT(*) FROM portal_sessions WHERE contact_id IN ", ") AS sessions,"),
        (" (SELECT COUNT(*) FROM installation_fields WHERE value <> '' AND contact_id IN ", ") AS given,"),
    ] {
        query = contacts_in(query.push(before), subject).push(after);
    }
    for (before, after) in [
        (
            " (SELECT COUNT(*) FROM quotes q JOIN cases k ON k.id = q.case_id WHERE q.state <> 'accepted' AND ",
            ") AS quotes,",
        ),
        (
            " (SELECT COUNT(*) FROM quotes q JOIN cases k ON k.id = q.case_id WHERE q.state = 'accepted' AND ",
            ") AS accepted",
        ),
    ] {
        query = contacts_in(query.push(before).push("(q.contact_id IN "), subject).push(" OR LOWER(q.to_address) IN ");
        query = addresses_in(query, subject).push(" OR COALESCE(q.organisation_id, k.organisation_id) IN ");
        query = organisations_in(query, subject).push(")").push(after);
    }
    on.one(query).await
}

pub async fn count_cases(on: impl Read, subject: Subject) -> Result<i64> {
    let (count,): (i64,) = on.one(cases_of(subject).wrap("SELECT COUNT(*) FROM (", ") n")).await?;
    Ok(count)
}

/// Of their cases, those on which somebody else outside takes part.
pub async fn count_shared(on: impl Read, subject: Subject) -> Result<i64> {
    let query = cases_of(subject).wrap(
        "SELECT COUNT(DISTINCT p.case_id) FROM case_people p WHERE p.role <> 'removed' AND p.case_id IN (",
        ") AND p.address NOT IN ",
    );
    let query = addresses_in(query, subject).push(" AND (p.contact_id IS NULL OR p.contact_id NOT IN ");
    let (count,): (i64,) = on.one(contacts_in(query, subject).push(")")).await?;
    Ok(count)
}
