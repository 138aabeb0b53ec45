//! A mail on the case that may answer a quote. It decides nothing: an agent does, with one click. A name in From is
//! easily written and words are easily read wrongly, and a quote is money.
use casedesk_mail::token;

use super::{Moved, key, step};
use crate::cases::store as case_store;
use crate::cases::{EntryData, EntryId, EntryKind, Incoming, QuoteStep};
use crate::customers::Person;
use crate::desk::Desk;
use crate::quotes::rules::answer;
use crate::quotes::store::{self, QuoteRow};
use crate::quotes::{QuoteAnswer, QuotesError};

/// Looks at what came in, and proposes an answer where it plainly is one.
pub async fn heard(desk: &Desk, entry: EntryId) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("quotes").await?;
    let Some(row) = case_store::entry(&mut tx, entry).await?.filter(|row| row.kind == EntryKind::MailIn) else {
        return Ok(());
    };
    let EntryData::Incoming(mail) = row.data()? else { return Ok(()) };
    let Some(answer) = answer::reading(&row.text).filter(|_| mail.verdict.is_none() && !mail.unproven) else {
        return Ok(());
    };
    let case = case_store::case(&mut tx, row.case_id).await?;
    let shown = case.and_then(|case| case.merged_into).unwrap_or(row.case_id);
    let sent = store::sent_on_case(&mut tx, shown).await?;
    let Some(quote) = meant(desk, &sent, &mail, &row.text) else { return Ok(()) };
    if quote.read_entry_id == Some(entry) {
        return Ok(());
    }
    store::set_reading(&mut tx, quote.id, Some(answer), Some(entry)).await?;
    let read = match answer {
        QuoteAnswer::Accepted => QuoteStep::LooksAccepted,
        QuoteAnswer::Declined => QuoteStep::LooksDeclined,
    };
    step(&mut tx, desk, quote, Moved { by_mail: Some(entry), ..Moved::by_desk(read) }).await?;
    tx.commit().await?;
    Ok(())
}

/// The quote that the mail can be about: the only one with its writer, or the one that it names.
fn meant<'a>(desk: &Desk, sent: &'a [QuoteRow], mail: &Incoming, text: &str) -> Option<&'a QuoteRow> {
    let theirs: Vec<&QuoteRow> = sent.iter().filter(|quote| is_theirs(desk, quote, mail)).collect();
    match theirs.as_slice() {
        [one] => Some(*one),
        several => {
            let mut named = several
                .iter()
                .filter(|quote| text.contains(&key(desk, quote)) || mail.subject.contains(&key(desk, quote)));
            named.next().filter(|_| named.next().is_none()).copied()
        }
    }
}

/// Whether it comes from who the quote was sent to, or goes to the signed address that only the mail's readers know.
fn is_theirs(desk: &Desk, quote: &QuoteRow, mail: &Incoming) -> bool {
    let from = mail.from.as_ref().map_or("", |from| from.address.as_str());
    from.eq_ignore_ascii_case(&quote.to_address)
        || mail.to.iter().chain(&mail.cc).any(|to| {
            signed_for(desk, to)
                .is_some_and(|case| case == quote.case_id.0 || Some(case) == quote.root_id.map(|root| root.0))
        })
}

/// The case that a signed reply address is of.
fn signed_for(desk: &Desk, to: &Person) -> Option<i64> {
    let (local, _) = to.address.split_once('@')?;
    let (_, signed) = local.split_once('+')?;
    token::verify_reply(&[desk.signing_key()], signed)
}
