//! What can go wrong in the room, in words for the one who asked, and as an answer over HTTP.
use super::{CaseId, EntryId};

/// What can go wrong with a case, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    #[error("there is no case {0}")]
    NoCase(CaseId),
    #[error("there is no entry {0} on this case")]
    NoEntry(EntryId),
    #[error("“{0}” is empty")]
    Empty(&'static str),
    #[error("“{field}” is longer than {most} characters")]
    TooLong { field: &'static str, most: usize },
    #[error("“{0}” is not a mail address")]
    BadAddress(String),
    #[error("there is nobody to send it to")]
    NoRecipient,
    #[error("a closed case takes no reply; open a follow-up")]
    Closed(CaseId),
    #[error("the case changed since you began to write")]
    ChangedSince { case: CaseId, newest: EntryId },
    #[error("it is too late to take that back: the mail is on its way")]
    TooLate(EntryId),
    #[error("a case cannot be merged into itself or into one that is merged into it")]
    MergeCircle(CaseId),
    #[error("case {0} is merged already")]
    AlreadyMerged(CaseId),
    #[error("a newer draft was kept from elsewhere; look at it first")]
    DraftIsNewer,
    #[error("that was undone before")]
    AlreadyUndone,
    #[error("pick at least one message, and leave at least one")]
    BadSplit,
    #[error("{0} is not a date in the future")]
    NotInFuture(String),
    #[error("the filter is not understood: {0}")]
    BadFilter(String),
    #[error("“{0}” is no such team or agent")]
    NoSuch(String),
    #[error(
        "{0} may not see this case, so nobody was told and the note is not kept; take the name out, or give the case to a team that is open to them"
    )]
    CannotSee(String),
    #[error(
        "an acknowledgement knows the field {{{{case}}}} alone, since nobody has looked at the message yet; take “{0}” out"
    )]
    NotAcknowledged(String),
    #[error("there is no such {0}")]
    Missing(&'static str),
    #[error("there is a {0} of that name already")]
    Taken(&'static str),
    #[error("the case belongs to no organisation, so nothing can be kept in a file; give its contact one first")]
    NoOrganisation,
    #[error("the case belongs to no organisation, so nobody has a vote; give its contact one first")]
    NoVoter,
    #[error(transparent)]
    Customers(#[from] crate::customers::CustomersError),
    #[error(transparent)]
    Products(#[from] crate::products::ProductsError),
    #[error("the customer file changes too often just now to be held against cases")]
    KeepsChanging,
    #[error("nothing is missing on this case")]
    NothingMissing,
    #[error("no newer release is known for the installation of this case, and all that it runs on is supported")]
    NothingNewer,
    #[error("this client id was used for another case")]
    ClientIdUsed,
    #[error(transparent)]
    Database(#[from] crate::db::Error),
    #[error(transparent)]
    Staff(#[from] crate::staff::Error),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
}

impl From<CasesError> for crate::web::Error {
    fn from(error: CasesError) -> Self {
        use CasesError as E;
        match error {
            E::Database(error) => error.into(),
            E::Customers(error) => error.into(),
            E::Products(error) => error.into(),
            E::Staff(error) => error.into(),
            E::Files(crate::files::FilesError::Missing(_)) => Self::not_found("such file"),
            E::Files(error) => Self::ours(&error),
            E::NoCase(_) | E::NoEntry(_) => Self::not_found("such case or entry"),
            E::Missing(what) => Self::not_found(format!("such {what}")),
            E::ChangedSince { newest, .. } => Self::conflict(sentence(&error)).with("newest_entry", newest.0),
            E::TooLate(_)
            | E::AlreadyMerged(_)
            | E::AlreadyUndone
            | E::Closed(_)
            | E::Taken(_)
            | E::ClientIdUsed
            | E::DraftIsNewer => Self::conflict(sentence(&error)),
            _ => Self::unprocessable(sentence(&error)),
        }
    }
}

fn sentence(error: &CasesError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
