//! The made-up company at work: takes the steps of all cases in the order of time.
mod quotes;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use bytes::Bytes;
use casedesk_mail::{Address, OutboundAttachment, OutboundMail, token};
use tokio_util::sync::CancellationToken;

use super::script::{Dice, Step, UNANSWERED, script, unanswered};
use super::words::{COMPANIES, Company, MATTERS, Matter};
use super::{catalogue, details, doors, file};
use crate::cases::actions::{self as cases, Reply};
use crate::cases::rules::Change;
use crate::cases::{CaseId, EntryId, Priority, WaitingOn, store as case_store};
use crate::customers::{self, OrganisationKind, Person};
use crate::desk::Desk;
use crate::kit::{Timestamp, secrets};
use crate::mail::{Source, Taken, actions as mail, filer, store as mail_store};
use crate::queue::Worker;
use crate::staff::{self, Proof, Role, Viewer};
use crate::web::client::Client;

const ADDRESS: &str = "support@ferrywell.example";
const GROUP: &str = "ferrywell-support@groups.example";

pub(super) struct World {
    desk: Desk,
    worker: Worker,
    dice: Dice,
    agents: Vec<Viewer>,
}

/// A case as its story goes.
struct Story {
    company: &'static Company,
    person: Person,
    matter: &'static Matter,
    agent: usize,
    through_group: bool,
    case: Option<CaseId>,
    first_id: String,
    last_out: Option<EntryId>,
    last_id: Option<String>,
}

/// When which step of which story comes.
type Queue = BinaryHeap<Reverse<(Timestamp, usize, usize)>>;

/// How far the stories are told.
struct Told {
    stories: Vec<Story>,
    scripts: Vec<Vec<(Duration, Step)>>,
    queue: Queue,
    day: Timestamp,
    offered: bool,
}

impl World {
    pub(super) async fn new(desk: Desk, seed: u64, end: Timestamp) -> anyhow::Result<Self> {
        let now = desk.now();
        let mut tx = desk.db().begin().await?;
        for company in COMPANIES.iter().filter(|company| company.customer) {
            let kind = OrganisationKind::Customer;
            customers::actions::add_organisation(&mut tx, company.name, kind, &[company.domain], now).await?;
        }
        tx.commit().await?;
        for (name, body) in TEMPLATES {
            let acknowledges = Some(name == "Acknowledgement");
            cases::save_template(&desk, cases::NewTemplate { name, body, acknowledges }).await?;
        }
        let agents: Vec<Viewer> = staff::store::agents(desk.db()).await?.into_iter().map(viewer).collect();
        if let Some(first) = agents.first() {
            catalogue::fill(&desk, first, end).await?;
            file::fill(&desk, first, end).await?;
        }
        let worker = crate::app::worker(&desk)?;
        Ok(Self { desk, worker, dice: Dice::new(seed), agents })
    }

    /// Lets `count` cases happen between now and `end`.
    pub(super) async fn live_until(mut self, end: Timestamp, count: usize) -> anyhow::Result<usize> {
        let start = self.desk.now();
        let mut stories = Vec::with_capacity(count);
        let mut scripts = Vec::with_capacity(count);
        let mut queue = Queue::new();
        for i in 0..count {
            let company = self.dice.pick(COMPANIES);
            stories.push(self.story(company));
            scripts.push(script(&mut self.dice));
            let minutes = usize::try_from(end.since(start).as_secs() / 60).unwrap_or(1);
            queue.push(Reverse((start.plus(self.dice.minutes(0, minutes)), i, 0)));
        }
        for minutes in UNANSWERED {
            // The first company has a contract by the quickest option.
            stories.extend(COMPANIES.first().map(|company| self.story(company)));
            scripts.push(unanswered());
            queue.push(Reverse((end.minus(Duration::from_mins(minutes)), stories.len() - 1, 0)));
        }
        let mut told = Told { stories, scripts, queue, day: start, offered: false };
        self.go_on(&mut told, end, end.minus(doors::SPAN)).await?;
        self.offer_late(&mut told.stories).await?;
        self.leave_oddities().await?;
        doors::fill(&self.desk, &self.worker, &self.agents).await?;
        self.go_on(&mut told, end, end).await?;
        self.worker.drain().await?;
        Ok(told.stories.iter().filter(|story| story.case.is_some()).count())
    }

    /// Lets happen what is next, up to `until`.
    async fn go_on(&mut self, told: &mut Told, end: Timestamp, until: Timestamp) -> anyhow::Result<()> {
        while let Some(Reverse((at, i, step))) = told.queue.pop() {
            if at > until {
                told.queue.push(Reverse((at, i, step)));
                break;
            }
            self.desk.clock().advance(at.since(self.desk.now()));
            if !told.offered && end.since(self.desk.now()) <= quotes::EARLY {
                told.offered = true;
                self.offer_early(&told.stories).await?;
            }
            self.take(&mut told.stories[i], told.scripts[i][step].1).await?;
            if let Some((pause, _)) = told.scripts[i].get(step + 1) {
                told.queue.push(Reverse((at.plus(*pause), i, step + 1)));
            }
            if at.since(told.day).as_secs() > 86_400 {
                told.day = at;
                cases::pass_time(&self.desk).await?;
            }
        }
        Ok(())
    }

