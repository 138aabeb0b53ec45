//! Telling agents, on their pages and by mail.
use std::time::Duration;

use super::jobs::{Mail, Send};
use super::store::{self, NewNotice, Notice, Reachable};
use super::{NoticeId, NoticeKind, rules};
use crate::cases::{CaseId, store as case_store};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::{Event, Wanted};
use crate::kit::prose;
use crate::mail::actions::{Postman, send_system_mail};
use crate::mail::jobs::SystemMail;
use crate::queue::{self, Job as _};
use crate::staff::{self, AgentId, Viewer};

/// How much of the words a mail and a page show.
const PEEK: usize = 240;
/// The most lines of one mail.
const MOST_LINES: usize = 10;
/// A page shows a notice that is not older.
const POPS_FOR: Duration = Duration::from_mins(1);

fn away(desk: &Desk) -> Duration {
    Duration::from_secs(desk.config().notices.away_min * 60)
}

/// Writes a notice for each agent whom the event concerns, in its transaction; and which mails are wanted.
pub async fn tell(tx: &mut Tx, desk: &Desk, event: &Event) -> Result<Vec<Wanted>> {
    match (event.topic, event.kind) {
        ("case", "reply_taken_back") => {
            if let Some(entry) = event.data["entry"].as_i64() {
                store::forget_entry(tx, crate::cases::EntryId(entry)).await?;
            }
            return Ok(vec![]);
        }
        ("case", "watched") if event.data["on"] == false => {
            if let Some(agent) = event.agent {
                store::set_case_read(tx, AgentId(agent), CaseId(event.id), event.at).await?;
            }
            return Ok(vec![]);
        }
        _ => {}
    }
    let Some(told) = rules::told(event) else { return Ok(vec![]) };
    let case = CaseId(event.id);
    let mut whom: Vec<(AgentId, NoticeKind)> = Vec::new();
    let named = told.mentioned.iter().map(|id| (*id, NoticeKind::Mentioned));
    whom.extend(named.chain(told.assigned.map(|id| (id, NoticeKind::Assigned))));
    if let Some(kind) = told.watchers {
        whom.extend(case_store::watchers(&mut *tx, case).await?.into_iter().map(|id| (id, kind)));
    }
    whom.retain(|(id, _)| Some(id.0) != event.agent);
    if whom.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<AgentId> = whom.iter().map(|(id, _)| *id).collect();
    let entry = match told.entry {
        Some(entry) => entry,
        None => store::newest_entry(tx, case).await?,
    };
    let by = event.agent.map(AgentId);
    let mut wanted = Vec::new();
    for to in store::reachable(tx, case, &ids).await? {
        // The first reason counts: who is named is not told once more as a watcher.
        let Some((_, kind)) = whom.iter().find(|(id, _)| *id == to.id) else { continue };
        let new = NewNotice { agent: to.id, case, entry, kind: *kind, by, at: event.at };
        let id = store::insert(tx, &new).await?;
        show(tx, desk, event, &to, *kind).await?;
        wanted.extend(mail_of(desk, id, *kind, &to, event));
    }
    Ok(wanted)
}

/// The pages of this agent, and nobody else's, hear that there is something.
async fn show(tx: &mut Tx, desk: &Desk, event: &Event, to: &Reachable, kind: NoticeKind) -> Result<()> {
    let notice = Event {
        topic: "notice",
        id: to.id.0,
        kind: kind.as_str(),
        team: None,
        agent: event.agent,
        at: event.at,
        data: serde_json::json!({}),
    };
    desk.tell(tx, &notice).await?;
    Ok(())
}

fn mail_of(desk: &Desk, id: NoticeId, kind: NoticeKind, to: &Reachable, event: &Event) -> Option<Wanted> {
    if desk.config().mail.from.is_empty() {
        return None;
    }
    let at = rules::mail_due(kind, to, event.at, away(desk))?;
    Some(Wanted { kind: Mail::KIND, payload: serde_json::json!({ "notice": id }), at: Some(at) })
}

/// Puts a mail on the way, together with what else the agent has not read on that case; later, when one went out just now.
pub async fn mail(desk: &Desk, id: NoticeId) -> Result<()> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    tx.lock("notices.mail").await?;
    let waits = |notice: &Notice| notice.unread && notice.mailed_at.is_none();
    let Some(notice) = store::notice(&mut tx, id).await?.filter(waits) else { return Ok(()) };
    let (agent, case) = (notice.agent_id, notice.case_id);
    let Some(to) = store::reachable(&mut tx, case, &[agent]).await?.pop() else { return Ok(()) };
    // Who is at a page may see it there; when they have left without, they are written to then.
    if let Some(at) = rules::away_from(&to, away(desk)).filter(|at| notice.kind == NoticeKind::Mentioned && *at > now) {
        queue::enqueue(&mut tx, &Mail { notice: id }, at).await?;
        return tx.commit().await;
    }
    let last = store::last_mailed(&mut tx, agent, case).await?.map(|at| at.plus(rules::MAIL_EVERY));
    if let Some(at) = last.filter(|at| *at > now) {
        queue::enqueue(&mut tx, &Mail { notice: id }, at).await?;
        return tx.commit().await;
    }
    let unread = store::unread_on(&mut tx, agent, case).await?;
    let due = |n: &&Notice| n.mailed_at.is_none() && rules::mail_due(n.kind, &to, n.at, away(desk)).is_some();
    let notices: Vec<NoticeId> = unread.iter().filter(due).map(|notice| notice.id).collect();
    store::set_mailed(&mut tx, &notices, now).await?;
    queue::enqueue(&mut tx, &Send { agent, notices }, now).await?;
    tx.commit().await
}

