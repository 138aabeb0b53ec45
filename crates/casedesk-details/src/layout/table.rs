//! Tables: with pipes, with tabs, or aligned with spaces.
use std::ops::Range;

use super::Piece;
use super::key::{Meaning, meaning};
use crate::Field;
use crate::phrases::Phrases;

const MOST_CELLS: usize = 24;
const MOST_ROWS: usize = 400;

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Pipes,
    Tabs,
    Spaces,
}

type Row = Vec<Range<usize>>;

/// The pieces of a table that begins with the first of these lines, and how many lines it has.
pub(super) fn read(text: &str, lines: &[Range<usize>], products: &Phrases<usize>) -> Option<(Vec<Piece>, usize)> {
    let style = style(text, lines)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut taken = 0;
    for line in lines.iter().take(MOST_ROWS) {
        let Some(row) = row(text, line.clone(), style) else { break };
        taken += 1;
        if !is_rule(&text[line.clone()]) {
            rows.push(row);
        }
    }
    let asked: Vec<Option<Meaning>> = rows.first()?.iter().map(|cell| meaning(text, cell.clone(), products)).collect();
    let labels = asked.iter().flatten().filter(|one| one.label.is_some() && one.fields.is_empty()).count();
    let fields = asked.iter().flatten().filter(|one| one.heading && one.understood >= 50).count();
    let pieces = if labels >= 2 {
        columns_are_installations(text, &rows, &asked, products)
    } else if fields >= 2 && rows.len() >= 2 && rows[0].len() >= 2 && !has_value(text, &rows[0], &asked, products) {
        rows_are_installations(text, &rows, &asked, products)
    } else {
        key_and_value(text, &rows, products)
    };
    (!pieces.is_empty()).then_some((pieces, taken))
}

fn style(text: &str, lines: &[Range<usize>]) -> Option<Style> {
    let first = &text[lines.first()?.clone()];
    let second = lines.get(1).map(|line| &text[line.clone()]);
    if first.matches('|').count() >= 1 && second.is_none_or(|second| second.contains('|') || first.starts_with('|')) {
        return Some(Style::Pipes);
    }
    if first.trim().contains('\t') {
        return Some(Style::Tabs);
    }
    let is_aligned = |line: &Range<usize>| row(text, line.clone(), Style::Spaces).is_some();
    (lines.len() >= 2 && is_aligned(&lines[0]) && is_aligned(&lines[1])).then_some(Style::Spaces)
}

fn is_rule(line: &str) -> bool {
    line.chars().all(|c| matches!(c, '-' | '=' | '+' | '|' | ':' | ' ' | '\t' | '─' | '│' | '┼'))
}

/// The cells of a line; empty ones are kept for pipes and tabs, which say where columns are.
fn row(text: &str, line: Range<usize>, style: Style) -> Option<Row> {
    let part = &text[line.clone()];
    let mut cells: Row = Vec::new();
    let mut push = |from: usize, to: usize| {
        let cell = &part[from..to];
        let trimmed = cell.trim();
        let start = line.start + from + if trimmed.is_empty() { 0 } else { cell.len() - cell.trim_start().len() };
        if cells.len() < MOST_CELLS {
            cells.push(start..start + trimmed.len());
        }
    };
    match style {
        Style::Pipes | Style::Tabs => {
            let mark = if style == Style::Pipes { '|' } else { '\t' };
            let mut from = 0;
            for (at, _) in part.match_indices(mark) {
                if !(style == Style::Pipes && part[..at].trim().is_empty()) {
                    push(from, at);
                }
                from = at + 1;
            }
            if style == Style::Tabs || !part[from..].trim().is_empty() {
                push(from, part.len());
            }
        }
        Style::Spaces => {
            let leading = part.len() - part.trim_start().len();
            if leading >= 4 {
                push(0, 0);
            }
            let mut from = leading;
            while let Some(gap) = part[from..].find("  ") {
                push(from, from + gap);
                from += gap + part[from + gap..].len() - part[from + gap..].trim_start().len();
            }
            if from < part.len() {
                push(from, part.len());
            }
        }
    }
    (cells.len() >= 2).then_some(cells)
}

/// Whether the first row holds a value already, as in `OS | RHEL 8`.
fn has_value(text: &str, row: &Row, asked: &[Option<Meaning>], products: &Phrases<usize>) -> bool {
    let _ = products;
    row.iter().zip(asked).any(|(cell, asked)| {
        asked.as_ref().is_none_or(|asked| asked.understood < 50)
            && text[cell.clone()].chars().any(|c| c.is_ascii_digit())
    })
}

fn piece(key: Option<Range<usize>>, range: Range<usize>) -> Piece {
    Piece { key, range, ..Piece::default() }
}

fn key_and_value(text: &str, rows: &[Row], products: &Phrases<usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for row in rows {
        let key = row[0].clone();
        let asked = meaning(text, key.clone(), products).filter(|asked| asked.understood >= 50);
        let known = asked.is_some();
        let asked = asked.unwrap_or_default();
        for cell in row[1..].iter().filter(|cell| !cell.is_empty()) {
            let made = piece(known.then(|| key.clone()), cell.clone());
            pieces.push(Piece {
                fields: asked.fields.clone(),
                label: asked.label.clone(),
                client: asked.client,
                ..made
            });
        }
        if !known {
            pieces.push(piece(None, key));
        }
    }
    pieces
}

fn columns_are_installations(
    text: &str,
    rows: &[Row],
    asked: &[Option<Meaning>],
    products: &Phrases<usize>,
) -> Vec<Piece> {
    let labels: Vec<Option<String>> = asked.iter().map(|one| one.as_ref()?.label.clone()).collect();
    let mut pieces = Vec::new();
    // An aligned header may have no cell above the keys.
    let shift = usize::from(labels.first().is_some_and(Option::is_some));
    for row in &rows[1..] {
        let key = row[0].clone();
        let meant = meaning(text, key.clone(), products).unwrap_or_default();
        for (at, cell) in row.iter().enumerate().skip(1).filter(|(_, cell)| !cell.is_empty()) {
            let label = labels.get(at - shift).cloned().flatten();
            let made = piece(Some(key.clone()), cell.clone());
            pieces.push(Piece { fields: meant.fields.clone(), label, client: meant.client, ..made });
        }
    }
    pieces
}

fn rows_are_installations(
    text: &str,
    rows: &[Row],
    asked: &[Option<Meaning>],
    products: &Phrases<usize>,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let many = rows.len() > 2;
    for row in &rows[1..] {
        let own = row.iter().find_map(|cell| meaning(text, cell.clone(), products).and_then(|cell| cell.label));
        let name = text[row[0].clone()].to_owned();
        let label = own.or_else(|| (many && !name.is_empty() && name.len() <= 40).then_some(name));
        for (at, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let meant = asked.get(at).cloned().flatten().unwrap_or_default();
            if meant.fields.is_empty() || meant.fields == [Field::Role] {
                continue;
            }
            let key = Some(rows[0][at].clone());
            let made = piece(key, cell.clone());
            pieces.push(Piece { fields: meant.fields, label: label.clone(), client: meant.client, ..made });
        }
    }
    pieces
}
