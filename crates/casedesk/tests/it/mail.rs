//! Mail in and out: what product and RFCs promise, one test each.
use std::time::Duration;

use axum::http::StatusCode;
use casedesk::cases::actions::{self as cases, Reply};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseState, Delivery, EntryKind, PersonRole, WaitingOn};
use casedesk::customers::{self, OrganisationKind, Person};
use casedesk::mail::{InboundState, Source, Taken, actions as mail, store};
use casedesk::staff::Role;

use crate::support::{Caught, Letter, Relay, TestApp, on_both, with_settings};

const OURS: (&str, &str) = ("MAIL__FROM", "support@desk.example");

/// Runs a test on a desk that sends through a relay, which keeps what it is given.
pub(crate) async fn with_relay(more: &[(&str, &str)], test: impl AsyncFn(&TestApp, &Relay)) {
    let (relay, port) = Relay::start().await;
    let smtp = [OURS, ("MAIL__SMTP__HOST", "127.0.0.1"), ("MAIL__SMTP__PORT", &port), ("MAIL__SMTP__SECURITY", "none")];
    let settings: Vec<(&str, &str)> = smtp.iter().chain(more).copied().collect();
    with_settings(&settings, async |app| test(app, &relay).await).await;
}

pub(crate) fn anna(subject: &str, text: &str) -> Letter {
    Letter::new("Anna Berg <anna@northbay.example>", subject, text)
}

pub(crate) fn to(address: &str) -> Vec<Person> {
    vec![Person { name: None, address: address.into() }]
}

/// Lets the desk send what is due once the undo's time is over.
pub(crate) async fn sends(app: &TestApp, relay: &Relay) -> Vec<Caught> {
    app.drain().await;
    app.advance(Duration::from_secs(16));
    app.drain().await;
    relay.take()
}

/// A case of Anna's that an agent has answered: its number, and the answer as the relay got it.
pub(crate) async fn answered(app: &TestApp, relay: &Relay) -> (casedesk::cases::CaseId, Caught) {
    let case = app.case_of(&anna("No login", "It does not work.")).await;
    let by = app.viewer("Ben", Role::Agent).await;
    let reply = Reply { body: "Please try **again**.".into(), to: to("anna@northbay.example"), ..Reply::default() };
    cases::reply(app.desk(), &by, case, reply).await.unwrap();
    let caught = sends(app, relay).await.remove(0);
    (case, caught)
}

#[tokio::test]
async fn a_blind_copy_is_in_the_envelope_and_in_no_byte_of_the_mail() {
    with_relay(&[], async |app, relay| {
        let case = app.case_of(&anna("No login", "It does not work.")).await;
        let by = app.viewer("Ben", Role::Agent).await;
        let bcc =
            ["hidden@auditor.example", "anna@northbay.example", "second@auditor.example"].map(|a| to(a).remove(0));
        let written = Reply {
            body: "Please try again.".into(),
            to: to("anna@northbay.example"),
            cc: to("carl@northbay.example"),
            bcc: bcc.to_vec(),
            ..Reply::default()
        };
        let entry = cases::reply(app.desk(), &by, case, written).await.unwrap();
        let sent = sends(app, relay).await;
        let caught = sent.iter().find(|mail| mail.raw.contains("Please try again.")).unwrap();
        assert_eq!(
            caught.envelope_to,
            ["anna@northbay.example", "carl@northbay.example", "hidden@auditor.example", "second@auditor.example"],
            "each once"
        );
        assert_eq!(caught.header("Bcc"), None);
        assert_eq!(caught.header("Cc").unwrap(), "carl@northbay.example");
        assert!(!caught.raw.to_lowercase().contains("bcc") && !caught.raw.contains("auditor"), "{}", caught.raw);
        let kept: Vec<String> = app.outgoing(entry).await.bcc.into_iter().map(|person| person.address).collect();
        assert_eq!(kept, ["hidden@auditor.example", "second@auditor.example"], "who is named openly is not hidden");
        let people = casedesk::cases::store::people(app.desk().db(), case).await.unwrap();
        assert!(people.iter().all(|person| !person.address.ends_with("auditor.example")), "takes no part: {people:?}");
    })
    .await;
}

