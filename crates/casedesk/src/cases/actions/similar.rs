//! Cases like this one: what else was said in the same rare words.
use std::collections::BTreeMap;

use crate::cases::rules;
use crate::cases::store::{self, Case, CaseInShort};
use crate::cases::{CaseId, CasesError};
use crate::desk::Desk;
use crate::search;
use crate::staff::Viewer;

/// How many newest texts with each word are looked at.
const EACH: i64 = 200;
/// How many hits are weighed as cases, and how many are shown.
const WEIGHED: usize = 40;
const SHOWN: usize = 5;

/// The cases most like this one that the viewer may see, the likest first. It looks at few texts, however many there
/// are.
pub async fn similar(desk: &Desk, by: &Viewer, case: &Case) -> Result<Vec<CaseInShort>, CasesError> {
    let said = store::first_words(desk.db(), &[case.id]).await?;
    let words = rules::telling_words(&case.subject, said.first().map_or("", |(_, text)| text.as_str()));
    let mut hits = Vec::with_capacity(words.len());
    for word in &words {
        hits.push(search::owners_of_word(desk.db(), word, EACH).await?);
    }
    let most = usize::try_from(EACH).unwrap_or(usize::MAX);
    let likest: Vec<CaseId> =
        rules::likest(&hits, most).into_iter().filter(|id| *id != case.id.0).take(WEIGHED).map(CaseId).collect();
    let shown: BTreeMap<CaseId, CaseInShort> =
        store::shown_as(desk.db(), &likest, &by.hidden_teams).await?.into_iter().collect();
    let mut found: Vec<CaseInShort> = Vec::new();
    for id in likest {
        let Some(other) = shown.get(&id).filter(|other| other.id != case.id) else { continue };
        if found.len() < SHOWN && found.iter().all(|known| known.id != other.id) {
            found.push(other.clone());
        }
    }
    Ok(found)
}
