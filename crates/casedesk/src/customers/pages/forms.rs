//! Posted forms as what the actions take.
use std::str::FromStr;

use crate::customers::{
    ContractTerms, InstallationTerms, LicenceTerms, OptionTerms, OrganisationKind, Priority, SupportChannel,
    SupportOptionId, SupportTarget,
};
use crate::products::ProductId;
use crate::web::fields::Fields;
use crate::web::{Error, Result};

fn chosen<T: FromStr>(sent: &Fields, name: &str) -> Result<T> {
    sent.one(name).parse().map_err(|_| Error::unprocessable(format!("Choose one for “{name}”.")))
}

fn number(sent: &Fields, name: &str) -> Result<Option<i64>> {
    let read = |text: &str| text.trim().parse().map_err(|_| Error::unprocessable(format!("“{name}” is a number.")));
    sent.filled(name).map(read).transpose()
}

fn day(sent: &Fields, name: &str) -> Option<String> {
    sent.filled(name).map(str::to_owned)
}

/// Text with spaces, commas or lines between, as a list.
pub(super) fn words(text: &str) -> Vec<String> {
    let between = |c: char| c.is_whitespace() || c == ',' || c == ';';
    text.split(between).filter(|word| !word.is_empty()).take(100).map(str::to_owned).collect()
}

pub(super) fn kind(sent: &Fields) -> Result<OrganisationKind> {
    chosen(sent, "kind")
}

pub(super) fn contract(sent: &Fields) -> Result<ContractTerms> {
    Ok(ContractTerms {
        option_id: SupportOptionId(chosen(sent, "option_id")?),
        reference: sent.one("reference").to_owned(),
        starts_on: sent.one("starts_on").to_owned(),
        ends_on: day(sent, "ends_on"),
        seats: number(sent, "seats")?,
        renews_months: number(sent, "renews_months")?,
    })
}

pub(super) fn licence(sent: &Fields) -> Result<LicenceTerms> {
    Ok(LicenceTerms {
        product_id: number(sent, "product_id")?.map(ProductId),
        edition: sent.one("edition").to_owned(),
        key_id: sent.one("key_id").to_owned(),
        seats: number(sent, "seats")?,
        expires_on: day(sent, "expires_on"),
    })
}

pub(super) fn installation(sent: &Fields) -> Result<InstallationTerms> {
    Ok(InstallationTerms {
        label: sent.one("label").to_owned(),
        role: chosen(sent, "role")?,
        product_id: number(sent, "product_id")?.map(ProductId),
    })
}

pub(super) fn option(sent: &Fields) -> Result<OptionTerms> {
    let mut targets = Vec::new();
    for priority in Priority::ALL {
        let first_response_min = number(sent, &format!("first-{priority}"))?;
        let next_response_min = number(sent, &format!("next-{priority}"))?;
        let resolve_min = number(sent, &format!("resolve-{priority}"))?;
        if first_response_min.is_some() || next_response_min.is_some() || resolve_min.is_some() {
            targets.push(SupportTarget { priority: *priority, first_response_min, next_response_min, resolve_min });
        }
    }
    Ok(OptionTerms {
        name: sent.one("name").to_owned(),
        channels: sent.all("channel").filter_map(|word| SupportChannel::from_str(word).ok()).collect(),
        hours: sent.one("hours").replace("\r\n", "\n"),
        covers: sent.one("covers").to_owned(),
        targets,
    })
}
