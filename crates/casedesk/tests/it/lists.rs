//! What agents do with many cases at once, and how they find their way: joint changes, saved views, the palette.
use axum::http::{Method, StatusCode};
use casedesk::cases::{CaseId, CaseState, store};
use casedesk::q;
use casedesk::staff::{Role, Scope};
use serde_json::json;

use crate::api::program;
use crate::support::{Browser, Letter, TestApp, on_both};

const STREAMS: &str = "text/vnd.turbo-stream.html, text/html";

async fn three(app: &TestApp) -> [CaseId; 3] {
    let mut cases = Vec::new();
    for (name, subject) in [("Anna", "Login"), ("Bert", "Transfer stops"), ("Cleo", "Certificate")] {
        let from = format!("{name} <{}@{}.example>", name.to_lowercase(), name.to_lowercase());
        cases.push(app.case_of(&Letter::new(&from, subject, "It does not work.")).await);
    }
    app.forget_jobs("mail.acknowledge").await;
    cases.try_into().unwrap()
}

async fn loaded(app: &TestApp, id: CaseId) -> store::Case {
    store::visible_case(app.desk().db(), id, &[]).await.unwrap().unwrap()
}

/// Does one thing with these cases, and what the page is told of it.
async fn joint(browser: &Browser, what: &str, cases: &[CaseId], more: &[(&str, &str)]) -> String {
    let ids: Vec<String> = cases.iter().map(ToString::to_string).collect();
    let mut fields = vec![("do", what), ("view", "open")];
    fields.extend(ids.iter().map(|id| ("case", id.as_str())));
    fields.extend(more);
    let answer = browser.post("/cases/joint", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text);
    answer.text
}

