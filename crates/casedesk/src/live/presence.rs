//! Who else is at a case, as one socket knows it from what the others say.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cases::CaseId;
use crate::staff::AgentId;

/// After this long without a word somebody has stopped typing.
const TYPING: Duration = Duration::from_secs(8);
/// After this long without a word somebody is gone.
const HERE: Duration = Duration::from_secs(50);
/// The most people shown at one case.
const MOST: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Doing {
    Looking,
    Typing,
    Gone,
}

/// What a socket tells the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Word {
    pub(super) case: CaseId,
    pub(super) socket: String,
    pub(super) agent: AgentId,
    pub(super) name: String,
    pub(super) doing: Doing,
    /// Just come: the others say in turn that they are here.
    pub(super) hello: bool,
}

/// One of the others, as the page shows them.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Other {
    id: AgentId,
    name: String,
    initials: String,
    doing: Doing,
}

/// The others at the case that this socket is at.
#[derive(Default)]
pub(super) struct Others(BTreeMap<String, (Word, Instant)>);

impl Others {
    /// Takes in a word; whether something changed for the eye.
    pub(super) fn hear(&mut self, word: Word, now: Instant) -> bool {
        if word.doing == Doing::Gone {
            return self.0.remove(&word.socket).is_some();
        }
        if self.0.len() >= MOST && !self.0.contains_key(&word.socket) {
            return false;
        }
        let doing = word.doing;
        self.0.insert(word.socket.clone(), (word, now)).is_none_or(|(old, _)| old.doing != doing)
    }

    /// Forgets those who have gone silent; whether something changed for the eye.
    pub(super) fn forget(&mut self, now: Instant) -> bool {
        let before = self.0.len();
        self.0.retain(|_, (_, heard)| now.duration_since(*heard) < HERE);
        let mut changed = self.0.len() != before;
        for (word, heard) in self.0.values_mut() {
            if word.doing == Doing::Typing && now.duration_since(*heard) >= TYPING {
                word.doing = Doing::Looking;
                changed = true;
            }
        }
        changed
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Each person once, however many pages they have open; not the viewer.
    pub(super) fn shown(&self, me: AgentId) -> Vec<Other> {
        let mut all: BTreeMap<AgentId, Other> = BTreeMap::new();
        for (word, _) in self.0.values().filter(|(word, _)| word.agent != me) {
            let initials = word.name.split_whitespace().filter_map(|w| w.chars().next()).take(2).collect();
            let other = Other { id: word.agent, name: word.name.clone(), initials, doing: word.doing };
            let entry = all.entry(word.agent).or_insert(other);
            if word.doing == Doing::Typing {
                entry.doing = Doing::Typing;
            }
        }
        all.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(agent: i64, socket: &str, doing: Doing) -> Word {
        let name = "Aoife Ní Bhriain".to_owned();
        Word { case: CaseId(1), socket: socket.into(), agent: AgentId(agent), name, doing, hello: false }
    }

    #[test]
    fn somebody_with_two_pages_is_shown_once_and_typing_wins() {
        let (mut others, now) = (Others::default(), Instant::now());
        assert!(others.hear(word(1, "a", Doing::Looking), now));
        assert!(others.hear(word(1, "b", Doing::Typing), now));
        assert!(!others.hear(word(1, "b", Doing::Typing), now));
        let shown = others.shown(AgentId(2));
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].doing, shown[0].initials.as_str()), (Doing::Typing, "AN"));
        assert_eq!(others.shown(AgentId(1)), []);
    }

    #[test]
    fn typing_ends_in_silence_and_so_does_presence() {
        let (mut others, now) = (Others::default(), Instant::now());
        others.hear(word(1, "a", Doing::Typing), now);
        assert!(others.forget(now + TYPING));
        assert_eq!(others.shown(AgentId(2))[0].doing, Doing::Looking);
        assert!(others.forget(now + HERE));
        assert!(others.shown(AgentId(2)).is_empty());
    }
}
