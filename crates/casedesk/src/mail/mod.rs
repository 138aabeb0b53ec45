//! Mail: outside messages ⇄ actions on cases. Invariants: a message is stored whole and synced before
//! its source is told that we have it; the same message is one entry however often it comes; nothing
//! that came in is dropped, only set aside where people see it; what goes out is a job of the
//! transaction that decided it, with one Message-ID for all its tries.
pub mod actions;
pub mod api;
pub mod check;
pub mod client;
pub mod filer;
pub mod handover;
pub mod imap;
pub mod jobs;
pub mod listener;
pub mod mailboxes;
pub mod oauth;
pub mod pages;
pub mod rules;
pub mod store;
pub mod tls;

use std::net::IpAddr;

use serde::Serialize;

use crate::{id, words};

id!(
    /// A message as it came in.
    InboundId
);

words!(
    /// How far an incoming message is.
    InboundState {
        /// Stored, not read yet.
        New = "new",
        /// An entry of a case.
        Filed = "filed",
        /// The same as one that was filed before.
        Duplicate = "duplicate",
        /// Written by a machine, and no case is concerned.
        Aside = "aside",
        /// Could not be read or filed; the reason stands with it.
        Quarantined = "quarantined",
        /// Looked at by a person and put away.
        Dismissed = "dismissed",
    }
);

/// The way a message came.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Source<'a> {
    Imap { mailbox: &'a str, uid_validity: u32, uid: u32 },
    Listener { envelope_from: &'a str, envelope_to: &'a [String], peer: IpAddr },
    Import { path: &'a str },
    Api,
}

impl Source<'_> {
    /// The word for lists and counters.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Imap { .. } => "imap",
            Self::Listener { .. } => "listener",
            Self::Import { .. } => "import",
            Self::Api => "api",
        }
    }

    /// What makes a repeated hand-over recognisable before anything is read.
    fn key(&self) -> Option<String> {
        match self {
            Self::Imap { mailbox, uid_validity, uid } => Some(format!("imap:{mailbox}:{uid_validity}:{uid}")),
            _ => None,
        }
    }
}

/// What became of a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Stored(InboundId),
    /// The same mailbox, UIDVALIDITY and UID were stored before.
    Again,
}

/// What can go wrong with mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the message has {size} bytes, more than the {limit} of mail.max_size")]
    TooLarge { size: usize, limit: usize },
    #[error("there is no incoming message {0}")]
    NoMessage(InboundId),
    #[error("message {0} is not in the quarantine")]
    NotQuarantined(InboundId),
    #[error("reading the message broke off: {0}")]
    Broke(String),
    #[error(transparent)]
    Unreadable(#[from] casedesk_mail::Unreadable),
    #[error(transparent)]
    Database(#[from] crate::db::Error),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error(transparent)]
    Cases(#[from] crate::cases::CasesError),
    #[error(transparent)]
    Staff(#[from] crate::staff::Error),
}

impl From<MailError> for crate::web::Error {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Database(error) => error.into(),
            MailError::Cases(error) => error.into(),
            MailError::Staff(error) => error.into(),
            MailError::NoMessage(_) => Self::not_found("such message"),
            MailError::NotQuarantined(_) => Self::conflict("The message was dealt with already."),
            MailError::TooLarge { .. } | MailError::Unreadable(_) => Self::unprocessable(error.to_string()),
            MailError::Broke(_) | MailError::Files(_) => Self::ours(&error),
        }
    }
}
