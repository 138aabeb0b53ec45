//! Three forms of installation details: one that was just asked for, one half filled in, one answered.
use bytes::Bytes;

use crate::cases::actions::{self as cases, Reply, keep_files};
use crate::cases::filter::{Filter, Sort};
use crate::cases::{CaseState, CasesError, EntryData, EntryId, store as case_store};
use crate::customers::Person;
use crate::desk::Desk;
use crate::details::actions::{self as details, Typed};
use crate::details::rules::input_named;
use crate::queue::Worker;
use crate::staff::Viewer;
use crate::web::client::Client;
use crate::web::upload::Uploaded;

/// What the customers type into each form; the last one also sends it, with a log.
const TYPED: [&[(&str, &str)]; 3] = [
    &[],
    &[("protocols", "SFTP, FTPS"), ("high_availability", "two nodes, active-passive")],
    &[
        ("high_availability", "none"),
        ("integrations", "Active Directory, behind an F5 BIG-IP"),
        ("other", "The server moves to another data centre in spring."),
    ],
];
const LOG: &[u8] = b"2026-11-20 02:14:07,311 WARN  session 4711 refused: no matching host key type\n";

pub(super) async fn fill(desk: &Desk, worker: &Worker, by: &Viewer) -> anyhow::Result<()> {
    let filter = Filter { states: vec![CaseState::New, CaseState::Open], ..Filter::default() };
    let open = case_store::list(desk.db(), &filter, Sort::NewestActivity, None, 60, by.id, &[]).await?;
    let mut forms = TYPED.iter();
    for row in open.rows {
        let Some(case) = case_store::case(desk.db(), row.id).await? else { continue };
        if case.installation_id.is_none() || !case.state.can_reply() {
            continue;
        }
        let text = match cases::details_question(desk, by, &case, false).await {
            Ok(text) => text,
            Err(CasesError::NothingMissing) => continue,
            Err(error) => return Err(error.into()),
        };
        let Some(typed) = forms.next() else { break };
        let to: Vec<Person> = case_store::people(desk.db(), case.id).await?.into_iter().take(1).map(person).collect();
        let entry = cases::reply(desk, by, case.id, Reply { body: text, to, ..Reply::default() }).await?;
        desk.clock().advance(std::time::Duration::from_secs(desk.config().mail.undo_s + 1));
        worker.drain().await?;
        answer(desk, entry, typed).await?;
        worker.drain().await?;
    }
    Ok(())
}

fn person(known: case_store::CasePerson) -> Person {
    Person { name: known.name, address: known.address }
}

/// Types as the customer does who has the link; whoever types three answers sends them.
async fn answer(desk: &Desk, entry: EntryId, typed: &[(&str, &str)]) -> anyhow::Result<()> {
    let Some(row) = case_store::entry(desk.db(), entry).await? else { return Ok(()) };
    let EntryData::Outgoing(mail) = row.data()? else { return Ok(()) };
    let Some(link) = mail.private_link else { return Ok(()) };
    let client = Client::default();
    let holder = details::holder(desk, &link.token(desk), &client).await?;
    for (field, value) in typed {
        let Some(input) = input_named(field) else { continue };
        details::keep_field(desk, &holder, &Typed { input, value: (*value).into(), seen: 0 }).await?;
    }
    if typed.len() == 3 {
        let log = Uploaded {
            name: "server.log".into(),
            content_type: "text/plain".into(),
            bytes: Bytes::from(LOG.repeat(200)),
        };
        details::send(desk, &holder, keep_files(desk, vec![log]).await?, &client).await?;
    }
    Ok(())
}
