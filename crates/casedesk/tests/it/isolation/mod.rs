//! Nobody sees or changes what is not theirs: every route × everybody who may ask × every number that is not theirs.
//!
//! The routes are read off the API's description and the sources, so that none is forgotten; what is sent to each stands
//! in `rows.rs`, which says how a line is added. For each route and each place in it that names something, the place is
//! filled with what is somebody else's (alone, and all places together), and with what does not exist. The two answers
//! must be the same, the database must be as before, and in no answer may stand a word of others.
mod dump;
mod requests;
mod routes;
mod rows;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use casedesk::db::Dialect;
use casedesk::q;
use futures::SinkExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::live::{Socket, hears, open, page, serve};
use crate::mail::with_relay;
use crate::support::{Browser, Folder, TestApp, on_both};
use requests::{Class, Place, Shape, told, values, without};
use rows::ROWS;
use world::{Foreign, World};

const SETTINGS: [(&str, &str); 2] = [
    ("PHONE__WEBHOOK_SECRET", "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
    ("FORMS__EMBED_ORIGINS", "https://www.example.com"),
];

async fn description(app: &TestApp) -> Value {
    app.browser().get("/api/openapi.json").await.json()
}

/// Every route with its line of the table.
fn shapes(description: &Value) -> Result<Vec<Shape>, String> {
    let lines: BTreeMap<&str, &str> = ROWS.iter().copied().collect();
    let operations = routes::operations(description);
    let pages = routes::pages();
    let mut wrong = Vec::new();
    let mut shapes = Vec::new();
    let there: BTreeSet<&str> = operations.iter().map(|(route, _)| route).chain(&pages).map(String::as_str).collect();
    for route in &there {
        let asks = operations.iter().find(|(operation, _)| operation == route).is_none_or(|(_, asks)| *asks);
        let sent = match lines.get(route) {
            Some(sent) => sent,
            None if asks => {
                wrong.push(format!("{route}: has no line in ROWS"));
                continue;
            }
            None => "",
        };
        match Shape::new(route, sent) {
            Ok(shape) => shapes.push(shape),
            Err(error) => wrong.push(format!("{route}: {error}")),
        }
    }
    if ROWS.len() != lines.len() {
        wrong.push("a route has two lines".into());
    }
    if wrong.is_empty() { Ok(shapes) } else { Err(wrong.join("\n")) }
}

/// Numbers of the API that name nothing of anybody: counts, and what is the whole desk's, its agents, teams and products.
const COUNTS: &[&str] = &[
    "first_response_min",
    "limit",
    "next_response_min",
    "agent_id",
    "assignee_id",
    "based_on",
    "lead_id",
    "price",
    "product_id",
    "team_id",
    "total_minor",
    "quantity",
    "renews_months",
    "replaces",
    "resolve_min",
    "seats",
    "unit_price_minor",
    "within_days",
];

#[tokio::test]
async fn the_table_has_no_line_for_a_route_that_is_gone() {
    on_both(async |app| {
        let mut there = routes::pages();
        there.extend(routes::operations(&description(app).await).into_iter().map(|(route, _)| route));
        let gone: Vec<&str> = ROWS.iter().map(|(route, _)| *route).filter(|route| !there.contains(*route)).collect();
        assert!(gone.is_empty(), "tests/it/isolation/rows.rs: {gone:#?}");
    })
    .await;
}

#[tokio::test]
async fn every_route_is_tried_with_what_is_not_its_callers() {
    on_both(async |app| {
        let description = description(app).await;
        let shapes = shapes(&description).unwrap_or_else(|wrong| panic!("tests/it/isolation/rows.rs:\n{wrong}"));
        assert!(shapes.len() > 300, "only {} routes were found", shapes.len());
        for shape in shapes.iter().filter(|shape| !shape.is_page()) {
            for number in routes::numbers(&description, &shape.route) {
                let named = COUNTS.contains(&number.as_str()) || shape.sent().contains(&number);
                assert!(named, "tests/it/isolation/rows.rs: {}: its line does not name “{number}”", shape.route);
            }
        }
    })
    .await;
}

/// Somebody who asks.
struct Asker<'a> {
    name: &'static str,
    class: Class,
    browser: &'a Browser,
    /// Beginnings of words that they may not read.
    not_theirs: &'static [&'static str],
    /// Whose things they are tried with.
    foreign: &'static [&'static str],
    /// Which routes: pages, the API, or those of customers.
    routes: fn(&Shape) -> bool,
}

fn all(_: &Shape) -> bool {
    true
}

