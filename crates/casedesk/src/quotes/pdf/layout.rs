//! Where everything stands on the pages: A4, in points from the upper left.
use super::Paper;
use super::fonts::{Face, Fonts, plain};
use crate::quotes::rules::money;

pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
const LEFT: f32 = 62.0;
const RIGHT: f32 = WIDTH - 56.0;
const TOP: f32 = 62.0;
/// Nothing but the foot stands below.
const BOTTOM: f32 = HEIGHT - 78.0;
const FOOT: f32 = HEIGHT - 44.0;
/// Where the facts begin, beside the address.
const FACTS: f32 = 352.0;
/// The right edges of quantity and price, and the width of a description.
const QUANTITY: f32 = 352.0;
const PRICE: f32 = 442.0;
const DESCRIPTION: f32 = 236.0;
const BODY: f32 = 9.5;
const SMALL: f32 = 8.0;
const LEAD: f32 = 14.0;

#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    Black,
    Grey,
    Red,
}

/// Something on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    Text { x: f32, y: f32, size: f32, face: Face, ink: Ink, text: String },
    Rule { from: f32, to: f32, y: f32, strong: bool },
}

/// A style of writing.
#[derive(Clone, Copy)]
struct Style(Face, f32, Ink);

const PLAIN: Style = Style(Face::Regular, BODY, Ink::Black);
const STRONG: Style = Style(Face::Bold, BODY, Ink::Black);
const QUIET: Style = Style(Face::Regular, SMALL, Ink::Grey);

struct Writer<'a> {
    paper: &'a Paper,
    fonts: &'a Fonts,
    pages: Vec<Vec<Mark>>,
    /// The base line of what is written next.
    y: f32,
}

/// The marks of every page.
pub(super) fn pages(paper: &Paper, fonts: &Fonts) -> Vec<Vec<Mark>> {
    let mut writer = Writer { paper, fonts, pages: vec![vec![]], y: TOP };
    writer.head();
    writer.addresses();
    writer.title();
    writer.table();
    writer.total();
    writer.note();
    writer.feet();
    writer.pages
}

