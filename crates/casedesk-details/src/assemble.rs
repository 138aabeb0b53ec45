//! From pieces to proposals.
use std::ops::Range;

use crate::entities::{Entity, Reader, What};
use crate::installations::labels;
use crate::layout::{Piece, key, pieces};
use crate::phrases::Phrases;
use crate::sentence::sentences;
use crate::stance::{Sentence, Stance};
use crate::text::{Token, cut, fold, tokens};
use crate::version::Releases;
use crate::words::answers::{Boxes, YES, is_no, is_unknown};
use crate::words::roles::roles;
use crate::words::technology::{ANY_AVAILABILITY, EMBEDDED, Thing, things};
use crate::{Confidence, Context, Field, Proposal, Source, merge, os};

/// What is read of an answer, in bytes.
pub const MOST_BYTES: usize = 256 * 1024;
/// What one answer can propose.
pub const MOST_PROPOSALS: usize = 200;
const MOST_RAW: usize = 4_000;

/// Reads an answer: the new text, with the quoted lines in it. Proposals come in the order of the text.
pub fn read(text: &str, context: &Context) -> Vec<Proposal> {
    let text = cut(text, MOST_BYTES);
    let names = context.products.iter().enumerate().flat_map(|(at, product)| {
        std::iter::once(&product.name).chain(&product.aliases).map(move |name| (name.replace('|', " "), at))
    });
    let products = Phrases::new(names);
    let releases: Vec<Releases<'_>> = context.products.iter().map(|product| Releases::new(&product.releases)).collect();
    let mut raw: Vec<Proposal> = Vec::new();
    for piece in pieces(text, context, &products) {
        if raw.len() >= MOST_RAW {
            break;
        }
        let (products, releases, piece) = (&products, &releases, &piece);
        PieceReader { text, context, products, releases, piece, last: None, found: &mut raw }.read();
    }
    merge::settled(raw, context, MOST_PROPOSALS)
}

struct PieceReader<'a> {
    text: &'a str,
    context: &'a Context,
    products: &'a Phrases<usize>,
    releases: &'a [Releases<'a>],
    piece: &'a Piece,
    /// What the sentence before was about.
    last: Option<String>,
    found: &'a mut Vec<Proposal>,
}

/// A sentence with the key that it answers.
struct Said<'a> {
    tokens: &'a [Token],
    key_end: usize,
    range: Range<usize>,
    fields: &'a [Field],
    client: bool,
    label: Option<&'a String>,
}

