//! Gathers what the file and the products say that cases are held against.
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use casedesk_details::version::compare;
use casedesk_details::{Context, Field, Product as Named, Question};

use super::questionnaire;
use crate::customers::rules::{self, Agreement, Known, Newer, Planned, Recommended};
use crate::customers::store::{self, Installation};
use crate::customers::{CustomersError, FieldValue, InstallationId, Life, OptionTerms, OrganisationId, Verdict};
use crate::db::{Db, Read, Result, Tx};
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::products::rules::Lifespan;
use crate::products::{self, Cycle, Product, ProductId, ProductKind, RoadmapStatus};

/// How many of our products are looked through.
const MOST_PRODUCTS: usize = 50;
/// How many of the things that an installation runs on are looked up.
const MOST_RUNTIMES: usize = 10;

/// What is known of a customer and of one of their installations.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub agreements: &'a [Agreement],
    pub place: Option<&'a Place>,
    pub releases: &'a [Newer],
    pub planned: &'a [Planned],
    pub today: Day,
}

impl<'a> Facts<'a> {
    /// The newest value of a field; `None` when it is not known.
    pub fn value(&self, field: Field) -> Option<&'a str> {
        self.place.and_then(|place| place.value(field))
    }

    pub fn known(&self) -> &'a [Known] {
        self.place.map_or(&[], |place| &place.values)
    }

    pub fn lives(&self) -> &'a [Life] {
        self.place.map_or(&[], |place| &place.lives)
    }
}

/// An installation with the newest values of its fields, and how its versions stand.
#[derive(Clone, Debug)]
pub struct Place {
    product: Option<ProductId>,
    values: Vec<Known>,
    lives: Vec<Life>,
}

impl Place {
    fn value(&self, field: Field) -> Option<&str> {
        let found = self.values.iter().find(|known| known.field == field);
        found.map(|known| known.value.as_str()).filter(|value| !value.is_empty())
    }
}

/// The organisation's contracts, as they are held against a day.
pub async fn agreements(on: impl Read, of: OrganisationId) -> Result<Vec<Agreement>> {
    let contracts = store::contracts(on, of).await?;
    Ok(contracts.into_iter().filter_map(|contract| rules::agreement(&contract.option_name, &contract.terms)).collect())
}

/// Whether an organisation is covered today, by which option and until when.
pub async fn contract_verdict(desk: &Desk, of: OrganisationId) -> std::result::Result<Verdict, CustomersError> {
    let agreements = agreements(desk.db(), of).await?;
    Ok(rules::contract(&agreements, rules::day(&today(desk).to_string())?))
}

/// An installation in use, the version that it runs, and how its versions stand.
#[derive(Clone, Debug)]
pub struct Running {
    pub installation: Installation,
    /// Empty where it is not known.
    pub version: String,
    pub verdict: Verdict,
}

/// The installations in use of an organisation, `most` at the most.
pub async fn running(desk: &Desk, of: OrganisationId, most: usize) -> Result<Vec<Running>> {
    let mut all = store::installations(desk.db(), of).await?;
    all.retain(|one| one.archived_at.is_none());
    all.truncate(most);
    let mut sources = Sources::open(desk).await?;
    sources.gather(&BTreeSet::new(), &all.iter().map(|one| one.id).collect()).await?;
    let stands = |installation: Installation| {
        let facts = sources.facts(None, Some(installation.id));
        let version = facts.value(Field::ProductVersion).unwrap_or_default().to_owned();
        Running { version, verdict: rules::life_cycle(true, facts.lives()), installation }
    };
    Ok(all.into_iter().map(stands).collect())
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

/// What is read of a product.
struct Shelf {
    product: Product,
    cycles: Vec<Cycle>,
    releases: Vec<Newer>,
    planned: Vec<Planned>,
}

/// How the versions of an installation stand today.
pub async fn lives_of(desk: &Desk, id: InstallationId) -> Result<Vec<Life>> {
    let mut sources = Sources::open(desk).await?;
    sources.gather(&BTreeSet::new(), &BTreeSet::from([id])).await?;
    Ok(sources.places.remove(&id).map(|place| place.lives).unwrap_or_default())
}

/// Whether everybody may have a release today.
fn is_out(release: &products::Release, today: Day) -> bool {
    release.channel == products::Channel::Stable && release.released_on.is_none_or(|on| on <= today)
}

/// The words that recommend a newer release for an installation. `None`: there is nothing to say.
pub async fn upgrade_words(desk: &Desk, id: InstallationId) -> Result<Option<String>> {
    let release = recommended(desk, id).await?;
    Ok(rules::recommendation(&lives_of(desk, id).await?, release.as_ref()))
}

/// The newest release of an installation's product that is newer than what it runs.
async fn recommended(desk: &Desk, id: InstallationId) -> Result<Option<Recommended>> {
    let db = desk.db();
    let Some(product) = store::installation(db, id).await?.and_then(|one| one.terms.product_id) else {
        return Ok(None);
    };
    let Some(product) = products::store::product(db, product).await?.filter(|one| one.kind == ProductKind::Own) else {
        return Ok(None);
    };
    let values = store::current_values(db, id).await?;
    let runs = values.iter().find(|value| value.field == Field::ProductVersion.name());
    let Some(runs) = runs.map(|value| value.value.as_str()) else { return Ok(None) };
    let (today, soon_days) = products::today(desk);
    let releases = products::store::releases(db, product.id).await?;
    let newer = |one: &&products::Release| is_out(one, today) && compare(&one.version, runs) == Some(Ordering::Greater);
    let by_version = |one: &&products::Release, other: &&products::Release| {
        compare(&one.version, &other.version).unwrap_or(Ordering::Equal)
    };
    let Some(release) = releases.iter().filter(newer).max_by(by_version) else { return Ok(None) };
    let cycles = products::store::cycles(db, product.id).await?;
    let cycle = products::rules::cycle_of(&release.version, &cycles);
    let page = || desk.link(&format!("/life-cycle/{}#release-{}", product.slug, release.id));
    Ok(Some(Recommended {
        name: format!("{} {}", product.name, release.version),
        standing: cycle.map(|cycle| products::rules::standing(cycle, today, soon_days)),
        notes: cycle.and_then(|cycle| cycle.link.clone()),
        page: product.is_public().then(page),
    }))
}

/// What many cases are held against, each thing read once. It goes stale with the next change of the file
/// or the products.
pub struct Sources<'a> {
    desk: &'a Desk,
    today: Day,
    soon_days: i64,
    agreements: HashMap<OrganisationId, Vec<Agreement>>,
    places: HashMap<InstallationId, Place>,
    names: HashMap<String, Option<ProductId>>,
    shelves: HashMap<ProductId, Shelf>,
    /// What may come of all our products, for a case of none.
    planned: Vec<Planned>,
}

