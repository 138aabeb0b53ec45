//! One case as its customer sees it: the messages, the answer, the files.
use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::cases::store::{self as case_store, Attachment};
use crate::cases::{AttachmentId, CaseId, EntryData, EntryId, EntryKind, PrivateLink};
use crate::desk::Desk;
use crate::kit::Day;
use crate::kit::secrets::random_token;
use crate::kit::{markdown, prose};
use crate::phone::Question;
use crate::portal::store::{self, Message, Seen};
use crate::portal::{Guest, PortalError, Sight, actions, rules};
use crate::web::client::Client;
use crate::web::shell::{Person, Public};
use crate::web::turbo::see_other;
use crate::web::upload::{self, Most};
use crate::web::{Html, Result, disposition};

/// How many messages a page shows.
const MESSAGES: usize = 50;

/// Where the page is: in the customer's pages, or behind a private link.
pub(super) struct Place {
    pub(super) around: Public,
    /// The path of the page.
    pub(super) href: String,
    /// Above the numbers of its files.
    pub(super) files: String,
}

struct File {
    href: String,
    name: String,
    size: String,
}

struct Shown {
    ours: bool,
    you: bool,
    author: Person,
    at: String,
    at_words: String,
    html: String,
    files: Vec<File>,
}

#[derive(Template)]
#[template(path = "portal/case.html")]
pub(super) struct CasePage {
    around: Public,
    href: String,
    number: String,
    subject: String,
    sign: &'static str,
    standing: &'static str,
    /// Whether it can be said to be solved.
    open: bool,
    closed: bool,
    by: String,
    since: String,
    since_words: String,
    /// Oldest first.
    messages: Vec<Shown>,
    older: Option<EntryId>,
    /// What was typed, when it has to be sent again, and why.
    text: String,
    fault: String,
    names: Vec<String>,
    once: String,
    most: String,
    /// Behind a private link.
    by_link: bool,
    asked: Vec<Asked>,
}

/// What we ask of the customer beside an answer.
struct Asked {
    /// Where the button leads.
    href: String,
    title: &'static str,
    words: String,
    button: &'static str,
}

/// Forms for details and questions about calls that wait for whoever is logged in.
async fn asked(desk: &Desk, guest: &Guest, id: CaseId, href: &str) -> Result<Vec<Asked>> {
    let (forms, questions) = actions::asked(desk, guest, id).await?;
    let zone = &desk.config().desk.time_zone;
    let forms = forms.into_iter().map(|form| Asked {
        href: format!("{href}/details/{}", form.id),
        title: match form.sent_at {
            None => "We ask for details of your installation",
            Some(_) => "You sent us details of your installation",
        },
        words: format!("The form can be filled in and changed until {}.", Day::of(form.expires_at, zone).words()),
        button: "Open the form",
    });
    let questions = questions.into_iter().map(|question| Asked {
        href: format!("{href}/confirmations/{}", question.id),
        title: match question.kind {
            Question::Summary => "Please confirm what we wrote down",
            Question::Written => "Please put your call in writing",
        },
        words: format!("You called us on {}.", Day::of(question.started_at, zone).words()),
        button: "Open the page",
    });
    Ok(questions.chain(forms).collect())
}

pub(super) async fn page(
    desk: &Desk,
    guest: &Guest,
    place: Place,
    seen: Seen,
    before: Option<EntryId>,
) -> Result<CasePage> {
    let (rows, older) = actions::messages(desk, guest, seen.id, before, MESSAGES).await?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    let files = case_store::files_of_entries(desk.db(), &ids).await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        messages.push(shown(desk, guest, &place.files, row, &files)?);
    }
    let (sign, standing) = rules::standing(seen.state, seen.waiting_on);
    let by_link = matches!(guest.sight, Sight::Link(_));
    let asked = asked(desk, guest, seen.id, &place.href).await?;
    Ok(CasePage {
        asked,
        around: place.around,
        href: place.href,
        number: format!("{}-{}", desk.config().desk.prefix, seen.id),
        subject: seen.subject,
        sign,
        standing,
        open: seen.state.is_open(),
        closed: !seen.state.can_reply(),
        by: if by_link { guest.name.clone() } else { seen.contact_name.unwrap_or_default() },
        since: seen.created_at.rfc3339(),
        since_words: seen.created_at.in_words(),
        messages,
        older,
        text: String::new(),
        fault: String::new(),
        names: vec![],
        once: random_token(),
        most: Most::of(desk.config()).in_words(),
        by_link,
    })
}

