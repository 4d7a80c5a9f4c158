use super::House;
use super::bench::{JoinedBy, lock};
use crate::error::EngineResult;
use crate::serverless::{finish_cancel, reconcile, request_cancel};
use blastline_jobs::effects::Effects;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ArtifactsMessage, Message};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Queues, Received};
use blastline_jobs::state::Phase;
use futures::future::LocalBoxFuture;

/// A search that waits for its results, and the message that says so.
async fn waiting(house: &House) -> (JobId, Received) {
    let job = house.submit(1, 4).await;
    loop {
        if let Some(message) = house.take(QueueName::BlastArtifacts).await {
            return (job, message);
        }
        assert!(house.step().await, "a message of the search is there");
    }
}

/// Begins to join, and goes on until so many attempts have begun to write.
async fn join<'a>(
    house: &'a House,
    message: &'a Received,
    attempts: u64,
) -> LocalBoxFuture<'a, EngineResult<Effects>> {
    let mut joining: LocalBoxFuture<'a, _> = Box::pin(house.run(QueueName::BlastArtifacts, message));
    while *lock(&house.bench.joins) < attempts {
        assert!(futures::poll!(&mut joining).is_pending());
    }
    joining
}

/// Who wrote the folder that a search's row names.
async fn result(house: &House, job: &JobId) -> JoinedBy {
    let folder = house.job(job).await.result;
    lock(&house.bench.joined)[&folder]
}

#[tokio::test]
async fn a_result_that_was_proved_is_not_completed_while_another_attempt_writes_it() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let (first_may_end, second_may_end) = (house.bench.hold_join(), house.bench.hold_join());
    let first = join(&house, &message, 1).await;
    let second = join(&house, &message, 2).await;
    first_may_end.send(()).unwrap();
    house.perform(first.await.unwrap()).await;
    assert_eq!(
        house.job(&job).await.phase,
        Phase::ResultsPending,
        "the second attempt is the one that counts"
    );
    second_may_end.send(()).unwrap();
    house.perform(second.await.unwrap()).await;
    house.assert_completed(&job, 4).await;
    assert_eq!(result(&house, &job).await, JoinedBy { attempt: 2, whole: true });
}

#[tokio::test]
async fn an_attempt_that_stood_still_does_not_write_over_a_completed_result() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let first_may_end = house.bench.hold_join();
    let first = join(&house, &message, 1).await;
    let effects = house.run(QueueName::BlastArtifacts, &message).await.unwrap();
    house.perform(effects).await;
    house.assert_completed(&job, 4).await;
    first_may_end.send(()).unwrap();
    house.perform(first.await.unwrap()).await;
    house.assert_completed(&job, 4).await;
    assert_eq!(result(&house, &job).await, JoinedBy { attempt: 2, whole: true });
}

#[tokio::test]
async fn a_cancel_waits_for_who_joins_and_nothing_is_joined_after_it() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let may_end = house.bench.hold_join();
    let joining = join(&house, &message, 1).await;
    request_cancel(&house.deps, &job).await.unwrap();
    house.perform(finish_cancel(&house.deps, &job).await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelling, "its results are being joined");
    house.clock.advance(house.deps.timing.cancel_poll);
    house.perform(joining.await.unwrap()).await;
    assert!(may_end.is_closed(), "what joined was dropped");
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    let effects = house.run(QueueName::BlastArtifacts, &message).await.unwrap();
    assert!(effects.messages.is_empty());
    assert_eq!(*lock(&house.bench.joins), 1, "joined after it was cancelled");
}

#[tokio::test]
async fn a_cancel_waits_for_an_earlier_attempt_that_may_not_know_that_it_does_not_count() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let (_first_may_end, second_may_end) = (house.bench.hold_join(), house.bench.hold_join());
    let first = join(&house, &message, 1).await;
    let second = join(&house, &message, 2).await;
    request_cancel(&house.deps, &job).await.unwrap();
    drop(second_may_end);
    house.perform(second.await.unwrap()).await;
    house.perform(finish_cancel(&house.deps, &job).await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelling, "the first attempt still writes");
    house.clock.advance(house.deps.timing.cancel_poll);
    house.perform(first.await.unwrap()).await;
    house.queues.delete(QueueName::BlastArtifacts, &message).await.unwrap();
    house.settle().await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_cancel_waits_for_a_killed_joiner_no_longer_than_its_silence() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let _never = house.bench.hold_join();
    drop(join(&house, &message, 1).await);
    request_cancel(&house.deps, &job).await.unwrap();
    house.perform(finish_cancel(&house.deps, &job).await.unwrap()).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelling, "nobody knows yet that it was killed");
    house.queues.delete(QueueName::BlastArtifacts, &message).await.unwrap();
    house.settle().await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    house.assert_at_rest().await;
}

#[tokio::test]
async fn who_joins_and_stood_still_for_too_long_gives_up_and_sends_its_message_again() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let may_end = house.bench.hold_join();
    let joining = join(&house, &message, 1).await;
    house.clock.advance(house.deps.timing.blast.quiet);
    let effects = joining.await.unwrap();
    assert!(may_end.is_closed(), "what joined was dropped");
    let again = Message::Artifacts(ArtifactsMessage { job_id: job.clone() });
    assert_eq!(effects.messages, [again], "nobody else would join before the next silence");
    house.perform(effects).await;
    house.queues.delete(QueueName::BlastArtifacts, &message).await.unwrap();
    assert!(house.step().await);
    house.assert_completed(&job, 4).await;
}

#[tokio::test]
async fn an_attempt_that_fails_does_not_disturb_a_later_one() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let (first_may_end, second_may_end) = (house.bench.hold_join(), house.bench.hold_join());
    let first = join(&house, &message, 1).await;
    let second = join(&house, &message, 2).await;
    let before = house.job(&job).await;
    drop(first_may_end);
    house.perform(first.await.unwrap()).await;
    let after = house.job(&job).await;
    assert_eq!((after.result, after.fault, after.attempts), (before.result, None, 0));
    second_may_end.send(()).unwrap();
    house.perform(second.await.unwrap()).await;
    house.assert_completed(&job, 4).await;
    assert_eq!(result(&house, &job).await, JoinedBy { attempt: 2, whole: true });
}

#[tokio::test]
async fn a_poison_message_takes_no_joining_from_who_is_at_it() {
    let house = House::new();
    let (job, message) = waiting(&house).await;
    let may_end = house.bench.hold_join();
    let joining = join(&house, &message, 1).await;
    house.queues.send(QueueName::BlastArtifactsPoison, &message.body, None).await.unwrap();
    let effects = reconcile(&house.deps).await.unwrap();
    assert_eq!((effects.messages, house.job(&job).await.attempts), (vec![], 1), "it counts as one more loss");
    may_end.send(()).unwrap();
    house.perform(joining.await.unwrap()).await;
    house.assert_completed(&job, 4).await;
}