/// Which tests show which rule, by their names.
const RULES: [(&str, &[&str]); 8] = [
    (
        "raw first",
        &[
            "a_message_that_cannot_be_read_is_quarantined_whole_and_can_be_retried",
            "the_raw_bytes_of_a_filed_mail_are_kept_as_they_came",
            "killed_between_fetch_and_store_nothing_is_lost",
            "the_mail_server_hears_452_and_the_same_mail_is_taken_once_there_is_room",
        ],
    ),
    (
        "once",
        &[
            "a_group_copy_and_the_direct_copy_are_one_entry",
            "the_same_uid_of_a_mailbox_is_stored_once",
            "a_mail_delivered_again_is_no_second_entry",
        ],
    ),
    (
        "who wrote it",
        &[
            "behind_a_group_the_author_is_the_original_one_and_the_choice_is_explained",
            "another_author_can_be_chosen_and_the_first_one_again",
            "a_colleagues_answer_from_their_own_program_is_an_outgoing_message",
        ],
    ),
    (
        "where it belongs",
        &[
            "an_answer_to_our_mail_finds_its_case_by_each_proof_alone",
            "a_reply_quoting_a_foreign_case_number_opens_a_new_case",
            "a_fresh_mail_about_an_open_case_opens_another_with_a_hint",
            "a_question_handed_over_by_postfix_is_answered_in_the_customers_thread_and_the_answer_reopens_the_case",
        ],
    ),
    (
        "no storms",
        &[
            "an_auto_reply_is_filed_on_its_case_and_wakes_nobody",
            "a_bounce_is_filed_on_its_case_and_pauses_the_address",
            "a_flood_in_one_name_gets_few_answers",
            "a_mail_that_goes_in_circles_is_refused",
        ],
    ),
    (
        "what is shown",
        &[
            "the_new_text_is_shown_and_quotations_and_signature_are_folded",
            "the_html_of_a_mail_is_shown_locked_in_and_asks_nobody_for_pictures_until_somebody_wants_them",
        ],
    ),
    (
        "the group may stay",
        &[
            "our_own_mail_that_comes_back_is_no_second_entry",
            "an_answer_to_the_group_goes_on_to_the_customer_and_its_copies_are_no_second_entry",
            "an_agent_takes_tags_and_closes_a_case_by_mail",
            "a_mail_that_no_trusted_server_proves_is_kept_and_nothing_of_it_is_carried_out",
        ],
    ),
    (
        "others read the mailbox too",
        &[
            "what_others_do_in_the_mailbox_changes_nothing",
            "after_an_outage_however_long_everything_missed_is_read_once_and_in_order",
            "what_was_put_off_is_found_again_in_a_folder_that_is_numbered_anew_however_old_it_is",
            "a_mailbox_that_is_not_read_is_told_at_health_and_on_the_page_within_a_quarter_of_an_hour",
            "a_mailbox_is_read_by_tokens_that_are_renewed_and_the_newest_refresh_token_is_kept",
        ],
    ),
];

#[test]
fn every_rule_of_mail_is_shown_by_tests() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let sources: String = [here.clone(), here.join("wire")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok())
        .collect();
    for (rule, tests) in RULES {
        for test in tests {
            let shown = sources.contains(&format!("#[tokio::test]\nasync fn {test}("));
            assert!(shown, "“{rule}” names a test that is not there: {test}");
        }
    }
}

// Rule 1: raw first.

#[tokio::test]
async fn a_message_that_cannot_be_read_is_quarantined_whole_and_can_be_retried() {
    on_both(async |app| {
        let garbage = bytes::Bytes::from_static(b"\x00\xff no mail at all");
        let lies = app.arrives_raw(garbage.clone()).await;
        assert_eq!((lies.state, lies.entry), (InboundState::Quarantined, None));
        assert!(!lies.reason.is_empty());
        let row = store::inbound(app.desk().db(), lies.id).await.unwrap().unwrap();
        assert_eq!(row.raw.as_deref(), Some(&garbage[..]));
        mail::retry(app.desk(), lies.id).await.unwrap();
        app.file().await;
        assert_eq!(app.lies(lies.id).await.state, InboundState::Quarantined);
    })
    .await;
}

