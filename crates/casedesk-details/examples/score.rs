//! `cargo run -p casedesk-details --example score [-- --faults]`: how much of the answers in `tests/answers` is read rightly.
#[path = "../tests/score/mod.rs"]
mod score;

use std::collections::BTreeMap;

fn main() {
    let faults = std::env::args().any(|word| word == "--faults");
    let only = std::env::args().skip_while(|word| word != "--of").nth(1);
    for (title, folder) in [("answers", "."), ("answers held out of the tuning", "held-out")] {
        if only.as_ref().is_some_and(|only| only != folder) {
            continue;
        }
        let grades = score::grade_all(folder);
        println!("{title}: {}", grades.len());
        println!("{:<20} {:>8} {:>6} {:>15} {:>6}", "field", "expected", "right", "unsure/missing", "wrong");
        let mut fields: BTreeMap<&str, score::Score> = BTreeMap::new();
        for (field, one) in grades.iter().flat_map(|grade| &grade.fields) {
            fields.entry(field).or_default().add(one);
        }
        fields.insert("~ all", score::total(&grades));
        for (field, one) in &fields {
            println!("{field:<20} {:>8} {:>6} {:>15} {:>6}", one.expected(), one.right, one.missing, one.wrong);
        }
        let all = score::total(&grades);
        println!("right {:.1} %, wrong {:.1} %\n", all.right_share(), all.wrong_share());
        for grade in grades.iter().filter(|grade| faults && !grade.faults.is_empty()) {
            println!("{}", grade.name);
            grade.faults.iter().for_each(|fault| println!("    {fault}"));
        }
    }
}
