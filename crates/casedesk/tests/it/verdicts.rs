//! Verdicts in lists, the roadmap that a case asks for, cases like it, and verdicts that are found anew by the
//! thousand.
use axum::http::{Method, StatusCode};
use casedesk::cases::actions as cases;
use casedesk::cases::filter::{Filter, Sort};
use casedesk::cases::jobs::Judge;
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, CaseKind, store as case_store};
use casedesk::customers::actions::{self as file, Origin};
use casedesk::customers::{OrganisationKind, VerdictAction, VerdictKind, VerdictState};
use casedesk::db::Read as _;
use casedesk::products::{self, CycleDraft, ItemDraft, ItemId, ProductDraft, ProductKind, RoadmapStatus, VoterId};
use casedesk::q;
use casedesk::queue::Job as _;
use casedesk::staff::{Role, Scope, Viewer};
use casedesk_details::Field;
use serde_json::json;

use crate::file::{case_of, contract, ferrywell, given, installation, northbay, option, state, verdict};
use crate::support::{Letter, TestApp, on_both};

#[tokio::test]
async fn a_walk_over_all_cases_gives_way_to_a_newer_one_which_sees_what_it_was_begun_for() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let desk = app.desk();
        let product = products::store::products(desk.db()).await.unwrap()[0].id;
        let cycles = products::store::cycles(desk.db(), product).await.unwrap();
        let cycle = cycles.into_iter().find(|cycle| cycle.name == "5.1").unwrap();
        let until = |day: &str| CycleDraft {
            name: "5.1".into(),
            released_on: cycle.released_on,
            ends_on: casedesk::kit::Day::parse(day),
            ..CycleDraft::default()
        };
        products::actions::change_cycle(desk, &by, product, cycle.id, &until("2030-01-01")).await.unwrap();
        products::actions::change_cycle(desk, &by, product, cycle.id, &until("2031-01-01")).await.unwrap();
        let jobs: Vec<(String,)> =
            desk.db().all(q!("SELECT payload FROM jobs WHERE kind = 'cases.judge' ORDER BY id")).await.unwrap();
        let jobs: Vec<Judge> = jobs.iter().map(|(payload,)| serde_json::from_str(payload).unwrap()).collect();
        let [older, newer]: [Judge; 2] = jobs.try_into().unwrap();
        older.run(desk.clone()).await.unwrap();
        assert_eq!(
            state(app, case, VerdictKind::LifeCycle).await,
            Some(VerdictState::Ended),
            "the older one does nothing"
        );
        newer.run(desk.clone()).await.unwrap();
        let found = verdict(app, case, VerdictKind::LifeCycle).await.unwrap();
        assert_eq!(found.reason, "Ferrywell Transfer 5.1 is supported until 1 January 2031.");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_system_and_a_runtime_are_told_by_tables_of_their_own() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        ferrywell(app, &by).await;
        let tables = [
            ("SUSE Linux Enterprise Server", "sles", ProductKind::OperatingSystem, "12.5", "2024-10-31"),
            ("Red Hat Enterprise Linux", "rhel", ProductKind::OperatingSystem, "7", "2024-06-30"),
            ("Java", "java", ProductKind::Runtime, "8", "2022-03-31"),
        ];
        for (name, slug, kind, cycle, end) in tables {
            let draft = ProductDraft { name: name.into(), slug: slug.into(), kind, aliases: vec![] };
            let id = products::actions::add_product(app.desk(), &by, &draft).await.unwrap();
            let cycle = CycleDraft {
                name: cycle.into(),
                released_on: casedesk::kit::Day::parse("2014-01-01"),
                ends_on: casedesk::kit::Day::parse(end),
                ..CycleDraft::default()
            };
            products::actions::add_cycle(app.desk(), &by, id, &cycle).await.unwrap();
        }
        let of = northbay(app, &by).await;
        let case = case_of(app, "No login", "It does not work.").await;
        let system = |name: &'static str, version: &'static str| {
            vec![given(Field::OsName, name), given(Field::OsVersion, version)]
        };
        for (values, reason) in [
            (system("SLES", "12 SP5"), "SUSE Linux Enterprise Server 12.5 ended on 31 October 2024."),
            (system("RHEL", "7.9"), "Red Hat Enterprise Linux 7 ended on 30 June 2024."),
            (vec![given(Field::Runtime, "Tomcat 9.0, Java 8")], "Java 8 ended on 31 March 2022."),
        ] {
            let place = installation(app, &by, of, reason).await;
            let values: Vec<_> = values.into_iter().chain([given(Field::ProductVersion, "6.0.1")]).collect();
            file::set_values(app.desk(), &by, place, &values, Origin::AGENT).await.unwrap();
            cases::choose_installation(app.desk(), &by, case, Some(place)).await.unwrap();
            app.drain().await;
            let found = verdict(app, case, VerdictKind::LifeCycle).await.unwrap();
            assert_eq!(
                (found.state, found.reason.as_str()),
                (VerdictState::Ended, reason),
                "our own version is supported"
            );
        }
    })
    .await;
}

