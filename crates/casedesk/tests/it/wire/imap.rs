//! Reading mailboxes of a real Dovecot.
use std::time::Duration;

use casedesk::config::{Imap, Security};
use casedesk::db::Read as _;
use casedesk::kit::Secret;
use casedesk::mail::mailboxes::{State, Trouble, look, probe, states};
use casedesk::q;

use crate::support::dovecot::Dovecot;
use crate::support::on_each;
use crate::support::process::{free_port, until};
use crate::support::proxy::{Dice, Proxy};
use crate::support::recorder::{Mood, Recorder};
use crate::support::wire::{Bare, mail, mailboxes};

#[tokio::test]
async fn new_mail_is_told_by_the_server_over_starttls_and_tls_and_no_flag_changes() {
    let Some(dovecot) = Dovecot::start().await else { return };
    for (user, security, port) in [
        ("ada", Security::Starttls, dovecot.imap),
        ("bob", Security::Tls, dovecot.imaps),
        ("eve", Security::None, dovecot.imap),
    ] {
        let mut program = dovecot.sign_in(user).await;
        program.append("INBOX", &mail("first")).await;
        let mut mailbox = dovecot.mailbox("support", user);
        (mailbox.security, mailbox.port) = (security, port);
        let bare = Bare::new(mailboxes(vec![mailbox])).await;
        let intake = Recorder::default();
        let reading = bare.read(&intake);
        until("the first mail is taken", || async { (intake.count() == 1).then_some(()) }).await;
        program.append("INBOX", &mail("second")).await;
        until("the second mail is taken", || async { (intake.count() == 2).then_some(()) }).await;
        assert_eq!(intake.raw(), [mail("first"), mail("second")]);
        reading.stop().await;
        let flags = program.flags("INBOX").await;
        assert!(flags.len() == 2 && flags.iter().all(|line| !line.contains("Seen")), "{flags:?}");
    }
}

/// A mailbox with some mail, the desk that reads it, and what it took.
async fn reading_of(database: &str, dovecot: &Dovecot, user: &str) -> (Bare, Recorder) {
    let bare = Bare::on(database, mailboxes(vec![dovecot.mailbox("support", user)])).await;
    (bare, Recorder::default())
}

async fn until_taken(intake: &Recorder, count: usize) {
    until(&format!("{count} mails are taken"), || async { (intake.count() >= count).then_some(()) }).await;
    assert_eq!(intake.count(), count);
}

async fn state(bare: &Bare) -> State {
    states(bare.desk.db()).await.unwrap().pop().unwrap()
}

/// Events about mailboxes so far, oldest first.
async fn events(bare: &Bare) -> Vec<String> {
    let rows: Vec<(String,)> =
        bare.desk.db().all(q!("SELECT kind FROM events WHERE topic = 'mailbox' ORDER BY id")).await.unwrap();
    rows.into_iter().map(|(kind,)| kind).collect()
}

