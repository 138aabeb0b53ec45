//! The customer file: what organisations may ask of us, what runs where, and the verdicts that rest on it.
use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use casedesk::cases::actions::{self as cases, Chosen};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, CaseKind, store as case_store};
use casedesk::customers::actions::{self as file, Given, Origin};
use casedesk::customers::rules::sheet::Sheet;
use casedesk::customers::{
    ContractTerms, CustomersError, FieldSource, InstallationId, InstallationRole, InstallationTerms, OptionTerms,
    OrganisationId, OrganisationKind, SupportChannel, Verdict, VerdictAction, VerdictKind, VerdictState, store,
};
use casedesk::db::Read as _;
use casedesk::products::{self, Channel, CycleDraft, ItemDraft, ProductDraft, ProductId, ProductKind, ReleaseDraft};
use casedesk::q;
use casedesk::staff::{Role, Scope, Viewer};
use casedesk_details::Field;
use serde_json::{Value, json};

use crate::support::{Browser, Letter, TestApp, on_both};

const TELLS: &str = "Hello,\n\nwe run Ferrywell Transfer 5.1.2 on Red Hat Enterprise Linux 9.4. Partners connect by \
    SFTP and FTPS. I think there is LDAP somewhere.\n\nThandiwe";

pub(crate) async fn northbay(app: &TestApp, by: &Viewer) -> OrganisationId {
    let domains = ["northbay.example".to_owned()];
    file::new_organisation(app.desk(), by, "Northbay", OrganisationKind::Customer, &domains).await.unwrap()
}

pub(crate) async fn option(app: &TestApp, by: &Viewer, name: &str) -> casedesk::customers::SupportOptionId {
    let terms = OptionTerms {
        name: name.into(),
        channels: vec![SupportChannel::Mail],
        hours: "24/7".into(),
        ..OptionTerms::default()
    };
    file::add_option(app.desk(), by, &terms).await.unwrap()
}

pub(crate) async fn contract(app: &TestApp, by: &Viewer, of: OrganisationId, starts: &str, ends: &str) {
    let option_id = match store::options(app.desk().db()).await.unwrap().first() {
        Some(option) => option.id,
        None => option(app, by, "Premier").await,
    };
    let terms = ContractTerms {
        option_id,
        reference: String::new(),
        starts_on: starts.into(),
        ends_on: Some(ends.into()),
        seats: None,
        renews_months: None,
    };
    file::add_contract(app.desk(), by, of, &terms).await.unwrap();
}

pub(crate) async fn installation(app: &TestApp, by: &Viewer, of: OrganisationId, label: &str) -> InstallationId {
    let product_id =
        products::store::product_by_name(app.desk().db(), "Ferrywell Transfer").await.unwrap().map(|one| one.id);
    let terms = InstallationTerms { label: label.into(), role: InstallationRole::Production, product_id };
    file::add_installation(app.desk(), by, of, &terms).await.unwrap()
}

pub(crate) async fn ferrywell(app: &TestApp, by: &Viewer) -> ProductId {
    let own = ProductKind::Own;
    let draft =
        ProductDraft { name: "Ferrywell Transfer".into(), slug: String::new(), kind: own, aliases: vec!["FT".into()] };
    let id = products::actions::add_product(app.desk(), by, &draft).await.unwrap();
    for (name, end) in [("5.1", "2026-06-30"), ("6.0", "2029-06-30")] {
        let cycle = CycleDraft {
            name: name.into(),
            released_on: casedesk::kit::Day::parse("2024-01-01"),
            ends_on: casedesk::kit::Day::parse(end),
            ..CycleDraft::default()
        };
        products::actions::add_cycle(app.desk(), by, id, &cycle).await.unwrap();
    }
    for version in ["5.1.2", "6.0.1"] {
        let release = ReleaseDraft {
            version: version.into(),
            released_on: casedesk::kit::Day::parse("2026-01-01"),
            channel: Channel::Stable,
            notes: String::new(),
            cycle_id: None,
        };
        products::actions::add_release(app.desk(), by, id, &release).await.unwrap();
    }
    id
}

pub(crate) fn given(field: Field, value: &str) -> Given {
    Given { field, value: value.into(), written: String::new() }
}

