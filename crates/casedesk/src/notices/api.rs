//! An agent's own notices over the API.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::store::{self, Notice};
use super::{NoticeId, NoticeKind, actions};
use crate::cases::{CaseId, EntryId};
use crate::desk::Desk;
use crate::kit::paging::Cursor;
use crate::kit::{Timestamp, prose};
use crate::staff::{AgentId, Reader};
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;
use crate::web::{Error, Result};

/// How much of the words is given, in characters.
const PEEK: usize = 240;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(list_notices)).routes(routes!(read_all)).routes(routes!(read_notice))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only those that you have not read.
    #[serde(default)]
    unread: bool,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// That something happened which concerns you.
#[derive(Serialize, ToSchema)]
struct OwnNotice {
    id: NoticeId,
    kind: NoticeKind,
    case_id: CaseId,
    subject: String,
    entry_id: EntryId,
    /// The agent who did it; `null`: a customer, or the desk itself.
    agent_id: Option<AgentId>,
    /// Who did it.
    name: Option<String>,
    /// The first words.
    text: String,
    at: Timestamp,
    unread: bool,
}

impl From<Notice> for OwnNotice {
    fn from(row: Notice) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            case_id: row.case_id,
            subject: row.subject,
            entry_id: row.entry_id,
            agent_id: row.by_agent_id,
            name: row.by_name,
            text: prose::peek(&row.text, PEEK),
            at: row.at,
            unread: row.unread,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct NoticePage {
    notices: Vec<OwnNotice>,
    /// Give it as `after`; `null` on the last page.
    next: Option<String>,
}

/// List your notices.
///
/// Mentions, cases given to you, and what happened on cases that you watch; newest first. They are kept for
/// `notices.keep_days`.
#[utoipa::path(get, path = "/notices", tag = "notices", responses((status = 200, body = NoticePage)))]
async fn list_notices(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<NoticePage>> {
    let bad = || Error::unprocessable("“after” is not the “next” of a page.");
    let after = asked.after.as_deref().map(|word| Cursor::decode(word).ok_or_else(bad)).transpose()?;
    let page = store::list(desk.db(), by.id, &by.hidden_teams, asked.unread, after, limit(asked.limit)?).await?;
    Ok(Json(NoticePage {
        notices: page.rows.into_iter().map(OwnNotice::from).collect(),
        next: page.next.map(Cursor::encode),
    }))
}

/// Mark all of your notices as read.
#[utoipa::path(post, path = "/notices/read", tag = "notices", responses((status = 204)))]
async fn read_all(State(desk): State<Desk>, Reader(by): Reader) -> Result<StatusCode> {
    actions::read_all(&desk, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mark a notice of yours as read.
///
/// Who has read the case, on its page, has read its notices too.
#[utoipa::path(post, path = "/notices/{id}/read", tag = "notices", params(("id" = NoticeId, Path)),
    responses((status = 204)))]
async fn read_notice(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<NoticeId>) -> Result<StatusCode> {
    if actions::read(&desk, &by, id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(Error::not_found("such notice")) }
}
