//! Somebody is taken out of the quotes and of the forms for details on a case.
use super::case::Erasing;
use crate::db::Tx;
use crate::privacy::PrivacyError;
use crate::privacy::rules::{ERASED, QuoteFate, quote_fate};
use crate::privacy::store::{self, QuoteWords};

impl Erasing<'_> {
    pub(super) async fn quotes(&mut self, tx: &mut Tx) -> Result<(), PrivacyError> {
        for quote in store::quotes_on(&mut *tx, self.case).await? {
            let circle = &self.known.circle;
            let to_them = quote.contact_id.is_some_and(|contact| circle.contacts.contains(&contact))
                || circle.addresses.contains(&quote.to_address.to_lowercase());
            match quote_fate(quote.state, to_them, self.sole) {
                QuoteFate::Stays => {}
                QuoteFate::Emptied => {
                    self.taken.files.extend(quote.pdf_digest);
                    store::empty_quote(tx, quote.id, ERASED).await?;
                }
                QuoteFate::Scrubbed => self.scrub_quote(tx, quote).await?,
            }
        }
        store::forget_quote_links(tx, self.case, self.known.subject).await?;
        Ok(())
    }

    /// A quote to somebody else loses its paper too where that names them.
    async fn scrub_quote(&mut self, tx: &mut Tx, quote: QuoteWords) -> Result<(), PrivacyError> {
        let left = QuoteWords {
            title: self.scrub.text(&quote.title),
            text: self.scrub.text(&quote.text),
            vat_note: self.scrub.text(&quote.vat_note),
            decided_by: self.scrub.text(&quote.decided_by),
            reason: self.scrub.text(&quote.reason),
            ..quote.clone()
        };
        let mut named = left.title != quote.title || left.text != quote.text || left.vat_note != quote.vat_note;
        for (position, words) in store::quote_lines(&mut *tx, quote.id).await? {
            let scrubbed = self.scrub.text(&words);
            if scrubbed != words {
                named = true;
                store::rewrite_line(tx, quote.id, position, &scrubbed).await?;
            }
        }
        let paper = quote.pdf_digest.clone().filter(|_| named);
        if named || left != quote {
            let pdf_digest = if named { None } else { quote.pdf_digest };
            store::rewrite_quote(tx, &QuoteWords { pdf_digest, ..left }).await?;
        }
        self.taken.files.extend(paper);
        Ok(())
    }

    pub(super) async fn forms(&mut self, tx: &mut Tx) -> Result<(), PrivacyError> {
        for (form, contact, address) in store::forms_on(&mut *tx, self.case).await? {
            let circle = &self.known.circle;
            if self.sole || circle.contacts.contains(&contact) || circle.addresses.contains(&address.to_lowercase()) {
                self.taken.blocks.extend(store::delete_form(tx, form).await?);
                continue;
            }
            for (field, value) in store::form_answers(&mut *tx, form).await? {
                if self.scrub.finds_in(&value) {
                    store::rewrite_answer(tx, form, &field, &self.scrub.text(&value)).await?;
                }
            }
            for (file, name) in store::form_files(&mut *tx, form).await? {
                if self.scrub.finds_in(&name) {
                    store::rename_form_file(tx, file, &self.scrub.text(&name)).await?;
                }
            }
        }
        Ok(())
    }
}
