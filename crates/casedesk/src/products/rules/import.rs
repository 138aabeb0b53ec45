//! endoflife.date's JSON, old form and new, read against a life-cycle table: what would be added, changed, left alone.
//!
//! Of a line that the table has, only what the file says is changed. Its end of life is ours; extended support, which
//! is bought apart, is not taken over.
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{checked_cycle, fold};
use crate::kit::Day;
use crate::products::{Cycle, CycleDraft, CycleId};
use crate::words;

pub const MOST_BYTES: usize = 512 * 1024;
pub const MOST_LINES: usize = 500;

/// Why the file as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("The file is larger than {} KB.", MOST_BYTES / 1024)]
    TooLarge,
    #[error("This is not JSON: {0}.")]
    NotJson(String),
    #[error(
        "This is not what endoflife.date gives for a product: a list of cycles, or an object with “result” and “releases”."
    )]
    OtherForm,
    #[error("The file has more than {MOST_LINES} cycles.")]
    TooLong,
}

words!(
    /// What an import does with a line.
    Fate { Added = "added", Changed = "changed", Left = "left" }
);

/// One field that an import changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    pub field: &'static str,
    pub from: String,
    pub to: String,
}

/// What an import does with one cycle.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Step {
    pub name: String,
    pub fate: Fate,
    pub differences: Vec<Difference>,
    #[serde(skip)]
    #[schema(ignore)]
    pub cycle: Option<CycleId>,
    #[serde(skip)]
    #[schema(ignore)]
    pub draft: CycleDraft,
}

/// A line that is not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BadLine {
    /// As `line 3 (5.1)`.
    pub place: String,
    pub why: String,
}

/// What an import comes to.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub bad: Vec<BadLine>,
    /// Cycles that the table has and the file does not; they stay.
    pub untouched: Vec<String>,
}

impl Plan {
    pub fn count(&self, fate: Fate) -> usize {
        self.steps.iter().filter(|step| step.fate == fate).count()
    }

    /// Whether it would change anything.
    pub fn does_something(&self) -> bool {
        self.steps.iter().any(|step| step.fate != Fate::Left)
    }
}

/// Reads the text of a file.
pub fn parse(text: &str) -> Result<Value, Unreadable> {
    if text.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    serde_json::from_str(text).map_err(|error| Unreadable::NotJson(error.to_string()))
}

/// Reads a line of one of the two forms.
type Reader = fn(&Map<String, Value>) -> Result<Line, String>;

/// What the file would do to the table.
pub fn plan(file: &Value, table: &[Cycle]) -> Result<Plan, Unreadable> {
    let (lines, read): (&Vec<Value>, Reader) = match file {
        Value::Array(lines) => (lines, old_line),
        Value::Object(file) => (
            file.get("result").and_then(|result| result.get("releases")?.as_array()).ok_or(Unreadable::OtherForm)?,
            new_line,
        ),
        _ => return Err(Unreadable::OtherForm),
    };
    if lines.len() > MOST_LINES {
        return Err(Unreadable::TooLong);
    }
    let mut plan = Plan::default();
    for (number, line) in lines.iter().enumerate() {
        let read = line.as_object().ok_or_else(|| "it is no object".to_owned()).and_then(read);
        match read.and_then(|line| step(line, table, &plan)) {
            Ok(step) => plan.steps.push(step),
            Err(why) => plan.bad.push(BadLine { place: place(number + 1, line), why }),
        }
    }
    let named = |cycle: &&Cycle| !plan.steps.iter().any(|step| step.cycle == Some(cycle.id));
    plan.untouched = table.iter().filter(named).map(|cycle| cycle.name.clone()).collect();
    Ok(plan)
}

fn place(number: usize, line: &Value) -> String {
    let name = ["cycle", "name"].iter().find_map(|key| text_of(line.get(key)?));
    match name {
        Some(name) => format!("line {number} ({})", name.chars().take(40).collect::<String>()),
        None => format!("line {number}"),
    }
}

/// What a line says; `None` where it is silent.
#[derive(Default)]
struct Line {
    name: String,
    lts: Option<bool>,
    released_on: Option<Day>,
    support_ends_on: Option<Option<Day>>,
    /// The end of life, and whether it has ended on an unknown day.
    end: Option<(Option<Day>, bool)>,
    latest: Option<String>,
    latest_on: Option<Day>,
    link: Option<String>,
}

