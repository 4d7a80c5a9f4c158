//! A search that nothing stands in the way of, and batches that fail.

use super::Played;
use super::stage::Stage;
use super::table::Wrote;
use blastline_jobs::state::Phase;

pub async fn all_complete() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    for batch in 0..batches {
        stage.runs(&job, batch, 1);
    }
    stage.seconds(10).await;
    stage.is(&job, Phase::Running).await;
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}

pub async fn removed_before_its_result_was_seen() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    (0..batches).for_each(|batch| stage.completes(&job, batch));
    stage.seconds(10).await;
    for batch in 0..batches {
        stage.removed(&job, batch);
        stage.write(&job, batch, Wrote::Hits).await;
    }
    stage.over(&[&job])
}

pub async fn retry_then_complete() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.attempt_fails(&job, 0, 1, (3, "Error", "BLAST engine error"));
    stage.minutes(2).await;
    assert!(!stage.yard.job(&job).await.status().is_terminal(), "an attempt is not the batch");
    stage.runs(&job, 0, 2);
    stage.seconds(60).await;
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}

pub async fn a_batch_fails() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 1..batches).await;
    stage.attempt_fails(&job, 0, 1, (3, "Error", "BLAST engine error: Error: out of everything"));
    stage.job_fails(&job, 0);
    stage.settle().await;
    let fault = stage.yard.job(&job).await.fault.unwrap();
    assert!(fault.detail.contains("batch 1 of"), "it says which: {fault:?}");
    stage.over(&[&job])
}

pub async fn a_failed_batch_is_removed() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 1..batches).await;
    stage.job_fails(&job, 0);
    stage.removed(&job, 0);
    stage.over(&[&job])
}

pub async fn a_hundred_jobs() -> Played {
    let stage = Stage::of(60, time::Duration::ZERO).await;
    let job = stage.yard.submit(400).await;
    stage.yard.run().await;
    let batches = stage.take(&job).await;
    assert!(batches > 100, "{batches}");
    for some in (0..batches).collect::<Vec<_>>().chunks(30) {
        for batch in some {
            stage.finish(&job, *batch).await;
        }
        stage.seconds(30).await;
    }
    stage.over(&[&job])
}

async fn with_clock_off(by: time::Duration) -> Played {
    let stage = Stage::of(2, by).await;
    let (job, batches) = stage.taken().await;
    for batch in 0..batches {
        stage.runs(&job, batch, 1);
        stage.seconds(10).await;
        stage.finish(&job, batch).await;
    }
    stage.over(&[&job])
}

pub async fn clock_ahead() -> Played {
    with_clock_off(time::Duration::minutes(5)).await
}

pub async fn clock_behind() -> Played {
    with_clock_off(time::Duration::minutes(-5)).await
}
