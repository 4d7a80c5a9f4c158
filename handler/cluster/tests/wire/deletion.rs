use crate::support::{Server, answer, failure, job};
use blastline_jobs::ports::{ClusterErrorKind, JobRole};
use serde_json::json;

#[tokio::test]
async fn each_role_is_deleted_by_the_id_and_its_label_alone() {
    let server = Server::start(|_, _| answer(200, &json!({ "kind": "JobList", "items": [] }))).await;
    let cluster = server.cluster().cluster;
    for role in JobRole::CANCEL_ORDER {
        cluster.delete_jobs(&job(), role).await.unwrap();
    }
    let told: Vec<_> = server
        .asked()
        .iter()
        .map(|asked| {
            assert_eq!(asked.method, "DELETE");
            assert_eq!(
                asked.json(),
                json!({ "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background" })
            );
            format!("{} {}", asked.path.rsplit('/').next().unwrap(), asked.query("labelSelector"))
        })
        .collect();
    let id = job();
    assert_eq!(
        told,
        [
            format!("jobs elb.control/job={id},app=elb-cli-submit"),
            format!("secrets elb.control/job={id}"),
            format!("jobs elb-job-id={id},app=finalizer"),
            format!("jobs elb-job-id={id},app=submit"),
            format!("jobs elb-job-id={id},app=setup"),
            format!("jobs elb-job-id={id},app=blast"),
        ]
    );
}

#[tokio::test]
async fn what_is_not_there_is_no_error_and_a_refusal_is_one() {
    let server = Server::start(|_, number| match number {
        0 => failure(404, "NotFound", "namespaces \"default\" not found"),
        _ => failure(403, "Forbidden", "no"),
    })
    .await;
    let cluster = server.cluster().cluster;
    cluster.delete_jobs(&job(), JobRole::Blast).await.unwrap();
    let error = cluster.delete_jobs(&job(), JobRole::Blast).await.unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::Denied);
}

#[tokio::test]
async fn an_answer_that_repeats_thousands_of_objects_is_not_read() {
    // Not even JSON, and no end: only the head counts.
    let server = Server::start(|_, _| axum::response::IntoResponse::into_response("x".repeat(1 << 20))).await;
    server.cluster().cluster.delete_jobs(&job(), JobRole::Blast).await.unwrap();
}
