//! Gathers what one case's page shows.
use super::entry::{self, Files, Names};
use super::views::{
    Case, Choice, Composer, Contact, DraftFile, Entry, Link, Organisation, Panel, Participant, Pending, Recipient,
};
use super::{details, key, promises, roadmap, words};
use crate::cases::filter::{Filter, Sort};
use crate::cases::rules;
use crate::cases::store::{self, CasePerson, Draft, EntryRow};
use crate::cases::{CaseId, CasesError, Delivery, EntryData, EntryId, PersonRole};
use crate::customers::{self, Person as Writer, domain_of};
use crate::desk::Desk;
use crate::staff::{self, TeamId, Viewer};
use crate::web::Result;
use crate::web::shell::Person;

/// How many entries a page shows at first, and how many more each time.
pub(super) const ENTRIES: usize = 60;
const OTHERS: usize = 6;

/// The case as the viewer may see it. One that is merged is its root's.
pub(super) async fn row(desk: &Desk, by: &Viewer, id: CaseId) -> Result<store::Case> {
    Ok(store::visible_case(desk.db(), id, &by.hidden_teams).await?.ok_or(CasesError::NoCase(id))?)
}

pub(super) async fn names(desk: &Desk) -> Result<Names> {
    let agents = staff::store::everybody(desk.db()).await?;
    let teams = staff::store::teams(desk.db()).await?;
    let present = agents.iter().filter(|agent| !agent.disabled).map(|agent| (agent.id.0, agent.name.clone()));
    Ok(Names {
        present: present.collect(),
        agents: agents.into_iter().map(|agent| (agent.id.0, agent.name)).collect(),
        teams: teams.into_iter().map(|team| (team.id.0, team.name)).collect(),
        prefix: desk.config().desk.prefix.clone(),
    })
}

/// What several parts of the page are made of.
struct Known<'a> {
    row: &'a store::Case,
    rows: &'a [EntryRow],
    people: &'a [CasePerson],
    names: &'a Names,
    /// Of the organisation's mail.
    domains: &'a [String],
}

/// Everything of a case's page.
pub(super) async fn case(desk: &Desk, by: &Viewer, row: &store::Case, back: &str) -> Result<Case> {
    let (db, id) = (desk.db(), row.id);
    let names = names(desk).await?;
    let limit = i64::try_from(ENTRIES + 1).unwrap_or(i64::MAX);
    let mut rows = store::entries(db, id, None, limit).await?;
    let more = rows.len() > ENTRIES;
    if more {
        rows.remove(0);
    }
    let seen = store::seen(db, id, by.id).await?;
    let mut entries = shown(desk, &rows, &names).await?;
    entry::mark_new(&mut entries, seen);
    let people = store::people(db, id).await?;
    let older = rows.first().filter(|_| more).map(|first| format!("/cases/{id}/older?before={}", first.id));
    let domains = match row.organisation_id {
        Some(organisation) => customers::store::domains(db, organisation).await?,
        None => vec![],
    };
    let known = Known { row, rows: &rows, people: &people, names: &names, domains: &domains };
    let panel = panel(desk, by, &known).await?;
    let composer = composer(desk, by, &known).await?;
    let mut case = head(desk, by, row, &names).await?;
    case.join = join(desk, by, row, &rows).await?;
    let ended = panel.verdicts.iter().find(|found| found.ended && row.state.is_open());
    case.unsupported = ended.map(|found| found.reason.clone()).unwrap_or_default();
    Ok(Case { entries, older, panel, composer, back: back.into(), ..case })
}

/// Stored entries as shown ones, with their files.
pub(super) async fn shown(desk: &Desk, rows: &[EntryRow], names: &Names) -> Result<Vec<Entry>> {
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    let files = files(desk, &ids).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        entries.extend(entry::entry(row, &files, names)?);
    }
    Ok(entry::gathered(entries))
}

