//! Searches on a cluster: the stand-in with real BLAST+.

use blastline_tests::chain::{
    Chain, Database,
    api::answer,
    cluster::Clustered,
    samples::{Record, fasta},
    searches::{orchid_pieces, search},
    shapes::Job,
};
use blastline_tests::standin::{BatchFault, Fault};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn queries() -> Vec<Record> {
    orchid_pieces(30, 20)
}

fn plan() -> blastline_tests::chain::Plan {
    Chain::plan().database(Database::orchids())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_on_a_cluster_finds_what_blast_itself_finds() {
    let clustered = Clustered::start(plan(), |cluster| cluster).await;
    let chain = &clustered.chain;
    let search = search("blastn", Database::orchids().name, &queries());
    let id = clustered.submit(&search).await;
    let elastic = chain.api.completed(&id).await;
    let here = chain.api.submit(&search).await.job_id;
    chain.api.completed(&here).await;
    let direct = chain.direct(&elastic, &fasta(&queries())).run("blastn", &[], "6");
    assert!(direct.lines().count() > 10, "the query is no good test");
    for format in ["outfmt6", "outfmt7", "tsv", "jsonl"] {
        let (theirs, ours) = (chain.api.export(&id, format).await, chain.api.export(&here, format).await);
        assert_eq!(theirs, ours, "{format}");
    }
    assert_eq!(chain.api.export(&id, "outfmt6").await, direct);
    let page = |id: &str| format!("/api/blast/jobs/{id}/results/alignments?page_size=50");
    let mut theirs: Value = chain.api.read(&page(&id)).await;
    let mut ours: Value = chain.api.read(&page(&here)).await;
    for page in [&mut theirs, &mut ours] {
        page.as_object_mut().unwrap().remove("meta");
    }
    assert_eq!(theirs["alignments"], ours["alignments"]);
    for step in &elastic.steps {
        assert_eq!(step.status, "completed", "{}", step.phase);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_batch_is_named_and_nothing_of_the_search_runs_on() {
    let fault = Fault::Batch {
        batch: Some(0),
        what: BatchFault::Exit { code: 4, text: "BLAST engine error: out of everything".to_owned() },
        times: 100,
    };
    let clustered = Clustered::start(plan(), |cluster| cluster.fault(fault)).await;
    let id = clustered.submit(&search("blastn", Database::orchids().name, &queries())).await;
    let job = clustered.chain.api.ended(&id).await;
    assert_eq!(job.status, "failed");
    let error = job.error.unwrap();
    assert!(error.detail.contains("batch 1"), "{error:?}");
    clustered.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_leaves_nothing_on_the_cluster() {
    let fault = Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 7_200 }, times: 100 };
    let clustered = Clustered::start(plan(), |cluster| cluster.fault(fault)).await;
    let api = &clustered.chain.api;
    let id = clustered.submit(&search("blastn", Database::orchids().name, &queries())).await;
    api.until(&id, "batches run", |job: &Job| job.phase == "running" || job.phase == "submitted").await;
    let cancelled = api.post(&format!("/api/blast/jobs/{id}/cancel"), &json!({})).await;
    let _: Value = answer(cancelled, StatusCode::ACCEPTED).await;
    api.until(&id, "it is cancelled", |job| job.status == "cancelled").await;
    assert_eq!((clustered.standin.jobs(), clustered.standin.pods()), (Vec::new(), Vec::new()));
}

/// A search on a cluster that goes through these histories; how it ended.
async fn through(histories: &[&str]) -> (Clustered, Job) {
    let history = |plan: blastline_tests::standin::Plan, name: &&str| plan.history(name);
    let clustered = Clustered::start(plan(), |cluster| histories.iter().fold(cluster, history)).await;
    let id = clustered.submit(&search("blastn", Database::orchids().name, &queries())).await;
    let job = clustered.chain.api.ended(&id).await;
    (clustered, job)
}

/// The same, where it has to fail by a name; nothing of it stays on the cluster.
async fn fails_by(code: &str, histories: &[&str]) {
    let (clustered, job) = through(histories).await;
    assert_eq!((job.status.as_str(), job.error.map(|error| error.code)), ("failed", Some(code.to_owned())));
    clustered.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_fails_and_a_false_marker_are_no_failure() {
    // An attempt that ended before it wrote a result: where one did, its empty file stays, see `batch-retries`.
    let (clustered, job) = through(&["out-of-memory-once", "false-failure"]).await;
    assert_eq!(job.status, "completed", "{:?}", job.error);
    let api = &clustered.chain.api;
    let here = api.submit(&search("blastn", Database::orchids().name, &queries())).await.job_id;
    api.completed(&here).await;
    assert_eq!(api.export(&job.job_id, "outfmt6").await, api.export(&here, "outfmt6").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_batch_whose_job_is_gone_is_no_success_whatever_the_finalizer_says() {
    fails_by("elastic_jobs_missing", &["batch-fails-and-goes"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_made_nothing_is_named() {
    fails_by("elastic_jobs_missing", &["cli-created-nothing"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_was_cut_off_is_named() {
    fails_by("results_invalid", &["result-truncated"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_attempt_whose_result_is_that_of_the_first_is_named() {
    fails_by("results_invalid", &["batch-retries"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_searches_at_once_outlast_a_cluster_that_answers_errors_for_ten_minutes() {
    let clustered = Clustered::start(plan(), |cluster| cluster).await;
    let search = search("blastn", Database::orchids().name, &queries());
    let ids = [clustered.submit(&search).await, clustered.submit(&search).await];
    clustered.standin.arm(Fault::ApiDown { status: 500, seconds: 600 });
    let mut exports = Vec::new();
    for id in &ids {
        let job = clustered.chain.api.completed(id).await;
        assert_eq!(job.queries_total, job.queries_done);
        exports.push(clustered.chain.api.export(id, "outfmt6").await);
    }
    assert_eq!(exports[0], exports[1]);
    assert!(!exports[0].is_empty());
}
