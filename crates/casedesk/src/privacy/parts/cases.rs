//! Their cases: every message that they wrote or were sent, with its source and its files.
use askama::Template;
use bytes::Bytes;
use serde::Serialize;

use super::Order;
use crate::cases::store::{self as case_store, Attachment, EntryRow};
use crate::cases::{CaseId, Delivery, EntryData, EntryId, EntryKind, Fold};
use crate::customers::Person;
use crate::desk::Desk;
use crate::kit::{Timestamp, prose};
use crate::privacy::archive::Archive;
use crate::privacy::rules::{Circle, Scrub, Whose, file_name, whose};
use crate::privacy::store::{self, CaseRow};
use crate::privacy::{PrivacyError, Subject};

/// How many cases and how many entries are read at once.
const CASES: i64 = 50;
const ENTRIES: i64 = 100;

/// A file of a message, as the archive has it.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    id: EntryId,
    at: Timestamp,
    /// `from you`, `from us`, `call`, `note`.
    what: &'static str,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<Person>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cc: Vec<Person>,
    text: String,
    /// Quotes, signatures and the like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    folded: Vec<Fold>,
    /// The whole mail, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    files: Vec<String>,
}

impl Shown {
    fn html(&self) -> String {
        prose::to_html(&self.text)
    }

    fn when(&self) -> String {
        self.at.in_words()
    }

    fn names(&self) -> String {
        self.to.iter().chain(&self.cc).map(|person| person.address.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Template)]
#[template(path = "privacy/case.html")]
struct CasePage<'a> {
    key: &'a str,
    case: &'a CaseRow,
    since: String,
}

#[derive(Template)]
#[template(path = "privacy/lines.html")]
struct Lines<'a> {
    lines: &'a [Shown],
}

/// What of a case is not handed out.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    others: usize,
    notes: usize,
}

pub(super) async fn write(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let (mut after, mut total) = (CaseId(0), Left::default());
    loop {
        let cases = store::cases(desk.db(), order.subject, after, CASES).await?;
        let Some(last) = cases.last() else { break };
        after = last.id;
        for case in &cases {
            let left = one(desk, order, case, archive).await?;
            total.others += left.others;
            total.notes += left.notes;
        }
    }
    if total.others > 0 {
        let why = "they were neither written by them nor sent to them, so they are those people’s own (article 15 (4))";
        archive.leave_out(format!("{} messages of others on the same cases", total.others), why);
    }
    if total.notes > 0 {
        let why = if order.notes {
            "they stand on cases of others"
        } else {
            "whoever asked for this archive chose to leave them out"
        };
        archive.leave_out(format!("{} internal notes", total.notes), why);
    }
    archive
        .leave_out("States, assignees, teams and tags of cases", "they say how we work, and nothing about the person");
    Ok(())
}

async fn one(desk: &Desk, order: &Order, case: &CaseRow, archive: &mut Archive) -> Result<Left, PrivacyError> {
    let key = format!("{}-{}", desk.config().desk.prefix, case.id);
    let reading = Reading::new(desk, order, case, &key).await?;
    let mut left = Left::default();
    let (mut after, mut any) = (EntryId(0), false);
    // The lines as JSON, then as a page, then the files that both name: an archive is written from its beginning on.
    let path = format!("cases/{key}/case.json");
    while let Some((lines, next)) = reading.page(after, &mut left).await? {
        if !any && !lines.is_empty() {
            archive.list(&format!("cases/{key}/case.html"), &format!("{key} {}", case.subject));
            archive.start(&path).await?;
        }
        for line in &lines {
            let text = serde_json::to_string(line).map_err(|error| PrivacyError::Archive(error.into()))?;
            archive.add(Bytes::from(format!("{}\n{text}", if any { "," } else { "[" }))).await?;
            any = true;
        }
        after = next;
    }
    if !any {
        return Ok(left);
    }
    archive.add(Bytes::from_static(b"\n]\n")).await?;
    readable(&reading, archive).await?;
    reading.files(archive).await?;
    Ok(left)
}

async fn readable(reading: &Reading<'_>, archive: &mut Archive) -> Result<(), PrivacyError> {
    let page = CasePage { key: reading.key, case: reading.case, since: reading.case.created_at.in_words() };
    archive.start(&format!("cases/{}/case.html", reading.key)).await?;
    archive.add(rendered(&page)?).await?;
    let (mut after, mut left) = (EntryId(0), Left::default());
    while let Some((lines, next)) = reading.page(after, &mut left).await? {
        archive.add(rendered(&Lines { lines: &lines })?).await?;
        after = next;
    }
    archive.add(Bytes::from_static(b"</ol></body></html>\n")).await
}

fn rendered(page: &impl Template) -> Result<Bytes, PrivacyError> {
    Ok(Bytes::from(page.render().map_err(|error| PrivacyError::Archive(std::io::Error::other(error)))?))
}

/// A case as it is read for somebody.
struct Reading<'a> {
    desk: &'a Desk,
    order: &'a Order,
    case: &'a CaseRow,
    key: &'a str,
    /// Takes other people out of our notes.
    others: Scrub,
    /// Whether our notes on it are about them.
    notes: bool,
}

