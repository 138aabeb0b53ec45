//! What the made-up company sells, what may come of it, and the systems that it runs on. The days of our own cycles
//! move with today, so that a demo shows every stage of a life; those of operating systems are the well-known ones.
use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::products::{
    Channel, CycleDraft, ItemDraft, ProductDraft, ProductId, ProductKind, ReleaseDraft, RoadmapStatus, actions,
};
use crate::staff::Viewer;

/// Name; days from today to its release and to the ends of support, of security fixes and of life; long-term support.
type CycleLine = (&'static str, [Option<i64>; 4], bool);
/// Version, days from today to its release, channel, notes.
type ReleaseLine = (&'static str, i64, Channel, &'static str);

const TRANSFER_CYCLES: [CycleLine; 7] = [
    ("3", [None, None, None, None], false),
    ("4.8", [Some(-2900), Some(-1100), Some(-400), Some(-400)], false),
    ("5.1", [Some(-1700), Some(-900), Some(34), Some(34)], true),
    ("5.7", [Some(-900), Some(-170), Some(400), Some(400)], false),
    ("5.8", [Some(-540), Some(190), Some(550), Some(550)], false),
    ("5.9", [Some(-170), Some(560), Some(925), Some(1290)], true),
    ("6.0", [Some(60), None, None, None], false),
];

const TRANSFER_RELEASES: [ReleaseLine; 15] = [
    ("4.8.7", -700, Channel::Stable, "The last of 4.8: renewed certificates of the updater."),
    ("5.1.0", -1700, Channel::Stable, "AS2 with several certificates for one partner."),
    ("5.1.3", -1300, Channel::Stable, "- Folder monitors poll on network shares\n- Java 11.0.19"),
    ("5.1.9", -300, Channel::Stable, "Security fixes only: OpenSSL, Java."),
    ("5.7.0", -900, Channel::Stable, "Single sign-on by SAML."),
    ("5.7.6", -120, Channel::Stable, "Security fixes only."),
    ("5.8.0", -540, Channel::Stable, "3DES is off by default (`jdk.tls.disabledAlgorithms`)."),
    ("5.8.2", -310, Channel::Stable, "Uploads of more than 4 GB over HTTPS go on where they broke off."),
    ("5.8.3", -150, Channel::Stable, "- Scheduler: jobs of a cluster start once\n- LDAP: referrals"),
    ("5.8.4", -60, Channel::Stable, "Scheduled jobs start again after the clock was put back."),
    ("5.9.0", -170, Channel::Stable, "- Host keys sign with `rsa-sha2-256`\n- AS2 tries every valid certificate"),
    ("5.9.1", -75, Channel::Stable, "Web client: pauses and goes on. Java 21."),
    ("5.9.2", -20, Channel::Stable, "- Folder monitors survive a failover of NFS\n- Java 21.0.5"),
    (
        "5.9.2 hotfix 1",
        -6,
        Channel::Hotfix,
        "For nodes on which the audit log grows without end. All others wait for 5.9.3.",
    ),
    ("6.0 beta 1", -12, Channel::Preview, "To try passkeys. Not for production; there is no way back to 5.9."),
];

const GATEWAY_CYCLES: [CycleLine; 2] = [
    ("3.1", [Some(-800), Some(-90), Some(300), Some(300)], false),
    ("3.2", [Some(-200), Some(500), Some(900), Some(900)], false),
];

const GATEWAY_RELEASES: [ReleaseLine; 2] = [
    ("3.1.4", -210, Channel::Stable, "Security fixes only."),
    ("3.2.1", -40, Channel::Stable, "The gateway is reached over one port, 4460, opened from inside."),
];

/// Title, description, status, target, whether it is public, and who wants it.
type ItemLine = (&'static str, &'static str, RoadmapStatus, &'static str, bool, &'static [&'static str]);

const ITEMS: [ItemLine; 7] = [
    (
        "Cloud sources",
        "Files are pulled from SharePoint, S3 and Azure Blob on a schedule, only those that changed since the last run.",
        RoadmapStatus::Planned,
        "6.1",
        true,
        &["Nordhamn Logistik AB", "Kestrel Payroll", "Polder Energie", "Borealis Mining"],
    ),
    (
        "Passkeys for administrators",
        "Logging in to the administration with a passkey, beside passwords and single sign-on.",
        RoadmapStatus::InProgress,
        "6.0",
        true,
        &["Banque du Lac", "Western Health Trust"],
    ),
    (
        "Folder monitors on clustered shares",
        "A monitor is taken over by the other node within seconds.",
        RoadmapStatus::InProgress,
        "5.9.3",
        true,
        &["Nordhamn Logistik AB"],
    ),
    (
        "SFTP with post-quantum key exchange",
        "`mlkem768x25519-sha256`, as OpenSSH has it.",
        RoadmapStatus::Considered,
        "",
        true,
        &["Carmel Clearing"],
    ),
    (
        "Job calendars in several time zones",
        "Holidays and hours for each job.",
        RoadmapStatus::Released,
        "5.9",
        true,
        &["Tokiwa Precision", "Cantabria Foods"],
    ),
    (
        "FTP without TLS by default again",
        "It stays a setting that has to be switched on.",
        RoadmapStatus::Declined,
        "",
        true,
        &[],
    ),
    ("Edition for managed service providers", "Price and name are open.", RoadmapStatus::Considered, "", false, &[]),
];

/// Adds all of it, as the desk's administrator would.
pub(super) async fn fill(desk: &Desk, by: &Viewer, now: Timestamp) -> anyhow::Result<()> {
    let aliases = ["Ferrywell", "FT", "Ferrywell MFT"];
    let transfer = product(desk, by, "Ferrywell Transfer", ProductKind::Own, &aliases).await?;
    lines(desk, by, transfer, &TRANSFER_CYCLES, &TRANSFER_RELEASES, now).await?;
    roadmap(desk, by, transfer).await?;
    let gateway = product(desk, by, "Ferrywell Gateway", ProductKind::Own, &["DMZ gateway"]).await?;
    lines(desk, by, gateway, &GATEWAY_CYCLES, &GATEWAY_RELEASES, now).await?;
    for (name, kind, aliases, cycles) in systems() {
        let id = product(desk, by, name, kind, aliases).await?;
        actions::import_cycles(desk, by, id, &cycles).await?;
    }
    Ok(())
}

async fn product(
    desk: &Desk,
    by: &Viewer,
    name: &str,
    kind: ProductKind,
    aliases: &[&str],
) -> anyhow::Result<ProductId> {
    let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    let draft = ProductDraft { name: name.into(), slug: String::new(), kind, aliases };
    Ok(actions::add_product(desk, by, &draft).await?)
}

async fn lines(
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    cycles: &[CycleLine],
    releases: &[ReleaseLine],
    now: Timestamp,
) -> anyhow::Result<()> {
    for (name, days, lts) in cycles {
        let [released_on, support_ends_on, security_ends_on, ends_on] =
            days.map(|days| days.map(|days| in_days(now, days)));
        let name = (*name).to_owned();
        let days = CycleDraft { released_on, support_ends_on, security_ends_on, ends_on, ..CycleDraft::default() };
        actions::add_cycle(desk, by, product, &CycleDraft { name, lts: *lts, ..days }).await?;
    }
    for (version, days, channel, notes) in releases {
        let draft = ReleaseDraft {
            version: (*version).into(),
            released_on: Some(in_days(now, *days)),
            channel: *channel,
            notes: (*notes).into(),
            cycle_id: None,
        };
        actions::add_release(desk, by, product, &draft).await?;
    }
    Ok(())
}

fn in_days(now: Timestamp, days: i64) -> Day {
    let far = Duration::from_hours(24 * days.unsigned_abs());
    Day::of(if days < 0 { now.minus(far) } else { now.plus(far) }, "UTC")
}

async fn roadmap(desk: &Desk, by: &Viewer, product: ProductId) -> anyhow::Result<()> {
    for (title, body, status, target, public, voters) in ITEMS {
        let (title, body, target) = (title.into(), body.into(), Some(target.into()));
        let draft = ItemDraft { title, body, status, target, link: None, public };
        let item = actions::add_item(desk, by, product, &draft).await?;
        for voter in voters {
            let voter = actions::voter_called(desk, voter).await?;
            actions::vote(desk, by, product, item, voter).await?;
        }
    }
    Ok(())
}

type System = (&'static str, ProductKind, &'static [&'static str], Value);

/// Operating systems and runtimes, as endoflife.date's old form has them.
fn systems() -> Vec<System> {
    use ProductKind::{OperatingSystem, Runtime};
    let cycle = |name: &str, from: &str, support: Value, eol: Value| json!({ "cycle": name, "releaseDate": from, "support": support, "eol": eol });
    let day = |day: &str| json!(day);
    vec![
        (
            "Windows Server",
            OperatingSystem,
            &["Windows", "Microsoft Windows Server"],
            json!([
                cycle("2025", "2024-11-01", day("2029-11-13"), day("2034-11-14")),
                cycle("2022", "2021-08-18", day("2026-10-13"), day("2031-10-14")),
                cycle("2019", "2018-11-13", day("2024-01-09"), day("2029-01-09")),
                cycle("2016", "2016-10-15", day("2022-01-11"), day("2027-01-12")),
                cycle("2012 R2", "2013-11-25", day("2018-10-09"), day("2023-10-10")),
            ]),
        ),
        (
            "Red Hat Enterprise Linux",
            OperatingSystem,
            &["RHEL", "Red Hat"],
            json!([
                cycle("10", "2025-05-20", day("2030-05-31"), day("2035-05-31")),
                cycle("9", "2022-05-17", day("2027-05-31"), day("2032-05-31")),
                cycle("8", "2019-05-07", day("2024-05-31"), day("2029-05-31")),
                cycle("7", "2014-06-10", day("2019-08-06"), day("2024-06-30")),
            ]),
        ),
        (
            "Ubuntu",
            OperatingSystem,
            &["Ubuntu Server"],
            json!([
                cycle("24.04", "2024-04-25", Value::Null, day("2029-05-31")),
                cycle("22.04", "2022-04-21", Value::Null, day("2027-04-01")),
                cycle("20.04", "2020-04-23", Value::Null, day("2025-05-31")),
            ]),
        ),
        (
            "SUSE Linux Enterprise Server",
            OperatingSystem,
            &["SLES", "SUSE"],
            json!([
                cycle("15 SP7", "2025-06-17", Value::Null, day("2031-07-31")),
                cycle("15 SP6", "2024-06-26", Value::Null, day("2025-12-31")),
                cycle("12 SP5", "2019-12-09", Value::Null, day("2024-10-31")),
            ]),
        ),
        (
            "AIX",
            OperatingSystem,
            &["IBM AIX"],
            json!([
                cycle("7.3", "2021-12-10", Value::Null, json!(false)),
                cycle("7.2", "2015-12-04", Value::Null, json!(false)),
                cycle("7.1", "2010-09-10", Value::Null, day("2023-04-30")),
            ]),
        ),
        (
            "Java",
            Runtime,
            &["OpenJDK", "JDK", "JRE"],
            json!([
                cycle("21", "2023-09-19", Value::Null, day("2029-12-31")),
                cycle("17", "2021-09-14", Value::Null, day("2027-10-31")),
                cycle("11", "2018-09-25", Value::Null, day("2027-10-31")),
                cycle("9", "2017-09-21", Value::Null, json!(true)),
            ]),
        ),
    ]
}