    fn story(&mut self, company: &'static Company) -> Story {
        let name = *self.dice.pick(company.people);
        let person = Person { name: Some(name.into()), address: address_of(name, company.domain) };
        Story {
            company,
            person,
            matter: self.dice.pick(MATTERS),
            agent: self.dice.roll(self.agents.len()),
            through_group: self.dice.chance(25),
            case: None,
            first_id: String::new(),
            last_out: None,
            last_id: None,
        }
    }

    async fn take(&mut self, story: &mut Story, step: Step) -> anyhow::Result<()> {
        let matter = story.matter;
        match step {
            Step::Opens => self.open(story).await,
            Step::Answers => self.customer_writes(story, matter.given, matter.log).await,
            Step::Thanks => self.customer_writes(story, matter.thanks, None).await,
            Step::Vacation => self.vacation(story).await,
            Step::Asked => self.agent_writes(story, matter.asked).await,
            Step::Answered => self.agent_writes(story, matter.answer).await,
            _ => self.agent_acts(story, step).await,
        }
    }

    async fn open(&mut self, story: &mut Story) -> anyhow::Result<()> {
        let mut mail = self.mail_of(story, story.matter.opening, None);
        mail.subject = story.matter.subject.into();
        mail.in_reply_to = None;
        mail.references = vec![];
        story.first_id.clone_from(&mail.message_id);
        story.case = self.arrives(mail, story.through_group).await?;
        let Some(case) = story.case else { return Ok(()) };
        let agent = &self.agents[story.agent];
        let kind = story.matter.kind.parse()?;
        cases::change(&self.desk, agent, case, &Change::Kind(kind)).await?;
        for tag in story.matter.tags {
            cases::tag(&self.desk, agent, case, tag, true).await?;
        }
        Ok(())
    }

    async fn customer_writes(&mut self, story: &mut Story, text: &str, log: Option<&str>) -> anyhow::Result<()> {
        let mut mail = self.mail_of(story, text, log);
        mail.subject = format!("Re: {}", story.matter.subject);
        story.last_id = Some(mail.message_id.clone());
        self.arrives(mail, story.through_group).await?;
        Ok(())
    }

    async fn vacation(&mut self, story: &mut Story) -> anyhow::Result<()> {
        let mut mail = self.mail_of(story, "I am out of the office until Monday and read no mail.", None);
        mail.subject = format!("Automatic reply: {}", story.matter.subject);
        mail.auto = Some(casedesk_mail::AutoSubmitted::AutoReplied);
        self.arrives(mail, false).await?;
        Ok(())
    }

    async fn agent_writes(&mut self, story: &mut Story, text: &str) -> anyhow::Result<()> {
        let Some(case) = story.case else { return Ok(()) };
        let first = story.person.shown().split(' ').next().unwrap_or("all").to_owned();
        let body = format!("Hello {first},\n\n{text}\n\nKind regards\n{}", self.agents[story.agent].name);
        let reply = Reply { body, to: vec![story.person.clone()], ..Reply::default() };
        story.last_out = Some(cases::reply(&self.desk, &self.agents[story.agent], case, reply).await?);
        self.desk.clock().advance(Duration::from_secs(self.desk.config().mail.undo_s + 1));
        self.worker.drain().await?;
        Ok(())
    }

    async fn agent_acts(&mut self, story: &Story, step: Step) -> anyhow::Result<()> {
        let (Some(case), agent) = (story.case, &self.agents[story.agent]) else { return Ok(()) };
        let change = match step {
            Step::Taken => Change::Assign(Some(agent.id)),
            Step::Prioritised => {
                Change::Priority(*self.dice.pick(&[Priority::High, Priority::High, Priority::Critical, Priority::Low]))
            }
            Step::Critical => Change::Priority(Priority::Critical),
            Step::Solved => Change::Solve,
            Step::WaitsOnEngineering => Change::Wait { on: WaitingOn::Engineering, until: None },
            _ => {
                cases::note(&self.desk, agent, case, story.matter.note, vec![], None).await?;
                return Ok(());
            }
        };
        cases::change(&self.desk, agent, case, &change).await?;
        Ok(())
    }

