//! Decisions about what comes by the form: whether it is whole, whether a person sent it, how it reads. Pure.
pub mod questions;

use std::borrow::Cow;
use std::time::Duration;

use super::{Answered, Fault, FormsError, Typed};
use crate::cases::CaseKind;
use crate::customers::Person;
use crate::kit::Timestamp;
use crate::kit::secrets::{sha256_hex, sign, verify};

/// The longest line and the longest description, in characters.
const MOST_LINE: usize = 200;
const MOST_DESCRIPTION: usize = 100_000;
/// The longest subject that is made of a description, in characters.
const MOST_SUBJECT: usize = 100;
/// How long a page of the form can be sent.
pub const STAMP_LIFE: Duration = Duration::from_hours(48);

/// What was typed, found whole.
#[derive(Clone, Debug)]
pub struct Sound {
    pub person: Person,
    pub kind: CaseKind,
    pub typed: Typed,
}

/// Checks every field; all faults at once. `ours` are the desk's own addresses.
pub fn checked(typed: &Typed, ours: &[String]) -> Result<Sound, Vec<Fault>> {
    let typed = trimmed(typed);
    let mut faults = Vec::new();
    let mut fault = |field, words: &str| faults.push(Fault { field: Cow::Borrowed(field), words: words.to_owned() });
    if typed.name.is_empty() {
        fault("name", "Please tell your name.");
    }
    let address = casedesk_mail::normalise_address(&typed.address).map(|read| read.address.to_lowercase());
    let address = address.filter(|address| *address == typed.address.to_lowercase());
    match &address {
        None => fault("address", "Please give a mail address such as ann@example.com."),
        Some(own) if ours.contains(own) => fault("address", "This is our own address. Please give yours."),
        Some(_) => {}
    }
    let kind = typed.kind.parse::<CaseKind>();
    if kind.is_err() {
        fault("kind", "Please choose what it is.");
    }
    for (field, value) in [
        ("name", &typed.name),
        ("address", &typed.address),
        ("organisation", &typed.organisation),
        ("product", &typed.product),
        ("version", &typed.version),
        ("system", &typed.system),
    ] {
        if value.chars().count() > MOST_LINE {
            fault(field, "Please keep it under 200 characters.");
        }
    }
    if typed.description.is_empty() {
        fault("description", "Please write a sentence or two.");
    } else if typed.description.chars().count() > MOST_DESCRIPTION {
        fault("description", "Please keep it under 100,000 characters, and send the rest as a file.");
    }
    match (address, kind, faults.is_empty()) {
        (Some(address), Ok(kind), true) => {
            Ok(Sound { person: Person { name: Some(typed.name.clone()), address }, kind, typed })
        }
        _ => Err(faults),
    }
}

/// One line each, but the description; nothing around them.
fn trimmed(typed: &Typed) -> Typed {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Typed {
        name: line(&typed.name),
        address: typed.address.trim().to_owned(),
        organisation: line(&typed.organisation),
        kind: typed.kind.trim().to_owned(),
        product: line(&typed.product),
        version: line(&typed.version),
        system: line(&typed.system),
        description: typed.description.replace("\r\n", "\n").trim().to_owned(),
        answers: typed.answers.clone(),
    }
}

/// The first entry: the description, then what was told about the installation, a line each.
pub fn text(typed: &Typed) -> String {
    let facts = [
        ("Organisation", &typed.organisation),
        ("Product", &typed.product),
        ("Version", &typed.version),
        ("Operating system", &typed.system),
    ];
    let facts = facts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}"));
    let told: Vec<String> = facts.chain(typed.answers.iter().map(told)).collect();
    if told.is_empty() { typed.description.clone() } else { format!("{}\n\n{}", typed.description, told.join("\n")) }
}

/// An answer as a line: `Which store: S3`.
pub fn told(answer: &Answered) -> String {
    format!("{}: {}", answer.label.trim_end_matches(['?', ':']).trim_end(), answer.value)
}

/// The first line of the description, cut between words.
pub fn subject(description: &str) -> String {
    let line = description.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().count() <= MOST_SUBJECT {
        return line.to_owned();
    }
    let cut: String = line.chars().take(MOST_SUBJECT).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', '.', ';', ':']))
}

/// What two equal submissions have in common.
pub fn digest(typed: &Typed, files: &[String]) -> String {
    let typed = trimmed(typed);
    let whole = serde_json::json!({ "typed": typed, "files": files });
    sha256_hex(whole.to_string().as_bytes())
}

/// When a page of the form was made, and its one-time word; signed, so that nobody else can make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub at: Timestamp,
    pub nonce: String,
}

impl Stamp {
    pub fn seal(&self, key: &[u8]) -> String {
        format!("{}.{}.{}", self.at.0, self.nonce, sign(key, self.message().as_bytes()))
    }

    /// `None`: it is not one of ours.
    pub fn open(key: &[u8], text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let stamp = Self { at: Timestamp(parts.next()?.parse().ok()?), nonce: parts.next()?.to_owned() };
        verify(key, stamp.message().as_bytes(), parts.next()?).then_some(stamp)
    }

    fn message(&self) -> String {
        format!("form stamp {} {}", self.at.0, self.nonce)
    }
}

/// What tells a person from a program.
#[derive(Clone, Copy, Debug)]
pub struct Signs<'a> {
    /// The field that people do not see.
    pub trap: &'a str,
    /// The stamp as it came back; empty when there was none.
    pub stamp: &'a str,
    pub proof: &'a str,
    /// It came from a page of a site that the settings name.
    pub from_known_site: bool,
}

/// What is asked of a submission.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub key: &'a [u8],
    pub now: Timestamp,
    pub min_time: Duration,
    pub bits: u32,
}

