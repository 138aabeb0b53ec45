//! `/support/new`: the form, with everything kept that was typed when it has to be sent again.
use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::HeaderName;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::groups::{self, Group};
use crate::cases::CaseKind;
use crate::customers;
use crate::desk::Desk;
use crate::forms::actions::{self, Answer, Sent};
use crate::forms::rules::{Signs, Stamp};
use crate::forms::{Answered, Fault, FormsError, QuestionId, Suggestions, Typed};
use crate::kit::secrets::random_token;
use crate::products::{self, Channel, ProductKind};
use crate::web::client::Client;
use crate::web::fields::Fields;
use crate::web::shell::Public;
use crate::web::upload::{self, Most};
use crate::web::{Error, Html, Result, assets, guard};

/// Names of each product, and products, that the form proposes at the most.
const MOST_PROPOSED: usize = 40;
/// How many answers one form can have.
const MOST_ANSWERS: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Shown in a frame of another site.
    #[serde(default)]
    embed: String,
    /// The product that it is about, by any of its names.
    #[serde(default)]
    product: String,
}

/// A kind of request, and what it is for.
struct Kind {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "forms/new.html")]
struct FormPage {
    around: Public,
    typed: Typed,
    kinds: Vec<Kind>,
    faults: Vec<Fault>,
    /// Why it was not taken, when that is no field's fault.
    refusal: String,
    /// Files that were sent and have to be chosen again.
    names: Vec<String>,
    stamp: String,
    bits: u32,
    most: String,
    proposed: Suggestions,
    groups: Vec<Group>,
    /// There is a page that says how soon we answer.
    options: bool,
}

impl FormPage {
    /// What is wrong with a field; empty when nothing is.
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|fault| &*fault.field == field).map_or("", |fault| &fault.words)
    }

    /// What a fault's field is called on the page.
    fn label(&self, field: &str) -> String {
        let asked = self.groups.iter().flat_map(|group| &group.questions).find(|asked| asked.name == field);
        if let Some(asked) = asked {
            return format!("“{}”", asked.label);
        }
        match field {
            "name" => "your name",
            "address" => "the mail address",
            "organisation" => "the organisation",
            "kind" => "what it is",
            "product" => "the product",
            "version" => "the version",
            "system" => "the operating system",
            "files" => "the files",
            _ => "the description",
        }
        .to_owned()
    }
}

#[derive(Template)]
#[template(path = "forms/sent.html")]
struct SentPage {
    around: Public,
    /// `CD-1042`; empty when an agent has to look first.
    number: String,
    link: String,
    address: String,
}

/// `GET /support/new`
pub(super) async fn show(State(desk): State<Desk>, Query(asked): Query<Asked>) -> Result<Response> {
    let typed = Typed { product: asked.product.chars().take(200).collect(), ..Typed::default() };
    let page = page(&desk, &typed, !asked.embed.is_empty()).await?;
    Ok(shown(&desk, StatusCode::OK, page.around.embedded, page))
}

/// `POST /support/new`
pub(super) async fn send(State(desk): State<Desk>, client: Client, request: Request) -> Result<Response> {
    let from_known_site = is_known(&desk, request.headers());
    let mut sent = upload::read(request, &desk, Most::of(desk.config())).await?;
    let typed = typed(&sent.fields);
    let embedded = sent.fields.filled("embed").is_some();
    let outcome = if sent.too_much {
        let words = format!("Please send at most {}.", Most::of(desk.config()).in_words());
        Err(FormsError::Faults(vec![Fault { field: "files".into(), words }]))
    } else {
        let fields = &sent.fields;
        let (stamp, proof) = (fields.one("stamp"), fields.one("proof"));
        let signs = Signs { trap: fields.one("website"), stamp, proof, from_known_site };
        let files = std::mem::take(&mut sent.files);
        actions::take(&desk, Sent { typed: &typed, files, signs }, &client).await
    };
    match outcome {
        Ok(answer) => Ok(answered(&desk, answer, &typed, embedded)),
        Err(error) => {
            let page = FormPage { names: sent.names, ..page(&desk, &typed, embedded).await? };
            again(&desk, error, sent.fields.one("stamp"), page)
        }
    }
}

/// Whether a page of a site that the settings name sent it.
fn is_known(desk: &Desk, headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| desk.config().forms.embed_origins.iter().any(|known| known == origin))
}

fn typed(fields: &Fields) -> Typed {
    let one = |name: &str| fields.one(name).to_owned();
    Typed {
        name: one("name"),
        address: one("address"),
        organisation: one("organisation"),
        kind: one("kind"),
        product: one("product"),
        version: one("version"),
        system: one("system"),
        description: one("description"),
        answers: answers(fields),
    }
}

/// What was sent as `q-` and a number.
fn answers(fields: &Fields) -> Vec<Answered> {
    let question = |name: &str| name.strip_prefix("q-").and_then(|number| number.parse().ok()).map(QuestionId);
    fields
        .iter()
        .filter_map(|(name, value)| Some(Answered::given(question(name)?, value.to_owned())))
        .take(MOST_ANSWERS)
        .collect()
}

