//! Quotes over the API.
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::actions::{self, Answered};
use super::rules::{self, money};
use super::store::{self, QuoteRow, Wanted};
use super::{AnswerDoor, Approver, Line, QuoteAnswer, QuoteId, QuoteLine, QuoteOrder, QuoteState, QuotesError, Terms};
use crate::cases::{CaseId, EntryId};
use crate::customers::ContactId;
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::staff::{AgentId, Reader, Viewer, Worker};
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;
use crate::web::{Result, disposition};

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_quotes))
        .routes(routes!(draft_quote))
        .routes(routes!(get_quote, change_quote))
        .routes(routes!(get_quote_paper))
        .routes(routes!(submit_quote))
        .routes(routes!(approve_quote))
        .routes(routes!(send_quote_back))
        .routes(routes!(send_quote))
        .routes(routes!(withdraw_quote))
        .routes(routes!(draft_quote_version))
        .routes(routes!(record_quote_answer))
        .routes(routes!(settle_quote_reading))
}

/// A version of a quote.
#[derive(Serialize, ToSchema)]
struct QuoteFields {
    id: QuoteId,
    /// As `Q-12`; from the second version on with it.
    key: String,
    /// The id of the first version.
    series_id: QuoteId,
    version: i64,
    state: QuoteState,
    case_id: CaseId,
    title: String,
    /// ISO 4217.
    currency: String,
    /// In the smallest unit of the currency.
    total_minor: i64,
    /// The last day on which it can be accepted, in the desk's time zone.
    valid_until: Day,
    contact_id: Option<ContactId>,
    /// Who it goes to; empty: not chosen yet.
    to: String,
    drafted_by: AgentId,
    /// Who wrote on it last.
    edited_by: AgentId,
    approved_by: Option<AgentId>,
    created_at: Timestamp,
    updated_at: Timestamp,
    approved_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    decided_at: Option<Timestamp>,
    /// Who accepted or declined it, as they wrote it.
    decided_by: String,
    decided_how: Option<AnswerDoor>,
    /// The agent who wrote the answer down.
    recorded_by: Option<AgentId>,
    reason: String,
    /// What a mail on the case seems to answer, until an agent has settled it.
    read_as: Option<QuoteAnswer>,
    read_entry_id: Option<EntryId>,
}

fn fields(desk: &Desk, row: QuoteRow) -> QuoteFields {
    QuoteFields {
        key: actions::key(desk, &row),
        case_id: row.shown_on(),
        id: row.id,
        series_id: row.series_id,
        version: row.version,
        state: row.state,
        title: row.title,
        currency: row.currency,
        total_minor: row.total_minor,
        valid_until: row.valid_until,
        contact_id: row.contact_id,
        to: row.to_address,
        drafted_by: row.drafted_by,
        edited_by: row.edited_by,
        approved_by: row.approved_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        approved_at: row.approved_at,
        sent_at: row.sent_at,
        decided_at: row.decided_at,
        decided_by: row.decided_by,
        decided_how: row.decided_how,
        recorded_by: row.recorded_by,
        reason: row.reason,
        read_as: row.read_as,
        read_entry_id: row.read_entry_id,
    }
}

#[derive(Serialize, ToSchema)]
struct QuoteInFull {
    #[serde(flatten)]
    quote: QuoteFields,
    lines: Vec<QuoteLine>,
    text: String,
    vat_note: String,
    /// Letters that the paper has no shape for; empty: it has all.
    unwritable: String,
}

