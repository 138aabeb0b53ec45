//! The JSON API: its description, who may do what, and that nobody gets at what is not theirs.
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::actions as cases;
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, CaseKind};
use casedesk::customers;
use casedesk::customers::actions::Origin;
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, Scope, TeamId, Viewer};
use casedesk_details::Field;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Letter, TestApp, on_both};

/// A desk with people of every role, and cases of which some are in a team that only the administrator sees.
pub(crate) struct World {
    pub(crate) ada: Viewer,
    pub(crate) ben: Viewer,
    pub(crate) admin: Browser,
    pub(crate) agent: Browser,
    pub(crate) reader: Browser,
    /// An administrator's token that may only read.
    looker: Browser,
    pub(crate) team: TeamId,
    pub(crate) open: CaseId,
    hidden: CaseId,
}

pub(crate) async fn program(app: &TestApp, viewer: &Viewer, scope: Scope) -> Browser {
    let made = casedesk::staff::actions::make_token(app.desk(), viewer, scope.as_str(), scope, None).await.unwrap();
    app.program(&made.text)
}

impl World {
    pub(crate) async fn new(app: &TestApp) -> Self {
        let ada = app.viewer("Ada", Role::Admin).await;
        let ben = app.viewer("Ben", Role::Agent).await;
        let rea = app.viewer("Rea", Role::ReadOnly).await;
        let team = casedesk::staff::actions::add_team(app.desk(), &ada, "Security", true).await.unwrap();
        let world = Self {
            admin: program(app, &ada, Scope::Admin).await,
            agent: program(app, &ben, Scope::Write).await,
            reader: program(app, &rea, Scope::Write).await,
            looker: program(app, &ada, Scope::Read).await,
            ada,
            ben,
            team,
            open: app.case_of(&Letter::new("anna@northbay.example", "No login", "It does not work.")).await,
            hidden: app.case_of(&Letter::new("carl@southbay.example", "A leak", "The breach is secret.")).await,
        };
        world.hide(world.hidden).await;
        app.forget_jobs("mail.acknowledge").await;
        world
    }

    pub(crate) async fn hide(&self, case: CaseId) {
        let path = format!("/api/v1/cases/{case}/team");
        let answer = self.admin.json(Method::PUT, &path, &json!({ "team_id": self.team })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }

    async fn hidden_case(&self, app: &TestApp, subject: &str) -> CaseId {
        let case = app.case_of(&Letter::new("carl@southbay.example", subject, "More of it.")).await;
        app.forget_jobs("mail.acknowledge").await;
        self.hide(case).await;
        case
    }
}

pub(crate) fn reply_to_anna(body: &str) -> Value {
    json!({ "body": body, "to": [{ "address": "anna@northbay.example" }] })
}

async fn description(app: &TestApp) -> Value {
    app.browser().get("/api/openapi.json").await.json()
}

struct Operation {
    id: String,
    method: Method,
    path: String,
    details: Value,
}

fn operations(description: &Value) -> Vec<Operation> {
    let paths = description["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, details)| (path, method, details)))
        .map(|(path, method, details)| Operation {
            id: details["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            details: details.clone(),
        })
        .collect()
}

/// A path in which every parameter is something that does not exist.
fn nowhere(path: &str) -> String {
    let mut filled = String::new();
    for piece in path.split_inclusive(['{', '}']) {
        match piece.strip_suffix('}') {
            Some("kind") => filled.push_str("note"),
            Some(_) => filled.push_str("999999"),
            None => filled.push_str(piece.trim_end_matches('{')),
        }
    }
    filled
}

#[tokio::test]
async fn the_description_names_every_operation_with_its_errors_and_nothing_that_it_does_not_define() {
    on_both(async |app| {
        let description = description(app).await;
        assert_eq!(description["openapi"], "3.1.0");
        assert!(description["components"]["securitySchemes"]["token"].is_object());
        let priorities = &description["components"]["schemas"]["Priority"]["enum"];
        assert_eq!(*priorities, json!(["low", "normal", "high", "critical"]), "in the words that are sent");
        let mut ids = BTreeSet::new();
        for operation in operations(&description) {
            let (id, details) = (&operation.id, &operation.details);
            assert!(ids.insert(id.clone()), "two operations are called {id}");
            assert!(!details["tags"].as_array().unwrap().is_empty(), "{id} has no tag");
            for status in ["401", "403", "404", "422"] {
                let body = &details["responses"][status]["content"]["application/problem+json"];
                assert!(body.is_object(), "{id} does not describe its {status}");
            }
            let named = operation.path.matches('{').count();
            let parameters =
                details["parameters"].as_array().map_or(0, |all| all.iter().filter(|p| p["in"] == "path").count());
            assert_eq!(named, parameters, "{id} does not describe its path");
        }
        let text = description.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(description["components"]["schemas"][name].is_object(), "{name} is not defined");
        }
    })
    .await;
}

/// Sources that put a route up: in an `api.rs` it is always one that is described.
#[test]
fn every_route_of_the_api_is_described() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources.clone()];
    let mut described = 0;
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(&folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(&sources).unwrap();
            let is_api = path.components().any(|part| matches!(part.as_os_str().to_str(), Some("api" | "api.rs")));
            let in_web = path.components().any(|part| part.as_os_str() == "web");
            if is_api && !in_web {
                assert!(!text.contains(".route("), "{} puts up a route that is not described", path.display());
                described += text.matches("routes!(").count();
            } else {
                let undescribed = text.matches("\"/api/").count() - text.matches("\"/api/openapi.json\"").count();
                let allowed = text.matches("starts_with(\"/api/\")").count() + text.matches("nest(\"/api/v1\"").count();
                assert!(undescribed <= allowed, "{} serves something under /api by itself", path.display());
            }
        }
    }
    assert!(described > 40, "the search found nothing");
}

