//! The customers' file: what they may ask of us, and what runs where. The days of contracts move with today, so that a
//! demo shows every verdict.
use std::time::Duration;

use casedesk_details::Field;

use super::words::COMPANIES;
use crate::customers::actions::{self, Given, Origin};
use crate::customers::{
    ContractTerms, FieldSource, InstallationRole, InstallationTerms, LicenceTerms, OptionTerms, OrganisationId,
    OrganisationKind, Priority, SupportChannel, SupportOptionId, SupportTarget, store,
};
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::products;
use crate::staff::Viewer;

/// First and last day of a contract in days from today, and whether it goes on by itself.
const TERMS: [Option<(i64, i64, bool)>; 6] = [
    Some((-200, 165, false)),
    Some((-324, 41, false)),
    Some((-500, -35, false)),
    Some((-700, -335, true)),
    None,
    Some((-30, 700, false)),
];

/// Version, operating system and its version, protocols, runtime.
const PLACES: [[&str; 5]; 5] = [
    ["5.1.3", "Red Hat Enterprise Linux", "9", "SFTP, FTPS, AS2", "OpenJDK 11"],
    ["5.8.2", "Windows Server", "2019", "SFTP, HTTPS", "OpenJDK 17"],
    ["5.9.2", "Debian", "12", "SFTP", "OpenJDK 21"],
    ["4.8.7", "Windows Server", "2012 R2", "FTPS", "OpenJDK 8"],
    ["5.7.6", "Ubuntu", "22.04", "SFTP, AS2", "OpenJDK 17"],
];

/// Writes contracts, licences and installations of all customers, as the desk's administrator would.
pub(super) async fn fill(desk: &Desk, by: &Viewer, now: Timestamp) -> anyhow::Result<()> {
    let options = [premier(desk, by).await?, standard(desk, by).await?];
    for option in options {
        actions::set_public_option(desk, by, option, true).await?;
    }
    for (at, company) in COMPANIES.iter().enumerate().filter(|(_, company)| company.customer) {
        let found = store::organisation_by_domain(desk.db(), company.domain).await?;
        let Some(of) = found.map(|organisation| organisation.id) else { continue };
        if let Some((from, to, renews)) = TERMS[at % TERMS.len()] {
            let terms = ContractTerms {
                option_id: options[at % options.len()],
                reference: format!("FW-{}", 2400 + at),
                starts_on: in_days(now, from),
                ends_on: Some(in_days(now, to)),
                seats: Some(2),
                renews_months: renews.then_some(12),
            };
            actions::add_contract(desk, by, of, &terms).await?;
        }
        installations(desk, by, of, at, now).await?;
    }
    twice(desk, by).await
}

/// A customer who is in the file twice, as spreadsheets of two colleagues bring it about.
async fn twice(desk: &Desk, by: &Viewer) -> anyhow::Result<()> {
    let domains = ["kestrelpayroll.example".to_owned()];
    let of = actions::new_organisation(desk, by, "Kestrel Payroll Ltd", OrganisationKind::Customer, &domains).await?;
    let addresses = ["colin@kestrelpayroll.example".to_owned()];
    actions::add_contact(desk, by, Some(of), "Colin Fairweather", &addresses).await?;
    actions::set_tag(desk, by, of, "payroll", true).await?;
    Ok(())
}

async fn premier(desk: &Desk, by: &Viewer) -> anyhow::Result<SupportOptionId> {
    let terms = OptionTerms {
        name: "Premier 24×7".into(),
        channels: SupportChannel::ALL.to_vec(),
        hours: "24/7".into(),
        covers: "All releases that are supported, help with upgrades, screen share.".into(),
        targets: vec![
            target(Priority::Critical, (60, 120), 24 * 60),
            target(Priority::High, (240, 480), 3 * 24 * 60),
            target(Priority::Normal, (8 * 60, 24 * 60), 10 * 24 * 60),
            target(Priority::Low, (24 * 60, 72 * 60), 30 * 24 * 60),
        ],
    };
    Ok(actions::add_option(desk, by, &terms).await?)
}

