//! Somebody is taken out of one case, in one transaction.
use serde_json::Value;

use super::erase::Known;
use crate::cases::store::{self as case_store, EntryRow};
use crate::cases::{
    Call, CaseId, CasesError, Changed, Delivery, EntryData, EntryId, EntryKind, Incoming, Outgoing, Quoted,
    actions as cases,
};
use crate::customers::Person;
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::phone;
use crate::privacy::PrivacyError;
use crate::privacy::rules::{self, ERASED, ERASED_ADDRESS, ERASED_NAME, Fate, Scrub};
use crate::privacy::store::{self, Left};
use crate::search;

/// How many entries are read at once.
const ENTRIES: i64 = 200;
/// What is done on one case.
pub(super) struct Erasing<'a> {
    pub(super) desk: &'a Desk,
    pub(super) known: &'a Known,
    pub(super) case: CaseId,
    pub(super) scrub: Scrub,
    /// It is about nobody else.
    pub(super) sole: bool,
    /// Its subject is theirs.
    theirs: bool,
    /// A form for details on it was theirs.
    answered: bool,
    pub(super) taken: Taken,
}

/// What an erasure took from what named it.
#[derive(Default)]
pub(super) struct Taken {
    /// Files, by their SHA-256.
    pub(super) files: Vec<String>,
    /// Blocks of files that had not come as a whole.
    pub(super) blocks: Vec<String>,
}

/// Erases them from a case.
pub(super) async fn erase_case(tx: &mut Tx, desk: &Desk, known: &Known, id: CaseId) -> Result<Taken, PrivacyError> {
    let Some(case) = case_store::lock_case(tx, id).await? else { return Ok(Taken::default()) };
    let others = store::others(&mut *tx, id, known.subject).await?;
    let theirs = case.contact_id.is_some_and(|contact| known.circle.contacts.contains(&contact));
    let sole = rules::is_sole(&others, theirs, case.contact_id.is_some());
    let called = store::names_on_case(&mut *tx, id, known.subject).await?;
    let names = known.names.iter().chain(&called).map(String::as_str);
    let scrub = Scrub::addresses(known.words.iter().cloned())
        .with_names(names, others.iter().filter_map(|(_, name)| name.as_deref()));
    let forms = store::forms_on(&mut *tx, id).await?;
    let answered = forms.iter().any(|(_, contact, _)| known.circle.contacts.contains(contact));
    let mut erasing = Erasing { desk, known, case: id, scrub, sole, theirs, answered, taken: Taken::default() };
    let subject = if theirs || sole { ERASED.to_owned() } else { erasing.scrub.text(&case.subject) };
    let base = if subject == case.subject { case.base_subject.clone() } else { String::new() };
    store::keep_accepted(tx, id, known.subject).await?;
    // First the case: its entries are indexed under its subject.
    store::rewrite_case(tx, id, known.subject, &subject, &base).await?;
    if subject != case.subject {
        rename_elsewhere(tx, id, &subject).await?;
    }
    erasing.entries(tx).await?;
    erasing.calls(tx).await?;
    erasing.quotes(tx).await?;
    erasing.forms(tx).await?;
    erasing.around(tx).await?;
    store::leave_case(tx, id, known.subject).await?;
    let event = Event {
        topic: "case",
        id: case.merged_into.unwrap_or(id).0,
        kind: "erased",
        team: case.team_id.map(|team| team.0),
        agent: None,
        at: desk.now(),
        data: Value::Object(serde_json::Map::new()),
    };
    desk.tell(tx, &event).await?;
    Ok(erasing.taken)
}

/// Cases that this one was merged with or split from say what it was called.
async fn rename_elsewhere(tx: &mut Tx, case: CaseId, subject: &str) -> Result<(), PrivacyError> {
    for (entry, data) in store::changes_beside(&mut *tx, case).await? {
        if let Some(left) = rules::renamed(&data, case, subject) {
            store::rewrite_change(tx, entry, &left).await?;
        }
    }
    for (event, data) in store::events_beside(&mut *tx, case).await? {
        if let Some(left) = rules::renamed(&data, case, subject) {
            store::rewrite_event(tx, event, &left).await?;
        }
    }
    Ok(())
}

