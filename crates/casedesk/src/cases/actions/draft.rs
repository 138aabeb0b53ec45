//! Drafts and their files, read marks, templates and saved views.
use bytes::Bytes;

use super::{MOST_TEXT, checked_text};
use crate::cases::filter::Filter;
use crate::cases::rules;
use crate::cases::store::{self, Attachment, Draft};
use crate::cases::{AttachmentId, CaseId, CasesError, EntryId};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{TeamId, Viewer};

/// The longest name of a file, template or view, in characters.
const MOST_NAME: usize = 120;

/// Keeps what an agent is writing: the version that it is now. An empty one is no draft. When another device has
/// kept other words since the version `replaces`, nothing is changed; `None` asks for no such care.
pub async fn save_draft(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    draft: &Draft,
    replaces: Option<i64>,
) -> Result<i64, CasesError> {
    if draft.body.len() > MOST_TEXT {
        return Err(CasesError::TooLong { field: "draft", most: MOST_TEXT });
    }
    let mut tx = desk.db().begin().await?;
    let case = seen_by(&mut tx, id, &by.hidden_teams).await?;
    let replaces = Timestamp(replaces.unwrap_or(i64::MAX));
    let kept = if draft.body.trim().is_empty() {
        store::forget_draft(&mut tx, case, by.id, &draft.kind, replaces).await?
    } else {
        store::save_draft(&mut tx, case, by.id, draft, replaces).await?
    };
    if kept == 0 && store::drafts(&mut tx, case, by.id).await?.iter().any(|newer| newer.kind == draft.kind) {
        return Err(CasesError::DraftIsNewer);
    }
    tx.commit().await?;
    Ok(draft.updated_at.0)
}

/// What the agent has kept of this kind, on whatever device.
pub async fn draft(desk: &Desk, by: &Viewer, id: CaseId, kind: &str) -> Result<Draft, CasesError> {
    let mut tx = desk.db().begin().await?;
    let case = seen_by(&mut tx, id, &by.hidden_teams).await?;
    let drafts = store::drafts(&mut tx, case, by.id).await?;
    drafts.into_iter().find(|draft| draft.kind == kind).ok_or(CasesError::Missing("draft"))
}

/// The agent has seen up to `on` and goes on writing.
pub async fn rebase_draft(desk: &Desk, by: &Viewer, id: CaseId, on: EntryId) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    let case = seen_by(&mut tx, id, &by.hidden_teams).await?;
    store::rebase_draft(&mut tx, case, by.id, on).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts a file on the draft.
pub async fn attach_to_draft(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    name: &str,
    content_type: &str,
    bytes: Bytes,
) -> Result<AttachmentId, CasesError> {
    let name = casedesk_mail::safe_name(name);
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let shows_inline = casedesk_mail::shows_inline(content_type, &bytes);
    let digest = desk.files().put(bytes).await?;
    let mut tx = desk.db().begin().await?;
    let case_id = seen_by(&mut tx, id, &by.hidden_teams).await?;
    let file = Attachment {
        id: AttachmentId(0),
        case_id,
        entry_id: None,
        agent_id: Some(by.id),
        name,
        content_type: content_type.chars().take(MOST_NAME).collect(),
        size,
        digest,
        shows_inline,
        content_id: None,
    };
    let file = store::insert_attachment(&mut tx, &file, desk.now()).await?;
    tx.commit().await?;
    Ok(file)
}

/// Takes a file off the draft.
pub async fn detach_from_draft(desk: &Desk, by: &Viewer, file: AttachmentId) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_draft_file(&mut tx, file, by.id).await? == 0 {
        return Err(CasesError::Missing("file on a draft of yours"));
    }
    tx.commit().await?;
    Ok(())
}

/// Remembers how far the agent has read.
pub async fn see(desk: &Desk, by: &Viewer, id: CaseId, entry: EntryId) -> Result<(), CasesError> {
    if store::seen(desk.db(), id, by.id).await?.is_some_and(|seen| seen >= entry) {
        return Ok(());
    }
    let mut tx = desk.db().begin().await?;
    let case = seen_by(&mut tx, id, &by.hidden_teams).await?;
    store::set_seen(&mut tx, case, by.id, entry).await?;
    // Other pages of theirs count anew what they have not seen.
    crate::events::whisper(&mut tx, "seen", by.id.0).await?;
    tx.commit().await?;
    Ok(())
}

