//! A line of the table as requests.
use axum::http::{Method, header};

use super::rows::{CLOSED, NOT_PLANTED, NOUNS, PARTS, PERSONAL, PUBLIC, WORDS};
use super::world::Fill;
use crate::forms::KIND;
use crate::support::{Answer, Browser};

/// A place in a request that names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: &'static str,
    /// It must belong to what is named before it.
    pub(super) part: bool,
}

/// A route and what is sent to it, with places to fill.
pub(super) struct Shape {
    pub(super) route: String,
    pub(super) method: Method,
    path: String,
    sent: String,
    pub(super) places: Vec<Place>,
}

/// What stands for a place in a text until it is filled: no text of ours holds these.
const BEGIN: char = '\u{1}';
const END: char = '\u{2}';

impl Shape {
    /// Reads a line of the table; what it does not understand is told.
    pub(super) fn new(route: &str, sent: &str) -> Result<Self, String> {
        let (method, path) = route.split_once(' ').ok_or("a route is a method and a path")?;
        let mut places = Vec::new();
        let path = read_path(path, &mut places)?;
        let sent = read_sent(sent, &mut places)?;
        Ok(Self { route: route.into(), method: method.parse().unwrap(), path, sent, places })
    }

    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// Whether it leads on by a word that was mailed, which is none of ours.
    pub(super) fn names_a_secret(&self) -> bool {
        self.path.contains("/nonesuch")
    }

    /// Whether the world has everything that it names.
    pub(super) fn is_planted(&self) -> bool {
        self.places.iter().all(|place| !NOT_PLANTED.contains(&place.kind))
    }

    pub(super) fn is_page(&self) -> bool {
        !self.path.starts_with("/api/")
    }

    /// What is sent, as the table has it.
    pub(super) fn sent(&self) -> &str {
        &self.sent
    }

    /// Asks with these values in the places.
    pub(super) async fn ask(&self, browser: &Browser, values: &[&str]) -> Answer {
        let (path, sent) = (filled(&self.path, values), filled(&self.sent, values));
        // What a program says that sends a file piece by piece (tus 1.0).
        if self.route.contains("/uploads") {
            let mut said = vec![("tus-resumable", "1.0.0"), ("upload-offset", "0"), ("upload-length", "100")];
            said.push(("x-http-method-override", "PATCH"));
            let (kind, body) = sent.strip_prefix("raw ").and_then(|rest| rest.split_once(": ")).unwrap_or_default();
            said.push(("content-type", if kind.is_empty() { "application/offset+octet-stream" } else { kind }));
            return browser.stream(self.method.clone(), &path, &said, body.to_owned().into()).await;
        }
        let method = self.method.clone();
        if let Some(query) = sent.strip_prefix('?') {
            let path = format!("{path}?{}", encoded(query));
            return if self.is_read() { browser.get(&path).await } else { browser.body(method, &path, "", "").await };
        }
        if let Some(fields) = sent.strip_prefix("multipart:") {
            return browser.body(method, &path, KIND, &multipart(fields.trim())).await;
        }
        if let Some((kind, body)) = sent.strip_prefix("raw ").and_then(|rest| rest.split_once(": ")) {
            return browser.body(method, &path, kind, body).await;
        }
        match sent.chars().next() {
            None if self.is_read() => browser.get(&path).await,
            None if !self.is_page() => browser.body(method, &path, "", "").await,
            Some('{' | '[') => browser.body(method, &path, "application/json", &sent).await,
            _ => browser.body(method, &path, "application/x-www-form-urlencoded", &encoded(&sent)).await,
        }
    }
}

/// A number that no table comes to.
pub(super) const NOWHERE: &str = "987654";

/// Something for each place, as one fill has it.
pub(super) fn values<'a>(places: &[Place], of: impl Fn(usize, &Place) -> &'a Fill, own: &'a Fill) -> Vec<&'a str> {
    let value = |(at, place): (usize, &Place)| {
        if NOT_PLANTED.contains(&place.kind) {
            return NOWHERE;
        }
        let found = of(at, place).get(place.kind).or_else(|| own.get(place.kind));
        found.unwrap_or_else(|| panic!("there is no {} in the world", place.kind)).as_str()
    };
    places.iter().enumerate().map(value).collect()
}