/// The files of these entries, and what was read of the logs among them.
pub(super) async fn files(desk: &Desk, ids: &[EntryId]) -> Result<Files> {
    let all = if ids.is_empty() { vec![] } else { store::files_of_entries(desk.db(), ids).await? };
    let logs: Vec<&str> =
        all.iter().filter(|file| rules::is_log(&file.name)).map(|file| file.digest.as_str()).collect();
    let readings = if logs.is_empty() { vec![] } else { store::log_readings(desk.db(), &logs).await? };
    Ok(Files { all, readings })
}

/// What stands above the timeline.
async fn head(desk: &Desk, by: &Viewer, row: &store::Case, names: &Names) -> Result<Case> {
    let (door_icon, door_words) = words::door(row.door);
    let assignee = row.assignee_id.map(|id| Person::new(id.0, names.agents.get(&id.0).map_or("", String::as_str), ""));
    let choice = |value: String, label: &str, icon, chosen| Choice { value, label: label.into(), icon, chosen };
    let nobody = choice(String::new(), "Nobody", "none", row.assignee_id.is_none());
    let mine = |id: i64| row.assignee_id.is_some_and(|assignee| assignee.0 == id);
    let people = names.present.iter().map(|(id, name)| choice(id.to_string(), name, "user", mine(*id)));
    let teams =
        |(id, name): (&i64, &String)| choice(id.to_string(), name, "users", row.team_id.is_some_and(|t| t.0 == *id));
    let due = store::due(desk.db(), row.id).await?;
    Ok(Case {
        number: row.id.0,
        key: key(desk, row.id),
        subject: row.subject.clone(),
        kind: words::capital(row.kind.as_str()),
        door_icon,
        door_words: door_words.into(),
        opened_at: row.created_at.rfc3339(),
        state: words::sign(row.state),
        state_words: words::state(row.state, row.waiting_on),
        solved: !row.state.is_open(),
        can_reply: row.state.can_reply(),
        priority: words::priorities(row.priority).into_iter().find(|p| p.chosen).unwrap_or_default(),
        due: row.wake_at.map(|at| (at.rfc3339(), "Waits until".into())),
        promise: due.map(|due| (due.at.rfc3339(), words::promise_due(due.promise))),
        assignee,
        mine: row.assignee_id == Some(by.id),
        unconfirmed: store::is_unconfirmed(desk.db(), row.id).await?,
        team: row.team_id.and_then(|id| names.teams.get(&id.0).cloned()).unwrap_or_else(|| "No team".into()),
        tags: store::tags(desk.db(), row.id).await?,
        agents: std::iter::once(nobody).chain(people).collect(),
        teams: names.teams.iter().filter(|(id, _)| by.can_see(Some(TeamId(**id)))).map(teams).collect(),
        priorities: words::priorities(row.priority),
        kinds: words::kinds(row.kind),
        ..Case::default()
    })
}

/// The case that the newest doubtful message may belong to, while that one stands by itself.
async fn join(desk: &Desk, by: &Viewer, row: &store::Case, rows: &[EntryRow]) -> Result<Option<Link>> {
    let doubtful = rows.iter().rev().find_map(|row| match row.data() {
        Ok(EntryData::Incoming(details)) => details.looks_like,
        _ => None,
    });
    let Some(looks_like) = doubtful.filter(|other| other.case != row.id) else { return Ok(None) };
    let other = store::visible_case(desk.db(), looks_like.case, &by.hidden_teams).await?;
    Ok(other.filter(|other| other.merged_into != Some(row.id)).map(|other| Link {
        href: format!("/cases/{}", other.id),
        why: looks_like.reason,
        ..link(desk, other.id, &other.subject, other.state)
    }))
}

fn link(desk: &Desk, id: CaseId, subject: &str, state: crate::cases::CaseState) -> Link {
    Link {
        key: key(desk, id),
        href: format!("/cases/{id}"),
        subject: subject.into(),
        state: words::sign(state),
        ..Link::default()
    }
}

