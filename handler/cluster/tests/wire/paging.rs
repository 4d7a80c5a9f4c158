use crate::support::{Server, answer, failure, job, limits, listed_job, page};
use blastline_cluster::CallLimits;
use blastline_jobs::ports::{ClusterErrorKind, JobRole};
use serde_json::{Value, json};

const CREATED: &str = "2026-01-01T00:00:00Z";

fn blast(number: usize) -> Value {
    listed_job(
        &format!("blastn-batch-x-job-{number:03}-89abcdef"),
        "blast",
        job().as_str(),
        CREATED,
        json!({}),
    )
}

/// Answers with pages of two out of five Jobs, for the list of ElasticBLAST's.
fn five(asked: &crate::support::Asked) -> axum::response::Response {
    if asked.query("labelSelector").starts_with("elb.control") {
        return page("JobList", json!([]), "");
    }
    let from = asked.query("continue").strip_prefix("from-").map_or(0, |from| from.parse().unwrap());
    let to = (from + 2).min(5);
    let next = if to < 5 { format!("from-{to}") } else { String::new() };
    page("JobList", (from..to).map(blast).collect(), &next)
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let server = Server::start(|asked, _| five(asked)).await;
    let jobs = server.cluster().cluster.jobs_of(&job()).await.unwrap();
    let batches: Vec<_> = jobs.iter().map(|seen| seen.batch.unwrap()).collect();
    assert_eq!(batches, [0, 1, 2, 3, 4]);
    assert!(jobs.iter().all(|seen| seen.role == JobRole::Blast));
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    for request in &asked[1..] {
        assert_eq!(request.path, "/apis/batch/v1/namespaces/default/jobs");
        assert_eq!(request.query("limit"), "2");
        assert_eq!(
            request.query("labelSelector"),
            format!("elb-job-id={},app in (finalizer,submit,setup,blast)", job())
        );
    }
    assert_eq!(asked[0].query("labelSelector"), format!("elb.control/job={},app=elb-cli-submit", job()));
}

#[tokio::test]
async fn a_page_that_is_too_old_starts_the_list_anew_once() {
    let server = Server::start(|asked, number| match number {
        2 => failure(410, "Expired", "The provided continue parameter is too old"),
        _ => five(asked),
    })
    .await;
    let jobs = server.cluster().cluster.jobs_of(&job()).await.unwrap();
    assert_eq!(jobs.len(), 5, "each once");
    assert_eq!(server.asked()[3].query("continue"), "");
}

#[tokio::test]
async fn pages_that_are_always_too_old_are_an_error() {
    let server = Server::start(|asked, _| match asked.query("continue") {
        "" => five(asked),
        _ => failure(410, "Expired", "too old"),
    })
    .await;
    let error = server.cluster().cluster.jobs_of(&job()).await.unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::Unavailable);
    assert!(error.kind.retryable());
    assert_eq!(server.count(), 5, "the first list, then twice a page and the next");
}

#[tokio::test]
async fn something_else_with_a_good_status_is_no_empty_list() {
    for body in [json!({ "kind": "Status", "metadata": {} }), json!({}), json!("signed out"), json!([])] {
        let copy = body.clone();
        let server = Server::start(move |_, _| answer(200, &copy)).await;
        let error = server.cluster().cluster.jobs_of(&job()).await.unwrap_err();
        assert_eq!(error.kind, ClusterErrorKind::Corrupt, "{body}");
    }
}

#[tokio::test]
async fn an_empty_list_is_the_clusters_own_answer() {
    let server = Server::start(|_, _| page("JobList", Value::Null, "")).await;
    assert_eq!(server.cluster().cluster.jobs_of(&job()).await.unwrap(), []);
}

#[tokio::test]
async fn objects_of_another_search_are_never_taken() {
    let other = listed_job("x", "blast", "job-ffffffffffffffffffffffffffffffff", CREATED, json!({}));
    let server = Server::start(move |_, _| page("JobList", json!([other, blast(1)]), "")).await;
    let jobs = server.cluster().cluster.jobs_of(&job()).await.unwrap();
    assert!(jobs.iter().all(|seen| seen.batch == Some(1)), "{jobs:?}");
}

fn pod(name: usize, app: &str) -> Value {
    let label = if app == "blast" { "elb-job-id" } else { "elb.control/job" };
    json!({
        "metadata": { "name": format!("p{name}"), "uid": "u", "creationTimestamp": CREATED,
                      "labels": { "app": app, label: job().as_str() } },
        "spec": { "containers": [{ "name": "blast" }] }, "status": { "phase": "Pending" },
    })
}

#[tokio::test]
async fn no_more_pods_are_asked_for_than_are_wanted() {
    let server = Server::start(|asked, _| {
        if asked.query("labelSelector").starts_with("elb.control") {
            assert_eq!(
                asked.query("fieldSelector"),
                "",
                "how the submission ended is told by a pod that succeeded"
            );
            return page("PodList", json!([pod(100, "elb-cli-submit")]), "");
        }
        assert_eq!(asked.query("fieldSelector"), "status.phase!=Succeeded");
        let limit: usize = asked.query("limit").parse().unwrap();
        page("PodList", (0..limit).map(|number| pod(number, "blast")).collect(), "more")
    })
    .await;
    let limits = CallLimits { page: 3, ..limits() };
    let pods = server.cluster_with(limits).cluster.pods_of(&job(), 6).await.unwrap();
    assert_eq!(pods.len(), 6);
    assert_eq!(pods[0].role, JobRole::Cli);
    let limits: Vec<_> = server.asked().iter().map(|asked| asked.query("limit").to_owned()).collect();
    assert_eq!(limits, ["3", "3", "2"]);
}
