//! When the first hits of a search of 2,000 sequences can be read.

use crate::{
    mutants::{self, Recipe},
    product::{self, Search},
    stats,
    table::Line,
};
use blastline_tests::chain::{Database, samples};
use std::time::{Duration, Instant};

/// Searches that are watched.
const ROUNDS: usize = 3;

/// Measures the row.
pub async fn measure() -> Vec<Line> {
    let recipe = Recipe { queries: 2_000, letters: (500, 750), every: 25, strangers: 0, seed: 11 };
    let query = mutants::fasta(samples::orchids(), mutants::BASES, recipe);
    let options = [("task", "blastn")];
    let search = Search { program: "blastn", database: "orchid_its", options: &options, query: &query };
    let chain = product::start(Database::orchids()).await;
    let (mut shares, mut totals) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let id = search.submit(&chain).await;
        let path = format!("/api/blast/jobs/{id}/results/hits");
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        let first = loop {
            looks.tick().await;
            let answer = chain.api.get(&path).await;
            if answer.status().is_success() {
                let page: serde_json::Value = answer.json().await.unwrap();
                if page["hits"].as_array().is_some_and(|hits| !hits.is_empty()) {
                    break started.elapsed().as_secs_f64();
                }
            }
        };
        let job = product::ended(&chain, &id).await;
        assert_eq!(job.status, "completed", "{:?}", job.error);
        let total = started.elapsed().as_secs_f64();
        shares.push(first / total * 100.0);
        totals.push(total);
    }
    let beside = format!("of {:.1} s, median of {ROUNDS}, {}", stats::median(&totals), stats::range(&shares));
    vec![Line::at_most("first hits of 2,000 sequences", 15.0, " %", stats::median(&shares), &beside)]
}
