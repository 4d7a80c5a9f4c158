use crate::client::{Bed, JOBS, LEASES, SECRETS, job};
use reqwest::Method;
use serde_json::{Value, json};

async fn refused(bed: &Bed, path: &str, body: &Value) -> (u16, String) {
    let (status, answer) = bed.post(path, body).await;
    assert_eq!(
        (answer["kind"].as_str(), answer["status"].as_str()),
        (Some("Status"), Some("Failure")),
        "{answer}"
    );
    assert_eq!(answer["code"], status);
    (status, answer["message"].as_str().unwrap().to_owned())
}

fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut job = job("x");
    change(&mut job);
    job
}

#[tokio::test]
async fn objects_that_a_real_server_refuses_are_refused() {
    let bed = Bed::new();
    let pod = |job: &mut Value, change: &dyn Fn(&mut Value)| change(&mut job["spec"]["template"]["spec"]);
    let cases: Vec<(u16, &str, Value)> = vec![
        (400, "unknown field \"backofLimit\"", changed(|job| job["spec"]["backofLimit"] = json!(1))),
        (
            400,
            "unknown field \"nodeSelectr\"",
            changed(|job| pod(job, &|spec| spec["nodeSelectr"] = json!({}))),
        ),
        (400, "cannot unmarshal", changed(|job| job["spec"]["backoffLimit"] = json!("1"))),
        (400, "Kind' is missing", changed(|job| _ = job.as_object_mut().unwrap().remove("kind"))),
        (400, "cannot be handled as a Job", changed(|job| job["kind"] = json!("CronJob"))),
        (
            400,
            "does not match the expected API version",
            changed(|job| job["apiVersion"] = json!("batch/v1beta1")),
        ),
        (
            400,
            "namespace of the provided object",
            changed(|job| job["metadata"]["namespace"] = json!("kube-system")),
        ),
        (422, "RFC 1123", changed(|job| job["metadata"]["name"] = json!("X_1"))),
        (422, "no more than 63", changed(|job| job["metadata"]["name"] = json!("a".repeat(64)))),
        (422, "name or generateName is required", changed(|job| job["metadata"]["name"] = json!(""))),
        (422, "a valid label", changed(|job| job["metadata"]["labels"]["db"] = json!("a b"))),
        (422, "Required value", changed(|job| pod(job, &|spec| spec["containers"] = json!([])))),
        (
            422,
            "image: Required value",
            changed(|job| pod(job, &|spec| spec["containers"][0]["image"] = json!(""))),
        ),
        (
            422,
            "restartPolicy: Unsupported value",
            changed(|job| pod(job, &|spec| spec["restartPolicy"] = json!("Always"))),
        ),
        (
            422,
            "restartPolicy: Unsupported value",
            changed(|job| {
                pod(job, &|spec| _ = spec.as_object_mut().unwrap().remove("restartPolicy"));
            }),
        ),
        (
            422,
            "Not found: \"cfg\"",
            changed(|job| {
                pod(job, &|spec| {
                    spec["containers"][0]["volumeMounts"] = json!([{ "name": "cfg", "mountPath": "/cfg" }])
                });
            }),
        ),
        (
            422,
            "Duplicate value",
            changed(|job| {
                pod(job, &|spec| spec["initContainers"] = json!([{ "name": "idle", "image": "x" }]));
            }),
        ),
        (422, "greater than or equal to 0", changed(|job| job["spec"]["backoffLimit"] = json!(-1))),
        (
            422,
            "less than or equal to memory limit",
            changed(|job| {
                pod(job, &|spec| {
                    spec["containers"][0]["resources"] =
                        json!({ "requests": { "memory": "4Gi" }, "limits": { "memory": "4G" } });
                });
            }),
        ),
    ];
    for (status, words, body) in cases {
        let (found, message) = refused(&bed, JOBS, &body).await;
        assert_eq!(found, status, "{message}");
        assert!(message.contains(words), "{words}: {message}");
    }
    assert!(bed.standin.jobs().is_empty());
}

#[tokio::test]
async fn a_name_is_given_once_and_a_dry_run_gives_none() {
    let bed = Bed::new();
    let (status, _) = bed.post(&format!("{JOBS}?dryRun=All&fieldValidation=Strict"), &job("x")).await;
    assert_eq!((status, bed.standin.jobs().len()), (201, 0));
    let made = bed.create(JOBS, &job("x")).await;
    assert_eq!(made["spec"]["template"]["metadata"]["labels"]["batch.kubernetes.io/job-name"], "x");
    assert_eq!(made["spec"]["completions"], 1);
    assert_eq!(made["apiVersion"], "batch/v1");
    let (status, message) = refused(&bed, JOBS, &job("x")).await;
    assert_eq!((status, message.as_str()), (409, "jobs.batch \"x\" already exists"));
    let (status, message) = refused(&bed, "/apis/batch/v1/namespaces/nowhere/jobs", &job("y")).await;
    assert_eq!((status, message.as_str()), (404, "namespaces \"nowhere\" not found"));
}

