//! `casedesk mail import`: files of mail, through the same door as any other source.
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::desk::Desk;
use crate::mail::actions::take_in;
use crate::mail::{InboundState, MailError, Source, filer, store};

/// How many folders deep a tree of mail is followed.
const DEPTH: usize = 16;

pub(super) async fn run(config: Config, path: PathBuf) -> anyhow::Result<()> {
    let desk = super::desk(config).await?;
    let (mut stored, mut too_large) = (0usize, 0usize);
    for source in sources(&path)? {
        let name = source.display().to_string();
        for raw in messages(&source)? {
            match take_in(&desk, Source::Import { path: &name }, Bytes::from(raw?)).await {
                Ok(_) => stored += 1,
                Err(error @ MailError::TooLarge { .. }) => {
                    eprintln!("{name}: {error}");
                    too_large += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    println!("{stored} stored, {too_large} too large");
    file(&desk).await?;
    desk.db().close().await;
    Ok(())
}

/// Files what was stored, so that the command ends with everything in its place.
async fn file(desk: &Desk) -> anyhow::Result<()> {
    while filer::file_waiting(desk, &CancellationToken::new()).await? {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    for state in [InboundState::Aside, InboundState::Quarantined] {
        let count = store::count(desk.db(), state).await?;
        if count > 0 {
            println!("{count} {state}: see the page Quarantine");
        }
    }
    Ok(())
}

/// The files to read: a Maildir's `cur` and `new`, a folder's files, or the one that was named.
fn sources(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path == Path::new("-") || !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    walk(path, DEPTH, &mut files)?;
    files.sort();
    Ok(files)
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // A Maildir's `tmp` holds mail that is not whole yet; files with a dot are its server's own.
        if kind.is_dir() && name != "tmp" && depth > 0 {
            walk(&path, depth - 1, files)?;
        } else if kind.is_file() && !name.starts_with('.') && is_mail(folder, &path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_mail(folder: &Path, path: &Path) -> bool {
    let in_maildir = folder.file_name().is_some_and(|name| name == "cur" || name == "new");
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
    in_maildir
        || matches!(extension.as_str(), "eml" | "mbox" | "msg" | "mail")
        || (extension.is_empty() && is_mbox(path))
}

fn is_mbox(path: &Path) -> bool {
    let mut begin = [0u8; 5];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *b"From "
}

type Messages = Box<dyn Iterator<Item = std::io::Result<Vec<u8>>>>;

/// The messages of one file: many when it is an mbox (RFC 4155), else one.
fn messages(path: &Path) -> anyhow::Result<Messages> {
    let input: Box<dyn std::io::Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?)
    };
    let mut input = BufReader::new(input);
    if input.fill_buf()?.starts_with(b"From ") {
        return Ok(Box::new(Mbox { input, done: false }));
    }
    let mut whole = Vec::new();
    let read = input.read_to_end(&mut whole).map(|_| whole);
    Ok(Box::new(std::iter::once(read)))
}

/// Cuts an mbox at its `From ` lines, and takes the quoting off `>From ` lines (mboxrd).
struct Mbox<R> {
    input: R,
    done: bool,
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = std::io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (mut message, mut line) = (Vec::new(), Vec::new());
        loop {
            line.clear();
            match self.input.read_until(b'\n', &mut line) {
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
                Ok(0) => {
                    self.done = true;
                    return (!message.is_empty()).then_some(Ok(message));
                }
                Ok(_) if line.starts_with(b"From ") => {
                    if !message.is_empty() {
                        return Some(Ok(message));
                    }
                }
                Ok(_) => message.extend_from_slice(unquoted(&line)),
            }
        }
    }
}

fn unquoted(line: &[u8]) -> &[u8] {
    let stripped = line.iter().position(|b| *b != b'>').unwrap_or(0);
    if stripped > 0 && line[stripped..].starts_with(b"From ") { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_is_cut_at_its_from_lines_and_quoted_ones_are_restored() {
        let mbox = b"From a@x Mon\nSubject: 1\n\nhello\n>From here\n\nFrom b@x Tue\nSubject: 2\n\n>>From there\n";
        let all: Vec<Vec<u8>> = Mbox { input: &mbox[..], done: false }.map(Result::unwrap).collect();
        assert_eq!(all, [b"Subject: 1\n\nhello\nFrom here\n\n".to_vec(), b"Subject: 2\n\n>From there\n".to_vec()]);
    }
}
