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
    /// The current link of the rail: a view's key, `quarantine` or `settings`.
    pub here: String,
    /// The current link of the settings' own list, as in `web/settings.html`.
    pub section: &'static str,
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
