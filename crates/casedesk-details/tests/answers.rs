//! The answers of `tests/answers`, and the floors that the reader must keep.
mod score;

use score::{files, grade_all, total};

const LEAST_RIGHT: f64 = 90.0;
const MOST_WRONG: f64 = 2.0;

fn keeps_the_floors(folder: &str) {
    let grades = grade_all(folder);
    let all = total(&grades);
    let faults: Vec<String> =
        grades.iter().flat_map(|grade| grade.faults.iter().map(|fault| format!("{}: {fault}", grade.name))).collect();
    assert!(all.right_share() >= LEAST_RIGHT, "{:.1} % right\n{}", all.right_share(), faults.join("\n"));
    assert!(all.wrong_share() <= MOST_WRONG, "{:.1} % wrong\n{}", all.wrong_share(), faults.join("\n"));
}

#[test]
fn answers_are_read_rightly() {
    keeps_the_floors(".");
}

#[test]
fn answers_held_out_of_the_tuning_are_read_rightly() {
    keeps_the_floors("held-out");
}

#[test]
fn there_are_enough_answers_and_a_third_is_held_out() {
    let (tuned, held_out) = (files(".").len(), files("held-out").len());
    assert!(tuned + held_out >= 150 && held_out * 3 >= tuned + held_out, "{tuned} and {held_out}");
}

#[test]
fn every_proposal_names_a_sentence_of_the_text() {
    for path in files(".").into_iter().chain(files("held-out")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for one in casedesk_details::read(&text, &score::context()) {
            assert!(text[one.source.range.clone()].starts_with(&one.source.text), "{path:?} {one:?}");
            assert!(!one.why.is_empty() && !one.value.is_empty() && !one.as_written.is_empty(), "{path:?} {one:?}");
        }
    }
}
