//! A file comes in: first looked at, then taken over. Both make the same plan.
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::book::book;
use crate::customers::actions::installations::write_terms;
use crate::customers::actions::organisation::move_contact;
use crate::customers::rules::sheet::{self, Change, ImportFate, ImportLine, Plan, Sheet, Table, Unreadable};
use crate::customers::store::{self, NewValue, Source};
use crate::customers::{ContactId, CustomersError, FieldSource, ImportId, InstallationId, OrganisationId};
use crate::db::{Result as Stored, Tx};
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::Timestamp;
use crate::staff::{Actor, AgentId, Audit, Viewer, actions::audit};

/// How long a file waits to be taken over, and how long its report is kept.
const WAITS: Duration = Duration::from_hours(24 * 7);
const KEPT: Duration = Duration::from_hours(24 * 90);
/// How many lines of a report are given at the most.
const MOST_LINES: usize = 1_000;

/// What a file comes to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// As it was read: `UTF-8`, `Windows-1252`, `UTF-16`.
    pub encoding: String,
    /// `commas`, `semicolons`, `tabs`.
    pub separator: String,
    /// Something that was not there.
    pub new: usize,
    pub changed: usize,
    /// As it is already.
    pub same: usize,
    /// Not taken.
    pub bad: usize,
    /// Those that are bad, then those that are new or changed, 1,000 at the most.
    pub lines: Vec<ImportLine>,
    /// How many more of these there are.
    pub left_out: usize,
}

impl ImportReport {
    fn of(table: &Table, plan: &Plan) -> Self {
        let with = |fate| plan.lines.iter().filter(move |line| line.fate == fate);
        let rest = plan.lines.iter().filter(|line| matches!(line.fate, ImportFate::New | ImportFate::Changed));
        let shown = with(ImportFate::Bad).chain(rest);
        let all = plan.lines.len() - plan.count(ImportFate::Same);
        Self {
            encoding: table.encoding.to_owned(),
            separator: table.separator.to_owned(),
            new: plan.count(ImportFate::New),
            changed: plan.count(ImportFate::Changed),
            same: plan.count(ImportFate::Same),
            bad: plan.count(ImportFate::Bad),
            lines: shown.take(MOST_LINES).cloned().collect(),
            left_out: all.saturating_sub(MOST_LINES),
        }
    }

    /// Whether it would change anything.
    pub fn does_something(&self) -> bool {
        self.new + self.changed > 0
    }
}

/// A file that was looked at.
pub struct Preview {
    pub head: Vec<String>,
    /// A line of the file, to tell the columns by.
    pub sample: Vec<String>,
    /// The report; or why the columns are not enough.
    pub report: Result<ImportReport, Unreadable>,
}

impl Preview {
    /// The report, where the columns are enough for one.
    pub fn report(self) -> Result<ImportReport, CustomersError> {
        Ok(self.report?)
    }
}

/// Work that keeps a processor busy, away from the threads that answer.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Stored<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| crate::db::Error::Io(std::io::Error::other(error)))
}

async fn table(sheet: Sheet, bytes: Bytes) -> Result<Table, CustomersError> {
    Ok(aside(move || sheet::read(&bytes, sheet)).await??)
}

/// The plan, and the table that it is for.
async fn planned(
    desk: &Desk,
    on: &mut Source<'_>,
    sheet: Sheet,
    table: Table,
    chosen: Vec<String>,
) -> Stored<(Table, Result<Plan, Unreadable>)> {
    // Without the columns there is no need to read the file.
    if let Err(unreadable) = sheet::mapping(sheet, &table.head, &chosen) {
        return Ok((table, Err(unreadable)));
    }
    let book = book(desk, on, sheet).await?;
    aside(move || {
        let plan = sheet::plan(sheet, &table, &chosen, &book);
        (table, plan)
    })
    .await
}

