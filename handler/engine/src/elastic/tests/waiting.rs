use super::Yard;
use blastline_jobs::ports::{Cluster, LeaseSeen};
use blastline_jobs::state::{Phase, StepName};
use std::time::Duration;

#[tokio::test]
async fn searches_are_submitted_one_after_the_other_in_their_order() {
    let yard = Yard::new();
    let first = yard.submit(10).await;
    yard.house.clock.advance(Duration::from_secs(1));
    let second = yard.submit(10).await;
    yard.run().await;
    assert_eq!(yard.job(&first).await.phase, Phase::StagingDb);
    let waiting = yard.job(&second).await;
    assert_eq!(waiting.phase, Phase::WaitingForSubmitSlot);
    let words = waiting.progress.unwrap().steps[&StepName::WarmingUp].detail.clone().unwrap();
    assert!(words.contains("One search"), "{words}");
    let batches = u32::try_from(yard.state(&first).await.batches).unwrap();
    yard.take(&first, batches).await;
    yard.pass(Duration::from_secs(20)).await;
    assert_eq!(yard.job(&second).await.phase, Phase::StagingDb);
}

#[tokio::test]
async fn a_full_cluster_is_waited_for_without_using_up_a_try() {
    let yard = Yard::new();
    yard.cluster.set_foreign(["a", "b", "c"].map(str::to_owned).to_vec());
    let job = yard.submit(10).await;
    yard.pass(Duration::from_secs(1800)).await;
    let row = yard.job(&job).await;
    assert_eq!(row.phase, Phase::WaitingForCapacity);
    let state = row.elastic.unwrap();
    assert_eq!((state.tries, state.attempt), (0, 0));
    assert!(state.waiting_since.is_some());
    yard.cluster.set_foreign(Vec::new());
    yard.pass(Duration::from_secs(60)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::StagingDb);
}

#[tokio::test]
async fn another_installations_submission_is_waited_for_until_its_lease_runs_out() {
    let yard = Yard::new();
    let now = yard.house.deps.clock.now();
    let lease = LeaseSeen {
        holder: "elb-dashboard-1".to_owned(),
        renewed_at: Some(now),
        duration: Duration::from_secs(900),
        version: String::new(),
    };
    yard.cluster.write_submit_lease(&lease).await.unwrap();
    let job = yard.submit(10).await;
    yard.pass(Duration::from_secs(880)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::WaitingForSubmitSlot);
    yard.pass(Duration::from_secs(120)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::StagingDb);
}

#[tokio::test]
async fn a_submission_whose_row_was_not_written_any_more_is_taken_over() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    // In line, and configured by a look that was killed right after it made the Job.
    yard.cluster.fail_after_create(true);
    yard.run().await;
    assert_eq!(yard.cli(&job).len(), 1);
    yard.cluster.fail_after_create(false);
    yard.pass(Duration::from_secs(60)).await;
    let row = yard.job(&job).await;
    assert_eq!((row.phase, row.elastic.unwrap().attempt), (Phase::StagingDb, 1));
    assert_eq!(yard.cli(&job).len(), 1, "no second Job");
}
