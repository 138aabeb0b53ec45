//! The five verdicts: contract, life cycle, upgrade, roadmap, completeness.
use std::cmp::Ordering;
use std::collections::BTreeSet;

use casedesk_details::{Field, completeness as details, version};
use jiff::Span;
use jiff::civil::Date;

pub use casedesk_details::Known;

use super::label;
use crate::customers::{Life, Lives, SupportOptionId, Verdict, VerdictAction, VerdictKind, VerdictState};
use crate::products::ItemId;
use crate::products::rules::{Stage, Standing};

/// From how many days before its end on a contract is told to expire.
const CONTRACT_WARNS_DAYS: i32 = 60;
/// How often a contract can go on by itself: a hundred years of months.
const MOST_TERMS: usize = 1_200;
/// How many words of a title have to stand in a request as well.
const SHARED_WORDS: usize = 2;
/// How many lines of a release's notes are held against a case, how many of those that look like it are named, and how
/// much of each is shown, in characters.
const MOST_LINES: usize = 200;
const MOST_NAMED: usize = 2;
const MOST_SHOWN: usize = 100;

/// A contract with the name of its option.
#[derive(Clone, Debug)]
pub struct Agreement {
    pub option_id: SupportOptionId,
    pub option: String,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub renews_months: Option<i64>,
}

impl Agreement {
    /// The last day that is covered, as seen on a day: one that goes on by itself has a later one by then.
    fn covered_until(&self, today: Date) -> Option<Date> {
        let (mut end, months) = (self.ends_on?, self.renews_months.unwrap_or(0));
        for _ in 0..MOST_TERMS {
            if months < 1 || end >= today {
                break;
            }
            let Ok(later) = Span::new().try_months(months).and_then(|term| end.checked_add(term)) else { break };
            end = later;
        }
        Some(end)
    }
}

fn verdict(kind: VerdictKind, state: VerdictState, reason: String, action: Option<VerdictAction>) -> Verdict {
    Verdict { kind, state, reason, label: String::new(), action, item_id: None, lives: Lives::default() }
}