async fn page(desk: &Desk, typed: &Typed, embedded: bool) -> Result<FormPage> {
    Ok(FormPage {
        around: Public { embedded, ..Public::new(desk, "form") },
        kinds: kinds(&typed.kind),
        typed: typed.clone(),
        faults: vec![],
        refusal: String::new(),
        names: vec![],
        stamp: Stamp { at: desk.now(), nonce: random_token() }.seal(desk.signing_key()),
        bits: desk.config().forms.proof_of_work_bits,
        most: Most::of(desk.config()).in_words(),
        proposed: proposed(desk).await?,
        groups: groups::groups(desk, typed).await?,
        options: customers::store::has_public_options(desk.db()).await?,
    })
}

/// What we sell with its versions, and the operating systems we know by name.
async fn proposed(desk: &Desk) -> crate::db::Result<Suggestions> {
    let mut out = Suggestions::default();
    let known = products::store::products(desk.db()).await?;
    for product in known.iter().filter(|product| product.archived_at.is_none()).take(MOST_PROPOSED) {
        match product.kind {
            ProductKind::Own => {
                out.products.push(product.name.clone());
                let releases = products::store::releases(desk.db(), product.id).await?;
                let out_there = releases.into_iter().filter(|release| release.channel != Channel::Preview);
                out.versions.extend(out_there.map(|release| release.version).take(MOST_PROPOSED));
            }
            ProductKind::OperatingSystem => {
                let cycles = products::store::cycles(desk.db(), product.id).await?;
                let named = cycles.into_iter().map(|cycle| format!("{} {}", product.name, cycle.name));
                out.systems.extend(named.take(MOST_PROPOSED));
            }
            ProductKind::Runtime => {}
        }
    }
    Ok(out)
}

fn kinds(chosen: &str) -> Vec<Kind> {
    let kind = |kind: CaseKind, label, hint| {
        let value = kind.as_str();
        Kind { value, label, hint, chosen: value == chosen }
    };
    vec![
        kind(CaseKind::Problem, "Problem", "Something does not work"),
        kind(CaseKind::Question, "Question", "How do I…"),
        kind(CaseKind::FeatureRequest, "Feature request", "Something new"),
        kind(CaseKind::Licence, "Licence", "Keys, seats, renewal"),
    ]
}

/// The page again with what was refused, in words; failures of ours get their own page.
fn again(desk: &Desk, error: FormsError, stamp: &str, mut page: FormPage) -> Result<Response> {
    let words = error.to_string();
    let mut retry_after_s = None;
    let status = match error {
        FormsError::Faults(faults) => {
            page.faults = faults;
            // Looking at a field again is not typing anew: the time goes on from the first page.
            page.stamp = if stamp.is_empty() { page.stamp } else { stamp.to_owned() };
            StatusCode::UNPROCESSABLE_ENTITY
        }
        FormsError::TooQuick(wait_s) => {
            page.stamp = stamp.to_owned();
            retry_after_s = Some(wait_s);
            StatusCode::TOO_MANY_REQUESTS
        }
        FormsError::TooMany(wait_s) => {
            page.stamp = if stamp.is_empty() { page.stamp } else { stamp.to_owned() };
            retry_after_s = Some(wait_s);
            StatusCode::TOO_MANY_REQUESTS
        }
        FormsError::Trap | FormsError::Stale | FormsError::Used(_) => StatusCode::UNPROCESSABLE_ENTITY,
        FormsError::Full => StatusCode::SERVICE_UNAVAILABLE,
        other => return Err(other.into()),
    };
    if page.faults.is_empty() {
        page.refusal = words;
    }
    let mut response = shown(desk, status, page.around.embedded, page);
    if let Some(wait_s) = retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    Ok(response)
}

fn answered(desk: &Desk, answer: Answer, typed: &Typed, embedded: bool) -> Response {
    let around = Public { embedded, ..Public::new(desk, "form") };
    let address = typed.address.trim().to_owned();
    let (status, page) = match answer {
        Answer::Opened { case, link } => {
            let number = format!("{}-{case}", desk.config().desk.prefix);
            (StatusCode::CREATED, SentPage { around, number, link: desk.link(&link), address })
        }
        Answer::Held => {
            (StatusCode::ACCEPTED, SentPage { around, number: String::new(), link: String::new(), address })
        }
    };
    let mut response = shown(desk, status, embedded, page);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn shown(desk: &Desk, status: StatusCode, embedded: bool, page: impl Template) -> Response {
    let mut response = (status, Html(page)).into_response();
    if embedded {
        guard::allow_framing(&mut response, &desk.config().forms.embed_origins);
    }
    response
}

/// `GET /support/form.js`: shows the form in a frame, in the place of its own script element.
pub(super) async fn script() -> Result<Response> {
    let script = assets::bytes("embed.js").ok_or_else(|| Error::not_found("such script"))?;
    let mut response = script.into_owned().into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
