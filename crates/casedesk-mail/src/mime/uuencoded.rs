//! Uuencoded files, as a transfer encoding and in the midst of a text.

/// A file and its name.
pub(crate) type Named = (String, Vec<u8>);

/// The first uuencoded file of a part body.
pub(crate) fn decode(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let (_, files) = take(&text)?;
    files.into_iter().next().map(|(_, bytes)| bytes)
}

/// The text without its uuencoded files, and the files with their names; `None` when there are
/// none.
pub(crate) fn take(text: &str) -> Option<(String, Vec<Named>)> {
    if !text.contains("begin ") {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    let mut files = Vec::new();
    let mut rest = text;
    while let Some((line, after)) = next_line(rest) {
        match begin_line(line).and_then(|name| Some((name, read_lines(after)?))) {
            Some((name, (bytes, behind))) => {
                files.push((name, bytes));
                rest = behind;
            }
            None => {
                kept.push_str(line);
                kept.push('\n');
                rest = after;
            }
        }
    }
    (!files.is_empty()).then_some((kept, files))
}

fn next_line(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    Some(text.split_once('\n').map_or((text, ""), |(line, rest)| (line.trim_end_matches('\r'), rest)))
}

/// The file name of a `begin 644 name` line.
fn begin_line(line: &str) -> Option<String> {
    let rest = line.strip_prefix("begin ")?;
    let (mode, name) = rest.split_at_checked(3)?;
    let octal = mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    let name = name.strip_prefix(' ')?.trim();
    (octal && !name.is_empty()).then(|| name.to_owned())
}

/// The bytes up to the `end` line; a line that is none of the encoding means that the text only
/// speaks of a beginning.
fn read_lines(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((line, after)) = next_line(rest) {
        rest = after;
        if line == "end" {
            return Some((out, rest));
        }
        push_line(line.as_bytes(), &mut out)?;
    }
    None
}

fn push_line(line: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let Some((length, data)) = line.split_first() else {
        return Some(());
    };
    if !line.iter().all(|byte| (b' '..=b'`').contains(byte)) {
        return None;
    }
    let expected = usize::from(length.wrapping_sub(b' ') & 0x3f);
    let end = out.len() + expected;
    for group in data.chunks(4) {
        let mut word = 0_u32;
        for at in 0..4 {
            let sextet = group.get(at).map_or(0, |byte| byte.wrapping_sub(b' ') & 0x3f);
            word = word << 6 | u32::from(sextet);
        }
        out.extend_from_slice(word.to_be_bytes().get(1..).unwrap_or_default());
    }
    out.truncate(end);
    Some(())
}
