//! Drafts as the composer keeps them: at once, and never over newer words from another device.
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::compose::person;
use crate::cases::store::{self, Draft};
use crate::cases::{CaseId, CasesError, EntryId, actions};
use crate::customers::Person;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Viewer, Worker};
use crate::web::Result;

/// What `draft.ts` sends while somebody types.
#[derive(Deserialize)]
pub(super) struct Typed {
    kind: Kind,
    body: String,
    to: Vec<String>,
    cc: Vec<String>,
    #[serde(default)]
    bcc: Vec<String>,
    seen: EntryId,
    /// The version that this browser last saw; 0: none.
    #[serde(default)]
    version: i64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Reply,
    Note,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }
}

#[derive(Serialize)]
struct Kept {
    version: i64,
}

/// What another device has written meanwhile.
#[derive(Serialize)]
struct Other {
    kind: String,
    body: String,
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    version: i64,
    at: Timestamp,
}

/// `PUT /cases/{id}/draft`: 409 with the newer draft, when there is one that this browser has not seen.
pub(super) async fn keep(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(typed): Json<Typed>,
) -> Result<Response> {
    let (kind, version) = (typed.kind, typed.version);
    let draft = written(&desk, id, typed).await?;
    match actions::save_draft(&desk, &by, id, &draft, Some(version)).await {
        Ok(version) => Ok(Json(Kept { version }).into_response()),
        Err(CasesError::DraftIsNewer) => {
            Ok((StatusCode::CONFLICT, Json(other(&desk, &by, id, kind).await?)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn written(desk: &Desk, id: CaseId, typed: Typed) -> Result<Draft> {
    let known = store::people(desk.db(), id).await?;
    let reply = matches!(typed.kind, Kind::Reply);
    let people = |all: &[String]| {
        let all: Vec<Person> = all.iter().map(|address| person(address, &known)).collect();
        serde_json::to_string(&all).ok().filter(|_| reply)
    };
    Ok(Draft {
        kind: typed.kind.as_str().into(),
        recipients_to: people(&typed.to),
        recipients_cc: people(&typed.cc),
        recipients_bcc: people(&typed.bcc),
        body: typed.body,
        based_on: typed.seen,
        updated_at: desk.now(),
    })
}

async fn other(desk: &Desk, by: &Viewer, id: CaseId, kind: Kind) -> Result<Other> {
    let draft = actions::draft(desk, by, id, kind.as_str()).await?;
    let addresses = |json: &Option<String>| {
        let people: Vec<Person> = json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        people.into_iter().map(|person| person.address).collect()
    };
    Ok(Other {
        to: addresses(&draft.recipients_to),
        cc: addresses(&draft.recipients_cc),
        bcc: addresses(&draft.recipients_bcc),
        version: draft.updated_at.0,
        at: draft.updated_at,
        kind: draft.kind,
        body: draft.body,
    })
}
