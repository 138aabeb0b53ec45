//! The verdicts on cases: found anew when a case is opened and when something changed that they rest on.
//!
//! What cases are held against is read once for many of them. Before anything is written the cases are locked and the
//! event log is asked whether the file or the products have changed meanwhile; then they are read again. So no finding
//! of old facts is ever written over one of newer facts.
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use super::{log_reading, tell};
use crate::cases::rules;
use crate::cases::store::{self, Case, SentFile, VerdictColumns};
use crate::cases::{CaseId, CaseKind, CasesError, Door, EntryData, ToldVersion, jobs};
use crate::customers::actions::{Facts, Sources};
use crate::customers::rules::{self as verdicts, Logs, Words};
use crate::customers::{self, InstallationId, Life, OrganisationId, Verdict, VerdictKind, VerdictState};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::{self, Event};
use crate::files::FilesError;
use crate::kit::paging::Cursor;
use crate::queue;
use crate::staff::Actor;

/// How many cases are looked at in one go, and how many goes one job has.
const BATCH: usize = 250;
const MOST_BATCHES: usize = 20;
/// After each go the desk has as long for others, up to this.
const MOST_PAUSE: Duration = Duration::from_millis(500);
/// How often a go is begun again because the file changed under it.
const MOST_TRIES: usize = 8;
/// How many log files of a case are looked into.
const MOST_LOGS: usize = 5;
/// What verdicts rest on besides the case itself.
const RESTS_ON: [&str; 4] = ["organisation", "installation", "product", "support_option"];
/// A transaction may commit after one with a later number: so many numbers back are looked at again.
const LATE_EVENTS: i64 = 500;

/// A case with what was found about it.
struct Found {
    case: Case,
    /// The installation that the case is made to point at, the only one there is.
    points_at: Option<InstallationId>,
    verdicts: Vec<Verdict>,
}

/// The state of the event log when the facts were read.
struct Mark {
    after: i64,
    changes: i64,
}

impl Mark {
    async fn set(desk: &Desk) -> Result<Self, CasesError> {
        let after = (events::latest(desk.db()).await? - LATE_EVENTS).max(0);
        Ok(Self { after, changes: events::count_after(desk.db(), after, &RESTS_ON).await? })
    }

    async fn holds(&self, tx: &mut Tx) -> Result<bool, CasesError> {
        Ok(events::count_after(tx, self.after, &RESTS_ON).await? == self.changes)
    }
}

/// Finds the verdicts of an open case anew; whether they are others than before. `first` lets a case of an
/// organisation with one installation point at that.
pub async fn judge(desk: &Desk, id: CaseId, first: bool) -> Result<bool, CasesError> {
    for _ in 0..MOST_TRIES {
        let mark = Mark::set(desk).await?;
        let Some(case) = store::case(desk.db(), id).await?.filter(is_judged) else { return Ok(false) };
        let mut sources = Sources::open(desk).await?;
        let changed = changed(look(desk, &mut sources, vec![case], first).await?, desk).await?;
        if let Some(kept) = keep(desk, &mark, &changed, true).await? {
            return Ok(kept > 0);
        }
    }
    Err(CasesError::KeepsChanging)
}

/// Finds the verdicts of the next open cases anew, of one organisation or of all; where to go on, when there are more.
pub async fn judge_batch(
    desk: &Desk,
    organisation: Option<OrganisationId>,
    after: Option<Cursor>,
) -> Result<Option<Cursor>, CasesError> {
    let (mut after, mut tries) = (after, 0);
    let (mut mark, mut sources) = (Mark::set(desk).await?, Sources::open(desk).await?);
    let mut batches = 0;
    while batches < MOST_BATCHES {
        let begun = Instant::now();
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let cases = store::open_cases(desk.db(), organisation, after, limit).await?;
        let last = cases.last().filter(|_| cases.len() == BATCH);
        let next = last.map(|case| Cursor { key: case.updated_at.0, id: case.id.0 });
        let changed = changed(look(desk, &mut sources, cases, false).await?, desk).await?;
        if keep(desk, &mark, &changed, false).await?.is_none() {
            tries += 1;
            if tries == MOST_TRIES {
                return Err(CasesError::KeepsChanging);
            }
            (mark, sources) = (Mark::set(desk).await?, Sources::open(desk).await?);
            continue;
        }
        let Some(next) = next else { return Ok(None) };
        (after, tries, batches) = (Some(next), 0, batches + 1);
        tokio::time::sleep(begun.elapsed().min(MOST_PAUSE)).await;
    }
    Ok(after)
}

fn is_judged(case: &Case) -> bool {
    case.state.is_open() && case.merged_into.is_none()
}

