//! Content-Transfer-Encoding (RFC 2045 section 6), read leniently: damage costs a few characters,
//! never the part.

use std::borrow::Cow;

use super::uuencoded;

/// The decoded bytes of a part body.
pub(crate) fn decode<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => Cow::Owned(base64(body)),
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => uuencoded::decode(body).map_or(Cow::Borrowed(body), Cow::Owned),
        _ => Cow::Borrowed(body),
    }
}

/// Base64 with line breaks, foreign characters, missing or early padding.
pub(crate) fn base64(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() / 4 * 3);
    let mut buffer = 0_u32;
    let mut bits = 0_u32;
    for byte in input {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                bits = 0;
                continue;
            }
            _ => continue,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits).to_le_bytes()[0]);
        }
    }
    out
}

/// Quoted-printable: soft line breaks, trailing blanks cut, a stray `=` kept as it is.
pub(crate) fn quoted_printable(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        let ending = line.get(text.len()..).unwrap_or_default();
        let soft = text.ends_with(b"=");
        let text = text.strip_suffix(b"=").unwrap_or(text);
        push_quoted(text, &mut out);
        if !soft && let Some(at) = ending.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            out.extend_from_slice(ending.get(at..).unwrap_or_default());
        }
    }
    out
}

/// The `Q` encoding of header words (RFC 2047 section 4.2): blanks are written as `_`.
pub(crate) fn quoted_word(text: &[u8]) -> Vec<u8> {
    let blanks: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
    let mut out = Vec::with_capacity(blanks.len());
    push_quoted(&blanks, &mut out);
    out
}

fn push_quoted(line: &[u8], out: &mut Vec<u8>) {
    let mut rest = line;
    while let [first, tail @ ..] = rest {
        if *first == b'='
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
