//! The two faces of the paper: how wide words are, and where lines break.
use krilla::text::Font;
use ttf_parser::Face as Glyphs;
use unicode_normalization::UnicodeNormalization as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

pub(super) struct Fonts {
    pub(super) regular: Loaded,
    pub(super) bold: Loaded,
}

pub(super) struct Loaded {
    pub(super) font: Font,
    glyphs: Glyphs<'static>,
}

impl Fonts {
    pub(super) fn load() -> Option<Self> {
        let loaded = |bytes: &'static [u8]| {
            Some(Loaded { font: Font::new(bytes.into(), 0)?, glyphs: Glyphs::parse(bytes, 0).ok()? })
        };
        Some(Self { regular: loaded(ttf_noto_sans::REGULAR)?, bold: loaded(ttf_noto_sans::BOLD)? })
    }

    fn of(&self, face: Face) -> &Loaded {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }

    /// How wide a line is, in points.
    pub(super) fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        let glyphs = &self.of(face).glyphs;
        let units: u32 = text
            .chars()
            .map(|c| {
                let glyph = glyphs.glyph_index(c).unwrap_or_default();
                u32::from(glyphs.glyph_hor_advance(glyph).unwrap_or(0))
            })
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "a line has far fewer units than an f32 counts exactly")]
        let units = units as f32;
        units * size / f32::from(glyphs.units_per_em())
    }

    /// Breaks a text into lines of this width: at its own line ends, between words, and within a word that has no room.
    pub(super) fn wrap(&self, face: Face, size: f32, text: &str, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in plain(text).split('\n') {
            let mut line = String::new();
            for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width(face, size, &longer) <= width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line = self.broken(face, size, word, width, &mut lines);
            }
            lines.push(line);
        }
        lines
    }

    /// What is left of a word after the lines that it fills.
    fn broken(&self, face: Face, size: f32, word: &str, width: f32, lines: &mut Vec<String>) -> String {
        let mut line = String::new();
        for c in word.chars() {
            line.push(c);
            if self.width(face, size, &line) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
        line
    }
}

/// Composed letters, plain spaces, and nothing that has no shape.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.nfc().collect();
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\t' || (c.is_whitespace() && c != '\n') { ' ' } else { c })
        .filter(|c| *c == '\n' || !(c.is_control() || is_format(*c)))
        .collect()
}

/// Marks of direction and joiners, which stand for nothing on this paper.
const fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The letters that the paper has no shape for, each once, 20 at the most.
pub fn unwritable<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let Ok(glyphs) = Glyphs::parse(ttf_noto_sans::REGULAR, 0) else { return String::new() };
    let mut missing = String::new();
    for c in texts.into_iter().flat_map(|text| plain(text).chars().collect::<Vec<_>>()) {
        if c != '\n' && glyphs.glyph_index(c).is_none() && !missing.contains(c) && missing.chars().count() < 20 {
            missing.push(c);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_europe_can_be_written_and_what_cannot_is_told() {
        let names =
            "Łukasz Żółć Ingvild Sørbø Ñandú Čeština Ğüneş Þór Σωκράτης Παπαδόπουλος Владимир Їжак Đặng ẞß €£ – “”…";
        assert_eq!(unwritable([names]), "");
        assert_eq!(unwritable(["e\u{301}te\u{301} 東京 東"]), "東京");
    }

    #[test]
    fn lines_break_between_words_and_within_one_that_is_too_long() {
        let fonts = Fonts::load().unwrap();
        let lines = fonts.wrap(Face::Regular, 10.0, "one two three\n\nfour", 45.0);
        assert_eq!(lines, ["one two", "three", "", "four"]);
        let long = fonts.wrap(Face::Regular, 10.0, &format!("a {}", "x".repeat(40)), 60.0);
        assert!(long.len() > 3 && long.iter().all(|line| fonts.width(Face::Regular, 10.0, line) <= 60.0), "{long:?}");
        assert_eq!(long.concat(), format!("a{}", "x".repeat(40)));
    }
}