/// A case of Northbay, who run a version that has ended and have no contract any more.
async fn unsupported(app: &TestApp, by: &Viewer) -> CaseId {
    ferrywell(app, by).await;
    let of = northbay(app, by).await;
    contract(app, by, of, "2026-01-01", "2027-02-28").await;
    let place = installation(app, by, of, "Main site").await;
    let version = [given(Field::ProductVersion, "5.1.2")];
    file::set_values(app.desk(), by, place, &version, Origin::AGENT).await.unwrap();
    let case = case_of(app, "No login", "It does not work.").await;
    app.drain().await;
    case
}

async fn listed(app: &TestApp, by: &Viewer, typed: &str) -> Vec<CaseId> {
    let filter = Filter::parse(typed, by.id).unwrap();
    let sort = Sort::NewestActivity;
    let page = case_store::list(app.desk().db(), &filter, sort, None, 50, by.id, &by.hidden_teams).await.unwrap();
    assert_eq!(case_store::count(app.desk().db(), &filter, &by.hidden_teams).await.unwrap(), page.rows.len() as i64);
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn lists_are_narrowed_by_what_the_desk_found_and_follow_it() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let other = app.case_of(&Letter::new("Bo <bo@southbay.example>", "Else", "Something else.")).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        assert_eq!(listed(app, &by, "contract:expired").await, [case]);
        assert_eq!(listed(app, &by, "contract:none").await, [other]);
        assert_eq!(listed(app, &by, "lifecycle:ended upgrade:available").await, [case]);
        assert!(listed(app, &by, "lifecycle:ended contract:none").await.is_empty());
        assert_eq!(listed(app, &by, "details:missing").await.len(), 2);
        let of = app.case(case).await.organisation_id.unwrap();
        contract(app, &by, of, "2027-03-01", "2028-02-29").await;
        app.drain().await;
        assert!(listed(app, &by, "contract:expired").await.is_empty());
        assert_eq!(listed(app, &by, "contract:covered").await, [case]);
        cases::change(app.desk(), &by, case, &Change::Solve).await.unwrap();
        app.drain().await;
        assert!(listed(app, &by, "contract:covered").await.is_empty(), "verdicts are kept true of open cases");
        assert_eq!(listed(app, &by, "contract:covered status:solved").await, [case]);
    })
    .await;
}

