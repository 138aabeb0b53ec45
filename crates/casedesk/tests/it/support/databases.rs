//! The databases of the tests: migrated once, and copied for each test.
use casedesk::config::Config;
use casedesk::db::Db;
use casedesk::kit::secrets::{self, sha256_hex};
use futures::FutureExt as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

use super::Folder;

/// Runs a test with the address of each database: none for SQLite, and one that is made for it.
pub(crate) async fn on_each(test: impl AsyncFn(&str)) {
    test("").await;
    let Ok(server) = std::env::var("TEST_POSTGRES") else { return };
    let name = format!("casedesk_{}", &sha256_hex(secrets::random_token().as_bytes())[..16]);
    let mut admin = PgConnection::connect(&server).await.unwrap();
    let template = migrated_postgres(&server, &mut admin).await;
    run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let result = std::panic::AssertUnwindSafe(test(&named(&server, &name))).catch_unwind().await;
    run(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

/// The database of the settings, migrated.
pub(crate) async fn open(config: &Config) -> Db {
    let file = config.server.data.join("casedesk.db");
    if config.database.url.is_empty() && !file.exists() {
        std::fs::write(&file, migrated_sqlite().await).unwrap();
    }
    let db = Db::connect(&config.database_url(), 4).await.unwrap();
    db.migrate().await.unwrap();
    db
}

async fn migrated_sqlite() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let make = || async {
        let folder = Folder::new("test");
        let file = folder.path().join("casedesk.db");
        let db = Db::connect(&format!("sqlite:{}", file.display()), 4).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
        std::fs::read(file).unwrap()
    };
    FILE.get_or_init(make).await
}

/// The name of a database that is made once for these migrations, whichever process comes first.
async fn migrated_postgres(server: &str, admin: &mut PgConnection) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    let make = move || async move {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let all: Vec<u8> = files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
        let name = format!("casedesk_migrated_{}", &sha256_hex(&all)[..16]);
        run(admin, "SELECT pg_advisory_lock(8420)".into()).await;
        let there: (bool,) = sqlx::query_as("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut *admin)
            .await
            .unwrap();
        if !there.0 {
            run(admin, "DROP DATABASE IF EXISTS casedesk_half_migrated".into()).await;
            run(admin, "CREATE DATABASE casedesk_half_migrated".into()).await;
            let db = Db::connect(&named(server, "casedesk_half_migrated"), 4).await.unwrap();
            db.migrate().await.unwrap();
            db.close().await;
            run(admin, format!("ALTER DATABASE casedesk_half_migrated RENAME TO {name}")).await;
        }
        run(admin, "SELECT pg_advisory_unlock(8420)".into()).await;
        name
    };
    NAME.get_or_init(make).await
}

async fn run(admin: &mut PgConnection, sql: String) {
    admin.execute(AssertSqlSafe(sql)).await.unwrap();
}

fn named(server: &str, database: &str) -> String {
    let mut url: url::Url = server.parse().unwrap();
    url.set_path(database);
    url.into()
}
