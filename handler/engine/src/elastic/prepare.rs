use super::line;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::store::VersionedJob;
use blastline_jobs::effects::Effects;
use blastline_jobs::message::{Message, WatchMessage};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::{Phase, StepName};

/// Hands a search that was looked at over to the looks at its cluster: it enters the line, and its first look comes at
/// once.
pub(crate) async fn hand_over(
    deps: &Deps,
    known: &mut VersionedJob,
    blast_version: &str,
) -> EngineResult<Effects> {
    line::enter(deps, &known.row).await?;
    let now = deps.clock.now();
    let row = deps
        .jobs()
        .change(known, |row| {
            if row.phase != Phase::Preparing {
                return Ok(false);
            }
            row.enter(Phase::WaitingForSubmitSlot, now)?;
            blast_version.clone_into(&mut row.blast_version);
            if let Some(state) = &mut row.elastic {
                state.waiting_since = Some(now);
                state.next_look_at = Some(now);
                state.seen_at = Some(now);
            }
            if let Some(progress) = &mut row.progress {
                progress.describe(StepName::WarmingUp, "In line in front of the cluster.");
            }
            Ok(true)
        })
        .await?;
    let row = row.filter(|row| row.phase.is_waiting());
    if row.is_none() {
        // It was cancelled meanwhile, perhaps by a look that found nobody in line yet.
        line::leave(deps, &known.row).await?;
    }
    Ok(row.as_ref().map(first_look).unwrap_or_default())
}

/// The message of a look that a search waits for.
pub(crate) fn first_look(row: &JobRow) -> Effects {
    let Some(state) = row.elastic.as_ref().filter(|_| row.phase.is_waiting()) else { return Effects::none() };
    let message = Message::Watch(WatchMessage { job_id: row.id.clone(), look: state.look });
    Effects { messages: vec![message], history: row.told_events() }
}
