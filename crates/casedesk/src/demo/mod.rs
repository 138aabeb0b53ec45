//! A made-up company with its customers and six weeks of support: to look at the desk without real
//! mail. It goes through the real doors (mail is taken in, read, filed, answered), only the clock is
//! wound by hand, and mail goes out to a sink on this machine.
mod catalogue;
mod details;
mod doors;
mod file;
mod script;
mod words;
mod world;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Security};
use crate::db::Db;
use crate::desk::Desk;
use crate::kit::{Clock, Secret, Timestamp};
use crate::mail::Source;
use crate::mail::handover::{Intake, NotStored};
use crate::mail::listener::Listener;
use crate::staff::Role;
use crate::staff::actions::{NewColleague, add_agent};

/// The address and password of the demo's agents; the desk listens on this machine alone.
pub const LOGIN: &str = "aoife@ferrywell.example";
pub const PASSWORD: &str = "ferry across the well";
/// How far back the story begins.
const SPAN: Duration = Duration::from_hours(45 * 24);

/// Swallows what the demo sends.
#[derive(Clone)]
struct Sink;

impl Intake for Sink {
    async fn take_in(&self, _: Source<'_>, _: Bytes) -> Result<(), NotStored> {
        Ok(())
    }

    async fn note_oversized(&self, _: Source<'_>, _: Bytes, _: u64) -> Result<(), NotStored> {
        Ok(())
    }
}

/// Sets the demo's own addresses, and starts the sink that its relay leads to.
pub async fn prepare(mut config: Config, stop: &CancellationToken) -> anyhow::Result<Config> {
    config.server.data = config.server.data.join("demo");
    config.mail.from = "support@ferrywell.example".into();
    config.mail.groups = vec!["ferrywell-support@groups.example".into()];
    config.desk.name = "Ferrywell Support".into();
    let mut sink = config.clone();
    sink.mail.listeners.clear();
    sink.mail.listener.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    sink.mail.listener.protocol = crate::config::Protocol::Smtp;
    for listener in Listener::bind_all(&sink).await? {
        config.mail.smtp.host = "127.0.0.1".into();
        config.mail.smtp.port = listener.address()?.port();
        config.mail.smtp.security = Security::None;
        tokio::spawn(listener.serve(Sink, stop.clone()));
    }
    Ok(config)
}

/// Fills an empty database with the story; how many cases there are then.
pub async fn fill(config: &Config, db: &Db, seed: u64, cases: usize) -> anyhow::Result<usize> {
    let now = Clock::system().now();
    let start = Timestamp(now.minus(SPAN).0);
    let desk = Desk::open(config.clone(), db.clone(), Clock::fixed(start), crate::app::subscribers()).await?;
    for (i, (name, email)) in words::AGENTS.iter().enumerate() {
        let role = if i == 0 { Role::Admin } else { Role::Agent };
        let new = NewColleague { name: (*name).into(), email: (*email).into(), role, teams: vec![] };
        add_agent(&desk, &new, Some(Secret::new(PASSWORD))).await?;
    }
    world::World::new(desk, seed, now).await?.live_until(now, cases).await
}
