use crate::support::{Asked, Server, job, listed_job, page};
use axum::response::Response;
use blastline_jobs::ports::{ClusterResult, JobRole, LogTarget, LookWish, Sighting};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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

async fn look(server: &Server, told: &[&str]) -> ClusterResult<Sighting> {
    let told: BTreeSet<String> = told.iter().map(|uid| (*uid).to_owned()).collect();
    server.cluster().cluster.look(&job(), &LookWish { pods: 50, told: &told }).await
}

/// Names in the selector of the third list.
fn names(server: &Server) -> Vec<String> {
    let selector = server.asked()[2].query("labelSelector").to_owned();
    let names =
        selector.strip_prefix("batch.kubernetes.io/job-name in (").unwrap().strip_suffix(')').unwrap();
    names.split(',').map(str::to_owned).collect()
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
    let seen = look(&server, &["uid-blastn-batch-x-job-000-89abcdef"]).await.unwrap();
    assert_eq!((seen.jobs.len(), server.count()), (101, 3));
    assert_eq!(seen.pods.iter().map(|pod| pod.role).collect::<Vec<_>>(), [JobRole::Cli, JobRole::Blast]);
    let names = names(&server);
    assert_eq!(names[..2], ["elb-cli-submit-89abcdef-1", "blastn-batch-x-job-099-89abcdef"]);
    assert!(!names.iter().any(|name| name == "blastn-batch-x-job-000-89abcdef"), "its logs are stored");
    assert_eq!(seen.whole.len(), names.len());
}

/// A search of five thousand batches that have all ended well, with a pod each.
fn thousands(asked: &Asked) -> Response {
    let limit: usize = asked.query("limit").parse().unwrap();
    if asked.path.ends_with("/pods") {
        let names = asked.query("labelSelector").matches("job-").count() - 1;
        return page("PodList", (0..names.min(limit)).map(|n| pod(&format!("p{n}"), "blast")).collect(), "");
    }
    if asked.query("labelSelector").starts_with("elb.control") {
        return page("JobList", json!([]), "");
    }
    assert!(limit >= 5_000, "{limit} on a page");
    let ended = json!({ "conditions": [{ "type": "Complete", "status": "True" }] });
    page("JobList", (0..5_000).map(|number| batch(number, ended.clone())).collect(), "")
}

#[tokio::test]
async fn a_look_at_thousands_of_batches_is_three_lists_too() {
    let server = Server::start(|asked, _| thousands(asked)).await;
    let seen = look(&server, &[]).await.unwrap();
    assert_eq!((seen.jobs.len(), server.count()), (5_000, 3));
    assert_eq!(seen.pods.len(), 50, "as many as were wished for");
    assert!(seen.whole.is_empty(), "of no Job is it known that its pods are all there");
    let selector = server.asked()[2].query("labelSelector").replace(',', "%2C");
    assert!(selector.len() < 8_000, "an address that every proxy takes");
}

#[tokio::test]
async fn whether_a_container_was_started_again_is_asked_of_its_pod() {
    let server = Server::start(|asked, _| {
        assert_eq!(asked.path, "/api/v1/namespaces/default/pods/b-x1");
        let mut pod = pod("b-x1", "blast");
        pod["status"]["containerStatuses"] = json!([{ "name": "blast", "restartCount": 2 }]);
        crate::support::answer(200, &pod)
    })
    .await;
    let target = |uid: &str| LogTarget {
        pod: "b-x1".to_owned(),
        pod_uid: uid.to_owned(),
        container: "blast".to_owned(),
    };
    let cluster = server.cluster().cluster;
    assert_eq!(cluster.restarts(&target("u")).await.unwrap(), Some(2));
    assert_eq!(cluster.restarts(&target("another")).await.unwrap(), None);
}

#[tokio::test]
async fn without_jobs_there_are_no_pods_to_ask_for() {
    let server = Server::start(|_, _| page("JobList", json!([]), "")).await;
    let seen = look(&server, &[]).await.unwrap();
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
    let pods = look(&server, &[]).await.unwrap().pods;
    assert_eq!(
        pods.iter().map(|pod| (pod.name.as_str(), pod.role)).collect::<Vec<_>>(),
        [("ours", JobRole::Blast)]
    );
}