/// What a file would do; nothing is changed. `chosen`: what each column is, or empty for what the heading says.
pub async fn preview(desk: &Desk, sheet: Sheet, bytes: Bytes, chosen: Vec<String>) -> Result<Preview, CustomersError> {
    let table = table(sheet, bytes).await?;
    let (table, plan) = planned(desk, &mut Source::Db(desk.db()), sheet, table, chosen).await?;
    let sample = table.rows.iter().find_map(|row| row.cells.as_ref().ok()).cloned().unwrap_or_default();
    Ok(Preview { report: plan.map(|plan| ImportReport::of(&table, &plan)), head: table.head, sample })
}

/// Takes a file over at once. `None` as `by`: the command line.
pub async fn import_file(
    desk: &Desk,
    by: Option<&Viewer>,
    sheet: Sheet,
    bytes: Bytes,
    chosen: Vec<String>,
) -> Result<ImportReport, CustomersError> {
    let table = table(sheet, bytes).await?;
    let mut tx = desk.db().begin().await?;
    let report = take_in(&mut tx, desk, by, sheet, table, chosen).await?;
    tx.commit().await?;
    Ok(report)
}

/// Keeps a file to be looked at, and forgets old ones.
pub async fn keep_import(
    desk: &Desk,
    by: &Viewer,
    sheet: Sheet,
    name: &str,
    bytes: &Bytes,
) -> Result<ImportId, CustomersError> {
    table(sheet, bytes.clone()).await?;
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    store::delete_imports(&mut tx, now.minus(WAITS), now.minus(KEPT)).await?;
    let id = store::insert_import(&mut tx, sheet, name, bytes, by.id, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Forgets files that nobody took over, and old reports.
pub async fn forget_imports(desk: &Desk) -> Stored<()> {
    let mut tx = desk.db().begin().await?;
    store::delete_imports(&mut tx, desk.now().minus(WAITS), desk.now().minus(KEPT)).await?;
    tx.commit().await
}

/// Says what the columns of a kept file are.
pub async fn choose_columns(desk: &Desk, id: ImportId, chosen: &[String]) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    if store::set_import_columns(&mut tx, id, &chosen.join(",")).await? == 0 {
        return Err(CustomersError::Missing("file"));
    }
    Ok(tx.commit().await?)
}

/// Takes a kept file over, once.
pub async fn take_over(desk: &Desk, by: &Viewer, id: ImportId) -> Result<ImportReport, CustomersError> {
    let kept = store::import(desk.db(), id).await?.ok_or(CustomersError::Missing("file"))?;
    if kept.taken_at.is_some() {
        return Err(CustomersError::TakenOver);
    }
    let table = table(kept.sheet, kept.bytes.clone().into()).await?;
    let mut tx = desk.db().begin().await?;
    let report = take_in(&mut tx, desk, Some(by), kept.sheet, table, kept.chosen()).await?;
    let json = serde_json::to_string(&report).map_err(|error| crate::db::Error::Encode(error.into()))?;
    if store::finish_import(&mut tx, id, &json, desk.now()).await? == 0 {
        return Err(CustomersError::TakenOver);
    }
    tx.commit().await?;
    Ok(report)
}

async fn take_in(
    tx: &mut Tx,
    desk: &Desk,
    by: Option<&Viewer>,
    sheet: Sheet,
    table: Table,
    chosen: Vec<String>,
) -> Result<ImportReport, CustomersError> {
    tx.lock("customers.import").await?;
    let (table, plan) = planned(desk, &mut Source::Tx(tx), sheet, table, chosen).await?;
    let plan = plan?;
    for change in &plan.changes {
        write(tx, desk, by.map(|by| by.id), change).await?;
    }
    let report = ImportReport::of(&table, &plan);
    if report.does_something() {
        tell(tx, desk, by, sheet, &report).await?;
    }
    Ok(report)
}

async fn tell(tx: &mut Tx, desk: &Desk, by: Option<&Viewer>, sheet: Sheet, report: &ImportReport) -> Stored<()> {
    let detail = json!({ "sheet": sheet, "new": report.new, "changed": report.changed, "not_taken": report.bad });
    let line = match by {
        Some(by) => Audit::by(desk.now(), by, "customers.imported"),
        None => Audit::new(desk.now(), Actor::System, "customers.imported"),
    };
    audit(tx, &line.with(detail.clone())).await?;
    let event = Event {
        topic: "customers",
        id: 0,
        kind: "imported",
        team: None,
        agent: by.map(|by| by.id.0),
        at: desk.now(),
        data: detail,
    };
    desk.tell(tx, &event).await?;
    Ok(())
}

async fn write(tx: &mut Tx, desk: &Desk, by: Option<AgentId>, change: &Change) -> Result<(), CustomersError> {
    let now = desk.now();
    match change {
        Change::Organisation { id, name, kind, domains, tags, notes } => {
            let id = match id {
                Some(id) => {
                    store::update_organisation(tx, *id, name, *kind).await?;
                    *id
                }
                None => store::insert_organisation(tx, name, *kind, now).await?,
            };
            belongings(tx, by, id, (domains, tags, notes), now).await
        }
        Change::Contact { id, name, organisation, addresses, numbers, tags, note } => {
            let id = match id {
                Some(id) => {
                    move_contact(tx, desk, by, *id, name, *organisation).await?;
                    *id
                }
                None => store::insert_contact(tx, name, *organisation, now).await?,
            };
            store::set_contact_note(tx, id, note).await?;
            for tag in tags {
                store::insert_contact_tag(tx, id, tag).await?;
            }
            reached_by(tx, id, addresses, numbers, now).await
        }
        Change::Contract { id: Some(id), terms, .. } => Ok(store::update_contract(tx, *id, terms).await.map(|_| ())?),
        Change::Contract { of, terms, .. } => {
            Ok(store::insert_contract(tx, *of, terms, None, now).await.map(|_| ())?)
        }
        Change::Licence { id: Some(id), terms, .. } => Ok(store::update_licence(tx, *id, terms).await.map(|_| ())?),
        Change::Licence { of, terms, .. } => Ok(store::insert_licence(tx, *of, terms, now).await.map(|_| ())?),
        Change::Installation { id, of, terms, values } => {
            let id = match id {
                Some(id) => {
                    write_terms(tx, *id, terms, (FieldSource::Import, by), now).await?;
                    *id
                }
                None => store::insert_installation(tx, *of, terms, now).await?,
            };
            details(tx, by, id, values, now).await
        }
    }
}

async fn belongings(
    tx: &mut Tx,
    by: Option<AgentId>,
    id: OrganisationId,
    (domains, tags, notes): (&[String], &[String], &[String]),
    now: Timestamp,
) -> Result<(), CustomersError> {
    for domain in domains {
        // Somebody was faster since the plan was made: nothing is taken over rather than half.
        if store::insert_domain(tx, domain, id).await? == 0 {
            return Err(CustomersError::Taken(domain.clone()));
        }
    }
    for tag in tags {
        store::insert_tag(tx, id, tag).await?;
    }
    for note in notes {
        store::insert_note(tx, id, by, note, now).await?;
    }
    Ok(())
}

async fn reached_by(
    tx: &mut Tx,
    id: ContactId,
    addresses: &[String],
    numbers: &[String],
    now: Timestamp,
) -> Result<(), CustomersError> {
    for address in addresses {
        if store::insert_address(tx, address, id).await? == 0 {
            return Err(CustomersError::Taken(address.clone()));
        }
    }
    for number in numbers {
        store::insert_number(tx, id, number, "", now).await?;
    }
    Ok(())
}

async fn details(
    tx: &mut Tx,
    by: Option<AgentId>,
    id: InstallationId,
    values: &[(casedesk_details::Field, String)],
    now: Timestamp,
) -> Result<(), CustomersError> {
    for (field, value) in values {
        let new = NewValue {
            field: field.name(),
            value,
            written: value,
            source: FieldSource::Import,
            entry_id: None,
            agent_id: by,
            contact_id: None,
            at: now,
        };
        store::insert_value(tx, id, &new).await?;
    }
    Ok(())
}
