//! The verdicts on cases: found anew when a case is opened and when something changed that they rest on.
use std::time::Duration;

use super::{locked, log_reading, tell};
use crate::cases::rules;
use crate::cases::store::{self, Attachment, Case, EntryRow};
use crate::cases::{CaseId, CaseKind, CasesError, EntryId, EntryKind};
use crate::customers::actions::{Facts, facts};
use crate::customers::rules::{self as verdicts, Logs};
use crate::customers::{self, Verdict};
use crate::desk::Desk;
use crate::files::FilesError;
use crate::kit::paging::Cursor;
use crate::kit::{Day, Timestamp};
use crate::staff::Actor;

/// How many cases are looked at in one go.
const BATCH: usize = 50;
/// How many of a case's newest entries are looked through for what was said and sent.
const ENTRIES: i64 = 100;
/// How many log files of a case are looked into.
const MOST_LOGS: usize = 5;

/// Finds the verdicts of an open case anew; whether they are others than before. `first` lets a case of an
/// organisation with one installation point at that.
pub async fn judge(desk: &Desk, id: CaseId, first: bool) -> Result<bool, CasesError> {
    let Some(mut case) = store::case(desk.db(), id).await? else { return Ok(false) };
    if !case.state.is_open() || case.merged_into.is_some() {
        return Ok(false);
    }
    let only = if first { only_installation(desk, &case).await? } else { None };
    case.installation_id = case.installation_id.or(only);
    let found = found(desk, &case).await?;
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &[]).await?;
    let before = store::verdicts(&mut tx, case.id).await?;
    let points = case.installation_id.is_none() && only.is_some();
    if case.id != id || (sorted(before) == sorted(found.clone()) && !points) {
        return Ok(false);
    }
    store::delete_verdicts(&mut tx, id).await?;
    for verdict in &found {
        store::insert_verdict(&mut tx, id, verdict, desk.now()).await?;
    }
    if points {
        case.installation_id = only;
        store::update_case(&mut tx, &case).await?;
    }
    tell(&mut tx, desk, &case, "judged", Actor::System, serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(true)
}

fn sorted(mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    verdicts.sort_by_key(|verdict| verdict.kind);
    verdicts
}

async fn only_installation(desk: &Desk, case: &Case) -> Result<Option<customers::InstallationId>, CasesError> {
    let Some(of) = case.organisation_id else { return Ok(None) };
    let mut all = customers::store::installations(desk.db(), of).await?;
    all.retain(|installation| installation.archived_at.is_none());
    Ok(if let [one] = all.as_slice() { Some(one.id) } else { None })
}

async fn found(desk: &Desk, case: &Case) -> Result<Vec<Verdict>, CasesError> {
    let facts = facts(desk, case.organisation_id, case.installation_id).await?;
    let entries = store::entries(desk.db(), case.id, None, ENTRIES).await?;
    let logs = logs(desk, &entries).await?;
    Ok(weighed(case, &facts, &entries, logs))
}

fn weighed(case: &Case, facts: &Facts, entries: &[EntryRow], logs: Logs) -> Vec<Verdict> {
    use casedesk_details::Field;
    let today = verdicts::day(&facts.today.to_string());
    let said = said(case, entries);
    let (required, wants_log) = rules::required_details(case.kind);
    let mut found = Vec::new();
    found.extend(today.ok().map(|today| verdicts::contract(&facts.agreements, today)));
    found.push(verdicts::life_cycle(facts.installation.is_some(), &facts.lives));
    found.extend(verdicts::upgrade(facts.value(Field::ProductVersion), &facts.releases, &said));
    if case.kind == CaseKind::FeatureRequest {
        found.push(verdicts::roadmap(&said, &facts.planned));
    }
    if !required.is_empty() {
        found.push(verdicts::completeness(required, &facts.known(), wants_log.then_some(logs)));
    }
    found
}

/// The subject, and what the customer wrote first.
fn said(case: &Case, entries: &[EntryRow]) -> String {
    let first = entries.iter().find(|entry| entry.kind == EntryKind::MailIn).map_or("", |entry| entry.text.as_str());
    format!("{}\n{}", case.subject, first.chars().take(5_000).collect::<String>())
}

/// What the customer's log files say of time, as far as they are there.
async fn logs(desk: &Desk, entries: &[EntryRow]) -> Result<Logs, CasesError> {
    let ids: Vec<EntryId> =
        entries.iter().filter(|entry| entry.kind == EntryKind::MailIn).map(|entry| entry.id).collect();
    let files = if ids.is_empty() { vec![] } else { store::files_of_entries(desk.db(), &ids).await? };
    let mut found = Logs::None;
    let is_log = |file: &&Attachment| rules::is_log(&file.name);
    for file in files.iter().rev().filter(is_log).take(MOST_LOGS) {
        match log_reading(desk, &file.digest).await {
            Ok(reading) if !reading.ask_again => return Ok(Logs::Stamped),
            Ok(_) => found = Logs::Unstamped,
            Err(CasesError::Files(FilesError::Missing(_))) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Finds the verdicts of the next open cases anew, of one organisation or of all; where to go on, when there are more.
pub async fn judge_batch(
    desk: &Desk,
    organisation: Option<customers::OrganisationId>,
    after: Option<Cursor>,
) -> Result<Option<Cursor>, CasesError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let cases = store::open_cases(desk.db(), organisation, after, limit).await?;
    for (id, _) in &cases {
        judge(desk, *id, false).await?;
    }
    let last = cases.last().filter(|_| cases.len() == BATCH);
    Ok(last.map(|(id, at)| Cursor { key: at.0, id: id.0 }))
}

/// When the day begins for the desk's cases: a little after midnight where the desk is.
pub fn next_morning(desk: &Desk) -> Timestamp {
    let zone = &desk.config().desk.time_zone;
    let tomorrow = desk.now().plus(Duration::from_hours(24));
    Timestamp::on_day(&Day::of(tomorrow, zone).to_string(), 0, zone).unwrap_or(tomorrow)
}
