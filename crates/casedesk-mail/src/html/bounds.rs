//! HTML that would cost too much to build a tree from.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// Larger HTML is shown as text only.
const MAX_HTML_BYTES: usize = 4 * 1024 * 1024;
/// More elements left open than this make tree building quadratic; mail has some dozens.
const MAX_OPEN: usize = 400;

/// Elements without an end tag, or whose end is usually left out: they cannot pile up.
const SELF_ENDING: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "html", "head", "body",
];

/// Whether a tree of this HTML stays small and flat.
pub(crate) fn is_reasonable(html: &str) -> bool {
    if html.len() > MAX_HTML_BYTES {
        return false;
    }
    let counter = run(html, Counter::default());
    counter.worst.into_inner() <= MAX_OPEN
}

/// Feeds a whole document to a sink of tokens.
pub(crate) fn run<S: TokenSink>(html: &str, sink: S) -> S {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // The sinks here never pause for a script, so one call reads all.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}

/// Counts how many elements are open at once, whatever their order.
#[derive(Default)]
struct Counter {
    open: RefCell<HashMap<String, usize>>,
    total: RefCell<usize>,
    worst: RefCell<usize>,
}

impl Counter {
    fn count(&self, tag: &Tag) {
        let name: &str = &tag.name;
        if SELF_ENDING.contains(&name) {
            return;
        }
        let mut open = self.open.borrow_mut();
        let mut total = self.total.borrow_mut();
        match tag.kind {
            TagKind::StartTag => {
                *open.entry(name.to_owned()).or_default() += 1;
                *total += 1;
            }
            TagKind::EndTag => {
                if let Some(count) = open.get_mut(name).filter(|count| **count > 0) {
                    *count -= 1;
                    *total -= 1;
                }
            }
        }
        let mut worst = self.worst.borrow_mut();
        *worst = (*worst).max(*total);
    }
}

impl TokenSink for Counter {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token {
            self.count(&tag);
        }
        TokenSinkResult::Continue
    }
}
