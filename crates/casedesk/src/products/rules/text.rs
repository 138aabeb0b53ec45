//! What is typed or sent, cleaned and bounded.
use crate::kit::Day;
use crate::kit::prose::plain;
use crate::products::{CycleDraft, ItemDraft, ProductDraft, ReleaseDraft};

const MOST_NAME: usize = 100;
const MOST_TEXT: usize = 20_000;
const MOST_LINK: usize = 500;
const MOST_ALIASES: usize = 30;

/// What cannot be kept, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("Fill in: {0}.")]
    Missing(&'static str),
    #[error("{0}: at most {1} characters.")]
    TooLong(&'static str, usize),
    #[error("At most {0} other names.")]
    TooManyNames(usize),
    #[error("“{0}” cannot stand in an address: use small letters, digits and hyphens, at most 60.")]
    BadSlug(String),
    #[error("“{0}” is no link: it begins with https:// or http://.")]
    BadLink(String),
    #[error("{0}: “{1}” is not a day such as 2027-03-31.")]
    BadDay(&'static str, String),
    #[error("“{0}” is on {1}, which is before “{2}” on {3}.")]
    Disorder(&'static str, Day, &'static str, Day),
}

/// Lower case, with one space between words: two spellings of one name are one.
pub fn fold(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The word of an address made from a name; empty when nothing of it can stand there.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

/// A day as a form sends it; empty is none.
pub fn day(field: &'static str, text: &str) -> Result<Option<Day>, Unfit> {
    match text.trim() {
        "" => Ok(None),
        text => Day::parse(text).map(Some).ok_or_else(|| Unfit::BadDay(field, cut(text, 40))),
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// One line of text that must be there.
fn line(field: &'static str, text: &str) -> Result<String, Unfit> {
    let text = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Unfit::Missing(field)),
        1..=MOST_NAME => Ok(text),
        _ => Err(Unfit::TooLong(field, MOST_NAME)),
    }
}

fn optional_line(field: &'static str, text: Option<String>) -> Result<Option<String>, Unfit> {
    text.filter(|text| !text.trim().is_empty()).map(|text| line(field, &text)).transpose()
}

fn long_text(field: &'static str, text: &str) -> Result<String, Unfit> {
    let text = plain(text).trim().to_owned();
    if text.chars().count() > MOST_TEXT { Err(Unfit::TooLong(field, MOST_TEXT)) } else { Ok(text) }
}

fn link(text: Option<String>) -> Result<Option<String>, Unfit> {
    let Some(text) = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.len() > MOST_LINK {
        return Err(Unfit::TooLong("Link", MOST_LINK));
    }
    let good = url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if good && !text.contains(char::is_control) { Ok(Some(text)) } else { Err(Unfit::BadLink(cut(&text, 80))) }
}

/// A product that can be kept: name, word of its address, and the other names, each once.
pub fn checked_product(draft: &ProductDraft) -> Result<ProductDraft, Unfit> {
    let name = line("Name", &draft.name)?;
    let slug = if draft.slug.trim().is_empty() { slug_of(&name) } else { draft.slug.trim().to_owned() };
    if slug.is_empty() || slug != slug_of(&slug) {
        return Err(Unfit::BadSlug(cut(&slug, 80)));
    }
    let mut aliases: Vec<String> = Vec::new();
    for alias in draft.aliases.iter().filter(|alias| !alias.trim().is_empty()) {
        let alias = line("Other names", alias)?;
        let known = |one: &String| fold(one) == fold(&alias);
        if !known(&name) && !aliases.iter().any(known) {
            aliases.push(alias);
        }
        if aliases.len() > MOST_ALIASES {
            return Err(Unfit::TooManyNames(MOST_ALIASES));
        }
    }
    Ok(ProductDraft { name, slug, kind: draft.kind, aliases })
}

/// A cycle that can be kept, with its days in order.
pub fn checked_cycle(draft: &CycleDraft) -> Result<CycleDraft, Unfit> {
    let days = [
        ("Released", draft.released_on),
        ("Support ends", draft.support_ends_on),
        ("Security fixes end", draft.security_ends_on),
        ("End of life", draft.ends_on),
    ];
    let known: Vec<_> = days.into_iter().filter_map(|(field, day)| Some((field, day?))).collect();
    for pair in known.windows(2) {
        if let [(earlier, first), (later, second)] = *pair
            && second < first
        {
            return Err(Unfit::Disorder(later, second, earlier, first));
        }
    }
    Ok(CycleDraft {
        name: line("Name", &draft.name)?,
        latest: optional_line("Newest version", draft.latest.clone())?,
        link: link(draft.link.clone())?,
        ..draft.clone()
    })
}

pub fn checked_release(draft: &ReleaseDraft) -> Result<ReleaseDraft, Unfit> {
    Ok(ReleaseDraft {
        version: line("Version", &draft.version)?,
        notes: long_text("Notes", &draft.notes)?,
        ..draft.clone()
    })
}

pub fn checked_item(draft: &ItemDraft) -> Result<ItemDraft, Unfit> {
    Ok(ItemDraft {
        title: line("Title", &draft.title)?,
        body: long_text("Description", &draft.body)?,
        target: optional_line("Target", draft.target.clone())?,
        link: link(draft.link.clone())?,
        ..draft.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::ProductKind;

    fn product(name: &str, slug: &str, aliases: &[&str]) -> Result<ProductDraft, Unfit> {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        checked_product(&ProductDraft { name: name.into(), slug: slug.into(), kind: ProductKind::Own, aliases })
    }

    #[test]
    fn a_name_becomes_the_word_of_its_address() {
        assert_eq!(slug_of("Ferrywell Transfer"), "ferrywell-transfer");
        assert_eq!(slug_of(" .NET  Framework 4.8 "), "net-framework-4-8");
        assert_eq!(slug_of("接続"), "");
        assert_eq!(product("接続", "", &[]).unwrap_err(), Unfit::BadSlug(String::new()));
        for slug in ["A", "a/b", "../x", "a--b", "-a", "a.json", "é"] {
            assert!(matches!(product("x", slug, &[]), Err(Unfit::BadSlug(_))), "{slug}");
        }
    }

    #[test]
    fn every_spelling_is_kept_once() {
        let kept = product("Ferrywell  Transfer", "", &["FT", "ft ", "ferrywell transfer", "", "FWT"]).unwrap();
        assert_eq!((kept.name.as_str(), kept.aliases), ("Ferrywell Transfer", vec!["FT".to_owned(), "FWT".to_owned()]));
    }

    #[test]
    fn days_out_of_order_are_refused_with_both_of_them() {
        let draft = |support, ends| CycleDraft {
            name: "5.1".into(),
            released_on: Day::parse("2025-01-31"),
            support_ends_on: Day::parse(support),
            ends_on: Day::parse(ends),
            ..CycleDraft::default()
        };
        checked_cycle(&draft("2026-01-31", "2026-01-31")).unwrap();
        checked_cycle(&draft("", "2025-01-31")).unwrap();
        let said = checked_cycle(&draft("2026-01-31", "2026-01-30")).unwrap_err().to_string();
        assert_eq!(said, "“End of life” is on 2026-01-30, which is before “Support ends” on 2026-01-31.");
        assert!(checked_cycle(&draft("", "2025-01-30")).is_err());
    }

    #[test]
    fn a_link_leads_to_a_web_page() {
        for bad in ["javascript:alert(1)", "//x", "ftp://x.example", "data:text/html,x", "https://", "x"] {
            assert!(matches!(link(Some(bad.into())), Err(Unfit::BadLink(_))), "{bad}");
        }
        assert_eq!(link(Some(" ".into())), Ok(None));
        assert!(link(Some("https://docs.example/5.1".into())).unwrap().is_some());
        assert!(link(Some(format!("https://x.example/{}", "x".repeat(500)))).is_err());
    }
}
