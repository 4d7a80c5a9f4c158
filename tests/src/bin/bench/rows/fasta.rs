//! Reading, checking and planning a FASTA file against `wc -l` on it: one core each, by its processor time, so that what
//! else runs does not count.

use crate::{
    cpu,
    mutants::{self, Recipe},
    stats,
    table::Line,
};
use blastline_blast::{
    Program,
    fasta::{Limits, Want, normalise},
    plan::{PartLimits, PlanInput, next_parts},
};
use blastline_tests::chain::samples;
use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    process::Command,
};

/// Pairs.
const PAIRS: usize = 5;

/// How often the set is repeated in the file: about 1 GB, so that the kernel's ticks of 10 ms count for little.
const TIMES: usize = 64;

/// Measures the row.
pub async fn measure() -> Vec<Line> {
    let recipe = Recipe { queries: 25_000, letters: (450, 700), every: 25, strangers: 0, seed: 15 };
    let set = wrapped(&mutants::fasta(samples::orchids(), mutants::BASES, recipe));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("large.fa");
    let mut out = File::create(&file).unwrap();
    (0..TIMES).for_each(|_| out.write_all(set.as_bytes()).unwrap());
    let bytes = std::fs::metadata(&file).unwrap().len();
    let (mut ratios, mut rates) = (Vec::new(), Vec::new());
    for pair in 0..=PAIRS {
        let theirs = count_lines(&file);
        let ours = read_and_plan(&file);
        // The first pair fills the page cache.
        if pair > 0 {
            ratios.push(theirs / ours);
            #[expect(clippy::cast_precision_loss, reason = "some hundred million")]
            rates.push(bytes as f64 / 1e6 / ours);
        }
    }
    let beside = format!(
        "median of {PAIRS}, {}; {:.0} MB/s; {}",
        stats::range(&ratios),
        stats::median(&rates),
        stats::load()
    );
    let what = "FASTA: read, checked, planned, of the rate of wc -l";
    vec![Line::at_least(what, 0.12, " ×", stats::median(&ratios), &beside)]
}

/// Lines of 70 letters, as files mostly have them.
fn wrapped(fasta: &str) -> String {
    let mut text = String::with_capacity(fasta.len() * 72 / 70);
    for line in fasta.lines() {
        let pieces = if line.starts_with('>') { vec![line] } else { split(line) };
        for piece in pieces {
            text.push_str(piece);
            text.push('\n');
        }
    }
    text
}

fn split(line: &str) -> Vec<&str> {
    (0..line.len()).step_by(70).filter_map(|from| line.get(from..line.len().min(from + 70))).collect()
}

fn count_lines(file: &Path) -> f64 {
    let before = cpu::of_own_children();
    let output = Command::new("wc").arg("-l").arg(file).output().unwrap();
    assert!(output.status.success());
    cpu::of_own_children() - before
}

/// What the handler does with a query before it stores it, and the plan of its parts.
fn read_and_plan(file: &Path) -> f64 {
    let own = i32::try_from(std::process::id()).unwrap();
    let before = cpu::precise(own);
    let limits = Limits { max_queries: u64::MAX, max_letters: u64::MAX, ..Limits::default() };
    let mut lengths = Vec::new();
    let input = File::open(file).unwrap();
    let stats = normalise(input, &mut io::sink(), Want::Program(Program::Blastn), &limits, &mut |record| {
        lengths.push(record.letters);
        Ok(())
    });
    let queries = stats.unwrap().queries;
    let mut planned = 0;
    while planned < queries {
        let rest = &lengths[usize::try_from(planned).unwrap()..];
        let parts = next_parts(&PlanInput {
            total_queries: queries,
            planned_to: planned,
            lengths: &rest[..rest.len().min(65_536)],
            pace_letters_per_s: Some(20_000.0),
            target_seconds: 60.0,
            slots: 4,
            limits: PartLimits::for_program(Program::Blastn),
        });
        planned += parts.iter().map(|part| part.count).sum::<u64>();
        assert!(!parts.is_empty(), "a plan that stands still");
    }
    cpu::precise(own) - before
}
