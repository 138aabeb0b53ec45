//! `Content-Disposition` for names that strangers chose (RFC 6266, RFC 8187).
use axum::http::HeaderValue;

/// Shows the file or offers it for download, under a plain name for old programs and the real one for the rest.
pub fn header(inline: bool, name: &str) -> HeaderValue {
    let way = if inline { "inline" } else { "attachment" };
    let value = format!("{way}; filename=\"{}\"; filename*=UTF-8''{}", plain(name), extended(name));
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || " -_.()+,".contains(c) { c } else { '_' }).collect()
}

/// RFC 8187 section 3.2.1.
fn extended(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let value = header(false, "a b\"\r\n;é.txt");
        assert_eq!(
            value.to_str().unwrap(),
            "attachment; filename=\"a b_____.txt\"; filename*=UTF-8''a%20b%22%0D%0A%3B%C3%A9.txt"
        );
    }
}
