//! The desk's pages as a browser asks for them: who may see what, and what a live refresh brings.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::actions::change;
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, CaseState, EntryKind};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, TeamId};
use serde_json::json;

use crate::support::{Letter, TestApp, on_both, with_settings};

const STREAMS: &str = "text/vnd.turbo-stream.html, text/html";

async fn annas_case(app: &TestApp) -> (CaseId, Letter) {
    let letter = Letter::new("Anna Berg <anna@northbay.example>", "No <b>login</b>", "It does not work.");
    let case = app.case_of(&letter).await;
    app.forget_jobs("mail.acknowledge").await;
    (case, letter)
}

async fn newest(app: &TestApp, case: CaseId) -> i64 {
    app.timeline(case).await.last().unwrap().id.0
}

#[tokio::test]
async fn a_subject_is_text_and_never_markup() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let page = ben.get(&format!("/views/open/cases/{case}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("No &#60;b&#62;login"), "{}", page.text);
        assert!(!page.text.contains("No <b>login"));
        assert!(!page.text.contains(" style="), "an inline style, which the policy refuses");
    })
    .await;
}

#[tokio::test]
async fn a_case_of_a_hidden_team_is_not_there_on_any_page() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let mut tx = app.desk().db().begin().await.unwrap();
        tx.exec(q!("UPDATE teams SET members_only = TRUE WHERE id = 2")).await.unwrap();
        tx.commit().await.unwrap();
        let admin = app.viewer("Ada", Role::Admin).await;
        change(app.desk(), &admin, case, &Change::Team(Some(TeamId(2)))).await.unwrap();
        let entry = newest(app, case).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        for path in [
            format!("/cases/{case}"),
            format!("/cases/{case}/parts?since=0"),
            format!("/cases/{case}/older?before={entry}"),
            format!("/cases/{case}/split"),
            format!("/views/open/cases/{case}"),
            format!("/entries/{entry}/html"),
            format!("/entries/{entry}/raw"),
        ] {
            assert_eq!(ben.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/views/all", "/palette?q=login", "/views/all?q=login"] {
            assert!(!ben.get(path).await.text.contains("It does not"), "{path}");
            assert!(!ben.get(path).await.text.contains("login&#60;"), "{path}");
        }
        let row = ben.get(&format!("/views/all/rows/{case}?known=true")).await;
        assert!(row.text.contains(r#"action="remove""#), "{}", row.text);
    })
    .await;
}

#[tokio::test]
async fn a_live_refresh_brings_what_came_since_and_nothing_twice() {
    on_both(async |app| {
        let (case, letter) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let since = newest(app, case).await;
        let more = Letter::new("Anna Berg <anna@northbay.example>", "Re: No login", "One more thing.");
        app.arrives(&more.answering(letter.get("Message-ID"))).await;
        let parts = ben.get(&format!("/cases/{case}/parts?since={since}")).await;
        assert_eq!(parts.headers["content-type"], "text/vnd.turbo-stream.html; charset=utf-8");
        assert!(parts.text.contains("One more thing."));
        assert!(!parts.text.contains("It does not work."));
        assert!(!parts.text.contains("<textarea"), "a refresh carried a composer");
        let since = newest(app, case).await;
        let parts = ben.get(&format!("/cases/{case}/parts?since={since}")).await;
        assert!(!parts.text.contains("One more thing."));
    })
    .await;
}

#[tokio::test]
async fn a_reply_is_stopped_with_the_new_entry_and_the_draft_stays() {
    on_both(async |app| {
        let (case, letter) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        let seen = newest(app, case).await.to_string();
        let draft = json!({ "kind": "reply", "body": "Half a", "to": ["anna@northbay.example"], "cc": [], "seen": seen.parse::<i64>().unwrap() });
        let kept = ben.json(Method::PUT, &format!("/cases/{case}/draft"), &draft).await;
        assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
        let more = Letter::new("Anna Berg <anna@northbay.example>", "Re: No login", "Never mind.");
        app.arrives(&more.answering(letter.get("Message-ID"))).await;
        let fields = [("body", "Half a"), ("to", "anna@northbay.example"), ("seen", &seen)];
        let stopped = ben.post(&format!("/cases/{case}/replies"), &fields).await;
        assert_eq!(stopped.status, StatusCode::CONFLICT);
        assert!(stopped.text.contains("composer-stop") && stopped.text.contains("Never mind."), "{}", stopped.text);
        assert!(app.timeline(case).await.iter().all(|entry| entry.kind != EntryKind::MailOut));
        assert!(ben.get(&format!("/cases/{case}")).await.text.contains(">Half a</textarea>"));
    })
    .await;
}