async fn in_full(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<Json<QuoteInFull>> {
    let row = actions::visible(desk, by, id).await?;
    let lines = store::lines(desk.db(), id).await?;
    let unwritable = super::pages::unwritable(&row, &lines);
    Ok(Json(QuoteInFull {
        lines: lines.iter().map(wire_line).collect(),
        text: row.text.clone(),
        vat_note: row.vat_note.clone(),
        unwritable,
        quote: fields(desk, row),
    }))
}

fn wire_line(line: &Line) -> QuoteLine {
    QuoteLine {
        description: line.description.clone(),
        quantity: money::quantity(line.quantity_milli),
        unit_price_minor: line.unit_price_minor,
        total_minor: money::line_total(line.quantity_milli, line.unit_price_minor).unwrap_or_default(),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AskedQuotes {
    /// Only those on this case and on what is merged into it.
    case: Option<CaseId>,
    state: Option<QuoteState>,
    /// The `next` of the page before.
    before: Option<QuoteId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct QuotesPage {
    quotes: Vec<QuoteFields>,
    /// Give it as `before` to get the next page. `null`: this is the last one.
    next: Option<QuoteId>,
}

/// List quotes, newest first.
#[utoipa::path(get, path = "/quotes", tag = "quotes", responses((status = 200, body = QuotesPage)))]
async fn list_quotes(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<AskedQuotes>,
) -> Result<Json<QuotesPage>> {
    let limit = limit(asked.limit)?;
    let wanted = Wanted { states: asked.state.into_iter().collect(), case: asked.case, before: asked.before };
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let page = (one_more, 0);
    let mut rows = store::quotes(desk.db(), &wanted, QuoteOrder::Newest, &by.hidden_teams, page).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(Json(QuotesPage { quotes: rows.into_iter().map(|row| fields(&desk, row)).collect(), next }))
}

/// What a quote says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuoteTerms {
    /// The case's subject when it is not given.
    title: Option<String>,
    /// The address of somebody who takes part in the case; its requester when it is not given.
    to: Option<String>,
    /// ISO 4217; that of the settings when it is not given.
    currency: Option<String>,
    /// The last day on which it can be accepted; `quotes.valid_days` from today when it is not given.
    valid_until: Option<Day>,
    #[serde(default)]
    lines: Vec<QuoteLine>,
    /// What it includes, as plain text.
    #[serde(default)]
    text: String,
    /// That of the settings when it is not given.
    vat_note: Option<String>,
}

impl QuoteTerms {
    /// With what is not given as it was.
    fn over(self, usual: Terms) -> Result<Terms, QuotesError> {
        let line = |line: QuoteLine| {
            Ok(Line {
                description: line.description,
                quantity_milli: money::parse_quantity(&line.quantity)?,
                unit_price_minor: line.unit_price_minor,
            })
        };
        Ok(Terms {
            title: self.title.unwrap_or(usual.title),
            to: self.to.unwrap_or(usual.to),
            currency: self.currency.map_or(usual.currency, |code| code.to_uppercase()),
            valid_until: self.valid_until.unwrap_or(usual.valid_until),
            lines: self.lines.into_iter().map(line).collect::<Result<_, QuotesError>>()?,
            text: self.text,
            vat_note: self.vat_note.unwrap_or(usual.vat_note),
        })
    }
}

/// Draft a quote for a case, which waits on sales from then on.
#[utoipa::path(post, path = "/cases/{id}/quotes", tag = "quotes", params(("id" = CaseId, Path)),
    responses((status = 201, body = QuoteInFull)))]
async fn draft_quote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(case): Path<CaseId>,
    Json(new): Json<QuoteTerms>,
) -> Result<(StatusCode, Json<QuoteInFull>)> {
    let terms = new.over(actions::begun_with(&desk, &by, case).await?)?;
    let id = actions::draft(&desk, &by, case, terms).await?;
    Ok((StatusCode::CREATED, in_full(&desk, &by, id).await?))
}

/// Get a version of a quote with its lines.
#[utoipa::path(get, path = "/quotes/{id}", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn get_quote(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<QuoteId>) -> Result<Json<QuoteInFull>> {
    in_full(&desk, &by, id).await
}

