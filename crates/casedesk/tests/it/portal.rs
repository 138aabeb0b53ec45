//! Customers' own pages: who gets in, and that nobody sees what is not theirs, by whatever route and number.
use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::{CaseId, CaseState, Door, EntryKind};
use casedesk::customers::store as customers;
use casedesk::db::Read as _;
use casedesk::q;
use serde_json::{Value, json};

use crate::api::World;
use crate::forms::{KIND, fill_in, hidden, multipart, private_link};
use crate::mail::{sends, with_relay};
use crate::support::{Browser, Letter, Relay, TestApp, on_both};

/// Logs a customer in by the mailed link.
pub(crate) async fn log_in(app: &TestApp, relay: &Relay, address: &str) -> Browser {
    let browser = app.browser();
    app.drain().await;
    relay.take();
    let asked = browser.post("/portal/login", &[("address", address)]).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    app.drain().await;
    let mail = relay.take().pop().unwrap();
    assert_eq!(mail.envelope_to, [address.to_lowercase()]);
    let begin = mail.raw.find("/portal/login/").unwrap();
    let link = mail.raw[begin..begin + "/portal/login/".len() + 32].to_owned();
    let page = browser.get(&link).await;
    assert!(page.text.contains("Show my cases"), "{}", page.text);
    let entered = browser.post(&link, &[]).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/portal"), "{}", entered.text);
    assert!(!app.browser().post(&link, &[]).await.status.is_redirection(), "a link works once");
    browser
}

fn anna(subject: &str, text: &str) -> Letter {
    Letter::new("Anna Berg <anna@northbay.example>", subject, text)
}

/// A mail with a file in it.
fn with_file(from: &str, subject: &str, text: &str, file: &str) -> Letter {
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename={file}\r\n\r\ncontent of {file}\r\n--b--\r\n"
    );
    Letter::new(from, subject, &body).with("MIME-Version", "1.0").with("Content-Type", "multipart/mixed; boundary=b")
}

