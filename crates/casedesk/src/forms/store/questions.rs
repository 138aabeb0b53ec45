//! Questions of one product.
use crate::db::{Query, Read, Result, Tx};
use crate::forms::{FormQuestion, QuestionDraft, QuestionId, QuestionKind};
use crate::kit::Timestamp;
use crate::products::ProductId;
use crate::q;

/// How many questions all products together can have.
pub const MOST_QUESTIONS: i64 = 500;

#[derive(sqlx::FromRow)]
struct Row {
    id: QuestionId,
    product_id: ProductId,
    label: String,
    kind: QuestionKind,
    choices: String,
    required: bool,
    detail: Option<String>,
}

impl From<Row> for FormQuestion {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            product_id: row.product_id,
            label: row.label,
            kind: row.kind,
            choices: row.choices.lines().map(str::to_owned).collect(),
            required: row.required,
            detail: row.detail,
        }
    }
}

const COLUMNS: &str = "SELECT id, product_id, label, kind, choices, required, detail FROM form_questions ";

/// All questions, as the form asks them: product by product.
pub async fn questions(on: impl Read) -> Result<Vec<FormQuestion>> {
    let query = Query::new(COLUMNS).push("ORDER BY product_id, position, id LIMIT ").bind(MOST_QUESTIONS);
    let rows: Vec<Row> = on.all(query).await?;
    Ok(rows.into_iter().map(FormQuestion::from).collect())
}

pub async fn question(on: impl Read, id: QuestionId) -> Result<Option<FormQuestion>> {
    let row: Option<Row> = on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await?;
    Ok(row.map(FormQuestion::from))
}

/// How many there are, of this product and of all.
pub async fn count_questions(on: impl Read, product: ProductId) -> Result<(i64, i64)> {
    on.one(q!(
        "SELECT COALESCE(SUM(CASE WHEN product_id = $1 THEN 1 ELSE 0 END), 0), COUNT(*) FROM form_questions",
        product
    ))
    .await
}

/// Adds a question behind the others of its product.
pub async fn insert_question(
    tx: &mut Tx,
    product: ProductId,
    draft: &QuestionDraft,
    now: Timestamp,
) -> Result<QuestionId> {
    let id = tx
        .insert(q!(
            "INSERT INTO form_questions (product_id, label, kind, choices, required, detail, position, created_at)
             SELECT $1, $2, $3, $4, $5, $6, COALESCE(MAX(position), 0) + 1, $7 FROM form_questions WHERE product_id = $1
             RETURNING id",
            product,
            &draft.label,
            draft.kind,
            draft.choices.join("\n"),
            draft.required,
            draft.detail.as_deref(),
            now
        ))
        .await?;
    Ok(QuestionId(id))
}

pub async fn update_question(tx: &mut Tx, id: QuestionId, draft: &QuestionDraft) -> Result<u64> {
    tx.exec(q!(
        "UPDATE form_questions SET label = $2, kind = $3, choices = $4, required = $5, detail = $6 WHERE id = $1",
        id,
        &draft.label,
        draft.kind,
        draft.choices.join("\n"),
        draft.required,
        draft.detail.as_deref()
    ))
    .await
}

pub async fn delete_question(tx: &mut Tx, id: QuestionId) -> Result<u64> {
    tx.exec(q!("DELETE FROM form_questions WHERE id = $1", id)).await
}
