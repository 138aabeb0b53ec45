//! A large desk, written straight into the database in the shape that filing leaves, and kept for the next run.
use std::path::PathBuf;

use casedesk::cases::{EntryData, Incoming, Outgoing};
use casedesk::customers::Person;
use casedesk::db::{Db, Query, Tx};
use casedesk::kit::Timestamp;
use casedesk::kit::secrets::sha256_hex;
use casedesk::search::words_of;

use crate::customer_file;
use crate::mails::{Dice, prose, word};

pub(crate) const ORGANISATIONS: i64 = 3_000;
/// The organisation that asks more than others.
pub(crate) const LARGE: i64 = 1;
const CONTACTS: i64 = 30_000;
/// Case numbers begin after this one.
const BEFORE: i64 = 1000;
const PER_CASE: i64 = 5;
/// Cases of one transaction.
const BATCH: i64 = 2_000;
/// Rows of one statement: long enough to be quick, short enough for every limit on bound values.
const ROWS: usize = 100;
/// Cases after which all tables' rows are written: of no table as many as `ROWS`.
const FLUSH: i64 = 15;

/// What stands in the folder beside the database once it is whole; changed when the filling changes.
const MARK: &str = "filled-3";

/// How large a desk is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) cases: i64,
    /// How many of a hundred are open.
    pub(crate) open_percent: i64,
    /// How many are of the organisation that asks more than others.
    pub(crate) large: i64,
}

impl Size {
    /// A desk of some years.
    pub(crate) fn mostly_closed(quick: bool) -> Self {
        Self { cases: if quick { 20_000 } else { 200_000 }, open_percent: 10, large: 5_000 }
    }

    /// A desk with as much to do as any.
    pub(crate) fn mostly_open(quick: bool) -> Self {
        Self { cases: if quick { 11_000 } else { 110_000 }, open_percent: 91, large: 5_000 }
    }
}

