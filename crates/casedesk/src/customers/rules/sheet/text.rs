//! The bytes of a file as lines of cells: in whatever encoding and with whatever separator a spreadsheet wrote it. What
//! cannot be read is one bad line, never the end of the file.
use super::{MOST_BYTES, MOST_LINES, Sheet, Unreadable, column_named};

/// Stands where bytes are no text; it is no character of any language.
const WRONG: char = '\u{ffff}';
/// The longest line, quotes with line ends in them included, in bytes.
const MOST_LINE: usize = 256 * 1024;
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
/// What the bytes 0x80 to 0x9F are in Windows-1252.
const WINDOWS: &str = "€\u{ffff}‚ƒ„…†‡ˆ‰Š‹Œ\u{ffff}Ž\u{ffff}\u{ffff}‘’“”•–—˜™š›œ\u{ffff}žŸ";

/// One line under the heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As an editor counts them; the heading is mostly line 1.
    pub line: u64,
    /// As many as the heading has; or why the line cannot be read.
    pub cells: Result<Vec<String>, &'static str>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// In words: `UTF-8`, `Windows-1252`, `UTF-16`.
    pub encoding: &'static str,
    /// In words: `commas`, `semicolons`, `tabs`.
    pub separator: &'static str,
    pub head: Vec<String>,
    pub rows: Vec<Row>,
}

/// Reads a file. The separator is the one that makes most of the heading known.
pub fn read(bytes: &[u8], sheet: Sheet) -> Result<Table, Unreadable> {
    if bytes.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let (text, encoding) = decoded(bytes);
    let mut text = text.replace("\r\n", "\n");
    if !text.contains('\n') {
        text = text.replace('\r', "\n");
    }
    // Excel's own way to say the separator.
    let said = text.strip_prefix("sep=").and_then(|rest| rest.as_bytes().first().copied());
    let said = said.filter(|one| SEPARATORS.contains(one) && text.as_bytes().get(5) == Some(&b'\n'));
    let start = if said.is_some() { 6 } else { 0 };
    let separator = said.unwrap_or_else(|| likely(&text, sheet));
    let mut lines = Lines::new(&text, separator, start, if start > 0 { 2 } else { 1 });
    let head = match lines.next(None) {
        Some(Row { cells: Ok(head), .. }) => head,
        _ => return Err(Unreadable::NoHead),
    };
    let mut rows = Vec::new();
    while let Some(row) = lines.next(Some(head.len())) {
        // What a spreadsheet leaves under its last line.
        if row.cells.as_ref().is_ok_and(|cells| cells.iter().all(|cell| cell.trim().is_empty())) {
            continue;
        }
        if rows.len() == MOST_LINES {
            return Err(Unreadable::TooLong);
        }
        rows.push(row);
    }
    Ok(Table { encoding, separator: in_words(separator), head, rows })
}

fn in_words(separator: u8) -> &'static str {
    match separator {
        b';' => "semicolons",
        b'\t' => "tabs",
        _ => "commas",
    }
}

/// Text with `WRONG` where there is none, and what the bytes were read as.
fn decoded(bytes: &[u8]) -> (String, &'static str) {
    match bytes {
        [0xff, 0xfe, rest @ ..] => (utf16(rest, u16::from_le_bytes), "UTF-16"),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, u16::from_be_bytes), "UTF-16"),
        [0xef, 0xbb, 0xbf, rest @ ..] => (utf8(rest), "UTF-8"),
        _ if is_utf8(bytes) => (utf8(bytes), "UTF-8"),
        _ => (bytes.iter().map(|byte| windows(*byte)).collect(), "Windows-1252"),
    }
}

/// Whether it is UTF-8, if with a broken line: a line of another encoding is hardly ever valid by chance.
fn is_utf8(bytes: &[u8]) -> bool {
    let mut foreign = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
    let mut any = false;
    let valid = foreign.any(|line| {
        any = true;
        std::str::from_utf8(line).is_ok()
    });
    valid || !any
}

fn utf8(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(WRONG);
        }
    }
    text
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text: String = char::decode_utf16(units).map(|read| read.unwrap_or(WRONG)).collect();
    if bytes.len() % 2 == 1 {
        text.push(WRONG);
    }
    text
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS.chars().nth(usize::from(byte - 0x80)).unwrap_or(WRONG),
        other => char::from(other),
    }
}

/// The separator under which most of the heading is known, or else has most cells.
fn likely(text: &str, sheet: Sheet) -> u8 {
    let worth = |separator: &u8| {
        let head = Lines::new(text, *separator, 0, 1).next(None).and_then(|row| row.cells.ok());
        let head = head.unwrap_or_default();
        (head.iter().filter(|name| column_named(sheet, name).is_some()).count(), head.len())
    };
    let mut best = SEPARATORS[0];
    for separator in SEPARATORS {
        if worth(&separator) > worth(&best) {
            best = separator;
        }
    }
    best
}

