//! Log files, read once and piece by piece: whether their lines say when.
use casedesk_details::logs::{Format, Report, Sniffer, Zone};
use futures::StreamExt as _;

use super::tell;
use crate::cases::rules;
use crate::cases::store;
use crate::cases::{CaseId, CasesError, EntryId, LogReading};
use crate::customers::rules::Logs;
use crate::db::Tx;
use crate::desk::Desk;
use crate::files::FilesError;
use crate::staff::Actor;

/// The version of the reader: with a new one, logs are read again.
const READER: i64 = 1;
/// How many logs of one message are read.
const MOST_LOGS: usize = 20;
/// How many pieces of a file may wait for the reader.
const AHEAD: usize = 4;

/// What a log file says of time: as it was read before, or read now.
pub async fn log_reading(desk: &Desk, digest: &str) -> Result<LogReading, CasesError> {
    if let Some(known) = store::log_reading(desk.db(), digest, READER).await? {
        return Ok(known);
    }
    let reading = told(digest, sniffed(desk, digest).await?);
    let mut tx = desk.db().begin().await?;
    store::save_log_reading(&mut tx, &reading, READER, desk.now()).await?;
    tx.commit().await?;
    Ok(reading)
}

/// What the customer's logs say of time, as far as they were read.
pub(super) async fn known_logs(tx: &mut Tx, case: CaseId) -> Result<Logs, CasesError> {
    let logs = store::read_logs_of_case(tx, case).await?;
    Ok(match logs.iter().any(|log| !log.reading.ask_again) {
        true => Logs::Stamped,
        false if logs.is_empty() => Logs::None,
        false => Logs::Unstamped,
    })
}

/// Reads a file on a thread of its own, where long lines keep nobody waiting, with a few pieces in memory at a time.
async fn sniffed(desk: &Desk, digest: &str) -> Result<Report, CasesError> {
    let mut pieces = desk.files().stream(digest).await?;
    let (give, mut take) = tokio::sync::mpsc::channel::<bytes::Bytes>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut sniffer = Sniffer::new();
        while let Some(piece) = take.blocking_recv() {
            sniffer.feed(&piece);
        }
        sniffer.finish()
    });
    while let Some(piece) = pieces.next().await {
        if give.send(piece?).await.is_err() {
            break;
        }
    }
    drop(give);
    reading.await.map_err(|broke| CasesError::Files(std::io::Error::other(broke).into()))
}

fn told(digest: &str, report: Report) -> LogReading {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let stamped = report.format.filter(|format| !report.ask_again || *format == Format::TimeOnly);
    let of_stamps = |stamp: Option<casedesk_details::logs::Stamp>| stamp.filter(|_| stamped.is_some());
    LogReading {
        digest: digest.to_owned(),
        format: stamped.map(|format| format.name().to_owned()),
        zone: Some(&report.zone).filter(|zone| stamped.is_some() && **zone != Zone::None).map(Zone::to_string),
        first_stamp: of_stamps(report.first).map(|stamp| stamp.text),
        last_stamp: of_stamps(report.last).map(|stamp| stamp.text),
        lines: count(report.lines),
        stamped: count(report.stamped),
        verdict: report.verdict,
        ask_again: report.ask_again,
    }
}

/// Reads the logs that came with a message, and tells the page of its case.
pub async fn read_logs(desk: &Desk, entry: EntryId) -> Result<(), CasesError> {
    let files = store::files_of_entries(desk.db(), &[entry]).await?;
    for file in files.iter().filter(|file| rules::is_log(&file.name)).take(MOST_LOGS) {
        match log_reading(desk, &file.digest).await {
            Ok(_) | Err(CasesError::Files(FilesError::Missing(_))) => {}
            Err(error) => return Err(error),
        }
    }
    let mut tx = desk.db().begin().await?;
    let Some(row) = store::entry(&mut tx, entry).await? else { return Ok(()) };
    let Some(case) = store::case(&mut tx, row.case_id).await? else { return Ok(()) };
    tell(&mut tx, desk, &case, "logs_read", Actor::System, serde_json::json!({ "entry": entry })).await?;
    tx.commit().await?;
    Ok(())
}