fn shown(desk: &Desk, guest: &Guest, base: &str, row: &Message, files: &[Attachment]) -> crate::db::Result<Shown> {
    let ours = row.kind == EntryKind::MailOut;
    let (name, html) = match row.data()? {
        EntryData::Outgoing(details) => {
            let html = if details.elsewhere {
                prose::to_html(&row.text)
            } else {
                markdown::to_html(&PrivateLink::hidden(&row.text))
            };
            (row.agent_name.clone().filter(|_| !details.automatic), html)
        }
        EntryData::Incoming(details) => {
            // Behind a link a message has the name that it was written under, not what we call its writer.
            let known = row.contact_name.clone().filter(|_| matches!(guest.sight, Sight::Contact(_)));
            let name = known.or_else(|| details.from.map(|from| from.shown().to_owned()));
            (name, prose::to_html(&row.text))
        }
        EntryData::Note { .. } | EntryData::Change(_) | EntryData::Call(_) | EntryData::Quote(_) => {
            (None, String::new())
        }
    };
    let name = name.unwrap_or_else(|| desk.config().desk.name.clone());
    let file = |file: &Attachment| File {
        href: format!("{base}/{}", file.id),
        name: file.name.clone(),
        size: prose::bytes(file.size),
    };
    Ok(Shown {
        ours,
        you: !ours && row.contact_id == Some(guest.contact.id),
        author: Person::new(row.contact_id.map_or(0, |id| id.0), &name, ""),
        at: row.at.rfc3339(),
        at_words: row.at.in_words(),
        html,
        files: files.iter().filter(|file| file.entry_id == Some(row.id)).map(file).collect(),
    })
}

/// Takes an answer, or shows the page again with what was typed.
pub(super) async fn answer(
    desk: &Desk,
    guest: &Guest,
    id: CaseId,
    place: Place,
    client: &Client,
    request: Request,
) -> Result<Response> {
    // Before anything is read: a stranger's files are not worth waiting for.
    let seen = store::case(desk.db(), &guest.sight, id).await?.ok_or(PortalError::NoCase)?;
    let mut sent = upload::read(request, desk, Most::of(desk.config())).await?;
    let (text, names) = (sent.fields.one("text").to_owned(), std::mem::take(&mut sent.names));
    let once = sent.fields.one("once").to_owned();
    let error = match actions::answer(desk, guest, id, sent, client).await {
        Ok(answered) => {
            let opened = answered.opened.then(|| format!("/portal/cases/{}", answered.case));
            return Ok(see_other(&answered.link.or(opened).unwrap_or(place.href)));
        }
        Err(error) => error,
    };
    let mut headers = HeaderMap::new();
    let status = match &error {
        PortalError::Empty | PortalError::TooLong | PortalError::TooMuch(_) => StatusCode::UNPROCESSABLE_ENTITY,
        PortalError::TooMany(wait_s) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*wait_s));
            StatusCode::TOO_MANY_REQUESTS
        }
        _ => return Err(error.into()),
    };
    let page = page(desk, guest, place, seen, None).await?;
    Ok((status, headers, Html(CasePage { text, names, once, fault: error.to_string(), ..page })).into_response())
}

/// A file for download; nothing that somebody sent is shown by the browser as a page of ours.
pub(super) async fn file(desk: &Desk, guest: &Guest, id: AttachmentId) -> Result<Response> {
    let file = actions::file(desk, guest, id).await?;
    let pieces = desk.files().stream(&file.digest).await.map_err(PortalError::from)?;
    let headers = [
        (header::CONTENT_LENGTH, HeaderValue::from(file.size)),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, disposition::header(false, &file.name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
