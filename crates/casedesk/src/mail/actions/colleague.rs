//! A colleague's mail on a case: its words go on to the customer and its commands are carried out, but only when a
//! server that the desk trusts has proved who wrote it. From alone is anybody's to write.
use casedesk_mail::InboundMail;
use jiff::tz::TimeZone;

use super::file::Prepared;
use crate::cases::actions::{self as cases, Filed, FromColleague, MOST_TEXT, Received, Words};
use crate::cases::store::{self as case_store, Case};
use crate::cases::{CaseId, EntryData, EntryId, PersonRole};
use crate::customers::{self, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::mail::jobs::SystemMail;
use crate::mail::rules::commands::{self, Orders, Scene, Split};
use crate::mail::{MailError, rules, store};
use crate::staff::actions::Standing;
use crate::staff::{self, AgentId};

const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// The colleague whose address stands in From.
pub(super) struct Writer {
    standing: Standing,
    proven: bool,
    /// Who may be given a case.
    colleagues: Vec<(AgentId, String, String)>,
}

impl Writer {
    /// `None` when no colleague wrote it, or when it is another's mail that a colleague forwards.
    pub(super) async fn of(
        desk: &Desk,
        mail: &InboundMail,
        source: &str,
        received_at: Timestamp,
        agents: &[(String, AgentId)],
    ) -> Result<Option<Self>, MailError> {
        let forwards = mail.forwarded.as_ref().is_some_and(|forwarded| forwarded.from.is_some());
        let address = mail.author.address.address.to_lowercase();
        let agent = agents.iter().find(|(known, _)| *known == address).map(|(_, id)| *id);
        let Some(agent) = agent.filter(|_| mail.author.is_agent && !forwards) else { return Ok(None) };
        let Some(standing) = staff::actions::standing(desk, agent).await? else { return Ok(None) };
        // A mail may be sent again by whoever has it, so an old one proves nothing; nor does one that came by no server.
        let came_now = matches!(source, "imap" | "listener") && !rules::is_brought_over(mail.date, received_at);
        let proven = came_now && mail.proves_its_author(&desk.config().mail.trusted_authserv_ids);
        let all = staff::store::agents(desk.db()).await?.into_iter().filter(|agent| agent.role.can_work());
        let colleagues = all.map(|agent| (agent.id, agent.name, agent.email)).collect();
        Ok(Some(Self { standing, proven, colleagues }))
    }
}

/// Whether this copy proves who wrote it where the one before did not, so that it has yet to be carried out.
pub(super) async fn proves_now(tx: &mut Tx, writer: Option<&Writer>, entry: EntryId) -> Result<bool, MailError> {
    if !writer.is_some_and(|writer| writer.proven) {
        return Ok(false);
    }
    let row = case_store::entry(&mut *tx, entry).await?;
    let data = row.map(|row| row.data()).transpose()?;
    Ok(matches!(data, Some(EntryData::Outgoing(details)) if details.unproven))
}

/// Files the mail, and does what it asks for or says why not. `again`: a copy of it that did not prove who wrote it is
/// filed already.
pub(super) async fn file(
    tx: &mut Tx,
    desk: &Desk,
    on: CaseId,
    writer: &Writer,
    prepared: &Prepared,
    mut message: Received,
    again: bool,
) -> Result<Filed, MailError> {
    let Split { lines, words } = commands::split(&message.text);
    let (to, cc) = prepared.outside();
    let reached = !to.is_empty() || !cc.is_empty();
    let filed = if reached { Words::Sent { to, cc } } else { Words::Kept };
    let as_it_is = |words| FromColleague {
        agent: writer.standing.id,
        message: &message,
        words,
        commands: vec![],
        changes: vec![],
        tags: vec![],
        notice: None,
        unproven: false,
    };
    if !writer.proven {
        let notice = unproven(&writer.standing.name, !lines.is_empty(), reached);
        let mail = FromColleague { unproven: notice.is_some(), notice, ..as_it_is(filed) };
        return Ok(cases::from_colleague(tx, desk, on, mail).await?);
    }
    match plan(tx, desk, on, writer, &filed, &lines, &words, !message.files.is_empty()).await? {
        Ok((words_go, orders)) => {
            message.text = words;
            let Orders { changes, tags, .. } = orders;
            let mail = FromColleague {
                agent: writer.standing.id,
                message: &message,
                words: if again && matches!(words_go, Words::Sent { .. }) { Words::None } else { words_go },
                commands: lines,
                changes,
                tags,
                notice: None,
                unproven: false,
            };
            Ok(cases::from_colleague(tx, desk, on, mail).await?)
        }
        Err(wrong) => {
            let what = if lines.is_empty() { "Not sent on to the customer" } else { "Commands not carried out" };
            let notice = Some(format!("{what}: {}", wrong.join(" ")));
            let mail = FromColleague { notice, ..as_it_is(filed) };
            let filed = cases::from_colleague(tx, desk, on, mail).await?;
            say_so(tx, desk, filed.case, prepared, &wrong).await?;
            Ok(filed)
        }
    }
}

/// What is not done for want of a proof, in words; `None` when there was nothing to do.
fn unproven(name: &str, commands: bool, reached: bool) -> Option<String> {
    let what = match (commands, reached) {
        (true, _) => "Commands not carried out",
        (false, false) => "Not sent on to the customer",
        (false, true) => return None,
    };
    Some(format!("{what}: the sending server did not prove that this is {name}'s mail."))
}

type Plan = Result<(Words, Orders), Vec<String>>;

/// Where the words go and what is to be changed, or why nothing is done.
#[expect(clippy::too_many_arguments, reason = "each is a fact of the one mail")]
async fn plan(
    tx: &mut Tx,
    desk: &Desk,
    on: CaseId,
    writer: &Writer,
    filed: &Words,
    lines: &[String],
    words: &str,
    has_files: bool,
) -> Result<Plan, MailError> {
    let says = !words.is_empty() || has_files;
    if lines.is_empty() && *filed != Words::Kept {
        return Ok(Ok((filed.clone(), Orders::default())));
    }
    let Some(case) = shown(tx, on).await? else { return Err(crate::cases::CasesError::NoCase(on).into()) };
    if let Some(refusal) = refusal(&writer.standing, &case) {
        return Ok(Err(vec![refusal]));
    }
    let scene = Scene {
        me: writer.standing.id,
        colleagues: &writer.colleagues,
        now: desk.now(),
        zone: TimeZone::get(&writer.standing.time_zone).unwrap_or(TimeZone::UTC),
    };
    let orders = match commands::read(lines, &scene) {
        Ok(orders) => orders,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let refuse = |why: &str| Ok(Err(vec![why.to_owned()]));
    let to = match (orders.note, filed) {
        (true, Words::Sent { .. }) => {
            return refuse("A mail with “!note” must go to nobody outside, and this one did.");
        }
        (true, _) if !says => return refuse("There are no words below “!note”."),
        (true, _) => Words::Note,
        (false, Words::Sent { .. }) if says => filed.clone(),
        (false, _) if !says && lines.is_empty() => return refuse("It has no words."),
        (false, _) if !says => Words::None,
        (false, _) if !case.state.can_reply() => {
            return refuse("The case is closed and takes no reply; open it again in the desk.");
        }
        (false, _) => match customers_of(tx, &case).await? {
            Some(reply) => reply,
            None => return refuse("Nobody outside takes part in the case."),
        },
    };
    if words.len() > MOST_TEXT {
        return refuse("Its text is too long.");
    }
    Ok(Ok((to, orders)))
}

/// The case that is shown for this one.
async fn shown(tx: &mut Tx, on: CaseId) -> Result<Option<Case>, MailError> {
    let case = case_store::case(&mut *tx, on).await?;
    Ok(match case.as_ref().and_then(|case| case.merged_into) {
        Some(root) => case_store::case(&mut *tx, root).await?,
        None => case,
    })
}

fn refusal(standing: &Standing, case: &Case) -> Option<String> {
    if !standing.role.can_work() {
        return Some(format!("{} may read cases and not change them.", standing.name));
    }
    let hidden = case.team_id.is_some_and(|team| standing.hidden_teams.contains(&team));
    hidden.then(|| format!("{} is not in the team of this case.", standing.name))
}

/// A reply to the one who asked, with the other participants in copy.
async fn customers_of(tx: &mut Tx, case: &Case) -> Result<Option<Words>, MailError> {
    let people = case_store::people(&mut *tx, case.id).await?;
    let mut to: Vec<Person> = people
        .into_iter()
        .filter(|p| matches!(p.role, PersonRole::Requester | PersonRole::Copied))
        .map(|p| Person { name: p.name, address: p.address })
        .collect();
    if to.is_empty() {
        return Ok(None);
    }
    let cc = to.split_off(1);
    Ok(Some(Words::Reply { to, cc }))
}

/// Tells the colleague by one automatic mail, within the budget of their address.
async fn say_so(
    tx: &mut Tx,
    desk: &Desk,
    case: CaseId,
    prepared: &Prepared,
    wrong: &[String],
) -> Result<(), MailError> {
    let (mail, settings, now) = (&prepared.mail, &desk.config().mail, desk.now());
    let address = mail.author.address.address.to_lowercase();
    if settings.from.is_empty() {
        return Ok(());
    }
    let (today, _) = store::automatic_to(&mut *tx, &address, case, now.minus(DAY)).await?;
    let paused = customers::store::paused(&mut *tx, &address).await?;
    if let Some(reason) = rules::refuses_automatic(0, today, settings.automatic_per_day, paused.as_deref()) {
        tracing::info!(case = case.0, reason, "a colleague is not told that nothing was carried out");
        return Ok(());
    }
    store::note_automatic(tx, &address, case, now).await?;
    let reasons: String = wrong.iter().map(|why| format!("- {why}\n")).collect();
    let (key, link) = (format!("{}-{case}", desk.config().desk.prefix), desk.link(&format!("/cases/{case}")));
    let help = commands::HELP;
    let text = format!(
        "Nothing that your mail asks for was carried out, and nothing was sent on to the customer:\n\n{reasons}\n\
         Its words are kept on {key}: {link}\n\nThese commands may stand on the first lines of a mail, one on each:\n\n{help}\n"
    );
    let told = SystemMail {
        to: address,
        name: mail.author.address.name.clone(),
        subject: format!("Not carried out on {key}"),
        text,
        in_reply_to: mail.message_id.clone(),
    };
    Ok(crate::queue::enqueue(tx, &told, now).await?)
}
