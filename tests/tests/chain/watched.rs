//! What a search on a cluster tells of itself while somebody watches it, and what is refused before it.

use blastline_tests::chain::{
    Chain, Database,
    api::{answer, problem},
    cluster::{CLUSTER, Clustered},
    searches::{orchid_pieces, search},
};
use blastline_tests::standin::{BatchFault, Fault};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn plan() -> blastline_tests::chain::Plan {
    Chain::plan().database(Database::orchids()).set("BLAST_MAX_RUN_CONCURRENCY", "1")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_search_tells_its_place_in_line_its_batches_and_its_configuration() {
    let slow = Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 7_200 }, times: 100 };
    let clustered = Clustered::start(plan(), |cluster| cluster.fault(slow)).await;
    let api = &clustered.chain.api;
    let small = search("blastn", Database::orchids().name, &orchid_pieces(30, 20));
    let first = clustered.submit(&small).await;
    let job = |id: &str| format!("/api/blast/jobs/{id}");
    api.until(&first, "batches run", |job| job.phase == "running").await;
    let clusters: Value = api.read("/api/monitor/aks").await;
    let west = &clusters["clusters"][0];
    assert_eq!((&west["name"], &west["takes_searches"]), (&json!(CLUSTER), &json!(true)), "{clusters}");
    let (second, third) = (clustered.submit(&small).await, clustered.submit(&small).await);
    for (id, phase, place) in [(&second, "waiting_for_capacity", 1), (&third, "waiting_for_submit_slot", 2)] {
        api.until(id, phase, |job| job.phase == phase).await;
        let told: Value = api.read(&job(id)).await;
        assert_eq!(told["queue"]["position"], json!(place), "{told}");
        assert!(told["elastic"]["next_look_at"].is_string(), "{told}");
    }
    api.until(&first, "a batch is placed", |job| job.phase == "running").await;
    let told: Value = api.read(&format!("{}/parts?limit=1", job(&first))).await;
    assert_eq!((told["parts"].as_array().unwrap().len(), &told["from"]), (1, &json!(0)));
    assert_eq!(told["parts"][0]["batch"], json!(0));
    let told: Value = api.read(&format!("{}/configuration", job(&first))).await;
    assert!(told["text"].as_str().unwrap().contains(&format!("name = {CLUSTER}")), "{told}");
    for id in [&third, &second, &first] {
        let cancelled = api.post(&format!("{}/cancel", job(id)), &json!({})).await;
        let _: Value = answer(cancelled, StatusCode::ACCEPTED).await;
        api.until(id, "it is cancelled", |job| job.status == "cancelled").await;
    }
    clustered.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_a_cluster_cannot_take_is_refused_before_anything_is_made() {
    let clustered = Clustered::start(plan(), |cluster| cluster).await;
    let api = &clustered.chain.api;
    let mut wanted =
        Clustered::on_cluster(&search("blastn", Database::orchids().name, &orchid_pieces(2, 20)));
    wanted["cluster_name"] = json!("elsewhere");
    assert_eq!(problem(api.post("/api/blast/jobs", &wanted).await, 404).await.code, "unknown_cluster");
    wanted["cluster_name"] = json!(CLUSTER);
    wanted["outfmt"] = json!("17");
    assert_eq!(problem(api.post("/api/blast/jobs", &wanted).await, 422).await.code, "validation_error");
    let listed: Value = api.read("/api/blast/jobs").await;
    assert_eq!(listed["jobs"], json!([]));
}