struct Lines<'a> {
    text: &'a str,
    separator: u8,
    /// Reads from `base` on.
    reader: csv::Reader<&'a [u8]>,
    base: usize,
    /// Where the next line begins, in bytes, and its number.
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, separator: u8, at: usize, line: u64) -> Self {
        Self { text, separator, reader: reader(&text[at..], separator), base: at, at, line }
    }

    /// The next line that is not empty. `width`: how many cells it should have.
    ///
    /// A quote that is never closed would swallow the rest of the file: where a line over several lines does not fit,
    /// its first one alone is bad, and reading goes on behind that.
    fn next(&mut self, width: Option<usize>) -> Option<Row> {
        let mut record = csv::StringRecord::new();
        if !self.reader.read_record(&mut record).ok()? {
            return None;
        }
        let end = self.text.len().min(self.base + usize::try_from(self.reader.position().byte()).ok()?);
        let raw = self.text[self.at..end].trim_start_matches('\n');
        let start = end - raw.len();
        self.pass(start);
        let line = self.line;
        let cells = fitted(record.iter().map(str::to_owned).collect(), width, raw);
        let first = raw.find('\n').map_or(end, |at| start + at + 1);
        if cells.is_err() && first < end {
            self.pass(first);
            self.base = first;
            self.reader = reader(&self.text[first..], self.separator);
        } else {
            self.pass(end);
        }
        Some(Row { line, cells })
    }

    /// Goes on to `at`, counting the lines.
    fn pass(&mut self, at: usize) {
        self.line += u64::try_from(self.text[self.at..at].matches('\n').count()).unwrap_or(0);
        self.at = at;
    }
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text.as_bytes())
}

fn fitted(mut cells: Vec<String>, width: Option<usize>, raw: &str) -> Result<Vec<String>, &'static str> {
    if raw.len() > MOST_LINE {
        return Err("it is far too long; a quote may not be closed");
    }
    if raw.trim_end_matches('\n').contains('\n') && raw.matches('"').count() % 2 == 1 {
        return Err("a quote is not closed");
    }
    if raw.contains(WRONG) {
        return Err("it has bytes that are no text in the encoding of the file");
    }
    if raw.contains('\0') {
        return Err("it has a zero byte, which no text has");
    }
    let width = width.unwrap_or(cells.len());
    if cells.len() > width && cells[width..].iter().all(|cell| cell.trim().is_empty()) {
        cells.truncate(width);
    }
    match cells.len().cmp(&width) {
        std::cmp::Ordering::Equal => Ok(cells),
        std::cmp::Ordering::Less => Err("it has fewer cells than the heading; a separator or a quote may be missing"),
        std::cmp::Ordering::Greater => Err("it has more cells than the heading; text with separators needs quotes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> Table {
        read(bytes, Sheet::Organisations).unwrap()
    }

    fn good(table: &Table) -> Vec<Vec<&str>> {
        let cells = table.rows.iter().filter_map(|row| row.cells.as_ref().ok());
        cells.map(|cells| cells.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn a_file_is_read_in_each_encoding_that_spreadsheets_write() {
        let text = "Name;Tags\r\nMüller & Söhne;€\r\n";
        let mut files = vec![text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat()];
        let units: Vec<u16> = text.encode_utf16().collect();
        files.push([vec![0xff, 0xfe], units.iter().flat_map(|unit| unit.to_le_bytes()).collect()].concat());
        files.push([vec![0xfe, 0xff], units.iter().flat_map(|unit| unit.to_be_bytes()).collect()].concat());
        files.push(b"Name;Tags\r\nM\xfcller & S\xf6hne;\x80\r\n".to_vec());
        for file in files {
            let table = table(&file);
            assert_eq!(good(&table), [["Müller & Söhne", "€"]], "{}", table.encoding);
            assert_eq!(table.separator, "semicolons");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_makes_the_heading_known() {
        assert_eq!(table(b"Name,Domains\nA,b.example\n").separator, "commas");
        assert_eq!(table(b"Name\tDomains\nA, B\tb.example\n").separator, "tabs");
        let said = table(b"sep=;\nName;Notes\nA;b,c\n");
        assert_eq!((said.separator, said.rows[0].line), ("semicolons", 3));
        assert_eq!(read(b"", Sheet::Contacts), Err(Unreadable::NoHead));
    }

    #[test]
    fn a_ragged_line_or_wrong_bytes_spoil_that_line_alone() {
        let table = table(b"Name,Notes\nA,b\nonly\nB,\"two\nlines\"\nC,d,e\n\n\xffD,x\nE,\xc3\xa9\nF,f,,\n");
        assert_eq!(good(&table), [["A", "b"], ["B", "two\nlines"], ["E", "é"], ["F", "f"]]);
        let bad: Vec<u64> = table.rows.iter().filter(|row| row.cells.is_err()).map(|row| row.line).collect();
        assert_eq!(bad, [3, 6, 8]);
    }

    #[test]
    fn an_open_quote_does_not_swallow_what_follows() {
        let mut file = b"Name,Notes\nA,\"open\n".to_vec();
        for number in 0..2_000 {
            file.extend(format!("N{number},x\n").bytes());
        }
        let table = table(&file);
        assert_eq!(table.rows.iter().filter(|row| row.cells.is_err()).map(|row| row.line).collect::<Vec<_>>(), [2]);
        assert_eq!(good(&table).len(), 2_000);
    }

    #[test]
    fn any_bytes_are_read_or_refused() {
        use proptest::prelude::*;
        proptest!(|(bytes in proptest::collection::vec(any::<u8>(), 0..400))| {
            if let Ok(table) = read(&bytes, Sheet::Contacts) {
                for row in table.rows {
                    prop_assert!(row.cells.is_err() || row.cells.unwrap().len() == table.head.len());
                }
            }
        });
    }
}
