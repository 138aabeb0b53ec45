//! `/support-options`, for everybody, as a page, as JSON and as a feed: the options that are public and on sale, and
//! of each what is named here. Who has which one is not read.
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use crate::customers::rules::{OpenHours, Promised, open_hours, promised};
use crate::customers::store::{self, OptionRow};
use crate::customers::{OptionTerms, SupportChannel, SupportTarget};
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::web::public::{Entry, feed, html, json};
use crate::web::shell::Site;
use crate::web::{Error, Result};

struct Offer {
    row: OptionRow,
    covers: Vec<String>,
    channels: String,
    hours: OpenHours,
    promised: Vec<Promised>,
}

#[derive(Template)]
#[template(path = "customers/public_options.html")]
struct OptionsPage {
    site: Site,
    offers: Vec<Offer>,
    form: bool,
}

/// One option, as a program reads it.
#[derive(Serialize)]
struct PublicOption {
    name: String,
    covers: String,
    channels: Vec<SupportChannel>,
    /// As lines, which the API takes too.
    hours: String,
    /// In business minutes.
    targets: Vec<SupportTarget>,
}

async fn public_options(desk: &Desk) -> Result<Vec<(OptionRow, OptionTerms)>> {
    let mut all = Vec::new();
    for row in store::public_options(desk.db()).await? {
        let terms = row.terms(store::targets(desk.db(), row.id).await?);
        all.push((row, terms));
    }
    Ok(all)
}

/// Ways to reach us, in words.
fn channel_words(channels: &[SupportChannel]) -> String {
    let word = |channel: &SupportChannel| match channel {
        SupportChannel::Mail => "mail",
        SupportChannel::Form => "the form",
        SupportChannel::Phone => "telephone",
        SupportChannel::Chat => "chat",
    };
    channels.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn offer((row, terms): (OptionRow, OptionTerms), today: Day) -> Result<Offer> {
    let hours = terms.hours.parse().map_err(|error: casedesk_hours::Faults| Error::ours(&error))?;
    Ok(Offer {
        covers: terms.covers.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        channels: channel_words(&terms.channels),
        promised: promised(&terms.targets, &hours),
        hours: open_hours(&hours, today),
        row,
    })
}

/// `GET /support-options`
pub(super) async fn options(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let today = Day::of(desk.now(), &desk.config().desk.time_zone);
    let offers = public_options(&desk).await?.into_iter().map(|one| offer(one, today)).collect::<Result<_>>()?;
    html(&asked, &OptionsPage { site: Site::new(&desk, "support-options"), offers, form: desk.config().forms.enabled })
}

/// `GET /support-options.json`
pub(super) async fn options_json(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let named = |(_, terms): (OptionRow, OptionTerms)| PublicOption {
        name: terms.name,
        covers: terms.covers,
        channels: terms.channels,
        hours: terms.hours,
        targets: terms.targets,
    };
    let options: Vec<_> = public_options(&desk).await?.into_iter().map(named).collect();
    json(&asked, &serde_json::json!({ "support_options": options }))
}

/// `GET /support-options/feed.atom`
pub(super) async fn options_feed(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let path = "/support-options";
    let page = desk.link(path);
    let entry = |(row, terms): (OptionRow, OptionTerms)| {
        let link = format!("{page}#option-{}", row.id);
        Entry {
            title: terms.name,
            updated: row.changed_at,
            summary: format!("By {}. {}", channel_words(&terms.channels), terms.covers),
            content: String::new(),
            id: link.clone(),
            link,
        }
    };
    let entries = public_options(&desk).await?.into_iter().map(entry).collect();
    feed(&desk, &asked, ("Support options".into(), path), Timestamp(0), entries)
}
