//! The telephone: calls are kept while they are written, found by number, and confirmed in writing.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::filter::{Filter, Sort};
use casedesk::cases::{CallStep, CaseId, CaseState, Door, EntryData, EntryKind, store as case_store};
use casedesk::db::Read as _;
use casedesk::kit::standard_webhooks::{Key, secret};
use casedesk::phone::actions as phone;
use casedesk::phone::{CallId, store};
use casedesk::q;
use casedesk::staff::{Role, Viewer};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Caught, Letter, Relay, TestApp, on_both, with_settings};

const DAY: Duration = Duration::from_hours(24);

/// The desk with a relay, an agent Ben with a page and a token.
struct World {
    relay: Relay,
    ben: Viewer,
    page: Browser,
    program: Browser,
}

async fn with_world(test: impl AsyncFn(&TestApp, &World)) {
    with_settings_of(&[], test).await;
}

async fn with_settings_of(more: &[(&str, &str)], test: impl AsyncFn(&TestApp, &World)) {
    let (relay, port) = Relay::start().await;
    let mut settings = vec![
        ("MAIL__FROM", "support@desk.example"),
        ("MAIL__SMTP__HOST", "127.0.0.1"),
        ("MAIL__SMTP__PORT", port.as_str()),
        ("MAIL__SMTP__SECURITY", "none"),
        ("PHONE__COUNTRY_CODE", "353"),
        ("PHONE__WEBHOOK_SECRET", SECRET),
    ];
    settings.extend_from_slice(more);
    with_settings(&settings, async |app| {
        let ben = app.viewer("Ben", Role::Agent).await;
        let page = app.browser();
        page.log_in("Ben").await;
        let program = crate::api::program(app, &ben, casedesk::staff::Scope::Write).await;
        test(app, &World { relay: relay.clone(), ben, page, program }).await;
        relay.take();
    })
    .await;
}

/// 32 bytes of sevens.
const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

#[test]
fn the_secret_of_these_tests_is_one() {
    assert_eq!(secret(&[7; 32]), SECRET);
}

impl World {
    /// Logs a call of Anna over the API.
    async fn call(&self, more: Value) -> Value {
        let answer = self.log(more).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()
    }

    async fn log(&self, more: Value) -> Answer {
        let mut call = json!({
            "caller": { "name": "Anna Berg", "address": "anna@northbay.example" },
            "number": "01 234 5678",
            "subject": "The server restarts at night",
            "summary": "It restarts at 02:00.\nShe sends the log.",
            "started_at": "2027-03-01T08:50:00Z",
            "ended_at": "2027-03-01T08:56:00Z",
        });
        call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.program.json(Method::POST, "/api/v1/calls", &call).await
    }

    async fn state(&self, call: i64) -> String {
        let call = self.program.get(&format!("/api/v1/calls/{call}")).await.json();
        call["state"].as_str().unwrap().to_owned()
    }
}

fn case_of(call: &Value) -> CaseId {
    CaseId(call["case_id"].as_i64().unwrap())
}

fn id_of(call: &Value) -> i64 {
    call["id"].as_i64().unwrap()
}

/// The body of a caught mail as text, transfer encoding undone far enough to find a link.
fn body(mail: &Caught) -> String {
    mail.raw.replace("=\r\n", "").replace("=3D", "=").replace("=20", " ")
}

/// The path of the private link in a mail.
fn link(mail: &Caught) -> String {
    let text = body(mail);
    let at = text.find("/confirm/").unwrap_or_else(|| panic!("no link in {text}"));
    let token: String = text[at + "/confirm/".len()..].chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64, "{text}");
    format!("/confirm/{token}")
}

/// The steps of calls on the case's timeline, oldest first.
async fn steps(app: &TestApp, case: CaseId) -> Vec<CallStep> {
    let rows = app.timeline(case).await;
    let step = |row: &case_store::EntryRow| match row.data().unwrap() {
        EntryData::Call(call) => Some(call.step),
        _ => None,
    };
    rows.iter().filter_map(step).collect()
}

async fn unconfirmed(app: &TestApp, by: &Viewer) -> Vec<CaseId> {
    let filter = Filter::parse("is:unconfirmed", by.id).unwrap();
    let page = store_list(app, &filter, by).await;
    page.into_iter().filter(|row| row.unconfirmed).map(|row| row.id).collect()
}

async fn store_list(app: &TestApp, filter: &Filter, by: &Viewer) -> Vec<case_store::ListedCase> {
    let page = case_store::list(app.desk().db(), filter, Sort::default(), None, 50, by.id, &by.hidden_teams).await;
    page.unwrap().rows
}