async fn seen_by(tx: &mut crate::db::Tx, id: CaseId, hidden: &[TeamId]) -> Result<CaseId, CasesError> {
    let case = store::visible_case(tx, id, hidden).await?.ok_or(CasesError::NoCase(id))?;
    Ok(case.merged_into.unwrap_or(case.id))
}

/// A template as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct NewTemplate<'a> {
    pub name: &'a str,
    pub body: &'a str,
    /// Whether it is sent as the acknowledgement of new cases, in place of another one. `None`: as it was.
    pub acknowledges: Option<bool>,
}

impl NewTemplate<'_> {
    fn check(&self) -> Result<(), CasesError> {
        checked_text(self.body, "template")?;
        match rules::unknown_to_acknowledgement(self.body).filter(|_| self.acknowledges == Some(true)) {
            Some(field) => Err(CasesError::NotAcknowledged(field.to_owned())),
            None => Ok(()),
        }
    }
}

/// Keeps a template; one of the same name is rewritten.
pub async fn save_template(desk: &Desk, new: NewTemplate<'_>) -> Result<i64, CasesError> {
    new.check()?;
    let (name, body) = (checked_name(new.name)?, new.body);
    let mut tx = desk.db().begin().await?;
    tx.lock("cases.templates").await?;
    let id = store::save_template(&mut tx, name, body, desk.now()).await?;
    if let Some(acknowledges) = new.acknowledges {
        store::set_acknowledges(&mut tx, id, acknowledges).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Renames or rewrites a template.
pub async fn change_template(desk: &Desk, id: i64, new: NewTemplate<'_>) -> Result<(), CasesError> {
    new.check()?;
    let (name, body) = (checked_name(new.name)?, new.body);
    let mut tx = desk.db().begin().await?;
    tx.lock("cases.templates").await?;
    if store::template_by_name(&mut tx, name).await?.is_some_and(|other| other.id != id) {
        return Err(CasesError::Taken("template"));
    }
    if store::update_template(&mut tx, id, name, body, desk.now()).await? == 0 {
        return Err(CasesError::Missing("template"));
    }
    if let Some(acknowledges) = new.acknowledges {
        store::set_acknowledges(&mut tx, id, acknowledges).await?;
    }
    tx.commit().await?;
    Ok(())
}

pub async fn delete_template(desk: &Desk, id: i64) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_template(&mut tx, id).await? == 0 {
        return Err(CasesError::Missing("template"));
    }
    tx.commit().await?;
    Ok(())
}

/// Keeps a filter under a name, for the agent or for all.
pub async fn save_view(desk: &Desk, by: &Viewer, name: &str, query: &str, shared: bool) -> Result<i64, CasesError> {
    let name = checked_name(name)?;
    Filter::parse(query, by.id).map_err(CasesError::BadFilter)?;
    let mut tx = desk.db().begin().await?;
    let id = store::insert_view(&mut tx, by.id, name, shared, query).await?;
    tx.commit().await?;
    Ok(id)
}

/// Rewrites a saved view of the agent's own.
pub async fn change_view(
    desk: &Desk,
    by: &Viewer,
    id: i64,
    name: &str,
    query: &str,
    shared: bool,
) -> Result<(), CasesError> {
    let name = checked_name(name)?;
    Filter::parse(query, by.id).map_err(CasesError::BadFilter)?;
    let mut tx = desk.db().begin().await?;
    if store::update_view(&mut tx, by.id, id, name, shared, query).await? == 0 {
        return Err(CasesError::Missing("view"));
    }
    tx.commit().await?;
    Ok(())
}

pub async fn delete_view(desk: &Desk, by: &Viewer, id: i64) -> Result<(), CasesError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_view(&mut tx, by.id, id).await? == 0 {
        return Err(CasesError::Missing("view"));
    }
    tx.commit().await?;
    Ok(())
}

fn checked_name(name: &str) -> Result<&str, CasesError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(CasesError::Empty("name"));
    }
    if name.chars().count() > MOST_NAME {
        return Err(CasesError::TooLong { field: "name", most: MOST_NAME });
    }
    Ok(name)
}
