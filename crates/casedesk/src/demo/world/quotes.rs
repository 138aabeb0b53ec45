//! Quotes in every state: some were decided weeks ago, the others are on their way.
use std::time::Duration;

use super::{Story, World};
use crate::cases::store as case_store;
use crate::quotes::actions::{self as quotes, Answered};
use crate::quotes::{AnswerDoor, Line, QuoteAnswer, QuoteId};
use crate::staff::{self, Viewer};
use crate::web::client::Client;

/// So long ago the first ones were sent.
pub(super) const EARLY: Duration = Duration::from_hours(20 * 24);

/// Title, text, and lines: description, quantity in thousandths, price in cents.
type Offer = (&'static str, &'static str, &'static [(&'static str, i64, i64)]);

const OFFERS: [Offer; 10] = [
    (
        "Upgrade from 5.1 to 5.9 with our help",
        "We plan the upgrade with you, try it on a copy of your server, and are there on the night itself.\n\nNot included: changes to your firewall.",
        &[
            ("Planning and rehearsal", 2_000, 128_000),
            ("The night itself, remote", 6_000, 22_000),
            ("Discount for Premier", 1_000, -30_000),
        ],
    ),
    (
        "Support until 4.8 is replaced",
        "Security fixes for 4.8 for half a year after the end of its life.",
        &[("Extended support, month", 6_000, 95_000)],
    ),
    (
        "Audit log to your SIEM",
        "A connector that sends every line of the audit log as CEF.",
        &[("Development", 4_500, 120_000), ("Tests with your SIEM", 1_000, 80_000)],
    ),
    (
        "Second node for failover",
        "A licence for one more node, and its setting up.",
        &[("Licence, Enterprise, one node, a year", 1_000, 840_000), ("Setting up", 1_500, 128_000)],
    ),
    ("Passkeys for administrators", "As on the roadmap, but in 5.9 already.", &[("Development", 8_000, 120_000)]),
    (
        "Job calendar for Japanese holidays",
        "Holidays and substitute days, kept up to date for three years.",
        &[("Development", 3_000, 120_000), ("Upkeep, a year", 3_000, 45_000)],
    ),
    (
        "Training of two administrators",
        "Two days, remote, with exercises on your own jobs.",
        &[("Training, a day", 2_000, 160_000)],
    ),
    (
        "SFTP partner migration",
        "We move 140 partners with their keys and folders.",
        &[("Migration, a partner", 140_000, 2_900)],
    ),
    ("Folder monitors on NFS clusters", "", &[("Analysis", 2_000, 120_000)]),
    ("Report of transfers for the auditor", "Monthly, as PDF and CSV.", &[("Development", 2_500, 120_000)]),
];

impl World {
    /// Who is of sales, and the quotes that are over by now.
    pub(super) async fn offer_early(&mut self, stories: &[Story]) -> anyhow::Result<()> {
        let team = &self.desk.config().quotes.team;
        let Some(team) = staff::store::team_named(self.desk.db(), team).await? else { return Ok(()) };
        let mut tx = self.desk.db().begin().await?;
        for seller in self.agents.iter().skip(2).take(2) {
            staff::store::teams::join(&mut tx, seller.id, team.id).await?;
        }
        tx.commit().await?;
        let mut open = self.quotable(stories).await?.into_iter();
        for (offer, answer) in [
            (0, Some((QuoteAnswer::Accepted, "Agreed with our management."))),
            (1, Some((QuoteAnswer::Declined, "We replace the server in spring instead."))),
            (2, None),
        ] {
            let Some(at) = open.next() else { return Ok(()) };
            let Some(id) = self.sent(&stories[at], offer, 10).await? else { continue };
            if let Some((answer, reason)) = answer {
                self.answer(&stories[at], id, answer, reason).await?;
            }
        }
        Ok(())
    }

