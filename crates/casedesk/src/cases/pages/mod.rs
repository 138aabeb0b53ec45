//! The desk's pages of cases: lists, the case, the composer, what finds them. Each handler asks one query
//! or does one action; templates get plain data from `views`.
mod call;
mod case;
mod columns;
mod compose;
mod details;
mod draft;
mod entry;
mod files;
mod find;
mod joint;
mod list;
mod load;
mod promises;
mod quote;
mod rail;
mod roadmap;
mod split;
mod templates;
mod verbs;
pub mod views;
mod words;

use axum::Router;
use axum::extract::State;
use futures::future::BoxFuture;

use super::CaseId;
use crate::desk::Desk;
use crate::kit::prose;
use crate::staff::{Reader, Viewer};
use crate::web::Result;
use crate::web::routing::{delete, get, post, put};
use crate::web::shell::Shell;

/// The link of the rail, and the number beside it, of a room that knows cases.
pub type Counter = for<'a> fn(&'a Desk, &'a Viewer) -> BoxFuture<'a, Result<(&'static str, i64)>>;

pub fn routes(counters: &'static [Counter]) -> Router<Desk> {
    Router::new()
        .route("/", get(list::home))
        .route("/rail", get(move |desk: State<Desk>, by: Reader| rail::rail(desk, by, counters)))
        .route(
            "/views",
            get(move |desk: State<Desk>, by: Reader| rail::views(desk, by, counters)).merge(post(rail::save)),
        )
        .route("/views/{view}", get(list::list))
        .route("/views/{view}/delete", post(rail::delete))
        .route("/views/{view}/columns", post(columns::choose))
        .route("/views/{view}/rows", get(list::rows))
        .route("/views/{view}/rows/{id}", get(list::row))
        .route("/views/{view}/cases/{id}", get(case::in_view))
        .route("/palette", get(find::palette))
        .route("/people/suggest", get(find::people))
        .route("/agents/suggest", get(find::agents))
        .merge(case_routes())
        .merge(verb_routes())
        .merge(templates::routes())
}

fn case_routes() -> Router<Desk> {
    Router::new()
        .route("/cases", post(compose::open))
        .route("/cases/new", get(compose::new_case))
        .route("/preview", post(compose::preview))
        .route("/cases/{id}", get(case::case))
        .route("/cases/{id}/parts", get(case::parts))
        .route("/cases/{id}/older", get(case::older))
        .route("/cases/{id}/seen", post(case::seen))
        .route("/cases/{id}/draft", put(draft::keep))
        .route("/cases/{id}/replies", post(compose::reply))
        .route("/cases/{id}/replies/{entry}/undo", post(compose::undo))
        .route("/cases/{id}/notes", post(compose::note))
        .route("/cases/{id}/hand-over", post(compose::hand_over))
        .route("/cases/{id}/templates", get(compose::templates))
        .route("/cases/{id}/templates/{template}", get(compose::template))
        .route("/cases/{id}/files", post(files::upload).layer(files::upload_limit()))
        .route("/cases/{id}/files/{file}", delete(files::remove))
}

fn verb_routes() -> Router<Desk> {
    Router::new()
        .route("/cases/joint", get(joint::choices).post(joint::change))
        .route("/cases/{id}/solution", post(verbs::solve))
        .route("/cases/{id}/reopening", post(verbs::reopen))
        .route("/cases/{id}/closure", post(verbs::close))
        .route("/cases/{id}/waiting", post(verbs::wait))
        .route("/cases/{id}/priority", post(verbs::priority))
        .route("/cases/{id}/kind", post(verbs::kind))
        .route("/cases/{id}/assignment", post(verbs::assign))
        .route("/cases/{id}/team", post(verbs::team))
        .route("/cases/{id}/subject", post(verbs::subject))
        .route("/cases/{id}/tags", post(verbs::tags))
        .route("/cases/{id}/watch", post(verbs::watch))
        .route("/cases/{id}/unwatch", post(verbs::unwatch))
        .route("/cases/{id}/people", post(verbs::people))
        .route("/cases/{id}/entries/{entry}/author", post(verbs::author))
        .route("/cases/{id}/merge", post(verbs::merge))
        .route("/cases/{id}/links", post(verbs::link))
        .route("/cases/{id}/installation", post(details::choose))
        .route("/cases/{id}/roadmap", post(roadmap::link))
        .route("/cases/{id}/roadmap/{item}/delete", post(roadmap::unlink))
        .route("/cases/{id}/similar", get(roadmap::similar))
        .route("/roadmap-items/{id}/cases", get(roadmap::of_item))
        .route("/cases/{id}/details", post(details::ask))
        .route("/cases/{id}/upgrade", post(details::upgrade))
        .route("/cases/{id}/details/{entry}", get(details::show).merge(post(details::accept)))
        .route("/organisations/{id}/cases", get(details::of_organisation))
        .route("/entries/{id}", get(details::entry))
        .route("/cases/{id}/split", get(split::show).merge(post(split::split)))
        .route("/merges/{merge}/undo", post(verbs::unmerge))
        .route("/splits/{split}/undo", post(verbs::unsplit))
}

fn shell(by: &Viewer, here: &str) -> Shell {
    by.shell(here, "")
}

/// `CD-1042`.
fn key(desk: &Desk, id: CaseId) -> String {
    format!("{}-{id}", desk.config().desk.prefix)
}

/// Reads `1042`, `CD-1042` or `#1042`.
fn number(desk: &Desk, typed: &str) -> Option<CaseId> {
    let typed = typed.trim();
    let prefix = format!("{}-", desk.config().desk.prefix);
    let digits = typed
        .get(..prefix.len())
        .filter(|begin| begin.eq_ignore_ascii_case(&prefix))
        .map_or(typed, |_| &typed[prefix.len()..]);
    digits.trim_start_matches('#').parse().ok().map(CaseId)
}
