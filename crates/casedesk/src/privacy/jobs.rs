//! The room's jobs: an archive is written, and removed when its time is over; an erasure goes on batch by batch.
use serde::{Deserialize, Serialize};

use super::{RequestId, actions};
use crate::desk::Desk;
use crate::queue::{Job, Retry};

/// Writes the archive of an export.
#[derive(Debug, Serialize, Deserialize)]
pub struct Export {
    pub request: RequestId,
}

impl Job for Export {
    const KIND: &'static str = "privacy.export";
    // A run that takes long is started again while it goes on; that one then waits until it is over.
    const RETRY: Retry = Retry::DAYS;
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::run_export(&desk, self.request).await?)
    }

    async fn given_up(self, desk: Desk, error: String) -> anyhow::Result<()> {
        Ok(actions::give_up(&desk, self.request, &error).await?)
    }
}

/// Removes an archive whose time is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct Expire {
    pub request: RequestId,
}

impl Job for Expire {
    const KIND: &'static str = "privacy.expire";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::expire(&desk, self.request).await?)
    }
}

/// Erases the next batch, then asks for the one after it. What is done already is not found again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Erase {
    pub request: RequestId,
    #[serde(default)]
    pub step: Step,
    /// Where the walk of this step goes on.
    #[serde(default)]
    pub after: i64,
    #[serde(default)]
    pub word: String,
}

/// What an erasure goes through, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Their cases, one transaction each.
    #[default]
    Cases,
    /// Every other entry that names one of their addresses.
    Entries,
    /// Every event that does.
    Events,
    /// Mail that lies on no case.
    Unfiled,
    /// Forms, jobs, calls, sheets that wait, and what colleagues' files say of them.
    Waiting,
    /// Every other text that names an address or a number, one column after the other.
    Places,
    /// Calls, links, merges, and the people themselves.
    Rest,
    /// Words that no text of the search has any more.
    Words,
}

impl Job for Erase {
    const KIND: &'static str = "privacy.erase";
    const RETRY: Retry = Retry::DAYS;
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::run_erasure(&desk, self).await?)
    }

    async fn given_up(self, desk: Desk, error: String) -> anyhow::Result<()> {
        Ok(actions::give_up(&desk, self.request, &error).await?)
    }
}

/// Sets files aside that nothing names any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetAside {
    pub digests: Vec<String>,
}

impl Job for SetAside {
    const KIND: &'static str = "privacy.set_aside";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::set_aside(&desk, self.digests).await?)
    }
}

/// Forgets files that were set aside, and brings those back that somebody has begun to name meanwhile.
#[derive(Debug, Serialize, Deserialize)]
pub struct ForgetFiles {
    pub digests: Vec<String>,
}

impl Job for ForgetFiles {
    const KIND: &'static str = "privacy.forget_files";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::forget_files(&desk, self.digests).await?)
    }
}
