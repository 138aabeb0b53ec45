//! The screen on which a call is written down while it runs.
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::list::key;
use crate::cases::actions::About;
use crate::cases::{CaseId, CaseKind, Priority, store as case_store};
use crate::customers::pages::state_words;
use crate::customers::{self, ContactId, OrganisationId, Verdict};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::phone::actions::{self, Caller, Log, Typed};
use crate::phone::store::{self, CallRow, Found, Wanted};
use crate::phone::{CallId, PhoneError, Question};
use crate::staff::{Reader, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::{Person, Shell};
use crate::web::turbo::{Streams, see_other};
use crate::web::{Html, Result};

const OPTIONS: i64 = 8;
const OPEN_CASES: i64 = 6;
const CALLS: i64 = 4;
/// Installations that stand beside a caller.
const PLACES: usize = 3;

#[derive(Template)]
#[template(path = "phone/screen.html")]
pub(super) struct Screen {
    shell: Shell,
    /// The call that is kept already; 0: none is.
    call: i64,
    /// The number that the telephone system gave.
    announced: String,
    typed: Typed,
    /// When it began, for the clock.
    began: String,
    priorities: Vec<(&'static str, bool)>,
    part: AboutPart,
    fault: String,
}

/// What is known of the caller, and the cases that the call may be about.
#[derive(Default)]
struct AboutPart {
    person: Option<Person>,
    organisation: String,
    addresses: Vec<String>,
    numbers: Vec<String>,
    cases: Vec<AboutCase>,
    calls: Vec<(String, &'static str, &'static str)>,
    /// Whether a new case is chosen.
    new_case: bool,
    glance: Glance,
}

/// What a caller's organisation may ask of us, and what runs there.
#[derive(Default)]
pub(super) struct Glance {
    pub(super) contract: Option<Stands>,
    pub(super) places: Vec<Stands>,
    /// There are more installations than stand here.
    more: bool,
}

/// Something of a customer, and the verdict on it.
pub(super) struct Stands {
    /// What runs there; empty for the contract.
    pub(super) name: String,
    /// Where there is more of it.
    href: String,
    pub(super) tone: &'static str,
    pub(super) state: &'static str,
    pub(super) reason: String,
}

/// What an agent has to know at a glance of the one on the line.
pub(super) async fn glance(desk: &Desk, of: Option<OrganisationId>) -> Result<Glance> {
    let Some(of) = of else { return Ok(Glance::default()) };
    let stands = |name: String, href: String, verdict: Verdict| {
        let (tone, state) = state_words(verdict.state);
        Stands { name, href, tone, state, reason: verdict.reason }
    };
    let contract = customers::actions::contract_verdict(desk, of).await?;
    let mut running = customers::actions::running(desk, of, PLACES + 1).await?;
    let more = running.len() > PLACES;
    running.truncate(PLACES);
    let place = |one: customers::actions::Running| {
        let product = one.installation.product_name.unwrap_or_default();
        let words = format!("{}: {product} {}", one.installation.terms.label, one.version);
        let name = words.trim().trim_end_matches(':').to_owned();
        stands(name, format!("/installations/{}", one.installation.id), one.verdict)
    };
    Ok(Glance {
        contract: Some(stands(String::new(), format!("/organisations/{of}"), contract)),
        places: running.into_iter().map(place).collect(),
        more,
    })
}

struct AboutCase {
    id: i64,
    key: String,
    subject: String,
    chosen: bool,
}

/// `GET /calls/new`: what the agent has begun to write, or an empty screen.
pub(super) async fn new_call(State(desk): State<Desk>, Worker(by): Worker) -> Result<Html<impl Template>> {
    if let Some(row) = store::draft_of(desk.db(), by.id).await? {
        return Ok(Html(running(&desk, &by, &row).await?));
    }
    let typed = Typed { started: desk.now().to_local(by.zone(&desk)), ..Typed::default() };
    Ok(Html(screen(&desk, &by, typed, (0, desk.now())).await?))
}

/// A running call as its agent left it; one just announced comes with whoever has that number.
pub(super) async fn running(desk: &Desk, by: &Viewer, row: &CallRow) -> Result<Screen> {
    let mut typed = Typed::of(row);
    if typed == Typed::default() {
        let zone = by.zone(desk);
        let known = known_caller(desk, &row.caller_number).await?;
        typed.contact = known.as_ref().map(|known| known.id);
        typed.who = known.map_or_else(|| row.caller_number.clone(), |known| known.name);
        typed.number.clone_from(&row.caller_number);
        typed.started = row.answered_at.unwrap_or(row.started_at).to_local(zone);
        typed.ended = row.ended_at.map(|at| at.to_local(zone)).unwrap_or_default();
    }
    let began = row.answered_at.unwrap_or(row.started_at);
    let page = screen(desk, by, typed, (row.id.0, began)).await?;
    Ok(Screen { announced: row.caller_number.clone(), ..page })
}

/// The one contact who has this number; nobody when it is not known or shared.
pub(super) async fn known_caller(desk: &Desk, number: &str) -> Result<Option<Found>, PhoneError> {
    if number.is_empty() {
        return Ok(None);
    }
    let (mut found, _) = actions::find(desk, number, 2).await?;
    found.retain(|found| found.number.as_deref() == Some(number));
    Ok(if found.len() == 1 { found.pop() } else { None })
}

async fn screen(desk: &Desk, by: &Viewer, typed: Typed, (call, began): (i64, Timestamp)) -> Result<Screen> {
    let part = about_part(desk, by, typed.contact, typed.case).await?;
    let priority = typed.priority.parse().unwrap_or(Priority::Normal);
    Ok(Screen {
        shell: by.shell("calls", ""),
        call,
        announced: String::new(),
        began: began.rfc3339(),
        priorities: Priority::ALL.iter().rev().map(|p| (p.as_str(), *p == priority)).collect(),
        part,
        typed,
        fault: String::new(),
    })
}

async fn about_part(desk: &Desk, by: &Viewer, contact: Option<ContactId>, chosen: Option<CaseId>) -> Result<AboutPart> {
    let db = desk.db();
    let contact = match contact {
        Some(id) => customers::store::contact(db, id).await?,
        None => None,
    };
    let Some(contact) = contact else { return Ok(AboutPart { new_case: true, ..AboutPart::default() }) };
    let organisation = match contact.organisation_id {
        Some(id) => customers::store::organisation(db, id).await?.map(|organisation| organisation.name),
        None => None,
    };
    let addresses: Vec<String> =
        customers::store::addresses(db, contact.id).await?.into_iter().map(|(address, _)| address).collect();
    let open = case_store::open_cases_of_contact(db, contact.id, &by.hidden_teams, OPEN_CASES).await?;
    let cases: Vec<AboutCase> = open
        .into_iter()
        .map(|case| AboutCase {
            id: case.id.0,
            key: key(desk, case.id),
            subject: case.subject,
            chosen: chosen == Some(case.id),
        })
        .collect();
    let wanted = Wanted { contact: Some(contact.id), ..Wanted::default() };
    let calls = store::calls(db, wanted, by.id, &by.hidden_teams, CALLS).await?;
    let numbers = store::numbers(db, contact.id).await?;
    Ok(AboutPart {
        person: Some(Person::new(contact.id.0, &contact.name, addresses.first().map_or("", String::as_str))),
        organisation: organisation.unwrap_or_default(),
        addresses,
        numbers: numbers.into_iter().map(|number| number.number_e164).collect(),
        glance: glance(desk, contact.organisation_id).await?,
        new_case: !cases.iter().any(|case| case.chosen),
        cases,
        calls: calls
            .into_iter()
            .map(|call| (call.started_at.rfc3339(), super::badge(call.state).0, super::badge(call.state).1))
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "phone/about_stream.html")]
struct AboutStream {
    part: AboutPart,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    contact: Option<ContactId>,
    case: Option<CaseId>,
}

/// `GET /calls/about?contact=&case=`: what is known of the one who was chosen.
pub(super) async fn about(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(chosen): Query<Chosen>,
) -> Result<Streams<impl Template>> {
    Ok(Streams(AboutStream { part: about_part(&desk, &by, chosen.contact, chosen.case).await? }))
}

#[derive(Template)]
#[template(path = "phone/callers.html")]
struct Callers {
    found: Vec<Option_>,
    by_number: bool,
    typed: String,
}

struct Option_ {
    person: Person,
    words: String,
    number: String,
}

#[derive(Deserialize)]
pub(super) struct Sought {
    #[serde(default)]
    q: String,
}

/// `GET /calls/callers?q=`: who it may be, while it is typed.
pub(super) async fn callers(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(Sought { q }): Query<Sought>,
) -> Result<Html<impl Template>> {
    let (all, by_number) = actions::find(&desk, &q, OPTIONS).await?;
    let mut found = Vec::with_capacity(all.len());
    for one in all {
        let open = case_store::open_cases_of_contact(desk.db(), one.id, &by.hidden_teams, OPEN_CASES).await?;
        let cases = match open.as_slice() {
            [] => "no open case".to_owned(),
            [case] => format!("1 open case: {} {}", key(&desk, case.id), case.subject),
            cases => format!("{} open cases", cases.len()),
        };
        let words = one.organisation.map_or_else(|| cases.clone(), |organisation| format!("{organisation}, {cases}"));
        let person = Person::new(one.id.0, &one.name, one.address.as_deref().unwrap_or_default());
        found.push(Option_ { person, words, number: one.number.unwrap_or_default() });
    }
    Ok(Html(Callers { found, by_number, typed: q.trim().to_owned() }))
}

fn typed(sent: &Fields) -> Typed {
    let text = |name: &str| sent.one(name).to_owned();
    Typed {
        who: text("who"),
        contact: sent.one("contact").parse().ok().map(ContactId),
        number: text("number"),
        name: text("name"),
        email: text("email"),
        organisation: text("organisation"),
        case: sent.one("case").parse().ok().map(CaseId),
        subject: text("subject"),
        priority: text("priority"),
        started: text("started"),
        ended: text("ended"),
        summary: text("summary"),
        ask: text("ask"),
    }
}

fn kept_call(sent: &Fields) -> Option<CallId> {
    sent.one("call").parse().ok().filter(|id| *id > 0).map(CallId)
}

/// `PUT /calls/draft`: keeps what is typed; with `over`, the call ends now.
pub(super) async fn keep(State(desk): State<Desk>, Worker(by): Worker, sent: Fields) -> Result<axum::Json<Value>> {
    let mut typed = typed(&sent);
    if sent.filled("over").is_some() {
        typed.ended = desk.now().to_local(by.zone(&desk));
    }
    let id = actions::keep(&desk, &by, kept_call(&sent), &typed).await?;
    Ok(axum::Json(json!({ "call": id, "at": desk.now(), "ended": typed.ended })))
}

/// `POST /calls`: what cannot be logged comes back with its reason and everything that was typed.
pub(super) async fn log(State(desk): State<Desk>, Worker(by): Worker, sent: Fields) -> Result<Response> {
    let typed = typed(&sent);
    let call = match kept_call(&sent) {
        Some(id) => Some(id),
        None => store::draft_of(desk.db(), by.id).await?.map(|row| row.id),
    };
    let logged = match wanted(&desk, &by, call, &typed) {
        Ok(wanted) => actions::log(&desk, &by, wanted).await,
        Err(error) => Err(error),
    };
    match logged {
        Ok((_, case)) => Ok(see_other(&format!("/cases/{case}"))),
        Err(error) if error.is_refusal() => {
            let page = screen(&desk, &by, typed, (call.map_or(0, |id| id.0), desk.now())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(Screen { fault: error.words(), ..page })).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn wanted(desk: &Desk, by: &Viewer, call: Option<CallId>, typed: &Typed) -> Result<Log, PhoneError> {
    let zone = by.zone(desk);
    let time = |text: &str| {
        Timestamp::from_local(text, zone).ok_or_else(|| PhoneError::BadTime(text.chars().take(40).collect()))
    };
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let caller = match typed.contact {
        Some(id) => Caller::Contact(id),
        None => Caller::New {
            name: typed.name.clone(),
            address: filled(&typed.email),
            organisation: filled(&typed.organisation),
        },
    };
    let subject = filled(&typed.subject).unwrap_or_else(|| first_line(&typed.summary));
    let priority = typed.priority.parse().unwrap_or(Priority::Normal);
    Ok(Log {
        call,
        caller,
        number: typed.number.clone(),
        about: match typed.case {
            Some(id) => About::Case(id),
            None => About::NewCase { subject, kind: CaseKind::Question, priority },
        },
        summary: typed.summary.replace("\r\n", "\n"),
        started_at: if typed.started.trim().is_empty() { desk.now() } else { time(&typed.started)? },
        ended_at: filled(&typed.ended).map(|ended| time(&ended)).transpose()?,
        ask: typed.ask.parse::<Question>().ok(),
    })
}

/// What a case is called when nobody has named it.
fn first_line(summary: &str) -> String {
    summary.trim().lines().next().unwrap_or_default().chars().take(120).collect()
}