#[tokio::test]
async fn what_others_do_in_the_mailbox_changes_nothing() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        for subject in ["seen", "deleted", "expunged", "kept"] {
            program.append("INBOX", &mail(subject)).await;
        }
        program.ask("SELECT INBOX").await;
        program.ask("STORE 1 +FLAGS (\\Seen \\Flagged)").await;
        program.ask("STORE 3 +FLAGS (\\Deleted)").await;
        program.ask("EXPUNGE").await;
        program.ask("STORE 2 +FLAGS (\\Deleted)").await;
        let before = program.flags("INBOX").await;
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        let reading = bare.read(&intake);
        until_taken(&intake, 3).await;
        // While the desk waits for news, somebody reads everything and something comes in already read.
        program.ask("SELECT INBOX").await;
        program.ask("STORE 1:* +FLAGS (\\Seen)").await;
        program.append_at("INBOX", "(\\Seen) ", &mail("read at once")).await;
        until_taken(&intake, 4).await;
        reading.stop().await;
        assert_eq!(intake.raw(), ["seen", "deleted", "kept", "read at once"].map(mail));
        assert_eq!(intake.again(), 0);
        assert!(before[0].contains("\\Flagged \\Seen") && !before[2].contains("Seen"), "{before:?}");
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_however_long_everything_missed_is_read_once_and_in_order() {
    on_each(async |database| {
        let Some(mut dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        program.append("INBOX", &mail("before")).await;
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        let reading = bare.read(&intake);
        until_taken(&intake, 1).await;
        // The server goes away while the desk waits; then the desk goes away as well.
        dovecot.stop();
        until("the desk notices", || async { state(&bare).await.trouble }).await;
        reading.stop().await;
        dovecot.go_on().await;
        let mut program = dovecot.sign_in("ada").await;
        let missed: Vec<String> = (0..130).map(|number| mail(&format!("missed-{number}"))).collect();
        for mail in &missed {
            // Arrived long ago by the server's clock, which does not matter behind the last uid.
            program.append_at("INBOX", "\"01-Jan-2020 00:00:00 +0000\" ", mail).await;
        }
        let reading = bare.read(&intake);
        until_taken(&intake, 131).await;
        assert_eq!(intake.raw()[1..], missed);
        until("it is well", || async { state(&bare).await.failing_since.is_none().then_some(()) }).await;
        reading.stop().await;
        let reading = bare.read(&intake);
        program.append("INBOX", &mail("after")).await;
        until_taken(&intake, 132).await;
        assert_eq!((intake.again(), state(&bare).await.behind), (0, 0));
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_is_numbered_anew_is_read_again_and_the_intake_knows_the_rest() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        program.ask("CREATE Support").await;
        program.append("Support", &mail("old")).await;
        let mut mailbox = dovecot.mailbox("support", "ada");
        mailbox.folder = "Support".into();
        let bare = Bare::on(database, mailboxes(vec![mailbox])).await;
        let intake = Recorder::default();
        let reading = bare.read(&intake);
        until_taken(&intake, 1).await;
        reading.stop().await;
        program.ask("DELETE Support").await;
        program.ask("CREATE Support").await;
        program.append("Support", &mail("old")).await;
        program.append("Support", &mail("new")).await;
        let reading = bare.read(&intake);
        until_taken(&intake, 3).await;
        assert_eq!(intake.raw(), ["old", "old", "new"].map(mail));
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_put_off_is_found_again_in_a_folder_that_is_numbered_anew_however_old_it_is() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        let long_ago = "\"07-Jan-2020 23:30:00 -0800\" ";
        program.ask("CREATE Support").await;
        program.append_at("Support", "\"01-Jan-2019 00:00:00 +0000\" ", &mail("never wanted")).await;
        program.append("Support", &mail("first")).await;
        let mut mailbox = dovecot.mailbox("support", "ada");
        mailbox.folder = "Support".into();
        let bare = Bare::on(database, mailboxes(vec![mailbox])).await;
        let intake = Recorder::default();
        intake.mood(Mood::Dislikes("put off".into()));
        let reading = bare.read(&intake);
        until_taken(&intake, 1).await;
        program.append_at("Support", long_ago, &mail("put off")).await;
        program.append("Support", &mail("second")).await;
        until_taken(&intake, 2).await;
        until("the gap is there", || async { (state(&bare).await.gaps == 1).then_some(()) }).await;
        reading.stop().await;
        program.ask("DELETE Support").await;
        program.ask("CREATE Support").await;
        program.append_at("Support", "\"01-Jan-2019 00:00:00 +0000\" ", &mail("never wanted")).await;
        program.append("Support", &mail("first")).await;
        program.append_at("Support", long_ago, &mail("put off")).await;
        program.append("Support", &mail("second")).await;
        // Numbered anew once more before the days were read: they are not forgotten over it.
        intake.mood(Mood::Hangs);
        let (reading, tries) = (bare.read(&intake), intake.tries());
        until("it is being read again", || async { (intake.tries() > tries).then_some(()) }).await;
        reading.stop().await;
        program.ask("DELETE Support").await;
        program.ask("CREATE Support").await;
        program.append_at("Support", "\"01-Jan-2019 00:00:00 +0000\" ", &mail("never wanted")).await;
        program.append_at("Support", long_ago, &mail("put off")).await;
        program.append("Support", &mail("third")).await;
        intake.mood(Mood::Well);
        let reading = bare.read(&intake);
        until("the newest is taken", || async { intake.raw().contains(&mail("third")).then_some(()) }).await;
        reading.stop().await;
        assert_eq!(intake.raw(), ["first", "second", "put off", "third"].map(mail));
    })
    .await;
}

#[tokio::test]
async fn the_first_reading_goes_back_as_far_as_it_is_told() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        program.append("INBOX", &mail("today")).await;
        program.append_at("INBOX", "\"01-Jan-2020 00:00:00 +0000\" ", &mail("filed later")).await;
        program.append("INBOX", &mail("also today")).await;
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        let reading = bare.read(&intake);
        until_taken(&intake, 2).await;
        reading.stop().await;
        assert_eq!(intake.raw(), ["today", "also today"].map(mail));
        let mut mailbox = dovecot.mailbox("all of it", "ada");
        mailbox.since_days = 0;
        let bare = Bare::on(database, mailboxes(vec![mailbox])).await;
        let intake = Recorder::default();
        let reading = bare.read(&intake);
        until_taken(&intake, 3).await;
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_mail_beyond_the_limit_is_noted_by_its_headers() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        program.append("INBOX", &mail("small")).await;
        program.append("INBOX", &(mail("huge") + &"0123456789\r\n".repeat(1000))).await;
        program.append("INBOX", &mail("small too")).await;
        let mailbox = dovecot.mailbox("support", "ada");
        let bare = Bare::on(database, |config| {
            config.mail.imap = vec![mailbox];
            config.mail.max_size = 10_000;
        })
        .await;
        let intake = Recorder::default();
        let reading = bare.read(&intake);
        until_taken(&intake, 2).await;
        until("all is read", || async { state(&bare).await.last_ok_at }).await;
        reading.stop().await;
        let noted = intake.oversized();
        assert_eq!(noted.len(), 1);
        assert!(noted[0].0.contains("Subject: huge") && !noted[0].0.contains("0123456789"), "{}", noted[0].0);
        assert!(noted[0].1 > 12_000);
    })
    .await;
}

