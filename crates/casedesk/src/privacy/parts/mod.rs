//! What each room yields to an export: one function for each, in the order in which they stand in the archive. A new room
//! adds its own here, and its tables to `rules::TABLES`.
mod cases;
mod customers;
mod doors;
mod index;
mod papers;

use futures::future::BoxFuture;

use super::archive::Archive;
use super::rules::Circle;
use super::store::{self, Request};
use super::{PrivacyError, Subject};
use crate::customers::ContactId;
use crate::desk::Desk;

/// What is to be handed out.
pub struct Order {
    pub subject: Subject,
    /// What the subject is called.
    pub name: String,
    /// Internal notes too.
    pub notes: bool,
    pub contacts: Vec<(ContactId, String)>,
    pub circle: Circle,
}

impl Order {
    pub async fn load(desk: &Desk, request: &Request) -> Result<Self, PrivacyError> {
        let subject = request.subject();
        let name = request.subject_name.clone().ok_or(PrivacyError::NoSubject(subject.kind()))?;
        let contacts = store::contacts(desk.db(), subject).await?;
        let addresses = store::addresses(desk.db(), subject).await?;
        let circle = Circle {
            contacts: contacts.iter().map(|(id, _)| *id).collect(),
            addresses: addresses.into_iter().map(|(_, address, _)| address.to_lowercase()).collect(),
        };
        Ok(Self { subject, name, notes: request.with_notes, contacts, circle })
    }
}

type Part = for<'a> fn(&'a Desk, &'a Order, &'a mut Archive) -> BoxFuture<'a, Result<(), PrivacyError>>;

const PARTS: &[Part] = &[
    |desk, order, archive| Box::pin(customers::write(desk, order, archive)),
    |desk, order, archive| Box::pin(doors::write(desk, order, archive)),
    |desk, order, archive| Box::pin(papers::write(desk, order, archive)),
    |desk, order, archive| Box::pin(cases::write(desk, order, archive)),
    |desk, order, archive| Box::pin(index::write(desk, order, archive)),
];

/// How many parts there are.
pub const COUNT: usize = PARTS.len();

/// Writes the part of this number.
pub async fn write(at: usize, desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    match PARTS.get(at) {
        Some(part) => part(desk, order, archive).await,
        None => Ok(()),
    }
}
