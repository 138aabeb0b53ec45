//! The wire and the desk's own intake together.
use std::time::Duration;

use casedesk::config::{Config, Imap};
use casedesk::db::{Db, Read as _};
use casedesk::desk::Desk;
use casedesk::mail::imap::read_all;
use casedesk::mail::mailboxes::{look, probe, states};
use casedesk::{app, q};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::support::dovecot::Dovecot;
use crate::support::process::{free_port, until};
use crate::support::wire::{fast, mail};
use crate::support::{TestApp, on_both};

/// The same desk with other settings, as after a restart.
async fn with(app: &TestApp, change: impl FnOnce(&mut Config)) -> Desk {
    let mut config = app.desk().config().clone();
    change(&mut config);
    let (db, clock) = (app.desk().db().clone(), app.desk().clock().clone());
    Desk::open(config, db, clock, app::subscribers()).await.unwrap()
}

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
        let desk = with(app, |config| {
            config.mail.imap = vec![mailbox.clone()];
            config.mail.max_size = 10_000;
        })
        .await;
        let db = desk.db();
        let first = reading(&desk);
        until("some are stored", || async { (stored(db).await > 3).then_some(()) }).await;
        drop(first);
        // The killed node's lease runs out.
        app.advance(Duration::from_mins(2));
        let second = reading(&desk);
        until("all are read", || async { states(db).await.unwrap().pop()?.last_ok_at.filter(|ok| *ok == desk.now()) })
            .await;
        until("all are stored", || async { (stored(db).await >= 61).then_some(()) }).await;
        assert_eq!(stored(db).await, 61);
        assert!(probe(desk.clone()).await.iter().all(|check| check.ok));
        drop(second);
        // The settings name another place under the same name: its messages are others.
        let elsewhere = Imap { port: free_port(), ..mailbox };
        let moved = with(app, |config| config.mail.imap = vec![elsewhere]).await;
        let third = reading(&moved);
        until("the trouble", || async { states(db).await.unwrap().pop()?.trouble }).await;
        app.advance(Duration::from_mins(16));
        look(&moved).await.unwrap();
        let state = states(db).await.unwrap().remove(0);
        assert!(state.alarmed && state.last_ok_at.is_none(), "{state:?}");
        drop(third);
    })
    .await;
}