/// `5 Mar 2027`.
fn told(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// Days from one to another; below zero when it is past.
fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// The contract that counts on a day: of those that cover it the one that does so for longest.
pub fn in_force(agreements: &[Agreement], today: Date) -> Option<&Agreement> {
    let begun = |one: &&Agreement| one.starts_on <= today;
    let covers = |one: &&Agreement| one.covered_until(today).is_none_or(|end| end >= today);
    let last = |one: &&Agreement| one.covered_until(today).unwrap_or(Date::MAX);
    agreements.iter().filter(begun).filter(covers).max_by_key(last)
}

/// Whether a case is covered today, by which option, and what to do when it is not.
pub fn contract(agreements: &[Agreement], today: Date) -> Verdict {
    use VerdictState as S;
    let say = |state, reason, action| verdict(VerdictKind::Contract, state, reason, action);
    let quote = Some(VerdictAction::Quote);
    let begun = |one: &&Agreement| one.starts_on <= today;
    let last = |one: &&Agreement| one.covered_until(today).unwrap_or(Date::MAX);
    if let Some(one) = in_force(agreements, today) {
        let Some(end) = one.covered_until(today) else {
            return say(S::Covered, format!("{}, without an end.", one.option), None);
        };
        let left = days(today, end);
        // One that follows without a gap counts as well.
        let follows = agreements.iter().any(|next| next.starts_on > today && days(end, next.starts_on) <= 1);
        return match (one.renews_months, follows) {
            (Some(_), _) => say(S::Covered, format!("{}, goes on by itself after {}.", one.option, told(end)), None),
            (None, true) => say(S::Covered, format!("{} until {}, then renewed.", one.option, told(end)), None),
            (None, false) if left <= CONTRACT_WARNS_DAYS => {
                let reason = format!("{} ends {}, on {}.", one.option, in_days(left), told(end));
                Verdict { label: format!("contract ends {}", in_days(left)), ..say(S::Expiring, reason, quote) }
            }
            (None, false) => say(S::Covered, format!("{} until {}.", one.option, told(end)), None),
        };
    }
    if let Some(one) = agreements.iter().filter(begun).max_by_key(last) {
        let reason = format!("{} ended on {}.", one.option, told(last(&one)));
        return Verdict { label: "contract expired".into(), ..say(S::Expired, reason, quote) };
    }
    match agreements.iter().min_by_key(|one| one.starts_on) {
        Some(one) => say(S::NoContract, format!("{} begins on {}.", one.option, told(one.starts_on)), quote),
        None => say(S::NoContract, "The organisation has no contract.".into(), quote),
    }
}

fn in_days(days: i32) -> String {
    match days {
        0 => "today".into(),
        1 => "tomorrow".into(),
        days => format!("in {days} days"),
    }
}

impl Life {
    fn what(&self) -> String {
        format!("{} {}", self.name, self.cycle)
    }

    /// In a list, where everybody knows what we sell.
    fn short(&self) -> String {
        if self.own { self.cycle.clone() } else { self.what() }
    }
}

/// How the versions of an installation stand: the worst of them decides. None of them is in a table: unknown.
pub fn life_cycle(chosen: bool, lives: &[Life]) -> Verdict {
    use VerdictState as S;
    let say = |state, reason: String, action| verdict(VerdictKind::LifeCycle, state, reason, action);
    if !chosen {
        let reason = "It is not said which installation this is about.".into();
        return say(S::Unknown, reason, Some(VerdictAction::Choose));
    }
    let known = lives.iter().filter(|life| life.standing.stage != Stage::Unknown);
    // Of several that stand as badly the first is named, which is our own product.
    let Some(named) = known.rev().max_by_key(|life| rank(&life.standing.stage)) else {
        let reason = "No version is known that stands in a life-cycle table.".into();
        return say(S::Unknown, reason, Some(VerdictAction::Ask));
    };
    let worst = named.standing.stage;
    let worth_saying = |life: &&Life| rank(&life.standing.stage) > 0 || rank(&worst) == 0;
    let told = |life: &Life| format!("{} {}.", life.what(), says(&life.standing));
    let reason: Vec<String> = lives.iter().filter(worth_saying).map(told).collect();
    let state = match worst {
        Stage::Ended => S::Ended,
        Stage::Ending => S::Ending,
        Stage::SecurityOnly => S::SecurityOnly,
        _ => S::Supported,
    };
    let label = match worst {
        Stage::Ended => format!("{} ended", named.short()),
        Stage::Ending => format!("{} {}", named.short(), named.standing.words),
        Stage::SecurityOnly => format!("{} security only", named.short()),
        _ => format!("{} supported", named.short()),
    };
    let lives = Lives(lives.to_vec());
    Verdict { label, lives, ..say(state, reason.join(" "), (rank(&worst) > 1).then_some(VerdictAction::Upgrade)) }
}

/// The same by a version that the customer wrote in the form and nobody has accepted yet, when a table has it.
pub fn life_cycle_as_told(life: &Life) -> Option<Verdict> {
    let found = life_cycle(true, std::slice::from_ref(life));
    let reason = format!("As the customer wrote in the form: {}", found.reason);
    (found.state != VerdictState::Unknown).then_some(Verdict { reason, ..found })
}

fn rank(stage: &Stage) -> u8 {
    match stage {
        Stage::Ended => 3,
        Stage::Ending => 2,
        Stage::SecurityOnly => 1,
        _ => 0,
    }
}

/// How it stands, as what follows a name.
pub(super) fn says(standing: &Standing) -> String {
    let verb = match standing.stage {
        Stage::Supported => "is ",
        Stage::Upcoming => "is to be ",
        Stage::SecurityOnly => "gets ",
        _ => "",
    };
    format!("{verb}{}", standing.words)
}

/// A release with what its notes say, line by line.
#[derive(Clone, Debug)]
pub struct Newer {
    pub version: String,
    lines: Vec<(String, Words)>,
}

impl Newer {
    pub fn new(version: String, notes: &str) -> Self {
        let lines = notes.lines().map(plain).filter(|line| !line.is_empty()).take(MOST_LINES);
        Self { version, lines: lines.map(|line| (shortened(&line), words(&line))).collect() }
    }
}

/// A line of Markdown as it reads.
fn plain(line: &str) -> String {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '+' | '#' | '>'));
    line.replace(['`', '*'], "").trim().to_owned()
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= MOST_SHOWN {
        return line.trim_end_matches('.').to_owned();
    }
    format!("{}…", line.chars().take(MOST_SHOWN).collect::<String>().trim_end())
}

