//! Kills in the middle of intake, over LMTP and IMAP at once.
use std::time::{Duration, Instant};

use super::Checks;
use super::ledger::{Ledger, Outcome, id, mail};
use super::proxy::{self, Bug};
use crate::dovecot::Dovecot;
use crate::lmtp::{Sender, stuffed};
use crate::mails::Dice;
use crate::process::{Folder, Setup};

const SENDERS: u64 = 4;
/// Each of these is put into the mailbox as well as sent by LMTP: two ways, one entry.
const BOTH_WAYS: u64 = 10;

/// How long a mailbox may take to be read after the last start.
const MAILBOX_WAIT: Duration = Duration::from_secs(120);

/// What is done to the desk.
#[derive(Clone, Copy, Default)]
pub(super) struct Plan {
    pub(super) kills: usize,
    /// A relay in front of it that has a bug.
    pub(super) relay: Option<Bug>,
    /// What is sent again is given another Message-ID.
    pub(super) changed_when_repeated: bool,
    /// Also over IMAP.
    pub(super) imap: bool,
    /// Ends as soon as something is lost or doubled.
    pub(super) until_wrong: bool,
}

pub(super) struct Seen {
    pub(super) outcome: Outcome,
    pub(super) acknowledged: usize,
    pub(super) kills: usize,
    pub(super) slowest: Duration,
    pub(super) sound: bool,
    /// Put into the mailbox.
    pub(super) mailbox: usize,
}

pub(super) async fn kill_during_intake(checks: &mut Checks, kills: usize) -> anyhow::Result<()> {
    let seen = run(&Plan { kills, imap: true, ..Plan::default() }).await?;
    let Seen { outcome, acknowledged, kills, slowest, sound, mailbox } = &seen;
    let named = |what: &[u64]| format!("{} {:?}", what.len(), what.iter().take(5).collect::<Vec<_>>());
    let says = format!("{kills} kills, {acknowledged} acknowledged, {} lost", named(&outcome.lost));
    checks.check("nothing acknowledged is lost", outcome.lost.is_empty() && *acknowledged > 0, says);
    let says = format!("{} filed, {} doubled", outcome.filed, named(&outcome.doubled));
    checks.check("nothing is in the timeline twice", outcome.doubled.is_empty(), says);
    let says = format!("{} of them more than once", outcome.ids_doubled);
    checks.check("every Message-ID is there once", outcome.ids_doubled == 0, says);
    let says = format!("the slowest start took {} ms", slowest.as_millis());
    checks.check("well again within 5 s of every kill", *slowest < Duration::from_secs(5), says);
    checks.check("the database is sound", *sound, "as `casedesk check` says");
    if *mailbox > 0 {
        let says = format!("{} of {mailbox} filed from there, the others by LMTP before", outcome.by_imap);
        checks.check("the mailbox is read between the kills", outcome.by_imap > 0, says);
    } else {
        checks.missing("kills while a mailbox is read", "Dovecot is not installed, or we are not root");
    }
    Ok(())
}

/// Starts, sends and kills, over and over; then lets the desk finish and looks.
pub(super) async fn run(plan: &Plan) -> anyhow::Result<Seen> {
    let folder = Folder::new("kills")?;
    let setup = Setup::new(folder.path())?;
    let dovecot = if plan.imap { Dovecot::start().await? } else { None };
    if let Some(dovecot) = &dovecot {
        std::fs::write(folder.path().join("casedesk.toml"), dovecot.settings())?;
    }
    let mut round = Round { plan, setup: &setup, ledger: Ledger::default(), next: 0, tries: 0, dice: Dice::new(3) };
    let (mut slowest, mut kills, mut mailbox) = (Duration::ZERO, 0, 0);
    for _ in 0..plan.kills {
        mailbox += round.fill_mailbox(dovecot.as_ref()).await?;
        slowest = slowest.max(round.one().await?);
        kills += 1;
        if plan.until_wrong && round.something_is_wrong().await? {
            break;
        }
    }
    let (mut desk, ready) = setup.start().await?;
    let outcome = round.finish(dovecot.is_some()).await?;
    desk.signal("TERM");
    desk.wait();
    let acknowledged = round.ledger.acknowledged.len();
    Ok(Seen { outcome, acknowledged, kills, slowest: slowest.max(ready), sound: setup.is_sound()?, mailbox })
}

struct Round<'a> {
    plan: &'a Plan,
    setup: &'a Setup,
    ledger: Ledger,
    next: u64,
    tries: u64,
    dice: Dice,
}

