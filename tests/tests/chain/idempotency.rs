//! The same request twice is one search.

use blastline_tests::chain::{
    Chain, Database,
    api::problem,
    searches::small,
    shapes::{JobList, Submitted},
};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_makes_the_same_request_the_same_job_and_another_request_a_conflict() {
    let chain = Chain::with(Database::orchids()).await;
    let mut search = small();
    search["idempotency_key"] = json!("first");
    let first = chain.api.submit(&search).await;
    assert_eq!(first.admission.reason, "new_job");
    assert_eq!((&first.id, &first.task_id), (&first.job_id, &first.job_id));
    let again = chain.api.submit(&search).await;
    assert_eq!(
        (again.job_id, again.admission.reason.as_str()),
        (first.job_id.clone(), "idempotent_replay_returned_existing_job")
    );
    for (field, value) in [
        ("job_title", json!("another title")),
        ("options", json!({"evalue": 1})),
        ("query_data", json!(">a\nACGTACGTACGT")),
    ] {
        let mut other = search.clone();
        other[field] = value;
        let refused = problem(chain.api.post("/api/blast/jobs", &other).await, 409).await;
        assert_eq!(refused.code, "idempotency_conflict", "{field}");
    }
    // The key may stand in a header, and a finished job is still the same one.
    chain.api.completed(&first.job_id).await;
    let request = chain.api.request(Method::POST, "/api/blast/jobs").header("idempotency-key", "first");
    let late: Submitted = request.json(&small()).send().await.unwrap().json().await.unwrap();
    assert_eq!((late.job_id, late.status.as_str()), (first.job_id, "completed"));
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    assert_eq!(list.jobs.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_the_same_moment_make_one_job() {
    let chain = Chain::with(Database::orchids()).await;
    let mut search = small();
    search["idempotency_key"] = json!("all at once");
    let answers = futures::future::join_all((0..6).map(|_| chain.api.submit(&search))).await;
    assert!(answers.iter().all(|answer| answer.job_id == answers[0].job_id));
    let made = answers.iter().filter(|answer| answer.admission.reason == "new_job").count();
    assert_eq!(made, 1, "{answers:?}");
    chain.api.completed(&answers[0].job_id).await;
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    assert_eq!(list.jobs.len(), 1);
    let events = chain.api.events(&answers[0].job_id).await.events;
    assert_eq!(events.iter().filter(|event| event.event == "created").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_each_request_is_a_job_of_its_own() {
    let chain = Chain::with(Database::orchids()).await;
    let (one, two) =
        tokio::join!(async { chain.api.submit(&small()).await }, async { chain.api.submit(&small()).await });
    assert_ne!(one.job_id, two.job_id);
    chain.api.completed(&one.job_id).await;
    chain.api.completed(&two.job_id).await;
}
