//! The listener's dialogue, byte by byte.
use casedesk::config::Config;
use casedesk::mail::check;
use casedesk::mail::listener::Listener;
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use crate::support::peer::{Listening, Peer, elsewhere};
use crate::support::process::{Folder, free_port, until};
use crate::support::proxy::Dice;
use crate::support::recorder::{Mood, Recorder};
use crate::support::wire::{Bare, mail};

const ENVELOPE: &str = "MAIL FROM:<ada@customer.test>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\n";

#[tokio::test]
async fn several_pipelined_messages_on_one_connection_are_answered_for_each_recipient() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.met().await;
    for subject in ["one", "two"] {
        peer.say(
            "MAIL FROM:<ada@customer.test> SIZE=200 BODY=8BITMIME\r\nRCPT TO:<support@desk.test>\r\n\
             RCPT TO:<sales@desk.test>\r\nDATA\r\n",
            &["250 2.1.0", "250 2.1.5", "250 2.1.5", "354"],
        )
        .await;
        peer.say(format!("{}.\r\n", mail(subject)), &["250 2.0.0", "250 2.0.0"]).await;
    }
    // Everything in one go, as far as the protocol lets a client run ahead.
    let both = format!("{ENVELOPE}{}.\r\nMAIL FROM:<>\r\nRCPT TO:<support@desk.test>\r\nQUIT\r\n", mail("three"));
    peer.say(both, &["250", "250", "354", "250", "250", "250", "221"]).await;
    assert!(peer.is_closed().await);
    let taken = desk.intake.messages();
    assert_eq!(desk.intake.raw(), [mail("one"), mail("two"), mail("three")]);
    assert_eq!(taken[0].from, "ada@customer.test");
    assert_eq!(taken[0].to, ["support@desk.test", "sales@desk.test"]);
}

#[tokio::test]
async fn smtp_gives_one_answer_and_knows_its_own_greetings() {
    let desk = Listening::smtp().await;
    let mut peer = desk.peer().await;
    peer.say("LHLO relay.test\r\n", &["500 5.5.1"]).await;
    let offers = peer.say("EHLO relay.test\r\n", &["250"]).await;
    for extension in ["PIPELINING", "SIZE 100000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING"] {
        assert!(offers.contains(extension), "{offers}");
    }
    peer.say(
        "MAIL FROM:<> SMTPUTF8\r\nRCPT TO:<bücher@desk.test>\r\nRCPT TO:<b@desk.test>\r\nDATA\r\n",
        &["250", "250", "250", "354"],
    )
    .await;
    peer.say(format!("{}.\r\nNOOP\r\n", mail("one")), &["250 2.0.0 Taken", "250 2.0.0 Well"]).await;
    assert_eq!(desk.intake.messages()[0].to, ["bücher@desk.test", "b@desk.test"]);
    assert_eq!(desk.intake.messages()[0].from, "");
    peer.say("HELO relay.test\r\nRSET\r\nVRFY ada\r\nHELP\r\nQUIT\r\n", &["250", "250", "252", "214", "221"]).await;
}

#[tokio::test]
async fn dots_are_unstuffed_and_hidden_ends_do_not_end_a_message() {
    let desk = Listening::lmtp().await;
    let smuggled = "MAIL FROM:<boss@desk.test>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\nforged\r\n";
    for end in ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\r\n.\r\r\n", "\r\n\0.\r\n"] {
        let mut peer = desk.met().await;
        peer.say(ENVELOPE, &["250", "250", "354"]).await;
        let text = format!("Subject: x\r\n\r\nhello{end}{smuggled}");
        peer.say(format!("{text}.\r\n"), &["250"]).await;
        peer.say("QUIT\r\n", &["221"]).await;
        let expected = text.replace("\r\n.", "\r\n");
        assert_eq!(desk.intake.messages().pop().unwrap().raw, expected, "{end:?}");
    }
    assert_eq!(desk.intake.count(), 8);
    let mut peer = desk.met().await;
    peer.say(ENVELOPE, &["250", "250", "354"]).await;
    peer.say("Subject: dots\r\n\r\n..\r\n..hidden\r\nplain.\r\n.\r\n", &["250"]).await;
    assert_eq!(desk.intake.raw()[8], "Subject: dots\r\n\r\n.\r\n.hidden\r\nplain.\r\n");
}

