use super::Yard;
use super::yard::batch_name;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ports::JobEnd;
use blastline_jobs::rows::ChunkState;
use blastline_jobs::state::{EventValue, Phase, Status};
use std::time::Duration;

#[tokio::test]
async fn a_failed_batch_fails_the_search_by_name_and_clears_the_cluster() {
    let yard = Yard::new();
    let (job, _) = yard.taken(40).await;
    let end =
        JobEnd::Failed { reason: "BackoffLimitExceeded".to_owned(), message: "Job has reached".to_owned() };
    yard.cluster.end_job(&batch_name(&job, 0), end);
    yard.pass(Duration::from_secs(10)).await;
    let row = yard.job(&job).await;
    assert_eq!(row.phase, Phase::SubmitFailed, "no batch had begun: {:?}", row.fault);
    let fault = row.fault.unwrap();
    assert!(fault.detail.contains("batch 1"));
    let failed = &yard.chunks(&job).await[0];
    assert_eq!((failed.state, failed.fault.as_ref()), (ChunkState::Failed, Some(&fault)));
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn the_exit_code_of_a_failed_batch_stays_in_its_row() {
    use blastline_jobs::ports::{ContainerEnd, ContainerSeen, JobRole, PodSeen};
    let yard = Yard::new();
    let (job, _) = yard.taken(40).await;
    let now = yard.house.deps.clock.now();
    let end = |exit_code| ContainerEnd {
        exit_code,
        reason: "Error".to_owned(),
        message: "BLAST engine error".to_owned(),
        ended_at: Some(now),
    };
    let container = |name: &str, exit_code| ContainerSeen {
        name: name.to_owned(),
        init: false,
        waiting: None,
        running: false,
        end: Some(end(exit_code)),
        last_end: None,
        restarts: 3,
    };
    let name = batch_name(&job, 0);
    yard.cluster.put_pod(
        &job,
        PodSeen {
            name: format!("{name}-pod"),
            uid: "uid".to_owned(),
            job: Some(name.clone()),
            role: JobRole::Blast,
            node: Some("aks-blastpool-1".to_owned()),
            phase: "Failed".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: now,
            containers: vec![container("results-export", 1), container("blast", 3)],
        },
    );
    let reason = "BackoffLimitExceeded".to_owned();
    yard.cluster.end_job(&name, JobEnd::Failed { reason, message: String::new() });
    yard.pass(Duration::from_secs(10)).await;
    let row = yard.chunks(&job).await.remove(0);
    assert_eq!((row.state, row.cluster_exit), (ChunkState::Failed, Some(3)), "BLAST+'s own comes first");
    assert_eq!((row.node.as_str(), row.cluster_to.is_some()), ("aks-blastpool-1", true));
}

#[tokio::test]
async fn a_failed_batch_whose_job_was_removed_before_anybody_looked_never_completes() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    for batch in 0..batches {
        yard.finish(&job, batch).await;
    }
    yard.cluster.remove_job(&batch_name(&job, 0));
    yard.house.settle().await;
    let row = yard.job(&job).await;
    assert_eq!(row.status(), Status::Failed);
    assert_eq!(row.fault.unwrap().code, ErrorCode::ElasticJobsMissing);
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_complete_batch_without_a_result_is_no_success() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    for batch in 1..batches {
        yard.finish(&job, batch).await;
    }
    yard.cluster.end_job(&batch_name(&job, 0), JobEnd::Complete);
    yard.house.settle().await;
    let row = yard.job(&job).await;
    assert_eq!(row.fault.map(|fault| fault.code), Some(ErrorCode::ResultsInvalid));
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_refused_submission_fails_without_another_try() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    yard.cluster.end_cli(&job, 1, 2, r#"{"category":"transient","kind":"error","message":"no such database","details":{},"retry_after_seconds":null,"correlation_id":"x"}"#);
    yard.house.settle().await;
    let row = yard.job(&job).await;
    assert_eq!(row.fault.map(|fault| fault.code), Some(ErrorCode::DatabaseNotStaged));
    assert_eq!(row.elastic.unwrap().attempt, 1);
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_submission_that_broke_off_is_made_again_and_taken() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    yard.cluster.end_cli(&job, 1, 7, "");
    yard.pass(Duration::from_secs(60)).await;
    let state = yard.state(&job).await;
    assert_eq!((state.attempt, state.tries), (2, 1));
    let told = yard.house.deps.history().list(&job, 100).await.unwrap();
    let retry = told.iter().find(|event| event.name == "retry_scheduled").expect("history tells it");
    assert_eq!(retry.payload["attempt"], EventValue::Int(1));
    yard.take(&job, u32::try_from(state.batches).unwrap()).await;
    yard.pass(Duration::from_secs(20)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Submitted);
}

#[tokio::test]
async fn a_submission_that_broke_off_after_it_made_jobs_is_taken_over() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    let batches = u32::try_from(yard.state(&job).await.batches).unwrap();
    yard.make_batches(&job, 0..batches);
    yard.cluster.end_cli(&job, 1, 7, "");
    yard.pass(Duration::from_secs(20)).await;
    let row = yard.job(&job).await;
    assert_eq!((row.phase, row.elastic.unwrap().attempt), (Phase::Submitted, 1));
}

