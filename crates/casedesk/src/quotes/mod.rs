//! Quotes: what a case beyond its contract costs, from the draft to the customer's answer. Invariants: what was sent never
//! changes, another version takes its place; nobody approves what they wrote themselves, unless the settings allow it; a
//! quote is answered once, by the person it was sent to or by an agent in their name; looking at it changes nothing.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod pdf;
pub mod permissions;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::kit::Day;
use crate::{id, words};

pub use permissions::Approver;

id!(
    /// One version of a quote.
    QuoteId
);

words!(
    /// Where a quote stands.
    QuoteState {
        /// Still written.
        Draft = "draft",
        /// Waits for the approval of sales.
        Submitted = "submitted",
        /// May be sent.
        Approved = "approved",
        /// With the customer.
        Sent = "sent",
        Accepted = "accepted",
        Declined = "declined",
        /// Not answered until the end of its last day.
        Expired = "expired",
        /// Taken back by us.
        Withdrawn = "withdrawn",
        /// A newer version was sent.
        Superseded = "superseded",
    }
);

impl QuoteState {
    /// Whether it is ours to go on with.
    pub const fn is_in_work(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted | Self::Approved)
    }
}

words!(
    /// What the customer says to a quote.
    QuoteAnswer {
        Accepted = "accepted",
        Declined = "declined",
    }
);

words!(
    /// How an answer came.
    AnswerDoor {
        /// On the page behind the private link of the mail.
        Link = "private link",
        /// On the customer's own pages.
        Portal = "portal",
        /// By a mail that an agent has read.
        Mail = "mail",
        /// An agent wrote it down: a signed paper, a call.
        Agent = "agent",
    }
);

words!(
    /// In which order quotes are listed.
    QuoteOrder {
        Newest = "newest",
        /// By the last day of validity, the soonest first.
        Due = "due",
        /// By currency, and within it the dearest first.
        Amount = "amount",
    }
);

/// What a quote says, as an agent wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub title: String,
    /// The address of somebody who takes part in the case; empty: not chosen yet.
    pub to: String,
    /// ISO 4217, as `EUR`.
    pub currency: String,
    /// The last day on which it can be accepted.
    pub valid_until: Day,
    pub lines: Vec<Line>,
    pub text: String,
    pub vat_note: String,
}

/// A line of a quote.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub description: String,
    /// In thousandths.
    pub quantity_milli: i64,
    /// In the smallest unit of the currency; below zero for what is taken off.
    pub unit_price_minor: i64,
}

/// What can go wrong with a quote, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum QuotesError {
    #[error("there is no quote {0}")]
    NoQuote(QuoteId),
    #[error("“{0}” is no currency of ISO 4217, such as EUR")]
    NoCurrency(String),
    #[error("“{0}” is no amount such as 1234.50")]
    BadAmount(String),
    #[error("“{0}” is no quantity such as 2 or 1.5, above zero and with at most 3 decimals")]
    BadQuantity(String),
    #[error("the sums are too large")]
    TooLarge,
    #[error("the total is below zero")]
    BelowZero,
    #[error("“{0}” is no day such as 2027-03-31")]
    BadDay(String),
    #[error("its last day is over; choose a later one")]
    DayIsOver,
    #[error("a quote is valid for 5 years at the most")]
    DayIsTooFar,
    #[error("“{field}” is longer than {most} characters")]
    TooLong { field: &'static str, most: usize },
    #[error("“{field}” has more than {most} lines")]
    TooManyBreaks { field: &'static str, most: usize },
    #[error("“{0}” is empty")]
    Empty(&'static str),
    #[error("write at least one line with its price")]
    NoLines,
    #[error("a quote has {0} lines at the most")]
    TooManyLines(usize),
    #[error("choose who it goes to: somebody who takes part in the case")]
    NoRecipient,
    #[error("“{0}” does not take part in the case; add them to it first")]
    NotOnCase(String),
    #[error("mail to {0} is paused: {1}")]
    Paused(String, String),
    #[error("the desk sends no mail (mail.from is empty)")]
    NoMail,
    #[error("the quote is {is}; {needs}")]
    WrongState { is: QuoteState, needs: &'static str },
    #[error("somebody changed the quote meanwhile; look at it again")]
    ChangedSince,
    #[error("you wrote this quote: somebody else of sales has to approve it (quotes.four_eyes)")]
    OwnQuote,
    #[error("another version of this quote was accepted already")]
    AcceptedBefore,
    #[error("there is a newer version of this quote: {0}")]
    NewerVersion(QuoteId),
    #[error("no mail on the case reads like an answer to this quote")]
    NothingRead,
    #[error("write your name, so that we know who answers")]
    NoName,
    #[error("tick that you accept it")]
    NotTicked,
    #[error("this link leads to nothing: it was mistyped, or its time is over")]
    DeadLink,
    #[error("the paper cannot be written: {0}")]
    Paper(String),
    #[error(transparent)]
    Cases(#[from] crate::cases::CasesError),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Staff(#[from] crate::staff::Error),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl QuotesError {
    /// As a sentence.
    pub fn words(&self) -> String {
        let text = self.to_string();
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
    }

    /// Whether it is what was typed that has to be put right.
    pub fn is_input(&self) -> bool {
        use QuotesError as E;
        matches!(
            self,
            E::NoCurrency(_)
                | E::BadAmount(_)
                | E::BadQuantity(_)
                | E::TooLarge
                | E::BelowZero
                | E::BadDay(_)
                | E::DayIsOver
                | E::DayIsTooFar
                | E::TooLong { .. }
                | E::TooManyBreaks { .. }
                | E::Empty(_)
                | E::NoLines
                | E::TooManyLines(_)
                | E::NoRecipient
                | E::NotOnCase(_)
                | E::NoName
                | E::NotTicked
        )
    }
}

impl From<QuotesError> for crate::web::Error {
    fn from(error: QuotesError) -> Self {
        use QuotesError as E;
        match error {
            E::Database(error) => error.into(),
            E::Cases(error) => error.into(),
            E::Staff(error) => error.into(),
            E::Files(error) => Self::ours(&error),
            E::Paper(_) => Self::ours(&error),
            E::NoQuote(_) => Self::not_found("such quote"),
            E::DeadLink => Self::new(axum::http::StatusCode::NOT_FOUND, error.words()),
            E::OwnQuote => Self::forbidden(error.words()),
            E::WrongState { .. } | E::ChangedSince | E::AcceptedBefore | E::NewerVersion(_) | E::NothingRead => {
                Self::conflict(error.words())
            }
            _ => Self::unprocessable(error.words()),
        }
    }
}

/// A line as programs write and read it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteLine {
    pub description: String,
    /// A decimal number with at most 3 decimals, as `1.5`.
    pub quantity: String,
    /// In the smallest unit of the currency, as cents; below zero for what is taken off.
    pub unit_price_minor: i64,
    /// Quantity times price, rounded half away from zero. Not read when it is sent.
    #[serde(default)]
    pub total_minor: i64,
}
