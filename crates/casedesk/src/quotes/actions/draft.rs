//! Writing a quote: a draft, its changes, another version, and taking it back.
use super::{Moved, locked, seen, step, today};
use crate::cases::actions as cases;
use crate::cases::store::{self as case_store, CasePerson};
use crate::cases::{CaseId, CasesError, PersonRole, QuoteStep};
use crate::customers;
use crate::db::Tx;
use crate::desk::Desk;
use crate::quotes::rules::{self, Checked, Step};
use crate::quotes::store::{self, Edited, NewQuote, QuoteRow, Wanted};
use crate::quotes::{QuoteId, QuoteOrder, QuoteState, QuotesError, Terms};
use crate::staff::actions::audit;
use crate::staff::{Audit, Viewer};

/// What a new quote for this case begins with.
pub async fn begun_with(desk: &Desk, by: &Viewer, case: CaseId) -> Result<Terms, QuotesError> {
    let row = case_store::visible_case(desk.db(), case, &by.hidden_teams).await?.ok_or(CasesError::NoCase(case))?;
    let people = case_store::people(desk.db(), row.merged_into.unwrap_or(row.id)).await?;
    let settings = &desk.config().quotes;
    Ok(Terms {
        title: row.subject.chars().take(rules::MOST_TITLE).collect(),
        to: people
            .iter()
            .find(|person| person.role == PersonRole::Requester)
            .map(|person| person.address.clone())
            .unwrap_or_default(),
        currency: settings.currency.clone(),
        valid_until: today(desk).plus_days(settings.valid_days),
        lines: vec![],
        text: String::new(),
        vat_note: settings.vat_note.clone(),
    })
}

/// The quote of this case that is in work, or a new draft: asking twice makes one.
pub async fn draft_or_open(desk: &Desk, by: &Viewer, case: CaseId) -> Result<QuoteId, QuotesError> {
    let in_work = Wanted {
        states: QuoteState::ALL.iter().copied().filter(|state| state.is_in_work()).collect(),
        case: Some(case),
        before: None,
    };
    let there = store::quotes(desk.db(), &in_work, QuoteOrder::Newest, &by.hidden_teams, (1, 0)).await?;
    if let Some(open) = there.first() {
        return Ok(open.id);
    }
    let terms = begun_with(desk, by, case).await?;
    draft(desk, by, case, terms).await
}

/// Drafts a quote for the case.
pub async fn draft(desk: &Desk, by: &Viewer, case: CaseId, terms: Terms) -> Result<QuoteId, QuotesError> {
    let checked = rules::checked(terms, today(desk))?;
    let mut tx = desk.db().begin().await?;
    tx.lock("quotes").await?;
    let row = case_store::visible_case(&mut tx, case, &by.hidden_teams).await?.ok_or(CasesError::NoCase(case))?;
    let case = row.merged_into.unwrap_or(row.id);
    cases::may_read(desk, by, case).await?;
    let id = insert(&mut tx, desk, by, (None, 1), case, &checked).await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    (series, version): (Option<QuoteId>, i64),
    case: CaseId,
    checked: &Checked,
) -> Result<QuoteId, QuotesError> {
    let person = recipient(tx, case, &checked.terms.to).await?;
    let new = NewQuote {
        series,
        version,
        case,
        terms: &checked.terms,
        total_minor: checked.total_minor,
        contact: person.as_ref().and_then(|person| person.contact_id),
        to_name: person.as_ref().and_then(|person| person.name.as_deref()).unwrap_or_default(),
        by: by.id,
        at: desk.now(),
    };
    let id = store::insert_quote(tx, &new).await?;
    write_lines(tx, id, checked).await?;
    let row = store::quote(&mut *tx, id).await?.ok_or(QuotesError::NoQuote(id))?;
    step(tx, desk, &row, Moved::by_agent(QuoteStep::Drafted, by)).await?;
    Ok(id)
}

async fn write_lines(tx: &mut Tx, id: QuoteId, checked: &Checked) -> Result<(), QuotesError> {
    store::delete_lines(tx, id).await?;
    for (position, (line, total)) in (1..).zip(checked.terms.lines.iter().zip(&checked.totals_minor)) {
        store::insert_line(tx, id, position, line, *total).await?;
    }
    Ok(())
}

