//! What runs where, on the page of a case: verdicts, the installation, and details read from the customer's mail.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use casedesk_details::{Confidence, Field, Proposal};
use serde::Deserialize;

use super::case::{self, Back};

use super::views::{AskedDetails, File, Finding, Place, Row};
use super::{columns, entry, key, list, load, shell, words};
use crate::cases::actions::{self, Chosen};
use crate::cases::filter::{Filter, Sort};
use crate::cases::rules::answers::kept;
use crate::cases::store::{self, EntryRow};
use crate::cases::{CaseId, CasesError, EntryData, EntryId, EntryKind};
use crate::customers::actions::Given;
use crate::customers::pages::{Version, action_words, from_words, kind_words, state_words, version};
use crate::customers::rules::{LOG, asked_words, label, role_named};
use crate::customers::{
    self, FieldValue, InstallationId, InstallationRole, InstallationTerms, OrganisationId, Verdict, VerdictState,
};
use crate::desk::Desk;
use crate::products;
use crate::staff::{Reader, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::{Streams, Turbo, see_other};
use crate::web::{Error, Html, Result};

/// How many cases the page of an organisation lists.
const CASES: usize = 20;

/// Verdicts in words.
pub(super) fn findings(mut verdicts: Vec<Verdict>) -> Vec<Finding> {
    verdicts.sort_by_key(|verdict| verdict.kind);
    verdicts.into_iter().map(finding).collect()
}

fn finding(verdict: Verdict) -> Finding {
    let (tone, state) = state_words(verdict.state);
    Finding {
        title: kind_words(verdict.kind),
        tone,
        state,
        reason: verdict.reason,
        action: verdict.action.map_or("", |action| action.as_str()),
        action_words: verdict.action.map_or("", action_words),
        item: verdict.item_id.map_or(0, |id| id.0),
        ended: verdict.state == VerdictState::Ended,
    }
}

/// The customer's logs, with what they say of time.
pub(super) async fn logs(desk: &Desk, row: &store::Case) -> Result<Vec<File>> {
    let all = store::read_logs_of_case(desk.db(), row.id).await?;
    let shown = |log: store::ReadLog| File {
        href: format!("/attachments/{}", log.id),
        name: log.name,
        size: words::bytes(log.size),
        log: Some(entry::log(&log.reading)),
    };
    Ok(all.into_iter().map(shown).collect())
}

/// The installation of a case, and those that it could be.
pub(super) async fn place(
    desk: &Desk,
    row: &store::Case,
    rows: &[EntryRow],
    verdicts: &[Verdict],
) -> Result<Option<Place>> {
    let Some(of) = row.organisation_id else { return Ok(None) };
    let all = customers::store::installations(desk.db(), of).await?;
    let newest = rows.iter().rev().find(|entry| entry.kind == EntryKind::MailIn);
    let mut place = Place {
        details_href: newest.map_or_else(String::new, |entry| format!("/cases/{}/details/{}", row.id, entry.id)),
        ..Place::default()
    };
    for one in all {
        let chosen = row.installation_id == Some(one.id);
        if chosen {
            place.href = format!("/installations/{}", one.id);
            place.label.clone_from(&one.terms.label);
            place.role = one.terms.role.to_string();
            let values = customers::store::current_values(desk.db(), one.id).await?;
            let lives = verdicts.iter().flat_map(|verdict| &verdict.lives.0);
            let (today, _) = products::today(desk);
            place.versions = lives.filter_map(|life| version(life, &values, today)).collect();
            place.facts = facts(&values, &place.versions);
        }
        if chosen || one.archived_at.is_none() {
            place.choices.push((one.id.0, one.terms.label, chosen));
        }
    }
    Ok(Some(place))
}

/// What else is known of the installation than the versions that stand there with their lives.
fn facts(values: &[FieldValue], versions: &[Version]) -> Vec<(&'static str, String, String)> {
    let system = values.iter().find(|value| value.field == Field::OsName.name()).map(|value| value.value.as_str());
    let stands = |field: Field, value: &str| match field {
        Field::OsName => versions.iter().any(|one| one.name == value),
        Field::OsVersion => versions.iter().any(|one| Some(one.name.as_str()) == system && one.version == value),
        Field::ProductVersion => versions.iter().any(|one| one.version == value),
        Field::Runtime => versions.iter().any(|one| format!("{} {}", one.name, one.version) == value),
        _ => false,
    };
    let of = |field: Field| {
        let value = values.iter().find(|value| value.field == field.name() && !value.value.is_empty())?;
        (!stands(field, &value.value)).then(|| (label(field), value.value.clone(), from_words(value)))
    };
    Field::ALL.into_iter().filter(|field| *field != Field::Role).filter_map(of).collect()
}

#[derive(Deserialize)]
pub(super) struct Choice {
    installation: String,
}

/// `POST /cases/{id}/installation`: an empty one means none.
pub(super) async fn choose(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let chosen = choice.installation.parse().ok().map(InstallationId);
    actions::choose_installation(&desk, &by, id, chosen).await?;
    if !turbo.streams {
        return Ok(see_other(&format!("/cases/{id}")));
    }
    Ok(Streams(case::changed_parts(&desk, &by, id, turbo.newest_entry).await?).into_response())
}

/// What the customer was asked for last, and how far it has come.
pub(super) async fn asked(desk: &Desk, row: &store::Case) -> Result<Option<AskedDetails>> {
    let Some(mail) = store::newest_asking(desk.db(), row.id).await? else { return Ok(None) };
    let EntryData::Outgoing(details) = mail.data()? else { return Ok(None) };
    Ok(details.asks.map(|asks| {
        let (tone, state) = match (asks.sent_at, asks.done) {
            (Some(_), _) => ("ok", "answered".to_owned()),
            (None, 0) => ("warn", "no answer yet".to_owned()),
            (None, done) => ("acc", format!("{done} of {} there", asks.details.len())),
        };
        AskedDetails {
            at: mail.at.rfc3339(),
            what: asked_words(&asks.details),
            tone,
            state,
            answered_at: asks.sent_at.map(|at| at.rfc3339()).unwrap_or_default(),
        }
    }))
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// `log`: only a log with time stamps is asked for.
    #[serde(default)]
    only: String,
}

/// `POST /cases/{id}/details`: puts the questions for what is missing into the composer, behind what is there.
pub(super) async fn ask(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(wanted): Form<Wanted>,
) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    let question = actions::details_question(&desk, &by, &row, wanted.only == LOG).await?;
    into_composer(&desk, &by, id, turbo, &question).await
}