pub(crate) async fn case_of(app: &TestApp, subject: &str, text: &str) -> CaseId {
    let case = app.case_of(&Letter::new("Anna Berg <anna@northbay.example>", subject, text)).await;
    app.forget_jobs("mail.acknowledge").await;
    case
}

pub(crate) async fn verdict(app: &TestApp, case: CaseId, kind: VerdictKind) -> Option<Verdict> {
    let all = case_store::verdicts(app.desk().db(), case).await.unwrap();
    all.into_iter().find(|verdict| verdict.kind == kind)
}

pub(crate) async fn state(app: &TestApp, case: CaseId, kind: VerdictKind) -> Option<VerdictState> {
    verdict(app, case, kind).await.map(|verdict| verdict.state)
}

#[tokio::test]
async fn a_case_says_at_intake_whether_it_is_covered_and_again_when_the_contract_changes() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let of = northbay(app, &by).await;
        contract(app, &by, of, "2026-01-01", "2027-02-28").await;
        let case = case_of(app, "No login", "It does not work.").await;
        app.drain().await;
        let found = verdict(app, case, VerdictKind::Contract).await.unwrap();
        assert_eq!((found.state, found.action), (VerdictState::Expired, Some(VerdictAction::Quote)));
        assert_eq!(found.reason, "Premier ended on 28 Feb 2027.");
        contract(app, &by, of, "2027-03-01", "2027-04-11").await;
        app.drain().await;
        assert_eq!(state(app, case, VerdictKind::Contract).await, Some(VerdictState::Expiring));
        let id = store::contracts(app.desk().db(), of).await.unwrap()[0].id;
        file::renew_contract(app.desk(), &by, of, id, "2028-04-11").await.unwrap();
        app.drain().await;
        let found = verdict(app, case, VerdictKind::Contract).await.unwrap();
        assert_eq!(found.reason, "Premier until 11 Apr 2027, then renewed.");
    })
    .await;
}

#[tokio::test]
async fn a_desk_that_keeps_no_file_looks_for_no_verdict() {
    on_both(async |app| {
        let case = case_of(app, "No login", "It does not work.").await;
        assert_eq!(app.drain().await, 0);
        assert!(case_store::verdicts(app.desk().db(), case).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_case_on_an_ended_version_says_so_and_that_there_is_a_newer_one() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let product = ferrywell(app, &by).await;
        let of = northbay(app, &by).await;
        let place = installation(app, &by, of, "Main site").await;
        let version = [given(Field::ProductVersion, "5.1.2")];
        file::set_values(app.desk(), &by, place, &version, Origin::AGENT).await.unwrap();
        let case = case_of(app, "No login", "It does not work.").await;
        app.drain().await;
        assert_eq!(app.case(case).await.installation_id, Some(place), "the only one there is");
        let found = verdict(app, case, VerdictKind::LifeCycle).await.unwrap();
        assert_eq!(found.reason, "Ferrywell Transfer 5.1 ended on 30 June 2026.");
        assert_eq!((found.state, found.action), (VerdictState::Ended, Some(VerdictAction::Upgrade)));
        assert_eq!(state(app, case, VerdictKind::Upgrade).await, Some(VerdictState::Available));
        let mut cycles = products::store::cycles(app.desk().db(), product).await.unwrap();
        cycles.retain(|cycle| cycle.name == "5.1");
        let longer = CycleDraft {
            name: "5.1".into(),
            released_on: casedesk::kit::Day::parse("2024-01-01"),
            ends_on: casedesk::kit::Day::parse("2028-01-01"),
            ..CycleDraft::default()
        };
        products::actions::change_cycle(app.desk(), &by, product, cycles[0].id, &longer).await.unwrap();
        app.drain().await;
        assert_eq!(state(app, case, VerdictKind::LifeCycle).await, Some(VerdictState::Supported));
    })
    .await;
}

#[tokio::test]
async fn a_feature_request_is_held_against_the_roadmap_once_it_is_one() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let product = ferrywell(app, &by).await;
        let item = ItemDraft {
            title: "Two-factor login".into(),
            body: String::new(),
            status: products::RoadmapStatus::Planned,
            target: Some("6.1".into()),
            link: None,
            public: false,
        };
        products::actions::add_item(app.desk(), &by, product, &item).await.unwrap();
        option(app, &by, "Premier").await;
        let case = case_of(app, "A wish", "Please add a factor more to the login.").await;
        app.drain().await;
        assert_eq!(state(app, case, VerdictKind::Roadmap).await, None);
        cases::change(app.desk(), &by, case, &Change::Kind(CaseKind::FeatureRequest)).await.unwrap();
        app.drain().await;
        let found = verdict(app, case, VerdictKind::Roadmap).await.unwrap();
        assert_eq!(found.reason, "“Two-factor login” is planned, for 6.1.");
    })
    .await;
}

