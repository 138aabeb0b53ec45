//! The paper of a quote, as PDF. The same quote gives the same bytes. Pure; the font is Noto Sans, which has the letters of
//! Latin, Greek and Cyrillic alphabets. Letters that it does not have are told by `unwritable`, and stand as a box.
mod fonts;
mod layout;

use krilla::Document;
use krilla::color::{luma, rgb};
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::TextDirection;

use super::{Line, QuotesError};
use crate::kit::Day;
pub use fonts::unwritable;
use fonts::{Face, Fonts};
use layout::{HEIGHT, Ink, Mark, WIDTH};

/// What stands on the paper.
#[derive(Clone, Debug)]
pub struct Paper {
    pub sender: String,
    /// Lines of an address; may be empty.
    pub sender_address: String,
    pub key: String,
    /// As `CD-1042`.
    pub case: String,
    /// Lines: name, organisation, address.
    pub to: Vec<String>,
    pub date: Day,
    pub valid_until: Day,
    pub title: String,
    pub text: String,
    pub currency: String,
    pub lines: Vec<Line>,
    pub total_minor: i64,
    pub vat_note: String,
    /// Not approved yet: the paper says so on every page.
    pub draft: bool,
}

/// The bytes of the paper.
pub fn write(paper: &Paper) -> Result<Vec<u8>, QuotesError> {
    let broken = |why: &str| QuotesError::Paper(why.to_owned());
    let fonts = Fonts::load().ok_or_else(|| broken("the font cannot be read"))?;
    let pages = layout::pages(paper, &fonts);
    let mut document = Document::new();
    for marks in &pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("the page has no size"))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, &fonts, mark);
        }
        surface.finish();
        page.finish();
    }
    let (year, month, day) = paper.date.parts();
    document.set_metadata(
        Metadata::new()
            .title(format!("{}: {}", paper.key, paper.title))
            .authors(vec![paper.sender.clone()])
            .language("en".into())
            .creation_date(DateTime::new(year).month(month).day(day)),
    );
    document.finish().map_err(|error| QuotesError::Paper(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, face, ink, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            let font = match face {
                Face::Regular => &fonts.regular,
                Face::Bold => &fonts.bold,
            };
            surface.draw_text(Point::from_xy(*x, *y), font.font.clone(), *size, text, false, TextDirection::Auto);
        }
        Mark::Rule { from, to, y, strong } => {
            let mut path = PathBuilder::new();
            path.move_to(*from, *y);
            path.line_to(*to, *y);
            let Some(path) = path.finish() else { return };
            let grey = luma::Color::new(if *strong { 60 } else { 205 });
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: grey.into(),
                width: if *strong { 0.9 } else { 0.5 },
                ..Stroke::default()
            }));
            surface.draw_path(&path);
        }
    }
}

fn fill(ink: Ink) -> Fill {
    let paint = match ink {
        Ink::Black => luma::Color::new(25).into(),
        Ink::Grey => luma::Color::new(105).into(),
        Ink::Red => rgb::Color::new(170, 40, 30).into(),
    };
    Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() }
}
