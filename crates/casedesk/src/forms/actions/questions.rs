//! What the form asks besides, for one product.
use crate::db::Tx;
use crate::desk::Desk;
use crate::forms::rules::questions as rules;
use crate::forms::{FormsError, QuestionDraft, QuestionId, store};
use crate::products::{self, ProductId, ProductKind};
use crate::staff::actions::audit;
use crate::staff::{Audit, Viewer};

/// Adds a question behind the others of a product of ours.
pub async fn add_question(
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    draft: &QuestionDraft,
) -> Result<QuestionId, FormsError> {
    let draft = rules::checked(draft)?;
    let mut tx = desk.db().begin().await?;
    tx.lock("forms.questions").await?;
    let known = products::store::product(&mut tx, product).await?;
    known.filter(|product| product.kind == ProductKind::Own).ok_or(FormsError::NoProduct)?;
    let (of_product, of_all) = store::count_questions(&mut tx, product).await?;
    if usize::try_from(of_product).is_ok_and(|count| count >= rules::MOST) || of_all >= store::MOST_QUESTIONS {
        return Err(FormsError::TooManyQuestions);
    }
    let id = store::insert_question(&mut tx, product, &draft, desk.now()).await?;
    note(&mut tx, desk, by, "forms.question_added", id).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_question(
    desk: &Desk,
    by: &Viewer,
    id: QuestionId,
    draft: &QuestionDraft,
) -> Result<(), FormsError> {
    let draft = rules::checked(draft)?;
    let mut tx = desk.db().begin().await?;
    if store::update_question(&mut tx, id, &draft).await? == 0 {
        return Err(FormsError::NoQuestion);
    }
    note(&mut tx, desk, by, "forms.question_changed", id).await?;
    Ok(tx.commit().await?)
}

/// Asks it no longer. What was answered stays with its words.
pub async fn remove_question(desk: &Desk, by: &Viewer, id: QuestionId) -> Result<(), FormsError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_question(&mut tx, id).await? == 0 {
        return Err(FormsError::NoQuestion);
    }
    note(&mut tx, desk, by, "forms.question_removed", id).await?;
    Ok(tx.commit().await?)
}

async fn note(tx: &mut Tx, desk: &Desk, by: &Viewer, action: &'static str, id: QuestionId) -> Result<(), FormsError> {
    audit(tx, &Audit::by(desk.now(), by, action).on("form_question", id.0)).await?;
    Ok(())
}
