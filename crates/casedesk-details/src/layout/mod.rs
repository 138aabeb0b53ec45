//! Cutting an answer into pieces: lines, paragraphs, answers below questions, cells of tables.
pub(crate) mod key;
mod noise;
mod table;
pub(crate) mod template;

use std::ops::Range;

use crate::phrases::Phrases;
use crate::text::{Kind, tokens};
use crate::{Context, Field};
use key::Meaning;
use template::{Line, Template};

/// A part of the text that is read by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Piece {
    /// What is asked, elsewhere in the text: the head of a column, the question.
    pub(crate) key: Option<Range<usize>>,
    pub(crate) range: Range<usize>,
    /// What it answers.
    pub(crate) fields: Vec<Field>,
    pub(crate) label: Option<String>,
    pub(crate) client: bool,
    /// Whether it answers the template's own question.
    pub(crate) answers: bool,
}

/// A line without its quote marks.
#[derive(Debug, Clone)]
struct Row {
    range: Range<usize>,
    depth: usize,
    indented: bool,
}

/// The most lines that are read.
const MOST_LINES: usize = 8_000;
/// The most bytes of a line that are read.
const LONGEST_LINE: usize = 8_000;

pub(crate) fn pieces(text: &str, context: &Context, products: &Phrases<usize>) -> Vec<Piece> {
    let rows = rows(text);
    let mut reading = Reading {
        text,
        products,
        template: Template::new(context),
        pieces: Vec::new(),
        hint: Hint::default(),
        label: None,
        client: false,
        skipping: false,
        old: false,
        blank: false,
        open: false,
    };
    let mut at = 0;
    while at < rows.len() {
        at += reading.take(&rows[at..]);
    }
    reading.pieces
}

fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n').take(MOST_LINES) {
        let (mut at, mut depth) = (0, 0);
        let bytes = line.as_bytes();
        while at < bytes.len() && matches!(bytes[at], b'>' | b' ' | b'|' | b'\t') {
            match bytes[at] {
                b'>' => depth += 1,
                b'|' => break,
                _ => {}
            }
            at += 1;
        }
        if depth == 0 {
            at = 0;
        }
        let content = crate::text::cut(&line[at..], LONGEST_LINE);
        let trimmed = content.trim_end();
        let lead = if trimmed.contains("  ") || trimmed.contains('\t') {
            0
        } else {
            trimmed.len() - trimmed.trim_start().len()
        };
        let range = start + at + lead..start + at + trimmed.len().max(lead);
        rows.push(Row { range, depth, indented: content.starts_with("  ") || content.starts_with('\t') });
        start += line.len() + 1;
    }
    rows
}

/// What the lines below answer.
#[derive(Debug, Clone, Default)]
struct Hint {
    fields: Vec<Field>,
    /// The quoting of the question; None for a heading of the customer's own.
    asked_at: Option<usize>,
    answered: bool,
    /// The number of the template's question.
    number: Option<usize>,
}

struct Reading<'a> {
    text: &'a str,
    products: &'a Phrases<usize>,
    template: Template,
    pieces: Vec<Piece>,
    hint: Hint,
    label: Option<String>,
    client: bool,
    /// Below a signature or a closing: only questions count.
    skipping: bool,
    /// Below "Original Message".
    old: bool,
    blank: bool,
    /// Whether the next line may continue the last piece.
    open: bool,
}