#[tokio::test]
async fn the_page_of_the_quarantine_tries_again_and_makes_a_case_of_what_cannot_be_read() {
    on_both(async |app| {
        let ben = app.logged_in("Ben", Role::Agent).await;
        let garbage = bytes::Bytes::from_static(b"\x00\xff no mail at all <b>");
        let lies = app.arrives_raw(garbage.clone()).await;
        let page = ben.get("/quarantine").await.text;
        assert!(page.contains("No subject can be read") && page.contains(&lies.reason), "{page}");
        let path = format!("/quarantine/{}", lies.id);
        ben.post(&format!("{path}/retry"), &[]).await;
        app.file().await;
        assert!(ben.get("/quarantine").await.text.contains(&format!("inbound-{}", lies.id)), "it is there again");
        let refused = ben.post(&format!("{path}/case"), &[("address", "nobody")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let made = ben.post(&format!("{path}/case"), &[("address", "carl@west.example")]).await;
        let case: i64 = made.location().rsplit('/').next().unwrap().parse().unwrap();
        let entry = app.timeline(casedesk::cases::CaseId(case)).await.remove(0);
        assert_eq!(entry.kind, EntryKind::Note);
        assert!(entry.text.contains(&lies.reason) && entry.text.contains("attached as it came"), "{}", entry.text);
        let files = casedesk::cases::store::files_of_entries(app.desk().db(), &[entry.id]).await.unwrap();
        assert_eq!(app.desk().files().get(&files[0].digest).await.unwrap(), garbage);
        let now = app.lies(lies.id).await;
        assert_eq!((now.state, now.entry), (InboundState::Filed, Some(entry.id)));
        let twice = ben.post(&format!("{path}/case"), &[("address", "carl@west.example")]).await;
        assert_eq!((twice.status, app.count_cases().await), (StatusCode::CONFLICT, 1));
        app.forget_jobs("cases.index_files").await;
    })
    .await;
}

#[tokio::test]
async fn a_poisoned_message_does_not_hold_up_those_behind_it() {
    on_both(async |app| {
        mail::take_in(app.desk(), Source::Api, bytes::Bytes::from_static(b"\x00")).await.unwrap();
        for i in 0..5 {
            mail::take_in(app.desk(), Source::Api, anna(&format!("Subject {i}"), "text").raw()).await.unwrap();
        }
        app.file().await;
        assert_eq!(app.count_cases().await, 5);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn the_raw_bytes_of_a_filed_mail_are_kept_as_they_came() {
    on_both(async |app| {
        let letter = anna("No login", "text");
        let lies = app.arrives(&letter).await;
        let row = store::inbound(app.desk().db(), lies.id).await.unwrap().unwrap();
        assert_eq!(row.raw, None, "the bytes have moved to the file store");
        assert_eq!(app.desk().files().get(&row.digest.unwrap()).await.unwrap(), letter.raw());
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

// Rule 2: once.

#[tokio::test]
async fn a_group_copy_and_the_direct_copy_are_one_entry() {
    with_settings(&[OURS, ("MAIL__GROUPS", "help@groups.example")], async |app| {
        let direct = anna("No login", "It does not work.\n\nAnna");
        let copy = direct
            .clone()
            .with("From", "'Anna Berg' via Help <help@groups.example>")
            .with("X-Original-From", "Anna Berg <anna@northbay.example>")
            .with("Subject", "[help] No login")
            .with("List-ID", "<help.groups.example>")
            .with("List-Post", "<mailto:help@groups.example>")
            .with("Precedence", "list");
        let first = app.arrives(&copy).await;
        let second = app.arrives(&direct).await;
        assert_eq!((first.state, second.state), (InboundState::Filed, InboundState::Duplicate));
        assert_eq!(app.timeline(first.case.unwrap()).await.len(), 1);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn the_same_uid_of_a_mailbox_is_stored_once() {
    on_both(async |app| {
        let source = Source::Imap { mailbox: "support", uid_validity: 1, uid: 7 };
        let raw = anna("No login", "text").raw();
        assert!(matches!(mail::take_in(app.desk(), source, raw.clone()).await.unwrap(), Taken::Stored(_)));
        assert_eq!(mail::take_in(app.desk(), source, raw.clone()).await.unwrap(), Taken::Again);
        // A changed UIDVALIDITY brings it again under another key: the filing recognises it.
        let source = Source::Imap { mailbox: "support", uid_validity: 2, uid: 1 };
        assert!(matches!(mail::take_in(app.desk(), source, raw).await.unwrap(), Taken::Stored(_)));
        app.file().await;
        assert_eq!(app.count_cases().await, 1);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_mail_delivered_again_is_no_second_entry() {
    on_both(async |app| {
        let letter = anna("No login", "text");
        let case = app.arrives_by_wire(&letter).await.case.unwrap();
        let again = letter.with("Received", "from mx.example by mx.example; Mon, 1 Mar 2027 09:00:00 +0000");
        assert_eq!(app.arrives_by_wire(&again).await.state, InboundState::Duplicate);
        assert_eq!(app.timeline(case).await.len(), 1);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn another_message_under_a_used_id_is_kept() {
    on_both(async |app| {
        let first = anna("No login", "one");
        let second = anna("No login", "two").with("Message-ID", first.get("Message-ID"));
        let (first, second) = (app.arrives(&first).await, app.arrives(&second).await);
        assert_eq!((first.state, second.state), (InboundState::Filed, InboundState::Filed));
        assert_ne!(first.entry, second.entry);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

// Rule 3: who wrote it.

#[tokio::test]
async fn behind_a_group_the_author_is_the_original_one_and_the_choice_is_explained() {
    on_both(async |app| {
        let letter = anna("No login", "text")
            .with("From", "'Anna Berg' via Help <help@groups.example>")
            .with("X-Original-From", "Anna Berg <anna@northbay.example>")
            .with("List-Post", "<mailto:help@groups.example>");
        let details = app.incoming(app.arrives(&letter).await.entry.unwrap()).await;
        assert_eq!(details.from.unwrap().address, "anna@northbay.example");
        assert!(details.author_reason.unwrap().contains("X-Original-From"));
        assert!(details.alternatives.iter().any(|p| p.address == "help@groups.example"));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn another_author_can_be_chosen_and_the_first_one_again() {
    on_both(async |app| {
        let letter = anna("No login", "text").with("Reply-To", "Carl <carl@southbay.example>");
        let lies = app.arrives(&letter).await;
        let (case, entry) = (lies.case.unwrap(), lies.entry.unwrap());
        let agent = app.logged_in("Ben", Role::Agent).await;
        assert!(agent.get(&format!("/cases/{case}")).await.text.contains("carl@southbay.example"));
        let mut organisations = Vec::new();
        for (address, found_by) in [("carl@southbay.example", "from:carl"), ("anna@northbay.example", "from:anna")] {
            let path = format!("/cases/{case}/entries/{entry}/author");
            assert_eq!(agent.post(&path, &[("address", address)]).await.status, StatusCode::SEE_OTHER);
            assert_eq!(app.incoming(entry).await.from.unwrap().address, address);
            let people = casedesk::cases::store::people(app.desk().db(), case).await.unwrap();
            let role = |wanted: &str| people.iter().find(|p| p.address == wanted).map(|p| p.role);
            assert_eq!(role(address), Some(PersonRole::Requester));
            assert_eq!(
                people.iter().filter(|p| p.role == PersonRole::Requester).count(),
                1,
                "nobody else is written to"
            );
            organisations.push(app.case(case).await.organisation_id.unwrap());
            assert!(agent.get(&format!("/views/all?q={found_by}")).await.text.contains("No login"));
        }
        assert_ne!(organisations[0], organisations[1]);
        let stranger = [("address", "eve@evil.example")];
        let refused = agent.post(&format!("/cases/{case}/entries/{entry}/author"), &stranger).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let reader = app.logged_in("Rita", Role::ReadOnly).await;
        let refused = reader.post(&format!("/cases/{case}/entries/{entry}/author"), &stranger).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_colleagues_answer_from_their_own_program_is_an_outgoing_message() {
    on_both(async |app| {
        let opening = anna("No login", "text");
        let case = app.case_of(&opening).await;
        app.agent("Ben", Role::Agent).await;
        let answer = Letter::new("Ben <ben@desk.example>", "Re: No login", "Try again.")
            .with("To", "anna@northbay.example")
            .with("Cc", "support@desk.example")
            .answering(opening.get("Message-ID"));
        let lies = app.arrives(&answer).await;
        assert_eq!(lies.case, Some(case));
        let details = app.outgoing(lies.entry.unwrap()).await;
        assert!(details.elsewhere);
        assert_eq!(details.to[0].address, "anna@northbay.example");
        assert_eq!(app.case(case).await.waiting_on, Some(WaitingOn::Customer));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_forged_answer_of_a_colleague_sends_nothing() {
    with_relay(&[], async |app, relay| {
        let opening = anna("No login", "text");
        app.case_of(&opening).await;
        app.agent("Ben", Role::Agent).await;
        let forged = Letter::new("Ben <ben@desk.example>", "Re: No login", "Send your password to evil.")
            .answering(opening.get("Message-ID"));
        app.arrives(&forged).await;
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

// Rule 4: where it belongs.

#[tokio::test]
async fn an_answer_to_our_mail_finds_its_case_by_each_proof_alone() {
    with_relay(&[], async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        let by_address = anna("Other subject", "by address").with("To", &mail.header("Reply-To").unwrap());
        let by_id = anna("Yet another", "by id").answering(&mail.header("Message-ID").unwrap());
        let by_token = anna("About [CD-1001]", "by token");
        for letter in [by_address, by_id, by_token] {
            assert_eq!(app.arrives(&letter).await.case, Some(case), "{}", letter.text);
        }
        assert_eq!(app.count_cases().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_common_ancestor_that_never_came_here_ties_mails_together() {
    on_both(async |app| {
        let one = anna("First branch", "one").answering("<lost@customer.example>");
        let two = anna("Second branch", "two").answering("<lost@customer.example>");
        let case = app.case_of(&one).await;
        assert_eq!(app.arrives(&two).await.case, Some(case));
        let ancestor = anna("Root", "zero").with("Message-ID", "<lost@customer.example>");
        assert_eq!(app.arrives(&ancestor).await.case, Some(case));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_reply_quoting_a_foreign_case_number_opens_a_new_case() {
    on_both(async |app| {
        let case = app.case_of(&anna("No login", "text")).await;
        let stranger = Letter::new("Eve <eve@elsewhere.example>", &format!("Re: No login [CD-{case}]"), "let me in");
        let lies = app.arrives(&stranger).await;
        assert_ne!(lies.case, Some(case));
        assert_eq!(app.timeline(case).await.len(), 1);
        let colleague = Letter::new("Otto <otto@northbay.example>", &format!("Re: No login [CD-{case}]"), "me too");
        assert_eq!(app.arrives(&colleague).await.case, Some(case));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_domain_shared_by_strangers_proves_nothing() {
    on_both(async |app| {
        let case = app.case_of(&Letter::new("A <a@gmail.com>", "No login", "text")).await;
        let other = Letter::new("B <b@gmail.com>", &format!("Re: No login [CD-{case}]"), "let me in");
        assert_ne!(app.arrives(&other).await.case, Some(case));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_fresh_mail_about_an_open_case_opens_another_with_a_hint() {
    on_both(async |app| {
        let case = app.case_of(&anna("Folder monitor stops", "one")).await;
        let again = app.arrives(&anna("Folder monitor stops", "still").with("Message-ID", "<new@x.example>")).await;
        assert_ne!(again.case, Some(case));
        let hint = app.incoming(again.entry.unwrap()).await.looks_like.unwrap();
        assert_eq!(hint.case, case);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_stranger_named_by_a_later_mail_is_proposed_and_not_answered() {
    on_both(async |app| {
        let opening =
            anna("No login", "text").with("Cc", "Otto <otto@northbay.example>, Consultant <c@consult.example>");
        let case = app.case_of(&opening).await;
        let spoofed = anna("Re: No login", "more")
            .with("Cc", "Eve <eve@elsewhere.example>, Ida <ida@northbay.example>")
            .answering(opening.get("Message-ID"));
        app.arrives(&spoofed).await;
        let people = casedesk::cases::store::people(app.desk().db(), case).await.unwrap();
        let role = |address: &str| people.iter().find(|p| p.address == address).unwrap().role.as_str();
        assert_eq!(role("anna@northbay.example"), "requester");
        assert_eq!(role("otto@northbay.example"), "cc");
        assert_eq!(role("c@consult.example"), "cc");
        assert_eq!(role("ida@northbay.example"), "cc");
        assert_eq!(role("eve@elsewhere.example"), "proposed");
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_stranger_of_the_same_shared_domain_is_proposed_and_not_answered() {
    on_both(async |app| {
        let opening = Letter::new("A <a@gmail.com>", "No login", "text");
        let case = app.case_of(&opening).await;
        let other = Letter::new("B <b@gmail.com>", "Re: No login", "me too").answering(opening.get("Message-ID"));
        assert_eq!(app.arrives(&other).await.case, Some(case), "it answers a mail of the case");
        let people = casedesk::cases::store::people(app.desk().db(), case).await.unwrap();
        let role = |address: &str| people.iter().find(|p| p.address == address).unwrap().role.as_str();
        assert_eq!((role("a@gmail.com"), role("b@gmail.com")), ("requester", "proposed"));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn who_reads_along_on_a_merged_case_reads_along_unless_an_agent_took_them_off() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Agent).await;
        let first = anna("No login", "text").with("Cc", "C <c@consult.example>, D <d@consult.example>");
        let first = app.case_of(&first).await;
        let opening = anna("Slow login", "text");
        let second = app.case_of(&opening).await;
        let later = anna("Re: Slow login", "more")
            .with("Cc", "C <c@consult.example>, D <d@consult.example>")
            .answering(opening.get("Message-ID"));
        app.arrives(&later).await;
        cases::set_person(app.desk(), &by, second, "d@consult.example", false).await.unwrap();
        cases::merge(app.desk(), &by, first, second).await.unwrap();
        let people = casedesk::cases::store::people(app.desk().db(), second).await.unwrap();
        let role = |address: &str| people.iter().find(|p| p.address == address).unwrap().role.as_str();
        assert_eq!((role("c@consult.example"), role("d@consult.example")), ("cc", "removed"));
        assert_eq!(people[0].address, "anna@northbay.example", "the requester comes first");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_colleague_forwards_has_the_customers_words_and_the_colleagues_are_a_note() {
    on_both(async |app| {
        app.viewer("Ada", Role::Agent).await;
        let text = "Please take this one, he is difficult.\n\n---------- Forwarded message ---------\n\
            From: Carl Kay <carl@southbay.example>\nDate: Mon, 1 Mar 2027 at 09:00\nSubject: No login\n\
            To: <support@desk.example>\n\nOur users cannot log in since noon.\n";
        let lies = app.arrives(&Letter::new("Ada <ada@desk.example>", "Fwd: No login", text)).await;
        let rows = app.timeline(lies.case.unwrap()).await;
        let mail = rows.iter().find(|row| row.kind == EntryKind::MailIn).unwrap();
        assert_eq!(mail.text, "Our users cannot log in since noon.");
        let told = app.incoming(mail.id).await;
        assert_eq!(told.from.unwrap().address, "carl@southbay.example");
        assert!(!told.folds.iter().any(|fold| fold.text.contains("difficult")), "{:?}", told.folds);
        let note = rows.iter().find(|row| row.kind == EntryKind::Note).unwrap();
        assert!(note.text.contains("ada@desk.example") && note.text.contains("he is difficult"), "{}", note.text);
        let page = app.logged_in("Ben", Role::Agent).await.get(&format!("/cases/{}", lies.case.unwrap())).await.text;
        assert!(page.contains("<dt>On this case</dt>"), "why it is here is said: {page}");
        app.drain().await;
    })
    .await;
}

// Rule 5: no storms.

#[tokio::test]
async fn an_auto_reply_is_filed_on_its_case_and_wakes_nobody() {
    with_relay(&[], async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        let vacation = anna("Automatic reply", "I am away.")
            .with("Auto-Submitted", "auto-replied")
            .answering(&mail.header("Message-ID").unwrap());
        let lies = app.arrives(&vacation).await;
        assert_eq!(lies.case, Some(case));
        assert_eq!(app.case(case).await.state, CaseState::Waiting);
        assert_eq!(app.timeline(case).await.last().unwrap().kind, EntryKind::Machine);
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_bounce_is_filed_on_its_case_and_pauses_the_address() {
    with_relay(&[], async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        let id = mail.header("Message-ID").unwrap();
        let bounce = format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: support@desk.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             Message-ID: <b1@mx.example>\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; anna@northbay.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nSubject: Re: No login\r\n\r\n--b--\r\n"
        );
        let lies = app.arrives_raw(bounce.into()).await;
        assert_eq!(lies.case, Some(case), "{}", lies.reason);
        let paused = customers::store::paused(app.desk().db(), "anna@northbay.example").await.unwrap();
        assert!(paused.unwrap().contains("no such user"));
        assert_eq!(app.case(case).await.state, CaseState::Waiting);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn old_mail_that_is_brought_over_keeps_its_date_and_gets_no_receipt() {
    with_relay(&[], async |app, relay| {
        make_customer(app).await;
        let case = app.case_of(&anna("Long ago", "text").with("Date", "Mon, 4 Jan 2021 10:00:00 +0000")).await;
        assert_eq!(app.case(case).await.updated_at.rfc3339(), "2021-01-04T10:00:00Z");
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_machine_that_belongs_to_no_case_is_set_aside_and_can_become_one() {
    on_both(async |app| {
        let robot = Letter::new("Monitor <monitor@northbay.example>", "Disk almost full", "92 %")
            .with("Auto-Submitted", "auto-generated");
        let lies = app.arrives(&robot).await;
        assert_eq!((lies.state, lies.case), (InboundState::Aside, None));
        assert_eq!(app.count_cases().await, 0);
        mail::make_case(app.desk(), lies.id).await.unwrap();
        app.file().await;
        assert!(app.lies(lies.id).await.case.is_some());
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

async fn make_customer(app: &TestApp) {
    let mut tx = app.desk().db().begin().await.unwrap();
    let kind = OrganisationKind::Customer;
    customers::actions::add_organisation(&mut tx, "Northbay", kind, &["northbay.example"], app.desk().now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_new_case_of_a_customer_is_acknowledged_once_in_words_of_ours() {
    with_relay(&[], async |app, relay| {
        make_customer(app).await;
        let opening = anna("Buy pills at evil.example", "text");
        let case = app.case_of(&opening).await;
        let caught = sends(app, relay).await;
        assert_eq!(caught.len(), 1);
        let mail = &caught[0];
        assert_eq!(mail.envelope_from, "", "nobody need hear that a receipt failed");
        assert_eq!(mail.envelope_to, ["anna@northbay.example"]);
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-replied"));
        assert_eq!(mail.header("X-Auto-Response-Suppress").as_deref(), Some("All"));
        assert_eq!(mail.header("In-Reply-To").as_deref(), Some(opening.get("Message-ID")));
        assert!(mail.raw.contains(&format!("CD-{case}")));
        let more = anna("Re: Buy pills at evil.example", "more").answering(opening.get("Message-ID"));
        app.arrives(&more).await;
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_chosen_template_acknowledges_new_cases_and_no_field_of_it_stands_raw() {
    with_relay(&[], async |app, relay| {
        make_customer(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        let keep = async |name: &str, body: &str, on: bool| {
            let fields = [("name", name), ("body", body), ("acknowledges", "on")];
            ben.post("/settings/templates", &fields[..if on { 3 } else { 2 }]).await
        };
        assert_eq!(keep("Acknowledgement", "By name alone.", false).await.status, StatusCode::SEE_OTHER);
        app.case_of(&anna("One", "text")).await;
        assert!(sends(app, relay).await[0].raw.contains("Your message has come in"), "a name chooses nothing");
        let refused = keep("Receipt", "Dear {{first name}}, it is {{case}}.", true).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("take “{{first name}}” out"), "{}", refused.text);
        keep("Receipt", "It is {{case}} with us.", true).await;
        let case = app.case_of(&anna("Two", "text")).await;
        assert!(sends(app, relay).await[0].raw.contains(&format!("It is CD-{case} with us.")));
        // Another one takes its place; of what is written into it later, nothing stands raw.
        keep("Other", "Other words.", true).await;
        let all = ben.get("/api/v1/templates").await.json();
        let chosen: Vec<_> = all.as_array().unwrap().iter().filter(|t| t["acknowledges"] == true).collect();
        assert_eq!((chosen.len(), &chosen[0]["name"]), (1, &serde_json::json!("Other")), "{all}");
        let body = serde_json::json!({ "name": "Other", "body": "Dear {{first name}}, it is {{case}}." });
        ben.json(axum::http::Method::PUT, &format!("/api/v1/templates/{}", chosen[0]["id"]), &body).await;
        let case = app.case_of(&anna("Three", "text")).await;
        assert!(sends(app, relay).await[0].raw.contains(&format!("Dear, it is CD-{case}.")));
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_wants_a_password_is_given_it() {
    use base64::Engine as _;
    let relay = crate::support::relay::Relay::start().await;
    let words = base64::engine::general_purpose::STANDARD.encode("\0desk\0tide and ferry");
    relay.accept_sign_in(&format!("PLAIN {words}"));
    let port = relay.port.to_string();
    let settings = [
        OURS,
        ("MAIL__SMTP__HOST", "127.0.0.1"),
        ("MAIL__SMTP__PORT", port.as_str()),
        ("MAIL__SMTP__SECURITY", "none"),
        ("MAIL__SMTP__USER", "desk"),
        ("MAIL__SMTP__PASSWORD", "tide and ferry"),
    ];
    with_settings(&settings, async |app| {
        let (case, by) = (app.case_of(&anna("No login", "Help.")).await, app.viewer("Ben", Role::Agent).await);
        app.forget_jobs("mail.acknowledge").await;
        let reply = Reply { body: "Again, please.".into(), to: to("anna@northbay.example"), ..Reply::default() };
        cases::reply(app.desk(), &by, case, reply).await.unwrap();
        app.advance(Duration::from_secs(16));
        app.drain().await;
        assert!(relay.messages().last().unwrap().contains("Again, please."), "{:?}", relay.lines());
        assert!(relay.lines().iter().any(|line| line.starts_with("AUTH PLAIN")));
    })
    .await;
}

#[tokio::test]
async fn prospects_robots_and_paused_addresses_get_no_acknowledgement() {
    with_relay(&[], async |app, relay| {
        app.arrives(&Letter::new("P <p@prospect.example>", "Hello", "text")).await;
        make_customer(app).await;
        app.arrives(&anna("Away", "away").with("Auto-Submitted", "auto-replied")).await;
        app.arrives(&Letter::new("no-reply@northbay.example", "Report", "weekly")).await;
        assert!(sends(app, relay).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_flood_in_one_name_gets_few_answers() {
    with_relay(&[("MAIL__AUTOMATIC_PER_DAY", "3")], async |app, relay| {
        make_customer(app).await;
        for i in 0..12 {
            app.arrives(&anna(&format!("Flood {i}"), "text")).await;
        }
        assert_eq!(sends(app, relay).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn our_own_mail_that_comes_back_is_no_second_entry() {
    let group = [("MAIL__GROUPS", "help@groups.example"), ("MAIL__COPY_TO_GROUP", "help@groups.example")];
    with_relay(&group, async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        assert!(mail.envelope_to.contains(&"help@groups.example".into()));
        let before = app.timeline(case).await.len();
        let lies = app.arrives_raw(mail.raw.clone().into()).await;
        assert_eq!(lies.state, InboundState::Duplicate);
        assert_eq!(app.timeline(case).await.len(), before);
    })
    .await;
}

// Rule 6: what is shown.

#[tokio::test]
async fn the_new_text_is_shown_and_quotations_and_signature_are_folded() {
    on_both(async |app| {
        let text = "Still no <b>login</b>.\n\n-- \nAnna Berg\nNorthbay\n\nOn Mon, 1 Mar 2027 at 08:00, Ben wrote:\n> Try again.\n";
        let html = format!("<p>{}</p><img src=\"https://track.example/p.gif\">", text.replace('<', "&lt;"));
        let letter = anna("No login", &format!(
            "--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/html\n\n{html}\n--b--"
        ))
        .with("MIME-Version", "1.0")
        .with("Content-Type", "multipart/alternative; boundary=b");
        let lies = app.arrives(&letter).await;
        let (case, entry) = (lies.case.unwrap(), lies.entry.unwrap());
        assert_eq!(app.timeline(case).await[0].text, "Still no <b>login</b>.");
        let details = app.incoming(entry).await;
        let folds: Vec<(&str, bool)> =
            details.folds.iter().map(|fold| (fold.kind.as_str(), fold.text.contains("Try again."))).collect();
        assert_eq!(folds, [("signature", false), ("quote", true)]);
        let page = app.logged_in("Ben", Role::Agent).await.get(&format!("/cases/{case}")).await.text;
        assert!(page.contains("Still no &lt;b&gt;login&lt;/b&gt;.") || page.contains("Still no &#60;b&#62;login"), "{page}");
        for words in ["Quoted history", "Remote images are not loaded", &format!("href=\"/entries/{entry}/raw\"")] {
            assert!(page.contains(words), "{words}");
        }
        assert!(page.contains(r#"<iframe sandbox="allow-popups allow-popups-to-escape-sandbox""#));
        assert!(!page.contains("track.example"));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

// Rule 7, the group, is in colleague.rs; rule 8, the mailbox that others read too, in wire/.

// Out.

#[tokio::test]
async fn an_answer_threads_in_the_customers_program_and_carries_both_forms() {
    with_relay(&[], async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        let opening = anna("No login", "It does not work.");
        assert_eq!(mail.header("In-Reply-To").as_deref(), Some(opening.get("Message-ID")));
        assert!(mail.header("References").unwrap().contains(opening.get("Message-ID")));
        assert_eq!(mail.header("Subject").unwrap(), format!("Re: No login [CD-{case}]"));
        assert!(mail.header("Reply-To").unwrap().contains("support+"));
        assert_eq!(mail.header("Auto-Submitted"), None);
        assert!(mail.header("Content-Type").unwrap().starts_with("multipart/alternative"));
        assert!(mail.raw.contains("<strong>again</strong>"));
        assert_eq!(mail.envelope_from, "support@desk.example");
    })
    .await;
}

#[tokio::test]
async fn a_note_never_leaves() {
    with_relay(&[], async |app, relay| {
        let case = app.case_of(&anna("No login", "text")).await;
        let by = app.viewer("Ben", Role::Agent).await;
        cases::note(app.desk(), &by, case, "SECRET of ours", vec![], None).await.unwrap();
        let reply = Reply { body: "Hello".into(), to: to("anna@northbay.example"), ..Reply::default() };
        cases::reply(app.desk(), &by, case, reply).await.unwrap();
        let caught = sends(app, relay).await;
        assert_eq!(caught.len(), 1);
        assert!(!caught[0].raw.contains("SECRET"));
    })
    .await;
}

#[tokio::test]
async fn every_try_sends_the_same_bytes_under_the_same_id() {
    with_relay(&[], async |app, relay| {
        let (case, first) = answered(app, relay).await;
        let entry = app.timeline(case).await.last().unwrap().id;
        // As after a crash between the relay's yes and our note of it.
        let mut tx = app.desk().db().begin().await.unwrap();
        let from = [Delivery::Sent];
        casedesk::cases::store::set_delivery(&mut tx, entry, &from, Delivery::Sending, None).await.unwrap();
        casedesk::queue::enqueue(&mut tx, &casedesk::mail::jobs::Deliver { entry }, app.desk().now()).await.unwrap();
        tx.commit().await.unwrap();
        let again = sends(app, relay).await.remove(0);
        assert_eq!(again.header("Message-ID"), first.header("Message-ID"));
        assert!(again.raw.ends_with(first.raw.split_once("Message-ID").unwrap().1));
        let sent = app.timeline(case).await.into_iter().filter(|e| e.kind == EntryKind::MailOut).count();
        assert_eq!(sent, 1);
    })
    .await;
}

#[tokio::test]
async fn without_a_relay_a_reply_fails_visibly() {
    with_settings(&[OURS], async |app| {
        let case = app.case_of(&anna("No login", "text")).await;
        let by = app.viewer("Ben", Role::Agent).await;
        let reply = Reply { body: "Hello".into(), to: to("anna@northbay.example"), ..Reply::default() };
        let entry = cases::reply(app.desk(), &by, case, reply).await.unwrap();
        app.advance(Duration::from_secs(16));
        app.drain().await;
        let row = app.timeline(case).await.into_iter().find(|row| row.id == entry).unwrap();
        assert_eq!(row.delivery, Some(Delivery::Failed));
        assert!(row.failure.unwrap().contains("mail.smtp.host"));
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_is_down_is_asked_for_four_days_and_then_the_failure_is_shown() {
    let down = [OURS, ("MAIL__SMTP__HOST", "127.0.0.1"), ("MAIL__SMTP__PORT", "1"), ("MAIL__SMTP__SECURITY", "none")];
    with_settings(&down, async |app| {
        let case = app.case_of(&anna("No login", "text")).await;
        let by = app.viewer("Ben", Role::Agent).await;
        let reply = Reply { body: "Hello".into(), to: to("anna@northbay.example"), ..Reply::default() };
        let entry = cases::reply(app.desk(), &by, case, reply).await.unwrap();
        app.advance(Duration::from_secs(16));
        let delivery = async || app.timeline(case).await.into_iter().find(|row| row.id == entry).unwrap().delivery;
        for _ in 0..46 {
            app.drain().await;
            assert_eq!(delivery().await, Some(Delivery::Sending));
            app.advance(Duration::from_hours(2));
        }
        for _ in 0..6 {
            app.drain().await;
            app.advance(Duration::from_hours(2));
        }
        assert_eq!(delivery().await, Some(Delivery::Failed));
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn names_and_subjects_cannot_add_a_header_to_what_goes_out() {
    with_relay(&[], async |app, relay| {
        let case = app.case_of(&anna("No login", "text")).await;
        let by = app.viewer("Ben", Role::Agent).await;
        cases::change(app.desk(), &by, case, &Change::Subject("x\r\nBcc: eve@elsewhere.example".into())).await.unwrap();
        let name = Some("a\r\nBcc: eve@elsewhere.example\r\n\"<e@e.example>,".into());
        let recipient = vec![Person { name, address: "anna@northbay.example".into() }];
        cases::reply(app.desk(), &by, case, Reply { body: "Hello".into(), to: recipient, ..Reply::default() })
            .await
            .unwrap();
        let caught = sends(app, relay).await;
        assert_eq!(caught[0].envelope_to, ["anna@northbay.example"]);
        assert_eq!(caught[0].header("Bcc"), None);
    })
    .await;
}

#[tokio::test]
async fn control_headers_and_internal_ids_of_strangers_are_ignored() {
    on_both(async |app| {
        let case = app.case_of(&anna("No login", "text")).await;
        let forged = Letter::new("Eve <eve@elsewhere.example>", "Hi", "let me in")
            .with("X-Casedesk-Case", &case.to_string())
            .with("X-Casedesk-Loop", "1")
            .with("References", &format!("<cd.{case}.1.AAAAAAAAAAAA@desk.example>"));
        assert_ne!(app.arrives(&forged).await.case, Some(case));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}
