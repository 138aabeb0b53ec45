//! Work that gave up is seen, retried and given up for good; what a far end said of people stays out of the log.
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::actions::{self as cases, Reply};
use casedesk::cases::{Delivery, store};
use casedesk::customers::Person;
use casedesk::db::Read as _;
use casedesk::mail::jobs::SystemMail;
use casedesk::staff::Role;
use casedesk::{q, queue, upkeep};
use serde_json::Value;

use crate::support::relay::{AtTheEnd, Relay};
use crate::support::{Browser, Letter, TestApp, with_settings};

const SAID: &str = "looks like spam";

/// A desk whose relay refuses what it is given, and names the recipient when it does.
async fn with_refusing_relay(test: impl AsyncFn(&TestApp, &Relay)) {
    let relay = Relay::start().await;
    relay.plan(AtTheEnd::Refuses);
    let port = relay.port.to_string();
    let settings = [
        ("MAIL__FROM", "support@desk.example"),
        ("MAIL__SMTP__HOST", "127.0.0.1"),
        ("MAIL__SMTP__PORT", port.as_str()),
        ("MAIL__SMTP__SECURITY", "none"),
    ];
    with_settings(&settings, async |app| {
        relay.plan(AtTheEnd::Refuses);
        test(app, &relay).await;
    })
    .await;
}