/// Finds the verdicts of these cases; writes nothing.
async fn look(desk: &Desk, sources: &mut Sources<'_>, cases: Vec<Case>, first: bool) -> Result<Vec<Found>, CasesError> {
    let only = if first { only_installations(desk, &cases).await? } else { HashMap::new() };
    let points_at = |case: &Case| match case.installation_id {
        None => case.organisation_id.and_then(|of| only.get(&of).copied()),
        Some(_) => None,
    };
    let ids: Vec<CaseId> = cases.iter().map(|case| case.id).collect();
    let organisations: BTreeSet<OrganisationId> = cases.iter().filter_map(|case| case.organisation_id).collect();
    let installations = cases.iter().filter_map(|case| case.installation_id.or_else(|| points_at(case))).collect();
    sources.gather(&organisations, &installations).await?;
    let mut said: HashMap<CaseId, String> = HashMap::new();
    for (case, text) in store::first_words(desk.db(), &ids).await? {
        said.entry(case).or_insert(text);
    }
    let told = told_versions(desk, &cases).await?;
    let mut logs = logs(desk, &cases).await?;
    let mut found = Vec::with_capacity(cases.len());
    for case in cases {
        let points_at = points_at(&case);
        let told = match told.get(&case.id) {
            Some(told) => sources.life_told(&told.product, &told.version).await?,
            None => None,
        };
        let facts = sources.facts(case.organisation_id, case.installation_id.or(points_at));
        let said = format!("{}\n{}", case.subject, said.get(&case.id).map_or("", String::as_str));
        let logs = logs.remove(&case.id).unwrap_or(Logs::None);
        let verdicts = weighed(case.kind, &facts, told.as_ref(), &verdicts::words(&said), logs);
        found.push(Found { case, points_at, verdicts });
    }
    Ok(found)
}

/// Of each organisation that has exactly one installation in use, that one.
async fn only_installations(
    desk: &Desk,
    cases: &[Case],
) -> Result<HashMap<OrganisationId, InstallationId>, CasesError> {
    let of: Vec<OrganisationId> = cases.iter().filter_map(|case| case.organisation_id).collect();
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let mut several: HashMap<OrganisationId, Vec<InstallationId>> = HashMap::new();
    for (of, id) in customers::store::installations_in_use(desk.db(), &of).await? {
        several.entry(of).or_default().push(id);
    }
    let one = |(of, ids): (OrganisationId, Vec<InstallationId>)| match ids[..] {
        [id] => Some((of, id)),
        _ => None,
    };
    Ok(several.into_iter().filter_map(one).collect())
}

/// The versions that customers wrote in the form by which they opened these cases.
async fn told_versions(desk: &Desk, cases: &[Case]) -> Result<HashMap<CaseId, ToldVersion>, CasesError> {
    let ids: Vec<CaseId> = cases.iter().filter(|case| case.door == Door::Form).map(|case| case.id).collect();
    let mut told = HashMap::new();
    if ids.is_empty() {
        return Ok(told);
    }
    for (case, data) in store::first_data(desk.db(), &ids).await? {
        let data = serde_json::from_str(&data).map_err(|error| crate::db::Error::Decode(error.into()))?;
        if let EntryData::Incoming(details) = data {
            told.extend(details.told_version.map(|version| (case, version)));
        }
    }
    Ok(told)
}

/// The verdicts, in the order of their kinds. A version that was only told counts while the file has none.
fn weighed(kind: CaseKind, facts: &Facts<'_>, told: Option<&Life>, said: &Words, logs: Logs) -> Vec<Verdict> {
    use casedesk_details::Field;
    let (required, wants_log) = rules::required_details(kind);
    let mut found = Vec::new();
    found.extend(verdicts::day(&facts.today.to_string()).ok().map(|today| verdicts::contract(facts.agreements, today)));
    let known = facts.value(Field::ProductVersion).is_some() || !facts.lives().is_empty();
    let as_told = told.filter(|_| !known).and_then(verdicts::life_cycle_as_told);
    found.push(as_told.unwrap_or_else(|| verdicts::life_cycle(facts.place.is_some(), facts.lives())));
    found.extend(verdicts::upgrade(facts.value(Field::ProductVersion), facts.releases, said));
    if kind == CaseKind::FeatureRequest {
        found.push(verdicts::roadmap(said, facts.planned));
    }
    if !required.is_empty() {
        found.push(verdicts::completeness(required, facts.known(), wants_log.then_some(logs)));
    }
    found.sort_by_key(|verdict| verdict.kind);
    found
}

