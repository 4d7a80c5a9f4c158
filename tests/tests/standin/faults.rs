use crate::{
    client::{Bed, JOBS, LEASES, PODS, has, job, names},
    search::Search,
};
use blastline_tests::{
    chain::until,
    standin::{BatchFault, Fault},
};
use serde_json::json;

async fn submitted(history: &str) -> Search {
    let search = Search::new(|plan| plan.history(history)).await;
    let job = search.submit().await;
    assert_eq!(search.submitted(&job).await.0, 0);
    search
}

#[tokio::test]
async fn a_batch_that_fails_in_every_attempt_fails_its_job_and_no_other() {
    let search = submitted("batch-fails").await;
    let failed = search.bed.until_condition(&search.batch_job(1), "Failed").await;
    assert_eq!(failed["status"]["conditions"][1]["reason"], "BackoffLimitExceeded");
    for number in [0, 2] {
        search.bed.until_condition(&search.batch_job(number), "Complete").await;
    }
    assert!(search.result("metadata/FAILURE.txt").await.is_some());
}

#[tokio::test]
async fn a_container_that_had_too_little_memory_is_complete_in_its_second_attempt() {
    let search = submitted("out-of-memory-once").await;
    search.bed.until_condition(&search.batch_job(1), "Complete").await;
    let pods = search.batch_pods(1).await;
    let blast = &pods[0]["status"]["containerStatuses"][0];
    assert_eq!(
        (&blast["restartCount"], &blast["lastState"]["terminated"]["reason"]),
        (&json!(1), &json!("OOMKilled"))
    );
    assert_eq!(search.batch(1).await.unwrap(), search.direct(1).await);
    let name = pods[0]["metadata"]["name"].as_str().unwrap();
    let path = format!("{PODS}/{name}/log?container=blast&previous=true");
    let before = search.bed.request(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap();
    assert_eq!(before, "run start 001 blastn orchid_its\n");
}

#[tokio::test]
async fn a_retried_batch_leaves_the_result_of_its_first_attempt() {
    let search = submitted("batch-retries").await;
    search.bed.until_condition(&search.batch_job(1), "Complete").await;
    assert_eq!(
        search.batch(1).await.unwrap(),
        "",
        "gzip overwrites nothing, so that the Job is complete with an old file"
    );
}

#[tokio::test]
async fn an_evicted_pod_and_a_lost_node_give_another_pod() {
    for (history, reason) in [("evicted", "Evicted"), ("node-lost", "")] {
        let search = submitted(history).await;
        let done = search.bed.until_condition(&search.batch_job(1), "Complete").await;
        assert_eq!(done["status"]["failed"], 1, "{history}");
        let pods = search.batch_pods(1).await;
        let old = pods.iter().find(|pod| pod["status"]["phase"] != "Succeeded");
        assert_eq!(old.map_or("", |pod| pod["status"]["reason"].as_str().unwrap_or_default()), reason);
        assert_eq!(search.batch(1).await.unwrap(), search.direct(1).await);
    }
}

#[tokio::test]
async fn images_and_nodes_that_are_not_there_keep_pods_waiting() {
    let search = submitted("image-pull").await;
    until("the image cannot be pulled", || async {
        let pods = search.batch_pods(0).await;
        let waiting = &pods.first()?["status"]["initContainerStatuses"][0]["state"]["waiting"];
        (waiting["reason"] == "ImagePullBackOff").then_some(())
    })
    .await;
    let search = submitted("unschedulable").await;
    until("no node takes it", || async {
        let pods = search.batch_pods(0).await;
        let words = pods.first()?["status"]["conditions"][0]["message"].as_str()?;
        words.contains("Insufficient memory").then_some(())
    })
    .await;
}

#[tokio::test]
async fn results_can_be_missing_cut_empty_or_old() {
    for (history, wanted) in [
        ("result-missing", Err("missing")),
        ("result-truncated", Err("")),
        ("result-empty", Err("")),
        ("result-stale", Ok("# an older result\n# BLAST processed 0 queries\n")),
    ] {
        let search = submitted(history).await;
        search.bed.until_condition(&search.batch_job(0), "Complete").await;
        let found = search.batch(0).await;
        match wanted {
            Ok(text) => assert_eq!(found.as_deref(), Ok(text)),
            Err(words) => assert!(found.unwrap_err().contains(words), "{history}"),
        }
    }
}

#[tokio::test]
async fn the_finalizer_lies_where_a_failed_job_was_removed() {
    let search = submitted("batch-fails-and-goes").await;
    until("SUCCESS is written", || async { search.result("metadata/SUCCESS.txt").await.map(|_| ()) }).await;
    assert_eq!(search.bed.get(&format!("{JOBS}/{}", search.batch_job(1))).await.0, 404);
    assert!(search.result("metadata/FAILURE.txt").await.is_some(), "both markers are there");
}

#[tokio::test]
async fn quotas_forbid_jobs_and_hold_pods_back() {
    let bed = Bed::new();
    bed.standin.arm(Fault::QuotaPods { limit: 0 });
    bed.create(JOBS, &job("x")).await;
    bed.standin.arm(Fault::QuotaJobs { limit: 1 });
    let (status, answer) = bed.post(JOBS, &job("y")).await;
    assert_eq!(status, 403);
    let wanted = "jobs.batch \"y\" is forbidden: exceeded quota: searches, requested: count/jobs.batch=1, \
                  used: count/jobs.batch=1, limited: count/jobs.batch=1";
    assert_eq!(answer["message"], wanted);
    assert!(bed.standin.pods().is_empty());
    bed.standin.mend();
    bed.until_condition("x", "Complete").await;
}

#[tokio::test]
async fn a_lease_is_stolen_between_two_writes() {
    let bed = Bed::new();
    bed.standin.arm(Fault::LeaseStolen { after_writes: 1 });
    let lease = json!({ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "l" },
        "spec": { "holderIdentity": "me", "leaseDurationSeconds": 900 } });
    let made = bed.create(LEASES, &lease).await;
    let (status, mut second) = bed.put(&format!("{LEASES}/l"), &made).await;
    assert_eq!(status, 200);
    second["spec"]["leaseDurationSeconds"] = json!(901);
    assert_eq!(bed.put(&format!("{LEASES}/l"), &second).await.0, 409);
    assert_eq!(bed.get(&format!("{LEASES}/l")).await.1["spec"]["holderIdentity"], "somebody-else");
}

