//! Markdown as agents write it, to HTML that is safe to show and to send.

/// CommonMark with tables, strike-through and bare links. Raw HTML in the text is shown as text.
pub fn to_html(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.render.escape = true;
    options.render.hardbreaks = true;
    comrak::markdown_to_html(markdown, &options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_markdown_is_text() {
        let html = to_html("**a** <script>alert(1)</script> [x](javascript:alert(1))");
        assert!(html.contains("<strong>a</strong>"));
        assert!(!html.contains("<script>"));
        assert!(!html.contains("javascript:"));
    }
}