/// What the customers' log files say of time, for the cases that need one.
async fn logs(desk: &Desk, cases: &[Case]) -> Result<HashMap<CaseId, Logs>, CasesError> {
    let ids: Vec<CaseId> =
        cases.iter().filter(|case| rules::required_details(case.kind).1).map(|case| case.id).collect();
    let mut files: HashMap<CaseId, Vec<SentFile>> = HashMap::new();
    for file in store::customers_files(desk.db(), &ids).await? {
        if rules::is_log(&file.name) {
            files.entry(file.owner).or_default().push(file);
        }
    }
    let mut found = HashMap::new();
    for (case, files) in files {
        found.insert(case, read_logs(desk, &files).await?);
    }
    Ok(found)
}

async fn read_logs(desk: &Desk, files: &[SentFile]) -> Result<Logs, CasesError> {
    let mut readings = Vec::new();
    for file in files.iter().take(MOST_LOGS) {
        match log_reading(desk, &file.digest).await {
            Ok(reading) => readings.push(reading),
            Err(CasesError::Files(FilesError::Missing(_))) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(rules::logs_say(readings.iter()))
}

/// Those whose verdicts are others than those that are kept.
async fn changed(found: Vec<Found>, desk: &Desk) -> Result<Vec<Found>, CasesError> {
    let ids: Vec<CaseId> = found.iter().map(|one| one.case.id).collect();
    let mut before: HashMap<CaseId, Vec<Verdict>> = HashMap::new();
    for row in store::verdicts_of_many(desk.db(), &ids).await? {
        before.entry(row.case_id).or_default().push(row.verdict);
    }
    let columns: HashMap<CaseId, VerdictColumns> =
        store::verdict_columns(desk.db(), &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut is_new = |one: &Found| {
        let mut before = before.remove(&one.case.id).unwrap_or_default();
        before.sort_by_key(|verdict| verdict.kind);
        let as_kept = columns
            .get(&one.case.id)
            .is_some_and(|row| VerdictKind::ALL.iter().all(|kind| row.state(*kind) == state_of(&one.verdicts, *kind)));
        before != one.verdicts || !as_kept || one.points_at.is_some()
    };
    Ok(found.into_iter().filter(|one| is_new(one)).collect())
}

fn state_of(verdicts: &[Verdict], kind: VerdictKind) -> Option<VerdictState> {
    verdicts.iter().find(|verdict| verdict.kind == kind).map(|verdict| verdict.state)
}

/// Writes what was found; how many cases it was written on. `None`: what it rests on has changed since it was read.
async fn keep(desk: &Desk, mark: &Mark, found: &[Found], alone: bool) -> Result<Option<usize>, CasesError> {
    if found.is_empty() {
        return Ok(Some(0));
    }
    let ids: Vec<CaseId> = found.iter().map(|one| one.case.id).collect();
    let mut tx = desk.db().begin().await?;
    let locked: HashMap<CaseId, Case> =
        store::lock_cases(&mut tx, &ids).await?.into_iter().map(|case| (case.id, case)).collect();
    if !mark.holds(&mut tx).await? {
        return Ok(None);
    }
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for one in found {
        let now = locked.get(&one.case.id);
        let Some(now) = now.filter(|now| is_the_same(&one.case, now)) else {
            // It has changed meanwhile, or somebody changes it: it is looked at by itself.
            let first = one.points_at.is_some();
            let again = jobs::Judge { case: Some(one.case.id), first, ..jobs::Judge::default() };
            queue::enqueue(&mut tx, &again, desk.now()).await?;
            continue;
        };
        if let Some(installation) = one.points_at {
            store::update_case(&mut tx, &Case { installation_id: Some(installation), ..now.clone() }).await?;
        }
        ids.push(now.id);
        rows.extend(one.verdicts.iter().map(|verdict| (now.id, verdict)));
    }
    store::replace_verdicts(&mut tx, &ids, &rows, desk.now()).await?;
    match (alone, ids.first().and_then(|id| locked.get(id))) {
        (_, None) => {}
        (true, Some(case)) => {
            tell(&mut tx, desk, case, "judged", Actor::System, serde_json::json!({})).await?;
        }
        // One notice for all of them, or every page would ask for each.
        (false, Some(_)) => tell_of_many(&mut tx, desk, ids.len()).await?,
    }
    tx.commit().await?;
    Ok(Some(ids.len()))
}

/// Whether all is as it was that verdicts rest on.
fn is_the_same(read: &Case, now: &Case) -> bool {
    let of = |case: &Case| (case.kind, case.organisation_id, case.installation_id, case.last_customer_at);
    of(read) == of(now) && read.subject == now.subject && is_judged(now)
}

async fn tell_of_many(tx: &mut Tx, desk: &Desk, count: usize) -> Result<(), CasesError> {
    let event = Event {
        topic: "cases",
        id: 0,
        kind: "judged",
        team: None,
        agent: None,
        at: desk.now(),
        data: serde_json::json!({ "count": count }),
    };
    desk.tell(tx, &event).await?;
    Ok(())
}
