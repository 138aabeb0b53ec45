//! Agents, sessions, roles and what keeps strangers out.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{AgentId, Role, Scope, TeamId, store};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, PASSWORD, TestApp, on_both, with_settings};

const HOUR: Duration = Duration::from_hours(1);
const NEW_PASSWORD: &str = "four grey geese fly";

async fn is_in(browser: &Browser) -> bool {
    let answer = browser.get("/settings/profile").await;
    assert!(answer.status == StatusCode::OK || answer.status == StatusCode::SEE_OTHER, "{}", answer.text);
    answer.status == StatusCode::OK
}

async fn log_in(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.post("/login", &[("email", email), ("password", password)]).await
}

/// The code that an authenticator with this secret shows now.
fn code(app: &TestApp, secret: &str) -> String {
    let secret = totp_rs::Secret::Encoded(secret.into()).to_bytes().unwrap();
    let totp = totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 0, 30, secret).unwrap();
    totp.generate(u64::try_from(app.desk().now().seconds()).unwrap())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

fn secret_of(page: &Answer) -> String {
    between(&page.text, "Key: <code>", "</code>").replace(' ', "")
}

/// Sets up a second factor; its secret and the recovery codes.
async fn enrol(app: &TestApp, browser: &Browser, path: &str) -> (String, Vec<String>) {
    enrol_with(app, browser, path, PASSWORD).await
}

