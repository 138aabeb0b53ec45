//! What we sell and what it runs on: products, their releases, the life-cycle table, the roadmap with its votes.
//!
//! Invariants: a product is known by one name for each spelling, and by its word in public addresses; the days of a
//! cycle are in order; an organisation votes once for an item. The public pages show products of ours that are not
//! archived, items that are marked public, and votes as a number; nothing else.
pub mod actions;
pub mod api;
pub mod pages;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::{id, words};

id!(
    /// Something that we sell, or that it runs on.
    ProductId
);
id!(
    /// A line of the life-cycle table.
    CycleId
);
id!(
    /// One released version.
    ReleaseId
);
id!(
    /// Something that may come.
    ItemId
);
id!(
    /// An organisation, as a vote names it: the room of the organisations stands above this one.
    VoterId
);

words!(
    /// What a product is to us.
    ProductKind { Own = "own", OperatingSystem = "operating_system", Runtime = "runtime" }
);

words!(
    /// Whom a release is for.
    Channel {
        /// Everybody.
        Stable = "stable",
        /// Those who try what is not finished: never the newest release.
        Preview = "preview",
        /// Those who have the fault that it mends.
        Hotfix = "hotfix",
    }
);

words!(
    /// How far a roadmap item is.
    RoadmapStatus {
        Considered = "considered",
        Planned = "planned",
        InProgress = "in_progress",
        Released = "released",
        Declined = "declined",
    }
);

#[derive(Clone, Debug, Serialize, sqlx::FromRow, ToSchema)]
pub struct Product {
    pub id: ProductId,
    /// The word in public addresses.
    pub slug: String,
    pub name: String,
    pub kind: ProductKind,
    /// Since when it is out of use: kept, and shown to nobody outside.
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Product {
    /// Whether its life cycle and its roadmap may be seen by everybody.
    pub fn is_public(&self) -> bool {
        self.kind == ProductKind::Own && self.archived_at.is_none()
    }
}

/// A line of the life-cycle table. A day counts itself: until the end of it, things are as before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, ToSchema)]
pub struct Cycle {
    pub id: CycleId,
    pub product_id: ProductId,
    pub name: String,
    /// Supported for longer than others.
    pub lts: bool,
    pub released_on: Option<Day>,
    pub support_ends_on: Option<Day>,
    pub security_ends_on: Option<Day>,
    pub ends_on: Option<Day>,
    /// It is over, and nobody knows since when.
    pub ended: bool,
    /// The newest version, where its releases are not kept here.
    pub latest: Option<String>,
    pub latest_on: Option<Day>,
    pub link: Option<String>,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, sqlx::FromRow, ToSchema)]
pub struct Release {
    pub id: ReleaseId,
    pub product_id: ProductId,
    pub cycle_id: Option<CycleId>,
    pub version: String,
    pub released_on: Option<Day>,
    pub channel: Channel,
    /// Markdown; for the team.
    pub notes: String,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, sqlx::FromRow, ToSchema)]
pub struct Item {
    pub id: ItemId,
    pub product_id: ProductId,
    pub title: String,
    /// Markdown.
    pub body: String,
    pub status: RoadmapStatus,
    /// When or in which release it is to come, in words.
    pub target: Option<String>,
    pub link: Option<String>,
    /// Whether the public roadmap shows it.
    pub public: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub votes: i64,
}

/// A product as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductDraft {
    pub name: String,
    /// Small letters, digits and hyphens. Empty: made from the name.
    #[serde(default)]
    pub slug: String,
    pub kind: ProductKind,
    /// Other names that people call it by.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A cycle as it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleDraft {
    pub name: String,
    #[serde(default)]
    pub lts: bool,
    pub released_on: Option<Day>,
    pub support_ends_on: Option<Day>,
    pub security_ends_on: Option<Day>,
    pub ends_on: Option<Day>,
    #[serde(default)]
    pub ended: bool,
    pub latest: Option<String>,
    pub latest_on: Option<Day>,
    pub link: Option<String>,
}

/// A release as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDraft {
    pub version: String,
    pub released_on: Option<Day>,
    pub channel: Channel,
    /// Markdown.
    #[serde(default)]
    pub notes: String,
    /// `null`: the cycle that the version belongs to.
    pub cycle_id: Option<CycleId>,
}

/// A roadmap item as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemDraft {
    pub title: String,
    /// Markdown.
    #[serde(default)]
    pub body: String,
    pub status: RoadmapStatus,
    pub target: Option<String>,
    pub link: Option<String>,
    /// Whether the public roadmap shows it, with its body and its link.
    #[serde(default)]
    pub public: bool,
}

/// What day it is at the desk, and from how many days before it on the end of a cycle is near.
pub fn today(desk: &Desk) -> (Day, i64) {
    let config = desk.config();
    (Day::of(desk.now(), &config.desk.time_zone), i64::from(config.products.ends_soon_days))
}

/// What an action refuses, in words for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum ProductsError {
    #[error("There is no such {0} here, or it is not yours to see.")]
    Unknown(&'static str),
    #[error("“{0}” is the name of another product already.")]
    NameTaken(String),
    #[error("“{0}” is the word of another product's address already.")]
    SlugTaken(String),
    #[error("There is a cycle “{0}” already.")]
    CycleTaken(String),
    #[error("There is a release “{0}” already.")]
    ReleaseTaken(String),
    #[error("There is no organisation called “{0}”.")]
    NoOrganisation(String),
    #[error("There are {1} {0} already, which is the most that are kept. Remove some first.")]
    Full(&'static str, i64),
    #[error(transparent)]
    Unfit(#[from] rules::Unfit),
    #[error(transparent)]
    Unreadable(#[from] rules::import::Unreadable),
    #[error("a database statement failed")]
    Database(#[from] crate::db::Error),
}

pub type Result<T, E = ProductsError> = std::result::Result<T, E>;

impl From<ProductsError> for crate::web::Error {
    fn from(error: ProductsError) -> Self {
        use ProductsError as E;
        match error {
            E::Database(error) => error.into(),
            E::Unknown(what) => Self::not_found(format!("such {what}")),
            E::NameTaken(_) | E::SlugTaken(_) | E::CycleTaken(_) | E::ReleaseTaken(_) | E::Full(..) => {
                Self::conflict(error.to_string())
            }
            E::NoOrganisation(_) | E::Unfit(_) | E::Unreadable(_) => Self::unprocessable(error.to_string()),
        }
    }
}
