//! The door `form`: a hosted page, the same in a frame of other sites, and plain forms that other sites build.
//! Invariants: a form sent twice is one case; what looks like a program's is told so or held, never dropped; what
//! somebody types about themselves opens nothing to them but the case that they write; a private link is kept as its
//! digest alone.
pub mod actions;
pub mod api;
pub mod pages;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::cases::CasesError;
use crate::{id, words};

id!(
    /// A message that came by the form.
    SubmissionId
);
id!(
    /// A link that shows one case to whoever has it.
    PrivateLinkId
);

words!(
    /// What became of a message of the form.
    SubmissionState {
        /// It is a case.
        Taken = "taken",
        /// It waits for an agent's look.
        Held = "held",
        /// An agent made a case of it.
        Released = "released",
        /// An agent put it away.
        Discarded = "discarded",
    }
);

/// The fields of the form as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Typed {
    pub name: String,
    pub address: String,
    pub organisation: String,
    pub kind: String,
    pub product: String,
    pub version: String,
    pub system: String,
    pub description: String,
}

/// A field that needs another look, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub words: String,
}

/// Names that the form proposes; where there are none, it proposes nothing.
#[derive(Clone, Debug, Default)]
pub struct Suggestions {
    pub products: Vec<String>,
    pub versions: Vec<String>,
    pub systems: Vec<String>,
}

/// What the form refuses, in words for the one who sent it.
#[derive(Debug, thiserror::Error)]
pub enum FormsError {
    #[error("Some fields need another look.")]
    Faults(Vec<Fault>),
    #[error("A field that people do not see was filled in, as programs do. It is empty again: send once more.")]
    Trap,
    #[error("That was quicker than a person can type. Wait {0} s, then send again.")]
    TooQuick(u64),
    #[error("This page was open for too long, or it was changed on the way. It is fresh again: send once more.")]
    Stale,
    #[error("This page was used before, for {0}. It is fresh again: send once more to open another case.")]
    Used(String),
    #[error("Too many messages came from you. Wait {0} s, then send again.")]
    TooMany(u64),
    #[error("Too many messages wait for a look just now. Send yours later, or by mail.")]
    Full,
    #[error("There is no such message, or it is not held any more.")]
    NoSubmission,
    #[error("There is no such link.")]
    NoLink,
    #[error(transparent)]
    Cases(#[from] CasesError),
    #[error(transparent)]
    Staff(crate::staff::Error),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<crate::staff::Error> for FormsError {
    fn from(error: crate::staff::Error) -> Self {
        match error {
            crate::staff::Error::TooMany(wait_s) => Self::TooMany(wait_s),
            other => Self::Staff(other),
        }
    }
}

impl From<FormsError> for crate::web::Error {
    fn from(error: FormsError) -> Self {
        use FormsError as E;
        match error {
            E::Cases(error) => error.into(),
            E::Staff(error) => error.into(),
            E::Database(error) => error.into(),
            E::Files(error) => Self::ours(&error),
            E::TooMany(wait_s) => Self::too_many(wait_s),
            E::NoSubmission => Self::not_found("such message"),
            E::NoLink => Self::not_found("such link"),
            E::Full => Self::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            E::Faults(_) | E::Trap | E::TooQuick(_) | E::Stale | E::Used(_) => Self::unprocessable(error.to_string()),
        }
    }
}
