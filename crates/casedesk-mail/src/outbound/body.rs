//! The MIME body of a mail to be sent (RFC 2045, RFC 2046, RFC 2387).

use sha2::{Digest, Sha256};

use super::{OutboundAttachment, OutboundMail, name_parameters};

/// Everything behind the header of the message, the Content fields included.
pub(crate) fn write(mail: &OutboundMail) -> String {
    let (shown, files): (Vec<_>, Vec<_>) =
        mail.attachments.iter().partition(|file| file.content_id.is_some() && mail.html.is_some());
    let text = text_part("text/plain", &mail.text);
    let mut body = match &mail.html {
        Some(html) => {
            let html = with_files("related", text_part("text/html", html), &shown, mail);
            multipart("alternative", &[text, html], mail)
        }
        None => text,
    };
    body = with_files("mixed", body, &files, mail);
    body
}

fn with_files(subtype: &str, first: String, files: &[&OutboundAttachment], mail: &OutboundMail) -> String {
    if files.is_empty() {
        return first;
    }
    let mut parts = vec![first];
    parts.extend(files.iter().map(|file| file_part(file)));
    multipart(subtype, &parts, mail)
}

/// The boundary comes from what is inside, so that the same mail is always the same bytes and
/// no part can hold it.
fn multipart(subtype: &str, parts: &[String], mail: &OutboundMail) -> String {
    let mut hasher = Sha256::new();
    hasher.update(subtype.as_bytes());
    hasher.update(mail.message_id.as_bytes());
    for part in parts {
        hasher.update(part.as_bytes());
    }
    let digest = data_encoding::HEXLOWER.encode(&hasher.finalize());
    let boundary = format!("=_{}", digest.get(..32).unwrap_or(&digest));
    let mut out = format!("Content-Type: multipart/{subtype};\r\n boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        out.push_str(&format!("--{boundary}\r\n{part}\r\n"));
    }
    out.push_str(&format!("--{boundary}--\r\n"));
    out
}

fn text_part(content_type: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    format!(
        "Content-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
        quoted_printable(&text)
    )
}

fn file_part(file: &OutboundAttachment) -> String {
    let content_type = clean_type(&file.content_type);
    let disposition = if file.content_id.is_some() { "inline" } else { "attachment" };
    let mut out = format!(
        "Content-Type: {content_type}{}\r\nContent-Disposition: {disposition}{}\r\nContent-Transfer-Encoding: base64\r\n",
        name_parameters("name", &file.name),
        name_parameters("filename", &file.name),
    );
    if let Some(id) = &file.content_id {
        let id: String = id.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect();
        out.push_str(&format!("Content-ID: <{id}>\r\n"));
    }
    out.push_str("\r\n");
    let encoded = data_encoding::BASE64.encode(&file.bytes);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(76));
        out.push_str(line);
        out.push_str("\r\n");
        rest = tail;
    }
    out
}

/// `type/subtype` of token characters, else unknown bytes.
fn clean_type(content_type: &str) -> &str {
    let is_token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+' | b'_'))
    };
    let well_formed = content_type
        .split_once('/')
        .is_some_and(|(main, sub)| is_token(main) && is_token(sub) && !matches!(main, "multipart" | "message"));
    if well_formed { content_type } else { "application/octet-stream" }
}

/// RFC 2045 section 6.7, with every line break a CRLF.
fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push_str("\r\n");
        }
        push_line(line, &mut out);
    }
    out
}

fn push_line(line: &str, out: &mut String) {
    let mut column = 0;
    let bytes = line.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let last = at + 1 == bytes.len();
        // A blank at the end would be lost, `From ` and a lone dot at the start would be changed on the way.
        let shielded = (last && matches!(byte, b' ' | b'\t')) || (at == 0 && matches!(byte, b'F' | b'.' | b'-'));
        let literal = (byte.is_ascii_graphic() && *byte != b'=') || matches!(byte, b' ' | b'\t');
        let piece = if literal && !shielded { char::from(*byte).to_string() } else { format!("={byte:02X}") };
        if column + piece.len() > 75 {
            out.push_str("=\r\n");
            column = 0;
        }
        column += piece.len();
        out.push_str(&piece);
    }
}
