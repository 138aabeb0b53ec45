//! Questions of one product: what may be asked, and which answers fit. Pure.
use casedesk_details::Field;

use super::MOST_LINE;
use crate::forms::{Answered, Fault, FormQuestion, FormsError, QuestionDraft, QuestionKind, Typed};
use crate::products::ProductId;

/// How many questions a product can have, and choices one of them.
pub const MOST: usize = 20;
const MOST_CHOICES: usize = 50;
/// The longest number, in characters.
const MOST_DIGITS: usize = 20;

/// A question that can be asked.
pub fn checked(draft: &QuestionDraft) -> Result<QuestionDraft, FormsError> {
    let label = line(&draft.label);
    if label.is_empty() || label.chars().count() > MOST_LINE {
        return Err(FormsError::BadQuestion("Write the question in 1 to 200 characters."));
    }
    let mut choices: Vec<String> = Vec::new();
    for choice in draft.choices.iter().map(|choice| line(choice)).filter(|choice| !choice.is_empty()) {
        if choice.chars().count() > MOST_LINE {
            return Err(FormsError::BadQuestion("Keep each choice under 200 characters."));
        }
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    let is_choice = draft.kind == QuestionKind::Choice;
    if is_choice && !(2..=MOST_CHOICES).contains(&choices.len()) {
        return Err(FormsError::BadQuestion("Give 2 to 50 choices, a line each."));
    }
    if let Some(detail) = &draft.detail
        && Field::from_name(detail).is_none()
    {
        return Err(FormsError::BadQuestion("There is no such detail of an installation."));
    }
    Ok(QuestionDraft {
        label,
        kind: draft.kind,
        choices: if is_choice { choices } else { vec![] },
        required: draft.required,
        detail: draft.detail.clone(),
    })
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads the answers to the questions of the product that was named; of another product's none is asked for, but what
/// was answered is kept. Answers to questions that there are none of are left out.
pub fn answers(
    typed: &Typed,
    questions: &[FormQuestion],
    product: Option<ProductId>,
) -> Result<Vec<Answered>, Vec<Fault>> {
    let (mut answers, mut faults) = (Vec::new(), Vec::new());
    for question in questions {
        let given = typed.answers.iter().find(|one| one.question == question.id);
        let given = given.map(|one| line(&one.value)).unwrap_or_default();
        let mut fault = |words: &str| faults.push(Fault { field: question.name().into(), words: words.to_owned() });
        if given.is_empty() {
            if question.required && Some(question.product_id) == product {
                fault("Please answer this.");
            }
            continue;
        }
        match fitting(question, &given) {
            Ok(value) => answers.push(Answered {
                question: question.id,
                label: question.label.clone(),
                value,
                detail: question.detail.clone(),
            }),
            Err(words) => fault(words),
        }
    }
    if faults.is_empty() { Ok(answers) } else { Err(faults) }
}

fn fitting(question: &FormQuestion, given: &str) -> Result<String, &'static str> {
    match question.kind {
        QuestionKind::Text if given.chars().count() > MOST_LINE => Err("Please keep it under 200 characters."),
        QuestionKind::Text => Ok(given.to_owned()),
        QuestionKind::Choice => {
            let found = question.choices.iter().find(|choice| *choice == given);
            found.cloned().ok_or("Please choose one of the answers.")
        }
        QuestionKind::Number => {
            let digits = given.strip_prefix('-').unwrap_or(given);
            let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
            let number = plain && digits.len() <= MOST_DIGITS && given.parse::<f64>().is_ok();
            if number { Ok(given.to_owned()) } else { Err("Please give a number, such as 12 or 0.5.") }
        }
        QuestionKind::YesNo => match given {
            "yes" | "no" => Ok(given.to_owned()),
            _ => Err("Please choose yes or no."),
        },
    }
}

/// The only product whose questions were answered: the one that somebody means who names none.
pub fn meant(typed: &Typed, questions: &[FormQuestion]) -> Option<ProductId> {
    let answered = |question: &&FormQuestion| {
        typed.answers.iter().any(|one| one.question == question.id && !one.value.trim().is_empty())
    };
    let mut products = questions.iter().filter(answered).map(|question| question.product_id);
    let first = products.next()?;
    products.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::QuestionId;

    fn question(id: i64, kind: QuestionKind, required: bool) -> FormQuestion {
        FormQuestion {
            id: QuestionId(id),
            product_id: ProductId(1),
            label: format!("Question {id}"),
            kind,
            choices: vec!["one".into(), "two".into()],
            required,
            detail: None,
        }
    }

    fn typed(answers: &[(i64, &str)]) -> Typed {
        let answer = |(id, value): &(i64, &str)| Answered::given(QuestionId(*id), (*value).to_owned());
        Typed { answers: answers.iter().map(answer).collect(), ..Typed::default() }
    }

    #[test]
    fn an_answer_fits_the_kind_of_its_question() {
        use QuestionKind as K;
        for (kind, value, fits) in [
            (K::Text, "behind <b>two</b> proxies", true),
            (K::Choice, "two", true),
            (K::Choice, "three", false),
            (K::Number, "-12.5", true),
            (K::Number, "1e9", false),
            (K::Number, "1.2.3", false),
            (K::Number, "inf", false),
            (K::YesNo, "yes", true),
            (K::YesNo, "maybe", false),
        ] {
            let read = answers(&typed(&[(7, value)]), &[question(7, kind, false)], None);
            assert_eq!(read.is_ok(), fits, "{value}: {read:?}");
        }
        let long = "x".repeat(201);
        assert!(answers(&typed(&[(7, &long)]), &[question(7, K::Text, false)], None).is_err());
    }

    #[test]
    fn what_is_required_is_asked_of_the_product_that_was_named_alone() {
        let one = [question(7, QuestionKind::Text, true)];
        let faults = answers(&typed(&[]), &one, Some(ProductId(1))).unwrap_err();
        assert_eq!((&*faults[0].field, faults[0].words.as_str()), ("q-7", "Please answer this."));
        assert!(answers(&typed(&[]), &one, Some(ProductId(2))).unwrap().is_empty());
        let read = answers(&typed(&[(7, " a \n b "), (99, "x")]), &one, None).unwrap();
        assert_eq!((read.len(), read[0].label.as_str(), read[0].value.as_str()), (1, "Question 7", "a b"));
        assert_eq!(meant(&typed(&[(7, "a")]), &one), Some(ProductId(1)));
        let other = FormQuestion { product_id: ProductId(2), ..question(8, QuestionKind::Text, false) };
        assert_eq!(meant(&typed(&[(7, "a"), (8, "b")]), &[one[0].clone(), other]), None);
    }

    #[test]
    fn a_question_is_kept_in_one_form() {
        let draft = QuestionDraft {
            label: " Which  store? ".into(),
            kind: QuestionKind::Choice,
            choices: vec![" S3 ".into(), "S3".into(), String::new(), "Azure".into()],
            required: false,
            detail: Some("integrations".into()),
        };
        let kept = checked(&draft).unwrap();
        assert_eq!(
            (kept.label.as_str(), kept.choices.as_slice()),
            ("Which store?", &["S3".into(), "Azure".into()][..])
        );
        assert!(checked(&QuestionDraft { choices: vec!["S3".into()], ..draft.clone() }).is_err());
        assert!(checked(&QuestionDraft { detail: Some("colour".into()), ..draft.clone() }).is_err());
        assert!(checked(&QuestionDraft { label: " ".into(), ..draft }).is_err());
    }
}
