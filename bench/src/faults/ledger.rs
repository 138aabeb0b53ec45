//! Which mails were sent and acknowledged, and what became of them in the desk.
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use casedesk::db::{Db, Read as _};
use casedesk::q;

use crate::mails::{Dice, prose};
use crate::process::Setup;

/// What the sender knows.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) acknowledged: BTreeSet<u64>,
    /// Sent, and the line broke before an answer: the sender sends them again.
    pub(super) unknown: BTreeSet<u64>,
}

/// What became of everything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) filed: usize,
    /// Acknowledged, and nowhere.
    pub(super) lost: Vec<u64>,
    /// In the timeline more than once.
    pub(super) doubled: Vec<u64>,
    /// Message-IDs with more than one row.
    pub(super) ids_doubled: i64,
    /// Filed from the mailbox.
    pub(super) by_imap: i64,
}

impl Ledger {
    pub(super) fn answered(&mut self, number: u64, answer: anyhow::Result<String>) {
        match answer {
            Ok(answer) if answer.starts_with("250") => {
                self.acknowledged.insert(number);
                self.unknown.remove(&number);
            }
            _ => {
                self.unknown.insert(number);
            }
        }
    }

    /// Waits until the desk has filed all that it has, and reads what is in its timelines.
    pub(super) async fn settle(&self, setup: &Setup) -> anyhow::Result<Outcome> {
        crate::intake::until_filed(setup, Instant::now()).await?;
        let db = Db::connect(&setup.database(), 4).await?;
        let texts: Vec<(String,)> = db.all(q!("SELECT text FROM entries WHERE kind IN ('mail_in', 'machine')")).await?;
        let (ids_doubled,): (i64,) = db
            .one(q!("SELECT COUNT(*) FROM (SELECT 1 FROM mail_messages GROUP BY message_id HAVING COUNT(*) > 1) d"))
            .await?;
        let (by_imap,): (i64,) =
            db.one(q!("SELECT COUNT(*) FROM inbound WHERE source = 'imap' AND entry_id IS NOT NULL")).await?;
        db.close().await;
        let mut found: BTreeMap<u64, usize> = BTreeMap::new();
        for (text,) in &texts {
            let number = text.split("mark-").nth(1).and_then(|rest| rest.split('-').next()?.parse().ok());
            *found.entry(number.unwrap_or(u64::MAX)).or_default() += 1;
        }
        let lost = self.acknowledged.iter().filter(|number| !found.contains_key(number)).copied().collect();
        let doubled = found.iter().filter(|(_, times)| **times > 1).map(|(number, _)| *number).collect();
        Ok(Outcome { filed: found.len(), lost, doubled, ids_doubled, by_imap })
    }
}

/// A mail that is known by its mark in the text, whatever else of it changes. Every one opens its own case.
pub(super) fn mail(number: u64, message_id: &str) -> Vec<u8> {
    let mut dice = Dice::new(number + 1);
    let words = if number.is_multiple_of(5) { 2500 } else { 60 };
    format!(
        "From: Person {number} <person{number}@customer{}.example>\r\nTo: support@desk.example\r\n\
         Subject: fault run {number}\r\nMessage-ID: <{message_id}>\r\nDate: Mon, 5 Jan 2026 07:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nmark-{number}-here\r\n{}",
        number % 50,
        prose(&mut dice, words)
    )
    .into_bytes()
}

/// Its Message-ID when it is sent as it should be: the same on every try.
pub(super) fn id(number: u64) -> String {
    format!("fault-{number}@customer.example")
}
