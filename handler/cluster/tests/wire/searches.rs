use crate::support::{Asked, Server, failure, limits, listed_job, page};
use axum::response::{IntoResponse, Response};
use blastline_cluster::CallLimits;
use serde_json::{Value, json};

fn finalizer(id: &str, created: &str, status: Value) -> Value {
    listed_job(&format!("elb-finalizer-{id}"), "finalizer", id, created, status)
}

/// The cluster's clock says noon, whatever ours says.
fn at_noon(response: Response) -> Response {
    ([("date", "Fri, 02 Jan 2026 12:00:00 GMT")], response).into_response()
}

fn active() -> Value {
    json!({ "active": 1 })
}

fn ended() -> Value {
    json!({ "conditions": [{ "type": "Complete", "status": "True" }] })
}

fn cluster_of_searches(asked: &Asked) -> Response {
    let selector = asked.query("labelSelector");
    if selector == "app=finalizer,elb-job-id" {
        let items = json!([
            finalizer("job-running", "2026-01-02T09:00:00Z", active()),
            finalizer("job-ended", "2026-01-02T11:59:00Z", ended()),
            finalizer("job-lone-young", "2026-01-02T11:55:00Z", active()),
            finalizer("job-lone-old", "2026-01-02T11:54:59Z", active()),
            finalizer("somebody-elses", "2026-01-02T09:00:00Z", json!({})),
            finalizer("job-running", "2026-01-02T09:00:01Z", active()),
        ]);
        return at_noon(page("JobList", items, ""));
    }
    assert_eq!(
        selector,
        "elb-job-id in (job-lone-old,job-running,somebody-elses),app in (setup,submit,blast)"
    );
    let batch = |id| listed_job("b", "blast", id, "2026-01-02T09:00:00Z", ended());
    at_noon(page("JobList", json!([batch("job-running"), batch("somebody-elses"), batch("job-running")]), ""))
}

#[tokio::test]
async fn searches_count_by_their_finalizers_each_once() {
    let server = Server::start(|asked, _| cluster_of_searches(asked)).await;
    let limits = CallLimits { page: 500, ..limits() };
    let active = server.cluster_with(limits).cluster.active_searches().await.unwrap();
    assert_eq!(active, ["job-lone-young", "job-running", "somebody-elses"]);
    assert_eq!(server.count(), 2, "a young one is not looked behind, and the others are with one list");
}

#[tokio::test]
async fn a_search_whose_jobs_may_be_on_a_further_page_counts() {
    let server = Server::start(|asked, number| match number {
        0 => cluster_of_searches(asked),
        _ => {
            let limit: usize = asked.query("limit").parse().unwrap();
            let batch = listed_job("b", "blast", "job-running", "2026-01-02T09:00:00Z", ended());
            at_noon(page("JobList", vec![batch; limit].into(), "more"))
        }
    })
    .await;
    let active = server.cluster().cluster.active_searches().await.unwrap();
    assert_eq!(active, ["job-lone-old", "job-lone-young", "job-running", "somebody-elses"]);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn not_knowing_is_not_none() {
    let server = Server::start(|asked, number| match number {
        0 => cluster_of_searches(asked),
        _ => failure(500, "InternalError", ""),
    })
    .await;
    assert!(server.cluster().cluster.active_searches().await.is_err());
}
