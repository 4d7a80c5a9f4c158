//! The chaos runs: real programs under faults that a seed chooses. `make fault S=search N=30 SEED=1`.
//!
//! A suite is a kind of work with its own faults and its own verdict; what they share is dice, table and storage.
#![expect(clippy::expect_used, reason = "a run that cannot go on has failed")]

mod dice;
mod search;
mod table;

use search::Suite;
use std::process::ExitCode;

/// What a run is asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    /// Searches or tasks under faults.
    rounds: usize,
    /// What everything is chosen by.
    seed: u64,
}

/// The suites: name, rounds without `N`, what a round is, on which engine.
const SUITES: &[(&str, usize, &str, Suite)] = &[
    ("search", 30, "one search, of any program, several at a time", Suite::Search),
    ("elastic", 30, "one search on a cluster, of any program, several at a time", Suite::Elastic),
];

/// Exit code of a run that could not be begun.
const MISUSED: u8 = 2;

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    eprintln!("make fault S=<suite> N=<rounds, 1 to 100000> SEED=<0 to 18446744073709551615>\nsuites:");
    for (name, rounds, what, _) in SUITES {
        eprintln!("  {name:<10} a round is {what}; without N: {rounds}");
    }
    ExitCode::from(MISUSED)
}

/// Words of the command line: suite, rounds, seed, an empty one takes its default; `--check` behind them only checks.
fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (suite, rounds, seed) = (words.next(), words.next(), words.next());
    let suite = suite.filter(|word| !word.is_empty()).unwrap_or_else(|| SUITES[0].0.to_owned());
    let Some((name, usual, _, kind)) = SUITES.iter().find(|(name, ..)| *name == suite) else {
        return usage(&format!("there is no suite `{suite}`"));
    };
    let rounds = match rounds.filter(|word| !word.is_empty()).map(|word| (word.parse(), word)) {
        None => *usual,
        Some((Ok(rounds @ 1..=100_000), _)) => rounds,
        Some((_, word)) => return usage(&format!("`{word}` is no number of rounds")),
    };
    let seed = match seed.filter(|word| !word.is_empty()).map(|word| (word.parse(), word)) {
        None => dice::fresh_seed(),
        Some((Ok(seed), _)) => seed,
        Some((_, word)) => return usage(&format!("`{word}` is no seed")),
    };
    if std::env::args().any(|word| word == "--check") {
        return ExitCode::SUCCESS;
    }
    println!("suite {name}, {rounds} rounds, seed {seed}: make fault S={name} N={rounds} SEED={seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let table = match runtime.block_on(search::run(Asked { rounds, seed }, *kind)) {
        Ok(table) => table,
        Err(lacking) => {
            eprintln!("{lacking}");
            return ExitCode::from(MISUSED);
        }
    };
    table.print();
    table.keep(name);
    println!("seed {seed}");
    if table.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
