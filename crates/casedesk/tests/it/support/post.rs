//! Mail for tests: written by hand, taken in by the desk's own door, and caught when it goes out.
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use casedesk::cases::store as case_store;
use casedesk::cases::{CaseId, EntryData, EntryId, Incoming, Outgoing};
use casedesk::config::Config;
use casedesk::db::Read as _;
use casedesk::mail::actions::take_in;
use casedesk::mail::handover::{Intake, NotStored};
use casedesk::mail::listener::Listener;
use casedesk::mail::{InboundId, InboundState, Source, Taken, filer, store};
use casedesk::q;
use tokio_util::sync::CancellationToken;

use super::TestApp;

/// A mail as somebody sends it.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Letter {
    /// From `from` to the desk. The subject and text are the caller's, the id is made of both.
    pub(crate) fn new(from: &str, subject: &str, text: &str) -> Self {
        let id = casedesk::kit::secrets::sha256_hex(format!("{from}{subject}{text}").as_bytes());
        Self { headers: Vec::new(), text: text.into() }
            .with("From", from)
            .with("To", "support@desk.example")
            .with("Subject", subject)
            .with("Date", "Mon, 1 Mar 2027 08:59:00 +0000")
            .with("Message-ID", &format!("<{}@customer.example>", &id[..20]))
    }

    /// Sets a field, in place of one of that name.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        &self.headers.iter().find(|(known, _)| known == name).unwrap().1
    }

    /// As an answer to the message with this id.
    pub(crate) fn answering(self, id: &str) -> Self {
        self.with("In-Reply-To", id).with("References", id)
    }

    pub(crate) fn raw(&self) -> Bytes {
        let mut out = String::new();
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        out.push_str(&self.text.replace('\n', "\r\n"));
        out.push_str("\r\n");
        Bytes::from(out)
    }
}

/// Where a message has come to lie, and how it was read.
#[derive(Debug)]
pub(crate) struct Lies {
    pub(crate) id: InboundId,
    pub(crate) state: InboundState,
    pub(crate) reason: String,
    pub(crate) case: Option<CaseId>,
    pub(crate) entry: Option<EntryId>,
}

impl TestApp {
    /// Takes a mail in and files it.
    pub(crate) async fn arrives(&self, letter: &Letter) -> Lies {
        self.arrives_raw(letter.raw()).await
    }

    pub(crate) async fn arrives_raw(&self, raw: Bytes) -> Lies {
        self.arrives_from(Source::Import { path: "test" }, raw).await
    }

    /// The same as the team's mail server hands it over.
    pub(crate) async fn arrives_by_wire(&self, letter: &Letter) -> Lies {
        let peer = std::net::Ipv4Addr::LOCALHOST.into();
        let source = Source::Listener { envelope_from: "somebody@mx.example", envelope_to: &[], peer };
        self.arrives_from(source, letter.raw()).await
    }

    async fn arrives_from(&self, source: Source<'_>, raw: Bytes) -> Lies {
        let taken = take_in(self.desk(), source, raw).await.unwrap();
        let Taken::Stored(id) = taken else { panic!("it has no key") };
        self.file().await;
        self.lies(id).await
    }

    /// Files what waits.
    pub(crate) async fn file(&self) {
        filer::file_waiting(self.desk(), &CancellationToken::new()).await.unwrap();
    }

    pub(crate) async fn lies(&self, id: InboundId) -> Lies {
        let row = store::inbound(self.desk().db(), id).await.unwrap().unwrap();
        let case = match row.entry_id {
            Some(entry) => Some(case_store::entry(self.desk().db(), entry).await.unwrap().unwrap().case_id),
            None => None,
        };
        Lies { id, state: row.state, reason: row.reason.unwrap_or_default(), case, entry: row.entry_id }
    }

    /// Opens a case by mail: its number.
    pub(crate) async fn case_of(&self, letter: &Letter) -> CaseId {
        self.arrives(letter).await.case.unwrap()
    }

