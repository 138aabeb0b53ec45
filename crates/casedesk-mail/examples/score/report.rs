//! Counting, printing, and the floors below which a change is refused.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The measures, in the order of the table.
pub(crate) const MEASURES: [&str; 4] = ["survive", "fields", "reply", "bounces"];

#[derive(Default, Clone, Copy)]
struct Count {
    ok: usize,
    of: usize,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Report {
    counts: BTreeMap<String, BTreeMap<&'static str, Count>>,
    failures: Vec<String>,
    /// Mail of people that was taken for a bounce: none may be.
    false_bounces: usize,
}

impl Report {
    /// Counts one check; `detail` is asked only when it failed.
    pub(crate) fn count(&mut self, source: &str, measure: &'static str, ok: bool, detail: impl FnOnce() -> String) {
        let count = self.counts.entry(source.to_owned()).or_default().entry(measure).or_default();
        count.of += 1;
        count.ok += usize::from(ok);
        if !ok {
            self.failures.push(format!("{source} {measure}: {}", detail()));
        }
    }

    pub(crate) fn false_bounce(&mut self) {
        self.false_bounces += 1;
    }

    pub(crate) fn print_failures(&self) {
        for failure in &self.failures {
            println!("{failure}");
        }
    }

    pub(crate) fn json(&self) -> Value {
        let mut out = Map::new();
        for (source, measures) in &self.counts {
            let counts: Map<String, Value> = measures
                .iter()
                .map(|(measure, count)| ((*measure).to_owned(), json!({"ok": count.ok, "of": count.of})))
                .collect();
            out.insert(source.clone(), Value::Object(counts));
        }
        Value::Object(out)
    }

    pub(crate) fn print_table(&self) {
        print!("{:<28}", "corpus");
        for measure in MEASURES {
            print!("{measure:>18}");
        }
        println!();
        for (source, measures) in &self.counts {
            print!("{source:<28}");
            for measure in MEASURES {
                let cell = measures.get(measure).map_or_else(
                    || "-".to_owned(),
                    |count| format!("{}/{} {:.1} %", count.ok, count.of, percent(*count)),
                );
                print!("{cell:>18}");
            }
            println!();
        }
    }

    /// Whether every corpus reaches what is promised; prints those that do not.
    pub(crate) fn reaches_floors(&self) -> bool {
        let mut reached = self.false_bounces == 0;
        if !reached {
            eprintln!("{} mails that are no bounce were taken for one", self.false_bounces);
        }
        for (source, measures) in &self.counts {
            for (measure, count) in measures {
                let floor = floor(source, measure);
                if percent(*count) < floor {
                    eprintln!("{source}: {measure} is {:.1} %, the floor is {floor} %", percent(*count));
                    reached = false;
                }
            }
        }
        reached
    }
}

fn percent(count: Count) -> f64 {
    let as_float = |number: usize| u32::try_from(number).map_or(0.0, f64::from);
    100.0 * as_float(count.ok) / as_float(count.of.max(1))
}

fn floor(source: &str, measure: &str) -> f64 {
    match (measure, source) {
        ("survive", _) => 100.0,
        ("fields", _) => 97.0,
        ("reply", "email_reply_trimmer") => 90.0,
        ("reply", _) => 85.0,
        _ => 95.0,
    }
}
