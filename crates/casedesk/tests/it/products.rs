//! Products: the life-cycle table, releases, roadmap and votes; and that the public pages show nothing internal.
use axum::http::{Method, StatusCode};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, Scope};
use serde_json::{Value, json};

use crate::api::program;
use crate::support::{Answer, Browser, TestApp, on_both, with_settings};

async fn admin(app: &TestApp) -> Browser {
    let ada = app.viewer("Ada", Role::Admin).await;
    program(app, &ada, Scope::Admin).await
}

fn made(answer: &Answer) -> i64 {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["id"].as_i64().unwrap()
}

async fn add(browser: &Browser, path: &str, body: Value) -> i64 {
    made(&browser.json(Method::POST, &format!("/api/v1/products{path}"), &body).await)
}

/// A product of ours with a cycle in each stage, releases and a roadmap.
async fn ferry(browser: &Browser) -> i64 {
    let product =
        add(browser, "", json!({ "name": "Ferrywell Transfer", "kind": "own", "aliases": ["FT", "Ferrywell"] })).await;
    for cycle in [
        json!({ "name": "4.8", "released_on": "2020-01-10", "ends_on": "2025-01-31" }),
        json!({ "name": "5.0", "released_on": "2022-05-01", "support_ends_on": "2024-05-31", "ends_on": "2027-05-31" }),
        json!({ "name": "5.1", "released_on": "2023-05-01", "support_ends_on": "2026-12-31", "ends_on": "2028-12-31" }),
        json!({ "name": "5.9", "released_on": "2026-06-01", "support_ends_on": "2028-06-30", "ends_on": "2030-06-30", "lts": true }),
        json!({ "name": "6.0", "released_on": "2027-09-01" }),
        json!({ "name": "3", "latest": "3.7" }),
    ] {
        add(browser, &format!("/{product}/cycles"), cycle).await;
    }
    for (version, day, channel) in
        [("5.1.3", "2025-01-10", "stable"), ("5.9.2", "2027-02-01", "stable"), ("6.0 beta 1", "2027-02-10", "preview")]
    {
        let release = json!({ "version": version, "released_on": day, "channel": channel, "notes": "**Inner** notes" });
        add(browser, &format!("/{product}/releases"), release).await;
    }
    product
}

async fn organisation(app: &TestApp, name: &str) -> i64 {
    let mut tx = app.desk().db().begin().await.unwrap();
    let kind = casedesk::customers::OrganisationKind::Customer;
    let now = app.desk().now();
    let id = casedesk::customers::actions::add_organisation(&mut tx, name, kind, &[], now).await.unwrap();
    tx.commit().await.unwrap();
    id.0
}

fn stages(list: &Value) -> Vec<(String, String)> {
    let pair = |cycle: &Value| {
        (cycle["name"].as_str().unwrap().to_owned(), cycle["standing"]["stage"].as_str().unwrap().to_owned())
    };
    list.as_array().unwrap().iter().map(pair).collect()
}

#[tokio::test]
async fn a_life_cycle_tells_where_each_version_stands() {
    on_both(async |app| {
        let admin = admin(app).await;
        let product = ferry(&admin).await;
        let list = admin.get(&format!("/api/v1/products/{product}/cycles")).await.json();
        let told: Vec<_> = stages(&list).into_iter().map(|(name, stage)| format!("{name} {stage}")).collect();
        assert_eq!(
            told,
            ["6.0 upcoming", "5.9 supported", "5.1 security_only", "5.0 ending", "4.8 ended", "3 unknown"]
        );
        let about =
            async |version: &str| admin.get(&format!("/api/v1/products/{product}/versions/{version}")).await.json();
        let old = about("v5.1.2%20build%207").await;
        assert_eq!(
            (&old["cycle"], &old["newer_in_cycle"], &old["newer"]),
            (&json!("5.1"), &json!("5.1.3"), &json!("5.9.2"))
        );
        assert_eq!(
            old["standing"]["reason"],
            "Full support ended on 31 December 2026; security fixes come until 31 December 2028."
        );
        assert_eq!(about("5.9.2").await["newer"], Value::Null, "a preview is nothing newer");
        assert_eq!(about("nonsense").await["cycle"], Value::Null);
        let releases = admin.get(&format!("/api/v1/products/{product}/releases")).await.json();
        let order: Vec<_> = releases.as_array().unwrap().iter().map(|one| one["version"].as_str().unwrap()).collect();
        assert_eq!(order, ["6.0 beta 1", "5.9.2", "5.1.3"]);
    })
    .await;
}

