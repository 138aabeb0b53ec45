//! The state of every IMAP mailbox: how far it was read, by which node, what is wrong with it.
//!
//! Invariants: the place moves on only after the messages before it are stored or are a gap that will be
//! tried again; one node reads a mailbox at a time; a mailbox that was not read for
//! `mail.alarm_after_min`, or that cannot be signed in to, raises the alarm, and the alarm goes away by itself.
mod store;

use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::config::Imap;
use crate::db::{self, Db};
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::{Clock, Timestamp};
use crate::web::health::Check;
use crate::{id, words};

pub(super) use store::Gap;
pub use store::Position;

/// How long a node may be silent before another one reads in its place.
pub(super) const LEASE: Duration = Duration::from_secs(90);
/// How often alarms are looked at.
const WATCH: Duration = Duration::from_secs(20);

id!(
    /// A mailbox's row.
    MailboxId
);

words!(
    /// What kind of trouble a mailbox is in.
    Trouble {
        /// The server refuses the user or the password, or the token cannot be had.
        SignIn = "sign_in",
        Folder = "folder",
        /// No such host, nobody answers, or the connection breaks.
        Unreachable = "unreachable",
        Certificate = "certificate",
        /// The server says no to something it should do.
        Server = "server",
        /// The mail could be fetched but not stored.
        Storage = "storage",
    }
);

/// A mailbox as the settings page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    pub id: MailboxId,
    pub name: String,
    pub last_ok_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    pub trouble: Option<Trouble>,
    /// What is wrong and what to do, in plain words.
    pub last_error: Option<String>,
    /// How many messages wait on the server to be read.
    pub behind: i64,
    /// How many messages were put off because they could not be fetched or stored.
    pub gaps: i64,
    pub alarmed: bool,
    #[serde(skip)]
    since: Timestamp,
}

impl State {
    /// How it is, when it gives no alarm.
    fn says(&self) -> String {
        match (&self.last_error, self.gaps) {
            (Some(error), _) => error.clone(),
            (None, 0) => "is read".into(),
            (None, gaps) => format!("is read; {gaps} messages could not be taken in yet and are tried again"),
        }
    }

    /// What to tell people, when there is something to tell.
    fn alarm(&self, after: Duration, now: Timestamp) -> Option<String> {
        let why = || self.last_error.clone().unwrap_or_else(|| "No node reads it: is the desk running?".to_owned());
        if self.trouble == Some(Trouble::SignIn) {
            return Some(format!("Sign-in fails since {}. {}", self.failing_since.unwrap_or(now).rfc3339(), why()));
        }
        let quiet = now.since(self.since);
        (quiet >= after).then(|| format!("Not read for {} minutes. {}", quiet.as_secs() / 60, why()))
    }
}

impl From<store::Row> for State {
    fn from(row: store::Row) -> Self {
        Self {
            id: MailboxId(row.id),
            name: row.name,
            last_ok_at: row.last_ok_at,
            failing_since: row.failing_since,
            trouble: row.trouble.and_then(|word| word.parse().ok()),
            last_error: row.last_error,
            behind: row.behind,
            gaps: row.gaps,
            alarmed: row.alarmed,
            since: row.last_ok_at.unwrap_or(row.created_at),
        }
    }
}

/// Every mailbox that was ever read, also those that the settings name no more.
pub async fn states(db: &Db) -> db::Result<Vec<State>> {
    Ok(store::all(db).await?.into_iter().map(State::from).collect())
}

/// The checks of `/health`, one for each mailbox of the settings.
pub fn probe(desk: Desk) -> std::pin::Pin<Box<dyn Future<Output = Vec<Check>> + Send>> {
    Box::pin(async move {
        if desk.config().mail.imap.is_empty() {
            return Vec::new();
        }
        match states(desk.db()).await {
            Ok(states) => checks(&desk, &states),
            Err(_) => {
                let says = "its state cannot be read; the log says why".to_owned();
                vec![Check { name: "mailboxes".into(), ok: false, says }]
            }
        }
    })
}

fn checks(desk: &Desk, states: &[State]) -> Vec<Check> {
    let after = alarm_after(desk);
    let check = |imap: &Imap| {
        let name = format!("mailbox {}", imap.name);
        let Some(state) = states.iter().find(|state| state.name == imap.name) else {
            return Check { name, ok: true, says: "not read yet".into() };
        };
        match state.alarm(after, desk.now()) {
            Some(says) => Check { name, ok: false, says },
            None => Check { name, ok: true, says: state.says() },
        }
    };
    desk.config().mail.imap.iter().map(check).collect()
}

/// Lets the mailboxes be read at once after a crash. With SQLite no other process reads them; with PostgreSQL
/// another node may, so there the leases run out by themselves.
pub async fn begin(desk: &Desk) -> db::Result<()> {
    if desk.db().dialect() == db::Dialect::Postgres {
        return Ok(());
    }
    let mut tx = desk.db().begin().await?;
    store::release_all(&mut tx).await?;
    tx.commit().await
}

/// Raises and clears alarms until `stop`, also for mailboxes whose reader hangs or runs on another node.
pub async fn watch(desk: Desk, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = look(&desk).await {
            tracing::warn!(%error, "the state of the mailboxes could not be looked at");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(WATCH) => {}
        }
    }
}

/// Raises the alarms that are due and clears those that are over.
pub async fn look(desk: &Desk) -> db::Result<()> {
    let (now, after) = (desk.now(), alarm_after(desk));
    for state in states(desk.db()).await? {
        let configured = desk.config().mail.imap.iter().any(|imap| imap.name == state.name);
        let alarm = state.alarm(after, now).filter(|_| configured);
        report(&state, alarm.is_some(), now);
        if alarm.is_some() != state.alarmed {
            set_alarm(desk, &state, alarm).await?;
        }
    }
    Ok(())
}

