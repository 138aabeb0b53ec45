//! The door `form`: a hosted page, the same in a frame of other sites, and plain forms that other sites build.
//! Invariants: a form sent twice is one case; what looks like a program's is told so or held, never dropped; what
//! somebody types about themselves opens nothing to them but the case that they write; a private link is kept as its
//! digest alone.
pub mod actions;
pub mod api;
pub mod pages;
pub mod rules;
pub mod store;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::cases::CasesError;
use crate::products::ProductId;
use crate::{id, words};

id!(
    /// A message that came by the form.
    SubmissionId
);
id!(
    /// A link that shows one case to whoever has it.
    PrivateLinkId
);
id!(
    /// Something that the form asks besides, for one product.
    QuestionId
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

words!(
    /// How a question is answered.
    QuestionKind {
        /// In a line of words.
        Text = "text",
        /// By one of its choices.
        Choice = "choice",
        Number = "number",
        YesNo = "yes_no",
    }
);

/// Something that the form asks besides, for one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FormQuestion {
    pub id: QuestionId,
    pub product_id: ProductId,
    pub label: String,
    pub kind: QuestionKind,
    pub choices: Vec<String>,
    pub required: bool,
    /// The detail of an installation that an answer is proposed as: `high_availability`…
    pub detail: Option<String>,
}

impl FormQuestion {
    /// The name of its field.
    pub fn name(&self) -> String {
        format!("q-{}", self.id)
    }
}

/// A question as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionDraft {
    pub label: String,
    pub kind: QuestionKind,
    /// Of a choice: 2 to 50.
    #[serde(default)]
    pub choices: Vec<String>,
    #[serde(default)]
    pub required: bool,
    /// The detail of an installation that an answer is proposed as. Null: of none.
    #[serde(default)]
    pub detail: Option<String>,
}

/// An answer to a question, with the words in which it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answered {
    pub question: QuestionId,
    pub label: String,
    pub value: String,
    pub detail: Option<String>,
}

impl Answered {
    /// As it was typed.
    pub fn given(question: QuestionId, value: String) -> Self {
        Self { question, label: String::new(), value, detail: None }
    }
}

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
    /// To the questions of its product.
    pub answers: Vec<Answered>,
}

/// A field that needs another look, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: Cow<'static, str>,
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
    #[error("{0}")]
    BadQuestion(&'static str),
    #[error("There is no such question.")]
    NoQuestion,
    #[error("There is no such product of ours.")]
    NoProduct,
    #[error("There are as many questions as there can be. Remove one first.")]
    TooManyQuestions,
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
            E::NoQuestion => Self::not_found("such question"),
            E::NoProduct => Self::not_found("such product of ours"),
            E::TooManyQuestions => Self::conflict(error.to_string()),
            E::BadQuestion(words) => Self::unprocessable(words),
            E::Full => Self::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            E::Faults(_) | E::Trap | E::TooQuick(_) | E::Stale | E::Used(_) => Self::unprocessable(error.to_string()),
        }
    }
}