/// Types of a room's sources that the description may name: what derives a schema, and words. Ids are
/// numbers, all alike.
fn described_types(text: &str) -> Vec<(String, bool)> {
    let name =
        |rest: &str| rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for piece in text.split("#[derive(").skip(1).filter(|piece| piece.split(')').next().unwrap().contains("ToSchema")) {
        let head = piece.split(['{', ';']).next().unwrap();
        let renamed = head.split_once("schema(as = ").map(|(_, rest)| name(rest));
        let kept = ["struct ", "enum "].iter().find_map(|kind| head.split_once(kind)).map(|(_, rest)| name(rest));
        found.push((renamed.or(kept).unwrap(), true));
    }
    for piece in text.split("words!(").skip(1) {
        let mut lines = piece.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['/', '#']));
        found.push((name(lines.next().unwrap_or_default()), false));
    }
    found
}

/// utoipa keeps the last of two that are called alike, and says nothing.
#[test]
fn no_two_types_are_described_under_one_name() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: BTreeMap<String, String> = BTreeMap::new();
    let mut api: BTreeMap<String, String> = BTreeMap::new();
    let mut folders = vec![sources.clone()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(&folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let below = path.strip_prefix(&sources).unwrap().with_extension("");
            let room = below.iter().next().unwrap().to_string_lossy().into_owned();
            if below.iter().any(|part| part == "api") {
                api.entry(room.clone()).or_default().push_str(&text);
            }
            rooms.entry(room).or_default().push_str(&text);
        }
    }
    let mut named: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (room, text) in rooms.iter().filter(|(room, _)| *room != "db") {
        for (name, derived) in described_types(text) {
            // Words can all be described; those that the room's API does not name are not.
            if derived || api.get(room).is_some_and(|api| api.contains(&name)) {
                named.entry(name).or_default().push(room);
            }
        }
    }
    assert!(named.len() > 150, "the search found {}", named.len());
    let alike: Vec<_> = named.iter().filter(|(_, rooms)| rooms.len() > 1).collect();
    assert!(alike.is_empty(), "two types of one name, of which one is lost: {alike:?}");
}

/// What only administrators may do.
const ADMIN: &[&str] = &[
    "give_up_parked",
    "list_parked",
    "retry_parked",
    "add_form_question",
    "change_form_question",
    "remove_form_question",
    "delete_archive",
    "erase_contact",
    "erase_organisation",
    "export_contact",
    "export_organisation",
    "get_archive",
    "get_privacy_request",
    "list_privacy_requests",
    "survey_contact",
    "survey_organisation",
    "add_contract",
    "add_cycle",
    "add_licence",
    "add_product",
    "add_release",
    "add_roadmap_item",
    "add_support_option",
    "add_team",
    "archive_product",
    "archive_support_option",
    "audit",
    "change_agent",
    "change_contract",
    "change_cycle",
    "change_licence",
    "change_product",
    "change_release",
    "change_roadmap_item",
    "change_support_option",
    "change_team",
    "change_webhook",
    "delete_template",
    "delete_webhook",
    "disable_webhook",
    "enable_webhook",
    "forget_details_words",
    "get_webhook",
    "export_customers",
    "import_customers",
    "import_cycles",
    "invite",
    "invite_again",
    "list_deliveries",
    "list_webhooks",
    "make_default_option",
    "ping_webhook",
    "preview_cycle_import",
    "publish_option",
    "register_webhook",
    "remove_contract",
    "remove_cycle",
    "remove_licence",
    "remove_release",
    "remove_roadmap_item",
    "remove_second_factor",
    "renew_contract",
    "renew_webhook_secret",
    "restore_product",
    "restore_support_option",
    "send_delivery_again",
    "set_details_words",
    "set_portal_scope",
    "set_team_lead",
    "show_agent",
    "take_in",
    "unmake_default_option",
    "unpublish_option",
];
/// What changes nothing but one's own things.
const OWN: &[&str] = &["change_me", "choose_my_mail", "read_all", "read_notice", "see"];
/// What no token may do, whoever holds it.
const IN_PERSON: &[&str] = &["end_other_sessions", "end_session", "make_token", "revoke_token", "sessions"];
/// What sales and administrators may do; `quotes.rs` tries it as sales.
const FOR_SALES: &[&str] = &["approve_quote"];
/// What only reads, but not for everybody.
const FOR_WORKERS: &[&str] = &["list_quarantine", "get_quarantined"];

#[tokio::test]
async fn every_operation_asks_for_a_login_and_for_the_right_role() {
    on_both(async |app| {
        let world = World::new(app).await;
        let all = operations(&description(app).await);
        assert!(all.len() > 80);
        for operation in all {
            let (id, path) = (operation.id.as_str(), nowhere(&operation.path));
            let ask = async |browser: &Browser| {
                let body = if operation.method == Method::GET { String::new() } else { "{}".to_owned() };
                browser.body(operation.method.clone(), &path, "application/json", &body).await.status
            };
            let refused = StatusCode::FORBIDDEN;
            let stranger = ask(&app.browser().with("accept", "application/json")).await;
            assert_eq!(stranger, StatusCode::UNAUTHORIZED, "{id} without a login");
            let in_person = IN_PERSON.contains(&id);
            let admin = ADMIN.contains(&id);
            let changes = operation.method != Method::GET && !OWN.contains(&id);
            let expect = |who: &str, status: StatusCode, no: bool| {
                assert_eq!(status == refused, no, "{id} by {who}: {status}");
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{id} by {who}");
                assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{id} by {who}");
                assert!(!status.is_server_error(), "{id} by {who}: {status}");
            };
            expect("a reader", ask(&world.reader).await, in_person || admin || changes || FOR_WORKERS.contains(&id));
            expect("an agent", ask(&world.agent).await, in_person || admin || FOR_SALES.contains(&id));
            expect("an administrator", ask(&world.admin).await, in_person);
            if operation.method != Method::GET {
                expect("a token that may only read", ask(&world.looker).await, true);
            }
        }
        app.forget_jobs("system_mail").await;
    })
    .await;
}

