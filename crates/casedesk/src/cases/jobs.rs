//! What time does to cases: waiting ones whose date has come open, solved ones close. And what is done
//! after a message is on its case: the words of its files become findable.
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{CaseId, EntryId, actions, rules, store};
use crate::customers::{self, OrganisationId};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::kit::paging::Cursor;
use crate::queue::{self, Job};

/// How often the clock is looked at.
const EVERY: Duration = Duration::from_mins(1);

/// Changes the cases that are due, then asks to be run again.
#[derive(Debug, Serialize, Deserialize)]
pub struct PassTime {}

impl Job for PassTime {
    const KIND: &'static str = "cases.pass_time";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::pass_time(&desk).await?;
        let mut tx = desk.db().begin().await?;
        queue::again::<Self>(&mut tx, desk.now().plus(EVERY)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Makes the words of an entry's files findable.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndexFiles {
    pub entry: EntryId,
}

impl Job for IndexFiles {
    const KIND: &'static str = "cases.index_files";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::index_files(&desk, self.entry).await?)
    }
}

/// Makes all entries of a case findable by its new subject.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndexCase {
    pub case: CaseId,
    pub after: EntryId,
}

impl Job for IndexCase {
    const KIND: &'static str = "cases.index_case";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        if let Some(after) = actions::index_case(&desk, self.case, self.after).await? {
            let mut tx = desk.db().begin().await?;
            queue::enqueue(&mut tx, &Self { after, ..self }, desk.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Makes one of the case of a message and another whose messages it names too.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tie {
    pub entry: EntryId,
    pub other: CaseId,
}

impl Job for Tie {
    const KIND: &'static str = "cases.tie";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        actions::tie(&desk, self.entry, self.other).await?;
        Ok(())
    }
}

/// Reads the logs of a customer's message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadLogs {
    pub entry: EntryId,
}

impl Job for ReadLogs {
    const KIND: &'static str = "cases.read_logs";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::read_logs(&desk, self.entry).await?)
    }
}

/// Finds the verdicts of one case anew, or those of all open cases, of one organisation when it is named.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Judge {
    pub case: Option<CaseId>,
    /// The case was just opened.
    pub first: bool,
    pub organisation: Option<OrganisationId>,
    /// Of a walk over all open cases: it ends where a newer one has begun.
    pub walk: Option<i64>,
    /// Where the walk over the open cases goes on.
    pub after: Option<String>,
}

impl Job for Judge {
    const KIND: &'static str = "cases.judge";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        if let Some(case) = self.case {
            actions::judge(&desk, case, self.first).await?;
            return Ok(());
        }
        if let Some(walk) = self.walk
            && !store::is_newest_walk(desk.db(), walk).await?
        {
            return Ok(());
        }
        let after = self.after.as_deref().and_then(Cursor::decode);
        if let Some(next) = actions::judge_batch(&desk, self.organisation, after).await? {
            let rest = Self { after: Some(next.encode()), ..self };
            let mut tx = desk.db().begin().await?;
            queue::enqueue(&mut tx, &rest, desk.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Looks at all open cases once a day, since a contract that ends in 41 days ends in 40 tomorrow.
#[derive(Debug, Serialize, Deserialize)]
pub struct JudgeDaily {}

impl Job for JudgeDaily {
    const KIND: &'static str = "cases.judge_daily";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        let mut tx = desk.db().begin().await?;
        let walk = store::begin_walk(&mut tx, desk.now()).await?;
        queue::enqueue(&mut tx, &Judge { walk: Some(walk), ..Judge::default() }, desk.now()).await?;
        queue::again::<Self>(&mut tx, desk.tomorrow_at(0)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What has to be looked at again after an event.
enum Touched {
    Nothing,
    Opened(i64),
    Case(i64),
    Organisation(i64),
    Everything,
}

fn touched(event: &Event) -> Touched {
    match (event.topic, event.kind) {
        ("case", "opened" | "opened_by_agent" | "opened_by_split" | "followed") => Touched::Opened(event.id),
        ("case", "received" | "merged" | "unmerged" | "logs_read") => Touched::Case(event.id),
        ("case", "changed") => match event.data["changed"]["field"].as_str() {
            Some("kind" | "state" | "installation" | "subject") => Touched::Case(event.id),
            _ => Touched::Nothing,
        },
        ("organisation", _) => Touched::Organisation(event.id),
        ("installation", _) => event.data["organisation"].as_i64().map_or(Touched::Nothing, Touched::Organisation),
        // Who wants something changes no verdict.
        ("product", "voted" | "vote_taken_back") => Touched::Nothing,
        ("product" | "support_option" | "customers", _) => Touched::Everything,
        _ => Touched::Nothing,
    }
}

/// Verdicts rest on the case, the customer file and the products: what changed there wants them to be found anew, on a
/// desk that keeps a file.
pub fn judging<'a>(tx: &'a mut Tx, desk: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        let mut job = match touched(event) {
            Touched::Nothing => return Ok(vec![]),
            Touched::Opened(id) => Judge { case: Some(CaseId(id)), first: true, ..Judge::default() },
            Touched::Case(id) => Judge { case: Some(CaseId(id)), ..Judge::default() },
            Touched::Organisation(id) => Judge { organisation: Some(OrganisationId(id)), ..Judge::default() },
            Touched::Everything => Judge::default(),
        };
        let any = job.case.is_some() || !store::open_cases(&mut *tx, job.organisation, None, 1).await?.is_empty();
        if !any || !customers::store::keeps_file(&mut *tx).await? {
            return Ok(vec![]);
        }
        if job.case.is_none() && job.organisation.is_none() {
            job.walk = Some(store::begin_walk(tx, desk.now()).await?);
        }
        let payload = serde_json::to_value(&job).map_err(|error| crate::db::Error::Encode(error.into()))?;
        Ok(vec![Wanted { kind: Judge::KIND, payload, at: None }])
    })
}

/// Cases follow a merge of organisations or contacts, and a contact who is given an organisation, at once: it
/// writes itself, since a job would leave a moment in which customers see too much.
pub fn following<'a>(tx: &'a mut Tx, desk: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        actions::follow(tx, desk, event).await?;
        Ok(vec![])
    })
}

/// The kinds of events that put an entry with files on a case.
const WRITES: [&str; 6] = ["opened", "received", "answered_elsewhere", "kept", "reply_posted", "note_posted"];

/// Those of them that a customer wrote.
const CAME: [&str; 2] = ["opened", "received"];

/// An entry with files wants them to be read.
pub fn subscriber<'a>(tx: &'a mut Tx, _: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        // What machines attach (the mail that bounced, say) is not worth finding.
        let written = event.topic == "case" && WRITES.contains(&event.kind) && event.data["machine"] != true;
        let entry = event.data["entry"].as_i64().filter(|_| written);
        let Some(entry) = entry.map(EntryId) else { return Ok(vec![]) };
        let files = store::files_of_entries(tx, &[entry]).await?;
        let payload = serde_json::json!({ "entry": entry });
        let mut wanted = Vec::new();
        if !files.is_empty() {
            wanted.push(Wanted { kind: IndexFiles::KIND, payload: payload.clone(), at: None });
        }
        if CAME.contains(&event.kind) && files.iter().any(|file| rules::is_log(&file.name)) {
            wanted.push(Wanted { kind: ReadLogs::KIND, payload, at: None });
        }
        Ok(wanted)
    })
}
