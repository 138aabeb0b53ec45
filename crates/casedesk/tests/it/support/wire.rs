//! A desk without pages, for the mail that comes and goes by wire.
use std::sync::Arc;

use casedesk::config::{Config, Imap};
use casedesk::desk::Desk;
use casedesk::events::Subscribers;
use casedesk::kit::{Clock, Secret, Timestamp};
use casedesk::mail::imap::{Pace, read_all};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::databases;
use super::process::Folder;
use super::recorder::Recorder;

/// A desk in a folder of its own.
pub(crate) struct Bare {
    pub(crate) desk: Desk,
    folder: Arc<Folder>,
}

/// Settings with their defaults in a folder of their own.
pub(crate) fn config(folder: &Folder) -> Config {
    let data = folder.path().display().to_string();
    Config::load(None, [("CASEDESK_SERVER__DATA".to_owned(), data)]).unwrap()
}

impl Bare {
    pub(crate) async fn new(change: impl FnOnce(&mut Config)) -> Self {
        Self::on("", change).await
    }

    /// With this database; none is SQLite.
    pub(crate) async fn on(database: &str, change: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::new(Folder::new("desk"));
        let clock = Clock::fixed(now());
        let database = Secret::new(database);
        let named = |config: &mut Config| {
            config.database.url = database;
            change(config);
        };
        Self::open(folder, clock, named).await
    }

    /// The same database with other settings, as after a restart.
    pub(crate) async fn again(&self, change: impl FnOnce(&mut Config)) -> Self {
        let database = self.desk.config().database.url.clone();
        let named = |config: &mut Config| {
            config.database.url = database;
            change(config);
        };
        Self::open(self.folder.clone(), self.desk.clock().clone(), named).await
    }

    async fn open(folder: Arc<Folder>, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_test_writer().try_init();
        let mut config = config(&folder);
        change(&mut config);
        let db = databases::open(&config).await;
        let desk = Desk::open(config, db, clock, Subscribers::default()).await.unwrap();
        Self { desk, folder }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.desk.clock()
    }

    /// Starts to read the mailboxes of the settings.
    pub(crate) fn read(&self, intake: &Recorder) -> Reading {
        let stop = CancellationToken::new();
        let task = tokio::spawn(read_all(self.desk.clone(), intake.clone(), fast(), stop.clone()));
        Reading { stop, task }
    }
}

/// Readers at work.
pub(crate) struct Reading {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Reading {
    /// Tells them to stop and waits until they have.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// Ends them where they are, as `kill -9` would.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Pauses for tests.
pub(crate) fn fast() -> Pace {
    use std::time::Duration;
    let (first, longest) = (Duration::from_millis(1), Duration::from_millis(20));
    Pace { first, longest, sign_in: Duration::from_millis(1), gap: Duration::from_secs(1) }
}

/// Settings with these mailboxes.
pub(crate) fn mailboxes(all: Vec<Imap>) -> impl FnOnce(&mut Config) {
    move |config| config.mail.imap = all
}

fn now() -> Timestamp {
    Timestamp::from_seconds(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap())
}

/// A small mail.
pub(crate) fn mail(subject: &str) -> String {
    format!(
        "From: Ada <ada@customer.test>\r\nTo: support@desk.test\r\nSubject: {subject}\r\n\
         Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{subject}@customer.test>\r\n\r\nHello, this is {subject}.\r\n"
    )
}