#[tokio::test]
async fn a_logged_call_opens_a_case_by_phone_that_is_unconfirmed() {
    with_world(async |app, world| {
        let call = world.call(json!({})).await;
        let case = app.case(case_of(&call)).await;
        assert_eq!((case.door, case.state, case.assignee_id), (Door::Phone, CaseState::Open, Some(world.ben.id)));
        assert_eq!(case.subject, "The server restarts at night");
        assert_eq!(call["state"], "logged");
        assert_eq!(call["caller_number"], "+35312345678");
        assert_eq!(unconfirmed(app, &world.ben).await, [case.id]);
        let rows = app.timeline(case.id).await;
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].kind, rows[0].text.as_str()),
            (EntryKind::Call, "It restarts at 02:00.\nShe sends the log.")
        );
        let page = world.page.get(&format!("/cases/{}", case.id)).await.text;
        assert!(page.contains("Call of Anna Berg, taken by Ben, 6 min"), "{page}");
        assert!(page.contains("unconfirmed"), "{page}");
        let rail = world.page.get("/rail").await.text;
        assert!(
            rail.contains(r#"href="/views/unconfirmed""#) && rail.contains(r#"<span class="count">1</span>"#),
            "{rail}"
        );
        assert_eq!(app.drain().await, 0, "nobody was asked");
    })
    .await;
}

#[tokio::test]
async fn a_caller_is_found_by_the_end_of_the_number_and_by_name() {
    with_world(async |app, world| {
        let call = world.call(json!({})).await;
        let find = async |q: &str| {
            let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
            let found = world.program.get(&format!("/api/v1/callers?q={q}")).await.json();
            found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for q in ["5678", "34 5678", "+353 1 234 5678", "01 234 5678", "00353 1 2345678", "anna", "NORTHBAY"] {
            assert_eq!(find(q).await, ["Anna Berg"], "{q}");
        }
        for q in ["678", "1234", "2345", "9999", "bertha", "%%", "+353 1 234 5679"] {
            assert!(find(q).await.is_empty(), "{q}");
        }
        let contact = call["contact_id"].as_i64().unwrap();
        let path = format!("/api/v1/contacts/{contact}/numbers");
        let again = world.program.json(Method::POST, &path, &json!({ "number": "+353 1 2345678" })).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
        let bad = world.program.json(Method::POST, &path, &json!({ "number": "ring me" })).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        let numbers = world.program.get(&path).await.json();
        assert_eq!(numbers[0]["number_e164"], "+35312345678");
        let options = world.page.get("/calls/callers?q=5678").await.text;
        assert!(options.contains("number matches") && options.contains("1 open case"), "{options}");
        let gone = world.program.body(Method::DELETE, &format!("{path}/{}", numbers[0]["id"]), "", "").await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert!(find("5678").await.is_empty());
        let _ = app;
    })
    .await;
}

#[tokio::test]
async fn the_caller_is_asked_to_write_and_a_mail_of_theirs_confirms() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "written" })).await;
        assert_eq!(call["state"], "asked");
        let case = case_of(&call);
        app.drain().await;
        let mails = world.relay.take();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].envelope_to, ["anna@northbay.example"]);
        assert_eq!(mails[0].header("Auto-Submitted"), None, "an agent asked for it");
        assert!(mails[0].header("Reply-To").unwrap().starts_with("support+"));
        assert!(body(&mails[0]).contains("please confirm in writing"));
        let timeline = app.timeline(case).await;
        assert!(!timeline.iter().any(|row| row.text.contains(&link(&mails[0]))), "the link is in no entry");
        let answer = Letter::new("Anna Berg <anna@northbay.example>", "Re: your call", "Yes, it restarts.")
            .with("To", &mails[0].header("Reply-To").unwrap());
        assert_eq!(app.arrives(&answer).await.case, Some(case));
        app.drain().await;
        assert_eq!(world.state(id_of(&call)).await, "written");
        assert_eq!(steps(app, case).await, [CallStep::Logged, CallStep::Written]);
        assert!(unconfirmed(app, &world.ben).await.is_empty());
        app.advance(DAY);
        app.drain().await;
        assert!(world.relay.take().is_empty(), "nothing more is asked");
    })
    .await;
}