/// Change a draft. The lines and the text that are sent take the place of those that are there.
#[utoipa::path(put, path = "/quotes/{id}", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn change_quote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
    Json(new): Json<QuoteTerms>,
) -> Result<Json<QuoteInFull>> {
    let row = actions::visible(&desk, &by, id).await?;
    let terms = new.over(super::pages::terms(&row, vec![]))?;
    actions::edit(&desk, &by, id, terms).await?;
    in_full(&desk, &by, id).await
}

/// Get the paper of a quote, as it was sent or would be sent today.
#[utoipa::path(get, path = "/quotes/{id}/paper", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
async fn get_quote_paper(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<QuoteId>) -> Result<Response> {
    let row = actions::visible(&desk, &by, id).await?;
    Ok(paper(&desk, &row, actions::paper(&desk, &row).await?))
}

/// The paper as a download.
pub fn paper(desk: &Desk, row: &QuoteRow, bytes: bytes::Bytes) -> Response {
    let name = rules::file_name(&desk.config().quotes.prefix, row.series_id.0, row.version);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, disposition::header(false, &name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    (headers, bytes).into_response()
}

/// Ask sales to approve a draft.
#[utoipa::path(post, path = "/quotes/{id}/submission", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn submit_quote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Json<QuoteInFull>> {
    actions::submit(&desk, &by, id).await?;
    in_full(&desk, &by, id).await
}

/// Approve a quote, as a member of the team that the settings name or as an administrator.
#[utoipa::path(post, path = "/quotes/{id}/approval", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn approve_quote(
    State(desk): State<Desk>,
    Approver(by): Approver,
    Path(id): Path<QuoteId>,
) -> Result<Json<QuoteInFull>> {
    actions::approve(&desk, &by, id, None).await?;
    in_full(&desk, &by, id).await
}

/// Make a quote that waits for approval, or has it, a draft again.
#[utoipa::path(post, path = "/quotes/{id}/return", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn send_quote_back(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Json<QuoteInFull>> {
    actions::send_back(&desk, &by, id).await?;
    in_full(&desk, &by, id).await
}

/// Send an approved quote to the customer, or send it again.
#[utoipa::path(post, path = "/quotes/{id}/sending", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn send_quote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Json<QuoteInFull>> {
    actions::send(&desk, &by, id).await?;
    in_full(&desk, &by, id).await
}

/// Take a quote back.
#[utoipa::path(post, path = "/quotes/{id}/withdrawal", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn withdraw_quote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Json<QuoteInFull>> {
    actions::withdraw(&desk, &by, id).await?;
    in_full(&desk, &by, id).await
}

/// Draft another version of a quote. The older one holds until the newer is sent.
#[utoipa::path(post, path = "/quotes/{id}/versions", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 201, body = QuoteInFull)))]
async fn draft_quote_version(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<(StatusCode, Json<QuoteInFull>)> {
    let id = actions::new_version(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, in_full(&desk, &by, id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordedAnswer {
    answer: QuoteAnswer,
    /// Who said so; needed for a yes.
    #[serde(default)]
    name: String,
    #[serde(default)]
    reason: String,
}

/// Write down what the customer has answered elsewhere.
#[utoipa::path(post, path = "/quotes/{id}/answer", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn record_quote_answer(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
    Json(new): Json<RecordedAnswer>,
) -> Result<Json<QuoteInFull>> {
    let answered = Answered { answer: new.answer, name: new.name, reason: new.reason };
    actions::record(&desk, &by, id, answered).await?;
    in_full(&desk, &by, id).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettledReading {
    /// `true`: the mail answers the quote as it was read. `false`: it does not answer it.
    right: bool,
}

/// Settle whether a mail answers a quote as it was read.
#[utoipa::path(post, path = "/quotes/{id}/reading", tag = "quotes", params(("id" = QuoteId, Path)),
    responses((status = 200, body = QuoteInFull)))]
async fn settle_quote_reading(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
    Json(settled): Json<SettledReading>,
) -> Result<Json<QuoteInFull>> {
    actions::settle_reading(&desk, &by, id, settled.right).await?;
    in_full(&desk, &by, id).await
}