impl<'a> Sources<'a> {
    pub async fn open(desk: &'a Desk) -> Result<Self> {
        let (today, soon_days) = products::today(desk);
        let mut sources = Self {
            desk,
            today,
            soon_days,
            agreements: HashMap::new(),
            places: HashMap::new(),
            names: HashMap::new(),
            shelves: HashMap::new(),
            planned: vec![],
        };
        for product in own(desk.db()).await? {
            let id = product.id;
            sources.shelve(product).await?;
            sources.planned.extend(sources.shelves.get(&id).map(|shelf| shelf.planned.clone()).unwrap_or_default());
        }
        Ok(sources)
    }

    /// Reads what is not read yet of these organisations and installations.
    pub async fn gather(
        &mut self,
        organisations: &BTreeSet<OrganisationId>,
        installations: &BTreeSet<InstallationId>,
    ) -> Result<()> {
        let new: Vec<_> = organisations.iter().copied().filter(|id| !self.agreements.contains_key(id)).collect();
        if !new.is_empty() {
            self.agreements.extend(new.iter().map(|id| (*id, vec![])));
            for contract in store::contracts_of_many(self.desk.db(), &new).await? {
                let found = rules::agreement(&contract.option_name, &contract.terms);
                self.agreements.entry(contract.organisation_id).or_default().extend(found);
            }
        }
        let new: Vec<_> = installations.iter().copied().filter(|id| !self.places.contains_key(id)).collect();
        if !new.is_empty() {
            self.gather_places(&new).await?;
        }
        Ok(())
    }

    async fn gather_places(&mut self, ids: &[InstallationId]) -> Result<()> {
        let mut values: HashMap<InstallationId, Vec<Known>> = HashMap::new();
        for (id, field, value) in store::current_values_of_many(self.desk.db(), ids).await? {
            values.entry(id).or_default().extend(Field::from_name(&field).map(|field| Known { field, value }));
        }
        for (id, product) in store::products_of_installations(self.desk.db(), ids).await? {
            let values = values.remove(&id).unwrap_or_default();
            let mut place = Place { product, values, lives: vec![] };
            place.lives = self.lives(&place).await?;
            self.places.insert(id, place);
        }
        Ok(())
    }

    /// How a version stands that a customer told; one of no named product is of our only one.
    pub async fn life_told(&mut self, product: &str, version: &str) -> Result<Option<Life>> {
        let mut own = self.shelves.values().filter(|shelf| shelf.product.kind == ProductKind::Own);
        let id = match (product, own.next(), own.next()) {
            ("", Some(only), None) => Some(only.product.id),
            ("", _, _) => None,
            (name, _, _) => self.named(name).await?,
        };
        Ok(id.and_then(|id| self.life(id, Field::ProductVersion, version)))
    }

