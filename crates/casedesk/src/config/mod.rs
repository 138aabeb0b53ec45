//! Settings: a documented default compiled in, overlaid by a file, then by the environment. All
//! faults are reported together, at start. The environment is read nowhere else.
mod doors;
mod listener;
mod quotes;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

pub use self::doors::{Clocks, Details, Forms, Notices, Phone, Portal, Privacy};
pub use self::listener::{Listener, Protocol};
pub use self::quotes::Quotes;
use crate::kit::Secret;

pub const DEFAULT: &str = include_str!("../../config.default.toml");
const PREFIX: &str = "CASEDESK_";

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub log: Log,
    pub desk: Desk,
    pub mail: Mail,
    pub login: Login,
    pub forms: Forms,
    pub portal: Portal,
    pub webhooks: Webhooks,
    pub phone: Phone,
    pub quotes: Quotes,
    pub details: Details,
    pub search: Search,
    pub clocks: Clocks,
    pub notices: Notices,
    pub products: Products,
    pub customers: Customers,
    pub privacy: Privacy,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: url::Url,
    pub data: PathBuf,
    pub trusted_proxies: Vec<IpAddr>,
    pub metrics_allow: Vec<IpAddr>,
    pub threads: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: Secret,
    pub max_connections: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    pub name: String,
    pub prefix: String,
    pub time_zone: String,
    pub close_after_days: u32,
    pub public_domains: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub from: String,
    pub also_ours: Vec<String>,
    pub groups: Vec<String>,
    pub copy_to_group: String,
    pub trusted_authserv_ids: Vec<String>,
    pub plus_addresses: bool,
    pub max_size: usize,
    pub undo_s: u64,
    pub automatic_per_day: i64,
    pub alarm_after_min: u64,
    pub acknowledge: Acknowledge,
    pub smtp: Smtp,
    pub listener: Listener,
    #[serde(default)]
    pub listeners: Vec<Listener>,
    #[serde(default)]
    pub imap: Vec<Imap>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    pub customers: bool,
    pub prospects: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    Tls,
    Starttls,
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub password: Secret,
    pub ca_file: String,
    pub timeout_s: u64,
    #[serde(default)]
    pub oauth: Option<OAuth>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    pub name: String,
    pub host: String,
    #[serde(default = "imaps")]
    pub port: u16,
    #[serde(default = "tls")]
    pub security: Security,
    pub user: String,
    #[serde(default)]
    pub password: Secret,
    #[serde(default = "inbox")]
    pub folder: String,
    #[serde(default = "month")]
    pub since_days: u32,
    #[serde(default = "yes")]
    pub idle: bool,
    #[serde(default = "minute")]
    pub poll_s: u64,
    #[serde(default)]
    pub ca_file: String,
    #[serde(default)]
    pub oauth: Option<OAuth>,
}

