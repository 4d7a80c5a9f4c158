//! What stays the same when there is more: time per sequence, and storage calls beside ended jobs.

use crate::{
    alone::Alone,
    mutants::{self, Recipe},
    product::{self, Search},
    stats,
    table::Line,
};
use blastline_jobs::{
    ids::JobId,
    names::Table,
    ports::{BatchOp, Entity, Match, Query, Select},
};
use blastline_tests::chain::{Database, samples};
use futures::{StreamExt, stream};
use serde_json::json;

/// Pairs of a small and a large search. Three, since the large one takes ten times as long.
const PAIRS: usize = 3;

/// Jobs of a listed page.
const LISTED: usize = 10;

/// Ended jobs: few and many.
const FEW: usize = 10;
const MANY: usize = 10_000;

/// Time per sequence at 20,000 against that at 2,000.
pub async fn measure() -> Vec<Line> {
    let set = |queries, seed| {
        let recipe = Recipe { queries, letters: (230, 270), every: 25, strangers: 0, seed };
        mutants::fasta(samples::orchids(), mutants::BASES, recipe)
    };
    let (small, large) = (set(2_000, 21), set(20_000, 22));
    let chain = product::start(Database::orchids()).await;
    let search = |query| Search {
        program: "blastn",
        database: "orchid_its",
        options: &[("max_target_seqs", "20")],
        query,
    };
    search(&small[..2_000]).run(&chain).await;
    let (mut ratios, mut times) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let of_small = search(&small).run(&chain).await.0.wall / 2_000.0;
        let of_large = search(&large).run(&chain).await.0.wall / 20_000.0;
        ratios.push(of_large / of_small);
        times.push(of_large * 1000.0);
    }
    let beside = format!(
        "median of {PAIRS}, {}; {:.2} ms a sequence; {}",
        stats::range(&ratios),
        stats::median(&times),
        stats::load()
    );
    vec![Line::at_most(
        "growth: time per sequence, 20,000 : 2,000",
        1.15,
        " ×",
        stats::median(&ratios),
        &beside,
    )]
}

/// Storage calls of listing, submitting and one reconcile.
pub async fn calls() -> Vec<Line> {
    let handler = Alone::with(&Database::orchids()).await;
    let recipe = Recipe { queries: 20, letters: (250, 600), every: 20, strangers: 0, seed: 30 };
    let query = mutants::fasta(samples::orchids(), mutants::BASES, recipe);
    let search = json!({"program": "blastn", "database": "orchid_its", "query_data": query});
    let first = handler.api.submit(&search).await.job_id;
    let ended = Ended::like(&handler, &first).await;
    ended.add(0..FEW).await;
    let few = count(&handler, &search).await;
    ended.add(FEW..MANY).await;
    let many = count(&handler, &search).await;
    let names = ["listing", "submitting", "one reconcile"];
    let lines = names.iter().zip(few.iter().zip(&many)).map(|(name, (few, many))| {
        let what = format!("calls of {name} beside 10 and 10,000 ended jobs");
        Line::holds(what, "the same", format!("{few} and {many}"), few == many)
    });
    lines.collect()
}

async fn count(handler: &Alone, search: &serde_json::Value) -> [u64; 3] {
    // Rows are read by nobody else, so that each count is of its own request alone; the first of a kind fills memories.
    handler.api.submit(search).await;
    let (submitting, _) = handler.counted(handler.api.submit(search)).await;
    let path = format!("/api/blast/jobs?limit={LISTED}");
    let (listing, page) = handler.counted(handler.api.read::<serde_json::Value>(&path)).await;
    assert_eq!(page["jobs"].as_array().map(Vec::len), Some(LISTED));
    // Those that were submitted here wait for ever, and would be due after a while.
    let (tables, waiting) = (handler.storage().tables(), Query::partition("blast"));
    for row in tables.query_all(Table::Active, &waiting).await.unwrap() {
        tables.delete(Table::Active, "blast", &row.entity.rk, &Match::Any).await.unwrap();
    }
    let tick = json!({"Data": {"timer": {}}, "Metadata": {"sys": {"MethodName": "timer-reconcile"}}});
    let (reconcile, answer) = handler.counted(handler.api.post("/timer-reconcile", &tick)).await;
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    [listing, submitting, reconcile]
}

/// Rows of ended jobs: copies of a real one.
struct Ended {
    storage: blastline_azure::Storage,
    state: Entity,
    index: Entity,
}

impl Ended {
    async fn like(handler: &Alone, job: &str) -> Self {
        let storage = handler.storage();
        let state =
            storage.tables().get(Table::JobState, job, "current", Select::All).await.unwrap().unwrap();
        let state = state.entity.text("phase", "completed").text("status", "completed");
        let owner = Query::partition(state.get_text("owner_oid").unwrap());
        let index = storage.tables().query_all(Table::JobIndex, &owner).await.unwrap().remove(0).entity;
        Self { storage, state, index }
    }

    /// Adds them, older than every real one.
    async fn add(&self, numbers: std::ops::Range<usize>) {
        let tables = self.storage.tables();
        let id = |number: usize| JobId::from_random((number as u128 + 1).to_le_bytes());
        stream::iter(numbers.clone())
            .for_each_concurrent(16, |number| {
                let (tables, state) =
                    (tables.clone(), Entity { pk: id(number).to_string(), ..self.state.clone() });
                async move {
                    tables.insert(Table::JobState, &state).await.unwrap();
                }
            })
            .await;
        let all: Vec<usize> = numbers.collect();
        for some in all.chunks(100) {
            let row = |number: usize| {
                let index = Entity { rk: format!("{}-{number:06}", self.index.rk), ..self.index.clone() };
                BatchOp::Insert(index.text("job_id", id(number).to_string()))
            };
            let rows: Vec<BatchOp> = some.iter().map(|number| row(*number)).collect();
            tables.batch(Table::JobIndex, &self.index.pk, &rows).await.unwrap();
        }
    }
}