impl Round<'_> {
    /// Starts the desk, sends for a moment, kills it; how long it took to be well.
    async fn one(&mut self) -> anyhow::Result<Duration> {
        let (mut desk, ready) = self.setup.start().await?;
        let relay = self.plan.relay.map(|bug| proxy::start(self.setup.lmtp, bug)).transpose()?;
        let port = relay.as_ref().map_or(self.setup.lmtp, |(port, _)| *port);
        let life = Duration::from_millis(20 + u64::try_from(self.dice.below(180))?);
        let killer = tokio::spawn(async move {
            tokio::time::sleep(life).await;
            if let Some((_, relay)) = relay {
                relay.abort();
            }
            desk.signal("KILL");
            desk.wait();
        });
        self.send_until_killed(port).await;
        killer.await?;
        Ok(ready)
    }

    /// First what nobody knows of, then new ones, on some connections at once.
    async fn send_until_killed(&mut self, port: u16) {
        let again: Vec<u64> = std::mem::take(&mut self.ledger.unknown).into_iter().collect();
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let mut mine: Vec<u64> = again.iter().copied().filter(|n| n % SENDERS == sender).collect();
                mine.reverse();
                let (mut next, step, plan) = (self.next + sender, SENDERS, *self.plan);
                self.tries += 1;
                let attempt = self.tries;
                tokio::spawn(async move {
                    let mut answers = Vec::new();
                    let Ok(mut line) = connect(port).await else { return (mine, answers) };
                    loop {
                        let number = mine.pop().unwrap_or_else(|| {
                            next += step;
                            next - step
                        });
                        let answer = line.send(&stuffed(&written(number, &plan, attempt))).await;
                        let broken = answer.is_err();
                        answers.push((number, answer));
                        if broken {
                            return (mine, answers);
                        }
                    }
                })
            })
            .collect();
        for sender in senders {
            let Ok((left, answers)) = sender.await else { continue };
            self.ledger.unknown.extend(left);
            for (number, answer) in answers {
                self.next = self.next.max(number + SENDERS);
                self.ledger.answered(number, answer);
            }
        }
        self.next = self.next.next_multiple_of(SENDERS);
    }

    /// Puts mails into the mailbox: some of their own, and some that come by LMTP too. From here on they are owed.
    async fn fill_mailbox(&mut self, dovecot: Option<&Dovecot>) -> anyhow::Result<usize> {
        let Some(dovecot) = dovecot else { return Ok(0) };
        let mut line = Sender::connect(dovecot.lmtp, dovecot.user()).await?;
        let own = (0..3).map(|n| 1_000_000_000 + self.tries * SENDERS + n);
        let shared = (self.next..self.next + 2 * BOTH_WAYS).filter(|number| number % BOTH_WAYS == 0);
        let mut count = 0;
        for number in own.chain(shared) {
            let answer = line.send(&stuffed(&mail(number, &id(number)))).await?;
            anyhow::ensure!(answer.starts_with("250"), "Dovecot answers {answer}");
            self.ledger.acknowledged.insert(number);
            count += 1;
        }
        Ok(count)
    }

    async fn something_is_wrong(&self) -> anyhow::Result<bool> {
        let (mut desk, _) = self.setup.start().await?;
        let outcome = self.ledger.settle(self.setup).await?;
        desk.signal("KILL");
        desk.wait();
        Ok(!outcome.lost.is_empty() || !outcome.doubled.is_empty())
    }

    /// Sends what is left, and waits until everything is filed.
    async fn finish(&mut self, mailbox: bool) -> anyhow::Result<Outcome> {
        let mut line = connect(self.setup.lmtp).await?;
        for number in std::mem::take(&mut self.ledger.unknown) {
            self.tries += 1;
            let answer = line.send(&stuffed(&written(number, self.plan, self.tries))).await;
            self.ledger.answered(number, answer);
        }
        let begun = Instant::now();
        loop {
            let outcome = self.ledger.settle(self.setup).await?;
            // A killed desk's lease on the mailbox has to run out first; only then is late told from lost.
            if !mailbox || outcome.lost.is_empty() || begun.elapsed() > MAILBOX_WAIT {
                return Ok(outcome);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn written(number: u64, plan: &Plan, attempt: u64) -> Vec<u8> {
    if plan.changed_when_repeated {
        mail(number, &format!("{attempt}.{}", id(number)))
    } else {
        mail(number, &id(number))
    }
}

async fn connect(port: u16) -> anyhow::Result<Sender> {
    // The relay may still be on its way.
    for _ in 0..20 {
        if let Ok(sender) = Sender::connect(port, "support@desk.example").await {
            return Ok(sender);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Sender::connect(port, "support@desk.example").await
}
