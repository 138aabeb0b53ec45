//! What somebody may ask of us: a copy of what is kept about them, and that it is erased.
use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use casedesk::cases::actions::{self as cases, Reply};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, Delivery, EntryKind};
use casedesk::customers::{ContactId, OrganisationId, Person, store as file};
use casedesk::db::{Dialect, Read as _};
use casedesk::mail::InboundState;
use casedesk::privacy::RequestId;
use casedesk::privacy::rules::{FILES, TABLES, WORDS};
use casedesk::q;
use casedesk::staff::{Role, Scope, Viewer};
use serde_json::{Value, json};

use crate::forms::{fill_in, private_link};
use crate::mail::{sends, with_relay};
use crate::support::{Browser, Folder, Letter, Relay, TestApp, on_both, with_settings};

const HOUR: Duration = Duration::from_hours(1);

/// An administrator with a page and a token, and an agent.
struct World {
    ada: Viewer,
    page: Browser,
    program: Browser,
    agent: Browser,
}

impl World {
    async fn new(app: &TestApp) -> Self {
        let ada = app.viewer("Ada", Role::Admin).await;
        let page = app.browser();
        page.log_in("Ada").await;
        let program = crate::api::program(app, &ada, Scope::Admin).await;
        let agent = app.logged_in("Ben", Role::Agent).await;
        Self { ada, page, program, agent }
    }

    async fn asked(&self, app: &TestApp, path: &str, body: Value) -> RequestId {
        let answer = self.program.json(Method::POST, &format!("/api/v1{path}"), &body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
        app.drain().await;
        RequestId(answer.json()["id"].as_i64().unwrap())
    }

    async fn state(&self, id: RequestId) -> String {
        let answer = self.program.get(&format!("/api/v1/privacy-requests/{id}")).await.json();
        answer["state"].as_str().unwrap().to_owned()
    }

    /// The archive's files by their paths.
    async fn archive(&self, app: &TestApp, id: RequestId) -> BTreeMap<String, Vec<u8>> {
        let (_, size, pieces) = casedesk::privacy::actions::download(app.desk(), &self.ada, id).await.unwrap();
        let pieces: Vec<bytes::Bytes> = futures::TryStreamExt::try_collect(pieces).await.unwrap();
        let bytes = pieces.concat();
        assert_eq!(u64::try_from(bytes.len()).unwrap(), size);
        unpacked(&bytes)
    }
}

/// The files of a ZIP archive by their paths, as another program reads them.
fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let folder = Folder::new("archive");
    let path = folder.path().join("archive.zip");
    std::fs::write(&path, bytes).unwrap();
    let script = "import sys, json, base64, zipfile\n\
                  z = zipfile.ZipFile(sys.argv[1])\n\
                  assert z.testzip() is None\n\
                  print(json.dumps([[i.filename, base64.b64encode(z.read(i)).decode()] for i in z.infolist()]))";
    let told = std::process::Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let listed: Vec<(String, String)> = serde_json::from_slice(&told.stdout).unwrap();
    let mut files = BTreeMap::new();
    for (name, holds) in listed {
        assert!(!name.starts_with('/') && name.split('/').all(|part| !part.is_empty() && part != ".."), "{name}");
        let holds = STANDARD.decode(holds).unwrap();
        assert!(files.insert(name.clone(), holds).is_none(), "{name} is there twice");
    }
    files
}

async fn contact(app: &TestApp, address: &str) -> ContactId {
    file::contact_by_address(app.desk().db(), address).await.unwrap().unwrap().id
}

fn with_file(letter: &Letter, name: &str, holds: &str) -> Letter {
    let text = format!(
        "--b\nContent-Type: text/plain; charset=utf-8\n\n{}\n--b\nContent-Type: text/plain; charset=utf-8\n\
         Content-Disposition: attachment; filename=\"{name}\"\n\n{holds}\n--b--",
        letter.text
    );
    Letter { text, ..letter.clone() }.with("MIME-Version", "1.0").with("Content-Type", "multipart/mixed; boundary=b")
}

fn anna(subject: &str, text: &str) -> Letter {
    Letter::new("Anna Petrel <anna@northbay.example>", subject, text)
}

async fn reply(app: &TestApp, by: &Viewer, case: CaseId, to: &str, body: &str) {
    let to = vec![Person { name: None, address: to.into() }];
    cases::reply(app.desk(), by, case, Reply { body: body.into(), to, ..Reply::default() }).await.unwrap();
    // As when the relay took it.
    let entry = app.timeline(case).await.last().unwrap().id;
    let mut tx = app.desk().db().begin().await.unwrap();
    let from = [Delivery::Pending];
    casedesk::cases::store::set_delivery(&mut tx, entry, &from, Delivery::Sent, None).await.unwrap();
    tx.commit().await.unwrap();
    app.forget_jobs("mail.deliver").await;
}

/// Anna's own case with a file, a reply and a note; and one of Bo's on which she is copied.
async fn two_cases(app: &TestApp, by: &Viewer) -> (CaseId, CaseId) {
    let first = with_file(&anna("Petunia ledger", "The zanzibar is stuck."), "../../wombat.log", "quokkaline");
    let own = app.case_of(&first).await;
    reply(app, by, own, "anna@northbay.example", "Dear Anna, kick the zanzibar.").await;
    cases::note(app.desk(), by, own, "Anna Petrel was impatient.", vec![], None).await.unwrap();
    let bos = Letter::new("Bo Lind <bo@northbay.example>", "Turnip gate", "Anna Petrel told me of the turnip.")
        .with("Cc", "anna@northbay.example");
    let shared = app.case_of(&bos).await;
    let more = anna("Re: Turnip gate", "The marmalade is mine.\n\n> the turnip").answering(bos.get("Message-ID"));
    assert_eq!(app.arrives(&more).await.case, Some(shared));
    let quoting = Letter::new(
        "Bo Lind <bo@northbay.example>",
        "Re: Turnip gate",
        "I agree.\n\nOn Mon, 1 Mar 2027 at 08:59, Anna Petrel <anna@northbay.example> wrote:\n> The marmalade is mine.",
    );
    app.arrives(&quoting.answering(more.get("Message-ID"))).await;
    app.forget_jobs("mail.acknowledge").await;
    app.drain().await;
    (own, shared)
}

