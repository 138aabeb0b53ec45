//! What stands around every page, as plain data. Counts and alarms are not part of a page: the page asks
//! for them on its own (`GET /rail`, `GET /alarms`), so that no page waits for a count.
use crate::desk::Desk;
use crate::kit::names;

/// A person as a coloured circle and a name.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub initials: String,
    /// One of six quiet grounds, 1 to 6.
    pub who: u8,
    pub email: String,
}

impl Person {
    /// Somebody without a name is called by their address.
    pub fn new(id: i64, name: &str, email: &str) -> Self {
        let name = if name.trim().is_empty() { email } else { name };
        Self { id, name: name.into(), initials: names::initials(name), who: ground(id), email: email.into() }
    }
}

/// The same person has the same ground on every page, and in `presence.ts`.
pub fn ground(id: i64) -> u8 {
    u8::try_from(id.rem_euclid(6)).unwrap_or(0) + 1
}

/// Around a page of the desk: who is logged in, and which link of the rail and of the settings is current.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    pub me: Person,
    /// May change the desk's settings.
    pub admin: bool,
    /// Their time zone is not known: the page tells it.
    pub asks_zone: bool,
    /// `Viewer::event`: of what came after it the socket tells.
    pub event: i64,
    /// The current link of the rail: a view's key, `quarantine` or `settings`.
    pub here: String,
    /// The current page of the settings: its `Setting::section`.
    pub section: &'static str,
}

impl Shell {
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, &'static [Setting])> {
        settings(self.admin)
    }
}

/// A page of the settings.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in `Shell::section`.
    pub section: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub label: &'static str,
}

const fn setting(section: &'static str, href: &'static str, icon: &'static str, label: &'static str) -> Setting {
    Setting { section, href, icon, label }
}

/// The pages of the settings in their groups.
const SETTINGS: [(&str, &[Setting]); 4] = [
    (
        "You",
        &[
            setting("profile", "/settings/profile", "user", "Profile"),
            setting("sessions", "/settings/sessions", "screen", "Sessions"),
            setting("tokens", "/settings/tokens", "key", "API tokens"),
        ],
    ),
    (
        "Doors",
        &[
            setting("mailboxes", "/settings/mailboxes", "mail", "Mailboxes"),
            setting("form", "/settings/form", "form", "Form"),
        ],
    ),
    (
        "Work",
        &[
            setting("templates", "/settings/templates", "tmpl", "Templates"),
            setting("details", "/settings/details", "form", "Installation details"),
            setting("products", "/settings/products", "server", "Products"),
        ],
    ),
    (
        FOR_ADMINS,
        &[
            setting("options", "/settings/support-options", "shield", "Support options"),
            setting("webhooks", "/settings/webhooks", "hook", "Webhooks"),
            setting("agents", "/settings/agents", "users", "People"),
            setting("teams", "/settings/teams", "inbox", "Teams"),
            setting("audit", "/settings/audit", "shield", "Audit"),
            setting("work", "/settings/work", "refresh", "Work that gave up"),
            setting("privacy", "/settings/privacy", "lock", "Privacy"),
        ],
    ),
];
const FOR_ADMINS: &str = "Desk";

/// The groups of settings that somebody may open.
pub fn settings(admin: bool) -> impl Iterator<Item = (&'static str, &'static [Setting])> {
    SETTINGS.into_iter().filter(move |(group, _)| admin || *group != FOR_ADMINS)
}

/// Around a page for customers: nothing of the desk's own shell.
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// What the desk is called.
    pub desk: String,
    /// The current link: `form` or `portal`.
    pub here: &'static str,
    /// Whether there is a form to link to, and whether customers have pages.
    pub form: bool,
    pub portal: bool,
    /// The customer who is logged in; empty when nobody is.
    pub who: String,
    /// Shown in a frame of another site: without head and foot.
    pub embedded: bool,
}

impl Public {
    pub fn new(desk: &Desk, here: &'static str) -> Self {
        let config = desk.config();
        let (form, portal) = (config.forms.enabled, config.portal.enabled);
        Self { desk: config.desk.name.clone(), here, form, portal, ..Self::default() }
    }
}

/// A fault that everyone sees until it is gone: a mailbox that is not read.
#[derive(Clone, Debug, Default)]
pub struct Alarm {
    pub name: String,
    pub words: String,
    /// When it was last well; empty when it never was.
    pub since: String,
    pub href: String,
    pub action: String,
}

/// Around a page that everybody may see.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The desk's name.
    pub name: String,
    /// The current link of its head, as in `web/public.html`.
    pub here: &'static str,
}

impl Site {
    pub fn new(desk: &Desk, here: &'static str) -> Self {
        Self { name: desk.config().desk.name.clone(), here }
    }
}