fn customers(shape: &Shape) -> bool {
    shape.is_page()
        && [" /portal", " /case/", " /confirm/", " /details/", " /quote/", " /support/"]
            .iter()
            .any(|part| shape.route.contains(part))
}

const EVERYBODY: &[&str] = &["a closed team", "Dora", "another customer", "a colleague"];
const AT_THE_DESK: &[&str] = &["a closed team", "Dora"];

/// What was tried, and what was found wrong.
#[derive(Default)]
struct Outcome {
    asked: usize,
    read: usize,
    wrong: Vec<String>,
}

struct Trial<'a> {
    app: &'a TestApp,
    world: &'a World,
    dump: dump::Dump,
    before: BTreeMap<String, u64>,
    outcome: Outcome,
}

impl<'a> Trial<'a> {
    async fn new(app: &'a TestApp, world: &'a World) -> Self {
        let dump = dump::Dump::new(app).await;
        let before = dump.take(app).await;
        Self { app, world, dump, before, outcome: Outcome::default() }
    }

    async fn tries(&mut self, shape: &Shape, by: &Asker<'_>) {
        if !(by.routes)(shape) || rows::LEADS_BACK.contains(&shape.route.as_str()) {
            return;
        }
        match shape.is_read() {
            true => self.reads_own(shape, by).await,
            // Some things that are read are noted in the audit log.
            false => self.before = self.dump.take(self.app).await,
        }
        let foreign = self.world.foreign.iter().filter(|foreign| by.foreign.contains(&foreign.whose));
        for foreign in foreign.collect::<Vec<_>>() {
            for at in closed(shape, by.class, foreign) {
                self.tries_closed(shape, by, foreign, &at).await;
            }
            for at in parts(shape, by.class, foreign) {
                self.tries_part(shape, by, foreign, at).await;
            }
        }
    }

    /// With what is their own, an answer holds nothing of others.
    async fn reads_own(&mut self, shape: &Shape, by: &Asker<'_>) {
        let own = values(&shape.places, |_, _| &self.world.own, &self.world.own);
        let answer = shape.ask(by.browser, &own).await;
        self.outcome.asked += 1;
        self.outcome.read += usize::from(answer.status.is_success());
        self.finds_nothing(by, &format!("{} of their own", shape.route), &answer.text, &own);
        if answer.status.is_server_error() {
            self.outcome.wrong.push(format!("{} × {}: {}", shape.route, by.name, answer.status));
        }
    }

    /// With what is closed to them it is as if it were not there.
    async fn tries_closed(&mut self, shape: &Shape, by: &Asker<'_>, foreign: &Foreign, at: &[usize]) {
        let own = &self.world.own;
        let theirs = values(&shape.places, |n, _| if at.contains(&n) { &foreign.fill } else { own }, own);
        let none = values(&shape.places, |n, _| if at.contains(&n) { &foreign.nowhere } else { own }, own);
        let named: Vec<&str> = at.iter().map(|n| shape.places[*n].kind).collect();
        let what = format!("{} × {} × {} of {}", shape.route, by.name, named.join(" and "), foreign.whose);
        let answer = shape.ask(by.browser, &theirs).await;
        self.is_unchanged(shape, &what).await;
        let nowhere = shape.ask(by.browser, &none).await;
        self.is_unchanged(shape, &format!("{what} that does not exist")).await;
        self.outcome.asked += 2;
        self.finds_nothing(by, &what, &answer.text, &theirs);
        let (theirs, none) = (told(&answer, &theirs), told(&nowhere, &none));
        if theirs != none {
            let (theirs, none) = differs(&theirs, &none);
            self.outcome.wrong.push(format!("{what}: {theirs:?}, and for nothing {none:?}"));
        }
    }

    /// A part of something else is no part of this.
    async fn tries_part(&mut self, shape: &Shape, by: &Asker<'_>, foreign: &Foreign, at: usize) {
        let own = &self.world.own;
        let theirs = values(&shape.places, |n, _| if at == n { &foreign.fill } else { own }, own);
        let what = format!("{} × {} × another {}", shape.route, by.name, shape.places[at].kind);
        let answer = shape.ask(by.browser, &theirs).await;
        self.outcome.asked += 1;
        self.is_unchanged(shape, &what).await;
        if answer.status.is_server_error() || shape.is_read() && answer.status.is_success() {
            self.outcome.wrong.push(format!("{what}: {}", answer.status));
        }
    }

