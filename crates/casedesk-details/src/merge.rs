//! Settling what was said twice, more exactly, or in contradiction.
use std::collections::HashMap;

use crate::words::technology::ANY_AVAILABILITY;
use crate::{Confidence, Context, Field, Proposal};

/// One list without repetitions: contradictions are unsure, and a single installation has no name.
pub(crate) fn settled(raw: Vec<Proposal>, context: &Context, most: usize) -> Vec<Proposal> {
    let mut found = without_labels_of_one(raw);
    found = without_repetitions(found);
    found = without_the_general(found);
    doubt_contradictions(&mut found);
    for one in &mut found {
        let known =
            context.known.iter().any(|known| known.field == one.field && known.value == one.value && one.present);
        if known {
            one.why = "as it is known already";
        }
    }
    found.sort_by_key(|one| one.source.range.start);
    found.truncate(most);
    found
}

/// Names of installations matter only where there are several.
fn without_labels_of_one(mut raw: Vec<Proposal>) -> Vec<Proposal> {
    let mut labels: Vec<String> = raw.iter().filter_map(|one| one.installation.clone()).collect();
    labels.sort_unstable();
    labels.dedup();
    if labels.len() < 2 {
        raw.iter_mut().for_each(|one| one.installation = None);
    }
    raw
}

/// The surest of each value; of two as sure, the first.
fn without_repetitions(raw: Vec<Proposal>) -> Vec<Proposal> {
    type Identity = (Option<String>, Field, String, bool, Option<String>);
    let mut places: HashMap<Identity, usize> = HashMap::new();
    let mut found: Vec<Proposal> = Vec::new();
    for one in raw {
        let identity = (one.installation.clone(), one.field, one.value.clone(), one.present, one.product.clone());
        match places.get(&identity) {
            Some(place) if found[*place].confidence < one.confidence => found[*place] = one,
            Some(_) => {}
            None => {
                places.insert(identity, found.len());
                found.push(one);
            }
        }
    }
    found
}

/// "firewall" says nothing beside "firewall (Palo Alto)", nor "Windows" beside "Windows Server".
fn without_the_general(found: Vec<Proposal>) -> Vec<Proposal> {
    const MOST: usize = 400;
    let mut found = found;
    found.truncate(MOST);
    let keep: Vec<bool> = found
        .iter()
        .map(|one| {
            !found.iter().any(|other| {
                let same_place = other.field == one.field
                    && (other.installation == one.installation
                        || one.installation.is_none()
                        || other.installation.is_none());
                same_place
                    && other.present
                    && other.confidence != Confidence::Unsure
                    && is_more_exact(&other.value, one)
            })
        })
        .collect();
    let mut keep = keep.into_iter();
    found.retain(|_| keep.next().unwrap_or(false));
    found
}

fn is_more_exact(other: &str, one: &Proposal) -> bool {
    let value = one.value.as_str();
    if other == value || !one.present {
        return false;
    }
    let made = other.strip_prefix(value).is_some_and(|rest| rest.starts_with(" ("));
    match one.field {
        Field::Integrations => made || (value == "single sign-on" && matches!(other, "SAML" | "OIDC")),
        Field::Protocols => made || (value == "HTTP" && other == "HTTPS" && one.confidence != Confidence::Sure),
        Field::OsName => (value == "Windows" && other == "Windows Server") || (value == "Linux" && other != "Linux"),
        Field::OsVersion | Field::ProductVersion => {
            other.strip_prefix(value).is_some_and(|rest| rest.starts_with(['.', ' ']))
        }
        Field::HighAvailability => {
            value == ANY_AVAILABILITY && other != "none"
                || (value == "cluster" && (other.starts_with("active-") || other.ends_with(" nodes")))
        }
        Field::Database | Field::Runtime => {
            other.strip_prefix(value).is_some_and(|rest| rest.starts_with([' ', '.']))
                || (value == "Java" && other.contains("J"))
        }
        _ => false,
    }
}

/// Two values of what has one, or something that is there and not there.
fn doubt_contradictions(found: &mut [Proposal]) {
    let mut best: HashMap<(Option<String>, Field, Option<String>), Vec<usize>> = HashMap::new();
    for (at, one) in found.iter().enumerate() {
        if one.field.is_set() && one.field != Field::HighAvailability || one.confidence == Confidence::Unsure {
            continue;
        }
        best.entry((one.installation.clone(), one.field, one.product.clone())).or_default().push(at);
    }
    let mut doubted = Vec::new();
    for ((_, field, _), places) in best {
        let sure = places.iter().map(|at| found[*at].confidence).max();
        let surest: Vec<usize> = places.iter().copied().filter(|at| Some(found[*at].confidence) == sure).collect();
        let contradicts = match field {
            Field::HighAvailability => places.len() > 1 && places.iter().any(|at| found[*at].value == "none"),
            _ => places.len() > 1,
        };
        if contradicts {
            let keep = surest.len() == 1;
            doubted.extend(places.into_iter().filter(|at| !(keep && *at == surest[0])));
        }
    }
    let denied: Vec<(Option<String>, Field, String)> = found
        .iter()
        .filter(|one| !one.present)
        .map(|one| (one.installation.clone(), one.field, one.value.clone()))
        .collect();
    for (at, one) in found.iter().enumerate() {
        let both = one.present && denied.contains(&(one.installation.clone(), one.field, one.value.clone()));
        if both {
            doubted.push(at);
            let is_denial = |(_, other): &(usize, &Proposal)| {
                !other.present && other.value == one.value && other.field == one.field
            };
            doubted.extend(found.iter().enumerate().filter(is_denial).map(|(place, _)| place));
        }
    }
    for at in doubted {
        found[at].confidence = Confidence::Unsure;
        found[at].why = "the answer says more than one thing of it";
    }
}
