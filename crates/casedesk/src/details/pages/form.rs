//! `/details/{token}`: the form of an installation's details. It works without scripts; with them it keeps what is typed
//! as it is typed, and takes large files piece by piece.
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::NO_REFERRER;
use crate::cases::actions::keep_files;
use crate::customers::rules::LOG;
use crate::customers::{FieldValue, InstallationRole};
use crate::desk::Desk;
use crate::details::actions::{self, Clash, Typed};
use crate::details::rules::{self, INPUTS, Input, Shape};
use crate::details::store::{self, Answer, Upload};
use crate::details::{DetailsError, FormHolder, Holder, UploadState};
use crate::kit::{Day, prose};
use crate::web::api::{Json, Path};
use crate::web::fields::Fields;
use crate::web::shell::Public;
use crate::web::turbo::see_other;
use crate::web::upload::{self, Most};
use crate::web::{Error, Html, Result};

/// A field as it is shown.
struct Line {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    shape: Shape,
    asked: bool,
    value: String,
    /// What stood in it when it was shown: a field that is sent back like that was not touched.
    was: String,
    version: i64,
    /// Where the value comes from, when it is not the customer's own of this form.
    from: String,
    /// What another page has written meanwhile.
    other: Option<String>,
}

impl Line {
    fn is_role(&self) -> bool {
        self.shape == Shape::Role
    }

    fn is_text(&self) -> bool {
        self.shape == Shape::Text
    }
}

struct File {
    word: String,
    name: String,
    size: String,
    bytes: i64,
    received: i64,
    state: &'static str,
    words: String,
    percent: i64,
}

#[derive(Template)]
#[template(path = "details/form.html")]
struct FormPage {
    around: Public,
    href: String,
    number: String,
    asked: Vec<Line>,
    more: Vec<Line>,
    asks_log: bool,
    files: Vec<File>,
    roles: &'static [InstallationRole],
    done: usize,
    of: usize,
    until: String,
    sent_at: String,
    sent_words: String,
    unsent: bool,
    kept: bool,
    fault: String,
    names: Vec<String>,
    most: String,
    largest: String,
    largest_bytes: i64,
}

impl FormPage {
    fn clashes(&self) -> bool {
        self.asked.iter().any(|line| line.other.is_some()) || self.more_clash()
    }

    fn more_clash(&self) -> bool {
        self.more.iter().any(|line| line.other.is_some())
    }
}

/// What was posted and could not be kept as it is, so that it is shown again.
#[derive(Default)]
struct Again<'a> {
    typed: Option<&'a Fields>,
    clashes: Vec<Clash>,
    fault: String,
    names: Vec<String>,
    kept: bool,
}

async fn page(desk: &Desk, by: &FormHolder, again: Again<'_>) -> Result<FormPage> {
    let holder = &by.holder;
    let request = &holder.request;
    let values = actions::known(desk, holder).await?;
    let answers = store::answers(desk.db(), request.id).await?;
    let uploads = store::uploads(desk.db(), request.id).await?;
    let names: Vec<&str> = request.asked().collect();
    let line = |input: Input| line(input, &names, holder, &values, &answers, &again);
    let (asked, more): (Vec<Line>, Vec<Line>) = INPUTS.into_iter().map(line).partition(|line| line.asked);
    let came = uploads.iter().filter(|one| one.received == one.size).count();
    let (done, of) = rules::progress(&names, &answers, &values, came);
    let settings = &desk.config().details;
    Ok(FormPage {
        around: Public::new(desk, ""),
        href: format!("/details/{}", by.token),
        number: format!("{}-{}", desk.config().desk.prefix, request.case_id),
        asked,
        more,
        asks_log: names.contains(&LOG),
        files: uploads.iter().map(file).collect(),
        roles: InstallationRole::ALL,
        done,
        of,
        until: Day::of(request.expires_at, &desk.config().desk.time_zone).words(),
        sent_at: request.sent_at.map(|at| at.rfc3339()).unwrap_or_default(),
        sent_words: request.sent_at.map(|at| at.in_words()).unwrap_or_default(),
        unsent: answers.iter().any(|answer| answer.version > answer.sent),
        kept: again.kept,
        fault: again.fault,
        names: again.names,
        most: Most::of(desk.config()).in_words(),
        largest: prose::bytes(settings.max_file),
        largest_bytes: settings.max_file,
    })
}

fn line(
    input: Input,
    asked: &[&str],
    holder: &Holder,
    values: &[FieldValue],
    answers: &[Answer],
    again: &Again<'_>,
) -> Line {
    let name = input.field.name();
    let answer = answers.iter().find(|answer| answer.field == name);
    let known = rules::known(values, input.field);
    let was = match (answer, known) {
        (Some(answer), _) => answer.value.clone(),
        (None, Some(known)) => known.value.clone(),
        (None, None) => String::new(),
    };
    let from = known.filter(|known| answer.is_none_or(|answer| answer.value != known.value)).map(|known| {
        let day = Day::of(known.at, "UTC").words();
        match answer {
            Some(_) => format!("We have “{}”, {} of {day}.", known.value, rules::told_from(known, holder.contact.id)),
            None => format!("As we have it, {} of {day}.", rules::told_from(known, holder.contact.id)),
        }
    });
    let clash = again.clashes.iter().find(|clash| clash.field == input.field);
    let typed = again.typed.filter(|_| clash.is_some() || !again.fault.is_empty());
    Line {
        name,
        label: input.label,
        hint: input.hint,
        shape: input.shape,
        asked: asked.contains(&name),
        value: typed.map_or_else(|| was.clone(), |typed| typed.one(name).to_owned()),
        was,
        version: answer.map_or(0, |answer| answer.version),
        from: from.unwrap_or_default(),
        other: clash.map(|clash| clash.value.clone()),
    }
}