    async fn is_unchanged(&mut self, shape: &Shape, what: &str) {
        if shape.is_read() {
            return;
        }
        let after = self.dump.take(self.app).await;
        let changed = dump::changed(&self.before, &after);
        if !changed.is_empty() {
            self.outcome.wrong.push(format!("{what}: changes {}", changed.join(", ")));
            self.before = after;
        }
    }

    fn finds_nothing(&mut self, by: &Asker<'_>, what: &str, text: &str, named: &[&str]) {
        let text = without(text, named);
        for word in by.not_theirs {
            if let Some(at) = text.find(word) {
                let around: String = text[at..].chars().take(60).collect();
                self.outcome.wrong.push(format!("{what}: {} reads {around:?}", by.name));
            }
        }
    }
}

/// Places to fill with what is closed: each alone, and all of them with the words that stand on it.
fn closed(shape: &Shape, class: Class, foreign: &Foreign) -> Vec<Vec<usize>> {
    let has = |place: &Place| foreign.fill.contains_key(place.kind);
    let is_theirs = class != Class::Admin || foreign.whose == "Dora";
    let is_word = |place: &Place| is_theirs && rows::WORDS.contains(&place.kind);
    let shut = |place: &Place| has(place) && is_theirs && class.is_closed(place.kind);
    let places = || shape.places.iter().enumerate();
    let alone: Vec<usize> = places()
        .filter(|(_, place)| shut(place) || has(place) && is_word(place) && shape.is_read())
        .map(|(n, _)| n)
        .collect();
    let all: Vec<usize> =
        places().filter(|(_, place)| shut(place) || has(place) && is_word(place)).map(|(n, _)| n).collect();
    let any = places().any(|(_, place)| shut(place));
    let mut tried: Vec<Vec<usize>> = alone.iter().map(|n| vec![*n]).collect();
    if all.len() > 1 && any {
        tried.push(all);
    }
    tried
}

/// Places whose thing must belong to the one before, and that one: each alone is another's.
fn parts(shape: &Shape, class: Class, foreign: &Foreign) -> Vec<usize> {
    let places = shape.places.iter().enumerate();
    let of = |n: usize| [n.checked_sub(1), Some(n)].into_iter().flatten();
    let parts = places.filter(|(_, place)| place.part).flat_map(|(n, _)| of(n)).collect::<BTreeSet<_>>();
    let known = |n: &usize| foreign.fill.contains_key(shape.places[*n].kind) && !class.is_closed(shape.places[*n].kind);
    parts.into_iter().filter(known).collect()
}

