//! Who is found by what was typed.
use crate::customers::store::contacts_named;
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Db, Query, Read, Result};

/// Somebody who may have called.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub id: ContactId,
    pub name: String,
    pub organisation_id: Option<OrganisationId>,
    pub organisation: Option<String>,
    /// One of their addresses; none when they have none.
    pub address: Option<String>,
    /// The number by which they were found, or one of theirs.
    pub number: Option<String>,
}

const FOUND: &str =
    "SELECT c.id, c.name, c.organisation_id, MIN(o.name) AS organisation, (SELECT x.address FROM contact_addresses x
        WHERE x.contact_id = c.id ORDER BY x.is_main DESC, x.address LIMIT 1) AS address,
    MIN(n.number_e164) AS number FROM contacts c LEFT JOIN organisations o ON o.id = c.organisation_id
    LEFT JOIN contact_numbers n ON n.contact_id = c.id";

/// The contacts one of whose numbers ends so. `ends` begin with the last digit.
pub async fn by_number_end(on: impl Read, ends: &[String], limit: i64) -> Result<Vec<Found>> {
    let mut query = Query::new(FOUND).push(" WHERE c.merged_into IS NULL AND (");
    for (at, end) in ends.iter().enumerate() {
        // A colon follows the digits in the order of bytes.
        let past = format!("{end}:");
        query = query.push(if at == 0 { "n.reversed >= " } else { " OR n.reversed >= " }).bind(end);
        query = query.push(" AND n.reversed < ").bind(past);
    }
    on.all(query.push(") GROUP BY c.id, c.name, c.organisation_id ORDER BY c.name, c.id LIMIT ").bind(limit)).await
}

/// The contacts whose name, addresses and organisation have words that begin as those of this text.
pub async fn by_name(db: &Db, text: &str, limit: i64) -> Result<Vec<Found>> {
    let Some(named) = contacts_named(db, text, None) else { return Ok(vec![]) };
    let query = named
        .wrap("WITH named AS (", ") ")
        .push(FOUND)
        .push(" WHERE c.merged_into IS NULL AND c.id IN (SELECT id FROM named)");
    db.all(query.push(" GROUP BY c.id, c.name, c.organisation_id ORDER BY c.name, c.id LIMIT ").bind(limit)).await
}
