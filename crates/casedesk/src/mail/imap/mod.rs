//! IMAP: one loop for each mailbox of the settings. It connects, catches up from the last stored uid, lets
//! the server tell of news, and begins again whenever something breaks.
//!
//! Invariants: nothing in the mailbox is changed, not even a flag; the place moves on only after the
//! intake has stored a message; reading is by uid, so it does not matter what others have read.
mod client;
mod error;
mod opening;
mod sync;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::handover::Intake;
use super::mailboxes::{self, Hold};
use super::oauth::Tokens;
use crate::config::Imap;
use crate::desk::Desk;
use crate::kit::secrets::random_token;
use client::Session;
use sync::{Stuck, Sync};

pub use error::ImapError;

/// How often an IDLE is given up to see whether the connection still lives. RFC 2177 asks for less than
/// 29 minutes; a dead connection must be noticed well before the alarm.
const IDLE: Duration = Duration::from_mins(4);
/// The least pause between two readings, whatever the server tells in between.
const BREATH: Duration = Duration::from_millis(100);
/// How often a node tells that it still reads.
const RENEW: Duration = Duration::from_secs(30);
/// How often a node looks whether the one that reads has gone.
const LOOK: Duration = Duration::from_secs(15);

/// How fast the loop tries again.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The pause after the first failure; it doubles from then on.
    pub first: Duration,
    pub longest: Duration,
    /// The least pause after a refused sign-in: servers lock out who tries too often.
    pub sign_in: Duration,
    /// The pause before a message that was put off is tried again; it doubles as well.
    pub gap: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(5),
            sign_in: Duration::from_mins(1),
            gap: Duration::from_mins(1),
        }
    }
}

/// Reads every mailbox of the settings until `stop`, or until it is dropped.
pub async fn read_all<I: Intake>(desk: Desk, intake: I, pace: Pace, stop: CancellationToken) {
    let mut readers = JoinSet::new();
    let node = random_token();
    for imap in desk.config().mail.imap.clone() {
        let reader = Reader { desk: desk.clone(), intake: intake.clone(), imap, pace, node: node.clone() };
        readers.spawn(reader.run(stop.clone()));
    }
    while let Some(ended) = readers.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "the reader of a mailbox broke off: its alarm will follow");
        }
    }
}

/// Connects, signs in and opens the folder, for `casedesk check`.
pub async fn try_out(desk: &Desk, imap: &Imap) -> Result<(), ImapError> {
    let tokens = tokens(desk, imap)?;
    let mut session = Session::open(imap, tokens.as_ref()).await?;
    session.examine(&imap.folder).await?;
    session.leave().await;
    Ok(())
}

fn tokens(desk: &Desk, imap: &Imap) -> Result<Option<Tokens>, ImapError> {
    let new = |oauth| Tokens::new(desk, format!("imap:{}", imap.name), oauth);
    Ok(imap.oauth.clone().map(new).transpose()?)
}

struct Reader<I> {
    desk: Desk,
    intake: I,
    imap: Imap,
    pace: Pace,
    node: String,
}

impl<I: Intake> Reader<I> {
    async fn run(self, stop: CancellationToken) {
        let mut attempt = 0;
        let mut stuck = Stuck::default();
        while !stop.is_cancelled() {
            let (result, progress) = self.turn(&mut stuck, &stop).await;
            let pause = match &result {
                Ok(()) => LOOK.min(self.pace.longest),
                Err(error) => {
                    attempt = if progress { 1 } else { attempt + 1 };
                    self.tell(error, attempt).await;
                    self.pause(error, attempt)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Holds the lease and reads until something breaks; nothing when another node has it. Also says
    /// whether anything was achieved.
    async fn turn(&self, stuck: &mut Stuck, stop: &CancellationToken) -> (Result<(), ImapError>, bool) {
        let hold = match Hold::register(&self.desk, &self.imap, &self.node).await {
            Ok(hold) => hold,
            Err(error) => return (Err(error.into()), false),
        };
        match hold.renew().await {
            Ok(true) => {}
            Ok(false) => return (Ok(()), false),
            Err(error) => return (Err(error.into()), false),
        }
        let mut progress = false;
        let result = tokio::select! {
            result = Box::pin(self.sit(&hold, stuck, &mut progress)) => result,
            result = keep(&hold) => result,
            () = stop.cancelled() => Ok(()),
        };
        // Another node may have more luck. If this fails, the lease runs out by itself.
        if let Err(error) = hold.release().await {
            tracing::warn!(mailbox = self.imap.name, %error, "a mailbox could not be given free");
        }
        (result, progress)
    }

    /// One connection, from sign-in to its end, which is always an error.
    async fn sit(&self, hold: &Hold, stuck: &mut Stuck, progress: &mut bool) -> Result<(), ImapError> {
        let tokens = tokens(&self.desk, &self.imap)?;
        let mut session = Session::open(&self.imap, tokens.as_ref()).await?;
        loop {
            // Opened anew each time: only then is a new UIDVALIDITY told for certain.
            let opened = session.examine(&self.imap.folder).await?;
            let mut sync = Sync {
                imap: &self.imap,
                max_size: self.desk.config().mail.max_size as u64,
                hold,
                intake: &self.intake,
                pace: &self.pace,
                stuck,
                stored: 0,
                arrived_on: BTreeMap::new(),
            };
            let result = sync.catch_up(&mut session, opened).await;
            *progress |= result.is_ok() || sync.stored > 0;
            metrics::counter!("casedesk_mailbox_messages_total", "mailbox" => self.imap.name.clone())
                .increment(sync.stored);
            result?;
            mailboxes::look(&self.desk).await?;
            tokio::time::sleep(BREATH).await;
            session = session.wait(IDLE, Duration::from_secs(self.imap.poll_s)).await?;
        }
    }

    /// Writes down what is wrong, so that people see it.
    async fn tell(&self, error: &ImapError, attempt: u32) {
        tracing::warn!(mailbox = self.imap.name, attempt, %error, "reading a mailbox failed");
        metrics::counter!("casedesk_mailbox_failures_total", "mailbox" => self.imap.name.clone()).increment(1);
        let told = async {
            let hold = Hold::register(&self.desk, &self.imap, &self.node).await?;
            hold.failed(error.trouble(), &error.to_string()).await?;
            mailboxes::look(&self.desk).await
        };
        if let Err(error) = told.await {
            tracing::error!(mailbox = self.imap.name, %error, "its state could not be written down");
        }
    }

    /// Doubles up to the longest, with a spread so that many do not come back at once.
    fn pause(&self, error: &ImapError, attempt: u32) -> Duration {
        let doubled = self.pace.first.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let least = if error.trouble() == mailboxes::Trouble::SignIn { self.pace.sign_in } else { Duration::ZERO };
        let pause = doubled.max(least).min(self.pace.longest);
        pause.mul_f64(f64::from(getrandom::u32().unwrap_or(0) % 1000).mul_add(0.0005, 0.5))
    }
}

/// Renews the lease until another node has it.
async fn keep(hold: &Hold) -> Result<(), ImapError> {
    loop {
        tokio::time::sleep(RENEW).await;
        if !hold.renew().await? {
            return Err(ImapError::TakenOver);
        }
    }
}
