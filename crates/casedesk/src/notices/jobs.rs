//! The jobs of notices, and the subscriber that writes them.
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{NoticeId, actions};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::mail::actions::Postman;
use crate::queue::{self, Job, Retry};
use crate::staff::AgentId;

/// A notice is due by mail, if it is not read by then.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mail {
    pub notice: NoticeId,
}

impl Job for Mail {
    const KIND: &'static str = "notices.mail";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::mail(&desk, self.notice).await?)
    }
}

/// One mail about one case. It holds no words: who may read them is asked at each try.
#[derive(Debug, Serialize, Deserialize)]
pub struct Send {
    pub agent: AgentId,
    pub notices: Vec<NoticeId>,
}

impl Job for Send {
    const KIND: &'static str = "notices.send";
    const RETRY: Retry = Retry::AFTERNOON;
    type Room = Postman;

    async fn run(self, postman: Postman) -> anyhow::Result<()> {
        actions::send(&postman, &self).await
    }
}

/// Writes down what is read and forgets what is old, every hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tidy {}

const EVERY: Duration = Duration::from_hours(1);

impl Job for Tidy {
    const KIND: &'static str = "notices.tidy";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::tidy(&desk).await?;
        let mut tx = desk.db().begin().await?;
        queue::again::<Self>(&mut tx, desk.now().plus(EVERY)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whom the event concerns is told in its own transaction, so that pages that hear of it count it already.
pub fn subscriber<'a>(tx: &'a mut Tx, desk: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(actions::tell(tx, desk, event))
}