#[tokio::test]
async fn one_message_that_fails_is_put_off_and_the_others_pass() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        for number in 0..100 {
            program.append("INBOX", &mail(&format!("nr-{number}-"))).await;
        }
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        intake.mood(Mood::Dislikes("nr-3-".into()));
        let reading = bare.read(&intake);
        until_taken(&intake, 99).await;
        until("the gap is there", || async { (state(&bare).await.gaps == 1).then_some(()) }).await;
        intake.mood(Mood::Well);
        bare.clock().advance(Duration::from_hours(24));
        program.append("INBOX", &mail("last")).await;
        until_taken(&intake, 101).await;
        until("the gap is closed", || async { (state(&bare).await.gaps == 0).then_some(()) }).await;
        assert!(intake.raw().contains(&mail("nr-3-")));
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn killed_between_fetch_and_store_nothing_is_lost() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        for subject in ["one", "two", "three"] {
            program.append("INBOX", &mail(subject)).await;
        }
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        intake.mood(Mood::Hangs);
        let reading = bare.read(&intake);
        until("the first mail is being stored", || async { (intake.tries() > 0).then_some(()) }).await;
        reading.kill().await;
        assert_eq!(intake.count(), 0);
        intake.mood(Mood::Well);
        // The dead node's lease runs out.
        bare.clock().advance(Duration::from_mins(2));
        let reading = bare.read(&intake);
        until_taken(&intake, 3).await;
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn one_node_reads_at_a_time_and_another_takes_over() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut program = dovecot.sign_in("ada").await;
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        program.append("INBOX", &mail("one")).await;
        let reading = bare.read(&intake);
        until_taken(&intake, 1).await;
        let waiting = bare.read(&intake);
        program.append("INBOX", &mail("two")).await;
        until_taken(&intake, 2).await;
        assert_eq!(intake.tries(), 2, "two nodes read it");
        reading.stop().await;
        program.append("INBOX", &mail("three")).await;
        until_taken(&intake, 3).await;
        assert_eq!(intake.raw(), ["one", "two", "three"].map(mail));
        waiting.stop().await;
    })
    .await;
}