async fn wants_mail(app: &TestApp) {
    let mail = SystemMail {
        to: "anna@northbay.example".into(),
        name: None,
        subject: "Your invitation".into(),
        text: format!("Come in. {}", app.desk().now().0),
        in_reply_to: None,
    };
    let mut tx = app.desk().db().begin().await.unwrap();
    queue::enqueue(&mut tx, &mail, app.desk().now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Tries until the desk gives up; for how long it tried.
async fn until_parked(app: &TestApp) -> Duration {
    let begun = app.desk().now();
    loop {
        app.drain().await;
        if queue::counts(app.desk().db()).await.unwrap() == (0, 1) {
            return app.desk().now().since(begun);
        }
        app.advance(Duration::from_mins(5));
    }
}

async fn parked(by: &Browser) -> Value {
    by.get("/api/v1/parked-jobs").await.json()
}

#[tokio::test]
async fn an_invitation_that_cannot_be_mailed_is_tried_for_hours_then_shown_and_starts_over_when_asked() {
    with_refusing_relay(async |app, relay| {
        let (ada, ben) = (app.logged_in("Ada", Role::Admin).await, app.logged_in("Ben", Role::Agent).await);
        assert!(ada.get("/settings/work").await.text.contains("Nothing gave up"));
        wants_mail(app).await;
        assert!(until_parked(app).await >= Duration::from_hours(1), "a relay may be away for an hour");
        let page = ada.get("/settings/work").await.text;
        assert!(page.contains("A mail of the desk itself") && page.contains(SAID), "{page}");
        let health = ada.get("/health").await;
        assert_eq!(health.status, StatusCode::OK, "{}", health.text);
        assert!(health.text.contains("1 gave up") && !health.text.contains('@'), "{}", health.text);
        let counted = |text: &str| text.split("[data-parked]").nth(1).unwrap().contains("<template>1<");
        assert!(counted(&ada.get("/alarms").await.text));
        assert!(!counted(&ben.get("/alarms").await.text), "who can do nothing about it is not told");
        assert_eq!(ben.get("/settings/work").await.status, StatusCode::FORBIDDEN);
        let id = parked(&ada).await[0]["id"].clone();
        assert_eq!(ben.post(&format!("/settings/work/{id}/retry"), &[]).await.status, StatusCode::FORBIDDEN);
        relay.plan(AtTheEnd::Takes);
        ada.post(&format!("/settings/work/{id}/retry"), &[]).await;
        app.drain().await;
        assert_eq!(parked(&ada).await.as_array().unwrap().len(), 0);
        assert!(relay.messages().iter().any(|mail| mail.contains("Come in.")));
        relay.plan(AtTheEnd::Refuses);
        wants_mail(app).await;
        until_parked(app).await;
        let id = parked(&ada).await[0]["id"].clone();
        let again = format!("/api/v1/parked-jobs/{id}/retry");
        assert_eq!(ada.json(Method::POST, &again, &Value::Null).await.status, StatusCode::NO_CONTENT);
        until_parked(app).await;
        ada.post(&format!("/settings/work/{id}/delete"), &[]).await;
        assert_eq!(queue::counts(app.desk().db()).await.unwrap(), (0, 0));
        let gone = ada.post(&format!("/settings/work/{id}/delete"), &[]).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert!(ada.get("/settings/audit").await.text.contains("upkeep.work_given_up"));
    })
    .await;
}

#[tokio::test]
async fn a_reply_that_was_given_up_goes_out_once_it_is_let_start_over() {
    with_refusing_relay(async |app, relay| {
        let by = app.viewer("Ben", Role::Agent).await;
        let case = app.case_of(&Letter::new("Anna <anna@northbay.example>", "Login", "It does not work.")).await;
        app.forget_jobs("mail.acknowledge").await;
        relay.plan(AtTheEnd::Drops);
        let to = vec![Person { name: None, address: "anna@northbay.example".into() }];
        let reply = Reply { body: "Please try again.".into(), to, ..Reply::default() };
        let entry = cases::reply(app.desk(), &by, case, reply).await.unwrap();
        until_parked(app).await;
        let ada = app.logged_in("Ada", Role::Admin).await;
        let delivery = async || store::entry(app.desk().db(), entry).await.unwrap().unwrap().delivery;
        assert_eq!(delivery().await, Some(Delivery::Failed));
        relay.plan(AtTheEnd::Takes);
        let id = parked(&ada).await[0]["id"].clone();
        let again = ada.post(&format!("/settings/work/{id}/retry"), &[]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{} {}", again.text, parked(&ada).await);
        assert_eq!(delivery().await, Some(Delivery::Pending));
        app.drain().await;
        assert_eq!(delivery().await, Some(Delivery::Sent));
        assert!(relay.messages().iter().any(|mail| mail.contains("Please try again.")));
    })
    .await;
}

#[tokio::test]
async fn work_that_recurs_can_only_start_over() {
    with_settings(&[], async |app| {
        let ada = app.logged_in("Ada", Role::Admin).await;
        let mut tx = app.desk().db().begin().await.unwrap();
        tx.exec(q!("INSERT INTO jobs (kind, payload, unique_key, run_at, created_at, state)
             VALUES ('notices.tidy', '{}', 'notices.tidy', 0, 0, 'parked')"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let job = parked(&ada).await[0].clone();
        assert_eq!(job["recurs"], true);
        let page = ada.get("/settings/work").await.text;
        assert!(page.contains("Try again") && !page.contains("Give it up"), "{page}");
        let given_up = ada.post(&format!("/settings/work/{}/delete", job["id"]), &[]).await;
        assert_eq!(given_up.status, StatusCode::NOT_FOUND);
        assert_eq!(queue::counts(app.desk().db()).await.unwrap(), (0, 1), "it is there still");
        app.forget_jobs("notices.tidy").await;
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_work_has_words() {
    with_settings(&[], async |app| {
        for kind in casedesk::app::worker(app.desk()).unwrap().kinds() {
            assert_ne!(upkeep::rules::words(kind), "Other work", "{kind} in upkeep/rules.rs");
        }
    })
    .await;
}

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_refused_mail_is_logged_without_the_words_of_the_relay_and_kept_with_them() {
    with_refusing_relay(async |app, _| {
        let logged = Logged::default();
        let writer = logged.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(false);
        let guard = tracing::subscriber::set_default(subscriber.with_writer(move || writer.clone()).finish());
        wants_mail(app).await;
        app.drain().await;
        drop(guard);
        let text = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("a job failed") && text.contains("system_mail"), "it is logged: {text}");
        assert!(!text.contains('@') && !text.contains(SAID), "without an address: {text}");
        let (kept,): (String,) = app.desk().db().one(q!("SELECT last_error FROM jobs")).await.unwrap();
        assert!(kept.contains("anna@northbay.example") && kept.contains(SAID), "{kept}");
        app.forget_jobs("system_mail").await;
    })
    .await;
}
