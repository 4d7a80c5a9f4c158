use super::workbench::Stop;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::store::VersionedChunk;
use blastline_jobs::ids::JobId;
use tokio::sync::watch;

/// Gives signs of life for a part while it runs, and tells it to stop when its job ends or another invocation holds it.
/// Returns only then. Storage that does not answer for a while stops nothing: the part's result is written under its
/// claim in any case.
pub(super) async fn keep_watch(
    deps: &Deps,
    job: &JobId,
    mut chunk: VersionedChunk,
    stop: &watch::Sender<Stop>,
) {
    let mut since_heartbeat = std::time::Duration::ZERO;
    loop {
        deps.clock.sleep(deps.timing.cancel_poll).await;
        since_heartbeat += deps.timing.cancel_poll;
        let reason = match look(deps, job).await {
            Ok(true) => Stop::JobEnded,
            Ok(false) if since_heartbeat >= deps.timing.blast.heartbeat => {
                since_heartbeat = std::time::Duration::ZERO;
                match beat(deps, &chunk).await {
                    Ok(Some(next)) => {
                        chunk = next;
                        Stop::Go
                    }
                    Ok(None) => Stop::ClaimLost,
                    Err(error) => {
                        tracing::warn!(job_id = %job, %error, "sign of life could not be written");
                        Stop::Go
                    }
                }
            }
            Ok(false) => Stop::Go,
            Err(error) => {
                tracing::warn!(job_id = %job, %error, "the job's row could not be read");
                Stop::Go
            }
        };
        if reason != Stop::Go {
            stop.send_replace(reason);
            return;
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
