//! A desk on which everybody has something. Every word of it says who may read it by how it begins:
//! `qzveil` a team that is closed to others, `qzmine` Dora alone, `qzdesk` those who work here, `qzfoe` another
//! customer, `qzteam` a colleague of Anna's.
use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use casedesk::cases::CaseId;
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, Scope, TeamId, Viewer, actions as staff};
use serde_json::{Value, json};

use super::dump;
use super::requests::NOWHERE;
use crate::api::program;
use crate::forms::{KIND, fill_in, private_link};
use crate::mail::sends;
use crate::support::{Browser, Caught, Letter, Relay, TestApp};

/// What each place of a request names.
pub(super) type Fill = BTreeMap<&'static str, String>;

/// Something of somebody else's, and in the same places what does not exist.
pub(super) struct Foreign {
    pub(super) whose: &'static str,
    pub(super) fill: Fill,
    pub(super) nowhere: Fill,
}

pub(super) struct World {
    pub(super) own: Fill,
    pub(super) foreign: Vec<Foreign>,
    pub(super) anna: Browser,
    pub(super) ada: Browser,
    pub(super) ben: Browser,
    pub(super) rea: Browser,
    /// Tokens: Ada's, and Ben's to write and to read.
    pub(super) admin: Browser,
    pub(super) writer: Browser,
    pub(super) reader: Browser,
}

struct People {
    ada: Viewer,
    ben: Viewer,
    dora: Viewer,
    team: TeamId,
    /// Programs of theirs.
    by_ada: Browser,
    by_ben: Browser,
    by_dora: Browser,
}

