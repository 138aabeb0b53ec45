//! The form: what comes by it, what is refused in words, what is held, and who may show it.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::{CaseId, CaseKind, Door, actions as cases};
use casedesk::customers::actions::{self as customer_file, Origin};
use casedesk::customers::store as customers;
use casedesk::customers::{VerdictKind, VerdictState};
use casedesk::forms::{FormsError, QuestionDraft, QuestionKind, rules::proves};
use casedesk::products::{ProductDraft, ProductId, ProductKind};
use casedesk::staff::{Role, Scope, Viewer};
use casedesk::{forms, q};
use casedesk_details::Field;
use serde_json::json;

use crate::api::World;
use crate::file::{ferrywell, given, installation, northbay, verdict};
use crate::support::{Answer, Browser, Letter, TestApp, on_both, with_settings};

pub(crate) const KIND: &str = "multipart/form-data; boundary=x";

/// A form with files, as a browser sends it.
pub(crate) fn multipart(fields: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    for (name, value) in files {
        body.push_str(&format!(
            "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{value}\r\n"
        ));
    }
    body + "--x--\r\n"
}

/// What a hidden field of a page holds.
pub(crate) fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let begin = format!("name=\"{name}\" value=\"");
    page.split_once(&begin).unwrap_or_else(|| panic!("no {name} in {page}")).1.split_once('"').unwrap().0
}

const ANNA: [(&str, &str); 8] = [
    ("name", "Anna <b>Berg</b>"),
    ("address", "Anna@northbay.example"),
    ("organisation", "Southbay Ltd"),
    ("kind", "problem"),
    ("product", "Transfer Server"),
    ("version", "5.1"),
    ("system", "AIX 7.2"),
    ("description", "All partners are refused.\r\nSince Friday."),
];

/// Anna's form with another value here and there.
fn filled<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = ANNA.to_vec();
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

/// Opens the page, takes a person's time, and sends.
pub(crate) async fn fill_in(
    app: &TestApp,
    browser: &Browser,
    changed: &[(&str, &str)],
    files: &[(&str, &str)],
) -> Answer {
    let page = browser.get("/support/new").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    app.advance(Duration::from_secs(5));
    let stamp = hidden(&page.text, "stamp").to_owned();
    let mut fields = filled(changed);
    fields.push(("stamp", &stamp));
    browser.body(Method::POST, "/support/new", KIND, &multipart(&fields, files)).await
}

/// The path of the private link on an answer.
pub(crate) fn private_link(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let token = answer.text.split_once("/case/").unwrap().1;
    format!("/case/{}", token.split_once('"').unwrap().0)
}

async fn newest(app: &TestApp) -> CaseId {
    use casedesk::db::Read as _;
    let (id,): (CaseId,) = app.desk().db().one(q!("SELECT MAX(id) FROM cases")).await.unwrap();
    id
}

#[tokio::test]
async fn the_version_in_a_form_is_judged_at_once_and_an_accepted_one_counts_instead() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        ferrywell(app, &by).await;
        let of = northbay(app, &by).await;
        installation(app, &by, of, "Main site").await;
        let place = installation(app, &by, of, "Test site").await;
        let browser = app.browser();
        let life_cycle = async |product: &str, version: &str| {
            private_link(&fill_in(app, &browser, &[("product", product), ("version", version)], &[]).await);
            app.forget_jobs("mail.acknowledge").await;
            app.drain().await;
            let case = newest(app).await;
            (case, verdict(app, case, VerdictKind::LifeCycle).await.unwrap())
        };
        let unsaid = "It is not said which installation this is about.";
        assert_eq!(life_cycle("ferrywell transfer", "").await.1.reason, unsaid);
        assert_eq!(life_cycle("Ferrywell Transfer", "4.2").await.1.reason, unsaid, "no table has it");
        assert_eq!(life_cycle("Else", "5.1.2").await.1.reason, unsaid, "another product");
        let told = "As the customer wrote in the form: Ferrywell Transfer 5.1 ended on 30 June 2026.";
        let (_, found) = life_cycle("", "5.1.2").await;
        assert_eq!((found.state, found.reason.as_str()), (VerdictState::Ended, told), "there is one product");
        let (case, found) = life_cycle("FT", "5.1.2").await;
        assert_eq!((found.state, found.reason.as_str()), (VerdictState::Ended, told));
        let page = app.logged_in("Ben", Role::Agent).await.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains(told), "{page}");
        cases::choose_installation(app.desk(), &by, case, Some(place)).await.unwrap();
        app.drain().await;
        assert_eq!(
            verdict(app, case, VerdictKind::LifeCycle).await.unwrap().reason,
            told,
            "nothing is known of it yet"
        );
        let version = [given(Field::ProductVersion, "6.0.1")];
        customer_file::set_values(app.desk(), &by, place, &version, Origin::AGENT).await.unwrap();
        app.drain().await;
        let found = verdict(app, case, VerdictKind::LifeCycle).await.unwrap();
        assert_eq!(found.reason, "Ferrywell Transfer 6.0 is supported until 30 June 2029.");
    })
    .await;
}

