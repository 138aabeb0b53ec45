//! Content-Transfer-Encoding (RFC 2045 section 6), read leniently: damage costs a few characters,
//! never the part.

use std::borrow::Cow;

/// The decoded bytes of a part body.
pub(crate) fn decode<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => Cow::Owned(base64(body)),
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => {
            uuencode(body).map_or(Cow::Borrowed(body), |(_, bytes)| Cow::Owned(bytes))
        }
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
    let blanks: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'_' { b' ' } else { *byte })
        .collect();
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

/// A uuencoded file and its name, when the input holds one.
pub(crate) fn uuencode(input: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut name = None;
    let mut out = Vec::new();
    for line in input.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if name.is_none() {
            name = begin_line(line);
        } else if line == b"end" {
            break;
        } else {
            push_uu_line(line, &mut out);
        }
    }
    Some((name?, out))
}

/// The file name of a `begin 644 name` line.
pub(crate) fn begin_line(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?;
    let (mode, name) = rest.split_at_checked(3)?;
    let octal = mode.iter().all(|byte| (b'0'..=b'7').contains(byte));
    let name = name.strip_prefix(b" ")?.trim_ascii();
    (octal && !name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
}

fn push_uu_line(line: &[u8], out: &mut Vec<u8>) {
    let [length, data @ ..] = line else {
        return;
    };
    let expected = usize::from(length.wrapping_sub(b' ') & 0x3f);
    let start = out.len();
    for group in data.chunks(4) {
        let mut word = 0_u32;
        for at in 0..4 {
            let sextet = group
                .get(at)
                .map_or(0, |byte| byte.wrapping_sub(b' ') & 0x3f);
            word = word << 6 | u32::from(sextet);
        }
        out.extend_from_slice(word.to_be_bytes().get(1..).unwrap_or_default());
    }
    out.truncate(start + expected);
}