/// The folder with a filled desk; made when there is none yet.
pub(crate) async fn cached(size: Size) -> anyhow::Result<PathBuf> {
    let cases = size.cases;
    let folder = std::env::temp_dir().join(format!("casedesk-bench-{cases}"));
    if folder.join(MARK).exists() {
        return Ok(folder);
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    eprintln!("filling {} with {cases} cases", folder.display());
    let begun = std::time::Instant::now();
    let db = Db::connect(&format!("sqlite://{}", folder.join("casedesk.db").display()), 1).await?;
    db.migrate().await?;
    let mut tx = db.begin().await?;
    // Room for all that random keys touch, or most of the time goes into reading pages again.
    tx.exec(Query::new("PRAGMA cache_size = -1048576")).await?;
    tx.commit().await?;
    customers(&db).await?;
    customer_file::fill(&db).await?;
    let mut writer = Writer { dice: Dice::new(11), size, document: 0 };
    let mut first = 1;
    while first <= cases {
        writer.batch(&db, first, (first + BATCH - 1).min(cases)).await?;
        first += BATCH;
        eprint!("\r{} cases, {:.0} s", first - 1, begun.elapsed().as_secs_f64());
    }
    eprintln!();
    let mut tx = db.begin().await?;
    tx.exec(Query::new("CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab (search_text, 'row')")).await?;
    tx.exec(Query::new(
        "INSERT INTO search_words (word) SELECT term FROM search_vocabulary WHERE length(term) BETWEEN 4 AND 40",
    ))
    .await?;
    tx.exec(Query::new("DROP TABLE search_vocabulary")).await?;
    tx.commit().await?;
    db.close().await;
    std::fs::write(folder.join(MARK), b"")?;
    Ok(folder)
}

/// Rows of one table, written some at a time.
pub(crate) struct Rows {
    into: &'static str,
    query: Query,
    waiting: usize,
}

impl Rows {
    pub(crate) fn new(into: &'static str) -> Self {
        Self { into, query: Query::new(into), waiting: 0 }
    }

    pub(crate) async fn add(&mut self, tx: &mut Tx, row: impl FnOnce(Query) -> Query) -> anyhow::Result<()> {
        let query = std::mem::replace(&mut self.query, Query::new(""));
        self.query = row(query.push(if self.waiting == 0 { " VALUES (" } else { ", (" })).push(")");
        self.waiting += 1;
        if self.waiting == ROWS { self.flush(tx).await } else { Ok(()) }
    }

    pub(crate) async fn flush(&mut self, tx: &mut Tx) -> anyhow::Result<()> {
        if self.waiting > 0 {
            self.waiting = 0;
            tx.exec(std::mem::replace(&mut self.query, Query::new(self.into))).await?;
        }
        Ok(())
    }
}

/// `a, b, c` as placeholders.
macro_rules! row {
    ($first:expr $(, $more:expr)* $(,)?) => {
        |query: casedesk::db::Query| query.bind($first)$(.push(", ").bind($more))*
    };
}

pub(crate) use row;

async fn customers(db: &Db) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    let mut organisations = Rows::new("INSERT INTO organisations (id, name, kind, created_at)");
    let mut domains = Rows::new("INSERT INTO organisation_domains (domain, organisation_id)");
    for id in 1..=ORGANISATIONS {
        let name = format!("{} {id}", word(usize::try_from(id)?));
        organisations.add(&mut tx, row!(id, name, "customer", at(0))).await?;
        domains.add(&mut tx, row!(domain(id), id)).await?;
    }
    organisations.flush(&mut tx).await?;
    domains.flush(&mut tx).await?;
    let mut contacts = Rows::new("INSERT INTO contacts (id, organisation_id, name, created_at)");
    let mut addresses = Rows::new("INSERT INTO contact_addresses (address, contact_id)");
    for id in 1..=CONTACTS {
        contacts.add(&mut tx, row!(id, organisation(id), format!("Person {id}"), at(0))).await?;
        addresses.add(&mut tx, row!(address(id), id)).await?;
    }
    contacts.flush(&mut tx).await?;
    addresses.flush(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

fn organisation(contact: i64) -> i64 {
    contact % ORGANISATIONS + 1
}

fn domain(organisation: i64) -> String {
    format!("customer{organisation}.example")
}

fn address(contact: i64) -> String {
    format!("person{contact}@{}", domain(organisation(contact)))
}

/// The n-th minute of the desk's life.
pub(crate) fn at(minute: i64) -> Timestamp {
    Timestamp::from_seconds(1_735_689_600 + minute * 60)
}

struct Writer {
    dice: Dice,
    size: Size,
    document: i64,
}

/// One table each, in the order in which rows refer to each other.
struct Tables {
    cases: Rows,
    entries: Rows,
    people: Rows,
    seen: Rows,
    messages: Rows,
    ids: Rows,
    documents: Rows,
    texts: Rows,
    events: Rows,
}

impl Tables {
    fn new() -> Self {
        Self {
            cases: Rows::new(
                "INSERT INTO cases (id, subject, base_subject, state, kind, priority, door, assignee_id, team_id,
                 organisation_id, installation_id, contact_id, created_at, updated_at, last_customer_at, solved_at, closed_at, last_entry_id)",
            ),
            entries: Rows::new(
                "INSERT INTO entries (id, case_id, kind, agent_id, contact_id, at, text, data, delivery)",
            ),
            people: Rows::new("INSERT INTO case_people (case_id, address, name, contact_id, role)"),
            seen: Rows::new("INSERT INTO case_seen (case_id, agent_id, entry_id)"),
            messages: Rows::new(
                "INSERT INTO mail_messages (entry_id, message_id, fingerprint, subject, reference_ids, raw_digest)",
            ),
            ids: Rows::new("INSERT INTO mail_ids (message_id, case_id)"),
            documents: Rows::new("INSERT INTO search_documents (id, owner, part)"),
            texts: Rows::new("INSERT INTO search_text (rowid, title, body, people, files)"),
            events: Rows::new("INSERT INTO events (topic, subject, kind, agent_id, at, data)"),
        }
    }

    async fn flush(&mut self, tx: &mut Tx) -> anyhow::Result<()> {
        let all = [
            &mut self.cases,
            &mut self.entries,
            &mut self.people,
            &mut self.seen,
            &mut self.messages,
            &mut self.ids,
            &mut self.documents,
            &mut self.texts,
            &mut self.events,
        ];
        for rows in all {
            rows.flush(tx).await?;
        }
        Ok(())
    }
}

impl Writer {
    async fn batch(&mut self, db: &Db, first: i64, last: i64) -> anyhow::Result<()> {
        let (mut tx, mut tables) = (db.begin().await?, Tables::new());
        for number in first..=last {
            self.case(&mut tx, &mut tables, number).await?;
            // Before any table is full by itself, so that a parent is written before its children.
            if number % FLUSH == 0 {
                tables.flush(&mut tx).await?;
            }
        }
        tables.flush(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Somebody of the organisation that asks more than others.
    fn large_contact(&mut self) -> anyhow::Result<i64> {
        let one = i64::try_from(self.dice.below(usize::try_from(CONTACTS / ORGANISATIONS)?))?;
        Ok((LARGE - 1) + (one + 1) * ORGANISATIONS)
    }

    /// One case of some messages. The older ones are done with.
    async fn case(&mut self, tx: &mut Tx, tables: &mut Tables, number: i64) -> anyhow::Result<()> {
        let id = BEFORE + number;
        let anybody = i64::try_from(self.dice.below(usize::try_from(CONTACTS)?))? + 1;
        let contact = if number % (self.size.cases / self.size.large) == 0 { self.large_contact()? } else { anybody };
        let subject = format!("{} {} {number}", word(self.dice.frequent(20_000)), word(self.dice.below(20_000)));
        let older = self.size.cases * (100 - self.size.open_percent) / 100;
        let open = number > older || self.dice.percent(1);
        let state = match (open, self.dice.below(10)) {
            (true, 0..3) => "new",
            (true, 3..7) => "open",
            (true, _) => "waiting",
            (false, 0) => "solved",
            (false, _) => "closed",
        };
        let closed = (state == "closed").then(|| at(number * 3 + 2));
        let solved = (!open).then(|| at(number * 3 + 1));
        let assignee = if open && self.dice.percent(50) { None } else { Some(1_i64) };
        let (newest, priority) = (number * PER_CASE, if self.dice.percent(10) { "high" } else { "normal" });
        let fields = row!(
            id,
            &subject,
            words_of(&subject),
            state,
            "question",
            priority,
            "mail",
            assignee,
            Some(1 + number % 3),
            organisation(contact),
            organisation(contact),
            contact,
            at(number * 3),
            at(number * 3 + 2),
            at(number * 3),
            solved,
            closed,
            newest
        );
        tables.cases.add(tx, fields).await?;
        // Alone: after a statement of several rows SQLite looks for each among all that follow up on another.
        tables.cases.flush(tx).await?;
        let name = format!("Person {contact}");
        tables.people.add(tx, row!(id, address(contact), name, contact, "requester")).await?;
        if self.dice.percent(30) {
            let other = contact % CONTACTS + 1;
            tables.people.add(tx, row!(id, address(other), format!("Person {other}"), other, "cc")).await?;
        }
        if self.dice.percent(50) {
            tables.seen.add(tx, row!(id, 1_i64, newest)).await?;
        }
        for message in 1..=PER_CASE {
            self.entry(tx, tables, id, contact, &subject, (number - 1) * PER_CASE + message, message).await?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "they are what a row is made of")]
    async fn entry(
        &mut self,
        tx: &mut Tx,
        tables: &mut Tables,
        case: i64,
        contact: i64,
        subject: &str,
        entry: i64,
        message: i64,
    ) -> anyhow::Result<()> {
        let (incoming, from) = (message % 2 == 1, address(contact));
        let mut text = prose(&mut self.dice, 40 + message as usize * 10).replace("\r\n", "\n");
        if entry % 50_000 == 7 {
            text.push_str("zymurgical");
        }
        let person = Person { name: Some(format!("Person {contact}")), address: from.clone() };
        let data = if incoming {
            EntryData::Incoming(Box::new(Incoming {
                subject: subject.into(),
                from: Some(person),
                to: vec![Person { name: None, address: "support@desk.example".into() }],
                place_reason: "it begins a conversation".into(),
                raw: true,
                ..Incoming::default()
            }))
        } else {
            EntryData::Outgoing(Outgoing { to: vec![person], ..Outgoing::default() })
        };
        let (kind, delivery) = if incoming { ("mail_in", None) } else { ("mail_out", Some("sent")) };
        let (agent, writer) = if incoming { (None, Some(contact)) } else { (Some(1_i64), None) };
        let minute = at(case - BEFORE + message / 3);
        let data = serde_json::to_string(&data)?;
        tables.entries.add(tx, row!(entry, case, kind, agent, writer, minute, &text, data, delivery)).await?;
        let id = format!("m{entry:08}.{case}@{}", domain(organisation(contact)));
        let digest = sha256_hex(id.as_bytes());
        tables.messages.add(tx, row!(entry, &id, &digest, subject, "[]", Some(&digest))).await?;
        tables.ids.add(tx, row!(&id, case)).await?;
        let event = if incoming { "received" } else { "reply_posted" };
        tables.events.add(tx, row!("case", case, event, agent, minute, "{}")).await?;
        self.document += 1;
        let title = words_of(&format!("{subject} {case}"));
        tables.documents.add(tx, row!(self.document, case, entry)).await?;
        let people = words_of(&format!("Person {contact} {from}"));
        tables.texts.add(tx, row!(self.document, title, words_of(&text), people, "")).await
    }
}
