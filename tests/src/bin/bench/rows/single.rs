//! One query: from POST to hits that can be read, above BLAST+ itself.

use crate::{
    mutants::{self, Recipe},
    product::{self, Search},
    stats,
    table::Line,
};
use blastline_tests::chain::{Database, samples};

/// Rounds, after one that fills caches.
const ROUNDS: usize = 15;

/// Milliseconds above the bare run.
const BAR: f64 = 300.0;

/// Measures the row.
pub async fn measure() -> Vec<Line> {
    let chain = product::start(Database::orchids()).await;
    let mut above = Vec::new();
    let mut bare = Vec::new();
    for round in 0..=ROUNDS as u64 {
        let recipe = Recipe { queries: 1, letters: (500, 700), every: 25, strangers: 0, seed: 500 + round };
        let query = mutants::fasta(samples::orchids(), mutants::BASES, recipe);
        let search = Search { program: "blastn", database: "orchid_its", options: &[], query: &query };
        let (ours, _) = search.run(&chain).await;
        let (theirs, _) = search.direct(&product::cached(&chain, "orchid_its"), chain.dir(), &[]);
        if round > 0 {
            above.push((ours.wall - theirs.wall) * 1000.0);
            bare.push(theirs.wall * 1000.0);
        }
    }
    let beside = format!(
        "median of {ROUNDS}, {} ms; bare {:.0} ms; {}",
        stats::range(&above),
        stats::median(&bare),
        stats::load()
    );
    vec![Line::at_most("one query: above the bare run", BAR, " ms", stats::median(&above), &beside)]
}
