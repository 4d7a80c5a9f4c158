//! A search is cancelled: nothing of it runs, nothing of it is published.

use blastline_jobs::names::Container;
use blastline_tests::chain::{
    Chain, Database,
    api::{answer, problem},
    searches::{many_proteins, small},
    shapes::{Events, Job},
    until,
    wait::within,
};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// From the request to the end of the last child.
const BOUND: Duration = Duration::from_secs(5);

#[derive(Debug, Deserialize)]
struct Change {
    job_id: String,
    status: String,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    status: String,
}

async fn cancel(chain: &Chain, id: &str) -> Change {
    let response = chain.api.post(&format!("/api/blast/jobs/{id}/cancel"), &json!({})).await;
    let change: Change = answer(response, StatusCode::ACCEPTED).await;
    assert_eq!(change.job_id, id);
    change
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_search_is_stopped_within_five_seconds_and_publishes_nothing() {
    // Times as in production: two parts of a minute each.
    let plan = Chain::plan().database(Database::proteins(4_000)).set("TIME_SCALE", 1);
    let chain = plan.set("PARTS_IN_FLIGHT_MAX", 2).start().await;
    let (search, _) = many_proteins(9_000);
    let id = chain.api.submit(&search).await.job_id;
    let long_part = |job: &Job| {
        let cells = job.parts.iter().flat_map(|parts| &parts.cells);
        cells.filter(|cell| cell.state == "running" && cell.queries > 500).count() > 0
    };
    chain.api.until(&id, "a long part runs", long_part).await;
    until("BLAST+ runs", || async { (!chain.blast_processes().is_empty()).then_some(()) }).await;
    cancel(&chain, &id).await;
    within(BOUND, "the children are gone", || async { chain.blast_processes().is_empty().then_some(()) })
        .await;
    let job = chain.api.until(&id, "it is cancelled", |job| job.status == "cancelled").await;
    assert!(!job.can_cancel && job.queries_done < job.queries_total);
    // Asking again changes nothing.
    assert_eq!(cancel(&chain, &id).await.status, "cancelled");
    let events: Events = chain.api.read(&format!("/api/blast/jobs/{id}/events")).await;
    let told = |name: &str| events.events.iter().filter(|event| event.event == name).count();
    assert_eq!((told("cancelled_by_user"), told("cancelled"), told("completed")), (1, 1, 0));
    let manifest: Manifest = chain.api.read(&format!("/api/blast/jobs/{id}/results")).await;
    assert_ne!(manifest.status, "available");
    let parts = chain.api.job(&id).await.parts.unwrap();
    assert!(parts.cells.iter().all(|cell| cell.state == "done" || cell.state == "cancelled"), "{parts:?}");
    let stored = chain.storage().blobs().list(Container::Results, &format!("{id}/"), None).await.unwrap();
    let joined: Vec<_> =
        stored.blobs.iter().filter(|blob| !blob.path.to_string().contains("/parts/")).collect();
    assert!(joined.is_empty(), "{joined:?}");
    assert!(chain.blast_processes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_cancelled_at_once_and_what_has_ended_is_not() {
    let plan = Chain::plan().database(Database::orchids()).database(Database::proteins(1_000));
    let chain = plan.set("PARTS_IN_FLIGHT_MAX", 1).start().await;
    let done = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&done).await;
    let refused =
        problem(chain.api.post(&format!("/api/blast/jobs/{done}/cancel"), &json!({})).await, 409).await;
    assert_eq!(refused.code, "job_already_ended");
    // The only place is taken by the first search, so the second has no part.
    let (long, _) = many_proteins(2_000);
    let first = chain.api.submit(&long).await.job_id;
    chain.api.until(&first, "it runs", |job| job.phase == "running").await;
    let second = chain.api.submit(&small()).await.job_id;
    cancel(&chain, &second).await;
    let job = chain.api.until(&second, "it is cancelled", |job| job.status == "cancelled").await;
    assert_eq!(job.queries_done, 0);
    let refused = problem(chain.api.get(&format!("/api/blast/jobs/{second}/results/hits")).await, 404).await;
    assert_eq!(refused.code, "no_results");
    cancel(&chain, &first).await;
    chain.api.until(&first, "it is cancelled", |job| job.status == "cancelled").await;
}