#[tokio::test]
async fn every_joint_change_reaches_every_case_that_was_picked() {
    on_both(async |app| {
        let [one, two, three] = three(app).await;
        let both = [one, two];
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        let ada = app.agent("Ada", Role::Agent).await;
        assert!(joint(&ben, "assign:me", &both, &[]).await.contains("2 cases are yours"));
        assert!(joint(&ben, "assign:me", &both, &[]).await.contains("Nothing changed"));
        assert!(joint(&ben, &format!("assign:{ada}"), &both, &[]).await.contains("another assignee"));
        joint(&ben, "priority:critical", &both, &[]).await;
        joint(&ben, "kind:question", &both, &[]).await;
        joint(&ben, "team:2", &both, &[]).await;
        joint(&ben, "tag", &both, &[("tag", "Release-8")]).await;
        for id in both {
            let case = loaded(app, id).await;
            let seen = (case.assignee_id, case.priority.as_str(), case.kind.as_str(), case.team_id.map(|team| team.0));
            assert_eq!(seen, (Some(ada), "critical", "question", Some(2)));
            assert_eq!(store::tags(app.desk().db(), id).await.unwrap(), ["release-8"]);
        }
        assert_ne!(loaded(app, three).await.priority.as_str(), "critical");
        joint(&ben, "assign:nobody", &both, &[]).await;
        joint(&ben, "untag", &both, &[("tag", "release-8")]).await;
        assert_eq!(loaded(app, one).await.assignee_id, None);
        assert!(store::tags(app.desk().db(), two).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_joint_change_of_state_can_be_taken_back_for_those_that_it_changed() {
    on_both(async |app| {
        let [one, two, three] = three(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        joint(&ben, "solve", &[three], &[]).await;
        let told = joint(&ben, "solve", &[one, two, three], &[]).await;
        assert!(told.contains("2 cases are solved") && told.contains("action=\"/cases/joint\""), "{told}");
        assert!(told.contains(&format!("name=\"case\" value=\"{one}\"")));
        assert!(!told.contains(&format!("name=\"case\" value=\"{three}\"")), "it was solved before");
        joint(&ben, "reopen", &[one, two], &[]).await;
        assert_eq!(loaded(app, one).await.state, CaseState::Open);
        joint(&ben, "wait:customer", &[one], &[]).await;
        assert_eq!(loaded(app, one).await.state, CaseState::Waiting);
        joint(&ben, "wait:date", &[one], &[("until", "2190-01-02")]).await;
        assert!(loaded(app, one).await.wake_at.is_some());
        joint(&ben, "close", &[one, two], &[]).await;
        assert_eq!(loaded(app, two).await.state, CaseState::Closed);
    })
    .await;
}

#[tokio::test]
async fn a_joint_merge_goes_into_the_oldest_case() {
    on_both(async |app| {
        let [one, two, three] = three(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        let told = joint(&ben, "merge", &[three, one, two], &[]).await;
        assert!(told.contains(&format!("3 cases go on as CD-{one}")), "{told}");
        for id in [two, three] {
            assert_eq!(loaded(app, id).await.merged_into, Some(one));
        }
    })
    .await;
}

#[tokio::test]
async fn a_joint_change_that_says_nothing_sensible_changes_nothing() {
    on_both(async |app| {
        let [one, two, _] = three(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        let id = one.to_string();
        for what in ["", "burn", "priority:purple", "team:first", "assign:0x", "wait:nobody", "wait:date", "tag"] {
            let answer = ben.post("/cases/joint", &[("do", what), ("case", &id)]).await;
            assert!(answer.status.is_client_error(), "{what}: {} {}", answer.status, answer.text);
        }
        assert!(ben.post("/cases/joint", &[("do", "solve")]).await.status.is_client_error(), "no case at all");
        assert_eq!(loaded(app, one).await.state, CaseState::New);

        let cara = app.viewer("Cara", Role::Agent).await;
        let program = program(app, &cara, Scope::Write).await;
        let cases = json!([one, two]);
        for bad in [json!({}), json!({ "tag": "a", "untag": "b" }), json!({ "merge": true, "tag": "a" })] {
            let mut body = bad.clone();
            body["cases"] = cases.clone();
            let answer = program.json(Method::POST, "/api/v1/joint-changes", &body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}: {}", answer.text);
        }
        let body = json!({ "cases": cases, "tag": "urgent" });
        let answer = program.json(Method::POST, "/api/v1/joint-changes", &body).await;
        assert_eq!(answer.json(), json!({ "changed": 2 }));
        let body = json!({ "cases": cases, "merge": true });
        let answer = program.json(Method::POST, "/api/v1/joint-changes", &body).await;
        assert_eq!(answer.json(), json!({ "changed": 1 }));
    })
    .await;
}

#[tokio::test]
async fn a_view_for_all_is_in_everybodys_rail_and_only_its_maker_removes_it() {
    on_both(async |app| {
        let ben = app.logged_in("Ben", Role::Agent).await;
        let ada = app.logged_in("Ada", Role::Agent).await;
        let kept = ben.post("/views", &[("name", "Ours"), ("query", "tag:sftp"), ("shared", "true")]).await;
        let own = ben.post("/views", &[("name", "Just mine"), ("query", "tag:ftps")]).await;
        let (shared, own) = (kept.location().to_owned(), own.location().to_owned());
        let rail = ada.get("/rail").await.text;
        assert!(rail.contains("Ours") && !rail.contains("Just mine"), "{rail}");
        assert_eq!(ada.get(&own).await.status, StatusCode::NOT_FOUND);
        let removal = format!("{shared}/delete");
        assert!(ben.get(&shared).await.text.contains(&removal));
        assert!(!ada.get(&shared).await.text.contains(&removal));
        assert_eq!(ada.post(&removal, &[]).await.status, StatusCode::NOT_FOUND);
        assert!(ada.get("/rail").await.text.contains("Ours"));
        ben.post(&removal, &[]).await;
        assert!(!ada.get("/rail").await.text.contains("Ours"));
    })
    .await;
}

#[tokio::test]
async fn the_palette_finds_organisations_views_settings_and_templates() {
    on_both(async |app| {
        let admin = app.logged_in("Ada", Role::Admin).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        ben.post("/views", &[("name", "Blue ones"), ("query", "tag:blue")]).await;
        ben.post("/settings/templates", &[("name", "Blue screen"), ("body", "Please restart.")]).await;
        admin.post("/organisations", &[("name", "Blue Harbour"), ("kind", "customer")]).await;
        let found = ben.get("/palette?q=blue").await.text;
        for what in
            ["Blue ones", "Blue screen", "Blue Harbour", "/organisations/", "/settings/templates/", "/views/saved-"]
        {
            assert!(found.contains(what), "{what}: {found}");
        }
        assert!(ben.get("/palette?q=all+cases").await.text.contains("href=\"/views/all\""));
        assert!(!admin.get("/palette?q=blue").await.text.contains("Blue ones"), "a view of somebody else");
        assert!(admin.get("/palette?q=webh").await.text.contains("href=\"/settings/webhooks\""));
        assert!(!ben.get("/palette?q=webh").await.text.contains("/settings/webhooks"), "an agent may not open it");
        assert!(ben.get("/palette?q=zzzz").await.text.contains("Nothing here has “zzzz”"));
    })
    .await;
}

#[tokio::test]
async fn a_template_keeps_its_place_under_a_new_name_and_takes_nobody_elses() {
    on_both(async |app| {
        let ben = app.logged_in("Ben", Role::Agent).await;
        for name in ["Greeting", "Farewell"] {
            ben.post("/settings/templates", &[("name", name), ("body", "Words.")]).await;
        }
        let all = async || store::templates(app.desk().db()).await.unwrap();
        let id = all().await.into_iter().find(|one| one.name == "Greeting").unwrap().id;
        let page = format!("/settings/templates/{id}");
        let renamed = ben.post(&page, &[("name", "Welcome"), ("body", "Other words.")]).await;
        assert_eq!(renamed.status, StatusCode::SEE_OTHER, "{}", renamed.text);
        let names: Vec<_> = all().await.into_iter().map(|one| (one.name, one.body)).collect();
        let pair = |name: &str, body: &str| (name.to_owned(), body.to_owned());
        assert_eq!(names, [pair("Farewell", "Words."), pair("Welcome", "Other words.")]);
        let taken = ben.post(&page, &[("name", "Farewell"), ("body", "Mine.")]).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.text.contains(&format!("action=\"{page}\"")) && taken.text.contains("Mine."), "{}", taken.text);
        assert_eq!(ben.post("/settings/templates/987654", &[("name", "x"), ("body", "y")]).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_contact_with_a_tag_is_found_among_however_many_of_that_name() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let program = program(app, &ada, Scope::Admin).await;
        let oldest = app.case_of(&Letter::new("Anna <anna@first.example>", "Login", "It fails.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let contact = loaded(app, oldest).await.contact_id.unwrap();
        let tag = format!("/api/v1/contacts/{contact}/tags/vip");
        let told = program.json(Method::PUT, &tag, &json!({})).await;
        assert!(told.status.is_success(), "{} {}", told.status, told.text);
        let mut tx = app.desk().db().begin().await.unwrap();
        for at in 0..201 {
            let id =
                tx.insert(q!("INSERT INTO contacts (name, created_at) VALUES ('Anna', 0) RETURNING id")).await.unwrap();
            let address = format!("anna{at}@many.example");
            let insert = q!("INSERT INTO contact_addresses (address, contact_id) VALUES ($1, $2)", address, id);
            tx.exec(insert).await.unwrap();
        }
        tx.commit().await.unwrap();
        let found = program.get("/api/v1/contacts?q=anna&tag=vip").await;
        assert!(found.text.contains("anna@first.example"), "{}", found.text);
        assert!(!found.text.contains("many.example"), "{}", found.text);
    })
    .await;
}

#[tokio::test]
async fn a_link_between_cases_is_removed_where_it_is_shown() {
    on_both(async |app| {
        let [one, two, _] = three(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let other = format!("CD-{two}");
        let links = format!("/cases/{one}/links");
        ben.post(&links, &[("other", &other), ("kind", "related")]).await;
        let page = ben.get(&format!("/cases/{one}")).await.text;
        assert!(page.contains(&format!("Remove the link to {other}")), "{page}");
        ben.post(&links, &[("other", &other)]).await;
        assert!(!ben.get(&format!("/cases/{one}")).await.text.contains("Remove the link"));
    })
    .await;
}
