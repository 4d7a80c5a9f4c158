use crate::support::{Asked, Server, job, listed_job, page};
use axum::response::Response;
use blastline_jobs::ports::JobRole;
use serde_json::{Value, json};

const CREATED: &str = "2026-01-01T00:00:00Z";

fn batch(number: usize, status: Value) -> Value {
    listed_job(&format!("blastn-batch-x-job-{number:03}-89abcdef"), "blast", job().as_str(), CREATED, status)
}

fn pod(name: &str, app: &str) -> Value {
    let label = if app == "blast" { "elb-job-id" } else { "elb.control/job" };
    json!({
        "metadata": { "name": name, "uid": "u", "creationTimestamp": CREATED,
                      "labels": { "app": app, label: job().as_str() } },
        "spec": { "containers": [{ "name": "blast" }] }, "status": { "phase": "Pending" },
    })
}

/// A submission that has ended, a hundred batches, of which number 0 is complete and number 99 had a pod that failed.
fn hundred(asked: &Asked) -> Response {
    if asked.path.ends_with("/pods") {
        return page("PodList", json!([pod("b", "blast"), pod("s", "elb-cli-submit")]), "");
    }
    if asked.query("labelSelector").starts_with("elb.control") {
        let ended = json!({ "conditions": [{ "type": "Complete", "status": "True" }] });
        let id = job();
        return page(
            "JobList",
            json!([listed_job("elb-cli-submit-89abcdef-1", "elb-cli-submit", id.as_str(), CREATED, ended)]),
            "",
        );
    }
    let jobs = (0..100).map(|number| match number {
        0 => batch(0, json!({ "conditions": [{ "type": "Complete", "status": "True" }] })),
        99 => batch(99, json!({ "failed": 1, "active": 1 })),
        other => batch(other, json!({ "active": 1 })),
    });
    page("JobList", jobs.collect(), "")
}

#[tokio::test]
async fn a_look_is_three_lists_whatever_the_number_of_pods() {
    let server = Server::start(|asked, _| hundred(asked)).await;
    let seen = server.cluster().cluster.look(&job(), 50).await.unwrap();
    assert_eq!((seen.jobs.len(), server.count()), (101, 3));
    assert_eq!(seen.pods.iter().map(|pod| pod.role).collect::<Vec<_>>(), [JobRole::Cli, JobRole::Blast]);
    let selector = server.asked()[2].query("labelSelector").to_owned();
    let names =
        selector.strip_prefix("batch.kubernetes.io/job-name in (").unwrap().strip_suffix(')').unwrap();
    let names: Vec<_> = names.split(',').collect();
    assert_eq!(names[..2], ["elb-cli-submit-89abcdef-1", "blastn-batch-x-job-099-89abcdef"]);
    assert_eq!(names.len(), 60);
    assert!(!names.contains(&"blastn-batch-x-job-000-89abcdef"), "completed Jobs have nothing to tell");
}

#[tokio::test]
async fn without_jobs_there_are_no_pods_to_ask_for() {
    let server = Server::start(|_, _| page("JobList", json!([]), "")).await;
    let seen = server.cluster().cluster.look(&job(), 50).await.unwrap();
    assert!(seen.jobs.is_empty() && seen.pods.is_empty());
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_pod_is_the_searchs_by_the_job_that_owns_it() {
    let server = Server::start(|asked, _| {
        if !asked.path.ends_with("/pods") {
            return match asked.query("labelSelector").starts_with("elb.control") {
                true => page("JobList", json!([]), ""),
                false => page("JobList", json!([batch(1, json!({ "active": 1 }))]), ""),
            };
        }
        let owned = |name: &str, uid: &str| {
            let mut pod = pod(name, "blast");
            pod["metadata"]["labels"] = json!({ "app": "blast" });
            pod["metadata"]["ownerReferences"] = json!([{ "kind": "Job", "name": "x", "uid": uid }]);
            pod
        };
        let uid = "uid-blastn-batch-x-job-001-89abcdef";
        page("PodList", json!([owned("ours", uid), owned("of-an-earlier-job", "uid-0")]), "")
    })
    .await;
    let pods = server.cluster().cluster.look(&job(), 50).await.unwrap().pods;
    assert_eq!(
        pods.iter().map(|pod| (pod.name.as_str(), pod.role)).collect::<Vec<_>>(),
        [("ours", JobRole::Blast)]
    );
}
