//! Rule 7 of mail: the group may stay. What colleagues do by mail from there, and who is not taken for one.
use std::time::Duration;

use casedesk::cases::actions as cases;
use casedesk::cases::store::{self as case_store, EntryRow};
use casedesk::cases::{CaseId, CaseState, Delivery, EntryId, EntryKind, WaitingOn};
use casedesk::mail::InboundState;
use casedesk::q;
use casedesk::staff::Role;

use crate::mail::{anna, answered, sends, with_relay};
use crate::support::{Caught, Letter, Relay, TestApp};

const GROUP: &str = "help@groups.example";
const SETTINGS: [(&str, &str); 3] =
    [("MAIL__GROUPS", GROUP), ("MAIL__COPY_TO_GROUP", GROUP), ("MAIL__TRUSTED_AUTHSERV_IDS", "mx.desk.example")];
const PROOF: &str = "mx.desk.example; dmarc=pass header.from=desk.example";

/// A desk that trusts its mail server, with a case of Anna's that Ben has answered once.
async fn with_case(test: impl AsyncFn(&TestApp, &Relay, CaseId, &Caught)) {
    with_relay(&SETTINGS, async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        test(app, relay, case, &mail).await;
    })
    .await;
}

/// A mail from Ben's own program to the case's signed address, as the team's server vouches for it.
fn from_ben(mail: &Caught, text: &str) -> Letter {
    unproven(mail, text).with("Authentication-Results", PROOF)
}

fn unproven(mail: &Caught, text: &str) -> Letter {
    Letter::new("Ben <ben@desk.example>", "Re: No login", text).with("To", &mail.header("Reply-To").unwrap())
}

async fn newest(app: &TestApp, case: CaseId) -> EntryRow {
    app.timeline(case).await.pop().unwrap()
}

async fn notice(app: &TestApp, entry: EntryId) -> String {
    app.outgoing(entry).await.notice.unwrap_or_default()
}

async fn tags(app: &TestApp, case: CaseId) -> Vec<String> {
    case_store::tags(app.desk().db(), case).await.unwrap()
}

