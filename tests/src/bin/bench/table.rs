//! What a run says: a table, and the same as JSON.

use serde::Serialize;
use std::{fs, io, path::Path};

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What was measured.
    pub what: String,
    /// What it has to be.
    pub bar: String,
    /// What it was.
    pub measured: String,
    /// Whether the bar holds.
    pub ok: bool,
}

impl Line {
    /// A line whose bar is an upper bound.
    pub fn at_most(what: impl Into<String>, bound: f64, unit: &str, measured: f64, beside: &str) -> Self {
        let beside = if beside.is_empty() { String::new() } else { format!(" ({beside})") };
        Self {
            what: what.into(),
            bar: format!("≤ {}{unit}", number(bound)),
            measured: format!("{}{unit}{beside}", number(measured)),
            ok: measured <= bound,
        }
    }

    /// A line whose bar is a lower bound.
    pub fn at_least(what: impl Into<String>, bound: f64, unit: &str, measured: f64, beside: &str) -> Self {
        let line = Self::at_most(what, bound, unit, measured, beside);
        Self { bar: line.bar.replace('≤', "≥"), ok: measured >= bound, ..line }
    }

    /// A line that holds or not.
    pub fn holds(what: impl Into<String>, bar: &str, measured: impl Into<String>, ok: bool) -> Self {
        Self { what: what.into(), bar: bar.to_owned(), measured: measured.into(), ok }
    }

    /// A line about a row that could not be measured.
    pub fn failed(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), bar: "it can be measured".to_owned(), measured: why.into(), ok: false }
    }
}

/// Three digits are enough to read and to compare with a bar.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The table as text, columns aligned.
pub fn table(lines: &[Line]) -> String {
    let mut rows = vec![["what", "bar", "measured", "ok"].map(str::to_owned)];
    rows.extend(lines.iter().map(|line| {
        let ok = if line.ok { "ok" } else { "FAILED" };
        [line.what.clone(), line.bar.clone(), line.measured.clone(), ok.to_owned()]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..4).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join(" · ").trim_end());
        text.push('\n');
    }
    text
}

/// Writes the lines of a suite as `[{"what","bar","measured","ok"}]`.
pub fn write_json(file: &Path, lines: &[Line]) -> io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    fs::write(file, serde_json::to_string_pretty(lines)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_met_exactly_holds_and_what_is_beyond_does_not() {
        assert!(Line::at_most("a", 1.1, " ×", 1.1, "").ok);
        assert!(!Line::at_most("a", 1.1, " ×", 1.100_001, "").ok);
        assert!(Line::at_least("a", 0.12, " ×", 0.12, "").ok);
        assert!(!Line::at_least("a", 0.12, " ×", 0.119, "").ok);
        assert!(
            !Line::at_most("a", 1.1, " ×", f64::NAN, "").ok && !Line::at_least("a", 1.0, "", f64::NAN, "").ok
        );
    }

    #[test]
    fn columns_are_aligned() {
        let lines = [Line::at_most("wall", 1.0, " ×", 0.971, "5 pairs"), Line::failed("memory", "no host")];
        let text = table(&lines);
        assert_eq!(
            text,
            "what   · bar                · measured         · ok\n\
             wall   · ≤ 1.00 ×           · 0.97 × (5 pairs) · ok\n\
             memory · it can be measured · no host          · FAILED\n"
        );
    }

    #[test]
    fn the_file_has_the_four_fields() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bench/app.json");
        write_json(&file, &[Line::holds("a", "same", "same", true)]).unwrap();
        let read: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(read, serde_json::json!([{"what": "a", "bar": "same", "measured": "same", "ok": true}]));
    }
}
