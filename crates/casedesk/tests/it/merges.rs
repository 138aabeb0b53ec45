//! Two organisations or two contacts become one, and two again.
use axum::http::{Method, StatusCode};
use casedesk::cases::CaseId;
use casedesk::cases::actions as cases;
use casedesk::cases::rules::Change;
use casedesk::customers::actions as file;
use casedesk::customers::rules::sheet::Sheet;
use casedesk::customers::{OrganisationId, VerdictKind, VerdictState, store};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, Scope};
use serde_json::{Value, json};

use crate::api::World;
use crate::file::state;
use crate::mail::with_relay;
use crate::portal::{log_in, set_scope};
use crate::support::{Browser, Letter, TestApp, on_both};

async fn organisation(app: &TestApp, domain: &str) -> OrganisationId {
    store::organisation_by_domain(app.desk().db(), domain).await.unwrap().unwrap().id
}

pub(crate) async fn contact(app: &TestApp, address: &str) -> i64 {
    store::contact_by_address(app.desk().db(), address).await.unwrap().unwrap().id.0
}

pub(crate) async fn merge(agent: &Browser, kind: &str, keep: i64, merge: i64) -> i64 {
    let body = json!({ "kind": kind, "keep": keep, "merge": merge });
    let made = agent.json(Method::POST, "/api/v1/customer-merges", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_i64().unwrap()
}

pub(crate) async fn undo(agent: &Browser, merge: i64) -> StatusCode {
    agent.json(Method::DELETE, &format!("/api/v1/customer-merges/{merge}"), &Value::Null).await.status
}

async fn case_from(app: &TestApp, from: &str, subject: &str) -> i64 {
    let case = app.case_of(&Letter::new(from, subject, "It does not work.")).await;
    app.forget_jobs("mail.acknowledge").await;
    case.0
}

/// Everything that hangs on organisations and contacts, as it stands.
async fn everything(app: &TestApp) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, columns) in [
        ("organisations", "CAST(id AS TEXT) || name || kind || COALESCE(CAST(merged_into AS TEXT), '-')"),
        ("organisation_domains", "domain || ' ' || CAST(organisation_id AS TEXT)"),
        ("organisation_tags", "tag || ' ' || CAST(organisation_id AS TEXT)"),
        ("organisation_notes", "CAST(id AS TEXT) || ' ' || CAST(organisation_id AS TEXT) || text"),
        (
            "contacts",
            "CAST(id AS TEXT) || name || note || COALESCE(CAST(organisation_id AS TEXT), '-') || ' '
             || COALESCE(CAST(merged_into AS TEXT), '-')",
        ),
        (
            "contact_addresses",
            "address || ' ' || CAST(contact_id AS TEXT) || COALESCE(paused_reason, '')
             || CASE WHEN is_main THEN 'main' ELSE '' END",
        ),
        ("contact_numbers", "CAST(id AS TEXT) || number_e164 || ' ' || CAST(contact_id AS TEXT)"),
        ("contact_tags", "tag || ' ' || CAST(contact_id AS TEXT)"),
        ("contracts", "CAST(id AS TEXT) || ' ' || CAST(organisation_id AS TEXT)"),
        ("licences", "CAST(id AS TEXT) || ' ' || CAST(organisation_id AS TEXT)"),
        ("installations", "CAST(id AS TEXT) || ' ' || CAST(organisation_id AS TEXT)"),
        ("roadmap_votes", "CAST(item_id AS TEXT) || ' ' || CAST(organisation_id AS TEXT) || ' ' || CAST(at AS TEXT)"),
        (
            "cases",
            "CAST(id AS TEXT) || ' ' || COALESCE(CAST(organisation_id AS TEXT), '-') || ' '
             || COALESCE(CAST(contact_id AS TEXT), '-')",
        ),
        ("portal_scopes", "CAST(organisation_id AS TEXT) || scope"),
    ] {
        let query = q!("SELECT ").push(columns).push(" AS line FROM ").push(table).push(" ORDER BY 1");
        let rows: Vec<(String,)> = app.desk().db().all(query).await.unwrap();
        lines.extend(rows.into_iter().map(|(line,)| format!("{table}: {line}")));
    }
    lines
}

