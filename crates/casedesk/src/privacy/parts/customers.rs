//! Who they are, and what runs where: out of the customer file.
use serde_json::{Value, json};

use super::Order;
use crate::customers::{self, ContactId, FieldValue, OrganisationId};
use crate::desk::Desk;
use crate::privacy::archive::Archive;
use crate::privacy::{PrivacyError, Subject, store};
use crate::products;

pub(super) async fn write(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    people(desk, order, archive).await?;
    if let Subject::Organisation(id) = order.subject {
        organisation(desk, order, id, archive).await?;
    }
    installations(desk, order, archive).await
}

async fn people(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let addresses = store::addresses(desk.db(), order.subject).await?;
    let numbers = store::numbers(desk.db(), order.subject).await?;
    let tags = store::contact_tags(desk.db(), order.subject).await?;
    let notes = if order.notes { store::contact_notes(desk.db(), order.subject).await? } else { vec![] };
    let one = |(id, name): &(ContactId, String)| {
        let paused = |(_, address, paused): &(ContactId, String, Option<String>)| json!({ "address": address, "mail_is_paused_because": paused });
        let number = |(_, number, label): &(ContactId, String, String)| json!({ "number": number, "label": label });
        json!({
            "number": id,
            "name": name,
            "addresses": addresses.iter().filter(|(of, ..)| of == id).map(paused).collect::<Vec<_>>(),
            "telephone": numbers.iter().filter(|(of, ..)| of == id).map(number).collect::<Vec<_>>(),
            "tags": tags.iter().filter(|(of, _)| of == id).map(|(_, tag)| tag).collect::<Vec<_>>(),
            "our_note": notes.iter().find(|(of, _)| of == id).map(|(_, note)| note),
        })
    };
    let all: Vec<Value> = order.contacts.iter().map(one).collect();
    archive.json("data/people.json", "Who they are: names, addresses, telephone numbers", &all).await
}

async fn organisation(
    desk: &Desk,
    order: &Order,
    id: OrganisationId,
    archive: &mut Archive,
) -> Result<(), PrivacyError> {
    let db = desk.db();
    let found = customers::store::organisation(db, id).await?;
    let notes = if order.notes { customers::store::file_notes(db, id).await? } else { vec![] };
    let votes = store::votes(db, id).await?;
    let whole = json!({
        "organisation": found,
        "domains": customers::store::domains(db, id).await?,
        "tags": customers::store::organisation_tags(db, id).await?,
        "contracts": customers::store::contracts(db, id).await?,
        "licences": customers::store::licences(db, id).await?,
        "notes": notes.iter().map(|note| json!({ "at": note.at, "text": note.text })).collect::<Vec<_>>(),
        "roadmap_votes": votes.iter().map(|(title, at)| json!({ "item": title, "at": at })).collect::<Vec<_>>(),
    });
    archive.json("data/organisation.json", "The organisation: contracts, licences, votes", &whole).await
}

async fn installations(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let mut all = Vec::new();
    for (id, label, role) in store::installations(desk.db(), order.subject).await? {
        let product = customers::store::installation(desk.db(), id).await?.and_then(|one| one.terms.product_id);
        let product = match product {
            Some(product) => products::store::product(desk.db(), product).await?.map(|product| product.name),
            None => None,
        };
        let values = store::values(desk.db(), id, order.subject).await?;
        let values: Vec<Value> = values.iter().map(|value| told(value, order)).collect();
        all.push(json!({ "called": label, "role": role, "product": product, "values": values }));
    }
    if matches!(order.subject, Subject::Contact(_)) {
        let why = "they are their organisation’s, and others said them";
        archive.leave_out("Installation details that others gave", why);
    }
    let whole = json!({ "purpose": customers::rules::PURPOSE, "installations": all });
    archive.json("data/installations.json", "What runs where, each value with its source and its purpose", &whole).await
}

/// A value with where it comes from; a colleague of theirs who is not asked about stays unnamed.
fn told(value: &FieldValue, order: &Order) -> Value {
    let theirs = value.contact_id.is_some_and(|id| order.circle.contacts.contains(&id));
    json!({
        "field": value.field,
        "value": value.value,
        "as_written": value.written,
        "source": value.source,
        "said_by": if theirs { value.contact_name.as_deref() } else { None },
        "entered_by_us": value.agent_id.is_some(),
        "message": value.entry_id,
        "at": value.at,
    })
}