    pub(crate) async fn case(&self, id: CaseId) -> case_store::Case {
        case_store::case(self.desk().db(), id).await.unwrap().unwrap()
    }

    /// The entries of a case, as its page shows them.
    pub(crate) async fn timeline(&self, id: CaseId) -> Vec<case_store::EntryRow> {
        case_store::entries(self.desk().db(), id, None, 500).await.unwrap()
    }

    pub(crate) async fn incoming(&self, entry: EntryId) -> Incoming {
        match case_store::entry(self.desk().db(), entry).await.unwrap().unwrap().data().unwrap() {
            EntryData::Incoming(details) => *details,
            other => panic!("not incoming: {other:?}"),
        }
    }

    pub(crate) async fn outgoing(&self, entry: EntryId) -> Outgoing {
        match case_store::entry(self.desk().db(), entry).await.unwrap().unwrap().data().unwrap() {
            EntryData::Outgoing(details) => details,
            other => panic!("not outgoing: {other:?}"),
        }
    }

    pub(crate) async fn count_cases(&self) -> i64 {
        let (count,): (i64,) = self.desk().db().one(q!("SELECT COUNT(*) FROM cases")).await.unwrap();
        count
    }

    /// Forgets the jobs of these kinds, where a test is not about them.
    pub(crate) async fn forget_jobs(&self, kind: &str) {
        let mut tx = self.desk().db().begin().await.unwrap();
        tx.exec(q!("DELETE FROM jobs WHERE kind = $1", kind)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// A mail as a relay was given it.
#[derive(Clone, Debug)]
pub(crate) struct Caught {
    pub(crate) envelope_from: String,
    pub(crate) envelope_to: Vec<String>,
    pub(crate) raw: String,
}

impl Caught {
    /// A header field, unfolded.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(&self.raw, name)
    }
}

/// The first field of this name of a raw mail, unfolded.
pub(crate) fn header(raw: &str, name: &str) -> Option<String> {
    let head = raw.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    let begin = format!("{}:", name.to_lowercase());
    head.split("\r\n").find(|line| line.to_lowercase().starts_with(&begin)).map(|l| l[begin.len()..].trim().to_owned())
}

/// A relay that keeps what it is given.
#[derive(Clone, Default)]
pub(crate) struct Relay(Arc<Mutex<Vec<Caught>>>);

impl Relay {
    /// Starts it on a free port of this machine: the relay, and the settings that lead to it.
    pub(crate) async fn start() -> (Self, String) {
        let relay = Self::default();
        let settings = [
            ("MAIL__LISTENER__LISTEN", "127.0.0.1:0"),
            ("MAIL__LISTENER__PROTOCOL", "smtp"),
            ("SERVER__DATA", "/nonexistent"),
        ];
        let environment = settings.map(|(name, value)| (format!("CASEDESK_{name}"), value.to_owned()));
        let config = Config::load(None, environment).unwrap();
        let listener = Listener::bind_all(&config).await.unwrap().remove(0);
        let port = listener.address().unwrap().port().to_string();
        tokio::spawn(listener.serve(relay.clone(), CancellationToken::new()));
        (relay, port)
    }

    /// Takes what has come so far.
    pub(crate) fn take(&self) -> Vec<Caught> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Intake for Relay {
    async fn take_in(&self, source: Source<'_>, raw: Bytes) -> Result<(), NotStored> {
        let Source::Listener { envelope_from, envelope_to, .. } = source else { return Ok(()) };
        let raw = String::from_utf8_lossy(&raw).into_owned();
        self.0.lock().unwrap().push(Caught {
            envelope_from: envelope_from.into(),
            envelope_to: envelope_to.to_vec(),
            raw,
        });
        Ok(())
    }

    async fn note_oversized(&self, _: Source<'_>, _: Bytes, _: u64) -> Result<(), NotStored> {
        Err(NotStored::Full)
    }
}
