use super::advance::release_fairly;
use super::artifacts::is_joined;
use super::delivery::{elapsed, is_silent};
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{EventName, HistoryEvent, Phase, Status};

/// Takes an owner's wish to cancel: the row says so at once, parts that run see it within seconds. Asking again is no
/// error; asking for what has ended is. Gives the row as it is then.
pub async fn request_cancel(deps: &Deps, job: &JobId) -> EngineResult<Option<JobRow>> {
    let now = deps.clock.now();
    let row = deps
        .jobs()
        .update(job, |row| {
            if row.is_cancelling() || row.status() == Status::Cancelled {
                return Ok(false);
            }
            if row.status().is_terminal() {
                return Err(Fault::new(ErrorCode::JobAlreadyEnded, "This search has ended already.").into());
            }
            row.enter(Phase::Cancelling, now)?;
            Ok(true)
        })
        .await?;
    if row.is_some() {
        deps.history().append(&HistoryEvent::once(job, &EventName::CancelledByUser, now)).await?;
    }
    Ok(row)
}

/// Ends a job that is being cancelled once nothing of it runs. Parts that were not begun are cancelled here; a part that
/// runs is left to its invocation, unless that has been silent for too long. Who lost a part or the joining to another
/// invocation without having been silent is waited for as well.
pub async fn finish_cancel(deps: &Deps, job: &JobId) -> EngineResult<Effects> {
    let now = deps.clock.now();
    deps.dispatch().remove(job).await?;
    let parts = stop_parts(deps, job).await?;
    // Who lost a part without having been silent stops when it notices, or gives itself up in time.
    let ousted =
        |part: &ChunkRow| part.ousted_at.is_some_and(|at| elapsed(at, now) <= deps.timing.blast.quiet);
    let runs = parts.iter().any(|part| part.state.is_in_flight() || ousted(part));
    if runs && !is_planted(Planted::HastyCancel) {
        return release_fairly(deps).await;
    }
    let row = deps
        .jobs()
        .update(job, |row| {
            // Whoever joins its results stops within seconds and says so; after a silence nobody joins them any more.
            if !row.is_cancelling() || is_joined(deps, row, now) {
                return Ok(false);
            }
            row.enter(Phase::Cancelled, now)?;
            Ok(true)
        })
        .await?
        .filter(|row| row.status().is_terminal());
    let mut effects = release_fairly(deps).await?;
    effects.history.extend(row.map(|row| row.told_events()).unwrap_or_default());
    Ok(effects)
}

/// Cancels the parts of a job that nobody runs: those that were not begun, and those that have been silent for too long.
/// Gives all parts as they are then. One that still runs is stopped by its invocation, which says so in its row.
pub(super) async fn stop_parts(deps: &Deps, job: &JobId) -> EngineResult<Vec<ChunkRow>> {
    let now = deps.clock.now();
    let mut chunks = deps.chunks().list_light(job).await?;
    for chunk in chunks.iter_mut().filter(|chunk| chunk.state.is_in_flight()) {
        let after = deps
            .chunks()
            .update(job, chunk.first_query, |row| {
                let silent = is_silent(deps, row, now);
                let stop = row.state == ChunkState::Released || (row.state == ChunkState::Running && silent);
                if stop {
                    row.state = ChunkState::Cancelled;
                    row.ended_at = Some(now);
                }
                stop
            })
            .await?;
        if let Some(after) = after {
            *chunk = after;
        }
    }
    Ok(chunks)
}
