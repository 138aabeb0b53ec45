//! Customers: organisations, their mail domains, and the people there. An address belongs to one
//! contact; a domain to one organisation; domains shared by strangers to none.
pub mod actions;
pub mod api;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::{id, words};

id!(
    /// A customer or a possible customer.
    OrganisationId
);
id!(
    /// A person at an organisation.
    ContactId
);

words!(
    /// How far we are with an organisation.
    OrganisationKind {
        Customer = "customer",
        Prospect = "prospect",
    }
);

#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    pub kind: OrganisationKind,
}

#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Contact {
    pub id: ContactId,
    pub organisation_id: Option<OrganisationId>,
    pub name: String,
}

/// A person as mail names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Person {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    pub address: String,
}

impl Person {
    /// The name, or the address where there is none.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

/// The part of a mail address behind the `@`, in lower case.
pub fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
