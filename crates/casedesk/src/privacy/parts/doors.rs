//! Calls, messages of the form, and their own pages.
use bytes::Bytes;
use serde_json::{Value, json};

use super::Order;
use crate::desk::Desk;
use crate::forms;
use crate::privacy::archive::Archive;
use crate::privacy::{PrivacyError, rules, store};

/// How many calls are read at once.
const BATCH: i64 = 200;

pub(super) async fn write(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    calls(desk, order, archive).await?;
    held_forms(desk, order, archive).await?;
    pages(desk, order, archive).await
}

async fn calls(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    archive.list("data/calls.json", "Calls: numbers, times, what was said and whether it was confirmed");
    archive.start("data/calls.json").await?;
    let (mut after, mut gap) = (0, "[");
    loop {
        let rows = store::calls(desk.db(), order.subject, after, BATCH).await?;
        for row in &rows {
            let text = serde_json::to_string(row).map_err(|error| PrivacyError::Archive(error.into()))?;
            archive.add(Bytes::from(format!("{gap}\n{text}"))).await?;
            gap = ",";
        }
        match rows.last() {
            Some(last) => after = last.id,
            None => break,
        }
    }
    archive.add(Bytes::from_static(if gap == "[" { b"[]\n" } else { b"\n]\n" })).await
}

async fn held_forms(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let mut all: Vec<Value> = Vec::new();
    for address in &order.circle.addresses {
        for (id, typed, at) in store::held_forms(desk.db(), address).await? {
            let mut files = Vec::new();
            for (place, file) in forms::store::files(desk.db(), forms::SubmissionId(id)).await?.iter().enumerate() {
                let path = format!("forms/{id}/{place}-{}", rules::file_name(&file.name));
                archive.stored(desk, &path, &file.digest).await?;
                files.push(path);
            }
            let typed: Value = serde_json::from_str(&typed).unwrap_or_default();
            all.push(json!({ "at": at, "typed": typed, "files": files }));
        }
    }
    archive
        .json("data/forms.json", "Messages of the form that wait for a look; the others are on their cases", &all)
        .await
}

async fn pages(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let db = desk.db();
    let key = |id: &dyn std::fmt::Display| format!("{}-{id}", desk.config().desk.prefix);
    let links = store::links(db, order.subject).await?;
    let links = links.iter().map(|(case, address, made, revoked)| {
        json!({ "case": key(case), "address": address, "made_at": made, "revoked_at": revoked })
    });
    let sessions = store::sessions(db, order.subject).await?;
    let sessions = sessions
        .iter()
        .map(|(address, at, used)| json!({ "address": address, "logged_in_at": at, "last_used_at": used }));
    let logins = store::logins(db, order.subject).await?;
    let logins = logins.iter().map(|(action, at, ip)| json!({ "what": action, "at": at, "from": ip }));
    let whole = json!({
        "private_links": links.collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "logins": logins.collect::<Vec<_>>(),
    });
    archive.leave_out("The secret parts of links and sessions", "whoever has them can use them");
    archive.json("data/pages.json", "Their own pages: logins, sessions, private links", &whole).await
}
