//! The promises of a case in words.
use super::views::PromiseRow;
use super::words;
use crate::cases::store::{self, CaseClock};
use crate::cases::{Promise, PromiseState};
use crate::customers;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::web::Result;

/// `None` on a desk that promises nothing to anybody, and for what is over without a promise.
pub(super) async fn rows(desk: &Desk, row: &store::Case) -> Result<Option<Vec<PromiseRow>>> {
    let mut clocks = store::clocks(desk.db(), row.id).await?;
    if clocks.is_empty() && (!row.state.is_open() || customers::store::count_options(desk.db()).await? == 0) {
        return Ok(None);
    }
    clocks.sort_by_key(|clock| clock.promise);
    Ok(Some(clocks.iter().map(shown).collect()))
}

fn shown(clock: &CaseClock) -> PromiseRow {
    use PromiseState as S;
    let (tone, state, at_words, at, counts) = match clock.state {
        S::Running => ("line", "running", "Due", clock.due_at, true),
        S::Warned => ("warn", "due soon", "Due", clock.due_at, true),
        S::Breached => ("bad", "breached", "Was due", clock.due_at, true),
        S::Paused => ("", "paused", "", None, false),
        S::Met => ("ok", "met", "At", clock.met_at, false),
        S::MetLate => ("warn", "met late", "At", clock.met_at, false),
    };
    let left = clock.left_s.map(|left| words::span(left / 60));
    PromiseRow {
        title: title(clock.promise),
        tone,
        state,
        at_words,
        at: at.map(Timestamp::rfc3339).unwrap_or_default(),
        counts,
        left: match (clock.state, left) {
            (S::Paused, Some(left)) => format!("Waits on the customer, {left} left"),
            (S::Met, Some(left)) => format!("{left} to spare"),
            _ => String::new(),
        },
        by: format!("{}: within {}", clock.option_name, words::span(clock.target_min)),
    }
}

const fn title(promise: Promise) -> &'static str {
    match promise {
        Promise::FirstResponse => "First reply",
        Promise::NextResponse => "Next reply",
        Promise::Resolve => "Solution",
    }
}
