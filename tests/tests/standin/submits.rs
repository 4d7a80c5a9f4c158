use crate::{
    client::{JOBS, PODS, SECRETS, has, names},
    search::Search,
};
use blastline_jobs::names::Container;
use blastline_tests::{
    chain::{samples, until},
    standin::{BatchFault, CliFault, Fault},
};
use serde_json::{Value, json};

fn json_of(message: &str) -> Value {
    serde_json::from_str(message).unwrap_or_else(|error| panic!("{error}: {message}"))
}

#[tokio::test]
async fn a_search_ends_with_the_bytes_of_blast() {
    let search = Search::new(|plan| plan).await;
    let job = search.submit().await;
    let (code, message) = search.submitted(&job).await;
    assert_eq!(code, 0, "{message}");
    let answer = json_of(&message);
    assert_eq!((&answer["decision"], &answer["correlation_id"]), (&json!("accepted"), &json!(search.id)));
    let created = search.batches().await;
    assert_eq!(names(&created), [0, 1, 2].map(|number| search.batch_job(number)));
    assert_eq!(search.result("metadata/num_jobs_submitted.txt").await.unwrap(), b"3");
    for number in 0..3 {
        search.bed.until_condition(&search.batch_job(number), "Complete").await;
        let found = search.batch(number).await.unwrap();
        assert_eq!(found, search.direct(number).await, "batch {number}");
        assert!(found.lines().filter(|line| !line.starts_with('#')).count() > 0);
    }
    search.bed.until_condition(&format!("elb-finalizer-{}", &search.id[28..]), "Complete").await;
    assert!(search.result("metadata/SUCCESS.txt").await.is_some());
    let times = String::from_utf8(search.result("logs/BLAST_RUNTIME-002.out").await.unwrap()).unwrap();
    assert!(times.contains("run exitCode 002 0"), "{times}");
    let pods = search.batch_pods(1).await;
    let containers = pods[0]["spec"]["containers"].as_array().unwrap();
    let env = containers[0]["env"].as_array().unwrap();
    assert!(env.contains(&json!({ "name": "BLAST_ELB_JOB_ID", "value": search.id })));
    assert_eq!(pods[0]["status"]["initContainerStatuses"][0]["state"]["terminated"]["exitCode"], 0);
}

#[tokio::test]
async fn the_same_key_again_is_answered_with_what_was_done() {
    let search = Search::new(|plan| plan).await;
    search
        .put(Container::Results, &format!("{}/{}/metadata/FAILURE.txt", search.id, search.id), b"x".to_vec())
        .await;
    let job = search.submit().await;
    let (code, message) = search.submitted(&job).await;
    let answer = json_of(&message);
    assert_eq!(
        (code, &answer["decision"], &answer["details"]["terminal"]),
        (0, &json!("already_done"), &json!("FAILURE"))
    );
    assert!(names(&search.batches().await).is_empty());
}

async fn refused(change: impl FnOnce(&str) -> String) -> (i64, String) {
    let mut search = Search::new(|plan| plan).await;
    search.ini = change(&search.ini);
    let job = search.submit().await;
    search.submitted(&job).await
}

#[tokio::test]
async fn configurations_that_the_cli_refuses_end_with_its_codes() {
    for (from, to, code, category) in [
        ("num-cpus = 8", "num-cpus = 8\nnumber-of-cpus = 8", 1, ""),
        ("-evalue 0.05", "-perc_identity 90%", 1, ""),
        ("-evalue 0.05", "-remote", 1, ""),
        ("reuse = true", "reuse = true # keep", 1, ""),
        ("machine-type = Standard_E16s_v5", "machine-type = Standard_X1", 1, ""),
        ("files/orchid_its", "files/none", 2, "transient"),
        ("query.fa", "none.fa", 1, "invalid"),
        ("num-nodes = 3", "num-nodes = 4", 8, "transient"),
        ("reuse = true", "reuse = false", 8, "transient"),
    ] {
        let (found, message) = refused(|ini| ini.replacen(from, to, 1)).await;
        assert_eq!(found, code, "{to}: {message}");
        let said = if message.is_empty() {
            String::new()
        } else {
            json_of(&message)["category"].as_str().unwrap().to_owned()
        };
        assert_eq!(said, category, "{to}: {message}");
    }
}

#[tokio::test]
async fn the_script_needs_identity_key_and_configuration() {
    for (change, code) in [
        (json!(["spec", "template", "metadata", "labels", "azure.workload.identity/use"]), 7),
        (json!(["spec", "template", "spec", "containers", 0, "volumeMounts", 0]), 1),
    ] {
        let search = Search::new(|plan| plan).await;
        let job = search.submit_with(|job| remove(job, change.as_array().unwrap())).await;
        assert_eq!(search.submitted(&job).await.0, code, "without {change}");
        assert!(names(&search.batches().await).is_empty());
    }
}

