//! The customer file: organisations, their mail domains, the people there, what they may ask of us, and what runs
//! where. Invariants: an address belongs to one contact; a domain to one organisation; domains shared by strangers to
//! none. A field of an installation is never overwritten: each value is kept with who said it, when, and from where.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::kit::Timestamp;
use crate::products::rules::{Lifespan, Standing};
use crate::products::{ItemId, ProductId};
use crate::staff::AgentId;
use crate::{id, words};

id!(
    /// A customer or a possible customer.
    OrganisationId
);
id!(
    /// A person at an organisation.
    ContactId
);

id!(
    /// A level of support on sale.
    SupportOptionId
);
id!(
    /// An organisation's support option with its dates.
    ContractId
);
id!(
    /// A licence of an organisation.
    LicenceId
);
id!(
    /// One place where a customer runs a product.
    InstallationId
);
id!(
    /// A telephone number of a contact.
    NumberId
);
id!(
    /// Two of the file that became one.
    MergeId
);
id!(
    /// A file that is being taken over into the customer file.
    ImportId
);

words!(
    /// What can be in the file twice.
    FileKind {
        Organisation = "organisation",
        Contact = "contact",
    }
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

/// A number as it is kept: `+` and digits (E.164), and which contact has it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Number {
    pub id: NumberId,
    pub number_e164: String,
    pub label: String,
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

words!(
    /// How much it hurts. Support options promise by it.
    Priority {
        Low = "low",
        Normal = "normal",
        High = "high",
        Critical = "critical",
    }
);

words!(
    /// A way in which customers may reach us.
    SupportChannel {
        Mail = "mail",
        Form = "form",
        Phone = "phone",
        Chat = "chat",
    }
);

words!(
    /// What an installation is for.
    InstallationRole {
        Production = "production",
        Test = "test",
        Acceptance = "acceptance",
        Staging = "staging",
        Development = "development",
        Training = "training",
        DisasterRecovery = "disaster recovery",
    }
);

words!(
    /// Where the value of a field comes from.
    FieldSource {
        /// Read from a message, and accepted by an agent.
        Mail = "mail",
        /// Given on the details form.
        Form = "form",
        /// Written by an agent.
        Agent = "agent",
        Import = "import",
        Api = "api",
    }
);

words!(
    /// What the desk looks into for a case.
    VerdictKind {
        Contract = "contract",
        LifeCycle = "life_cycle",
        Upgrade = "upgrade",
        Roadmap = "roadmap",
        Completeness = "completeness",
    }
);

impl VerdictKind {
    /// The word of filters and columns.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::LifeCycle => "lifecycle",
            Self::Upgrade => "upgrade",
            Self::Roadmap => "roadmap",
            Self::Completeness => "details",
        }
    }

    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }

    /// What it can find, the best first.
    pub const fn states(self) -> &'static [VerdictState] {
        use VerdictState as S;
        match self {
            Self::Contract => &[S::Covered, S::Expiring, S::Expired, S::NoContract],
            Self::LifeCycle => &[S::Supported, S::SecurityOnly, S::Ending, S::Ended, S::Unknown],
            Self::Upgrade => &[S::Current, S::Available],
            Self::Roadmap => &[S::Matched, S::Unmatched],
            Self::Completeness => &[S::Complete, S::Missing],
        }
    }
}

words!(
    /// What it found.
    VerdictState {
        Covered = "covered",
        Expiring = "expiring",
        Expired = "expired",
        NoContract = "none",
        Supported = "supported",
        SecurityOnly = "security_only",
        Ending = "ending",
        Ended = "ended",
        Unknown = "unknown",
        Current = "current",
        Available = "available",
        Matched = "matched",
        Unmatched = "unmatched",
        Complete = "complete",
        Missing = "missing",
    }
);

words!(
    /// What to do about it.
    VerdictAction {
        /// Give it to sales for a quote.
        Quote = "quote",
        /// Ask the customer for what is missing.
        Ask = "ask",
        /// Recommend a newer release.
        Upgrade = "upgrade",
        /// Add the organisation's vote to what is planned already.
        Link = "link",
        /// Say which installation the case is about.
        Choose = "choose",
    }
);

/// What the desk found about a case, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Verdict {
    pub kind: VerdictKind,
    pub state: VerdictState,
    /// In words for agents.
    pub reason: String,
    /// The same in two or three words, for a list. Empty: as the state says.
    pub label: String,
    pub action: Option<VerdictAction>,
    /// The roadmap item that looks like what is asked for.
    pub item_id: Option<ItemId>,
    /// The versions that a verdict on the life cycle speaks of.
    #[sqlx(default, try_from = "String")]
    pub lives: Lives,
}

/// Versions with their lives; kept as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Lives(pub Vec<Life>);

impl Lives {
    /// Empty where there are none.
    pub fn json(&self) -> String {
        if self.0.is_empty() { String::new() } else { serde_json::to_string(self).unwrap_or_default() }
    }
}

impl TryFrom<String> for Lives {
    type Error = serde_json::Error;

    fn try_from(json: String) -> Result<Self, Self::Error> {
        if json.is_empty() { Ok(Self::default()) } else { serde_json::from_str(&json) }
    }
}

/// A version that an installation runs on, and how its line of the life-cycle table stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Life {
    /// The detail of the installation that says the version.
    pub field: String,
    /// The product, operating system or runtime.
    pub name: String,
    /// As the installation has it, such as `5.1.3`.
    pub version: String,
    /// The line of the table, such as `5.1`.
    pub cycle: String,
    /// Whether it is a product of ours.
    pub own: bool,
    pub standing: Standing,
    pub lifespan: Lifespan,
}