#[tokio::test]
async fn a_field_keeps_every_value_with_who_said_it_and_from_where() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let of = northbay(app, &by).await;
        let place = installation(app, &by, of, "Main site").await;
        for version in ["5.0", "5.1", "5.1"] {
            let values = [given(Field::ProductVersion, version)];
            file::set_values(app.desk(), &by, place, &values, Origin::AGENT).await.unwrap();
        }
        let now = store::current_values(app.desk().db(), place).await.unwrap();
        assert_eq!((now.len(), now[0].value.as_str(), now[0].source), (1, "5.1", FieldSource::Agent));
        assert_eq!(now[0].agent_name.as_deref(), Some("Ada"));
        let history = store::value_history(app.desk().db(), place).await.unwrap();
        let values: Vec<&str> = history.iter().map(|value| value.value.as_str()).collect();
        assert_eq!(values, ["5.1", "5.0"], "what was so already is no change");
        let (audited,): (i64,) = app
            .desk()
            .db()
            .one(q!("SELECT COUNT(*) FROM audit WHERE action = 'customers.details_changed'"))
            .await
            .unwrap();
        assert_eq!(audited, 2);
    })
    .await;
}

#[tokio::test]
async fn details_of_a_mail_are_proposed_and_what_an_agent_accepts_is_kept_with_its_source() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        ferrywell(app, &by).await;
        let of = northbay(app, &by).await;
        let case = case_of(app, "Refused", TELLS).await;
        let entry = app.timeline(case).await[0].clone();
        let row = app.case(case).await;
        let proposals = cases::proposals(app.desk(), &row, &entry).await.unwrap();
        let version = proposals.iter().find(|one| one.field == Field::ProductVersion).unwrap();
        assert_eq!(version.value, "5.1.2");
        let browser = app.browser();
        browser.log_in("Ada").await;
        let page = browser.get(&format!("/cases/{case}/details/{}", entry.id)).await;
        assert_eq!(page.status, StatusCode::OK);
        let unsure = page.text.split("data-detail=").find(|part| part.contains("LDAP")).unwrap();
        assert!(!unsure.split("</div>").next().unwrap().contains(" checked"), "what is in doubt is not ticked");
        let at = proposals.iter().position(|one| one.field == Field::ProductVersion).unwrap();
        let pick = format!("{at}:product_version");
        let fields = [("pick", pick.as_str()), ("installation", "new"), ("label", "Main site"), ("role", "test")];
        let done = browser.post(&format!("/cases/{case}/details/{}", entry.id), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        app.drain().await;
        let place = app.case(case).await.installation_id.unwrap();
        let kept = store::installation_of(app.desk().db(), of, place).await.unwrap().unwrap();
        assert_eq!((kept.terms.label.as_str(), kept.terms.role), ("Main site", InstallationRole::Test));
        let values = store::current_values(app.desk().db(), place).await.unwrap();
        assert_eq!(values.len(), 1, "only what was ticked");
        assert_eq!((values[0].source, values[0].entry_id), (FieldSource::Mail, Some(entry.id.0)));
        assert_eq!(values[0].contact_name.as_deref(), Some("Anna Berg"));
        let odd = [("pick", "77:os_name"), ("installation", "new"), ("label", "x"), ("role", "test")];
        let refused = browser.post(&format!("/cases/{case}/details/{}", entry.id), &odd).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        // All of it, also what is in doubt.
        let place = place.to_string();
        let fields = [("all", "true"), ("installation", place.as_str())];
        let done = browser.post(&format!("/cases/{case}/details/{}", entry.id), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        app.drain().await;
        let values = store::current_values(app.desk().db(), kept.id).await.unwrap();
        let named: BTreeSet<&str> = values.iter().map(|value| value.field.as_str()).collect();
        assert_eq!(named, proposals.iter().map(|one| one.field.name()).collect());
        assert!(values.iter().any(|value| value.field == Field::Integrations.name() && value.value.contains("LDAP")));
    })
    .await;
}

