//! A disk that is full: mail is put off, writing is refused in words, reading goes on, and all heals by itself.
//!
//! SQLite is told how large it may become; PostgreSQL raises the error that it has for a full disk. What only a real
//! disk can do (`bin/test faults`) is not repeated here.
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use casedesk::cases::CasesError;
use casedesk::db::{Dialect, Read as _, is_full};
use casedesk::files::FilesError;
use casedesk::mail::handover::{Intake as _, NotStored};
use casedesk::mail::listener::Listener;
use casedesk::mail::{InboundState, MailError, Source, Taken, actions as mail};
use casedesk::q;
use casedesk::staff::Role;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::support::peer::Peer;
use crate::support::{Letter, TestApp, on_both, with_settings};

/// Nothing can grow any more.
async fn fill(app: &TestApp) {
    let mut tx = app.desk().db().begin().await.unwrap();
    if tx.dialect() == Dialect::Sqlite {
        // Never less than it is.
        let _: (i64,) = tx.one(q!("PRAGMA max_page_count = 1")).await.unwrap();
    } else {
        tx.exec(q!("CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100'', MESSAGE = ''No space left on device''; END'"))
            .await
            .unwrap();
        tx.exec(q!("CREATE TRIGGER no_room BEFORE INSERT ON inbound EXECUTE FUNCTION no_room()")).await.unwrap();
        tx.exec(q!("CREATE TRIGGER no_room BEFORE INSERT ON entries EXECUTE FUNCTION no_room()")).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn make_room(app: &TestApp) {
    let mut tx = app.desk().db().begin().await.unwrap();
    if tx.dialect() == Dialect::Sqlite {
        let _: (i64,) = tx.one(q!("PRAGMA max_page_count = 1000000")).await.unwrap();
    } else {
        tx.exec(q!("DROP TRIGGER no_room ON inbound")).await.unwrap();
        tx.exec(q!("DROP TRIGGER no_room ON entries")).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn long_letter(number: usize) -> Letter {
    let words: String = (0..10_000).map(|word| format!("word{number}x{word} ")).collect();
    Letter::new("Anna Berg <anna@northbay.example>", &format!("Letter {number}"), &words)
}

async fn stored(app: &TestApp) -> i64 {
    let (count,): (i64,) = app.desk().db().one(q!("SELECT COUNT(*) FROM inbound")).await.unwrap();
    count
}

#[tokio::test]
async fn the_mail_server_hears_452_and_the_same_mail_is_taken_once_there_is_room() {
    with_settings(&[("MAIL__LISTENER__LISTEN", "127.0.0.1:0")], async |app| {
        let listener = Listener::bind_all(app.desk().config()).await.unwrap().remove(0);
        let port = listener.address().unwrap().port();
        let serving = listener.serve(app.desk().clone(), CancellationToken::new());
        let _serving = AbortOnDropHandle::new(tokio::spawn(serving));
        let mut peer = Peer::connect(port).await;
        peer.say("", &["220"]).await;
        peer.say("LHLO relay.test\r\n", &["250"]).await;
        let mail = String::from_utf8(long_letter(1).raw().to_vec()).unwrap();
        let message = format!("MAIL FROM:<>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\n{mail}.\r\n");
        fill(app).await;
        peer.say(&message, &["250", "250", "354", "452 4.3.1"]).await;
        assert_eq!(stored(app).await, 0);
        make_room(app).await;
        peer.say(&message, &["250", "250", "354", "250 2.0.0"]).await;
        assert_eq!(stored(app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_mails_at_once_each_is_stored_or_told_that_the_disk_is_full() {
    on_both(async |app| {
        fill(app).await;
        let take_in = |number: usize| {
            let raw =
                if number.is_multiple_of(3) { long_letter(number).raw() } else { Bytes::from(format!("nr {number}")) };
            let desk = app.desk().clone();
            async move { desk.take_in(Source::Api, raw).await }
        };
        let results = futures::future::join_all((0..60).map(take_in)).await;
        let refused: Vec<usize> = (0..60).filter(|number| results[*number].is_err()).collect();
        for number in &refused {
            assert!(matches!(results[*number], Err(NotStored::Full)), "{number}: {:?}", results[*number]);
        }
        assert!(refused.len() >= 20, "{refused:?}");
        assert_eq!(stored(app).await, 60 - i64::try_from(refused.len()).unwrap());
        make_room(app).await;
        futures::future::try_join_all(refused.into_iter().map(take_in)).await.unwrap();
        assert_eq!(stored(app).await, 60);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_finds_no_room_to_be_filed_waits_and_is_not_set_aside() {
    on_both(async |app| {
        let source = Source::Import { path: "test" };
        let Taken::Stored(id) = mail::take_in(app.desk(), source, long_letter(1).raw()).await.unwrap() else {
            panic!()
        };
        fill(app).await;
        for _ in 0..5 {
            app.file().await;
        }
        assert_eq!(app.lies(id).await.state, InboundState::New);
        make_room(app).await;
        app.file().await;
        assert_eq!(app.lies(id).await.state, InboundState::Filed);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn on_a_full_disk_pages_are_read_and_writing_says_that_there_is_no_space() {
    on_both(async |app| {
        let ben = app.logged_in("Ben", Role::Agent).await;
        let case = app.case_of(&Letter::new("Anna Berg <anna@northbay.example>", "No login", "Help.")).await;
        app.forget_jobs("mail.acknowledge").await;
        assert!(!ben.get("/health").await.text.contains("no space left"));
        fill(app).await;
        let long = "a note that does not fit ".repeat(5_000);
        let note = format!("/api/v1/cases/{case}/notes");
        let problem = ben.json(Method::POST, &note, &json!({ "text": long })).await;
        assert_eq!(problem.status, StatusCode::INSUFFICIENT_STORAGE);
        assert!(problem.json()["detail"].as_str().unwrap().contains("no space left"), "{}", problem.text);
        let page = ben.post(&format!("/cases/{case}/notes"), &[("body", &long)]).await;
        assert_eq!(page.status, StatusCode::INSUFFICIENT_STORAGE);
        assert!(page.text.contains("no space left"), "{}", page.text);
        for path in ["/views/all".to_owned(), format!("/cases/{case}"), "/views/all?q=login".into()] {
            assert_eq!(ben.get(&path).await.status, StatusCode::OK, "{path}");
        }
        let health = ben.get("/health").await;
        assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(health.text.contains("no space left"), "{}", health.text);
        make_room(app).await;
        assert_eq!(ben.json(Method::POST, &note, &json!({ "text": long })).await.status, StatusCode::CREATED);
        assert_eq!(app.timeline(case).await.len(), 2);
    })
    .await;
}

#[test]
fn a_full_disk_is_known_through_every_error_that_hides_it() {
    let no_space = || std::io::Error::from_raw_os_error(28);
    let store = || FilesError::Store(object_store(no_space()));
    for error in [
        MailError::Files(store()),
        MailError::Files(FilesError::Folder(no_space())),
        MailError::Database(no_space().into()),
        MailError::Cases(CasesError::Files(store())),
        MailError::Cases(CasesError::Database(no_space().into())),
    ] {
        assert!(is_full(&error), "{error:?}");
        assert!(matches!(NotStored::from(error), NotStored::Full));
    }
    let broken = MailError::Database(std::io::Error::from_raw_os_error(5).into());
    assert!(matches!(NotStored::from(broken), NotStored::Failed(_)));
}

fn object_store(cause: std::io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "folder", source: cause.into() }
}
