//! The mailboxes that are read, how each is, and the alarm that everyone sees when one is not.
use askama::Template;
use axum::extract::State;

use super::shell;
use crate::desk::Desk;
use crate::mail::mailboxes::{self, State as Mailbox, Trouble};
use crate::mail::{InboundState, store};
use crate::queue;
use crate::staff::Reader;
use crate::web::shell::{Alarm, Shell};
use crate::web::turbo::Streams;
use crate::web::{Html, Result};

struct Row {
    name: String,
    what: String,
    tone: &'static str,
    says: String,
    failing: bool,
    last: String,
    title: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "mail/mailboxes.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    listener: String,
    from: String,
}

#[derive(Template)]
#[template(path = "web/alarms_stream.html")]
struct Alarms {
    alarms: Vec<Alarm>,
    /// Work that gave up, for those who can do something about it.
    parked: i64,
    /// Alarms and such work together.
    faults: i64,
    quarantined: i64,
}

/// `GET /settings/mailboxes`
pub(super) async fn all(State(desk): State<Desk>, Reader(by): Reader) -> Result<Html<impl Template>> {
    let states = mailboxes::states(desk.db()).await?;
    let mail = &desk.config().mail;
    let row = |imap: &crate::config::Imap| {
        let what = format!("IMAP at {}, folder {}", imap.host, imap.folder);
        shown(&imap.name, what, states.iter().find(|state| state.name == imap.name))
    };
    Ok(Html(Page {
        shell: shell(&by, "settings", "mailboxes"),
        rows: mail.imap.iter().map(row).collect(),
        listener: mail
            .all_listeners()
            .map(|(at, one)| format!("{at} ({})", one.protocol.as_str()))
            .collect::<Vec<_>>()
            .join(", "),
        from: mail.from.clone(),
    }))
}

fn shown(name: &str, what: String, state: Option<&Mailbox>) -> Row {
    let row = Row {
        name: name.into(),
        what,
        tone: "",
        says: "not read yet".into(),
        failing: false,
        last: String::new(),
        title: "",
        words: String::new(),
    };
    let Some(state) = state else { return row };
    let failing = state.alarmed || state.trouble.is_some();
    let (tone, says) = match (state.alarmed, failing, state.behind) {
        (true, _, _) => ("bad", "not read".to_owned()),
        (_, true, _) => ("warn", "trouble".to_owned()),
        (_, _, 0) => ("ok", "fine".to_owned()),
        (_, _, behind) => ("acc", format!("{behind} to read")),
    };
    Row {
        tone,
        says,
        failing,
        last: state.last_ok_at.map(|at| at.rfc3339()).unwrap_or_default(),
        title: title(state.trouble),
        words: state.last_error.clone().unwrap_or_default(),
        ..row
    }
}

fn title(trouble: Option<Trouble>) -> &'static str {
    match trouble {
        Some(Trouble::SignIn) => "The sign-in is refused.",
        Some(Trouble::Folder) => "The folder is not there.",
        Some(Trouble::Unreachable) => "The server does not answer.",
        Some(Trouble::Certificate) => "The server's certificate is not trusted.",
        Some(Trouble::Server) => "The server refuses what it is asked.",
        Some(Trouble::Storage) => "Mail could be fetched but not stored.",
        None => "No node reads it.",
    }
}

/// `GET /alarms`: for everyone, on every page, until the mailbox is read again.
pub(super) async fn alarms(State(desk): State<Desk>, Reader(by): Reader) -> Result<Streams<impl Template>> {
    let states = mailboxes::states(desk.db()).await?;
    let alarm = |state: &Mailbox| Alarm {
        name: state.name.clone(),
        words: "is not read.".to_owned() + " " + title(state.trouble),
        since: state.last_ok_at.map(|at| at.rfc3339()).unwrap_or_default(),
        href: "/settings/mailboxes".into(),
        action: "See what to do".into(),
    };
    let quarantined = store::count(desk.db(), InboundState::Quarantined).await?;
    let alarms: Vec<Alarm> = states.iter().filter(|state| state.alarmed).map(alarm).collect();
    let parked = if by.role.is_admin() { queue::counts(desk.db()).await?.1 } else { 0 };
    let faults = parked + i64::try_from(alarms.len()).unwrap_or_default();
    Ok(Streams(Alarms { alarms, parked, faults, quarantined }))
}
