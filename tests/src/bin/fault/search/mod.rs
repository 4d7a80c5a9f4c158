//! Searches on the real chain under faults: each ends with what BLAST+ finds, or in a failure that is true, and nothing is
//! left over.

mod adversary;
mod bed;
mod client;
mod cluster;
mod disk;
mod ending;
mod faults;
mod kills;
mod messages;
mod plan;
mod storage;
mod suite;
mod verdict;

use crate::{Asked, table::Table};
use bed::Bed;
use client::Outcome;
pub use suite::Suite;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Instant;
use tokio::task::JoinSet;

/// Searches under way at a time.
const AT_A_TIME: usize = 4;

/// Runs so many searches under faults, and judges.
///
/// # Errors
/// What this machine lacks.
pub async fn run(asked: Asked, suite: Suite) -> Result<Table, String> {
    let began = Instant::now();
    let bed = Arc::new(Bed::made(suite).await?);
    bed.ready().await;
    let rounds = Arc::new(plan::rounds(asked, suite));
    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..AT_A_TIME {
        let (bed, rounds, next) = (Arc::clone(&bed), Arc::clone(&rounds), Arc::clone(&next));
        clients.spawn(async move {
            let mut outcomes: Vec<Outcome> = Vec::new();
            while let Some(round) = rounds.get(next.fetch_add(1, Ordering::SeqCst)) {
                let outcome = client::search(&bed, round).await;
                println!("{:>6.1} s  {}", began.elapsed().as_secs_f64(), outcome.line());
                outcomes.push(outcome);
            }
            outcomes
        });
    }
    let adversary = tokio::spawn(adversary::torment(Arc::clone(&bed), asked.seed));
    let mut outcomes: Vec<Outcome> = Vec::new();
    while let Some(done) = clients.join_next().await {
        outcomes.extend(done.expect("a client goes on whatever happens"));
    }
    bed.searches_are_over();
    adversary.await.expect("the adversary goes on whatever happens");
    println!("{:>6.1} s  faults are over", began.elapsed().as_secs_f64());
    outcomes.sort_by_key(|outcome| outcome.round);
    bed.calm().await;
    for outcome in &mut outcomes {
        client::end(&bed, outcome).await;
    }
    let verdict = verdict::judge(&bed, &rounds, &outcomes).await;
    let left = ending::look(&bed).await;
    let mut table = Table::default();
    verdict.tell(&mut table, outcomes.len());
    left.tell(&mut table);
    bed.tell(&mut table, asked.rounds);
    if !table.holds() {
        bed.keep_log(asked.seed).await;
    }
    Ok(table)
}
