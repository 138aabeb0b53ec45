//! HTML to lines of text, with what the markup says about quotes.
//!
//! Only tokens are read, no tree is built: the time is linear, whatever the nesting.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, states::RawKind};

use super::bounds;
use crate::cut::Line;

/// The lines of a document as a reader sees them.
pub(crate) fn lines(html: &str) -> Vec<Line> {
    let sink = bounds::run(html, Writer::default());
    let mut state = sink.state.into_inner();
    state.end_line();
    state.lines
}

#[derive(Default)]
struct Writer {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    lines: Vec<Line>,
    line: String,
    /// Elements whose text is never shown that are open.
    hidden: usize,
    pre: usize,
    /// The open elements that matter for quoting, innermost last.
    open: Vec<Open>,
    /// The next line begins a history that lasts to the end.
    starts_history: bool,
}

/// An open block that changes what the lines inside of it are.
struct Open {
    name: String,
    quote: Quoting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// Nothing.
    Plain,
    /// A quoted level.
    Level,
    /// The wrapper that a mail program puts around attribution and quote.
    Wrapper,
}

impl TokenSink for Writer {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) => return state.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        for c in text.chars() {
            if self.pre > 0 && c == '\n' {
                self.break_line();
            } else if self.pre > 0 {
                self.line.push(c);
            } else if c.is_ascii_whitespace() {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else {
                self.line.push(c);
            }
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let starts = tag.kind == TagKind::StartTag;
        match name {
            "script" | "style" if starts => {
                self.hidden += 1;
                let kind = if name == "script" { RawKind::ScriptData } else { RawKind::Rawtext };
                return TokenSinkResult::RawData(kind);
            }
            "title" if starts => {
                self.hidden += 1;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "script" | "style" | "title" => self.hidden = self.hidden.saturating_sub(1),
            "br" => self.break_line(),
            "hr" => self.rule(),
            "pre" if starts => self.pre += 1,
            "pre" => self.pre = self.pre.saturating_sub(1),
            "td" | "th" if starts && !self.line.is_empty() => self.line.push(' '),
            "li" if starts => self.end_line(),
            _ => {}
        }
        if is_block(name) {
            self.end_line();
            if is_spaced(name) {
                self.blank_line();
            }
            if starts {
                self.open_block(name, tag);
            } else {
                self.close_block(name);
            }
        }
        TokenSinkResult::Continue
    }

    fn rule(&mut self) {
        self.end_line();
        self.line.push_str("________________________________");
        self.end_line();
    }

    fn open_block(&mut self, name: &str, tag: &Tag) {
        let quote = quoting(name, tag);
        if begins_history(tag) {
            self.starts_history = true;
        }
        self.open.push(Open { name: name.to_owned(), quote });
    }

    fn close_block(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
            self.open.truncate(at);
        }
    }

    fn break_line(&mut self) {
        if self.line.trim().is_empty() {
            self.push_line("");
            self.line.clear();
        } else {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = if self.pre > 0 { line.trim_end() } else { line.trim() };
        if !line.is_empty() {
            self.push_line(line);
        }
    }

    /// One blank line at most between blocks.
    fn blank_line(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_blank()) {
            self.push_line("");
        }
    }

    fn push_line(&mut self, text: &str) {
        let inside = |quote: Quoting| self.open.iter().any(|open| open.quote == quote);
        let line = Line {
            text: text.to_owned(),
            in_quote: inside(Quoting::Level) || inside(Quoting::Wrapper),
            starts_history: std::mem::take(&mut self.starts_history),
        };
        self.lines.push(line);
    }
}

/// Whether the element begins and ends a line.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "li"
            | "main"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "tr"
            | "ul"
    )
}

/// Whether a blank line belongs around the element.
fn is_spaced(name: &str) -> bool {
    matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "pre")
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> &'t str {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map_or("", |attribute| &attribute.value)
}

fn quoting(name: &str, tag: &Tag) -> Quoting {
    if name == "blockquote" {
        return Quoting::Level;
    }
    const CLASSES: [&str; 9] = [
        "gmail_quote",
        "gmail_extra",
        "yahoo_quoted",
        "moz-cite-prefix",
        "moz-forward-container",
        "protonmail_quote",
        "zmail_extra",
        "tutanota_quote",
        "ydpyahoo_quoted",
    ];
    let class = attribute(tag, "class");
    let by_class = class.split_whitespace().any(|class| CLASSES.contains(&class));
    // GMX and web.de name the element instead.
    if by_class || attribute(tag, "name") == "quote" { Quoting::Wrapper } else { Quoting::Plain }
}

/// Elements by which a mail program marks that all below is the earlier mail.
fn begins_history(tag: &Tag) -> bool {
    let id = attribute(tag, "id");
    if matches!(
        id,
        "OLK_SRC_BODY_SECTION" | "divRplyFwdMsg" | "appendonsend" | "mail-editor-reference-message-container"
    ) {
        return true;
    }
    // Outlook draws a line above the header block of the mail it answers.
    let style = attribute(tag, "style").to_ascii_lowercase().replace(' ', "");
    let line_above = style.contains("border-top:") && style.contains("solid");
    style.contains("border:none") && line_above
}
