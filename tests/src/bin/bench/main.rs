//! Benchmarks: `make bench S=<suite>`, or `ROW=<row>` for one row of it. Prints a table and writes it as JSON; the exit
//! code is 1 when a bar is missed and 2 when there is nothing to measure.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot be made ends the run"
)]

mod alone;
mod cpu;
mod mutants;
mod product;
mod rows;
mod stats;
mod table;

use futures::future::LocalBoxFuture;
use std::{env, path::PathBuf, process::ExitCode, time::Instant};
use table::Line;

/// A row of a suite: its name, and what measures it.
pub type Row = (&'static str, fn() -> LocalBoxFuture<'static, Vec<Line>>);

/// The suites, each with its rows in the order in which they run.
const SUITES: &[(&str, &[Row])] = &[("search", rows::SEARCH), ("app", rows::APP), ("logs", rows::LOGS)];

/// What a suite needs of BLAST+.
const TOOLS: [&str; 3] = ["blastn", "blastp", "makeblastdb"];

fn main() -> ExitCode {
    let (suite, row) = (env::args().nth(1).unwrap_or_default(), env::var("ROW").unwrap_or_default());
    let Some((name, rows)) = SUITES.iter().find(|(name, _)| *name == suite) else {
        let names: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
        eprintln!("There is no suite “{suite}”. Suites: {}", names.join(", "));
        return ExitCode::from(2);
    };
    let chosen: Vec<&Row> = rows.iter().filter(|(name, _)| row.is_empty() || *name == row).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
        eprintln!("There is no row “{row}” in {name}. Rows: {}", names.join(", "));
        return ExitCode::from(2);
    }
    if let Some(missing) = TOOLS.iter().find(|tool| !is_installed(tool)) {
        eprintln!(
            "{missing} is not installed. The bench compares with BLAST+ itself: sudo apt-get install ncbi-blast+"
        );
        return ExitCode::from(2);
    }
    let lines = run(&chosen);
    print!("\n{}", table::table(&lines));
    let file = PathBuf::from(env::var_os("BENCH_OUT").unwrap_or_else(|| "target/bench".into()));
    let file = file.join(format!("{name}.json"));
    table::write_json(&file, &lines).expect("the table can be written");
    println!("{} · {}", file.display(), stats::load());
    ExitCode::from(u8::from(lines.iter().any(|line| !line.ok)))
}

/// Runs rows one after another. One that panics is a line that failed, and the others still run.
fn run(rows: &[&Row]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, measure) in rows {
        eprintln!("{name} … ({})", stats::load());
        let started = Instant::now();
        let measured = std::thread::scope(|scope| {
            let row = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
                runtime.block_on(measure())
            });
            row.join()
        });
        let found = measured.unwrap_or_else(|_| vec![Line::failed(*name, "it broke off, see above")]);
        for line in &found {
            eprintln!("  {} · {} · {}", line.what, line.bar, line.measured);
        }
        eprintln!("  {:.0} s", started.elapsed().as_secs_f64());
        lines.extend(found);
    }
    lines
}

fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
