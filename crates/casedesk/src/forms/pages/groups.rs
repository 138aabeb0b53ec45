//! The questions of the form, product by product: those of the product that was named alone, or else all.
use crate::db::Result;
use crate::desk::Desk;
use crate::forms::{FormQuestion, QuestionKind, Typed, store};
use crate::products;

/// What is asked for one product.
pub(super) struct Group {
    pub(super) product: String,
    /// It is asked for at once; one of several is unfolded first.
    pub(super) open: bool,
    pub(super) questions: Vec<Asked>,
}

/// A question as the page shows it.
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: QuestionKind,
    /// Value, words, and whether it is the answer.
    pub(super) choices: Vec<(String, String, bool)>,
    pub(super) required: bool,
    pub(super) value: String,
}

pub(super) async fn groups(desk: &Desk, typed: &Typed) -> Result<Vec<Group>> {
    let questions = store::questions(desk.db()).await?;
    if questions.is_empty() {
        return Ok(vec![]);
    }
    let named = match typed.product.trim() {
        "" => None,
        name => products::store::product_by_name(desk.db(), name).await?,
    };
    let all = products::store::products(desk.db()).await?;
    let mut groups = Vec::new();
    for product in all.into_iter().filter(products::Product::is_public) {
        let of_it = |question: &&FormQuestion| question.product_id == product.id;
        let asked: Vec<Asked> = questions.iter().filter(of_it).map(|question| asked(question, typed)).collect();
        let meant = named.as_ref().is_none_or(|named| named.id == product.id);
        let answered = asked.iter().any(|one| !one.value.is_empty());
        if !asked.is_empty() && (meant || answered) {
            groups.push(Group { product: product.name, open: named.is_some() || answered, questions: asked });
        }
    }
    if let [only] = groups.as_mut_slice() {
        only.open = true;
    }
    Ok(groups)
}

fn asked(question: &FormQuestion, typed: &Typed) -> Asked {
    let given = typed.answers.iter().find(|one| one.question == question.id);
    let value = given.map(|one| one.value.clone()).unwrap_or_default();
    let choices: Vec<(&str, &str)> = match question.kind {
        QuestionKind::YesNo => vec![("yes", "Yes"), ("no", "No")],
        _ => question.choices.iter().map(|choice| (choice.as_str(), choice.as_str())).collect(),
    };
    let shown = |(choice, words): (&str, &str)| (choice.to_owned(), words.to_owned(), choice == value);
    Asked {
        name: question.name(),
        label: question.label.clone(),
        kind: question.kind,
        choices: choices.into_iter().map(shown).collect(),
        required: question.required,
        value: value.clone(),
    }
}