async fn enrol_with(app: &TestApp, browser: &Browser, path: &str, password: &str) -> (String, Vec<String>) {
    let secret = secret_of(&browser.get(path).await);
    let done = browser.post(path, &[("code", &code(app, &secret)), ("password", password)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(app.mails().await.pop().unwrap().text.contains("a second factor was set up"));
    let codes = done.text.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (secret, codes)
}

/// A token of this scope for whoever is logged in.
async fn token(browser: &Browser, scope: Scope) -> String {
    let made = browser.json(Method::POST, "/api/v1/me/tokens", &json!({"name": "test", "scope": scope})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["token"].as_str().unwrap().to_owned()
}

async fn events(app: &TestApp, agent: AgentId, kind: &str) -> i64 {
    let query = q!("SELECT COUNT(*) FROM events WHERE topic = 'agent' AND subject = $1 AND kind = $2", agent, kind);
    let (count,): (i64,) = app.desk().db().one(query).await.unwrap();
    count
}

// The first administrator

#[tokio::test]
async fn the_printed_link_makes_the_first_administrator_and_nobody_else() {
    on_both(async |app| {
        let link = casedesk::staff::actions::setup_link(app.desk()).await.unwrap().unwrap();
        let path = link.strip_prefix(&app.desk().link("")).unwrap();
        let ann = app.browser();
        assert_eq!(ann.get(&path.replace("/setup/", "/setup/0")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ann.get(path).await.status, StatusCode::OK);
        let form = |password| [("name", "Ann"), ("email", "Ann@Desk.Example"), ("password", password)];
        let weak = ann.post(path, &form("password1")).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(weak.text.contains("value=\"Ann\""), "what was typed is kept: {}", weak.text);
        assert_eq!(ann.post(path, &form(PASSWORD)).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ann.get("/settings/agents").await.status, StatusCode::OK);
        let agent = store::by_email(app.desk().db(), "ann@desk.example").await.unwrap().unwrap();
        assert_eq!(agent.role, Role::Admin);

        let second = app.browser();
        assert_eq!(second.get(path).await.status, StatusCode::NOT_FOUND);
        let form = [("name", "Eve"), ("email", "eve@evil.example"), ("password", NEW_PASSWORD)];
        assert_eq!(second.post(path, &form).await.status, StatusCode::NOT_FOUND);
        assert!(casedesk::staff::actions::setup_link(app.desk()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn guessing_the_setup_link_is_throttled() {
    on_both(async |app| {
        let eve = app.browser();
        for _ in 0..10 {
            assert_eq!(eve.get("/setup/guess").await.status, StatusCode::NOT_FOUND);
        }
        let refused = eve.get("/setup/guess").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after"));
        let link = casedesk::staff::actions::setup_link(app.desk()).await.unwrap().unwrap();
        let path = link.strip_prefix(&app.desk().link("")).unwrap();
        assert_eq!(eve.get(path).await.status, StatusCode::OK, "the right one still works");
    })
    .await;
}

// Logging in

#[tokio::test]
async fn the_right_password_lets_in_and_the_way_out_ends_the_session() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        assert!(is_in(&ann).await);
        let id = ann.cookie("casedesk").unwrap();
        let out = ann.post("/logout", &[]).await;
        assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/login"));
        assert!(ann.cookie("casedesk").is_none());
        ann.set_cookie("casedesk", &id);
        assert!(!is_in(&ann).await, "the id is worth nothing any more");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_sent_to_the_login_and_back() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let ann = app.browser();
        let sent = ann.get("/settings/sessions?x=1").await;
        assert_eq!(sent.location(), "/login?next=%2Fsettings%2Fsessions%3Fx%3D1");
        let form = [("email", "ann@desk.example"), ("password", PASSWORD), ("next", "/settings/sessions?x=1")];
        let entered = ann.post("/login", &form).await;
        let on = ann.get(entered.location()).await;
        assert_eq!(on.location(), "/settings/sessions?x=1");
        for evil in ["//evil.example", "https://evil.example", "/\\evil.example"] {
            let on = ann.get(&format!("/login?next={evil}")).await;
            assert_eq!(on.location(), "/", "{evil}");
        }
        let api = app.browser().get("/api/v1/me").await;
        assert_eq!(api.status, StatusCode::UNAUTHORIZED);
        assert_eq!(api.headers["content-type"], "application/problem+json");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_a_disabled_and_an_invited_address_are_answered_as_a_wrong_password() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let admin = app.logged_in("Root", Role::Admin).await;
        let gone = app.agent("Dan", Role::Agent).await;
        admin.post(&format!("/settings/agents/{gone}/disable"), &[]).await;
        admin.post("/settings/agents", &[("name", "Ida"), ("email", "ida@desk.example"), ("role", "agent")]).await;
        app.mails().await;
        let mut seen = Vec::new();
        for name in ["ann", "dan", "ida", "eve"] {
            let email = format!("{name}@desk.example");
            let browser = app.browser();
            let answer = log_in(&browser, &email, "not the password").await;
            assert!(browser.cookie("casedesk").is_none());
            seen.push((answer.status, answer.text.replace(&email, "E"), answer.headers.len()));
        }
        assert_eq!(seen[0].0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen[0].1.contains("Address and password do not match."));
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
        let answer = log_in(&app.browser(), "dan@desk.example", PASSWORD).await;
        assert_eq!(answer.text.replace("dan@desk.example", "E"), seen[0].1, "the right password says no more");
    })
    .await;
}

#[tokio::test]
async fn the_session_id_is_new_at_login_whatever_the_browser_brought() {
    on_both(async |app| {
        let planted = app.logged_in("Eve", Role::Agent).await.cookie("casedesk").unwrap();
        app.agent("Ann", Role::Admin).await;
        let ann = app.browser();
        ann.set_cookie("casedesk", &planted);
        ann.log_in("Ann").await;
        assert_ne!(ann.cookie("casedesk").unwrap(), planted);
        let eve = app.browser();
        eve.set_cookie("casedesk", &planted);
        assert!(!is_in(&eve).await, "the planted id ended");
        eve.set_cookie("casedesk", "made-up");
        assert!(!is_in(&eve).await, "a made-up id is never taken on");
    })
    .await;
}

#[tokio::test]
async fn cookies_are_for_this_host_and_not_for_scripts() {
    let https = [("SERVER__PUBLIC_URL", "https://desk.example")];
    with_settings(&https, async |app| {
        app.agent("Ann", Role::Agent).await;
        let answer = log_in(&app.browser(), "ann@desk.example", PASSWORD).await;
        let flags = answer.cookie_flags("__Host-casedesk").unwrap();
        assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure");
        assert!(answer.cookie_flags("__Host-casedesk-device").unwrap().contains("HttpOnly"));
        assert_eq!(answer.headers["cache-control"], "no-store");
    })
    .await;
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let answer = log_in(&app.browser(), "ann@desk.example", PASSWORD).await;
        let flags = answer.cookie_flags("casedesk").unwrap();
        assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_it_idles_and_when_it_is_old() {
    let short = [("LOGIN__IDLE_H", "2"), ("LOGIN__LONGEST_H", "5")];
    with_settings(&short, async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        for _ in 0..4 {
            app.advance(HOUR);
            assert!(is_in(&ann).await, "used within two hours");
        }
        app.advance(HOUR);
        assert!(!is_in(&ann).await, "five hours are the most");
        ann.log_in("Ann").await;
        app.advance(2 * HOUR);
        assert!(!is_in(&ann).await, "two hours without use");
    })
    .await;
}

// Throttles

#[tokio::test]
async fn guessing_one_account_is_throttled_wherever_it_comes_from() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        app.agent("Bob", Role::Agent).await;
        for i in 0..10 {
            let eve = app.browser().at(&format!("203.0.113.{i}"));
            let answer = log_in(&eve, "ann@desk.example", "not the password").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let eve = app.browser().at("203.0.113.99");
        let refused = log_in(&eve, "ANN@desk.example ", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "also with the right password");
        assert_eq!(refused.headers["retry-after"], "301");
        assert!(is_in(&ann).await, "sessions go on");
        ann.post("/logout", &[]).await;
        ann.log_in("Ann").await;
        log_in(&app.browser(), "bob@desk.example", PASSWORD).await;
        app.advance(Duration::from_mins(6));
        assert_eq!(log_in(&eve, "ann@desk.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_account_is_throttled_as_a_known_one() {
    on_both(async |app| {
        for i in 0..10 {
            let eve = app.browser().at(&format!("203.0.113.{i}"));
            log_in(&eve, "nobody@desk.example", "not the password").await;
        }
        let refused = log_in(&app.browser(), "nobody@desk.example", "not the password").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn trying_many_accounts_from_one_place_is_throttled_and_other_places_go_on() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let eve = app.browser().at("203.0.113.5").with("x-forwarded-for", "198.51.100.7");
        for i in 0..30 {
            let answer = log_in(&eve, &format!("a{i}@desk.example"), "not the password").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let eve = eve.with("x-forwarded-for", "198.51.100.8");
        let refused = log_in(&eve, "ann@desk.example", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "what it says of itself does not count");
        let ann = app.browser().at("203.0.113.6");
        assert_eq!(log_in(&ann, "ann@desk.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_is_counted_by_itself() {
    let proxy = [("SERVER__TRUSTED_PROXIES", "192.0.2.10")];
    with_settings(&proxy, async |app| {
        app.agent("Ann", Role::Agent).await;
        let eve = app.browser().with("x-forwarded-for", "10.0.0.1, 198.51.100.7");
        for i in 0..30 {
            log_in(&eve, &format!("a{i}@desk.example"), "not the password").await;
        }
        assert_eq!(log_in(&eve, "b@desk.example", "no").await.status, StatusCode::TOO_MANY_REQUESTS);
        let ann = app.browser().with("x-forwarded-for", "198.51.100.8");
        assert_eq!(log_in(&ann, "ann@desk.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn logging_in_rightly_uses_up_no_tries() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        for _ in 0..12 {
            assert_eq!(log_in(&app.browser(), "ann@desk.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
        }
    })
    .await;
}

// Sessions, roles and what ends them

#[tokio::test]
async fn own_sessions_are_listed_and_ended_one_by_one_or_all() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let (second, third) = (app.browser().at("203.0.113.77"), app.browser());
        second.log_in("Ann").await;
        third.log_in("Ann").await;
        let listed = ann.get("/api/v1/me/sessions").await.json();
        assert_eq!(listed.as_array().unwrap().len(), 3);
        let is_second = |one: &&Value| one["ip"] == "203.0.113.77";
        let handle = listed.as_array().unwrap().iter().find(is_second).unwrap()["handle"].clone();
        ann.post(&format!("/settings/sessions/{}/end", handle.as_str().unwrap()), &[]).await;
        assert_eq!((is_in(&second).await, is_in(&third).await), (false, true));
        ann.post("/settings/sessions/end", &[]).await;
        assert_eq!((is_in(&ann).await, is_in(&third).await), (true, false));

        let eve = app.logged_in("Eve", Role::Agent).await;
        let listed = ann.get("/api/v1/me/sessions").await.json();
        let handle = listed[0]["handle"].as_str().unwrap();
        eve.post(&format!("/settings/sessions/{handle}/end"), &[]).await;
        assert!(is_in(&ann).await, "nobody ends another's session");
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_at_once() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let id = store::by_email(app.desk().db(), "ann@desk.example").await.unwrap().unwrap().id;
        let other = app.browser();
        other.log_in("Ann").await;
        let change = async |old, new| ann.post("/settings/password", &[("old", old), ("new", new)]).await;
        assert_eq!(change("not it at all", NEW_PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        for weak in ["short", "password123", "ann@desk.example", "casedesk2027"] {
            assert_eq!(change(PASSWORD, weak).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        }
        assert!(is_in(&other).await);
        let told = events(app, id, "access_changed").await;
        assert_eq!(change(PASSWORD, NEW_PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!((is_in(&ann).await, is_in(&other).await), (true, false));
        assert_eq!(events(app, id, "access_changed").await, told + 1, "open pages are told");
        assert_eq!(log_in(&other, "ann@desk.example", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(log_in(&other, "ann@desk.example", NEW_PASSWORD).await.status, StatusCode::SEE_OTHER);
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_role_ends_the_sessions_at_once() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.logged_in("Ann", Role::Admin).await;
        let id = store::by_email(app.desk().db(), "ann@desk.example").await.unwrap().unwrap().id;
        assert_eq!(ann.get("/settings/audit").await.status, StatusCode::OK);
        let changed = root.json(Method::PATCH, &format!("/api/v1/agents/{id}"), &json!({"role": "agent"})).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
        assert!(!is_in(&ann).await);
        assert!(events(app, id, "access_changed").await > 0);
        ann.log_in("Ann").await;
        assert_eq!(ann.get("/settings/audit").await.status, StatusCode::FORBIDDEN);
        root.json(Method::PATCH, &format!("/api/v1/agents/{id}"), &json!({"role": "admin"})).await;
        assert_eq!(ann.get("/settings/audit").await.status, StatusCode::OK, "a new right is there at once");
    })
    .await;
}

#[tokio::test]
async fn disabling_ends_sessions_tokens_and_links_at_once_and_for_good() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.logged_in("Ann", Role::Agent).await;
        let id = store::by_email(app.desk().db(), "ann@desk.example").await.unwrap().unwrap().id;
        let program = app.program(&token(&ann, Scope::Write).await);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
        ann.post("/reset", &[("email", "ann@desk.example")]).await;
        let link = app.mails().await[0].link(app);

        assert_eq!(root.post(&format!("/settings/agents/{id}/disable"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!is_in(&ann).await);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(log_in(&ann, "ann@desk.example", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        ann.post("/reset", &[("email", "ann@desk.example")]).await;
        assert!(app.mails().await.is_empty(), "no link for somebody who was shut out");

        root.post(&format!("/settings/agents/{id}/enable"), &[]).await;
        assert!(!is_in(&ann).await, "old sessions do not come back");
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "nor do tokens");
        ann.log_in("Ann").await;
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let id = store::by_email(app.desk().db(), "root@desk.example").await.unwrap().unwrap().id;
        let path = format!("/api/v1/agents/{id}");
        for change in [json!({"role": "agent"}), json!({"disabled": true})] {
            assert_eq!(root.json(Method::PATCH, &path, &change).await.status, StatusCode::CONFLICT);
        }
        assert_eq!(root.get("/settings/agents").await.status, StatusCode::OK);
        app.agent("Ann", Role::Admin).await;
        assert_eq!(root.json(Method::PATCH, &path, &json!({"role": "agent"})).await.status, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn a_changed_team_changes_what_is_seen_at_once() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.logged_in("Ann", Role::Agent).await;
        let id = store::by_email(app.desk().db(), "ann@desk.example").await.unwrap().unwrap().id;
        let seen = async || ann.get("/api/v1/teams").await.json().as_array().unwrap().len();
        let mine = async || ann.get("/api/v1/me").await.json()["teams"].clone();
        assert_eq!((seen().await, mine().await), (3, json!([])), "Support, Sales, Engineering");
        let closed = json!({"name": "Sales", "members_only": true});
        root.json(Method::PUT, "/api/v1/teams/2", &closed).await;
        assert_eq!(seen().await, 2);
        assert_eq!(root.get("/api/v1/teams").await.json().as_array().unwrap().len(), 3, "administrators see all");
        assert_eq!(events(app, id, "access_changed").await, 1);
        root.json(Method::PATCH, &format!("/api/v1/agents/{id}"), &json!({"teams": [2, 1, 2]})).await;
        assert_eq!((seen().await, mine().await), (3, json!([1, 2])));
        assert_eq!(events(app, id, "access_changed").await, 2);
        assert_eq!(store::members(app.desk().db(), TeamId(2)).await.unwrap(), [id]);
        let unknown = root.json(Method::PATCH, &format!("/api/v1/agents/{id}"), &json!({"teams": [99]})).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert_eq!(mine().await, json!([1, 2]), "all or nothing");
    })
    .await;
}

#[tokio::test]
async fn teams_are_added_and_renamed_under_names_of_their_own() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        assert_eq!(root.post("/settings/teams", &[("name", " Night  shift ")]).await.status, StatusCode::SEE_OTHER);
        assert!(root.get("/settings/teams").await.text.contains("value=\"Night shift\""));
        assert_eq!(root.post("/settings/teams", &[("name", "night SHIFT")]).await.status, StatusCode::CONFLICT);
        assert_eq!(root.post("/settings/teams/1", &[("name", "Sales")]).await.status, StatusCode::CONFLICT);
        assert_eq!(root.post("/settings/teams/1", &[("name", "support")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(root.post("/settings/teams/77", &[("name", "X")]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

// Links by mail

#[tokio::test]
async fn a_reset_link_works_once_within_an_hour_and_ends_every_session() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let lost = app.browser();
        lost.post("/reset", &[("email", "Ann@desk.example")]).await;
        let mails = app.mails().await;
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ann@desk.example"));
        assert_eq!(mails[0].subject, "A new password for Support");
        let link = mails[0].link(app);
        assert_eq!(lost.get(&link).await.status, StatusCode::OK);
        let weak = lost.post(&link, &[("password", "12345678")]).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY, "and the link is still good");
        assert!(is_in(&ann).await);
        let done = lost.post(&link, &[("password", NEW_PASSWORD)]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/login?changed=1"));
        assert!(!is_in(&ann).await);
        let again = lost.post(&link, &[("password", "a third password now")]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        assert_eq!(log_in(&lost, "ann@desk.example", NEW_PASSWORD).await.status, StatusCode::SEE_OTHER);

        app.mails().await;
        lost.post("/reset", &[("email", "ann@desk.example")]).await;
        let late = app.mails().await[0].link(app);
        app.advance(HOUR);
        assert_eq!(lost.get(&late).await.status, StatusCode::NOT_FOUND);
        assert_eq!(lost.post(&late, &[("password", PASSWORD)]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_password_once_chosen_makes_the_earlier_links_useless() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let lost = app.browser();
        lost.post("/reset", &[("email", "ann@desk.example")]).await;
        lost.post("/reset", &[("email", "ann@desk.example")]).await;
        let mails = app.mails().await;
        lost.post(&mails[1].link(app), &[("password", NEW_PASSWORD)]).await;
        assert_eq!(lost.get(&mails[0].link(app)).await.status, StatusCode::NOT_FOUND);
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_reset_tells_nobody_who_works_here() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let known = app.browser().post("/reset", &[("email", "ann@desk.example")]).await;
        let unknown = app.browser().post("/reset", &[("email", "eve@desk.example")]).await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        assert_eq!(app.mails().await.len(), 1);
        for email in ["ann@desk.example", "eve@desk.example"] {
            for _ in 0..2 {
                let browser = app.browser().at("203.0.113.1");
                assert_eq!(browser.post("/reset", &[("email", email)]).await.status, StatusCode::OK);
            }
            let refused = app.browser().at("203.0.113.2").post("/reset", &[("email", email)]).await;
            assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        }
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn a_forged_host_never_gets_into_a_link() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let evil = app.browser().with("host", "evil.example").with("x-forwarded-host", "evil.example");
        evil.with("forwarded", "host=evil.example").post("/reset", &[("email", "ann@desk.example")]).await;
        let mails = app.mails().await;
        assert!(!mails[0].text.contains("evil"), "{}", mails[0].text);
        assert!(mails[0].text.contains("http://localhost:8420/reset/"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_works_once_within_seven_days() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let form = [("name", "Ida"), ("email", "ida@desk.example"), ("role", "agent"), ("team", "1"), ("team", "3")];
        let invited = root.post("/settings/agents", &form).await;
        let mail = app.mails().await.remove(0);
        assert!(invited.text.contains(&mail.link(app)), "the administrator sees the link once");
        assert!(!root.get("/settings/agents").await.text.contains("/invitation/"));
        assert_eq!(root.post("/settings/agents", &form).await.status, StatusCode::CONFLICT, "one address, one agent");
        let ida = app.browser();
        let link = mail.link(app);
        assert_eq!(ida.get(&link.replace("/invitation/", "/reset/")).await.status, StatusCode::NOT_FOUND);
        app.advance(Duration::from_hours(7 * 24));
        assert_eq!(ida.get(&link).await.status, StatusCode::NOT_FOUND);

        root.log_in("Root").await;
        let id = store::by_email(app.desk().db(), "ida@desk.example").await.unwrap().unwrap().id;
        root.post(&format!("/settings/agents/{id}/invite"), &[]).await;
        root.post(&format!("/settings/agents/{id}/invite"), &[]).await;
        let mails = app.mails().await;
        assert_eq!(ida.get(&mails[0].link(app)).await.status, StatusCode::NOT_FOUND, "the later one replaced it");
        let link = mails[1].link(app);
        assert_eq!(ida.post(&link, &[("password", NEW_PASSWORD)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ida.post(&link, &[("password", PASSWORD)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(log_in(&ida, "ida@desk.example", NEW_PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ida.get("/api/v1/me").await.json()["teams"], json!([1, 3]));
        let again = root.post(&format!("/settings/agents/{id}/invite"), &[]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "who has a password is not invited");
    })
    .await;
}

#[tokio::test]
async fn guessing_links_is_throttled() {
    on_both(async |app| {
        let eve = app.browser();
        for i in 0..20 {
            assert_eq!(eve.get(&format!("/reset/{i}")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(eve.get("/invitation/x").await.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn two_who_use_a_link_at_once_do_not_both_get_in() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        app.browser().post("/reset", &[("email", "ann@desk.example")]).await;
        let link = app.mails().await[0].link(app);
        let browsers: Vec<_> = (0..6).map(|_| app.browser()).collect();
        let form = [("password", NEW_PASSWORD)];
        let answers = join_all(browsers.iter().map(|browser| browser.post(&link, &form))).await;
        let done = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(done, 1);
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn trying_passwords_side_by_side_gives_no_more_tries() {
    on_both(async |app| {
        app.agent("Ann", Role::Agent).await;
        let browsers: Vec<_> = (0..24).map(|i| app.browser().at(&format!("203.0.113.{i}"))).collect();
        let tries = browsers.iter().map(|browser| log_in(browser, "ann@desk.example", "not the password"));
        let answers = join_all(tries).await;
        let checked = answers.iter().filter(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert_eq!(checked, 10);
    })
    .await;
}

#[tokio::test]
async fn whoever_owns_an_account_hears_of_changes_to_its_login() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        ann.post("/settings/password", &[("old", PASSWORD), ("new", NEW_PASSWORD)]).await;
        let mails = app.mails().await;
        assert_eq!((mails[0].to.as_str(), mails[0].subject.as_str()), ("ann@desk.example", "Your login was changed"));
        assert!(mails[0].text.contains("password") && !mails[0].text.contains(NEW_PASSWORD));
        enrol_with(app, &ann, "/settings/second-factor", NEW_PASSWORD).await;
        ann.post("/settings/second-factor/remove", &[("password", NEW_PASSWORD)]).await;
        assert!(app.mails().await[0].text.contains("second factor"));
    })
    .await;
}

// The second factor

#[tokio::test]
async fn with_a_second_factor_the_password_alone_opens_nothing() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Admin).await;
        let before = ann.cookie("casedesk").unwrap();
        let begun = secret_of(&ann.get("/settings/second-factor").await);
        let shown = code(app, &begun);
        let form = [("code", shown.as_str()), ("password", "not it at all")];
        let refused = ann.post("/settings/second-factor", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "who finds a screen unlocked cannot do this");
        let (secret, _) = enrol(app, &ann, "/settings/second-factor").await;
        assert_ne!(ann.cookie("casedesk").unwrap(), before, "a new id with the new right");
        assert!(is_in(&ann).await);

        let half = app.browser();
        half.log_in("Ann").await;
        let id = half.cookie("casedesk").unwrap();
        assert!(half.cookie("casedesk-device").is_none());
        for path in ["/settings/profile", "/settings/agents", "/settings/second-factor"] {
            assert_eq!(half.get(path).await.location().split('?').next(), Some("/login"), "{path}");
        }
        assert_eq!(half.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(half.get("/login").await.location(), "/login/code");
        assert_eq!(half.get("/login/second-factor").await.location(), "/login", "no way around by another one");
        let around = half.post("/login/second-factor", &[("code", "000000")]).await;
        assert_eq!(around.location(), "/login");

        app.advance(Duration::from_secs(30));
        let now = code(app, &secret);
        assert_eq!(half.post("/login/code", &[("code", &now)]).await.status, StatusCode::SEE_OTHER);
        assert_ne!(half.cookie("casedesk").unwrap(), id);
        assert!(is_in(&half).await);
        half.set_cookie("casedesk", &id);
        assert!(!is_in(&half).await, "the half-open session's id ended");
    })
    .await;
}

#[tokio::test]
async fn a_code_works_once_and_so_does_a_recovery_code() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let (secret, codes) = enrol(app, &ann, "/settings/second-factor").await;
        assert_eq!(codes.len(), 10);
        let enter = async |code: &str| {
            let browser = app.browser();
            browser.log_in("Ann").await;
            browser.post("/login/code", &[("code", code)]).await.status
        };
        let used = code(app, &secret);
        assert_eq!(enter(&used).await, StatusCode::UNPROCESSABLE_ENTITY, "the one of the set-up is spent");
        app.advance(Duration::from_secs(30));
        let next = code(app, &secret);
        assert_eq!(enter(&format!(" {} {} ", &next[..3], &next[3..])).await, StatusCode::SEE_OTHER);
        assert_eq!(enter(&next).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(enter(&used).await, StatusCode::UNPROCESSABLE_ENTITY, "nor an earlier one");
        assert_eq!(enter(&codes[0].to_lowercase()).await, StatusCode::SEE_OTHER);
        assert_eq!(enter(&codes[0]).await, StatusCode::UNPROCESSABLE_ENTITY);
        let again = ann.post("/settings/recovery-codes", &[("password", PASSWORD)]).await;
        assert_eq!(again.status, StatusCode::OK);
        app.advance(HOUR);
        assert_eq!(enter(&codes[1]).await, StatusCode::UNPROCESSABLE_ENTITY, "new codes end the old ones");
    })
    .await;
}

#[tokio::test]
async fn guessing_codes_is_throttled_and_a_begun_login_runs_out() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let (secret, _) = enrol(app, &ann, "/settings/second-factor").await;
        let eve = app.browser();
        eve.log_in("Ann").await;
        for _ in 0..5 {
            let refused = eve.post("/login/code", &[("code", "000000")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        app.advance(Duration::from_secs(60));
        let right = code(app, &secret);
        assert_eq!(eve.post("/login/code", &[("code", &right)]).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(is_in(&ann).await);
        app.advance(Duration::from_mins(10));
        assert_eq!(eve.post("/login/code", &[("code", &code(app, &secret))]).await.location(), "/login");
    })
    .await;
}

#[tokio::test]
async fn a_reset_password_does_not_get_around_the_second_factor() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        enrol(app, &ann, "/settings/second-factor").await;
        let thief = app.browser();
        thief.post("/reset", &[("email", "ann@desk.example")]).await;
        let link = app.mails().await[0].link(app);
        thief.post(&link, &[("password", NEW_PASSWORD)]).await;
        log_in(&thief, "ann@desk.example", NEW_PASSWORD).await;
        assert_eq!(thief.get("/login").await.location(), "/login/code");
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn removing_a_second_factor_asks_for_the_password_or_an_administrator() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.logged_in("Ann", Role::Agent).await;
        let id = store::by_email(app.desk().db(), "ann@desk.example").await.unwrap().unwrap().id;
        enrol(app, &ann, "/settings/second-factor").await;
        assert_eq!(ann.get("/settings/second-factor").await.status, StatusCode::NOT_FOUND, "not set up twice");
        let wrong = ann.post("/settings/second-factor/remove", &[("password", "no")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let other = app.browser();
        other.log_in("Ann").await;
        assert_eq!(other.get("/login").await.location(), "/login/code");
        assert_eq!(
            ann.post("/settings/second-factor/remove", &[("password", PASSWORD)]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(is_in(&ann).await);
        enrol(app, &ann, "/settings/second-factor").await;
        root.post(&format!("/settings/agents/{id}/second-factor/remove"), &[]).await;
        assert!(!is_in(&ann).await, "their sessions end");
        ann.log_in("Ann").await;
        assert!(is_in(&ann).await);
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn where_a_second_factor_is_required_it_is_set_up_before_anything_else() {
    let required = [("LOGIN__REQUIRE_TOTP", "true")];
    with_settings(&required, async |app| {
        app.agent("Ann", Role::Admin).await;
        let ann = app.browser();
        ann.log_in("Ann").await;
        assert_eq!(ann.get("/settings/agents").await.location(), "/login?next=%2Fsettings%2Fagents");
        let sent = ann.get("/login?next=%2Fsettings%2Fagents").await;
        assert_eq!(sent.location(), "/login/second-factor?next=%2Fsettings%2Fagents");
        let page = ann.get("/login/second-factor").await;
        assert!(page.text.contains("otpauth://totp/") && page.text.contains("<svg"));
        assert!(!page.text.contains("style="), "the policy forbids inline style");
        let refused = ann.post("/login/second-factor", &[("code", "000000")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(secret_of(&refused), secret_of(&page), "the same secret until it is proved");
        enrol(app, &ann, "/login/second-factor").await;
        assert_eq!(ann.get("/settings/agents").await.status, StatusCode::OK);
    })
    .await;
}

// Roles and tokens

/// Route, and which roles it lets in: read-only, agent, admin.
const MATRIX: &[(&str, &str, [bool; 3])] = &[
    ("GET", "/settings/profile", [true, true, true]),
    ("GET", "/settings/sessions", [true, true, true]),
    ("GET", "/settings/tokens", [true, true, true]),
    ("GET", "/settings/second-factor", [true, true, true]),
    ("GET", "/settings/agents", [false, false, true]),
    ("GET", "/settings/agents/1", [false, false, true]),
    ("GET", "/settings/teams", [false, false, true]),
    ("GET", "/settings/audit", [false, false, true]),
    ("POST", "/settings/agents", [false, false, true]),
    ("POST", "/settings/agents/1", [false, false, true]),
    ("POST", "/settings/agents/1/invite", [false, false, true]),
    ("POST", "/settings/agents/99/disable", [false, false, true]),
    ("POST", "/settings/agents/99/enable", [false, false, true]),
    ("POST", "/settings/agents/99/second-factor/remove", [false, false, true]),
    ("POST", "/settings/teams", [false, false, true]),
    ("POST", "/settings/teams/1", [false, false, true]),
    ("GET", "/api/v1/me", [true, true, true]),
    ("PUT", "/api/v1/me", [true, true, true]),
    ("GET", "/api/v1/me/tokens", [true, true, true]),
    ("POST", "/api/v1/me/tokens", [true, true, true]),
    ("DELETE", "/api/v1/me/tokens/99", [true, true, true]),
    ("GET", "/api/v1/me/sessions", [true, true, true]),
    ("GET", "/api/v1/agents", [true, true, true]),
    ("POST", "/api/v1/agents", [false, false, true]),
    ("GET", "/api/v1/agents/1", [false, false, true]),
    ("PATCH", "/api/v1/agents/99", [false, false, true]),
    ("POST", "/api/v1/agents/99/invitation", [false, false, true]),
    ("DELETE", "/api/v1/agents/99/second-factor", [false, false, true]),
    ("GET", "/api/v1/teams", [true, true, true]),
    ("POST", "/api/v1/teams", [false, false, true]),
    ("PUT", "/api/v1/teams/99", [false, false, true]),
    ("GET", "/api/v1/audit", [false, false, true]),
];

#[tokio::test]
async fn each_role_reaches_its_own_routes_and_no_others() {
    on_both(async |app| {
        let nobody = app.browser();
        let admin = app.logged_in("Root", Role::Admin).await;
        let reader = app.logged_in("Ray", Role::ReadOnly).await;
        let agent = app.logged_in("Ann", Role::Agent).await;
        for (method, path, lets_in) in MATRIX {
            let method: Method = method.parse().unwrap();
            for (who, let_in) in [(&reader, lets_in[0]), (&agent, lets_in[1]), (&admin, lets_in[2])] {
                let answer = who.json(method.clone(), path, &json!({})).await;
                let refused = answer.status == StatusCode::FORBIDDEN || answer.status == StatusCode::UNAUTHORIZED;
                assert_eq!(refused, !let_in, "{method} {path}: {} {}", answer.status, answer.text);
                assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text);
            }
            let answer = nobody.json(method.clone(), path, &json!({})).await;
            let sent_away = answer.location().starts_with("/login") && method == Method::GET;
            assert!(sent_away || answer.status == StatusCode::UNAUTHORIZED, "{method} {path}: {}", answer.status);
        }
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_acts_within_its_scope_and_never_above_its_agent() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.logged_in("Ann", Role::Agent).await;
        let profile = json!({"name": "Root", "signature": "", "time_zone": "Europe/Dublin"});
        let team = json!({"name": "Nights"});
        let mut seen = Vec::new();
        for scope in [Scope::Read, Scope::Write, Scope::Admin] {
            let program = app.program(&token(&root, scope).await);
            assert_eq!(program.get("/api/v1/me").await.json()["scope"], json!(scope));
            seen.push([
                program.get("/api/v1/agents").await.status.as_u16(),
                program.json(Method::PUT, "/api/v1/me", &profile).await.status.as_u16(),
                program.get("/api/v1/audit").await.status.as_u16(),
                program.json(Method::POST, "/api/v1/teams", &team).await.status.as_u16(),
            ]);
            let mint = json!({"name": "more", "scope": "read"});
            let minted = program.json(Method::POST, "/api/v1/me/tokens", &mint).await;
            assert_eq!(minted.status, StatusCode::FORBIDDEN, "a token makes no tokens");
            let password = program.post("/settings/password", &[("old", PASSWORD), ("new", NEW_PASSWORD)]).await;
            assert_eq!(password.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(seen, [[200, 403, 403, 403], [200, 204, 403, 403], [200, 204, 200, 201]]);
        let program = app.program(&token(&ann, Scope::Admin).await);
        assert_eq!(program.get("/api/v1/audit").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_ends_when_revoked_or_run_out() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let page = ann.post("/settings/tokens", &[("name", "nightly"), ("scope", "read"), ("days", "30")]).await;
        let text = between(&page.text, "once.</b><br><code>", "</code>").to_owned();
        assert!(text.starts_with("casedesk_"));
        assert!(!ann.get("/settings/tokens").await.text.contains(&text));
        let program = app.program(&text);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
        let tokens = ann.get("/api/v1/me/tokens").await.json();
        assert_eq!(tokens[0]["last_used_at"], "2027-03-01T09:00:00Z");

        let eve = app.logged_in("Eve", Role::Admin).await;
        let path = format!("/api/v1/me/tokens/{}", tokens[0]["id"]);
        assert_eq!(eve.json(Method::DELETE, &path, &json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
        assert_eq!(ann.json(Method::DELETE, &path, &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);

        let soon = json!({"name": "soon", "scope": "read", "expires_at": "2027-03-01T10:00:00Z"});
        let made = ann.json(Method::POST, "/api/v1/me/tokens", &soon).await.json();
        let program = app.program(made["token"].as_str().unwrap());
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
        app.advance(HOUR);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn guessing_tokens_is_throttled_and_known_ones_go_on() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let program = app.program(&token(&ann, Scope::Read).await);
        let eve = app.program("casedesk_guess");
        for _ in 0..60 {
            assert_eq!(eve.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(eve.get("/api/v1/me").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_form_on_another_site_changes_nothing() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let id = root.cookie("casedesk").unwrap();
        for (header, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let mut forged = app.browser().with(header, value);
            if header != "origin" {
                forged = forged.without_origin();
            }
            forged.set_cookie("casedesk", &id);
            let answer = forged.post("/settings/teams", &[("name", "Evil")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header}: {value}");
            let form = [("email", "root@desk.example"), ("password", PASSWORD)];
            assert_eq!(forged.post("/login", &form).await.status, StatusCode::FORBIDDEN, "nor a forced login");
        }
        assert_eq!(store::teams(app.desk().db()).await.unwrap().len(), 3);
    })
    .await;
}

// What is kept

#[tokio::test]
async fn the_audit_log_says_who_did_what_from_where_and_holds_no_secret() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let text = token(&root, Scope::Read).await;
        log_in(&app.browser().at("203.0.113.9"), "root@desk.example", "wrong word here").await;
        root.post("/settings/password", &[("old", PASSWORD), ("new", NEW_PASSWORD)]).await;
        for i in 0..60 {
            root.post("/settings/teams", &[("name", &format!("Team {i}"))]).await;
        }
        let first = root.get("/api/v1/audit").await;
        let lines = first.json()["lines"].as_array().unwrap().clone();
        let find = |action: &str| lines.iter().find(|line| line["action"] == action).unwrap().clone();
        assert_eq!(find("staff.password_changed")["agent_name"], "Root");
        assert_eq!(find("staff.password_changed")["ip"], "192.0.2.10");
        assert_eq!(find("staff.login_failed")["ip"], "203.0.113.9");
        assert_eq!(find("staff.login_failed")["agent_id"], Value::Null);
        assert_eq!(find("staff.agent_created")["subject_kind"], "agent");
        let id = root.cookie("casedesk").unwrap();
        for secret in [PASSWORD, NEW_PASSWORD, "wrong word here", &text, &id] {
            assert!(!first.text.contains(secret));
        }
        let page = root.get("/settings/audit").await;
        assert!(page.text.contains("name Team 59") && !page.text.contains("name Team 3<"));
        let older = between(&page.text, "href=\"/settings/audit?after=", "\"");
        let older = root.get(&format!("/settings/audit?after={older}")).await;
        assert!(!older.text.contains("Team 59") && older.text.contains("name Team 3<"));
        assert_eq!(root.get("/settings/audit?after=nonsense").await.status, StatusCode::BAD_REQUEST);
        let hers = root.get("/api/v1/audit?agent=1").await.text;
        assert!(!hers.contains("staff.login_failed") && hers.contains("staff.password_changed"));
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn secrets_are_stored_as_digests_alone() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        let text = token(&ann, Scope::Read).await;
        let (_, codes) = enrol(app, &ann, "/settings/second-factor").await;
        ann.post("/reset", &[("email", "ann@desk.example")]).await;
        let link = app.mails().await[0].link(app);
        let stored: Vec<(String,)> = app
            .desk()
            .db()
            .all(q!("SELECT digest FROM sessions UNION ALL SELECT digest FROM api_tokens
                     UNION ALL SELECT digest FROM recovery_codes UNION ALL SELECT digest FROM links
                     UNION ALL SELECT password_hash FROM agents"))
            .await
            .unwrap();
        let stored: Vec<_> = stored.into_iter().map(|(digest,)| digest).collect();
        assert!(stored.iter().any(|hash| hash.starts_with("$argon2id$")));
        let id = ann.cookie("casedesk").unwrap();
        for secret in [&id, &text, &codes[0], &codes[0].replace('-', ""), link.rsplit('/').next().unwrap()] {
            assert!(!stored.iter().any(|digest| digest.contains(secret)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_colleagues_other_addresses_are_known_and_nobody_elses() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.agent("Ann", Role::Agent).await;
        let change = |addresses: &str| {
            [("name", "Ann Lee"), ("role", "agent"), ("addresses", addresses)]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
        };
        let send = async |addresses: &str| {
            let form = change(addresses);
            let form: Vec<_> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            root.post(&format!("/settings/agents/{ann}"), &form).await.status
        };
        assert_eq!(send("Ann.Lee@desk.example\nann@home.example").await, StatusCode::SEE_OTHER);
        let known = store::all_agent_addresses(app.desk().db()).await.unwrap();
        assert!(known.contains(&("ann.lee@desk.example".into(), ann)));
        assert!(known.contains(&("ann@desk.example".into(), ann)));
        assert_eq!(send("root@desk.example").await, StatusCode::CONFLICT);
        assert_eq!(send("not an address").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(store::all_agent_addresses(app.desk().db()).await.unwrap().len(), 4, "all or nothing");
        let form = [("name", "Eve"), ("email", "ann@home.example"), ("role", "agent")];
        assert_eq!(root.post("/settings/agents", &form).await.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner_and_shown_as_text() {
    on_both(async |app| {
        let ray = app.logged_in("Ray", Role::ReadOnly).await;
        let form = [("name", "<b>Ray</b>"), ("signature", "Yours\n</textarea><script>"), ("time_zone", "Asia/Tokyo")];
        assert_eq!(ray.post("/settings/profile", &form).await.status, StatusCode::SEE_OTHER);
        let page = ray.get("/settings/profile").await.text;
        assert!(!page.contains("<b>Ray") && !page.contains("</textarea><script>"));
        assert!(page.contains("Asia/Tokyo"));
        for bad in [("Ray", "Mars/Olympus"), ("", "UTC"), ("a\u{7}b", "UTC")] {
            let form = [("name", bad.0), ("signature", ""), ("time_zone", bad.1)];
            assert_eq!(ray.post("/settings/profile", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_of_one_agent_shows_what_can_be_changed() {
    on_both(async |app| {
        let root = app.logged_in("Root", Role::Admin).await;
        let ann = app.agent("Ann", Role::ReadOnly).await;
        let page = root.get(&format!("/settings/agents/{ann}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("value=\"Ann\"") && page.text.contains("value=\"read-only\" selected"));
        assert_eq!(root.get("/settings/agents/99").await.status, StatusCode::NOT_FOUND);
        let details = root.get(&format!("/api/v1/agents/{ann}")).await.json();
        assert_eq!(details["invited"], false);
        assert!(details.get("password_hash").is_none());
    })
    .await;
}

#[test]
fn agents_are_made_on_the_command_line() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let folder = crate::support::Folder::new("test");
    let run = |arguments: &[&str], input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casedesk"));
        command.env_clear().env("CASEDESK_SERVER__DATA", folder.path()).env("CASEDESK_LOG__LEVEL", "error");
        command.arg("agent").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    let ann = ["add", "--name", "Ann", "--email", "ann@desk.example", "--role", "admin", "--password-stdin"];
    let (ok, text) = run(&ann, "password\n");
    assert!(!ok && text.contains("among the first that are tried"), "{text}");
    let (ok, text) = run(&ann, &format!("{PASSWORD}\n"));
    assert!(ok && text.contains("http://localhost:8420/login"), "{text}");
    let (ok, text) = run(&ann, &format!("{PASSWORD}\n"));
    assert!(!ok && text.contains("belongs to somebody else already"), "{text}");
    let bob = ["add", "--name", "Bob", "--email", "bob@desk.example", "--team", "support"];
    let (ok, text) = run(&bob, "");
    assert!(ok && text.contains("http://localhost:8420/invitation/"), "{text}");
    let (ok, text) = run(&["reset-link", "--email", "Ann@desk.example"], "");
    assert!(ok && text.contains("http://localhost:8420/reset/"), "{text}");
    let (ok, _) = run(&["reset-link", "--email", "eve@desk.example"], "");
    assert!(!ok);
}