    /// Those that are on their way now.
    pub(super) async fn offer_late(&mut self, stories: &mut [Story]) -> anyhow::Result<()> {
        let mut open = self.quotable(stories).await?.into_iter();
        let (Some(writer), Some(admin)) = (self.agents.get(1).cloned(), self.agents.first().cloned()) else {
            return Ok(());
        };
        if let Some(at) = open.next() {
            self.draft(&stories[at], &writer, 8, 30).await?;
        }
        if let Some(at) = open.next()
            && let Some(id) = self.draft(&stories[at], &writer, 3, 30).await?
        {
            quotes::submit(&self.desk, &writer, id).await?;
        }
        if let Some(at) = open.next()
            && let Some(id) = self.draft(&stories[at], &writer, 5, 45).await?
        {
            quotes::submit(&self.desk, &writer, id).await?;
            quotes::approve(&self.desk, &admin, id, None).await?;
        }
        if let Some(at) = open.next() {
            self.sent(&stories[at], 4, 2).await?;
        }
        if let Some(at) = open.next()
            && self.sent(&stories[at], 6, 30).await?.is_some()
        {
            self.customer_writes(&mut stories[at], "We accept the quote. Please go ahead.", None).await?;
        }
        if let Some(at) = open.next()
            && let Some(id) = self.sent(&stories[at], 7, 30).await?
        {
            quotes::withdraw(&self.desk, &writer, id).await?;
        }
        if let Some(at) = open.next()
            && let Some(id) = self.sent(&stories[at], 9, 30).await?
        {
            let next = quotes::new_version(&self.desk, &writer, id).await?;
            quotes::submit(&self.desk, &writer, next).await?;
            quotes::approve(&self.desk, &admin, next, None).await?;
            quotes::send(&self.desk, &writer, next).await?;
        }
        self.worker.drain().await?;
        Ok(())
    }

    /// The stories whose case takes a quote, and has none yet: one for each case.
    async fn quotable(&self, stories: &[Story]) -> anyhow::Result<Vec<usize>> {
        let mut found = Vec::new();
        let mut cases = std::collections::BTreeSet::new();
        for (at, story) in stories.iter().enumerate() {
            let Some(id) = story.case else { continue };
            let case = case_store::case(self.desk.db(), id).await?;
            let takes = case.is_some_and(|case| case.state.is_open() && case.merged_into.is_none());
            let none = !case_store::has_quote(self.desk.db(), id).await?;
            if takes && none && cases.insert(id) {
                found.push(at);
            }
        }
        Ok(found)
    }

    async fn draft(&self, story: &Story, by: &Viewer, offer: usize, days: i64) -> anyhow::Result<Option<QuoteId>> {
        let Some(case) = story.case else { return Ok(None) };
        let (title, text, lines) = OFFERS[offer];
        let mut terms = quotes::begun_with(&self.desk, by, case).await?;
        (terms.title, terms.text) = (title.into(), text.into());
        terms.valid_until = quotes::today(&self.desk).plus_days(days);
        terms.lines = lines
            .iter()
            .map(|(description, quantity_milli, unit_price_minor)| Line {
                description: (*description).into(),
                quantity_milli: *quantity_milli,
                unit_price_minor: *unit_price_minor,
            })
            .collect();
        Ok(Some(quotes::draft(&self.desk, by, case, terms).await?))
    }

    /// Drafted by one, approved by another, sent.
    async fn sent(&self, story: &Story, offer: usize, days: i64) -> anyhow::Result<Option<QuoteId>> {
        let (Some(writer), Some(admin)) = (self.agents.get(1), self.agents.first()) else { return Ok(None) };
        let Some(id) = self.draft(story, writer, offer, days).await? else { return Ok(None) };
        quotes::submit(&self.desk, writer, id).await?;
        quotes::approve(&self.desk, admin, id, None).await?;
        quotes::send(&self.desk, writer, id).await?;
        self.worker.drain().await?;
        Ok(Some(id))
    }

    async fn answer(&self, story: &Story, id: QuoteId, answer: QuoteAnswer, reason: &str) -> anyhow::Result<()> {
        self.desk.clock().advance(Duration::from_mins(40));
        let answered = Answered { answer, name: story.person.shown().to_owned(), reason: reason.into() };
        quotes::answer_by_customer(&self.desk, id, answered, AnswerDoor::Link, &Client::default()).await?;
        self.worker.drain().await?;
        Ok(())
    }
}
