//! What the first bytes of a file say it is.

/// Magic bytes and the type they stand for. Order matters where one begins like another.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (b"\x0a\x0d\x0d\x0a", "application/x-pcapng"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"{\\rtf", "application/rtf"),
];

/// The only types that a page may show by itself.
const RASTER: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The type by magic bytes, or markup by how it begins.
pub(crate) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((_, found)) = magic {
        return Some(found);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("video/mp4");
    }
    markup(bytes)
}

/// HTML, SVG and XML, as a browser that sniffs would see them.
fn markup(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..512).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    if !text.starts_with('<') {
        return None;
    }
    if text.contains("<svg") {
        return Some("image/svg+xml");
    }
    if ["<!doctype html", "<html", "<head", "<body", "<script", "<iframe"].iter().any(|tag| text.starts_with(tag)) {
        return Some("text/html");
    }
    text.starts_with("<?xml").then_some("application/xml")
}

/// Whether declaration and content agree on one raster image type.
pub(crate) fn is_raster(declared: &str, sniffed: Option<&str>) -> bool {
    let declared = if declared == "image/jpg" || declared == "image/pjpeg" { "image/jpeg" } else { declared };
    RASTER.contains(&declared) && sniffed == Some(declared)
}