#[tokio::test]
async fn a_form_is_a_case_with_its_facts_and_files_and_answers_with_a_private_link() {
    on_both(async |app| {
        let browser = app.browser();
        let answer = fill_in(app, &browser, &[], &[("server.log", "10:00 refused"), ("", "")]).await;
        let link = private_link(&answer);
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        let id = newest(app).await;
        assert!(answer.text.contains(&format!("Your case is CD-{id}")), "{}", answer.text);
        let case = app.case(id).await;
        assert_eq!((case.door, case.kind, case.subject.as_str()), (Door::Form, CaseKind::Problem, "All partners are refused."));
        let entry = app.timeline(id).await.remove(0);
        assert_eq!(
            entry.text,
            "All partners are refused.\nSince Friday.\n\nOrganisation: Southbay Ltd\nProduct: Transfer Server\nVersion: 5.1\nOperating system: AIX 7.2"
        );
        assert!(app.incoming(entry.id).await.unproven);
        // What is typed about an organisation opens nothing: the address decides.
        let organisation = customers::organisation(app.desk().db(), case.organisation_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((organisation.name.as_str(), organisation.kind.as_str()), ("northbay.example", "prospect"));
        let page = app.browser().get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Since Friday.") && page.text.contains("server.log"), "{}", page.text);
        assert_eq!((&page.headers["referrer-policy"], &page.headers["cache-control"]), (&"no-referrer".parse().unwrap(), &"no-store".parse().unwrap()));
        let agent = app.logged_in("Ben", Role::Agent).await;
        let shown = agent.get(&format!("/cases/{id}")).await.text;
        assert!(shown.contains("address not proven") && shown.contains("by form"), "{shown}");
        assert!(!shown.contains("<b>Berg") && !page.text.contains("<b>Berg"));
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_form_that_needs_another_look_keeps_what_was_typed_and_names_its_files() {
    on_both(async |app| {
        let browser = app.browser();
        let changed = [("address", "not an address\" onfocus=x"), ("description", " "), ("version", "<5.1>")];
        let answer = fill_in(app, &browser, &changed, &[("trace.log", "x")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in [
            "the mail address",
            "the description",
            "value=\"&#60;5.1&#62;\"",
            "trace.log",
            "Choose your files again",
            "value=\"Transfer Server\"",
            "value=\"problem\" checked",
        ] {
            assert!(answer.text.contains(part), "{part}: {}", answer.text);
        }
        assert!(!answer.text.contains("\" onfocus"), "{}", answer.text);
        // Its stamp is the first one: looking again is not typing anew.
        let fields = filled(&[("stamp", hidden(&answer.text, "stamp"))]);
        let again = browser.body(Method::POST, "/support/new", KIND, &multipart(&fields, &[])).await;
        private_link(&again);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_case_and_other_words_are_not_swallowed() {
    on_both(async |app| {
        let browser = app.browser();
        let stamp = hidden(&browser.get("/support/new").await.text, "stamp").to_owned();
        app.advance(Duration::from_secs(5));
        let body = multipart(&filled(&[("stamp", &stamp)]), &[("a.log", "a")]);
        let send = async |body: &str| browser.body(Method::POST, "/support/new", KIND, body).await;
        let (first, second) = (send(&body).await, send(&body).await);
        assert_eq!(private_link(&first), private_link(&second));
        assert_eq!(app.count_cases().await, 1);
        let other = multipart(&filled(&[("stamp", &stamp), ("description", "Something else.")]), &[]);
        let told = send(&other).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            told.text.contains("used before, for CD-1001") && told.text.contains("Something else."),
            "{}",
            told.text
        );
        let fresh = hidden(&told.text, "stamp").to_owned();
        app.advance(Duration::from_secs(5));
        private_link(&send(&multipart(&filled(&[("stamp", &fresh), ("description", "Something else.")]), &[])).await);
        assert_eq!(app.count_cases().await, 2);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_program_sends_is_refused_in_words() {
    with_settings(&[("MAIL__FROM", "support@desk.example")], async |app| {
        let browser = app.browser();
        let stamp = hidden(&browser.get("/support/new").await.text, "stamp").to_owned();
        let send = async |changed: &[(&str, &str)]| {
            let fields = filled(changed);
            browser.body(Method::POST, "/support/new", KIND, &multipart(&fields, &[])).await
        };
        let quick = send(&[("stamp", &stamp)]).await;
        assert_eq!(
            (quick.status, &quick.headers["retry-after"]),
            (StatusCode::TOO_MANY_REQUESTS, &"3".parse().unwrap())
        );
        assert!(quick.text.contains("quicker than a person") && quick.text.contains("All partners"), "{}", quick.text);
        app.advance(Duration::from_secs(5));
        let trapped = send(&[("stamp", &stamp), ("website", "http://spam.example")]).await;
        assert!(
            trapped.text.contains("people do not see") && !trapped.text.contains("spam.example"),
            "{}",
            trapped.text
        );
        let forged = stamp.replace('.', ".x");
        assert!(send(&[("stamp", &forged)]).await.text.contains("open for too long"));
        let own = send(&[("stamp", &stamp), ("address", "Support@desk.example")]).await;
        assert!(own.text.contains("This is our own address"), "{}", own.text);
        app.advance(Duration::from_hours(48));
        assert!(send(&[("stamp", &stamp)]).await.text.contains("open for too long"));
        assert_eq!(app.count_cases().await, 0);
    })
    .await;
}

#[tokio::test]
async fn one_address_and_one_network_write_only_so_often() {
    on_both(async |app| {
        for n in 0..5 {
            let browser = app.browser().at(&format!("198.51.100.{n}"));
            private_link(&fill_in(app, &browser, &[("description", &format!("Message {n}"))], &[]).await);
        }
        let browser = app.browser().at("198.51.100.9");
        let full = fill_in(app, &browser, &[("description", "Message 6")], &[]).await;
        assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(full.headers.contains_key("retry-after") && full.text.contains("Message 6"), "{}", full.text);
        let other = fill_in(app, &browser, &[("address", "carl@southbay.example")], &[]).await;
        private_link(&other);
        let mut refused = 0;
        for n in 0..25 {
            let address = format!("someone{n}@else.example");
            let answer = fill_in(app, &browser, &[("address", &address)], &[]).await;
            refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!((2..=6).contains(&refused), "{refused}");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn too_much_is_told_and_nothing_typed_is_lost() {
    with_settings(&[("FORMS__MAX_SIZE", "2048"), ("FORMS__MAX_FILES", "2")], async |app| {
        let browser = app.browser();
        let big = "y".repeat(3000);
        for files in [vec![("big.log", big.as_str())], vec![("1", "a"), ("2", "b"), ("3", "c")]] {
            let answer = fill_in(app, &browser, &[], &files).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                answer.text.contains("Please send at most 2 files") && answer.text.contains("Since Friday."),
                "{}",
                answer.text
            );
        }
        private_link(&fill_in(app, &browser, &[], &[("1", "a"), ("2", "b")]).await);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn any_site_may_post_a_form_and_nothing_else() {
    with_settings(&[("FORMS__EMBED_ORIGINS", "https://www.example.com")], async |app| {
        // A plain form of their own, as HTML sends it without files.
        let known = app.browser().with("origin", "https://www.example.com").post("/support/new", &ANNA).await;
        assert_eq!(known.status, StatusCode::CREATED, "{}", known.text);
        let unknown = app.browser().with("origin", "https://evil.example").post("/support/new", &ANNA).await;
        assert_eq!(unknown.status, StatusCode::ACCEPTED, "{}", unknown.text);
        assert!(unknown.text.contains("waits for a look"));
        assert_eq!(app.count_cases().await, 1);
        let evil = app.browser().with("origin", "https://evil.example");
        for path in [
            "/support/new/",
            "/support/new/x",
            "/portal/login",
            "/portal/logout",
            "/portal/login/x",
            "/portal/cases/1001/answers",
            "/case/x/answers",
            "/case/x/solution",
            "/settings/form/held/1/release",
            "/login",
        ] {
            assert_eq!(evil.post(path, &ANNA).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            assert_eq!(
                evil.body(method.clone(), "/support/new", "text/plain", "").await.status,
                StatusCode::FORBIDDEN,
                "{method}"
            );
        }
        // A page that tells nobody where it is has no origin; the browser's own word then counts, and only that.
        for (site, status) in [
            ("same-origin", StatusCode::NOT_FOUND),
            ("cross-site", StatusCode::FORBIDDEN),
            ("none", StatusCode::FORBIDDEN),
        ] {
            let quiet = app.browser().with("origin", "null").with("sec-fetch-site", site);
            assert_eq!(quiet.post("/case/x/solution", &[]).await.status, status, "{site}");
        }
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn only_named_sites_may_show_the_form_in_a_frame() {
    with_settings(&[("FORMS__EMBED_ORIGINS", "https://www.example.com")], async |app| {
        let browser = app.browser();
        let plain = browser.get("/support/new").await;
        assert!(plain.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
        assert_eq!(plain.headers["x-frame-options"], "DENY");
        let framed = browser.get("/support/new?embed=1").await;
        let policy = framed.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("frame-ancestors 'self' https://www.example.com") && policy.contains("script-src 'self'"),
            "{policy}"
        );
        assert!(!framed.headers.contains_key("x-frame-options"));
        let nobody = app.again(|config| config.forms.embed_origins.clear()).await;
        let framed = nobody.browser().get("/support/new?embed=1").await;
        assert_eq!(framed.headers["x-frame-options"], "DENY");
        let off = app.again(|config| config.forms.enabled = false).await;
        assert_eq!(off.browser().get("/support/new").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn without_the_work_a_message_is_held_until_an_agent_releases_it() {
    let settings =
        [("FORMS__PROOF_OF_WORK_BITS", "8"), ("MAIL__FROM", "support@desk.example"), ("MAIL__SMTP__HOST", "127.0.0.1")];
    with_settings(&settings, async |app| {
        let world = World::new(app).await;
        let browser = app.browser();
        let before = app.count_cases().await;
        let held = fill_in(app, &browser, &[], &[("a.log", "a")]).await;
        assert_eq!(held.status, StatusCode::ACCEPTED, "{}", held.text);
        let waits = fill_in(app, &browser, &[("description", "Buy this.")], &[]).await;
        assert_eq!((waits.status, app.count_cases().await), (StatusCode::ACCEPTED, before));
        let list = world.agent.get("/api/v1/form-submissions").await.json();
        assert_eq!(
            (&list["submissions"][0]["typed"]["description"], &list["submissions"][1]["files"]),
            (&"Buy this.".into(), &1.into())
        );
        let settings = app.browser();
        settings.log_in("Ben").await;
        let page = settings.get("/settings/form").await;
        assert!(page.text.contains("Buy this.") && page.text.contains("did no proof of work"), "{}", page.text);
        let (spam, good) = (&list["submissions"][0]["id"], &list["submissions"][1]["id"]);
        let discarded = world.agent.json(Method::DELETE, &format!("/api/v1/form-submissions/{spam}"), &().into()).await;
        assert_eq!(discarded.status, StatusCode::NO_CONTENT);
        let path = format!("/api/v1/form-submissions/{good}/release");
        let released = world.agent.json(Method::POST, &path, &().into()).await;
        assert_eq!(released.status, StatusCode::CREATED, "{}", released.text);
        assert_eq!(world.agent.json(Method::POST, &path, &().into()).await.status, StatusCode::NOT_FOUND, "once");
        let mail = app.mails().await.remove(0);
        assert_eq!(mail.to, "anna@northbay.example");
        let link = mail.link(app);
        let page = app.browser().get(&link).await;
        assert!(page.text.contains("Since Friday.") && page.text.contains("a.log"), "{}", page.text);
        // With the work it is a case at once.
        let stamp = hidden(&browser.get("/support/new").await.text, "stamp").to_owned();
        let proof = (0..).map(|n: u32| n.to_string()).find(|proof| proves(&stamp, proof, 8)).unwrap();
        app.advance(Duration::from_secs(5));
        let fields = filled(&[("stamp", &stamp), ("proof", &proof), ("description", "Proven.")]);
        private_link(&browser.body(Method::POST, "/support/new", KIND, &multipart(&fields, &[])).await);
        // What is held is part of a backup.
        assert!(forms::store::digests(app.desk().db()).await.unwrap().is_empty(), "nothing waits any more");
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_revoked_link_shows_nothing_and_only_those_who_see_the_case_revoke_it() {
    on_both(async |app| {
        let world = World::new(app).await;
        let link = private_link(&fill_in(app, &app.browser(), &[], &[]).await);
        let case = newest(app).await;
        app.forget_jobs("mail.acknowledge").await;
        let links = format!("/api/v1/cases/{case}/private-links");
        let listed = world.agent.get(&links).await.json();
        assert_eq!(listed[0]["address"], "anna@northbay.example");
        assert!(!listed.to_string().contains(link.trim_start_matches("/case/")));
        let one = format!("{links}/{}", listed[0]["id"]);
        world.hide(case).await;
        assert_eq!(world.agent.get(&links).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.agent.json(Method::DELETE, &one, &().into()).await.status, StatusCode::NOT_FOUND);
        let elsewhere = one.replace(&case.to_string(), &world.open.to_string());
        assert_eq!(world.agent.json(Method::DELETE, &elsewhere, &().into()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);
        assert_eq!(world.admin.json(Method::DELETE, &one, &().into()).await.status, StatusCode::NO_CONTENT);
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND);
        let posted =
            app.browser().body(Method::POST, &format!("{link}/answers"), KIND, &multipart(&[("text", "x")], &[])).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND);
        // Guessing is slowed down.
        let guesser = app.browser().at("203.0.113.7");
        let mut last = StatusCode::OK;
        for n in 0..25 {
            last = guesser.get(&format!("/case/guess{n}")).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_types_an_address_of_a_customer_learns_nothing_of_them() {
    on_both(async |app| {
        let letter = Letter::new("Annabel Northbay <anna@northbay.example>", "Old matter", "Between us.");
        let contact = app.case(app.case_of(&letter).await).await.contact_id;
        app.forget_jobs("mail.acknowledge").await;
        let guest = app.browser();
        let sent = fill_in(app, &guest, &[("name", "Somebody Else")], &[]).await;
        let link = private_link(&sent);
        guest.body(Method::POST, &format!("{link}/answers"), KIND, &multipart(&[("text", "Tell me more.")], &[])).await;
        let page = guest.get(&link).await.text;
        assert!(page.contains("Somebody Else") && page.contains("Tell me more."), "{page}");
        assert!(!page.contains("Annabel") && !page.contains("Old matter") && !sent.text.contains("Annabel"), "{page}");
        let case = app.case(newest(app).await).await;
        assert_eq!(case.contact_id, contact, "it is on the customer's file all the same");
        let known = customers::contact(app.desk().db(), contact.unwrap()).await.unwrap().unwrap();
        assert_eq!(known.name, "Annabel Northbay");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_form_proposes_what_we_sell_and_where_it_runs_and_nothing_that_is_not_out() {
    on_both(async |app| {
        assert!(!app.browser().get("/support/new").await.text.contains("<datalist"));
        let admin = app.logged_in("Ada", Role::Admin).await;
        let add = async |path: &str, body: serde_json::Value| {
            let made = admin.json(Method::POST, &format!("/api/v1/products{path}"), &body).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            made.json()["id"].as_i64().unwrap()
        };
        let ours = add("", json!({ "name": "Transfer <Server>", "kind": "own" })).await;
        for (version, channel) in [("5.1.2", "stable"), ("5.2.0-rc1", "preview")] {
            add(&format!("/{ours}/releases"), json!({ "version": version, "channel": channel })).await;
        }
        let system = add("", json!({ "name": "AIX", "kind": "operating_system" })).await;
        add(&format!("/{system}/cycles"), json!({ "name": "7.3" })).await;
        let page = app.browser().get("/support/new").await.text;
        assert!(page.contains("<datalist id=\"l-product\"><option value=\"Transfer &#60;Server&#62;\">"), "{page}");
        assert!(page.contains("<option value=\"5.1.2\">") && !page.contains("5.2.0-rc1"), "{page}");
        assert!(page.contains("<option value=\"AIX 7.3\">") && page.contains("list=\"l-system\""), "{page}");
        app.forget_jobs("cases.judge").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_is_told_in_whole_sentences() {
    for error in [
        FormsError::Trap,
        FormsError::TooQuick(2),
        FormsError::Stale,
        FormsError::Used("CD-1".into()),
        FormsError::TooMany(9),
        FormsError::Full,
    ] {
        let words = error.to_string();
        assert!(words.ends_with('.') && words.starts_with(char::is_uppercase), "{words}");
    }
}

async fn a_product(app: &TestApp, by: &Viewer, name: &str) -> ProductId {
    let draft = ProductDraft { name: name.into(), slug: String::new(), kind: ProductKind::Own, aliases: vec![] };
    casedesk::products::actions::add_product(app.desk(), by, &draft).await.unwrap()
}

fn a_question(label: &str, kind: QuestionKind, required: bool, detail: Option<&str>) -> QuestionDraft {
    let choices =
        if kind == QuestionKind::Choice { vec!["One node".into(), "Two <b>nodes</b>".into()] } else { vec![] };
    QuestionDraft { label: label.into(), kind, choices, required, detail: detail.map(str::to_owned) }
}

#[tokio::test]
async fn the_questions_of_a_product_are_asked_of_those_who_write_about_it_and_answers_are_proposed_as_details() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let transfer = a_product(app, &by, "Transfer Server").await;
        let gateway = a_product(app, &by, "Gateway").await;
        let add = async |of, draft| forms::actions::add_question(app.desk(), &by, of, &draft).await.unwrap();
        let nodes = a_question("How is it set <up>?", QuestionKind::Choice, true, Some("high_availability"));
        let nodes = add(transfer, nodes).await;
        let count = add(transfer, a_question("Transfers a day", QuestionKind::Number, false, None)).await;
        let port = add(gateway, a_question("Port", QuestionKind::Number, true, None)).await;
        let (nodes, count, port) = (format!("q-{nodes}"), format!("q-{count}"), format!("q-{port}"));
        let browser = app.browser();
        let all = browser.get("/support/new").await.text;
        assert!(
            all.contains("About Transfer Server") && all.contains("About Gateway"),
            "without a product all are shown"
        );
        assert!(all.contains("How is it set &#60;up&#62;?") && all.contains("Two &#60;b&#62;nodes"), "{all}");
        let one = browser.get("/support/new?product=transfer%20server").await.text;
        assert!(one.contains("About Transfer Server") && !one.contains("About Gateway"));
        // What is required is required of its product alone, and every fault is told.
        let refused = fill_in(app, &browser, &[(&count, "many")], &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Please answer this.") && refused.text.contains("Please give a number"));
        assert!(refused.text.contains(r#"value="many""#), "what was typed is kept: {}", refused.text);
        let invented = fill_in(app, &browser, &[(&nodes, "Three nodes")], &[]).await;
        assert!(invented.text.contains("Please choose one of the answers."), "{}", invented.text);
        let told = [(nodes.as_str(), "Two <b>nodes</b>"), (count.as_str(), "1200"), ("q-4711", "nobody asked")];
        private_link(&fill_in(app, &browser, &told, &[]).await);
        let id = newest(app).await;
        let entry = app.timeline(id).await.remove(0);
        assert!(
            entry
                .text
                .ends_with("Operating system: AIX 7.2\nHow is it set <up>: Two <b>nodes</b>\nTransfers a day: 1200"),
            "{}",
            entry.text
        );
        assert!(!entry.text.contains("nobody asked"));
        let row = app.case(id).await;
        let proposals = casedesk::cases::actions::proposals(app.desk(), &row, &entry).await.unwrap();
        let found: Vec<_> = proposals.iter().filter(|one| one.field.name() == "high_availability").collect();
        assert_eq!((found.len(), found[0].value.as_str()), (1, "Two <b>nodes</b>"), "{proposals:?}");
        assert_eq!(found[0].source.text, "How is it set <up>: Two <b>nodes</b>");
        // Who names no product means the one whose questions they answer.
        let unnamed = fill_in(app, &browser, &[("product", ""), (&port, "4460")], &[]).await;
        private_link(&unnamed);
        let entry = app.timeline(newest(app).await).await.remove(0);
        assert!(entry.text.ends_with("Port: 4460"), "{}", entry.text);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_plain_form_of_another_site_carries_answers_and_what_is_held_keeps_their_words() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let transfer = a_product(app, &by, "Transfer Server").await;
        let question = a_question("Which store?", QuestionKind::Text, true, Some("integrations"));
        let id = forms::actions::add_question(app.desk(), &by, transfer, &question).await.unwrap();
        let name = format!("q-{id}");
        let mut fields = filled(&[]);
        fields.push((&name, "S3 in Dublin"));
        let sent = app.browser().body(Method::POST, "/support/new", KIND, &multipart(&fields, &[])).await;
        assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
        forms::actions::remove_question(app.desk(), &by, id).await.unwrap();
        let held = forms::store::held(app.desk().db(), None, 10).await.unwrap().remove(0);
        let case = forms::actions::release(app.desk(), &by, held.id).await.unwrap();
        let entry = app.timeline(case).await.remove(0);
        assert!(entry.text.ends_with("Which store: S3 in Dublin"), "{}", entry.text);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn questions_are_an_administrators_on_the_page_and_over_the_api() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let product = a_product(app, &by, "Transfer Server").await;
        let (admin, agent) = (app.browser(), app.logged_in("Ben", Role::Agent).await);
        admin.log_in("Ada").await;
        let number = product.to_string();
        let fields =
            [("product", number.as_str()), ("label", "Which store?"), ("kind", "choice"), ("choices", "S3\r\nAzure")];
        assert_eq!(agent.post("/settings/form/questions", &fields).await.status, StatusCode::FORBIDDEN);
        let done = admin.post("/settings/form/questions", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = agent.get("/settings/form").await.text;
        assert!(
            page.contains("Which store?") && page.contains("S3, Azure") && !page.contains("Add a question"),
            "{page}"
        );
        let wrong = [("product", number.as_str()), ("label", "Which?"), ("kind", "choice"), ("choices", "S3")];
        let refused = admin.post("/settings/form/questions", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Give 2 to 50 choices"), "{}", refused.text);
        let program = crate::api::program(app, &by, Scope::Admin).await;
        let listed = program.get("/api/v1/form-questions").await.json();
        assert_eq!((&listed[0]["kind"], &listed[0]["choices"]), (&json!("choice"), &json!(["S3", "Azure"])));
        let path = format!("/api/v1/form-questions/{}", listed[0]["id"]);
        let draft = json!({ "label": "Two nodes?", "kind": "yes_no", "required": true, "detail": "high_availability" });
        assert_eq!(program.json(Method::PUT, &path, &draft).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get("/api/v1/form-questions").await.json()[0]["choices"], json!([]));
        let new = json!({ "product_id": product, "question": draft });
        let made = program.json(Method::POST, "/api/v1/form-questions", &new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let strange = json!({ "product_id": 4711, "question": draft });
        assert_eq!(program.json(Method::POST, "/api/v1/form-questions", &strange).await.status, StatusCode::NOT_FOUND);
        assert_eq!(program.json(Method::DELETE, &path, &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.json(Method::DELETE, &path, &json!({})).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