async fn set_alarm(desk: &Desk, state: &State, alarm: Option<String>) -> db::Result<()> {
    let mut tx = desk.db().begin().await?;
    if !store::set_alarm(&mut tx, state.id, alarm.is_some()).await? {
        return Ok(());
    }
    let kind = if alarm.is_some() { "alarm" } else { "well" };
    let data = serde_json::json!({ "mailbox": state.name, "says": alarm });
    let event = Event { topic: "mailbox", id: state.id.0, kind, team: None, agent: None, at: desk.now(), data };
    desk.tell(&mut tx, &event).await?;
    tx.commit().await?;
    match alarm {
        Some(says) => tracing::error!(mailbox = state.name, says, "a mailbox is not read"),
        None => tracing::info!(mailbox = state.name, "a mailbox is read again"),
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and seconds and counts fit well")]
fn report(state: &State, alarmed: bool, now: Timestamp) {
    let name = state.name.clone();
    metrics::gauge!("casedesk_mailbox_alarm", "mailbox" => name.clone()).set(f64::from(u8::from(alarmed)));
    metrics::gauge!("casedesk_mailbox_behind", "mailbox" => name.clone()).set(state.behind as f64);
    metrics::gauge!("casedesk_mailbox_gaps", "mailbox" => name.clone()).set(state.gaps as f64);
    metrics::gauge!("casedesk_mailbox_quiet_seconds", "mailbox" => name).set(now.since(state.since).as_secs_f64());
}

fn alarm_after(desk: &Desk) -> Duration {
    Duration::from_mins(desk.config().mail.alarm_after_min)
}

/// One node's hold on one mailbox: every change of its state goes through here.
#[derive(Clone)]
pub(super) struct Hold {
    db: Db,
    clock: Clock,
    node: String,
    label: String,
    id: MailboxId,
}

impl Hold {
    /// Registers the mailbox; the lease is taken by `renew`.
    pub(super) async fn register(desk: &Desk, imap: &Imap, node: &str) -> db::Result<Self> {
        let origin = format!("{}@{}:{}/{}", imap.user, imap.host, imap.port, imap.folder);
        let mut tx = desk.db().begin().await?;
        let id = store::register(&mut tx, &imap.name, &origin, desk.now()).await?;
        tx.commit().await?;
        let label = format!("{}#{id}", imap.name);
        let (db, clock) = (desk.db().clone(), desk.clock().clone());
        Ok(Self { db, clock, node: node.to_owned(), label, id: MailboxId(id) })
    }

    /// The mailbox's name for the intake. It changes with the place that the settings name: some
    /// servers number every folder alike, and another folder's message 1 is another message.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Takes or renews the lease; false while another node has it.
    pub(super) async fn renew(&self) -> db::Result<bool> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let ours = store::lease(&mut tx, self.id, &self.node, now.plus(LEASE), now).await?;
        tx.commit().await?;
        Ok(ours)
    }

    pub(super) async fn release(&self) -> db::Result<()> {
        let mut tx = self.db.begin().await?;
        store::release(&mut tx, self.id, &self.node).await?;
        tx.commit().await
    }

    pub(super) async fn position(&self) -> db::Result<Position> {
        store::position(&self.db, self.id).await
    }

    /// Begins a new numbering of the server's. Messages that were put off are found again by the day they arrived on.
    pub(super) async fn renumber(
        &self,
        validity: u32,
        window_uid: u32,
        since: Option<Timestamp>,
        days: &[Timestamp],
    ) -> db::Result<()> {
        let days = serde_json::to_string(days).unwrap_or_default();
        let mut tx = self.db.begin().await?;
        store::renumber(&mut tx, self.id, validity, window_uid, since, &days).await?;
        tx.commit().await
    }

    pub(super) async fn gap_days(&self) -> db::Result<Vec<Timestamp>> {
        store::gap_days(&self.db, self.id).await
    }

    /// Moves the place on; false when another node took over.
    pub(super) async fn advance(&self, last_uid: u32, behind: usize) -> db::Result<bool> {
        let behind = i64::try_from(behind).unwrap_or(i64::MAX);
        let mut tx = self.db.begin().await?;
        let ours = store::advance(&mut tx, self.id, &self.node, last_uid, behind, self.clock.now()).await?;
        tx.commit().await?;
        Ok(ours)
    }

    pub(super) async fn well(&self) -> db::Result<()> {
        let mut tx = self.db.begin().await?;
        store::well(&mut tx, self.id, self.clock.now()).await?;
        tx.commit().await
    }

    pub(super) async fn failed(&self, trouble: Trouble, says: &str) -> db::Result<()> {
        let mut tx = self.db.begin().await?;
        store::failed(&mut tx, self.id, trouble, says, self.clock.now()).await?;
        tx.commit().await
    }

    pub(super) async fn add_gap(&self, gap: &Gap<'_>, pause: Duration) -> db::Result<()> {
        let mut tx = self.db.begin().await?;
        store::add_gap(&mut tx, self.id, gap, self.clock.now().plus(pause)).await?;
        tx.commit().await
    }

    pub(super) async fn close_gap(&self, uid: u32) -> db::Result<()> {
        let mut tx = self.db.begin().await?;
        store::close_gap(&mut tx, self.id, uid).await?;
        tx.commit().await
    }

    /// Uid and number of attempts of the gaps that are due.
    pub(super) async fn due_gaps(&self) -> db::Result<Vec<(u32, u32)>> {
        let due = store::due_gaps(&self.db, self.id, self.clock.now()).await?;
        let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(due.into_iter().map(|(uid, attempts)| (number(uid), number(attempts))).collect())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