/// Everything an agent can name that is in a team closed to them: operation, method, path, body.
async fn foreign(app: &TestApp, world: &World) -> Vec<(&'static str, Method, String, Value)> {
    let (open, hidden) = (world.open, world.hidden);
    let other = world.hidden_case(app, "Another leak").await;
    let third = world.hidden_case(app, "A third leak").await;
    let in_it = app.timeline(hidden).await[0].id;
    let merged =
        world.admin.json(Method::POST, &format!("/api/v1/cases/{other}/merges"), &json!({ "into": third })).await;
    let merge = merged.json()["merge_id"].clone();
    let note = world.admin.json(Method::POST, &format!("/api/v1/cases/{third}/notes"), &json!({ "text": "off" })).await;
    let entries = json!({ "entries": [note.json()["entry_id"]], "subject": "Split off" });
    let split = world.admin.json(Method::POST, &format!("/api/v1/cases/{third}/splits"), &entries).await;
    assert_eq!(split.status, StatusCode::CREATED, "{}", split.text);
    let (split,): (i64,) = app.desk().db().one(q!("SELECT MAX(id) FROM splits")).await.unwrap();
    let form = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n";
    let kind = "multipart/form-data; boundary=x";
    let file = world.admin.body(Method::POST, &format!("/api/v1/cases/{open}/draft-files"), kind, form).await.json();
    let view = json!({ "name": "Mine", "query": "leak" });
    let view = world.admin.json(Method::POST, "/api/v1/saved-views", &view).await.json()["id"].clone();
    let call = |case: CaseId| {
        let caller = json!({ "address": "carl@southbay.example" });
        json!({ "caller": caller, "case_id": case, "summary": "x", "started_at": "2027-03-01T08:00:00Z" })
    };
    let logged = world.admin.json(Method::POST, "/api/v1/calls", &call(hidden)).await.json()["id"].clone();
    let drafted = world.admin.json(Method::POST, &format!("/api/v1/cases/{hidden}/quotes"), &json!({})).await.json();
    let quote = |rest: &str| format!("/api/v1/quotes/{}{rest}", drafted["id"]);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let case = |rest: &str| format!("/api/v1/cases/{hidden}{rest}");
    let none = Value::Null;
    let details = json!({ "installation_id": 1, "values": [{ "field": "os_name", "value": "Debian" }] });
    vec![
        ("list_private_links", get.clone(), case("/private-links"), none.clone()),
        ("revoke_private_link", delete.clone(), case("/private-links/1"), none.clone()),
        ("get_case", get.clone(), case(""), none.clone()),
        ("list_entries", get.clone(), case("/entries"), none.clone()),
        ("list_verdicts", get.clone(), case("/verdicts"), none.clone()),
        ("list_clocks", get.clone(), case("/clocks"), none.clone()),
        ("choose_installation", put.clone(), case("/installation"), json!({ "installation_id": null })),
        ("list_roadmap_items", get.clone(), case("/roadmap-items"), none.clone()),
        ("link_roadmap_item", put.clone(), case("/roadmap-items/1"), none.clone()),
        ("unlink_roadmap_item", delete.clone(), case("/roadmap-items/1"), none.clone()),
        ("list_similar_cases", get.clone(), case("/similar"), none.clone()),
        ("read_details", get.clone(), case(&format!("/entries/{in_it}/details")), none.clone()),
        ("accept_details", post.clone(), case(&format!("/entries/{in_it}/details")), details),
        ("list_cases", get.clone(), format!("/api/v1/cases?view=team-{}", world.team), none.clone()),
        ("list_cases", get.clone(), format!("/api/v1/cases?view=saved-{view}"), none.clone()),
        ("post_reply", post.clone(), case("/replies"), reply_to_anna("Hello")),
        ("undo_reply", delete.clone(), case(&format!("/replies/{in_it}")), none.clone()),
        ("undo_reply", delete.clone(), format!("/api/v1/cases/{open}/replies/{in_it}"), none.clone()),
        ("post_note", post.clone(), case("/notes"), json!({ "text": "x" })),
        ("write_up", get.clone(), case("/hand-over"), none.clone()),
        ("hand_over", post.clone(), case("/hand-over"), json!({ "text": "x" })),
        ("solve", post.clone(), case("/solution"), none.clone()),
        ("reopen", post.clone(), case("/reopening"), none.clone()),
        ("close", post.clone(), case("/closure"), none.clone()),
        ("wait", post.clone(), case("/waiting"), json!({ "on": "customer" })),
        ("set_priority", put.clone(), case("/priority"), json!({ "priority": "high" })),
        ("set_kind", put.clone(), case("/kind"), json!({ "kind": "problem" })),
        ("set_assignee", put.clone(), case("/assignee"), json!({ "agent_id": world.ben.id })),
        ("set_team", put.clone(), case("/team"), json!({ "team_id": null })),
        ("set_subject", put.clone(), case("/subject"), json!({ "subject": "x" })),
        (
            "change_many",
            post.clone(),
            "/api/v1/joint-changes".into(),
            json!({ "cases": [open, hidden], "change": { "do": "solve" } }),
        ),
        ("add_tag", put.clone(), case("/tags/x"), none.clone()),
        ("remove_tag", delete.clone(), case("/tags/x"), none.clone()),
        ("watch", put.clone(), case("/watch"), none.clone()),
        ("unwatch", delete.clone(), case("/watch"), none.clone()),
        ("add_participant", put.clone(), case("/people/ben@desk.example"), none.clone()),
        ("remove_participant", delete.clone(), case("/people/carl@southbay.example"), none.clone()),
        ("choose_author", put.clone(), case(&format!("/entries/{in_it}/author")), json!({ "address": "x@x.example" })),
        (
            "choose_author",
            put.clone(),
            format!("/api/v1/cases/{open}/entries/{in_it}/author"),
            json!({ "address": "x@x.example" }),
        ),
        ("see", put.clone(), case("/seen"), json!({ "entry_id": in_it })),
        ("list_logs", get.clone(), case("/logs"), none.clone()),
        ("get_details_question", get.clone(), case("/details-question"), none.clone()),
        ("list_details_forms", get.clone(), case("/details-forms"), none.clone()),
        ("revoke_details_form", delete.clone(), case("/details-forms/1"), none.clone()),
        ("keep_details_answers", post.clone(), case("/details-forms/1/keeping"), json!({ "fields": ["other"] })),
        ("link", put.clone(), case(&format!("/links/{open}")), json!({ "kind": "related" })),
        ("link", put.clone(), format!("/api/v1/cases/{open}/links/{hidden}"), json!({ "kind": "related" })),
        ("unlink", delete.clone(), case(&format!("/links/{open}")), none.clone()),
        ("unlink", delete.clone(), format!("/api/v1/cases/{open}/links/{hidden}"), none.clone()),
        ("merge", post.clone(), case("/merges"), json!({ "into": open })),
        ("merge", post.clone(), format!("/api/v1/cases/{open}/merges"), json!({ "into": hidden })),
        ("join_suggested", post.clone(), case("/joining"), none.clone()),
        ("unmerge", delete.clone(), format!("/api/v1/merges/{merge}"), none.clone()),
        ("log_call", post.clone(), "/api/v1/calls".into(), call(hidden)),
        ("get_call", get.clone(), format!("/api/v1/calls/{logged}"), none.clone()),
        ("discard_call", delete.clone(), format!("/api/v1/calls/{logged}"), none.clone()),
        ("accept_call", post.clone(), format!("/api/v1/calls/{logged}/acceptance"), none.clone()),
        (
            "ask_to_confirm_call",
            post.clone(),
            format!("/api/v1/calls/{logged}/confirmations"),
            json!({ "question": "written" }),
        ),
        ("draft_quote", post.clone(), case("/quotes"), json!({})),
        ("get_quote", get.clone(), quote(""), none.clone()),
        ("change_quote", put.clone(), quote(""), json!({ "title": "x" })),
        ("get_quote_paper", get.clone(), quote("/paper"), none.clone()),
        ("submit_quote", post.clone(), quote("/submission"), none.clone()),
        ("send_quote_back", post.clone(), quote("/return"), none.clone()),
        ("send_quote", post.clone(), quote("/sending"), none.clone()),
        ("withdraw_quote", post.clone(), quote("/withdrawal"), none.clone()),
        ("draft_quote_version", post.clone(), quote("/versions"), none.clone()),
        ("record_quote_answer", post.clone(), quote("/answer"), json!({ "answer": "accepted", "name": "x" })),
        ("settle_quote_reading", post.clone(), quote("/reading"), json!({ "right": true })),
        ("split", post.clone(), case("/splits"), json!({ "entries": [in_it], "subject": "x" })),
        ("split", post.clone(), format!("/api/v1/cases/{open}/splits"), json!({ "entries": [in_it], "subject": "x" })),
        ("unsplit", delete.clone(), format!("/api/v1/splits/{split}"), none.clone()),
        ("get_drafts", get.clone(), case("/drafts"), none.clone()),
        ("put_draft", put.clone(), case("/drafts/note"), json!({ "body": "x", "based_on": 0 })),
        ("add_file", post, case("/draft-files"), none.clone()),
        ("remove_file", delete.clone(), format!("/api/v1/draft-files/{}", file["id"]), none.clone()),
        ("get_attachment", get.clone(), format!("/attachments/{}", file["id"]), none.clone()),
        ("get_html", get.clone(), format!("/entries/{in_it}/html"), none.clone()),
        ("get_raw", get, format!("/entries/{in_it}/raw"), none.clone()),
        ("change_view", put, format!("/api/v1/saved-views/{view}"), json!({ "name": "x", "query": "" })),
        ("delete_view", delete, format!("/api/v1/saved-views/{view}"), none),
    ]
}

