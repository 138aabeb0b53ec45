//! The figures, beside what they should be.
use std::path::Path;

use serde_json::json;

#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    name: String,
    figure: f64,
    unit: &'static str,
    target: Target,
}

#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    None,
}

impl Target {
    fn words(self) -> String {
        match self {
            Self::AtMost(limit) => format!("≤ {limit}"),
            Self::AtLeast(limit) => format!("≥ {limit}"),
            Self::None => String::new(),
        }
    }

    fn verdict(self, figure: f64) -> &'static str {
        match self {
            Self::AtMost(limit) if figure > limit => "MISSED",
            Self::AtLeast(limit) if figure < limit => "MISSED",
            Self::None => "",
            _ => "ok",
        }
    }
}

impl Table {
    pub(crate) fn add(&mut self, name: impl Into<String>, figure: f64, unit: &'static str, target: Target) {
        let name = name.into();
        eprintln!("  {name}: {figure:.1} {unit}");
        self.0.push(Row { name, figure, unit, target });
    }

    /// The 50th and the 95th percentile of times in milliseconds; the target is the latter's.
    pub(crate) fn add_times(&mut self, name: &str, times_ms: &mut [f64], target: Target) {
        times_ms.sort_by(f64::total_cmp);
        self.add(format!("{name}, p50"), percentile(times_ms, 50), "ms", Target::None);
        self.add(format!("{name}, p95"), percentile(times_ms, 95), "ms", target);
    }

    pub(crate) fn print(&self) {
        println!("\n| what | figure | target | |\n| --- | ---: | ---: | --- |");
        for row in &self.0 {
            let (target, verdict) = (row.target.words(), row.target.verdict(row.figure));
            println!("| {} | {:.1} {} | {target} | {verdict} |", row.name, row.figure, row.unit);
        }
    }

    /// The same for programs, in `bench/results.json`.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        let row = |row: &Row| {
            json!({ "name": row.name, "figure": row.figure, "unit": row.unit,
                "target": row.target.words(), "verdict": row.target.verdict(row.figure) })
        };
        let rows: Vec<_> = self.0.iter().map(row).collect();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results.json");
        std::fs::write(path, serde_json::to_vec_pretty(&rows)?)?;
        Ok(())
    }
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(f64::NAN)
}
