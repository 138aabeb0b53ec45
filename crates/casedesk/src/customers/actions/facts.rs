//! Gathers what the file says that a case is held against.
use casedesk_details::{Context, Field, Product as Named};

use crate::customers::rules::{self, Agreement, Known, Life, Newer, Planned};
use crate::customers::store::{self, Installation};
use crate::customers::{FieldValue, InstallationId, OptionTerms, OrganisationId};
use crate::db::{Db, Read, Result, Tx};
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::products::{self, Product, ProductId, ProductKind, RoadmapStatus};

/// From how many days before its end on a version is told to end.
const ENDS_SOON_DAYS: i64 = 90;
/// How many of our products are looked through.
const MOST_PRODUCTS: usize = 50;
/// How many of the things that an installation runs on are looked up.
const MOST_RUNTIMES: usize = 10;

/// What is known of a customer and of one of their installations.
#[derive(Clone, Debug)]
pub struct Facts {
    pub agreements: Vec<Agreement>,
    pub installation: Option<Installation>,
    pub values: Vec<FieldValue>,
    pub lives: Vec<Life>,
    pub releases: Vec<Newer>,
    pub planned: Vec<Planned>,
    pub today: Day,
}

impl Facts {
    /// The newest value of a field; `None` when it is not known.
    pub fn value(&self, field: Field) -> Option<&str> {
        value(&self.values, field)
    }

    pub fn known(&self) -> Vec<Known> {
        known(&self.values)
    }
}

fn value(values: &[FieldValue], field: Field) -> Option<&str> {
    let found = values.iter().find(|value| value.field == field.name());
    found.map(|found| found.value.as_str()).filter(|value| !value.is_empty())
}

/// Values as the reader of details takes them.
pub fn known(values: &[FieldValue]) -> Vec<Known> {
    let one = |value: &FieldValue| Some(Known { field: Field::from_name(&value.field)?, value: value.value.clone() });
    values.iter().filter_map(one).collect()
}

/// The day that it is at the desk.
pub fn today(desk: &Desk) -> Day {
    Day::of(desk.now(), &desk.config().desk.time_zone)
}

/// The organisation's contracts, as they are held against a day.
pub async fn agreements(on: impl Read, of: OrganisationId) -> Result<Vec<Agreement>> {
    let contracts = store::contracts(on, of).await?;
    Ok(contracts.into_iter().filter_map(|contract| rules::agreement(&contract.option_name, &contract.terms)).collect())
}

/// What is promised to an organisation.
#[derive(Clone, Debug)]
pub struct Promised {
    pub terms: OptionTerms,
    /// Since when there is this option.
    pub since: Timestamp,
}

/// What is promised to an organisation today: the option of its contract in force, or else the desk's default one.
pub async fn promised(tx: &mut Tx, of: Option<OrganisationId>, today: Day) -> Result<Option<Promised>> {
    let agreements = match of {
        Some(id) => agreements(&mut *tx, id).await?,
        None => vec![],
    };
    let today = rules::day(&today.to_string()).ok();
    let option = match today.and_then(|today| rules::in_force(&agreements, today)) {
        Some(agreement) => store::option(&mut *tx, agreement.option_id).await?,
        None => store::default_option(&mut *tx).await?,
    };
    let Some(option) = option else { return Ok(None) };
    let targets = store::targets(&mut *tx, option.id).await?;
    Ok(Some(Promised { terms: option.terms(targets), since: option.created_at }))
}

pub async fn facts(
    desk: &Desk,
    organisation: Option<OrganisationId>,
    installation: Option<InstallationId>,
) -> Result<Facts> {
    let (db, today) = (desk.db(), today(desk));
    let agreements = match organisation {
        Some(id) => agreements(db, id).await?,
        None => vec![],
    };
    let installation = match installation {
        Some(id) => store::installation(db, id).await?,
        None => None,
    };
    let values = match &installation {
        Some(installation) => store::current_values(db, installation.id).await?,
        None => vec![],
    };
    let product = match installation.as_ref().and_then(|installation| installation.terms.product_id) {
        Some(id) => products::store::product(db, id).await?,
        None => None,
    };
    Ok(Facts {
        lives: lives(db, product.as_ref(), &values, today).await?,
        releases: releases(db, product.as_ref(), today).await?,
        planned: planned(db, product).await?,
        agreements,
        installation,
        values,
        today,
    })
}

