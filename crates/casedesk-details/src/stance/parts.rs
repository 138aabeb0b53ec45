//! The parts of a sentence, and whether it asks.
use super::{ASKING, BREAKS};
use crate::entities::Entity;
use crate::text::{Kind, Token};

/// Which parts of the sentence are names and "and" alone.
pub(super) fn lists(tokens: &[Token], entities: &[Entity], segment: &[usize]) -> Vec<bool> {
    const LINKS: &[&str] = &[
        "and", "or", "nor", "und", "oder", "et", "ou", "y", "o", "e", "en", "of", "i", "lub", "the", "a", "an", "any",
        "ni", "ein", "eine", "einen", "un", "une", "una", "um", "uma", "een", "kein", "keine", "no",
    ];
    let mut named = vec![false; tokens.len()];
    entities.iter().for_each(|one| named[one.first..one.end].fill(true));
    let count = segment.last().map_or(0, |last| last + 1);
    let (mut only, mut any) = (vec![true; count], vec![false; count]);
    for (at, token) in tokens.iter().enumerate() {
        only[segment[at]] &= named[at] || token.kind == Kind::Mark || token.is_one_of(LINKS);
        any[segment[at]] |= named[at];
    }
    only.into_iter().zip(any).map(|(only, any)| only && any).collect()
}

/// The part of the sentence that each token stands in.
pub(super) fn segments(tokens: &[Token]) -> Vec<usize> {
    let mut segment = 0;
    let mut all = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let spaced_dash = token.is("-") && !token.glued && tokens.get(at + 1).is_some_and(|next| !next.glued);
        let parts = token.is_one_of(&[",", ";", "(", ")", "、", "，", "。", "|"]) || spaced_dash;
        if parts || token.is_one_of(BREAKS) {
            segment += 1;
        }
        all.push(segment);
    }
    all
}

/// 0 no question, 1 a short doubt ("5.2?"), 2 a question to us.
pub(super) fn question(tokens: &[Token], key_end: usize) -> u8 {
    const SHORT: usize = 6;
    let value = tokens.get(key_end..).unwrap_or_default();
    let Some(last) = value.iter().rposition(|token| token.is_one_of(&["?", "？"])) else { return 0 };
    if value[last..].iter().any(Token::says_something) && last > 0 && value.len() > last + 3 {
        return u8::from(value.len() <= SHORT);
    }
    let first = value.iter().find(|token| token.says_something());
    if first.is_some_and(|token| ASKING.contains(&token.word.as_str())) && value.len() > 2 { 2 } else { 1 }
}
