//! Commands that a colleague writes on the first lines of a mail. Pure.
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cases::WaitingOn;
use crate::cases::rules::Change;
use crate::kit::Timestamp;
use crate::staff::AgentId;

/// The most commands of one mail.
const MOST: usize = 10;
/// How much is repeated of what was not understood, in characters.
const MOST_QUOTED: usize = 80;

/// The commands that there are, for those who wrote another.
pub const HELP: &str = "\
!take                take the case
!assign NAME         give it to a colleague
!solve               it is solved
!close               it is closed
!wait                wait on the customer; also: !wait customer
!wait 2027-01-31     wait until a day
!note                the words below are an internal note and are not sent
!tag WORD            add a tag";

/// A text and the lines before it that are commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    pub lines: Vec<String>,
    pub words: String,
}

/// What the commands of a mail ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    pub changes: Vec<Change>,
    pub tags: Vec<String>,
    pub note: bool,
}

/// What the meaning of a command depends on.
pub struct Scene<'a> {
    /// Who wrote them.
    pub me: AgentId,
    /// Those who may be given a case: id, name, address.
    pub colleagues: &'a [(AgentId, String, String)],
    pub now: Timestamp,
    /// The writer's time zone.
    pub zone: TimeZone,
}

/// Takes the first lines that begin with `!` and a letter off a text, blank lines between them too.
pub fn split(text: &str) -> Split {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while rest.strip_prefix('!').is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        lines.push(line.trim().to_owned());
        rest = after.trim_start();
    }
    Split { lines, words: rest.to_owned() }
}

/// Reads the commands, all or none: else what is wrong with each, in sentences.
pub fn read(lines: &[String], scene: &Scene<'_>) -> Result<Orders, Vec<String>> {
    if lines.len() > MOST {
        return Err(vec![format!("A mail has at most {MOST} commands.")]);
    }
    let (mut orders, mut wrong) = (Orders::default(), Vec::new());
    for line in lines {
        if let Err(why) = one(line, scene, &mut orders) {
            wrong.push(format!("“{}” {why}.", line.chars().take(MOST_QUOTED).collect::<String>()));
        }
    }
    if wrong.is_empty() { Ok(orders) } else { Err(wrong) }
}

fn one(line: &str, scene: &Scene<'_>, orders: &mut Orders) -> Result<(), String> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let change = match (word.to_lowercase().as_str(), rest.is_empty()) {
        ("!take", true) => Change::Assign(Some(scene.me)),
        ("!assign", false) => Change::Assign(Some(colleague(rest, scene.colleagues)?)),
        ("!assign", true) => return Err("names nobody".into()),
        ("!solve", true) => Change::Solve,
        ("!close", true) => Change::Close,
        ("!wait", _) => wait(rest, scene)?,
        ("!note", true) => {
            orders.note = true;
            return Ok(());
        }
        ("!note", false) => return Err("stands alone; the note is written below it".into()),
        ("!tag", _) => {
            let tag = crate::customers::rules::checked_tag(rest).map_err(|_| "is not one short word".to_owned())?;
            orders.tags.push(tag);
            return Ok(());
        }
        _ => return Err("is not understood".into()),
    };
    orders.changes.push(change);
    Ok(())
}

fn wait(rest: &str, scene: &Scene<'_>) -> Result<Change, String> {
    if rest.is_empty() || rest.eq_ignore_ascii_case("customer") {
        return Ok(Change::Wait { on: WaitingOn::Customer, until: None });
    }
    let day: Date = rest.parse().map_err(|_| "is neither “customer” nor a day such as 2027-01-31".to_owned())?;
    let begins = day.to_zoned(scene.zone.clone()).map_err(|_| "is not a day".to_owned())?;
    let until = Timestamp::from_seconds(begins.timestamp().as_second());
    if until <= scene.now {
        return Err("is not a day in the future".into());
    }
    Ok(Change::Wait { on: WaitingOn::Date, until: Some(until) })
}