/// What is done with a submission that is not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub stamp: Option<Stamp>,
    /// Why an agent has to look first.
    pub held: Option<&'static str>,
}

/// Whether a person sent it, as far as that can be told.
pub fn judge(signs: &Signs<'_>, asked: &Asked<'_>) -> Result<Judged, FormsError> {
    if !signs.trap.trim().is_empty() {
        return Err(FormsError::Trap);
    }
    if signs.stamp.is_empty() {
        let held = match (signs.from_known_site, asked.bits) {
            (true, 0) => None,
            (true, _) => Some("it did no proof of work"),
            (false, _) => Some("it came from a form that is not ours, without a time stamp"),
        };
        return Ok(Judged { stamp: None, held });
    }
    let stamp = Stamp::open(asked.key, signs.stamp).ok_or(FormsError::Stale)?;
    let age = asked.now.since(stamp.at);
    if age >= STAMP_LIFE || stamp.at > asked.now {
        return Err(FormsError::Stale);
    }
    if age < asked.min_time {
        let wait = asked.min_time - age;
        return Err(FormsError::TooQuick(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)));
    }
    let proven = asked.bits == 0 || proves(signs.stamp, signs.proof, asked.bits);
    let held = (!proven).then_some("it did no proof of work: the browser runs no scripts, or a program sent it");
    Ok(Judged { stamp: Some(stamp), held })
}

/// Whether the SHA-256 of `stamp:proof` begins with so many zero bits.
pub fn proves(stamp: &str, proof: &str, bits: u32) -> bool {
    if proof.is_empty() || proof.len() > 20 {
        return false;
    }
    let digest = sha256_hex(format!("{stamp}:{proof}").as_bytes());
    let mut zeros = 0;
    for digit in digest.chars().map(|c| c.to_digit(16).unwrap_or(15)) {
        zeros += digit.leading_zeros() - 28;
        if digit != 0 {
            break;
        }
    }
    zeros >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"key";
    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    fn typed() -> Typed {
        Typed {
            name: " Ann  Doe ".into(),
            address: "Ann@Example.com".into(),
            kind: "problem".into(),
            version: "5.1".into(),
            system: "AIX 7.2".into(),
            description: "It stops.\r\nEvery night.".into(),
            ..Typed::default()
        }
    }

    fn judged(signs: &Signs<'_>, after_s: u64, bits: u32) -> Result<Judged, FormsError> {
        let now = START.plus(Duration::from_secs(after_s));
        judge(signs, &Asked { key: KEY, now, min_time: Duration::from_secs(3), bits })
    }

    fn stamp() -> String {
        Stamp { at: START, nonce: "once".into() }.seal(KEY)
    }

    fn signs(stamp: &str) -> Signs<'_> {
        Signs { trap: "", stamp, proof: "", from_known_site: false }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = checked(&Typed::default(), &[]).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["name", "address", "kind", "description"]);
        let own = checked(&typed(), &["ann@example.com".into()]).unwrap_err();
        assert!(own[0].words.contains("our own address"), "{own:?}");
        for bad in ["a@b, c@d", "Ann <ann@example.com>", "ann", "ann@example.com\nBcc: x@y"] {
            assert!(checked(&Typed { address: bad.into(), ..typed() }, &[]).is_err(), "{bad}");
        }
        let sound = checked(&typed(), &[]).unwrap();
        assert_eq!((sound.person.address.as_str(), sound.typed.name.as_str()), ("ann@example.com", "Ann Doe"));
    }

    #[test]
    fn the_facts_are_lines_below_the_description() {
        let sound = checked(&typed(), &[]).unwrap();
        assert_eq!(text(&sound.typed), "It stops.\nEvery night.\n\nVersion: 5.1\nOperating system: AIX 7.2");
        assert_eq!(subject(&sound.typed.description), "It stops.");
        let long = subject(&"word, ".repeat(50));
        assert!(long.ends_with("word…") && long.chars().count() <= 101, "{long}");
    }

    #[test]
    fn a_stamp_is_ours_and_of_its_time() {
        assert_eq!(judged(&signs(&stamp()), 4, 0).unwrap().held, None);
        assert!(matches!(judged(&signs(&stamp()), 1, 0), Err(FormsError::TooQuick(2))));
        assert!(matches!(judged(&signs(&stamp()), 48 * 3600, 0), Err(FormsError::Stale)));
        let forged = stamp().replace("1000000000000.", "1000000000001.");
        assert!(matches!(judged(&signs(&forged), 60, 0), Err(FormsError::Stale)));
        let trap = Signs { trap: "x", ..signs("") };
        assert!(matches!(judged(&trap, 60, 0), Err(FormsError::Trap)));
    }

    #[test]
    fn without_a_stamp_only_a_known_site_passes() {
        assert!(judged(&signs(""), 60, 0).unwrap().held.is_some());
        let known = Signs { from_known_site: true, ..signs("") };
        assert!(judged(&known, 60, 0).unwrap().held.is_none());
        assert!(judged(&known, 60, 8).unwrap().held.is_some());
    }

    #[test]
    fn work_is_proven_by_zeros_alone() {
        let stamp = stamp();
        let found = (0..100_000).map(|n: u32| n.to_string()).find(|n| proves(&stamp, n, 8)).unwrap();
        let digest = sha256_hex(format!("{stamp}:{found}").as_bytes());
        assert!(digest.starts_with("00"), "{digest}");
        assert!(!proves(&stamp, "", 0) && !proves("other", &found, 20));
        assert!(judged(&Signs { proof: &found, ..signs(&stamp) }, 60, 8).unwrap().held.is_none());
        assert!(judged(&signs(&stamp), 60, 8).unwrap().held.is_some());
    }
}