async fn standard(desk: &Desk, by: &Viewer) -> anyhow::Result<SupportOptionId> {
    let hours = "zone Europe/Dublin\nMon-Fri 09:00-17:30\n*-12-25 closed Christmas Day\n*-01-01 closed New Year's Day";
    let terms = OptionTerms {
        name: "Standard".into(),
        channels: vec![SupportChannel::Mail, SupportChannel::Form],
        hours: hours.into(),
        covers: "All releases that are supported.".into(),
        targets: vec![
            target(Priority::Critical, (120, 240), 16 * 60),
            target(Priority::High, (240, 510), 40 * 60),
            target(Priority::Normal, (510, 1020), 85 * 60),
        ],
    };
    Ok(actions::add_option(desk, by, &terms).await?)
}

/// All in business minutes.
fn target(priority: Priority, (first, next): (i64, i64), resolve: i64) -> SupportTarget {
    SupportTarget {
        priority,
        first_response_min: Some(first),
        next_response_min: Some(next),
        resolve_min: Some(resolve),
    }
}

async fn installations(desk: &Desk, by: &Viewer, of: OrganisationId, at: usize, now: Timestamp) -> anyhow::Result<()> {
    let product = products::store::product_by_name(desk.db(), "Ferrywell Transfer").await?.map(|product| product.id);
    let licence = LicenceTerms {
        product_id: product,
        edition: "Enterprise, 2 nodes".into(),
        key_id: format!("FT-{:04}", 7100 + at),
        seats: Some(2),
        expires_on: Some(in_days(now, 300)),
    };
    actions::add_licence(desk, by, of, &licence).await?;
    let [version, system, system_version, protocols, runtime] = PLACES[at % PLACES.len()];
    let terms = |label: &str, role| InstallationTerms { label: label.into(), role, product_id: product };
    let place = actions::add_installation(desk, by, of, &terms("fts-prod", InstallationRole::Production)).await?;
    let given = |field, value: &str| Given { field, value: value.into(), written: String::new() };
    let before = [given(Field::ProductVersion, "4.8.7")];
    let import = Origin { source: FieldSource::Import, entry_id: None, contact_id: None };
    actions::set_values(desk, by, place, &before, import).await?;
    let values = [
        given(Field::ProductVersion, version),
        given(Field::OsName, system),
        given(Field::OsVersion, system_version),
        given(Field::Protocols, protocols),
        given(Field::Runtime, runtime),
    ];
    actions::set_values(desk, by, place, &values, Origin::AGENT).await?;
    if at.is_multiple_of(3) {
        actions::add_installation(desk, by, of, &terms("fts-test", InstallationRole::Test)).await?;
    }
    Ok(())
}

fn in_days(now: Timestamp, days: i64) -> String {
    let by = Duration::from_hours(24 * days.unsigned_abs());
    let at = if days < 0 { now.minus(by) } else { now.plus(by) };
    Day::of(at, "UTC").to_string()
}

/// A customer's answer that tells all of their set-up.
pub(super) const ANSWER: &[u8] = b"From: Rasmus Lindqvist <rasmus.lindqvist@nordhamn.example>\r\nTo: support@ferrywell.example\r\nSubject: Our set-up, as you asked\r\nMessage-ID: <our-set-up@nordhamn.example>\r\n\r\nHello,\r\n\r\nProduct version: Ferrywell Transfer 5.8.3\r\nOperating system: Red Hat Enterprise Linux 9.4, x86-64\r\nProtocols: SFTP, FTPS and AS2\r\nHigh availability: two nodes, active-passive\r\nIntegrations: Active Directory, behind an F5 BIG-IP\r\n\r\nI think there is a proxy as well.\r\n\r\nRasmus\r\n";
