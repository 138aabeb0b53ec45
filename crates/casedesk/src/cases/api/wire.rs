//! What the API shows of cases. A field that is not here is not shown, whatever the row holds.
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cases::rules::Change;
use crate::cases::store::{Attachment, Case, CasePerson, EntryRow, Linked, ListedCase};
use crate::cases::{
    AttachmentId, CaseId, CaseKind, CaseState, Delivery, Door, DueState, EntryData, EntryId, EntryKind, LinkKind,
    PersonRole, Priority, Promise, WaitingOn,
};
use crate::customers::{ContactId, InstallationId, OrganisationId, Verdict, VerdictKind, VerdictState};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{AgentId, TeamId};

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseInList {
    id: CaseId,
    /// The number as people write it: `CD-1042`.
    key: String,
    subject: String,
    state: CaseState,
    kind: CaseKind,
    priority: Priority,
    waiting_on: Option<WaitingOn>,
    wake_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    assignee_id: Option<AgentId>,
    assignee_name: Option<String>,
    contact_name: Option<String>,
    organisation_name: Option<String>,
    /// Whether you have not seen its newest entry.
    unread: bool,
    /// When the first of its promises is due, or was. Null: none is, or it waits for the customer.
    due_at: Option<Timestamp>,
    due_promise: Option<Promise>,
    due_state: Option<DueState>,
    /// What the desk found about it.
    verdicts: Vec<VerdictInList>,
}

/// A verdict in short.
#[derive(Serialize, ToSchema)]
pub(super) struct VerdictInList {
    kind: VerdictKind,
    state: VerdictState,
    /// In two or three words, such as `5.1 ended`.
    label: String,
}

impl From<Verdict> for VerdictInList {
    fn from(verdict: Verdict) -> Self {
        Self { kind: verdict.kind, state: verdict.state, label: verdict.label }
    }
}

impl CaseInList {
    pub(super) fn new(desk: &Desk, row: ListedCase, verdicts: Vec<VerdictInList>) -> Self {
        Self {
            verdicts,
            key: key(desk, row.id),
            id: row.id,
            subject: row.subject,
            state: row.state,
            kind: row.kind,
            priority: row.priority,
            waiting_on: row.waiting_on,
            wake_at: row.wake_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            assignee_id: row.assignee_id,
            assignee_name: row.assignee_name,
            contact_name: row.contact_name,
            organisation_name: row.organisation_name,
            unread: row.unread,
            due_at: row.due_at,
            due_promise: row.due_promise,
            due_state: row.due_state,
        }
    }
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct CasePage {
    pub(super) cases: Vec<CaseInList>,
    /// Give it as `after` to get the next page. `null`: this is the last one.
    pub(super) next: Option<String>,
}

/// A case with what stands around its timeline.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseInFull {
    #[serde(flatten)]
    pub(super) case: CaseFields,
    pub(super) people: Vec<Participant>,
    pub(super) tags: Vec<String>,
    pub(super) watchers: Vec<AgentId>,
    pub(super) links: Vec<Link>,
    /// The newest entries, oldest of them first.
    pub(super) entries: Vec<Entry>,
    /// Whether there are entries before these: list them with `before`.
    pub(super) has_earlier: bool,
}

/// The case itself.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseFields {
    id: CaseId,
    /// The number as people write it: `CD-1042`.
    key: String,
    subject: String,
    state: CaseState,
    kind: CaseKind,
    priority: Priority,
    /// The way it came in.
    door: Door,
    assignee_id: Option<AgentId>,
    team_id: Option<TeamId>,
    organisation_id: Option<OrganisationId>,
    contact_id: Option<ContactId>,
    /// What it is about, of what the organisation runs.
    installation_id: Option<InstallationId>,
    waiting_on: Option<WaitingOn>,
    wake_at: Option<Timestamp>,
    /// The case that this one is shown as part of.
    pub(super) merged_into: Option<CaseId>,
    /// The closed case that this one goes on from.
    pub(super) follow_up_of: Option<CaseId>,
    created_at: Timestamp,
    updated_at: Timestamp,
    last_customer_at: Option<Timestamp>,
    last_agent_at: Option<Timestamp>,
    solved_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    /// Since when a call of it waits to be confirmed in writing.
    unconfirmed_since: Option<Timestamp>,
    /// Give it as `based_on` of a reply, so that it is stopped when somebody wrote meanwhile.
    last_entry_id: EntryId,
}

impl CaseFields {
    pub(super) fn new(desk: &Desk, row: &Case) -> Self {
        Self {
            id: row.id,
            key: key(desk, row.id),
            subject: row.subject.clone(),
            state: row.state,
            kind: row.kind,
            priority: row.priority,
            door: row.door,
            assignee_id: row.assignee_id,
            team_id: row.team_id,
            organisation_id: row.organisation_id,
            contact_id: row.contact_id,
            installation_id: row.installation_id,
            waiting_on: row.waiting_on,
            wake_at: row.wake_at,
            merged_into: row.merged_into,
            follow_up_of: row.follow_up_of,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_customer_at: row.last_customer_at,
            last_agent_at: row.last_agent_at,
            solved_at: row.solved_at,
            closed_at: row.closed_at,
            unconfirmed_since: row.unconfirmed_since,
            last_entry_id: row.last_entry_id,
        }
    }
}