/// `POST /cases/{id}/upgrade`: puts the recommendation of a newer release into the composer, behind what is there.
pub(super) async fn upgrade(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    let answer = actions::upgrade_answer(&desk, &by, &row).await?;
    into_composer(&desk, &by, id, turbo, &answer).await
}

async fn into_composer(desk: &Desk, by: &Viewer, id: CaseId, turbo: Turbo, words: &str) -> Result<Response> {
    let drafts = store::drafts(desk.db(), id, by.id).await?;
    let draft = drafts.iter().find(|draft| draft.kind == "reply").map_or("", |draft| draft.body.trim_end());
    let text = format!("{draft}\n\n{words}");
    let parts = case::changed_parts(desk, by, id, turbo.newest_entry).await?;
    Ok(Streams(parts.with_back(Back::words(text.trim_start().to_owned()))).into_response())
}

/// A detail that the mail may speak of.
struct Line {
    /// Its place among the proposals with its field: the same reading gives the same.
    pick: String,
    field: &'static str,
    value: String,
    sentence: String,
    why: &'static str,
    tone: &'static str,
    confidence: &'static str,
    ticked: bool,
    of: String,
}

#[derive(Template)]
#[template(path = "cases/details.html")]
struct DetailsPage {
    shell: Shell,
    number: i64,
    key: String,
    entry: i64,
    at: String,
    who: String,
    organisation: String,
    lines: Vec<Line>,
    /// Number, name, and whether it is the one.
    choices: Vec<(i64, String, bool)>,
    roles: &'static [InstallationRole],
    /// Other mails of the customer that say more: where, when, and what is left in them.
    others: Vec<(String, String, String)>,
}

fn pick(at: usize, proposal: &Proposal) -> String {
    format!("{at}:{}", proposal.field)
}

fn line((at, proposal): (usize, &Proposal)) -> Line {
    let (tone, confidence) = match proposal.confidence {
        Confidence::Sure => ("ok", "sure"),
        Confidence::Likely => ("warn", "likely"),
        Confidence::Unsure => ("line", "unsure"),
    };
    Line {
        pick: pick(at, proposal),
        field: label(proposal.field),
        value: kept(proposal),
        sentence: proposal.source.text.clone(),
        why: proposal.why,
        tone,
        confidence,
        ticked: proposal.confidence == Confidence::Sure,
        of: proposal.installation.clone().unwrap_or_default(),
    }
}

/// `GET /cases/{id}/details/{entry}`: what a message says of the installation, next to the sentences that say it.
pub(super) async fn show(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path((id, entry)): Path<(CaseId, EntryId)>,
) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    if let Some(root) = row.merged_into {
        return Ok(Redirect::to(&format!("/cases/{root}/details/{entry}")).into_response());
    }
    let message = actions::customers_entry(&desk, id, entry).await?;
    let proposals = actions::proposals(&desk, &row, &message).await?;
    let organisation = match row.organisation_id {
        Some(of) => customers::store::organisation(desk.db(), of).await?.map(|found| found.name),
        None => None,
    };
    let other = |(entry, open): (EntryRow, usize)| {
        let left = if open == 1 { "1 detail".to_owned() } else { format!("{open} details") };
        (format!("/cases/{id}/details/{}", entry.id), entry.at.rfc3339(), left)
    };
    Ok(Html(DetailsPage {
        shell: shell(&by, ""),
        number: id.0,
        key: key(&desk, id),
        entry: entry.0,
        at: message.at.rfc3339(),
        who: message.contact_name.unwrap_or_else(|| "The customer".into()),
        organisation: organisation.unwrap_or_default(),
        lines: proposals.iter().enumerate().map(line).collect(),
        choices: place(&desk, &row, &[], &[]).await?.map(|place| place.choices).unwrap_or_default(),
        roles: InstallationRole::ALL,
        others: actions::left_in_others(&desk, &row, entry).await?.into_iter().map(other).collect(),
    })
    .into_response())
}

