//! What is asked of a cluster: by one look at a search, and by a submission.

use super::{PODS, yard};
use crate::{product, table::Line};
use blastline_jobs::{ids::JobId, names::Table, ports::Select};
use blastline_tests::{
    chain::{cluster::Clustered, until},
    standin::{BatchFault, Fault},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::interval;

/// Looks that are counted of each search.
const LOOKS: usize = 4;
/// Submissions whose calls are counted.
const SUBMISSIONS: u32 = 10;

fn endless() -> Fault {
    Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 1 << 20 }, times: 1_000 }
}

/// Measures what a look asks: it may not grow with the number of pods.
pub async fn look() -> Vec<Line> {
    let mut lines = Vec::new();
    for pods in [PODS, 3 * PODS] {
        lines.push(looks(pods).await);
    }
    lines
}

async fn looks(pods: usize) -> Line {
    let yard = yard::start(pods, endless(), true).await;
    let id = yard::submit(&yard, &yard::wanted(pods)).await;
    yard.chain.api.until_within(product::LONGEST, &id, "batches run", |job| job.phase == "running").await;
    let (mut most, mut reads) = (0, 0);
    let mut before = after_next_look(&yard, &id, 0).await;
    for _ in 0..LOOKS {
        let after = after_next_look(&yard, &id, before.0).await;
        assert_eq!(after.0, before.0 + 1, "a look was missed");
        let asked = |what: &dyn Fn(&str) -> bool| {
            let of = |calls: &Calls| calls.iter().filter(|(name, _)| what(name)).map(|(_, n)| n).sum::<u64>();
            of(&after.1) - of(&before.1)
        };
        most = most.max(asked(&|name| name.starts_with("list ")));
        reads = reads.max(asked(&|name| name == "get pods/log"));
        before = after;
    }
    let running = yard.standin.pods().len();
    yard::cancel(&yard, &[id]).await;
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let most = most as f64;
    let beside = format!("the most of {LOOKS} looks, {running} pods; {reads} log reads beside");
    Line::at_most(format!("look: lists of one look at {pods} batches"), 3.0, "", most, &beside)
}

type Calls = BTreeMap<String, u64>;

/// Waits for the end of a look later than that number; gives its number and the calls until then. A look writes its row
/// last.
async fn after_next_look(yard: &Clustered, id: &str, than: u64) -> (u64, Calls) {
    let id: JobId = id.parse().unwrap();
    let tables = yard.chain.storage().tables();
    let mut ticks = interval(Duration::from_millis(20));
    let mut first = None;
    loop {
        ticks.tick().await;
        let row = tables.get(Table::JobState, id.as_str(), "current", Select::All).await.unwrap().unwrap();
        let look = row.entity.get_int("elastic_look").unwrap();
        let known = *first.get_or_insert(look);
        if look > than && (than > 0 || look > known) {
            return (look, yard.standin.calls());
        }
    }
}

/// Measures what a submission asks of the cluster: nothing. What would call it meanwhile is stopped.
pub async fn submit() -> Vec<Line> {
    let yard = yard::start(PODS, endless(), true).await;
    let wanted = yard::wanted(PODS);
    let mut ids = vec![yard::submit(&yard, &wanted).await];
    let processes = yard.chain.api.processes().await;
    let others: Vec<i32> = processes
        .iter()
        .filter(|process| process.group.as_deref() != Some("http"))
        .filter_map(|process| process.pid)
        .collect();
    assert!(!others.is_empty() && others.len() < processes.len(), "{processes:?}");
    signal(&others, Signal::STOP);
    let calls = || yard.standin.calls().values().sum::<u64>();
    // What was on its way when they were stopped arrives first.
    let mut before = calls();
    until("nothing calls the cluster", || {
        let now = calls();
        let still = now == before;
        before = now;
        std::future::ready(still.then_some(()))
    })
    .await;
    for _ in 0..SUBMISSIONS {
        ids.push(yard.chain.api.submit(&wanted).await.job_id);
    }
    let made = calls() - before;
    signal(&others, Signal::CONT);
    ids.reverse();
    yard::cancel(&yard, &ids).await;
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let made = made as f64;
    let beside = format!("in {SUBMISSIONS} submissions");
    vec![Line::at_most("submit: calls of a request to its cluster", 0.0, "", made, &beside)]
}

fn signal(pids: &[i32], signal: Signal) {
    for pid in pids.iter().filter_map(|pid| Pid::from_raw(*pid)) {
        kill_process(pid, signal).unwrap();
    }
}
