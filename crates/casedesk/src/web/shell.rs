//! What stands around every page: the rail with its counts, the person logged in, the addresses of the assets. Plain data.

/// Plain asset name → hashed address, from the manifest that the web build wrote.
#[derive(Clone, Debug, Default)]
pub struct Assets(pub std::sync::Arc<std::collections::BTreeMap<String, String>>);

impl Assets {
    /// An asset that was not built is asked for under its plain name: a 404 in the log, not a broken page.
    pub fn url(&self, plain: &str) -> String {
        format!("/assets/{}", self.0.get(plain).map_or(plain, String::as_str))
    }
}

/// A person as a coloured circle and a name.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub initials: String,
    /// One of six quiet grounds, 1 to 6.
    pub who: u8,
    pub email: String,
}

impl Person {
    pub fn new(id: i64, name: &str, email: &str) -> Self {
        let name = if name.trim().is_empty() { email } else { name };
        Self { id, name: name.into(), initials: initials(name), who: ground(id), email: email.into() }
    }
}

/// First letters of the first and the last word, whatever the script.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split([' ', '.', '@', '-']).filter(|w| !w.is_empty()).collect();
    let first = words.first().and_then(|w| w.chars().next());
    let last = words.get(1..).and_then(<[&str]>::last).and_then(|w| w.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The same person has the same ground on every page, and in `presence.ts`.
pub fn ground(id: i64) -> u8 {
    u8::try_from(id.rem_euclid(6)).unwrap_or(0) + 1
}

#[derive(Clone, Debug, Default)]
pub struct RailLink {
    /// What `Shell::here` is when this link's page is shown.
    pub here: String,
    /// The key that presses it, as in `keys.ts`; may be empty.
    pub key: &'static str,
    pub href: String,
    pub icon: &'static str,
    pub label: String,
    pub count: i64,
    /// "", "hot", "bad" or "new".
    pub tone: &'static str,
}

#[derive(Clone, Debug, Default)]
pub struct RailGroup {
    pub title: String,
    pub titled: bool,
    /// Left out where the rail is narrow.
    pub folds: bool,
    pub links: Vec<RailLink>,
}

/// A fault that everyone should see until it is gone: a mailbox that is not read.
#[derive(Clone, Debug, Default)]
pub struct Alarm {
    pub name: String,
    pub words: String,
    pub href: String,
    pub action: String,
}

#[derive(Clone, Debug, Default)]
pub struct Shell {
    pub assets: Assets,
    pub desk: String,
    pub csrf: String,
    pub me: Person,
    pub here: String,
    pub section: String,
    pub rail: Vec<RailGroup>,
    pub settings: Vec<RailGroup>,
    pub alarms: Vec<Alarm>,
    pub faults: i64,
}