/// Where the versions of the product, of its operating system and of its runtimes stand.
async fn lives(db: &Db, product: Option<&Product>, values: &[FieldValue], today: Day) -> Result<Vec<Life>> {
    let mut found = Vec::new();
    if let (Some(product), Some(version)) = (product, value(values, Field::ProductVersion)) {
        found.extend(life(db, product, version, today).await?);
    }
    let system = value(values, Field::OsName).zip(value(values, Field::OsVersion));
    let runtimes = value(values, Field::Runtime).unwrap_or_default();
    let runtimes = runtimes.split(", ").filter_map(|one| one.rsplit_once(' ')).take(MOST_RUNTIMES);
    for (name, version) in system.into_iter().chain(runtimes) {
        if let Some(product) = products::store::product_by_name(db, name).await? {
            found.extend(life(db, &product, version, today).await?);
        }
    }
    Ok(found)
}

async fn life(db: &Db, product: &Product, version: &str, today: Day) -> Result<Option<Life>> {
    let cycles = products::store::cycles(db, product.id).await?;
    let cycle = products::rules::cycle_of(version, &cycles);
    Ok(cycle.map(|cycle| Life {
        what: format!("{} {}", product.name, cycle.name),
        standing: products::rules::standing(cycle, today, ENDS_SOON_DAYS),
    }))
}

/// The releases that everybody may have.
async fn releases(db: &Db, product: Option<&Product>, today: Day) -> Result<Vec<Newer>> {
    let Some(product) = product else { return Ok(vec![]) };
    let all = products::store::releases(db, product.id).await?;
    let out = |release: &products::Release| {
        release.channel == products::Channel::Stable && release.released_on.is_none_or(|on| on <= today)
    };
    Ok(all.into_iter().filter(out).map(|one| Newer { version: one.version, notes: one.notes }).collect())
}

/// What may come: of this product, or of all of ours where none is named.
async fn planned(db: &Db, product: Option<Product>) -> Result<Vec<Planned>> {
    let products = match product {
        Some(product) => vec![product],
        None => own(db).await?,
    };
    let mut planned = Vec::new();
    for product in products {
        let items = products::store::items(db, product.id).await?;
        let coming = |item: &products::Item| item.status != RoadmapStatus::Declined;
        planned.extend(items.into_iter().filter(coming).map(|item| Planned {
            title: item.title,
            status: item.status.as_str().replace('_', " "),
            target: item.target,
        }));
    }
    Ok(planned)
}

async fn own(db: &Db) -> Result<Vec<Product>> {
    let all = products::store::products(db).await?;
    Ok(all.into_iter().filter(|one| one.kind == ProductKind::Own).take(MOST_PRODUCTS).collect())
}

/// The product of this name, or our only one where none is named.
pub async fn product_called(desk: &Desk, name: Option<&str>) -> Result<Option<ProductId>> {
    if let Some(name) = name {
        return Ok(products::store::product_by_name(desk.db(), name).await?.map(|product| product.id));
    }
    let own = own(desk.db()).await?;
    Ok(if let [one] = own.as_slice() { Some(one.id) } else { None })
}

/// What the reader of details has to know of us.
pub async fn reading_context(db: &Db, known: Vec<Known>) -> Result<Context> {
    let mut named = Vec::new();
    for product in own(db).await? {
        let aliases = products::store::aliases(db, &product).await?;
        let releases = products::store::releases(db, product.id).await?;
        let releases = releases.into_iter().map(|release| release.version).collect();
        named.push(Named { name: product.name, aliases, releases });
    }
    Ok(Context { products: named, known, ..Context::default() })
}