#[tokio::test]
async fn an_unsupported_version_is_seen_in_the_row_and_at_the_head_and_other_verdicts_as_columns() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let ada = app.browser();
        ada.log_in("Ada").await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let row = ada.get("/views/open").await.text;
        let badges = row.split("case-row").nth(1).unwrap().split("</li>").next().unwrap().to_owned();
        assert!(badges.contains("5.1 ended") && !badges.contains("contract expired"), "{badges}");
        let head = ada.get(&format!("/cases/{case}")).await.text;
        let notice = head.split("data-unsupported").nth(1).unwrap().split("</div>").next().unwrap();
        assert!(notice.contains("Ferrywell Transfer 5.1 ended on 30 June 2026."), "{notice}");
        let chosen = [("column", "contract"), ("column", "details"), ("q", "org:northbay")];
        let done = ada.post("/views/open/columns", &chosen).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(done.headers["location"], "/views/open?q=org%3Anorthbay");
        let row = ada.get("/views/open").await.text;
        assert!(row.contains("contract expired") && row.contains("details missing"), "{row}");
        assert!(!ben.get("/views/open").await.text.contains("contract expired"), "each agent has columns of their own");
        let one = ada.get(&format!("/views/open/rows/{case}?known=true")).await.text;
        assert!(one.contains("contract expired"), "a row that comes in alive has them too: {one}");
        let menu = ada.get("/views/open?q=contract:expired+login").await.text;
        assert!(
            menu.contains(r#"href="/views/open?q=login+contract%3Acovered""#),
            "the filter teaches its words: {menu}"
        );
        let wrong = ada.get("/views/open?q=contract:over").await.text;
        assert!(wrong.contains("takes one of covered, expiring, expired, none"), "{wrong}");
    })
    .await;
}

#[tokio::test]
async fn a_version_stands_with_its_line_of_life_until_the_installation_has_another() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let ada = app.browser();
        ada.log_in("Ada").await;
        let row = case_store::case(app.desk().db(), case).await.unwrap().unwrap();
        let place = row.installation_id.unwrap();
        for page in [format!("/cases/{case}"), format!("/installations/{place}")] {
            let text = ada.get(&page).await.text;
            let line = text.split("<bdi>Ferrywell Transfer</bdi>").nth(1).unwrap_or_default();
            let line = line.split("</div>").collect::<Vec<_>>()[..2].concat();
            assert!(line.contains(">5.1.2</b>") && line.contains(">ended</span>"), "{page}: {line}");
            assert!(line.contains(r#"aria-label="Its life ended on 30 June 2026.""#), "{page}: {line}");
            // It lived for 911 days and is over for 244: a twentieth of the life more is the whole line.
            assert!(line.contains(r#"<path class="fixes" d="M75 6H75"/>"#), "{page}: {line}");
            assert!(line.contains(r#"<path class="today" d="M96 0V12"/>"#), "{page}: {line}");
        }
        let program = crate::api::program(app, &by, Scope::Read).await;
        let found = program.get(&format!("/api/v1/cases/{case}/verdicts")).await.json();
        let found: Vec<_> = found.as_array().unwrap().iter().filter(|one| one["kind"] == "life_cycle").collect();
        assert_eq!(found[0]["lives"][0]["version"], "5.1.2");
        assert_eq!(found[0]["lives"][0]["lifespan"]["ends_on"], "2026-06-30");

        let newer = [given(Field::ProductVersion, "6.0.1")];
        file::set_values(app.desk(), &by, place, &newer, Origin::AGENT).await.unwrap();
        let before = ada.get(&format!("/cases/{case}")).await.text;
        assert!(!before.contains("<bdi>Ferrywell Transfer</bdi>"), "the old one's life is not shown for the new one");
        app.drain().await;
        let after = ada.get(&format!("/cases/{case}")).await.text;
        assert!(after.contains(">6.0.1</b>"), "{after}");
    })
    .await;
}

#[tokio::test]
async fn verdicts_filter_and_stand_in_lists_over_the_api_and_columns_are_chosen_there() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let program = crate::api::program(app, &by, Scope::Write).await;
        let page = program.get("/api/v1/cases?q=lifecycle:ended").await.json();
        assert_eq!(page["cases"][0]["id"], case.0);
        let found = page["cases"][0]["verdicts"].as_array().unwrap();
        assert!(found.contains(&json!({ "kind": "life_cycle", "state": "ended", "label": "5.1 ended" })), "{found:?}");
        assert!(
            program.get("/api/v1/cases?q=lifecycle:supported").await.json()["cases"].as_array().unwrap().is_empty()
        );
        let refused = program.get("/api/v1/cases?q=lifecycle:old").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(program.get("/api/v1/list-columns").await.json(), json!({ "verdicts": [] }));
        let columns = json!({ "verdicts": ["upgrade", "contract"] });
        let done = program.json(Method::PUT, "/api/v1/list-columns", &columns).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
        assert_eq!(program.get("/api/v1/list-columns").await.json(), json!({ "verdicts": ["contract", "upgrade"] }));
        let view = json!({ "name": "Sell", "query": "contract:expired", "shared": false });
        let kept = program.json(Method::POST, "/api/v1/saved-views", &view).await.json();
        let slug = format!("saved-{}", kept["id"]);
        let listed = program.get(&format!("/api/v1/cases?view={slug}")).await.json();
        assert_eq!(listed["cases"][0]["id"], case.0, "a saved view has its verdicts");
    })
    .await;
}

