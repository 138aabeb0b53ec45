//! A quote as its customer reads it: behind the private link, and on their own pages.
use crate::desk::Desk;
use crate::kit::prose;
use crate::quotes::rules::{self, money};
use crate::quotes::store::{self, QuoteRow};
use crate::quotes::{Line, QuoteState, actions};
use crate::web::Result;

/// A line in words.
pub struct ShownLine {
    pub description: String,
    pub quantity: String,
    pub price: String,
    pub total: String,
}

pub(super) fn lines(lines: &[Line], currency: &str) -> Vec<ShownLine> {
    let amount = |minor: i64| {
        let whole = money::money(minor, currency);
        whole.split_once(' ').map_or(whole.clone(), |(_, amount)| amount.to_owned())
    };
    let line = |line: &Line| ShownLine {
        description: line.description.clone(),
        quantity: money::quantity(line.quantity_milli),
        price: amount(line.unit_price_minor),
        total: amount(money::line_total(line.quantity_milli, line.unit_price_minor).unwrap_or_default()),
    };
    lines.iter().map(line).collect()
}

/// What the customer's page of a quote shows.
pub struct Shown {
    pub key: String,
    pub title: String,
    pub case: String,
    pub to: String,
    pub currency: String,
    pub total: String,
    pub valid_until: String,
    pub text_html: String,
    pub vat_note: String,
    pub lines: Vec<ShownLine>,
    pub tone: &'static str,
    pub state: &'static str,
    /// Why it cannot be answered any more; empty while it can.
    pub over: String,
    pub paper_href: String,
    /// Where the answer is sent; empty where the reader may look and not answer.
    pub action: String,
    /// What was typed, when it was refused, and why.
    pub name: String,
    pub reason: String,
    pub fault: String,
    pub declining: bool,
}

/// The quote as it stands today. `href` is its page.
pub async fn shown(desk: &Desk, row: &QuoteRow, href: &str, may_answer: bool) -> Result<Shown> {
    let standing = rules::standing(row.state, row.valid_until, actions::today(desk));
    let (tone, state) = match standing {
        QuoteState::Sent => ("acc", "waits for your answer"),
        QuoteState::Accepted => ("ok", "accepted"),
        QuoteState::Declined => ("line", "declined"),
        QuoteState::Expired => ("warn", "run out"),
        QuoteState::Superseded => ("line", "replaced by a newer version"),
        _ => ("line", "withdrawn"),
    };
    Ok(Shown {
        key: actions::key(desk, row),
        title: row.title.clone(),
        case: format!("{}-{}", desk.config().desk.prefix, row.shown_on()),
        to: if row.to_name.is_empty() { row.to_address.clone() } else { row.to_name.clone() },
        currency: row.currency.clone(),
        total: money::money(row.total_minor, &row.currency),
        valid_until: row.valid_until.words(),
        text_html: prose::to_html(&row.text),
        vat_note: row.vat_note.clone(),
        lines: lines(&store::lines(desk.db(), row.id).await?, &row.currency),
        tone,
        state,
        over: over(row, standing),
        paper_href: format!("{href}/paper"),
        action: if may_answer && standing == QuoteState::Sent { href.to_owned() } else { String::new() },
        name: row.to_name.clone(),
        reason: String::new(),
        fault: String::new(),
        declining: false,
    })
}

/// Why it cannot be answered, with who answered and when.
fn over(row: &QuoteRow, standing: QuoteState) -> String {
    let Some(words) = rules::over(standing) else { return String::new() };
    let answered = matches!(standing, QuoteState::Accepted | QuoteState::Declined);
    let by = match (row.decided_by.as_str(), row.decided_at.filter(|_| answered)) {
        (_, None) => return words.to_owned(),
        ("", Some(at)) => at.in_words(),
        (name, Some(at)) => format!("{name}, {}", at.in_words()),
    };
    format!("{words} {by}.")
}
