use super::Yard;
use super::counted::Counted;
use super::yard::batch_name;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::JobEnd;
use blastline_jobs::rows::ChunkState;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const BATCHES: u32 = 1_000;

/// A search of a batch a query, all of them on the cluster.
async fn many(yard: &Yard) -> JobId {
    let job = yard.submit(BATCHES.into()).await;
    yard.run().await;
    let cut = |row: &mut blastline_jobs::rows::JobRow| {
        if let Some(state) = &mut row.elastic {
            (state.batch_letters, state.batches) = (1_200, BATCHES.into());
        }
        Ok(true)
    };
    yard.house.deps.jobs().update(&job, cut).await.unwrap();
    yard.take(&job, BATCHES).await;
    yard.pass(Duration::from_secs(10)).await;
    assert_eq!(yard.chunks(&job).await.len(), BATCHES as usize);
    job
}

/// Calls to storage of the next look at a cluster.
async fn calls_of_a_look(yard: &Yard, calls: &Arc<AtomicU64>) -> u64 {
    while yard.house.queues.bodies(QueueName::BlastWatch).is_empty() {
        assert!(yard.house.step().await, "a look is owed");
    }
    yard.house.clock.advance(Duration::from_secs(60));
    let message = yard.house.take(QueueName::BlastWatch).await.unwrap();
    let before = calls.load(Ordering::SeqCst);
    let effects = yard.house.run(QueueName::BlastWatch, &message).await.unwrap();
    let calls = calls.load(Ordering::SeqCst) - before;
    yard.house.deps.queues.delete(QueueName::BlastWatch, &message).await.unwrap();
    yard.house.perform(effects).await;
    calls
}

#[tokio::test]
async fn a_look_at_many_batches_costs_pages_and_hundreds_and_not_calls_for_each() {
    let mut yard = Yard::new();
    let calls = Arc::new(AtomicU64::new(0));
    yard.house.deps.tables = Counted::new(yard.house.deps.tables.clone(), &calls);
    yard.house.deps.blobs = Counted::new(yard.house.deps.blobs.clone(), &calls);
    let job = many(&yard).await;
    let idle = calls_of_a_look(&yard, &calls).await;
    assert!(idle <= 20, "{idle} calls, and nothing had changed");
    for batch in 0..BATCHES {
        yard.cluster.end_job(&batch_name(&job, batch), JobEnd::Complete);
    }
    let hundreds = u64::from(BATCHES) / 100;
    let complete = calls_of_a_look(&yard, &calls).await;
    assert!(complete <= 20 + hundreds, "{complete} calls for {BATCHES} batches that are complete");
    assert!(yard.chunks(&job).await.iter().all(|chunk| !chunk.cluster_job.is_empty()), "remembered");
    let waiting = calls_of_a_look(&yard, &calls).await;
    assert!(waiting <= 20, "{waiting} calls while their results do not come");
    for batch in 0..BATCHES {
        yard.write_result(&job, batch).await;
    }
    let ready = calls_of_a_look(&yard, &calls).await;
    assert!(ready <= 40 + hundreds, "{ready} calls for {BATCHES} results, with the places that were free");
    let ready = yard.chunks(&job).await.iter().filter(|chunk| chunk.state == ChunkState::Ready).count();
    assert!(ready > BATCHES as usize / 2, "{ready}");
    // So does a cancel, which stops all of them.
    crate::serverless::request_cancel(&yard.house.deps, &job).await.unwrap();
    let before = calls.load(Ordering::SeqCst);
    crate::serverless::finish_cancel(&yard.house.deps, &job).await.unwrap();
    let stopped = calls.load(Ordering::SeqCst) - before;
    assert!(stopped <= 20 + hundreds, "{stopped} calls to stop {BATCHES} batches");
}

#[tokio::test]
async fn of_batches_that_are_written_together_one_that_somebody_else_changed_keeps_what_is_new() {
    let yard = Yard::new();
    let job = many(&yard).await;
    let chunks = yard.house.deps.chunks();
    let listed = chunks.list_versions(&job).await.unwrap();
    chunks
        .update(&job, 5, |row| {
            row.state = ChunkState::Cancelled;
            true
        })
        .await
        .unwrap();
    let after = chunks
        .change_all(listed, |row| {
            let ours = row.state == ChunkState::OnCluster;
            if ours {
                row.state = ChunkState::Ready;
            }
            ours
        })
        .await
        .unwrap();
    assert_eq!(after[5].state, ChunkState::Cancelled);
    let stored = yard.chunks(&job).await;
    assert_eq!(
        after.iter().map(|row| row.state).collect::<Vec<_>>(),
        stored.iter().map(|row| row.state).collect::<Vec<_>>()
    );
    assert_eq!(stored.iter().filter(|row| row.state == ChunkState::Ready).count(), BATCHES as usize - 1);
}
