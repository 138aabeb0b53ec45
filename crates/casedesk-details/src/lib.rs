//! Reading what customers answer about their installation, purely: text to [`Proposal`]s.
//!
//! There is no clock, no network, no file and no database in here. The desk's products, their
//! releases, the template's questions and what is known already are a parameter ([`Context`]).
//! Nothing is decided: every proposal names the sentence that it came from, how sure the reader
//! is, and why; an agent accepts. What is said of a plan, of the past, of the clients or of another
//! machine is not proposed, and what is in doubt is [`Confidence::Unsure`]: unsure beats wrong.
//!
//! ```
//! use casedesk_details::{Confidence, Context, Field, Product, read};
//!
//! let product = Product {
//!     name: "Ferrywell Transfer".into(),
//!     aliases: vec!["FT".into()],
//!     releases: vec!["5.0".into(), "5.1".into()],
//! };
//! let context = Context { products: vec![product], ..Context::default() };
//! let text = "We run 5.1 on 2012 R2. I think there is LDAP.";
//! let found = read(text, &context);
//! let value = |field| found.iter().find(|one| one.field == field).map(|one| one.value.as_str());
//! assert_eq!(value(Field::ProductVersion), Some("5.1"));
//! assert_eq!(value(Field::OsName), Some("Windows Server"));
//! assert_eq!(value(Field::OsVersion), Some("2012 R2"));
//! let ldap = found.iter().find(|one| one.value == "LDAP").expect("a proposal");
//! assert_eq!(ldap.confidence, Confidence::Unsure);
//! assert_eq!(&text[ldap.source.range.clone()], "I think there is LDAP.");
//! ```
//!
//! Also here: operating systems as people write them ([`os`]), product versions ([`version`]), time
//! stamps of log files ([`logs`]), and which fields are missing ([`completeness`]).
//!
//! How it reads: `layout` cuts the text into pieces (lines, answers below quoted questions, cells of
//! tables), each with what it answers; `sentence` cuts those into sentences; `entities` finds names
//! and versions in them; `stance` tells whether a name is affirmed, denied, doubted, planned, past or
//! somebody else's; `merge` settles what was said twice or in contradiction. Every step is one pass
//! over bounded text: at most [`MOST_BYTES`] are read and [`MOST_PROPOSALS`] returned.

mod assemble;
pub mod completeness;
mod entities;
mod field;
mod installations;
mod layout;
pub mod logs;
mod merge;
pub mod os;
mod phrases;
mod sentence;
mod stance;
mod text;
pub mod version;
mod words;

pub use assemble::{MOST_BYTES, MOST_PROPOSALS, read};
pub use field::{Confidence, Context, Field, Known, Product, Proposal, Question, Source};