#[tokio::test]
async fn an_agent_takes_tags_and_closes_a_case_by_mail() {
    with_case(async |app, relay, case, mail| {
        let before = app.timeline(case).await.len();
        let lies = app.arrives_by_wire(&from_ben(mail, "!take\n!tag VPN\n\n!close")).await;
        assert_eq!((lies.state, lies.case), (InboundState::Filed, Some(case)));
        let ben = newest(app, case).await.agent_id.unwrap();
        let now = app.case(case).await;
        assert_eq!((now.state, now.assignee_id), (CaseState::Closed, Some(ben)));
        assert_eq!(tags(app, case).await, ["vpn"]);
        let lines = app.timeline(case).await.split_off(before);
        assert!(lines.iter().all(|row| row.kind == EntryKind::Change && row.agent_id == Some(ben)), "{lines:?}");
        assert!(lines[0].data.contains("!take, !tag VPN, !close"), "{:?}", lines[0]);
        assert_eq!(lines.len(), 4);
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_agent_gives_a_case_away_and_lets_it_wait_by_mail() {
    with_case(async |app, relay, case, mail| {
        let carol = app.agent("Carol", Role::Agent).await;
        app.arrives_by_wire(&from_ben(mail, "!assign carol\n!wait 2027-03-05")).await;
        let now = app.case(case).await;
        assert_eq!((now.assignee_id, now.waiting_on), (Some(carol), Some(WaitingOn::Date)));
        assert_eq!(now.wake_at.unwrap().rfc3339(), "2027-03-05T00:00:00Z");
        app.arrives_by_wire(&from_ben(mail, "!wait customer")).await;
        assert_eq!(app.case(case).await.waiting_on, Some(WaitingOn::Customer));
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_words_below_the_commands_go_to_the_customer_after_the_undos_seconds() {
    with_case(async |app, relay, case, mail| {
        app.arrives_by_wire(&from_ben(mail, "!solve\n\nPlease update to 5.9.\n\n> an old quotation")).await;
        app.drain().await;
        assert!(relay.take().is_empty(), "it waits for the undo");
        assert_eq!(app.case(case).await.state, CaseState::Solved);
        let sent = sends(app, relay).await;
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].envelope_to, ["anna@northbay.example", GROUP]);
        assert!(sent[0].header("From").unwrap().starts_with("\"Ben (Support)\""), "{}", sent[0].raw);
        assert!(sent[0].raw.contains("Please update to 5.9."));
        assert!(!sent[0].raw.contains("!solve") && !sent[0].raw.contains("quotation"), "{}", sent[0].raw);
        assert_eq!(sent[0].header("Authentication-Results"), None);
    })
    .await;
}

#[tokio::test]
async fn an_answer_by_mail_can_be_taken_back_like_any_other() {
    with_case(async |app, relay, case, mail| {
        app.arrives_by_wire(&from_ben(mail, "Too early.")).await;
        let reply = newest(app, case).await;
        assert_eq!(reply.delivery, Some(Delivery::Pending));
        let mut by = app.viewer("Other", Role::Agent).await;
        by.id = reply.agent_id.unwrap();
        cases::undo_reply(app.desk(), &by, case, reply.id).await.unwrap();
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_the_group_goes_on_to_the_customer_and_its_copies_are_no_second_entry() {
    with_case(async |app, relay, case, mail| {
        let letter = Letter::new("Ben <ben@desk.example>", "Re: [help] No login", "Try the new version.")
            .with("To", GROUP)
            .answering(&mail.header("Message-ID").unwrap());
        let group =
            letter.clone().with("List-ID", "<help.groups.example>").with("List-Post", "<mailto:help@groups.example>");
        let lies = app.arrives_by_wire(&group.with("Authentication-Results", PROOF)).await;
        assert_eq!(lies.case, Some(case));
        let count = app.timeline(case).await.len();
        let again = app.arrives_by_wire(&letter).await;
        assert_eq!(again.state, InboundState::Duplicate);
        let sent = sends(app, relay).await;
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].envelope_to, ["anna@northbay.example", GROUP]);
        assert_ne!(sent[0].header("Message-ID").unwrap(), letter.get("Message-ID"));
        // The desk's own copy comes back from the group.
        let own = app.arrives_raw(sent[0].raw.clone().into()).await;
        assert_eq!((own.state, app.timeline(case).await.len()), (InboundState::Duplicate, count));
        // And the customer's answer to it finds the case.
        let thanks = anna("Re: whatever", "Thanks").answering(&sent[0].header("Message-ID").unwrap());
        assert_eq!(app.arrives(&thanks).await.case, Some(case));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_the_customer_has_already_is_not_sent_again() {
    with_case(async |app, relay, case, mail| {
        let address = mail.header("Reply-To").unwrap();
        let letter = from_ben(mail, "!tag seen\nTry again.").with("To", "anna@northbay.example").with("Cc", &address);
        let lies = app.arrives_by_wire(&letter).await;
        let details = app.outgoing(lies.entry.unwrap()).await;
        assert!(details.elsewhere && details.notice.is_none());
        assert_eq!(details.to[0].address, "anna@northbay.example");
        let row = case_store::entry(app.desk().db(), lies.entry.unwrap()).await.unwrap().unwrap();
        assert_eq!((row.text.as_str(), row.delivery), ("Try again.", Some(Delivery::Sent)));
        assert_eq!(tags(app, case).await, ["seen"]);
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_a_third_party_is_filed_and_goes_to_no_customer() {
    with_case(async |app, relay, case, mail| {
        let address = mail.header("Reply-To").unwrap();
        let letter = from_ben(mail, "Is this a bug of yours?").with("To", "vendor@vendor.example").with("Cc", &address);
        let lies = app.arrives_by_wire(&letter).await;
        assert_eq!(lies.case, Some(case));
        assert_eq!(app.outgoing(lies.entry.unwrap()).await.to[0].address, "vendor@vendor.example");
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_note_by_mail_never_leaves() {
    with_case(async |app, relay, case, mail| {
        app.arrives_by_wire(&from_ben(mail, "!note\nSECRET of ours")).await;
        let note = newest(app, case).await;
        assert_eq!((note.kind, note.text.as_str()), (EntryKind::Note, "SECRET of ours"));
        // What a customer has read is no note.
        let to_all = from_ben(mail, "!note\nNot so secret").with("To", "anna@northbay.example").with("Cc", GROUP);
        let to_all = to_all.answering(&mail.header("Message-ID").unwrap());
        let lies = app.arrives_by_wire(&to_all).await;
        assert!(notice(app, lies.entry.unwrap()).await.contains("must go to nobody outside"));
        let sent = sends(app, relay).await;
        assert!(sent.iter().all(|mail| mail.envelope_to == ["ben@desk.example"] && !mail.raw.contains("SECRET")));
        assert_eq!(sent.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_no_trusted_server_proves_is_kept_and_nothing_of_it_is_carried_out() {
    with_case(async |app, relay, case, mail| {
        let commands = "Commands not carried out: the sending server did not prove that this is Ben's mail.";
        let trials = [
            ("!close\nSend your password to evil.", None, commands),
            ("!close\nOne", Some("mx.desk.example; dmarc=fail header.from=desk.example"), commands),
            ("!close\nTwo", Some("mx.evil.example; dmarc=pass header.from=desk.example"), commands),
            ("!close\nThree", Some("mx.desk.example; dkim=pass header.d=evil.example"), commands),
            ("Four", None, "Not sent on to the customer: the sending server did not prove that this is Ben's mail."),
        ];
        let before = app.case(case).await;
        for (text, results, words) in trials {
            let mut letter = unproven(mail, text);
            if let Some(results) = results {
                letter = letter.with("Authentication-Results", results);
                // A field that came with the mail lies below the server's own.
                letter.headers.push(("Authentication-Results".into(), PROOF.into()));
            }
            let lies = app.arrives_by_wire(&letter).await;
            assert_eq!(lies.case, Some(case));
            assert_eq!(notice(app, lies.entry.unwrap()).await, words, "{results:?}");
            let row = newest(app, case).await;
            assert_eq!((row.text.as_str(), row.delivery), (text, None), "the words are kept as they are");
        }
        let now = app.case(case).await;
        assert_eq!((now.state, now.assignee_id), (before.state, before.assignee_id));
        assert!(sends(app, relay).await.is_empty(), "nobody is written to in answer to a forged mail");
        let page = app.logged_in("Ida", Role::Agent).await.get(&format!("/cases/{case}")).await;
        assert!(page.text.contains("the sending server did not prove that this is Ben"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn without_a_server_to_trust_and_without_one_on_the_way_no_mail_is_proven() {
    with_relay(&[("MAIL__GROUPS", GROUP)], async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        let lies = app.arrives_by_wire(&from_ben(&mail, "!close")).await;
        assert!(notice(app, lies.entry.unwrap()).await.starts_with("Commands not carried out"));
        assert_eq!(app.case(case).await.state, CaseState::Waiting);
    })
    .await;
    with_case(async |app, _, case, mail| {
        // Put in by import: no server has looked at it.
        let lies = app.arrives(&from_ben(mail, "!close")).await;
        assert!(notice(app, lies.entry.unwrap()).await.starts_with("Commands not carried out"));
        // Written long ago: whoever has it may have sent it again.
        let old = from_ben(mail, "!solve").with("Date", "Mon, 22 Feb 2027 09:00:00 +0000");
        let lies = app.arrives_by_wire(&old).await;
        assert!(notice(app, lies.entry.unwrap()).await.starts_with("Commands not carried out"));
        assert_eq!(app.case(case).await.state, CaseState::Waiting);
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_proves_its_writer_is_carried_out_after_one_that_did_not_and_only_once() {
    with_case(async |app, relay, case, mail| {
        let text = "!take\nIt is mended.";
        let first = app.arrives_by_wire(&unproven(mail, text)).await;
        assert!(notice(app, first.entry.unwrap()).await.starts_with("Commands not carried out"));
        assert_eq!(app.arrives_by_wire(&unproven(mail, text)).await.state, InboundState::Duplicate);
        assert_eq!(app.arrives_by_wire(&from_ben(mail, text)).await.state, InboundState::Filed);
        assert!(app.case(case).await.assignee_id.is_some());
        assert_eq!(app.arrives_by_wire(&from_ben(mail, text)).await.state, InboundState::Duplicate);
        assert_eq!(app.arrives_by_wire(&unproven(mail, text)).await.state, InboundState::Duplicate);
        assert_eq!(sends(app, relay).await.len(), 1);
        // Where the customer has the words, the second copy brings its commands alone.
        let address = mail.header("Reply-To").unwrap();
        let to_all = |letter: Letter| letter.with("To", "anna@northbay.example").with("Cc", &address);
        app.arrives_by_wire(&to_all(unproven(mail, "!close\nBye."))).await;
        let before = app.timeline(case).await.len();
        app.arrives_by_wire(&to_all(from_ben(mail, "!close\nBye."))).await;
        assert_eq!(app.case(case).await.state, CaseState::Closed);
        let after = app.timeline(case).await.split_off(before);
        assert!(after.iter().all(|row| row.kind == EntryKind::Change), "{after:?}");
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_command_changes_nothing_and_the_agent_is_told_by_one_automatic_mail() {
    with_case(async |app, relay, case, mail| {
        let before = app.case(case).await;
        let letter = from_ben(mail, "!take\n!clsoe\nThe words.");
        let lies = app.arrives_by_wire(&letter).await;
        let now = app.case(case).await;
        assert_eq!((now.state, now.assignee_id), (before.state, before.assignee_id));
        let words = notice(app, lies.entry.unwrap()).await;
        assert_eq!(words, "Commands not carried out: “!clsoe” is not understood.");
        assert!(newest(app, case).await.text.contains("The words."));
        let sent = sends(app, relay).await;
        assert_eq!(sent.len(), 1);
        let told = &sent[0];
        assert_eq!((told.envelope_from.as_str(), &told.envelope_to[..]), ("", &["ben@desk.example".to_owned()][..]));
        assert_eq!(told.header("Auto-Submitted").as_deref(), Some("auto-replied"));
        assert_eq!(told.header("X-Auto-Response-Suppress").as_deref(), Some("All"));
        assert_eq!(told.header("In-Reply-To").as_deref(), Some(letter.get("Message-ID")));
        for words in ["!clsoe", "!assign NAME", "!wait 2027-01-31"] {
            assert!(told.raw.contains(words), "{words}: {}", told.raw);
        }
        assert!(!told.raw.contains("The words."), "{}", told.raw);
    })
    .await;
}

#[tokio::test]
async fn many_wrong_commands_are_answered_within_the_budget_of_automatic_mail() {
    let settings: Vec<(&str, &str)> = SETTINGS.into_iter().chain([("MAIL__AUTOMATIC_PER_DAY", "2")]).collect();
    with_relay(&settings, async |app, relay| {
        let (_, mail) = answered(app, relay).await;
        for number in 0..5 {
            app.arrives_by_wire(&from_ben(&mail, &format!("!wrong{number}x"))).await;
        }
        assert_eq!(sends(app, relay).await.len(), 2);
        app.advance(Duration::from_hours(25));
        let letter = from_ben(&mail, "!wrong").with("Date", "Tue, 2 Mar 2027 09:59:00 +0000");
        app.arrives_by_wire(&letter).await;
        assert_eq!(sends(app, relay).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_agent_who_may_only_read_or_is_not_in_the_team_changes_nothing_and_sends_nothing() {
    with_case(async |app, relay, case, mail| {
        app.agent("Rita", Role::ReadOnly).await;
        let rita = from_ben(mail, "!close\nBye.").with("From", "Rita <rita@desk.example>");
        let lies = app.arrives_by_wire(&rita).await;
        assert!(notice(app, lies.entry.unwrap()).await.contains("Rita may read cases and not change them"));
        let mut tx = app.desk().db().begin().await.unwrap();
        tx.exec(q!("UPDATE teams SET members_only = TRUE WHERE id = 2")).await.unwrap();
        tx.exec(q!("UPDATE cases SET team_id = 2")).await.unwrap();
        tx.commit().await.unwrap();
        for text in ["!close", "Only words."] {
            let lies = app.arrives_by_wire(&from_ben(mail, text)).await;
            assert!(notice(app, lies.entry.unwrap()).await.contains("Ben is not in the team of this case"), "{text}");
        }
        assert_eq!(app.case(case).await.state, CaseState::Waiting);
        let sent = sends(app, relay).await;
        assert!(sent.iter().all(|mail| mail.envelope_to[0].ends_with("@desk.example")), "{sent:?}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_a_closed_case_is_kept_and_its_writer_is_told() {
    with_case(async |app, relay, case, mail| {
        app.arrives_by_wire(&from_ben(mail, "!close")).await;
        let lies = app.arrives_by_wire(&from_ben(mail, "One more thing.")).await;
        assert!(notice(app, lies.entry.unwrap()).await.contains("The case is closed"));
        app.arrives_by_wire(&from_ben(mail, "!note\nFor the record.")).await;
        assert_eq!(newest(app, case).await.kind, EntryKind::Note);
        let sent = sends(app, relay).await;
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].envelope_to, ["ben@desk.example"]);
    })
    .await;
}