impl Erasing<'_> {
    async fn entries(&mut self, tx: &mut Tx) -> Result<(), PrivacyError> {
        let mut after = EntryId(0);
        loop {
            let rows = store::entries(&mut *tx, self.case, after, ENTRIES).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in &rows {
                match rules::fate(row, &self.known.circle, self.sole)? {
                    Fate::Emptied => self.empty(tx, row).await?,
                    Fate::Scrubbed => self.scrub(tx, row).await?,
                    Fate::Stripped => self.strip(tx, row).await?,
                }
            }
        }
    }

    /// Nothing is left of it but that it was there.
    async fn empty(&mut self, tx: &mut Tx, row: &EntryRow) -> Result<(), PrivacyError> {
        self.taken.files.extend(store::take_files(tx, row.id).await?);
        self.taken.files.extend(store::mail_files(&mut *tx, row.id).await?);
        store::forget_message(tx, row.id, self.desk.now()).await?;
        search::remove(tx, row.id.0).await?;
        let data = json(&nothing_of(row)?)?;
        let delivery = row.delivery.map(|delivery| match delivery {
            Delivery::Pending | Delivery::Sending => Delivery::Cancelled,
            over => over,
        });
        let text = if row.text.is_empty() { "" } else { ERASED };
        let left = Left { id: row.id, text, data: &data, failure: None, delivery, nobodys: true };
        store::rewrite_entry(tx, &left).await?;
        Ok(())
    }

    /// Somebody else's: without them, without what it quotes, and without its source.
    async fn scrub(&mut self, tx: &mut Tx, row: &EntryRow) -> Result<(), PrivacyError> {
        let (data, delivery) = self.without_them(row)?;
        let text = self.scrub.text(&row.text);
        let failure = row.failure.as_deref().map(|failure| self.scrub.text(failure));
        let (nobodys, failure) = (self.is_theirs(row), failure.as_deref());
        store::rewrite_entry(tx, &Left { id: row.id, text: &text, data: &data, failure, delivery, nobodys }).await?;
        for (id, name) in store::file_names(&mut *tx, row.id).await? {
            if self.scrub.finds_in(&name) {
                store::rename_file(tx, id, &self.scrub.text(&name)).await?;
            }
        }
        self.taken.files.extend(store::mail_files(&mut *tx, row.id).await?);
        if let Some(subject) = store::mail_subject(&mut *tx, row.id).await? {
            let subject = if self.theirs { ERASED.to_owned() } else { self.scrub.text(&subject) };
            store::strip_message(tx, row.id, &subject, self.desk.now()).await?;
        }
        cases::index_again(tx, row.id).await?;
        Ok(())
    }

    fn without_them(&self, row: &EntryRow) -> Result<(String, Option<Delivery>), PrivacyError> {
        let mut data = row.data()?;
        match &mut data {
            EntryData::Incoming(details) => {
                details.folds.retain(|fold| !matches!(fold.kind.as_str(), "quote" | "forward"));
                details.alternatives.retain(|person| !self.known.circle.has(person));
                if self.theirs {
                    details.subject = ERASED.into();
                }
            }
            EntryData::Outgoing(details) => {
                details.folds.retain(|fold| !matches!(fold.kind.as_str(), "quote" | "forward"));
            }
            EntryData::Note { .. } | EntryData::Change(_) | EntryData::Call(_) | EntryData::Quote(_) => {}
        }
        let delivery = rules::without_source(&mut data, row.delivery, &self.known.circle);
        Ok((self.scrub.stored(&json(&data)?), delivery))
    }

    /// What the desk noted of its own work: words of customers go.
    async fn strip(&mut self, tx: &mut Tx, row: &EntryRow) -> Result<(), PrivacyError> {
        let EntryData::Change(changed) = row.data()? else { return Ok(()) };
        let changed = if self.holds_theirs(&changed) { Changed { from: None, to: None, ..changed } } else { changed };
        let data = self.scrub.stored(&json(&EntryData::Change(changed))?);
        let nobodys = self.is_theirs(row);
        let left = Left { id: row.id, text: "", data: &data, failure: None, delivery: None, nobodys };
        store::rewrite_entry(tx, &left).await?;
        Ok(())
    }

    fn holds_theirs(&self, changed: &Changed) -> bool {
        let mut values = [&changed.from, &changed.to].into_iter().flatten();
        rules::has_their_words(&changed.field, (self.sole, self.theirs, self.answered))
            || (changed.field == "tag" && values.any(|tag| self.scrub.is_in_tag(tag)))
    }

    fn is_theirs(&self, row: &EntryRow) -> bool {
        row.contact_id.is_some_and(|contact| self.known.circle.contacts.contains(&contact))
    }

    async fn calls(&mut self, tx: &mut Tx) -> Result<(), PrivacyError> {
        store::empty_calls(tx, self.case, self.known.subject).await?;
        for (id, summary) in store::call_words(&mut *tx, self.case).await? {
            if self.scrub.finds_in(&summary) {
                store::rewrite_call(tx, id, &self.scrub.text(&summary)).await?;
            }
        }
        let since = phone::store::unconfirmed_since(&mut *tx, self.case, phone::CallId(0)).await?;
        Ok(cases::set_unconfirmed(tx, self.desk, self.case, since).await?)
    }

    /// Drafts, verdicts, what was told of the case.
    async fn around(&mut self, tx: &mut Tx) -> Result<(), PrivacyError> {
        store::forget_deliveries(tx, self.case).await?;
        if self.sole {
            self.taken.files.extend(store::take_draft_files(tx, self.case).await?);
            return Ok(store::empty_case(tx, self.case).await?);
        }
        for mut draft in store::drafts(&mut *tx, self.case).await? {
            draft.body = self.scrub.text(&draft.body);
            for people in [&mut draft.recipients_to, &mut draft.recipients_cc, &mut draft.recipients_bcc] {
                let read: Option<Vec<Person>> = people.as_deref().and_then(|json| serde_json::from_str(json).ok());
                let Some(mut left) = read else { continue };
                left.retain(|person| !self.known.circle.has(person));
                *people = Some(json(&left)?);
            }
            store::rewrite_draft(tx, self.case, &draft).await?;
        }
        for (kind, reason, label) in store::verdicts(&mut *tx, self.case).await? {
            let (reason, label) = (self.scrub.text(&reason), self.scrub.text(&label));
            store::rewrite_verdict(tx, self.case, &kind, &reason, &label).await?;
        }
        for tag in store::tags(&mut *tx, self.case).await? {
            if self.scrub.is_in_tag(&tag) {
                store::remove_tag(tx, self.case, &tag).await?;
            }
        }
        for (id, data) in store::events(&mut *tx, self.case).await? {
            let goes = rules::changed_in(&data).is_some_and(|changed| self.holds_theirs(&changed));
            let data = if goes { "{}".to_owned() } else { self.scrub.stored(&data) };
            store::rewrite_event(tx, id, &data).await?;
        }
        Ok(())
    }
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, PrivacyError> {
    Ok(serde_json::to_string(value).map_err(|error| crate::db::Error::Encode(error.into()))?)
}

