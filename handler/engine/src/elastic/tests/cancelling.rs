use super::Yard;
use crate::serverless::request_cancel;
use blastline_jobs::ports::JobRole;
use blastline_jobs::state::Phase;
use std::time::Duration;

#[tokio::test]
async fn cancelling_at_each_stage_leaves_nothing_running() {
    for stage in 0..5 {
        let yard = Yard::new();
        let job = yard.submit(40).await;
        if stage > 0 {
            yard.run().await;
        }
        let batches = if stage > 0 { u32::try_from(yard.state(&job).await.batches).unwrap() } else { 0 };
        if stage > 1 {
            yard.make_batches(&job, 0..1);
        }
        if stage > 2 {
            yard.take(&job, batches).await;
            yard.pass(Duration::from_secs(10)).await;
        }
        if stage > 3 {
            yard.finish(&job, 0).await;
            yard.pass(Duration::from_secs(10)).await;
        }
        request_cancel(&yard.house.deps, &job).await.unwrap();
        request_cancel(&yard.house.deps, &job).await.unwrap();
        assert_eq!(yard.job(&job).await.phase, Phase::Cancelling, "{stage}");
        yard.run().await;
        yard.house.settle().await;
        assert_eq!(yard.job(&job).await.phase, Phase::Cancelled, "{stage}");
        yard.assert_nothing_left(&job).await;
    }
}

#[tokio::test]
async fn a_search_is_not_cancelled_while_something_of_it_is_left() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    let other = yard.submit(40).await;
    yard.cluster.make_job(&other, "other-setup", JobRole::Setup, None);
    request_cancel(&yard.house.deps, &job).await.unwrap();
    // A pod takes its grace time, and the CLI makes a Job at the last moment.
    yard.cluster.keep_pods(true);
    yard.run().await;
    yard.make_batches(&job, batches..batches + 1);
    let row = yard.job(&job).await;
    assert_eq!(row.phase, Phase::Cancelling);
    assert!(row.elastic.unwrap().left > 0);
    yard.cluster.keep_pods(false);
    yard.pass(Duration::from_secs(30)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
    assert!(yard.cluster.peek_jobs(&job).is_empty());
    assert_eq!(yard.cluster.peek_jobs(&other).iter().filter(|job| job.name == "other-setup").count(), 1);
}

#[tokio::test]
async fn a_submission_that_was_on_its_way_when_its_search_was_cancelled_is_taken_away() {
    let yard = Yard::new();
    let job = yard.submit(40).await;
    yard.cluster.fail_after_create(true);
    yard.run().await;
    assert_eq!(yard.state(&job).await.attempt, 0, "its row does not know of it");
    request_cancel(&yard.house.deps, &job).await.unwrap();
    yard.run().await;
    yard.house.settle().await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
    yard.assert_nothing_left(&job).await;
    // A call that the cluster took long to answer: its Job comes after the search was cancelled.
    let late = yard.submit(40).await;
    yard.cluster.fail_after_create(false);
    yard.run().await;
    let cli = yard.cli(&late);
    request_cancel(&yard.house.deps, &late).await.unwrap();
    yard.pass(Duration::from_secs(10)).await;
    assert_eq!(yard.job(&late).await.phase, Phase::Cancelled);
    yard.cluster.make_job(&late, &cli[0].name, JobRole::Cli, None);
    yard.assert_nothing_left(&late).await;
}

#[tokio::test]
async fn a_search_that_fails_in_line_or_while_it_is_submitted_keeps_nobody_waiting() {
    let yard = Yard::new();
    let first = yard.submit(10).await;
    yard.run().await;
    yard.house.clock.advance(Duration::from_secs(1));
    let second = yard.submit(10).await;
    yard.run().await;
    let fault = blastline_jobs::error_code::Fault::new(
        blastline_jobs::error_code::ErrorCode::DeadlineExceeded,
        "by the test",
    );
    crate::serverless::fail_job(&yard.house.deps, &first, &fault).await.unwrap();
    for _ in 0..4 {
        yard.house.clock.advance(Duration::from_secs(60));
        yard.house.tick().await;
        yard.run().await;
    }
    assert_eq!(yard.job(&second).await.phase, Phase::StagingDb);
}

#[tokio::test]
async fn a_cancel_whose_message_is_lost_is_taken_up_by_the_reconciler() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    for batch in 0..batches {
        yard.finish(&job, batch).await;
    }
    // The look that finds all batches done asks for no further one.
    yard.house.clock.advance(Duration::from_secs(10));
    let queue = blastline_jobs::names::QueueName::BlastWatch;
    let look = yard.house.take(queue).await.unwrap();
    yard.house.run(queue, &look).await.unwrap();
    yard.house.deps.queues.delete(queue, &look).await.unwrap();
    request_cancel(&yard.house.deps, &job).await.unwrap();
    let lost = yard.house.take(queue).await.unwrap();
    yard.house.deps.queues.delete(queue, &lost).await.unwrap();
    yard.house.settle().await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_search_that_was_never_submitted_is_cancelled_without_its_cluster() {
    let yard = Yard::new();
    let away = blastline_jobs::ports::ClusterError::new(
        blastline_jobs::ports::ClusterErrorKind::Unavailable,
        "x",
        "stopped",
    );
    yard.cluster.set_outage(Some(away));
    let job = yard.submit(10).await;
    yard.run().await;
    request_cancel(&yard.house.deps, &job).await.unwrap();
    yard.pass(Duration::from_secs(10)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
}

#[tokio::test]
async fn a_look_that_was_on_its_way_does_not_fail_a_search_that_was_cancelled_meanwhile() {
    let yard = Yard::new();
    let (job, _) = yard.taken(40).await;
    let row = yard.job(&job).await;
    request_cancel(&yard.house.deps, &job).await.unwrap();
    let fault = blastline_jobs::error_code::Fault::new(
        blastline_jobs::error_code::ErrorCode::ElasticJobsMissing,
        "seen by a look that began before",
    );
    let still = |now: &blastline_jobs::rows::JobRow| now.phase == row.phase;
    crate::serverless::fail_job_if(&yard.house.deps, &job, &fault, still).await.unwrap();
    yard.house.settle().await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
}