/// Somebody outside who takes part, was proposed or removed.
#[derive(Serialize, ToSchema)]
pub(super) struct Participant {
    address: String,
    name: Option<String>,
    contact_id: Option<ContactId>,
    role: PersonRole,
}

impl From<CasePerson> for Participant {
    fn from(row: CasePerson) -> Self {
        Self { address: row.address, name: row.name, contact_id: row.contact_id, role: row.role }
    }
}

/// Another case that this one is linked to.
#[derive(Serialize, ToSchema)]
pub(super) struct Link {
    id: CaseId,
    subject: String,
    state: CaseState,
    kind: LinkKind,
    /// Whether the link was made from this case.
    forward: bool,
}

impl From<Linked> for Link {
    fn from(row: Linked) -> Self {
        Self { id: row.id, subject: row.subject, state: row.state, kind: row.kind, forward: row.forward }
    }
}

/// A line of the timeline.
#[derive(Serialize, ToSchema)]
pub(super) struct Entry {
    pub(super) id: EntryId,
    /// The case it stands on; another than the one asked for where that was merged.
    case_id: CaseId,
    kind: EntryKind,
    at: Timestamp,
    agent_id: Option<AgentId>,
    agent_name: Option<String>,
    contact_id: Option<ContactId>,
    contact_name: Option<String>,
    /// Markdown of an agent, plain text of anybody else.
    text: String,
    data: EntryData,
    /// How far an outgoing message is.
    delivery: Option<Delivery>,
    send_at: Option<Timestamp>,
    failure: Option<String>,
    files: Vec<File>,
}

impl Entry {
    pub(super) fn new(row: EntryRow, data: EntryData, files: &[Attachment]) -> Self {
        Self {
            files: files.iter().filter(|file| file.entry_id == Some(row.id)).map(File::from).collect(),
            id: row.id,
            case_id: row.case_id,
            kind: row.kind,
            at: row.at,
            agent_id: row.agent_id,
            agent_name: row.agent_name,
            contact_id: row.contact_id,
            contact_name: row.contact_name,
            text: row.text,
            data,
            delivery: row.delivery,
            send_at: row.send_at,
            failure: row.failure,
        }
    }
}

/// A file of an entry or a draft; get it at `/attachments/{id}`.
#[derive(Serialize, ToSchema)]
pub(super) struct File {
    id: AttachmentId,
    name: String,
    /// As its sender declared it.
    content_type: String,
    /// In bytes.
    size: i64,
    /// Whether it is a picture that a page may show.
    shows_inline: bool,
}

impl From<&Attachment> for File {
    fn from(row: &Attachment) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            content_type: row.content_type.clone(),
            size: row.size,
            shows_inline: row.shows_inline,
        }
    }
}

/// One change of a case.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum WantedChange {
    Solve {},
    Reopen {},
    Close {},
    /// Waits on somebody; `until` is needed with `date`.
    Wait {
        on: WaitingOn,
        #[serde(default)]
        until: Option<Timestamp>,
    },
    Priority {
        priority: Priority,
    },
    Kind {
        kind: CaseKind,
    },
    /// `null`: nobody.
    Assign {
        #[serde(deserialize_with = "Option::deserialize")]
        #[schema(required)]
        agent_id: Option<AgentId>,
    },
    /// `null`: no team.
    Team {
        #[serde(deserialize_with = "Option::deserialize")]
        #[schema(required)]
        team_id: Option<TeamId>,
    },
}

impl From<WantedChange> for Change {
    fn from(wanted: WantedChange) -> Self {
        match wanted {
            WantedChange::Solve {} => Self::Solve,
            WantedChange::Reopen {} => Self::Reopen,
            WantedChange::Close {} => Self::Close,
            WantedChange::Wait { on, until } => Self::Wait { on, until },
            WantedChange::Priority { priority } => Self::Priority(priority),
            WantedChange::Kind { kind } => Self::Kind(kind),
            WantedChange::Assign { agent_id } => Self::Assign(agent_id),
            WantedChange::Team { team_id } => Self::Team(team_id),
        }
    }
}

/// What a change did.
#[derive(Serialize, ToSchema)]
pub(super) struct Changes {
    /// False: it was so already.
    pub(super) changed: bool,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    pub(super) id: i64,
}

/// `CD-1042`.
pub(super) fn key(desk: &Desk, id: CaseId) -> String {
    format!("{}-{id}", desk.config().desk.prefix)
}
