//! The pages of the customer file: the list, an organisation, a contact, an installation, and the support options.
mod contact;
mod contracts;
mod file;
mod forms;
mod installation;
mod list;
mod merge;
mod options;
mod public;
mod sheets;

pub(crate) use installation::{Version, from_words, version};

use axum::Router;
use axum::extract::DefaultBodyLimit;

use super::{VerdictAction, VerdictKind, VerdictState, rules};
use crate::desk::Desk;
use crate::web::routing::{get, post};

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/organisations", get(list::list).merge(post(list::add)))
        .route("/organisations/{id}", get(file::show).merge(post(file::change)))
        .route("/organisations/{id}/domains", post(file::domain))
        .route("/organisations/{id}/tags", post(file::tag))
        .route("/organisations/{id}/notes", post(file::note))
        .route("/organisations/{id}/notes/{note}", post(file::change_note))
        .route("/organisations/{id}/notes/{note}/delete", post(file::remove_note))
        .route("/organisations/{id}/contacts", post(contact::add))
        .route("/contacts/{id}", get(contact::show).merge(post(contact::change)))
        .route("/contacts/{id}/addresses", post(contact::address))
        .route("/contacts/{id}/tags", post(contact::tag))
        .route("/contacts/{id}/numbers", post(contact::number))
        .merge(agreements())
        .merge(installations())
        .merge(sheets())
        .merge(merges())
}

fn agreements() -> Router<Desk> {
    Router::new()
        .route("/contracts", get(contracts::ending))
        .route("/organisations/{id}/account-manager", post(contracts::manager))
        .route("/organisations/{id}/contracts", post(file::add_contract))
        .route("/organisations/{id}/contracts/{contract}", post(file::change_contract))
        .route("/organisations/{id}/contracts/{contract}/renewal", post(file::renew_contract))
        .route("/organisations/{id}/contracts/{contract}/delete", post(file::remove_contract))
        .route("/organisations/{id}/licences", post(file::add_licence))
        .route("/organisations/{id}/licences/{licence}", post(file::change_licence))
        .route("/organisations/{id}/licences/{licence}/delete", post(file::remove_licence))
        .route("/settings/support-options", get(options::all).merge(post(options::add)))
        .route("/settings/support-options/{id}", get(options::one).merge(post(options::change)))
        .route("/settings/support-options/{id}/archive", post(options::archive))
        .route("/settings/support-options/{id}/restore", post(options::restore))
        .route("/settings/support-options/{id}/default", post(options::make_default))
        .route("/settings/support-options/{id}/not-default", post(options::not_default))
        .route("/settings/support-options/{id}/public", post(options::publish))
        .route("/settings/support-options/{id}/not-public", post(options::unpublish))
        .route("/support-options", get(public::options))
        .route("/support-options.json", get(public::options_json))
        .route("/support-options/feed.atom", get(public::options_feed))
}

fn installations() -> Router<Desk> {
    Router::new()
        .route("/organisations/{id}/installations", post(installation::add))
        .route("/installations/{id}", get(installation::show).merge(post(installation::change)))
        .route("/installations/{id}/values", post(installation::values))
        .route("/installations/{id}/archive", post(installation::archive))
        .route("/installations/{id}/restore", post(installation::restore))
}

fn merges() -> Router<Desk> {
    Router::new()
        .route("/organisations/duplicates", get(merge::duplicates))
        .route("/organisations/duplicates/apart", post(merge::apart))
        .route("/organisations/merges/{id}/undo", post(merge::undo))
        .route("/organisations/{id}/merge", get(merge::organisations).merge(post(merge::merge_organisations)))
        .route("/contacts/{id}/merge", get(merge::contacts).merge(post(merge::merge_contacts)))
}

fn sheets() -> Router<Desk> {
    let upload = post(sheets::add).layer(DefaultBodyLimit::max(4 * rules::sheet::MOST_BYTES));
    Router::new()
        .route("/organisations/import", get(sheets::all).merge(upload))
        .route("/organisations/import/{id}", get(sheets::one).merge(post(sheets::choose)))
        .route("/organisations/import/{id}/apply", post(sheets::apply))
        .route("/organisations/export/{sheet}", get(sheets::export))
}

/// What a verdict is about, in words.
pub fn kind_words(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Contract => "Contract",
        VerdictKind::LifeCycle => "Life cycle",
        VerdictKind::Upgrade => "Upgrade",
        VerdictKind::Roadmap => "Roadmap",
        VerdictKind::Completeness => "Details",
    }
}

/// The tone of a badge, and its words.
pub fn state_words(state: VerdictState) -> (&'static str, &'static str) {
    use VerdictState as S;
    match state {
        S::Covered => ("ok", "covered"),
        S::Expiring => ("warn", "expires soon"),
        S::Expired => ("bad", "expired"),
        S::NoContract => ("bad", "no contract"),
        S::Supported => ("ok", "supported"),
        S::SecurityOnly => ("warn", "security fixes only"),
        S::Ending => ("warn", "ends soon"),
        S::Ended => ("bad", "ended"),
        S::Unknown => ("line", "not known"),
        S::Current => ("ok", "newest"),
        S::Available => ("acc", "newer release"),
        S::Matched => ("acc", "on the roadmap"),
        S::Unmatched => ("line", "not on the roadmap"),
        S::Complete => ("ok", "complete"),
        S::Missing => ("warn", "incomplete"),
    }
}

/// What to do, in words.
pub fn action_words(action: VerdictAction) -> &'static str {
    match action {
        VerdictAction::Quote => "Draft a quote",
        VerdictAction::Ask => "Ask for what is missing",
        VerdictAction::Upgrade => "Recommend an upgrade",
        VerdictAction::Link => "Link it to the roadmap",
        VerdictAction::Choose => "Choose the installation",
    }
}