impl Writer<'_> {
    fn put(&mut self, x: f32, style: Style, text: &str) {
        let Style(face, size, ink) = style;
        let text = plain(text).replace('\n', " ");
        if !text.trim().is_empty() {
            self.mark(Mark::Text { x, y: self.y, size, face, ink, text });
        }
    }

    /// So that it ends there.
    fn put_right(&mut self, right: f32, style: Style, text: &str) {
        let width = self.fonts.width(style.0, style.1, &plain(text));
        self.put(right - width, style, text);
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn rule(&mut self, from: f32, strong: bool) {
        self.mark(Mark::Rule { from, to: RIGHT, y: self.y, strong });
    }

    /// Goes down; on to the next page where there is no room.
    fn down(&mut self, by: f32) {
        self.y += by;
        if self.y > BOTTOM {
            self.pages.push(vec![]);
            self.y = TOP;
        }
    }

    /// Makes sure that so much stands on one page.
    fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.pages.push(vec![]);
            self.y = TOP;
        }
    }

    fn head(&mut self) {
        let name = self.paper.sender.clone();
        for line in self.fonts.wrap(Face::Bold, 15.0, &name, RIGHT - LEFT) {
            self.put(LEFT, Style(Face::Bold, 15.0, Ink::Black), &line);
            self.y += 17.0;
        }
        let address = self.paper.sender_address.clone();
        for line in self.fonts.wrap(Face::Regular, SMALL, &address, RIGHT - LEFT).into_iter().take(8) {
            if !line.is_empty() {
                self.put(LEFT, QUIET, &line);
                self.y += 11.0;
            }
        }
        self.y += 2.0;
        self.rule(LEFT, true);
        self.y += 34.0;
    }

    /// Who it is for on the left, the facts on the right.
    fn addresses(&mut self) {
        let top = self.y;
        for line in self.paper.to.clone() {
            for line in self.fonts.wrap(Face::Regular, BODY, &line, FACTS - LEFT - 24.0).into_iter().take(3) {
                self.put(LEFT, PLAIN, &line);
                self.y += LEAD;
            }
        }
        let below = self.y;
        self.y = top;
        let facts = [
            ("Quote", self.paper.key.clone()),
            ("Date", self.paper.date.words()),
            ("Valid until", self.paper.valid_until.words()),
            ("Case", self.paper.case.clone()),
        ];
        for (name, value) in facts {
            self.put(FACTS, Style(Face::Regular, BODY, Ink::Grey), name);
            self.put(FACTS + 66.0, if name == "Quote" { STRONG } else { PLAIN }, &value);
            self.y += LEAD;
        }
        self.y = self.y.max(below) + 30.0;
    }

    fn title(&mut self) {
        let title = self.paper.title.clone();
        for line in self.fonts.wrap(Face::Bold, 13.0, &title, RIGHT - LEFT) {
            self.put(LEFT, Style(Face::Bold, 13.0, Ink::Black), &line);
            self.down(18.0);
        }
        self.down(4.0);
        let text = self.paper.text.clone();
        if text.trim().is_empty() {
            return;
        }
        for line in self.fonts.wrap(Face::Regular, BODY, &text, RIGHT - LEFT) {
            self.put(LEFT, PLAIN, &line);
            self.down(LEAD);
        }
        self.down(10.0);
    }

    fn table_head(&mut self) {
        self.put(LEFT, QUIET, "Description");
        self.put_right(QUANTITY, QUIET, "Quantity");
        self.put_right(PRICE, QUIET, "Price");
        self.put_right(RIGHT, QUIET, &format!("Total {}", self.paper.currency));
        self.y += 6.0;
        self.rule(LEFT, true);
        self.y += 16.0;
    }

    fn table(&mut self) {
        self.keep(60.0);
        self.table_head();
        for line in self.paper.lines.clone() {
            let words = self.fonts.wrap(Face::Regular, BODY, &line.description, DESCRIPTION);
            // The figures stand with the first line of the description; what does not fit follows on the next page.
            if self.y + LEAD * 1.5 > BOTTOM {
                self.pages.push(vec![]);
                self.y = TOP;
                self.table_head();
            }
            let total = money::line_total(line.quantity_milli, line.unit_price_minor).unwrap_or_default();
            self.put_right(QUANTITY, PLAIN, &money::quantity(line.quantity_milli));
            self.put_right(PRICE, PLAIN, &self.amount(line.unit_price_minor));
            self.put_right(RIGHT, PLAIN, &self.amount(total));
            for (at, words) in words.iter().enumerate() {
                if at > 0 {
                    self.down(LEAD);
                }
                self.put(LEFT, PLAIN, words);
            }
            self.y += 8.0;
            self.rule(LEFT, false);
            self.y += 16.0;
        }
    }

    /// `1,234.50`, without its currency, which stands above.
    fn amount(&self, minor: i64) -> String {
        let whole = money::money(minor, &self.paper.currency);
        whole.split_once(' ').map_or(whole.clone(), |(_, amount)| amount.to_owned())
    }

    fn total(&mut self) {
        self.keep(30.0);
        self.y += 4.0;
        self.put(FACTS, STRONG, "Total");
        self.put_right(
            RIGHT,
            Style(Face::Bold, 11.0, Ink::Black),
            &money::money(self.paper.total_minor, &self.paper.currency),
        );
        self.y += 8.0;
        self.rule(FACTS, true);
        self.down(24.0);
    }

    fn note(&mut self) {
        let note = self.paper.vat_note.clone();
        if note.trim().is_empty() {
            return;
        }
        for line in self.fonts.wrap(Face::Regular, BODY, &note, RIGHT - LEFT) {
            self.put(LEFT, PLAIN, &line);
            self.down(LEAD);
        }
    }

    /// The number and the page, and that it is a draft, on every page.
    fn feet(&mut self) {
        let count = self.pages.len();
        let fonts = self.fonts;
        let foot = |text: String, right: bool, ink: Ink| {
            let x = if right { RIGHT - fonts.width(Face::Regular, SMALL, &text) } else { LEFT };
            Mark::Text { x, y: FOOT, size: SMALL, face: Face::Regular, ink, text }
        };
        for (at, page) in self.pages.iter_mut().enumerate() {
            page.push(Mark::Rule { from: LEFT, to: RIGHT, y: FOOT - 14.0, strong: false });
            page.push(foot(plain(&format!("{}, {}", self.paper.key, self.paper.sender)), false, Ink::Grey));
            page.push(foot(format!("Page {} of {count}", at + 1), true, Ink::Grey));
            if self.paper.draft {
                let text = "Draft, not an offer".to_owned();
                page.push(Mark::Text { x: LEFT, y: 36.0, size: BODY, face: Face::Bold, ink: Ink::Red, text });
            }
        }
    }
}
