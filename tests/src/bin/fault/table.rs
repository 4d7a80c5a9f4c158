use blastline_tests::chain::places::repository;
use serde::Serialize;
use std::fs;

/// A claim of a run.
#[derive(Debug, Serialize)]
struct Row {
    what: String,
    bar: String,
    measured: String,
    ok: bool,
}

/// What a run claims and what it measured.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a claim.
    pub fn row(&mut self, what: &str, bar: impl ToString, measured: impl ToString, ok: bool) {
        self.rows.push(Row {
            what: what.to_owned(),
            bar: bar.to_string(),
            measured: measured.to_string(),
            ok,
        });
    }

    /// Adds the claim that there are none of a kind; what there is follows the number.
    pub fn none(&mut self, what: &str, found: &[String]) {
        let told: Vec<_> = found.iter().take(5).map(String::as_str).collect();
        let measured =
            if found.is_empty() { "0".to_owned() } else { format!("{}: {}", found.len(), told.join("; ")) };
        self.row(what, 0, measured, found.is_empty());
    }

    /// Whether every claim holds.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|row| row.ok)
    }

    /// For people.
    pub fn print(&self) {
        let width = |of: fn(&Row) -> &str, head: &str| {
            self.rows.iter().map(|row| of(row).chars().count()).chain([head.len()]).max().unwrap_or(0)
        };
        let (what, bar) = (width(|row| &row.what, "what"), width(|row| &row.bar, "bar"));
        println!("\n{:<what$}  {:>bar$}  {:<6}  measured", "what", "bar", "ok");
        for row in &self.rows {
            let ok = if row.ok { "ok" } else { "FAILED" };
            println!("{:<what$}  {:>bar$}  {ok:<6}  {}", row.what, row.bar, row.measured);
        }
    }

    /// For scripts: `target/fault/<suite>.json`.
    pub fn keep(&self, suite: &str) {
        let folder = repository().join("target/fault");
        fs::create_dir_all(&folder).expect("a folder for the table");
        let json = serde_json::to_string_pretty(&self.rows).expect("a table");
        fs::write(folder.join(format!("{suite}.json")), json).expect("a file for the table");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_claim_that_does_not_hold_is_enough() {
        let mut table = Table::default();
        table.none("messages left", &[]);
        assert!(table.holds());
        table.none("rows left", &["a".into(), "b".into()]);
        assert!(!table.holds());
        assert_eq!(table.rows[1].measured, "2: a; b");
    }
}
