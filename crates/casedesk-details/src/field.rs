//! What can be said of an installation, and what a proposal is.
use std::fmt;
use std::ops::Range;

/// One detail of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    ProductVersion,
    OsName,
    OsVersion,
    OsArchitecture,
    /// A set: `SFTP`, `FTPS (implicit)`, …
    Protocols,
    /// `production`, `test`, `acceptance`, `staging`, `development`, `training`, `disaster recovery`.
    Role,
    /// A set: `2 nodes`, `active-passive`, …, or `none`.
    HighAvailability,
    /// A set: `firewall (Palo Alto)`, `LDAP`, …
    Integrations,
    Database,
    /// A set: `OpenJDK 11`, `Tomcat 9.0`, …
    Runtime,
    /// A set: `TLS 1.2`, `DMZ`, …
    Security,
    /// A set: what the product is hosted on, and answers that fit nowhere else.
    Other,
}

impl Field {
    pub const ALL: [Field; 12] = [
        Field::ProductVersion,
        Field::OsName,
        Field::OsVersion,
        Field::OsArchitecture,
        Field::Protocols,
        Field::Role,
        Field::HighAvailability,
        Field::Integrations,
        Field::Database,
        Field::Runtime,
        Field::Security,
        Field::Other,
    ];

    /// Its stable name, such as `os_version`.
    pub fn name(self) -> &'static str {
        match self {
            Field::ProductVersion => "product_version",
            Field::OsName => "os_name",
            Field::OsVersion => "os_version",
            Field::OsArchitecture => "os_architecture",
            Field::Protocols => "protocols",
            Field::Role => "role",
            Field::HighAvailability => "high_availability",
            Field::Integrations => "integrations",
            Field::Database => "database",
            Field::Runtime => "runtime",
            Field::Security => "security",
            Field::Other => "other",
        }
    }

    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether an installation has several values of it at once.
    pub fn is_set(self) -> bool {
        !matches!(
            self,
            Field::ProductVersion
                | Field::OsName
                | Field::OsVersion
                | Field::OsArchitecture
                | Field::Role
                | Field::Database
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far a proposal may be trusted without asking back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    Unsure,
    Likely,
    Sure,
}

/// Where a value was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The sentence, at most 400 bytes of it.
    pub text: String,
    /// Its bytes in the input.
    pub range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub field: Field,
    /// Normalised, such as `Red Hat Enterprise Linux`.
    pub value: String,
    /// What tables know it by: endoflife.date's product for names, the cycle or release for versions.
    pub key: Option<String>,
    /// False where the customer says that it is *not* there: "no LDAP".
    pub present: bool,
    /// As the customer wrote it.
    pub as_written: String,
    pub source: Source,
    pub confidence: Confidence,
    /// In plain words.
    pub why: &'static str,
    /// Of which installation, where the answer tells of several: a role or `Server 1`. None is said of all.
    pub installation: Option<String>,
    /// The product of a version, where it was named or only one is known.
    pub product: Option<String>,
}

/// A product that customers run.
#[derive(Debug, Clone, Default)]
pub struct Product {
    pub name: String,
    pub aliases: Vec<String>,
    /// Version strings of its releases, such as `5.1.0.2`.
    pub releases: Vec<String>,
}

/// A question of the template as it was asked.
#[derive(Debug, Clone)]
pub struct Question {
    pub text: String,
    /// What it asks for; empty for what is no detail, such as log files.
    pub fields: Vec<Field>,
}

/// A value that the desk has already.
#[derive(Debug, Clone)]
pub struct Known {
    pub field: Field,
    pub value: String,
}

/// What the reader needs to know of the desk.
#[derive(Debug, Clone, Default)]
pub struct Context {
    pub products: Vec<Product>,
    /// In the order of their numbers.
    pub questions: Vec<Question>,
    /// The whole text as it was sent, so that its other lines are not taken for answers.
    pub template: String,
    /// What is known of the installation: a proposal that repeats it says so.
    pub known: Vec<Known>,
}