/// A day, or a yes or no without one.
enum When {
    On(Day),
    Yes,
    No,
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn text(line: &Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match line.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => text_of(value).map(Some).ok_or_else(|| format!("“{key}” is neither text nor a number")),
    }
}

fn when(line: &Map<String, Value>, key: &str) -> Result<Option<When>, String> {
    match line.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(yes)) => Ok(Some(if *yes { When::Yes } else { When::No })),
        Some(Value::String(text)) => match Day::parse(text) {
            Some(day) => Ok(Some(When::On(day))),
            None => Err(format!("“{key}” is “{}”, which is no day", text.chars().take(40).collect::<String>())),
        },
        Some(_) => Err(format!("“{key}” is neither a day nor yes or no")),
    }
}

fn day(line: &Map<String, Value>, key: &str) -> Result<Option<Day>, String> {
    match when(line, key)? {
        Some(When::On(day)) => Ok(Some(day)),
        None => Ok(None),
        Some(_) => Err(format!("“{key}” is no day")),
    }
}

fn flag(line: &Map<String, Value>, key: &str) -> Result<Option<bool>, String> {
    match line.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(yes)) => Ok(Some(*yes)),
        Some(_) => Err(format!("“{key}” is neither yes nor no")),
    }
}

/// `{"cycle", "releaseDate", "eol", "support", "latest", "latestReleaseDate", "lts", "link"}`.
fn old_line(line: &Map<String, Value>) -> Result<Line, String> {
    Ok(Line {
        name: text(line, "cycle")?.ok_or("“cycle” is missing")?,
        // It may be the day from which it is so.
        lts: when(line, "lts")?.map(|lts| !matches!(lts, When::No)),
        released_on: day(line, "releaseDate")?,
        support_ends_on: when(line, "support")?.map(|support| match support {
            When::On(day) => Some(day),
            When::Yes | When::No => None,
        }),
        end: when(line, "eol")?.map(|eol| match eol {
            When::On(day) => (Some(day), false),
            When::Yes => (None, true),
            When::No => (None, false),
        }),
        latest: text(line, "latest")?,
        latest_on: day(line, "latestReleaseDate")?,
        link: text(line, "link")?,
    })
}

/// `{"name", "releaseDate", "isEol", "eolFrom", "eoasFrom", "isLts", "latest": {"name", "date", "link"}}`.
fn new_line(line: &Map<String, Value>) -> Result<Line, String> {
    let nothing = Map::new();
    let latest = match line.get("latest") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(latest)) => latest,
        Some(_) => return Err("“latest” is no object".into()),
    };
    let over = flag(line, "isEol")?;
    let from = day(line, "eolFrom")?;
    let has_end = from.is_some() || over.is_some();
    flag(line, "isEoas")?;
    Ok(Line {
        name: text(line, "name")?.ok_or("“name” is missing")?,
        lts: flag(line, "isLts")?,
        released_on: day(line, "releaseDate")?,
        support_ends_on: if line.contains_key("eoasFrom") { Some(day(line, "eoasFrom")?) } else { None },
        end: has_end.then_some((from, over == Some(true) && from.is_none())),
        latest: text(latest, "name")?,
        latest_on: day(latest, "date")?,
        link: text(latest, "link")?,
    })
}

/// What the line does to the table, if the cycle that comes of it can be kept.
fn step(line: Line, table: &[Cycle], so_far: &Plan) -> Result<Step, String> {
    let known = table.iter().find(|cycle| fold(&cycle.name) == fold(&line.name));
    if so_far.steps.iter().any(|step| fold(&step.name) == fold(&line.name)) {
        return Err("the file has it twice".into());
    }
    let before = known.map(draft_of);
    let base = before.clone().unwrap_or_else(|| CycleDraft { name: line.name.clone(), ..CycleDraft::default() });
    let (ends_on, ended) = line.end.unwrap_or((base.ends_on, base.ended));
    let after = CycleDraft {
        lts: line.lts.unwrap_or(base.lts),
        released_on: line.released_on.or(base.released_on),
        support_ends_on: line.support_ends_on.unwrap_or(base.support_ends_on),
        ends_on,
        ended,
        latest: line.latest.or_else(|| base.latest.clone()),
        latest_on: line.latest_on.or(base.latest_on),
        link: line.link.or_else(|| base.link.clone()),
        ..base
    };
    let draft = checked_cycle(&after).map_err(|unfit| unfit.to_string().trim_end_matches('.').to_owned())?;
    let differences = before.map(|before| differences(&before, &draft)).unwrap_or_default();
    let fate = match known {
        None => Fate::Added,
        Some(_) if differences.is_empty() => Fate::Left,
        Some(_) => Fate::Changed,
    };
    Ok(Step { name: draft.name.clone(), fate, differences, cycle: known.map(|cycle| cycle.id), draft })
}