#[tokio::test]
async fn without_idle_it_asks_every_now_and_then() {
    let Some(dovecot) = Dovecot::start_with("imap_capability = IMAP4rev1 SASL-IR LITERAL+\n").await else { return };
    let (bare, intake) = reading_of("", &dovecot, "ada").await;
    let reading = bare.read(&intake);
    until("it is well", || async { states(bare.desk.db()).await.unwrap().pop()?.last_ok_at }).await;
    dovecot.sign_in("ada").await.append("INBOX", &mail("polled")).await;
    until_taken(&intake, 1).await;
    reading.stop().await;
}

#[tokio::test]
async fn a_line_that_breaks_anywhere_loses_nothing_doubles_nothing_and_never_hangs() {
    let Some(dovecot) = Dovecot::start().await else { return };
    let mut program = dovecot.sign_in("ada").await;
    let mut dice = Dice(3);
    let mails: Vec<String> = (0..200)
        .map(|number| mail(&format!("cut-{number}")) + &"0123456789 abcdefghijklmnopqrst\r\n".repeat(dice.below(600)))
        .collect();
    for mail in &mails {
        program.append("INBOX", mail).await;
    }
    let cuts = (0..250).map(|_| dice.below(20_000)).collect();
    let proxy = Proxy::start(dovecot.imap, cuts).await;
    let mut mailbox = dovecot.mailbox("support", "ada");
    mailbox.port = proxy.port;
    let bare = Bare::new(mailboxes(vec![mailbox])).await;
    let intake = Recorder::default();
    let reading = bare.read(&intake);
    until("all is read", || async {
        // Gaps wait for their time, which the test's clock brings.
        bare.clock().advance(Duration::from_secs(30));
        (intake.count() == mails.len()).then_some(())
    })
    .await;
    reading.stop().await;
    let (mut taken, mut sent) = (intake.raw(), mails);
    taken.sort();
    sent.sort();
    assert!(taken == sent, "no half and no doubled messages");
    assert!(proxy.cuts() >= 100, "{} cuts", proxy.cuts());
    eprintln!("{} cuts, {} messages came again", proxy.cuts(), intake.again());
}

