//! Mail out: through Postfix into a mailbox, and at the mercy of a relay that misbehaves.
use std::time::Duration;

use casedesk::config::Security;
use casedesk::kit::Secret;
use casedesk::mail::client::{Receipt, Relay, SendError};

use crate::support::dovecot::Dovecot;
use crate::support::peer::Listening;
use crate::support::postfix::Postfix;
use crate::support::process::{free_port, until};
use crate::support::recorder::Mood;
use crate::support::relay::{self, AtTheEnd};
use crate::support::wire::{Bare, mail};

async fn sender(port: u16, change: impl FnOnce(&mut casedesk::config::Smtp)) -> (Bare, Relay) {
    let bare = Bare::new(|config| {
        let smtp = &mut config.mail.smtp;
        (smtp.host, smtp.port, smtp.security) = ("localhost".into(), port, Security::None);
        change(smtp);
    })
    .await;
    let relay = Relay::new(&bare.desk).unwrap().unwrap();
    (bare, relay)
}

fn to(addresses: &[&str]) -> Vec<String> {
    addresses.iter().map(|&address| address.to_owned()).collect()
}

#[tokio::test]
async fn mail_goes_through_postfix_into_a_mailbox_byte_by_byte() {
    let Some(dovecot) = Dovecot::start().await else { return };
    let Some(postfix) = Postfix::start(1, Some(&dovecot)).await else { return };
    let authority = postfix.folder.join("ca.pem").display().to_string();
    let (_bare, relay) =
        sender(postfix.port, |smtp| (smtp.security, smtp.ca_file) = (Security::Starttls, authority)).await;
    let text = "..two dots\r\n.\r\n.one\r\nGrüße\r\n\r\n";
    let raw = format!("{}{text}", mail("out"));
    for from in [Some("support@desk.test"), None] {
        let receipt = relay.send(from, &to(&["ada@customer.test", "bob@customer.test"]), raw.as_bytes()).await.unwrap();
        assert!(receipt.said.contains("queued as"), "{receipt:?}");
    }
    for user in ["ada@customer.test", "bob@customer.test"] {
        let mut program = dovecot.sign_in(user).await;
        let messages = until("both mails are delivered", || async {
            let mut program = dovecot.sign_in(user).await;
            Some(program.messages("INBOX").await).filter(|messages| messages.len() == 2)
        })
        .await;
        assert!(messages.iter().all(|message| message.ends_with(&raw)), "{messages:?}");
        assert!(messages.iter().any(|message| message.starts_with("Return-Path: <>")), "{messages:?}");
        program.ask("LOGOUT").await;
    }
}

#[tokio::test]
async fn a_refusal_names_the_recipient_and_nothing_is_sent_to_the_others() {
    let Some(dovecot) = Dovecot::start().await else { return };
    let Some(postfix) = Postfix::start(1, Some(&dovecot)).await else { return };
    let (_bare, relay) = sender(postfix.port, |_| ()).await;
    let send = |people: Vec<String>| {
        let relay = relay.clone();
        async move { relay.send(Some("support@desk.test"), &people, mail("out").as_bytes()).await }
    };
    let error = send(to(&["ada@customer.test", "nobody@customer.test"])).await.unwrap_err();
    let SendError::Permanent { code: 550, enhanced, recipient, text } = error else { panic!("{error:?}") };
    assert_eq!((enhanced.as_deref(), recipient.as_deref()), (Some("5.1.1"), Some("nobody@customer.test")));
    assert!(text.contains("No such person here"), "{text}");
    let error = send(to(&["ada@customer.test", "later@customer.test"])).await.unwrap_err();
    let SendError::Transient { code: Some(450), recipient, maybe_sent: false, .. } = error else { panic!("{error:?}") };
    assert_eq!(recipient.as_deref(), Some("later@customer.test"));
    let error = send(to(&["not an address"])).await.unwrap_err();
    assert!(matches!(error, SendError::Permanent { recipient: Some(_), .. }), "{error:?}");
    assert!(matches!(send(vec![]).await, Err(SendError::Permanent { .. })));
    send(to(&["ada@customer.test"])).await.unwrap();
    until("one mail, and one alone", || async {
        let mut program = dovecot.sign_in("ada@customer.test").await;
        Some(program.messages("INBOX").await).filter(|messages| messages.len() == 1)
    })
    .await;
}

