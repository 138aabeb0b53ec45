//! The words in files that strangers sent. A PDF is read by a process of its own, with little memory and
//! time: whatever it does to its reader, the desk goes on.
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: i64 = 20 * 1024 * 1024;
/// The most text of one file, in bytes.
const MOST_TEXT: u64 = 1024 * 1024;
const TIME: Duration = Duration::from_secs(20);
const CPU_S: u64 = 20;
const MEMORY: u64 = 1024 * 1024 * 1024;

/// One reader at a time, so that a flood of PDFs takes neither all memory nor all cores.
static READER: Semaphore = Semaphore::const_new(1);

/// A kind of file whose words can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Plain,
    Html,
    Pdf,
}

impl Kind {
    /// By the declared type, or by the name where the type says nothing.
    pub fn of(content_type: &str, name: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        match (kind.as_str(), ending.as_str()) {
            ("text/html" | "application/xhtml+xml", _) => Some(Self::Html),
            ("application/pdf", _) => Some(Self::Pdf),
            ("application/json" | "application/xml" | "application/x-yaml", _) => Some(Self::Plain),
            (text, _) if text.starts_with("text/") => Some(Self::Plain),
            ("application/octet-stream", "html" | "htm") => Some(Self::Html),
            ("application/octet-stream", "pdf") => Some(Self::Pdf),
            ("application/octet-stream", "txt" | "log" | "csv" | "json" | "xml" | "yml" | "yaml" | "conf" | "ini") => {
                Some(Self::Plain)
            }
            _ => None,
        }
    }
}

/// The words of a file; `None` when they cannot be read. `pdf_reader` is empty, or a program and its arguments.
pub async fn extract(kind: Kind, bytes: Bytes, pdf_reader: &[String]) -> Option<String> {
    match kind {
        Kind::Pdf => match pdf(&bytes, pdf_reader).await {
            Ok(text) => Some(text),
            Err(error) => {
                tracing::info!(%error, "the words of a PDF file cannot be read");
                None
            }
        },
        Kind::Plain => Some(decoded(&bytes)),
        Kind::Html => tokio::task::spawn_blocking(move || casedesk_mail::text_of_html(&decoded(&bytes))).await.ok(),
    }
}

/// UTF-16 where a byte order mark says so, else UTF-8; what is neither does no harm in an index.
fn decoded(bytes: &[u8]) -> String {
    let most = usize::try_from(MOST_TEXT).unwrap_or(usize::MAX);
    let bytes = &bytes[..bytes.len().min(most)];
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].as_chunks().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

async fn pdf(bytes: &[u8], reader: &[String]) -> anyhow::Result<String> {
    let _turn = READER.acquire().await?;
    let mut command = match reader {
        [] => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("pdf-text");
            command
        }
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        }
    };
    let command = command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.kill_on_drop(true).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        anyhow::bail!("the reader has no pipes")
    };
    let write = async move {
        // A reader that has seen enough closes its end.
        let _ = input.write_all(bytes).await;
    };
    let mut text = Vec::new();
    let mut output = output.take(MOST_TEXT);
    let read = async { tokio::join!(write, output.read_to_end(&mut text)).1 };
    tokio::time::timeout(TIME, read).await??;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// `casedesk pdf-text`: reads a PDF on standard input, writes its text, within bounds that end the process.
pub fn read_pdf() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        rlimit::setrlimit(rlimit::Resource::AS, MEMORY, MEMORY)?;
        rlimit::setrlimit(rlimit::Resource::CPU, CPU_S, CPU_S)?;
        rlimit::setrlimit(rlimit::Resource::CORE, 0, 0)?;
    }
    let mut bytes = Vec::new();
    std::io::stdin().take(u64::try_from(MOST_BYTES)?).read_to_end(&mut bytes)?;
    let text = pdf_extract::extract_text_from_mem(&bytes)?;
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_is_told_by_type_then_by_name() {
        assert_eq!(Kind::of("text/plain; charset=utf-8", "x"), Some(Kind::Plain));
        assert_eq!(Kind::of("text/html", "x.txt"), Some(Kind::Html));
        assert_eq!(Kind::of("application/octet-stream", "Server.LOG"), Some(Kind::Plain));
        assert_eq!(Kind::of("application/octet-stream", "a.exe"), None);
        assert_eq!(Kind::of("image/png", "a.txt"), None);
    }

    #[test]
    fn wide_text_is_told_by_its_mark() {
        assert_eq!(decoded(b"\xff\xfeh\0i\0"), "hi");
        assert_eq!(decoded(b"h\xffi"), "h\u{FFFD}i");
    }
}