#[tokio::test]
async fn the_end_is_near_for_as_many_days_as_the_settings_say() {
    with_settings(&[("PRODUCTS__ENDS_SOON_DAYS", "30")], async |app| {
        let admin = admin(app).await;
        let product = ferry(&admin).await;
        let list = admin.get(&format!("/api/v1/products/{product}/cycles")).await.json();
        assert!(stages(&list).contains(&("5.0".into(), "security_only".into())), "{list}");
        app.advance(std::time::Duration::from_hours(24 * 61));
        let list = admin.get(&format!("/api/v1/products/{product}/cycles")).await.json();
        assert!(stages(&list).contains(&("5.0".into(), "ending".into())), "{list}");
    })
    .await;
}

#[tokio::test]
async fn what_everybody_calls_a_product_belongs_to_one() {
    on_both(async |app| {
        let admin = admin(app).await;
        let product = ferry(&admin).await;
        let db = app.desk().db();
        for name in ["ferrywell  transfer", "ft", "FERRYWELL"] {
            let found = casedesk::products::store::product_by_name(db, name).await.unwrap().unwrap();
            assert_eq!(found.id.0, product, "{name}");
        }
        let again = async |body: Value| {
            let answer = admin.json(Method::POST, "/api/v1/products", &body).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
            answer.json()["detail"].as_str().unwrap().to_owned()
        };
        assert!(again(json!({ "name": "Other", "kind": "own", "aliases": ["Ft"] })).await.contains("“Ft”"));
        assert!(again(json!({ "name": "Ferrywell-Transfer", "kind": "own" })).await.contains("ferrywell-transfer"));
        let path = format!("/api/v1/products/{product}");
        let renamed = json!({ "name": "Ferrywell MFT", "slug": "mft", "kind": "own", "aliases": ["FT"] });
        assert_eq!(admin.json(Method::PUT, &path, &renamed).await.status, StatusCode::NO_CONTENT);
        let shown = admin.get(&path).await.json();
        assert_eq!((&shown["slug"], &shown["aliases"]), (&json!("mft"), &json!(["FT"])));
        assert!(casedesk::products::store::product_by_name(db, "Ferrywell").await.unwrap().is_none());
        add(&admin, "", json!({ "name": "Ferrywell", "kind": "own" })).await;
        let twice = json!({ "name": "5.9", "channel": "x" });
        let cycles = format!("{path}/cycles");
        assert_eq!(admin.json(Method::POST, &cycles, &json!({ "name": " 5.9 " })).await.status, StatusCode::CONFLICT);
        assert_eq!(admin.json(Method::POST, &cycles, &twice).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let release = json!({ "version": "5.9.2", "channel": "stable" });
        let answer = admin.json(Method::POST, &format!("{path}/releases"), &release).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_release_finds_its_cycle_also_when_that_comes_later() {
    on_both(async |app| {
        let admin = admin(app).await;
        let product = ferry(&admin).await;
        let release = json!({ "version": "5.10.1", "released_on": "2027-02-20", "channel": "stable" });
        let id = add(&admin, &format!("/{product}/releases"), release.clone()).await;
        let path = format!("/api/v1/products/{product}/releases/{id}");
        assert_eq!(admin.get(&path).await.json()["cycle_id"], Value::Null);
        let cycle = add(&admin, &format!("/{product}/cycles"), json!({ "name": "5.10" })).await;
        assert_eq!(admin.get(&path).await.json()["cycle_id"], json!(cycle));
        let cycle_path = format!("/api/v1/products/{product}/cycles/{cycle}");
        assert_eq!(admin.body(Method::DELETE, &cycle_path, "", "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&path).await.json()["cycle_id"], Value::Null);
        let other = add(&admin, "", json!({ "name": "Other", "kind": "own" })).await;
        let foreign = add(&admin, &format!("/{other}/cycles"), json!({ "name": "5.10" })).await;
        let mut wrong = release;
        wrong["cycle_id"] = json!(foreign);
        assert_eq!(admin.json(Method::PUT, &path, &wrong).await.status, StatusCode::NOT_FOUND);
        let elsewhere = format!("/api/v1/products/{other}/releases/{id}");
        assert_eq!(admin.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
        assert_eq!(admin.body(Method::DELETE, &elsewhere, "", "").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_import_is_shown_first_and_then_does_just_that() {
    on_both(async |app| {
        let admin = admin(app).await;
        let product = add(&admin, "", json!({ "name": "Ubuntu", "kind": "operating_system" })).await;
        add(&admin, &format!("/{product}/cycles"), json!({ "name": "20.04", "security_ends_on": "2025-05-01" })).await;
        add(&admin, &format!("/{product}/cycles"), json!({ "name": "6.06" })).await;
        let file = json!({ "file": [
            { "cycle": "22.04", "releaseDate": "2022-04-21", "eol": "2027-04-01", "lts": true, "latest": "22.04.5" },
            { "cycle": "20.04", "releaseDate": "2020-04-23", "eol": "2025-05-31", "lts": true },
            { "cycle": "19.10", "eol": "2020-02-30" },
        ]});
        let preview = format!("/api/v1/products/{product}/cycle-import-previews");
        let shown = admin.json(Method::POST, &preview, &file).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        let count = admin.get(&format!("/api/v1/products/{product}/cycles")).await.json().as_array().unwrap().len();
        assert_eq!(count, 2, "a preview changes nothing");
        let import = format!("/api/v1/products/{product}/cycle-imports");
        let taken = admin.json(Method::POST, &import, &file).await;
        assert_eq!(taken.json(), shown.json(), "what was shown is what is done");
        let plan = taken.json();
        assert_eq!((&plan["steps"][0]["fate"], &plan["steps"][1]["fate"]), (&json!("added"), &json!("changed")));
        assert_eq!(plan["bad"][0]["place"], "line 3 (19.10)");
        assert_eq!(plan["untouched"], json!(["6.06"]));
        let cycles = admin.get(&format!("/api/v1/products/{product}/cycles")).await.json();
        let told: Vec<_> = stages(&cycles).into_iter().map(|(name, stage)| format!("{name} {stage}")).collect();
        assert_eq!(told, ["22.04 ending", "20.04 ended", "6.06 unknown"]);
        assert_eq!(cycles[1]["security_ends_on"], "2025-05-01", "what the file does not say stays");
        let events = casedesk::events::latest(app.desk().db()).await.unwrap();
        let again = admin.json(Method::POST, &import, &file).await.json();
        assert_eq!((&again["steps"][0]["fate"], &again["steps"][1]["fate"]), (&json!("left"), &json!("left")));
        assert_eq!(casedesk::events::latest(app.desk().db()).await.unwrap(), events, "nothing to do, nothing told");
    })
    .await;
}

#[tokio::test]
async fn a_hostile_import_is_refused_in_words() {
    on_both(async |app| {
        let admin = app.logged_in("Root", Role::Admin).await;
        let made = admin.post("/settings/products", &[("name", "Java"), ("kind", "runtime")]).await;
        let page = format!("{}/import", made.location());
        let deep = "[".repeat(200_000);
        let huge = format!("[{}]", vec!["{}"; 200_000].join(","));
        let many = format!("[{}]", vec!["{\"cycle\":1}"; 501].join(","));
        for (file, says) in [
            (deep.as_str(), "not JSON"),
            (huge.as_str(), "larger than 512 KB"),
            (many.as_str(), "more than 500 cycles"),
            ("{\"result\":{\"releases\":7}}", "not what endoflife.date gives"),
            ("null", "not what endoflife.date gives"),
            ("", "not JSON"),
        ] {
            for action in ["", "/apply"] {
                let answer = admin.post(&format!("{page}{action}"), &[("file", file)]).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
                assert!(answer.text.contains(says), "{says}");
            }
        }
        let types = r#"[{"cycle":{"a":1}},{"cycle":"8","eol":"2025-02-30"},{"cycle":"<b>9</b>","eol":[]},7,{"cycle":"17","eol":"2029-09-30"}]"#;
        let shown = admin.post(&page, &[("file", types)]).await;
        assert_eq!(shown.status, StatusCode::OK);
        for says in ["1 added, 0 changed, 0 as they are, 4 not taken", "“eol” is “2025-02-30”, which is no day", "line 3 (&#60;b&#62;9"] {
            assert!(shown.text.contains(says), "{says}: {}", shown.text);
        }
        assert!(!shown.text.contains("<b>9</b>"));
        assert_eq!(admin.post(&format!("{page}/apply"), &[("file", types)]).await.location(), made.location());
        let (count,): (i64,) = app.desk().db().one(q!("SELECT COUNT(*) FROM cycles")).await.unwrap();
        assert_eq!(count, 1);
    })
    .await;
}

#[tokio::test]
async fn an_organisation_votes_once_and_may_take_it_back() {
    on_both(async |app| {
        let admin = admin(app).await;
        let product = ferry(&admin).await;
        let item =
            add(&admin, &format!("/{product}/roadmap"), json!({ "title": "Cloud sources", "status": "planned" })).await;
        let (north, south) = (organisation(app, "Northbay").await, organisation(app, "Southbay").await);
        let ben = app.logged_in("Ben", Role::Agent).await;
        let page = format!("/settings/products/{product}/roadmap/{item}");
        for _ in 0..2 {
            let voted = ben.post(&format!("{page}/votes"), &[("organisation", "northbay")]).await;
            assert_eq!(voted.status, StatusCode::SEE_OTHER, "{}", voted.text);
        }
        let votes = format!("/api/v1/products/{product}/roadmap/{item}/votes");
        let put = admin.body(Method::PUT, &format!("{votes}/{south}"), "", "").await;
        assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text);
        assert_eq!(admin.body(Method::PUT, &format!("{votes}/999999"), "", "").await.status, StatusCode::NOT_FOUND);
        let path = format!("/api/v1/products/{product}/roadmap/{item}");
        assert_eq!(admin.get(&path).await.json()["votes"], 2);
        assert_eq!(admin.get(&votes).await.json()[0]["agent"], "Ben");
        let unknown = ben.post(&format!("{page}/votes"), &[("organisation", "<i>Nobody")]).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.text.contains("no organisation called") && !unknown.text.contains("<i>Nobody"));
        ben.post(&format!("{page}/votes/{north}/delete"), &[]).await;
        assert_eq!(admin.get(&votes).await.json()[0]["organisation"], "Southbay");
        assert_eq!(ben.post(&page, &[("title", "x"), ("status", "planned")]).await.status, StatusCode::FORBIDDEN);
        let told: Vec<(String,)> =
            app.desk().db().all(q!("SELECT kind FROM events WHERE topic = 'product' ORDER BY id")).await.unwrap();
        let told: Vec<_> = told.iter().map(|(kind,)| kind.as_str()).collect();
        assert_eq!(told[told.len() - 4..], ["item_added", "voted", "voted", "vote_taken_back"]);
        let log = admin.get("/api/v1/audit").await.text;
        assert!(log.contains("products.voted") && log.contains("products.vote_taken_back"), "{log}");
        assert_eq!(admin.body(Method::DELETE, &path, "", "").await.status, StatusCode::NO_CONTENT, "votes go with it");
    })
    .await;
}

/// Every public address of a product.
fn public_paths(slug: &str) -> Vec<String> {
    let mut paths: Vec<String> =
        ["/life-cycle", "/life-cycle.json", "/roadmap", "/roadmap.json"].map(String::from).into();
    for part in ["life-cycle", "roadmap"] {
        paths.extend(["", ".json", "/feed.atom"].map(|end| format!("/{part}/{slug}{end}")));
    }
    paths
}

#[tokio::test]
async fn the_public_pages_show_nothing_internal() {
    on_both(async |app| {
        let admin = admin(app).await;
        let product = ferry(&admin).await;
        let voter = organisation(app, "SECRET-voter").await;
        let items = format!("/{product}/roadmap");
        let shown = json!({ "title": "Cloud sources", "status": "planned", "public": true, "body": "**Soon**" });
        let shown = add(&admin, &items, shown).await;
        let hidden = json!({ "title": "SECRET-item", "body": "SECRET-body", "status": "planned" });
        add(&admin, &items, hidden).await;
        let vote = format!("/api/v1/products/{product}/roadmap/{shown}/votes/{voter}");
        admin.body(Method::PUT, &vote, "", "").await;
        let notes =
            json!({ "version": "5.9.1", "released_on": "2027-01-05", "channel": "stable", "notes": "SECRET-notes" });
        add(&admin, &format!("/{product}/releases"), notes).await;
        for (version, day, channel) in [("SECRET-1", "2027-01-01", "preview"), ("5.9.7-SECRET", "2027-08-01", "stable")]
        {
            let release = json!({ "version": version, "released_on": day, "channel": channel });
            add(&admin, &format!("/{product}/releases"), release).await;
        }
        for (name, kind) in [("SECRET-os", "operating_system"), ("SECRET-runtime", "runtime"), ("SECRET-old", "own")] {
            let other = add(&admin, "", json!({ "name": name, "kind": kind })).await;
            add(&admin, &format!("/{other}/cycles"), json!({ "name": "SECRET-cycle" })).await;
            let item = json!({ "title": "SECRET-other", "status": "planned", "public": true });
            add(&admin, &format!("/{other}/roadmap"), item).await;
            if kind == "own" {
                let archived = admin.body(Method::PUT, &format!("/api/v1/products/{other}/archival"), "", "").await;
                assert_eq!(archived.status, StatusCode::NO_CONTENT);
            }
            for path in public_paths(&name.to_lowercase()).iter().skip(4) {
                assert_eq!(app.browser().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
        let visitor = app.browser();
        for path in public_paths("ferrywell-transfer") {
            let answer = visitor.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.text.contains("Ferrywell Transfer"), "{path}");
            assert!(!answer.text.to_uppercase().contains("SECRET"), "{path}: {}", answer.text);
            for internal in ["Ada", "agent", "desk.example", "product_id", "organisation_id", "\"id\"", "<script"] {
                assert!(!answer.text.contains(internal), "{path} shows {internal}: {}", answer.text);
            }
            assert!(answer.headers["cache-control"].to_str().unwrap().starts_with("public"), "{path}");
            let tag = answer.headers["etag"].to_str().unwrap();
            let again = app.browser().with("if-none-match", tag).get(&path).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
            let inside = app.browser();
            inside.log_in("Ada").await;
            assert_eq!(inside.get(&path).await.text, answer.text, "{path} is the same for who is logged in");
        }
        let roadmap = visitor.get("/roadmap/ferrywell-transfer.json").await.json();
        assert_eq!(roadmap["items"][0]["votes"], 1);
        let cycles = visitor.get("/life-cycle/ferrywell-transfer.json").await.json();
        assert_eq!(
            (&cycles["cycles"][1]["latest"], &cycles["cycles"][1]["standing"]["stage"]),
            (&json!("5.9.2"), &json!("supported"))
        );
    })
    .await;
}

#[tokio::test]
async fn whatever_is_written_is_shown_as_text() {
    on_both(async |app| {
        let admin = admin(app).await;
        let evil = "<script>alert(1)</script>\"'&]]>\u{202E}\u{1b}";
        let product = add(&admin, "", json!({ "name": evil, "slug": "evil", "kind": "own" })).await;
        add(&admin, &format!("/{product}/cycles"), json!({ "name": evil, "latest": evil })).await;
        let release = json!({ "version": evil, "released_on": "2027-01-01", "channel": "stable", "notes": evil });
        let release = add(&admin, &format!("/{product}/releases"), release).await;
        let item = json!({ "title": evil, "body": evil, "target": evil, "status": "planned", "public": true });
        let item = add(&admin, &format!("/{product}/roadmap"), item).await;
        let link = json!({ "title": "x", "status": "planned", "link": "javascript:alert(1)" });
        let refused = admin.json(Method::POST, &format!("/api/v1/products/{product}/roadmap"), &link).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let inside = app.browser();
        inside.log_in("Ada").await;
        let settings = format!("/settings/products/{product}");
        let mut paths = public_paths("evil");
        paths.retain(|path| !path.ends_with(".json"));
        paths.extend([
            "/settings/products".into(),
            settings.clone(),
            format!("{settings}/edit"),
            format!("{settings}/import"),
        ]);
        paths.extend([format!("{settings}/releases/{release}"), format!("{settings}/roadmap/{item}")]);
        for path in paths {
            let answer = inside.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(!answer.text.contains("<script>alert"), "{path}: {}", answer.text);
            assert!(!answer.text.contains('\u{1b}'), "{path} has a control character");
        }
        let feed = inside.get("/roadmap/evil/feed.atom").await;
        assert_eq!(feed.headers["content-type"], "application/atom+xml; charset=utf-8");
        assert!(feed.text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{}", feed.text);
        for part in ["<id>", "<updated>2027-03-01T09:00:00Z</updated>", "<author><name>", "rel=\"self\"", "<entry>"] {
            assert!(feed.text.contains(part), "{part}: {}", feed.text);
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_keeps_the_table_from_the_settings_and_others_only_read() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let rea = app.logged_in("Rea", Role::ReadOnly).await;
        let made = root
            .post("/settings/products", &[("name", "Ferrywell Transfer"), ("kind", "own"), ("aliases", "FT\r\nFWT")])
            .await;
        let page = made.location().to_owned();
        assert!(rea.get(&page).await.text.contains("Also called FT, FWT."));
        let wrong = [("name", "5.9"), ("released_on", "2025-02-30")];
        let refused = root.post(&format!("{page}/cycles"), &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Released: “2025-02-30” is not a day") && refused.text.contains("value=\"5.9\""));
        let right = [("name", "5.9"), ("released_on", "2026-02-28"), ("ends_on", "2027-03-05"), ("lts", "yes")];
        assert_eq!(root.post(&format!("{page}/cycles"), &right).await.location(), page);
        assert!(rea.get(&page).await.text.contains("ends in 4 days"));
        assert!(app.browser().get("/life-cycle").await.text.contains("ends in 4 days"));
        let release =
            [("version", "5.9.1"), ("channel", "hotfix"), ("released_on", "2026-03-01"), ("notes", "A *fix*")];
        assert_eq!(root.post(&format!("{page}/releases"), &release).await.location(), page);
        assert!(rea.get(&page).await.text.contains("A <em>fix</em>"));
        let item = [("title", "Cloud sources"), ("status", "in_progress"), ("target", "6.0"), ("public", "yes")];
        assert_eq!(root.post(&format!("{page}/roadmap"), &item).await.location(), page);
        assert!(app.browser().get("/roadmap").await.text.contains("Cloud sources"));
        for path in ["/cycles", "/releases", "/roadmap", "", "/archive", "/import"] {
            assert_eq!(rea.post(&format!("{page}{path}"), &right).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["/edit", "/import", "/cycles/new", "/releases/new", "/roadmap/new"] {
            assert_eq!(rea.get(&format!("{page}{path}")).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(root.get(&format!("{page}{path}")).await.status, StatusCode::OK, "{path}");
            let login = app.browser().get(&format!("{page}{path}")).await;
            assert!(login.location().starts_with("/login"), "{path}");
        }
        root.post(&format!("{page}/archive"), &[]).await;
        assert!(!app.browser().get("/life-cycle").await.text.contains("Ferrywell"));
        root.post(&format!("{page}/restore"), &[]).await;
        assert!(app.browser().get("/life-cycle").await.text.contains("Ferrywell"));
    })
    .await;
}
