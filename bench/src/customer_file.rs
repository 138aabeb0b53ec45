//! What the file of a large desk holds: products with their life cycles, contracts, and installations with their
//! fields. Its days are around the day of the measurement's own making, so that verdicts of all kinds are found.
use casedesk::db::Db;
use casedesk::kit::{Clock, Day};

use crate::fill::{ORGANISATIONS, Rows, at, row};

/// The product that everybody runs, and its cycle that the measurement changes.
pub(crate) const PRODUCT: i64 = 1;
pub(crate) const CYCLE: i64 = 1;
pub(crate) const CYCLE_NAME: &str = "5.1";

const CYCLES: [(&str, i64, i64); 5] =
    [("5.1", -1500, 900), ("5.7", -900, -30), ("5.8", -600, 100), ("5.9", -200, 700), ("6.0", -20, 1500)];
const NOTES: [&str; 6] = [
    "- Host keys of `ssh-rsa` are refused only where the partner offers a better one",
    "- The audit log no longer grows without end\n- Folder monitors survive a failover",
    "- Uploads of more than 4 GB go on where they broke off",
    "- Scheduled jobs start once in a cluster\n- LDAP follows referrals",
    "- Certificates of partners are renewed without a restart",
    "- Single sign-on by SAML",
];

fn in_days(days: i64) -> String {
    let (now, far) = (Clock::system().now(), std::time::Duration::from_secs(86_400 * days.unsigned_abs()));
    Day::of(if days < 0 { now.minus(far) } else { now.plus(far) }, "UTC").to_string()
}

pub(crate) async fn fill(db: &Db) -> anyhow::Result<()> {
    products(db).await?;
    let mut tx = db.begin().await?;
    let mut options = Rows::new("INSERT INTO support_options (id, name, channels, hours, covers, created_at)");
    options.add(&mut tx, row!(1_i64, "Premier", "mail form phone", "zone UTC\n24/7", "", at(0))).await?;
    options.flush(&mut tx).await?;
    let mut contracts =
        Rows::new("INSERT INTO contracts (organisation_id, option_id, reference, starts_on, ends_on, created_at)");
    let mut places = Rows::new("INSERT INTO installations (id, organisation_id, product_id, label, role, created_at)");
    let mut fields = Rows::new("INSERT INTO installation_fields (installation_id, field, value, written, source, at)");
    for of in 1..=ORGANISATIONS {
        // Some have had a contract, some have none.
        let ends = [200, 30, -40][usize::try_from(of % 3)?];
        if of % 5 != 0 {
            contracts.add(&mut tx, row!(of, 1_i64, format!("C-{of}"), in_days(-400), in_days(ends), at(0))).await?;
        }
        places.add(&mut tx, row!(of, of, PRODUCT, "production", "production", at(0))).await?;
        places.flush(&mut tx).await?;
        let (cycle, _, _) = CYCLES[usize::try_from(of % 5)?];
        let version = format!("{cycle}.{}", of % 4);
        for (field, value) in [
            ("product_version", version.as_str()),
            ("os_name", "Debian"),
            ("os_version", ["11", "12", "13"][usize::try_from(of % 3)?]),
            ("protocols", "SFTP, FTPS, AS2"),
            ("runtime", "OpenJDK 17"),
        ] {
            fields.add(&mut tx, row!(of, field, value, value, "agent", at(0))).await?;
        }
    }
    contracts.flush(&mut tx).await?;
    fields.flush(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn products(db: &Db) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    let mut products = Rows::new("INSERT INTO products (id, slug, name, kind, created_at)");
    let mut names = Rows::new("INSERT INTO product_names (name_folded, product_id, name)");
    for (id, slug, name, kind) in [
        (PRODUCT, "transfer", "Transfer", "own"),
        (2, "debian", "Debian", "operating_system"),
        (3, "openjdk", "OpenJDK", "runtime"),
    ] {
        products.add(&mut tx, row!(id, slug, name, kind, at(0))).await?;
        names.add(&mut tx, row!(slug, id, name)).await?;
    }
    products.flush(&mut tx).await?;
    names.flush(&mut tx).await?;
    let mut cycles = Rows::new("INSERT INTO cycles (product_id, name, released_on, ends_on, updated_at)");
    let mut releases =
        Rows::new("INSERT INTO releases (product_id, cycle_id, version, released_on, channel, notes, updated_at)");
    for (name, from, to) in CYCLES {
        cycles.add(&mut tx, row!(PRODUCT, name, in_days(from), in_days(to), at(0))).await?;
    }
    for (product, name, to) in [(2, "11", -50), (2, "12", 900), (2, "13", 1500), (3, "17", 400), (3, "21", 1200)] {
        cycles.add(&mut tx, row!(product, name, in_days(-1500), in_days(to), at(0))).await?;
    }
    cycles.flush(&mut tx).await?;
    for (number, (name, from, _)) in (1_i64..).zip(CYCLES) {
        for (patch, notes) in NOTES.iter().enumerate() {
            let version = format!("{name}.{patch}");
            releases.add(&mut tx, row!(PRODUCT, number, version, in_days(from), "stable", *notes, at(0))).await?;
        }
    }
    releases.flush(&mut tx).await?;
    let mut items =
        Rows::new("INSERT INTO roadmap_items (product_id, title, body, status, target, created_at, updated_at)");
    for title in ["Cloud sources", "Passkeys for administrators", "Post-quantum key exchange", "Job calendars"] {
        items.add(&mut tx, row!(PRODUCT, title, "", "planned", "6.1", at(0), at(0))).await?;
    }
    items.flush(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}
