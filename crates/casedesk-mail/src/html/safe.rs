//! Sanitising with an allow-list, and keeping remote images from being fetched.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::{bounds, text};

/// HTML that can be shown in a sandboxed frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeHtml {
    /// The HTML; `cid:` images are kept for the caller to resolve.
    pub html: String,
    /// Whether an image from elsewhere waits in a `data-src`.
    pub has_remote_images: bool,
}

/// A transparent pixel: it keeps the layout while the remote image is not asked for.
const PLACEHOLDER: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

/// Properties that change how text looks. None takes a `url()`, and none takes an element out of
/// its place.
const STYLES: [&str; 34] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "direction",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "vertical-align",
    "white-space",
    "width",
];

/// Real mail settles at once.
const MAX_PASSES: usize = 4;
/// Of HTML that is only shown as text, no more than this is shown.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// Written into every link; the sanitiser drops what the sender wrote there.
const LINK: &str = " target=\"_blank\" rel=\"noopener noreferrer nofollow\"";

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

/// Makes HTML safe; doing it twice changes nothing.
///
/// ```
/// let safe = casedesk_mail::sanitise("<p onclick=x>Hi<script>y</script><img src='https://t.example/p.gif'>");
/// assert!(!safe.html.contains("onclick") && !safe.html.contains("script"));
/// assert!(safe.has_remote_images && safe.html.contains("data-src=\"https://t.example/p.gif\""));
/// ```
#[must_use]
pub fn sanitise(html: &str) -> SafeHtml {
    settle(html).unwrap_or_else(|| clean(&as_text(html)))
}

/// Parsing misnested HTML can change what was written from it; the result is only trusted when
/// it stays as it is, so that a browser sees what was checked.
fn settle(html: &str) -> Option<SafeHtml> {
    let reasonable = |html: &str| bounds::is_reasonable(html).then_some(());
    reasonable(html)?;
    let mut cleaned = clean(html);
    for _ in 0..MAX_PASSES {
        reasonable(&cleaned.html)?;
        let again = clean(&cleaned.html);
        if again == cleaned {
            return Some(cleaned);
        }
        cleaned = again;
    }
    None
}

fn clean(html: &str) -> SafeHtml {
    // A character reference can smuggle in a carriage return, which no second reading keeps.
    finish(&CLEANER.clean(html).to_string().replace('\r', "\n"))
}

/// What can be read of HTML that is not safe to show.
fn as_text(html: &str) -> String {
    let mut shown = String::from("<pre>");
    for line in text::lines(html) {
        if shown.len() > MAX_TEXT_BYTES {
            break;
        }
        shown.push_str(&super::escape(&line.text));
        shown.push('\n');
    }
    shown.push_str("</pre>");
    shown
}

fn cleaner() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .rm_tags(["map", "area", "article", "nav"])
        .add_tags(["font", "big", "tt", "address", "section", "u"])
        .add_clean_content_tags([
            "title", "svg", "math", "template", "noscript", "object", "iframe", "select", "textarea",
        ])
        .add_tag_attributes("font", ["color", "size", "face"])
        .add_tag_attributes("td", ["width", "height", "valign", "bgcolor"])
        .add_tag_attributes("th", ["width", "height", "valign", "bgcolor"])
        .add_tag_attributes("table", ["width", "border", "cellpadding", "cellspacing", "bgcolor"])
        .add_tag_attributes("tr", ["valign", "bgcolor"])
        .add_tag_attributes("blockquote", ["type"])
        .add_tag_attributes("img", ["data-src", "align", "border"])
        .rm_tag_attributes("blockquote", ["cite"])
        .rm_tag_attributes("q", ["cite"])
        .rm_tag_attributes("del", ["cite"])
        .rm_tag_attributes("ins", ["cite"])
        .add_generic_attributes(["style", "dir", "lang", "title"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "cid", "data"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .attribute_filter(keep_attribute);
    builder
}

/// Each scheme only where it belongs: links lead to the web or to a mail program, images come
/// from this mail, from elsewhere (and are then neutralised), or are small raster images.
fn keep_attribute<'u>(element: &str, attribute: &str, value: &'u str) -> Option<Cow<'u, str>> {
    let is_image = element == "img" && matches!(attribute, "src" | "data-src");
    if element == "img" && attribute == "data-src" {
        return is_remote(value).then_some(Cow::Borrowed(value));
    }
    if is_image {
        let kept = is_remote(value) || has_scheme(value, "cid:") || is_raster_data(value);
        return kept.then_some(Cow::Borrowed(value));
    }
    if matches!(attribute, "href" | "src") {
        let kept = is_remote(value) || has_scheme(value, "mailto:");
        return kept.then_some(Cow::Borrowed(value));
    }
    if attribute == "style" {
        let kept = safe_style(value);
        return (!kept.is_empty()).then_some(Cow::Owned(kept));
    }
    Some(Cow::Borrowed(value))
}

