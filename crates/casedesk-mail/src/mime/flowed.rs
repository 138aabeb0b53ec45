//! `format=flowed` (RFC 3676): lines broken by the sender's program are joined again.

/// Joins flowed lines of the same quote depth; `delsp` drops the blank at which a line was broken.
pub(crate) fn join(text: &str, delsp: bool) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut open_depth = None;
    for line in text.lines() {
        let (depth, content) = split_depth(line);
        let joined = open_depth == Some(depth) && !is_signature(content);
        // A flowed line ends in a blank; the signature's blank is its own (section 4.3).
        let flows = content.ends_with(' ') && !is_signature(content);
        let content = if flows && delsp { content.strip_suffix(' ').unwrap_or(content) } else { content };
        match out.last_mut() {
            Some(last) if joined => last.push_str(content),
            _ => out.push(quoted(depth, content)),
        }
        open_depth = flows.then_some(depth);
    }
    out.join("\n")
}

/// The number of `>` in front, and the text without them and without space-stuffing (section 4.4).
fn split_depth(line: &str) -> (usize, &str) {
    let content = line.trim_start_matches('>');
    let depth = line.len() - content.len();
    (depth, content.strip_prefix(' ').unwrap_or(content))
}

fn quoted(depth: usize, content: &str) -> String {
    if depth == 0 {
        return content.to_owned();
    }
    format!("{} {content}", ">".repeat(depth))
}

fn is_signature(content: &str) -> bool {
    content == "-- "
}