/// Operations that name things which belong to everybody who works here, or to administrators alone.
const COMMON: &[&str] = &[
    "change_form_question",
    "remove_form_question",
    "delete_archive",
    "erase_contact",
    "erase_organisation",
    "export_contact",
    "export_organisation",
    "get_archive",
    "get_privacy_request",
    "list_privacy_requests",
    "survey_contact",
    "survey_organisation",
    "add_address",
    "add_contract",
    "add_cycle",
    "add_domain",
    "add_installation",
    "add_licence",
    "add_organisation_note",
    "add_organisation_tag",
    "add_release",
    "add_roadmap_item",
    "archive_installation",
    "archive_product",
    "archive_support_option",
    "add_number",
    "approve_quote",
    "change_agent",
    "change_contact",
    "change_contract",
    "change_cycle",
    "change_installation",
    "change_licence",
    "change_organisation",
    "change_organisation_note",
    "change_product",
    "change_release",
    "change_roadmap_item",
    "change_support_option",
    "change_team",
    "change_template",
    "change_webhook",
    "choose_main_address",
    "delete_number",
    "delete_template",
    "delete_webhook",
    "disable_webhook",
    "discard_submission",
    "dismiss",
    "enable_webhook",
    "end_session",
    "export_customers",
    "get_contact",
    "get_cycle",
    "get_installation",
    "get_organisation",
    "get_portal_scope",
    "get_product",
    "get_quarantined",
    "get_release",
    "get_roadmap_item",
    "get_support_option",
    "get_template",
    "get_version",
    "get_webhook",
    "give_up_parked",
    "import_cycles",
    "invite_again",
    "list_contracts",
    "list_cycles",
    "list_deliveries",
    "list_installation_history",
    "list_installations",
    "list_licences",
    "list_organisation_notes",
    "list_releases",
    "list_roadmap",
    "list_votes",
    "list_numbers",
    "make_case",
    "pause_address",
    "make_default_option",
    "ping_webhook",
    "preview_cycle_import",
    "publish_option",
    "read_notice",
    "remove_address",
    "remove_contract",
    "remove_cycle",
    "remove_domain",
    "remove_licence",
    "remove_organisation_note",
    "remove_organisation_tag",
    "add_contact_tag",
    "remove_contact_tag",
    "remove_release",
    "remove_roadmap_item",
    "release_submission",
    "remove_second_factor",
    "renew_contract",
    "renew_webhook_secret",
    "restore_installation",
    "restore_product",
    "restore_support_option",
    "resume_address",
    "retry",
    "retry_parked",
    "revoke_token",
    "send_delivery_again",
    "set_account_manager",
    "set_contact_note",
    "set_values",
    "set_portal_scope",
    "set_team_lead",
    "show_agent",
    "take_vote_back",
    "unmake_default_option",
    "undo_merge",
    "unpublish_option",
    "vote",
];