fn draft_of(cycle: &Cycle) -> CycleDraft {
    CycleDraft {
        name: cycle.name.clone(),
        lts: cycle.lts,
        released_on: cycle.released_on,
        support_ends_on: cycle.support_ends_on,
        security_ends_on: cycle.security_ends_on,
        ends_on: cycle.ends_on,
        ended: cycle.ended,
        latest: cycle.latest.clone(),
        latest_on: cycle.latest_on,
        link: cycle.link.clone(),
    }
}

fn differences(before: &CycleDraft, after: &CycleDraft) -> Vec<Difference> {
    let day = |day: Option<Day>| day.map_or_else(|| "none".to_owned(), |day| day.to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let all = [
        ("Long-term support", yes(before.lts), yes(after.lts)),
        ("Released", day(before.released_on), day(after.released_on)),
        ("Support ends", day(before.support_ends_on), day(after.support_ends_on)),
        ("End of life", day(before.ends_on), day(after.ends_on)),
        ("Has ended", yes(before.ended), yes(after.ended)),
        ("Newest version", text(&before.latest), text(&after.latest)),
        ("Newest version released", day(before.latest_on), day(after.latest_on)),
        ("Link", text(&before.link), text(&after.link)),
    ];
    let differs = all.into_iter().filter(|(_, from, to)| from != to);
    differs.map(|(field, from, to)| Difference { field, from, to }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::samples::{cycle, day};
    use super::*;

    fn one(line: Value) -> CycleDraft {
        let plan = plan(&json!([line]), &[]).unwrap();
        assert_eq!(plan.bad, []);
        plan.steps[0].draft.clone()
    }

    #[test]
    fn the_old_form_is_read() {
        let full =
            one(json!({ "cycle": "22.04", "releaseDate": "2022-04-21", "support": "2024-09-30", "eol": "2027-04-01",
            "extendedSupport": "2032-04-09", "latest": "22.04.5", "latestReleaseDate": "2024-09-12", "lts": true,
            "link": "https://wiki.example/22.04", "codename": "x" }));
        assert_eq!(
            (full.released_on, full.support_ends_on, full.ends_on),
            (day("2022-04-21"), day("2024-09-30"), day("2027-04-01"))
        );
        assert_eq!((full.latest.as_deref(), full.latest_on, full.lts), (Some("22.04.5"), day("2024-09-12"), true));
        let bare = one(json!({ "cycle": 11, "eol": true, "lts": "2021-10-26" }));
        assert_eq!((bare.name.as_str(), bare.ended, bare.ends_on, bare.lts), ("11", true, None, true));
        let endless = one(json!({ "cycle": "12", "eol": false, "support": true, "latest": 12.5 }));
        assert_eq!((endless.ended, endless.ends_on, endless.latest.as_deref()), (false, None, Some("12.5")));
    }

    #[test]
    fn the_new_form_is_read() {
        let file = json!({ "schema_version": "1.2.0", "result": { "name": "java", "label": "Java", "releases": [
            { "name": "21", "label": "21 (LTS)", "releaseDate": "2023-09-19", "isLts": true, "isEol": false, "eolFrom": "2029-12-31",
              "isEoas": false, "eoasFrom": "2027-12-31", "isEoes": null, "latest": { "name": "21.0.5", "date": "2024-10-15", "link": null } },
            { "name": "9", "releaseDate": "2017-09-21", "isLts": false, "isEol": true, "eolFrom": null, "latest": null },
        ]}});
        let plan = plan(&file, &[]).unwrap();
        assert_eq!(plan.bad, []);
        let drafts: Vec<_> = plan.steps.iter().map(|step| step.draft.clone()).collect();
        assert_eq!(
            (drafts[0].ends_on, drafts[0].support_ends_on, drafts[0].lts),
            (day("2029-12-31"), day("2027-12-31"), true)
        );
        assert_eq!(drafts[0].latest.as_deref(), Some("21.0.5"));
        assert!(drafts[1].ended && drafts[1].ends_on.is_none());
    }

    #[test]
    fn a_line_changes_only_what_it_says() {
        let known = Cycle {
            latest: Some("5.1.2".into()),
            link: Some("https://a.example/".into()),
            ..cycle("5.1", ["2025-01-01", "2026-01-01", "2026-06-01", "2027-01-01"])
        };
        let table = [known, Cycle { id: CycleId(2), ..cycle("4", ["", "", "", ""]) }];
        let say = |line: Value| plan(&json!([line]), &table).unwrap();
        let same = say(json!({ "cycle": "5.1", "releaseDate": "2025-01-01", "eol": "2027-01-01" }));
        assert_eq!((same.steps[0].fate, same.does_something()), (Fate::Left, false));
        assert_eq!(same.untouched, ["4"]);
        let later = say(json!({ "cycle": "5.1", "eol": "2027-06-01", "latest": "5.1.3" }));
        assert_eq!(later.steps[0].fate, Fate::Changed);
        assert_eq!(later.steps[0].draft.security_ends_on, day("2026-06-01"));
        assert_eq!(
            later.steps[0].differences,
            [
                Difference { field: "End of life", from: "2027-01-01".into(), to: "2027-06-01".into() },
                Difference { field: "Newest version", from: "5.1.2".into(), to: "5.1.3".into() },
            ]
        );
        assert!(say(json!({ "cycle": "5.1", "eol": false })).steps[0].draft.ends_on.is_none());
        let clash = say(json!({ "cycle": "5.1", "eol": "2026-03-01" }));
        assert!(clash.bad[0].why.contains("which is before “Security fixes end”"), "{:?}", clash.bad);
    }

    #[test]
    fn a_bad_line_is_named_and_the_others_are_taken() {
        let file = json!([
            { "cycle": "1", "eol": "2025-02-30" },
            { "cycle": "2", "eol": 5 },
            { "cycle": ["3"] },
            "four",
            { "eol": "2025-01-01" },
            { "cycle": "6", "releaseDate": "2025-05-01", "eol": "2025-01-01" },
            { "cycle": "7", "link": "javascript:alert(1)" },
            { "cycle": "8", "releaseDate": true },
            { "cycle": "  " },
            { "cycle": "x".repeat(101) },
            { "cycle": "good", "eol": "2025-01-01" },
            { "cycle": "GOOD", "eol": "2026-01-01" },
        ]);
        let plan = plan(&file, &[]).unwrap();
        assert_eq!(plan.steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), ["good"]);
        let said: Vec<String> = plan.bad.iter().map(|bad| format!("{}: {}", bad.place, bad.why)).collect();
        assert_eq!(said.len(), 11, "{said:#?}");
        assert_eq!(said[0], "line 1 (1): “eol” is “2025-02-30”, which is no day");
        assert_eq!(said[3], "line 4: it is no object");
        assert_eq!(said[4], "line 5: “cycle” is missing");
        assert_eq!(said[10], "line 12 (GOOD): the file has it twice");
    }

    #[test]
    fn what_is_something_else_is_refused_as_a_whole() {
        assert!(matches!(parse("{"), Err(Unreadable::NotJson(_))));
        assert!(matches!(parse(&"[".repeat(100_000)), Err(Unreadable::NotJson(_))));
        assert_eq!(parse(&" ".repeat(MOST_BYTES + 1)), Err(Unreadable::TooLarge));
        for other in
            [json!(null), json!("x"), json!({}), json!({ "result": [] }), json!({ "result": { "releases": {} } })]
        {
            assert_eq!(plan(&other, &[]).unwrap_err(), Unreadable::OtherForm, "{other}");
        }
        let many: Vec<Value> = (0..=MOST_LINES).map(|n| json!({ "cycle": n })).collect();
        assert_eq!(plan(&json!(many), &[]).unwrap_err(), Unreadable::TooLong);
    }
}