impl PieceReader<'_> {
    fn read(&mut self) {
        let before = self.found.len();
        let sentences = sentences(self.text, self.piece.range.clone());
        let parts = sentences.into_iter().flat_map(|sentence| self.keyed_parts(sentence));
        for (at, part) in parts.collect::<Vec<_>>().into_iter().enumerate() {
            self.sentence(part, at == 0);
        }
        let answers_other = self.piece.fields == [Field::Other] && self.piece.answers;
        if answers_other && self.found.len() == before && !self.piece.client {
            self.whole_answer();
        }
    }

    /// "OS = RHEL 8, DB = MariaDB, HA = none" in as many parts as it has keys; other sentences whole.
    fn keyed_parts(&self, sentence: Range<usize>) -> Vec<Range<usize>> {
        const FEWEST: usize = 2;
        const MOST: usize = 40;
        let text = &self.text[sentence.clone()];
        if text.matches(['=', ':', '：']).count() < FEWEST {
            return vec![sentence];
        }
        let mut starts = vec![sentence.start];
        for (at, _) in text.match_indices([',', ';']).take(MOST) {
            let rest = &text[at + 1..];
            let part = rest.split([',', ';']).next().unwrap_or_default();
            let start = sentence.start + at + 1 + (rest.len() - rest.trim_start().len());
            let end = sentence.start + at + 1 + part.len();
            if start < end && self.own_key(&(start..end), false).is_some() {
                starts.push(start);
            }
        }
        let ends = starts.iter().skip(1).copied().chain([sentence.end]).collect::<Vec<_>>();
        let parts = starts.iter().zip(ends).map(|(start, end)| *start..end);
        parts.collect()
    }

    fn sentence(&mut self, sentence: Range<usize>, first: bool) {
        let own = self.own_key(&sentence, first);
        let mut fields = self.piece.fields.clone();
        let (mut key, mut value, mut client) =
            (self.piece.key.clone().filter(|_| first), sentence.clone(), self.piece.client);
        let mut label = self.piece.label.clone();
        if let Some((meant, own_key, own_value)) = own {
            if !meant.fields.is_empty() {
                fields = meant.fields;
            }
            (key, value, client) = (Some(own_key), own_value, client || meant.client || meant.nothing);
            label = label.or(meant.label);
        }
        let mut all = key.clone().map_or_else(Vec::new, |key| tokens(self.text, key));
        let key_end = all.len();
        all.extend(tokens(self.text, value.clone()));
        let range = match key.filter(|key| key.end <= sentence.start && sentence.start - key.end <= 8) {
            Some(key) => key.start..sentence.end,
            None => sentence,
        };
        let said = Said { tokens: &all, key_end, range, fields: &fields, client, label: label.as_ref() };
        self.said(&said);
    }

    /// `LDAP: none` within the piece.
    fn own_key(&self, sentence: &Range<usize>, first: bool) -> Option<(key::Meaning, Range<usize>, Range<usize>)> {
        if first && self.piece.key.is_some() && !self.piece.answers {
            return None;
        }
        let (own_key, value) = key::split(self.text, sentence.clone())?;
        let between = &self.text[own_key.end..value.start];
        let meant = key::meaning(self.text, own_key.clone(), self.products)?;
        let clear = between.contains([':', '：', '=']) && meant.understood >= 40;
        (clear && !self.text[value.clone()].trim().is_empty()).then_some((meant, own_key, value))
    }

    fn said(&mut self, said: &Said<'_>) {
        const MOST_ENTITIES: usize = 120;
        let reader =
            Reader { products: self.products, releases: self.releases, fields: said.fields, key_end: said.key_end };
        let mut entities = reader.read(said.tokens);
        entities.truncate(MOST_ENTITIES);
        let value = &said.tokens[said.key_end..];
        if self.yes_or_no(said, &entities, value) {
            return;
        }
        entities.retain(|entity| entity.first >= said.key_end || keeps_key(entity, said));
        let asked = said.fields.contains(&Field::Role);
        let named = labels(said.tokens, &entities, said.key_end, said.label, self.last.as_ref(), asked);
        self.last.clone_from(&named.last);
        self.roles(said, &named.roles, asked);
        let sentence = Sentence::new(said.tokens, &entities, said.key_end, said.client);
        let boxes = Boxes::new(value);
        let mut any = false;
        for (entity, label) in entities.iter().zip(&named.of) {
            let stance = match boxes.ticked(entity, said.tokens) {
                Some(true) => Stance::Affirmed,
                Some(false) => Stance::Denied,
                None => sentence.of(entity),
            };
            any |= entity.first >= said.key_end && !matches!(entity.what, What::ClientProgram);
            self.entity(said, &Seen { entity, all: &entities, sentence: &sentence }, stance, label.as_ref());
        }
        if !any && !said.client && named.roles.is_empty() {
            self.fallback(said, value);
        }
    }

    /// "LDAP: no", "HA: none", "Cluster? Yes".
    fn yes_or_no(&mut self, said: &Said<'_>, entities: &[Entity], value: &[Token]) -> bool {
        let words: Vec<&str> =
            value.iter().filter(|token| token.says_something()).map(|token| token.word.as_str()).collect();
        let first = words.first().copied().unwrap_or_else(|| value.first().map_or("", |token| token.word.as_str()));
        if is_unknown(value, &words) {
            return true;
        }
        let no = is_no(first, &words);
        let yes = words.len() <= 3 && YES.contains(&first);
        let about: Vec<&Entity> = entities.iter().filter(|entity| entity.first < said.key_end).collect();
        let more = entities.iter().any(|entity| entity.first >= said.key_end && entity.field().is_some());
        if (!no && !yes) || (yes && more) || said.key_end == 0 && !no {
            return false;
        }
        if said.client || (no && more) {
            return said.client;
        }
        if no && said.fields.len() > 1 && about.is_empty() {
            return true; // "none" to several questions at once
        }
        if no && said.fields.contains(&Field::HighAvailability) {
            let claim = Claim::new(Field::HighAvailability, "none", "the answer is no");
            self.push(said, claim.at(0..said.tokens.len()).of(said.label));
            return true;
        }
        let why = if yes { "the answer is yes" } else { "the answer is no" };
        for entity in about {
            if let What::Thing(thing, _) = &entity.what {
                let claim = Claim::new(thing.field, thing.kind, why).at(entity.first..entity.end).of(said.label);
                self.push(said, Claim { present: yes, ..claim });
            }
        }
        true
    }

    fn roles(&mut self, said: &Said<'_>, named: &[(&'static str, usize, usize)], asked: bool) {
        let question = said.tokens.last().is_some_and(|token| token.is("?"));
        let confidence = match (question, asked) {
            (true, _) => Confidence::Unsure,
            (false, true) => Confidence::Sure,
            (false, false) => Confidence::Likely,
        };
        for (role, first, end) in named {
            let label = (*role).to_owned();
            let claim = Claim::new(Field::Role, role, "what the installation is for").at(*first..*end).of(Some(&label));
            self.push(said, Claim { confidence, ..claim });
        }
        if let Some(label) = said.label {
            let role = roles().all(&tokens(label, 0..label.len())).first().map(|(role, ..)| *role);
            if let Some(role) = role.filter(|_| named.iter().all(|(one, ..)| one != &label.as_str())) {
                self.push(said, Claim::new(Field::Role, role, "what the heading says").of(Some(label)));
            }
        }
    }

    fn entity(&mut self, said: &Said<'_>, seen: &Seen<'_>, stance: Stance, label: Option<&String>) {
        let entity = seen.entity;
        let (confidence, why, present) = match stance {
            Stance::Dropped => return,
            Stance::Affirmed => (entity.confidence, entity.why, true),
            Stance::Denied => (Confidence::Likely, "the sentence denies it", false),
            Stance::Doubted(why) => (Confidence::Unsure, why, true),
        };
        if said.client && !matches!(&entity.what, What::Thing(thing, _) if thing.field == Field::Protocols) {
            return;
        }
        let claim = |field, value: &str| {
            let claim = Claim::new(field, value, why).at(entity.first..entity.end).of(label);
            Claim { present, confidence, ..claim }
        };
        match &entity.what {
            What::System(found) => self.system(said, seen, found, &claim),
            What::Architecture(written) => {
                let system = seen.all.iter().find_map(|one| match &one.what {
                    What::System(found) => Some(found.system),
                    _ => None,
                });
                if let Some(name) = os::architecture_on(written, system) {
                    self.push(said, claim(Field::OsArchitecture, name));
                }
            }
            What::Version(version, place) => {
                let product = place.and_then(|at| self.context.products.get(at)).map(|product| product.name.clone());
                let key = place.and_then(|at| self.releases.get(at)?.matched(version).release()).map(str::to_owned);
                self.push(said, Claim { key, product, ..claim(Field::ProductVersion, version.as_str()) });
            }
            What::Thing(thing, version) => {
                let is_availability = thing.field == Field::HighAvailability;
                let (value, key) = value_of(thing, version.as_deref());
                let says_nothing = is_availability && (value == ANY_AVAILABILITY || value == "none");
                if is_availability && !present && !matches!(thing.kind, "none" | "load balancing") {
                    self.push(said, Claim { present: true, ..claim(thing.field, "none") });
                } else if present && (!says_nothing || value == "none") || !is_availability {
                    self.push(said, Claim { key, ..claim(thing.field, &value) });
                }
            }
            What::Nodes(count) if present => {
                self.push(said, claim(Field::HighAvailability, &format!("{count} nodes")));
            }
            What::Nodes(_) | What::ClientProgram | What::Product => {}
        }
    }

    fn system(&mut self, said: &Said<'_>, seen: &Seen<'_>, found: &os::Found, claim: &dyn Fn(Field, &str) -> Claim) {
        let asks = |field: &Field| said.fields.contains(field);
        let fits = said.fields.is_empty() || said.key_end == 0 || self.piece.answers;
        let about_it = [Field::OsName, Field::ProductVersion, Field::Other].iter().any(asks);
        let doubt = if !fits && !about_it {
            Some("the sentence is about something else")
        } else if found.system.is_desktop && !asks(&Field::OsName) && !seen.sentence.names_server() {
            Some("servers seldom run on it")
        } else {
            None
        };
        let doubted = |claim: Claim| match doubt {
            Some(why) => Claim { confidence: Confidence::Unsure, why, ..claim },
            None => claim,
        };
        let key = found.system.slug.map(str::to_owned);
        self.push(said, doubted(Claim { key, ..claim(Field::OsName, found.system.name) }));
        if let Some(version) = &found.version {
            let key = Some(os::cycle(found.system, version));
            self.push(said, doubted(Claim { key, ..claim(Field::OsVersion, version) }));
        }
    }

    /// What was asked for and no table knows.
    fn fallback(&mut self, said: &Said<'_>, value: &[Token]) {
        const LONGEST: usize = 60;
        const MOST_WORDS: usize = 4;
        let (Some(first), Some(last)) =
            (value.iter().find(|token| token.says_something()), value.iter().rfind(|token| token.says_something()))
        else {
            return;
        };
        let words = value.iter().filter(|token| token.says_something()).count();
        let written = &self.text[first.start..last.end];
        if written.len() > LONGEST || words > MOST_WORDS || written.contains('\n') || said.key_end == 0 {
            return;
        }
        let unknown = "no table knows it; this is what was asked for";
        let claim =
            |field, value: &str| Claim::new(field, value, unknown).at(said.key_end..said.tokens.len()).of(said.label);
        let named = things().all(&said.tokens[..said.key_end]).first().map(|(thing, ..)| *thing);
        if let Some(thing) = named.filter(|thing| thing.field == Field::Integrations) {
            let made = without_yes(written).trim_matches(|c: char| !c.is_alphanumeric());
            let claim = claim(thing.field, &format!("{} ({made})", thing.kind));
            self.push(said, Claim { confidence: Confidence::Likely, ..claim });
            return;
        }
        let free = |field: &&Field| !matches!(field, Field::ProductVersion | Field::Role | Field::HighAvailability);
        if let Some(field) = said.fields.first().filter(free) {
            self.push(said, Claim { confidence: Confidence::Unsure, ..claim(*field, written) });
        }
    }

    /// The words themselves, where the question is for whatever else there is.
    fn whole_answer(&mut self) {
        let written = self.text[self.piece.range.clone()].trim();
        let value = tokens(self.text, self.piece.range.clone());
        let words: Vec<&str> =
            value.iter().filter(|token| token.says_something()).map(|token| token.word.as_str()).collect();
        let first = words.first().copied().unwrap_or_default();
        if words.len() < 2 || is_no(first, &words) || is_unknown(&value, &words) {
            return;
        }
        let range = self.piece.range.clone();
        let said = Said { tokens: &value, key_end: 0, range, fields: &[], client: false, label: None };
        let why = "the answer to the question for other information";
        let claim = Claim::new(Field::Other, cut(written, 400), why).at(0..value.len());
        self.push(&said, Claim { confidence: Confidence::Likely, ..claim });
    }

    fn push(&mut self, said: &Said<'_>, claim: Claim) {
        const LONGEST: usize = 400;
        const LONGEST_WRITTEN: usize = 120;
        // The key of a table stands elsewhere: what was written is the value.
        let across = claim.span.start < said.key_end && claim.span.end > said.key_end;
        let span = if across { said.key_end..claim.span.end } else { claim.span };
        let written = said.tokens.get(span).unwrap_or_default();
        let as_written = match (written.first(), written.last()) {
            (Some(first), Some(last)) => cut(&self.text[first.start..last.end], LONGEST_WRITTEN).to_owned(),
            _ => claim.value.clone(),
        };
        let range = said.range.clone();
        let source = Source { text: cut(&self.text[range.clone()], LONGEST).to_owned(), range };
        self.found.push(Proposal {
            field: claim.field,
            value: claim.value,
            key: claim.key,
            present: claim.present,
            as_written,
            source,
            confidence: claim.confidence,
            why: claim.why,
            installation: claim.label,
            product: claim.product,
        });
    }
}

