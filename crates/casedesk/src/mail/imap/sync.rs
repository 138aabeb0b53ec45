//! Brings one mailbox up to date: everything after the last stored uid, in order, whoever else
//! reads the mailbox and whatever they do to its flags.
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use jiff::tz::TimeZone;

use super::Pace;
use super::client::{Opened, Session};
use super::error::ImapError;
use crate::config::Imap;
use crate::kit::Timestamp;
use crate::mail::Source;
use crate::mail::handover::{Intake, NotStored};
use crate::mail::mailboxes::{Gap, Hold, Position};

/// How many sizes are asked for at once.
const SIZES: usize = 500;
/// How many messages are fetched at once, and how many bytes.
const GROUP: usize = 50;
const GROUP_BYTES: u64 = 4 << 20;
/// How much is kept of the headers of a mail that is too large.
const HEADERS: usize = 65_536;
/// Failures at one message before it becomes a gap and the rest goes on.
const PATIENCE: u32 = 3;
/// How many days before the window are asked for one by one.
const MOST_DAYS: usize = 30;
/// Servers keep days, not moments, and in their own time zone.
const SLACK: Duration = Duration::from_hours(48);

type Result<T> = std::result::Result<T, ImapError>;

/// The message at which reading failed last, and how often.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stuck {
    uid: u32,
    times: u32,
}

/// What one catching-up needs.
pub(super) struct Sync<'a, I> {
    pub(super) imap: &'a Imap,
    pub(super) max_size: u64,
    pub(super) hold: &'a Hold,
    pub(super) intake: &'a I,
    pub(super) pace: &'a Pace,
    pub(super) stuck: &'a mut Stuck,
    /// How many messages were stored since the connection was made.
    pub(super) stored: u64,
    /// When the messages arrived that are being read.
    pub(super) arrived_on: BTreeMap<u32, Timestamp>,
}