fn remove(value: &mut Value, path: &[Value]) {
    match path {
        [Value::String(last)] => _ = value.as_object_mut().unwrap().remove(last),
        [Value::Number(last)] => _ = value.as_array_mut().unwrap().remove(last.as_u64().unwrap() as usize),
        [Value::String(name), rest @ ..] => remove(&mut value[name.as_str()], rest),
        [Value::Number(index), rest @ ..] => remove(&mut value[index.as_u64().unwrap() as usize], rest),
        _ => panic!("nothing to remove"),
    }
}

#[tokio::test]
async fn a_job_waits_for_its_secret_and_keeps_to_its_deadline() {
    let search = Search::new(|plan| plan).await;
    let job = search.submit_with(|job| job["spec"]["activeDeadlineSeconds"] = json!(200)).await;
    search.submitted(&job).await;
    let without = search.submit_without_secret().await;
    let failed = search.bed.until_condition(&without, "Failed").await;
    let kinds: Vec<_> =
        failed["status"]["conditions"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(kinds, ["FailureTarget", "Failed"]);
    assert_eq!(failed["status"]["conditions"][1]["reason"], "DeadlineExceeded");
}

#[tokio::test]
async fn a_job_with_the_searches_label_waits_for_itself() {
    let search = Search::new(|plan| plan).await;
    let id = search.id.clone();
    let job = search
        .submit_with(|job| {
            job["spec"]["template"]["metadata"]["labels"]["elb-job-id"] = json!(id);
            job["spec"]["activeDeadlineSeconds"] = json!(300);
        })
        .await;
    let failed = search.bed.until_condition(&job, "Failed").await;
    assert_eq!(failed["status"]["conditions"][1]["reason"], "DeadlineExceeded");
    assert!(names(&search.batches().await).is_empty());
}

#[tokio::test]
async fn the_answer_is_where_a_history_wants_it() {
    for (what, last) in [
        (CliFault::NoJson, ""),
        (CliFault::BrokenJson, "{'kind'"),
        (CliFault::NoiseAfter, "INFO: Any empty folders"),
        (CliFault::LongJson, "{\"cluster_name\""),
    ] {
        let search = Search::new(|plan| plan.fault(Fault::Cli { what: what.clone(), times: 1 })).await;
        let job = search.submit().await;
        let (code, message) = search.submitted(&job).await;
        assert_eq!(code, 0, "{what:?}: {message}");
        assert!(message.starts_with(last) || last.is_empty(), "{what:?}: {message}");
        assert!(message.len() <= 4_000);
        assert_eq!(names(&search.batches().await).len(), 3);
    }
}

#[tokio::test]
async fn a_submission_can_create_half_nothing_or_late() {
    for (what, at_once) in [
        (CliFault::CreatesNothing, 0),
        (CliFault::CreatesHalf { code: 7 }, 2),
        (CliFault::CreatesLate { seconds: 300 }, 0),
    ] {
        let search = Search::new(|plan| plan.fault(Fault::Cli { what: what.clone(), times: 1 })).await;
        let job = search.submit().await;
        let (code, _) = search.submitted(&job).await;
        assert_eq!(code, if at_once == 0 { 0 } else { 7 });
        assert_eq!(names(&search.batches().await).len(), at_once, "{what:?}");
        if matches!(what, CliFault::CreatesLate { .. }) {
            until("they come", || async { (names(&search.batches().await).len() == 3).then_some(()) }).await;
        }
    }
}

#[tokio::test]
async fn a_submission_that_is_deleted_goes_on_until_its_grace_is_over() {
    // Thirty seconds, as the shell that runs it is not ended by a first signal.
    let search = Search::new(|plan| plan.time_scale(1.0)).await;
    let job = search.submit().await;
    // On a machine that stands still between two looks it may have ended already.
    until("the submission runs", || async {
        let (_, pods) = search
            .bed
            .get(&format!("{PODS}?labelSelector=app=elb-cli-submit&fieldSelector=status.phase!=Pending"))
            .await;
        (!names(&pods).is_empty()).then_some(())
    })
    .await;
    search.bed.delete(&format!("{JOBS}/{job}?propagationPolicy=Background")).await;
    until("its Jobs come all the same", || async {
        (names(&search.batches().await).len() == 3).then_some(())
    })
    .await;
    assert_eq!(search.bed.get(&format!("{JOBS}/{job}")).await.0, 404);
}

#[tokio::test]
async fn a_database_that_cannot_be_brought_ends_the_submission() {
    for (history, wanted) in [("setup-fails", (1, "internal")), ("setup-fails-once", (0, ""))] {
        let search = Search::new(|plan| plan.history(history)).await;
        let job = search.submit().await;
        let (code, message) = search.submitted(&job).await;
        let category = json_of(&message)["category"].as_str().unwrap_or_default().to_owned();
        assert_eq!((code, category.as_str()), wanted, "{message}");
    }
}

#[tokio::test]
async fn the_same_key_while_jobs_run_creates_none_twice() {
    let slow = Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 100_000 }, times: u32::MAX };
    let search = Search::new(|plan| plan.fault(slow)).await;
    let first = search.submit().await;
    assert_eq!(search.submitted(&first).await.0, 0);
    let before = search.batches().await;
    let again = search.submit_with_attempt(2, |_| {}).await;
    let (code, message) = search.submitted(&again).await;
    assert_eq!((code, &json_of(&message)["decision"]), (0, &json!("accepted")));
    let uids = |list: &Value| {
        list["items"].as_array().unwrap().iter().map(|job| job["metadata"]["uid"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(uids(&before), uids(&search.batches().await));
    let mut other = search;
    other.ini = other.ini.replace("-evalue 0.05", "-evalue 0.001");
    let third = other.submit_with_attempt(3, |_| {}).await;
    let (code, message) = other.submitted(&third).await;
    assert_eq!((code, &json_of(&message)["category"]), (7, &json!("transient")));
    assert!(message.contains("field is immutable"), "{message}");
}

#[tokio::test]
async fn more_than_a_hundred_jobs_are_all_complete() {
    // Ended Jobs are kept for 180 s, so that the first are there when the last one ends.
    let mut search = Search::new(|plan| plan.time_scale(10.0)).await;
    let query: Vec<_> = (0..101).map(|n| samples::nucleotides(&format!("q{n}"), 60, n)).collect();
    let place = format!("{}/query.fa", search.id);
    search.put(Container::Queries, &place, samples::fasta(&query).into_bytes()).await;
    search.ini = search.ini.replace("batch-len = 3000", "batch-len = 60");
    let job = search.submit().await;
    assert_eq!(search.submitted(&job).await.0, 0);
    until("all are complete", || async {
        let jobs = search.batches().await;
        let jobs = jobs["items"].as_array().unwrap();
        (jobs.len() == 101 && jobs.iter().all(|job| has(job, "Complete"))).then_some(())
    })
    .await;
    let found = search.batch(100).await.unwrap();
    assert!(found.contains("# 0 hits found"), "{found}");
}

#[tokio::test]
async fn two_searches_side_by_side_are_two() {
    let search = Search::new(|plan| plan).await;
    let first = search.submit().await;
    let mut other = search;
    let id = "job-fedcba9876543210fedcba9876543210".to_owned();
    other.ini = other.ini.replace(&format!("results/{}", other.id), &format!("results/{id}"));
    let before = std::mem::replace(&mut other.id, id);
    let second = other.submit().await;
    for job in [&first, &second] {
        assert_eq!(other.submitted(job).await.0, 0);
    }
    for number in 0..3 {
        other.bed.until_condition(&other.batch_job(number), "Complete").await;
        assert_eq!(other.batch(number).await.unwrap(), other.direct(number).await);
    }
    let path = format!("{JOBS}?labelSelector=app=blast,elb-job-id={before}");
    let (_, theirs) = other.bed.get(&path).await;
    assert_eq!(names(&theirs).len(), 3);
    assert!(theirs["items"].as_array().unwrap().iter().all(|job| !has(job, "Failed")));
    assert_eq!(names(&other.bed.get(SECRETS).await.1).len(), 2);
}

#[tokio::test]
async fn a_stand_in_that_is_dropped_leaves_no_process_and_no_folder() {
    let history = Fault::Cli { what: CliFault::Hangs, times: 1 };
    let search = Search::new(|plan| plan.fault(history)).await;
    let job = search.submit().await;
    let folder = search.bed.standin.kubeconfig().parent().unwrap().to_owned();
    let processes = || {
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let lines = all.filter_map(|entry| std::fs::read(entry.path().join("environ")).ok());
        let place = folder.display().to_string();
        lines.filter(|line| String::from_utf8_lossy(line).contains(&place)).count()
    };
    until("the script runs", || async { (processes() > 0).then_some(()) }).await;
    assert_eq!(search.bed.get(&format!("{JOBS}/{job}")).await.0, 200);
    drop(search);
    until("nothing runs", || async { (processes() == 0).then_some(()) }).await;
    assert!(!folder.exists());
}