#[tokio::test]
async fn mail_of_somebody_else_or_of_a_machine_confirms_nothing() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "written" })).await;
        app.drain().await;
        let to = world.relay.take()[0].header("Reply-To").unwrap();
        let foreign = Letter::new("Carl <carl@southbay.example>", "Re: your call", "I confirm it.").with("To", &to);
        assert_eq!(app.arrives(&foreign).await.case, Some(case_of(&call)));
        let machine = Letter::new("Anna Berg <anna@northbay.example>", "Out of office", "Back on Monday.")
            .with("To", &to)
            .with("Auto-Submitted", "auto-replied");
        assert_eq!(app.arrives(&machine).await.case, Some(case_of(&call)));
        app.drain().await;
        assert_eq!(world.state(id_of(&call)).await, "asked");
        assert_eq!(unconfirmed(app, &world.ben).await, [case_of(&call)]);
        app.forget_jobs("phone.escalate").await;
    })
    .await;
}

#[tokio::test]
async fn how_long_silence_lasts_is_a_setting() {
    let settings = [("PHONE__CONFIRM_AFTER_HOURS", "3"), ("PHONE__GIVE_UP_AFTER_DAYS", "2")];
    with_settings_of(&settings, async |app, world| {
        let id = id_of(&world.call(json!({ "ask": "written" })).await);
        app.drain().await;
        let (moment, hour) = (Duration::from_secs(1), Duration::from_hours(1));
        for (wait, state) in [
            (3 * hour - moment, "asked"),
            (moment, "summary sent"),
            (2 * DAY - moment, "summary sent"),
            (moment, "unanswered"),
        ] {
            app.advance(wait);
            app.drain().await;
            assert_eq!(world.state(id).await, state);
        }
    })
    .await;
}

#[tokio::test]
async fn silence_sends_the_summary_once_and_then_says_so() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "written" })).await;
        let (id, case) = (id_of(&call), case_of(&call));
        app.drain().await;
        world.relay.take();
        app.advance(DAY - Duration::from_secs(1));
        app.drain().await;
        assert_eq!(world.state(id).await, "asked");
        app.advance(Duration::from_secs(1));
        app.drain().await;
        assert_eq!(world.state(id).await, "summary sent");
        let mails = world.relay.take();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert!(mails[0].envelope_from.is_empty(), "RFC 3834: nobody hears of its failure");
        assert!(body(&mails[0]).contains("> It restarts at 02:00."));
        let asked = store::confirmations(app.desk().db(), CallId(id)).await.unwrap();
        for confirmation in &asked {
            phone::after_silence(app.desk(), confirmation.id).await.unwrap();
            phone::after_silence(app.desk(), confirmation.id).await.unwrap();
        }
        app.drain().await;
        assert!(world.relay.take().is_empty(), "a job that runs again asks nothing");
        assert_eq!(world.state(id).await, "summary sent", "one that runs too early decides nothing");
        app.advance(7 * DAY);
        app.drain().await;
        assert_eq!(world.state(id).await, "unanswered");
        phone::after_silence(app.desk(), asked[1].id).await.unwrap();
        assert_eq!(steps(app, case).await, [CallStep::Logged, CallStep::Unanswered]);
        assert_eq!(unconfirmed(app, &world.ben).await, [case], "an agent decides");
        let accepted = world.program.body(Method::POST, &format!("/api/v1/calls/{id}/acceptance"), "", "").await;
        assert_eq!(accepted.json()["state"], "accepted");
        let again = world.program.body(Method::POST, &format!("/api/v1/calls/{id}/acceptance"), "", "").await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(unconfirmed(app, &world.ben).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_summary_is_confirmed_by_a_click_and_looking_changes_nothing() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "summary" })).await;
        app.drain().await;
        let link = link(&world.relay.take()[0]);
        let visitor = app.browser().without_origin();
        for _ in 0..3 {
            let page = visitor.get(&link).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains("It restarts at 02:00.") && page.text.contains("Confirm"), "{}", page.text);
            assert_eq!(page.headers["referrer-policy"], "no-referrer");
            assert_eq!(page.headers["cache-control"], "no-store");
        }
        assert_eq!(world.state(id_of(&call)).await, "summary sent");
        // A browser that names no referrer names no origin either.
        let clicked = app.browser().with("origin", "null").post(&link, &[("do", "confirm")]).await;
        assert_eq!((clicked.status, clicked.location()), (StatusCode::SEE_OTHER, link.as_str()));
        assert_eq!(world.state(id_of(&call)).await, "confirmed");
        let again = visitor.post(&link, &[("do", "write"), ("text", "No!")]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert_eq!(steps(app, case_of(&call)).await, [CallStep::Logged, CallStep::Confirmed]);
        assert!(visitor.get(&link).await.text.contains("You have confirmed the summary."));
        assert!(unconfirmed(app, &world.ben).await.is_empty());
        app.forget_jobs("phone.escalate").await;
    })
    .await;
}

