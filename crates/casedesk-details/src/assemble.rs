//! From pieces to proposals.
use std::ops::Range;

use crate::entities::{Entity, Reader, What};
use crate::installations::labels;
use crate::layout::{Piece, key, pieces};
use crate::phrases::Phrases;
use crate::sentence::sentences;
use crate::stance::{Sentence, Stance};
use crate::text::{Token, cut, tokens};
use crate::version::Releases;
use crate::words::roles::roles;
use crate::words::technology::{ANY_AVAILABILITY, EMBEDDED};
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
        for (at, sentence) in sentences(self.text, self.piece.range.clone()).into_iter().enumerate() {
            self.sentence(sentence, at == 0);
        }
        let answers_other = self.piece.fields == [Field::Other] && self.piece.answers;
        if answers_other && self.found.len() == before && !self.piece.client {
            self.whole_answer();
        }
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
            self.entity(said, entity, stance, label.clone(), &entities, &sentence);
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
            let why = "the answer is no";
            self.push(
                said,
                Field::HighAvailability,
                "none".into(),
                None,
                true,
                0..said.tokens.len(),
                Confidence::Sure,
                why,
                said.label.cloned(),
            );
            return true;
        }
        for entity in about {
            if let What::Thing(thing, _) = &entity.what {
                let why = if yes { "the answer is yes" } else { "the answer is no" };
                let span = entity.first..entity.end;
                self.push(
                    said,
                    thing.field,
                    thing.kind.into(),
                    None,
                    yes,
                    span,
                    Confidence::Sure,
                    why,
                    said.label.cloned(),
                );
            }
        }
        true
    }

    fn roles(&mut self, said: &Said<'_>, named: &[(&'static str, usize, usize)], asked: bool) {
        let several = named.len() > 1;
        let question = said.tokens.last().is_some_and(|token| token.is("?"));
        for (role, first, end) in named {
            let confidence = if question {
                Confidence::Unsure
            } else if asked {
                Confidence::Sure
            } else {
                Confidence::Likely
            };
            let label = Some((*role).to_owned());
            let why = "what the installation is for";
            let _ = several;
            self.push(said, Field::Role, (*role).into(), None, true, *first..*end, confidence, why, label);
        }
        if let Some(label) = said.label {
            let role = roles().all(&tokens(label, 0..label.len())).first().map(|(role, ..)| *role);
            if let Some(role) = role.filter(|_| named.iter().all(|(one, ..)| one != &label.as_str())) {
                let why = "what the heading says";
                self.push(said, Field::Role, role.into(), None, true, 0..0, Confidence::Sure, why, Some(label.clone()));
            }
        }
    }

    fn entity(
        &mut self,
        said: &Said<'_>,
        entity: &Entity,
        stance: Stance,
        label: Option<String>,
        all: &[Entity],
        sentence: &Sentence<'_>,
    ) {
        let (mut confidence, mut why, present) = match stance {
            Stance::Dropped => return,
            Stance::Affirmed => (entity.confidence, entity.why, true),
            Stance::Denied => (Confidence::Likely, "the sentence denies it", false),
            Stance::Doubted(why) => (Confidence::Unsure, why, true),
        };
        if said.client && !matches!(&entity.what, What::Thing(thing, _) if thing.field == Field::Protocols) {
            return;
        }
        let span = entity.first..entity.end;
        match &entity.what {
            What::System(found) => {
                if found.system.is_desktop && !said.fields.contains(&Field::OsName) && !sentence.names_server() {
                    (confidence, why) = (Confidence::Unsure, "servers seldom run on it");
                }
                let asks_other = !said.fields.is_empty() && !said.fields.contains(&Field::OsName) && said.key_end > 0;
                if asks_other
                    && !said.fields.contains(&Field::ProductVersion)
                    && !said.fields.contains(&Field::Other)
                    && !self.piece.answers
                {
                    (confidence, why) = (Confidence::Unsure, "the sentence is about something else");
                }
                let key = found.system.slug.map(str::to_owned);
                self.push(
                    said,
                    Field::OsName,
                    found.system.name.into(),
                    key,
                    present,
                    span.clone(),
                    confidence,
                    why,
                    label.clone(),
                );
                if let Some(version) = &found.version {
                    let key = Some(os::cycle(found.system, version));
                    self.push(said, Field::OsVersion, version.clone(), key, present, span, confidence, why, label);
                }
            }
            What::Architecture(written) => {
                let system = all.iter().find_map(|one| match &one.what {
                    What::System(found) => Some(found.system),
                    _ => None,
                });
                if let Some(name) = os::architecture_on(written, system) {
                    self.push(said, Field::OsArchitecture, name.into(), None, present, span, confidence, why, label);
                }
            }
            What::Version(version, place) => {
                let product = place.and_then(|at| self.context.products.get(at));
                let key = place.and_then(|at| self.releases.get(at)?.matched(version).release()).map(str::to_owned);
                self.push(
                    said,
                    Field::ProductVersion,
                    version.as_str().into(),
                    key,
                    present,
                    span,
                    confidence,
                    why,
                    label,
                );
                if let (Some(product), Some(last)) = (product, self.found.last_mut()) {
                    last.product = Some(product.name.clone());
                }
            }
            What::Thing(thing, version) => {
                let (value, key) = value_of(thing, version.as_deref());
                if present || thing.field != Field::HighAvailability {
                    let no_need = thing.field == Field::HighAvailability && value == ANY_AVAILABILITY;
                    if !no_need && !(value == "none" && !present) {
                        self.push(said, thing.field, value, key, present, span, confidence, why, label);
                    }
                } else if thing.kind != "none" && thing.kind != "load balancing" {
                    self.push(said, Field::HighAvailability, "none".into(), None, true, span, confidence, why, label);
                }
            }
            What::Nodes(count) if present => {
                let value = format!("{count} nodes");
                self.push(said, Field::HighAvailability, value, None, true, span, confidence, why, label);
            }
            What::Nodes(_) | What::ClientProgram | What::Product => {}
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
        let at = said.key_end..said.tokens.len();
        let key: Vec<_> = crate::words::technology::things().all(&said.tokens[..said.key_end]);
        let label = said.label.cloned();
        let unknown = "no table knows it; this is what was asked for";
        match key.first().map(|(thing, ..)| thing).filter(|thing| thing.field == Field::Integrations) {
            Some(thing) => {
                let made = written.trim_start_matches(|c: char| !c.is_alphanumeric());
                let yes = YES.iter().any(|yes| crate::text::fold(made).starts_with(&format!("{yes} ")));
                let made = if yes { made.split_once(' ').map_or(made, |(_, rest)| rest) } else { made };
                let made = made.trim_matches(|c: char| !c.is_alphanumeric());
                self.push(
                    said,
                    thing.field,
                    format!("{} ({made})", thing.kind),
                    None,
                    true,
                    at,
                    Confidence::Likely,
                    unknown,
                    label,
                );
            }
            None => {
                if let Some(field) = said
                    .fields
                    .first()
                    .filter(|field| !matches!(field, Field::ProductVersion | Field::Role | Field::HighAvailability))
                {
                    self.push(said, *field, written.to_owned(), None, true, at, Confidence::Unsure, unknown, label);
                }
            }
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
        let said = Said {
            tokens: &value,
            key_end: 0,
            range: self.piece.range.clone(),
            fields: &[],
            client: false,
            label: None,
        };
        let why = "the answer to the question for other information";
        let value = cut(written, 400).to_owned();
        self.push(&said, Field::Other, value, None, true, 0..said.tokens.len(), Confidence::Likely, why, None);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one proposal, named where they are known")]
    fn push(
        &mut self,
        said: &Said<'_>,
        field: Field,
        value: String,
        key: Option<String>,
        present: bool,
        span: Range<usize>,
        confidence: Confidence,
        why: &'static str,
        installation: Option<String>,
    ) {
        const LONGEST: usize = 400;
        let written = said.tokens.get(span).unwrap_or_default();
        let as_written = match (written.first(), written.last()) {
            (Some(first), Some(last)) if first.start < last.end => {
                cut(&self.text[first.start..last.end], 120).to_owned()
            }
            _ => value.clone(),
        };
        let range = said.range.clone();
        let source = Source { text: cut(&self.text[range.clone()], LONGEST).to_owned(), range };
        let product = None;
        self.found.push(Proposal {
            field,
            value,
            key,
            present,
            as_written,
            source,
            confidence,
            why,
            installation,
            product,
        });
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

fn value_of(thing: &crate::words::technology::Thing, version: Option<&str>) -> (String, Option<String>) {
    let key = thing.key.map(str::to_owned);
    match (thing.name, version) {
        (Some(name), _) => (format!("{} ({name})", thing.kind), key),
        (None, Some(version)) if thing.kind != EMBEDDED => (format!("{} {version}", thing.kind), key),
        _ => (thing.kind.to_owned(), key),
    }
}

const YES: &[&str] = &[
    "yes", "y", "ja", "oui", "si", "sim", "tak", "true", "enabled", "はい", "yep", "active", "aktiv", "x", "✓", "有",
    "あ", "present", "☑", "on",
];

const NO: &[&str] = &[
    "no", "none", "nein", "keine", "kein", "keiner", "keines", "non", "aucun", "aucune", "ninguno", "ninguna",
    "nessuno", "nessuna", "nee", "geen", "nao", "nenhum", "nenhuma", "brak", "nie", "false", "disabled", "な", "無",
    "n", "nope", "nothing", "nichts", "rien", "nada", "niente", "niets", "nic", "not", "off", "✗", "noch", "pas", "未",
    "absent", "neant",
];

/// "none", "not yet", "no, not at all"; not "no proxy but LDAP".
fn is_no(first: &str, words: &[&str]) -> bool {
    const MOST: usize = 4;
    const WITH: &[&str] = &[
        "yet",
        "at",
        "all",
        "used",
        "in",
        "use",
        "configured",
        "needed",
        "available",
        "nicht",
        "vorhanden",
        "no",
        "not",
        "present",
        "し",
        "い",
        "applicable",
        "installed",
        "enabled",
        "currently",
        "encore",
        "tego",
        "we",
        "don",
        "t",
        "have",
        "any",
        "special",
        "else",
        "specific",
        "besonderen",
        "さ",
        "れ",
        "て",
        "ま",
        "せ",
        "ん",
        "使",
        "用",
        "particular",
        "nothing",
        "de",
        "momento",
        "a",
        "there",
        "is",
        "one",
        "so",
        "far",
        "ha",
        "cluster",
        "here",
        "such",
        "thing",
        "other",
        "weiteren",
        "especial",
        "at",
        "moment",
        "the",
        "mehr",
        "none",
        "nein",
        "keine",
        "anymore",
        "for",
        "now",
        "nessuna",
        "nenhuma",
        "at",
    ];
    let most = if words.iter().all(|word| word.chars().count() == 1) { 10 } else { MOST };
    NO.contains(&first) && words.len() <= most && words[1..].iter().all(|word| WITH.contains(word))
}

/// "?", "tbc", "don't know", "-".
fn is_unknown(value: &[Token], words: &[&str]) -> bool {
    const UNKNOWN: &[&str] = &[
        "n a",
        "na",
        "tbc",
        "tbd",
        "don t know",
        "dont know",
        "unknown",
        "unbekannt",
        "keine ahnung",
        "weiss ich nicht",
        "inconnu",
        "je ne sais pas",
        "no se",
        "desconocido",
        "non so",
        "sconosciuto",
        "onbekend",
        "weet ik niet",
        "nao sei",
        "nie wiem",
        "no idea",
        "not sure",
        "to be confirmed",
        "will check",
        "see attached",
        "attached",
        "see above",
        "unsure",
        "we don t know",
        "i don t know",
        "a verifier",
        "k a",
        "n v t",
        "n d",
        "not known",
        "same",
        "idem",
        "dito",
        "ditto",
        "see below",
    ];
    let joined = words.join(" ");
    if words.is_empty() {
        return !value.iter().any(|token| token.is_one_of(YES) || token.is_one_of(NO));
    }
    UNKNOWN.contains(&joined.as_str())
}

/// Boxes before names: `[x] SFTP [ ] FTP`, `☑ SFTP`.
struct Boxes {
    /// Where a box ends in the text, and whether it is ticked.
    boxes: Vec<(usize, bool)>,
}

impl Boxes {
    fn new(value: &[Token]) -> Self {
        let mut boxes = Vec::new();
        for (at, token) in value.iter().enumerate() {
            match token.word.as_str() {
                "☑" | "✓" | "☒" | "✔" => boxes.push((token.end, true)),
                "☐" | "✗" | "✘" => boxes.push((token.end, false)),
                "[" => {
                    let next = |by: usize| value.get(at + by).map_or("", |token| token.word.as_str());
                    if next(1) == "x" && next(2) == "]" {
                        boxes.push((value[at + 2].end, true));
                    } else if next(1) == "]" {
                        boxes.push((value[at + 1].end, false));
                    }
                }
                _ => {}
            }
        }
        Boxes { boxes }
    }

    /// What the box right before an entity says.
    fn ticked(&self, entity: &Entity, tokens: &[Token]) -> Option<bool> {
        let before = entity.first.checked_sub(1)?;
        let end = tokens[before].end;
        self.boxes.iter().find(|(box_end, _)| *box_end == end).map(|(_, ticked)| *ticked)
    }
}
