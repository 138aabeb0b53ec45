//! Quotes: who approves them, and what a new one begins with.
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotes {
    pub team: String,
    pub four_eyes: bool,
    pub prefix: String,
    pub address: String,
    pub currency: String,
    pub valid_days: i64,
    pub vat_note: String,
    pub remind_days: i64,
}

impl Quotes {
    pub(super) fn faults(&self) -> Vec<String> {
        let (prefix, currency) = (&self.prefix, &self.currency);
        let capitals = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase());
        [
            (
                (1..=8).contains(&prefix.len()) && capitals(prefix),
                format!("quotes.prefix: “{prefix}” must be 1 to 8 capital letters"),
            ),
            (
                currency.len() == 3 && capitals(currency),
                format!("quotes.currency: “{currency}” must be three capital letters, as in EUR"),
            ),
            ((1..=730).contains(&self.valid_days), "quotes.valid_days: between 1 and 730 days".into()),
            ((0..=365).contains(&self.remind_days), "quotes.remind_days: between 0 and 365 days".into()),
            (self.address.chars().count() <= 500, "quotes.address: at most 500 characters".into()),
            (self.vat_note.chars().count() <= 1000, "quotes.vat_note: at most 1000 characters".into()),
        ]
        .into_iter()
        .filter_map(|(ok, fault): (bool, String)| (!ok).then_some(fault))
        .collect()
    }
}