/// Whether there is a newer release than the installed one, and which faults that newer ones mend look like the case.
pub fn upgrade(installed: Option<&str>, releases: &[Newer], case: &Words) -> Option<Verdict> {
    let installed = installed?;
    let by_version = |a: &&Newer, b: &&Newer| version::compare(&a.version, &b.version).unwrap_or(Ordering::Equal);
    let mut known = false;
    let mut later = Vec::new();
    for one in releases {
        let order = version::compare(&one.version, installed);
        known |= order.is_some();
        later.extend((order == Some(Ordering::Greater)).then_some(one));
    }
    let Some(newest) = later.iter().copied().max_by(by_version) else {
        let reason = format!("{installed} is the newest release.");
        let current = || verdict(VerdictKind::Upgrade, VerdictState::Current, reason, None);
        return known.then(|| Verdict { label: "newest release".into(), ..current() });
    };
    let mut alike: Vec<(usize, &str, &str)> = Vec::new();
    for one in &later {
        let shared = one.lines.iter().map(|(line, told)| (told.intersection(case).count(), line.as_str()));
        alike.extend(shared.filter(|(both, _)| *both >= SHARED_WORDS).map(|(both, line)| (both, &*one.version, line)));
    }
    alike.sort_by_key(|(both, _, _)| std::cmp::Reverse(*both));
    let named: Vec<String> =
        alike.iter().take(MOST_NAMED).map(|(_, version, line)| format!("{version} (“{line}”)")).collect();
    let mut reason = format!("{} is newer than {installed}.", newest.version);
    if !named.is_empty() {
        reason.push_str(&format!(" What looks like this case is mended in {}.", named.join(" and ")));
    }
    let action = Some(VerdictAction::Upgrade);
    let label = format!("{} is out", newest.version);
    Some(Verdict { label, ..verdict(VerdictKind::Upgrade, VerdictState::Available, reason, action) })
}

/// An item of the roadmap.
#[derive(Clone, Debug)]
pub struct Planned {
    pub id: ItemId,
    pub title: String,
    pub status: String,
    pub target: Option<String>,
    words: Words,
}

impl Planned {
    pub fn new(id: ItemId, title: String, status: String, target: Option<String>) -> Self {
        Self { words: words(&title), id, title, status, target }
    }
}

/// Whether what is asked for is planned: most words of an item's title stand in the request.
pub fn roadmap(asked: &Words, items: &[Planned]) -> Verdict {
    let shared = |item: &Planned| {
        let both = item.words.intersection(asked).count();
        let most = both >= SHARED_WORDS.min(item.words.len()) && both * 2 >= item.words.len();
        if most { both } else { 0 }
    };
    let best =
        items.iter().map(|item| (shared(item), item)).filter(|(both, _)| *both > 0).max_by_key(|(both, _)| *both);
    match best {
        Some((_, item)) => {
            let target = item.target.as_ref().map_or_else(String::new, |target| format!(", for {target}"));
            let reason = format!("“{}” is {}{target}.", item.title, item.status);
            let found = verdict(VerdictKind::Roadmap, VerdictState::Matched, reason, Some(VerdictAction::Link));
            Verdict { item_id: Some(item.id), ..found }
        }
        None => {
            let reason = "Nothing on the roadmap looks like it.".into();
            verdict(VerdictKind::Roadmap, VerdictState::Unmatched, reason, Some(VerdictAction::Quote))
        }
    }
}

/// Words that tell something, in lower case.
pub type Words = BTreeSet<String>;

/// The words of a text that tell something, in lower case.
pub fn words(text: &str) -> Words {
    const COMMON: [&str; 28] = [
        "about", "after", "also", "been", "could", "does", "from", "have", "hello", "into", "like", "more", "need",
        "please", "should", "since", "some", "that", "them", "there", "they", "this", "want", "when", "which", "will",
        "with", "would",
    ];
    let lower = text.to_lowercase();
    let tells = |word: &&str| word.chars().count() >= 4 && !COMMON.contains(word);
    lower.split(|c: char| !c.is_alphanumeric()).filter(tells).map(str::to_owned).collect()
}

/// What is known of the log files of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    None,
    /// There is one, and no line of it says when.
    Unstamped,
    Stamped,
}