/// `POST /cases/{id}/details/{entry}`: what was ticked goes into the file, with its source.
pub(super) async fn accept(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, entry)): Path<(CaseId, EntryId)>,
    sent: Fields,
) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    let message = actions::customers_entry(&desk, row.id, entry).await?;
    let proposals = actions::proposals(&desk, &row, &message).await?;
    let given = given(&proposals, &sent)?;
    let chosen = match sent.one("installation").parse() {
        Ok(known) => Chosen::Known(InstallationId(known)),
        Err(_) => Chosen::New(new_installation(&desk, &proposals, &sent, &given).await?),
    };
    actions::accept_details(&desk, &by, id, entry, &chosen, &given).await?;
    Ok(see_other(&format!("/cases/{id}")))
}

/// What was ticked, as it was edited; the values of a set that were ticked apart go together.
fn given(proposals: &[Proposal], sent: &Fields) -> Result<Vec<Given>> {
    let mut given: Vec<Given> = Vec::new();
    let all: Vec<String> = proposals.iter().enumerate().map(|(at, proposal)| pick(at, proposal)).collect();
    let ticked: Vec<&str> = match sent.filled("all") {
        Some(_) => all.iter().map(String::as_str).collect(),
        None => sent.all("pick").collect(),
    };
    for picked in ticked {
        let found = proposals.iter().enumerate().find(|(at, proposal)| pick(*at, proposal) == picked);
        let (_, proposal) =
            found.ok_or_else(|| Error::conflict("The mail is read differently now. Look at the page again."))?;
        let value = sent.filled(&format!("value-{picked}")).map_or_else(|| kept(proposal), str::to_owned);
        let same = given.iter_mut().find(|one| one.field == proposal.field);
        match same {
            Some(one) if proposal.field.is_set() => {
                one.value = format!("{}, {value}", one.value);
                one.written = format!("{}; {}", one.written, proposal.as_written);
            }
            Some(_) => {
                let words = format!("Choose one value for “{}”.", label(proposal.field));
                return Err(Error::unprocessable(words));
            }
            None => given.push(Given { field: proposal.field, value, written: proposal.as_written.clone() }),
        }
    }
    if given.is_empty() { Err(Error::unprocessable("Tick at least one detail.")) } else { Ok(given) }
}

/// An installation that the file does not have yet, of the product that the mail names, or of our only one.
async fn new_installation(
    desk: &Desk,
    proposals: &[Proposal],
    sent: &Fields,
    given: &[Given],
) -> Result<InstallationTerms> {
    let said = given.iter().find(|one| one.field == Field::Role).and_then(|one| role_named(&one.value));
    let role = sent.one("role").parse().ok().or(said);
    let role = role.ok_or_else(|| Error::unprocessable("Say what the new installation is for."))?;
    let named = proposals.iter().find_map(|proposal| proposal.product.as_deref());
    let product_id = customers::actions::product_called(desk, named).await?;
    Ok(InstallationTerms { label: sent.one("label").to_owned(), role, product_id })
}

#[derive(Template)]
#[template(path = "cases/of_organisation.html")]
struct OfOrganisation {
    rows: Vec<Row>,
    href: String,
    more: bool,
}

/// `GET /organisations/{id}/cases`: a frame of the organisation's page; only cases that the viewer may see.
pub(super) async fn of_organisation(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Html<impl Template>> {
    let found = customers::store::organisation(desk.db(), id).await?;
    let organisation = found.ok_or_else(|| Error::not_found("such organisation"))?;
    let filter = Filter { organisation_id: Some(id), ..Filter::default() };
    let page = store::list(desk.db(), &filter, Sort::NewestActivity, None, CASES, by.id, &by.hidden_teams).await?;
    Ok(Html(OfOrganisation {
        rows: list::shown(&desk, "all", &columns::columns(&desk, &by).await?, &page.rows).await?,
        href: format!("/views/all?q={}", load::urlencoded(&format!("org:\"{}\"", organisation.name))),
        more: page.next.is_some(),
    }))
}

/// `GET /entries/{id}`: the entry on its case, when the viewer may see that.
pub(super) async fn entry(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<EntryId>) -> Result<Redirect> {
    let row = store::entry(desk.db(), id).await?.ok_or(CasesError::NoEntry(id))?;
    actions::may_read(&desk, &by, row.case_id).await?;
    Ok(Redirect::to(&format!("/cases/{}#entry-{id}", row.case_id)))
}
