//! Numbers of contacts, and who is found by what was typed.
use crate::customers::store::contacts_named;
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Db, Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::phone::{Number, NumberId, rules};
use crate::q;

/// The numbers of a contact, 50 at the most.
pub async fn numbers(on: impl Read, contact: ContactId) -> Result<Vec<Number>> {
    on.all(q!("SELECT id, number_e164, label FROM contact_numbers WHERE contact_id = $1 ORDER BY id LIMIT 50", contact))
        .await
}

/// `None`: the contact has it already.
pub async fn insert_number(
    tx: &mut Tx,
    contact: ContactId,
    number: &str,
    label: &str,
    now: Timestamp,
) -> Result<Option<NumberId>> {
    let row: Option<(NumberId,)> = tx
        .opt(q!(
            "INSERT INTO contact_numbers (contact_id, number_e164, reversed, label, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (contact_id, number_e164) DO NOTHING RETURNING id",
            contact,
            number,
            rules::reversed(number),
            label,
            now
        ))
        .await?;
    Ok(row.map(|(id,)| id))
}

pub async fn delete_number(tx: &mut Tx, contact: ContactId, id: NumberId) -> Result<u64> {
    tx.exec(q!("DELETE FROM contact_numbers WHERE contact_id = $1 AND id = $2", contact, id)).await
}

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

const FOUND: &str = "SELECT c.id, c.name, c.organisation_id, MIN(o.name) AS organisation, MIN(a.address) AS address,
    MIN(n.number_e164) AS number FROM contacts c LEFT JOIN organisations o ON o.id = c.organisation_id
    LEFT JOIN contact_addresses a ON a.contact_id = c.id LEFT JOIN contact_numbers n ON n.contact_id = c.id";

/// The contacts one of whose numbers ends so. `ends` begin with the last digit.
pub async fn by_number_end(on: impl Read, ends: &[String], limit: i64) -> Result<Vec<Found>> {
    let mut query = Query::new(FOUND).push(" WHERE ");
    for (at, end) in ends.iter().enumerate() {
        // A colon follows the digits in the order of bytes.
        let past = format!("{end}:");
        query = query.push(if at == 0 { "n.reversed >= " } else { " OR n.reversed >= " }).bind(end);
        query = query.push(" AND n.reversed < ").bind(past);
    }
    on.all(query.push(" GROUP BY c.id, c.name, c.organisation_id ORDER BY c.name, c.id LIMIT ").bind(limit)).await
}

/// The contacts whose name, addresses and organisation have words that begin as those of this text.
pub async fn by_name(db: &Db, text: &str, limit: i64) -> Result<Vec<Found>> {
    let Some(named) = contacts_named(db, text) else { return Ok(vec![]) };
    let query = named.wrap("WITH named AS (", ") ").push(FOUND).push(" WHERE c.id IN (SELECT id FROM named)");
    db.all(query.push(" GROUP BY c.id, c.name, c.organisation_id ORDER BY c.name, c.id LIMIT ").bind(limit)).await
}
