//! Results that are not what they seem, and markers that are not the truth.

use super::Played;
use super::stage::Stage;
use super::table::Wrote;
use blastline_jobs::ports::JobEnd;
use blastline_jobs::state::Status;

/// A search whose first batch has a result from ten minutes before its Jobs were made.
async fn with_a_stale_result() -> (Stage, blastline_jobs::ids::JobId, u32) {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    stage.write(&job, 0, Wrote::Hits).await;
    stage.minutes(10).await;
    let batches = stage.take(&job).await;
    stage.finish_all(&job, 1..batches).await;
    stage.completes(&job, 0);
    (stage, job, batches)
}

pub async fn stale_then_fresh() -> Played {
    let (stage, job, _) = with_a_stale_result().await;
    stage.minutes(5).await;
    assert!(!stage.yard.job(&job).await.status().is_terminal(), "a file from before is no result");
    stage.write(&job, 0, Wrote::Hits).await;
    stage.over(&[&job])
}

pub async fn stale_alone() -> Played {
    let (stage, job, _) = with_a_stale_result().await;
    stage.over(&[&job])
}

pub async fn missing() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 1..batches).await;
    stage.completes(&job, 0);
    stage.over(&[&job])
}

/// The first batch completes, and what it wrote is this.
async fn wrote(what: Wrote) -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 1..batches).await;
    stage.write(&job, 0, what).await;
    stage.completes(&job, 0);
    stage.over(&[&job])
}

pub async fn truncated() -> Played {
    wrote(Wrote::CutOff).await
}

pub async fn of_other_queries() -> Played {
    wrote(Wrote::Other).await
}

pub async fn no_bytes() -> Played {
    wrote(Wrote::Nothing).await
}

pub async fn no_hits() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    for batch in 0..batches {
        stage.write(&job, batch, Wrote::NoHits).await;
        stage.completes(&job, batch);
    }
    stage.settle().await;
    let row = stage.yard.job(&job).await;
    assert_eq!((row.hits, row.without_hits), (0, row.queries_total));
    stage.over(&[&job])
}

pub async fn false_success() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 0..batches - 1).await;
    stage.attempt_fails(&job, batches - 1, 1, (3, "Error", "BLAST engine error"));
    stage.job_fails(&job, batches - 1);
    stage.marker(&job, "SUCCESS.txt").await;
    stage.finalized(&job);
    stage.over(&[&job])
}

pub async fn false_failure() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.marker(&job, "FAILURE.txt").await;
    let failed = JobEnd::Failed { reason: "BackoffLimitExceeded".to_owned(), message: String::new() };
    stage.yard.cluster.end_job(&format!("finalizer-{job}"), failed);
    stage.minutes(2).await;
    assert_eq!(stage.yard.job(&job).await.status(), Status::Running);
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}
