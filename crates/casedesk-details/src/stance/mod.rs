//! How something is meant: affirmed, denied, doubted, or said of a plan, the past or another machine.
mod parts;

use crate::Field;
use crate::entities::{Entity, What};
use crate::text::{Kind, Token};
use crate::words::cues::{Cue, cues};
use parts::{lists, question, segments};

/// How an entity is meant, and the words that say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    Affirmed,
    Denied,
    Doubted(&'static str),
    /// Nothing is proposed.
    Dropped,
}

/// First words of questions to us.
pub(crate) const ASKING: &[&str] = &[
    "do",
    "does",
    "did",
    "is",
    "are",
    "can",
    "could",
    "would",
    "should",
    "will",
    "shall",
    "may",
    "which",
    "what",
    "when",
    "why",
    "how",
    "where",
    "who",
    "have",
    "has",
    "gibt",
    "ist",
    "sind",
    "kann",
    "konnen",
    "können",
    "sollen",
    "wird",
    "wann",
    "welche",
    "wie",
    "warum",
    "was",
    "unterstutzt",
    "unterstützt",
    "est-ce",
    "est",
    "peut",
    "pouvez",
    "faut",
    "quand",
    "quelle",
    "quel",
    "comment",
    "pueden",
    "puede",
    "podemos",
    "es",
    "cuando",
    "cual",
    "debemos",
    "possiamo",
    "potete",
    "quando",
    "quale",
    "kunnen",
    "kunt",
    "wanneer",
    "welke",
    "moeten",
    "podemos",
    "qual",
    "devemos",
    "czy",
    "kiedy",
    "jak",
    "or",
    "and",
    "so",
];

/// With one of these begins what is said of somebody else.
const ARTICLES: &[&str] =
    &["the", "our", "die", "unsere", "les", "nos", "los", "las", "nuestros", "i", "gli", "os", "onze"];

/// Words that part a sentence in two.
const BREAKS: &[&str] = &[
    "but",
    "while",
    "whereas",
    "although",
    "however",
    "though",
    "aber",
    "mais",
    "pero",
    "ma",
    "maar",
    "mas",
    "ale",
    "wahrend",
    "mientras",
    "mentre",
    "terwijl",
    "enquanto",
    "natomiast",
    "jedoch",
];

pub(crate) struct Sentence<'a> {
    tokens: &'a [Token],
    entities: &'a [Entity],
    cues: Vec<(Cue, usize, usize)>,
    /// The part of the sentence that each token stands in.
    segment: Vec<usize>,
    /// Which of those parts are names and "and" alone.
    lists: Vec<bool>,
    /// 0 none, 1 a short doubt ("5.2?"), 2 a question to us.
    question: u8,
    client: bool,
}