/// The declarations of known properties whose value is made of plain words, numbers and colours.
fn safe_style(style: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " #.,%-!".contains(c);
    let kept: Vec<String> = style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        .filter(|(name, value)| {
            // `rgb(0, 0, 0)` is the one function that mail programs write for text.
            let inner = value.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')'));
            STYLES.contains(&name.as_str()) && inner.unwrap_or(value).chars().all(plain)
        })
        .map(|(name, value)| format!("{name}:{value}"))
        .collect();
    kept.join(";")
}

fn has_scheme(value: &str, scheme: &str) -> bool {
    value.trim_start().get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn is_remote(value: &str) -> bool {
    has_scheme(value, "http:") || has_scheme(value, "https:")
}

fn is_raster_data(value: &str) -> bool {
    ["png", "jpeg", "jpg", "gif", "webp"].iter().any(|kind| has_scheme(value, &format!("data:image/{kind};base64,")))
}

/// Moves the source of remote images to `data-src`, and has links open outside.
///
/// The input is the sanitiser's own output, in which `<` stands for nothing but a tag and every
/// attribute is written ` name="value"`, so that searching it is reading it.
fn finish(html: &str) -> SafeHtml {
    let mut out = String::with_capacity(html.len());
    let mut has_remote_images = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        let end = tag.find('>').unwrap_or(tag.len());
        let (tag, after) = tag.split_at(end);
        out.push_str(before);
        if let Some(attributes) = attributes_of(tag, "<img") {
            out.push_str("<img");
            has_remote_images |= push_attributes(attributes, &mut out);
        } else if attributes_of(tag, "<a").is_some() {
            out.push_str(tag);
            out.push_str(LINK);
        } else {
            out.push_str(tag);
        }
        rest = after;
        // A parser drops the line break that begins a `pre`; one more keeps the first.
        if attributes_of(tag, "<pre").is_some() && rest.starts_with(">\n") {
            out.push_str(">\n");
            rest = rest.strip_prefix('>').unwrap_or(rest);
        }
    }
    out.push_str(rest);
    SafeHtml { html: out, has_remote_images }
}

/// What follows the name when the tag is the one asked for.
fn attributes_of<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let rest = tag.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with(' ')).then_some(rest)
}

/// Copies the attributes of an image; says whether it is remote.
fn push_attributes(attributes: &str, out: &mut String) -> bool {
    let mut source = None;
    let mut remote = None;
    let mut pieces = attributes.split('"');
    while let (Some(name), Some(value)) = (pieces.next(), pieces.next()) {
        match name.trim().trim_end_matches('=') {
            "src" if is_remote(value) => remote = Some(value),
            "src" => source = Some(value),
            "data-src" => remote = remote.or(Some(value)),
            other => push_attribute(other, value, out),
        }
    }
    match remote {
        Some(remote) => {
            push_attribute("src", PLACEHOLDER, out);
            push_attribute("data-src", remote, out);
        }
        None => {
            if let Some(source) = source {
                push_attribute("src", source, out);
            }
        }
    }
    remote.is_some()
}

fn push_attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(value);
    out.push('"');
}