#[tokio::test]
async fn commands_must_end_in_crlf_and_be_short() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.met().await;
    peer.say("MAIL FROM:<a@customer.test>\n", &["500 5.5.2"]).await;
    assert!(peer.is_closed().await);
    let mut peer = desk.met().await;
    peer.say(format!("NOOP {}\r\nNOOP\r\n", "x".repeat(50_000)), &["500 5.5.2", "250"]).await;
    peer.send(vec![b'x'; 1_000_000]).await;
    assert!(peer.is_closed().await);
}

#[tokio::test]
async fn what_is_too_large_is_refused_by_its_announcement_or_at_its_end() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.met().await;
    peer.say("MAIL FROM:<a@customer.test> SIZE=100001\r\n", &["552 5.3.4"]).await;
    peer.say(ENVELOPE, &["250", "250", "354"]).await;
    peer.say(format!("{}\r\n.\r\n", "x".repeat(100_000)), &["552 5.3.4"]).await;
    peer.say(format!("{ENVELOPE}{}.\r\n", mail("after")), &["250", "250", "354", "250"]).await;
    assert_eq!(desk.intake.raw(), [mail("after")]);
    // A flood is not read to its end.
    peer.say(ENVELOPE, &["250", "250", "354"]).await;
    peer.send(vec![b'x'; 70 << 20]).await;
    assert!(peer.answer().await.is_none_or(|answer| answer.starts_with("552")));
    assert_eq!(desk.intake.count(), 1);
}

#[tokio::test]
async fn chunks_make_one_message_and_are_bounded_alike() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.met().await;
    let envelope = "MAIL FROM:<>\r\nRCPT TO:<support@desk.test>\r\nRCPT TO:<sales@desk.test>\r\n";
    let (first, second) = ("Subject: chunks\r\n\r\n.\r\n", "\r\n.\r\nnot the end\r\n");
    let all = format!("{envelope}BDAT {}\r\n{first}BDAT {} LAST\r\n{second}", first.len(), second.len());
    peer.say(all, &["250", "250", "250", "250 2.0.0 Go on", "250 2.0.0 Taken", "250 2.0.0 Taken"]).await;
    assert_eq!(desk.intake.raw(), [format!("{first}{second}")]);
    peer.say(envelope, &["250", "250", "250"]).await;
    peer.say(format!("BDAT 100001 LAST\r\n{}", "x".repeat(100_001)), &["552", "552"]).await;
    peer.say("BDAT 3 LAST\r\nabc", &["503"]).await;
    peer.say(format!("{envelope}BDAT 3\r\nabcDATA\r\n"), &["250", "250", "250", "250", "503"]).await;
    peer.say("RSET\r\n", &["250"]).await;
    assert_eq!(desk.intake.count(), 1);
}

#[tokio::test]
async fn the_envelope_has_an_order_and_limits() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.peer().await;
    peer.say("MAIL FROM:<a@customer.test>\r\n", &["503 5.5.1"]).await;
    peer.say("LHLO relay.test\r\n", &["250"]).await;
    peer.say("RCPT TO:<a@desk.test>\r\nDATA\r\n", &["503", "503"]).await;
    peer.say("MAIL FROM:<a@customer.test>\r\nMAIL FROM:<b@customer.test>\r\nDATA\r\n", &["250", "503", "503"]).await;
    peer.say("RCPT TO:<>\r\nRCPT TO:nobody\r\nRCPT TO:<a@desk.test> NONSENSE=1\r\n", &["501", "501", "555"]).await;
    for _ in 0..100 {
        peer.say("RCPT TO:<a@desk.test>\r\n", &["250"]).await;
    }
    peer.say("RCPT TO:<a@desk.test>\r\n", &["452 4.5.3"]).await;
    peer.say("DATA\r\n", &["354"]).await;
    peer.say(format!("{}.\r\n", mail("many")), &["250"; 100]).await;
    assert_eq!(desk.intake.messages()[0].to.len(), 100);
    peer.say("EXPN list\r\nSTARTTLS\r\nAUTH PLAIN\r\n", &["502", "502", "502"]).await;
}

