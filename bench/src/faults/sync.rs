//! Whether a `250` waits for the disk, as the system calls tell, and what becomes of a sync that fails.
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use super::Checks;
use super::ledger::{Ledger, id, mail};
use crate::lmtp::{Sender, stuffed};
use crate::process::{Folder, Running, Setup, installed};

/// Small enough to lie in one page of the log, where its mark is seen.
fn small(number: u64) -> Vec<u8> {
    stuffed(&mail(number * 5 + 1, &id(number * 5 + 1)))
}

pub(super) async fn order(checks: &mut Checks, mails: u64) -> anyhow::Result<()> {
    if !installed(&["strace"]) {
        checks.missing("sync before 250", "strace is not installed");
        return Ok(());
    }
    let folder = Folder::new("sync")?;
    let log = folder.path().join("calls");
    let mut setup = Setup::new(folder.path())?;
    let strace = "strace -f -y -s 4200 -e trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync -o";
    setup.under = strace.split(' ').map(str::to_owned).chain([log.display().to_string()]).collect();
    let (mut desk, _) = setup.start().await?;
    let mut line = Sender::connect(setup.lmtp, "support@desk.example").await?;
    for number in 0..mails {
        let answer = line.send(&small(number)).await?;
        anyhow::ensure!(answer.starts_with("250"), "not taken in: {answer}");
    }
    desk.signal("TERM");
    desk.wait();
    let calls = std::fs::read(&log)?;
    let (seen, early) = acknowledged(&String::from_utf8_lossy(&calls));
    let says = format!("{seen} acknowledgements, {early} of them early");
    checks.check("the log is synced after the mail is in it and before its 250", seen == mails && early == 0, says);
    Ok(())
}

/// Goes through the calls in their order: how many mails were acknowledged, and how many of those before a sync of
/// the database's log that began after the mail was written into it had returned.
fn acknowledged(calls: &str) -> (u64, u64) {
    let (mut seen, mut early) = (0, 0);
    // Per mail: written into the log, and then synced.
    let (mut written, mut synced) = (BTreeMap::new(), BTreeMap::new());
    // Per thread: the mails that lie in the log when its sync begins, or the one a write is about.
    let mut under_way: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for line in calls.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let done = !call.contains("<unfinished");
        let is_sync = call.starts_with("fsync(") || call.starts_with("fdatasync(");
        if call.starts_with("pwrite") && call.contains("-wal") {
            for number in marks(call) {
                written.entry(number).or_insert(true);
            }
        } else if is_sync && call.contains("-wal") {
            let covered: Vec<u64> = written.keys().copied().collect();
            if done && call.ends_with("= 0") {
                synced.extend(covered.into_iter().map(|number| (number, true)));
            } else if !done {
                under_way.insert(thread, covered);
            }
        } else if (call.starts_with("<... fdatasync") || call.starts_with("<... fsync")) && call.ends_with("= 0") {
            synced.extend(under_way.remove(thread).unwrap_or_default().into_iter().map(|number| (number, true)));
        } else if call.contains("250 2.0.0 Taken in") {
            let number = seen * 5 + 1;
            seen += 1;
            early += u64::from(!synced.contains_key(&number));
        }
    }
    (seen, early)
}

/// The numbers after `mark-` in a call.
fn marks(call: &str) -> Vec<u64> {
    call.split("mark-").skip(1).filter_map(|rest| rest.split('-').next()?.parse().ok()).collect()
}

/// What every sync answers from some moment on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// EIO: what was written may be anywhere, and only a restart reads what there is.
    Broken,
    /// ENOSPC, as of file systems that find room only then. It passes.
    NoSpace,
}

/// How many mails are sent while syncs fail.
const REFUSED: u64 = 20;

pub(super) async fn failing(checks: &mut Checks, fault: Fault) -> anyhow::Result<()> {
    if !installed(&["strace"]) {
        checks.missing("failing sync", "strace is not installed");
        return Ok(());
    }
    let (error, answer) = match fault {
        Fault::Broken => ("EIO", "451"),
        Fault::NoSpace => ("ENOSPC", "452 4.3.1"),
    };
    let folder = Folder::new("sync")?;
    let mut setup = Setup::new(folder.path())?;
    setup.log = "off";
    let (mut desk, _) = setup.start().await?;
    let mut ledger = Ledger::default();
    let well = Sender::connect(setup.lmtp, "support@desk.example").await?.send(&small(0)).await;
    ledger.answered(1, well);
    crate::intake::until_filed(&setup, std::time::Instant::now()).await?;
    let mut strace = inject(&desk, error, &folder.path().join("failed")).await?;
    let answers = send_meanwhile(&setup, &mut ledger).await;
    let as_expected = answers.keys().all(|said| said.starts_with(answer));
    checks.check(&format!("a sync that ends in {error} is answered {answer}"), as_expected, format!("{answers:?}"));
    strace.signal("INT");
    strace.wait();
    if fault == Fault::Broken {
        desk.signal("KILL");
        desk.wait();
        desk = setup.start().await.context("after failing syncs")?.0;
    }
    let mut line = Sender::connect(setup.lmtp, "support@desk.example").await?;
    for number in std::mem::take(&mut ledger.unknown) {
        let answer = line.send(&small(number / 5)).await;
        ledger.answered(number, answer);
    }
    let outcome = ledger.settle(&setup).await?;
    desk.signal("TERM");
    desk.wait();
    let all = u64::try_from(ledger.acknowledged.len())? == REFUSED + 1;
    let exact = outcome.lost.is_empty() && outcome.doubled.is_empty() && all;
    let after = if fault == Fault::Broken { "and a kill " } else { "" };
    let says = format!("{} acknowledged, {} filed", ledger.acknowledged.len(), outcome.filed);
    checks.check(&format!("after {error} {after}all is there once"), exact && setup.is_sound()?, says);
    Ok(())
}

/// Lets every sync of a desk fail until it is interrupted.
async fn inject(desk: &Running, error: &str, log: &Path) -> anyhow::Result<Running> {
    let injected = format!("inject=fsync,fdatasync:error={error}");
    let mut strace = Running::start(
        Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync", "-e", &injected, "-o"])
            .arg(log)
            .args(["-p", &desk.id().to_string()])
            .stderr(Stdio::null()),
    )?;
    // It says nothing once it is there, but the desk then has a tracer.
    let status = format!("/proc/{}/status", desk.id());
    for _ in 0..200 {
        let traced = std::fs::read_to_string(&status)?
            .lines()
            .any(|line| line.strip_prefix("TracerPid:").is_some_and(|tracer| tracer.trim() != "0"));
        if traced {
            tokio::time::sleep(Duration::from_millis(300)).await;
            return Ok(strace);
        }
        anyhow::ensure!(!strace.has_ended(), "strace may not trace here");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    anyhow::bail!("strace does not begin")
}

/// How often which answer came.
async fn send_meanwhile(setup: &Setup, ledger: &mut Ledger) -> BTreeMap<String, u64> {
    let mut answers = BTreeMap::new();
    for number in 1..=REFUSED {
        let answer = match Sender::connect(setup.lmtp, "support@desk.example").await {
            Ok(mut line) => line.send(&small(number)).await,
            Err(error) => Err(error),
        };
        let word = answer.as_ref().map_or("broken line", |answer| answer.get(..9).unwrap_or("?")).to_owned();
        *answers.entry(word).or_insert(0) += 1;
        ledger.answered(number * 5 + 1, answer);
    }
    answers
}