#[tokio::test]
async fn a_write_needs_the_newest_version_and_leaves_the_template_alone() {
    let bed = Bed::new();
    let first = bed.create(JOBS, &job("x")).await;
    bed.until_condition("x", "Complete").await;
    let place = format!("{JOBS}/x");
    let (status, answer) = bed.put(&place, &first).await;
    assert_eq!((status, answer["reason"].as_str()), (409, Some("Conflict")));
    let (_, mut newest) = bed.get(&place).await;
    newest["spec"]["template"]["spec"]["containers"][0]["image"] = json!("example/other:1");
    let (status, answer) = bed.put(&place, &newest).await;
    assert_eq!(status, 422);
    assert!(answer["message"].as_str().unwrap().contains("field is immutable"), "{answer}");
    let (_, mut newest) = bed.get(&place).await;
    newest["metadata"]["labels"]["more"] = json!("yes");
    newest["status"] = json!({});
    let (status, written) = bed.put(&place, &newest).await;
    assert_eq!((status, &written["metadata"]["labels"]["more"]), (200, &json!("yes")));
    assert_eq!(written["status"]["succeeded"], 1, "a write says nothing of the status");
}

#[tokio::test]
async fn a_secret_gets_an_owner_by_a_patch_and_goes_with_it() {
    let bed = Bed::new();
    let made = bed.create(JOBS, &job("owner")).await;
    let secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "cfg" },
        "stringData": { "elastic-blast.ini": "[blast]" } });
    let kept = bed.create(SECRETS, &secret).await;
    assert_eq!(kept["data"]["elastic-blast.ini"], "W2JsYXN0XQ==");
    assert_eq!(kept.get("stringData"), None);
    let owner = json!({ "metadata": { "ownerReferences": [{ "apiVersion": "batch/v1", "kind": "Job",
        "name": "owner", "uid": made["metadata"]["uid"] }] } });
    let patch = |kind: &'static str| {
        let request = bed.request(Method::PATCH, &format!("{SECRETS}/cfg"));
        request.header("content-type", kind).body(owner.to_string())
    };
    assert_eq!(bed.send(patch("application/json")).await.0, 415);
    assert_eq!(bed.send(patch("application/merge-patch+json")).await.0, 200);
    bed.delete(&format!("{JOBS}/owner?propagationPolicy=Background")).await;
    let gone = || async { (bed.get(&format!("{SECRETS}/cfg")).await.0 == 404).then_some(()) };
    blastline_tests::chain::until("the Secret is gone", gone).await;
    let bad = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "bad" }, "data": { "a b": "%" } });
    assert_eq!(bed.post(SECRETS, &bad).await.0, 422);
}

#[tokio::test]
async fn a_lease_is_written_under_its_version_and_with_six_digits_of_a_second() {
    let bed = Bed::new();
    let place = format!("{LEASES}/elb-blast-submit-default");
    let lease = |holder: &str, time: &str| {
        json!({ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": { "name": "elb-blast-submit-default" },
            "spec": { "holderIdentity": holder, "leaseDurationSeconds": 900, "renewTime": time } })
    };
    for time in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.123456789Z", "now"]
    {
        assert_eq!(bed.post(LEASES, &lease("a", time)).await.0, 400, "{time}");
    }
    let made = bed.create(LEASES, &lease("a", "2026-01-02T03:04:05.000006Z")).await;
    assert_eq!(made["spec"]["renewTime"], "2026-01-02T03:04:05.000006Z");
    let (status, answer) = bed.put(&place, &lease("b", "2026-01-02T03:04:06.000000Z")).await;
    assert_eq!(status, 422, "{answer}");
    let mut second = made.clone();
    second["spec"]["holderIdentity"] = json!("b");
    assert_eq!(bed.put(&place, &second).await.0, 200);
    assert_eq!(bed.put(&place, &second).await.0, 409);
    second["metadata"]["resourceVersion"] = bed.get(&place).await.1["metadata"]["resourceVersion"].clone();
    second["spec"]["leaseDurationSeconds"] = json!(0);
    assert_eq!(bed.put(&place, &second).await.0, 422);
}

#[tokio::test]
async fn what_no_role_allows_is_forbidden() {
    let bed = Bed::new();
    let binding = json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": "elb-janitor-rbac" } });
    let (status, message) =
        refused(&bed, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding).await;
    assert_eq!(status, 403);
    assert!(message.contains("clusterrolebindings.rbac.authorization.k8s.io"), "{message}");
    assert!(message.ends_with("at the cluster scope"), "{message}");
    for path in [
        "/apis/batch/v1/jobs",
        "/api/v1/secrets",
        "/api/v1/namespaces/default/services",
        "/api/v1/namespaces",
    ] {
        assert_eq!(bed.get(path).await.0, 403, "{path}");
    }
    assert_eq!(bed.get("/api/v1/nodes").await.0, 200);
    assert_eq!(bed.delete("/api/v1/nodes/aks-systempool-27182818-vmss000000").await.0, 403);
    assert_eq!(bed.post("/api/v1/namespaces/default/pods", &json!({})).await.0, 403);
}