/// Where two texts part, for the one who reads the failure.
fn differs(one: &str, other: &str) -> (String, String) {
    let at = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(20);
    let cut = |text: &str| text.chars().skip(from).take(120).collect();
    (cut(one), cut(other))
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_not_theirs_by_whatever_route_and_number() {
    with_relay(&SETTINGS, async |app, relay| {
        let world = World::new(app, relay, "").await;
        let nobody = app.browser().at("192.0.2.20");
        let everything = &["qzveil", "qzmine", "qzfoe", "qzteam", "qzdesk"];
        let askers = [
            Asker {
                name: "nobody, or whoever has a private link",
                class: Class::Customer,
                browser: &nobody,
                not_theirs: everything,
                foreign: EVERYBODY,
                routes: all,
            },
            Asker {
                name: "a customer",
                class: Class::Customer,
                browser: &world.anna,
                not_theirs: everything,
                foreign: EVERYBODY,
                routes: all,
            },
            Asker {
                name: "an agent of another team",
                class: Class::Agent,
                browser: &world.ben,
                not_theirs: &["qzveil", "qzmine"],
                foreign: AT_THE_DESK,
                routes: all,
            },
            Asker {
                name: "an agent who only reads",
                class: Class::Agent,
                browser: &world.rea,
                not_theirs: &["qzveil", "qzmine"],
                foreign: AT_THE_DESK,
                routes: all,
            },
            Asker {
                name: "a token of that agent",
                class: Class::Agent,
                browser: &world.writer,
                not_theirs: &["qzveil", "qzmine"],
                foreign: AT_THE_DESK,
                routes: all,
            },
            Asker {
                name: "a token that only reads",
                class: Class::Agent,
                browser: &world.reader,
                not_theirs: &["qzveil", "qzmine"],
                foreign: AT_THE_DESK,
                routes: all,
            },
            Asker {
                name: "an administrator",
                class: Class::Admin,
                browser: &world.ada,
                not_theirs: &["qzmine"],
                foreign: AT_THE_DESK,
                routes: all,
            },
            Asker {
                name: "an administrator's token",
                class: Class::Admin,
                browser: &world.admin,
                not_theirs: &["qzmine"],
                foreign: AT_THE_DESK,
                routes: all,
            },
        ];
        for by in &askers {
            // A token is marked as used the first time.
            by.browser.get("/api/v1/me").await;
        }
        let mut trial = Trial::new(app, &world).await;
        let shapes = shapes(&description(app).await).unwrap();
        for shape in &shapes {
            forget_tries(app).await;
            for by in &askers {
                trial.tries(shape, by).await;
            }
        }
        let outcome = trial.outcome;
        assert!(
            outcome.wrong.is_empty(),
            "{} of {}:\n{}",
            outcome.wrong.len(),
            outcome.asked,
            outcome.wrong.join("\n")
        );
        assert!(outcome.asked > 3000 && outcome.read > 300, "only {} were asked, {} read", outcome.asked, outcome.read);
        forget_what_waits(app).await;
    })
    .await;
}

async fn forget_tries(app: &TestApp) {
    let mut tx = app.desk().db().begin().await.unwrap();
    tx.exec(q!("DELETE FROM throttles")).await.unwrap();
    tx.commit().await.unwrap();
}

/// Routes whose request is understood and not carried out as things stand in this world (a draft that nobody has approved,
/// an archive that is not made yet, one's own case as the other one), and what they answer.
const NOT_CARRIED_OUT: &[(&str, u16)] = &[
    ("DELETE /api/v1/calls/{id}", 409),
    ("DELETE /api/v1/contacts/{id}/addresses/{address}", 409),
    // Removed by the line before: the copies of this world have its files in common.
    ("GET /api/v1/privacy-requests/{id}/archive", 404),
    ("GET /assets/{name}", 404),
    ("GET /live", 400),
    ("GET /login/code", 303),
    ("GET /login/second-factor", 303),
    ("GET /metrics", 404),
    ("GET /privacy-requests/{id}/archive", 404),
    ("POST /api/v1/agents/{id}/invitation", 404),
    ("POST /api/v1/cases/{id}/joining", 422),
    ("POST /api/v1/customer-imports", 400),
    ("POST /api/v1/customer-merges", 422),
    ("POST /api/v1/quarantine/{id}/cases", 409),
    ("POST /api/v1/quotes/{id}/answer", 409),
    ("POST /api/v1/quotes/{id}/approval", 409),
    ("POST /api/v1/quotes/{id}/reading", 409),
    ("POST /api/v1/quotes/{id}/return", 409),
    ("POST /api/v1/quotes/{id}/sending", 409),
    ("POST /api/v1/quotes/{id}/versions", 409),
    ("POST /api/v1/webhooks/{id}/deliveries/{delivery}/tries", 409),
    ("POST /calls/{id}/discard", 409),
    ("POST /contacts/{id}/merge", 422),
    ("POST /hooks/phone", 401),
    ("POST /login", 422),
    ("POST /login/code", 303),
    ("POST /login/second-factor", 303),
    ("POST /organisations/{id}/merge", 422),
    ("POST /quotes/{id}", 422),
    ("POST /quotes/{id}/answer", 409),
    ("POST /quotes/{id}/approval", 409),
    ("POST /quotes/{id}/reading", 409),
    ("POST /quotes/{id}/return", 409),
    ("POST /quotes/{id}/sending", 409),
    ("POST /quotes/{id}/versions", 409),
    ("POST /settings/agents/{id}/invite", 404),
    ("POST /settings/details", 422),
    ("POST /settings/password", 422),
    ("POST /settings/recovery-codes", 422),
    ("POST /settings/second-factor", 422),
    ("POST /settings/second-factor/remove", 422),
    ("POST /settings/webhooks/{id}/deliveries/{delivery}/again", 409),
    ("PUT /api/v1/teams/{id}/lead", 409),
];

/// What would be refused to its owner too shows nothing when it is refused to others.
#[tokio::test]
async fn what_is_refused_of_others_is_done_with_ones_own() {
    with_relay(&SETTINGS, async |app, relay| {
        // What a line sends is the same on both databases.
        if app.desk().db().dialect() == Dialect::Postgres {
            return;
        }
        let world = World::new(app, relay, "").await;
        let mut wrong = Vec::new();
        for shape in shapes(&description(app).await)
            .unwrap()
            .iter()
            .filter(|shape| !shape.names_a_secret() && shape.is_planted())
        {
            let folder = Folder::new("test");
            let own = values(&shape.places, |_, _| &world.own, &world.own);
            let known = NOT_CARRIED_OUT.iter().find(|(route, _)| *route == shape.route).map(|(_, status)| *status);
            let mut told = Vec::new();
            let copy = if shape.is_read() { app.clone() } else { app.copied(&folder).await };
            let nobody = app.browser();
            let by: &[&Browser] = if customers(shape) { &[&nobody, &world.anna] } else { &[&world.ben, &world.ada] };
            for browser in by {
                let answer = shape.ask(&browser.at_copy(&copy), &own).await;
                let away = ["/login", "/portal"].contains(&answer.location()) && !shape.route.contains("/log");
                told.push((answer.status.as_u16(), answer.text.chars().take(200).collect::<String>()));
                if !away
                    && (answer.status.is_success()
                        || answer.status.is_redirection()
                        || known == Some(answer.status.as_u16()))
                {
                    told.clear();
                    break;
                }
            }
            if !told.is_empty() {
                wrong.push(format!("{}: {told:?}", shape.route));
            }
            if !shape.is_read() {
                copy.desk().db().close().await;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        forget_what_waits(app).await;
    })
    .await;
}

#[tokio::test]
async fn a_page_hears_nothing_of_a_closed_team_whatever_it_asks_its_socket_for() {
    with_relay(&SETTINGS, async |app, relay| {
        let world = World::new(app, relay, "").await;
        let (at, _serving) = serve(app).await;
        let hidden = world::case_id(&world.foreign[0].fill);
        let open_case = world::case_id(&world.own);
        for who in [&world.ben, &world.rea] {
            let (mut watched, mut adas) = (open(at, page(who)).await, open(at, page(&world.ada)).await);
            for number in [hidden.0, 987_654] {
                let mut asking = open(at, page(who)).await;
                asking.send(Message::text(format!("{{\"look\":{number}}}"))).await.unwrap();
                assert_eq!(hears(&mut asking).await, None, "a page at {number} is cut off");
            }
            for case in [hidden, open_case] {
                let path = format!("/api/v1/cases/{case}/notes");
                let note = world.admin.json(Method::POST, &path, &json!({ "text": "qzveil live" })).await;
                assert_eq!(note.status, StatusCode::CREATED, "{}", note.text);
            }
            // What is told of the open case comes behind what was told of the other one.
            let heard = async |socket: &mut Socket| {
                let mut all = Vec::new();
                while all.last().is_none_or(|word: &String| !word.contains(&open_case.to_string())) {
                    all.push(hears(socket).await.unwrap());
                }
                all.concat()
            };
            assert!(heard(&mut adas).await.contains(&hidden.to_string()), "an administrator hears of it");
            let all = heard(&mut watched).await;
            assert!(!all.contains(&hidden.to_string()) && !all.contains("qzveil"), "{all}");
        }
        let (name, value) = ("cookie", format!("casedesk-portal={}", world.anna.cookie("casedesk-portal").unwrap()));
        let mut request = format!("ws://{at}/live").into_client_request().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        assert!(connect_async(request).await.is_err(), "a customer has no socket");
        forget_what_waits(app).await;
    })
    .await;
}

/// Leaves an attribute, and runs where it is taken for markup.
const EVIL: &str = "\"><img src=x onerror=alert(1)>";

#[tokio::test]
async fn whatever_is_written_anywhere_is_text_on_every_page() {
    with_relay(&SETTINGS, async |app, relay| {
        let world = World::new(app, relay, EVIL).await;
        let nobody = app.browser();
        let (mut pages, mut escaped, mut wrong) = (0, 0, Vec::new());
        for shape in shapes(&description(app).await).unwrap().iter().filter(|shape| shape.is_read()) {
            let own = values(&shape.places, |_, _| &world.own, &world.own);
            for browser in [&world.ben, &world.ada, &world.anna, &nobody] {
                let answer = shape.ask(browser, &own).await;
                let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
                if !["text/html", "text/vnd.turbo-stream.html", "xml"].iter().any(|marked| kind.contains(marked)) {
                    continue;
                }
                pages += 1;
                escaped += answer.text.matches("img src=x onerror").count();
                if let Some(at) = answer.text.find("<img src=x onerror") {
                    let around: Vec<char> = answer.text[..at].chars().rev().take(80).collect();
                    wrong.push(format!("{}: {}", shape.route, around.into_iter().rev().collect::<String>()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(pages > 150 && escaped > 300, "{pages} pages show it {escaped} times");
        forget_what_waits(app).await;
    })
    .await;
}

async fn forget_what_waits(app: &TestApp) {
    let mut tx = app.desk().db().begin().await.unwrap();
    tx.exec(q!("DELETE FROM jobs")).await.unwrap();
    tx.commit().await.unwrap();
}