#[tokio::test]
async fn all_open_cases_follow_a_change_of_the_life_cycle_and_only_what_changed_is_written() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let first = unsupported(app, &by).await;
        let of = app.case(first).await.organisation_id.unwrap();
        // More than one go.
        let mut tx = app.desk().db().begin().await.unwrap();
        for number in 0..600_i64 {
            tx.exec(q!(
                "INSERT INTO cases (subject, base_subject, state, kind, priority, door, organisation_id, installation_id,
                    created_at, updated_at) SELECT $1, $1, 'open', kind, priority, door, organisation_id,
                    CASE WHEN $2 = 0 THEN NULL ELSE installation_id END, created_at, created_at + $3
                 FROM cases WHERE id = $4",
                "Another",
                number % 2,
                number,
                first
            ))
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let unknown = CycleDraft { name: "7.0".into(), ..CycleDraft::default() };
        let product = products::store::product_by_name(app.desk().db(), "Ferrywell Transfer").await.unwrap().unwrap().id;
        products::actions::add_cycle(app.desk(), &by, product, &unknown).await.unwrap();
        app.drain().await;
        let with = async |state: &str| {
            let query = q!("SELECT COUNT(*) FROM case_verdicts WHERE kind = 'life_cycle' AND state = $1", state);
            let (count,): (i64,) = app.desk().db().one(query).await.unwrap();
            count
        };
        assert_eq!((with("ended").await, with("unknown").await), (301, 300));
        let written = async || {
            let (at,): (i64,) = app.desk().db().one(q!("SELECT CAST(SUM(at) AS BIGINT) FROM case_verdicts")).await.unwrap();
            at
        };
        let before = written().await;
        app.advance(std::time::Duration::from_secs(60));
        let cycles = products::store::cycles(app.desk().db(), product).await.unwrap();
        let of_name = |name: &str| cycles.iter().find(|cycle| cycle.name == name).unwrap().id;
        let later = CycleDraft { lts: true, ..unknown };
        products::actions::change_cycle(app.desk(), &by, product, of_name("7.0"), &later).await.unwrap();
        app.drain().await;
        assert_eq!(written().await, before, "nothing that is so already is written again");
        let longer = CycleDraft {
            name: "5.1".into(),
            released_on: casedesk::kit::Day::parse("2024-01-01"),
            ends_on: casedesk::kit::Day::parse("2029-01-01"),
            ..CycleDraft::default()
        };
        products::actions::change_cycle(app.desk(), &by, product, of_name("5.1"), &longer).await.unwrap();
        app.drain().await;
        assert_eq!((with("supported").await, with("ended").await), (301, 0));
        let filter = Filter::parse("lifecycle:supported", by.id).unwrap();
        assert_eq!(case_store::count(app.desk().db(), &filter, &[]).await.unwrap(), 301);
        let told = q!("SELECT COUNT(*) FROM events WHERE kind = 'judged' AND topic = 'case'");
        let (alone,): (i64,) = app.desk().db().one(told).await.unwrap();
        assert!(alone < 10, "{alone} notices, where one for each go is enough");
        // The contract of one organisation walks its cases alone.
        contract(app, &by, of, "2027-03-01", "2028-02-29").await;
        app.drain().await;
        let filter = Filter::parse("contract:covered", by.id).unwrap();
        assert_eq!(case_store::count(app.desk().db(), &filter, &[]).await.unwrap(), 601);
    })
    .await;
}

