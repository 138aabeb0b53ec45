//! What ARCHITECTURE.md says of the sources, read off the sources.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Rooms, lowest first; a room may use itself and rooms on lines above its own.
const ROOMS: &[&[&str]] = &[
    &["kit"],
    &["config"],
    &["db"],
    &["queue", "search", "files"],
    &["events", "desk"],
    &["web"],
    &["staff"],
    &["products"],
    &["customers"],
    &["cases"],
    &["mail", "forms", "phone", "live", "webhooks"],
    &["clocks", "details", "notices", "quotes"],
    &["portal"],
    &["privacy"],
    &["upkeep"],
    &["app"],
    &["demo"],
    &["commands"],
];

/// Rooms that are the kernel: their SQL stands in any of their files.
const KERNEL: &[&str] = &["db", "queue", "search", "events", "desk"];

/// Two rooms that know each other: the desk tells events, and a subscriber is asked with the desk.
const PAIR: [&str; 2] = ["events", "desk"];

const MOST_LINES: usize = 500;

struct Source {
    room: String,
    /// Path below the room, without `.rs`, such as `store/list`.
    kind: String,
    path: PathBuf,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !["node_modules", "dist", "target", "test-results"].iter().any(|skip| path.ends_with(skip)) {
                found.extend(files(&path, ending));
            }
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn sources() -> Vec<Source> {
    let src = root().join("crates/casedesk/src");
    files(&src, ".rs")
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&src).unwrap().with_extension("").to_string_lossy().into_owned();
            let (room, kind) = below.split_once('/').unwrap_or((&below, "mod"));
            let text = std::fs::read_to_string(&path).unwrap();
            Source { room: room.into(), kind: kind.into(), path, text }
        })
        .filter(|source| !["main", "lib"].contains(&source.room.as_str()))
        .collect()
}

fn line_of(room: &str) -> usize {
    ROOMS.iter().position(|line| line.contains(&room)).unwrap_or_else(|| panic!("the map has no room {room}"))
}

