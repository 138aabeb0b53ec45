//! The telephone: calls, who called, and that what was said is confirmed in writing. Invariants: what an agent writes
//! during a call is on the server; once it is on a case its words never change, a correction stands beside them; each
//! question is asked once, whatever runs twice; a link opens one call and nothing else, and looking at it changes nothing.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod rules;
pub mod store;

use crate::customers::rules::NoNumber;
pub use crate::customers::{Number, NumberId};
use crate::{id, words};

id!(
    /// A telephone call.
    CallId
);
id!(
    /// One question whether a call was as written.
    ConfirmationId
);

words!(
    /// How far a call is on its way to be confirmed in writing.
    CallState {
        /// Its agent still writes; it is on no case.
        Running = "running",
        /// On a case, and nobody has been asked.
        Logged = "logged",
        /// The caller was asked to confirm in writing.
        Asked = "asked",
        /// The agent's summary was sent to be confirmed or corrected.
        SummarySent = "summary sent",
        /// No answer came in time: an agent decides.
        Unanswered = "unanswered",
        /// The contact confirmed the summary.
        Confirmed = "confirmed",
        /// The contact corrected the summary.
        Corrected = "corrected",
        /// The contact wrote it down in their own words.
        Written = "written",
        /// An agent let it stand without an answer.
        Accepted = "accepted",
    }
);

impl CallState {
    /// Whether it is on a case and nobody has confirmed it.
    pub const fn is_unconfirmed(self) -> bool {
        matches!(self, Self::Logged | Self::Asked | Self::SummarySent | Self::Unanswered)
    }

    /// Whether the contact was asked and may still answer.
    pub const fn awaits_answer(self) -> bool {
        matches!(self, Self::Asked | Self::SummarySent | Self::Unanswered)
    }
}

words!(
    /// Who called whom.
    Direction {
        In = "in",
        Out = "out",
    }
);

words!(
    /// What the contact is asked.
    Question {
        /// To confirm in writing, in their own words.
        Written = "written",
        /// To confirm or correct the agent's summary.
        Summary = "summary",
    }
);

/// What can go wrong with a call, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    #[error("there is no call {0}")]
    NoCall(CallId),
    #[error(transparent)]
    BadNumber(#[from] NoNumber),
    #[error("choose who called, or give the name of a new contact")]
    NoCaller,
    #[error("there is no contact {0}")]
    NoContact(i64),
    #[error("there is no such number of that contact")]
    NoNumber,
    #[error("the contact has that number already")]
    NumberTaken,
    #[error("this contact has no mail address to ask at; add one, or save only")]
    NoAddress,
    #[error("mail to {0} is paused: {1}")]
    Paused(String, String),
    #[error("the desk sends no mail (mail.from is empty); save only")]
    NoMail,
    #[error("“{0}” is not a time such as 2027-03-01T09:30")]
    BadTime(String),
    #[error("a call cannot end before it began")]
    EndsBeforeStart,
    #[error("the call is on its case already")]
    LoggedAlready,
    #[error("the call is not on a case yet")]
    NotLogged,
    #[error("the call was confirmed already")]
    Settled,
    #[error("“{field}” is longer than {most} characters")]
    TooLong { field: &'static str, most: usize },
    #[error("write what was said")]
    Empty,
    #[error("this link leads to nothing: it was mistyped, or its time is over")]
    DeadLink,
    #[error("too many tries at links that lead to nothing; wait {0} s")]
    TooMany(u64),
    #[error("the announcement is not signed with phone.webhook_secret, or too old")]
    Unsigned,
    #[error("the announcement cannot be read: {0}")]
    BadAnnouncement(String),
    #[error(transparent)]
    Cases(#[from] crate::cases::CasesError),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl PhoneError {
    /// As a sentence.
    pub fn words(&self) -> String {
        let text = self.to_string();
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
    }

    /// Whether the one who asked can put it right themselves.
    pub fn is_refusal(&self) -> bool {
        use crate::cases::CasesError as C;
        !matches!(self, Self::Database(_) | Self::Cases(C::Database(_) | C::Files(_)))
    }
}

impl From<PhoneError> for crate::web::Error {
    fn from(error: PhoneError) -> Self {
        use PhoneError as E;
        match error {
            E::Database(error) => error.into(),
            E::Cases(error) => error.into(),
            E::NoCall(_) => Self::not_found("such call"),
            E::NoContact(_) => Self::not_found("such contact"),
            E::NoNumber => Self::not_found("such number of that contact"),
            E::TooMany(wait_s) => Self::too_many(wait_s),
            E::DeadLink => Self::new(axum::http::StatusCode::NOT_FOUND, error.words()),
            E::Unsigned => Self::new(axum::http::StatusCode::UNAUTHORIZED, error.words()),
            E::BadAnnouncement(_) => Self::bad_request(error.words()),
            E::LoggedAlready | E::NotLogged | E::Settled | E::NumberTaken => Self::conflict(error.words()),
            _ => Self::unprocessable(error.words()),
        }
    }
}
