use super::House;
use super::bench::{Part, lock};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::Queues;
use blastline_jobs::retry::MAX_ATTEMPTS;
use blastline_jobs::state::{EventValue, Phase};
use std::time::Duration;

#[tokio::test]
async fn a_part_that_fails_for_a_moment_is_tried_again_and_history_says_when_and_why() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Fails(ErrorCode::BlastInterrupted));
    house.settle().await;
    house.assert_completed(&job, 4).await;
    let events = house.deps.history().list(&job, 100).await.unwrap();
    let retry = events.iter().find(|event| event.name == "retry_scheduled").unwrap();
    assert_eq!(retry.payload["retry_after_seconds"], EventValue::Int(15));
    assert_eq!(retry.payload["attempt"], EventValue::Int(1));
    assert_eq!(retry.payload["error_code"], EventValue::Text("blast_interrupted".into()));
    assert!(retry.payload.contains_key("error"));
}

#[tokio::test]
async fn a_part_that_fails_for_good_fails_the_job_by_name() {
    let house = House::new();
    let job = house.submit(1, 400).await;
    lock(&house.bench.script).push_back(Part::Fails(ErrorCode::BlastSearchFailed));
    house.settle().await;
    let row = house.job(&job).await;
    assert_eq!(row.phase, Phase::SearchFailed);
    assert_eq!(row.fault.unwrap().code, ErrorCode::BlastSearchFailed);
    house.assert_at_rest().await;
}

#[tokio::test]
async fn what_never_gets_better_is_given_up_after_twelve_tries() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    for _ in 0..100 {
        lock(&house.bench.script).push_back(Part::Fails(ErrorCode::BlastInterrupted));
    }
    house.settle().await;
    let row = house.job(&job).await;
    assert_eq!(row.phase, Phase::SearchFailed);
    let chunks = house.deps.chunks().list_light(&job).await.unwrap();
    assert_eq!(chunks.iter().map(|chunk| chunk.attempts).max(), Some(MAX_ATTEMPTS));
    house.assert_at_rest().await;
}

#[tokio::test]
async fn options_that_blast_refuses_fail_the_job_before_anything_is_cut() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    *lock(&house.bench.refusal) = Some(ErrorCode::BlastOptionsRefused);
    house.settle().await;
    let row = house.job(&job).await;
    assert_eq!((row.phase, row.fault.unwrap().code), (Phase::ConfigInvalid, ErrorCode::BlastOptionsRefused));
    assert!(house.runs().is_empty());
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_check_that_fails_for_a_moment_is_tried_again() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    *lock(&house.bench.refusal) = Some(ErrorCode::BlastUnavailable);
    assert!(house.step().await);
    assert_eq!(house.job(&job).await.phase, Phase::Preparing);
    *lock(&house.bench.refusal) = None;
    house.settle().await;
    house.assert_completed(&job, 4).await;
}

#[tokio::test]
async fn a_check_that_fails_after_another_went_on_says_nothing_of_the_search_that_runs() {
    for code in [ErrorCode::BlastUnavailable, ErrorCode::BlastOptionsRefused] {
        let house = House::new();
        let job = house.submit(1, 4).await;
        let message = house.take(QueueName::BlastSubmit).await.unwrap();
        house.queues.send(QueueName::BlastSubmit, &message.body, None).await.unwrap();
        *lock(&house.bench.refusal) = Some(code);
        let may_end = house.bench.hold_check();
        let mut checking = Box::pin(house.run(QueueName::BlastSubmit, &message));
        while house.job(&job).await.phase != Phase::Preparing {
            assert!(futures::poll!(&mut checking).is_pending());
        }
        assert!(futures::poll!(&mut checking).is_pending());
        *lock(&house.bench.refusal) = None;
        assert!(house.step().await, "the double prepares the search");
        may_end.send(()).unwrap();
        house.perform(checking.await.unwrap()).await;
        let row = house.job(&job).await;
        assert_eq!((row.phase, row.fault, row.attempts), (Phase::Submitted, None, 0), "{code:?}");
        house.queues.delete(QueueName::BlastSubmit, &message).await.unwrap();
        house.settle().await;
        house.assert_completed(&job, 4).await;
    }
}

#[tokio::test]
async fn a_job_whose_time_is_up_is_given_up_by_name() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Fails(ErrorCode::BlastInterrupted));
    assert!(house.step().await && house.step().await);
    house.clock.advance(house.deps.timing.blast.deadline + Duration::from_secs(1));
    house.tick().await;
    let row = house.job(&job).await;
    assert_eq!(row.fault.unwrap().code, ErrorCode::DeadlineExceeded);
    house.settle().await;
    house.assert_at_rest().await;
}
