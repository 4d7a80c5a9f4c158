use super::delivery::elapsed;
use super::workbench::Stop;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::store::VersionedChunk;
use blastline_jobs::ids::JobId;
use blastline_jobs::rows::ChunkRow;
use std::time::Duration;
use tokio::sync::watch;

/// How long a part may still run without a sign of life: it is given up a fifth of the quiet time before others take it
/// for lost, so that nothing of it runs when they do. Clocks of machines may differ by less than that.
pub(super) fn until_given_up(deps: &Deps, part: &ChunkRow) -> Duration {
    let silent = elapsed(part.last_seen(), deps.clock.now());
    (deps.timing.blast.quiet * 4 / 5).saturating_sub(silent)
}

/// Gives signs of life for a part while it runs, and tells it to stop when its job ends, another invocation holds it, or
/// no sign of life could be given for so long that others will take it for lost. Returns only then.
pub(super) async fn keep_watch(
    deps: &Deps,
    job: &JobId,
    mut chunk: VersionedChunk,
    stop: &watch::Sender<Stop>,
) {
    let mut since_heartbeat = Duration::ZERO;
    loop {
        let next = async {
            deps.clock.sleep(deps.timing.cancel_poll).await;
            since_heartbeat += deps.timing.cancel_poll;
            let due = since_heartbeat >= deps.timing.blast.heartbeat;
            if due {
                since_heartbeat = Duration::ZERO;
            }
            look_and_beat(deps, job, &chunk, due).await
        };
        let told = tokio::select! {
            biased;
            told = next => told,
            () = deps.clock.sleep(until_given_up(deps, &chunk.row)) => Err(Stop::ClaimLost),
        };
        match told {
            Ok(Some(beaten)) => chunk = beaten,
            Ok(None) => {}
            Err(reason) => {
                stop.send_replace(reason);
                return;
            }
        }
    }
}

/// Looks whether a part is to go on, and writes a sign of life where one is due. Storage that does not answer for a
/// while stops nothing by itself.
async fn look_and_beat(
    deps: &Deps,
    job: &JobId,
    chunk: &VersionedChunk,
    due: bool,
) -> Result<Option<VersionedChunk>, Stop> {
    match look(deps, job).await {
        Ok(true) => return Err(Stop::JobEnded),
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(job_id = %job, %error, "the job's row could not be read");
            return Ok(None);
        }
    }
    if !due {
        return Ok(None);
    }
    match beat(deps, chunk).await {
        Ok(Some(next)) => Ok(Some(next)),
        Ok(None) => Err(Stop::ClaimLost),
        Err(error) => {
            tracing::warn!(job_id = %job, %error, "sign of life could not be written");
            Ok(None)
        }
    }
}

/// Whether the job has ended or is being cancelled. A job without a row has ended.
async fn look(deps: &Deps, job: &JobId) -> EngineResult<bool> {
    let row = deps.jobs().summary(job).await?;
    Ok(row.is_none_or(|row| row.status().is_terminal() || row.is_cancelling()))
}

/// Writes a sign of life; `None` when the part is no longer ours.
async fn beat(deps: &Deps, chunk: &VersionedChunk) -> EngineResult<Option<VersionedChunk>> {
    let mut after = chunk.row.clone();
    after.heartbeat_at = Some(deps.clock.now());
    deps.chunks().swap(chunk, after).await
}

/// Does a job's work and gives signs of life on its row meanwhile, so that nobody takes it for lost.
pub(super) async fn with_signs_of_life<T>(deps: &Deps, job: &JobId, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = deps.clock.sleep(deps.timing.blast.heartbeat) => {}
        }
        let now = deps.clock.now();
        let jobs = deps.jobs();
        let beat = jobs.update(job, |row| {
            let alive = !row.status().is_terminal();
            if alive {
                row.heartbeat_at = now;
            }
            Ok(alive)
        });
        if let Err(error) = beat.await {
            tracing::warn!(job_id = %job, %error, "sign of life could not be written");
        }
    }
}
