//! When the promises of cases are looked at again.
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{actions, store};
use crate::cases::{CaseId, store as case_store};
use crate::customers::{self, OrganisationId};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::kit::paging::Cursor;
use crate::queue::{self, Job};

/// Looks at the promises of one case: after something happened, and at the next moment at which one of them warns, is
/// due or is broken.
#[derive(Debug, Serialize, Deserialize)]
pub struct Look {
    pub case: CaseId,
}

impl Job for Look {
    const KIND: &'static str = "clocks.look";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        Ok(actions::look(&desk, self.case).await?)
    }
}

/// Looks at all open cases, of one organisation when it is named.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LookAtAll {
    pub organisation: Option<OrganisationId>,
    /// Where the walk over the open cases goes on.
    pub after: Option<String>,
}

impl Job for LookAtAll {
    const KIND: &'static str = "clocks.look_at_all";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        let after = self.after.as_deref().and_then(Cursor::decode);
        if let Some(next) = actions::look_at_batch(&desk, self.organisation, after).await? {
            let rest = Self { after: Some(next.encode()), ..self };
            let mut tx = desk.db().begin().await?;
            queue::enqueue(&mut tx, &rest, desk.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Looks at all open cases once a day, since contracts begin and end with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookDaily {}

impl Job for LookDaily {
    const KIND: &'static str = "clocks.look_daily";
    type Room = Desk;

    async fn run(self, desk: Desk) -> anyhow::Result<()> {
        let mut tx = desk.db().begin().await?;
        queue::enqueue(&mut tx, &LookAtAll::default(), desk.now()).await?;
        queue::again::<Self>(&mut tx, desk.tomorrow_at(0)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What has to be looked at again after an event.
enum Touched {
    Nothing,
    Case(CaseId),
    Organisation(OrganisationId),
    Everything,
}

/// Kinds of events about a case that move no clock.
const STILL: [&str; 9] = [
    "note_posted",
    "desk_wrote",
    "watched",
    "judged",
    "clocked",
    "promise_warned",
    "promise_breached",
    "kept",
    "reply_sent",
];

/// Fields of a case that a clock does not mind.
const FIELDS_STILL: [&str; 8] =
    ["assignee", "subject", "kind", "tag", "participant", "installation", "details", "by mail"];

fn touched(event: &Event) -> Touched {
    let field = event.data["changed"]["field"].as_str().unwrap_or_default();
    match (event.topic, event.kind) {
        ("case", kind) if STILL.contains(&kind) => Touched::Nothing,
        ("case", "changed") if FIELDS_STILL.contains(&field) => Touched::Nothing,
        ("case", "received") if event.data["machine"] == true => Touched::Nothing,
        ("case", _) => Touched::Case(CaseId(event.id)),
        ("organisation", _) => Touched::Organisation(OrganisationId(event.id)),
        ("support_option", _) => Touched::Everything,
        _ => Touched::Nothing,
    }
}

/// Clocks rest on the case, the contract and its option: what changed there wants them to be looked at, where anything
/// is promised.
pub fn subscriber<'a>(tx: &'a mut Tx, _: &'a Desk, _: i64, event: &'a Event) -> BoxFuture<'a, Result<Vec<Wanted>>> {
    Box::pin(async move {
        let job = match touched(event) {
            Touched::Nothing => return Ok(vec![]),
            Touched::Case(case) => {
                let Some((of, has_clocks)) = store::organisation_of(&mut *tx, case).await? else { return Ok(vec![]) };
                if !has_clocks && !customers::store::may_be_promised(&mut *tx, of).await? {
                    return Ok(vec![]);
                }
                wanted(&Look { case })?
            }
            Touched::Organisation(of) => {
                let none = case_store::open_cases(&mut *tx, Some(of), None, 1).await?.is_empty();
                if none || customers::store::count_options(&mut *tx).await? == 0 {
                    return Ok(vec![]);
                }
                wanted(&LookAtAll { organisation: Some(of), after: None })?
            }
            Touched::Everything => {
                if case_store::open_cases(&mut *tx, None, None, 1).await?.is_empty() {
                    return Ok(vec![]);
                }
                wanted(&LookAtAll::default())?
            }
        };
        Ok(vec![job])
    })
}

fn wanted<J: Job>(job: &J) -> Result<Wanted> {
    let payload = serde_json::to_value(job).map_err(|error| crate::db::Error::Encode(error.into()))?;
    Ok(Wanted { kind: J::KIND, payload, at: None })
}
