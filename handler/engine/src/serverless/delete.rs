use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::rows::ActiveRow;
use blastline_jobs::state::{EventName, HistoryEvent, Phase};
use blastline_jobs::timing::TaskType;

/// Takes a search that has ended out of its owner's sight. The reconciler takes its sequences, results, parts and listing
/// away; the row stays, so that a key that was used is not used again. Deleting twice is no error.
pub async fn delete_job(deps: &Deps, id: &JobId) -> EngineResult<()> {
    let now = deps.clock.now();
    // Before the row, so that what it owns is never without somebody who takes it away.
    let entry =
        ActiveRow { task: TaskType::Blast, id: id.clone(), next_check: now, seen: true, put_off: false };
    deps.active().insert(&entry).await?;
    deps.jobs()
        .update(id, |row| {
            if !row.status().is_terminal() {
                let detail = "A search that still runs cannot be deleted.";
                return Err(Fault::new(ErrorCode::JobStillActive, detail).into());
            }
            let first = row.phase != Phase::Deleted;
            if first {
                row.enter(Phase::Deleted, now)?;
            }
            Ok(first)
        })
        .await?;
    deps.history().append(&HistoryEvent::once(id, &EventName::Phase(Phase::Deleted), now)).await
}
