use crate::client::{Bed, JOBS, PODS, job, names};
use blastline_tests::{chain::until, standin::Fault};
use reqwest::Method;
use serde_json::{Value, json};

/// A Job whose pod never gets a node.
async fn waiting(bed: &Bed, name: &str) -> Value {
    bed.standin.arm(Fault::Unschedulable { app: "idle".to_owned(), seconds: None });
    let made = bed.create(JOBS, &job(name)).await;
    until("the pod is there", || async { (!bed.standin.pods().is_empty()).then_some(()) }).await;
    made
}

async fn no_pods(bed: &Bed) {
    until("no pod is left", || async { bed.standin.pods().is_empty().then_some(()) }).await;
}

#[tokio::test]
async fn without_a_policy_a_jobs_pods_stay() {
    let bed = Bed::new();
    let made = waiting(&bed, "x").await;
    assert_eq!(bed.delete(&format!("{JOBS}/x")).await.0, 200);
    until("the Job is gone", || async { bed.standin.jobs().is_empty().then_some(()) }).await;
    let (_, pods) = bed.get(PODS).await;
    assert_eq!(names(&pods).len(), 1);
    assert_eq!(pods["items"][0]["metadata"].get("ownerReferences"), None, "{made}");
    let pod = names(&pods).remove(0);
    let (_, ending) = bed.delete(&format!("{PODS}/{pod}")).await;
    assert!(ending["metadata"]["deletionTimestamp"].is_string());
    no_pods(&bed).await;
}

#[tokio::test]
async fn in_the_background_pods_go_after_the_job() {
    let bed = Bed::new();
    waiting(&bed, "x").await;
    let (status, answer) = bed.delete(&format!("{JOBS}/x?propagationPolicy=Background")).await;
    assert_eq!((status, answer["status"].as_str()), (200, Some("Success")));
    assert!(bed.standin.jobs().is_empty());
    no_pods(&bed).await;
}

#[tokio::test]
async fn in_the_foreground_the_job_goes_after_its_pods() {
    let bed = Bed::new();
    waiting(&bed, "x").await;
    let options = json!({ "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground" });
    let (_, answer) = bed.send(bed.request(Method::DELETE, &format!("{JOBS}/x")).json(&options)).await;
    assert_eq!(answer["metadata"]["finalizers"], json!(["foregroundDeletion"]));
    assert_eq!(bed.standin.jobs().len(), 1);
    no_pods(&bed).await;
    until("the Job is gone", || async { bed.standin.jobs().is_empty().then_some(()) }).await;
}

#[tokio::test]
async fn a_collection_is_deleted_by_its_labels_alone() {
    let bed = Bed::new();
    for name in ["a", "b", "c"] {
        bed.create(JOBS, &job(name)).await;
    }
    let path = format!("{JOBS}?labelSelector=name%20in%20(a,c)&propagationPolicy=Background");
    let (status, list) = bed.delete(&path).await;
    assert_eq!((status, names(&list)), (200, vec!["a".to_owned(), "c".to_owned()]));
    assert_eq!(bed.standin.jobs(), ["b"]);
    assert_eq!(bed.delete(&path).await.0, 200);
    assert_eq!(bed.delete(&format!("{JOBS}/a")).await.0, 404);
    assert_eq!(bed.delete(&format!("{JOBS}/b?propagationPolicy=Sideways")).await.0, 422);
    assert_eq!(bed.delete(&format!("{JOBS}/b?propagation=Background")).await.0, 400);
}

#[tokio::test]
async fn a_precondition_has_to_hold() {
    let bed = Bed::new();
    let made = bed.create(JOBS, &job("x")).await;
    let delete = |uid: &Value| {
        let options = json!({ "preconditions": { "uid": uid }, "propagationPolicy": "Background" });
        bed.request(Method::DELETE, &format!("{JOBS}/x")).json(&options)
    };
    assert_eq!(bed.send(delete(&json!("another"))).await.0, 409);
    assert_eq!(bed.send(delete(&made["metadata"]["uid"])).await.0, 200);
}