async fn make(by: &Browser, method: Method, path: &str, body: Value) -> Value {
    let answer = by.json(method.clone(), &format!("/api/v1{path}"), &body).await;
    assert!(answer.status.is_success(), "{method} {path} {body}: {}", answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

async fn post(by: &Browser, path: &str, body: Value) -> Value {
    make(by, Method::POST, path, body).await
}

async fn put(by: &Browser, path: &str, body: Value) -> Value {
    make(by, Method::PUT, path, body).await
}

fn id(made: &Value) -> String {
    let id = ["id", "entry_id", "merge_id", "case_id"].into_iter().find(|key| !made[key].is_null());
    made[id.unwrap_or_else(|| panic!("no id in {made}"))].to_string()
}

async fn newest(app: &TestApp, query: casedesk::db::Query) -> String {
    let (id,): (i64,) = app.desk().db().one(query).await.unwrap();
    id.to_string()
}

impl People {
    async fn new(app: &TestApp, evil: &str) -> Self {
        let ada = app.viewer("Ada", Role::Admin).await;
        let ben = app.viewer("Ben", Role::Agent).await;
        app.agent("Rea", Role::ReadOnly).await;
        let dora = app.viewer("Dora", Role::Agent).await;
        let team = staff::add_team(app.desk(), &ada, &format!("qzveil{evil}"), true).await.unwrap();
        let by_ada = program(app, &ada, Scope::Admin).await;
        make(&by_ada, Method::PATCH, &format!("/agents/{}", dora.id), json!({ "teams": [team] })).await;
        let (by_ben, by_dora) = (program(app, &ben, Scope::Write).await, program(app, &dora, Scope::Write).await);
        Self { ada, ben, dora, team, by_ada, by_ben, by_dora }
    }
}

/// One customer and what the desk knows of them; `mark` stands before each word.
async fn customer(people: &People, mark: &str, domain: &str, product: &str) -> Fill {
    let (admin, agent) = (&people.by_ada, &people.by_ben);
    let organisation = json!({ "name": format!("{mark} Company"), "kind": "customer", "domains": [domain] });
    let organisation = id(&post(admin, "/organisations", organisation).await);
    let address = format!("{}@{domain}", if domain == "northbay.example" { "anna" } else { "carl" });
    let contact =
        json!({ "name": format!("{mark} Person"), "organisation_id": number(&organisation), "addresses": [address] });
    let contact = id(&post(agent, "/contacts", contact).await);
    let number_ =
        json!({ "number": if mark.starts_with("qzfoe") { "+35319999999" } else { "+35312345678" }, "label": "mobile" });
    let phone = id(&post(agent, &format!("/contacts/{contact}/numbers"), number_).await);
    let of = format!("/organisations/{organisation}");
    put(agent, &format!("{of}/tags/{}", in_path(&tag(mark))), json!({})).await;
    let option = json!({ "name": format!("{mark} Premier"), "channels": ["mail"], "hours": "24/7" });
    let option = id(&post(admin, "/support-options", option).await);
    let contract = json!({ "option_id": number(&option), "reference": format!("{mark}-77"), "starts_on": "2026-01-01", "ends_on": "2028-01-01" });
    let contract = id(&post(admin, &format!("{of}/contracts"), contract).await);
    let licence =
        json!({ "edition": format!("{mark} edition"), "key_id": format!("{mark}-key"), "product_id": number(product) });
    let licence = id(&post(admin, &format!("{of}/licences"), licence).await);
    let note = id(&post(agent, &format!("{of}/notes"), json!({ "text": format!("{mark} qzdesk note") })).await);
    let installation = json!({ "label": format!("{mark} main"), "role": "production", "product_id": number(product) });
    let installation = id(&post(agent, &format!("{of}/installations"), installation).await);
    let values = json!([
        { "field": "os_name", "value": "Debian", "written": format!("{mark} runs Debian") },
        { "field": "product_version", "value": "5.1.0" },
    ]);
    post(agent, &format!("/installations/{installation}/values"), values).await;
    Fill::from([
        ("organisation", organisation),
        ("domain", domain.to_owned()),
        ("contact", contact),
        ("address", address),
        ("number", phone),
        ("option", option),
        ("contract", contract),
        ("licence", licence),
        ("file-note", note),
        ("installation", installation),
    ])
}

/// A tag is a word without signs.
fn tag(mark: &str) -> String {
    format!("{}-tag", mark.split('"').next().unwrap_or_default()).to_lowercase()
}

fn in_path(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

pub(super) fn number(text: &str) -> i64 {
    text.parse().unwrap()
}

async fn product(people: &People, slug: &str, evil: &str, public: bool) -> Fill {
    let product = json!({ "name": format!("{slug}{evil}"), "kind": "own", "slug": slug });
    let product = id(&post(&people.by_ada, "/products", product).await);
    let of = format!("/products/{product}");
    let cycle = id(&post(&people.by_ada, &format!("{of}/cycles"), json!({ "name": "5.1" })).await);
    let release = json!({ "version": "5.1.3", "channel": "stable", "notes": format!("qzdesk{evil}") });
    let release = id(&post(&people.by_ada, &format!("{of}/releases"), release).await);
    let item = json!({ "title": format!("qzdesk{evil}"), "status": "planned" });
    post(&people.by_ada, &format!("{of}/roadmap"), item).await;
    let item = json!({ "title": format!("A wish{evil}"), "body": evil, "status": "planned", "public": public });
    let item = id(&post(&people.by_ada, &format!("{of}/roadmap"), item).await);
    Fill::from([
        ("product", product),
        ("slug", slug.to_owned()),
        ("cycle", cycle),
        ("release", release),
        ("item", item),
    ])
}

/// A mail with a file and HTML.
fn mail(from: &str, subject: &str, mark: &str) -> Letter {
    let body = format!(
        "--b\r\nContent-Type: text/html\r\n\r\n<p>{mark} mail. We run Debian 12.</p>\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"{}.log\"\r\n\r\n{mark} log\r\n--b--\r\n",
        mark.replace('"', "'")
    );
    Letter::new(from, subject, &body).with("MIME-Version", "1.0").with("Content-Type", "multipart/mixed; boundary=b")
}

/// A notice of the agent's own, on a case.
async fn notice(app: &TestApp, to: &Viewer, case: &str) -> String {
    let mut tx = app.desk().db().begin().await.unwrap();
    let notice = q!(
        "INSERT INTO notices (agent_id, case_id, entry_id, kind, at)
         SELECT $1, $2, MAX(id), 'mentioned', $3 FROM entries WHERE case_id = $2 RETURNING id",
        to.id,
        number(case),
        app.desk().now()
    );
    let id = tx.insert(notice).await.unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}

async fn upload(by: &Browser, case: &str, name: &str) -> String {
    let form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}.log\"\r\n\r\n{name}\r\n--x--\r\n"
    );
    let answer = by.body(Method::POST, &format!("/api/v1/cases/{case}/draft-files"), KIND, &form).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    id(&answer.json())
}

/// A case that came by the form and went on by mail, with everything that there can be of a case.
struct Case {
    fill: Fill,
    link: String,
}

async fn case(app: &TestApp, people: &People, by: &Browser, file: &Fill, mark: &str) -> Case {
    let browser = app.browser().at("203.0.113.7");
    let (from, log) = (file["address"].as_str(), format!("{}.txt", mark.replace('"', "'")));
    let changed = [("name", mark), ("address", from), ("organisation", ""), ("description", mark)];
    let link = private_link(&fill_in(app, &browser, &changed, &[(log.as_str(), mark)]).await);
    let case = newest(app, q!("SELECT MAX(id) FROM cases")).await;
    app.drain().await;
    let of = format!("/cases/{case}");
    let follows = mail(from, &format!("About [CD-{case}]"), mark);
    let lies = app.arrives(&follows).await;
    assert_eq!(lies.case.map(|id| id.to_string()), Some(case.clone()), "{}", lies.reason);
    let entry = lies.entry.unwrap().to_string();
    let file_id = newest(app, q!("SELECT MAX(id) FROM attachments")).await;
    put(by, &format!("{of}/tags/{}", in_path(&tag(mark))), json!({})).await;
    post(by, &format!("{of}/notes"), json!({ "text": format!("{mark} qzdesk note") })).await;
    let other = app.case_of(&mail(from, &format!("{mark} other"), mark)).await;
    let merge = id(&post(&people.by_ada, &format!("/cases/{other}/merges"), json!({ "into": number(&case) })).await);
    let note = id(&post(by, &format!("{of}/notes"), json!({ "text": format!("{mark} qzdesk split") })).await);
    let split = json!({ "entries": [number(&note)], "subject": format!("{mark} split") });
    let off = id(&post(by, &format!("{of}/splits"), split).await);
    let split = newest(app, q!("SELECT MAX(id) FROM splits")).await;
    let private_link = newest(app, q!("SELECT MAX(id) FROM private_links")).await;
    let fill = Fill::from([
        ("case", case.clone()),
        ("other-case", off),
        ("entry", entry),
        ("file", file_id),
        ("tag", tag(mark)),
        ("word", mark.to_owned()),
        ("merge", merge),
        ("split", split),
        ("private-link", private_link),
    ]);
    Case { fill, link: link.trim_start_matches("/case/").to_owned() }
}

/// What is written on a case last: it waits for the undo's seconds, which do not pass any more.
async fn reply(by: &Browser, fill: &Fill, mark: &str) -> String {
    let body = json!({
        "body": format!("{mark} qzdesk pending"), "to": [{ "address": fill["address"] }],
        "bcc": [{ "address": "qzdesk@else.example" }], "anyway": true,
    });
    id(&post(by, &format!("/cases/{}/replies", fill["case"]), body).await)
}

async fn quote(by: &Browser, fill: &Fill, mark: &str) -> String {
    let text = format!("{mark} qzdesk quote");
    let line = json!({ "description": text, "quantity": "1", "unit_price_minor": 100_000 });
    let terms = json!({ "title": text, "lines": [line], "text": text });
    id(&post(by, &format!("/cases/{}/quotes", fill["case"]), terms).await)
}

/// A mail that asks for details, with its link.
async fn asks(by: &Browser, fill: &Fill, mark: &str) {
    let body = json!({
        "body": format!("{mark} Operating system name and version\n\n{{{{private link}}}}"),
        "to": [{ "address": fill["address"] }], "anyway": true,
    });
    post(by, &format!("/cases/{}/replies", fill["case"]), body).await;
}

/// What stands behind the link of that mail: the form with an answer that was sent and that nobody has kept yet, and a
/// file that has begun to come.
async fn details_form(app: &TestApp, fill: &mut Fill, link: String, mark: &str) {
    let form = q!(
        "SELECT MAX(r.id) FROM details_requests r JOIN entries e ON e.id = r.entry_id WHERE e.case_id = $1",
        number(&fill["case"])
    );
    let form = newest(app, form).await;
    let mut tx = app.desk().db().begin().await.unwrap();
    let answer = q!(
        "INSERT INTO details_answers (request_id, field, value, version, sent, kept, changed_at)
         VALUES ($1, 'os_name', $2, 1, 1, 0, $3)",
        number(&form),
        mark,
        app.desk().now()
    );
    tx.exec(answer).await.unwrap();
    let sent = q!("UPDATE details_requests SET sent_at = $2 WHERE id = $1", number(&form), app.desk().now());
    tx.exec(sent).await.unwrap();
    tx.commit().await.unwrap();
    let said = [("tus-resumable", "1.0.0"), ("upload-length", "100")];
    let path = format!("/details/{link}/uploads");
    let announced = app.browser().stream(Method::POST, &path, &said, "".into()).await;
    assert_eq!(announced.status, StatusCode::CREATED, "{}", announced.text);
    fill.insert("upload", announced.location().rsplit('/').next().unwrap().to_owned());
    fill.insert("details-form", form);
    fill.insert("details-link", link);
}

/// A quote that its customer was sent.
async fn sent_quote(people: &People, fill: &Fill, mark: &str) -> String {
    let line = json!({ "description": mark, "quantity": "1", "unit_price_minor": 100_000 });
    let terms = json!({ "title": mark, "lines": [line], "text": mark });
    let id = id(&post(&people.by_ben, &format!("/cases/{}/quotes", fill["case"]), terms).await);
    for (by, verb) in [(&people.by_ben, "submission"), (&people.by_ada, "approval"), (&people.by_ben, "sending")] {
        post(by, &format!("/quotes/{id}/{verb}"), json!({})).await;
    }
    id
}

async fn call(by: &Browser, fill: &Fill, mark: &str) -> String {
    let call = json!({
        "contact_id": number(&fill["contact"]), "case_id": number(&fill["case"]), "summary": format!("{mark} call"),
        "started_at": "2027-03-01T08:50:00Z", "ask": "summary",
    });
    id(&post(by, "/calls", call).await)
}

/// The word of the private link in a mail to this address.
fn linked(mails: &[Caught], address: &str, path: &str) -> String {
    let text = |mail: &Caught| mail.raw.replace("=\r\n", "").replace("=3D", "=");
    let of = |mail: &&Caught| mail.envelope_to == [address] && text(mail).contains(path);
    let mail = text(mails.iter().find(of).unwrap_or_else(|| panic!("no {path} in a mail to {address}")));
    mail.split_once(path).unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect()
}

/// Something of Dora's own in every place where an agent has something of their own.
async fn personal(app: &TestApp, people: &People, own: &Fill, evil: &str) -> (Fill, String) {
    let (by, case) = (&people.by_dora, &own["case"]);
    let view = json!({ "name": format!("qzmine{evil}"), "query": "qzmine" });
    let view = id(&post(by, "/saved-views", view).await);
    let draft = json!({ "body": "qzmine draft", "based_on": 0 });
    put(by, &format!("/cases/{case}/drafts/note"), draft).await;
    let token =
        staff::make_token(app.desk(), &people.dora, &format!("qzmine{evil}"), Scope::Read, None).await.unwrap().id;
    let page = app.browser().with("user-agent", "qzmine browser");
    page.log_in("Dora").await;
    let session = page.json(Method::GET, "/api/v1/me/sessions", &Value::Null).await.json();
    let kept = "who=qzmine&summary=qzmine+call&started=2027-03-01T08%3A50";
    let kept = page.body(Method::PUT, "/calls/draft", "application/x-www-form-urlencoded", kept).await;
    let fill = Fill::from([
        ("saved-view", view.clone()),
        ("view", format!("saved-{view}")),
        ("token", token.to_string()),
        ("notice", notice(app, &people.dora, case).await),
        ("session", session[0]["handle"].as_str().unwrap().to_owned()),
        ("draft-file", upload(by, case, "qzmine").await),
        ("call", kept.json()["call"].to_string()),
        ("word", "qzmine".to_owned()),
    ]);
    (fill, view)
}

/// The same places with what does not exist.
fn nowhere(fill: &Fill) -> Fill {
    let of = |(kind, value): (&&'static str, &String)| {
        let nothing = match *kind {
            "address" => "nobody@nowhere.example",
            "domain" => "nowhere.example",
            "session" => "0000000000000000",
            "view" if value.starts_with("team-") => "team-987654",
            "view" => "saved-987654",
            "slug" | "tag" | "word" => "zzznone",
            _ => NOWHERE,
        };
        (*kind, nothing.to_owned())
    };
    fill.iter().map(of).collect()
}

impl World {
    /// `evil` stands behind every word of theirs.
    pub(super) async fn new(app: &TestApp, relay: &Relay, evil: &str) -> Self {
        dump::number_apart(app).await;
        let people = People::new(app, evil).await;
        let ferry = product(&people, "ferry", evil, true).await;
        let other = product(&people, "barge", evil, false).await;
        let north = customer(&people, &format!("Northbay{evil}"), "northbay.example", &ferry["product"]).await;
        let south = customer(&people, &format!("qzfoe{evil}"), "qzfoe.example", &ferry["product"]).await;
        let vote = format!("/products/{}/roadmap/{}/votes/{}", ferry["product"], ferry["item"], south["organisation"]);
        put(&people.by_ben, &vote, json!({})).await;

        let anna = case(app, &people, &people.by_ben, &north, &format!("qzanna{evil}")).await;
        let mut own: Fill = [&ferry, &north, &anna.fill].into_iter().flatten().map(|(k, v)| (*k, v.clone())).collect();
        app.case_of(&mail("carl@qzfoe.example", &format!("qzfoe{evil}"), "qzfoe")).await;
        let mut seen = Fill::from([
            ("case", newest(app, q!("SELECT MAX(id) FROM cases")).await),
            ("entry", newest(app, q!("SELECT MAX(id) FROM entries")).await),
            ("file", newest(app, q!("SELECT MAX(id) FROM attachments")).await),
        ]);
        app.case_of(&mail("Bob <bob@northbay.example>", "qzteam subject", "qzteam")).await;
        let mut bob = Fill::from([
            ("case", newest(app, q!("SELECT MAX(id) FROM cases")).await),
            ("entry", newest(app, q!("SELECT MAX(id) FROM entries")).await),
            ("file", newest(app, q!("SELECT MAX(id) FROM attachments")).await),
        ]);
        let carl = case(app, &people, &people.by_dora, &south, &format!("qzveil{evil}")).await;
        let mut hidden: Fill =
            [&other, &south, &carl.fill].into_iter().flatten().map(|(k, v)| (*k, v.clone())).collect();

        own.insert("call", call(&people.by_ben, &own, &format!("qzanna{evil}")).await);
        hidden.insert("call", call(&people.by_dora, &hidden, &format!("qzveil{evil}")).await);
        own.insert("quote", quote(&people.by_ben, &own, &format!("qzanna{evil}")).await);
        hidden.insert("quote", quote(&people.by_dora, &hidden, &format!("qzveil{evil}")).await);
        asks(&people.by_ben, &own, &format!("qzanna{evil}")).await;
        asks(&people.by_dora, &hidden, &format!("qzveil{evil}")).await;
        own.insert("sent-quote", sent_quote(&people, &own, &format!("qzanna{evil}")).await);
        seen.insert("sent-quote", sent_quote(&people, &seen, &format!("qzfoe{evil}")).await);
        bob.insert("sent-quote", sent_quote(&people, &bob, &format!("qzteam{evil}")).await);
        let mails = sends(app, relay).await;
        own.insert("confirmation", linked(&mails, &own["address"], "/confirm/"));
        own.insert("quote-link", linked(&mails, &own["address"], "/quote/"));
        for (fill, mark) in [(&mut own, "qzanna"), (&mut hidden, "qzveil")] {
            let link = linked(&mails, &fill["address"], "/details/");
            details_form(app, fill, link, &format!("{mark}{evil}")).await;
            let question = q!("SELECT MAX(id) FROM call_confirmations WHERE call_id = $1", number(&fill["call"]));
            fill.insert("call-question", newest(app, question).await);
        }
        own.insert("link", anna.link);
        let link = format!("/cases/{}/links/{}", own["case"], hidden["case"]);
        put(&people.by_ada, &link, json!({ "kind": "related" })).await;
        for case in [&hidden["case"], &hidden["other-case"]] {
            put(&people.by_ada, &format!("/cases/{case}/team"), json!({ "team_id": people.team })).await;
        }
        let draft = json!({ "body": "qzveil draft", "based_on": 0 });
        put(&people.by_dora, &format!("/cases/{}/drafts/note", hidden["case"]), draft).await;
        hidden.insert("draft-file", upload(&people.by_dora, &hidden["case"], "qzveil-draft").await);
        hidden.insert("view", format!("team-{}", people.team));
        hidden.insert("team", people.team.to_string());

        let anna = crate::portal::log_in(app, relay, &own["address"]).await;
        own.insert("reply", reply(&people.by_ben, &own, &format!("qzanna{evil}")).await);
        hidden.insert("reply", reply(&people.by_dora, &hidden, &format!("qzveil{evil}")).await);
        let (dora, _) = personal(app, &people, &own, evil).await;
        let page = async |name: &str, ip: &str| {
            let page = app.browser().at(ip);
            page.log_in(name).await;
            page
        };
        let (ada, ben, rea) =
            (page("Ada", "192.0.2.21").await, page("Ben", "192.0.2.22").await, page("Rea", "192.0.2.23").await);
        rest(app, &people, &ben, &mut own, evil).await;
        hidden.insert("webhook", webhook(app, &people, "other").await.0);
        let foreign = [("a closed team", hidden), ("Dora", dora), ("another customer", seen), ("a colleague", bob)];
        let foreign =
            foreign.map(|(whose, fill)| Foreign { whose, nowhere: nowhere(&fill), fill }).into_iter().collect();
        let reader = program(app, &people.ben, Scope::Read).await;
        let admin = program(app, &people.ada, Scope::Admin).await;
        app.forget_jobs("mail.acknowledge").await;
        Self { own, foreign, anna, ada, ben, rea, admin, writer: people.by_ben, reader }
    }
}

async fn webhook(app: &TestApp, people: &People, name: &str) -> (String, String) {
    let hook = json!({ "url": format!("https://hooks.example/{name}"), "kinds": ["case.split_undone"] });
    let hook = id(&post(&people.by_ada, "/webhooks", hook).await);
    post(&people.by_ada, &format!("/webhooks/{hook}/pings"), json!({})).await;
    (hook, newest(app, q!("SELECT MAX(id) FROM webhook_deliveries")).await)
}

/// What is left: things of the desk, and Ben's own.
async fn rest(app: &TestApp, people: &People, ben: &Browser, own: &mut Fill, evil: &str) {
    let template = json!({ "name": format!("Hello{evil}"), "body": format!("Dear {{{{customer}}}}{evil}") });
    own.insert("template", id(&post(&people.by_ben, "/templates", template).await));
    let view = json!({ "name": format!("Logins{evil}"), "query": "login", "shared": true });
    let view = id(&post(&people.by_ben, "/saved-views", view).await);
    own.insert("view", format!("saved-{view}"));
    own.insert("saved-view", view);
    own.insert("team", "1".to_owned());
    let rea = casedesk::staff::store::by_email(app.desk().db(), "rea@desk.example").await.unwrap().unwrap();
    own.insert("agent", rea.id.to_string());
    let token = staff::make_token(app.desk(), &people.ben, &format!("mine{evil}"), Scope::Read, None).await.unwrap();
    own.insert("token", token.id.to_string());
    own.insert("notice", notice(app, &people.ben, &own["case"]).await);
    let handle = ben.json(Method::GET, "/api/v1/me/sessions", &Value::Null).await.json()[0]["handle"].clone();
    own.insert("session", handle.as_str().unwrap().to_owned());
    own.insert("draft-file", upload(&people.by_ben, &own["case"], &format!("mine{}", evil.replace('"', "'"))).await);
    let question = json!({ "label": format!("Which port?{evil}"), "kind": "text" });
    let question = json!({ "product_id": number(&own["product"]), "question": question });
    own.insert("form-question", id(&post(&people.by_ada, "/form-questions", question).await));
    let twin = async |address: &str| {
        let contact = json!({ "name": "Twin", "addresses": [address] });
        number(&id(&post(&people.by_ben, "/contacts", contact).await))
    };
    let pair = (twin("one@twin.example").await, twin("two@twin.example").await);
    let merge = json!({ "kind": "contact", "keep": pair.0, "merge": pair.1 });
    own.insert("customer-merge", id(&post(&people.by_ben, "/customer-merges", merge).await));
    let export = id(&post(&people.by_ada, &format!("/contacts/{}/exports", pair.0), json!({})).await);
    let request = casedesk::privacy::RequestId(number(&export));
    casedesk::privacy::actions::run_export(app.desk(), request).await.unwrap();
    app.forget_jobs("privacy.export").await;
    app.forget_jobs("privacy.expire").await;
    own.insert("privacy-request", export);
    let (hook, delivery) = webhook(app, people, "one").await;
    own.insert("webhook", hook);
    own.insert("delivery", delivery);
    let robot = Letter::new("robot@west.example", &format!("Away{evil}"), evil).with("Auto-Submitted", "auto-replied");
    own.insert("inbound", app.arrives(&robot).await.id.to_string());
    let name = format!("Eve{evil}");
    let site = app.browser().with("origin", "https://evil.example");
    let fields =
        [("name", name.as_str()), ("address", "eve@west.example"), ("kind", "question"), ("description", "Held.")];
    let held = site.post("/support/new", &fields).await;
    assert_eq!(held.status, StatusCode::ACCEPTED, "{}", held.text);
    own.insert("submission", newest(app, q!("SELECT MAX(id) FROM form_submissions")).await);
}

/// The number of a case.
pub(super) fn case_id(fill: &Fill) -> CaseId {
    CaseId(number(&fill["case"]))
}