#[tokio::test]
async fn garbage_ends_the_session_and_a_browser_is_not_listened_to() {
    let desk = Listening::lmtp().await;
    let mut dice = Dice(7);
    for _ in 0..20 {
        let mut peer = desk.raw().await;
        let garbage: Vec<u8> = (0..1000).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        peer.send(garbage).await;
        peer.0.get_mut().shutdown().await.ok();
        while let Some(answer) = peer.answer().await {
            assert!(!answer.starts_with("354"), "{answer}");
        }
    }
    let mut peer = desk.peer().await;
    let request = format!("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nLHLO x\r\n{ENVELOPE}{}.\r\n", mail("forged"));
    peer.say(request, &["421 4.5.0"]).await;
    assert!(peer.is_closed().await);
    let mut peer = desk.met().await;
    for _ in 0..19 {
        peer.say("NONSENSE\r\n", &["500"]).await;
    }
    peer.say("NONSENSE\r\n", &["500", "421 4.7.0"]).await;
    let mut peer = desk.met().await;
    peer.say("NOOP\r\n".repeat(999), &["250"; 999]).await;
    peer.say("NOOP\r\n", &["421 4.7.0"]).await;
    assert_eq!(desk.intake.tries(), 0);
}

#[tokio::test]
async fn a_message_cut_off_anywhere_is_never_taken() {
    let desk = Listening::lmtp().await;
    let whole = format!("LHLO relay.test\r\n{ENVELOPE}{}.\r\n", mail("cut"));
    let mut dice = Dice(11);
    for _ in 0..250 {
        let mut peer = desk.raw().await;
        peer.send(&whole.as_bytes()[..dice.below(whole.len())]).await;
        peer.0.get_mut().shutdown().await.unwrap();
        while peer.answer().await.is_some() {}
    }
    assert_eq!(desk.intake.tries(), 0);
    let mut peer = desk.peer().await;
    peer.say(&whole, &["250", "250", "250", "354", "250"]).await;
    assert_eq!(desk.intake.raw(), [mail("cut")]);
}

#[tokio::test]
async fn our_trouble_is_temporary_and_never_an_acknowledgement() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.met().await;
    let message = format!("{ENVELOPE}{}.\r\n", mail("patient"));
    for (mood, answer) in [(Mood::Full, "452 4.3.1"), (Mood::Broken, "451 4.3.0"), (Mood::Well, "250 2.0.0")] {
        desk.intake.mood(mood);
        peer.say(&message, &["250", "250", "354", answer]).await;
    }
    assert_eq!(desk.intake.raw(), [mail("patient")]);
}

#[tokio::test]
async fn a_mail_that_goes_in_circles_is_refused() {
    let desk = Listening::lmtp().await;
    let mut peer = desk.met().await;
    for (hops, answer) in [(51, "554 5.4.6"), (50, "250 2.0.0")] {
        let text = "Received: from a by b\r\n".repeat(hops) + "Subject: x\r\n\r\nReceived: in the text\r\n.\r\n";
        peer.say(format!("{ENVELOPE}{text}"), &["250", "250", "354", answer]).await;
    }
    assert_eq!(desk.intake.count(), 1);
}

#[tokio::test]
async fn only_those_allowed_may_connect_and_not_too_many() {
    let desk = Listening::new(|config| config.mail.listener.allow = elsewhere()).await;
    let mut peer = desk.raw().await;
    peer.hear("554 5.7.1").await;
    assert!(peer.is_closed().await);
    let desk = Listening::new(|config| config.mail.listener.max_connections = 1).await;
    let mut first = desk.peer().await;
    desk.raw().await.hear("421 4.7.0").await;
    first.say("QUIT\r\n", &["221"]).await;
    assert!(first.is_closed().await);
    until("the place is free again", || async {
        desk.raw().await.answer().await.filter(|answer| answer.starts_with("220"))
    })
    .await;
}

