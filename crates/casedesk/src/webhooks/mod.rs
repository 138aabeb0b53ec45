//! Outgoing webhooks: what happens to cases, told to other programs. Invariants: a delivery is decided in the
//! transaction of its event; every try sends the same body under the same id (Standard Webhooks); a note's
//! text never leaves; nothing of ours is reached, whatever a name resolves to.
pub mod actions;
pub mod api;
pub mod client;
pub mod jobs;
pub mod pages;
pub mod rules;
pub mod store;

use crate::{id, words};

id!(
    /// Where events are told.
    WebhookId
);
id!(
    /// One event on its way to one webhook.
    DeliveryId
);

words!(
    /// How far a delivery is.
    DeliveryState {
        /// Not taken yet; it is tried until it is, for four days.
        Waiting = "waiting",
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
        /// The webhook was disabled before it could be sent.
        Cancelled = "cancelled",
    }
);

impl DeliveryState {
    pub const fn can_be_sent_again(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }
}

/// What can go wrong with a webhook, for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum WebhooksError {
    #[error("there is no such webhook")]
    NoWebhook,
    #[error("there is no such delivery")]
    NoDelivery,
    #[error("the webhook is disabled; enable it, then send again")]
    Disabled,
    #[error("only a delivery that failed can be sent again, for 30 days")]
    NotAgain,
    #[error("“{0}” is not an address that can be called: it begins with https:// or http:// and names no password")]
    BadUrl(String),
    #[error("“{0}” is an address inside a private network; webhooks.allow_private allows it")]
    Private(String),
    #[error("“{0}” is no kind of event")]
    UnknownKind(String),
    #[error("a secret is “whsec_” and 24 to 64 bytes in base64")]
    BadSecret,
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<WebhooksError> for crate::web::Error {
    fn from(error: WebhooksError) -> Self {
        match error {
            WebhooksError::Database(error) => error.into(),
            WebhooksError::NoWebhook => Self::not_found("such webhook"),
            WebhooksError::NoDelivery => Self::not_found("such delivery"),
            error @ (WebhooksError::Disabled | WebhooksError::NotAgain) => Self::conflict(error.to_string()),
            error => Self::unprocessable(error.to_string()),
        }
    }
}
