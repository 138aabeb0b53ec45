//! Turning a file of a corpus into the bytes of a message.

use std::path::{Path, PathBuf};

/// Every file of a source that is a message, sorted.
pub(crate) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !is_licence(&path) {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

fn is_licence(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let upper = name.to_uppercase();
    ["LICENSE", "LICENCE", "COPYING", "README", "NOTICE"].iter().any(|word| upper.contains(word))
}

/// Whether a file is a plain body without any header.
pub(crate) fn is_bare_text(file: &str, bytes: &[u8]) -> bool {
    let other = [".eml", ".html", ".htm"].iter().any(|ending| file.ends_with(ending));
    !other && !has_header(bytes)
}

/// Many corpora of reply parsers hold bodies without any header: those get the smallest one.
pub(crate) fn message(file: &str, bytes: &[u8]) -> Vec<u8> {
    if has_header(bytes) || file.ends_with(".eml") {
        return bytes.to_vec();
    }
    let subtype = if file.ends_with(".html") || file.ends_with(".htm") { "html" } else { "plain" };
    let charset = if std::str::from_utf8(bytes).is_ok() { "; charset=utf-8" } else { "" };
    let mut message =
        format!("MIME-Version: 1.0\nContent-Type: text/{subtype}{charset}\nContent-Transfer-Encoding: 8bit\n\n")
            .into_bytes();
    message.extend_from_slice(bytes);
    message
}

/// A quoted header block (From, Sent, To, Subject) is no header: one of the fields that only
/// programs write must be among the first lines.
fn has_header(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8_000)]).to_ascii_lowercase();
    let block = head.replace("\r\n", "\n");
    let block = block.split("\n\n").next().unwrap_or_default();
    ["message-id:", "received:", "mime-version:", "content-type:", "return-path:"]
        .iter()
        .any(|field| block.starts_with(field) || block.contains(&format!("\n{field}")))
}