#[tokio::test]
async fn told_to_stop_it_finishes_the_message_under_way_and_says_goodbye_to_the_idle() {
    let desk = Listening::lmtp().await;
    let (mut idle, mut busy) = (desk.met().await, desk.met().await);
    busy.say(format!("{ENVELOPE}Subject: half"), &["250", "250", "354"]).await;
    desk.stop.cancel();
    idle.hear("421 4.3.2").await;
    assert!(idle.is_closed().await);
    busy.say("\r\n\r\nwhole\r\n.\r\n", &["250 2.0.0", "421 4.3.2"]).await;
    desk.task.await.unwrap();
    assert_eq!(desk.intake.raw(), ["Subject: half\r\n\r\nwhole\r\n"]);
}

#[tokio::test]
async fn a_silent_peer_is_sent_away() {
    let desk = Listening::new(|config| config.mail.listener.timeout_s = 1).await;
    let (mut quiet, mut half) = (desk.met().await, desk.met().await);
    half.say(format!("{ENVELOPE}Subject: half"), &["250", "250", "354"]).await;
    quiet.hear("421 4.4.2").await;
    half.hear("421 4.4.2").await;
    assert_eq!(desk.intake.tries(), 0);
}

#[tokio::test]
async fn a_desk_takes_mail_in_by_lmtp_and_by_smtp_at_once_and_health_knows_each() {
    let folder = Folder::new("listeners");
    let (lmtp, smtp) = (free_port(), free_port());
    let text = format!(
        "[server]\ndata = \"{}\"\n[mail.listener]\nlisten = \"127.0.0.1:{lmtp}\"\n\
         [[mail.listeners]]\nlisten = \"127.0.0.1:{smtp}\"\nprotocol = \"smtp\"\n",
        folder.path().display()
    );
    let config = Config::load(Some(&folder.write("casedesk.toml", &text)), []).unwrap();
    let desk = Bare::new(|of| of.mail = config.mail.clone()).await;
    let mut listeners = Listener::bind_all(&config).await.unwrap();
    assert_eq!(listeners.len(), 2);
    let stop = CancellationToken::new();
    let (second, first) = (listeners.remove(1), listeners.remove(0));
    let (by_lmtp, by_smtp) = (Recorder::default(), Recorder::default());
    let serving = tokio::spawn(first.serve(by_lmtp.clone(), stop.clone()));
    tokio::spawn(second.serve(by_smtp.clone(), stop.clone()));
    for (port, hello, subject) in [(lmtp, "LHLO", "one"), (smtp, "EHLO", "two")] {
        let mut peer = Peer::connect(port).await;
        peer.hear("220").await;
        peer.say(format!("{hello} relay.test\r\n"), &["250"]).await;
        peer.say(ENVELOPE, &["250", "250", "354"]).await;
        peer.say(format!("{}.\r\n", mail(subject)), &["250"]).await;
    }
    assert_eq!((by_lmtp.raw(), by_smtp.raw()), (vec![mail("one")], vec![mail("two")]));
    let names = [format!("LMTP at 127.0.0.1:{lmtp}"), format!("SMTP at 127.0.0.1:{smtp}")];
    let checks = check::probe(desk.desk.clone()).await;
    let told: Vec<(String, bool)> = checks.into_iter().map(|check| (check.name, check.ok)).collect();
    assert_eq!(told, names.clone().map(|name| (name, true)));
    stop.cancel();
    serving.await.unwrap();
    until("the second is closed too", || async {
        let checks = check::probe(desk.desk.clone()).await;
        checks.iter().all(|check| !check.ok).then_some(())
    })
    .await;
}

#[test]
fn two_listeners_on_one_address_or_one_without_are_told() {
    let folder = Folder::new("listeners");
    let text = format!(
        "[server]\ndata = \"{}\"\n[mail.listener]\nlisten = \"127.0.0.1:2424\"\n\
         [[mail.listeners]]\nlisten = \"127.0.0.1:2424\"\n[[mail.listeners]]\nlisten = \"\"\n",
        folder.path().display()
    );
    let error = Config::load(Some(&folder.write("casedesk.toml", &text)), []).unwrap_err().to_string();
    assert!(error.contains("two listen on 127.0.0.1:2424") && error.contains("each needs an address"), "{error}");
}
