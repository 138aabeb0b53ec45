//! SQL of contacts' telephone numbers. They are also kept from their last digit on, so that an index finds their end.
use crate::customers::rules::reversed;
use crate::customers::{ContactId, Number, NumberId};
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
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
            reversed(number),
            label,
            now
        ))
        .await?;
    Ok(row.map(|(id,)| id))
}

pub async fn delete_number(tx: &mut Tx, contact: ContactId, id: NumberId) -> Result<u64> {
    tx.exec(q!("DELETE FROM contact_numbers WHERE contact_id = $1 AND id = $2", contact, id)).await
}
