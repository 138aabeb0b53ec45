//! Signing in with tokens, against Dovecot's own check of them.
use std::time::Duration;

use casedesk::config::Smtp;
use casedesk::db::Read as _;
use casedesk::mail::client::{Relay, SendError};
use casedesk::mail::mailboxes::{Trouble, probe, states};
use casedesk::mail::oauth::Tokens;
use casedesk::q;

use crate::support::dovecot::Dovecot;
use crate::support::on_both;
use crate::support::process::until;
use crate::support::recorder::Recorder;
use crate::support::relay;
use crate::support::tokens::Endpoint;
use crate::support::wire::{Bare, mail, mailboxes};

/// A Dovecot that asks the endpoint about tokens.
async fn dovecot(endpoint: &Endpoint) -> Option<Dovecot> {
    let url = format!("http://127.0.0.1:{}/tokeninfo?access_token=", endpoint.port);
    Dovecot::start_with_tokens(&url).await
}

#[tokio::test]
async fn a_mailbox_is_read_by_tokens_that_are_renewed_and_the_newest_refresh_token_is_kept() {
    let endpoint = Endpoint::start().await;
    let Some(dovecot) = dovecot(&endpoint).await else { return };
    let mut mailbox = dovecot.mailbox("support", "ada");
    mailbox.oauth = Some(endpoint.settings());
    let bare = Bare::new(mailboxes(vec![mailbox.clone()])).await;
    let intake = Recorder::default();
    dovecot.sign_in("ada").await.append("INBOX", &mail("one")).await;
    let reading = bare.read(&intake);
    until("the first mail", || async { (intake.count() == 1).then_some(()) }).await;
    reading.stop().await;
    assert_eq!((endpoint.granted(), endpoint.faults()), (1, vec![]));
    // Still good: no new one is asked for.
    let reading = bare.read(&intake);
    until("it reads again", || async { (states(bare.desk.db()).await.unwrap()[0].trouble.is_none()).then_some(()) })
        .await;
    reading.stop().await;
    assert_eq!(endpoint.granted(), 1);
    // Run out by the clock; and later withdrawn before its time, which the server's refusal tells.
    bare.clock().advance(Duration::from_hours(1));
    for (count, withdrawn) in [(2, false), (3, true)] {
        if withdrawn {
            endpoint.withdraw();
        }
        dovecot.sign_in("ada").await.append("INBOX", &mail("more")).await;
        let reading = bare.read(&intake);
        until("the next mail", || async { (intake.count() == count).then_some(()) }).await;
        reading.stop().await;
        assert_eq!((endpoint.granted(), endpoint.faults()), (u32::try_from(count).unwrap(), vec![]));
    }
    let kept: (String,) = bare.desk.db().one(q!("SELECT refresh_token FROM oauth_tokens")).await.unwrap();
    assert_eq!(kept.0, "refresh-3");
}

#[tokio::test]
async fn a_withdrawn_permission_is_told_in_plain_words_and_new_settings_end_it() {
    let endpoint = Endpoint::start().await;
    let Some(dovecot) = dovecot(&endpoint).await else { return };
    let mut mailbox = dovecot.mailbox("support", "ada");
    mailbox.oauth = Some(endpoint.settings());
    for (error, words) in [
        ("invalid_grant", "sign in to the provider again and put the new refresh_token into the settings"),
        ("invalid_client", "client_id and client_secret"),
        ("invalid_scope", "check scope"),
    ] {
        endpoint.deny(Some(error));
        let bare = Bare::new(mailboxes(vec![mailbox.clone()])).await;
        let reading = bare.read(&Recorder::default());
        until("the alarm", || async { states(bare.desk.db()).await.unwrap().pop()?.alarmed.then_some(()) }).await;
        let check = probe(bare.desk.clone()).await.remove(0);
        assert!(!check.ok && check.says.contains(words) && check.says.contains("It was taken back."), "{check:?}");
        assert!(!check.says.contains("Trace"), "{check:?}");
        assert_eq!(states(bare.desk.db()).await.unwrap()[0].trouble, Some(Trouble::SignIn));
        reading.stop().await;
        endpoint.deny(None);
        let mut other = mailbox.clone();
        other.oauth.as_mut().unwrap().refresh_token = casedesk::kit::Secret::new(endpoint.refresh());
        let right = bare.again(mailboxes(vec![other])).await;
        let reading = right.read(&Recorder::default());
        until("the end of the alarm", || async {
            (!states(right.desk.db()).await.unwrap().pop()?.alarmed).then_some(())
        })
        .await;
        reading.stop().await;
    }
}

#[tokio::test]
async fn many_who_need_a_token_at_once_ask_for_one() {
    on_both(async |app| {
        let endpoint = Endpoint::start().await;
        let tokens = Tokens::new(app.desk(), "smtp", endpoint.settings()).unwrap();
        let all = futures::future::join_all((0..20).map(|_| tokens.access())).await;
        assert!(all.iter().all(|token| token.as_ref().unwrap().reveal() == "access-1"));
        assert_eq!((endpoint.granted(), endpoint.faults()), (1, vec![]));
    })
    .await;
}

#[tokio::test]
async fn the_relay_is_signed_in_to_by_token() {
    use base64::Engine as _;
    let (endpoint, far_end) = (Endpoint::start().await, relay::Relay::start().await);
    let words =
        base64::engine::general_purpose::STANDARD.encode("user=support@desk.test\x01auth=Bearer access-2\x01\x01");
    far_end.accept_sign_in(&format!("XOAUTH2 {words}"));
    let bare = Bare::new(|config| {
        let smtp: &mut Smtp = &mut config.mail.smtp;
        (smtp.host, smtp.port) = ("127.0.0.1".into(), far_end.port);
        (smtp.security, smtp.user) = (casedesk::config::Security::None, "support@desk.test".into());
        smtp.oauth = Some(endpoint.settings());
    })
    .await;
    let relay = Relay::new(&bare.desk).unwrap().unwrap();
    let to = ["ada@customer.test".to_owned()];
    // The relay does not know the first token: that is about the settings, so the mail waits.
    let error = relay.send(None, &to, mail("one").as_bytes()).await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient { text, .. } if text.contains("refuses to sign in support@desk.test: 5.7.8 I do not know you")),
        "{error:?}"
    );
    relay.send(None, &to, mail("one").as_bytes()).await.unwrap();
    assert_eq!((far_end.messages(), endpoint.granted()), (vec![mail("one")], 2));
}
