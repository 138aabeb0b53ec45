//! Who works at the desk: agents, teams, roles, sessions, API tokens, and the audit log of what they did.
//!
//! Invariants: who asks is proved by a session or a token on every request and read afresh from the
//! database, so that a lost right is lost at once; secrets are stored as digests alone; a session's id
//! changes whenever it gains a right; an agent is disabled, never deleted.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod permissions;
pub mod rules;
pub mod store;

use std::net::IpAddr;

use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::web::client::Client;
use crate::web::shell::{Person, Shell};

pub use permissions::{Admin, Myself, Reader, Worker};

crate::id!(AgentId);
crate::id!(TeamId);
crate::id!(TokenId);

crate::words!(
    /// What an agent may do.
    Role {
        /// Everything, also the desk's settings and people.
        Admin = "admin",
        /// Works on cases.
        Agent = "agent",
        /// Sees what an agent sees and changes nothing but the own profile.
        ReadOnly = "read-only",
    }
);

impl Role {
    pub fn is_admin(self) -> bool {
        self == Self::Admin
    }

    /// May change cases.
    pub fn can_work(self) -> bool {
        self != Self::ReadOnly
    }

    /// Whether going from this role to `other` takes a right away.
    pub fn loses_by(self, other: Self) -> bool {
        other.rank() < self.rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Admin => 2,
            Self::Agent => 1,
            Self::ReadOnly => 0,
        }
    }
}

crate::words!(
    /// What an API token may do, within its agent's role.
    Scope { Read = "read", Write = "write", Admin = "admin" }
);

impl Scope {
    pub fn can_write(self) -> bool {
        self != Self::Read
    }
}

crate::words!(
    /// What a mailed link is for.
    LinkKind { Invitation = "invitation", Reset = "reset" }
);

/// How a viewer proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The digest of the session's id.
    Session(String),
    Token(TokenId, Scope),
}

/// Who asks, as the session or token proved it.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub id: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub teams: Vec<TeamId>,
    /// Members-only teams the viewer is not in; empty for admins.
    pub hidden_teams: Vec<TeamId>,
    /// Empty: not known yet.
    pub time_zone: String,
    pub proof: Proof,
    pub client: Client,
    /// The newest event when a browser asked, before anything else was read: a page is at least as new as that.
    pub event: i64,
}

impl Viewer {
    pub fn actor(&self) -> Actor {
        Actor::Agent(self.id)
    }

    /// Whether a program asks, in the agent's name.
    pub fn is_program(&self) -> bool {
        matches!(self.proof, Proof::Token(..))
    }

    /// What stands around a page: `here` in the rail, `section` in the settings.
    pub fn shell(&self, here: &str, section: &'static str) -> Shell {
        let me = Person::new(self.id.0, &self.name, &self.email);
        Shell {
            me,
            admin: self.role.is_admin(),
            asks_zone: self.time_zone.is_empty(),
            event: self.event,
            here: here.to_owned(),
            section,
        }
    }

    /// The zone of the viewer's days: their own, or else the desk's.
    pub fn zone<'a>(&'a self, desk: &'a Desk) -> &'a str {
        if self.time_zone.is_empty() { &desk.config().desk.time_zone } else { &self.time_zone }
    }

    /// Whether what belongs to `team` may be shown.
    pub fn can_see(&self, team: Option<TeamId>) -> bool {
        team.is_none_or(|team| !self.hidden_teams.contains(&team))
    }
}

/// Who did something; the desk itself is stored as no agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Agent(AgentId),
    System,
}

impl Actor {
    pub fn agent(self) -> Option<AgentId> {
        match self {
            Self::Agent(id) => Some(id),
            Self::System => None,
        }
    }
}

/// A line for the audit log.
#[derive(Clone, Debug)]
pub struct Audit {
    pub at: Timestamp,
    pub actor: Actor,
    /// In the past tense, with the room: `staff.role_changed`.
    pub action: &'static str,
    pub subject: Option<(&'static str, i64)>,
    /// What changed; never a secret.
    pub detail: serde_json::Value,
    pub ip: Option<IpAddr>,
}

impl Audit {
    pub fn new(at: Timestamp, actor: Actor, action: &'static str) -> Self {
        Self { at, actor, action, subject: None, detail: serde_json::json!({}), ip: None }
    }

    /// A line about what `viewer` did, with the address they did it from.
    pub fn by(at: Timestamp, viewer: &Viewer, action: &'static str) -> Self {
        Self { ip: viewer.client.ip, ..Self::new(at, viewer.actor(), action) }
    }

    #[must_use]
    pub fn on(self, kind: &'static str, id: i64) -> Self {
        Self { subject: Some((kind, id)), ..self }
    }

    #[must_use]
    pub fn with(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }

    #[must_use]
    pub fn from(self, client: &Client) -> Self {
        Self { ip: client.ip, ..self }
    }
}

/// What an action refuses, in words for the one who asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Address and password do not match.")]
    NoMatch,
    #[error("This is not your password.")]
    WrongPassword,
    #[error("Too many tries. Wait {0} s, then try again.")]
    TooMany(u64),
    #[error("The code does not match, or it was used before. Wait for the next one.")]
    WrongCode,
    #[error("This login took too long. Begin again.")]
    LoginOver,
    #[error("This link is not valid any more: it was used, or its time is over.")]
    DeadLink,
    #[error("The desk has its first administrator already. Log in.")]
    AlreadySetUp,
    #[error(transparent)]
    Unfit(#[from] rules::Unfit),
    #[error("“{0}” belongs to somebody else already.")]
    AddressTaken(String),
    #[error("The extension “{0}” is somebody else's already.")]
    ExtensionTaken(String),
    #[error("There is a team “{0}” already.")]
    TeamTaken(String),
    #[error("Who leads a team is one of its members. Put them into the team first.")]
    NoMember,
    #[error("This is the last administrator who can log in. Make somebody else one first.")]
    LastAdmin,
    #[error("There is no such {0} here, or it is not yours to see.")]
    Unknown(&'static str),
    #[error("a database statement failed")]
    Database(#[from] crate::db::Error),
    #[error("the password could not be hashed")]
    Hash(#[from] crate::kit::passwords::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Error> for crate::web::Error {
    fn from(error: Error) -> Self {
        use axum::http::StatusCode;
        match error {
            Error::TooMany(wait_s) => Self::too_many(wait_s),
            Error::Hash(crate::kit::passwords::Error::Busy) => Self::too_many(5),
            Error::DeadLink | Error::Unknown(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            Error::AlreadySetUp
            | Error::AddressTaken(_)
            | Error::ExtensionTaken(_)
            | Error::TeamTaken(_)
            | Error::NoMember
            | Error::LastAdmin => Self::conflict(error.to_string()),
            Error::NoMatch | Error::WrongPassword | Error::WrongCode | Error::LoginOver | Error::Unfit(_) => {
                Self::unprocessable(error.to_string())
            }
            Error::Database(error) => error.into(),
            Error::Hash(_) => Self::ours(&error),
        }
    }
}
