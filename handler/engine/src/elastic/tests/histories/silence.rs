//! A cluster that gives no answer, or refuses to.

use super::Played;
use super::stage::Stage;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ports::ClusterErrorKind;
use blastline_jobs::state::Status;

/// A search half of whose batches end before the cluster falls silent for so many minutes, and the others meanwhile.
async fn silent_for(kind: ClusterErrorKind, minutes: u64) -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 0..batches / 2).await;
    stage.seconds(30).await;
    stage.outage(kind);
    stage.finish_all(&job, batches / 2..batches).await;
    stage.ticks(minutes).await;
    let row = stage.yard.job(&job).await;
    assert_eq!(row.status(), Status::Running, "no answer is not an end: {:?}", row.fault);
    assert_eq!(row.fault.map(|fault| fault.code), Some(ErrorCode::ClusterNotReady), "it says why it waits");
    stage.back();
    stage.over(&[&job])
}

pub async fn errors_for_ten_minutes() -> Played {
    silent_for(ClusterErrorKind::Unavailable, 10).await
}

pub async fn asked_to_slow_down() -> Played {
    silent_for(ClusterErrorKind::Throttled, 5).await
}

pub async fn token_expired() -> Played {
    silent_for(ClusterErrorKind::Denied, 30).await
}

pub async fn stopped_for_a_while() -> Played {
    silent_for(ClusterErrorKind::Unavailable, 45).await
}

/// A search whose cluster falls silent and stays so until it was given up.
async fn silent_for_good(kind: ClusterErrorKind) -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.runs(&job, batches - 1, 1);
    stage.finish(&job, 0).await;
    stage.seconds(30).await;
    stage.outage(kind);
    stage.ticks(75).await;
    assert_eq!(stage.yard.job(&job).await.status(), Status::Failed);
    // It is started again another day, with what ran there.
    stage.back();
    stage.over(&[&job])
}

pub async fn token_never_renewed() -> Played {
    silent_for_good(ClusterErrorKind::Denied).await
}

pub async fn stopped_for_good() -> Played {
    silent_for_good(ClusterErrorKind::Unavailable).await
}
