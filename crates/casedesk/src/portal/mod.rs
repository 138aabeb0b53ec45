//! Customers' own pages: their cases after a login by mailed link, and one case behind a private link. Invariants: every
//! statement carries who asks, so that what is not theirs does not exist for them; they see messages that they wrote
//! or that were sent to them, and nothing else of a case; words of links and sessions are kept as digests.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod permissions;
pub mod rules;
pub mod store;

use crate::cases::CasesError;
use crate::customers::{Contact, ContactId};
use crate::forms::FormsError;
use crate::quotes::QuotesError;
use crate::words;

pub use permissions::{Customer, LinkHolder};

words!(
    /// How much of their organisation's cases its contacts see on their own pages.
    PortalScope {
        /// Each their own.
        Own = "own",
        /// All of the organisation.
        Organisation = "organisation",
    }
);

/// What somebody may see, as the statements are told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The contact's cases, or their organisation's as far as its setting says.
    Contact(ContactId),
    /// The one case of the private link with this digest.
    Link(String),
}

/// A customer at our pages.
#[derive(Clone, Debug)]
pub struct Guest {
    pub sight: Sight,
    pub contact: Contact,
    /// The address by which they came; their answers are written in its name.
    pub address: String,
    /// What they are called here: whoever came by a link is told no name but the one that was typed.
    pub name: String,
}

/// What a customer is refused, in words for them.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    #[error("There is no such case here, or it is not yours to see.")]
    NoCase,
    #[error("Please write something, or choose a file.")]
    Empty,
    #[error("Please keep it under 100,000 characters, and send the rest as a file.")]
    TooLong,
    #[error("Please send at most {0}.")]
    TooMuch(String),
    #[error("Too many tries. Wait {0} s, then try again.")]
    TooMany(u64),
    #[error("This link is not valid any more: it was used, or its 15 minutes are over. Ask for a new one.")]
    DeadLink,
    #[error(transparent)]
    Forms(#[from] FormsError),
    #[error(transparent)]
    Quotes(#[from] QuotesError),
    #[error(transparent)]
    Cases(#[from] CasesError),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Staff(crate::staff::Error),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<crate::staff::Error> for PortalError {
    fn from(error: crate::staff::Error) -> Self {
        match error {
            crate::staff::Error::TooMany(wait_s) => Self::TooMany(wait_s),
            other => Self::Staff(other),
        }
    }
}

impl From<PortalError> for crate::web::Error {
    fn from(error: PortalError) -> Self {
        use PortalError as E;
        match error {
            E::NoCase => Self::not_found("such case"),
            E::DeadLink => Self::new(axum::http::StatusCode::NOT_FOUND, error.to_string()),
            E::TooMany(wait_s) => Self::too_many(wait_s),
            E::Empty | E::TooLong | E::TooMuch(_) => Self::unprocessable(error.to_string()),
            E::Forms(error) => error.into(),
            E::Quotes(error) => error.into(),
            E::Cases(error) => error.into(),
            E::Files(error) => Self::ours(&error),
            E::Staff(error) => error.into(),
            E::Database(error) => error.into(),
        }
    }
}