/// Without comments and unit tests.
fn code(source: &Source) -> String {
    let text = source.text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        let own = line_of(&source.room);
        let code = code(&source);
        for used in ROOMS.iter().flat_map(|line| line.iter()) {
            let named = code.contains(&format!("crate::{used}::"))
                || code.contains(&format!("use crate::{used};"))
                || code.lines().filter(|line| line.starts_with("use crate::{")).any(|line| names_room(line, used));
            let paired = PAIR.contains(used) && PAIR.contains(&source.room.as_str());
            if named && *used != source.room && !paired && line_of(used) >= own {
                wrong.push(format!("{}: {} uses {used}", source.path.display(), source.room));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether `use crate::{…};` has the room at its first level.
fn names_room(line: &str, room: &str) -> bool {
    let (mut depth, mut word) = (0, String::new());
    for c in line["use crate::".len()..].chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            if depth <= 1 && word == room {
                return true;
            }
            word.clear();
        }
    }
    false
}

#[test]
fn rules_are_pure() {
    let mut seen = 0;
    for source in sources().iter().filter(|source| source.kind == "rules" || source.kind.starts_with("rules/")) {
        seen += 1;
        // The desk's clock, that is: those of promises are data.
        let clocks = ["kit::Clock", "kit::{Clock", ".clock()", ".now()", "SystemTime", "Instant::now"];
        for banned in ["async fn", "&Db", "&mut Tx", ".await"].into_iter().chain(clocks) {
            assert!(!code(source).contains(banned), "{} has {banned}", source.path.display());
        }
    }
    assert!(seen >= 3, "only {seen} rules were found");
}

#[test]
fn statements_stand_in_stores() {
    let mut wrong = Vec::new();
    for source in sources() {
        let is_store = source.kind.split('/').any(|part| part == "store");
        if is_store || KERNEL.contains(&source.room.as_str()) {
            continue;
        }
        if code(&source).contains("q!(") || code(&source).contains("Query::new(") {
            wrong.push(source.path);
        }
    }
    assert!(wrong.is_empty(), "SQL outside of a store: {wrong:#?}");
}

#[test]
fn stores_decide_nothing_and_pages_open_no_transaction() {
    for source in sources() {
        let parts: Vec<&str> = source.kind.split('/').collect();
        if parts.contains(&"pages") || parts.contains(&"api") {
            assert!(!code(&source).contains(".begin()"), "{} opens a transaction", source.path.display());
        }
        if parts.contains(&"store") {
            assert!(!code(&source).contains("crate::web"), "{} knows the web", source.path.display());
        }
    }
}

#[test]
fn the_environment_is_read_in_one_place() {
    for source in sources().iter().filter(|source| !["config", "commands"].contains(&source.room.as_str())) {
        assert!(!code(source).contains("env::var"), "{} reads the environment", source.path.display());
    }
}

#[test]
fn no_file_is_longer_than_it_should_be() {
    let mut long = BTreeMap::new();
    for (folder, ending) in [
        ("crates/casedesk/src", ".rs"),
        ("crates/casedesk-details/src", ".rs"),
        ("crates/casedesk-mail/src", ".rs"),
        ("crates/casedesk-hours/src", ".rs"),
        ("crates/casedesk/templates", ".html"),
        ("web/src", ".ts"),
        ("web/css", ".css"),
        ("bench", ".rs"),
    ] {
        for path in files(&root().join(folder), ending) {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            if lines > MOST_LINES {
                long.insert(path, lines);
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn migrations_come_in_pairs() {
    let names = |dialect: &str| {
        let folder = root().join("crates/casedesk/migrations").join(dialect);
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let numbers: Vec<String> = names("sqlite").iter().map(|name| name[..4].to_owned()).collect();
    let mut unique = numbers.clone();
    unique.dedup();
    assert_eq!(numbers, unique, "two migrations have one number");
}

#[test]
fn the_pure_crates_stay_pure() {
    for name in ["casedesk-mail", "casedesk-details", "casedesk-hours"] {
        let sources = files(&root().join("crates").join(name).join("src"), ".rs");
        assert!(sources.len() > 3, "the sources of {name} were not found");
        for path in sources {
            let text = std::fs::read_to_string(&path).unwrap();
            for banned in ["tokio", "sqlx", "SystemTime", "Instant::now", "std::fs", "std::net"] {
                assert!(!text.contains(banned), "{} has {banned}", path.display());
            }
            // Of jiff: the time, the machine's zone, and the machine's copy of the zones' rules.
            for banned in ["Timestamp::now", "Zoned::now", "TimeZone::system", "TimeZone::get", "tz::db", "from_env"] {
                assert!(!text.contains(banned), "{} has {banned}", path.display());
            }
        }
    }
}

#[test]
fn commands_are_short() {
    for name in ["run", "test", "bench"] {
        let path = root().join("bin").join(name);
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 20, "bin/{name} has {lines} lines");
    }
}

#[test]
fn routes_end_the_types_of_their_handlers() {
    for source in sources().iter().filter(|source| source.room != "web") {
        for theirs in ["axum::routing::", "utoipa_axum::routes"] {
            assert!(
                !code(source).contains(theirs),
                "{}: {theirs} walks the types of a handler; web::routing ends them",
                source.path.display()
            );
        }
    }
}

#[test]
fn every_key_presses_something_and_everything_that_a_key_presses_has_one() {
    let table = std::fs::read_to_string(root().join("web/src/keys.ts")).unwrap();
    // A row is `key('Case', 'Shift+A|A', 'assign-me', 'Assign to me'),`.
    let rows = table.lines().filter_map(|line| line.strip_prefix("  key("));
    let keys: Vec<(&str, &str)> = rows
        .map(|row| row.split('\'').collect::<Vec<_>>())
        .map(|parts| (*parts.get(3).unwrap(), *parts.get(5).unwrap()))
        .collect();
    assert!(keys.len() > 40, "the table was not found");
    let strokes: Vec<&str> = keys.iter().flat_map(|(keys, _)| keys.split('|')).collect();
    let unlike: BTreeSet<&&str> = strokes.iter().collect();
    assert_eq!(unlike.len(), strokes.len(), "a key means two things");

    let mut pressed = BTreeSet::new();
    for path in files(&root().join("crates/casedesk/templates"), ".html") {
        let text = std::fs::read_to_string(path).unwrap();
        let marks = text.split("data-key=\"").skip(1).filter_map(|rest| rest.split('"').next());
        pressed
            .extend(marks.filter(|names| !names.contains('{')).flat_map(|names| names.split(' ')).map(str::to_owned));
    }
    let rail = std::fs::read_to_string(root().join("crates/casedesk/src/cases/pages/rail.rs")).unwrap();
    pressed.extend(rail.split('"').filter(|word| word.starts_with("go-")).map(str::to_owned));
    let known: BTreeSet<String> = keys.into_iter().map(|(_, target)| target.to_owned()).collect();
    assert_eq!(pressed, known);
}