#[tokio::test]
async fn what_is_in_a_closed_team_does_not_exist_for_others_by_whatever_id_it_is_named() {
    on_both(async |app| {
        let world = World::new(app).await;
        let all = foreign(app, &world).await;
        for operation in operations(&description(app).await) {
            let known = all.iter().any(|(id, ..)| *id == operation.id) || COMMON.contains(&operation.id.as_str());
            assert!(known || !operation.path.contains('{'), "{} is not tried with a foreign id", operation.id);
        }
        let before = events(app).await;
        let known = nowhere_says(&world).await;
        for (id, method, path, body) in all {
            let answer = match (&body, id) {
                (_, "add_file") => {
                    let form =
                        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--x--\r\n";
                    world.agent.body(method, &path, "multipart/form-data; boundary=x", form).await
                }
                (Value::Null, _) => world.agent.body(method, &path, "", "").await,
                (body, _) => world.agent.json(method, &path, body).await,
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id} {path}: {}", answer.text);
            if path.starts_with("/api/v1/cases/") {
                assert_eq!(answer.json(), known, "{id} tells a closed case from none");
            }
        }
        assert_eq!(events(app).await, before, "something was changed");
        for path in ["/api/v1/cases?q=leak", "/api/v1/cases?q=breach", "/api/v1/search?q=leak"] {
            let found = world.agent.get(path).await;
            assert_eq!(found.json()["cases"], json!([]), "{path}");
            assert_ne!(world.admin.get(path).await.json()["cases"], json!([]), "{path}");
        }
        let found = world.agent.get(&format!("/api/v1/search?q={}", world.hidden)).await;
        assert_eq!(found.json()["cases"], json!([]));
        let slug = format!("team-{}", world.team);
        assert!(!world.agent.get("/api/v1/views").await.text.contains(&slug));
        assert!(world.admin.get("/api/v1/views").await.text.contains(&slug));
    })
    .await;
}

async fn nowhere_says(world: &World) -> Value {
    world.agent.get("/api/v1/cases/999999").await.json()
}

async fn events(app: &TestApp) -> i64 {
    casedesk::events::latest(app.desk().db()).await.unwrap()
}