#[tokio::test]
async fn cancelling_leaves_nothing_that_runs() {
    let search = Search::new(|plan| {
        plan.fault(Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 100_000 }, times: u32::MAX })
    })
    .await;
    let job = search.submit().await;
    search.submitted(&job).await;
    for (label, app) in [
        ("elb.control/job", "elb-cli-submit"),
        ("elb-job-id", "finalizer"),
        ("elb-job-id", "submit"),
        ("elb-job-id", "setup"),
        ("elb-job-id", "blast"),
    ] {
        let path =
            format!("{JOBS}?labelSelector={label}={},app={app}&propagationPolicy=Background", search.id);
        assert_eq!(search.bed.delete(&path).await.0, 200);
    }
    until("nothing is left", || async {
        (search.bed.standin.jobs().is_empty() && search.bed.standin.pods().is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_ahead_shows_in_every_time() {
    let bed = Bed::new();
    bed.standin.skew(300);
    bed.create(JOBS, &job("x")).await;
    let done = bed.until_condition("x", "Complete").await;
    bed.standin.skew(0);
    bed.create(JOBS, &job("y")).await;
    let later = bed.until_condition("y", "Complete").await;
    let created = |job: &serde_json::Value| job["metadata"]["creationTimestamp"].as_str().unwrap().to_owned();
    assert!(created(&done) > created(&later));
    assert!(has(&done, "SuccessCriteriaMet"));
    assert_eq!(names(&bed.get(JOBS).await.1), ["x", "y"]);
}
