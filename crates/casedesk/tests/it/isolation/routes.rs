//! The routes that there are: operations from the API's description, pages from the sources. Nobody keeps a list.
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Operations of the API as `GET /api/v1/cases/{id}`, and whether each takes a body or a query.
pub(super) fn operations(description: &Value) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, details) in item.as_object().unwrap().iter().filter(|(name, _)| METHODS.contains(&name.as_str())) {
            let parameters = details["parameters"].as_array().into_iter().flatten();
            let asks = details["requestBody"].is_object() || parameters.into_iter().any(|one| one["in"] == "query");
            found.push((format!("{} {path}", method.to_uppercase()), asks));
        }
    }
    found
}

/// Numbers that the body or the query of an operation may name: `merge` names `into`.
pub(super) fn numbers(description: &Value, route: &str) -> BTreeSet<String> {
    let (method, path) = route.split_once(' ').unwrap();
    let details = &description["paths"][path][method.to_lowercase()];
    let mut found = BTreeSet::new();
    for one in details["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query") {
        if is_number(description, &one["schema"], 0) {
            found.insert(one["name"].as_str().unwrap().to_owned());
        }
    }
    numbers_of(description, &details["requestBody"]["content"]["application/json"]["schema"], &mut found, 0);
    found
}

const DEEPEST: usize = 12;

fn resolved<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => &description["components"]["schemas"][name.rsplit('/').next().unwrap()],
        None => schema,
    }
}

fn is_number(description: &Value, schema: &Value, depth: usize) -> bool {
    let schema = resolved(description, schema);
    if depth > DEEPEST {
        return false;
    }
    let kind = &schema["type"];
    let whole = kind == "integer" || kind.as_array().is_some_and(|all| all.contains(&"integer".into()));
    let parts = ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    whole || is_listed(description, schema, depth) || parts.into_iter().any(|p| is_number(description, p, depth + 1))
}

fn is_listed(description: &Value, schema: &Value, depth: usize) -> bool {
    schema["items"].is_object() && is_number(description, &schema["items"], depth + 1)
}

fn numbers_of(description: &Value, schema: &Value, found: &mut BTreeSet<String>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    let schema = resolved(description, schema);
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        if is_number(description, of, 0) {
            found.insert(name.clone());
        } else {
            numbers_of(description, of, found, depth + 1);
        }
    }
    let parts = ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    parts.chain([&schema["items"]].into_iter().filter(|items| items.is_object())).for_each(|part| {
        numbers_of(description, part, found, depth + 1);
    });
}

/// Routes that the sources put up outside of the API, as `POST /cases/{id}/merge`.
pub(super) fn pages() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let pieces = text.split(".route(").skip(1).filter_map(|piece| piece.trim_start().strip_prefix('"'));
        for (path, rest) in pieces.filter_map(|piece| piece.split_once('"')) {
            let methods = methods(inside(rest), &text);
            assert!(!methods.is_empty(), "no method is read off the route {path}");
            found.extend(methods.iter().map(|method| format!("{} {path}", method.to_uppercase())));
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<String> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let read = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![std::fs::read_to_string(path).unwrap()],
    };
    all.into_iter().flat_map(read).collect()
}

/// What stands before the parenthesis that closes `.route(`.
fn inside(text: &str) -> &str {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return &text[..at],
            ')' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// The methods that an expression answers; one that was given a name before counts with what it was.
fn methods(expression: &str, text: &str) -> BTreeSet<&'static str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut found = BTreeSet::new();
    for method in METHODS {
        let call = format!("{method}(");
        let called = |(at, _): (usize, &str)| !expression[..at].ends_with(is_word);
        if expression.match_indices(&call).any(called) {
            found.insert(method);
        }
    }
    for word in expression.split(|c: char| !is_word(c)).filter(|word| !word.is_empty() && !word.contains(':')) {
        if let Some((_, rest)) = text.split_once(&format!("let {word} = ")) {
            found.extend(methods(rest.split(';').next().unwrap_or_default(), ""));
        }
    }
    found
}
