//! A chain and a cluster with machines for so many batches side by side.

use crate::product;
use blastline_tests::{
    chain::{
        Chain, Database,
        api::answer,
        cluster::{CLUSTER, Clustered},
        samples::{Record, mutant, orchids},
        searches::search,
        until,
        wait::within,
    },
    standin::Fault,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Letters of each query: all alike, so that ElasticBLAST's rule gives each a batch of its own.
const LETTERS: usize = 500;
/// Batches that a machine of the cluster runs side by side.
const BATCHES_A_MACHINE: usize = 2;
/// A schedule that comes once a year: the reconciler then runs when it is called.
const NEVER: &str = "0 0 0 1 1 *";

/// Starts both. Nothing is reconciled by itself where `quiet` is said.
pub async fn start(batches: usize, fault: Fault, quiet: bool) -> Clustered {
    let plan = product::ordinary(Chain::plan().database(Database::orchids()), &[]);
    // The next look at a search that was cancelled is still on its way when the row is through.
    let plan = if quiet { plan.set("RECONCILE_CRON", NEVER).looked_after() } else { plan };
    let machines = batches.div_ceil(BATCHES_A_MACHINE);
    Clustered::start(plan, |cluster| cluster.nodes(machines).fault(fault)).await
}

/// A search of so many batches, as it is submitted to the cluster.
pub fn wanted(batches: usize) -> Value {
    let whole: Vec<_> = orchids().iter().filter(|orchid| orchid.letters.len() > LETTERS).collect();
    let piece = |n: usize| -> Record {
        mutant(whole[n * 7 % whole.len()], &format!("piece_{n}"), 0, LETTERS, 25, n as u64 + 1)
    };
    let queries: Vec<_> = (0..batches).map(piece).collect();
    Clustered::on_cluster(&search("blastn", Database::orchids().name, &queries))
}

/// Submits it once the cluster was seen; gives its id.
pub async fn submit(yard: &Clustered, wanted: &Value) -> String {
    until("the cluster takes searches", || async {
        reconcile(yard).await;
        let clusters: Value = yard.chain.api.read("/api/monitor/aks").await;
        let named = clusters["clusters"].as_array()?.iter().find(|cluster| cluster["name"] == CLUSTER)?;
        (named["takes_searches"] == json!(true)).then_some(())
    })
    .await;
    yard.chain.api.submit(wanted).await.job_id
}

/// Calls the reconciler by hand.
pub async fn reconcile(yard: &Clustered) {
    let called = yard.chain.api.post("/admin/functions/timer-reconcile", &json!({})).await;
    assert_eq!(called.status(), StatusCode::ACCEPTED);
}

/// Ends searches that would run on.
pub async fn cancel(yard: &Clustered, ids: &[String]) {
    for id in ids {
        let cancelled = yard.chain.api.post(&format!("/api/blast/jobs/{id}/cancel"), &json!({})).await;
        let _: Value = answer(cancelled, StatusCode::ACCEPTED).await;
    }
    for id in ids {
        within(product::LONGEST, "it is cancelled", || async {
            reconcile(yard).await;
            (yard.chain.api.job(id).await.status == "cancelled").then_some(())
        })
        .await;
    }
}