fn read_path(path: &str, places: &mut Vec<Place>) -> Result<String, String> {
    let (mut read, mut so_far) = (String::new(), String::new());
    for piece in path.split('/').skip(1) {
        read.push('/');
        if !piece.starts_with('{') {
            so_far.push_str(&format!("/{piece}"));
            read.push_str(piece);
            continue;
        }
        so_far.push_str("/{}");
        let (end, kind) = NOUNS
            .iter()
            .filter(|(end, _)| so_far.ends_with(end))
            .max_by_key(|(end, _)| end.len())
            .ok_or_else(|| format!("what {so_far} names is not in NOUNS"))?;
        match kind.strip_prefix('=') {
            Some(word) => read.push_str(word),
            None => {
                let part = PARTS.iter().any(|part| so_far.ends_with(part));
                read.push_str(&place(places, kind, part));
            }
        }
        debug_assert!(end.ends_with("{}"));
    }
    Ok(read)
}

fn read_sent(sent: &str, places: &mut Vec<Place>) -> Result<String, String> {
    let mut pieces = sent.split('<');
    let mut read = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('>').ok_or("a place is not closed")?;
        let (kind, part) = name.strip_suffix('!').map_or((name, false), |kind| (kind, true));
        let known = NOUNS.iter().map(|(_, kind)| *kind).chain(WORDS.iter().copied()).find(|known| *known == kind);
        let kind = known.ok_or_else(|| format!("there is no such place as <{name}>"))?;
        read.push_str(&place(places, kind, part));
        read.push_str(rest);
    }
    Ok(read)
}

fn place(places: &mut Vec<Place>, kind: &'static str, part: bool) -> String {
    places.push(Place { kind, part });
    format!("{BEGIN}{}{END}", places.len() - 1)
}

fn filled(text: &str, values: &[&str]) -> String {
    let mut text = text.to_owned();
    for (at, value) in values.iter().enumerate() {
        text = text.replace(&format!("{BEGIN}{at}{END}"), value);
    }
    text
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').filter_map(|pair| pair.split_once('='))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(text)).finish()
}

fn multipart(text: &str) -> String {
    let mut body = String::new();
    for (name, value) in pairs(text) {
        let (name, file) = match name.strip_prefix('@') {
            Some(name) => (name, format!("; filename=\"{value}\"\r\nContent-Type: text/plain")),
            None => (name, String::new()),
        };
        body.push_str(&format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"));
    }
    body + "--x--\r\n"
}

/// Who asks, as far as it decides what is foreign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Customer,
    Agent,
    Admin,
}

impl Class {
    /// Whether a thing that is somebody else's does not exist for these.
    pub(super) fn is_closed(self, kind: &str) -> bool {
        let own = CLOSED.contains(&kind) || PERSONAL.contains(&kind);
        match self {
            Self::Customer => !PUBLIC.contains(&kind) && !WORDS.contains(&kind),
            Self::Agent | Self::Admin => own,
        }
    }
}

/// An answer as far as it may not differ: what was named in the request stands as `¤` in it.
pub(super) fn told(answer: &Answer, named: &[&str]) -> String {
    let kind = answer.headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
    let text = format!("{} {kind} {}\n{}", answer.status, answer.location(), answer.text);
    without_secrets(&without(&text, named))
}

/// The text without what was sent.
pub(super) fn without(text: &str, named: &[&str]) -> String {
    let mut named = named.to_vec();
    named.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let mut text = text.to_owned();
    for value in named {
        let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        text = text.replace(value, "¤").replace(&encoded, "¤");
    }
    text
}

/// Long words that are made up anew for each answer.
fn without_secrets(text: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_letter(c)) {
        let word = piece.trim_end_matches(|c: char| !is_letter(c));
        match word.len() >= 30 && word.chars().any(|c| c.is_ascii_digit()) {
            true => out.push_str(&piece.replace(word, "~")),
            false => out.push_str(piece),
        }
    }
    out
}