#[tokio::test]
async fn messages_are_picked_for_a_case_of_their_own_and_the_split_is_taken_back_from_there() {
    on_both(async |app| {
        let (case, letter) = annas_case(app).await;
        let more = Letter::new("Anna Berg <anna@northbay.example>", "Re: No login", "And the <i>licence</i> ends.");
        let moved = app.arrives(&more.answering(letter.get("Message-ID"))).await.entry.unwrap();
        let ben = app.logged_in("Ben", Role::Agent).await;
        let page = ben.get(&format!("/cases/{case}/split")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("And the &#60;i&#62;licence") && !page.text.contains("<i>licence"), "{}", page.text);
        assert_eq!(page.text.matches("type=\"checkbox\" name=\"entry\"").count(), 2);
        let (path, moved_field) = (format!("/cases/{case}/split"), moved.0.to_string());
        let nothing = ben.post(&path, &[("subject", "The licence")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.text.contains("Pick at least one message"), "{}", nothing.text);
        let unnamed = ben.post(&path, &[("subject", " "), ("entry", &moved_field)]).await;
        assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
        let split = ben.post(&path, &[("subject", "The licence"), ("entry", &moved_field)]).await;
        let new = split.location().to_owned();
        let shown = ben.get(&new).await;
        assert!(
            shown.text.contains("The licence") && shown.text.contains("moved these messages here"),
            "{}",
            shown.text
        );
        assert!(!ben.get(&format!("/cases/{case}")).await.text.contains(&format!("id=\"entry-{moved}\"")));
        let undo = shown.text.split('"').find(|word| word.starts_with("/splits/")).unwrap();
        assert_eq!(ben.post(undo, &[]).await.location(), format!("/cases/{case}"));
        assert!(ben.get(&format!("/cases/{case}")).await.text.contains(&format!("id=\"entry-{moved}\"")));
        let log: Vec<(String,)> = app
            .desk()
            .db()
            .all(q!("SELECT kind FROM events WHERE topic = 'case' AND kind LIKE '%split%' ORDER BY id"))
            .await
            .unwrap();
        let log: Vec<&str> = log.iter().map(|(kind,)| kind.as_str()).collect();
        assert_eq!(log, ["split", "opened_by_split", "split_undone", "split_undone"]);
        let eve = app.logged_in("Eve", Role::ReadOnly).await;
        assert_eq!(eve.get(&path).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_case_keeps_a_message_that_can_be_seen() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let entry = newest(app, case).await.to_string();
        ben.post(&format!("/cases/{case}/replies"), &[("body", "Too early"), ("to", "anna@northbay.example")]).await;
        let reply = newest(app, case).await;
        ben.post(&format!("/cases/{case}/replies/{reply}/undo"), &[]).await;
        let fields = [("subject", "Everything"), ("entry", entry.as_str())];
        let split = ben.post(&format!("/cases/{case}/split"), &fields).await;
        assert_eq!(split.status, StatusCode::UNPROCESSABLE_ENTITY, "only a reply that was taken back is left");
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_blind_copy_is_kept_with_the_draft_the_reply_and_its_undo() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        let page = format!("/cases/{case}");
        let hidden = r#"name="bcc" value="boss@desk.example""#;
        let draft = json!({
            "kind": "reply", "body": "Half", "to": ["anna@northbay.example"], "cc": [], "bcc": ["boss@desk.example"], "seen": 0
        });
        let kept = ben.json(Method::PUT, &format!("{page}/draft"), &draft).await;
        assert!(kept.status.is_success(), "{}", kept.text);
        assert!(ben.get(&page).await.text.contains(hidden));
        let drafts = ben.get(&format!("/api/v1{page}/drafts")).await.json();
        assert_eq!(drafts["drafts"][0]["bcc"][0]["address"], "boss@desk.example");
        let fields = [("body", "Whole"), ("to", "anna@northbay.example"), ("bcc", "boss@desk.example")];
        let sent = ben.post(&format!("{page}/replies"), &fields).await;
        assert!(sent.text.contains("Bcc <bdi>boss@desk.example"), "agents see it: {}", sent.text);
        assert!(!ben.get(&page).await.text.contains(hidden), "the next reply has no hidden reader");
        let reply = newest(app, case).await;
        let entries = ben.get(&format!("/api/v1{page}/entries")).await.json();
        let shown = entries["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == reply).unwrap();
        assert_eq!(shown["data"]["bcc"][0]["address"], "boss@desk.example");
        let back = ben.post(&format!("{page}/replies/{reply}/undo"), &[]).await;
        assert!(back.text.contains(r#"data-bcc="boss@desk.example""#), "{}", back.text);
        assert!(ben.get(&page).await.text.contains(hidden));
        let bad = json!({ "body": "x", "to": [{ "address": "anna@northbay.example" }], "bcc": [{ "address": "nobody" }] });
        let bad = ben.json(Method::POST, &format!("/api/v1{page}/replies"), &bad).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bad.text);
        let good = json!({ "body": "x", "to": [{ "address": "anna@northbay.example" }], "bcc": [{ "address": "b@x.example" }] });
        let good = ben.json(Method::POST, &format!("/api/v1{page}/replies"), &good).await;
        assert_eq!(good.status, StatusCode::CREATED, "{}", good.text);
        let written = casedesk::cases::EntryId(good.json()["entry_id"].as_i64().unwrap());
        assert_eq!(app.outgoing(written).await.bcc[0].address, "b@x.example");
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_from_another_device_is_never_written_over_unseen() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let keep = async |body: &str, version: i64| {
            app.advance(Duration::from_secs(60));
            let to = ["anna@northbay.example"];
            let draft = json!({ "kind": "reply", "body": body, "to": to, "cc": [], "seen": 0, "version": version });
            ben.json(Method::PUT, &format!("/cases/{case}/draft"), &draft).await
        };
        let version = |answer: &crate::support::Answer| answer.json()["version"].as_i64().unwrap();
        let first = version(&keep("On the laptop", 0).await);
        assert!(ben.get(&format!("/cases/{case}")).await.text.contains(&format!(r#"data-version="{first}""#)));
        let phone = version(&keep("On the phone", first).await);
        assert!(phone > first);
        for body in ["On the laptop again", ""] {
            let clash = keep(body, first).await;
            assert_eq!(clash.status, StatusCode::CONFLICT, "“{body}”: {}", clash.text);
            let newer = clash.json();
            assert_eq!((&newer["body"], &newer["version"]), (&json!("On the phone"), &json!(phone)));
            assert_eq!(
                (&newer["to"], &newer["at"]),
                (&json!(["anna@northbay.example"]), &json!("2027-03-01T09:02:00Z"))
            );
        }
        assert!(ben.get(&format!("/cases/{case}")).await.text.contains(">On the phone</textarea>"), "nothing is lost");
        let same = keep("On the phone", first).await;
        assert_eq!(same.status, StatusCode::OK, "the same words are no clash: {}", same.text);
        let chosen = keep("On the laptop again", version(&same)).await;
        assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.text);
        let api = format!("/api/v1/cases/{case}/drafts");
        let shown = ben.get(&api).await.json()["drafts"][0].clone();
        assert_eq!((&shown["body"], &shown["version"]), (&json!("On the laptop again"), &chosen.json()["version"]));
        let stale = json!({ "body": "By a program", "based_on": 0, "replaces": first });
        assert_eq!(ben.json(Method::PUT, &format!("{api}/reply"), &stale).await.status, StatusCode::CONFLICT);
        let bold = json!({ "body": "By a program", "based_on": 0 });
        assert_eq!(ben.json(Method::PUT, &format!("{api}/reply"), &bold).await.status, StatusCode::OK);
        let gone = version(&keep("", i64::MAX).await);
        assert!(ben.get(&api).await.json()["drafts"].as_array().unwrap().is_empty());
        assert_eq!(keep("A new one", gone).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_day_to_wait_for_begins_at_eight_where_the_agent_is() {
    with_settings(&[("DESK__TIME_ZONE", "Europe/Dublin")], async |app| {
        let (case, _) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let waits = async |day: &str| {
            let answer = ben.post(&format!("/cases/{case}/waiting"), &[("on", "date"), ("until", day)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{day}: {}", answer.text);
            app.case(case).await.wake_at.unwrap().rfc3339()
        };
        assert_eq!(waits("2027-06-01").await, "2027-06-01T07:00:00Z", "the desk's zone, while theirs is not known");
        assert!(ben.get("/views/open").await.text.contains("<meta name=\"zone\""), "the page asks the browser");
        let told = ben.post("/settings/time-zone", &[("zone", "America/New_York")]).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
        assert_eq!(waits("2027-03-13").await, "2027-03-13T13:00:00Z", "the last day of winter there");
        assert_eq!(waits("2027-03-14").await, "2027-03-14T12:00:00Z", "the first of summer");
        assert!(!ben.get("/views/open").await.text.contains("<meta name=\"zone\""));
        ben.post("/settings/time-zone", &[("zone", "Asia/Tokyo")]).await;
        assert_eq!(waits("2027-03-13").await, "2027-03-13T13:00:00Z", "a browser elsewhere changes nothing");
        let bad = ben.post("/settings/time-zone", &[("zone", "Mars/Olympus")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        ben.post("/settings/profile", &[("name", "Ben"), ("signature", ""), ("time_zone", "Asia/Tokyo")]).await;
        assert_eq!(waits("2027-03-13").await, "2027-03-12T23:00:00Z", "the profile does");
        for day in ["", "2027-02-30", "2027-02-01"] {
            let answer = ben.post(&format!("/cases/{case}/waiting"), &[("on", "date"), ("until", day)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "“{day}”: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_may_only_read_changes_nothing() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let eve = app.logged_in("Eve", Role::ReadOnly).await;
        assert_eq!(eve.get(&format!("/cases/{case}")).await.status, StatusCode::OK);
        for verb in ["solution", "closure", "notes", "replies", "watch", "tags", "merge", "files"] {
            let answer =
                eve.post(&format!("/cases/{case}/{verb}"), &[("body", "x"), ("tags", "x"), ("other", "1")]).await;
            assert!(answer.status.is_client_error(), "{verb}: {}", answer.status);
        }
        assert_eq!(app.case(case).await.state, CaseState::New);
        assert_eq!(app.timeline(case).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_beside_the_page_that_asked() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await.with("accept", STREAMS);
        let refused = ben.post(&format!("/cases/{case}/links"), &[("other", "CD-999"), ("kind", "related")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert!(refused.text.contains(r#"target="toasts""#), "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn an_error_leads_customers_to_their_own_pages_and_agents_to_the_desk() {
    on_both(async |app| {
        let customer = app.browser();
        for path in ["/confirm/gone", "/details/gone", "/quote/gone", "/case/gone", "/portal/gone", "/roadmap/gone"] {
            let text = customer.get(path).await.text;
            assert!(text.contains("href=\"/portal\"") && !text.contains("Go to the desk"), "{path}: {text}");
        }
        assert!(customer.get("/setup/gone").await.text.contains("Go to the desk"));
    })
    .await;
}

#[tokio::test]
async fn a_tag_that_is_none_says_what_one_is() {
    on_both(async |app| {
        let (case, _) = annas_case(app).await;
        let agent = app.logged_in("Ben", Role::Agent).await;
        let tag = format!("/api/v1/cases/{case}/tags/two%20words");
        let refused = agent.json(Method::PUT, &tag, &json!({})).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("one word of at most 50 characters"), "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn a_filter_that_is_not_understood_says_so_in_the_list() {
    on_both(async |app| {
        annas_case(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let page = ben.get("/views/all?q=status:asleep").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("The filter is not understood"));
        assert!(ben.get("/views/all?q=from:anna").await.text.contains("No &#60;b&#62;login"));
        assert_eq!(ben.get("/views/nonsense").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_mail_in_its_frame_may_do_nothing() {
    on_both(async |app| {
        let letter = Letter::new(
            "Anna Berg <anna@northbay.example>",
            "Styled",
            "<p>Hi</p><script>alert(1)</script><img src=\"https://t.example/p.gif\">",
        )
        .with("MIME-Version", "1.0")
        .with("Content-Type", "text/html; charset=utf-8");
        let case = app.case_of(&letter).await;
        app.forget_jobs("mail.acknowledge").await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let entry = newest(app, case).await;
        let frame = ben.get(&format!("/entries/{entry}/html")).await;
        let policy = frame.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("img-src data:;") && policy.contains("sandbox "),
            "{policy}"
        );
        assert!(!frame.text.contains("<script") && !frame.text.contains(" src=\"https://t.example"), "{}", frame.text);
        let shown = ben.get(&format!("/entries/{entry}/html?images=yes")).await;
        assert!(shown.text.contains(" src=\"https://t.example/p.gif\""), "{}", shown.text);
        let source = ben.get(&format!("/entries/{entry}/raw")).await;
        assert_eq!(source.headers["content-type"], "message/rfc822");
        assert!(source.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox"));
        assert!(source.text.contains("<script>"));
    })
    .await;
}