/// Which of the required details are missing, and whether a time-stamped log is.
pub fn completeness(required: &[Field], known: &[Known], logs: Option<Logs>) -> Verdict {
    let (done, missing) = required_words(required, known, logs);
    let say = |state, reason, action| verdict(VerdictKind::Completeness, state, reason, action);
    if missing.is_empty() {
        let found = say(VerdictState::Complete, format!("All {} details are known.", done.len()), None);
        return Verdict { label: "details complete".into(), ..found };
    }
    let reason = format!("Missing: {}.", missing.join(", "));
    let label = match missing.len() {
        1 => "1 detail missing".into(),
        many => format!("{many} details missing"),
    };
    Verdict { label, ..say(VerdictState::Missing, reason, Some(VerdictAction::Ask)) }
}

/// What is required in the words of the page: what is there, and what is missing.
pub fn required_words(required: &[Field], known: &[Known], logs: Option<Logs>) -> (Vec<String>, Vec<String>) {
    let missing = details::missing(required, known);
    let words = |fields: &mut dyn Iterator<Item = &Field>| fields.map(|field| label(*field).to_lowercase()).collect();
    let mut done: Vec<String> = words(&mut required.iter().filter(|field| !missing.contains(field)));
    let mut open: Vec<String> = words(&mut missing.iter());
    match logs {
        Some(Logs::Stamped) => done.push("time-stamped log".into()),
        Some(Logs::Unstamped) => open.push("a log with time stamps (the one that came has none)".into()),
        Some(Logs::None) => open.push("a time-stamped server log".into()),
        None => {}
    }
    (done, open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::rules::Lifespan;

    const TODAY: Date = Date::constant(2027, 3, 1);

    fn agreement(starts: (i16, i8, i8), ends: Option<(i16, i8, i8)>) -> Agreement {
        let date = |(year, month, day)| Date::constant(year, month, day);
        Agreement {
            option_id: SupportOptionId(1),
            option: "Premier".into(),
            starts_on: date(starts),
            ends_on: ends.map(date),
            renews_months: None,
        }
    }

    fn found(agreements: &[Agreement]) -> (VerdictState, String, Option<VerdictAction>) {
        let found = contract(agreements, TODAY);
        (found.state, found.reason, found.action)
    }

    #[test]
    fn a_contract_covers_expires_soon_has_expired_or_is_not_there() {
        let quote = Some(VerdictAction::Quote);
        let covered = agreement((2027, 1, 1), Some((2027, 12, 31)));
        assert_eq!(found(&[covered]), (VerdictState::Covered, "Premier until 31 Dec 2027.".into(), None));
        let soon = agreement((2026, 4, 1), Some((2027, 4, 11)));
        let words = "Premier ends in 41 days, on 11 Apr 2027.".to_owned();
        assert_eq!(found(std::slice::from_ref(&soon)), (VerdictState::Expiring, words, quote));
        let last_day = agreement((2026, 4, 1), Some((2027, 3, 1)));
        assert_eq!(found(&[last_day]).1, "Premier ends today, on 1 Mar 2027.");
        let over = agreement((2026, 1, 1), Some((2027, 2, 28)));
        assert_eq!(found(&[over]), (VerdictState::Expired, "Premier ended on 28 Feb 2027.".into(), quote));
        let later = agreement((2027, 5, 1), None);
        assert_eq!(found(&[later]), (VerdictState::NoContract, "Premier begins on 1 May 2027.".into(), quote));
        assert_eq!(found(&[]).0, VerdictState::NoContract);
        let next = agreement((2027, 4, 12), Some((2028, 4, 11)));
        assert_eq!(found(&[soon, next]).0, VerdictState::Covered, "what follows without a gap counts");
    }

    #[test]
    fn a_contract_that_goes_on_by_itself_does_not_expire() {
        let one = Agreement { renews_months: Some(12), ..agreement((2020, 1, 31), Some((2021, 1, 30))) };
        let words = "Premier, goes on by itself after 30 Jan 2028.".to_owned();
        assert_eq!(found(&[one]), (VerdictState::Covered, words, None));
    }

    #[test]
    fn the_worst_version_decides_and_says_why() {
        let life = |what: &str, stage, words: &str| Life {
            field: Field::ProductVersion.name().into(),
            name: what.split(' ').next().unwrap().into(),
            version: format!("{}.3", what.split(' ').next_back().unwrap()),
            cycle: what.split(' ').next_back().unwrap().into(),
            own: what.starts_with("Ferrywell"),
            lifespan: Lifespan::default(),
            standing: Standing { stage, until: None, days_left: None, words: words.into(), reason: String::new() },
        };
        let product = life("Ferrywell 5.1", Stage::Ended, "ended on 30 June 2025");
        let system = life("RHEL 9", Stage::Supported, "supported until 31 May 2028");
        let runtime = life("OpenJDK 11", Stage::SecurityOnly, "security fixes only until 1 January 2029");
        let said = life_cycle(true, &[product, system.clone(), runtime.clone()]);
        let words = "Ferrywell 5.1 ended on 30 June 2025. OpenJDK 11 gets security fixes only until 1 January 2029.";
        assert_eq!((said.state, said.reason.as_str()), (VerdictState::Ended, words));
        assert_eq!(said.label, "5.1 ended");
        let spoken_of: Vec<&str> = said.lives.0.iter().map(|life| life.version.as_str()).collect();
        assert_eq!(spoken_of, ["5.1.3", "9.3", "11.3"]);
        assert_eq!(said.action, Some(VerdictAction::Upgrade));
        let said = life_cycle(true, &[system.clone(), runtime]);
        assert_eq!((said.state, said.action), (VerdictState::SecurityOnly, None));
        let said = life_cycle(true, &[system]);
        assert_eq!(said.reason, "RHEL 9 is supported until 31 May 2028.");
        let near = life("Ferrywell 6.0", Stage::Ending, "ends in 10 days");
        assert_eq!(life_cycle(true, &[near]).reason, "Ferrywell 6.0 ends in 10 days.");
        assert_eq!(life_cycle(false, &[]).action, Some(VerdictAction::Choose));
        assert_eq!(life_cycle(true, &[]).state, VerdictState::Unknown);
    }

    #[test]
    fn a_newer_release_is_told_with_the_faults_it_mends_that_look_like_the_case() {
        let notes = "Fixes:\n- Host keys of `ssh-rsa` are refused.\n- The audit log grows\n";
        let all = [Newer::new("5.1.2".into(), ""), Newer::new("5.2.0".into(), notes), Newer::new("5.10.0".into(), "")];
        let case = words("All partners refused: no matching host keys");
        let said = upgrade(Some("5.1.2"), &all, &case).unwrap();
        assert_eq!(
            said.reason,
            "5.10.0 is newer than 5.1.2. What looks like this case is mended in 5.2.0 (“Host keys of ssh-rsa are refused”)."
        );
        assert_eq!(said.label, "5.10.0 is out");
        let other = upgrade(Some("5.1.2"), &all, &words("The log is empty")).unwrap();
        assert_eq!(other.reason, "5.10.0 is newer than 5.1.2.", "one word in common is chance");
        assert_eq!(upgrade(Some("5.2.0"), &all, &case).unwrap().reason, "5.10.0 is newer than 5.2.0.");
        assert_eq!(upgrade(Some("5.10.0"), &all, &case).unwrap().state, VerdictState::Current);
        assert_eq!(upgrade(None, &all, &case), None);
    }

    #[test]
    fn a_request_is_matched_with_the_roadmap_by_its_words() {
        let item = |id, title: &str| Planned::new(ItemId(id), title.into(), "planned".into(), Some("6.0".into()));
        let items = [item(1, "Two-factor login for web users"), item(2, "AS4 protocol")];
        let said = roadmap(&words("Would you offer two-factor login?"), &items);
        assert_eq!(said.reason, "“Two-factor login for web users” is planned, for 6.0.");
        assert_eq!((said.action, said.item_id), (Some(VerdictAction::Link), Some(ItemId(1))));
        let said = roadmap(&words("A dark theme would be nice"), &items);
        assert_eq!((said.state, said.action), (VerdictState::Unmatched, Some(VerdictAction::Quote)));
    }

    #[test]
    fn what_is_missing_is_named_and_a_log_without_time_stamps_is_asked_for_again() {
        let known = [Known { field: Field::OsName, value: "Debian".into() }];
        let required = [Field::OsName, Field::OsVersion];
        let said = completeness(&required, &known, Some(Logs::Unstamped));
        assert_eq!(said.reason, "Missing: os version, a log with time stamps (the one that came has none).");
        assert_eq!(said.action, Some(VerdictAction::Ask));
        let said = completeness(&required[..1], &known, Some(Logs::Stamped));
        assert_eq!((said.state, said.reason.as_str()), (VerdictState::Complete, "All 2 details are known."));
    }
}
