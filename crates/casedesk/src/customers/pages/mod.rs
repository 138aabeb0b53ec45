//! The pages of the customer file: the list, an organisation, a contact, an installation, and the support options.
mod contact;
mod file;
mod forms;
pub(crate) use installation::origin_words;
mod installation;
mod list;
mod options;

use axum::Router;
use axum::routing::{get, post};

use super::{VerdictAction, VerdictKind, VerdictState};
use crate::desk::Desk;

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/organisations", get(list::list).post(list::add))
        .route("/organisations/{id}", get(file::show).post(file::change))
        .route("/organisations/{id}/domains", post(file::domain))
        .route("/organisations/{id}/tags", post(file::tag))
        .route("/organisations/{id}/notes", post(file::note))
        .route("/organisations/{id}/notes/{note}/delete", post(file::remove_note))
        .route("/organisations/{id}/contacts", post(contact::add))
        .route("/contacts/{id}", get(contact::show).post(contact::change))
        .route("/contacts/{id}/addresses", post(contact::address))
        .merge(agreements())
        .merge(installations())
}

fn agreements() -> Router<Desk> {
    Router::new()
        .route("/organisations/{id}/contracts", post(file::add_contract))
        .route("/organisations/{id}/contracts/{contract}", post(file::change_contract))
        .route("/organisations/{id}/contracts/{contract}/renewal", post(file::renew_contract))
        .route("/organisations/{id}/contracts/{contract}/delete", post(file::remove_contract))
        .route("/organisations/{id}/licences", post(file::add_licence))
        .route("/organisations/{id}/licences/{licence}", post(file::change_licence))
        .route("/organisations/{id}/licences/{licence}/delete", post(file::remove_licence))
        .route("/settings/support-options", get(options::all).post(options::add))
        .route("/settings/support-options/{id}", get(options::one).post(options::change))
        .route("/settings/support-options/{id}/archive", post(options::archive))
        .route("/settings/support-options/{id}/restore", post(options::restore))
}

fn installations() -> Router<Desk> {
    Router::new()
        .route("/organisations/{id}/installations", post(installation::add))
        .route("/installations/{id}", get(installation::show).post(installation::change))
        .route("/installations/{id}/values", post(installation::values))
        .route("/installations/{id}/archive", post(installation::archive))
        .route("/installations/{id}/restore", post(installation::restore))
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
