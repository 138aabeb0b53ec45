//! Which installation is spoken of, where an answer tells of several.
use crate::entities::{Entity, What};
use crate::text::{Kind, Token};
use crate::words::roles::{BEFORE_ROLE, SYSTEM_WORDS, roles};

/// The installation of each entity, and the roles that were named.
pub(crate) struct Labels {
    pub(crate) of: Vec<Option<String>>,
    /// Role, first token, token after.
    pub(crate) roles: Vec<(&'static str, usize, usize)>,
    /// What a next sentence that goes on ("It runs …") is about.
    pub(crate) last: Option<String>,
}

const GOES_ON: &[&str] =
    &["it", "its", "there", "that", "this", "es", "er", "dort", "il", "elle", "ello", "esso", "het", "ele", "ela"];
const ALL: &[&str] = &[
    "both",
    "each",
    "all",
    "everywhere",
    "beide",
    "beiden",
    "jeweils",
    "ambos",
    "ambas",
    "entrambi",
    "oba",
    "obie",
    "両",
    "alle",
    "tous",
    "todos",
];
const CLAUSES: &[&str] = &[
    ",", ";", "and", "und", "et", "y", "e", "en", "i", "while", "whereas", "、", "but", "aber", "wahrend", "mais",
    "oraz",
];

/// `of_piece` is what a heading or the head of a column says, `before` what the sentence before was about.
pub(crate) fn labels(
    tokens: &[Token],
    entities: &[Entity],
    key_end: usize,
    of_piece: Option<&String>,
    before: Option<&String>,
    asked: bool,
) -> Labels {
    let found = named_roles(tokens, entities, key_end, asked);
    let all = tokens.iter().position(|token| token.is_one_of(ALL));
    let mut distinct: Vec<&str> = found.iter().map(|(role, ..)| *role).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let whole = |label: Option<String>| vec![label; entities.len()];
    let of = match (distinct.as_slice(), of_piece) {
        ([], Some(label)) => whole(Some(label.clone())),
        ([], None) => {
            let goes_on =
                tokens.iter().find(|token| token.says_something()).is_some_and(|token| token.is_one_of(GOES_ON));
            whole(before.filter(|_| goes_on).cloned())
        }
        ([_], Some(label)) => whole(Some(label.clone())),
        ([role], None) => whole(Some((*role).to_owned())),
        _ => by_clause(tokens, entities, &found),
    };
    let of: Vec<Option<String>> = of
        .into_iter()
        .zip(entities)
        .map(|(label, entity)| label.filter(|_| all.is_none_or(|all| entity.first < all)))
        .collect();
    let last = of.last().cloned().flatten().or_else(|| found.last().map(|(role, ..)| (*role).to_owned()));
    Labels { of, roles: found, last }
}

/// Roles that are said of a system: "production runs", "in test", "(UAT)"; not "we tested", "a test file".
fn named_roles(
    tokens: &[Token],
    entities: &[Entity],
    key_end: usize,
    asked: bool,
) -> Vec<(&'static str, usize, usize)> {
    let taken = |at: usize| entities.iter().any(|entity| (entity.first..entity.end).contains(&at));
    let all: Vec<_> = roles().all(tokens).into_iter().filter(|(_, first, _)| !taken(*first)).collect();
    let is_meant = |(role, first, end): &(&'static str, usize, usize)| {
        let word = tokens[*first].word.as_str();
        let before = first.checked_sub(1).map(|at| &tokens[at]);
        let after = tokens.get(*end);
        if *role == "disaster recovery" && before.is_some_and(|before| before.is_one_of(&["as", "als", "for"])) {
            return false; // one node of several, "as DR"
        }
        let is_mark = |token: &Token| token.is_one_of(&["(", ")", ":", "：", "=", ",", ".", "、", "。", "/"]);
        let closed =
            after.is_none_or(|after| is_mark(after) || after.is_one_of(&["und", "and", "et", "y", "e", "en", "i"]));
        let is_one_word =
            word.len() > 8 || matches!(word, "prod" | "prd" | "uat" | "preprod" | "produktiv" | "recette");
        let compound = ["system", "systeem", "umgebung", "server", "instanz", "omgeving"]
            .iter()
            .any(|end| word.len() > end.len() + 2 && word.ends_with(end));
        let cjk = tokens[*first].kind == Kind::Cjk && end - first >= 3;
        cjk || compound
            || after.is_some_and(|after| after.is_one_of(SYSTEM_WORDS) && !is_verb(tokens, *first))
            || (closed && before.is_some_and(|before| before.is_one_of(BEFORE_ROLE) || is_mark(before)))
            || (before.is_none() && after.is_none_or(|after| is_mark(after) || after.kind == Kind::Number))
            || (is_one_word && before.is_none_or(|before| before.is_one_of(BEFORE_ROLE) || is_mark(before)))
            || (*first < key_end)
            || (asked && tokens.len() - key_end <= 4)
            || (before.is_some_and(|before| before.is_one_of(&["for", "in"])) && tokens[*first].word.len() >= 7)
            || after.is_some_and(|after| after.kind == Kind::Number && after.word.contains('.'))
    };
    let meant: Vec<bool> = all.iter().map(is_meant).collect();
    // "in production 5.1 and in test 5.2": where one is meant, another is with less.
    let several = all.iter().zip(&meant).any(|(_, meant)| *meant);
    let introduced = |at: &usize| {
        let (role, first, _) = all[*at];
        let before =
            first.checked_sub(1).is_some_and(|before| tokens[before].is_one_of(&["in", "en", "im", "em", "w", "auf"]));
        several && before && all.iter().zip(&meant).any(|((other, ..), meant)| *meant && *other != role)
    };
    // "production and test": one that is meant vouches for its neighbour.
    let neighbour = |at: usize, other: usize| {
        meant.get(other) == Some(&true) && all[at].1.max(all[other].1) - all[at].2.min(all[other].2) <= 2
    };
    (0..all.len())
        .filter(|at| {
            meant[*at]
                || introduced(at)
                || (*at > 0 && neighbour(*at, at - 1))
                || (at + 1 < all.len() && neighbour(*at, at + 1))
        })
        .map(|at| all[at])
        .collect()
}

/// "to test on", "we test and", "live on": verbs.
fn is_verb(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |at| tokens[at].word.as_str());
    let verb = matches!(
        tokens[at].word.as_str(),
        "test" | "live" | "tests" | "stage" | "lab" | "qa" | "acc" | "develop" | "testing"
    );
    verb && matches!(before, "to" | "we" | "i" | "you" | "they" | "can" | "please" | "could" | "will" | "a" | "another")
}

