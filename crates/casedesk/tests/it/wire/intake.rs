//! The wire and the desk's own intake together.
use std::time::Duration;

use axum::http::StatusCode;
use casedesk::config::{Imap, Security};
use casedesk::db::{Db, Read as _};
use casedesk::desk::Desk;
use casedesk::kit::Secret;
use casedesk::mail::imap::read_all;
use casedesk::mail::mailboxes::{look, probe, states};
use casedesk::q;
use casedesk::staff::Role;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::support::dovecot::Dovecot;
use crate::support::on_both;
use crate::support::process::{free_port, until};
use crate::support::wire::{fast, mail};

fn reading(desk: &Desk) -> AbortOnDropHandle<()> {
    let reader = read_all(desk.clone(), desk.clone(), fast(), CancellationToken::new());
    AbortOnDropHandle::new(tokio::spawn(reader))
}

/// What the intake has, by its own count.
async fn stored(db: &Db) -> i64 {
    let (count,): (i64,) = db.one(q!("SELECT count(*) FROM inbound")).await.unwrap();
    count
}

#[tokio::test]
async fn a_mailbox_is_stored_once_on_either_database_whatever_happens_in_between() {
    let Some(dovecot) = Dovecot::start().await else { return };
    on_both(async |app| {
        let user = if app.desk().config().database.url.is_empty() { "ada" } else { "bob" };
        let mut program = dovecot.sign_in(user).await;
        for number in 0..60 {
            program.append("INBOX", &mail(&format!("nr-{number}"))).await;
        }
        program.append("INBOX", &(mail("huge") + &"0123456789\r\n".repeat(1000))).await;
        let mut mailbox = dovecot.mailbox("support", user);
        mailbox.since_days = 0;
        let small = app
            .again(|config| {
                config.mail.imap = vec![mailbox.clone()];
                config.mail.max_size = 10_000;
            })
            .await;
        let desk = small.desk();
        let db = desk.db();
        let first = reading(desk);
        until("some are stored", || async { (stored(db).await > 3).then_some(()) }).await;
        drop(first);
        // The killed node's lease runs out.
        app.advance(Duration::from_mins(2));
        let second = reading(desk);
        until("all are read", || async { states(db).await.unwrap().pop()?.last_ok_at.filter(|ok| *ok == desk.now()) })
            .await;
        until("all are stored", || async { (stored(db).await >= 61).then_some(()) }).await;
        assert_eq!(stored(db).await, 61);
        assert!(probe(desk.clone()).await.iter().all(|check| check.ok));
        drop(second);
        // The settings name another place under the same name: its messages are others.
        let elsewhere = Imap { port: free_port(), ..mailbox };
        let moved = app.again(|config| config.mail.imap = vec![elsewhere]).await;
        let third = reading(moved.desk());
        until("the trouble", || async { states(db).await.unwrap().pop()?.trouble }).await;
        app.advance(Duration::from_mins(16));
        look(moved.desk()).await.unwrap();
        let state = states(db).await.unwrap().remove(0);
        assert!(state.alarmed && state.last_ok_at.is_none(), "{state:?}");
        drop(third);
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_is_not_read_is_told_at_health_and_on_the_page_within_a_quarter_of_an_hour() {
    on_both(async |app| {
        let nobody = Imap {
            name: "support".into(),
            host: "localhost".into(),
            port: free_port(),
            security: Security::None,
            user: "ada".into(),
            password: Secret::new("secret"),
            folder: "INBOX".into(),
            since_days: 30,
            idle: true,
            poll_s: 1,
            ca_file: String::new(),
            oauth: None,
        };
        let app = app.again(|config| config.mail.imap = vec![nobody]).await;
        let agent = app.logged_in("Ben", Role::Agent).await;
        let reader = reading(app.desk());
        until("the trouble", || async { states(app.desk().db()).await.unwrap().pop()?.trouble }).await;
        drop(reader);
        app.advance(Duration::from_mins(14));
        look(app.desk()).await.unwrap();
        assert_eq!(app.browser().get("/health").await.status, StatusCode::OK);
        assert!(!agent.get("/alarms").await.text.contains("is not read"));
        app.advance(Duration::from_mins(1));
        look(app.desk()).await.unwrap();
        let health = app.browser().get("/health").await;
        assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(health.text.contains("Not read for 15 minutes."), "{}", health.text);
        let alarm = agent.get("/alarms").await.text;
        assert!(alarm.contains("<b>support</b> is not read. The server does not answer."), "{alarm}");
    })
    .await;
}
