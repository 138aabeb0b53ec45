//! What a list shows: a built-in view, a saved one, or what somebody typed. A filter is words and
//! `key:value` pairs: `sftp from:anna@example.com org:northbay tag:as2 status:open before:2026-11-01`.
use crate::cases::{CaseKind, CaseState, DueState, Priority};
use crate::customers::{ContactId, OrganisationId, VerdictKind, VerdictState};
use crate::kit::Timestamp;
use crate::search::Wanted;
use crate::staff::{AgentId, TeamId};

/// Which cases to list. Empty fields do not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub words: Option<Wanted>,
    pub states: Vec<CaseState>,
    pub assignee: Option<Who>,
    pub team: Option<TeamId>,
    pub team_name: Option<String>,
    pub assignee_name: Option<String>,
    pub watched_by: Option<AgentId>,
    pub priority: Option<Priority>,
    pub kind: Option<CaseKind>,
    /// Part of a participant's address.
    pub from: Option<String>,
    /// Whose case it is.
    pub contact_id: Option<ContactId>,
    /// Part of the organisation's name, or one of its domains.
    pub organisation: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    pub tags: Vec<String>,
    /// A call of it waits to be confirmed in writing.
    pub unconfirmed: bool,
    /// Something was promised, and this is how near the end is.
    pub due: Option<DueIs>,
    /// What the desk found, all of it. Verdicts are kept true of open cases, so without states these are meant.
    pub verdicts: Vec<(VerdictKind, VerdictState)>,
    pub before: Option<Timestamp>,
    pub after: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Nobody,
    Agent(AgentId),
}

/// How near the end of a promise is at the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueIs {
    Soon,
    Urgent,
    Breached,
}

impl DueIs {
    pub const fn states(self) -> &'static [DueState] {
        match self {
            Self::Soon => &[DueState::Soon, DueState::Urgent, DueState::Breached],
            Self::Urgent => &[DueState::Urgent, DueState::Breached],
            Self::Breached => &[DueState::Breached],
        }
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    NewestActivity,
    OldestActivity,
    NewestCase,
    /// What is due first, then what nothing is promised of.
    DueFirst,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::NewestActivity, Self::OldestActivity, Self::NewestCase, Self::DueFirst];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewestActivity => "newest",
            Self::OldestActivity => "oldest",
            Self::NewestCase => "created",
            Self::DueFirst => "due",
        }
    }

    /// The words of the page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NewestActivity => "Newest first",
            Self::OldestActivity => "Oldest first",
            Self::NewestCase => "Newest case first",
            Self::DueFirst => "Due first",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

pub const OPEN: [CaseState; 3] = [CaseState::New, CaseState::Open, CaseState::Waiting];

/// A list that everybody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Mine,
    Unassigned,
    Due,
    Watched,
    Unconfirmed,
    Waiting,
    AllOpen,
    Solved,
    All,
    Team(TeamId),
    Saved(i64),
}

impl View {
    pub const BUILT_IN: [Self; 9] = [
        Self::Mine,
        Self::Unassigned,
        Self::Due,
        Self::Watched,
        Self::Unconfirmed,
        Self::Waiting,
        Self::AllOpen,
        Self::Solved,
        Self::All,
    ];

    /// The word in the address of its page.
    pub fn slug(self) -> String {
        match self {
            Self::Mine => "mine".into(),
            Self::Unassigned => "unassigned".into(),
            Self::Due => "due".into(),
            Self::Watched => "watched".into(),
            Self::Unconfirmed => "unconfirmed".into(),
            Self::Waiting => "waiting".into(),
            Self::AllOpen => "open".into(),
            Self::Solved => "solved".into(),
            Self::All => "all".into(),
            Self::Team(id) => format!("team-{id}"),
            Self::Saved(id) => format!("saved-{id}"),
        }
    }

    pub fn parse(slug: &str) -> Option<Self> {
        if let Some(id) = slug.strip_prefix("team-") {
            return id.parse().ok().map(|id| Self::Team(TeamId(id)));
        }
        if let Some(id) = slug.strip_prefix("saved-") {
            return id.parse().ok().map(Self::Saved);
        }
        Self::BUILT_IN.into_iter().find(|view| view.slug() == slug)
    }

    /// The order that it is shown in, unless somebody chooses another.
    pub const fn sort(self) -> Sort {
        match self {
            Self::Due => Sort::DueFirst,
            _ => Sort::NewestActivity,
        }
    }