/// Somebody by address, whole name or one of its words; of several none.
fn colleague(wanted: &str, all: &[(AgentId, String, String)]) -> Result<AgentId, String> {
    let wanted = wanted.trim_start_matches('@').to_lowercase();
    let exact = |(_, name, address): &&(AgentId, String, String)| {
        name.to_lowercase() == wanted || address.to_lowercase() == wanted
    };
    let part =
        |(_, name, _): &&(AgentId, String, String)| name.to_lowercase().split_whitespace().any(|word| word == wanted);
    let mut found: Vec<AgentId> = all.iter().filter(exact).map(|(id, ..)| *id).collect();
    if found.is_empty() {
        found = all.iter().filter(part).map(|(id, ..)| *id).collect();
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err("names nobody who works on cases here".into()),
        _ => Err("fits more than one colleague; write the whole name or the address".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(text: &str) -> Result<Orders, Vec<String>> {
        let colleagues = [
            (AgentId(1), "Aoife Byrne".to_owned(), "aoife@desk.example".to_owned()),
            (AgentId(2), "Ben Lind".to_owned(), "ben@desk.example".to_owned()),
            (AgentId(3), "Ben Ode".to_owned(), "b.ode@desk.example".to_owned()),
        ];
        let now = Timestamp::parse_rfc3339("2027-03-01T09:00:00Z").unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        read(&split(text).lines, &Scene { me: AgentId(1), colleagues: &colleagues, now, zone })
    }

    fn split_of(text: &str) -> (Vec<String>, String) {
        let split = split(text);
        (split.lines, split.words)
    }

    #[test]
    fn only_the_first_lines_are_commands() {
        assert_eq!(
            split_of("\n !take \r\n\n!tag vpn\n\nHello\n!close\n"),
            (vec!["!take".into(), "!tag vpn".into()], "Hello\n!close".into())
        );
        for words in ["Hello\n!take", "", "! take", "!!", "!1", "¡take"] {
            assert_eq!(split_of(words), (vec![], words.into()), "{words}");
        }
    }

    #[test]
    fn each_command_is_read_whatever_its_case() {
        let read = orders("!TAKE\n!assign ben ode\n!Solve\n!close\n!wait\n!wait Customer\n!note\n!tag VPN").unwrap();
        let wait = Change::Wait { on: WaitingOn::Customer, until: None };
        let (me, ben) = (Change::Assign(Some(AgentId(1))), Change::Assign(Some(AgentId(3))));
        assert_eq!(read.changes, [me, ben, Change::Solve, Change::Close, wait.clone(), wait]);
        assert_eq!((read.tags, read.note), (vec!["vpn".to_owned()], true));
    }

    #[test]
    fn a_day_begins_where_the_writer_is() {
        let until = Timestamp::parse_rfc3339("2027-03-04T23:00:00Z");
        let orders = orders("!wait 2027-03-05").unwrap();
        assert_eq!(orders.changes, [Change::Wait { on: WaitingOn::Date, until }]);
    }

    #[test]
    fn a_colleague_is_named_so_that_only_one_is_meant() {
        let assigned = |name: &str| orders(&format!("!assign {name}")).map(|orders| orders.changes[0].clone());
        for (name, id) in [("Aoife", 1), ("@aoife", 1), ("ben lind", 2), ("B.Ode@desk.example", 3), ("ode", 3)] {
            assert_eq!(assigned(name), Ok(Change::Assign(Some(AgentId(id)))), "{name}");
        }
        assert!(assigned("ben").unwrap_err()[0].contains("more than one colleague"));
        assert!(assigned("carol").unwrap_err()[0].contains("names nobody"));
    }

    #[test]
    fn one_wrong_command_spoils_them_all_and_each_is_named() {
        let wrong = orders("!take\n!clsoe\n!tag a b\n!wait 2020-01-01\n!wait soon\n!close now\n!note hello\n!assign")
            .unwrap_err();
        assert_eq!(wrong.len(), 7, "{wrong:?}");
        assert_eq!(wrong[0], "“!clsoe” is not understood.");
        assert!(wrong[2].contains("in the future"), "{wrong:?}");
        assert!(orders(&"!take\n".repeat(11)).is_err());
        assert!(orders(&format!("!{}", "x".repeat(5000))).unwrap_err()[0].len() < 200);
    }
}
