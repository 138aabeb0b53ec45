//! What the columns of a sheet are called: by us, and by others.
use casedesk_details::Field;

use super::{Sheet, Unreadable};
use crate::customers::rules;

/// A column of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub key: &'static str,
    /// As an export heads it.
    pub title: &'static str,
    /// What others call it.
    also: &'static [&'static str],
    /// A sheet is no use without it.
    pub needed: bool,
    /// Several columns of a file may be this one.
    pub several: bool,
}

const fn one(key: &'static str, title: &'static str, also: &'static [&'static str]) -> Column {
    Column { key, title, also, needed: false, several: false }
}

const fn needed(key: &'static str, title: &'static str, also: &'static [&'static str]) -> Column {
    Column { needed: true, ..one(key, title, also) }
}

const fn several(key: &'static str, title: &'static str, also: &'static [&'static str]) -> Column {
    Column { several: true, ..one(key, title, also) }
}

const ID: Column = one("id", "Casedesk id", &[]);
const NOTES: Column = one("notes", "Notes", &["note", "comment", "comments", "remarks", "description"]);
const TAGS: Column = several("tags", "Tags", &["tag", "label", "labels", "category", "categories"]);
const OF_ID: Column = one("organisation_id", "Organisation id", &[]);
const OF: Column = one(
    "organisation",
    "Organisation",
    &[
        "organization",
        "company",
        "company name",
        "organisation name",
        "organization name",
        "customer",
        "account",
        "client",
    ],
);
const SEATS: Column = one("seats", "Seats", &["users", "quantity", "number of seats", "licences", "licenses", "qty"]);
const PRODUCT: Column = one("product", "Product", &["product name", "software"]);

const ORGANISATIONS: &[Column] = &[
    ID,
    needed(
        "name",
        "Name",
        &[
            "organisation",
            "organization",
            "company",
            "company name",
            "organisation name",
            "organization name",
            "customer",
            "account",
            "account name",
            "client",
        ],
    ),
    one("kind", "Kind", &["type", "status", "customer type"]),
    several(
        "domains",
        "Domains",
        &["domain", "mail domain", "mail domains", "email domain", "email domains", "website domain"],
    ),
    TAGS,
    NOTES,
];

const CONTACTS: &[Column] = &[
    ID,
    needed("name", "Name", &["full name", "contact", "contact name", "person", "display name"]),
    OF_ID,
    OF,
    several(
        "addresses",
        "Addresses",
        &[
            "address",
            "mail",
            "email",
            "e-mail",
            "emails",
            "mail address",
            "email address",
            "email addresses",
            "e-mail address",
            "email 1",
            "email 2",
            "email 3",
            "other email",
            "work email",
        ],
    ),
    several(
        "numbers",
        "Phone numbers",
        &[
            "phone",
            "phone number",
            "telephone",
            "tel",
            "mobile",
            "mobile phone",
            "cell",
            "numbers",
            "business phone",
            "work phone",
            "phone 1",
            "phone 2",
        ],
    ),
    TAGS,
    NOTES,
];

const CONTRACTS: &[Column] = &[
    ID,
    OF_ID,
    OF,
    needed(
        "option",
        "Support option",
        &["option", "support", "support level", "service level", "plan", "level", "sla"],
    ),
    one(
        "reference",
        "Reference",
        &["contract", "contract number", "number", "order", "order number", "contract id", "po number"],
    ),
    needed(
        "starts_on",
        "First day",
        &["start", "starts", "starts on", "start date", "from", "begin", "begins", "valid from"],
    ),
    one(
        "ends_on",
        "Last day",
        &["end", "ends", "ends on", "end date", "to", "until", "expires", "expiry", "valid to", "valid until"],
    ),
    SEATS,
    one(
        "renews_months",
        "Renews for months",
        &["renews", "renewal", "renewal months", "auto renew months", "goes on by itself for months"],
    ),
];

const LICENCES: &[Column] = &[
    ID,
    OF_ID,
    OF,
    PRODUCT,
    needed("edition", "Edition", &["licence", "license", "licence type", "license type", "sku"]),
    one(
        "key_id",
        "Key id",
        &["key", "licence id", "license id", "licence key id", "license key id", "serial", "serial number"],
    ),
    SEATS,
    one(
        "expires_on",
        "Last day",
        &[
            "expires",
            "expires on",
            "expiry",
            "expiry date",
            "expiration",
            "expiration date",
            "end",
            "end date",
            "valid until",
            "until",
        ],
    ),
];

