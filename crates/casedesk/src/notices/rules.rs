//! Whom an event is told to and why, and what is worth a mail. Pure.
use std::time::Duration;

use super::NoticeKind;
use super::store::Reachable;
use crate::cases::EntryId;
use crate::events::Event;
use crate::kit::Timestamp;
use crate::staff::AgentId;

/// An agent gets one mail about a case in so long.
pub const MAIL_EVERY: Duration = Duration::from_mins(15);

/// What an event tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub mentioned: Vec<AgentId>,
    pub assigned: Option<AgentId>,
    /// What those hear who watch the case.
    pub watchers: Option<NoticeKind>,
    /// The line of the timeline; `None`: the newest one.
    pub entry: Option<EntryId>,
}

/// `None` for what is nobody's concern.
pub fn told(event: &Event) -> Option<Told> {
    if event.topic != "case" {
        return None;
    }
    let entry = event.data["entry"].as_i64().map(EntryId);
    let watchers = |kind| Some(Told { watchers: Some(kind), entry, ..Told::default() });
    match event.kind {
        "received" if event.data["machine"] != true => watchers(NoticeKind::Answered),
        "note_posted" => {
            let mentioned = event.data["mentions"].as_array().into_iter().flatten();
            let mentioned = mentioned.filter_map(|id| id.as_i64().map(AgentId)).collect();
            Some(Told { mentioned, watchers: Some(NoticeKind::Written), entry, ..Told::default() })
        }
        "reply_posted" | "answered_elsewhere" | "kept" | "call_logged" => watchers(NoticeKind::Written),
        "merged" | "quote_step" => watchers(NoticeKind::Changed),
        "changed" => match event.data["changed"]["field"].as_str()? {
            "state" | "solved by the customer" => watchers(NoticeKind::Changed),
            "assignee" => {
                let to = event.data["changed"]["to"].as_str()?.parse().ok().map(AgentId)?;
                Some(Told { assigned: Some(to), ..Told::default() })
            }
            _ => None,
        },
        _ => None,
    }
}

/// When a mail of such a notice is due, if this agent wants one. A mention waits, since who is at a page sees it there.
pub fn mail_due(kind: NoticeKind, to: &Reachable, at: Timestamp, away: Duration) -> Option<Timestamp> {
    match kind {
        NoticeKind::Mentioned => to.mail_mentioned.then(|| at.plus(away)),
        NoticeKind::Assigned => to.mail_assigned.then_some(at),
        NoticeKind::Answered => to.mail_answered.then_some(at),
        NoticeKind::Written | NoticeKind::Changed => None,
    }
}

/// From when on this agent has had no page open for so long, unless they come back. `None`: they never were here.
pub fn away_from(to: &Reachable, away: Duration) -> Option<Timestamp> {
    to.present_at.map(|at| at.plus(away))
}

/// What happened, behind the name of who did it.
pub const fn words(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Mentioned => "mentioned you",
        NoticeKind::Assigned => "gave you the case",
        NoticeKind::Answered | NoticeKind::Written => "wrote",
        NoticeKind::Changed => "changed the case",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(kind: &'static str, data: Value) -> Event {
        Event { topic: "case", id: 1001, kind, team: None, agent: Some(1), at: Timestamp(0), data }
    }

    #[test]
    fn machines_and_small_changes_are_nobodys_concern() {
        assert_eq!(told(&event("received", json!({ "entry": 5, "machine": true }))), None);
        assert_eq!(told(&event("changed", json!({ "changed": { "field": "tag", "to": "x" } }))), None);
        assert_eq!(told(&event("judged", json!({}))), None);
        let heard = told(&event("received", json!({ "entry": 5, "machine": false }))).unwrap();
        assert_eq!((heard.watchers, heard.entry), (Some(NoticeKind::Answered), Some(EntryId(5))));
    }

    #[test]
    fn who_takes_a_case_off_somebody_tells_nobody() {
        assert_eq!(told(&event("changed", json!({ "changed": { "field": "assignee", "to": null } }))), None);
        let given = told(&event("changed", json!({ "changed": { "field": "assignee", "to": "7" } }))).unwrap();
        assert_eq!(given.assigned, Some(AgentId(7)));
    }
}
