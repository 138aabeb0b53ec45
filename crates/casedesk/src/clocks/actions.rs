//! Finding how the promises of a case stand, keeping it, and raising the alarm when one is about to be broken.
use std::time::Duration;

use super::jobs::Look;
use super::rules::{self, Settings, Standing};
use super::store;
use crate::cases::actions::{self as cases, Alarm};
use crate::cases::store::{self as case_store, Case};
use crate::cases::{CaseId, CasesError, Promise};
use crate::customers::OrganisationId;
use crate::customers::actions::{promised, today};
use crate::db::{self, Tx};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::paging::Cursor;
use crate::queue;
use crate::staff::Viewer;

/// How many cases are looked at in one go.
const BATCH: usize = 50;

fn settings(desk: &Desk) -> Settings {
    let clocks = &desk.config().clocks;
    Settings { warn_percent: clocks.warn_percent, soon: Duration::from_hours(clocks.due_soon_h) }
}

/// Finds how the promises of a case stand, keeps it, raises the alarms that are due, and asks for the next look.
pub async fn look(desk: &Desk, id: CaseId) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    let Some(mut case) = case_store::lock_case(&mut tx, id).await? else { return Ok(()) };
    let standing = standing(&mut tx, desk, &case).await?;
    cases::keep_clocks(&mut tx, desk, &case, &standing.clocks, standing.due).await?;
    for alarm in &standing.alarms {
        cases::raise_alarm(&mut tx, desk, &mut case, *alarm).await?;
        write_mails(&mut tx, desk, &case, *alarm).await?;
    }
    match standing.next {
        Some(at) => queue::set(&mut tx, &Look { case: id }, &key(id), at).await?,
        None => queue::forget(&mut tx, &key(id)).await?,
    }
    Ok(tx.commit().await?)
}

/// Of the job that waits for the next moment of a case.
fn key(id: CaseId) -> String {
    format!("clocks.look.{id}")
}

async fn standing(tx: &mut Tx, desk: &Desk, case: &Case) -> Result<Standing, CasesError> {
    // What is merged into another case is shown and answered as part of it.
    if case.merged_into.is_some() {
        return Ok(Standing::default());
    }
    let Some(promised) = promised(tx, case.organisation_id, today(desk)).await? else {
        return Ok(Standing::default());
    };
    let rows = case_store::happened(&mut *tx, case.id).await?;
    let began_at = case_store::began_at(&mut *tx, case.id).await?.unwrap_or(case.created_at);
    let before = case_store::clocks(&mut *tx, case.id).await?;
    Ok(rules::standing(case, (began_at, &rows), &promised, &before, desk.now(), settings(desk)))
}

/// Looks at the next open cases, of one organisation or of all; where to go on, when there are more.
pub async fn look_at_batch(
    desk: &Desk,
    organisation: Option<OrganisationId>,
    after: Option<Cursor>,
) -> Result<Option<Cursor>, CasesError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let cases = case_store::open_cases(desk.db(), organisation, after, limit).await?;
    for case in &cases {
        look(desk, case.id).await?;
    }
    let last = cases.last().filter(|_| cases.len() == BATCH);
    Ok(last.map(|case| Cursor { key: case.updated_at.0, id: case.id.0 }))
}

/// Mails an alarm to who leads the case's team; where nobody does, to the administrators.
async fn write_mails(tx: &mut Tx, desk: &Desk, case: &Case, alarm: Alarm) -> db::Result<()> {
    let lead = match case.team_id {
        Some(team) => store::lead(&mut *tx, team).await?,
        None => None,
    };
    let told = match lead {
        Some(lead) => vec![lead],
        None => store::administrators(&mut *tx).await?,
    };
    let key = format!("{}-{}", desk.config().desk.prefix, case.id);
    let what = if alarm.breached { "is overdue" } else { "is due soon" };
    let subject = format!("{key}: {} {what}", promise_words(alarm.promise));
    let text = format!(
        "{subject}.\n\nDue: {}\nCase: {}\nPriority: {}\n\n{}\n",
        in_zone(alarm.due_at, &desk.config().desk.time_zone),
        case.subject,
        case.priority,
        desk.link(&format!("/cases/{}", case.id)),
    );
    for one in told {
        let payload = serde_json::json!({ "to": one.email, "name": one.name, "subject": subject, "text": text });
        queue::enqueue_raw(tx, "system_mail", &payload, None, desk.now()).await?;
    }
    Ok(())
}

/// An alarm as a page shows it.
pub struct Notice {
    pub case: i64,
    pub key: String,
    pub subject: String,
    pub what: &'static str,
    pub due_at: String,
}

/// The alarm of a case for those whom it concerns: who has it or watches it, and the members of its team; of a case
/// without a team everybody. `None` for all others, and when it is over.
pub async fn notice(desk: &Desk, by: &Viewer, id: CaseId) -> Result<Option<Notice>, CasesError> {
    let case = case_store::visible_case(desk.db(), id, &by.hidden_teams).await?.ok_or(CasesError::NoCase(id))?;
    let due = case_store::due(desk.db(), id).await?;
    let watches = case_store::watchers(desk.db(), id).await?.contains(&by.id);
    let concerned =
        watches || case.assignee_id == Some(by.id) || case.team_id.is_none_or(|team| by.teams.contains(&team));
    Ok(due.filter(|_| concerned).map(|due| Notice {
        case: id.0,
        key: format!("{}-{id}", desk.config().desk.prefix),
        subject: case.subject,
        what: match due.promise {
            Promise::FirstResponse => "wants its first reply",
            Promise::NextResponse => "wants a reply",
            Promise::Resolve => "is to be solved",
        },
        due_at: due.at.rfc3339(),
    }))
}

pub fn promise_words(promise: Promise) -> &'static str {
    match promise {
        Promise::FirstResponse => "First reply",
        Promise::NextResponse => "Next reply",
        Promise::Resolve => "Solution",
    }
}

/// A day and time of the desk's zone, with its name.
fn in_zone(at: Timestamp, zone: &str) -> String {
    format!("{} ({zone})", at.to_local(zone).replace('T', " "))
}