/// Each clause belongs to the role in it; one without a role to the role before it, or the one behind it
/// where roles come last.
fn by_clause(tokens: &[Token], entities: &[Entity], found: &[(&'static str, usize, usize)]) -> Vec<Option<String>> {
    let mut clause = 0;
    let mut clause_of = Vec::with_capacity(tokens.len());
    let mut within = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        within = match token.word.as_str() {
            "(" => within + 1,
            ")" => within.saturating_sub(1),
            _ => within,
        };
        let inside = entities.iter().any(|entity| entity.first < at && at < entity.end);
        let slash = token.is("/") && !token.glued;
        if (token.is_one_of(CLAUSES) || slash) && within == 0 && !inside {
            clause += 1;
        }
        clause_of.push(clause);
    }
    let role_in =
        |clause: usize| found.iter().find(|(_, first, _)| clause_of[*first] == clause).map(|(role, ..)| *role);
    let has_value = |entity: &&Entity| {
        matches!(entity.what, What::System(_) | What::Version(..) | What::Thing(..) | What::Nodes(_))
    };
    let first_entity = entities.iter().find(has_value).map_or(0, |entity| entity.first);
    // "production and test both run 5.1": roles side by side before all else are about the same.
    let side_by_side = found.iter().all(|(_, first, _)| *first < first_entity);
    let last_but_one = found.len().checked_sub(2).map_or(0, |at| found[at].2);
    if side_by_side && found.last().is_some_and(|last| last.1 - last_but_one <= 3) {
        return vec![None; entities.len()];
    }
    let leads = role_in(clause_of[first_entity]).is_some() || found[0].1 < first_entity;
    entities
        .iter()
        .map(|entity| {
            let own = clause_of[entity.first];
            let role = if leads {
                (0..=own).rev().find_map(role_in)
            } else {
                (own..=clause).find_map(role_in).or_else(|| (0..=own).rev().find_map(role_in))
            };
            role.map(str::to_owned)
        })
        .collect()
}
