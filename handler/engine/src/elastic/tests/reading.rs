use super::Yard;
use crate::deps::DispatchLimits;
use crate::serverless::tests::{Part, lock};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::retry::MAX_READS;
use blastline_jobs::rows::ChunkState;
use blastline_jobs::state::{Phase, Status};
use std::time::Duration;

#[tokio::test]
async fn a_damaged_result_is_read_three_times_and_then_fails_its_search() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    let damaged = std::iter::repeat_n(Part::Fails(ErrorCode::ResultsInvalid), 20);
    lock(&yard.house.bench.script).extend(damaged);
    for batch in 0..batches {
        yard.finish(&job, batch).await;
    }
    yard.pass(Duration::from_secs(180)).await;
    let row = yard.job(&job).await;
    assert_eq!((row.status(), row.fault.unwrap().code), (Status::Failed, ErrorCode::ResultsInvalid));
    let tries = yard.chunks(&job).await.into_iter().map(|chunk| chunk.attempts).max();
    assert_eq!(tries, Some(MAX_READS));
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_batch_that_is_to_be_read_in_much_later_leaves_its_place_to_others() {
    let mut yard = Yard::new();
    yard.house.deps.limits = DispatchLimits { in_flight: 1, per_owner: 1 };
    let (job, batches) = yard.taken(10).await;
    lock(&yard.house.bench.script).extend(std::iter::repeat_n(Part::Fails(ErrorCode::DiskFull), 3));
    yard.finish(&job, 0).await;
    // Tried at once, and after a quarter and half a minute; the next try is a minute away.
    yard.pass(Duration::from_secs(75)).await;
    let batch = yard.chunks(&job).await.remove(0);
    assert_eq!((batch.state, batch.attempts, batch.retry_at.is_some()), (ChunkState::Ready, 3, true));
    let other = yard.house.submit(2, 4).await;
    yard.run().await;
    assert_eq!(yard.job(&other).await.phase, Phase::Completed, "the place was free");
    for batch in 1..batches {
        yard.finish(&job, batch).await;
    }
    yard.house.settle().await;
    yard.house.assert_completed(&job, 10).await;
    yard.assert_at_rest().await;
}