/// A proposal in the making.
struct Claim {
    field: Field,
    value: String,
    key: Option<String>,
    present: bool,
    /// Tokens of the sentence that say it.
    span: Range<usize>,
    confidence: Confidence,
    why: &'static str,
    label: Option<String>,
    product: Option<String>,
}

impl Claim {
    fn new(field: Field, value: &str, why: &'static str) -> Self {
        let (value, confidence) = (value.to_owned(), Confidence::Sure);
        Claim { field, value, key: None, present: true, span: 0..0, confidence, why, label: None, product: None }
    }

    fn at(self, span: Range<usize>) -> Self {
        Claim { span, ..self }
    }

    fn of(self, label: Option<&String>) -> Self {
        Claim { label: label.cloned(), ..self }
    }
}

/// An entity among the others of its sentence.
struct Seen<'a> {
    entity: &'a Entity,
    all: &'a [Entity],
    sentence: &'a Sentence<'a>,
}

/// "yes (Juniper)"
fn without_yes(written: &str) -> &str {
    let made = written.trim_start_matches(|c: char| !c.is_alphanumeric());
    match made.split_once(' ') {
        Some((first, rest)) if YES.contains(&fold(first).as_str()) => rest,
        _ => made,
    }
}

/// Whether a name in the key is said to be there by giving any value: "Load balancer: F5", "LDAP: OpenLDAP".
fn keeps_key(entity: &Entity, said: &Said<'_>) -> bool {
    match &entity.what {
        What::Thing(thing, version) => {
            let is_question = said.tokens[..said.key_end].iter().filter(|token| token.says_something()).count() > 5;
            (version.is_some() || matches!(thing.field, Field::Integrations)) && !is_question
                || (entity.end > said.key_end)
        }
        What::System(_) => entity.end > said.key_end,
        What::Product | What::ClientProgram => true,
        What::Version(..) | What::Architecture(_) | What::Nodes(_) => false,
    }
}

fn value_of(thing: &Thing, version: Option<&str>) -> (String, Option<String>) {
    let key = thing.key.map(str::to_owned);
    match (thing.name, version) {
        (Some(name), _) => (format!("{} ({name})", thing.kind), key),
        (None, Some(version)) if thing.kind != EMBEDDED => (format!("{} {version}", thing.kind), key),
        _ => (thing.kind.to_owned(), key),
    }
}