    /// The filter it stands for; `None` for a saved one, whose filter is stored.
    pub fn filter(self, me: AgentId) -> Option<Filter> {
        let open = Filter { states: OPEN.to_vec(), ..Filter::default() };
        Some(match self {
            Self::Mine => Filter { assignee: Some(Who::Agent(me)), ..open },
            Self::Unassigned => {
                Filter { assignee: Some(Who::Nobody), states: vec![CaseState::New, CaseState::Open], ..open }
            }
            Self::Due => Filter { due: Some(DueIs::Soon), ..open },
            // Whatever its state: what is written on a solved case concerns those who watch it too.
            Self::Watched => Filter { watched_by: Some(me), ..Filter::default() },
            // Whatever its state: a call of a solved case is confirmed too.
            Self::Unconfirmed => Filter { unconfirmed: true, ..Filter::default() },
            Self::Waiting => Filter { states: vec![CaseState::Waiting], ..open },
            Self::AllOpen => open,
            Self::Solved => Filter { states: vec![CaseState::Solved], ..open },
            Self::All => Filter::default(),
            Self::Team(id) => Filter { team: Some(id), ..open },
            Self::Saved(_) => return None,
        })
    }
}

impl Filter {
    /// Reads what somebody typed. An unknown key or value is an error in words, never ignored.
    pub fn parse(typed: &str, me: AgentId) -> Result<Self, String> {
        let mut filter = Self::default();
        let mut words = String::new();
        for piece in pieces(typed) {
            match piece.split_once(':') {
                Some((key, value)) if is_key(key) && !value.is_empty() => {
                    filter.set(key, value.trim_matches('"'), me)?;
                }
                _ => {
                    words.push_str(piece);
                    words.push(' ');
                }
            }
        }
        // The last word counts as unfinished while no space follows it.
        let words = if typed.ends_with(' ') { words.as_str() } else { words.trim_end() };
        filter.words = Wanted::parse(words);
        Ok(filter)
    }

    /// Narrows this filter by another, as a search within a view.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        if !other.states.is_empty() {
            self.states = other.states;
        }
        self.words = other.words.or(self.words);
        self.assignee = other.assignee.or(self.assignee);
        self.assignee_name = other.assignee_name.or(self.assignee_name);
        self.team = other.team.or(self.team);
        self.team_name = other.team_name.or(self.team_name);
        self.watched_by = other.watched_by.or(self.watched_by);
        self.priority = other.priority.or(self.priority);
        self.kind = other.kind.or(self.kind);
        self.from = other.from.or(self.from);
        self.contact_id = other.contact_id.or(self.contact_id);
        self.organisation = other.organisation.or(self.organisation);
        self.organisation_id = other.organisation_id.or(self.organisation_id);
        self.unconfirmed |= other.unconfirmed;
        self.due = self.due.max(other.due);
        self.verdicts.extend(other.verdicts);
        self.before = other.before.or(self.before);
        self.after = other.after.or(self.after);
        self.tags.extend(other.tags);
        self
    }

    fn set(&mut self, key: &str, value: &str, me: AgentId) -> Result<(), String> {
        let lower = value.to_lowercase();
        if let Some(kind) = VerdictKind::of_key(key) {
            self.verdicts.push((kind, verdict(kind, &lower)?));
            return Ok(());
        }
        match key {
            "from" => self.from = Some(lower),
            "org" => self.organisation = Some(lower),
            "tag" => self.tags.push(lower),
            "status" | "state" if lower == "any" => self.states = CaseState::ALL.to_vec(),
            "status" | "state" => self.states = vec![lower.parse().map_err(|_| choices("status", CaseState::ALL))?],
            "priority" => self.priority = Some(lower.parse().map_err(|_| choices("priority", Priority::ALL))?),
            "kind" => self.kind = Some(lower.parse().map_err(|_| choices("kind", CaseKind::ALL))?),
            "assignee" if lower == "me" => self.assignee = Some(Who::Agent(me)),
            "assignee" if lower == "nobody" => self.assignee = Some(Who::Nobody),
            "assignee" => self.assignee_name = Some(lower),
            "team" => self.team_name = Some(lower),
            "is" if lower == "unconfirmed" => self.unconfirmed = true,
            "is" if lower == "due" => self.due = self.due.max(Some(DueIs::Soon)),
            "is" if lower == "breached" => self.due = Some(DueIs::Breached),
            "is" => return Err("“is:” takes one of unconfirmed, due, breached".into()),
            "before" => self.before = Some(day(value)?),
            "after" => self.after = Some(day(value)?),
            _ => return Err(format!("there is no “{key}:”")),
        }
        Ok(())
    }
}

