//! A cluster that nobody could look at for longer than it keeps ended Jobs.

use super::Yard;
use super::yard::batch_name;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, JobEnd};
use blastline_jobs::state::{Phase, Status};
use std::time::Duration;

/// The cluster is silent for forty minutes, in which every batch ends and its Job is removed after its time. What was
/// searched by then is `with`.
async fn unseen(yard: &Yard, job: &JobId, batches: u32, with: std::ops::Range<u32>) {
    let away = ClusterError::new(ClusterErrorKind::Unavailable, "x", "no route");
    yard.cluster.set_outage(Some(away));
    yard.pass(Duration::from_secs(60)).await;
    for batch in 0..batches {
        if with.contains(&batch) {
            yard.write_result(job, batch).await;
        }
        yard.cluster.end_job(&batch_name(job, batch), JobEnd::Complete);
    }
    yard.pass(Duration::from_secs(40 * 60)).await;
    for batch in 0..batches {
        yard.cluster.remove_job(&batch_name(job, batch));
    }
    yard.cluster.set_outage(None);
    yard.pass(Duration::from_secs(120)).await;
}

#[tokio::test]
async fn batches_that_ended_and_went_unseen_are_taken_by_their_results() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(200).await;
    yard.finish(&job, 0).await;
    yard.pass(Duration::from_secs(10)).await;
    unseen(&yard, &job, batches, 0..batches).await;
    yard.house.settle().await;
    yard.house.assert_completed(&job, 200).await;
    yard.assert_at_rest().await;
}

#[tokio::test]
async fn a_batch_that_went_unseen_and_left_no_result_fails_its_search_by_name() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(200).await;
    unseen(&yard, &job, batches, 0..batches - 1).await;
    let row = yard.job(&job).await;
    assert_eq!((row.status(), row.fault.unwrap().code), (Status::Failed, ErrorCode::ElasticJobsMissing));
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_result_from_before_the_submission_is_none_of_a_batch_that_went_unseen() {
    let yard = Yard::new();
    yard.cluster.set_foreign(["a", "b", "c"].map(str::to_owned).to_vec());
    let job = yard.submit(40).await;
    yard.run().await;
    for batch in 0..40 {
        yard.write_result(&job, batch).await;
    }
    yard.pass(Duration::from_secs(600)).await;
    yard.cluster.set_foreign(Vec::new());
    yard.pass(Duration::from_secs(60)).await;
    let batches = u32::try_from(yard.state(&job).await.batches).unwrap();
    yard.take(&job, batches).await;
    yard.pass(Duration::from_secs(20)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Submitted);
    unseen(&yard, &job, batches, 0..0).await;
    assert_eq!(yard.job(&job).await.fault.map(|fault| fault.code), Some(ErrorCode::ElasticJobsMissing));
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn jobs_that_go_while_they_are_looked_at_were_taken_away_whatever_results_are_there() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(200).await;
    for batch in 0..batches {
        yard.write_result(&job, batch).await;
        yard.cluster.remove_job(&batch_name(&job, batch));
    }
    yard.house.settle().await;
    assert_eq!(yard.job(&job).await.fault.map(|fault| fault.code), Some(ErrorCode::ElasticJobsMissing));
}
