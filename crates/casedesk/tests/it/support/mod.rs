//! `TestApp`: the whole desk on a fresh folder and database, with a clock that stands still.
//!
//! `on_both` runs a test on SQLite and, where `TEST_POSTGRES` names a server on which
//! databases may be created, on PostgreSQL too. Jobs run when the test says so; one left over at the
//! end fails it.
mod browser;
pub(crate) mod certificates;
pub(crate) mod customer;
mod databases;
pub(crate) mod dovecot;
pub(crate) mod peer;
pub(crate) mod post;
pub(crate) mod postfix;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod recorder;
pub(crate) mod relay;
pub(crate) mod tokens;
pub(crate) mod wire;

use std::sync::Arc;
use std::time::Duration;

use casedesk::config::Config;
use casedesk::db::{Db, Read as _};
use casedesk::desk::Desk;
use casedesk::kit::{Clock, Secret, Timestamp};
use casedesk::staff::actions::NewColleague;
use casedesk::staff::{AgentId, Proof, Role, Viewer};
use casedesk::web::client::Client;
use casedesk::{app, q};

pub(crate) use browser::{Answer, Browser};
pub(crate) use databases::on_each;
pub(crate) use post::{Caught, Letter, Relay};
pub(crate) use process::Folder;

/// When every test begins.
pub(crate) const START: &str = "2027-03-01T09:00:00Z";
/// Every agent's password.
pub(crate) const PASSWORD: &str = "plum tree in the rain";

/// The desk under test. Cheap to clone.
#[derive(Clone)]
pub(crate) struct TestApp(Arc<Inner>);

struct Inner {
    desk: Desk,
    router: axum::Router,
}

/// A mail that the desk wants sent.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Mail {
    /// The path of the first link in it.
    pub(crate) fn link(&self, app: &TestApp) -> String {
        let base = app.desk().link("");
        let line = self.text.lines().find_map(|line| line.trim().strip_prefix(&base));
        line.unwrap_or_else(|| panic!("no link of ours in {}", self.text)).to_owned()
    }
}

/// Runs `test` on each database.
pub(crate) async fn on_both(test: impl AsyncFn(&TestApp)) {
    with_settings(&[], test).await;
}

/// The same with settings, named as in the environment, without the prefix.
pub(crate) async fn with_settings(settings: &[(&str, &str)], test: impl AsyncFn(&TestApp)) {
    on_each(async |database| Box::pin(run(settings, database, &test)).await).await;
}

async fn run(settings: &[(&str, &str)], database: &str, test: &impl AsyncFn(&TestApp)) {
    let folder = Folder::new("test");
    let app = TestApp::new(&folder, settings, database).await;
    test(&app).await;
    app.assert_no_jobs().await;
    app.desk().db().close().await;
}

impl TestApp {
    async fn new(folder: &Folder, settings: &[(&str, &str)], database: &str) -> Self {
        let given = [("SERVER__DATA", folder.path().to_str().unwrap()), ("DATABASE__URL", database)];
        let environment =
            given.iter().chain(settings).map(|(name, value)| (format!("CASEDESK_{name}"), (*value).into()));
        let config = Config::load(None, environment).unwrap();
        let db = databases::open(&config).await;
        let clock = Clock::fixed(Timestamp::parse_rfc3339(START).unwrap());
        let desk = Desk::open(config, db, clock, app::subscribers()).await.unwrap();
        let router = app::router(desk.clone());
        Self(Arc::new(Inner { desk, router }))
    }

    /// The same desk with other settings, as after a restart.
    pub(crate) async fn again(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.desk().config().clone();
        change(&mut config);
        let (db, clock) = (self.desk().db().clone(), self.desk().clock().clone());
        let desk = Desk::open(config, db, clock, app::subscribers()).await.unwrap();
        let router = app::router(desk.clone());
        Self(Arc::new(Inner { desk, router }))
    }

    /// The same desk on a copy of its database, so that what is done there changes nothing here. SQLite alone.
    pub(crate) async fn copied(&self, folder: &Folder) -> Self {
        let copy = folder.path().join("casedesk.db");
        let vacuum: &'static str = format!("VACUUM INTO '{}'", copy.display()).leak();
        let _: Vec<(i64,)> = self.desk().db().all(q!(vacuum)).await.unwrap();
        std::os::unix::fs::symlink(self.desk().config().server.data.join("files"), folder.path().join("files"))
            .unwrap();
        let mut config = self.desk().config().clone();
        config.server.data = folder.path().into();
        let db = Db::connect(&config.database_url(), 2).await.unwrap();
        let desk = Desk::open(config, db, self.desk().clock().clone(), app::subscribers()).await.unwrap();
        let router = app::router(desk.clone());
        Self(Arc::new(Inner { desk, router }))
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    pub(crate) fn router(&self) -> axum::Router {
        self.0.router.clone()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.desk().clock().advance(by);
    }

    /// A browser that nobody has logged in with.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self)
    }

    /// A program with an API token.
    pub(crate) fn program(&self, token: &str) -> Browser {
        Browser::new(self).with("authorization", &format!("Bearer {token}"))
    }

    /// An agent `name@desk.example` whose password is `PASSWORD`.
    pub(crate) async fn agent(&self, name: &str, role: Role) -> AgentId {
        let email = format!("{}@desk.example", name.to_lowercase());
        let new = NewColleague { name: name.into(), email: email.clone(), role, teams: Vec::new() };
        casedesk::staff::actions::add_agent(self.desk(), &new, Some(Secret::new(PASSWORD))).await.unwrap();
        casedesk::staff::store::by_email(self.desk().db(), &email).await.unwrap().unwrap().id
    }

    /// An agent as an action is told who asks.
    pub(crate) async fn viewer(&self, name: &str, role: Role) -> Viewer {
        let id = self.agent(name, role).await;
        Viewer {
            id,
            name: name.into(),
            email: format!("{}@desk.example", name.to_lowercase()),
            role,
            teams: vec![],
            hidden_teams: vec![],
            time_zone: "UTC".into(),
            proof: Proof::Session(String::new()),
            client: Client::default(),
            event: 0,
        }
    }

    /// Makes an agent and logs them in.
    pub(crate) async fn logged_in(&self, name: &str, role: Role) -> Browser {
        self.agent(name, role).await;
        let browser = self.browser();
        browser.log_in(name).await;
        browser
    }

    /// Takes the mails that the desk wrote by itself.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        let resets = q!("SELECT COUNT(*) FROM jobs WHERE kind IN ('staff.mail_reset', 'portal.mail_login')");
        let (resets,): (i64,) = self.desk().db().one(resets).await.unwrap();
        if resets > 0 {
            self.drain().await;
        }
        let mut tx = self.desk().db().begin().await.unwrap();
        let mut jobs: Vec<(i64, String)> =
            tx.all(q!("DELETE FROM jobs WHERE kind = 'system_mail' RETURNING id, payload")).await.unwrap();
        tx.commit().await.unwrap();
        jobs.sort();
        jobs.iter().map(|(_, payload)| serde_json::from_str(payload).unwrap()).collect()
    }

    /// Runs the jobs that are due.
    pub(crate) async fn drain(&self) -> usize {
        app::worker(self.desk()).unwrap().drain().await.unwrap()
    }

    async fn assert_no_jobs(&self) {
        let left: Vec<(String, String)> =
            self.desk().db().all(q!("SELECT kind, payload FROM jobs ORDER BY id")).await.unwrap();
        assert!(left.is_empty(), "jobs were left over: {left:?}");
    }
}