#[tokio::test]
async fn a_correction_stands_beside_the_summary_and_reopens_the_case() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "summary" })).await;
        let case = case_of(&call);
        app.drain().await;
        let link = link(&world.relay.take()[0]);
        let solved = world.program.body(Method::POST, &format!("/api/v1/cases/{case}/solution"), "", "").await;
        assert_eq!(solved.status, StatusCode::OK);
        let visitor = app.browser().without_origin();
        let empty = visitor.post(&link, &[("do", "write"), ("text", " \r\n ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let long = "x".repeat(20_001);
        assert_eq!(
            visitor.post(&link, &[("do", "write"), ("text", &long)]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let sent = visitor.post(&link, &[("do", "write"), ("text", "It restarts at 03:00, <b>not</b> 02:00.")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(world.state(id_of(&call)).await, "corrected");
        let words: Vec<String> = app.timeline(case).await.into_iter().map(|row| row.text).collect();
        assert!(words.contains(&"It restarts at 02:00.\nShe sends the log.".to_owned()), "nothing is overwritten");
        assert!(words.contains(&"It restarts at 03:00, <b>not</b> 02:00.".to_owned()));
        assert_eq!(app.case(case).await.state, CaseState::Open);
        let page = world.page.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains("Call corrected by Anna Berg") && page.contains("&lt;b&gt;not&lt;/b&gt;"), "{page}");
        app.forget_jobs("phone.escalate").await;
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_guessed_stale_or_another_leads_to_nothing() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "summary" })).await;
        app.drain().await;
        let link = link(&world.relay.take()[0]);
        let visitor = app.browser().without_origin();
        let (zeros, shouted) = ("0".repeat(64), link.to_uppercase().replace("/CONFIRM/", "/confirm/"));
        for wrong in
            [format!("/confirm/{zeros}"), "/confirm/x".into(), "/confirm/%00".into(), format!("{link}0"), shouted]
        {
            assert_eq!(visitor.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
            assert_eq!(visitor.post(&wrong, &[("do", "confirm")]).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        let digests = q!("SELECT COUNT(*) FROM call_confirmations WHERE token_digest = $1", &link["/confirm/".len()..]);
        let (stored,): (i64,) = app.desk().db().one(digests).await.unwrap();
        assert_eq!(stored, 0, "only its digest is kept");
        app.advance(30 * DAY - Duration::from_secs(1));
        assert_eq!(visitor.get(&link).await.status, StatusCode::OK);
        app.advance(Duration::from_secs(2));
        assert_eq!(visitor.get(&link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(visitor.post(&link, &[("do", "confirm")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.state(id_of(&call)).await, "summary sent");
        app.forget_jobs("phone.escalate").await;
    })
    .await;
}

#[tokio::test]
async fn a_call_without_a_way_to_ask_is_logged_and_asks_in_words() {
    with_world(async |app, world| {
        let unknown = json!({ "caller": { "name": "Bo", "organisation": "North Bay" }, "number": "" });
        let mut asked = unknown.clone();
        asked["ask"] = json!("written");
        let refused = world.log(asked).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("no mail address"), "{}", refused.text);
        assert_eq!(app.count_cases().await, 0, "all or nothing");
        let call = world.call(unknown).await;
        let contact = call["contact_id"].as_i64().unwrap();
        let found = world.program.get(&format!("/api/v1/contacts/{contact}")).await.json();
        assert!(found["organisation_id"].is_i64(), "{found}");
        for (wrong, status) in [
            (json!({ "caller": {} }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "contact_id": 99_999 }), StatusCode::NOT_FOUND),
            (json!({ "case_id": 99_999 }), StatusCode::NOT_FOUND),
            (json!({ "summary": "  " }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "summary": "x".repeat(20_001) }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "number": "call me" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "ended_at": "2027-03-01T08:00:00Z" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "caller": { "address": "nobody" } }), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let answer = world.log(wrong.clone()).await;
            assert_eq!(answer.status, status, "{wrong}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn mail_to_a_paused_address_is_not_sent_and_the_case_says_that_no_answer_came() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "written" })).await;
        app.drain().await;
        world.relay.take();
        let contact = call["contact_id"].as_i64().unwrap();
        let path = format!("/api/v1/contacts/{contact}/addresses/anna@northbay.example/pause");
        assert_eq!(
            world.program.json(Method::PUT, &path, &json!({ "reason": "bounced" })).await.status,
            StatusCode::NO_CONTENT
        );
        app.advance(DAY);
        app.drain().await;
        assert!(world.relay.take().is_empty());
        assert_eq!(world.state(id_of(&call)).await, "unanswered");
        let ask = format!("/api/v1/calls/{}/confirmations", id_of(&call));
        let refused = world.program.json(Method::POST, &ask, &json!({ "question": "summary" })).await;
        assert!(refused.text.contains("paused: bounced"), "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn a_second_call_keeps_the_case_unconfirmed_and_joins_its_case() {
    with_world(async |app, world| {
        let first = world.call(json!({})).await;
        let case = case_of(&first);
        let solved = world.program.body(Method::POST, &format!("/api/v1/cases/{case}/solution"), "", "").await;
        assert_eq!(solved.status, StatusCode::OK);
        let second = world.call(json!({ "case_id": case.0, "summary": "It did it again." })).await;
        assert_eq!(case_of(&second), case);
        assert_eq!(app.case(case).await.state, CaseState::Open, "whoever calls again has not been helped");
        for (call, left) in [(&first, vec![case]), (&second, vec![])] {
            let path = format!("/api/v1/calls/{}/acceptance", id_of(call));
            assert_eq!(world.program.body(Method::POST, &path, "", "").await.status, StatusCode::OK);
            assert_eq!(unconfirmed(app, &world.ben).await, left);
        }
        let closed = world.program.body(Method::POST, &format!("/api/v1/cases/{case}/closure"), "", "").await;
        assert_eq!(closed.status, StatusCode::OK);
        assert_eq!(world.log(json!({ "case_id": case.0 })).await.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn the_mark_goes_with_a_call_that_is_split_off_and_shows_through_a_merge() {
    with_world(async |app, world| {
        let first = world.call(json!({})).await;
        let second = world.call(json!({ "case_id": case_of(&first).0, "summary": "Another thing." })).await;
        let case = case_of(&first);
        let accept = format!("/api/v1/calls/{}/acceptance", id_of(&first));
        assert_eq!(world.program.body(Method::POST, &accept, "", "").await.status, StatusCode::OK);
        let entry = app.timeline(case).await.into_iter().find(|row| row.text == "Another thing.").unwrap().id;
        let new = casedesk::cases::actions::split(app.desk(), &world.ben, case, &[entry], "Another").await.unwrap();
        app.drain().await;
        assert_eq!(unconfirmed(app, &world.ben).await, [new]);
        casedesk::cases::actions::merge(app.desk(), &world.ben, new, case).await.unwrap();
        assert_eq!(unconfirmed(app, &world.ben).await, [case], "as part of what it is merged into");
        let accept = format!("/api/v1/calls/{}/acceptance", id_of(&second));
        assert_eq!(world.program.body(Method::POST, &accept, "", "").await.status, StatusCode::OK);
        assert!(unconfirmed(app, &world.ben).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_is_kept_on_the_server_and_belongs_to_its_agent() {
    with_world(async |app, world| {
        let empty = world.page.get("/calls/new").await;
        assert_eq!(empty.status, StatusCode::OK);
        assert_eq!(calls(app).await, 0, "looking makes nothing");
        let typed =
            "who=Anna&name=Anna+Berg&email=anna%40northbay.example&started=2027-03-01T08%3A50&summary=It+restarts";
        let keep = async |body: &str| {
            world.page.body(Method::PUT, "/calls/draft", "application/x-www-form-urlencoded", body).await.json()
        };
        let kept = keep(typed).await;
        let again = keep(&format!("call={}&over=1&{typed}+at+night", kept["call"])).await;
        assert_eq!(kept["call"], again["call"]);
        assert_eq!(again["ended"], "2027-03-01T09:00");
        assert_eq!(calls(app).await, 1);
        let page = world.page.get("/calls/new").await.text;
        assert!(page.contains("It restarts at night") && page.contains("anna@northbay.example"), "{page}");
        let other = app.logged_in("Cleo", Role::Agent).await;
        let path = format!("/calls/{}", kept["call"]);
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&format!("{path}/discard"), &[]).await.status, StatusCode::NOT_FOUND);
        let theirs = other
            .body(Method::PUT, "/calls/draft", "application/x-www-form-urlencoded", &format!("call={}", kept["call"]))
            .await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        let fields = [
            ("call", kept["call"].to_string()),
            ("name", "Anna Berg".into()),
            ("email", "anna@northbay.example".into()),
            ("summary", "It restarts at night\r\nShe sends the log".into()),
            ("started", "2027-03-01T08:50".into()),
            ("ended", "2027-03-01T08:40".into()),
            ("ask", String::new()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = world.page.post("/calls", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("cannot end before it began") && refused.text.contains("She sends the log"));
        let mut right = fields.clone();
        right[5] = ("ended", "2027-03-01T08:58");
        let logged = world.page.post("/calls", &right).await;
        assert_eq!(logged.status, StatusCode::SEE_OTHER, "{}", logged.text);
        let case = CaseId(logged.location().rsplit('/').next().unwrap().parse().unwrap());
        assert_eq!(app.case(case).await.subject, "It restarts at night");
        assert_eq!(calls(app).await, 1, "the draft has become the call");
        assert!(!world.page.get("/calls/new").await.text.contains("It restarts"));
        assert_eq!(world.page.post("/calls", &right).await.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
        assert!(world.page.get("/calls").await.text.contains("unconfirmed, nobody was asked"));
    })
    .await;
}

async fn calls(app: &TestApp) -> i64 {
    let (count,): (i64,) = app.desk().db().one(q!("SELECT COUNT(*) FROM calls")).await.unwrap();
    count
}

/// An announcement as the telephone system sends it, at the desk's time.
async fn announce(app: &TestApp, id: &str, body: &str) -> StatusCode {
    announce_at(app, (id, app.desk().now().seconds(), SECRET), body, body).await
}

async fn announce_at(app: &TestApp, (id, at, secret): (&str, i64, &str), signed: &str, sent: &str) -> StatusCode {
    let signature = Key::parse(secret).unwrap().sign(id, at, signed.as_bytes());
    let system = app
        .browser()
        .without_origin()
        .with("webhook-id", id)
        .with("webhook-timestamp", &at.to_string())
        .with("webhook-signature", &signature);
    system.body(Method::POST, "/hooks/phone", "application/json", sent).await.status
}

#[tokio::test]
async fn an_announced_call_pops_up_for_the_agent_who_answers_and_for_nobody_else() {
    with_world(async |app, world| {
        world.call(json!({})).await;
        let profile = json!({ "name": "Ben", "signature": "", "time_zone": "UTC", "phone_extension": "201" });
        assert_eq!(world.program.json(Method::PUT, "/api/v1/me", &profile).await.status, StatusCode::NO_CONTENT);
        let cleo = app.logged_in("Cleo", Role::Agent).await;
        let mut bus = app.desk().db().subscribe();
        let ringing =
            r#"{"call":"A1","caller":"0035312345678","called":"+3531999","started_at":"2027-03-01T09:00:00Z"}"#;
        assert_eq!(announce(app, "m1", ringing).await, StatusCode::NO_CONTENT);
        assert!(!world.page.get("/calls/pop").await.text.contains("toast"), "it only rings");
        let answered = r#"{"call":"A1","agent":"201","answered_at":"2027-03-01T09:00:05Z"}"#;
        app.advance(Duration::from_secs(5));
        assert_eq!(announce(app, "m2", answered).await, StatusCode::NO_CONTENT);
        assert_eq!(announce(app, "m2", answered).await, StatusCode::NO_CONTENT, "a repetition is taken and ignored");
        let mut told = 0;
        while let Ok(notice) = bus.try_recv() {
            told += usize::from(notice.contains("telephone"));
            assert!(
                !notice.contains("12345678") && !notice.contains("Anna"),
                "nothing private is on the bus: {notice}"
            );
        }
        // PostgreSQL's notices come by another connection.
        assert!(told <= 1);
        let pop = world.page.get("/calls/pop").await.text;
        assert!(pop.contains("Anna Berg") && pop.contains("href=\"/calls/"), "{pop}");
        assert!(!cleo.get("/calls/pop").await.text.contains("Anna"));
        let id = pop.split("href=\"/calls/").nth(1).unwrap().split('"').next().unwrap();
        let path = format!("/calls/{id}");
        let screen = world.page.get(&path).await.text;
        assert!(
            screen.contains("+35312345678") && screen.contains("Anna Berg") && screen.contains("CD-1001"),
            "{screen}"
        );
        assert_eq!(cleo.get(&path).await.status, StatusCode::NOT_FOUND);
        let ended = r#"{"call":"A1","agent":"201","ended_at":"2027-03-01T09:04:00Z"}"#;
        assert_eq!(announce(app, "m3", ended).await, StatusCode::NO_CONTENT);
        assert!(!world.page.get("/calls/pop").await.text.contains("toast"), "it is over");
        assert!(world.page.get(&path).await.text.contains("2027-03-01T09:04"));
        let mail =
            r#"{"call":"A2","agent":"BEN@desk.example","caller":"anonymous","answered_at":"2027-03-01T09:05:00Z"}"#;
        assert_eq!(announce(app, "m4", mail).await, StatusCode::NO_CONTENT);
        assert!(world.page.get("/calls/pop").await.text.contains("Number not shown"));
        let taken = json!({ "name": "Cleo", "signature": "", "time_zone": "UTC", "phone_extension": "201" });
        let answer = cleo.json(Method::PUT, "/api/v1/me", &taken).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn an_announcement_that_is_forged_stale_or_broken_is_refused() {
    with_world(async |app, _| {
        let now = app.desk().now().seconds();
        let body = r#"{"call":"A1","caller":"+35312345678"}"#;
        let other = secret(&[8; 32]);
        for (why, headers, sent) in [
            ("another secret", ("m1", now, other.as_str()), body),
            ("too old", ("m1", now - 301, SECRET), body),
            ("from the future", ("m1", now + 301, SECRET), body),
            ("another body", ("m1", now, SECRET), r#"{"call":"A1","caller":"+35399999999"}"#),
            ("no id", ("", now, SECRET), body),
        ] {
            assert_eq!(announce_at(app, headers, body, sent).await, StatusCode::UNAUTHORIZED, "{why}");
        }
        let bare = app.browser().without_origin();
        assert_eq!(
            bare.body(Method::POST, "/hooks/phone", "application/json", body).await.status,
            StatusCode::UNAUTHORIZED
        );
        for (id, broken) in [("b1", "{"), ("b2", "[]"), ("b3", r#"{"caller":"+353"}"#), ("b4", r#"{"call":""}"#)] {
            assert_eq!(announce(app, id, broken).await, StatusCode::BAD_REQUEST, "{broken}");
        }
        let vast = format!(r#"{{"call":"{}"}}"#, "x".repeat(20_000));
        assert_eq!(announce(app, "b5", &vast).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(calls(app).await, 0);
        assert_eq!(announce_at(app, ("m1", now - 300, SECRET), body, body).await, StatusCode::NO_CONTENT);
        assert_eq!(calls(app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn without_a_secret_there_is_no_door_for_telephone_systems() {
    on_both(async |app| {
        assert_eq!(announce(app, "m1", r#"{"call":"A1"}"#).await, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_call_on_a_case_of_a_closed_team_does_not_exist_for_others() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "summary" })).await;
        app.drain().await;
        let ada = app.viewer("Ada", Role::Admin).await;
        let team = casedesk::staff::actions::add_team(app.desk(), &ada, "Security", true).await.unwrap();
        let change = casedesk::cases::rules::Change::Team(Some(team));
        casedesk::cases::actions::change(app.desk(), &ada, case_of(&call), &change).await.unwrap();
        let path = format!("/api/v1/calls/{}", id_of(&call));
        assert_eq!(world.program.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.program.get("/api/v1/calls").await.json()["calls"], json!([]));
        assert_eq!(world.page.get(&format!("/calls/{}", id_of(&call))).await.status, StatusCode::NOT_FOUND);
        let ask =
            world.program.json(Method::POST, &format!("{path}/confirmations"), &json!({ "question": "summary" })).await;
        assert_eq!(ask.status, StatusCode::NOT_FOUND);
        assert!(unconfirmed(app, &Viewer { hidden_teams: vec![team], ..world.ben.clone() }).await.is_empty());
        app.forget_jobs("phone.escalate").await;
    })
    .await;
}

/// Who called opens the page to confirm it from the case in the customers' pages, and nobody else.
#[tokio::test]
async fn a_call_is_confirmed_from_its_case_in_the_customers_pages_by_who_called_alone() {
    with_world(async |app, world| {
        let call = world.call(json!({ "ask": "summary" })).await;
        let mailed = link(&crate::mail::sends(app, &world.relay).await[0]);
        app.case_of(&Letter::new("Carl <carl@southbay.example>", "carl-case", "Words.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let anna = crate::portal::log_in(app, &world.relay, "anna@northbay.example").await;
        let carl = crate::portal::log_in(app, &world.relay, "carl@southbay.example").await;
        let case = format!("/portal/cases/{}", case_of(&call));
        let (question,): (i64,) = app.desk().db().one(q!("SELECT id FROM call_confirmations")).await.unwrap();
        let way = format!("{case}/confirmations/{question}");
        let page = anna.get(&case).await.text;
        assert!(page.contains("Please confirm what we wrote down") && page.contains(&way), "{page}");
        assert!(!page.contains(&mailed), "the link itself stands on no page");
        assert_eq!(carl.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
        let (theirs,): (CaseId,) =
            app.desk().db().one(q!("SELECT id FROM cases WHERE subject = 'carl-case'")).await.unwrap();
        let by_own = format!("/portal/cases/{theirs}/confirmations/{question}");
        assert_eq!(carl.post(&by_own, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(anna.post(&format!("{case}/confirmations/987654"), &[]).await.status, StatusCode::NOT_FOUND);
        let stranger = app.browser().post(&way, &[]).await;
        assert_eq!((stranger.status, stranger.location()), (StatusCode::UNAUTHORIZED, ""), "nobody is logged in");
        // A colleague who sees the case does not answer for who called.
        app.case_of(&Letter::new("Bob <bob@northbay.example>", "bob-case", "Words.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let bob = crate::portal::log_in(app, &world.relay, "bob@northbay.example").await;
        let ada = app.viewer("Ada", Role::Admin).await;
        let of = casedesk::customers::store::organisation_by_domain(app.desk().db(), "northbay.example").await;
        let scope = casedesk::portal::PortalScope::Organisation;
        casedesk::portal::actions::set_scope(app.desk(), &ada, of.unwrap().unwrap().id, scope).await.unwrap();
        let page = bob.get(&case).await;
        assert!(page.status == StatusCode::OK && !page.text.contains("Please confirm"), "{}", page.text);
        assert_eq!(bob.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
        let led = anna.post(&way, &[]).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, mailed.as_str()));
        assert!(anna.get(led.location()).await.text.contains("It restarts at 02:00."));
        assert_eq!(anna.post(led.location(), &[("do", "confirm")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(world.state(id_of(&call)).await, "confirmed");
        assert!(!anna.get(&case).await.text.contains("Please confirm"), "what is answered is not asked");
        assert_eq!(anna.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
        crate::mail::sends(app, &world.relay).await;
        app.forget_jobs("phone.escalate").await;
    })
    .await;
}

#[tokio::test]
async fn whoever_is_on_the_line_comes_with_their_contract_and_how_their_versions_stand() {
    with_world(async |app, world| {
        let ada = app.viewer("Ada", Role::Admin).await;
        crate::file::ferrywell(app, &ada).await;
        let of = crate::file::northbay(app, &ada).await;
        crate::file::contract(app, &ada, of, "2027-01-01", "2027-12-31").await;
        let place = crate::file::installation(app, &ada, of, "Main site").await;
        let version = [crate::file::given(casedesk_details::Field::ProductVersion, "5.1.2")];
        let origin = casedesk::customers::actions::Origin::AGENT;
        casedesk::customers::actions::set_values(app.desk(), &ada, place, &version, origin).await.unwrap();
        let contact = world.call(json!({})).await["contact_id"].clone();
        let profile = json!({ "name": "Ben", "signature": "", "time_zone": "UTC", "phone_extension": "201" });
        assert_eq!(world.program.json(Method::PUT, "/api/v1/me", &profile).await.status, StatusCode::NO_CONTENT);
        let answered = r#"{"call":"A1","caller":"+35312345678","agent":"201","answered_at":"2027-03-01T09:00:05Z"}"#;
        assert_eq!(announce(app, "m1", answered).await, StatusCode::NO_CONTENT);
        let known = [
            ("pop", world.page.get("/calls/pop").await.text),
            ("screen", world.page.get(&format!("/calls/about?contact={contact}")).await.text),
        ];
        for (where_, text) in known {
            for words in ["covered", "Premier until 31 Dec 2027.", "Main site: Ferrywell Transfer 5.1.2", "ended"] {
                assert!(text.contains(words), "{where_} lacks {words}: {text}");
            }
        }
        let cleo = app.logged_in("Cleo", Role::Agent).await;
        assert!(!cleo.get("/calls/pop").await.text.contains("Premier"), "it pops up for who answered");
        app.drain().await;
    })
    .await;
}

#[test]
fn the_signed_example_of_an_announcement_holds() {
    let readme = include_str!("../../../../README.md");
    let (id, at) = ("A-1001-answered", 1_803_891_605);
    let body = r#"{"call":"A-1001","caller":"+35312345678","called":"+3531999","agent":"201","answered_at":"2027-03-01T09:00:05Z"}"#;
    let signature = Key::parse(SECRET).unwrap().sign(id, at, body.as_bytes());
    for part in [SECRET, id, &at.to_string(), body, &signature] {
        assert!(readme.contains(part), "the example has {part}");
    }
}