async fn panel(desk: &Desk, by: &Viewer, known: &Known<'_>) -> Result<Panel> {
    let (db, Known { row, rows, people, names, domains }) = (desk.db(), known);
    let watchers = store::watchers(db, row.id).await?;
    let linked = store::links(db, row.id, &by.hidden_teams).await?;
    let verdicts = store::verdicts(db, row.id).await?;
    let links =
        linked.iter().map(|l| Link { why: l.kind.to_string(), ..link(desk, l.id, &l.subject, l.state) }).collect();
    Ok(Panel {
        contact: contact(desk, row).await?,
        organisation: organisation(desk, by, row, domains).await?,
        participants: people.iter().filter(|p| p.role != PersonRole::Removed).map(participant).collect(),
        watching: watchers.contains(&by.id),
        watchers: watchers
            .iter()
            .map(|id| Person::new(id.0, names.agents.get(&id.0).map_or("", String::as_str), ""))
            .collect(),
        links,
        others: others(desk, by, row).await?,
        promises: promises::rows(desk, row).await?,
        asked: roadmap::asked(desk, row.id).await?,
        place: details::place(desk, row, rows, &verdicts).await?,
        verdicts: details::findings(verdicts),
        quoted: store::has_quote(db, row.id).await?,
        logs: details::logs(desk, row).await?,
        asked_details: details::asked(desk, row).await?,
    })
}

fn participant(person: &CasePerson) -> Participant {
    let name = person.name.as_deref().unwrap_or(&person.address);
    let id = person.contact_id.map_or(0, |id| id.0);
    Participant { person: Person::new(id, name, &person.address), proposed: person.role == PersonRole::Proposed }
}

async fn contact(desk: &Desk, row: &store::Case) -> Result<Option<Contact>> {
    let Some(id) = row.contact_id else { return Ok(None) };
    let Some(contact) = customers::store::contact(desk.db(), id).await? else { return Ok(None) };
    let addresses = customers::store::addresses(desk.db(), id).await?;
    let words = addresses.iter().find_map(|(_, paused)| paused.clone()).unwrap_or_default();
    let first = addresses.first().map_or("", |(address, _)| address.as_str());
    Ok(Some(Contact {
        person: Person::new(id.0, &contact.name, first),
        words,
        addresses: addresses.into_iter().map(|(address, _)| address).collect(),
    }))
}

async fn organisation(desk: &Desk, by: &Viewer, row: &store::Case, domains: &[String]) -> Result<Option<Organisation>> {
    let Some(id) = row.organisation_id else { return Ok(None) };
    let Some(organisation) = customers::store::organisation(desk.db(), id).await? else { return Ok(None) };
    let filter = Filter { organisation_id: Some(id), ..Filter::default() };
    let cases = store::count(desk.db(), &filter, &by.hidden_teams).await?;
    let mut facts = vec![("Is".to_owned(), format!("a {}", organisation.kind))];
    if !domains.is_empty() {
        facts.push(("Mail from".into(), domains.join(", ")));
    }
    let href = format!("/views/all?q={}", urlencoded(&format!("org:\"{}\"", organisation.name)));
    let file_href = format!("/organisations/{id}");
    Ok(Some(Organisation { name: organisation.name, file_href, href, cases, facts }))
}

pub(super) fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Other cases of the contact.
async fn others(desk: &Desk, by: &Viewer, row: &store::Case) -> Result<Vec<Link>> {
    let Some(contact) = row.contact_id else { return Ok(vec![]) };
    let filter = Filter { contact_id: Some(contact), ..Filter::default() };
    let page = store::list(desk.db(), &filter, Sort::NewestActivity, None, OTHERS, by.id, &by.hidden_teams).await?;
    Ok(page.rows.iter().filter(|c| c.id != row.id).map(|c| link(desk, c.id, &c.subject, c.state)).collect())
}

