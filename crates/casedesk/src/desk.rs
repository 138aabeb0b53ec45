//! The handles that every action takes: database, files, clock, settings, keys, subscribers. Cheap to clone.
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::db::{Db, Read as _};
use crate::events::{Event, Subscribers};
use crate::files::Files;
use crate::kit::{Clock, Day, Timestamp, secrets};
use crate::q;

#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    config: Config,
    db: Db,
    files: Files,
    clock: Clock,
    subscribers: Subscribers,
    signing_key: String,
}

impl Desk {
    /// Opens what `config` names. The database must be migrated.
    pub async fn open(config: Config, db: Db, clock: Clock, subscribers: Subscribers) -> anyhow::Result<Self> {
        let files = Files::folder(&config.server.data.join("files"))?;
        let signing_key = signing_key(&db).await?;
        Ok(Self(Arc::new(Inner { config, db, files, clock, subscribers, signing_key })))
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub fn db(&self) -> &Db {
        &self.0.db
    }

    pub fn files(&self) -> &Files {
        &self.0.files
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The next day, at this hour where the desk is.
    pub fn tomorrow_at(&self, hour: i8) -> Timestamp {
        let zone = &self.config().desk.time_zone;
        let tomorrow = self.now().plus(Duration::from_hours(24));
        Timestamp::on_day(&Day::of(tomorrow, zone).to_string(), hour, zone).unwrap_or(tomorrow)
    }

    /// The key under our reply addresses, Message-IDs and links; one for all nodes.
    pub fn signing_key(&self) -> &[u8] {
        self.0.signing_key.as_bytes()
    }

    /// A link to one of our pages, as people reach it from outside.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.0.config.server.public_url.as_str().trim_end_matches('/'))
    }

    /// Appends an event in the caller's transaction.
    pub async fn tell(&self, tx: &mut crate::db::Tx, event: &Event) -> crate::db::Result<i64> {
        crate::events::append(tx, self, &self.0.subscribers, event).await
    }
}

async fn signing_key(db: &Db) -> anyhow::Result<String> {
    let mut tx = db.begin().await?;
    tx.exec(q!(
        "INSERT INTO settings (name, value) VALUES ('signing_key', $1) ON CONFLICT (name) DO NOTHING",
        secrets::random_token()
    ))
    .await?;
    let (key,): (String,) = tx.one(q!("SELECT value FROM settings WHERE name = 'signing_key'")).await?;
    tx.commit().await?;
    Ok(key)
}