/// Two organisations with something of everything; the second is a duplicate of the first.
async fn two(app: &TestApp) -> World {
    let world = World::new(app).await;
    case_from(app, "Anna Berg <anna@quay.example>", "First").await;
    case_from(app, "Bo Lind <bo@quay.co.example>", "Second").await;
    let (one, other) = (organisation(app, "quay.example").await, organisation(app, "quay.co.example").await);
    let now = app.desk().now();
    let mut tx = app.desk().db().begin().await.unwrap();
    tx.exec(q!(
        "INSERT INTO support_options (id, name, channels, hours, covers, created_at) VALUES (900, 'Premier', 'mail', '24/7', '', $1)",
        now
    ))
    .await
    .unwrap();
    tx.exec(q!(
        "INSERT INTO products (id, slug, name, kind, created_at) VALUES (900, 'ft', 'Ferrywell Transfer', 'own', $1)",
        now
    ))
    .await
    .unwrap();
    for of in [one, other] {
        tx.exec(q!("INSERT INTO organisation_tags (organisation_id, tag) VALUES ($1, 'both')", of)).await.unwrap();
        tx.exec(q!("INSERT INTO organisation_notes (organisation_id, text, at) VALUES ($1, 'n', $2)", of, now))
            .await
            .unwrap();
        tx.exec(q!(
            "INSERT INTO contracts (organisation_id, option_id, reference, starts_on, created_at) VALUES ($1, 900, 'r', '2027-01-01', $2)",
            of,
            now
        ))
        .await
        .unwrap();
        tx.exec(q!(
            "INSERT INTO licences (organisation_id, edition, key_id, created_at) VALUES ($1, 'e', 'k', $2)",
            of,
            now
        ))
        .await
        .unwrap();
        tx.exec(q!(
            "INSERT INTO installations (organisation_id, label, role, created_at) VALUES ($1, 'Dublin', 'test', $2)",
            of,
            now
        ))
        .await
        .unwrap();
    }
    tx.exec(q!("INSERT INTO organisation_tags (organisation_id, tag) VALUES ($1, 'alone')", other)).await.unwrap();
    tx.commit().await.unwrap();
    world
}

