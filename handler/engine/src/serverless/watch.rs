use super::delivery::elapsed;
use super::workbench::Stop;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use crate::store::VersionedChunk;
use blastline_jobs::ids::JobId;
use blastline_jobs::rows::{ChunkRow, JobRow};
use blastline_jobs::state::Phase;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;

/// How long a part may still run without a sign of life: it is given up a fifth of the quiet time before others take it
/// for lost, so that nothing of it runs when they do. Clocks of machines may differ by less than that.
pub(super) fn until_given_up(deps: &Deps, part: &ChunkRow) -> Duration {
    let silent = elapsed(part.last_seen(), deps.clock.now());
    (deps.timing.blast.quiet * 4 / 5).saturating_sub(silent)
}

/// The rhythm of looks and signs of life.
#[derive(Default)]
struct Pulse {
    since_heartbeat: Duration,
}

impl Pulse {
    /// Waits until the next look; tells whether a sign of life is due with it.
    async fn next(&mut self, deps: &Deps) -> bool {
        deps.clock.sleep(deps.timing.cancel_poll).await;
        self.since_heartbeat += deps.timing.cancel_poll;
        let due = self.since_heartbeat >= deps.timing.blast.heartbeat;
        if due {
            self.since_heartbeat = Duration::ZERO;
        }
        due
    }
}

/// Gives signs of life for a part while it runs, and tells it to stop when its job ends, another invocation holds it, or
/// no sign of life could be given for so long that others will take it for lost. Returns only then.
pub(super) async fn keep_watch(
    deps: &Deps,
    job: &JobId,
    mut chunk: VersionedChunk,
    stop: &watch::Sender<Stop>,
) {
    let mut pulse = Pulse::default();
    loop {
        let next = async {
            let due = pulse.next(deps).await;
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
    if is_planted(Planted::LostHeartbeat) {
        return Ok(Some(chunk.clone()));
    }
    let mut after = chunk.row.clone();
    after.heartbeat_at = Some(deps.clock.now());
    deps.chunks().swap(chunk, after).await
}

/// Joins a job's results and gives signs of life on its row meanwhile, so that nobody takes it for lost. `None` when the
/// job went on without it, somebody else joins, or no sign of life could be given for too long: the work is dropped then.
pub(super) async fn while_joining<T>(
    deps: &Deps,
    job: &JobRow,
    work: impl Future<Output = T>,
) -> EngineResult<Option<T>> {
    let mut seen = job.heartbeat_at;
    let mut pulse = Pulse::default();
    tokio::pin!(work);
    loop {
        let next = async {
            let due = pulse.next(deps).await;
            still_joins(deps, job, due).await
        };
        let silent = elapsed(seen, deps.clock.now());
        let told = tokio::select! {
            biased;
            done = &mut work => return Ok(Some(done)),
            told = next => told,
            () = deps.clock.sleep((deps.timing.blast.quiet * 4 / 5).saturating_sub(silent)) => Ok(None),
        };
        match told {
            Ok(Some(alive)) => seen = alive,
            Ok(None) => return Ok(None),
            Err(error) => tracing::warn!(job_id = %job.id, %error, "sign of life could not be written"),
        }
    }
}

/// The latest sign of life of a job that is still ours to join, after a new one where one is due.
async fn still_joins(deps: &Deps, job: &JobRow, due: bool) -> EngineResult<Option<OffsetDateTime>> {
    let ours = |row: &JobRow| row.phase == Phase::ResultsPending && row.result == job.result;
    let row = if due {
        let now = deps.clock.now();
        let beat = |row: &mut JobRow| {
            let alive = ours(row);
            if alive {
                row.heartbeat_at = now;
            }
            Ok(alive)
        };
        deps.jobs().update(&job.id, beat).await?
    } else {
        deps.jobs().summary(&job.id).await?
    };
    Ok(row.filter(ours).map(|row| row.heartbeat_at))
}
