//! Numbers of contacts, and who is found by what was typed.
use crate::customers::{self, ContactId};
use crate::desk::Desk;
use crate::phone::rules::{self, Sought};
use crate::phone::store::{self, Found};
use crate::phone::{NumberId, PhoneError};

/// Adds a number to a contact, and how it is kept.
pub async fn add_number(
    desk: &Desk,
    contact: ContactId,
    number: &str,
    label: &str,
) -> Result<(NumberId, String), PhoneError> {
    let number = rules::e164(number, &desk.config().phone.country_code)?;
    let label = label.trim();
    if label.chars().count() > rules::MOST_LABEL {
        return Err(PhoneError::TooLong { field: "label", most: rules::MOST_LABEL });
    }
    let mut tx = desk.db().begin().await?;
    customers::store::contact(&mut tx, contact).await?.ok_or(PhoneError::NoContact(contact.0))?;
    let id = store::insert_number(&mut tx, contact, &number, label, desk.now()).await?;
    let id = id.ok_or(PhoneError::NumberTaken)?;
    tx.commit().await?;
    Ok((id, number))
}

pub async fn remove_number(desk: &Desk, contact: ContactId, id: NumberId) -> Result<(), PhoneError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_number(&mut tx, contact, id).await? == 0 {
        return Err(PhoneError::NoNumber);
    }
    tx.commit().await?;
    Ok(())
}

/// Who may have called, by a number or a part of its end, or by a name.
pub async fn find(desk: &Desk, typed: &str, limit: i64) -> Result<(Vec<Found>, bool), PhoneError> {
    Ok(match rules::sought(typed, &desk.config().phone.country_code) {
        None => (vec![], false),
        Some(Sought::NumberEnds(ends)) => (store::by_number_end(desk.db(), &ends, limit).await?, true),
        Some(Sought::Name(text)) => (store::by_name(desk.db(), &text, limit).await?, false),
    })
}
