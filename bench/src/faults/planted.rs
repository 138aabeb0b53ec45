//! Whether the harness sees what it is for: two planted bugs must be caught before its word counts for anything.
//!
//! Neither is in the desk. *Acknowledging before the commit* is a relay that says 250 at once and hands the mail to
//! the desk a moment later; the kill takes the relay along. *No idempotency* is a sender that gives a mail another
//! Message-ID each time it sends it, so that the desk cannot know it again, behind a relay that lets
//! the kill fall between the commit and the 250. In both the mark in the text says which mail it is.
use super::Checks;
use super::kills::{Plan, run};
use super::proxy::Bug;

/// Kills until a bug must have shown.
const KILLS: usize = 12;

pub(super) async fn try_both(checks: &mut Checks) -> anyhow::Result<()> {
    let first = Plan { kills: KILLS, relay: Some(Bug::AcknowledgesFirst), until_wrong: true, ..Plan::default() };
    let seen = run(&first).await?;
    let says = format!("{} of {} acknowledged mails lost", seen.outcome.lost.len(), seen.acknowledged);
    checks.check("a desk that acknowledges before it stores is caught", !seen.outcome.lost.is_empty(), says);
    let late = Plan {
        kills: KILLS,
        relay: Some(Bug::AcknowledgesLate),
        changed_when_repeated: true,
        until_wrong: true,
        ..Plan::default()
    };
    let seen = run(&late).await?;
    let says = format!("{} mails doubled", seen.outcome.doubled.len());
    checks.check("a desk that does not know a mail again is caught", !seen.outcome.doubled.is_empty(), says);
    Ok(())
}