#[tokio::test]
async fn a_case_points_only_at_an_installation_of_its_own_organisation() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        northbay(app, &by).await;
        let case = case_of(app, "No login", "It does not work.").await;
        let other = file::new_organisation(app.desk(), &by, "Southbay", OrganisationKind::Prospect, &[]).await.unwrap();
        let theirs = installation(app, &by, other, "Theirs").await;
        assert!(cases::choose_installation(app.desk(), &by, case, Some(theirs)).await.is_err());
        let entry = app.timeline(case).await[0].id;
        let values = [given(Field::OsName, "Debian")];
        let taken = cases::accept_details(app.desk(), &by, case, entry, &Chosen::Known(theirs), &values).await;
        assert!(taken.is_err());
        assert!(store::current_values(app.desk().db(), theirs).await.unwrap().is_empty());
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_a_case_sees_nothing_of_it_through_the_file() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let of = northbay(app, &ada).await;
        let place = installation(app, &ada, of, "Main site").await;
        let case = case_of(app, "A secret breach", "It runs on Debian 12.").await;
        let entry = app.timeline(case).await[0].id;
        let values = [given(Field::OsName, "Debian")];
        cases::accept_details(app.desk(), &ada, case, entry, &Chosen::Known(place), &values).await.unwrap();
        let team = casedesk::staff::actions::add_team(app.desk(), &ada, "Security", true).await.unwrap();
        cases::change(app.desk(), &ada, case, &Change::Team(Some(team))).await.unwrap();
        let outsider = app.logged_in("Ben", Role::Agent).await;
        for path in
            [format!("/organisations/{of}"), format!("/organisations/{of}/cases"), format!("/installations/{place}")]
        {
            let page = outsider.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(!page.text.contains("secret breach"), "{path}");
            assert!(!page.text.contains(&format!("CD-{case}")), "{path}");
        }
        for path in [format!("/entries/{entry}"), format!("/cases/{case}/details/{entry}")] {
            assert_eq!(outsider.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let insider = app.browser();
        insider.log_in("Ada").await;
        assert!(insider.get(&format!("/organisations/{of}/cases")).await.text.contains("secret breach"));
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn an_organisation_is_written_and_found_page_by_page() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        for number in 0..55 {
            let name = format!("Company {number:02}");
            file::new_organisation(app.desk(), &by, &name, OrganisationKind::Prospect, &[]).await.unwrap();
        }
        let browser = app.browser();
        browser.log_in("Ada").await;
        let first = browser.get("/organisations?q=company").await.text;
        assert!(first.contains("Company 00") && first.contains("Company 49") && !first.contains("Company 50"));
        let next = first.split("after=").nth(1).unwrap().split('"').next().unwrap();
        let second = browser.get(&format!("/organisations?q=company&after={next}")).await.text;
        assert!(second.contains("Company 50") && second.contains("Company 54") && !second.contains("Company 49"));
        let of = northbay(app, &by).await;
        for (path, fields) in [
            ("domains", [("domain", "North.example")]),
            ("tags", [("tag", "Gold")]),
            ("notes", [("text", "Call before noon.")]),
        ] {
            let done = browser.post(&format!("/organisations/{of}/{path}"), &fields).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
        }
        let contact = [("name", "Bo"), ("addresses", "bo@north.example, bo@northbay.example")];
        assert_eq!(
            browser.post(&format!("/organisations/{of}/contacts"), &contact).await.status,
            StatusCode::SEE_OTHER
        );
        let page = browser.get(&format!("/organisations/{of}")).await.text;
        for words in ["north.example", "gold", "Call before noon.", "bo@north.example, bo@northbay.example"] {
            assert!(page.contains(words), "{words}");
        }
        let taken = file::set_domain(app.desk(), &by, OrganisationId(1), "north.example", true).await;
        assert!(matches!(taken, Err(CustomersError::Taken(_))));
        assert!(browser.get("/organisations?tag=gold").await.text.contains("Northbay"));
    })
    .await;
}

