//! The event log and the live bus. An event is appended in the transaction of the change it tells
//! of; the rooms that asked for its kind enqueue their jobs in that same transaction; every open
//! page hears of it after the commit. Nothing private is on the bus: only what changed, not how.
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Read, Result, Tx};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::q;

/// What happened, to which row.
#[derive(Clone, Debug)]
pub struct Event {
    /// The kind of thing: `case`, `agent`, `mailbox`…
    pub topic: &'static str,
    pub id: i64,
    /// What happened to it, in the past tense: `reply_posted`.
    pub kind: &'static str,
    /// The team that may see it, when it is not everybody.
    pub team: Option<i64>,
    /// The agent who did it.
    pub agent: Option<i64>,
    pub at: Timestamp,
    /// Details for subscribers and webhooks; never sent over the bus.
    pub data: serde_json::Value,
}

/// What the bus carries of an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    pub event: i64,
    pub topic: String,
    pub id: i64,
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team: Option<i64>,
}

/// A job that a subscriber wants, as kind and payload; at once, or at a time.
pub struct Wanted {
    pub kind: &'static str,
    pub payload: serde_json::Value,
    pub at: Option<Timestamp>,
}

/// Decides, from an event with its number, which jobs it asks for.
pub type Subscriber = fn(i64, &Event) -> Vec<Wanted>;

/// The same for one that must look into the database first, in the event's own transaction.
pub type Asking = for<'a> fn(&'a mut Tx, &'a Desk, i64, &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>>;

/// Every subscriber of the program, registered once at start.
#[derive(Clone, Default)]
pub struct Subscribers {
    plain: Vec<Subscriber>,
    asking: Vec<Asking>,
}

impl Subscribers {
    pub fn new(plain: Vec<Subscriber>) -> Self {
        Self { plain, asking: vec![] }
    }

    #[must_use]
    pub fn asking(self, asking: Vec<Asking>) -> Self {
        Self { asking, ..self }
    }

    async fn wanted(&self, tx: &mut Tx, desk: &Desk, id: i64, event: &Event) -> Result<Vec<Wanted>> {
        let mut wanted: Vec<Wanted> = self.plain.iter().flat_map(|subscriber| subscriber(id, event)).collect();
        for subscriber in &self.asking {
            wanted.extend(subscriber(tx, desk, id, event).await?);
        }
        Ok(wanted)
    }
}

/// Writes the event, enqueues what its subscribers want, and tells the bus when all is committed.
pub async fn append(tx: &mut Tx, desk: &Desk, subscribers: &Subscribers, event: &Event) -> Result<i64> {
    let id = tx
        .insert(q!(
            "INSERT INTO events (topic, subject, kind, team_id, agent_id, at, data)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            event.topic,
            event.id,
            event.kind,
            event.team,
            event.agent,
            event.at,
            event.data.to_string(),
        ))
        .await?;
    for wanted in subscribers.wanted(tx, desk, id, event).await? {
        crate::queue::enqueue_raw(tx, wanted.kind, &wanted.payload, None, wanted.at.unwrap_or(event.at)).await?;
    }
    let notice =
        Notice { event: id, topic: event.topic.into(), id: event.id, kind: event.kind.into(), team: event.team };
    tx.notify(serde_json::to_string(&notice).unwrap_or_default()).await?;
    Ok(id)
}

/// Tells open pages without a line in the log, for what nobody looks up later.
pub async fn whisper(tx: &mut Tx, topic: &str, id: i64) -> Result<()> {
    let notice = Notice { event: 0, topic: topic.into(), id, kind: String::new(), team: None };
    tx.notify(serde_json::to_string(&notice).unwrap_or_default()).await
}

/// How many events behind this one are of these topics.
pub async fn count_after(on: impl Read, after: i64, topics: &[&'static str]) -> Result<i64> {
    let query = q!("SELECT COUNT(*) FROM events WHERE id > $1 AND topic IN ", after);
    let (count,): (i64,) = on.one(query.bind_list(topics.iter().copied())).await?;
    Ok(count)
}

/// The number of the newest event; 0 when there is none.
pub async fn latest(db: &Db) -> Result<i64> {
    let (id,): (i64,) = db.one(q!("SELECT COALESCE(MAX(id), 0) FROM events")).await?;
    Ok(id)
}