async fn composer(desk: &Desk, by: &Viewer, known: &Known<'_>) -> Result<Composer> {
    let (db, Known { row, rows, people, .. }) = (desk.db(), known);
    let drafts = store::drafts(db, row.id, by.id).await?;
    let of = |kind: &str| drafts.iter().find(|draft| draft.kind == kind);
    let ours = own_domains(desk, known);
    let (to, cc) = recipients(of("reply"), rows, people);
    let bcc = of("reply").and_then(|draft| written(&draft.recipients_bcc)).unwrap_or_default();
    let newest = rows.last().map_or(0, |entry| entry.id.0);
    let files = store::files_of_draft(db, row.id, by.id).await?;
    Ok(Composer {
        to_name: to.first().map_or_else(|| "the customer".into(), |to| to.shown().to_owned()),
        reply: of("reply").map(|draft| draft.body.clone()).unwrap_or_default(),
        note: of("note").map(|draft| draft.body.clone()).unwrap_or_default(),
        reply_version: of("reply").map_or(0, |draft| draft.updated_at.0),
        note_version: of("note").map_or(0, |draft| draft.updated_at.0),
        to: to.iter().map(|to| recipient(to, &ours)).collect(),
        cc: cc.iter().map(|cc| recipient(cc, &ours)).collect(),
        bcc: bcc.iter().map(|bcc| recipient(bcc, &ours)).collect(),
        files: files.into_iter().map(|f| DraftFile { id: f.id.0, name: f.name, size: words::bytes(f.size) }).collect(),
        own_domains: ours.join(" "),
        seen: of("reply").map_or(newest, |draft| draft.based_on.0),
        saved_at: drafts.iter().map(|draft| draft.updated_at).max().map(|at| at.rfc3339()).unwrap_or_default(),
        pending: pending(by, rows),
    })
}

/// The organisation's mail domains, or the requester's own; none when strangers share it.
fn own_domains(desk: &Desk, known: &Known<'_>) -> Vec<String> {
    if !known.domains.is_empty() {
        return known.domains.to_vec();
    }
    let requester =
        known.people.iter().find(|p| p.role == PersonRole::Requester).map(|p| domain_of(&p.address).to_owned());
    let shared = |domain: &String| desk.config().desk.public_domains.contains(domain.as_str());
    requester.filter(|domain| !shared(domain)).into_iter().collect()
}

/// Whom a reply goes to: as the draft says, else to who wrote last, with the other participants in copy.
fn recipients(draft: Option<&Draft>, rows: &[EntryRow], people: &[CasePerson]) -> (Vec<Writer>, Vec<Writer>) {
    if let Some(to) = draft.and_then(|draft| written(&draft.recipients_to)) {
        return (to, draft.and_then(|draft| written(&draft.recipients_cc)).unwrap_or_default());
    }
    let taking_part = |p: &&CasePerson| matches!(p.role, PersonRole::Requester | PersonRole::Copied);
    let all: Vec<Writer> = people
        .iter()
        .filter(taking_part)
        .map(|p| Writer { name: p.name.clone(), address: p.address.clone() })
        .collect();
    let last = rows.iter().rev().find_map(|row| match row.data() {
        Ok(EntryData::Incoming(details)) if details.verdict.is_none() => details.from,
        _ => None,
    });
    let to = last.filter(|from| all.iter().any(|p| p.address == from.address)).or_else(|| all.first().cloned());
    let cc = all.into_iter().filter(|p| to.as_ref().is_none_or(|to| to.address != p.address)).collect();
    (to.into_iter().collect(), cc)
}

/// The people that a draft names.
fn written(json: &Option<String>) -> Option<Vec<Writer>> {
    json.as_deref().and_then(|json| serde_json::from_str(json).ok())
}

fn recipient(person: &Writer, ours: &[String]) -> Recipient {
    let outside = !ours.is_empty() && !ours.iter().any(|domain| domain == domain_of(&person.address));
    Recipient { address: person.address.clone(), label: person.shown().into(), outside }
}

/// The viewer's own newest reply that has not left yet.
pub(super) fn pending(by: &Viewer, rows: &[EntryRow]) -> Option<Pending> {
    let row = rows.iter().rev().find(|r| r.delivery == Some(Delivery::Pending) && r.agent_id == Some(by.id))?;
    let Ok(EntryData::Outgoing(details)) = row.data() else { return None };
    let names: Vec<&str> = details.to.iter().chain(&details.cc).chain(&details.bcc).map(Writer::shown).collect();
    let to_words = match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    };
    Some(Pending {
        id: row.id.0,
        until: row.send_at.unwrap_or(row.at).rfc3339(),
        to_words,
        counting: !details.scheduled,
    })
}