#[tokio::test]
async fn a_version_is_near_its_end_for_as_long_as_the_settings_say_everywhere() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let product =
            products::store::product_by_name(app.desk().db(), "Ferrywell Transfer").await.unwrap().unwrap().id;
        let cycles = products::store::cycles(app.desk().db(), product).await.unwrap();
        let id = cycles.iter().find(|cycle| cycle.name == "5.1").unwrap().id;
        // 150 days from the first of March; the setting says 180.
        let ends_on = casedesk::kit::Day::parse("2027-07-29");
        let near = CycleDraft { name: "5.1".into(), ends_on, ..CycleDraft::default() };
        products::actions::change_cycle(app.desk(), &by, product, id, &near).await.unwrap();
        app.drain().await;
        assert_eq!(state(app, case, VerdictKind::LifeCycle).await, Some(VerdictState::Ending));
    })
    .await;
}

async fn wish(app: &TestApp, by: &Viewer, subject: &str) -> CaseId {
    let case = case_of(app, subject, "Please add a second factor to the login of web users.").await;
    cases::change(app.desk(), by, case, &Change::Kind(CaseKind::FeatureRequest)).await.unwrap();
    app.drain().await;
    case
}

async fn item(app: &TestApp, by: &Viewer) -> ItemId {
    let product = ferrywell(app, by).await;
    let item = ItemDraft {
        title: "Second factor for login".into(),
        body: String::new(),
        status: RoadmapStatus::Planned,
        target: Some("6.1".into()),
        link: None,
        public: false,
    };
    products::actions::add_item(app.desk(), by, product, &item).await.unwrap()
}

async fn votes(app: &TestApp, item: ItemId) -> usize {
    products::store::votes(app.desk().db(), item).await.unwrap().len()
}

