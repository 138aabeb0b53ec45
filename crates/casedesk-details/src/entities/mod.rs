//! Names and versions in the words of a sentence.
mod product;
mod things;

use crate::os;
use crate::phrases::Phrases;
use crate::text::Token;
use crate::version::{Releases, Version};
use crate::words::technology::{Thing, client_programs, things};
use crate::{Confidence, Field};
use things::{is_meant, more_of_tls, nodes, share_kinds, skip_number, thing_version};

#[derive(Debug, Clone)]
pub(crate) enum What {
    System(os::Found),
    Architecture(&'static str),
    /// A product's version, and the product's place in the context.
    Version(Version, Option<usize>),
    Thing(Thing, Option<String>),
    /// "two nodes".
    Nodes(u64),
    /// A program of the users'.
    ClientProgram,
    /// The product's name without a version.
    Product,
}

#[derive(Debug, Clone)]
pub(crate) struct Entity {
    pub(crate) what: What,
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) confidence: Confidence,
    pub(crate) why: &'static str,
}

impl Entity {
    pub(crate) fn field(&self) -> Option<Field> {
        match &self.what {
            What::System(_) => Some(Field::OsName),
            What::Architecture(_) => Some(Field::OsArchitecture),
            What::Version(..) => Some(Field::ProductVersion),
            What::Thing(thing, _) => Some(thing.field),
            What::Nodes(_) => Some(Field::HighAvailability),
            What::ClientProgram | What::Product => None,
        }
    }
}

/// What is known beside the words.
pub(crate) struct Reader<'a> {
    pub(crate) products: &'a Phrases<usize>,
    /// Of each product.
    pub(crate) releases: &'a [Releases<'a>],
    /// What is asked.
    pub(crate) fields: &'a [Field],
    /// Where the words of the key end.
    pub(crate) key_end: usize,
}

impl Reader<'_> {
    /// All entities, from left to right, none overlapping.
    pub(crate) fn read(&self, tokens: &[Token]) -> Vec<Entity> {
        let mut found: Vec<Entity> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.named(tokens, at) {
                Some(entity) => {
                    at = entity.end.max(at + 1);
                    found.push(entity);
                    at = more_of_tls(tokens, at, &mut found);
                }
                None => at += 1,
            }
        }
        self.versions(tokens, &mut found);
        self.bare_year(tokens, &mut found);
        found.sort_by_key(|entity| entity.first);
        share_kinds(tokens, &mut found);
        found
    }

    fn named(&self, tokens: &[Token], at: usize) -> Option<Entity> {
        let entity = |what, end, why| Some(Entity { what, first: at, end, confidence: Confidence::Sure, why });
        if let Some((_, end)) = self.products.at(tokens, at) {
            return entity(What::Product, end, "");
        }
        if let Some((_, end)) = client_programs().at(tokens, at) {
            let end = skip_number(tokens, end);
            return entity(What::ClientProgram, end, "");
        }
        if let Some((count, end)) = nodes(tokens, at) {
            return entity(What::Nodes(count), end, "nodes are counted");
        }
        let thing = things().at(tokens, at).filter(|(thing, end)| is_meant(tokens, at, *end, thing));
        let system = os::at_token(tokens, at);
        if let Some(found) = system.filter(|found| thing.is_none_or(|(_, end)| found.end >= end)) {
            let end = found.end;
            let sure = found.named && !found.system.is_desktop && !found.is_linux_of_no_name();
            let confidence = if sure { Confidence::Sure } else { Confidence::Likely };
            let why =
                if found.named { "an operating system is named" } else { "a year that stands for Windows Server" };
            return Some(Entity { what: What::System(found), first: at, end, confidence, why });
        }
        if let Some((name, end)) =
            os::architecture_at(tokens, at).filter(|(_, end)| thing.is_none_or(|(_, other)| *end > other))
        {
            return entity(What::Architecture(name), end, "an architecture is named");
        }
        let (thing, end) = thing?;
        let (version, end) = if thing.versioned { thing_version(tokens, end) } else { (None, end) };
        let needs_version = thing.kind == "Oracle Database" && end - at == 1;
        if needs_version && version.is_none() && !self.fields.contains(&Field::Database) {
            return None;
        }
        let bare_sql = tokens[at].is("sql") && end - at == 1 && version.is_none();
        (!bare_sql).then_some(())?;
        entity(What::Thing(thing, version), end, "it is named")
    }

    /// A year where the question asks for a system, or behind "on".
    fn bare_year(&self, tokens: &[Token], found: &mut Vec<Entity>) {
        if found.iter().any(|entity| matches!(entity.what, What::System(_))) {
            return;
        }
        let value = tokens.get(self.key_end..).unwrap_or_default();
        let asked = self.fields.contains(&Field::OsName);
        let Some(mut year) = os::bare_year(value) else { return };
        year.first += self.key_end;
        year.end += self.key_end;
        let behind_on =
            year.first.checked_sub(1).is_some_and(|at| tokens[at].is_one_of(&["on", "auf", "sous", "under", "unter"]));
        let has_version =
            found.iter().any(|entity| matches!(entity.what, What::Version(..)) && entity.end + 3 > year.first);
        let free = !found.iter().any(|entity| (entity.first..entity.end).contains(&year.first));
        if free && ((asked && value.len() <= 6) || (behind_on && has_version)) {
            let (first, end) = (year.first, year.end);
            let why = "a year that stands for Windows Server";
            found.push(Entity { what: What::System(year), first, end, confidence: Confidence::Likely, why });
        }
    }
}