fn nobody() -> Person {
    Person { name: Some(ERASED_NAME.into()), address: ERASED_ADDRESS.into() }
}

/// What an entry of this kind holds when nothing is left of it.
fn nothing_of(row: &EntryRow) -> Result<EntryData, CasesError> {
    Ok(match (row.kind, row.data()?) {
        (EntryKind::MailOut, EntryData::Outgoing(old)) => EntryData::Outgoing(Outgoing {
            to: vec![nobody()],
            automatic: old.automatic,
            generated: old.generated,
            elsewhere: old.elsewhere,
            ..Outgoing::default()
        }),
        (_, EntryData::Incoming(_)) => {
            EntryData::Incoming(Box::new(Incoming { from: Some(nobody()), ..Incoming::default() }))
        }
        (_, EntryData::Call(old)) => EntryData::Call(Call { number: String::new(), by_mail: None, ..old }),
        (_, EntryData::Quote(old)) => {
            EntryData::Quote(Quoted { title: ERASED.into(), by: String::new(), by_mail: None, ..old })
        }
        (_, EntryData::Outgoing(_)) => EntryData::Outgoing(Outgoing { to: vec![nobody()], ..Outgoing::default() }),
        (_, EntryData::Note { .. }) => EntryData::Note { mentions: vec![] },
        (_, change @ EntryData::Change(_)) => change,
    })
}
