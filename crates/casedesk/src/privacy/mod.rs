//! What somebody may ask of a company that keeps data about them: a copy of it (GDPR article 15 and 20), and that it is
//! erased (article 17). Invariants: nothing is handed out or erased that was not listed before; each step is in the audit
//! log; an archive is gone when its time is over; what was erased does not come back by the mail that brought it.
pub mod actions;
pub mod api;
pub mod archive;
pub mod jobs;
pub mod pages;
pub mod parts;
pub mod rules;
pub mod store;

use crate::customers::{ContactId, OrganisationId};
use crate::{id, words};

id!(
    /// Something that was asked for.
    RequestId
);

words!(
    /// What is asked for.
    RequestKind {
        /// A copy of what is kept.
        Export = "export",
        /// That it is erased.
        Erasure = "erasure",
    }
);

words!(
    /// How far it is.
    RequestState {
        /// It is asked for, and under way.
        Running = "running",
        /// The archive can be downloaded.
        Ready = "ready",
        /// All that was listed is erased.
        Done = "done",
        /// It was tried for long enough; the reason stands with it.
        Failed = "failed",
        /// The archive was removed, by its time or by hand.
        Removed = "removed",
    }
);

words!(
    /// Of whom.
    SubjectKind {
        Contact = "contact",
        Organisation = "organisation",
    }
);

/// Whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Contact(ContactId),
    /// All of its contacts too.
    Organisation(OrganisationId),
}

impl Subject {
    pub fn kind(self) -> SubjectKind {
        match self {
            Self::Contact(_) => SubjectKind::Contact,
            Self::Organisation(_) => SubjectKind::Organisation,
        }
    }

    pub fn number(self) -> i64 {
        match self {
            Self::Contact(id) => id.0,
            Self::Organisation(id) => id.0,
        }
    }

    pub fn new(kind: SubjectKind, number: i64) -> Self {
        match kind {
            SubjectKind::Contact => Self::Contact(ContactId(number)),
            SubjectKind::Organisation => Self::Organisation(OrganisationId(number)),
        }
    }

    /// The page of it, without what this room adds.
    pub fn path(self) -> String {
        format!("/{}s/{}", self.kind(), self.number())
    }
}

/// What is refused, in words for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    #[error("There is no such {0} here.")]
    NoSubject(SubjectKind),
    #[error("There is no such request.")]
    NoRequest,
    #[error("There is no archive any more, or not yet.")]
    NoArchive,
    #[error("Type “{0}” as it stands here, so that nobody is erased by mistake.")]
    NotTheName(String),
    #[error("This is under way already.")]
    UnderWay,
    #[error("another run of it is under way")]
    Elsewhere,
    #[error("the archive could not be written")]
    Archive(#[source] std::io::Error),
    #[error(transparent)]
    Cases(#[from] crate::cases::CasesError),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<PrivacyError> for crate::web::Error {
    fn from(error: PrivacyError) -> Self {
        use PrivacyError as E;
        match error {
            E::Database(error) => error.into(),
            E::Cases(error) => error.into(),
            E::NoSubject(kind) => Self::not_found(format!("such {kind}")),
            E::NoRequest => Self::not_found("such request"),
            E::NoArchive => Self::not_found("such archive"),
            E::NotTheName(_) => Self::unprocessable(error.to_string()),
            E::UnderWay | E::Elsewhere => Self::conflict(error.to_string()),
            E::Archive(_) | E::Files(_) => Self::ours(&error),
        }
    }
}
