//! The public page of support options, its JSON and its feed.
use axum::http::{Method, StatusCode};
use casedesk::staff::{Role, Scope};
use serde_json::{Value, json};

use crate::api::program;
use crate::file;
use crate::support::{Browser, TestApp, on_both};

const PATHS: [&str; 3] = ["/support-options", "/support-options.json", "/support-options/feed.atom"];

async fn admin(app: &TestApp) -> Browser {
    let ada = app.viewer("Ada", Role::Admin).await;
    program(app, &ada, Scope::Admin).await
}

fn premier(name: &str) -> Value {
    json!({
        "name": name, "channels": ["mail", "phone"], "covers": "All supported releases.\nUpgrades.",
        "hours": "zone Europe/Dublin\nMon-Fri 09:00-17:30\n*-12-25 closed Christmas Day\n2027-01-01 closed Past",
        "targets": [{ "priority": "critical", "first_response_min": 60, "next_response_min": null, "resolve_min": 510 }],
    })
}

async fn add(admin: &Browser, terms: &Value) -> i64 {
    let made = admin.json(Method::POST, "/api/v1/support-options", terms).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_i64().unwrap()
}

async fn set(admin: &Browser, method: Method, id: i64, what: &str) {
    let done = admin.body(method, &format!("/api/v1/support-options/{id}/{what}"), "", "").await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
}

#[tokio::test]
async fn the_public_page_of_support_options_shows_what_is_public_and_on_sale_alone() {
    on_both(async |app| {
        let admin = admin(app).await;
        let visitor = app.browser();
        add(&admin, &premier("SECRET inside")).await;
        assert!(!visitor.get("/support/new").await.text.contains("/support-options"), "there is nothing to read yet");
        for path in PATHS {
            let answer = visitor.get(path).await;
            assert_eq!((answer.status, answer.text.contains("SECRET")), (StatusCode::OK, false), "{path}");
        }
        assert!(visitor.get("/support-options").await.text.contains("No support option has been published"));
        let shown = add(&admin, &premier("Premier")).await;
        set(&admin, Method::PUT, shown, "public").await;
        set(&admin, Method::PUT, shown, "default").await;
        let over = add(&admin, &premier("SECRET over")).await;
        set(&admin, Method::PUT, over, "public").await;
        set(&admin, Method::PUT, over, "archive").await;
        let viewer = app.viewer("Bea", Role::Admin).await;
        let organisation = file::northbay(app, &viewer).await;
        file::contract(app, &viewer, organisation, "2027-01-01", "2027-12-31").await;
        for path in PATHS {
            let answer = visitor.get(path).await;
            assert!(answer.text.contains("Premier") && answer.text.contains("All supported releases."), "{path}");
            for internal in
                ["SECRET", "Northbay", "Ada", "agent", "is_default", "is_public", "\"id\"", "<script", "archived"]
            {
                assert!(!answer.text.contains(internal), "{path} shows {internal}: {}", answer.text);
            }
            assert!(answer.headers["cache-control"].to_str().unwrap().starts_with("public"), "{path}");
            let tag = answer.headers["etag"].to_str().unwrap();
            let again = app.browser().with("if-none-match", tag).get(path).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
            let inside = app.browser();
            inside.log_in("Ada").await;
            assert_eq!(inside.get(path).await.text, answer.text, "{path} is the same for who is logged in");
        }
        let page = visitor.get("/support-options").await.text;
        for words in [
            "Monday to Friday: 09:00 to 17:30",
            "Dublin (Europe/Dublin)",
            "25 December, every year: closed",
            "8 hours 30 minutes",
            "telephone",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("Past"), "a holiday that is over is not told");
        let json = visitor.get("/support-options.json").await.json();
        assert_eq!(json["support_options"][0]["targets"][0]["first_response_min"], 60);
        assert_eq!(json["support_options"].as_array().unwrap().len(), 1);
        let feed = visitor.get("/support-options/feed.atom").await;
        assert_eq!(feed.headers["content-type"], "application/atom+xml; charset=utf-8");
        assert!(feed.text.contains("<updated>2027-03-01T09:00:00Z</updated>"), "{}", feed.text);
        assert!(visitor.get("/support/new").await.text.contains("href=\"/support-options\""));
        assert!(visitor.get("/roadmap").await.text.contains("href=\"/support-options\""));
        set(&admin, Method::DELETE, shown, "public").await;
        for path in PATHS {
            assert!(!visitor.get(path).await.text.contains("Premier"), "{path}");
        }
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_makes_a_support_option_public_and_the_log_says_so() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let admin = admin(app).await;
        let evil = "<script>alert(1)</script>\"'&]]>\u{1b}";
        let id = add(&admin, &json!({ "name": evil, "channels": ["mail"], "hours": "24/7", "covers": evil })).await;
        let settings = format!("/settings/support-options/{id}");
        assert_eq!(ben.post(&format!("{settings}/public"), &[]).await.status, StatusCode::FORBIDDEN);
        assert!(root.get(&settings).await.text.contains("Show it on the public page"));
        assert_eq!(root.post(&format!("{settings}/public"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(root.get(&settings).await.text.contains("Take it off the public page"));
        assert_eq!(admin.get(&format!("/api/v1/support-options/{id}")).await.json()["is_public"], true);
        for path in ["/support-options", "/support-options/feed.atom"] {
            let text = app.browser().get(path).await.text;
            assert!(text.contains("alert(1)") && !text.contains("<script>alert"), "{path}: {text}");
            assert!(
                !path.ends_with("atom") || !text.contains('\u{1b}'),
                "no reader of feeds takes a control character"
            );
        }
        assert_eq!(root.post(&format!("{settings}/not-public"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!app.browser().get("/support-options").await.text.contains("alert(1)"));
        let log = admin.get("/api/v1/audit").await.text;
        assert!(log.contains("customers.option_published") && log.contains("customers.option_unpublished"), "{log}");
        app.drain().await;
    })
    .await;
}
