use super::advance::release_fairly;
use super::artifacts::is_joined;
use super::delivery::{elapsed, is_silent};
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{Message, WatchMessage};
use blastline_jobs::rows::{ChunkRow, ChunkState, JobRow};
use blastline_jobs::state::{EventName, HistoryEvent, Phase, Status};
use time::OffsetDateTime;

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
            if let Some(state) = &mut row.elastic {
                // Its look is owed from now on, whether or not the message for it comes through.
                state.next_look_at = Some(now);
                state.clearing = 0;
            }
            Ok(true)
        })
        .await?;
    if let Some(row) = &row {
        look_at_once(deps, row).await?;
        deps.history().append(&HistoryEvent::once(job, &EventName::CancelledByUser, now)).await?;
    }
    Ok(row)
}

/// Asks for a look at the cluster of a search that is being cancelled there, since the next one may be a minute away.
async fn look_at_once(deps: &Deps, row: &JobRow) -> EngineResult<()> {
    if let Some(state) = row.elastic.as_ref().filter(|_| row.is_cancelling()) {
        let message = Message::Watch(WatchMessage { job_id: row.id.clone(), look: state.look });
        deps.queues.send(message.queue(), &message.to_json(), None).await?;
    }
    Ok(())
}

/// Whether anything of a search that is being cancelled still runs here: parts, or the joining of its results. Parts that
/// nobody runs are cancelled.
pub(crate) async fn parts_still_run(deps: &Deps, row: &JobRow) -> EngineResult<bool> {
    let now = deps.clock.now();
    deps.dispatch().remove(&row.id).await?;
    let parts = stop_parts(deps, &row.id).await?;
    Ok(parts.iter().any(|part| runs(deps, part, now)) || is_joined(deps, row, now))
}

/// Whether a part is run. Who lost it to another invocation without having been silent stops when it notices, or gives
/// itself up in time; until then it counts.
fn runs(deps: &Deps, part: &ChunkRow, now: OffsetDateTime) -> bool {
    let ousted = part.ousted_at.is_some_and(|at| elapsed(at, now) <= deps.timing.blast.quiet);
    part.state.is_in_flight() || ousted
}

/// Ends a job that is being cancelled once nothing of it runs. Parts that were not begun are cancelled here; a part that
/// runs is left to its invocation, unless that has been silent for too long. Who lost a part or the joining to another
/// invocation without having been silent is waited for as well.
pub async fn finish_cancel(deps: &Deps, job: &JobId) -> EngineResult<Effects> {
    let now = deps.clock.now();
    deps.dispatch().remove(job).await?;
    let parts = stop_parts(deps, job).await?;
    let runs = parts.iter().any(|part| runs(deps, part, now));
    if runs && !is_planted(Planted::HastyCancel) {
        return release_fairly(deps).await;
    }
    let row = deps
        .jobs()
        .update(job, |row| {
            // Whoever joins its results stops within seconds and says so; after a silence nobody joins them any more.
            // What runs on a cluster is ended by the looks at it.
            if !row.is_cancelling() || row.elastic.is_some() || is_joined(deps, row, now) {
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
    let chunks = deps.chunks().list_versions(job).await?;
    deps.chunks()
        .change_all(chunks, |row| {
            let silent = is_silent(deps, row, now);
            let stop = match row.state {
                ChunkState::OnCluster | ChunkState::Ready | ChunkState::Released => true,
                ChunkState::Running => silent,
                ChunkState::Done | ChunkState::Failed | ChunkState::Cancelled => false,
            };
            if stop {
                row.state = ChunkState::Cancelled;
                row.ended_at = Some(now);
            }
            stop
        })
        .await
}
