//! Where customers come in besides mail: the form, their own pages, the form of details, the telephone.
use serde::Deserialize;

use crate::kit::Secret;
use crate::kit::standard_webhooks::Key;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    pub enabled: bool,
    pub embed_origins: Vec<String>,
    pub max_files: usize,
    pub max_size: usize,
    pub min_time_s: u64,
    pub proof_of_work_bits: u32,
}

impl Forms {
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for origin in &self.embed_origins {
            let read = url::Url::parse(origin).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            if read.is_none_or(|url| url.origin().ascii_serialization() != *origin) {
                faults.push(format!("forms.embed_origins: “{origin}” is no origin such as https://www.example.com"));
            }
        }
        if !(1024..=1 << 30).contains(&self.max_size) {
            faults.push("forms.max_size: between 1024 and 1073741824 bytes".into());
        }
        if self.max_files > 100 {
            faults.push("forms.max_files: at most 100".into());
        }
        if self.proof_of_work_bits > 24 {
            faults.push("forms.proof_of_work_bits: at most 24; each bit more doubles the work".into());
        }
        faults
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    pub enabled: bool,
    pub idle_h: u64,
    pub longest_h: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    pub warn_percent: u8,
    pub due_soon_h: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    pub away_min: u64,
    pub keep_days: u32,
}

impl Notices {
    pub(super) fn faults(&self) -> Vec<String> {
        [
            ((1..=1440).contains(&self.away_min), "notices.away_min: between 1 and 1440 minutes"),
            ((1..=365).contains(&self.keep_days), "notices.keep_days: between 1 and 365 days"),
        ]
        .into_iter()
        .filter(|(ok, _)| !ok)
        .map(|(_, fault)| fault.to_owned())
        .collect()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    pub link_days: u64,
    pub max_file: i64,
    pub max_total: i64,
    pub upload_hours: u64,
}

impl Details {
    pub(super) fn faults(&self) -> Vec<String> {
        const LARGEST: i64 = 1 << 36;
        [
            ((1..=365).contains(&self.link_days), "details.link_days: between 1 and 365 days"),
            ((1..=LARGEST).contains(&self.max_file), "details.max_file: between 1 and 68719476736 bytes"),
            (self.max_total >= self.max_file, "details.max_total: at least details.max_file"),
            ((1..=720).contains(&self.upload_hours), "details.upload_hours: between 1 and 720 hours"),
        ]
        .into_iter()
        .filter(|(ok, _)| !ok)
        .map(|(_, fault)| fault.to_owned())
        .collect()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    pub country_code: String,
    pub confirm_after_hours: u64,
    pub give_up_after_days: u64,
    pub link_days: u64,
    pub webhook_secret: Secret,
}

impl Phone {
    pub(super) fn faults(&self) -> Vec<String> {
        let code = &self.country_code;
        let is_code =
            (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0');
        let secret = &self.webhook_secret;
        [
            (code.is_empty() || is_code, format!("phone.country_code: “{code}” must be 1 to 3 digits, as in 353")),
            (
                (1..=720).contains(&self.confirm_after_hours),
                "phone.confirm_after_hours: between 1 and 720 hours".into(),
            ),
            ((1..=90).contains(&self.give_up_after_days), "phone.give_up_after_days: between 1 and 90 days".into()),
            ((1..=365).contains(&self.link_days), "phone.link_days: between 1 and 365 days".into()),
            (
                secret.is_empty() || Key::parse(secret.reveal()).is_some(),
                "phone.webhook_secret: “whsec_” and 24 to 64 bytes in base64".into(),
            ),
        ]
        .into_iter()
        .filter_map(|(ok, fault): (bool, String)| (!ok).then_some(fault))
        .collect()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    pub export_days: u32,
}

impl Privacy {
    pub(super) fn faults(&self) -> Option<String> {
        (!(1..=90).contains(&self.export_days)).then(|| "privacy.export_days: between 1 and 90 days".into())
    }
}