#[tokio::test]
async fn a_merge_moves_everything_mail_of_both_domains_finds_the_one_and_undoing_it_leaves_no_trace() {
    on_both(async |app| {
        let world = two(app).await;
        let (one, other) = (organisation(app, "quay.example").await, organisation(app, "quay.co.example").await);
        let before = everything(app).await;
        let made = merge(&world.agent, "organisation", one.0, other.0).await;
        let db = app.desk().db();
        assert_eq!(organisation(app, "quay.co.example").await, one);
        assert_eq!(store::contacts_of(db, one).await.unwrap().len(), 2);
        assert_eq!(store::contracts(db, one).await.unwrap().len(), 2);
        assert_eq!(store::installations(db, one).await.unwrap().len(), 2);
        assert_eq!(store::organisation_tags(db, one).await.unwrap(), ["alone", "both"]);
        let left: Vec<String> = everything(app)
            .await
            .into_iter()
            .filter(|line| line.starts_with("cases:") && line.contains(&format!(" {other} ")))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        let page = world.agent.get(&format!("/api/v1/organisations/{other}")).await.json();
        assert_eq!(page["merged_into"], json!(one.0));
        let refused = json!({ "text": "lost" });
        let note = world.agent.json(Method::POST, &format!("/api/v1/organisations/{other}/notes"), &refused).await;
        assert_eq!(note.status, StatusCode::CONFLICT, "{}", note.text);

        assert_eq!(undo(&world.agent, made).await, StatusCode::NO_CONTENT);
        assert_eq!(everything(app).await, before);
        assert_eq!(undo(&world.agent, made).await, StatusCode::CONFLICT);
        let log: Vec<(String,)> = db
            .all(q!("SELECT action FROM audit WHERE action LIKE 'customers.organisations%' ORDER BY id"))
            .await
            .unwrap();
        assert_eq!(
            log.iter().map(|(line,)| line.as_str()).collect::<Vec<_>>(),
            ["customers.organisations_merged", "customers.organisations_parted"]
        );
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_between_goes_with_its_contact_and_what_somebody_moved_on_stays() {
    on_both(async |app| {
        let world = two(app).await;
        let (one, other) = (organisation(app, "quay.example").await, organisation(app, "quay.co.example").await);
        let made = merge(&world.agent, "organisation", one.0, other.0).await;
        app.advance(std::time::Duration::from_hours(1));
        let of_bo = case_from(app, "Bo Lind <bo@quay.co.example>", "Third").await;
        let of_anna = case_from(app, "Anna Berg <anna@quay.example>", "Fourth").await;
        let newcomer = case_from(app, "Cy Dow <cy@quay.co.example>", "Fifth").await;
        let domain = format!("/api/v1/organisations/{one}/domains/quay.co.example");
        assert_eq!(world.agent.json(Method::DELETE, &domain, &Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(undo(&world.agent, made).await, StatusCode::NO_CONTENT);
        let of = async |case: i64| app.case(CaseId(case)).await.organisation_id;
        assert_eq!((of(of_bo).await, of(of_anna).await, of(newcomer).await), (Some(other), Some(one), Some(one)));
        let gone = store::organisation_by_domain(app.desk().db(), "quay.co.example").await.unwrap();
        assert!(gone.is_none(), "a domain that was taken away does not come back");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn two_contacts_become_one_and_two_again() {
    on_both(async |app| {
        let world = two(app).await;
        case_from(app, "Anna B <berg@quay.example>", "From home").await;
        let (keep, gone) = (contact(app, "anna@quay.example").await, contact(app, "berg@quay.example").await);
        let number = json!({ "number": "+353 1 234 5678", "label": "" });
        world.agent.json(Method::POST, &format!("/api/v1/contacts/{gone}/numbers"), &number).await;
        for (of, tag) in [(keep, "vip"), (gone, "vip"), (gone, "root")] {
            let path = format!("/api/v1/contacts/{of}/tags/{tag}");
            assert_eq!(world.agent.json(Method::PUT, &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
        }
        let before = everything(app).await;
        let made = merge(&world.agent, "contact", keep, gone).await;
        assert_eq!(contact(app, "berg@quay.example").await, keep);
        let tags = world.agent.get(&format!("/api/v1/contacts/{keep}")).await.json()["tags"].clone();
        assert_eq!(tags, json!(["root", "vip"]));
        let numbers = world.agent.get(&format!("/api/v1/contacts/{keep}/numbers")).await.json();
        assert_eq!(numbers[0]["number_e164"], "+35312345678");
        let (one, other) = (organisation(app, "quay.example").await, organisation(app, "quay.co.example").await);
        app.advance(std::time::Duration::from_hours(1));
        let again = case_from(app, "Anna B <berg@quay.example>", "From home again").await;
        // A later merge that rests on it is undone first.
        let later = merge(&world.agent, "organisation", other.0, one.0).await;
        let third = merge(&world.agent, "contact", contact(app, "bo@quay.co.example").await, keep).await;
        assert_eq!(undo(&world.agent, made).await, StatusCode::CONFLICT);
        assert_eq!(undo(&world.agent, later).await, StatusCode::CONFLICT);
        for merge in [third, later, made] {
            assert_eq!(undo(&world.agent, merge).await, StatusCode::NO_CONTENT);
        }
        assert_eq!(app.case(CaseId(again)).await.contact_id.map(|id| id.0), Some(gone));
        let after: Vec<String> = everything(app).await;
        let new = format!("cases: {again} ");
        assert_eq!(after.into_iter().filter(|line| !line.starts_with(&new)).collect::<Vec<_>>(), before);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn customers_see_what_the_setting_of_the_one_that_stays_says_and_afterwards_what_they_saw_before() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        for (from, subject) in [
            ("Anna Berg <anna@quay.example>", "Quay: Anna"),
            ("Ari Berg <ari@quay.example>", "Quay: Ari"),
            ("Bo Lind <bo@pier.example>", "Pier: Bo"),
            ("Bea Lind <bea@pier.example>", "Pier: Bea"),
        ] {
            case_from(app, from, subject).await;
        }
        let (quay, pier) = (organisation(app, "quay.example").await, organisation(app, "pier.example").await);
        set_scope(app, &world, "quay.example", "organisation").await;
        let anna = log_in(app, relay, "anna@quay.example").await;
        let bo = log_in(app, relay, "bo@pier.example").await;
        let all = ["Quay: Anna", "Quay: Ari", "Pier: Bo", "Pier: Bea"];
        let sees = async |who: &Browser| {
            let page = who.get("/portal").await.text;
            all.iter().filter(|subject| page.contains(*subject)).copied().collect::<Vec<_>>()
        };
        let alone = (sees(&anna).await, sees(&bo).await);
        assert_eq!(alone, (vec!["Quay: Anna", "Quay: Ari"], vec!["Pier: Bo"]));

        // Into the one whose contacts see their own alone: nobody sees more, those of the other less.
        let made = merge(&world.agent, "organisation", pier.0, quay.0).await;
        assert_eq!((sees(&anna).await, sees(&bo).await), (vec!["Quay: Anna"], vec!["Pier: Bo"]));
        assert_eq!(undo(&world.agent, made).await, StatusCode::NO_CONTENT);
        assert_eq!((sees(&anna).await, sees(&bo).await), alone);

        // Into the one whose contacts see all.
        let made = merge(&world.agent, "organisation", quay.0, pier.0).await;
        assert_eq!((sees(&anna).await, sees(&bo).await), (all.to_vec(), all.to_vec()));
        assert_eq!(undo(&world.agent, made).await, StatusCode::NO_CONTENT);
        assert_eq!((sees(&anna).await, sees(&bo).await), alone);

        // A session of a contact who became part of another goes on as that one.
        let (kept, gone) = (contact(app, "bea@pier.example").await, contact(app, "bo@pier.example").await);
        let made = merge(&world.agent, "contact", kept, gone).await;
        assert_eq!(sees(&bo).await, ["Pier: Bo", "Pier: Bea"]);
        assert_eq!(undo(&world.agent, made).await, StatusCode::NO_CONTENT);
        assert_eq!(sees(&bo).await, ["Pier: Bo"]);
        app.drain().await;
        relay.take();
    })
    .await;
}

/// Gives a contact an organisation, or none.
async fn place(agent: &Browser, contact: i64, organisation: Option<OrganisationId>) {
    let body = json!({ "name": "Mia Holm", "organisation_id": organisation });
    let moved = agent.json(Method::PUT, &format!("/api/v1/contacts/{contact}"), &body).await;
    assert_eq!(moved.status, StatusCode::NO_CONTENT, "{}", moved.text);
}

#[tokio::test]
async fn cases_without_an_organisation_go_with_their_contact_and_what_belongs_to_one_stays_there() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let open = CaseId(case_from(app, "Mia Holm <mia@gmail.com>", "Mia: open").await);
        let closed = CaseId(case_from(app, "Mia Holm <mia@gmail.com>", "Mia: closed").await);
        cases::change(app.desk(), &world.ada, closed, &Change::Close).await.unwrap();
        case_from(app, "Ari Berg <ari@quay.example>", "Quay: Ari").await;
        case_from(app, "Bo Lind <bo@pier.example>", "Pier: Bo").await;
        let (quay, pier) = (organisation(app, "quay.example").await, organisation(app, "pier.example").await);
        set_scope(app, &world, "quay.example", "organisation").await;
        crate::file::contract(app, &world.ada, quay, "2027-01-01", "2027-12-31").await;
        let ari = log_in(app, relay, "ari@quay.example").await;
        let mia = contact(app, "mia@gmail.com").await;
        let at = async || {
            let of = async |id| app.case(id).await.organisation_id;
            app.drain().await;
            let page = ari.get("/portal").await.text;
            let seen = ["Mia: open", "Mia: closed"].iter().filter(|subject| page.contains(*subject)).count();
            (of(open).await, of(closed).await, seen, state(app, open, VerdictKind::Contract).await)
        };
        let nowhere = (None, None, 0, Some(VerdictState::NoContract));
        let with_quay = (Some(quay), Some(quay), 2, Some(VerdictState::Covered));
        assert_eq!(at().await, nowhere);
        place(&world.agent, mia, Some(quay)).await;
        assert_eq!(at().await, with_quay);
        place(&world.agent, mia, None).await;
        assert_eq!(at().await, nowhere, "as it was before");
        let page = app.logged_in("Cleo", Role::Agent).await;
        let odd = page.post(&format!("/contacts/{mia}"), &[("name", "Mia Holm"), ("organisation", "Nobody")]).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", odd.text);
        let given =
            page.post(&format!("/contacts/{mia}"), &[("name", "Mia Holm"), ("organisation", "QUAY.example")]).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
        assert_eq!(at().await, with_quay);
        let kept = page.post(&format!("/contacts/{mia}"), &[("name", "Mia Holm")]).await;
        assert_eq!(
            (kept.status, at().await),
            (StatusCode::SEE_OTHER, with_quay),
            "no word of an organisation changes none"
        );
        let shown = page.get(&format!("/contacts/{mia}")).await.text;
        assert!(
            shown.contains("value=\"quay.example\"") && shown.contains("Cases of an organisation that they leave stay")
        );

        place(&world.agent, mia, Some(pier)).await;
        assert_eq!(at().await, with_quay, "what belongs to Quay stays there");
        let new = CaseId(case_from(app, "Mia Holm <mia@gmail.com>", "Mia: new").await);
        assert_eq!(app.case(new).await.organisation_id, Some(pier));
        place(&world.agent, mia, None).await;
        assert_eq!(at().await, with_quay);
        assert_eq!(app.case(new).await.organisation_id, Some(pier), "it came when she was there");
        let log: Vec<(String,)> = app
            .desk()
            .db()
            .all(q!("SELECT detail FROM audit WHERE action = 'customers.contact_changed' ORDER BY id"))
            .await
            .unwrap();
        let first: Value = serde_json::from_str(&log[0].0).unwrap();
        assert_eq!((&first["from"], &first["organisation"]), (&Value::Null, &json!(quay.0)));

        // A sheet moves contacts by the same rule.
        let other = CaseId(case_from(app, "Kim Vale <kim@gmail.com>", "Kim").await);
        let sheet = "Name,Organisation,Address\nKim Vale,quay.example,kim@gmail.com\n";
        let bytes = sheet.as_bytes().to_vec().into();
        let report = file::import_file(app.desk(), Some(&world.ada), Sheet::Contacts, bytes, vec![]).await.unwrap();
        assert_eq!(report.changed, 1, "{report:?}");
        assert_eq!(app.case(other).await.organisation_id, Some(quay));
        app.drain().await;
        relay.take();
    })
    .await;
}

#[tokio::test]
async fn the_promises_of_an_organisation_hold_for_the_cases_that_come_with_a_contact() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let program = crate::api::program(app, &ada, Scope::Admin).await;
        let of_eve = crate::clocks::promised_case(app, &ada).await;
        let of = app.case(of_eve).await.organisation_id;
        let letter = Letter::new("Mia Holm <mia@gmail.com>", "Down", "It does not work.");
        let case = app.case_of(&letter.with("Date", &crate::clocks::now(app))).await;
        app.forget_jobs("mail.acknowledge").await;
        let clocks = async || {
            app.drain().await;
            let (count,): (i64,) =
                app.desk().db().one(q!("SELECT COUNT(*) FROM case_clocks WHERE case_id = $1", case)).await.unwrap();
            count
        };
        assert_eq!(clocks().await, 0);
        place(&program, contact(app, "mia@gmail.com").await, of).await;
        assert!(clocks().await > 0);
        app.forget_jobs("clocks.look").await;
    })
    .await;
}

#[tokio::test]
async fn likely_duplicates_are_proposed_until_somebody_says_that_they_are_not() {
    on_both(async |app| {
        let world = two(app).await;
        let (one, other) = (organisation(app, "quay.example").await, organisation(app, "quay.co.example").await);
        let found = world.agent.get("/api/v1/customer-duplicates").await.json();
        assert_eq!((&found[0]["one"], &found[0]["other"]), (&json!(one.0), &json!(other.0)), "{found}");
        let page = world.agent.get("/organisations/duplicates").await.text;
        assert!(page.contains("Compare"), "{page}");
        let compare = world.agent.get(&format!("/organisations/{one}/merge?with={other}")).await.text;
        assert!(compare.contains("Which one stays") && compare.contains("1: Bo Lind"), "{compare}");
        let apart = json!({ "kind": "organisation", "one": other.0, "other": one.0 });
        let said = world.agent.json(Method::POST, "/api/v1/customer-duplicates/apart", &apart).await;
        assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.text);
        assert_eq!(world.agent.get("/api/v1/customer-duplicates").await.json(), json!([]));
        let reader = world.reader.json(Method::POST, "/api/v1/customer-duplicates/apart", &apart).await;
        assert_eq!(reader.status, StatusCode::FORBIDDEN);
        let same = json!({ "kind": "organisation", "keep": one.0, "merge": one.0 });
        let refused = world.agent.json(Method::POST, "/api/v1/customer-merges", &same).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        app.drain().await;
    })
    .await;
}