impl<'a> Sentence<'a> {
    pub(crate) fn new(tokens: &'a [Token], entities: &'a [Entity], key_end: usize, client: bool) -> Self {
        let is_taken = |at: usize| entities.iter().any(|entity| (entity.first..entity.end).contains(&at));
        // Phrases may reach over an entity's words ("domain controller"), but not begin within one.
        let mut taken = vec![false; tokens.len()];
        entities
            .iter()
            .filter(|one| !matches!(one.what, What::Thing(..)))
            .for_each(|one| taken[one.first..one.end].fill(true));
        let mut found: Vec<(Cue, usize, usize)> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match cues().at(tokens, at).filter(|_| !taken[at]) {
                Some((cue, end)) if !(is_taken(at) && end - at == 1) => {
                    found.push((cue, at, end));
                    at = end;
                }
                _ => at += 1,
            }
        }
        let programs = entities.iter().filter(|one| matches!(one.what, What::ClientProgram));
        found.extend(programs.map(|one| (Cue::Client, one.first, one.end)));
        found.sort_by_key(|(_, first, _)| *first);
        let owned = |at: usize, found: &[(Cue, usize, usize)]| {
            found.iter().any(|(cue, _, end)| matches!(cue, Cue::Elsewhere | Cue::Client) && *end <= at && at - end <= 2)
        };
        let snapshot = found.clone();
        found.retain(|(cue, first, _)| *cue != Cue::Server || !owned(*first, &snapshot));
        let (segment, question) = (segments(tokens), question(tokens, key_end));
        let lists = lists(tokens, entities, &segment);
        Sentence { tokens, entities, cues: found, segment, lists, question, client }
    }

    pub(crate) fn of(&self, entity: &Entity) -> Stance {
        let Some(field) = entity.field() else { return Stance::Dropped };
        if self.question == 2 || self.is_planned(entity) || self.is_past(entity) {
            return Stance::Dropped;
        }
        let is_version = matches!(entity.what, What::System(_) | What::Version(..));
        let of_a_machine = is_version || matches!(field, Field::OsArchitecture | Field::Runtime);
        if of_a_machine && self.is_elsewhere(entity) {
            return Stance::Dropped;
        }
        match self.change(entity) {
            Some(stance) if is_version => return stance,
            _ => {}
        }
        if self.is_denied(entity) {
            let names = is_version || field == Field::OsArchitecture;
            return if names { Stance::Dropped } else { Stance::Denied };
        }
        if self.is_doubted(entity) {
            return Stance::Doubted("the sentence is in doubt");
        }
        if self.question == 1 {
            return Stance::Doubted("there is a question mark");
        }
        if self.is_alternative(entity, field) {
            return Stance::Doubted("one of several was named");
        }
        Stance::Affirmed
    }

    fn segment_of(&self, at: usize) -> usize {
        self.segment.get(at).copied().unwrap_or(0)
    }

    fn all(&self, cue: Cue) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.cues.iter().filter(move |(one, ..)| *one == cue).map(|(_, first, end)| (*first, *end))
    }

    fn is_between(&self, cue: Cue, from: usize, to: usize) -> bool {
        self.all(cue).any(|(first, _)| (from..to).contains(&first))
    }

    fn is_broken(&self, from: usize, to: usize) -> bool {
        self.tokens.get(from..to).unwrap_or_default().iter().any(|token| token.is_one_of(BREAKS) || token.is(";"))
    }

    fn is_denied(&self, entity: &Entity) -> bool {
        let here = self.segment_of(entity.first);
        let is_version = matches!(entity.what, What::System(_) | What::Version(..));
        let direct = self.all(Cue::No).filter(|(first, end)| *end <= entity.first && self.segment_of(*first) == here);
        let mut direct = direct.filter(|(first, end)| {
            let portuguese = is_version && self.tokens[*first].is("no") && end - first == 1;
            !portuguese && !self.is_between(Cue::But, *end, entity.first) && !self.is_interjection(*end)
        });
        if direct.next().is_some() || self.is_not(entity) {
            return true;
        }
        let switched_off = self.all(Cue::NotAfter).any(|(first, end)| {
            let begins = !self.entities.iter().any(|one| one.end <= first && self.segment_of(one.first) == here);
            let and_on = self.is_between(Cue::But, end, entity.first.max(end));
            end <= entity.first && self.segment_of(first) == here && begins && !and_on
        });
        if switched_off {
            return true;
        }
        self.is_denied_after(entity) || (!is_version && self.list_is_denied(entity))
    }

    /// "No, …"
    fn is_interjection(&self, end: usize) -> bool {
        self.tokens.get(end).is_none_or(|token| token.is_one_of(&[",", ".", ";", ":"]))
    }

    /// "not using LDAP", "not LDAP", "don't have a proxy".
    fn is_not(&self, entity: &Entity) -> bool {
        const REACH: usize = 3;
        let here = self.segment_of(entity.first);
        self.all(Cue::Not).filter(|(first, end)| *end <= entity.first && self.segment_of(*first) == here).any(
            |(_, end)| {
                let near = entity.first - end <= REACH;
                let used =
                    self.cues.iter().any(|(cue, first, _)| *cue == Cue::Use && (end..end + REACH).contains(first));
                let at_once = entity.first == end || (near && used);
                let others = self.entities.iter().any(|one| (end..entity.first).contains(&one.first));
                (at_once || (used && others)) && !self.is_between(Cue::But, end, entity.first)
            },
        )
    }

    /// "… is disabled": what stands before in this part, and the bare list before it.
    fn is_denied_after(&self, entity: &Entity) -> bool {
        let here = self.segment_of(entity.first);
        self.all(Cue::NotAfter).filter(|(first, _)| *first >= entity.end).any(|(first, end)| {
            // "TLS 1.3 off", but not "… takes off".
            if end - first == 1 && self.tokens[first].is("off") {
                return first == entity.end;
            }
            let there = self.segment_of(first);
            if there == here {
                return !self.is_between(Cue::But, entity.end, first);
            }
            let joined = self
                .cues
                .iter()
                .any(|(cue, at, _)| matches!(cue, Cue::And | Cue::Or) && self.segment_of(*at) == there && *at < first);
            joined && (here..there).all(|segment| self.is_list(segment))
        })
    }

    /// "no LDAP, AD or SSO": the list that a denial begins.
    fn list_is_denied(&self, entity: &Entity) -> bool {
        let here = self.segment_of(entity.first);
        let mut from = here;
        while from > 0 && self.is_list(from) {
            from -= 1;
            let Some((_, end)) = self.all(Cue::No).find(|(first, _)| self.segment_of(*first) == from) else { continue };
            if self.is_interjection(end) || self.is_between(Cue::But, end, entity.first) {
                return false;
            }
            let last = (from + 1..).take_while(|segment| self.is_list(*segment)).last().unwrap_or(here);
            return self.all(Cue::Or).any(|(at, _)| (from..=last).contains(&self.segment_of(at)));
        }
        false
    }

    fn is_list(&self, segment: usize) -> bool {
        self.lists.get(segment).copied().unwrap_or(false)
    }

    fn is_doubted(&self, entity: &Entity) -> bool {
        let here = self.segment_of(entity.first);
        let before = self.all(Cue::Doubt).any(|(first, end)| {
            let forward = end <= entity.first && !self.is_broken(end, entity.first);
            forward
                || (first >= entity.end && self.segment_of(first) == here)
                || (first >= entity.end
                    && self.segment_of(first) == here + 1
                    && self.ends_at(end)
                    && self.begins_segment(first))
        });
        let after = self.all(Cue::DoubtAfter).any(|(first, _)| {
            let there = self.segment_of(first);
            there == here
                || (there == here + 1 && self.begins_segment(first))
                || (first > entity.first && there <= here + 2 && self.begins_segment(first))
        });
        before || after
    }

    /// Whether it is all that its part of the sentence says.
    fn begins_segment(&self, at: usize) -> bool {
        const FEW: usize = 4;
        at.checked_sub(FEW).is_none_or(|before| self.segment_of(before) < self.segment_of(at))
    }

    pub(crate) fn names_server(&self) -> bool {
        self.all(Cue::Server).next().is_some() && self.all(Cue::Client).next().is_none()
    }

    fn ends_at(&self, at: usize) -> bool {
        self.tokens.get(at..).unwrap_or_default().iter().all(|token| token.kind == Kind::Mark)
    }

    fn is_planned(&self, entity: &Entity) -> bool {
        if self.preceded_by(entity, Cue::From) {
            return false;
        }
        let here = self.segment_of(entity.first);
        let before = self.all(Cue::Plan).any(|(_, end)| {
            end <= entity.first && !self.is_broken(end, entity.first) && !self.is_between(Cue::Now, end, entity.first)
        });
        before || self.all(Cue::PlanAfter).any(|(first, _)| self.segment_of(first) == here)
    }

    fn is_past(&self, entity: &Entity) -> bool {
        let here = self.segment_of(entity.first);
        self.all(Cue::Past).any(|(first, end)| {
            // "was" alone tells little: "(was 2012 R2)", but not "was installed on".
            let weak = end - first == 1 && self.tokens[first].is_one_of(&["was", "war", "etait", "era"]);
            (!weak || entity.first <= end + 1)
                && end <= entity.first
                && self.segment_of(end - 1) == here
                && !self.is_between(Cue::Now, end, entity.first)
        })
    }

    /// "from 5.0 to 5.1": what is past, what is current, what may be.
    fn change(&self, entity: &Entity) -> Option<Stance> {
        let back = self.all(Cue::Back).next();
        if let Some((first, _)) = back {
            let left = entity.first < first || self.preceded_by(entity, Cue::From);
            return if left { Some(Stance::Dropped) } else { None };
        }
        let named = self.all(Cue::Change).next();
        let fails = self.all(Cue::Fails).next().is_some() && named.is_some();
        let done = self.all(Cue::Changed).next().is_some() && !fails;
        if !done && named.is_none() {
            return None;
        }
        let planned = self.all(Cue::Plan).next().is_some();
        if self.preceded_by(entity, Cue::From) {
            return Some(if planned || fails { Stance::Affirmed } else { Stance::Dropped });
        }
        let begun = self.all(Cue::Change).chain(self.all(Cue::Changed)).any(|(first, _)| first < entity.first);
        if !begun || !self.preceded_by(entity, Cue::To) {
            return None;
        }
        if fails {
            return Some(Stance::Dropped);
        }
        let since = named.is_some_and(|(first, _)| {
            self.all(Cue::Since).chain(self.all(Cue::To)).any(|(_, end)| end <= first && first - end <= 2)
        });
        if done || since { None } else { Some(Stance::Doubted("it may be a change that is still to come")) }
    }

    /// Whether "from" or "to" stands before it, articles and the word "version" apart.
    fn preceded_by(&self, entity: &Entity, cue: Cue) -> bool {
        const BETWEEN: &[&str] = &[
            "version",
            "v",
            "the",
            "a",
            "an",
            "release",
            "versione",
            "versie",
            "wersji",
            "old",
            "new",
            "la",
            "die",
            "der",
            "dem",
            "ferrywell",
        ];
        let mut at = entity.first;
        for _ in 0..4 {
            let Some(previous) = at.checked_sub(1) else { return false };
            if self.cues.iter().any(|(one, first, end)| *one == cue && (*first..*end).contains(&previous)) {
                return true;
            }
            let product = self
                .entities
                .iter()
                .find(|one| matches!(one.what, What::Product) && (one.first..one.end).contains(&previous));
            match product {
                Some(product) => at = product.first,
                None if self.tokens[previous].is_one_of(BETWEEN) => at = previous,
                None => return false,
            }
        }
        false
    }

    /// Whether the nearest word about whose machine it is says that it is not the server.
    fn is_elsewhere(&self, entity: &Entity) -> bool {
        const NEAR: usize = 8;
        let about = |cue: &Cue| matches!(cue, Cue::Client | Cue::Elsewhere | Cue::Server);
        let here = self.segment_of(entity.first);
        let own =
            |(cue, first, end): &&(Cue, usize, usize)| about(cue) && (*end <= entity.first || *first >= entity.end);
        let in_segment = |(_, first, _): &&(Cue, usize, usize)| self.segment_of(*first) == here;
        let before = self.cues.iter().filter(own).filter(in_segment).rfind(|(_, _, end)| *end <= entity.first);
        let next_entity = self.entities.iter().find(|one| one.first >= entity.end && one.field() == entity.field());
        let after = self.cues.iter().filter(own).filter(in_segment).find(|(cue, first, _)| {
            *first >= entity.end
                && *first - entity.end <= NEAR
                && *cue != Cue::Server
                && !self.tokens[entity.end].is_one_of(ARTICLES)
                && !self.tokens[*first].is_one_of(&["next", "beside", "neben", "release", "instead"])
                && next_entity.is_none_or(|next| *first < next.first)
                && !self.tokens.get(entity.end..*first).unwrap_or_default().iter().any(|token| {
                    token.is_one_of(&[
                        "for", "fur", "pour", "para", "per", "voor", "dla", "and", "und", "et", "y", "e", "our", "to",
                        "from",
                    ])
                })
        });
        let is_named = matches!(entity.what, What::Version(..))
            && entity.first.checked_sub(1).is_some_and(|at| {
                self.entities.iter().any(|one| matches!(one.what, What::Product) && (one.first..one.end).contains(&at))
            });
        if is_named && before.is_none_or(|(_, _, end)| entity.first - end > 2) {
            return false;
        }
        match (before, after) {
            (Some((cue, ..)), None) => *cue != Cue::Server,
            (_, Some(_)) => {
                before.is_none_or(|(cue, ..)| *cue != Cue::Server) || entity.field() == Some(Field::Runtime)
            }
            (None, None) => {
                let earlier = self.cues.iter().filter(own).rfind(|(_, _, end)| *end <= entity.first);
                earlier.map_or(self.client, |(cue, ..)| *cue != Cue::Server)
            }
        }
    }

    /// "5.1 or 5.2"
    fn is_alternative(&self, entity: &Entity, field: Field) -> bool {
        !field.is_set()
            && self.all(Cue::Or).any(|(first, end)| {
                let near = |one: &Entity| one.field() == Some(field) && (one.first == end || one.end == first);
                let other = self.entities.iter().filter(|one| near(one)).count();
                other == 2 && near(entity)
            })
    }
}