#[tokio::test]
async fn contracts_and_options_are_an_administrators() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let of = northbay(app, &ada).await;
        let admin = app.browser();
        admin.log_in("Ada").await;
        let agent = app.logged_in("Ben", Role::Agent).await;
        let hours = "zone Europe/Dublin\nMon-Fri 09:00-17:30";
        let option = [("name", "Premier"), ("channel", "mail"), ("hours", hours), ("first-high", "60")];
        assert_eq!(agent.post("/settings/support-options", &option).await.status, StatusCode::FORBIDDEN);
        assert_eq!(admin.post("/settings/support-options", &option).await.status, StatusCode::SEE_OTHER);
        let wrong = [("name", "Basic"), ("channel", "mail"), ("hours", "Mon-Fri 9-5")];
        let refused = admin.post("/settings/support-options", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("The time zone is missing") && refused.text.contains("Mon-Fri 9-5"));
        let id = store::options(app.desk().db()).await.unwrap()[0].id.to_string();
        let terms = [("option_id", id.as_str()), ("starts_on", "2027-01-01"), ("ends_on", "2027-12-31")];
        let path = format!("/organisations/{of}/contracts");
        assert_eq!(agent.post(&path, &terms).await.status, StatusCode::FORBIDDEN);
        assert_eq!(admin.post(&path, &terms).await.status, StatusCode::SEE_OTHER);
        let page = agent.get(&format!("/organisations/{of}")).await.text;
        assert!(page.contains("Premier until 31 Dec 2027."));
        assert!(!page.contains("Change or renew"));
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_asked_for_in_the_composer_behind_what_is_written() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        northbay(app, &by).await;
        option(app, &by, "Premier").await;
        let case = case_of(app, "No login", "It does not work.").await;
        app.drain().await;
        let browser = app.browser().with("accept", "text/vnd.turbo-stream.html");
        browser.log_in("Ada").await;
        let page = browser.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains("Ask for what is missing") && page.contains("None is known"));
        let parts = browser.post(&format!("/cases/{case}/details"), &[]).await;
        assert_eq!(parts.status, StatusCode::OK);
        assert!(
            parts.text.contains("- Product version\n- Operating system name and version\n- Other information"),
            "{}",
            parts.text
        );
    })
    .await;
}