    /// Where the versions of the product, of its operating system and of its runtimes stand.
    async fn lives(&mut self, place: &Place) -> Result<Vec<Life>> {
        let mut found = Vec::new();
        if let Some(id) = place.product {
            if !self.shelves.contains_key(&id)
                && let Some(product) = products::store::product(self.desk.db(), id).await?
            {
                self.shelve(product).await?;
            }
            let field = Field::ProductVersion;
            found.extend(place.value(field).and_then(|version| self.life(id, field, version)));
        }
        let system = place.value(Field::OsName).zip(place.value(Field::OsVersion));
        let system = system.map(|(name, version)| (Field::OsVersion, name, version));
        let runtimes = place.value(Field::Runtime).unwrap_or_default();
        let runtimes = runtimes.split(", ").filter_map(|one| one.rsplit_once(' ')).take(MOST_RUNTIMES);
        let runtimes = runtimes.map(|(name, version)| (Field::Runtime, name, version));
        for (field, name, version) in system.into_iter().chain(runtimes) {
            if let Some(id) = self.named(name).await? {
                found.extend(self.life(id, field, version));
            }
        }
        Ok(found)
    }

    async fn named(&mut self, name: &str) -> Result<Option<ProductId>> {
        if let Some(known) = self.names.get(name) {
            return Ok(*known);
        }
        let found = match products::store::product_by_name(self.desk.db(), name).await? {
            None => self.system(name).await?,
            found => found,
        };
        let id = found.as_ref().map(|product| product.id);
        if let Some(product) = found {
            self.shelve(product).await?;
        }
        self.names.insert(name.to_owned(), id);
        Ok(id)
    }

    /// The operating system that is meant, whatever its table is called: “RHEL” is Red Hat Enterprise Linux.
    async fn system(&self, name: &str) -> Result<Option<Product>> {
        let written = || casedesk_details::os::recognise(name).map(|found| found.system);
        let Some(system) = casedesk_details::os::by_name(name).or_else(written) else { return Ok(None) };
        let all = products::store::products(self.desk.db()).await?;
        let mut all =
            all.into_iter().filter(|one| one.kind == ProductKind::OperatingSystem && one.archived_at.is_none());
        Ok(all.find(|one| {
            let called =
                |word: &str| casedesk_details::os::recognise(word).is_some_and(|of| of.system.name == system.name);
            Some(one.slug.as_str()) == system.slug || called(&one.name)
        }))
    }

    fn life(&self, id: ProductId, field: Field, version: &str) -> Option<Life> {
        let shelf = self.shelves.get(&id)?;
        let cycle = products::rules::cycle_of(version, &shelf.cycles)?;
        Some(Life {
            field: field.name().into(),
            name: shelf.product.name.clone(),
            version: version.into(),
            cycle: cycle.name.clone(),
            own: shelf.product.kind == ProductKind::Own,
            standing: products::rules::standing(cycle, self.today, self.soon_days),
            lifespan: Lifespan::of(cycle),
        })
    }

    async fn shelve(&mut self, product: Product) -> Result<()> {
        let (db, id) = (self.desk.db(), product.id);
        if self.shelves.contains_key(&id) {
            return Ok(());
        }
        let cycles = products::store::cycles(db, id).await?;
        let (mut releases, mut planned) = (vec![], vec![]);
        if product.kind == ProductKind::Own {
            let all = products::store::releases(db, id).await?;
            let out = all.into_iter().filter(|one| is_out(one, self.today));
            releases.extend(out.map(|one| Newer::new(one.version, &one.notes)));
            let coming = |item: &products::Item| item.status != RoadmapStatus::Declined;
            let items = products::store::items(db, id).await?.into_iter().filter(coming);
            planned.extend(
                items.map(|one| Planned::new(one.id, one.title, one.status.as_str().replace('_', " "), one.target)),
            );
        }
        self.shelves.insert(id, Shelf { product, cycles, releases, planned });
        Ok(())
    }

    /// What was gathered of one customer and one installation.
    pub fn facts(&self, organisation: Option<OrganisationId>, installation: Option<InstallationId>) -> Facts<'_> {
        let place = installation.and_then(|id| self.places.get(&id));
        let shelf = place.and_then(|place| place.product).and_then(|id| self.shelves.get(&id));
        Facts {
            agreements: organisation.and_then(|id| self.agreements.get(&id)).map_or(&[], Vec::as_slice),
            place,
            releases: shelf.map_or(&[], |shelf| &shelf.releases),
            planned: shelf.map_or(&self.planned, |shelf| &shelf.planned),
            today: self.today,
        }
    }
}

/// Values as the reader of details takes them.
pub fn known(values: &[FieldValue]) -> Vec<Known> {
    let one = |value: &FieldValue| Some(Known { field: Field::from_name(&value.field)?, value: value.value.clone() });
    values.iter().filter_map(one).collect()
}

/// The day that it is at the desk.
pub fn today(desk: &Desk) -> Day {
    products::today(desk).0
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
    let asked = questionnaire(db).await?;
    let question = |one: &rules::Question| Question { text: one.words.clone(), fields: one.fields.to_vec() };
    let questions = asked.questions.iter().map(question).collect();
    Ok(Context { products: named, known, questions, template: asked.mail })
}
