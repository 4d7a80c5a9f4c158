use super::suite::Suite;
use crate::{Asked, dice::Dice};
use blastline_tests::chain::{
    cluster::Clustered,
    samples::Record,
    searches::{genome_pieces, genome_readings, orchid_pieces, protein_pieces, search},
};
use serde_json::{Value, json};

/// What the run does with a search besides waiting for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    Result,
    /// Cancels it so many milliseconds after it was taken.
    Cancel(u64),
    /// Deletes it when everything else is over.
    Delete,
}

/// One search of a run.
#[derive(Debug)]
pub struct Round {
    /// Its number, from 0.
    pub n: usize,
    /// Program.
    pub program: &'static str,
    /// Its sequences.
    pub query: Vec<Record>,
    /// What the run wishes of it.
    pub wish: Wish,
    suite: Suite,
    seed: u64,
    database: &'static str,
}

impl Round {
    /// The request. The key makes its repetition the same search.
    pub fn request(&self) -> Value {
        let mut request = search(self.program, self.database, &self.query);
        request["idempotency_key"] = json!(format!("seed {} round {}", self.seed, self.n));
        match self.suite {
            Suite::Search => request,
            Suite::Elastic => Clustered::on_cluster(&request),
        }
    }
}

const PROGRAMS: [&str; 5] = ["blastn", "blastp", "blastx", "tblastn", "tblastx"];

/// The searches of a run.
pub fn rounds(asked: Asked, suite: Suite) -> Vec<Round> {
    (0..asked.rounds).map(|n| round(suite, asked.seed, n)).collect()
}

fn round(suite: Suite, seed: u64, n: usize) -> Round {
    let mut dice = Dice::of(seed, 1 + n as u64);
    // Each program in turn, so that a short run has all of them.
    let program = PROGRAMS[n % PROGRAMS.len()];
    let skipped = dice.below(12);
    let mut count = |least: u64, bound: u64| dice.between(least, bound) as usize + skipped;
    let (database, all) = match program {
        "blastn" => ("orchid_its", orchid_pieces(count(1, 60), 25)),
        "blastp" => ("proteins", protein_pieces(count(1, 250), 120, 9)),
        "blastx" => ("proteins", genome_pieces(count(1, 12), 600)),
        "tblastn" => ("small_genomes", genome_readings(count(1, 12))),
        _ => ("small_genomes", genome_pieces(count(1, 4), 240)),
    };
    let wish = match dice.between(0, 10) {
        0 => Wish::Cancel(dice.between(0, 4_000)),
        1 => Wish::Delete,
        _ => Wish::Result,
    };
    Round { n, program, query: all[skipped..].to_vec(), wish, suite, seed, database }
}