#[tokio::test]
async fn a_contacts_archive_has_what_they_wrote_and_were_sent_and_says_what_is_left_out() {
    on_both(async |app| {
        let world = World::new(app).await;
        let (own, shared) = two_cases(app, &world.ada).await;
        let id = contact(app, "anna@northbay.example").await;
        let request = world.asked(app, &format!("/contacts/{id}/exports"), json!({})).await;
        assert_eq!(world.state(request).await, "ready");
        let files = world.archive(app, request).await;
        let text = |path: &str| {
            String::from_utf8(files.get(path).unwrap_or_else(|| panic!("no {path} in {:?}", files.keys())).clone())
                .unwrap()
        };
        assert!(text("index.html").contains("What is not in it, and why"));
        assert!(text("data/people.json").contains("anna@northbay.example"));
        let mine = text(&format!("cases/CD-{own}/case.json"));
        let lines: Value = serde_json::from_str(&mine).unwrap();
        let whats: Vec<&str> = lines.as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect();
        assert_eq!(whats, ["message in", "message from us", "internal note"]);
        assert!(mine.contains("The zanzibar is stuck.") && mine.contains("kick the zanzibar"));
        assert!(!text(&format!("cases/CD-{own}/case.html")).is_empty());
        let path = lines[0]["files"][0].as_str().unwrap();
        assert!(path.ends_with("wombat.log") && path.starts_with(&format!("cases/CD-{own}/files/")), "{path}");
        assert!(text(path).contains("quokkaline"));
        assert!(text(lines[0]["source"].as_str().unwrap()).contains("Subject: Petunia ledger"));
        // Of the case of another: what she wrote and what was sent to her, and not what Bo wrote to us alone.
        let shared = text(&format!("cases/CD-{shared}/case.json"));
        assert!(shared.contains("told me of the turnip") && shared.contains("The marmalade is mine."), "{shared}");
        assert!(!shared.contains("I agree."), "{shared}");
        assert!(text("data/left-out.json").contains("1 messages of others on the same cases"));
        app.advance(Duration::from_hours(7 * 24));
        app.drain().await;
        assert_eq!(world.state(request).await, "removed");
        let gone = world.program.get(&format!("/api/v1/privacy-requests/{request}/archive")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn notes_are_handed_out_when_they_are_asked_for_without_other_peoples_names() {
    on_both(async |app| {
        let world = World::new(app).await;
        let own = app.case_of(&anna("Petunia", "Help.").with("Cc", "Bo Lind <bo@northbay.example>")).await;
        cases::note(
            app.desk(),
            &world.ada,
            own,
            "Anna Petrel says Bo Lind (bo@northbay.example) broke it.",
            vec![],
            None,
        )
        .await
        .unwrap();
        app.forget_jobs("mail.acknowledge").await;
        let id = contact(app, "anna@northbay.example").await;
        for (with, there) in [(true, true), (false, false)] {
            let body = json!({ "with_notes": with });
            let request = world.asked(app, &format!("/contacts/{id}/exports"), body).await;
            let files = world.archive(app, request).await;
            let case = String::from_utf8(files[&format!("cases/CD-{own}/case.json")].clone()).unwrap();
            assert_eq!(case.contains("Anna Petrel says [erased] ([erased]) broke it."), there, "{case}");
            assert!(!case.contains("Ada"), "{case}");
            let left = String::from_utf8(files["data/left-out.json"].clone()).unwrap();
            assert_eq!(left.contains("1 internal notes"), !there, "{left}");
            world.program.body(Method::DELETE, &format!("/api/v1/privacy-requests/{request}/archive"), "", "").await;
        }
        app.forget_jobs("privacy.expire").await;
    })
    .await;
}

#[tokio::test]
async fn an_organisations_archive_has_all_of_its_people_and_its_installations_with_sources() {
    on_both(async |app| {
        let world = World::new(app).await;
        two_cases(app, &world.ada).await;
        let of = file::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap().id;
        let made = json!({ "label": "Main", "role": "production" });
        let made = world.program.json(Method::POST, &format!("/api/v1/organisations/{of}/installations"), &made).await;
        let installation = made.json()["id"].clone();
        let value = json!([{ "field": "product_version", "value": "5.1" }]);
        let path = format!("/api/v1/installations/{installation}/values");
        let set = world.program.json(Method::POST, &path, &value).await;
        assert!(set.status.is_success(), "{}", set.text);
        let request = world.asked(app, &format!("/organisations/{of}/exports"), json!({})).await;
        let files = world.archive(app, request).await;
        let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
        assert!(text("data/people.json").contains("bo@northbay.example"));
        let installations: Value = serde_json::from_str(&text("data/installations.json")).unwrap();
        assert!(installations["purpose"].as_str().unwrap().contains("not shared with any third party"));
        assert_eq!(installations["installations"][0]["values"][0]["value"], "5.1");
        assert_eq!(installations["installations"][0]["values"][0]["source"], "api");
        assert!(text("data/organisation.json").contains("northbay.example"));
        app.forget_jobs("privacy.expire").await;
        app.forget_jobs("cases.judge").await;
    })
    .await;
}

#[tokio::test]
async fn only_administrators_export_and_erase_and_each_step_is_in_the_audit_log() {
    on_both(async |app| {
        let world = World::new(app).await;
        app.case_of(&anna("Petunia", "Help.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let id = contact(app, "anna@northbay.example").await;
        for path in [format!("/contacts/{id}/privacy"), "/settings/privacy".into()] {
            assert_eq!(world.agent.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(world.page.get(&path).await.status, StatusCode::OK, "{path}");
        }
        let refused = world.agent.post(&format!("/contacts/{id}/exports"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(world.page.post(&format!("/contacts/{id}/exports"), &[]).await.status, StatusCode::SEE_OTHER);
        let twice = world.page.post(&format!("/contacts/{id}/exports"), &[]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        app.drain().await;
        let list = world.program.get("/api/v1/privacy-requests").await.json();
        let request = list[0]["id"].as_i64().unwrap();
        let path = format!("/privacy-requests/{request}/archive");
        assert_eq!(world.agent.get(&path).await.status, StatusCode::FORBIDDEN);
        let fetched = world.page.get(&path).await;
        assert_eq!(fetched.status, StatusCode::OK);
        assert_eq!(fetched.headers["content-type"], "application/zip");
        assert_eq!(world.page.post(&format!("{path}/delete"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(world.page.get(&path).await.status, StatusCode::NOT_FOUND);
        let wrong = world.page.post(&format!("/contacts/{id}/erasures"), &[("name", "Anna")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let log = world.page.get("/settings/audit").await.text;
        for step in ["export_asked", "export_ready", "export_downloaded", "export_removed"] {
            assert!(log.contains(&format!("privacy.{step}")), "{step} is not in the log");
        }
        app.forget_jobs("privacy.expire").await;
    })
    .await;
}

/// Every text of every table that holds this, as `table.column`.
async fn found(app: &TestApp, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column, kind) in columns(app).await {
        let text = match (app.desk().db().dialect(), kind.as_str()) {
            (Dialect::Postgres, "bytea") => format!("encode({column}, 'escape')"),
            _ => format!("CAST({column} AS TEXT)"),
        };
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE LOWER({text}) LIKE '%{word}%'");
        let (count,): (i64,) = app.desk().db().one(casedesk::db::Query::new(sql.leak())).await.unwrap();
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// Table, name and type of every column.
async fn columns(app: &TestApp) -> Vec<(String, String, String)> {
    let query = match app.desk().db().dialect() {
        Dialect::Sqlite => q!("SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'search_text%' AND m.name NOT LIKE 'sqlite%'"),
        Dialect::Postgres => q!("SELECT table_name::text, column_name::text, data_type::text
            FROM information_schema.columns WHERE table_schema = 'public'"),
    };
    app.desk().db().all(query).await.unwrap()
}

/// Every stored file that holds this.
fn files_holding(folder: &std::path::Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_holding(&path, word));
        } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).to_lowercase().contains(word) {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn erased(app: &TestApp, world: &World, path: &str, name: &str) -> RequestId {
    let request = world.asked(app, path, json!({ "name": name })).await;
    assert_eq!(world.state(request).await, "done");
    app.advance(HOUR);
    app.drain().await;
    request
}

#[tokio::test]
async fn after_an_erasure_nothing_of_the_person_is_found_but_where_the_list_says_that_it_stays() {
    // Without it, the desk's own address is somebody else on the case.
    with_settings(&[("MAIL__FROM", "support@desk.example")], async |app| {
        let world = World::new(app).await;
        let (own, shared) = two_cases(app, &world.ada).await;
        cases::change(app.desk(), &world.ada, own, &Change::Subject("Petunia ledger again".into())).await.unwrap();
        let id = contact(app, "anna@northbay.example").await;
        let call = json!({
            "contact_id": id, "number": "+353 1 234 5678", "subject": "Rhubarb call",
            "summary": "Anna Petrel spoke of rhubarb.", "started_at": "2027-03-01T08:50:00Z",
        });
        let logged = world.program.json(Method::POST, "/api/v1/calls", &call).await;
        assert_eq!(logged.status, StatusCode::CREATED, "{}", logged.text);
        world.page.post("/portal/login", &[("address", "anna@northbay.example")]).await;
        let files = app.desk().config().server.data.join("files");
        let words = [
            "anna@northbay.example",
            "petrel",
            "zanzibar",
            "quokkaline",
            "marmalade",
            "rhubarb",
            "petunia",
            "35312345678",
        ];
        for word in ["petrel", "zanzibar", "marmalade", "rhubarb"] {
            assert!(!found(app, word).await.is_empty(), "{word} was not there before");
        }
        assert!(!files_holding(&files, "quokkaline").is_empty());
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        for word in words {
            let left = found(app, word).await;
            assert!(left.iter().all(|place| place == "audit.detail"), "{word} is in {left:?}");
            assert_eq!(files_holding(&files, word), Vec::<String>::new(), "{word}");
        }
        // Bo's words are Bo's.
        let told: Vec<String> = app.timeline(shared).await.into_iter().map(|entry| entry.text).collect();
        assert!(told.contains(&"[erased] told me of the turnip.".to_owned()), "{told:?}");
        assert!(told.contains(&"[erased]".to_owned()), "{told:?}");
        assert!(!found(app, "turnip").await.is_empty());
        assert_eq!(app.case(shared).await.subject, "Turnip gate");
        let case = app.case(own).await;
        assert_eq!((case.subject.as_str(), case.contact_id), ("[erased]", None));
        assert_eq!(world.page.get(&format!("/cases/{own}")).await.status, StatusCode::OK);
        assert_eq!(world.page.get(&format!("/cases/{shared}")).await.status, StatusCode::OK);
        assert_eq!(world.page.get(&format!("/contacts/{id}")).await.status, StatusCode::NOT_FOUND);
        let list = world.page.get("/settings/privacy").await.text;
        assert!(list.contains(&format!("contact {id}, erased")), "{list}");
        app.forget_jobs("phone.escalate").await;
        app.forget_jobs("cases.judge").await;
    })
    .await;
}

/// Asks the API of the desk: what it answers.
async fn does(by: &Browser, method: Method, path: &str, body: Value) -> Value {
    let answer = by.json(method.clone(), &format!("/api/v1{path}"), &body).await;
    assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

/// The private link in one of the mails, behind this beginning of a path.
fn link_in(mails: &[crate::support::Caught], before: &str) -> String {
    let texts = mails.iter().map(|mail| mail.raw.replace("=\r\n", "").replace("=3D", "="));
    let text = texts.into_iter().find(|text| text.contains(before)).unwrap_or_else(|| panic!("no {before}"));
    let token: String = text.split_once(before).unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect();
    format!("{before}{token}")
}

/// Everything that the desk can know of Anna Petrel, by every door and in every room.
struct Planted {
    anna: ContactId,
    own: CaseId,
    shared: CaseId,
    accepted: i64,
    declined: i64,
}

async fn plant(app: &TestApp, relay: &Relay, world: &World) -> Planted {
    let by = &world.program;
    let (own, shared) = two_cases(app, &world.ada).await;
    let id = contact(app, "anna@northbay.example").await;
    let bo = contact(app, "bo@northbay.example").await;
    let of = file::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap().id;
    // The customer file: numbers, notes, an earlier row of hers, a detail that a colleague's installation has of her.
    does(by, Method::POST, &format!("/contacts/{id}/numbers"), json!({ "number": "+353 1 234 5678" })).await;
    does(by, Method::PUT, &format!("/contacts/{id}/note"), json!({ "note": "Prefers a wallaby." })).await;
    does(by, Method::PUT, &format!("/contacts/{bo}/note"), json!({ "note": "Reports to Anna Petrel." })).await;
    let note = json!({ "text": "Anna Petrel signs, 01 234 5678." });
    does(by, Method::POST, &format!("/organisations/{of}/notes"), note).await;
    let twin = json!({ "name": "Annushka Petrel", "organisation_id": of, "addresses": ["annushka@old.example"] });
    let twin = does(by, Method::POST, "/contacts", twin).await["id"].clone();
    does(by, Method::PUT, &format!("/contacts/{twin}/note"), json!({ "note": "Keeps a cassowary." })).await;
    let merge = json!({ "kind": "contact", "keep": id, "merge": twin });
    does(by, Method::POST, "/customer-merges", merge).await;
    let made = json!({ "label": "Petrel's test site", "role": "test" });
    does(by, Method::POST, &format!("/organisations/{of}/installations"), made).await;
    // The case: tags, another subject, drafts, a view, a call.
    does(by, Method::PUT, &format!("/cases/{own}/tags/petrel"), json!({})).await;
    does(by, Method::PUT, &format!("/cases/{shared}/tags/petrel"), json!({})).await;
    let small = app.case_of(&anna("Petunia postscript", "A word more.")).await;
    let stranger = app.case_of(&Letter::new("Dan <dan@westbay.example>", "Fence", "Dan's own.")).await;
    does(by, Method::POST, &format!("/cases/{small}/merges"), json!({ "into": stranger })).await;
    cases::change(app.desk(), &world.ada, own, &Change::Subject("Petunia ledger again".into())).await.unwrap();
    let draft = json!({ "body": "Ask Anna Petrel first.", "based_on": 0 });
    does(by, Method::PUT, &format!("/cases/{shared}/drafts/note"), draft).await;
    let view = json!({ "name": "anna@northbay.example", "query": "login" });
    does(by, Method::POST, "/saved-views", view).await;
    let call = json!({
        "contact_id": id, "number": "+353 1 234 5678", "subject": "Rhubarb call",
        "summary": "Anna Petrel spoke of rhubarb.", "started_at": "2027-03-01T08:50:00Z",
    });
    does(by, Method::POST, "/calls", call).await;
    let (accepted, declined) = quotes(app, relay, by, own).await;
    details(app, relay, by, own).await;
    doors(app, world).await;
    for kind in
        ["mail.acknowledge", "phone.escalate", "quotes.expire", "quotes.remind", "cases.judge", "webhooks.deliver"]
    {
        app.forget_jobs(kind).await;
    }
    Planted { anna: id, own, shared, accepted, declined }
}

/// Two quotes to Anna: one that she accepted, and one that she did not.
async fn quotes(app: &TestApp, relay: &Relay, by: &Browser, case: CaseId) -> (i64, i64) {
    let mut made = Vec::new();
    for (title, answer) in [("Numbat", "accepted"), ("Bandicoot", "declined")] {
        let line = json!({ "description": format!("{title} work"), "quantity": "1", "unit_price_minor": 1_000 });
        let text = if answer == "accepted" { "As we agreed." } else { "Dear Anna Petrel, look at this." };
        let terms = json!({ "title": title, "lines": [line], "text": text });
        let id = does(by, Method::POST, &format!("/cases/{case}/quotes"), terms).await["id"].as_i64().unwrap();
        for verb in ["submission", "approval", "sending"] {
            let answer = by.body(Method::POST, &format!("/api/v1/quotes/{id}/{verb}"), "", "").await;
            assert!(answer.status.is_success(), "{verb}: {}", answer.text);
        }
        sends(app, relay).await;
        let reason = if answer == "accepted" { "" } else { "Anna Petrel has no use for it." };
        let said = json!({ "answer": answer, "name": "Anna Petrel", "reason": reason });
        does(by, Method::POST, &format!("/quotes/{id}/answer"), said).await;
        made.push(id);
    }
    (made[0], made[1])
}

/// A form for details behind a mail: fields, a file that has come, and one that is still coming.
async fn details(app: &TestApp, relay: &Relay, by: &Browser, case: CaseId) {
    does(by, Method::PUT, &format!("/cases/{case}/kind"), json!({ "kind": "problem" })).await;
    let text = by.get(&format!("/api/v1/cases/{case}/details-question")).await.json()["text"].clone();
    let to = json!([{ "address": "anna@northbay.example", "name": "Anna Petrel" }]);
    does(by, Method::POST, &format!("/cases/{case}/replies"), json!({ "body": text, "to": to })).await;
    let link = link_in(&sends(app, relay).await, "/details/");
    let anna = app.browser();
    let script = anna.clone_with("accept", "application/json");
    for (field, value) in [("product_version", "5.8.3"), ("other", "Ask Anna Petrel of the echidna.")] {
        let typed = json!({ "value": value, "version": 0 });
        let typed = script.json(Method::PUT, &format!("{link}/fields/{field}"), &typed).await;
        assert_eq!(typed.status, StatusCode::OK, "{}", typed.text);
    }
    let sent = anna.post(&link, &[("do", "send")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    for (name, size) in [("petrel.log", 16), ("petrel-more.log", 1_000)] {
        let (size, name) = (size.to_string(), format!("filename {}", STANDARD.encode(name)));
        let headers =
            [("tus-resumable", "1.0.0"), ("upload-length", size.as_str()), ("upload-metadata", name.as_str())];
        let place = anna.stream(Method::POST, &format!("{link}/uploads"), &headers, Body::empty()).await;
        assert_eq!(place.status, StatusCode::CREATED, "{}", place.text);
        let kind = ("content-type", "application/offset+octet-stream");
        let headers = [("tus-resumable", "1.0.0"), ("upload-offset", "0"), kind];
        let sent = anna.stream(Method::PATCH, place.location(), &headers, Body::from("quoll quokkaline")).await;
        assert!(sent.status.is_success(), "{} {}", sent.status, sent.text);
    }
    app.drain().await;
    relay.take();
}

/// The doors: a form that became a case, one that is held, a mail of a machine, a stranger's case on which she was a blind
/// copy, a sheet that waits, her pages, and a webhook that hears of it all.
async fn doors(app: &TestApp, world: &World) {
    let browser = app.browser().at("203.0.113.7");
    let typed = [("name", "Anna Petrel"), ("address", "anna@northbay.example"), ("description", "The dugong is ill.")];
    private_link(&fill_in(app, &browser, &typed, &[("dugong.txt", "quokkaline")]).await);
    let site = app.browser().with("origin", "https://evil.example");
    let held = [typed.as_slice(), &[("kind", "question")]].concat();
    assert_eq!(site.post("/support/new", &held).await.status, StatusCode::ACCEPTED);
    let away = anna("Away", "Anna Petrel is away with the numbats.").with("Auto-Submitted", "auto-replied");
    assert_eq!(app.arrives(&away).await.case, None);
    let carls = app.case_of(&Letter::new("Carl <carl@southbay.example>", "Gate", "Carl's own.")).await;
    let bcc = vec![Person { name: None, address: "anna@northbay.example".into() }];
    let to = vec![Person { name: None, address: "carl@southbay.example".into() }];
    let written = Reply { body: "Ring +35312345678.".into(), to, bcc, ..Reply::default() };
    cases::reply(app.desk(), &world.ada, carls, written).await.unwrap();
    let part = |name: &str, more: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let csv = "Name,Addresses\r\nAnna Petrel,anna@northbay.example\r\n";
    let sheet = format!("{}{}--x--\r\n", part("sheet", "", "contacts"), part("file", "; filename=\"p.csv\"", csv));
    let sent = world.page.body(Method::POST, "/organisations/import", "multipart/form-data; boundary=x", &sheet).await;
    assert!(sent.location().starts_with("/organisations/import/"), "{}", sent.text);
    world.page.post("/portal/login", &[("address", "anna@northbay.example")]).await;
    app.forget_jobs("mail.deliver").await;
    let hook = json!({ "url": "https://hooks.example/all", "include_text": true });
    does(&world.program, Method::POST, "/webhooks", hook).await;
    app.case_of(&anna("Petunia once more", "The zanzibar, told to others.")).await;
}

#[tokio::test]
async fn a_person_known_by_every_door_and_room_is_erased_but_for_what_the_list_says() {
    with_relay(
        &[("QUOTES__FOUR_EYES", "false"), ("FORMS__EMBED_ORIGINS", "https://www.example.com")],
        async |app, relay| {
            let world = World::new(app).await;
            let planted = plant(app, relay, &world).await;
            let files = app.desk().config().server.data.join("files");
            let words = [
                "anna@northbay.example",
                "annushka",
                "petrel",
                "zanzibar",
                "quokkaline",
                "marmalade",
                "rhubarb",
                "petunia",
                "wallaby",
                "cassowary",
                "bandicoot",
                "echidna",
                "dugong",
                "numbats",
                "35312345678",
                "01 234 5678",
            ];
            for word in words {
                let there = !found(app, word).await.is_empty() || !files_holding(&files, word).is_empty();
                assert!(there, "{word} was not there before");
            }
            for place in ["details_answers.value", "details_uploads.name", "file_merges.before", "quotes.reason"] {
                assert!(found(app, "petrel").await.iter().any(|there| there == place), "nothing is planted in {place}");
            }
            for (place, word) in [
                ("form_submissions.typed", "petrel"),
                ("customer_imports.bytes", "petrel"),
                ("webhook_deliveries.body", "zanzibar"),
            ] {
                let there = found(app, word).await;
                assert!(there.iter().any(|there| there == place), "nothing is planted in {place}: {there:?}");
            }
            let survey = world.page.get(&format!("/contacts/{}/privacy", planted.anna)).await.text;
            for words in ["2 addresses", "1 number", "1 call", "1 form", "Quotes that were accepted", "1 version."] {
                assert!(survey.contains(words), "{words} is not in {survey}");
            }
            erased(app, &world, &format!("/contacts/{}/erasures", planted.anna), "Anna Petrel").await;
            let listed = ["audit.detail", "quotes.to_name", "quotes.to_address", "quotes.decided_by"];
            for word in words {
                let left = found(app, word).await;
                assert!(left.iter().all(|place| listed.contains(&place.as_str())), "{word} is in {left:?}");
                assert_eq!(files_holding(&files, word), Vec::<String>::new(), "{word}");
            }
            assert_eq!(std::fs::read_dir(files.join("coming")).map_or(0, Iterator::count), 0, "a block is left");
            quotes_are_left_as_listed(app, &planted).await;
            let told: Vec<String> = app.timeline(planted.shared).await.into_iter().map(|entry| entry.text).collect();
            assert!(told.contains(&"[erased] told me of the turnip.".to_owned()), "{told:?}");
            let case = app.case(planted.own).await;
            assert_eq!((case.subject.as_str(), case.contact_id), ("[erased]", None));
            for path in
                [format!("/cases/{}", planted.own), format!("/cases/{}", planted.shared), "/quotes?tab=all".into()]
            {
                assert_eq!(world.page.get(&path).await.status, StatusCode::OK, "{path}");
            }
            for kind in ["cases.judge", "webhooks.deliver", "quotes.expire", "clocks.look"] {
                app.forget_jobs(kind).await;
            }
            relay.take();
        },
    )
    .await;
}

/// The accepted one as it was agreed, with its paper and organisation; of the other a sum.
async fn quotes_are_left_as_listed(app: &TestApp, planted: &Planted) {
    let quote = async |id: i64| {
        casedesk::quotes::store::quote(app.desk().db(), casedesk::quotes::QuoteId(id)).await.unwrap().unwrap()
    };
    let kept = quote(planted.accepted).await;
    assert_eq!((kept.title.as_str(), kept.to_name.as_str(), kept.contact_id), ("Numbat", "Anna Petrel", None));
    assert_eq!(kept.decided_by, "Anna Petrel");
    assert!(kept.organisation.is_some());
    assert!(!casedesk::quotes::actions::paper(app.desk(), &kept).await.unwrap().is_empty());
    let gone = quote(planted.declined).await;
    assert_eq!((gone.title.as_str(), gone.total_minor, gone.state.as_str()), ("[erased]", 1_000, "declined"));
    assert_eq!(
        (gone.to_name + &gone.to_address + &gone.decided_by + &gone.reason, gone.pdf_digest),
        (String::new(), None)
    );
}

#[tokio::test]
async fn an_organisation_that_accepted_a_quote_stays_with_it_and_loses_everything_else() {
    with_relay(&[("QUOTES__FOUR_EYES", "false")], async |app, relay| {
        let world = World::new(app).await;
        let (own, _) = two_cases(app, &world.ada).await;
        let (accepted, _) = quotes(app, relay, &world.program, own).await;
        let of = file::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap();
        // One that became part of it, and is known by another name.
        let other = json!({ "name": "Quagga Works", "kind": "customer", "domains": ["quagga.example"] });
        let other = does(&world.program, Method::POST, "/organisations", other).await["id"].clone();
        let merge = json!({ "kind": "organisation", "keep": of.id, "merge": other });
        does(&world.program, Method::POST, "/customer-merges", merge).await;
        for kind in ["cases.judge", "quotes.expire", "quotes.remind", "mail.acknowledge"] {
            app.forget_jobs(kind).await;
        }
        erased(app, &world, &format!("/organisations/{}/erasures", of.id), &of.name).await;
        assert!(file::organisation(app.desk().db(), of.id).await.unwrap().is_some());
        assert_eq!(app.case(own).await.organisation_id, None);
        let id = casedesk::quotes::QuoteId(accepted);
        let kept = casedesk::quotes::store::quote(app.desk().db(), id).await.unwrap().unwrap();
        assert_eq!((kept.organisation_id, kept.title.as_str()), (Some(of.id), "Numbat"));
        for word in ["quagga", "zanzibar", "turnip", "bandicoot", "lind"] {
            let left = found(app, word).await;
            assert!(left.iter().all(|place| place == "audit.detail"), "{word} is in {left:?}");
        }
        app.forget_jobs("cases.judge").await;
        app.forget_jobs("quotes.expire").await;
    })
    .await;
}

#[tokio::test]
async fn a_contact_that_is_part_of_another_is_erased_with_that_one_alone() {
    on_both(async |app| {
        let world = World::new(app).await;
        let own = app.case_of(&anna("Petunia", "Help.")).await;
        let old = app.case_of(&Letter::new("Annushka Petrel <annushka@old.example>", "Older", "Zanzibar.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let (id, twin) = (contact(app, "anna@northbay.example").await, contact(app, "annushka@old.example").await);
        let merge = json!({ "kind": "contact", "keep": id, "merge": twin });
        does(&world.program, Method::POST, "/customer-merges", merge).await;
        app.drain().await;
        let path = format!("/api/v1/contacts/{twin}/erasures");
        let refused = world.program.json(Method::POST, &path, &json!({ "name": "Annushka Petrel" })).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
        let request = world.asked(app, &format!("/contacts/{id}/exports"), json!({})).await;
        let paths: Vec<String> = world.archive(app, request).await.into_keys().collect();
        for case in [own, old] {
            assert!(paths.contains(&format!("cases/CD-{case}/case.json")), "{case} is not in {paths:?}");
        }
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        for word in ["annushka", "petrel", "zanzibar"] {
            let left = found(app, word).await;
            assert!(left.iter().all(|place| place == "audit.detail"), "{word} is in {left:?}");
        }
        app.forget_jobs("cases.judge").await;
        app.forget_jobs("privacy.expire").await;
    })
    .await;
}

#[tokio::test]
async fn an_archive_has_quotes_and_forms_and_nothing_of_another_customer() {
    with_relay(
        &[("QUOTES__FOUR_EYES", "false"), ("FORMS__EMBED_ORIGINS", "https://www.example.com")],
        async |app, relay| {
            let world = World::new(app).await;
            let planted = plant(app, relay, &world).await;
            let foe = Letter::new("Carl Foe <carl@southbay.example>", "Platypus", "The platypus is ours alone.");
            app.case_of(&with_file(&foe, "platypus.log", "platypus")).await;
            app.forget_jobs("mail.acknowledge").await;
            app.forget_jobs("webhooks.deliver").await;
            let request = world.asked(app, &format!("/contacts/{}/exports", planted.anna), json!({})).await;
            let files = world.archive(app, request).await;
            let text = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
            let quotes: Value = serde_json::from_str(&text("data/quotes.json")).unwrap();
            assert_eq!(quotes.as_array().unwrap().len(), 2, "{quotes}");
            assert!(files[quotes[0]["paper"].as_str().unwrap()].starts_with(b"%PDF"));
            assert!(text("data/details-forms.json").contains("echidna"));
            let people = text("data/people.json");
            for words in ["wallaby", "cassowary", "annushka@old.example", "+35312345678"] {
                assert!(people.contains(words), "{words} is not in {people}");
            }
            for (path, bytes) in &files {
                let holds = String::from_utf8_lossy(bytes).to_lowercase();
                for word in ["platypus", "carl@southbay.example", "carl's own"] {
                    assert!(!holds.contains(word), "{word} is in {path}");
                }
            }
            app.forget_jobs("privacy.expire").await;
            for kind in ["cases.judge", "quotes.expire", "clocks.look"] {
                app.forget_jobs(kind).await;
            }
        },
    )
    .await;
}

#[tokio::test]
async fn an_erasure_goes_on_from_whatever_step_it_broke_off_at() {
    with_relay(&[("QUOTES__FOUR_EYES", "false"), ("FORMS__EMBED_ORIGINS", "https://www.example.com")], async |app, relay| {
        let world = World::new(app).await;
        let planted = plant(app, relay, &world).await;
        let path = format!("/api/v1/contacts/{}/erasures", planted.anna);
        let asked = world.program.json(Method::POST, &path, &json!({ "name": "Anna Petrel" })).await;
        let request = RequestId(asked.json()["id"].as_i64().unwrap());
        // Each batch is done twice, as when the note that it is done was lost.
        let mut batches = 0;
        let next = q!("SELECT id, payload FROM jobs WHERE kind = 'privacy.erase' ORDER BY id LIMIT 1");
        while let Some((id, payload)) = app.desk().db().opt::<(i64, String)>(next.clone()).await.unwrap() {
            for _ in 0..2 {
                let job = serde_json::from_str(&payload).unwrap();
                casedesk::privacy::actions::run_erasure(app.desk(), job).await.unwrap();
            }
            let mut tx = app.desk().db().begin().await.unwrap();
            // The first run asked for the next batch too.
            tx.exec(q!("DELETE FROM jobs WHERE id = $1", id)).await.unwrap();
            tx.exec(q!(
                "DELETE FROM jobs WHERE kind = 'privacy.erase' AND id > (SELECT MIN(id) FROM jobs WHERE kind = 'privacy.erase')"
            ))
            .await
            .unwrap();
            tx.commit().await.unwrap();
            batches += 1;
        }
        assert!(batches > 8, "{batches}");
        app.drain().await;
        app.advance(HOUR);
        app.drain().await;
        assert_eq!(world.state(request).await, "done");
        for word in ["zanzibar", "echidna", "dugong", "annushka"] {
            let left = found(app, word).await;
            assert!(left.iter().all(|place| place == "audit.detail"), "{word} is in {left:?}");
        }
        for kind in ["cases.judge", "webhooks.deliver", "quotes.expire", "clocks.look"] {
            app.forget_jobs(kind).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_colleagues_mail_that_quotes_them_is_not_taken_in_again_either() {
    with_settings(&[("MAIL__FROM", "support@desk.example")], async |app| {
        let world = World::new(app).await;
        let (_, shared) = two_cases(app, &world.ada).await;
        let bos =
            Letter::new("Bo Lind <bo@northbay.example>", "Turnip two", "Anna Petrel <anna@northbay.example> knows.");
        let bos = bos.with("Cc", "anna@northbay.example");
        let case = app.case_of(&bos).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        let id = contact(app, "anna@northbay.example").await;
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        let entries = app.timeline(case).await.len();
        let again = app.arrives(&bos).await;
        assert_eq!((again.state, again.entry), (InboundState::Duplicate, None));
        assert_eq!(app.timeline(case).await.len(), entries);
        let files = app.desk().config().server.data.join("files");
        assert_eq!(files_holding(&files, "anna@northbay.example"), Vec::<String>::new());
        assert_eq!(found(app, "anna@northbay.example").await, Vec::<String>::new());
        // Their thread goes on.
        let more =
            Letter::new("Bo Lind <bo@northbay.example>", "Re: Turnip two", "More.").answering(bos.get("Message-ID"));
        assert_eq!(app.arrives(&more).await.case, Some(case));
        assert_ne!(case, shared);
        app.forget_jobs("cases.judge").await;
    })
    .await;
}

#[tokio::test]
async fn a_message_that_was_erased_stays_away_when_the_mailbox_hands_it_over_again() {
    on_both(async |app| {
        let world = World::new(app).await;
        let letter = with_file(&anna("Petunia", "The zanzibar is stuck."), "w.log", "quokkaline");
        app.case_of(&letter).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        let id = contact(app, "anna@northbay.example").await;
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        let before = app.count_cases().await;
        let again = app.arrives(&letter).await;
        assert_eq!((again.state, again.entry), (InboundState::Duplicate, None));
        assert_eq!(app.count_cases().await, before);
        let files = app.desk().config().server.data.join("files");
        for word in ["zanzibar", "quokkaline", "petrel"] {
            assert_eq!(found(app, word).await, Vec::<String>::new(), "{word}");
            assert_eq!(files_holding(&files, word), Vec::<String>::new(), "{word}");
        }
        // What they write anew is a new message.
        assert!(app.arrives(&anna("Hello again", "New words.")).await.case.is_some());
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn an_address_in_the_subject_of_anothers_case_goes_from_the_search_too() {
    on_both(async |app| {
        let world = World::new(app).await;
        let case = app.case_of(&anna("Petunia", "Hello.")).await;
        let carl = Letter::new("Carl <carl@southbay.example>", "Is anna@northbay.example right?", "Carl asks.");
        let theirs = app.case_of(&with_file(&carl, "of anna@northbay.example (1).txt", "Nothing.")).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        let listed = |page: String, case: CaseId| page.contains(&format!("CD-{case}"));
        let path = "/views/all?q=northbay";
        assert!(listed(world.page.get(path).await.text, theirs), "it is found before");
        let id = contact(app, "anna@northbay.example").await;
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        let page = world.page.get(path).await.text;
        assert!(!listed(page.clone(), theirs) && !listed(page.clone(), case), "{page}");
        assert!(listed(world.page.get("/views/all?q=carl").await.text, theirs));
    })
    .await;
}

#[tokio::test]
async fn a_name_with_capitals_beyond_ascii_is_found_in_what_programs_wrote() {
    on_both(async |app| {
        let world = World::new(app).await;
        app.case_of(&Letter::new("ÄNNA ÖBERG <anna@northbay.example>", "Petunia", "Hello.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let mut tx = app.desk().db().begin().await.unwrap();
        let payload = r#"{"to": "somebody else", "about": "ÄNNA ÖBERG"}"#;
        tx.exec(q!(
            "INSERT INTO jobs (kind, payload, run_at, created_at, state) VALUES ('old.kind', $1, 0, 0, 'parked')",
            payload
        ))
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let id = contact(app, "anna@northbay.example").await;
        erased(app, &world, &format!("/contacts/{id}/erasures"), "ÄNNA ÖBERG").await;
        let left: Vec<(String,)> =
            app.desk().db().all(q!("SELECT payload FROM jobs WHERE kind = 'old.kind'")).await.unwrap();
        assert!(left[0].0.contains("somebody else") && !left[0].0.contains("BERG"), "{left:?}");
        app.forget_jobs("old.kind").await;
    })
    .await;
}

#[tokio::test]
async fn an_export_at_work_ends_when_somebody_in_it_is_erased() {
    on_both(async |app| {
        let world = World::new(app).await;
        app.case_of(&anna("Petunia", "Hello.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let id = contact(app, "anna@northbay.example").await;
        let organisation = file::contact(app.desk().db(), id).await.unwrap().unwrap().organisation_id.unwrap();
        let asked = format!("/api/v1/organisations/{organisation}/exports");
        let export = world.program.json(Method::POST, &asked, &json!({})).await.json();
        let export = RequestId(export["id"].as_i64().unwrap());
        app.forget_jobs("privacy.export").await; // another node is at it
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        assert_eq!(world.state(export).await, "failed");
    })
    .await;
}

#[tokio::test]
async fn mail_of_others_that_waits_in_quarantine_and_numbers_that_they_share_stay() {
    with_settings(&[("MAIL__FROM", "support@desk.example")], async |app| {
        let world = World::new(app).await;
        app.case_of(&anna("Petunia", "Hello.")).await;
        app.case_of(&Letter::new("Bo <bo@northbay.example>", "Turnip", "Hello.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let (anna, bo) = (contact(app, "anna@northbay.example").await, contact(app, "bo@northbay.example").await);
        for who in [anna, bo] {
            let number = json!({ "number": "+353 1 999 8877", "label": "switchboard" });
            let path = format!("/api/v1/contacts/{who}/numbers");
            let told = world.program.json(Method::POST, &path, &number).await;
            assert!(told.status.is_success(), "{} {}", told.status, told.text);
        }
        let raw = "From: Carl <carl@southbay.example>\r\nSubject: Waits\r\n\r\nanna@northbay.example told me.\r\n";
        let taken =
            app.arrives(&Letter::new("Carl <carl@southbay.example>", "Waits", "anna@northbay.example told me.")).await;
        let mut tx = app.desk().db().begin().await.unwrap();
        tx.exec(q!(
            "INSERT INTO inbound (source, envelope, received_at, size, raw, state, reason) VALUES
             ('listener', '{}', 0, 10, $1, 'quarantined', 'it broke')",
            raw.as_bytes()
        ))
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert!(taken.case.is_some());
        app.forget_jobs("mail.acknowledge").await;
        erased(app, &world, &format!("/contacts/{anna}/erasures"), "Anna Petrel").await;
        let (waiting,): (i64,) = app
            .desk()
            .db()
            .one(q!("SELECT COUNT(*) FROM inbound WHERE state = 'quarantined' AND raw IS NOT NULL"))
            .await
            .unwrap();
        assert_eq!(waiting, 1, "Carl's mail is Carl's");
        let numbers = world.program.get(&format!("/api/v1/contacts/{bo}/numbers")).await.text;
        assert!(numbers.contains("+35319998877"), "{numbers}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_somebody_else_sent_too_stays_theirs() {
    on_both(async |app| {
        let world = World::new(app).await;
        let mine = app.case_of(&with_file(&anna("Petunia", "Mine."), "shared.log", "same bytes")).await;
        let bos = Letter::new("Carl <carl@southbay.example>", "Other", "Carl's.");
        let theirs = app.case_of(&with_file(&bos, "copy.log", "same bytes")).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        let id = contact(app, "anna@northbay.example").await;
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        let entries: Vec<_> = app.timeline(theirs).await.iter().map(|entry| entry.id).collect();
        let kept = casedesk::cases::store::files_of_entries(app.desk().db(), &entries).await.unwrap();
        assert!(app.desk().files().get(&kept[0].digest).await.unwrap().starts_with(b"same bytes"));
        let entries: Vec<_> = app.timeline(mine).await.iter().map(|entry| entry.id).collect();
        assert!(casedesk::cases::store::files_of_entries(app.desk().db(), &entries).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_erasure_that_breaks_off_goes_on_and_one_that_runs_twice_does_no_harm() {
    on_both(async |app| {
        let world = World::new(app).await;
        for at in 0..25 {
            app.case_of(&anna(&format!("Petunia {at}"), "The zanzibar is stuck.")).await;
        }
        app.forget_jobs("mail.acknowledge").await;
        let id = contact(app, "anna@northbay.example").await;
        let answer = world
            .program
            .json(Method::POST, &format!("/api/v1/contacts/{id}/erasures"), &json!({ "name": "Anna Petrel" }))
            .await;
        let request = RequestId(answer.json()["id"].as_i64().unwrap());
        let job =
            || casedesk::privacy::jobs::Erase { request, step: Default::default(), after: 0, word: String::new() };
        // Two runs of the first batch, as after a crash between the work and the note that it is done.
        casedesk::privacy::actions::run_erasure(app.desk(), job()).await.unwrap();
        casedesk::privacy::actions::run_erasure(app.desk(), job()).await.unwrap();
        assert!(!found(app, "zanzibar").await.is_empty(), "five are left");
        app.drain().await;
        app.advance(HOUR);
        app.drain().await;
        assert_eq!(world.state(request).await, "done");
        assert_eq!(found(app, "zanzibar").await, Vec::<String>::new());
        assert_eq!(found(app, "petrel").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn an_organisation_goes_with_its_people_and_stays_while_the_bookkeeping_names_it() {
    on_both(async |app| {
        let world = World::new(app).await;
        let (own, _) = two_cases(app, &world.ada).await;
        let of: OrganisationId =
            file::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap().id;
        let named = file::organisation(app.desk().db(), of).await.unwrap().unwrap().name;
        erased(app, &world, &format!("/organisations/{of}/erasures"), &named).await;
        assert!(file::organisation(app.desk().db(), of).await.unwrap().is_none());
        for word in ["petrel", "lind", "turnip", "northbay.example"] {
            let left = found(app, word).await;
            assert!(left.iter().all(|place| place == "audit.detail"), "{word} is in {left:?}");
        }
        assert_eq!(app.case(own).await.organisation_id, None);
        app.forget_jobs("cases.judge").await;
    })
    .await;
}

#[tokio::test]
async fn a_reply_that_waits_for_its_hour_does_not_go_to_somebody_who_was_erased() {
    on_both(async |app| {
        let world = World::new(app).await;
        let own = app.case_of(&anna("Petunia", "Help.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let to = vec![Person { name: None, address: "anna@northbay.example".into() }];
        let later = Some(app.desk().now().plus(HOUR));
        let wanted = Reply { body: "Later.".into(), to, send_at: later, ..Reply::default() };
        cases::reply(app.desk(), &world.ada, own, wanted).await.unwrap();
        let id = contact(app, "anna@northbay.example").await;
        erased(app, &world, &format!("/contacts/{id}/erasures"), "Anna Petrel").await;
        let out: Vec<_> =
            app.desk().db().all::<(String,)>(q!("SELECT delivery FROM entries WHERE kind = 'mail_out'")).await.unwrap();
        assert_eq!(out, [("cancelled".to_owned(),)]);
        assert!(app.timeline(own).await.iter().all(|entry| entry.kind != EntryKind::MailOut));
    })
    .await;
}

#[tokio::test]
async fn every_table_has_its_place_in_an_export_and_an_erasure() {
    on_both(async |app| {
        let mut there: Vec<String> = columns(app).await.into_iter().map(|(table, ..)| table).collect();
        there.sort();
        there.dedup();
        // The search has tables of its own on each database.
        there.retain(|table| !["search_", "contact_words"].iter().any(|own| table.starts_with(own)) && table != "migrations");
        for (known, ..) in TABLES.iter().filter(|(known, ..)| !known.starts_with("search_")) {
            assert!(there.iter().any(|table| table == known), "{known} is no table");
        }
        for table in &there {
            assert!(
                TABLES.iter().any(|(known, ..)| known == table),
                "{table} is new: say in privacy::rules::TABLES what an export takes from it and what an erasure does with it"
            );
        }
        // Not of the desk's data: which migrations ran.
        for (table, column, _) in columns(app).await.iter().filter(|(table, column, _)| column.contains("digest") && table != "migrations") {
            let known = |list: &[(&str, &str)]| list.contains(&(table.as_str(), column.as_str()));
            assert!(known(FILES) || known(WORDS), "{table}.{column}: is it a stored file? Say so in privacy::rules");
        }
    })
    .await;
}