async fn api(agent: &Browser, path: &str, body: Value) -> Value {
    let answer = agent.json(Method::POST, &format!("/api/v1{path}"), &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

async fn upload(agent: &Browser, case: CaseId, name: &str) {
    let form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\ncontent of {name}\r\n--x--\r\n"
    );
    let answer = agent.body(Method::POST, &format!("/api/v1/cases/{case}/draft-files"), KIND, &form).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

pub(crate) async fn set_scope(app: &TestApp, world: &World, domain: &str, scope: &str) {
    let organisation = customers::organisation_by_domain(app.desk().db(), domain).await.unwrap().unwrap();
    let path = format!("/api/v1/organisations/{}/portal-scope", organisation.id);
    let set = world.admin.json(Method::PUT, &path, &json!({ "scope": scope })).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.text);
    assert_eq!(world.agent.get(&path).await.json()["scope"], scope);
}

/// Every file that anything names, by what it is called.
async fn files(app: &TestApp) -> Vec<(i64, String)> {
    app.desk().db().all(q!("SELECT id, name FROM attachments ORDER BY id")).await.unwrap()
}

#[tokio::test]
async fn a_login_is_a_mailed_link_and_the_answer_tells_nobody_who_is_a_customer() {
    with_relay(&[], async |app, relay| {
        app.case_of(&anna("No login", "It does not work.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let stranger = app.browser();
        let answers = [
            stranger.post("/portal/login", &[("address", "nobody@else.example")]).await,
            stranger.post("/portal/login", &[("address", "anna@northbay.example")]).await,
        ];
        assert_eq!((answers[0].status, &answers[0].text), (answers[1].status, &answers[1].text));
        app.drain().await;
        let mails = relay.take();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].envelope_to, ["anna@northbay.example"]);
        let browser = log_in(app, relay, "Anna@northbay.example").await;
        assert!(browser.get("/portal").await.text.contains("No login"));
        assert!(browser.cookie("casedesk").is_none() && browser.cookie("casedesk-portal").is_some());
        // An agent's page is not opened by it, nor a customer's by an agent's session.
        assert_ne!(browser.get("/views/open").await.status, StatusCode::OK);
        let old = browser.cookie("casedesk-portal").unwrap();
        assert_eq!(browser.post("/portal/logout", &[]).await.location(), "/portal");
        browser.set_cookie("casedesk-portal", &old);
        assert!(browser.get("/portal").await.text.contains("Send the link"), "logged out on the server too");
        let idle = log_in(app, relay, "anna@northbay.example").await;
        app.advance(Duration::from_hours(73));
        assert!(idle.get("/portal").await.text.contains("Send the link"));
        assert_eq!(idle.get("/portal/cases/1001").await.location(), "/portal");
    })
    .await;
}

#[tokio::test]
async fn a_login_link_lives_a_quarter_of_an_hour_and_few_are_mailed() {
    with_relay(&[("SERVER__PUBLIC_URL", "https://desk.example")], async |app, relay| {
        app.case_of(&anna("No login", "It does not work.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let browser = app.browser();
        let ask = async || browser.post("/portal/login", &[("address", "anna@northbay.example")]).await.status;
        assert_eq!(ask().await, StatusCode::OK);
        app.drain().await;
        let raw = relay.take().remove(0).raw;
        let begin = raw.find("/portal/login/").unwrap();
        let link = &raw[begin..begin + 46];
        let digests: Vec<(String,)> = app.desk().db().all(q!("SELECT digest FROM portal_logins")).await.unwrap();
        assert!(!digests[0].0.contains(&link[14..]), "its word is kept nowhere");
        app.advance(Duration::from_mins(15));
        assert_eq!(browser.post(link, &[]).await.status, StatusCode::NOT_FOUND);
        for _ in 0..3 {
            assert_eq!(ask().await, StatusCode::OK);
        }
        assert_eq!(ask().await, StatusCode::TOO_MANY_REQUESTS);
        app.drain().await;
        let raw = relay.take().pop().unwrap().raw;
        let begin = raw.find("/portal/login/").unwrap();
        let entered = browser.post(&raw[begin..begin + 46], &[]).await;
        let flags = entered.cookie_flags("__Host-casedesk-portal").unwrap();
        for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(flags.contains(flag), "{flags}");
        }
    })
    .await;
}

/// Cases and files of several people, with a word on each that says who may read it.
struct Scene {
    world: World,
    own: CaseId,
    /// All cases, with those of others.
    cases: Vec<CaseId>,
    quotes: Vec<i64>,
    link: String,
}

impl Scene {
    /// Words: `anna…` for her alone, `team…` for her organisation, `secret…` for nobody outside.
    async fn new(app: &TestApp, relay: &Relay) -> Self {
        let world = World::new(app).await;
        let agent = &world.agent;
        let mail = async |letter: Letter| app.case_of(&letter).await;
        let own =
            mail(with_file("Anna Berg <anna@northbay.example>", "anna-subject", "anna-first", "anna-file.log")).await;
        let bob = mail(with_file("Bob <bob@northbay.example>", "team-subject", "team-bob", "team-file.log")).await;
        let carl =
            mail(with_file("Carl <carl@southbay.example>", "secret-subject", "secret-carl", "secret-carl.log")).await;
        let hidden =
            mail(with_file("Carl <carl@southbay.example>", "secret-hidden", "secret-hidden-text", "secret-hidden.log"))
                .await;
        world.hide(hidden).await;
        upload(agent, own, "secret-note.log").await;
        api(agent, &format!("/cases/{own}/notes"), json!({ "text": "secret-note" })).await;
        let reply = async |case: CaseId, body: &str, to: &str| {
            let body = json!({ "body": body, "to": [{ "address": to }], "bcc": [{ "address": "secret-bcc@else.example" }], "anyway": true });
            api(agent, &format!("/cases/{case}/replies"), body).await;
        };
        upload(agent, own, "anna-answer.log").await;
        reply(own, "anna-reply", "anna@northbay.example").await;
        upload(agent, own, "secret-supplier.log").await;
        reply(own, "secret-supplier-asked", "supplier@parts.example").await;
        sends(app, relay).await;
        let asked = app.timeline(own).await.iter().rfind(|row| row.kind == EntryKind::MailOut).unwrap().id;
        let id = casedesk::mail::store::message(app.desk().db(), asked).await.unwrap().unwrap().message_id.unwrap();
        let supplier =
            with_file("Supplier <supplier@parts.example>", "Re: part", "secret-supplier-answered", "secret-part.log");
        assert_eq!(app.arrives(&supplier.answering(&format!("<{id}>"))).await.case, Some(own));
        // A foreign case that is merged into hers, hers merged into a foreign one, and messages split off hers.
        let merged =
            mail(with_file("Carl <carl@southbay.example>", "secret-merged", "secret-merged-text", "secret-merged.log"))
                .await;
        api(&world.admin, &format!("/cases/{merged}/merges"), json!({ "into": own })).await;
        let into = mail(anna("anna-into", "anna-merged-into")).await;
        api(&world.admin, &format!("/cases/{into}/merges"), json!({ "into": carl })).await;
        let split = mail(anna("anna-split", "anna-stays")).await;
        api(agent, &format!("/cases/{split}/notes"), json!({ "text": "secret-split" })).await;
        let note = app.timeline(split).await.last().unwrap().id;
        let off =
            api(&world.admin, &format!("/cases/{split}/splits"), json!({ "entries": [note], "subject": "anna-off" }))
                .await;
        let off = CaseId(off["case_id"].as_i64().unwrap());
        let link = private_link(
            &fill_in(app, &app.browser(), &[("description", "linked-first")], &[("linked.log", "x")]).await,
        );
        let (linked,): (CaseId,) = app.desk().db().one(q!("SELECT MAX(id) FROM cases")).await.unwrap();
        let mut quotes = vec![];
        for (case, title, sent) in [
            (own, "anna-quote", true),
            (own, "secret-draft-quote", false),
            (bob, "team-quote", true),
            (carl, "secret-carl-quote", true),
        ] {
            quotes.push(quote(&world, case, title, sent).await);
        }
        sends(app, relay).await;
        upload(agent, own, "secret-pending.log").await;
        reply(own, "secret-pending", "anna@northbay.example").await;
        let cases = vec![own, bob, carl, hidden, merged, into, split, off, linked, world.open];
        Self { world, own, cases, quotes, link }
    }
}

/// Drafts a quote to the requester of a case, and sends it where that is wanted.
async fn quote(world: &World, case: CaseId, title: &str, sent: bool) -> i64 {
    let lines = json!([{ "description": format!("{title}-line"), "quantity": "1", "unit_price_minor": 100 }]);
    let terms = json!({ "title": title, "lines": lines, "text": format!("{title}-text") });
    let id = api(&world.agent, &format!("/cases/{case}/quotes"), terms).await["id"].as_i64().unwrap();
    if sent {
        for (by, verb) in [(&world.agent, "submission"), (&world.admin, "approval"), (&world.agent, "sending")] {
            api(by, &format!("/quotes/{id}/{verb}"), json!({})).await;
        }
    }
    id
}

/// Every route of the customers' pages; `{id}`, `{file}` and `{token}` are filled in. What leads on to a form or a call is
/// tried where there is one.
const ROUTES: &[(&str, &[Method])] = &[
    ("/portal", &[Method::GET]),
    ("/portal/login", &[Method::POST]),
    ("/portal/login/{token}", &[Method::GET, Method::POST]),
    ("/portal/logout", &[Method::POST]),
    ("/portal/cases/{id}", &[Method::GET]),
    ("/portal/cases/{id}/answers", &[Method::POST]),
    ("/portal/cases/{id}/solution", &[Method::POST]),
    ("/portal/cases/{id}/details/{form}", &[Method::POST]),
    ("/portal/cases/{id}/confirmations/{confirmation}", &[Method::POST]),
    ("/portal/files/{file}", &[Method::GET]),
    ("/portal/quotes", &[Method::GET]),
    ("/portal/quotes/{quote}", &[Method::GET, Method::POST]),
    ("/portal/quotes/{quote}/paper", &[Method::GET]),
    ("/case/{token}", &[Method::GET]),
    ("/case/{token}/answers", &[Method::POST]),
    ("/case/{token}/solution", &[Method::POST]),
    ("/case/{token}/files/{file}", &[Method::GET]),
];

#[test]
fn the_routes_that_are_tried_are_those_that_there_are() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/portal/pages/mod.rs");
    let text = std::fs::read_to_string(source).unwrap();
    let all = text.split(".route(\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    // What agents reach is no page of customers.
    let there: BTreeSet<&str> = all.filter(|path| !path.starts_with("/organisations/")).collect();
    let tried: BTreeSet<&str> = ROUTES.iter().map(|(path, _)| *path).collect();
    assert_eq!(there, tried);
}

/// Asks for everything by every route, and looks for words of others in what comes back.
async fn tries_everything(app: &TestApp, scene: &Scene, browser: &Browser, who: &str, foreign: &[&str]) -> usize {
    let files = files(app).await;
    let mut asked = 0;
    for (path, methods) in ROUTES.iter().filter(|(path, _)| !path.contains("log")) {
        let path = path.replace("{token}", scene.link.trim_start_matches("/case/"));
        let mut paths = vec![];
        if path.contains("{id}") {
            paths.extend(scene.cases.iter().map(|id| (path.replace("{id}", &id.to_string()), None)));
        } else if path.contains("{quote}") {
            paths.extend(scene.quotes.iter().map(|id| (path.replace("{quote}", &id.to_string()), None)));
        } else if path.contains("{file}") {
            paths.extend(files.iter().map(|(id, name)| (path.replace("{file}", &id.to_string()), Some(name))));
        } else {
            paths.push((path, None));
        }
        for (path, file) in paths {
            for method in *methods {
                let answer = match *method {
                    Method::GET => browser.get(&path).await,
                    // Nothing is written: an empty answer is refused, but shows the page.
                    _ if path.ends_with("answers") => {
                        browser.body(Method::POST, &path, KIND, &multipart(&[("text", "")], &[])).await
                    }
                    // Without its tick no yes is taken, but the page is shown.
                    _ if path.starts_with("/portal/quotes/") => {
                        browser.post(&path, &[("do", "accept"), ("name", "x")]).await
                    }
                    _ => continue,
                };
                asked += 1;
                let said = format!("{} {:?}", answer.text, answer.headers);
                for word in foreign {
                    assert!(!said.contains(word), "{who} reads {word} at {method} {path}: {said}");
                }
                if let Some(name) = file.filter(|name| foreign.iter().any(|word| name.contains(word))) {
                    let away = answer.status == StatusCode::NOT_FOUND || answer.location() == "/portal";
                    assert!(away, "{who} gets {name} at {path}: {}", answer.status);
                }
            }
        }
    }
    asked
}

#[tokio::test]
async fn nobody_sees_what_is_not_theirs_by_whatever_route_and_number() {
    with_relay(&[], async |app, relay| {
        let scene = Box::pin(Scene::new(app, relay)).await;
        let anna = log_in(app, relay, "anna@northbay.example").await;
        // What waited is on its way by now; another one waits.
        let body =
            json!({ "body": "secret-pending-still", "to": [{ "address": "anna@northbay.example" }], "anyway": true });
        api(&scene.world.agent, &format!("/cases/{}/replies", scene.own), body).await;
        let nobody = app.browser();
        let asked = tries_everything(app, &scene, &nobody, "a stranger", &["secret", "team", "anna-"]).await;
        assert!(asked > 40, "{asked}");
        tries_everything(app, &scene, &anna, "anna", &["secret", "team"]).await;
        let page = anna.get(&format!("/portal/cases/{}", scene.own)).await.text;
        for word in ["anna-subject", "anna-first", "anna-reply", "anna-file.log", "anna-answer.log"] {
            assert!(page.contains(word), "she sees {word}: {page}");
        }
        let list = anna.get("/portal").await.text;
        assert!(list.contains("anna-into") && list.contains("anna-split"), "{list}");
        let into = anna.get(&format!("/portal/cases/{}", scene.cases[5])).await.text;
        assert!(into.contains("anna-merged-into"), "{into}");
        for (id, name) in files(app).await {
            let status = anna.get(&format!("/portal/files/{id}")).await.status;
            let paper = format!("Q-{}.pdf", scene.quotes[0]);
            let hers = name.starts_with("anna-") || name.starts_with("linked") || name == paper;
            assert_eq!(status == StatusCode::OK, hers, "{name}: {status}");
        }
        // Behind the link there is the one case, though its writer has others.
        let link = app.browser().get(&scene.link).await.text;
        assert!(link.contains("linked-first") && !link.contains("anna-"), "{link}");
        for (id, name) in files(app).await {
            let status = app.browser().get(&format!("{}/files/{id}", scene.link)).await.status;
            assert_eq!(status == StatusCode::OK, name.starts_with("linked"), "{name}: {status}");
        }
        // With her organisation's setting she sees Bob's too, and still nothing of others.
        set_scope(app, &scene.world, "northbay.example", "organisation").await;
        tries_everything(app, &scene, &anna, "anna for all of hers", &["secret"]).await;
        assert!(anna.get("/portal").await.text.contains("team-subject"));
        assert!(anna.get(&format!("/portal/cases/{}", scene.cases[1])).await.text.contains("team-bob"));
        assert!(!app.browser().get(&scene.link).await.text.contains("team-"));
        let carl = log_in(app, relay, "carl@southbay.example").await;
        tries_everything(
            app,
            &scene,
            &carl,
            "carl",
            &["anna-", "team", "secret-note", "secret-supplier", "secret-pending"],
        )
        .await;
        // A colleague's quote is read, and answered only by who it was sent to.
        let colleagues = anna.get(&format!("/portal/quotes/{}", scene.quotes[2])).await.text;
        assert!(colleagues.contains("team-quote") && !colleagues.contains("Accept the quote"), "{colleagues}");
        let yes = [("do", "accept"), ("name", "Anna"), ("agreed", "yes")];
        let refused = anna.post(&format!("/portal/quotes/{}", scene.quotes[2]), &yes).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
        let foreign = carl.post(&format!("/portal/quotes/{}", scene.quotes[0]), &yes).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.text);
        set_scope(app, &scene.world, "northbay.example", "own").await;
        assert!(!anna.get("/portal/quotes").await.text.contains("team-quote"));
        let own = format!("/portal/quotes/{}", scene.quotes[0]);
        assert_eq!(anna.post(&own, &yes).await.location(), own);
        let answered = scene.world.agent.get(&format!("/api/v1/quotes/{}", scene.quotes[0])).await.json();
        assert_eq!((&answered["state"], &answered["decided_how"]), (&json!("accepted"), &json!("portal")));
        let states: Vec<(String,)> = app.desk().db().all(q!("SELECT state FROM quotes ORDER BY id")).await.unwrap();
        let states: Vec<&str> = states.iter().map(|(state,)| state.as_str()).collect();
        assert_eq!(states, ["accepted", "draft", "sent", "sent"]);
        tries_everything(app, &scene, &anna, "anna alone again", &["secret", "team"]).await;
        app.drain().await;
        sends(app, relay).await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_on_the_pages_is_one_of_the_customer_and_reopens() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let browser = log_in(app, relay, "anna@northbay.example").await;
        let path = format!("/portal/cases/{}", world.open);
        let solved = browser.post(&format!("{path}/solution"), &[]).await;
        assert_eq!((solved.status, solved.location()), (StatusCode::SEE_OTHER, path.as_str()));
        assert_eq!(app.case(world.open).await.state, CaseState::Solved);
        let shown = app.browser();
        shown.log_in("Ben").await;
        assert!(
            shown.get(&format!("/cases/{}", world.open)).await.text.contains("heard from <b>anna"),
            "an agent sees who said so"
        );
        let once = hidden(&browser.get(&path).await.text, "once").to_owned();
        let body = multipart(&[("once", &once), ("text", "It is <back>.")], &[("new.log", "11:00 refused")]);
        for _ in 0..2 {
            let answer = browser.body(Method::POST, &format!("{path}/answers"), KIND, &body).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, path.as_str()), "{}", answer.text);
        }
        let case = app.case(world.open).await;
        assert_eq!(case.state, CaseState::Open);
        let entries = app.timeline(world.open).await;
        let written: Vec<_> = entries.iter().filter(|row| row.text == "It is <back>.").collect();
        assert_eq!(written.len(), 1, "sent twice, written once");
        assert_eq!((written[0].kind, written[0].contact_id), (EntryKind::MailIn, case.contact_id));
        assert!(!app.incoming(written[0].id).await.unproven);
        let page = browser.get(&path).await.text;
        assert!(page.contains("It is &lt;back&gt;.") && page.contains("new.log"), "{page}");
        let empty =
            browser.body(Method::POST, &format!("{path}/answers"), KIND, &multipart(&[("text", " ")], &[])).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text.contains("Please write something"));
        // Once it is closed an answer opens a case of its own.
        browser.post(&format!("{path}/solution"), &[]).await;
        app.advance(Duration::from_hours(8 * 24));
        casedesk::cases::actions::pass_time(app.desk()).await.unwrap();
        let browser = log_in(app, relay, "anna@northbay.example").await;
        let answer =
            browser.body(Method::POST, &format!("{path}/answers"), KIND, &multipart(&[("text", "Again.")], &[])).await;
        let follow_up = CaseId(answer.location().rsplit('/').next().unwrap().parse().unwrap());
        assert_ne!(follow_up, world.open);
        assert_eq!(
            (app.case(follow_up).await.door, app.case(follow_up).await.follow_up_of),
            (Door::Portal, Some(world.open))
        );
        assert!(browser.get(answer.location()).await.text.contains("Again."));
        app.drain().await;
        sends(app, relay).await;
    })
    .await;
}

