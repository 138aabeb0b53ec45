//! Bytes to characters, including the bytes that do not hold what they declare.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

/// Enough for the detector to decide; the rest of a long text only costs time.
const DETECT_BYTES: usize = 64 * 1024;

/// Text whose charset was declared by a `charset` parameter or an encoded word.
///
/// The declaration is followed unless the bytes contradict it; the second value says that they
/// did, and that another charset was taken.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> (Cow<'a, str>, bool) {
    if declared.is_some_and(is_utf7_label) {
        return (Cow::Owned(utf7(bytes)), false);
    }
    let Some(encoding) = declared.and_then(lookup) else {
        let plausible = declared.is_none_or(is_ascii_label) || bytes.is_ascii();
        return (guess(bytes), !plausible);
    };
    if encoding != UTF_8 && is_single_byte_latin(encoding) && is_really_utf8(bytes) {
        return (String::from_utf8_lossy(bytes), true);
    }
    if encoding == ISO_2022_JP {
        return (Cow::Owned(iso_2022_jp(bytes)), false);
    }
    let (text, _, malformed) = encoding.decode(bytes);
    if malformed && encoding == UTF_8 && !is_mostly_utf8(bytes) {
        return (guess(bytes), true);
    }
    (text, malformed)
}

/// Text without any declaration: UTF-8 when it is, ISO-2022-JP by its escapes, else by statistics.
pub(crate) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    if has_iso_2022_escape(bytes) {
        return Cow::Owned(iso_2022_jp(bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if is_mostly_utf8(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let sample = bytes.get(..DETECT_BYTES).unwrap_or(bytes);
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny).decode(bytes).0
}

/// The encoding of a label, with the names that mail uses and the WHATWG list does not know.
fn lookup(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']);
    if is_ascii_label(label) {
        return None;
    }
    if let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) {
        return Some(encoding);
    }
    let lower = label.to_ascii_lowercase().replace('_', "-");
    let name = match lower.as_str() {
        "cp932" | "ms932" | "windows-932" | "x-sjis-cp932" => "shift_jis",
        "cp936" | "ms936" | "x-gbk" => "gbk",
        "cp949" | "ms949" | "ks-c-5601" => "euc-kr",
        "cp950" | "ms950" => "big5",
        "utf8" | "utf-8-mac" | "utf-8mb4" => "utf-8",
        "iso-2022-jp-1" | "iso-2022-jp-ms" | "iso-2022-jp-2" | "cp50220" | "cp50221" => "iso-2022-jp",
        "latin-1" | "iso-8859" | "ansi" | "cp-1252" => "windows-1252",
        other => other.strip_prefix("cp-").or(other.strip_prefix("x-"))?,
    };
    Encoding::for_label_no_replacement(name.as_bytes())
}

fn is_utf7_label(label: &str) -> bool {
    ["utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"].iter().any(|name| label.trim().eq_ignore_ascii_case(name))
}

/// RFC 2152: runs of base64 between `+` and `-` hold UTF-16.
fn utf7(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once('+') {
        out.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/')).unwrap_or(after.len());
        let (encoded, tail) = after.split_at(end);
        if encoded.is_empty() {
            out.push('+');
        }
        let decoded = super::encoding::base64(encoded.as_bytes());
        out.push_str(&encoding_rs::UTF_16BE.decode_without_bom_handling(&decoded).0);
        rest = tail.strip_prefix('-').unwrap_or(tail);
    }
    out.push_str(rest);
    out
}

fn is_ascii_label(label: &str) -> bool {
    let label = label.trim();
    ["us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit", "unknown-8bit", "x-unknown", "default"]
        .iter()
        .any(|name| label.eq_ignore_ascii_case(name))
}

fn is_single_byte_latin(encoding: &'static Encoding) -> bool {
    encoding == WINDOWS_1252
}

/// Multi-byte UTF-8 is practically never written by chance in a Latin charset.
fn is_really_utf8(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()
}

/// UTF-8 that was damaged in a place or two: cut in the middle of a character, or one bad byte.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let mut good = 0_usize;
    let mut bad = 0_usize;
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

/// The decoder takes an escape that shifts nothing for an attack and marks it; joined header
/// words and some mailers write such pairs in good faith.
fn iso_2022_jp(bytes: &[u8]) -> String {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let shifts_nothing = *first == 0x1b && rest.get(3) == Some(&0x1b);
        rest = if shifts_nothing {
            rest.get(3..).unwrap_or_default()
        } else {
            clean.push(*first);
            tail
        };
    }
    ISO_2022_JP.decode(&clean).0.into_owned()
}

fn has_iso_2022_escape(bytes: &[u8]) -> bool {
    bytes.is_ascii() && bytes.windows(3).any(|window| matches!(window, b"\x1b$B" | b"\x1b$@" | b"\x1b(J"))
}
