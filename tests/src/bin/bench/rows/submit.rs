//! Submitting: storage calls, the handler's own time, latency alone and of twenty at once.

use crate::{alone::Alone, cpu, mutants, product, stats, table::Line};
use blastline_jobs::{
    blob_path::BlobPath,
    ids::JobId,
    names::{Container, QueueName, Table},
    ports::{Entity, PutCondition, Select},
};
use blastline_tests::chain::{Database, samples};
use bytes::Bytes;
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Instant;

/// Submissions whose calls and processor time are counted.
const COUNTED: u32 = 40;
/// Submissions alone.
const ALONE: usize = 30;
/// Submissions at once.
const AT_ONCE: usize = 20;
/// Pairs of twenty submissions and twenty times the bare calls.
const PAIRS: usize = 9;

/// A search of twenty sequences.
fn search(seed: u64) -> (Value, String) {
    let recipe = mutants::Recipe { queries: 20, letters: (250, 600), every: 20, strangers: 0, seed };
    let query = mutants::fasta(samples::orchids(), mutants::BASES, recipe);
    (json!({"program": "blastn", "database": "orchid_its", "query_data": query}), query)
}

/// Measures the row.
pub async fn measure() -> Vec<Line> {
    let handler = Alone::with(&Database::orchids()).await;
    let first = handler.api.submit(&search(0).0).await.job_id;
    let mut lines = counted(&handler).await;
    lines.push(at_once(&handler, &first).await);
    drop(handler);
    lines.push(alone().await);
    lines
}

/// Calls and processor time of one submission after another.
///
/// The generation is named, as in a request that may be repeated later; one that leaves it out has the live one looked up
/// first, at most once in five seconds.
async fn counted(handler: &Alone) -> Vec<Line> {
    let mut most = 0;
    let mut own = 0.0;
    let listed: Value = handler.api.read("/api/blast/databases").await;
    let named = json!([{"name": "orchid_its", "generation": listed["databases"][0]["generation"]}]);
    for seed in 1..=u64::from(COUNTED) {
        let (_, query) = search(seed);
        let search = json!({"program": "blastn", "databases": named, "query_data": query});
        let before = cpu::precise(handler.pid());
        let (calls, _) = handler.counted(handler.api.submit(&search)).await;
        own += cpu::precise(handler.pid()) - before;
        most = most.max(calls);
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let most = most as f64;
    let own_ms = own * 1000.0 / f64::from(COUNTED);
    vec![
        Line::at_most(
            "submit: storage calls",
            5.0,
            "",
            most,
            &format!("the most of {COUNTED} submissions; one more in 5 s where no generation is named"),
        ),
        Line::at_most("submit: handler's own time", 5.0, " ms", own_ms, &stats::load()),
    ]
}

/// The whole way through the host, each after the search before it has ended.
async fn alone() -> Line {
    let chain = product::start(Database::orchids()).await;
    let mut taken = Vec::new();
    for seed in 0..ALONE as u64 {
        let (search, _) = search(100 + seed);
        let started = Instant::now();
        let id = chain.api.submit(&search).await.job_id;
        taken.push(started.elapsed().as_secs_f64() * 1000.0);
        chain.api.completed(&id).await;
    }
    let beside = format!("median of {ALONE}, {} ms, {}", stats::range(&taken), stats::load());
    Line::at_most("submit: alone", 50.0, " ms", stats::median(&taken), &beside)
}

/// Twenty at once against twenty times the same calls, in turn.
async fn at_once(handler: &Alone, first: &str) -> Line {
    let bare = Bare::like(handler, first).await;
    let mut ratios = Vec::new();
    for pair in 0..PAIRS as u64 {
        let searches: Vec<Value> = (0..AT_ONCE as u64).map(|n| search(1000 + pair * 100 + n).0).collect();
        let submitted = async {
            let started = Instant::now();
            join_all(searches.iter().map(|search| handler.api.submit(search))).await;
            started.elapsed().as_secs_f64()
        };
        let called = async {
            let started = Instant::now();
            join_all((0..AT_ONCE).map(|_| bare.calls())).await;
            started.elapsed().as_secs_f64()
        };
        let (ours, theirs) = if pair % 2 == 0 {
            let ours = submitted.await;
            (ours, called.await)
        } else {
            let theirs = called.await;
            (submitted.await, theirs)
        };
        ratios.push(ours / theirs);
    }
    let beside = format!("median of {PAIRS} pairs, {}", stats::range(&ratios));
    Line::at_most("submit: 20 at once, against the bare calls", 1.3, " ×", stats::median(&ratios), &beside)
}

/// The calls of a submission without a handler: what a real one wrote, under fresh names.
struct Bare {
    storage: blastline_azure::Storage,
    state: Entity,
    index: Entity,
    active: Entity,
    query: Bytes,
}

impl Bare {
    async fn like(handler: &Alone, job: &str) -> Self {
        let storage = handler.storage();
        let tables = storage.tables();
        let state = tables.get(Table::JobState, job, "current", Select::All).await.unwrap().unwrap().entity;
        let all = |pk: &str| blastline_jobs::ports::Query::partition(pk);
        let owner = state.get_text("owner_oid").unwrap().to_owned();
        let index = tables.query_all(Table::JobIndex, &all(&owner)).await.unwrap().remove(0).entity;
        let active = tables.query_all(Table::Active, &all("blast")).await.unwrap().remove(0).entity;
        let listed = storage.blobs().list(Container::Queries, job, None).await.unwrap().blobs.remove(0).path;
        let query = storage.blobs().get(&listed, 1 << 20).await.unwrap().unwrap();
        Self { storage, state, index, active, query }
    }

    async fn calls(&self) {
        let id = JobId::from_random(rand_bytes());
        let (tables, blobs, queues) = (self.storage.tables(), self.storage.blobs(), self.storage.queues());
        let renamed = |entity: &Entity| Entity { rk: format!("{}-{id}", entity.rk), ..entity.clone() };
        let path = BlobPath::new(Container::Queries, format!("{id}/query.fa")).unwrap();
        let (active, index) = (renamed(&self.active), renamed(&self.index));
        // In the handler's order: the worklist entry comes before what it is there for.
        tables.upsert(Table::Active, &active).await.unwrap();
        blobs
            .put(&path, self.query.clone(), "application/octet-stream", PutCondition::Overwrite)
            .await
            .unwrap();
        let state = Entity { pk: id.to_string(), ..self.state.clone() };
        tables.insert(Table::JobState, &state).await.unwrap();
        let message = json!({"jobId": id.to_string()}).to_string();
        let (listed, sent) = futures::join!(
            tables.upsert(Table::JobIndex, &index),
            queues.send(QueueName::BlastSubmit, &message, None)
        );
        listed.unwrap();
        sent.unwrap();
    }
}

/// Numbers that no other call of this run has.
fn rand_bytes() -> [u8; 16] {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (u128::from(NEXT.fetch_add(1, Ordering::Relaxed)) << 96 | time.as_nanos() & (u128::MAX >> 32))
        .to_le_bytes()
}