#[tokio::test]
async fn postfix_keeps_what_we_put_off_and_delivers_it_when_we_can() {
    let desk = Listening::lmtp().await;
    desk.intake.mood(Mood::Full);
    let Some(postfix) = Postfix::start(desk.port, None).await else { return };
    let (_bare, relay) = sender(postfix.port, |_| ()).await;
    relay
        .send(Some("ada@customer.test"), &to(&["support@desk.test", "sales@desk.test"]), mail("patient").as_bytes())
        .await
        .unwrap();
    until("Postfix was put off", || async {
        postfix.queue().contains("452 4.3.1 No space left, try again later").then_some(())
    })
    .await;
    assert_eq!(desk.intake.count(), 0);
    desk.intake.mood(Mood::Well);
    let message = until("the mail comes", || async { desk.intake.messages().pop() }).await;
    assert!(message.raw.ends_with(&mail("patient")), "{}", message.raw);
    assert_eq!(message.from, "ada@customer.test");
    assert!(message.to.len() == 2 && message.to.contains(&"sales@desk.test".to_owned()), "{:?}", message.to);
    until("the queue is empty", || async { postfix.queue().is_empty().then_some(()) }).await;
    assert_eq!(desk.intake.count(), 1);
}

#[tokio::test]
async fn a_connection_that_drops_before_the_answer_leaves_open_whether_it_was_sent() {
    let far_end = relay::Relay::start().await;
    let (_bare, relay) = sender(far_end.port, |_| ()).await;
    let people = to(&["ada@customer.test"]);
    far_end.plan(AtTheEnd::Drops);
    for _ in 0..200 {
        let error = relay.send(None, &people, mail("again").as_bytes()).await.unwrap_err();
        assert!(matches!(error, SendError::Transient { maybe_sent: true, .. }), "{error:?}");
    }
    far_end.plan(AtTheEnd::Takes);
    let receipt = relay.send(None, &people, mail("again").as_bytes()).await.unwrap();
    assert_eq!(receipt, Receipt { said: "2.0.0 Queued as 4711".into() });
    assert_eq!(far_end.messages(), vec![mail("again"); 201]);
    far_end.plan(AtTheEnd::Refuses);
    let error = relay.send(None, &people, mail("spam").as_bytes()).await.unwrap_err();
    assert!(matches!(error, SendError::Permanent { code: 554, recipient: None, .. }), "{error:?}");
}

#[tokio::test]
async fn connections_are_used_again_and_a_dead_one_is_noticed() {
    let far_end = relay::Relay::start().await;
    let (_bare, relay) = sender(far_end.port, |_| ()).await;
    let people = to(&["ada@customer.test"]);
    for _ in 0..5 {
        relay.send(Some("support@desk.test"), &people, b"Subject: bare\n\nline\rends\n").await.unwrap();
    }
    assert_eq!(far_end.connections(), 1);
    far_end.hang_up();
    relay.send(None, &people, b"Subject: after\r\n\r\n").await.unwrap();
    assert_eq!((far_end.connections(), far_end.messages().len()), (2, 6));
    assert_eq!(far_end.messages()[0], "Subject: bare\r\n\r\nline\r\nends\r\n");
    assert!(far_end.lines().contains(&"MAIL FROM:<support@desk.test>".to_owned()), "{:?}", far_end.lines());
}

#[tokio::test]
async fn check_says_what_is_wrong_with_the_relay() {
    let far_end = relay::Relay::start().await;
    far_end.accept_sign_in("nobody");
    let closed = free_port();
    type Change = fn(&mut casedesk::config::Smtp);
    let Some(dovecot) = Dovecot::start().await else { return };
    let trials: [(u16, Change, &str); 8] = [
        // Any port that waits for TLS and any that greets in the clear will do.
        (dovecot.imaps, |_| (), "waits for TLS and is spoken to in the clear: set security to tls"),
        (dovecot.imaps, |smtp| smtp.security = Security::Starttls, "waits for TLS and is spoken to in the clear"),
        (far_end.port, |smtp| smtp.security = Security::Tls, "speaks in the clear and is asked for TLS"),
        (far_end.port, |_| (), "localhost can be used"),
        (closed, |_| (), "cannot be used: Connection refused"),
        (far_end.port, |smtp| smtp.host = "no such host".into(), "is not known to the DNS"),
        (far_end.port, |smtp| smtp.security = Security::Starttls, "Check port and security"),
        (
            far_end.port,
            |smtp| (smtp.user, smtp.password) = ("ada".into(), Secret::new("wrong")),
            "refuses to sign in ada",
        ),
    ];
    for (port, change, words) in trials {
        let (bare, _) = sender(port, change).await;
        let all = casedesk::mail::check::all(&bare.desk);
        let check = tokio::time::timeout(Duration::from_secs(15), all).await.unwrap().pop().unwrap();
        assert!(check.says.contains(words), "{words}: {check:?}");
    }
}
