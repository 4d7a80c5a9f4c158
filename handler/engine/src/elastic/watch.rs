use super::eyes::Eyes;
use super::{again, cancel, line, looked, observe, snapshot, submission};
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use crate::logs::Collected;
use crate::serverless::{Delivery, fail_job_if};
use crate::store::VersionedJob;
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::message::WatchMessage;
use blastline_jobs::ports::{ClusterError, ClusterErrorKind};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Phase;
use looked::Looked;

/// One look at a search on a cluster: sees how it is, writes that down, and asks for the next look. Holds an invocation
/// only as long as the cluster takes to answer.
pub async fn watch(deps: &Deps, message: &WatchMessage, delivery: &Delivery) -> EngineResult<Effects> {
    let job = &message.job_id;
    let Some(mut known) = deps.jobs().versioned(job).await? else { return Ok(Effects::none()) };
    let row = known.row.clone();
    let Some(state) = row.elastic.clone() else { return Ok(Effects::none()) };
    if row.status().is_terminal() {
        return Ok(Effects { messages: Vec::new(), history: row.told_events() });
    }
    if state.look != message.look {
        // Another message for the same look was faster, or an earlier delivery of this one.
        return again::told(deps, &row, &state, message, delivery).await;
    }
    let mut eyes = Eyes::open(deps, &row).await;
    let found = match take(deps, &mut known, &state.cluster, &mut eyes).await {
        Err(EngineError::Cluster(error)) => silent(deps, &known.row, &state.cluster, &error).map(Some),
        found => found,
    };
    eyes.listen(&known.row).await;
    let said = eyes.said();
    match found {
        Ok(Some(found)) => {
            let mut effects =
                looked::settle(deps, &mut known, message.look, Looked { said, ..found }).await?;
            effects.extend(again::released(deps, &known.row, delivery).await?);
            Ok(effects)
        }
        Ok(None) => Ok(Effects::none()),
        // What may pass by trying again at once is not the search's end.
        Err(EngineError::Fault(fault)) if is_of_storage(fault.code) => Err(EngineError::Fault(fault)),
        Err(EngineError::Fault(fault)) => {
            tell(deps, &mut known, &said).await?;
            let (phase, look) = (known.row.phase, message.look);
            let still = move |row: &JobRow| {
                row.phase == phase && row.elastic.as_ref().is_some_and(|state| state.look == look)
            };
            fail_job_if(deps, job, &fault, still).await
        }
        Err(error) => Err(error),
    }
}

/// Faults of what is around a search, which the host's delivery of the message again is for.
fn is_of_storage(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::WriteConflict
            | ErrorCode::StorageUnavailable
            | ErrorCode::StorageThrottled
            | ErrorCode::DiskFull
            | ErrorCode::InternalError
    )
}

/// Writes what was said last into the steps of a search that is about to fail.
async fn tell(deps: &Deps, known: &mut VersionedJob, said: &Collected) -> EngineResult<()> {
    if said.is_empty() {
        return Ok(());
    }
    let phase = known.row.phase;
    let change = |row: &mut JobRow| {
        let same = row.phase == phase;
        if let Some(progress) = row.progress.as_mut().filter(|_| same) {
            said.tell(progress);
        }
        Ok(same)
    };
    deps.jobs().change(known, change).await.map(drop)
}

/// The look that a search's phase asks for; `None` where it asks for none.
async fn take(
    deps: &Deps,
    known: &mut VersionedJob,
    name: &str,
    eyes: &mut Eyes<'_>,
) -> EngineResult<Option<Looked>> {
    let row = known.row.clone();
    if row.phase == Phase::Cancelling {
        return cancel::look(deps, &row, name, eyes).await.map(Some);
    }
    let cluster = deps.clusters.open(name)?;
    Ok(Some(match row.phase {
        Phase::WaitingForSubmitSlot | Phase::WaitingForCapacity | Phase::Configuring => {
            line::look(deps, known, name, cluster.as_ref()).await?
        }
        Phase::StagingDb | Phase::Submitting => submission::look(deps, &row, name, &cluster, eyes).await?,
        Phase::Submitted | Phase::Running => observe::look(deps, &row, &cluster, eyes).await?,
        Phase::Queued
        | Phase::Preparing
        | Phase::Cancelling
        | Phase::ResultsPending
        | Phase::Completed
        | Phase::Cancelled
        | Phase::DatabaseUnavailable
        | Phase::ConfigInvalid
        | Phase::SubmitFailed
        | Phase::SearchFailed
        | Phase::WorkerLost
        | Phase::Deleted => return Ok(None),
    }))
}

/// A cluster that gives no answer is not gone: the search waits, says why, and is given up by name once the cluster has
/// been silent for longer than it may be.
fn silent(deps: &Deps, row: &JobRow, name: &str, error: &ClusterError) -> EngineResult<Looked> {
    tracing::warn!(job_id = %row.id, cluster = name, %error, "the cluster gave no answer");
    let words = snapshot::trouble(error.kind);
    // Counted from the first look that got no answer: looks that nobody took say nothing about the cluster.
    let since = row.elastic.as_ref().and_then(|state| state.silent_since);
    let patience = deps.timing.scaled(deps.elastic.unreachable);
    let over = since.is_some_and(|since| deps.clock.now() - since > patience);
    if over && row.phase != Phase::Cancelling {
        let code = match error.kind {
            ClusterErrorKind::Unknown => ErrorCode::ClusterNotFound,
            ClusterErrorKind::Denied => ErrorCode::ClusterAccessDenied,
            _ => ErrorCode::ClusterNotReady,
        };
        return Err(Fault::new(code, format!("{words} The search on {name} was given up.")).into());
    }
    let fault = Fault::new(ErrorCode::ClusterNotReady, format!("{words} It is asked again."));
    Ok(Looked { trouble: Some(fault), unseen: true, delay: error.retry_after, ..Looked::same() })
}
