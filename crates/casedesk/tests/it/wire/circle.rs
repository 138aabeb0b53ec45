//! The whole circle by real programs: a customer's mail program, Postfix, Dovecot, and the desk's own doors.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::store::EntryRow;
use casedesk::cases::{CaseId, CaseState, EntryKind, WaitingOn};
use casedesk::config::Security;
use casedesk::db::Read as _;
use casedesk::mail::imap::read_all;
use casedesk::mail::listener::Listener;
use casedesk::q;
use casedesk::staff::Role;
use lettre::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::support::customer::Customer;
use crate::support::dovecot::Dovecot;
use crate::support::post::header;
use crate::support::postfix::Postfix;
use crate::support::process::until;
use crate::support::wire::fast;
use crate::support::{TestApp, on_both};

const CUSTOMER: &str = "ada@customer.test";
const DESK: &str = "support@desk.test";

/// How the team's mail server gives its mail to the desk.
#[derive(Clone, Copy, PartialEq)]
enum Door {
    HandedOver,
    ReadFromAMailbox,
}

/// The desk with its mail server, and the customer at theirs. What is not used is kept running.
struct World {
    app: TestApp,
    customer: Customer,
    dovecot: Dovecot,
    _postfix: Postfix,
    _door: AbortOnDropHandle<()>,
}

impl World {
    /// `None`, loudly, where Dovecot or Postfix is not there.
    async fn new(app: &TestApp, door: Door) -> Option<Self> {
        let dovecot = Dovecot::start().await?;
        let mut listening = app.desk().config().clone();
        listening.mail.listener.listen = Some(([127, 0, 0, 1], 0).into());
        let listener = Listener::bind_all(&listening).await.unwrap().remove(0);
        let handed_to = match door {
            Door::HandedOver => listener.address().unwrap().port(),
            Door::ReadFromAMailbox => dovecot.lmtp,
        };
        let postfix = Postfix::start(handed_to, Some(&dovecot)).await?;
        let mut mailbox = dovecot.mailbox("support", DESK);
        mailbox.since_days = 0;
        let app = app
            .again(|config| {
                config.mail.from = DESK.into();
                config.mail.imap = vec![mailbox];
                let smtp = &mut config.mail.smtp;
                (smtp.host, smtp.port, smtp.security) = ("localhost".into(), postfix.port, Security::Starttls);
                smtp.ca_file = postfix.folder.join("ca.pem").display().to_string();
            })
            .await;
        let (desk, stop) = (app.desk().clone(), CancellationToken::new());
        let door = AbortOnDropHandle::new(match door {
            Door::HandedOver => tokio::spawn(listener.serve(desk, stop)),
            Door::ReadFromAMailbox => tokio::spawn(read_all(desk.clone(), desk, fast(), stop)),
        });
        let customer = Customer::new(CUSTOMER, &postfix, &dovecot).await;
        Some(Self { app, customer, dovecot, _postfix: postfix, _door: door })
    }

    /// The mails that came in, once there are so many of them on cases.
    async fn filed(&self, count: usize) -> Vec<EntryRow> {
        until(&format!("{count} mails are filed"), || async {
            self.app.file().await;
            let cases: Vec<(CaseId,)> = self.app.desk().db().all(q!("SELECT id FROM cases")).await.unwrap();
            let mut filed = Vec::new();
            for (case,) in cases {
                filed.extend(self.app.timeline(case).await.into_iter().filter(|row| row.kind == EntryKind::MailIn));
            }
            (filed.len() >= count).then_some(filed)
        })
        .await
    }

    /// An agent answers on the desk's page, and what is due is sent.
    async fn answers(&self, case: CaseId) {
        let agent = self.app.logged_in("Aoife", Role::Agent).await;
        let reply = serde_json::json!({ "body": "Please try **again**.", "to": [{ "address": CUSTOMER }] });
        let posted = agent.json(Method::POST, &format!("/api/v1/cases/{case}/replies"), &reply).await;
        assert_eq!(posted.status, StatusCode::CREATED, "{}", posted.text);
        self.app.advance(Duration::from_secs(16));
        self.app.drain().await;
    }
}

async fn goes_round(app: &TestApp, door: Door) {
    let Some(mut world) = World::new(app, door).await else { return };
    let question: Message = world
        .customer
        .writes(DESK, "Transfers stop", world.app.desk().now())
        .body("Every transfer stops at 42 %.".to_owned())
        .unwrap();
    let raw = String::from_utf8(question.formatted()).unwrap();
    let asked = header(&raw, "Message-ID").unwrap();
    world.customer.keeps(&question).await;
    world.customer.sends(question).await;

    let first = world.filed(1).await.remove(0);
    let case = first.case_id;
    assert_eq!(first.text, "Every transfer stops at 42 %.");
    assert_eq!(app.case(case).await.subject, "Transfers stop");
    world.answers(case).await;
    assert_eq!(app.case(case).await.waiting_on, Some(WaitingOn::Customer));

    let answer = world.customer.has(2).await.remove(1);
    assert_eq!(header(&answer, "In-Reply-To").as_deref(), Some(asked.as_str()));
    assert_eq!(header(&answer, "References").as_deref(), Some(asked.as_str()));
    assert_eq!(header(&answer, "Subject"), Some(format!("Re: Transfers stop [CD-{case}]")));
    assert!(header(&answer, "From").unwrap().ends_with("<support@desk.test>"), "{answer}");
    assert!(answer.contains("Please try **again**."), "{answer}");
    let mut program = world.dovecot.sign_in(CUSTOMER).await;
    program.ask("EXAMINE INBOX").await;
    assert_eq!(program.ask("THREAD REFERENCES UTF-8 ALL").await, ["* THREAD (1 2)"]);

    let (to, answered) = (header(&answer, "Reply-To").unwrap(), header(&answer, "Message-ID").unwrap());
    let again = world
        .customer
        .writes(&to, "Still so", world.app.desk().now())
        .in_reply_to(answered.clone())
        .references(format!("{asked} {answered}"))
        .body("It stops again.".to_owned())
        .unwrap();
    world.customer.sends(again).await;
    let second = world.filed(2).await.remove(1);
    assert_eq!((second.case_id, second.text.as_str()), (case, "It stops again."));
    assert_eq!((app.case(case).await.state, app.count_cases().await), (CaseState::Open, 1));
}

#[tokio::test]
async fn a_question_handed_over_by_postfix_is_answered_in_the_customers_thread_and_the_answer_reopens_the_case() {
    on_both(async |app| goes_round(app, Door::HandedOver).await).await;
}

#[tokio::test]
async fn a_question_read_from_a_mailbox_is_answered_in_the_customers_thread_and_the_answer_reopens_the_case() {
    on_both(async |app| goes_round(app, Door::ReadFromAMailbox).await).await;
}
