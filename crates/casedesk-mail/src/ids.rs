//! Message identifiers (RFC 5322 section 3.6.4).

/// More ids than this are not kept: the newest decide.
const MAX_IDS: usize = 200;
const MAX_ID_BYTES: usize = 998;

/// The ids of a References or In-Reply-To field, without angle brackets, in their order.
pub(crate) fn parse(input: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = input;
    while let Some((_, after)) = rest.split_once('<') {
        let end = after.find(['>', '<']).unwrap_or(after.len());
        let (id, tail) = after.split_at(end);
        found.push(id);
        rest = tail.strip_prefix('>').unwrap_or(tail);
    }
    if found.is_empty() {
        // Some programs write their ids without brackets.
        let words = input.split([' ', '\t', ',']);
        found = words.filter(|word| word.contains('@')).collect();
    }
    let mut out: Vec<String> = Vec::new();
    for id in found.split_off(found.len().saturating_sub(MAX_IDS)) {
        let id = compact(id);
        if !id.is_empty() && id.len() <= MAX_ID_BYTES && !out.contains(&id) {
            out.push(id);
        }
    }
    out
}

/// The id of a Message-ID field; one without brackets or `@` is taken as it stands.
pub(crate) fn parse_one(input: &str) -> Option<String> {
    let bare = || {
        let text = input.trim().trim_matches(['<', '>']);
        (!text.is_empty() && text.len() <= MAX_ID_BYTES).then(|| compact(text))
    };
    parse(input).into_iter().next().or_else(bare)
}

fn compact(id: &str) -> String {
    id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}