#[tokio::test]
async fn a_private_link_takes_answers_and_leads_on_to_the_follow_up() {
    on_both(async |app| {
        let link = private_link(&fill_in(app, &app.browser(), &[], &[]).await);
        let (case,): (CaseId,) = app.desk().db().one(q!("SELECT MAX(id) FROM cases")).await.unwrap();
        let guest = app.browser();
        let post = async |text: &str| {
            guest
                .body(Method::POST, &format!("{link}/answers"), KIND, &multipart(&[("text", text)], &[("x.log", "x")]))
                .await
        };
        assert_eq!(post("One more thing.").await.location(), link);
        let newest = app.timeline(case).await.pop().unwrap();
        assert!(newest.text == "One more thing." && app.incoming(newest.id).await.unproven);
        guest.post(&format!("{link}/solution"), &[]).await;
        app.advance(Duration::from_hours(8 * 24));
        casedesk::cases::actions::pass_time(app.desk()).await.unwrap();
        let on = post("It is back.").await;
        assert!(on.location().starts_with("/case/") && on.location() != link, "{}", on.location());
        let page = guest.get(on.location()).await.text;
        assert!(page.contains("It is back.") && !page.contains("One more thing."), "{page}");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn links_work_where_customers_have_no_pages() {
    on_both(async |app| {
        let link = private_link(&fill_in(app, &app.browser(), &[], &[]).await);
        let off = app.again(|config| config.portal.enabled = false).await;
        assert_eq!(off.browser().get("/portal").await.status, StatusCode::NOT_FOUND);
        let page = off.browser().get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("/portal"), "{}", page.text);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sets_what_contacts_see_on_the_organisations_page_and_the_log_says_so() {
    with_relay(&[], async |app, relay| {
        let scene = Box::pin(Scene::new(app, relay)).await;
        let organisation =
            customers::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap();
        let page = format!("/organisations/{}", organisation.id);
        let frame = format!("{page}/portal");
        let (ada, ben) = (app.browser(), app.browser());
        ada.log_in("Ada").await;
        ben.log_in("Ben").await;
        assert!(ben.get(&page).await.text.contains(&format!("src=\"{frame}\"")));
        let read = ben.get(&frame).await;
        assert_eq!(read.status, StatusCode::OK);
        assert!(read.text.contains("cases that they opened") && !read.text.contains("<form"), "{}", read.text);
        let all = [("scope", "organisation")];
        assert_eq!(ben.post(&frame, &all).await.status, StatusCode::FORBIDDEN);
        assert!(app.browser().get(&frame).await.location().starts_with("/login"));
        let anna = log_in(app, relay, "anna@northbay.example").await;
        assert!(!anna.get("/portal").await.text.contains("team-subject"));
        assert_eq!(ada.post(&frame, &[("scope", "everything")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(ada.post(&frame, &all).await.location(), page);
        assert!(ada.get(&frame).await.text.contains("value=\"organisation\" checked"));
        assert!(anna.get("/portal").await.text.contains("team-subject"));
        assert_ne!(anna.post(&frame, &all).await.status, StatusCode::SEE_OTHER, "no customer sets it");
        assert_eq!(ada.get("/organisations/987654/portal").await.status, StatusCode::NOT_FOUND);
        assert_eq!(ada.post("/organisations/987654/portal", &all).await.status, StatusCode::NOT_FOUND);
        let log = scene.world.admin.get("/api/v1/audit").await.text;
        assert!(log.contains("portal.scope_changed"), "{log}");
        app.drain().await;
        sends(app, relay).await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}