#[tokio::test]
async fn a_wish_is_linked_to_the_roadmap_with_the_vote_of_its_organisation_and_unlinked() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let item = item(app, &by).await;
        let of = northbay(app, &by).await;
        option(app, &by, "Premier").await;
        let case = wish(app, &by, "A wish").await;
        let found = verdict(app, case, VerdictKind::Roadmap).await.unwrap();
        assert_eq!((found.action, found.item_id), (Some(VerdictAction::Link), Some(item)));
        let ada = app.browser();
        ada.log_in("Ada").await;
        assert!(ada.get(&format!("/cases/{case}")).await.text.contains("Link it to the roadmap"));
        let number = item.to_string();
        let done = ada.post(&format!("/cases/{case}/roadmap"), &[("item", number.as_str())]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(votes(app, item).await, 1);
        let page = ada.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains("planned, for 6.1, 1 vote") && page.contains("linked it to the roadmap item"), "{page}");
        assert!(!page.contains("Link it to the roadmap"));
        let frame = ada.get(&format!("/roadmap-items/{item}/cases")).await.text;
        assert!(frame.contains(&format!("CD-{case}")), "{frame}");
        // A second case of the organisation: the vote stands until neither asks for it.
        let second = wish(app, &by, "The same wish").await;
        cases::link_item(app.desk(), &by, second, item).await.unwrap();
        assert!(!cases::link_item(app.desk(), &by, second, item).await.unwrap(), "it is so already");
        let done = ada.post(&format!("/cases/{case}/roadmap/{item}/delete"), &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(votes(app, item).await, 1);
        cases::unlink_item(app.desk(), &by, second, item).await.unwrap();
        assert_eq!(votes(app, item).await, 0);
        // A vote that was there before is not the link's to take back.
        let row = products::store::item_by_id(app.desk().db(), item).await.unwrap().unwrap();
        products::actions::vote(app.desk(), &by, row.product_id, item, VoterId(of.0)).await.unwrap();
        cases::link_item(app.desk(), &by, case, item).await.unwrap();
        cases::unlink_item(app.desk(), &by, case, item).await.unwrap();
        assert_eq!(votes(app, item).await, 1);
        let strangers = app.case_of(&Letter::new("Eve <eve@gmail.com>", "Wish", "A second factor.")).await;
        app.forget_jobs("mail.acknowledge").await;
        assert!(cases::link_item(app.desk(), &by, strangers, item).await.is_err(), "nobody has no vote");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_roadmap_of_a_case_is_linked_over_the_api_by_those_who_see_the_case() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let ben = app.viewer("Ben", Role::Agent).await;
        let item = item(app, &ada).await;
        northbay(app, &ada).await;
        option(app, &ada, "Premier").await;
        let case = wish(app, &ada, "A secret wish").await;
        let program = crate::api::program(app, &ada, Scope::Write).await;
        let path = format!("/api/v1/cases/{case}/roadmap-items");
        assert_eq!(
            program.json(Method::PUT, &format!("{path}/{item}"), &json!({})).await.status,
            StatusCode::NO_CONTENT
        );
        let items = program.get(&path).await.json();
        assert_eq!((&items[0]["title"], &items[0]["votes"]), (&json!("Second factor for login"), &json!(1)));
        let missing = program.json(Method::PUT, &format!("{path}/4711"), &json!({})).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        let team = casedesk::staff::actions::add_team(app.desk(), &ada, "Security", true).await.unwrap();
        cases::change(app.desk(), &ada, case, &Change::Team(Some(team))).await.unwrap();
        let outsider = crate::api::program(app, &ben, Scope::Write).await;
        assert_eq!(outsider.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            outsider.json(Method::DELETE, &format!("{path}/{item}"), &json!({})).await.status,
            StatusCode::NOT_FOUND
        );
        let page = app.browser();
        page.log_in("Ben").await;
        assert!(!page.get(&format!("/roadmap-items/{item}/cases")).await.text.contains("secret wish"));
        assert_eq!(
            program.json(Method::DELETE, &format!("{path}/{item}"), &json!({})).await.status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(program.get(&path).await.json(), json!([]));
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_new_case_shows_cases_that_share_its_rare_words_and_none_that_the_viewer_may_not_see() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let letter = |from: &str, subject: &str, text: &str| Letter::new(from, subject, text);
        let mut old = Vec::new();
        for (from, subject, text) in [
            ("Bo <bo@southbay.example>", "Handshake breaks with ssh-rsa", "Partners are refused: zlib negotiation."),
            ("Cy <cy@westbay.example>", "Refused handshake", "The negotiation of ssh-rsa breaks off."),
            ("Di <di@eastbay.example>", "Invoice", "Where is the invoice of March?"),
        ] {
            old.push(app.case_of(&letter(from, subject, text)).await);
        }
        let case = case_of(app, "Handshake refused", "Since the upgrade the negotiation breaks.").await;
        let browser = app.browser();
        browser.log_in("Ada").await;
        let frame = browser.get(&format!("/cases/{case}/similar")).await.text;
        assert!(frame.contains(&format!("CD-{}", old[0])) && frame.contains(&format!("CD-{}", old[1])), "{frame}");
        assert!(!frame.contains(&format!("CD-{}", old[2])) && !frame.contains(&format!("CD-{case}")), "{frame}");
        let team = casedesk::staff::actions::add_team(app.desk(), &ada, "Security", true).await.unwrap();
        cases::change(app.desk(), &ada, old[0], &Change::Team(Some(team))).await.unwrap();
        cases::merge(app.desk(), &ada, old[1], old[2]).await.unwrap();
        let ben = app.viewer("Ben", Role::Agent).await;
        let program = crate::api::program(app, &ben, Scope::Write).await;
        let found = program.get(&format!("/api/v1/cases/{case}/similar")).await.json();
        let ids: Vec<i64> = found.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!(ids, [old[2].0], "a merged one is shown as the case that it is part of");
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn an_organisation_of_another_kind_changes_no_verdict() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let of = app.case(case).await.organisation_id.unwrap();
        let before = case_store::verdicts(app.desk().db(), case).await.unwrap();
        file::change_organisation(app.desk(), &by, of, "Northbay", OrganisationKind::Prospect).await.unwrap();
        app.drain().await;
        assert_eq!(case_store::verdicts(app.desk().db(), case).await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_is_recommended_in_the_composer_with_its_release_behind_what_is_written() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let case = unsupported(app, &by).await;
        let browser = app.browser().with("accept", "text/vnd.turbo-stream.html");
        browser.log_in("Ada").await;
        let path = format!("/cases/{case}/upgrade");
        let page = browser.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains(&format!("action=\"{path}\"")) && page.contains("Recommend an upgrade"), "{page}");
        let parts = browser.post(&path, &[]).await;
        assert_eq!(parts.status, StatusCode::OK, "{}", parts.text);
        let product = products::store::products(app.desk().db()).await.unwrap()[0].id;
        let releases = products::store::releases(app.desk().db(), product).await.unwrap();
        let newest = releases.iter().find(|release| release.version == "6.0.1").unwrap().id;
        for words in [
            "action=\"draft\"".to_owned(),
            "- Ferrywell Transfer 5.1.2: 5.1 ended on 30 June 2026.".to_owned(),
            "We recommend an upgrade to Ferrywell Transfer 6.0.1, which is supported until 30 June 2029.".to_owned(),
            app.desk().link(&format!("/life-cycle/ferrywell-transfer#release-{newest}")),
        ] {
            assert!(parts.text.contains(&words), "{words}: {}", parts.text);
        }
        let place = case_store::case(app.desk().db(), case).await.unwrap().unwrap().installation_id.unwrap();
        let newer = [given(Field::ProductVersion, "6.0.1")];
        file::set_values(app.desk(), &by, place, &newer, Origin::AGENT).await.unwrap();
        let nothing = browser.post(&path, &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text);
        let rea = app.logged_in("Rea", Role::ReadOnly).await;
        assert_eq!(rea.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_case_without_its_installation_leads_to_the_choice_or_to_where_one_is_added() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        ferrywell(app, &by).await;
        let of = northbay(app, &by).await;
        option(app, &by, "Premier").await;
        let case = case_of(app, "No login", "It does not work.").await;
        app.drain().await;
        let browser = app.browser();
        browser.log_in("Ada").await;
        let page = browser.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains(&format!("href=\"/organisations/{of}#installations-title\"")), "{page}");
        for label in ["Main site", "Other site"] {
            installation(app, &by, of, label).await;
        }
        app.drain().await;
        let found = verdict(app, case, VerdictKind::LifeCycle).await.unwrap();
        assert_eq!(found.action, Some(VerdictAction::Choose));
        let page = browser.get(&format!("/cases/{case}")).await.text;
        let picker = format!("case-{case}-installation");
        assert!(page.contains(&format!("href=\"#{picker}\"")) && page.contains(&format!("id=\"{picker}\"")), "{page}");
        app.drain().await;
    })
    .await;
}