    fn mail_of(&mut self, story: &Story, text: &str, log: Option<&str>) -> OutboundMail {
        let key = self.desk.signing_key();
        let ours = story
            .case
            .zip(story.last_out)
            .map(|(case, entry)| token::sign_message_id(key, case.0, entry.0, "ferrywell.example"));
        let mut references = vec![story.first_id.clone()];
        references.extend(story.last_id.clone());
        references.extend(ours.clone());
        references.retain(|id| !id.is_empty());
        let name = story.person.shown();
        let attachments = log.map(|log| OutboundAttachment {
            name: "server.log".into(),
            content_type: "text/plain".into(),
            bytes: log.repeat(40).into_bytes(),
            content_id: None,
        });
        OutboundMail {
            from: Address { name: Some(name.into()), address: story.person.address.clone() },
            to: vec![Address { name: None, address: if story.through_group { GROUP } else { ADDRESS }.into() }],
            cc: self.colleague(story),
            reply_to: None,
            subject: String::new(),
            message_id: format!("{}@{}", self.dice.roll(usize::MAX), story.company.domain),
            in_reply_to: references.last().cloned(),
            references,
            date: self.desk.now().seconds(),
            text: format!("{text}\n\nBest regards\n{name}\n\n-- \n{name}\n{}", story.company.name),
            html: None,
            attachments: attachments.into_iter().collect(),
            auto: None,
            loop_mark: None,
            extra_headers: vec![],
        }
    }

    fn colleague(&mut self, story: &Story) -> Vec<Address> {
        if !self.dice.chance(20) {
            return vec![];
        }
        let other = *self.dice.pick(story.company.people);
        let address = address_of(other, story.company.domain);
        if address == story.person.address { vec![] } else { vec![Address { name: Some(other.into()), address }] }
    }

    /// Takes a mail in as any source does; the case it was filed on.
    async fn arrives(&mut self, mut mail: OutboundMail, through_group: bool) -> anyhow::Result<Option<CaseId>> {
        if through_group {
            let original = mail.from.address.clone();
            mail.extra_headers = vec![
                ("X-Original-From".into(), format!("{} <{original}>", mail.from.name.clone().unwrap_or_default())),
                ("X-Original-Sender".into(), original),
                ("List-ID".into(), "<ferrywell-support.groups.example>".into()),
                ("List-Post".into(), format!("<mailto:{GROUP}>")),
                ("Precedence".into(), "list".into()),
            ];
            mail.from = Address { name: mail.from.name.map(|n| format!("'{n}' via Support")), address: GROUP.into() };
        }
        let raw = Bytes::from(casedesk_mail::write(&mail));
        let taken = mail::take_in(&self.desk, Source::Import { path: "demo" }, raw).await?;
        filer::file_waiting(&self.desk, &CancellationToken::new()).await?;
        self.worker.drain().await?;
        let Taken::Stored(id) = taken else { return Ok(None) };
        let entry = mail_store::inbound(self.desk.db(), id).await?.and_then(|row| row.entry_id);
        let Some(entry) = entry else { return Ok(None) };
        Ok(case_store::entry(self.desk.db(), entry).await?.map(|row| row.case_id))
    }

    /// What every real desk has too: something that cannot be read, and a machine that belongs to no case.
    async fn leave_oddities(&mut self) -> anyhow::Result<()> {
        let garbage = Bytes::from_static(b"\x00\x01\x02 this is not a mail");
        mail::take_in(&self.desk, Source::Import { path: "demo" }, garbage).await?;
        let newsletter = b"From: Weekly <news@list.example>\r\nTo: support@ferrywell.example\r\nSubject: This week in transfers\r\nMessage-ID: <weekly@list.example>\r\nList-Unsubscribe: <mailto:off@list.example>\r\nPrecedence: bulk\r\n\r\nTen tips.\r\n";
        mail::take_in(&self.desk, Source::Import { path: "demo" }, Bytes::from_static(newsletter)).await?;
        mail::take_in(&self.desk, Source::Import { path: "demo" }, Bytes::from_static(file::ANSWER)).await?;
        filer::file_waiting(&self.desk, &CancellationToken::new()).await?;
        self.worker.drain().await?;
        if let Some(agent) = self.agents.first() {
            details::fill(&self.desk, &self.worker, agent).await?;
        }
        Ok(())
    }
}

fn viewer(agent: staff::store::Colleague) -> Viewer {
    Viewer {
        id: agent.id,
        name: agent.name,
        email: agent.email,
        role: Role::Agent,
        teams: vec![],
        hidden_teams: vec![],
        time_zone: "UTC".into(),
        proof: Proof::Session(secrets::random_token()),
        client: Client::default(),
        event: 0,
    }
}

/// `first.last@domain` in letters that every mail server takes; a digest where a name has none.
pub(super) fn address_of(name: &str, domain: &str) -> String {
    let local = crate::search::words_of(name).replace(' ', ".");
    if local.is_ascii() {
        format!("{local}@{domain}")
    } else {
        format!("u{}@{domain}", &secrets::sha256_hex(name.as_bytes())[..8])
    }
}

const TEMPLATES: [(&str, &str); 2] = [
    (
        "Acknowledgement",
        "Your message has come in. Its number is {{case}}.\n\nAnswer to this mail to add something, a log file for example.",
    ),
    (
        "Log with time stamps",
        "The log has no time stamps, which keeps us from matching it with the other side. Please switch them on under *Settings → Log → Time stamps*, reproduce the problem and send the log again.",
    ),
];
