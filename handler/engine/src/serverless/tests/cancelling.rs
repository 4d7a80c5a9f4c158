use super::House;
use super::bench::{Part, lock};
use crate::serverless::{finish_cancel, request_cancel};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Queues, Received};
use blastline_jobs::rows::ChunkState;
use blastline_jobs::state::Phase;
use std::time::Duration;

#[tokio::test]
async fn a_search_that_has_not_begun_is_cancelled_at_once() {
    let house = House::new();
    let job = house.submit(1, 10).await;
    request_cancel(&house.deps, &job).await.unwrap();
    house.perform(finish_cancel(&house.deps, &job).await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    house.settle().await;
    assert!(house.runs().is_empty(), "nothing runs after cancelling");
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_part_that_runs_is_stopped_within_five_seconds_and_only_then_is_the_job_cancelled() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Hangs);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    let mut running = Box::pin(house.run(QueueName::BlastChunks, &message));
    while house.runs().is_empty() {
        assert!(futures::poll!(&mut running).is_pending());
    }
    request_cancel(&house.deps, &job).await.unwrap();
    house.perform(finish_cancel(&house.deps, &job).await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelling, "a part still runs");
    let mut waited = Duration::ZERO;
    let effects = loop {
        if let std::task::Poll::Ready(outcome) = futures::poll!(&mut running) {
            break outcome.unwrap();
        }
        tokio::task::yield_now().await;
        if house.clock.next_due().is_some() {
            house.clock.advance(Duration::from_millis(500));
            waited += Duration::from_millis(500);
        }
        assert!(waited <= Duration::from_secs(5), "the part runs on");
    };
    drop(running);
    house.perform(effects).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    let chunks = house.deps.chunks().list_light(&job).await.unwrap();
    assert!(chunks.iter().all(|chunk| chunk.state == ChunkState::Cancelled));
    let events = house.events(&job).await;
    assert!(events.contains(&"cancelled_by_user".to_owned()) && events.contains(&"cancelled".to_owned()));
}

#[tokio::test]
async fn a_search_whose_running_part_was_killed_is_cancelled_after_its_silence() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Hangs);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    {
        let mut running = Box::pin(house.run(QueueName::BlastChunks, &message));
        while house.runs().is_empty() {
            assert!(futures::poll!(&mut running).is_pending());
        }
    }
    request_cancel(&house.deps, &job).await.unwrap();
    house.settle().await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    house.assert_at_rest().await;
}

#[tokio::test]
async fn cancelling_twice_is_one_cancel_and_cancelling_what_has_ended_is_refused() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    request_cancel(&house.deps, &job).await.unwrap();
    request_cancel(&house.deps, &job).await.unwrap();
    house.settle().await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    let done = house.submit(1, 4).await;
    house.settle().await;
    let refused = request_cancel(&house.deps, &done).await.unwrap_err();
    assert_eq!(refused.fault().code.as_str(), "job_already_ended");
}

#[tokio::test]
async fn a_message_that_comes_twice_cancels_no_part_that_another_invocation_runs() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Hangs);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    let mut running = Box::pin(house.run(QueueName::BlastChunks, &message));
    while house.runs().is_empty() {
        assert!(futures::poll!(&mut running).is_pending());
    }
    house.queues.send(QueueName::BlastChunks, &message.body, None).await.unwrap();
    request_cancel(&house.deps, &job).await.unwrap();
    assert!(house.step().await, "the double");
    let parts = house.deps.chunks().list_light(&job).await.unwrap();
    assert_eq!((house.job(&job).await.phase, parts[0].state), (Phase::Cancelling, ChunkState::Running));
    house.clock.advance(house.deps.timing.cancel_poll);
    house.perform(running.await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
}

#[tokio::test]
async fn a_cancel_waits_for_who_lost_its_part_with_its_lease_and_may_not_know_it() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).extend([Part::Hangs, Part::Fails(ErrorCode::BlastInterrupted)]);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    let mut running = Box::pin(house.run(QueueName::BlastChunks, &message));
    while house.runs().is_empty() {
        assert!(futures::poll!(&mut running).is_pending());
    }
    let again = Received { dequeue_count: 2, ..message.clone() };
    house.perform(house.run(QueueName::BlastChunks, &again).await.unwrap()).await;
    request_cancel(&house.deps, &job).await.unwrap();
    house.perform(finish_cancel(&house.deps, &job).await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelling, "the first holder still runs");
    house.clock.advance(house.deps.timing.cancel_poll);
    house.perform(running.await.unwrap()).await;
    house.settle().await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
}
