//! The JSON API of cases: everything that the pages do. A verb is a resource that is posted to, put or
//! deleted; every handler asks one query or does one action.
mod case;
mod change;
mod clocks;
mod columns;
mod details;
mod draft;
mod files;
mod list;
mod related;
mod roadmap;
mod texts;
mod wire;
mod write;

use utoipa_axum::router::OpenApiRouter;

use crate::desk::Desk;
use crate::web::routing::routes;

/// `most_upload`: the largest body of an upload, in bytes.
pub fn routes(most_upload: usize) -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list::list_cases, write::open_case))
        .routes(routes!(list::search))
        .routes(routes!(list::list_views))
        .routes(routes!(columns::get_list_columns, columns::set_list_columns))
        .routes(routes!(case::get_case))
        .routes(routes!(case::list_entries))
        .routes(routes!(details::list_verdicts))
        .routes(routes!(clocks::list_clocks))
        .routes(routes!(details::list_logs))
        .routes(routes!(details::get_details_question))
        .routes(routes!(details::choose_installation))
        .routes(routes!(roadmap::list_roadmap_items))
        .routes(routes!(roadmap::link_roadmap_item, roadmap::unlink_roadmap_item))
        .routes(routes!(roadmap::list_similar_cases))
        .routes(routes!(details::read_details, details::accept_details))
        .routes(routes!(write::post_reply))
        .routes(routes!(write::undo_reply))
        .routes(routes!(write::post_note))
        .routes(routes!(write::write_up, write::hand_over))
        .merge(changes())
        .merge(related())
        .merge(texts())
        .merge(draft::routes(most_upload))
}

/// What is served outside of `/api`, for pages and programs alike.
pub fn files() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(files::get_attachment))
}

fn changes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(change::solve))
        .routes(routes!(change::reopen))
        .routes(routes!(change::close))
        .routes(routes!(change::wait))
        .routes(routes!(change::set_priority))
        .routes(routes!(change::set_kind))
        .routes(routes!(change::set_assignee))
        .routes(routes!(change::set_team))
        .routes(routes!(change::set_subject))
        .routes(routes!(change::change_many))
        .routes(routes!(change::add_tag, change::remove_tag))
        .routes(routes!(change::watch, change::unwatch))
        .routes(routes!(change::choose_author))
        .routes(routes!(change::add_participant, change::remove_participant))
        .routes(routes!(change::see))
}

fn related() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(related::link, related::unlink))
        .routes(routes!(related::merge))
        .routes(routes!(related::join_suggested))
        .routes(routes!(related::unmerge))
        .routes(routes!(related::split))
        .routes(routes!(related::unsplit))
}

fn texts() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(texts::list_templates, texts::save_template))
        .routes(routes!(texts::get_template, texts::change_template, texts::delete_template))
        .routes(routes!(texts::list_saved_views, texts::save_view))
        .routes(routes!(texts::change_view, texts::delete_view))
}