const KEYS: [&str; 12] =
    ["from", "org", "tag", "status", "state", "priority", "kind", "assignee", "team", "is", "before", "after"];

fn is_key(word: &str) -> bool {
    KEYS.contains(&word) || VerdictKind::of_key(word).is_some()
}

/// What a filter may say of a verdict: its states, with hyphens as people write them.
pub fn verdict_words(kind: VerdictKind) -> Vec<String> {
    kind.states().iter().map(|state| state.as_str().replace('_', "-")).collect()
}

fn verdict(kind: VerdictKind, value: &str) -> Result<VerdictState, String> {
    let word = value.replace(['-', ' '], "_");
    let state = kind.states().iter().copied().find(|state| state.as_str() == word);
    state.ok_or_else(|| choices(kind.key(), &verdict_words(kind)))
}

fn choices(key: &str, all: &[impl std::fmt::Display]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    format!("“{key}:” takes one of {}", all.join(", "))
}

fn day(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z"))
        .ok_or_else(|| format!("“{text}” is not a date such as 2026-11-01"))
}

/// Cuts at spaces outside of quotation marks.
fn pieces(typed: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    typed
        .split(move |c: char| {
            if c == '"' {
                quoted = !quoted;
            }
            c.is_whitespace() && !quoted
        })
        .filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: AgentId = AgentId(7);

    #[test]
    fn words_and_keys_are_told_apart() {
        let filter = Filter::parse(
            "\"no matching\" host from:Anna@X.example org:\"north bay\" status:open before:2026-11-01",
            ME,
        )
        .unwrap();
        assert_eq!(filter.words.unwrap().phrases, ["no matching", "host"]);
        assert_eq!(filter.from.as_deref(), Some("anna@x.example"));
        assert_eq!(filter.organisation.as_deref(), Some("north bay"));
        assert_eq!(filter.states, [CaseState::Open]);
        assert_eq!(filter.before.unwrap().rfc3339(), "2026-11-01T00:00:00Z");
    }

    #[test]
    fn a_colon_in_a_word_is_no_key() {
        let filter = Filter::parse("error:12 https://x.example", ME).unwrap();
        assert_eq!(filter.words.unwrap().phrases, ["error 12", "https x example"]);
    }

    #[test]
    fn a_wrong_value_is_told() {
        assert!(Filter::parse("status:asleep", ME).unwrap_err().contains("new, open, waiting"));
        assert!(Filter::parse("before:soon", ME).unwrap_err().contains("not a date"));
        assert!(Filter::parse("is:late", ME).unwrap_err().contains("unconfirmed"));
    }

    #[test]
    fn what_is_breached_is_due_as_well() {
        assert_eq!(Filter::parse("is:due", ME).unwrap().due, Some(DueIs::Soon));
        assert_eq!(Filter::parse("is:breached is:due", ME).unwrap().due, Some(DueIs::Breached));
        let view = View::Due.filter(ME).unwrap();
        assert_eq!(view.and(Filter::parse("is:breached", ME).unwrap()).due, Some(DueIs::Breached));
    }

    #[test]
    fn what_the_desk_found_is_a_filter_in_its_own_words() {
        let filter = Filter::parse("contract:expired lifecycle:security-only sftp", ME).unwrap();
        let wanted =
            [(VerdictKind::Contract, VerdictState::Expired), (VerdictKind::LifeCycle, VerdictState::SecurityOnly)];
        assert_eq!(filter.verdicts, wanted);
        assert_eq!(
            Filter::parse("upgrade:expired", ME).unwrap_err(),
            "“upgrade:” takes one of current, available",
            "each verdict has states of its own"
        );
        for &kind in VerdictKind::ALL {
            for word in verdict_words(kind) {
                assert!(Filter::parse(&format!("{}:{word}", kind.key()), ME).is_ok(), "{word}");
            }
        }
    }

    #[test]
    fn a_view_is_found_by_its_slug() {
        for view in View::BUILT_IN.into_iter().chain([View::Team(TeamId(3)), View::Saved(9)]) {
            assert_eq!(View::parse(&view.slug()), Some(view));
        }
        assert_eq!(View::parse("team-x"), None);
    }
}