fn file(upload: &Upload) -> File {
    let percent = upload.received * 100 / upload.size.max(1);
    let (state, words) = match upload.state {
        UploadState::Kept => ("kept", "arrived".to_owned()),
        UploadState::Whole => ("whole", "arrived, is being looked at".to_owned()),
        UploadState::Coming => ("coming", format!("{percent} % here; choose the same file again to go on")),
    };
    File {
        word: upload.word.clone(),
        name: upload.name.clone(),
        size: prose::bytes(upload.size),
        bytes: upload.size,
        received: upload.received,
        state,
        words,
        percent,
    }
}

/// A page whose address is its key: kept by nobody, told to nobody.
fn private(status: StatusCode, page: FormPage) -> Response {
    let headers = AppendHeaders([NO_REFERRER, (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    (status, headers, Html(page)).into_response()
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    kept: String,
}

/// `GET /details/{token}`: changes nothing, since programs that read mail follow every link.
pub(super) async fn show(
    State(desk): State<Desk>,
    by: FormHolder,
    axum::extract::Query(asked): axum::extract::Query<Asked>,
) -> Result<Response> {
    let again = Again { kept: asked.kept == "1", ..Again::default() };
    Ok(private(StatusCode::OK, page(&desk, &by, again).await?))
}

/// `POST /details/{token}`: keeps what was typed; with `do=send` it goes to the case as well.
pub(super) async fn send(State(desk): State<Desk>, by: FormHolder, request: Request) -> Result<Response> {
    let sent = upload::read(request, &desk, Most::of(desk.config())).await?;
    let href = format!("/details/{}", by.token);
    let mut again = Again { typed: Some(&sent.fields), names: sent.names.clone(), ..Again::default() };
    if sent.too_much {
        again.fault = format!("Files sent with the form have at most {}.", Most::of(desk.config()).in_words());
        return Ok(private(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, &by, again).await?));
    }
    match actions::keep_typed(&desk, &by.holder, touched(&sent.fields)).await {
        Ok(clashes) if clashes.is_empty() => {}
        Ok(clashes) => {
            again.clashes = clashes;
            return Ok(private(StatusCode::CONFLICT, page(&desk, &by, again).await?));
        }
        Err(error @ DetailsError::TooLong(..)) => {
            again.fault = error.to_string();
            return Ok(private(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, &by, again).await?));
        }
        Err(error) => return Err(error.into()),
    }
    let files = keep_files(&desk, sent.files).await.map_err(DetailsError::from)?;
    if sent.fields.one("do") == "send" {
        actions::send(&desk, &by.holder, files, &by.client).await?;
        return Ok(quiet(see_other(&href)));
    }
    actions::send_files(&desk, &by.holder, files, &by.client).await?;
    Ok(quiet(see_other(&format!("{href}?kept=1"))))
}

fn quiet(response: Response) -> Response {
    (AppendHeaders([NO_REFERRER]), response).into_response()
}

/// The fields that are not as they were shown.
fn touched(fields: &Fields) -> Vec<Typed> {
    let one = |input: Input| {
        let name = input.field.name();
        let value = fields.all(name).next()?;
        let seen = fields.one(&format!("at-{name}")).parse().unwrap_or(0);
        let was = fields.one(&format!("was-{name}"));
        (value.trim() != was).then(|| Typed { input, value: value.to_owned(), seen })
    };
    INPUTS.into_iter().filter_map(one).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnswer {
    value: String,
    /// The version that the page has seen; 0: none.
    version: i64,
}

#[derive(Serialize)]
struct Kept {
    version: i64,
    done: usize,
    of: usize,
}

/// `PUT /details/{token}/fields/{field}`: 409 with the other value, when another page has changed it meanwhile.
pub(super) async fn keep(
    State(desk): State<Desk>,
    by: FormHolder,
    Path((_, field)): Path<(String, String)>,
    Json(new): Json<NewAnswer>,
) -> Result<Response> {
    let input = rules::input_named(&field).ok_or_else(|| Error::not_found("such field"))?;
    let typed = Typed { input, value: new.value, seen: new.version };
    let version = actions::keep_field(&desk, &by.holder, &typed).await?;
    let values = actions::known(&desk, &by.holder).await?;
    let answers = store::answers(desk.db(), by.holder.request.id).await?;
    let uploads = store::uploads(desk.db(), by.holder.request.id).await?;
    let came = uploads.iter().filter(|one| one.received == one.size).count();
    let asked: Vec<&str> = by.holder.request.asked().collect();
    let (done, of) = rules::progress(&asked, &answers, &values, came);
    Ok(quiet(Json(Kept { version, done, of }).into_response()))
}
