//! What the customer file has already, as far as a sheet has to be held against it.
use std::collections::{BTreeSet, HashMap};

use crate::customers::store::{Contract, Installation, Licence};
use crate::customers::{ContactId, OrganisationId, OrganisationKind, SupportOptionId};
use crate::products::ProductId;

/// An organisation with what an export says of it.
#[derive(Clone, Debug)]
pub struct KnownOrganisation {
    pub id: OrganisationId,
    pub name: String,
    pub kind: OrganisationKind,
    pub domains: Vec<String>,
    pub tags: Vec<String>,
    pub notes: Vec<String>,
}

/// A contact with what an export says of them.
#[derive(Clone, Debug)]
pub struct KnownContact {
    pub id: ContactId,
    pub name: String,
    pub organisation_id: Option<OrganisationId>,
    pub addresses: Vec<String>,
    pub numbers: Vec<String>,
    pub tags: Vec<String>,
    pub note: String,
}

/// An installation with the newest value of each field.
#[derive(Clone, Debug)]
pub struct KnownInstallation {
    pub installation: Installation,
    /// Field and value.
    pub values: Vec<(String, String)>,
}

impl KnownInstallation {
    /// Empty: not known.
    pub fn value(&self, field: &str) -> &str {
        self.values.iter().find(|(known, _)| known == field).map_or("", |(_, value)| value)
    }
}

/// The file. Of contacts, contracts, licences and installations it has only what the sheet at hand needs.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub organisations: Vec<KnownOrganisation>,
    pub contacts: Vec<KnownContact>,
    pub contracts: Vec<Contract>,
    pub licences: Vec<Licence>,
    pub installations: Vec<KnownInstallation>,
    pub options: Vec<(SupportOptionId, String)>,
    /// Each product under each of its names.
    pub products: Vec<(ProductId, String)>,
    /// Domains that strangers share.
    pub public_domains: BTreeSet<String>,
    /// The code of telephone numbers without one.
    pub country_code: String,
}

/// A name as it is compared.
pub(super) fn fold(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Where in the book a thing is found by what a line says of it.
pub(super) struct Index<'a> {
    pub(super) book: &'a Book,
    organisations: HashMap<OrganisationId, &'a KnownOrganisation>,
    names: HashMap<String, Vec<&'a KnownOrganisation>>,
    domains: HashMap<&'a str, &'a KnownOrganisation>,
    contacts: HashMap<ContactId, &'a KnownContact>,
    addresses: HashMap<&'a str, &'a KnownContact>,
    people: HashMap<(Option<OrganisationId>, String), Vec<&'a KnownContact>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(book: &'a Book) -> Self {
        let mut names: HashMap<String, Vec<&KnownOrganisation>> = HashMap::new();
        let mut domains = HashMap::new();
        for one in &book.organisations {
            names.entry(fold(&one.name)).or_default().push(one);
            domains.extend(one.domains.iter().map(|domain| (domain.as_str(), one)));
        }
        let mut people: HashMap<_, Vec<&KnownContact>> = HashMap::new();
        let mut addresses = HashMap::new();
        for one in &book.contacts {
            people.entry((one.organisation_id, fold(&one.name))).or_default().push(one);
            addresses.extend(one.addresses.iter().map(|address| (address.as_str(), one)));
        }
        Self {
            book,
            organisations: book.organisations.iter().map(|one| (one.id, one)).collect(),
            names,
            domains,
            contacts: book.contacts.iter().map(|one| (one.id, one)).collect(),
            addresses,
            people,
        }
    }

    pub(super) fn organisation(&self, id: OrganisationId) -> Option<&'a KnownOrganisation> {
        self.organisations.get(&id).copied()
    }

    pub(super) fn organisations_named(&self, name: &str) -> &[&'a KnownOrganisation] {
        self.names.get(&fold(name)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_domain(&self, domain: &str) -> Option<&'a KnownOrganisation> {
        self.domains.get(domain).copied()
    }

    pub(super) fn contact(&self, id: ContactId) -> Option<&'a KnownContact> {
        self.contacts.get(&id).copied()
    }

    pub(super) fn with_address(&self, address: &str) -> Option<&'a KnownContact> {
        self.addresses.get(address).copied()
    }

    pub(super) fn people_named(&self, of: Option<OrganisationId>, name: &str) -> &[&'a KnownContact] {
        self.people.get(&(of, fold(name))).map_or(&[], Vec::as_slice)
    }
}
