//! A step of a quote as the timeline shows it. Pure.
use super::views::Entry;
use crate::cases::store::EntryRow;
use crate::cases::{QuoteStep, Quoted};
use crate::kit::prose;
use crate::web::shell::Person;

pub(super) fn entry(base: Entry, row: &EntryRow, quoted: &Quoted) -> Entry {
    match quoted.step {
        QuoteStep::Accepted => said(base, row, quoted, format!("Quote {} accepted{}", quoted.key, by(quoted))),
        QuoteStep::Declined => said(base, row, quoted, format!("Quote {} declined{}", quoted.key, by(quoted))),
        QuoteStep::LooksAccepted => said(base, row, quoted, format!("The mail reads like a yes to {}", quoted.key)),
        QuoteStep::LooksDeclined => said(base, row, quoted, format!("The mail reads like a no to {}", quoted.key)),
        step => {
            let who = row.agent_name.as_deref().unwrap_or("The desk");
            let reason = if row.text.is_empty() { String::new() } else { format!(": {}", prose::escaped(&row.text)) };
            let html = format!("{}{reason}", phrase(step, quoted));
            Entry { kind: "change", icon: icon(step), author: Person::new(0, who, ""), html, ..base }
        }
    }
}

fn said(base: Entry, row: &EntryRow, quoted: &Quoted, title: String) -> Entry {
    let (icon, next) = match quoted.step {
        QuoteStep::Accepted => ("okc", ""),
        QuoteStep::Declined => ("xc", ""),
        _ => ("mail", " Nothing is decided until an agent has confirmed it."),
    };
    let what = format!("<p>{}, {}.{next}</p>", anchor(quoted, &quoted.title), prose::escaped(&quoted.total));
    let html = format!("{what}{}", prose::to_html(&row.text));
    Entry { kind: "box", icon, title, html, ..base }
}

fn by(quoted: &Quoted) -> String {
    if quoted.by.is_empty() { String::new() } else { format!(" by {}", quoted.by) }
}

const fn icon(step: QuoteStep) -> &'static str {
    match step {
        QuoteStep::Approved => "check",
        QuoteStep::Sent => "send",
        QuoteStep::Expired => "clock",
        QuoteStep::Withdrawn | QuoteStep::Dismissed => "x",
        _ => "file",
    }
}

fn phrase(step: QuoteStep, quoted: &Quoted) -> String {
    let it = anchor(quoted, &format!("the quote {}", quoted.key));
    let total = prose::escaped(&quoted.total);
    match step {
        QuoteStep::Drafted => format!("drafted {it}"),
        QuoteStep::Submitted => format!("asked sales to approve {it}, {total}"),
        QuoteStep::SentBack => format!("took {it} back to be changed"),
        QuoteStep::Approved => format!("approved {it}, {total}"),
        QuoteStep::Sent => format!("sent {it}, {total}"),
        QuoteStep::Dismissed => format!("read the mail: it does not answer {it}"),
        QuoteStep::Expired => format!("has had no answer to {it} until its last day"),
        QuoteStep::Withdrawn => format!("withdrew {it}"),
        QuoteStep::Accepted | QuoteStep::Declined | QuoteStep::LooksAccepted | QuoteStep::LooksDeclined => it,
    }
}

fn anchor(quoted: &Quoted, label: &str) -> String {
    format!("<a href=\"/quotes/{}\" data-turbo-frame=\"_top\">{}</a>", quoted.quote, prose::escaped(label))
}