/// How soon is promised to be answered and solved, in business minutes; none: no promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportTarget {
    pub priority: Priority,
    #[schema(minimum = 1)]
    pub first_response_min: Option<i64>,
    #[schema(minimum = 1)]
    pub next_response_min: Option<i64>,
    #[schema(minimum = 1)]
    #[serde(default)]
    pub resolve_min: Option<i64>,
}

/// A support option as it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionTerms {
    pub name: String,
    pub channels: Vec<SupportChannel>,
    /// Opening hours as lines: `zone Europe/Dublin`, `Mon-Fri 09:00-17:30`, `*-12-25 closed Christmas Day`; or `24/7`.
    pub hours: String,
    /// What it covers, in words.
    #[serde(default)]
    pub covers: String,
    #[serde(default)]
    pub targets: Vec<SupportTarget>,
}

/// A contract as it is written down. Days are `2027-03-15`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractTerms {
    pub option_id: SupportOptionId,
    /// What both sides call it, such as an order number.
    #[serde(default)]
    pub reference: String,
    pub starts_on: String,
    /// The last day that it covers. None: until somebody ends it.
    pub ends_on: Option<String>,
    /// How many people or servers it is for. None: not counted.
    #[schema(minimum = 1)]
    pub seats: Option<i64>,
    /// Goes on by itself for so many months each time. None: it ends.
    #[schema(minimum = 1)]
    pub renews_months: Option<i64>,
}

/// A licence as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceTerms {
    pub product_id: Option<ProductId>,
    pub edition: String,
    /// What the key is known by; never the key itself.
    #[serde(default)]
    pub key_id: String,
    #[schema(minimum = 1)]
    pub seats: Option<i64>,
    /// The last day on which it works. None: it does not expire.
    pub expires_on: Option<String>,
}

/// An installation as it is written down, but for its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstallationTerms {
    /// What the customer calls it, such as a site or a host.
    pub label: String,
    pub role: InstallationRole,
    pub product_id: Option<ProductId>,
}

/// A value of one field of an installation, with where it comes from.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct FieldValue {
    /// `product_version`, `os_name`, …
    pub field: String,
    /// Empty: not known any more.
    pub value: String,
    /// As the customer wrote it.
    pub written: String,
    pub source: FieldSource,
    /// The message that it was read from.
    pub entry_id: Option<i64>,
    pub agent_id: Option<AgentId>,
    pub agent_name: Option<String>,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub at: Timestamp,
}

/// What can go wrong with the customer file, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum CustomersError {
    #[error("There is no such {0} here.")]
    Missing(&'static str),
    #[error("“{0}” is empty.")]
    Empty(&'static str),
    #[error("“{field}” is longer than {most} characters.")]
    TooLong { field: &'static str, most: usize },
    #[error("A tag is one word of at most {0} characters, without quotation marks.")]
    BadTag(usize),
    #[error("“{0}” is no day: write year-month-day, such as 2027-03-15.")]
    NoDay(String),
    #[error("It ends before it starts.")]
    Backwards,
    #[error("“{0}” is at least 1.")]
    TooSmall(&'static str),
    #[error("A contract that goes on by itself needs the day on which its first term ends.")]
    NoTerm,
    #[error("{0}")]
    Hours(#[from] casedesk_hours::Faults),
    #[error("Choose at least one channel.")]
    NoChannel,
    #[error("The priority {0} has its targets twice.")]
    TargetTwice(Priority),
    #[error("“{0}” is no domain: write it as example.com.")]
    BadDomain(String),
    #[error("“{0}” is not a mail address.")]
    BadAddress(String),
    #[error("“{0}” belongs to another organisation or contact already.")]
    Taken(String),
    #[error("There is a support option “{0}” already.")]
    OptionTaken(String),
    #[error("“{0}” is no detail of an installation.")]
    NoField(String),
    #[error("The contact has that number already.")]
    NumberTaken,
    #[error("The text has to have {0} in it.")]
    NoPlace(&'static str),
    #[error("A contact has at least one address.")]
    LastAddress,
    #[error("There are {0} already, which is as many as there can be.")]
    TooMany(i64),
    #[error(transparent)]
    BadNumber(#[from] rules::NoNumber),
    #[error(transparent)]
    Unreadable(#[from] rules::sheet::Unreadable),
    #[error("Choose a file.")]
    NoFile,
    #[error("Choose two that are not the same one.")]
    SameOne,
    #[error("“{0}” was merged into another one. Undo that first.")]
    Merged(String),
    #[error("This merge was undone already.")]
    UndoneAlready,
    #[error("A later merge rests on this one. Undo first that of “{0}” into “{1}”.")]
    LaterMerge(String, String),
    #[error("This file was taken over already.")]
    TakenOver,
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<CustomersError> for crate::web::Error {
    fn from(error: CustomersError) -> Self {
        use CustomersError as E;
        match error {
            E::Database(error) => error.into(),
            E::Missing(what) => Self::not_found(format!("such {what}")),
            E::Taken(_)
            | E::OptionTaken(_)
            | E::LastAddress
            | E::NumberTaken
            | E::TooMany(_)
            | E::TakenOver
            | E::Merged(_)
            | E::UndoneAlready
            | E::LaterMerge(..) => Self::conflict(error.to_string()),
            error => Self::unprocessable(error.to_string()),
        }
    }
}
