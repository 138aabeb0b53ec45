//! QR codes as SVG, drawn with attributes alone, since the pages allow no inline style.
use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

const MARGIN: i32 = 4;

/// `text` as an SVG of dark squares on white; `None` when it is too long.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    let side = code.size() + 2 * MARGIN;
    Some(format!(
        "<svg viewBox=\"0 0 {side} {side}\" width=\"200\" height=\"200\" role=\"img\" aria-label=\"QR code of the key\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_drawn_without_style_and_too_long_a_text_not_at_all() {
        let svg = super::svg("otpauth://totp/x?secret=ABC").unwrap();
        assert!(svg.starts_with("<svg") && !svg.contains("style"));
        assert!(super::svg(&"x".repeat(5000)).is_none());
    }
}