#[tokio::test]
async fn a_refused_sign_in_raises_the_alarm_at_once_and_it_goes_away_by_itself() {
    on_each(async |database| {
        let Some(dovecot) = Dovecot::start().await else { return };
        let mut mailbox = dovecot.mailbox("support", "ada");
        mailbox.password = Secret::new("wrong");
        let bare = Bare::on(database, mailboxes(vec![mailbox])).await;
        let reading = bare.read(&Recorder::default());
        until("the alarm", || async { (events(&bare).await == ["alarm"]).then_some(()) }).await;
        let checks = probe(bare.desk.clone()).await;
        assert!(!checks[0].ok && checks[0].says.contains("refuses to sign in ada"), "{checks:?}");
        assert!(checks[0].says.contains("Check user and password"), "{checks:?}");
        assert_eq!(state(&bare).await.trouble, Some(Trouble::SignIn));
        reading.stop().await;
        let right = bare.again(mailboxes(vec![dovecot.mailbox("support", "ada")])).await;
        let reading = right.read(&Recorder::default());
        until("the end of the alarm", || async { (events(&right).await == ["alarm", "well"]).then_some(()) }).await;
        assert!(probe(right.desk.clone()).await[0].ok);
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_not_read_for_a_quarter_of_an_hour_raises_the_alarm() {
    on_each(async |database| {
        let Some(mut dovecot) = Dovecot::start().await else { return };
        let (bare, intake) = reading_of(database, &dovecot, "ada").await;
        let reading = bare.read(&intake);
        until("it is well", || async { states(bare.desk.db()).await.unwrap().pop()?.last_ok_at }).await;
        dovecot.stop();
        until("the trouble", || async {
            state(&bare).await.last_error.filter(|error| error.contains("cannot be reached"))
        })
        .await;
        bare.clock().advance(Duration::from_mins(14));
        look(&bare.desk).await.unwrap();
        assert!(probe(bare.desk.clone()).await[0].ok && events(&bare).await.is_empty());
        bare.clock().advance(Duration::from_mins(1));
        look(&bare.desk).await.unwrap();
        let check = probe(bare.desk.clone()).await.remove(0);
        assert!(!check.ok && check.says.starts_with("Not read for 15 minutes."), "{check:?}");
        assert!(check.says.contains("cannot be reached") && check.says.contains("firewall"), "{check:?}");
        assert_eq!(events(&bare).await, ["alarm"]);
        dovecot.go_on().await;
        until("the end of the alarm", || async { (events(&bare).await == ["alarm", "well"]).then_some(()) }).await;
        reading.stop().await;
    })
    .await;
}

#[tokio::test]
async fn check_says_in_plain_words_what_is_wrong() {
    let Some(dovecot) = Dovecot::start().await else { return };
    let mut program = dovecot.sign_in("ada").await;
    program.ask("CREATE Archive").await;
    let change = |change: fn(&mut Imap)| {
        let mut mailbox = dovecot.mailbox("support", "ada");
        change(&mut mailbox);
        mailbox
    };
    let closed = free_port();
    let mut refused = dovecot.mailbox("support", "ada");
    refused.port = closed;
    let mut misnamed = dovecot.mailbox("support", "ada");
    (misnamed.host, misnamed.port, misnamed.security) = ("127.0.0.1".into(), dovecot.imaps, Security::Tls);
    let mut plain = dovecot.mailbox("support", "ada");
    plain.security = Security::Tls;
    let mut unsecured = dovecot.mailbox("support", "ada");
    (unsecured.port, unsecured.security) = (dovecot.imaps, Security::None);
    let trials = [
        (change(|_| ()), "the folder “INBOX” of ada can be read"),
        (change(|m| m.host = "no such host".into()), "not known to the DNS"),
        (refused, "cannot be reached: Connection refused"),
        (misnamed, "The certificate of 127.0.0.1 is not accepted"),
        (
            change(|m| (m.security, m.ca_file) = (Security::Starttls, String::new())),
            "name the server's authority in ca_file",
        ),
        (plain, "speaks in the clear and is asked for TLS: set security to starttls"),
        (unsecured.clone(), "waits for TLS and is spoken to in the clear: set security to tls"),
        (
            Imap { security: Security::Starttls, ..unsecured },
            "waits for TLS and is spoken to in the clear: set security to tls",
        ),
        (change(|m| m.password = Secret::new("wrong")), "refuses to sign in ada"),
        (change(|m| m.folder = "Support".into()), "The folders there are: Archive, INBOX."),
    ];
    let (tried, words): (Vec<_>, Vec<_>) = trials.into_iter().unzip();
    let bare = Bare::new(mailboxes(tried)).await;
    // Nobody who waits at a terminal for an answer should have to wait for a server that never gives one.
    let all = casedesk::mail::check::all(&bare.desk);
    let checks = tokio::time::timeout(Duration::from_secs(15), all).await.unwrap();
    for (check, words) in checks.iter().zip(words) {
        assert!(check.says.contains(words), "{words}: {check:?}");
    }
    let relay = checks.last().unwrap();
    assert!(relay.ok && relay.says.contains("none is set"), "{relay:?}");
}
