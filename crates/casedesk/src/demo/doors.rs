//! What every part of the desk has something to show of, however few cases there are: each door, each state, each
//! verdict, calls in each step, and wishes for the roadmap.
use std::time::Duration;

use bytes::Bytes;

use super::words::{self, COMPANIES};
use super::world::address_of;
use crate::cases::actions::{self as cases, About, OpenByAgent};
use crate::cases::rules::Change;
use crate::cases::{CaseId, CaseKind, EntryData, Priority, WaitingOn, store as case_store};
use crate::customers::{self, Person};
use crate::desk::Desk;
use crate::forms::rules::{Signs, Stamp};
use crate::forms::{self, Answered, QuestionDraft, QuestionKind, Typed};
use crate::kit::secrets::random_token;
use crate::phone::actions::{Answer, Caller, Log, answer, log};
use crate::phone::{CallId, Question};
use crate::portal::{self, Guest, Sight};
use crate::products;
use crate::queue::Worker;
use crate::staff::{self, Proof, Scope, TokenId, Viewer};
use crate::web::client::Client;
use crate::web::fields::Fields;
use crate::web::upload::{Upload, Uploaded};

/// Company and person by their places in the list, kind, description.
type FormLine = (usize, usize, CaseKind, &'static str);

/// Messages of the form: of a company for each way in which contracts and versions stand, and of one that is no
/// customer yet.
const FORMS: [FormLine; 9] = [
    (
        1,
        0,
        CaseKind::Problem,
        "Host keys of type ssh-rsa are refused since the restart.\nAll partners get “no matching host key”.",
    ),
    (
        2,
        0,
        CaseKind::Question,
        "Where is the key of the web client's certificate kept?\nOur auditors ask for the folder.",
    ),
    (
        4,
        1,
        CaseKind::Problem,
        "Uploads of more than 4 GB break off over HTTPS.\nThey do not go on where they broke off, they begin anew.",
    ),
    (
        5,
        0,
        CaseKind::FeatureRequest,
        "Will there be cloud sources?\nWe would pull files from SharePoint and S3 on a schedule.",
    ),
    (7, 0, CaseKind::FeatureRequest, "A dark theme for the web client.\nOur operators work at night."),
    (8, 1, CaseKind::Problem, "Folder monitors stop after a failover of NFS.\nAfter a restart they run again."),
    (10, 1, CaseKind::Question, "Does the scheduler start jobs twice when the clock is put back?"),
    (11, 0, CaseKind::Licence, "Our second node moves to another host. Does the key move with it?"),
    (18, 0, CaseKind::Question, "What does Ferrywell Transfer cost for two servers?"),
];

/// Who called, what was said, and what became of it.
struct CallLine {
    company: usize,
    person: usize,
    number: &'static str,
    subject: &'static str,
    summary: &'static str,
    ask: Question,
    answer: Option<Answer>,
}

fn calls() -> [CallLine; 4] {
    let line = |company, subject, summary, ask, answer| CallLine {
        company,
        person: 0,
        number: "",
        subject,
        summary,
        ask,
        answer,
    };
    [
        CallLine {
            number: "+34 942 555 010",
            ..line(
                2,
                "Call: administrator locked out after the move to single sign-on",
                "The administrator is locked out since single sign-on was switched on. The local account is disabled.",
                Question::Written,
                None,
            )
        },
        CallLine {
            number: "+353 21 555 0142",
            ..line(
                4,
                "Call: transfers to the laboratory hang",
                "Transfers to the laboratory hang at 99 % since Tuesday evening. Restarting the node helps for an hour.",
                Question::Summary,
                Some(Answer::Confirm),
            )
        },
        line(
            6,
            "Call: payroll file sent twice",
            "The payroll file of October was sent twice, on the 28th and the 29th.",
            Question::Summary,
            Some(Answer::Write(
                "It was sent twice, but both times on the 28th: at 17:00 by the schedule and at 17:04 by hand.".into(),
            )),
        ),
        line(
            9,
            "Call: which ports does the gateway need",
            "They put a firewall between gateway and server and ask which ports have to be open.",
            Question::Written,
            Some(Answer::Write("We need to know the ports between gateway and server, in both directions.".into())),
        ),
    ]
}

/// How long all of it takes.
pub(super) const SPAN: Duration = Duration::from_mins(90);
/// From one to the next.
const PAUSE: Duration = Duration::from_mins(4);

/// Makes all of it happen, from now on.
pub(super) async fn fill(desk: &Desk, worker: &Worker, agents: &[Viewer]) -> anyhow::Result<()> {
    let [first, second, ..] = agents else { return Ok(()) };
    let asked = questions(desk, first).await?;
    let mut forms = Vec::new();
    for line in &FORMS {
        desk.clock().advance(PAUSE);
        forms.push(by_form(desk, line, &asked).await?);
        worker.drain().await?;
    }
    held(desk).await?;
    wishes(desk, first, &forms).await?;
    for line in calls() {
        desk.clock().advance(PAUSE);
        by_phone(desk, worker, second, line).await?;
    }
    desk.clock().advance(PAUSE);
    by_hand(desk, first).await?;
    states(desk, second, &forms).await?;
    desk.clock().advance(PAUSE);
    by_portal(desk, second, &forms).await?;
    worker.drain().await?;
    Ok(())
}

fn person(company: usize, person: usize) -> Person {
    let company = &COMPANIES[company % COMPANIES.len()];
    let name = company.people[person % company.people.len()];
    Person { name: Some(name.into()), address: address_of(name, company.domain) }
}

fn typed(company: usize, who: usize, kind: CaseKind, description: &str) -> Typed {
    let person = person(company, who);
    Typed {
        name: person.shown().into(),
        address: person.address,
        organisation: COMPANIES[company % COMPANIES.len()].name.into(),
        kind: kind.as_str().into(),
        product: "Ferrywell Transfer".into(),
        description: description.into(),
        ..Typed::default()
    }
}

/// What the form asks of those who write about our first product.
async fn questions(desk: &Desk, by: &Viewer) -> anyhow::Result<Vec<Answered>> {
    let Some(product) = products::store::product_by_name(desk.db(), "Ferrywell Transfer").await? else {
        return Ok(vec![]);
    };
    let draft = |label: &str, kind, choices: &[&str], detail: Option<&str>| QuestionDraft {
        label: label.into(),
        kind,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        required: false,
        detail: detail.map(str::to_owned),
    };
    let nodes = ["One server", "Two nodes, active-passive", "Two nodes, active-active"];
    let nodes = draft("How is it set up?", QuestionKind::Choice, &nodes, Some("high_availability"));
    let many = draft("Transfers a day", QuestionKind::Number, &[], None);
    let mut answers = Vec::new();
    for (question, answer) in [(nodes, "Two nodes, active-passive"), (many, "1200")] {
        let id = forms::actions::add_question(desk, by, product.id, &question).await?;
        answers.push(Answered::given(id, answer.into()));
    }
    Ok(answers)
}

async fn by_form(
    desk: &Desk,
    (company, who, kind, description): &FormLine,
    asked: &[Answered],
) -> anyhow::Result<CaseId> {
    let answers = if *kind == CaseKind::Problem { asked.to_vec() } else { vec![] };
    let typed = Typed { answers, ..typed(*company, *who, *kind, description) };
    let at = desk.now().minus(Duration::from_mins(2));
    let stamp = Stamp { at, nonce: random_token() }.seal(desk.signing_key());
    let signs = Signs { trap: "", stamp: &stamp, proof: "", from_known_site: false };
    let sent = forms::actions::Sent { typed: &typed, files: vec![], signs };
    match forms::actions::take(desk, sent, &Client::default()).await? {
        forms::actions::Answer::Opened { case, .. } => Ok(case),
        forms::actions::Answer::Held => anyhow::bail!("a form of the demo was held"),
    }
}

/// A message of a form that is not ours, which waits for a look.
async fn held(desk: &Desk) -> anyhow::Result<()> {
    let typed = typed(19, 0, CaseKind::Question, "Please call us about a trial.\nWe saw you at the fair.");
    let signs = Signs { trap: "", stamp: "", proof: "", from_known_site: false };
    let sent = forms::actions::Sent { typed: &typed, files: vec![], signs };
    forms::actions::take(desk, sent, &Client::default()).await?;
    Ok(())
}

/// The wish that is on the roadmap is linked there; the one that is not waits on sales.
async fn wishes(desk: &Desk, by: &Viewer, forms: &[CaseId]) -> anyhow::Result<()> {
    let [.., wish, other, _, _, _, _] = forms else { return Ok(()) };
    let found = case_store::verdicts(desk.db(), *wish).await?.into_iter().find_map(|verdict| verdict.item_id);
    if let Some(item) = found {
        cases::link_item(desk, by, *wish, item).await?;
    }
    let on_sales = Change::Wait { on: WaitingOn::Sales, until: None };
    cases::change(desk, by, *other, &on_sales).await?;
    Ok(())
}

async fn by_phone(desk: &Desk, worker: &Worker, by: &Viewer, line: CallLine) -> anyhow::Result<()> {
    let person = person(line.company, line.person);
    let known = customers::store::contact_by_address(desk.db(), &person.address).await?;
    let caller = match known {
        Some(contact) => Caller::Contact(contact.id),
        None => Caller::New { name: person.shown().into(), address: Some(person.address), organisation: None },
    };
    let ended_at = Some(desk.now());
    let wanted = Log {
        call: None,
        caller,
        number: line.number.into(),
        about: About::NewCase { subject: line.subject.into(), kind: CaseKind::Problem, priority: Priority::Normal },
        summary: line.summary.into(),
        started_at: desk.now().minus(Duration::from_mins(7)),
        ended_at,
        ask: Some(line.ask),
    };
    let (_, case): (CallId, CaseId) = log(desk, by, wanted).await?;
    worker.drain().await?;
    let Some(reply) = line.answer else { return Ok(()) };
    let entries = case_store::entries(desk.db(), case, None, 10).await?;
    let link = entries.iter().rev().find_map(|entry| match entry.data() {
        Ok(EntryData::Outgoing(details)) => details.private_link,
        _ => None,
    });
    if let Some(link) = link {
        answer(desk, &link.token(desk), reply, &Client::default()).await?;
        worker.drain().await?;
    }
    Ok(())
}

/// A case that an agent opens, and one that a program opens in an agent's name.
async fn by_hand(desk: &Desk, by: &Viewer) -> anyhow::Result<()> {
    let wanted = |company, subject: &str, note: &str| OpenByAgent {
        requester: person(company, 0),
        subject: subject.into(),
        note: note.into(),
        kind: CaseKind::Question,
        priority: Priority::Normal,
        team: None,
    };
    let met = wanted(12, "Met at the fair: wants to test the beta of 6.0", "They have a test system for it.");
    cases::open_by_agent(desk, by, met).await?;
    let program = Viewer { proof: Proof::Token(TokenId(0), Scope::Write), ..by.clone() };
    let alarm = wanted(13, "Monitoring: transfers queue up since 06:10", "Queue length 412, as the probe measures it.");
    cases::open_by_agent(desk, &program, alarm).await?;
    Ok(())
}

/// One case of each state, and one that waits on each.
async fn states(desk: &Desk, by: &Viewer, forms: &[CaseId]) -> anyhow::Result<()> {
    let tomorrow = desk.now().plus(Duration::from_hours(24));
    let changes = [
        (6, Change::Wait { on: WaitingOn::Customer, until: None }),
        (5, Change::Wait { on: WaitingOn::Engineering, until: None }),
        (2, Change::Wait { on: WaitingOn::Date, until: Some(tomorrow) }),
        (1, Change::Solve),
        (7, Change::Close),
    ];
    for (at, change) in changes {
        if let Some(case) = forms.get(at) {
            cases::change(desk, by, *case, &change).await?;
        }
    }
    if let Some(case) = forms.first() {
        cases::change(desk, by, *case, &Change::Assign(Some(by.id))).await?;
    }
    Ok(())
}

/// A log as some installations write it: without a word of when.
const UNSTAMPED: &[u8] = b"WARN  session refused: no matching host key type\nINFO  key of node 2 is read\n";

/// Somebody comes back to a case that is closed, on their own pages: that is a case of its own. The log that they send
/// says nothing of time, and an agent asks a colleague about it.
async fn by_portal(desk: &Desk, by: &Viewer, forms: &[CaseId]) -> anyhow::Result<()> {
    let Some(closed) = forms.get(7) else { return Ok(()) };
    let asking = person(11, 0);
    let contact = customers::store::contact_by_address(desk.db(), &asking.address).await?;
    let Some(contact) = contact else { return Ok(()) };
    let guest = Guest {
        sight: Sight::Contact(contact.id),
        address: asking.address.clone(),
        name: contact.name.clone(),
        contact,
    };
    let text = "The new host is up. Please send the key for it.".to_owned();
    let log = Uploaded {
        name: "gateway.log".into(),
        content_type: "text/plain".into(),
        bytes: Bytes::from(UNSTAMPED.repeat(50)),
    };
    let sent = Upload { fields: Fields::new(vec![("text".into(), text)]), files: vec![log], ..Upload::default() };
    let answered = portal::actions::answer(desk, &guest, *closed, sent, &Client::default()).await?;
    let asked = staff::store::by_email(desk.db(), words::AGENTS[0].1).await?.map(|agent| agent.id);
    let note = "The key allows two hosts; sent. @aoife, do you know which of their nodes writes logs like that?";
    cases::note(desk, by, answered.case, note, asked.into_iter().collect(), None).await?;
    Ok(())
}