/// Sends it, to somebody who works here still and may see the case still; the words are read now.
pub async fn send(postman: &Postman, job: &Send) -> anyhow::Result<()> {
    let desk = &postman.desk;
    let Some(standing) = staff::actions::standing(desk, job.agent).await? else { return Ok(()) };
    let told = store::unread_of(desk.db(), job.agent, &job.notices).await?;
    let Some(first) = told.first() else { return Ok(()) };
    if case_store::visible_case(desk.db(), first.case_id, &standing.hidden_teams).await?.is_none() {
        return Ok(());
    }
    let Some(agent) = staff::store::agent(desk.db(), job.agent).await? else { return Ok(()) };
    let key = format!("{}-{}", desk.config().desk.prefix, first.case_id);
    let happened = match told.as_slice() {
        [one] => said(one),
        more => format!("{} things happened", more.len()),
    };
    let lines: Vec<String> = told
        .iter()
        .take(MOST_LINES)
        .map(|notice| {
            format!("{}:\n{}", said(notice), prose::peek(&notice.text, PEEK)).trim_end_matches([':', '\n']).to_owned()
        })
        .collect();
    let mail = SystemMail {
        to: agent.email,
        name: Some(agent.name),
        subject: format!("{key}: {happened}"),
        text: format!(
            "{}\n\nCase: {}\n{}\n\nWhich mails you get: {}\n",
            lines.join("\n\n"),
            first.subject,
            desk.link(&format!("/cases/{}", first.case_id)),
            desk.link("/settings/profile")
        ),
        in_reply_to: None,
    };
    send_system_mail(postman, &mail).await
}

/// `Ben mentioned you`.
fn said(notice: &Notice) -> String {
    format!("{} {}", notice.by_name.as_deref().unwrap_or("The desk"), rules::words(notice.kind))
}

/// A notice as a page shows it for a moment.
pub struct Shown {
    pub case: i64,
    pub key: String,
    pub who: String,
    pub what: &'static str,
    pub mention: bool,
    pub peek: String,
}

/// How many unread ones are looked through for one that pops up.
const MOST_FRESH: usize = 20;

/// What the viewer was told just now and has not read; not of the case that they look at.
pub async fn newest(desk: &Desk, by: &Viewer, looking: Option<CaseId>) -> Result<Option<Shown>> {
    let page = store::list(desk.db(), by.id, &by.hidden_teams, true, None, MOST_FRESH).await?;
    let since = desk.now().minus(POPS_FOR);
    let fresh = |n: &Notice| n.at >= since && n.kind != NoticeKind::Changed && Some(n.case_id) != looking;
    Ok(page.rows.into_iter().find(fresh).map(|notice| Shown {
        case: notice.case_id.0,
        key: format!("{}-{}", desk.config().desk.prefix, notice.case_id),
        who: notice.by_name.clone().unwrap_or_else(|| "The desk".into()),
        what: rules::words(notice.kind),
        mention: notice.kind == NoticeKind::Mentioned,
        peek: prose::peek(&notice.text, PEEK / 2),
    }))
}

/// Marks one as read. `Ok(false)`: the viewer has no such notice.
pub async fn read(desk: &Desk, by: &Viewer, id: NoticeId) -> Result<bool> {
    let mut tx = desk.db().begin().await?;
    let marked = store::set_read(&mut tx, by.id, id, desk.now()).await?;
    seen(&mut tx, by).await?;
    tx.commit().await?;
    Ok(marked > 0)
}

/// Marks all of the viewer's as read.
pub async fn read_all(desk: &Desk, by: &Viewer) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    store::set_all_read(&mut tx, by.id, desk.now()).await?;
    seen(&mut tx, by).await?;
    tx.commit().await
}

async fn seen(tx: &mut Tx, by: &Viewer) -> Result<()> {
    crate::events::whisper(tx, "seen", by.id.0).await
}

/// Writes down what is read, and forgets what is old.
pub async fn tidy(desk: &Desk) -> Result<()> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    store::settle(&mut tx, now).await?;
    let days = u64::from(desk.config().notices.keep_days);
    store::forget_before(&mut tx, now.minus(Duration::from_secs(days * 86_400))).await?;
    tx.commit().await
}