impl Reading<'_> {
    /// Takes the first of these lines, or a table that begins there; says how many.
    fn take(&mut self, rows: &[Row]) -> usize {
        let row = &rows[0];
        let line = &self.text[row.range.clone()];
        let trimmed = line.trim();
        if trimmed.is_empty() {
            self.blank_line();
            return 1;
        }
        if noise::is_rule(trimmed) || noise::is_log(trimmed) {
            self.open = false;
            return 1;
        }
        if row.depth == 0 && noise::begins_signature(trimmed) {
            (self.skipping, self.open) = (true, false);
            return 1;
        }
        if noise::begins_old_mail(trimmed) {
            (self.old, self.open) = (true, false);
            self.hint = Hint::default();
            return 1;
        }
        if noise::is_footer(trimmed) || (row.depth == 0 && noise::is_attribution(trimmed)) {
            self.open = false;
            return 1;
        }
        let start = row.range.start + (line.len() - line.trim_start().len());
        let (number, content) = marked(self.text, start..row.range.end);
        if self.template_line(row, content.clone()) {
            return 1;
        }
        if !self.counts(row) {
            return 1;
        }
        if row.depth == 0
            && !self.skipping
            && let Some(taken) = self.table(rows)
        {
            return taken;
        }
        let own_number = number.number.filter(|number| *number <= self.template.len() && *number > 0);
        self.line(row, content, number.bulleted, own_number);
        self.blank = false;
        1
    }

    fn blank_line(&mut self) {
        self.blank = true;
        self.open = false;
        if self.hint.asked_at.is_none() && self.hint.answered {
            self.hint = Hint::default();
        }
    }

    /// Whether the line is the customer's own new text, or an answer typed between quoted questions.
    fn counts(&mut self, row: &Row) -> bool {
        let answers = self.hint.asked_at.is_some_and(|asked| row.depth <= asked && (row.depth < asked || asked == 0));
        if row.depth > 0 || self.old || self.skipping { answers } else { true }
    }

    /// Takes a line of the template: a question, with its answer if one is on the line, or other words of it.
    fn template_line(&mut self, row: &Row, content: Range<usize>) -> bool {
        let tokens = tokens(self.text, content.clone());
        match self.template.line(&tokens) {
            Line::Question { number, rest } => {
                let rest = rest.map(|rest| skip_marks(self.text, rest..content.end));
                if row.depth == 0 && !self.old && rest.is_some() && !has_mark(self.text, &content, rest.as_ref()) {
                    return false; // a sentence of the customer's that begins with the question's words
                }
                let fields = self.template.fields(number).to_vec();
                let key = content.start..rest.as_ref().map_or(content.end, |rest| rest.start);
                let key = (key.len() <= 200).then_some(key);
                let number = Some(number);
                self.hint = Hint { fields: fields.clone(), asked_at: Some(row.depth), answered: false, number };
                (self.skipping, self.open, self.label, self.client) = (false, false, None, false);
                if let Some(range) = rest.filter(|_| !fields.is_empty()) {
                    self.hint.answered = true;
                    self.pieces.push(Piece { key, range, fields, answers: true, ..Piece::default() });
                }
                true
            }
            Line::Part(of) => {
                let continues = of.is_some() && of == self.hint.number || (of.is_none() && !self.hint.answered);
                if !continues {
                    self.hint = Hint::default();
                }
                self.open = false;
                true
            }
            Line::Other if row.depth > 0 => self.other_question(row, content),
            Line::Other => false,
        }
    }

    /// A quoted heading that the template does not have is taken for a question too.
    fn other_question(&mut self, row: &Row, content: Range<usize>) -> bool {
        if self.counts(row) {
            return false;
        }
        let bare = self.text[content.clone()].trim_end_matches([':', '?', ' ', '：', '.']);
        let range = content.start..content.start + bare.len();
        let meant = key::meaning(self.text, range.clone(), self.products)
            .filter(|meant| meant.heading && meant.understood >= 70 && !bare.chars().any(|c| c.is_ascii_digit()));
        self.hint = match meant {
            Some(meant) => Hint { fields: meant.fields, asked_at: Some(row.depth), ..Hint::default() },
            None => Hint::default(),
        };
        self.skipping &= self.hint.asked_at.is_none();
        true
    }

    fn table(&mut self, rows: &[Row]) -> Option<usize> {
        const MOST_ROWS: usize = 400;
        let lines: Vec<Range<usize>> = rows
            .iter()
            .take(MOST_ROWS)
            .take_while(|row| row.depth == 0 && !self.text[row.range.clone()].trim().is_empty())
            .map(|row| row.range.clone())
            .collect();
        let mark = &self.text[lines.first()?.clone()];
        if !mark.contains(['|', '\t']) && !mark.trim().contains("  ") {
            return None;
        }
        let (pieces, taken) = table::read(self.text, &lines, self.products)?;
        let label = self.label.clone();
        let client = self.client;
        self.pieces.extend(pieces.into_iter().map(|piece| Piece {
            label: piece.label.clone().or_else(|| label.clone()),
            client: piece.client || client,
            ..piece
        }));
        (self.open, self.blank) = (false, false);
        Some(taken)
    }

    fn line(&mut self, row: &Row, content: Range<usize>, bulleted: bool, number: Option<usize>) {
        if self.heading(&content, bulleted) {
            return;
        }
        let split = key::split(self.text, content.clone());
        let meant = split.as_ref().and_then(|(key, value)| {
            let least = if self.text[key.end..value.start].contains([':', '：', '=']) { 40 } else { 75 };
            let meant = key::meaning(self.text, key.clone(), self.products)?;
            (meant.understood >= least && !is_asking(self.text, key, value)).then_some(meant)
        });
        if self.blank && !bulleted && meant.is_none() && self.hint.asked_at.is_none() {
            (self.label, self.client) = (None, false);
        }
        let is_release_file = self.pieces.last().is_some_and(|last| self.text[last.range.clone()].starts_with("NAME="));
        let continues = self.open && !bulleted && number.is_none() && (meant.is_none() || is_release_file);
        let long = self.text[row.range.clone()].chars().count() >= 50;
        if let Some(last) = self.pieces.last_mut().filter(|_| continues) {
            last.range.end = content.end;
            self.open = long || row.indented;
            return;
        }
        let piece = match (meant, split, number) {
            (Some(meant), Some((key, value)), _) => self.keyed(meant, key, value),
            (_, _, Some(number)) if self.hint.asked_at.is_none() => {
                let fields = self.template.fields(number - 1).to_vec();
                let is_log = fields.is_empty();
                Piece { range: content, fields, answers: true, client: is_log, ..Piece::default() }
            }
            _ => {
                self.hint.answered = true;
                Piece {
                    key: None,
                    range: content,
                    fields: self.hint.fields.clone(),
                    label: self.label.clone(),
                    client: self.client || (self.hint.asked_at.is_some() && self.hint.fields.is_empty()),
                    answers: self.hint.asked_at.is_some(),
                }
            }
        };
        self.open = long || self.text[row.range.clone()].starts_with("NAME=");
        self.pieces.push(piece);
    }

    fn keyed(&mut self, meant: Meaning, key: Range<usize>, value: Range<usize>) -> Piece {
        if !meant.fields.is_empty() && self.hint.asked_at.is_none() {
            self.hint = Hint::default();
        }
        let answers = self.hint.asked_at.is_some() && !meant.heading;
        let fields = if meant.fields.is_empty() { self.hint.fields.clone() } else { meant.fields };
        let label = meant.label.or_else(|| self.label.clone());
        let client = meant.client || self.client || meant.nothing;
        Piece { key: Some(key), range: value, fields, label, client, answers }
    }

    /// A line that only says what the lines below are about.
    fn heading(&mut self, content: &Range<usize>, bulleted: bool) -> bool {
        let line = self.text[content.clone()].trim_matches(['#', '*', '=', '[', ']', '-', ' ', '_']);
        let bare = line.trim_end_matches([':', '：', '?', ' ', '*']);
        let has_colon = bare.len() < line.len();
        if bare.is_empty() || bare.len() > 120 || (bulleted && !has_colon) {
            return false;
        }
        let start = content.start + self.text[content.clone()].find(bare).unwrap_or(0);
        let range = start..start + bare.len();
        let has_value = |(_, value): (Range<usize>, Range<usize>)| value.end > value.start;
        if !has_colon && key::split(self.text, range.clone()).is_some_and(has_value) {
            return false;
        }
        let Some(meant) = key::meaning(self.text, range.clone(), self.products) else { return false };
        if meant.names && !has_colon {
            return false;
        }
        let whole = meant.understood == 100 || (has_colon && meant.understood >= 60);
        let says_value = !meant.heading && meant.label.is_none() && !meant.client && !meant.nothing;
        let is_answer = self.hint.asked_at.is_some() || (!self.hint.fields.is_empty() && !self.hint.answered);
        if !whole
            || (says_value && !has_colon)
            || (is_answer && !has_colon)
            || (meant.heading && self.names_a_value(&range))
        {
            return false;
        }
        if !has_colon && meant.label.is_some() && !bare.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-') {
            return false;
        }
        if meant.label.is_some() || meant.client || !meant.fields.is_empty() || meant.nothing {
            if meant.label.is_some() || (meant.client && meant.fields.is_empty()) {
                self.label = meant.label.clone();
                self.client = meant.client;
            } else if is_server(bare) {
                self.client = false;
            }
            let client = meant.nothing;
            let fields = if is_server(bare) { Vec::new() } else { meant.fields };
            self.hint = Hint { fields, ..Hint::default() };
            self.client |= client;
        }
        (self.open, self.blank) = (false, false);
        true
    }

    /// "Windows Server 2019" is no heading although "server" and "OS" are words of one.
    fn names_a_value(&self, range: &Range<usize>) -> bool {
        let tokens = tokens(self.text, range.clone());
        tokens.iter().any(|token| token.kind == Kind::Number) && !tokens.is_empty()
            || (0..tokens.len()).any(|at| crate::os::at_token(&tokens, at).is_some())
    }
}