const INSTALLATIONS: &[Column] = &[
    ID,
    OF_ID,
    OF,
    needed(
        "label",
        "What they call it",
        &["label", "name", "installation", "site", "host", "hostname", "server", "system"],
    ),
    one("role", "Role", &["environment", "purpose", "stage"]),
    PRODUCT,
    one("product_version", "Version", &["product version", "release"]),
    one("os_name", "Operating system", &["os", "os name", "platform"]),
    one("os_version", "OS version", &["operating system version"]),
    one("os_architecture", "Architecture", &["os architecture", "arch", "cpu"]),
    one("protocols", "Protocols", &["protocol"]),
    one("high_availability", "Availability", &["high availability", "ha", "cluster", "redundancy"]),
    one("integrations", "Integrations", &["integration"]),
    one("database", "Database", &["db"]),
    one("runtime", "Runtime", &["runtimes", "java", "java version"]),
    one("security", "Security", &["firewall"]),
    one("other", "Other", &["notes", "comment", "remarks"]),
];

/// The columns of a sheet, in the order of an export.
pub const fn columns(sheet: Sheet) -> &'static [Column] {
    match sheet {
        Sheet::Organisations => ORGANISATIONS,
        Sheet::Contacts => CONTACTS,
        Sheet::Contracts => CONTRACTS,
        Sheet::Licences => LICENCES,
        Sheet::Installations => INSTALLATIONS,
    }
}

/// The column with this key.
pub fn column(sheet: Sheet, key: &str) -> Option<&'static Column> {
    columns(sheet).iter().find(|column| column.key == key)
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column that a heading names.
pub fn column_named(sheet: Sheet, heading: &str) -> Option<&'static Column> {
    let wanted = folded(heading);
    let names = |column: &&Column| {
        let ours = [column.title, column.key];
        ours.iter().chain(column.also).any(|name| folded(name) == wanted)
    };
    columns(sheet).iter().find(names)
}

/// What each column of the file is: as chosen by its place, or else by its heading.
///
/// `chosen` has a key for each column, empty for one that is not read; it may be empty as a whole.
pub fn mapping(sheet: Sheet, head: &[String], chosen: &[String]) -> Result<Vec<Option<&'static Column>>, Unreadable> {
    let mut found: Vec<Option<&'static Column>> = Vec::with_capacity(head.len());
    for (at, heading) in head.iter().enumerate() {
        let column = match chosen.get(at) {
            None => column_named(sheet, heading),
            Some(key) if key.is_empty() => None,
            Some(key) => Some(column(sheet, key).ok_or_else(|| Unreadable::OtherColumn(key.clone()))?),
        };
        let again = column.filter(|column| !column.several && found.contains(&Some(*column)));
        match again {
            Some(column) if !chosen.is_empty() => return Err(Unreadable::ColumnTwice(column.title)),
            // Of two that look alike the first is meant, until somebody chooses.
            Some(_) => found.push(None),
            None => found.push(column),
        }
    }
    let lacking = columns(sheet).iter().find(|column| column.needed && !found.contains(&Some(*column)));
    match lacking {
        Some(column) => Err(Unreadable::NoColumn(column.title)),
        None => Ok(found),
    }
}

/// The field of an installation that a column is.
pub(super) fn field_of(column: &Column) -> Option<Field> {
    rules::field(column.key).ok().filter(|field| *field != Field::Role)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(sheet: Sheet, head: &[&str], chosen: &[&str]) -> Result<Vec<&'static str>, Unreadable> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let found = mapping(sheet, &owned(head), &owned(chosen))?;
        Ok(found.into_iter().map(|column| column.map_or("", |column| column.key)).collect())
    }

    #[test]
    fn columns_are_known_by_their_heading_or_chosen() {
        let head = ["Full Name", "E-Mail", "email 2", "COMPANY", "Shoe size"];
        assert_eq!(keys(Sheet::Contacts, &head, &[]).unwrap(), ["name", "addresses", "addresses", "organisation", ""]);
        let chosen = ["", "addresses", "", "organisation", "name"];
        assert_eq!(keys(Sheet::Contacts, &head, &chosen).unwrap(), ["", "addresses", "", "organisation", "name"]);
        assert_eq!(keys(Sheet::Contacts, &["Mail"], &[]), Err(Unreadable::NoColumn("Name")));
        assert_eq!(keys(Sheet::Contacts, &["a", "b"], &["name", "name"]), Err(Unreadable::ColumnTwice("Name")));
        assert!(matches!(keys(Sheet::Contacts, &["a"], &["edition"]), Err(Unreadable::OtherColumn(_))));
    }

    #[test]
    fn every_heading_of_ours_is_known_and_no_name_means_two_columns() {
        for sheet in Sheet::ALL {
            let mut seen = std::collections::BTreeMap::new();
            for column in columns(*sheet) {
                assert_eq!(column_named(*sheet, column.title), Some(column));
                for name in [column.title].iter().chain(column.also) {
                    let other = seen.insert(folded(name), column.key);
                    assert!(other.is_none_or(|other| other == column.key), "{sheet} {name}");
                }
            }
            for field in columns(Sheet::Installations) {
                assert!(field.key != "role" || field_of(field).is_none());
            }
        }
    }

    #[test]
    fn every_field_of_an_installation_has_a_column() {
        for field in Field::ALL {
            assert!(column(Sheet::Installations, field.name()).is_some(), "{}", field.name());
        }
    }
}