/// OAuth 2.0 client with a refresh token (RFC 6749 section 6), for XOAUTH2.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    pub token_url: url::Url,
    pub client_id: String,
    pub client_secret: Secret,
    pub refresh_token: Secret,
    #[serde(default)]
    pub scope: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    pub idle_h: u64,
    pub longest_h: u64,
    pub require_totp: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    pub allow_private: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub pdf_reader: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Products {
    pub ends_soon_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customers {
    pub remind_days: Vec<u32>,
    pub remind_team: String,
}

fn imaps() -> u16 {
    993
}
fn tls() -> Security {
    Security::Tls
}
fn inbox() -> String {
    "INBOX".into()
}
fn month() -> u32 {
    30
}
fn yes() -> bool {
    true
}
fn minute() -> u64 {
    60
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{origin} is not valid TOML: {source}")]
    Syntax { origin: String, source: Box<toml::de::Error> },
    #[error("the settings cannot be used:\n{}", .0.iter().map(|f| format!("  - {f}")).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<String>),
}

impl Config {
    /// Reads the default, then `file` or `casedesk.toml` in the data folder, then `CASEDESK_*` of `environment`.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = parse(DEFAULT, "the default")?;
        let environment: Vec<_> = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        let mut given = Table::new();
        for (name, value) in environment {
            put(&mut given, &name[PREFIX.len()..].to_lowercase(), &value);
        }
        let path = file.map_or_else(|| data_folder(&settings, &given).join("casedesk.toml"), Path::to_path_buf);
        if file.is_some() || path.exists() {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
            overlay(&mut settings, parse(&text, &path.display().to_string())?);
        }
        overlay_typed(&mut settings, given);
        let config: Self =
            settings.try_into().map_err(|e: toml::de::Error| ConfigError::Faults(vec![e.message().to_owned()]))?;
        let faults = config.faults();
        if faults.is_empty() { Ok(config) } else { Err(ConfigError::Faults(faults)) }
    }

    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite://{}", self.server.data.join("casedesk.db").display())
        } else {
            self.database.url.reveal().to_owned()
        }
    }

    /// Everything that is wrong, each with the setting's name and what to do.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |ok: bool, fault: String| {
            if !ok {
                faults.push(fault);
            }
        };
        let url = &self.server.public_url;
        check(
            matches!(url.scheme(), "http" | "https"),
            format!("server.public_url: “{url}” must begin with https:// or http://"),
        );
        check(url.path() == "/", format!("server.public_url: “{url}” must not have a path"));
        let prefix = &self.desk.prefix;
        check(
            (1..=8).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_uppercase()),
            format!("desk.prefix: “{prefix}” must be 1 to 8 capital letters"),
        );
        let zone = &self.desk.time_zone;
        check(
            jiff::tz::TimeZone::get(zone).is_ok(),
            format!("desk.time_zone: “{zone}” is no zone such as Europe/Dublin"),
        );
        let mail = &self.mail;
        for (name, address) in std::iter::once(("mail.from", &mail.from))
            .chain(mail.also_ours.iter().map(|a| ("mail.also_ours", a)))
            .chain(mail.groups.iter().map(|a| ("mail.groups", a)))
            .chain(std::iter::once(("mail.copy_to_group", &mail.copy_to_group)))
        {
            check(
                address.is_empty() || casedesk_mail::normalise_address(address).is_some(),
                format!("{name}: “{address}” is not a mail address"),
            );
        }
        check(
            mail.smtp.host.is_empty() || !mail.from.is_empty(),
            "mail.from: name the team's address, since mail.smtp.host is set".into(),
        );
        check((1024..=1 << 30).contains(&mail.max_size), "mail.max_size: between 1024 and 1073741824 bytes".into());
        let soon = self.products.ends_soon_days;
        check((1..=3650).contains(&soon), format!("products.ends_soon_days: {soon} must be between 1 and 3650"));
        let reminders = &self.customers.remind_days;
        check(
            reminders.len() <= 10 && reminders.iter().all(|days| (1..=365).contains(days)),
            "customers.remind_days: at most 10 numbers between 1 and 365".into(),
        );
        let clocks = &self.clocks;
        check((1..=100).contains(&clocks.warn_percent), "clocks.warn_percent: between 1 and 100".into());
        check((1..=720).contains(&clocks.due_soon_h), "clocks.due_soon_h: between 1 and 720 hours".into());
        faults.extend(mail.mailbox_faults());
        faults.extend(mail.listener_faults());
        faults.extend(self.phone.faults());
        faults.extend(self.quotes.faults());
        faults.extend(self.details.faults());
        faults.extend(self.forms.faults());
        faults.extend(self.notices.faults());
        faults.extend(self.privacy.faults());
        faults
    }
}

impl Mail {
    /// What is wrong with mailboxes and their permissions.
    fn mailbox_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |ok: bool, fault: String| {
            if !ok {
                faults.push(fault);
            }
        };
        let mut names = BTreeSet::new();
        for imap in &self.imap {
            check(names.insert(&imap.name), format!("mail.imap: two mailboxes are named “{}”", imap.name));
            check(
                imap.oauth.is_some() || !imap.password.is_empty(),
                format!("mail.imap “{}”: give a password or an oauth section", imap.name),
            );
            check((1..=600).contains(&imap.poll_s), format!("mail.imap “{}”: poll_s: between 1 and 600", imap.name));
        }
        for (name, oauth) in self
            .imap
            .iter()
            .filter_map(|imap| Some((imap.name.as_str(), imap.oauth.as_ref()?)))
            .chain(self.smtp.oauth.iter().map(|oauth| ("smtp", oauth)))
        {
            check(
                oauth.token_url.scheme() == "https" || is_this_machine(&oauth.token_url),
                format!("oauth of “{name}”: token_url must begin with https://"),
            );
        }
        faults
    }
}