/// "Server:" ends what is said of clients.
fn is_server(bare: &str) -> bool {
    let bare = bare.to_lowercase();
    ["server", "serveur", "servidor", "serwer", "server side", "our server", "the server"].contains(&bare.as_str())
}

/// "Do you support LDAP? We…" asks us.
fn is_asking(text: &str, key: &Range<usize>, value: &Range<usize>) -> bool {
    let first = text[key.clone()].split_whitespace().next().unwrap_or_default().to_lowercase();
    text[key.end..value.start].contains('?') && crate::stance::ASKING.contains(&first.as_str())
}

struct Marked {
    number: Option<usize>,
    bulleted: bool,
}

/// Cuts a bullet or number off.
fn marked(text: &str, range: Range<usize>) -> (Marked, Range<usize>) {
    let line = &text[range.clone()];
    let rest_at = |len: usize| {
        let rest = &line[len.min(line.len())..];
        range.start + len.min(line.len()) + (rest.len() - rest.trim_start().len())..range.end
    };
    let none = || (Marked { number: None, bulleted: false }, range.clone());
    let boxed = ["[x]", "[X]", "[ ]", "[]", "☑", "☐", "☒", "✓", "✗", "✔", "✘"];
    if boxed.iter().any(|mark| line.starts_with(mark)) {
        return (Marked { number: None, bulleted: true }, range);
    }
    let mut chars = line.chars();
    let (first, second) = (chars.next(), chars.next());
    let is_bullet =
        |c: char| matches!(c, '-' | '*' | '•' | '+' | '–' | '·' | '◦' | '▪' | '●' | '・' | '○' | '■' | '□' | '→');
    if let Some(first) = first.filter(|first| is_bullet(*first)) {
        let spaced = second.is_none_or(char::is_whitespace) || matches!(first, '•' | '・' | '●' | '■' | '□' | '○');
        return if spaced { (Marked { number: None, bulleted: true }, rest_at(first.len_utf8())) } else { none() };
    }
    if first.is_some_and(|c| c.is_ascii_lowercase()) && second == Some(')') {
        return (Marked { number: None, bulleted: true }, rest_at(2));
    }
    let lower = line.get(..6).unwrap_or(line).to_lowercase();
    let lead = ["question ", "ad ", "zu ", "re ", "q", "a", "#", "("].iter().find(|lead| lower.starts_with(**lead));
    let skipped = lead.map_or(0, |lead| lead.len().min(line.len()));
    let digits = line.get(skipped..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count();
    let end = skipped + digits;
    let after = line.get(end..).unwrap_or_default();
    let closes =
        after.starts_with(['.', ')', ':', '/', '．', '）']) || after.starts_with(" -") || after.starts_with(" –");
    let len = after
        .find([')', '.', ':', '/', '-', '–', '．', '）'])
        .map_or(0, |at| at + after[at..].chars().next().map_or(0, char::len_utf8));
    let spaced = after.get(len..).is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(char::is_whitespace)
            || rest.chars().next().is_some_and(char::is_alphabetic)
                && !rest.is_ascii()
                && !rest.starts_with(|c: char| c.is_ascii())
    });
    if (1..=2).contains(&digits) && closes && spaced {
        let number = line[skipped..end].parse().ok();
        return (Marked { number, bulleted: true }, rest_at(end + len));
    }
    none()
}

fn skip_marks(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let rest = part.trim_start_matches([':', '?', ' ', '-', '–', '=', '>', '：', '\t', '.', '*']);
    range.end - rest.len()..range.end
}

/// Whether the question's words and the rest are parted by a mark.
fn has_mark(text: &str, content: &Range<usize>, rest: Option<&Range<usize>>) -> bool {
    let Some(rest) = rest else { return true };
    let between = &text[content.start..rest.start];
    between.trim_end().ends_with([':', '?', '-', '=', '：', '–', '\t', '*'])
}
