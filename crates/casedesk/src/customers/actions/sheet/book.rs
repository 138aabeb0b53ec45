//! Reads the file, whole or page by page.
use std::collections::HashMap;
use std::hash::Hash;

use crate::customers::rules::sheet::{Book, KnownContact, KnownInstallation, KnownOrganisation, Sheet};
use crate::customers::store::{self, Source};
use crate::customers::{ContactId, OrganisationId};
use crate::db::Result;
use crate::desk::Desk;
use crate::products;

/// How many rows are read at once.
const PAGE: i64 = 2_000;

/// The same, beside everything else.
pub(in crate::customers::actions) async fn book_of(desk: &Desk, sheet: Sheet) -> Result<Book> {
    book(desk, &mut Source::Db(desk.db()), sheet).await
}

/// What a sheet is held against.
pub(super) async fn book(desk: &Desk, on: &mut Source<'_>, sheet: Sheet) -> Result<Book> {
    let config = desk.config();
    let mut book = Book {
        public_domains: config.desk.public_domains.iter().cloned().collect(),
        country_code: config.phone.country_code.clone(),
        ..Book::default()
    };
    let mut after = OrganisationId(0);
    loop {
        let page = organisations(on, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        book.organisations.extend(page);
    }
    match sheet {
        Sheet::Organisations => {}
        Sheet::Contacts => book.contacts = all_contacts(on).await?,
        Sheet::Contracts => {
            let options = store::options(&mut *on).await?;
            book.options = options.into_iter().map(|option| (option.id, option.name)).collect();
            loop {
                let page =
                    store::contracts_after(&mut *on, book.contracts.last().map_or(0, |one| one.id.0), PAGE).await?;
                if page.is_empty() {
                    break;
                }
                book.contracts.extend(page);
            }
        }
        Sheet::Licences => {
            book.products = products(on).await?;
            loop {
                let page =
                    store::licences_after(&mut *on, book.licences.last().map_or(0, |one| one.id.0), PAGE).await?;
                if page.is_empty() {
                    break;
                }
                book.licences.extend(page);
            }
        }
        Sheet::Installations => {
            book.products = products(on).await?;
            loop {
                let last = book.installations.last().map_or(0, |one| one.installation.id.0);
                let page = installations(on, last, PAGE).await?;
                if page.is_empty() {
                    break;
                }
                book.installations.extend(page);
            }
        }
    }
    Ok(book)
}

async fn all_contacts(on: &mut Source<'_>) -> Result<Vec<KnownContact>> {
    let mut all: Vec<KnownContact> = Vec::new();
    loop {
        let page = contacts(on, all.last().map_or(ContactId(0), |one| one.id), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Each product under each of its names, its own first.
async fn products(on: &mut Source<'_>) -> Result<Vec<(products::ProductId, String)>> {
    let mut names = Vec::new();
    for product in products::store::products(&mut *on).await? {
        let aliases = products::store::aliases(&mut *on, &product).await?;
        names.push((product.id, product.name));
        names.extend(aliases.into_iter().map(|alias| (product.id, alias)));
    }
    Ok(names)
}

/// What rows say of their owners, by owner.
fn by_owner<K: Eq + Hash, V>(rows: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut found: HashMap<K, Vec<V>> = HashMap::new();
    for (owner, value) in rows {
        found.entry(owner).or_default().push(value);
    }
    found
}

pub(super) async fn organisations(
    on: &mut Source<'_>,
    after: OrganisationId,
    limit: i64,
) -> Result<Vec<KnownOrganisation>> {
    let rows = store::organisations_after(&mut *on, after, limit).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(vec![]) };
    let (first, last) = (first.id, last.id);
    let mut domains = by_owner(store::domains_between(&mut *on, first, last).await?);
    let mut tags = by_owner(store::tags_between(&mut *on, first, last).await?);
    let mut notes = by_owner(store::notes_between(&mut *on, first, last).await?);
    let known = rows.into_iter().map(|row| KnownOrganisation {
        id: row.id,
        name: row.name,
        kind: row.kind,
        domains: domains.remove(&row.id).unwrap_or_default(),
        tags: tags.remove(&row.id).unwrap_or_default(),
        notes: notes.remove(&row.id).unwrap_or_default(),
    });
    Ok(known.collect())
}

pub(super) async fn contacts(on: &mut Source<'_>, after: ContactId, limit: i64) -> Result<Vec<KnownContact>> {
    let rows = store::contacts_after(&mut *on, after, limit).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(vec![]) };
    let (first, last) = (first.id, last.id);
    let mut addresses = by_owner(store::addresses_between(&mut *on, first, last).await?);
    let mut numbers = by_owner(store::numbers_between(&mut *on, first, last).await?);
    let mut tags = by_owner(store::contact_tags_between(&mut *on, first, last).await?);
    let known = rows.into_iter().map(|row| KnownContact {
        id: row.id,
        name: row.name,
        organisation_id: row.organisation_id,
        addresses: addresses.remove(&row.id).unwrap_or_default(),
        numbers: numbers.remove(&row.id).unwrap_or_default(),
        tags: tags.remove(&row.id).unwrap_or_default(),
        note: row.note,
    });
    Ok(known.collect())
}

pub(super) async fn installations(on: &mut Source<'_>, after: i64, limit: i64) -> Result<Vec<KnownInstallation>> {
    let rows = store::installations_after(&mut *on, after, limit).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(vec![]) };
    let values = store::values_between(&mut *on, first.id, last.id).await?;
    let mut values = by_owner(values.into_iter().map(|(owner, field, value)| (owner, (field, value))));
    let known = rows.into_iter().map(|installation| KnownInstallation {
        values: values.remove(&installation.id).unwrap_or_default(),
        installation,
    });
    Ok(known.collect())
}