impl<I: Intake> Sync<'_, I> {
    /// Reads everything that is new. When this returns, the mailbox is up to date.
    pub(super) async fn catch_up(&mut self, session: &mut Session, opened: Opened) -> Result<()> {
        let position = self.position(opened).await?;
        let (last, window) = (number(position.last_uid), number(position.window_uid));
        if last < window {
            let uids = session.search(&window_query(last, window, position.window_since, &days(&position))).await?;
            self.read(session, opened, uids.into_iter().filter(|uid| (last + 1..=window).contains(uid)).collect())
                .await?;
            self.advance(window, 0).await?;
        }
        let last = last.max(window);
        // `n:*` names the last message even when its uid is below n.
        let uids = session.search(&format!("UID {}:*", last.saturating_add(1))).await?;
        self.read(session, opened, uids.into_iter().filter(|uid| *uid > last).collect()).await?;
        self.hold.well().await?;
        // Last, so that what fails again holds up nothing.
        self.fill_gaps(session, opened).await
    }

    /// Where reading stands; begins anew when the server numbers the folder anew.
    async fn position(&self, opened: Opened) -> Result<Position> {
        let position = self.hold.position().await?;
        if position.uid_validity == Some(i64::from(opened.uid_validity)) {
            return Ok(position);
        }
        let since = self.window_since(&position);
        let left = self.left_days(&position, since).await?;
        if position.uid_validity.is_some() {
            tracing::warn!(
                mailbox = self.imap.name,
                "the server numbers the folder anew (UIDVALIDITY): reading it again"
            );
        }
        self.hold.renumber(opened.uid_validity, opened.highest_uid, since, &left).await?;
        Ok(self.hold.position().await?)
    }

    /// From when on mail is read: `since_days` back, and at the least back to the last time that all was well.
    fn window_since(&self, position: &Position) -> Option<Timestamp> {
        if self.imap.since_days == 0 {
            return None;
        }
        let wanted = self.hold.now().minus(Duration::from_hours(24 * u64::from(self.imap.since_days)));
        let since = position.last_ok_at.map_or(wanted, |ok| ok.min(wanted)).minus(SLACK);
        // A window that was not read to its end is not made smaller.
        match position.last_uid < position.window_uid {
            true => position.window_since.map(|before| before.min(since)),
            false => Some(since),
        }
    }

    /// The days before the window on which something arrived that is not stored yet.
    async fn left_days(&self, position: &Position, since: Option<Timestamp>) -> Result<Vec<Timestamp>> {
        let mut left: BTreeSet<Timestamp> = self.hold.gap_days().await?.into_iter().collect();
        if position.last_uid < position.window_uid {
            left.extend(days(position));
        }
        Ok(left.into_iter().filter(|day| since.is_some_and(|since| *day < since)).collect())
    }

    /// Tries again what was left for later.
    async fn fill_gaps(&mut self, session: &mut Session, opened: Opened) -> Result<()> {
        for (uid, attempts) in self.hold.due_gaps().await? {
            let pause = self.pace.gap.saturating_mul(1 << attempts.min(8));
            // Put off first: when this very message breaks the connection, it must not be the next one again.
            self.hold.add_gap(&self.gap(uid, "being tried again"), pause).await?;
            match self.one(session, opened, uid).await {
                Ok(()) => self.hold.close_gap(uid).await?,
                Err(error) => {
                    self.hold.add_gap(&self.gap(uid, &error.to_string()), pause).await?;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn gap<'g>(&self, uid: u32, reason: &'g str) -> Gap<'g> {
        Gap { uid, reason, arrived_on: self.arrived_on.get(&uid).copied() }
    }

    /// Uid and size of those that still exist; when they arrived is kept for the gaps.
    async fn sizes(&mut self, session: &mut Session, uids: &[u32]) -> Result<Vec<(u32, u32)>> {
        let listed = session.listing(uids).await?;
        self.arrived_on = listed.iter().filter_map(|message| Some((message.uid, message.arrived_on?))).collect();
        Ok(listed.into_iter().map(|message| (message.uid, message.size)).collect())
    }

    async fn one(&mut self, session: &mut Session, opened: Opened, uid: u32) -> Result<()> {
        match self.sizes(session, &[uid]).await?.first() {
            Some((uid, size)) => self.group(session, opened, &[(*uid, *size)], &mut BTreeSet::new()).await,
            None => Ok(()),
        }
    }

    /// Reads these messages, moving the place on behind them.
    async fn read(&mut self, session: &mut Session, opened: Opened, uids: Vec<u32>) -> Result<()> {
        let mut left = uids.len();
        for some in uids.chunks(SIZES) {
            let sizes = self.sizes(session, some).await?;
            // Who is missing here was deleted since the search.
            left -= some.len() - sizes.len();
            let mut rest = &sizes[..];
            while !rest.is_empty() {
                let (group, later) = rest.split_at(self.group_length(rest));
                left -= group.len();
                self.read_group(session, opened, group, left).await?;
                rest = later;
            }
            if let Some(end) = some.last() {
                self.advance(*end, left).await?;
            }
        }
        Ok(())
    }

    /// How many of these go into one fetch: one alone where it failed before.
    fn group_length(&self, rest: &[(u32, u32)]) -> usize {
        let mut bytes = 0;
        let fits = rest.iter().take(GROUP).take_while(|(uid, size)| {
            bytes += u64::from(*size);
            bytes <= GROUP_BYTES && !(self.stuck.times > 0 && *uid == self.stuck.uid)
        });
        fits.count().max(1)
    }

    async fn read_group(
        &mut self,
        session: &mut Session,
        opened: Opened,
        group: &[(u32, u32)],
        behind: usize,
    ) -> Result<()> {
        let mut done = BTreeSet::new();
        let result = self.group(session, opened, group, &mut done).await;
        let Err(error) = result else {
            let end = group.last().map_or(0, |(uid, _)| *uid);
            return self.advance(end, behind).await;
        };
        // In order up to the first that is missing: a server may send them in another one.
        let reached = group.iter().map(|(uid, _)| *uid).take_while(|uid| done.contains(uid)).last();
        if let Some(uid) = reached {
            self.advance(uid, behind).await?;
        }
        if let Some((failed, _)) = group.iter().find(|(uid, _)| !done.contains(uid)) {
            self.stumble(*failed, &error).await?;
        }
        Err(error)
    }

    /// Counts a failure at one message. After a few it is put aside, so that the others can pass.
    async fn stumble(&mut self, uid: u32, error: &ImapError) -> Result<()> {
        let times = if self.stuck.uid == uid { self.stuck.times + 1 } else { 1 };
        *self.stuck = Stuck { uid, times };
        // A full disk is no fault of the message.
        let not_its = matches!(error, ImapError::TakenOver | ImapError::NotStored(NotStored::Full));
        if times < PATIENCE || not_its {
            return Ok(());
        }
        tracing::warn!(mailbox = self.imap.name, uid, %error, "a message is put off: it failed several times");
        self.hold.add_gap(&self.gap(uid, &error.to_string()), self.pace.gap).await?;
        self.advance(uid, 0).await?;
        *self.stuck = Stuck::default();
        Ok(())
    }

    /// Fetches and stores these messages; `done` has those that are stored, also after a failure.
    async fn group(
        &mut self,
        session: &mut Session,
        opened: Opened,
        group: &[(u32, u32)],
        done: &mut BTreeSet<u32>,
    ) -> Result<()> {
        let (fitting, oversized): (Vec<_>, Vec<_>) =
            group.iter().copied().partition(|(_, size)| u64::from(*size) <= self.max_size);
        if !fitting.is_empty() {
            let uids: Vec<u32> = fitting.iter().map(|(uid, _)| *uid).collect();
            let bytes = fitting.iter().map(|(_, size)| u64::from(*size)).sum();
            let mut fetching = session.fetch(&uids, bytes).await?;
            while let Some((uid, raw)) = fetching.next().await? {
                if !uids.contains(&uid) || done.contains(&uid) {
                    continue;
                }
                self.store(opened, uid, raw).await?;
                done.insert(uid);
            }
        }
        for (uid, size) in oversized {
            if let Some(headers) = session.headers(uid).await? {
                self.intake.note_oversized(self.source(opened, uid), headers, u64::from(size)).await?;
                self.stored += 1;
            }
            done.insert(uid);
        }
        Ok(())
    }

    /// Stores one message. A server may have told less than its true size.
    async fn store(&mut self, opened: Opened, uid: u32, raw: Bytes) -> Result<()> {
        let (source, size) = (self.source(opened, uid), raw.len() as u64);
        if size <= self.max_size {
            self.intake.take_in(source, raw).await?;
        } else {
            let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(raw.len()).min(HEADERS);
            self.intake.note_oversized(source, raw.slice(..end), size).await?;
        }
        self.stored += 1;
        Ok(())
    }

    fn source(&self, opened: Opened, uid: u32) -> Source<'_> {
        Source::Imap { mailbox: self.hold.label(), uid_validity: opened.uid_validity, uid }
    }

    async fn advance(&self, last_uid: u32, behind: usize) -> Result<()> {
        if self.hold.advance(last_uid, behind).await? { Ok(()) } else { Err(ImapError::TakenOver) }
    }
}