#[tokio::test]
async fn a_silent_cluster_is_waited_for_and_then_given_up_by_name() {
    let yard = Yard::new();
    let (job, _) = yard.taken(40).await;
    let away = blastline_jobs::ports::ClusterError::new(
        blastline_jobs::ports::ClusterErrorKind::Unavailable,
        "x",
        "connection refused",
    );
    yard.cluster.set_outage(Some(away));
    yard.pass(Duration::from_secs(600)).await;
    let row = yard.job(&job).await;
    assert_eq!(row.status(), Status::Running);
    assert_eq!(row.fault.map(|fault| fault.code), Some(ErrorCode::ClusterNotReady), "it says why it waits");
    yard.pass(Duration::from_secs(3600)).await;
    let row = yard.job(&job).await;
    assert_eq!(row.status(), Status::Failed);
    yard.cluster.set_outage(None);
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn looks_that_nobody_took_say_nothing_about_the_cluster() {
    let yard = Yard::new();
    let (job, _) = yard.taken(40).await;
    // This side stands still for longer than a cluster may be silent; then one call fails.
    yard.house.clock.advance(Duration::from_secs(2 * 3600));
    let away = blastline_jobs::ports::ClusterError::new(
        blastline_jobs::ports::ClusterErrorKind::Unavailable,
        "x",
        "reset",
    );
    yard.cluster.set_outage(Some(away));
    yard.run().await;
    assert_eq!(yard.job(&job).await.status(), Status::Running);
    yard.cluster.set_outage(None);
    yard.pass(Duration::from_secs(60)).await;
    assert_eq!(yard.state(&job).await.silent_since, None);
}

#[tokio::test]
async fn a_database_on_its_way_is_no_search_yet() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    yard.cluster.make_job(&job, "init-ssd-0", blastline_jobs::ports::JobRole::Setup, None);
    yard.cluster.end_cli(&job, 1, 7, "");
    yard.pass(Duration::from_secs(60)).await;
    assert_eq!(yard.state(&job).await.attempt, 2, "it is submitted again");
}

#[tokio::test]
async fn an_image_that_cannot_be_had_is_named_before_everybody_waited_for_hours() {
    use blastline_jobs::ports::{ContainerSeen, JobRole, PodSeen};
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    let cli = yard.cli(&job).remove(0);
    let waiting = Some(("ImagePullBackOff".to_owned(), "no such image".to_owned()));
    let container = ContainerSeen {
        name: "submit".to_owned(),
        init: false,
        waiting,
        running: false,
        end: None,
        last_end: None,
        restarts: 0,
    };
    yard.cluster.put_pod(
        &job,
        PodSeen {
            name: "pod".to_owned(),
            uid: "uid".to_owned(),
            job: Some(cli.name),
            role: JobRole::Cli,
            node: None,
            phase: "Pending".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: yard.house.deps.clock.now(),
            containers: vec![container],
        },
    );
    yard.pass(Duration::from_secs(600)).await;
    assert_eq!(yard.job(&job).await.status(), Status::Running);
    yard.pass(Duration::from_secs(600)).await;
    assert_eq!(yard.job(&job).await.fault.map(|fault| fault.code), Some(ErrorCode::ImageNotPulled));
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_search_that_fails_in_line_does_not_stand_in_the_way_of_others() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    let fault = blastline_jobs::error_code::Fault::new(ErrorCode::DeadlineExceeded, "late");
    yard.run().await;
    let next = yard.submit(10).await;
    yard.run().await;
    assert_eq!(yard.job(&next).await.phase, Phase::WaitingForSubmitSlot);
    let waiting = yard.submit(10).await;
    yard.run().await;
    crate::serverless::fail_job(&yard.house.deps, &next, &fault).await.unwrap();
    for _ in 0..3 {
        yard.pass(Duration::from_secs(60)).await;
        yard.house.tick().await;
    }
    let line = yard.house.deps.slots().line("yard").await.unwrap();
    assert!(line.iter().all(|slot| slot.job != next), "it has ended: {line:?}");
    assert!(line.iter().any(|slot| slot.job == waiting || slot.job == job));
}

#[tokio::test]
async fn a_submission_that_failed_for_good_gives_the_lease_up() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    yard.cluster.end_cli(&job, 1, 2, "");
    for _ in 0..3 {
        yard.pass(Duration::from_secs(60)).await;
        yard.house.tick().await;
    }
    assert_eq!(yard.job(&job).await.status(), Status::Failed);
    assert_eq!(yard.cluster.lease_holder(), "", "others need not wait until it runs out");
}

#[tokio::test]
async fn a_cluster_that_was_silent_past_the_deadline_of_a_search_is_cleared_all_the_same() {
    let mut yard = Yard::new();
    yard.house.deps.timing.blast.deadline = Duration::from_secs(120);
    let job = yard.submit(10).await;
    yard.run().await;
    let kind = blastline_jobs::ports::ClusterErrorKind::Unavailable;
    yard.cluster.set_outage(Some(blastline_jobs::ports::ClusterError::new(kind, "x", "refused")));
    for _ in 0..10 {
        yard.pass(Duration::from_secs(60)).await;
        yard.house.tick().await;
    }
    assert_eq!(yard.job(&job).await.fault.unwrap().code, ErrorCode::DeadlineExceeded);
    yard.cluster.set_outage(None);
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_search_that_ends_while_it_is_looked_at_keeps_its_fault() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    let (deps, look) = (&yard.house.deps, yard.state(&job).await.look);
    let fault = blastline_jobs::error_code::Fault::new(ErrorCode::DeadlineExceeded, "late");
    crate::serverless::fail_job(deps, &job, &fault).await.unwrap();
    // As a look knows it that lost its write to that.
    let mut known = deps.jobs().versioned(&job).await.unwrap().unwrap();
    let looked = crate::elastic::looked::Looked::same();
    crate::elastic::looked::settle(deps, &mut known, look, looked).await.unwrap();
    assert_eq!(yard.job(&job).await.fault, Some(fault));
    assert_eq!(yard.state(&job).await.look, look, "and nothing asks for another look");
}