#[tokio::test]
async fn a_case_that_was_merged_into_a_closed_one_is_closed_too() {
    on_both(async |app| {
        let world = World::new(app).await;
        let into = json!({ "into": world.hidden });
        let merge = world.admin.json(Method::POST, &format!("/api/v1/cases/{}/merges", world.open), &into).await;
        assert_eq!(merge.status, StatusCode::CREATED);
        let path = format!("/api/v1/cases/{}/notes", world.open);
        let note = world.agent.json(Method::POST, &path, &json!({ "text": "into the dark" })).await;
        assert_eq!(note.status, StatusCode::NOT_FOUND, "{}", note.text);
        let shown = world.agent.get(&format!("/api/v1/cases/{}", world.open)).await.json();
        assert_eq!(shown["merged_into"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_read_page_by_page_without_loss_or_repetition() {
    on_both(async |app| {
        let world = World::new(app).await;
        for i in 0..6 {
            app.advance(Duration::from_secs(1));
            app.case_of(&Letter::new("anna@northbay.example", &format!("Case {i}"), "text")).await;
        }
        app.forget_jobs("mail.acknowledge").await;
        for sort in ["newest", "oldest", "created"] {
            let (mut seen, mut next) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/v1/cases?q=from:anna&limit=3&sort={sort}{next}");
                let page = world.agent.get(&path).await.json();
                let cases = page["cases"].as_array().unwrap();
                assert!(cases.len() <= 3);
                seen.extend(cases.iter().map(|case| case["id"].as_i64().unwrap()));
                let Some(word) = page["next"].as_str() else { break };
                next = format!("&after={word}");
            }
            assert_eq!(seen.len(), 7, "{sort}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "{sort}");
        }
        for wrong in ["limit=0", "limit=101", "after=nonsense", "sort=sideways", "q=status:asleep", "wiew=mine"] {
            let answer = world.agent.get(&format!("/api/v1/cases?{wrong}")).await;
            assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
            assert!(answer.json()["detail"].as_str().unwrap().len() > 10);
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeated_reply_is_one_reply_and_it_can_be_taken_back() {
    on_both(async |app| {
        let world = World::new(app).await;
        let path = format!("/api/v1/cases/{}/replies", world.open);
        let mut reply = reply_to_anna("Try again.");
        reply["client_id"] = json!("abc");
        reply["then"] = json!({ "do": "solve" });
        let first = world.agent.json(Method::POST, &path, &reply).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        assert_eq!(world.agent.json(Method::POST, &path, &reply).await.json(), first.json());
        let shown = world.agent.get(&format!("/api/v1/cases/{}", world.open)).await.json();
        assert_eq!(shown["state"], "solved");
        let replies = shown["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "mail_out").count();
        assert_eq!(replies, 1);
        let other = app.case_of(&Letter::new("anna@northbay.example", "Other", "text")).await;
        let elsewhere = world.agent.json(Method::POST, &format!("/api/v1/cases/{other}/replies"), &reply).await;
        assert_eq!(elsewhere.status, StatusCode::CONFLICT, "a client id of another case: {}", elsewhere.text);
        let undone = world.agent.body(Method::DELETE, &format!("{path}/{}", first.json()["entry_id"]), "", "").await;
        assert_eq!(undone.status, StatusCode::NO_CONTENT, "{}", undone.text);
        let drafts = world.agent.get(&format!("/api/v1/cases/{}/drafts", world.open)).await.json();
        assert_eq!(drafts["drafts"][0]["body"], "Try again.");
        app.forget_jobs("mail.deliver").await;
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_reply_stops_when_somebody_wrote_meanwhile_and_says_what() {
    on_both(async |app| {
        let world = World::new(app).await;
        let seen = world.agent.get(&format!("/api/v1/cases/{}", world.open)).await.json()["last_entry_id"].clone();
        let notes = format!("/api/v1/cases/{}/notes", world.open);
        let note = world.admin.json(Method::POST, &notes, &json!({ "text": "I am on it." })).await.json();
        let mut reply = reply_to_anna("Try again.");
        reply["based_on"] = seen;
        let path = format!("/api/v1/cases/{}/replies", world.open);
        let stopped = world.agent.json(Method::POST, &path, &reply).await;
        assert_eq!(stopped.status, StatusCode::CONFLICT);
        assert_eq!(stopped.headers["content-type"], "application/problem+json");
        assert_eq!(stopped.json()["newest_entry"], note["entry_id"]);
        reply["anyway"] = json!(true);
        assert_eq!(world.agent.json(Method::POST, &path, &reply).await.status, StatusCode::CREATED);
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_field_that_is_not_the_callers_to_set_is_refused() {
    on_both(async |app| {
        let world = World::new(app).await;
        let case = |rest: &str| format!("/api/v1/cases/{}{rest}", world.open);
        let mut reply = reply_to_anna("x");
        reply["agent_id"] = json!(world.ada.id);
        let tries = [
            (Method::POST, case("/replies"), reply),
            (Method::POST, case("/notes"), json!({ "text": "x", "kind": "mail_out" })),
            (Method::POST, case("/waiting"), json!({ "on": "customer", "state": "closed" })),
            (Method::PUT, case("/assignee"), json!({})),
            (Method::PUT, case("/priority"), json!({ "priority": "high", "id": 1 })),
            (Method::POST, "/api/v1/joint-changes".into(), json!({ "cases": [], "change": { "do": "solve", "x": 1 } })),
            (Method::POST, "/api/v1/saved-views".into(), json!({ "name": "x", "query": "", "agent_id": world.ada.id })),
        ];
        for (method, path, body) in tries {
            let answer = world.agent.json(method, &path, &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_split_cannot_reach_into_another_case() {
    on_both(async |app| {
        let world = World::new(app).await;
        let foreign = app.timeline(world.hidden).await[0].id;
        let own = app.timeline(world.open).await[0].id;
        let path = format!("/api/v1/cases/{}/notes", world.open);
        world.agent.json(Method::POST, &path, &json!({ "text": "a note that stays" })).await;
        world.agent.json(Method::POST, &path, &json!({ "text": "another" })).await;
        let path = format!("/api/v1/cases/{}/splits", world.open);
        let split = json!({ "entries": [own, foreign], "subject": "Mine now" });
        assert_eq!(world.agent.json(Method::POST, &path, &split).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.agent.get("/api/v1/cases?q=breach").await.json()["cases"], json!([]));
        assert_eq!(app.timeline(world.hidden).await[0].id, foreign);
    })
    .await;
}

/// The reply's words, as a stranger or an agent may set them.
const PAYLOADS: [&str; 4] =
    ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\"><img src=x onerror=alert(1)>", "{{7*7}}\u{202E}\0end"];

#[tokio::test]
async fn whatever_is_written_comes_back_as_plain_json() {
    on_both(async |app| {
        let world = World::new(app).await;
        for payload in PAYLOADS {
            let new = json!({
                "requester": { "address": "mallory@evil.example", "name": payload },
                "subject": payload, "note": payload,
            });
            let made = world.agent.json(Method::POST, "/api/v1/cases", &new).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            let case = made.json()["id"].clone();
            let template = json!({ "name": payload, "body": payload });
            world.agent.json(Method::POST, "/api/v1/templates", &template).await;
            let kept = payload.replace('\0', "\u{FFFD}");
            for path in [format!("/api/v1/cases/{case}"), "/api/v1/cases".into(), "/api/v1/templates".into()] {
                let answer = world.agent.get(&path).await;
                assert_eq!(answer.headers["content-type"], "application/json");
                assert_eq!(answer.headers["x-content-type-options"], "nosniff");
                let quoted = serde_json::to_string(&kept).unwrap();
                assert!(answer.text.contains(&quoted), "{path} changes {payload}: {}", answer.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_filter_breaks_the_search_whatever_is_typed() {
    on_both(async |app| {
        let world = World::new(app).await;
        let pieces = [
            "from:",
            "org:",
            "tag:",
            "status:",
            "state:",
            "priority:",
            "kind:",
            "assignee:",
            "team:",
            "before:",
            "after:",
            "\"",
            "'",
            "%",
            "_",
            "\\",
            "*",
            "(",
            ")",
            "AND",
            "OR",
            "NOT",
            "NEAR",
            "-",
            "--",
            ";",
            ":",
            "<->",
            "&",
            "|",
            "!",
            "\0",
            "\u{202E}",
            "接続",
            "é",
            "2026-11-01",
            "9999-99-99",
            "-9999-01-01",
            "open",
            "me",
            "nobody",
            "1 OR 1=1",
            "^",
            "{",
            "}",
            "a:b:c",
            "\u{1F980}",
            "xyzzy",
            " ",
            "\t",
            "\n",
            "999999999999999999999",
        ];
        // A small generator of its own, so that a failure can be seen again.
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
        };
        for _ in 0..250 {
            let typed: String = (0..=next(6)).map(|_| pieces[next(pieces.len())]).collect();
            let encoded: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
            for path in ["/api/v1/cases?q=", "/api/v1/search?q="] {
                let answer = world.agent.get(&format!("{path}{encoded}")).await;
                let fine = matches!(answer.status, StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY);
                assert!(fine, "{typed:?}: {} {}", answer.status, answer.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn mail_is_taken_in_from_a_program_and_what_was_set_aside_is_looked_after() {
    on_both(async |app| {
        let world = World::new(app).await;
        let mail =
            "From: dora@west.example\r\nSubject: By a program\r\nMessage-ID: <p1@west.example>\r\n\r\nHello.\r\n";
        let taken = world.admin.body(Method::POST, "/api/v1/mail", "message/rfc822", mail).await;
        assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
        let robot = "From: robot@west.example\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am away.\r\n";
        world.admin.body(Method::POST, "/api/v1/mail", "message/rfc822", robot).await;
        app.file().await;
        let found = world.agent.get("/api/v1/cases?q=from:dora@west.example").await.json();
        assert_eq!(found["cases"][0]["subject"], "By a program");
        let filed = taken.json()["inbound_id"].clone();
        let source = world.agent.get(&format!("/api/v1/quarantine/{filed}/raw")).await;
        assert_eq!(source.status, StatusCode::NOT_FOUND, "what is on a case is shown there alone");
        let aside = world.agent.get("/api/v1/quarantine?state=aside").await.json();
        let id = aside["messages"][0]["id"].clone();
        assert!(world.agent.get(&format!("/api/v1/quarantine/{id}/raw")).await.text.contains("I am away."));
        let made = world.agent.body(Method::POST, &format!("/api/v1/quarantine/{id}/cases"), "", "").await;
        assert_eq!(made.status, StatusCode::ACCEPTED);
        app.file().await;
        assert_eq!(world.agent.get("/api/v1/cases?q=away").await.json()["cases"][0]["subject"], "Away");
        let again = world.agent.body(Method::POST, &format!("/api/v1/quarantine/{id}/dismissal"), "", "").await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_customers_address_rests_and_flows_again() {
    on_both(async |app| {
        let world = World::new(app).await;
        let found = world.agent.get("/api/v1/contacts?q=anna").await.json();
        let id = found[0]["id"].clone();
        let path = format!("/api/v1/contacts/{id}/addresses/anna@northbay.example/pause");
        let paused = world.agent.json(Method::PUT, &path, &json!({ "reason": "on leave" })).await;
        assert_eq!(paused.status, StatusCode::NO_CONTENT, "{}", paused.text);
        let shown = world.agent.get(&format!("/api/v1/contacts/{id}")).await.json();
        assert_eq!(shown["addresses"][0]["paused_reason"], "on leave");
        assert_eq!(world.agent.body(Method::DELETE, &path, "", "").await.status, StatusCode::NO_CONTENT);
        let wrong = format!("/api/v1/contacts/{id}/addresses/carl@southbay.example/pause");
        assert_eq!(world.agent.body(Method::DELETE, &wrong, "", "").await.status, StatusCode::NOT_FOUND);
        let organisations = world.agent.get("/api/v1/organisations?q=northbay.example&limit=1").await.json();
        let organisation = organisations["organisations"][0]["id"].clone();
        let full = world.agent.get(&format!("/api/v1/organisations/{organisation}")).await.json();
        assert_eq!(full["domains"], json!(["northbay.example"]));
        assert_eq!(full["contacts"][0]["id"], id);
    })
    .await;
}

#[tokio::test]
async fn templates_and_views_come_change_and_go() {
    on_both(async |app| {
        let world = World::new(app).await;
        let made = |answer: Answer| answer.json()["id"].clone();
        let (a, b) = (json!({ "name": "A", "body": "a" }), json!({ "name": "B", "body": "b" }));
        let first = made(world.agent.json(Method::POST, "/api/v1/templates", &a).await);
        let second = made(world.agent.json(Method::POST, "/api/v1/templates", &b).await);
        let path = format!("/api/v1/templates/{second}");
        assert_eq!(world.agent.json(Method::PUT, &path, &a).await.status, StatusCode::CONFLICT);
        let renamed = json!({ "name": "C", "body": "c" });
        assert_eq!(world.agent.json(Method::PUT, &path, &renamed).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.agent.get(&path).await.json()["body"], "c");
        for _ in 0..2 {
            world.admin.body(Method::DELETE, &format!("/api/v1/templates/{first}"), "", "").await;
        }
        assert_eq!(world.agent.get("/api/v1/templates").await.json().as_array().unwrap().len(), 1);
        let view = json!({ "name": "Logins", "query": "login status:new", "shared": true });
        let view = made(world.admin.json(Method::POST, "/api/v1/saved-views", &view).await);
        let list = world.agent.get(&format!("/api/v1/cases?view=saved-{view}")).await.json();
        assert_eq!(list["cases"][0]["id"], json!(world.open));
        let counts = world.agent.get("/api/v1/views").await.json();
        let counts: BTreeMap<String, i64> = counts
            .as_array()
            .unwrap()
            .iter()
            .map(|view| (view["slug"].as_str().unwrap().to_owned(), view["count"].as_i64().unwrap()))
            .collect();
        assert_eq!((counts[&format!("saved-{view}")], counts["open"]), (1, 1));
        let wrong = json!({ "name": "x", "query": "status:asleep" });
        let wrong = world.agent.json(Method::POST, "/api/v1/saved-views", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn a_contact_is_found_by_the_beginnings_of_its_words_whatever_changes() {
    on_both(async |app| {
        let world = World::new(app).await;
        let find = async |q: &str| {
            let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
            let found = world.agent.get(&format!("/api/v1/contacts?q={q}")).await.json();
            found.as_array().unwrap().iter().map(|one| one["address"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let organisation = json!({ "name": "Zürcher Fährbetriebe", "kind": "customer", "domains": [] });
        let made = world.agent.json(Method::POST, "/api/v1/organisations", &organisation).await;
        let of = made.json()["id"].clone();
        let contact = json!({ "name": "René O'Connor", "organisation_id": of, "addresses": ["rene.o@faehre.example"] });
        let made = world.agent.json(Method::POST, "/api/v1/contacts", &contact).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let id = made.json()["id"].clone();
        for q in ["ren", "RENÉ", "rene conn", "connor", "faehre.ex", "rene.o@faehre.example", "zurcher", "fähr ren"] {
            assert_eq!(find(q).await, ["rene.o@faehre.example"], "{q}");
        }
        for q in ["ene", "rene berg", "%", "\"", "rené*x"] {
            assert!(find(q).await.is_empty(), "{q}");
        }
        assert_eq!(find("").await.len(), 3, "without a word everybody is listed");
        let path = format!("/api/v1/contacts/{id}");
        let second = world.agent.body(Method::PUT, &format!("{path}/addresses/boss@pier.example"), "", "").await;
        assert_eq!(second.status, StatusCode::NO_CONTENT, "{}", second.text);
        assert_eq!(find("pier ren").await.len(), 2, "one row for each address");
        let renamed = json!({ "name": "Ciarán Byrne", "organisation_id": null });
        assert_eq!(world.agent.json(Method::PUT, &path, &renamed).await.status, StatusCode::NO_CONTENT);
        assert_eq!(find("ciaran").await.len(), 2);
        assert!(find("connor").await.is_empty() && find("zurcher").await.is_empty());
        let gone = world.agent.body(Method::DELETE, &format!("{path}/addresses/rene.o@faehre.example"), "", "").await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
        assert!(find("faehre").await.is_empty());
        assert_eq!(find("pier").await, ["boss@pier.example"]);
    })
    .await;
}

/// Operations that hand out what a customer said of an installation before it is in the file.
const READ_BEFORE: [&str; 2] = ["list_details_forms", "read_details"];

#[tokio::test]
async fn whatever_hands_out_details_of_an_installation_is_in_the_audit_log() {
    on_both(async |app| {
        let world = World::new(app).await;
        let of = app.case(world.open).await.organisation_id.unwrap();
        crate::file::ferrywell(app, &world.ada).await;
        let place = crate::file::installation(app, &world.ada, of, "Main site").await;
        let values = [(Field::ProductVersion, "5.1.77"), (Field::OsName, "Zanzibar")];
        for (field, value) in values {
            let given = [crate::file::given(field, value)];
            customers::actions::set_values(app.desk(), &world.ada, place, &given, Origin::AGENT).await.unwrap();
        }
        cases::change(app.desk(), &world.ada, world.open, &Change::Kind(CaseKind::Problem)).await.unwrap();
        cases::choose_installation(app.desk(), &world.ada, world.open, Some(place)).await.unwrap();
        app.drain().await;
        let entry = app.timeline(world.open).await[0].id;
        let nouns = [
            ("/cases/{id}", format!("/cases/{}", world.open)),
            ("/entries/{entry}", format!("/entries/{entry}")),
            ("/organisations/{id}", format!("/organisations/{of}")),
            ("/installations/{id}", format!("/installations/{place}")),
            ("/customer-exports/{sheet}", "/customer-exports/installations".to_owned()),
        ];
        let lines = async || {
            let (count,): (i64,) = app.desk().db().one(q!("SELECT COUNT(*) FROM audit")).await.unwrap();
            count
        };
        let mut handed_out = BTreeSet::new();
        for operation in operations(&description(app).await) {
            if operation.method != Method::GET {
                continue;
            }
            let path = nouns.iter().fold(operation.path.clone(), |path, (noun, id)| path.replace(noun, id));
            let before = lines().await;
            let answer = world.admin.get(&nowhere(&path).replace("999999", "1")).await;
            let read = answer.status == StatusCode::OK && READ_BEFORE.contains(&operation.id.as_str());
            if read || values.iter().any(|(_, value)| answer.text.contains(value)) {
                assert!(lines().await > before, "{} hands out details and nobody knows", operation.id);
                handed_out.insert(operation.id);
            }
        }
        let known = ["export_customers", "get_details_question", "get_installation", "list_installation_history"];
        let known = known.into_iter().chain(["list_verdicts", "write_up"]).chain(READ_BEFORE);
        for id in known {
            assert!(handed_out.contains(id), "{id} is not tried: {handed_out:?}");
        }
        app.drain().await;
    })
    .await;
}
