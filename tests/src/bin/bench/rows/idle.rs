//! What the product takes while nobody asks for anything.

use crate::{cpu, product, stats, table::Line};
use blastline_tests::{
    azurite::Addresses,
    chain::{Chain, Database},
    proxy::Proxy,
};
use std::time::{Duration, Instant};

/// How long is measured, in seconds: whole rounds of the reconciler.
const SECONDS: f64 = 120.0;

/// How long things come to rest before that.
const REST: Duration = Duration::from_secs(15);

/// Measures the row.
pub async fn measure() -> Vec<Line> {
    let plan = Chain::plan();
    let direct = plan.account().addresses().clone();
    let proxies = [
        Proxy::before(&direct.blob).await.unwrap(),
        Proxy::before(&direct.queue).await.unwrap(),
        Proxy::before(&direct.table).await.unwrap(),
    ];
    let [blob, queue, table] = proxies.each_ref().map(Proxy::url);
    let plan = plan.through(|account| account.connection_string_through(&Addresses { blob, queue, table }));
    let chain = product::ordinary(plan.database(Database::orchids()), &[]).start().await;
    pass(REST).await;
    let pids: Vec<i32> = chain.processes().iter().map(|process| process.pid).collect();
    let calls = || proxies.iter().map(Proxy::requests).sum::<u64>();
    let (calls_before, started) = (calls(), Instant::now());
    let before: f64 = pids.iter().map(|pid| cpu::precise(*pid)).sum();
    pass(Duration::from_secs_f64(SECONDS)).await;
    let took: f64 = pids.iter().map(|pid| cpu::precise(*pid)).sum::<f64>() - before;
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    let share = took / started.elapsed().as_secs_f64() * 100.0;
    #[expect(clippy::cast_precision_loss, reason = "some hundred calls")]
    let rate = (calls() - calls_before) as f64 / minutes;
    let beside = format!("{} processes, {rate:.0} storage calls a minute, {}", pids.len(), stats::load());
    vec![Line::at_most("idle: all processes, of one core", 3.0, " %", share, &beside)]
}

/// Lets time pass: what is measured is a span in which nothing is asked for.
async fn pass(span: Duration) {
    let mut clock = tokio::time::interval_at(tokio::time::Instant::now() + span, span);
    clock.tick().await;
}