fn is_this_machine(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn parse(text: &str, origin: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|source| ConfigError::Syntax { origin: origin.to_owned(), source: Box::new(source) })
}

fn data_folder(settings: &Table, given: &Table) -> PathBuf {
    let find = |table: &Table| Some(PathBuf::from(table.get("server")?.get("data")?.as_str()?));
    find(given).or_else(|| find(settings)).unwrap_or_default()
}

fn put(table: &mut Table, name: &str, value: &str) {
    match name.split_once("__") {
        None => {
            table.insert(name.to_owned(), Value::String(value.to_owned()));
        }
        Some((section, rest)) => {
            let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn overlay(base: &mut Table, over: Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(base)), Value::Table(over)) => overlay(base, over),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

/// Overlays words of the environment, read as the type that the setting has: lists by commas.
fn overlay_typed(base: &mut Table, over: Table) {
    for (name, value) in over {
        let value = match (base.get_mut(&name), value) {
            (Some(Value::Table(base)), Value::Table(over)) => {
                overlay_typed(base, over);
                continue;
            }
            (Some(Value::Integer(_)), Value::String(s)) => s.parse().map_or(Value::String(s), Value::Integer),
            (Some(Value::Boolean(_)), Value::String(s)) => s.parse().map_or(Value::String(s), Value::Boolean),
            (Some(Value::Array(_)), Value::String(s)) => Value::Array(
                s.split(',').map(str::trim).filter(|s| !s.is_empty()).map(|s| Value::String(s.into())).collect(),
            ),
            (_, value) => value,
        };
        base.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(None, environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_default_is_valid_and_the_environment_overlays_it_by_type() {
        let config = load(&[
            ("CASEDESK_SERVER__DATA", "/nonexistent"),
            ("CASEDESK_MAIL__MAX_SIZE", "4096"),
            ("CASEDESK_MAIL__GROUPS", "a@example.com, b@example.com"),
            ("CASEDESK_LOGIN__REQUIRE_TOTP", "true"),
            ("OTHER", "x"),
        ])
        .unwrap();
        assert_eq!(config.mail.max_size, 4096);
        assert_eq!(config.mail.groups, ["a@example.com", "b@example.com"]);
        assert!(config.login.require_totp);
        assert_eq!(config.database_url(), "sqlite:///nonexistent/casedesk.db");
    }

    #[test]
    fn faults_are_reported_together_and_by_name() {
        let data = ("CASEDESK_SERVER__DATA", "/nonexistent");
        let error =
            load(&[data, ("CASEDESK_DESK__PREFIX", "cd!"), ("CASEDESK_MAIL__FROM", "nobody")]).unwrap_err().to_string();
        assert!(error.contains("desk.prefix") && error.contains("mail.from"), "{error}");
        let origins = "https://ok.example, https://x.example/path, https://x.example; script-src *, ftp://x.example";
        let error = load(&[data, ("CASEDESK_FORMS__EMBED_ORIGINS", origins)]).unwrap_err().to_string();
        assert_eq!((error.matches("forms.embed_origins").count(), error.contains("ok.example")), (3, false), "{error}");
        let error = load(&[data, ("CASEDESK_MAIL__FRUM", "x")]).unwrap_err().to_string();
        assert!(error.contains("frum"), "{error}");
        let phone = [("CASEDESK_PHONE__COUNTRY_CODE", "+353"), ("CASEDESK_PHONE__CONFIRM_AFTER_HOURS", "0")];
        let error =
            load(&[data, phone[0], phone[1], ("CASEDESK_PHONE__WEBHOOK_SECRET", "short")]).unwrap_err().to_string();
        for name in ["country_code", "confirm_after_hours", "webhook_secret"] {
            assert!(error.contains(name), "{name}: {error}");
        }
    }
}
