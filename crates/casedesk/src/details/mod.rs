//! Details of installations as customers give them themselves: the form behind the private link of a mail that asks for
//! them, and the files that come by it. Invariants: a link shows the installation of its own case and nothing else, and
//! that only to somebody of the same organisation; what is typed is kept field by field and never written over unseen;
//! a value that is newer than what the customer saw is not replaced by theirs; a file is never in memory as a whole.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod permissions;
pub mod rules;
pub mod store;

use crate::cases::CasesError;
use crate::customers::{Contact, CustomersError};
use crate::{id, words};

pub use permissions::FormHolder;

id!(
    /// A mail that asks for details, with the form behind its link.
    RequestId
);
id!(
    /// A file that comes by the form.
    UploadId
);

words!(
    /// How far a file is that comes by the form.
    UploadState {
        /// There is more to come.
        Coming = "coming",
        /// All of it is here, in blocks.
        Whole = "whole",
        /// It is on the case.
        Kept = "kept",
    }
);

/// Whoever came by a link, and the form behind it.
#[derive(Clone, Debug)]
pub struct Holder {
    pub request: store::Request,
    pub contact: Contact,
}

/// What can go wrong with the form, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum DetailsError {
    #[error("This link is not valid: it was mistyped, its time is over, or it was withdrawn.")]
    DeadLink,
    #[error("There is no such {0} here.")]
    Missing(&'static str),
    #[error("“{0}” is longer than {1} characters.")]
    TooLong(&'static str, usize),
    #[error("It was changed on another page meanwhile.")]
    ChangedElsewhere { value: String, version: i64 },
    #[error("Too many tries. Wait {0} s, then try again.")]
    TooMany(u64),
    #[error("Say first which installation this case is about.")]
    NoInstallation,
    #[error("The file is empty.")]
    EmptyFile,
    #[error("A file has at most {0}.")]
    FileTooLarge(String),
    #[error("The files of one link have together at most {0}.")]
    TooMuch(String),
    #[error("At most {0} files are taken by one link.")]
    TooManyFiles(i64),
    #[error("The file goes on at byte {0}.")]
    OtherPlace(i64),
    #[error("There is more than the file was said to have.")]
    PastTheEnd,
    #[error("Another connection goes on with this file.")]
    TakenOver,
    #[error("Too many files are coming just now. Go on in a moment.")]
    Busy,
    #[error("The connection was lost; the file can be gone on with.")]
    Cut,
    #[error(transparent)]
    Customers(#[from] CustomersError),
    #[error(transparent)]
    Cases(#[from] CasesError),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Staff(crate::staff::Error),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<crate::staff::Error> for DetailsError {
    fn from(error: crate::staff::Error) -> Self {
        match error {
            crate::staff::Error::TooMany(wait_s) => Self::TooMany(wait_s),
            other => Self::Staff(other),
        }
    }
}

impl From<DetailsError> for crate::web::Error {
    fn from(error: DetailsError) -> Self {
        use DetailsError as E;
        use axum::http::StatusCode;
        match error {
            E::Customers(error) => error.into(),
            E::Cases(error) => error.into(),
            E::Files(error) => Self::ours(&error),
            E::Staff(error) => error.into(),
            E::Database(error) => error.into(),
            E::TooMany(wait_s) => Self::too_many(wait_s),
            E::DeadLink => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            E::Missing(what) => Self::not_found(format!("such {what}")),
            E::OtherPlace(received) => Self::conflict(error.to_string()).with("received", received),
            E::ChangedElsewhere { ref value, version } => {
                Self::conflict(error.to_string()).with("value", value.as_str()).with("version", version)
            }
            E::FileTooLarge(_) | E::TooMuch(_) | E::PastTheEnd => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
            }
            E::TakenOver => Self::new(StatusCode::LOCKED, error.to_string()),
            E::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            E::TooManyFiles(_) => Self::conflict(error.to_string()),
            E::Cut => Self::bad_request(error.to_string()),
            E::TooLong(..) | E::NoInstallation | E::EmptyFile => Self::unprocessable(error.to_string()),
        }
    }
}