fn window_query(last: u32, window: u32, since: Option<Timestamp>, days: &[Timestamp]) -> String {
    let uids = format!("UID {}:{window}", last.saturating_add(1));
    // So many days are asked for by one: everything from the first of them on.
    let (since, days) = match days {
        [first, .., _] if days.len() > MOST_DAYS => (since.map(|since| since.min(*first)), &[][..]),
        few => (since, few),
    };
    let Some(since) = since.and_then(day) else { return uids };
    let on: Vec<String> = days.iter().filter_map(|on| day(*on)).collect();
    // `OR` takes two keys (RFC 3501 section 6.4.4).
    let or = on.iter().rev().fold(String::new(), |or, on| format!("OR ON {on} {or}"));
    format!("{uids} {or}SINCE {since}")
}

fn days(position: &Position) -> Vec<Timestamp> {
    serde_json::from_str(&position.window_days).unwrap_or_default()
}

/// A day as IMAP writes it: `1-Feb-2026`.
fn day(at: Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_second(at.seconds()).ok()?.to_zoned(TimeZone::UTC);
    Some(at.strftime("%-d-%b-%Y").to_string())
}

fn number(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_asked_for_by_uid_and_day() {
        let since = Timestamp::parse_rfc3339("2026-02-01T12:00:00Z");
        assert_eq!(window_query(0, 9, since, &[]), "UID 1:9 SINCE 1-Feb-2026");
        assert_eq!(window_query(4, 9, None, &[]), "UID 5:9");
        let old = |day: u32| Timestamp::parse_rfc3339(&format!("2020-01-{:02}T00:00:00Z", day)).unwrap();
        assert_eq!(
            window_query(0, 9, since, &[old(1), old(3)]),
            "UID 1:9 OR ON 1-Jan-2020 OR ON 3-Jan-2020 SINCE 1-Feb-2026"
        );
        let many: Vec<Timestamp> = (1..=31).map(old).collect();
        assert_eq!(window_query(0, 9, since, &many), "UID 1:9 SINCE 1-Jan-2020");
    }
}