/// Who a quote may go to.
pub async fn recipients(desk: &Desk, case: CaseId) -> Result<Vec<CasePerson>, QuotesError> {
    let people = case_store::people(desk.db(), case).await?;
    Ok(people.into_iter().filter(takes_part).collect())
}

fn takes_part(person: &CasePerson) -> bool {
    matches!(person.role, PersonRole::Requester | PersonRole::Copied)
}

/// The person of the case with this address, with the name and the contact that we know. Empty: nobody is chosen yet.
async fn recipient(tx: &mut Tx, case: CaseId, address: &str) -> Result<Option<CasePerson>, QuotesError> {
    if address.is_empty() {
        return Ok(None);
    }
    let people = case_store::people(&mut *tx, case).await?;
    let found = people.into_iter().find(|person| person.address == address && takes_part(person));
    let mut person = found.ok_or_else(|| QuotesError::NotOnCase(address.chars().take(254).collect()))?;
    let contact = customers::store::contact_by_address(&mut *tx, address).await?;
    person.contact_id = contact.as_ref().map(|contact| contact.id);
    let known = contact.map(|contact| contact.name).filter(|name| !name.contains('@'));
    person.name = person.name.filter(|name| !name.is_empty()).or(known);
    Ok(Some(person))
}

/// Changes a draft.
pub async fn edit(desk: &Desk, by: &Viewer, id: QuoteId, terms: Terms) -> Result<(), QuotesError> {
    let checked = rules::checked(terms, today(desk))?;
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    rules::may(Step::Edit, row.state)?;
    let person = recipient(&mut tx, row.shown_on(), &checked.terms.to).await?;
    let edited = Edited {
        terms: &checked.terms,
        total_minor: checked.total_minor,
        contact: person.as_ref().and_then(|person| person.contact_id),
        to_name: person.as_ref().and_then(|person| person.name.as_deref()).unwrap_or_default(),
        by: by.id,
        at: desk.now(),
    };
    store::update_draft(&mut tx, id, &edited).await?;
    write_lines(&mut tx, id, &checked).await?;
    tx.commit().await?;
    Ok(())
}

/// Drafts another version of a quote that was sent or is over; until it is sent, the older one holds.
pub async fn new_version(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<QuoteId, QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    rules::may(Step::NewVersion, row.state)?;
    let versions = store::versions(&mut tx, row.series_id).await?;
    if let Some(newer) = versions.first().filter(|newest| newest.id != row.id) {
        return Err(QuotesError::NewerVersion(newer.id));
    }
    let terms = terms_of(&mut tx, desk, &row).await?;
    let checked = rules::checked(terms, today(desk))?;
    let version = (Some(row.series_id), row.version + 1);
    let id = insert(&mut tx, desk, by, version, row.shown_on(), &checked).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same terms again; with a later last day where the old one is over, and to nobody where they left the case.
async fn terms_of(tx: &mut Tx, desk: &Desk, row: &QuoteRow) -> Result<Terms, QuotesError> {
    let today = today(desk);
    let people = case_store::people(&mut *tx, row.shown_on()).await?;
    let still_there = people.iter().any(|person| person.address == row.to_address && takes_part(person));
    Ok(Terms {
        title: row.title.clone(),
        to: if still_there { row.to_address.clone() } else { String::new() },
        currency: row.currency.clone(),
        valid_until: if row.valid_until < today {
            today.plus_days(desk.config().quotes.valid_days)
        } else {
            row.valid_until
        },
        lines: store::lines(&mut *tx, row.id).await?,
        text: row.text.clone(),
        vat_note: row.vat_note.clone(),
    })
}

/// Takes a quote back. Whoever has its link is told so.
pub async fn withdraw(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = seen(store::lock_quote(&mut tx, id).await?.ok_or(QuotesError::NoQuote(id))?, by)?;
    rules::may(Step::Withdraw, row.state)?;
    store::set_state(&mut tx, id, QuoteState::Withdrawn, desk.now()).await?;
    step(&mut tx, desk, &row, Moved::by_agent(QuoteStep::Withdrawn, by)).await?;
    audit(&mut tx, &Audit::by(desk.now(), by, "quotes.withdrawn").on("quote", id.0)).await?;
    tx.commit().await?;
    Ok(())
}
