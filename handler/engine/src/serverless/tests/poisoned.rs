use super::House;
use super::bench::{Part, lock};
use crate::serverless::reconcile;
use async_trait::async_trait;
use blastline_jobs::memory::MemoryQueues;
use blastline_jobs::message::{ChunkMessage, Message};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Queues, Received, StorageError, StorageErrorKind, StorageResult};
use blastline_jobs::retry::MAX_ATTEMPTS;
use blastline_jobs::state::Phase;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Queues of which each answers once, and then fails.
struct Failing {
    inner: Arc<MemoryQueues>,
    answers: AtomicU64,
}

#[async_trait]
impl Queues for Failing {
    async fn ensure(&self, queue: QueueName) -> StorageResult<()> {
        self.inner.ensure(queue).await
    }

    async fn send(&self, queue: QueueName, body: &str, delay: Option<Duration>) -> StorageResult<()> {
        self.inner.send(queue, body, delay).await
    }

    async fn approximate_count(&self, queue: QueueName) -> StorageResult<u64> {
        self.inner.approximate_count(queue).await
    }

    async fn receive(&self, queue: QueueName, max: u8, visibility: Duration) -> StorageResult<Vec<Received>> {
        let taken = self.inner.receive(queue, max, visibility).await?;
        if taken.is_empty() || self.answers.fetch_add(1, Ordering::SeqCst) > 0 {
            return Err(StorageError::new(StorageErrorKind::Unavailable, "receive", "the test says so"));
        }
        Ok(taken)
    }

    async fn delete(&self, queue: QueueName, message: &Received) -> StorageResult<()> {
        self.inner.delete(queue, message).await
    }
}

#[tokio::test]
async fn what_was_taken_from_a_poison_queue_is_sent_although_the_next_call_fails() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    assert!(house.step().await, "prepared");
    let taken = house.take(QueueName::BlastChunks).await.unwrap();
    house.queues.delete(QueueName::BlastChunks, &taken).await.unwrap();
    house.queues.send(QueueName::BlastChunksPoison, &taken.body, None).await.unwrap();
    house.clock.advance(Duration::from_secs(1));
    let mut deps = house.deps.clone();
    deps.queues = Arc::new(Failing { inner: house.queues.clone(), answers: AtomicU64::new(0) });
    let effects = reconcile(&deps).await.unwrap();
    let sent = Message::Chunk(ChunkMessage { job_id: job.clone(), first_query: 0 });
    assert!(effects.messages.contains(&sent), "{effects:?}");
    house.perform(effects).await;
    house.settle().await;
    house.assert_completed(&job, 4).await;
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_poison_message_takes_no_part_from_who_runs_it_and_counts_no_try_as_lost() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Hangs);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    let mut running = Box::pin(house.run(QueueName::BlastChunks, &message));
    while house.runs().is_empty() {
        assert!(futures::poll!(&mut running).is_pending());
    }
    let part = async || house.deps.chunks().get(&job, 0).await.unwrap().unwrap().row;
    house
        .deps
        .chunks()
        .update(&job, 0, |row| {
            row.attempts = MAX_ATTEMPTS;
            true
        })
        .await
        .unwrap();
    let before = part().await;
    house.queues.send(QueueName::BlastChunksPoison, &message.body, None).await.unwrap();
    house.clock.advance(Duration::from_secs(1));
    let effects = reconcile(&house.deps).await.unwrap();
    assert_eq!(effects.messages, []);
    assert_eq!(part().await, before, "it runs, and that is its last try");
    assert_eq!(house.job(&job).await.phase, Phase::Running);
}

#[tokio::test]
async fn poison_queues_that_cannot_be_read_do_not_keep_searches_waiting() {
    let house = House::new();
    let job = house.submit_row(1, 4).await;
    house.clock.advance(house.deps.timing.blast.quiet * 3);
    let mut deps = house.deps.clone();
    deps.queues = Arc::new(Failing { inner: house.queues.clone(), answers: AtomicU64::new(1) });
    let effects = reconcile(&deps).await.unwrap();
    assert_eq!(effects.messages.len(), 1, "the search's first message is sent again");
    house.perform(effects).await;
    house.settle().await;
    house.assert_completed(&job, 4).await;
}