#[tokio::test]
async fn the_file_is_written_and_read_over_the_api_and_reading_details_is_audited() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let ben = app.viewer("Ben", Role::Agent).await;
        let admin = crate::api::program(app, &ada, Scope::Admin).await;
        let agent = crate::api::program(app, &ben, Scope::Write).await;
        let made = async |who: &Browser, path: &str, body: Value| {
            let answer = who.json(Method::POST, &format!("/api/v1/{path}"), &body).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text);
            answer.json()["id"].as_i64().unwrap()
        };
        let premier = json!({ "name": "Premier", "channels": ["mail"], "hours": "24/7",
            "targets": [{ "priority": "high", "first_response_min": 60, "next_response_min": null }] });
        let refused = agent.json(Method::POST, "/api/v1/support-options", &premier).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let option = made(&admin, "support-options", premier).await;
        let new = json!({ "name": "Northbay", "kind": "customer", "domains": ["northbay.example"] });
        let of = made(&agent, "organisations", new).await;
        let terms = json!({ "option_id": option, "starts_on": "2027-01-01", "ends_on": "2027-12-31", "seats": null,
            "renews_months": null });
        made(&admin, &format!("organisations/{of}/contracts"), terms).await;
        let licence =
            json!({ "product_id": null, "edition": "Enterprise", "key_id": "K1", "seats": 2, "expires_on": null });
        made(&admin, &format!("organisations/{of}/licences"), licence).await;
        let place = json!({ "label": "Main site", "role": "production", "product_id": null });
        let place = made(&agent, &format!("organisations/{of}/installations"), place).await;
        let case = case_of(app, "No login", "We run Debian 12.").await;
        app.drain().await;
        let verdicts = agent.get(&format!("/api/v1/cases/{case}/verdicts")).await.json();
        let contract = verdicts.as_array().unwrap().iter().find(|one| one["kind"] == "contract").unwrap();
        assert_eq!(contract["state"], "covered");
        let entry = app.timeline(case).await[0].id;
        let path = format!("/api/v1/cases/{case}/entries/{entry}/details");
        let read = agent.get(&path).await.json();
        let system = read.as_array().unwrap().iter().find(|one| one["field"] == "os_name").unwrap();
        assert_eq!((&system["value"], &system["sentence"]), (&json!("Debian"), &json!("We run Debian 12.")));
        let accepted = json!({ "installation_id": place, "new_installation": null,
            "values": [{ "field": "os_name", "value": "Debian" }] });
        assert_eq!(agent.json(Method::POST, &path, &accepted).await.status, StatusCode::NO_CONTENT);
        let values = agent.get(&format!("/api/v1/installations/{place}")).await.json();
        assert_eq!(values["values"][0]["source"], "mail");
        let odd = json!([{ "field": "colour", "value": "blue" }]);
        let refused = agent.json(Method::POST, &format!("/api/v1/installations/{place}/values"), &odd).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let reads = q!("SELECT COUNT(*) FROM audit WHERE action = 'customers.details_read' AND agent_id = $1", ben.id);
        let (reads,): (i64,) = app.desk().db().one(reads).await.unwrap();
        assert_eq!(reads, 3, "of the verdicts, of the mail and of the installation");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn what_details_are_kept_for_stands_with_them_on_the_page_over_the_api_and_in_a_sheet() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        let admin = crate::api::program(app, &by, Scope::Admin).await;
        let of = northbay(app, &by).await;
        let place = installation(app, &by, of, "Main site").await;
        let page = app.browser();
        page.log_in("Ada").await;
        let sheet = admin.get("/api/v1/customer-exports/installations").await.text;
        assert!(sheet.lines().next().unwrap().ends_with(",Kept for"), "{sheet}");
        let read = admin.get(&format!("/api/v1/installations/{place}")).await.json();
        for (where_, text) in [
            ("page", page.get(&format!("/installations/{place}")).await.text),
            ("API", read["purpose"].as_str().unwrap().to_owned()),
            ("sheet", sheet),
        ] {
            assert!(text.contains("not shared with any third party and serve only to improve"), "{where_}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_installation_is_called_and_of_which_product_it_is_keeps_its_history_too() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        ferrywell(app, &by).await;
        let of = northbay(app, &by).await;
        let id = installation(app, &by, of, "Main site").await;
        let history = async || {
            let values = store::value_history(app.desk().db(), id).await.unwrap();
            let told = |value: casedesk::customers::FieldValue| format!("{} {}", value.field, value.value);
            values.into_iter().map(told).collect::<Vec<_>>()
        };
        let terms = |label: &str, role, product_id| InstallationTerms { label: label.into(), role, product_id };
        let product_id = store::installation(app.desk().db(), id).await.unwrap().unwrap().terms.product_id;
        let same = terms("Main site", InstallationRole::Production, product_id);
        file::change_installation(app.desk(), &by, id, &same).await.unwrap();
        assert!(history().await.is_empty(), "nothing is other than before");
        app.advance(std::time::Duration::from_mins(5));
        let other = terms("Old site", InstallationRole::Test, None);
        file::change_installation(app.desk(), &by, id, &other).await.unwrap();
        let all = [
            "product ",
            "product Ferrywell Transfer",
            "role test",
            "role production",
            "label Old site",
            "label Main site",
        ];
        assert_eq!(history().await, all);
        let values = store::value_history(app.desk().db(), id).await.unwrap();
        assert_eq!(values[4].agent_name.as_deref(), Some("Ada"));
        assert!(values[5].at < values[4].at, "it was called so from the beginning");
        let sheet = format!("Casedesk id,What they call it,Organisation\n{id},New site,Northbay\n");
        let bytes = sheet.into_bytes().into();
        let report = file::import_file(app.desk(), Some(&by), Sheet::Installations, bytes, vec![]).await.unwrap();
        assert_eq!(report.changed, 1, "{report:?}");
        let newest = store::value_history(app.desk().db(), id).await.unwrap().remove(0);
        assert_eq!((newest.value.as_str(), newest.source), ("New site", FieldSource::Import));
        let now = store::current_values(app.desk().db(), id).await.unwrap();
        assert!(now.iter().all(|value| value.field == "role"), "its name is no detail: {now:?}");
        let page = app.logged_in("Ben", Role::Agent).await.get(&format!("/installations/{id}")).await.text;
        assert!(page.contains("What they call it <span class=\"badge line\">Old site"), "{page}");
        app.drain().await;
    })
    .await;
}
