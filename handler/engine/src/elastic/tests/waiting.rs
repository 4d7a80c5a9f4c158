use super::Yard;
use crate::elastic::line;
use crate::serverless::request_cancel;
use blastline_jobs::ports::{Cluster, JobRole, LeaseSeen};
use blastline_jobs::rows::SlotRow;
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
async fn who_holds_the_lease_goes_on_though_an_earlier_search_came_into_line_after_that() {
    let yard = Yard::new();
    let earlier = yard.submit(10).await;
    yard.house.clock.advance(Duration::from_secs(1));
    let holder = yard.submit(10).await;
    // Its look was cut off between the Lease and its row.
    let lease = LeaseSeen {
        holder: format!("blastline-{holder}"),
        renewed_at: Some(yard.house.deps.clock.now()),
        duration: Duration::from_secs(900),
        version: String::new(),
    };
    yard.cluster.write_submit_lease(&lease).await.unwrap();
    yard.pass(Duration::from_secs(60)).await;
    assert_eq!(yard.job(&holder).await.phase, Phase::StagingDb);
    assert_eq!(yard.job(&earlier).await.phase, Phase::WaitingForSubmitSlot);
    let batches = u32::try_from(yard.state(&holder).await.batches).unwrap();
    yard.take(&holder, batches).await;
    yard.pass(Duration::from_secs(60)).await;
    assert_eq!(yard.job(&earlier).await.phase, Phase::StagingDb);
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

#[tokio::test]
async fn a_place_in_line_that_comes_after_its_search_was_submitted_keeps_nobody_waiting() {
    let yard = Yard::new();
    let (first, _) = yard.taken(10).await;
    let late = SlotRow {
        cluster: "yard".to_owned(),
        job: first.clone(),
        created_at: yard.job(&first).await.created_at,
    };
    yard.house.deps.slots().enter(&late).await.unwrap();
    yard.house.clock.advance(Duration::from_secs(1));
    let second = yard.submit(10).await;
    yard.pass(Duration::from_secs(30)).await;
    assert_eq!(yard.job(&second).await.phase, Phase::StagingDb);
}

#[tokio::test]
async fn a_look_that_comes_to_its_place_in_line_after_its_search_was_cancelled_leaves_none() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    while yard.job(&job).await.phase != Phase::WaitingForSubmitSlot {
        assert!(yard.house.step().await);
    }
    // As a look knows it that stood still meanwhile.
    let stale = yard.house.deps.jobs().versioned(&job).await.unwrap().unwrap();
    request_cancel(&yard.house.deps, &job).await.unwrap();
    yard.run().await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
    let cluster = yard.house.deps.clusters.open("yard").unwrap();
    let mut known = stale.clone();
    line::look(&yard.house.deps, &mut known, "yard", cluster.as_ref()).await.unwrap();
    assert!(yard.house.deps.slots().line("yard").await.unwrap().is_empty());
    // Another one stood still before it took the Lease.
    yard.house
        .deps
        .slots()
        .enter(&SlotRow { cluster: "yard".to_owned(), job: job.clone(), created_at: stale.row.created_at })
        .await
        .unwrap();
    line::look(&yard.house.deps, &mut stale.clone(), "yard", cluster.as_ref()).await.unwrap();
    assert_eq!(yard.cluster.lease_holder(), "", "the next one need not wait until it runs out");
    assert!(yard.cluster.peek_jobs(&job).is_empty());
}

#[tokio::test]
async fn the_lease_of_a_search_that_ended_while_its_cluster_was_silent_is_given_up_once_it_answers() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    while yard.job(&job).await.phase != Phase::WaitingForSubmitSlot {
        assert!(yard.house.step().await);
    }
    let now = yard.house.deps.clock.now();
    let lease = LeaseSeen {
        holder: format!("blastline-{job}"),
        renewed_at: Some(now),
        duration: Duration::from_secs(900),
        version: String::new(),
    };
    yard.cluster.write_submit_lease(&lease).await.unwrap();
    let kind = blastline_jobs::ports::ClusterErrorKind::Unavailable;
    yard.cluster.set_outage(Some(blastline_jobs::ports::ClusterError::new(kind, "x", "reset")));
    request_cancel(&yard.house.deps, &job).await.unwrap();
    yard.run().await;
    assert_eq!(yard.job(&job).await.phase, Phase::Cancelled);
    yard.house.tick().await;
    yard.cluster.set_outage(None);
    for _ in 0..2 {
        yard.pass(Duration::from_secs(60)).await;
        yard.house.tick().await;
    }
    assert_eq!(yard.cluster.lease_holder(), "");
}

#[tokio::test]
async fn what_a_submission_left_that_nobody_saw_end_goes_before_it_is_made_again() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.cluster.fail_after_create(true);
    yard.run().await;
    yard.cluster.fail_after_create(false);
    // Its Job came and went; what it brought to the machines is there.
    let cli = yard.cli(&job).remove(0);
    yard.cluster.remove_job(&cli.name);
    yard.cluster.make_job(&job, "init-ssd-0", JobRole::Setup, None);
    yard.pass(Duration::from_secs(60)).await;
    let jobs = yard.cluster.peek_jobs(&job);
    assert_eq!(jobs.iter().map(|job| job.role).collect::<Vec<_>>(), [JobRole::Cli]);
}