impl<'a> Reading<'a> {
    async fn new(desk: &'a Desk, order: &'a Order, case: &'a CaseRow, key: &'a str) -> Result<Self, PrivacyError> {
        let others = store::others(desk.db(), case.id, order.subject).await?;
        let names: Vec<&str> = others.iter().filter_map(|(_, name)| name.as_deref()).collect();
        let own: Vec<&str> = order.contacts.iter().map(|(_, name)| name.as_str()).collect();
        let addresses = others.iter().map(|(address, _)| address.clone());
        let about_them = match order.subject {
            Subject::Contact(id) => case.contact_id == Some(id),
            Subject::Organisation(id) => case.organisation_id == Some(id),
        };
        let others = Scrub::addresses(addresses).with_names(names, own);
        Ok(Self { desk, order, case, key, others, notes: order.notes && about_them })
    }

    /// The next lines that are handed out; the rest is counted. `None`: there are no more.
    async fn page(&self, after: EntryId, left: &mut Left) -> Result<Option<(Vec<Shown>, EntryId)>, PrivacyError> {
        let rows = store::entries(self.desk.db(), self.case.id, after, ENTRIES).await?;
        let Some(last) = rows.last().map(|last| last.id) else { return Ok(None) };
        let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
        let files = case_store::files_of_entries(self.desk.db(), &ids).await?;
        let sources = store::sources(self.desk.db(), &ids).await?;
        let mut lines = Vec::new();
        for row in &rows {
            if self.gives(row, left)? {
                let has_source = sources.iter().any(|(id, _)| *id == row.id);
                lines.push(self.shown(row, files.iter().filter(|file| file.entry_id == Some(row.id)), has_source)?);
            }
        }
        Ok(Some((lines, last)))
    }

    fn gives(&self, row: &EntryRow, left: &mut Left) -> Result<bool, PrivacyError> {
        let circle: &Circle = &self.order.circle;
        Ok(match whose(row, circle)? {
            Whose::Theirs | Whose::Sent => true,
            Whose::Note if self.notes => true,
            Whose::Note => {
                left.notes += 1;
                false
            }
            Whose::Others if row.delivery == Some(Delivery::Cancelled) => false,
            Whose::Others => {
                left.others += 1;
                false
            }
            Whose::Work => false,
        })
    }

    fn shown<'f>(
        &self,
        row: &EntryRow,
        files: impl Iterator<Item = &'f Attachment>,
        has_source: bool,
    ) -> Result<Shown, PrivacyError> {
        let agent = || row.agent_name.clone().unwrap_or_else(|| self.desk.config().desk.name.clone());
        let mut shown = Shown {
            id: row.id,
            at: row.at,
            what: "call",
            by: row.contact_name.clone().unwrap_or_default(),
            subject: None,
            to: vec![],
            cc: vec![],
            text: row.text.clone(),
            folded: vec![],
            source: has_source.then(|| format!("cases/{}/mail/{}.eml", self.key, row.id)),
            files: files.map(|file| self.path(file)).collect(),
        };
        match row.data()? {
            EntryData::Incoming(details) => {
                shown.what = "message in";
                shown.by = details.from.map_or_else(String::new, |from| from.shown().to_owned());
                (shown.subject, shown.to, shown.cc) = (Some(details.subject), details.to, details.cc);
                shown.folded = details.folds;
            }
            EntryData::Outgoing(details) => {
                shown.what = "message from us";
                shown.by = agent();
                // Nobody but the one who was sent it in secret learns that they were.
                let bcc = details.bcc.into_iter().filter(|person| self.order.circle.has(person));
                shown.to = details.to.into_iter().chain(bcc).collect();
                (shown.cc, shown.folded) = (details.cc, details.folds);
            }
            EntryData::Note { .. } => {
                shown.what = "internal note";
                shown.by = "one of us".into();
                shown.text = self.others.text(&shown.text);
                shown.files.clear();
            }
            EntryData::Quote(details) => {
                shown.what = "quote";
                shown.subject = Some(format!("{} {}: {}", details.key, details.title, details.step));
            }
            EntryData::Change(_) | EntryData::Call(_) => {}
        }
        if row.kind == EntryKind::Call && row.agent_id.is_some() {
            shown.by = format!("{}, written down by {}", shown.by, agent());
        }
        Ok(shown)
    }

    fn path(&self, file: &Attachment) -> String {
        format!("cases/{}/files/{}-{}", self.key, file.id, file_name(&file.name))
    }

    /// The sources and the files of what was handed out. Notes keep theirs: they may show anybody.
    async fn files(&self, archive: &mut Archive) -> Result<(), PrivacyError> {
        let mut after = EntryId(0);
        loop {
            let rows = store::entries(self.desk.db(), self.case.id, after, ENTRIES).await?;
            let Some(last) = rows.last().map(|last| last.id) else { return Ok(()) };
            after = last;
            let mut ids = Vec::new();
            for row in &rows {
                if matches!(whose(row, &self.order.circle)?, Whose::Theirs | Whose::Sent) {
                    ids.push(row.id);
                }
            }
            for (id, digest) in store::sources(self.desk.db(), &ids).await? {
                archive.stored(self.desk, &format!("cases/{}/mail/{id}.eml", self.key), &digest).await?;
            }
            for file in case_store::files_of_entries(self.desk.db(), &ids).await? {
                archive.stored(self.desk, &self.path(&file), &file.digest).await?;
            }
        }
    }
}
