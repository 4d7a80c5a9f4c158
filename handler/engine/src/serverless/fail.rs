use super::advance::release_fairly;
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::effects::Effects;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ids::JobId;
use blastline_jobs::rows::{ChunkRow, JobRow};
use blastline_jobs::state::Phase;

/// Ends a job with a named failure, unless it has ended, and gives its places to others. Parts that run stop by
/// themselves when they see it.
pub(crate) async fn fail_job(deps: &Deps, job: &JobId, fault: &Fault) -> EngineResult<Effects> {
    let mut effects = end_job(deps, job, fault).await?;
    effects.extend(release_fairly(deps).await?);
    Ok(effects)
}

/// The fault of a job whose part failed for good.
pub(super) fn last_words(part: &ChunkRow) -> Fault {
    let fault = part
        .fault
        .clone()
        .unwrap_or_else(|| Fault::new(ErrorCode::BlastSearchFailed, "A part of the search failed."));
    if !fault.code.retryable() || part.attempts < 2 {
        return fault;
    }
    let detail = format!("{} It was tried {} times.", fault.detail, part.attempts);
    let code = if fault.code == ErrorCode::InternalError { ErrorCode::BlastSearchFailed } else { fault.code };
    Fault { code, detail, hint: fault.hint }
}

/// The same, where the job's row still is as it was when the failure was found.
pub(crate) async fn fail_job_if(
    deps: &Deps,
    job: &JobId,
    fault: &Fault,
    still: impl Fn(&JobRow) -> bool + Send + Sync,
) -> EngineResult<Effects> {
    let mut effects = end_job_if(deps, job, fault, still).await?;
    effects.extend(release_fairly(deps).await?);
    Ok(effects)
}

/// Ends a job with a named failure, unless it has ended.
pub(super) async fn end_job(deps: &Deps, job: &JobId, fault: &Fault) -> EngineResult<Effects> {
    end_job_if(deps, job, fault, |_| true).await
}

async fn end_job_if(
    deps: &Deps,
    job: &JobId,
    fault: &Fault,
    still: impl Fn(&JobRow) -> bool + Send + Sync,
) -> EngineResult<Effects> {
    let now = deps.clock.now();
    let mut ours = false;
    let row = deps
        .jobs()
        .update(job, |row| {
            ours = !row.status().is_terminal() && still(row);
            if !ours {
                return Ok(false);
            }
            row.fail(phase_of(fault.code, row.phase), fault.clone(), now)?;
            Ok(true)
        })
        .await?;
    if row.as_ref().is_none_or(|row| row.status().is_terminal()) {
        deps.dispatch().remove(job).await?;
    }
    let Some(row) = row else { return Ok(Effects::none()) };
    if !ours {
        let history = if row.status().is_terminal() { row.told_events() } else { Vec::new() };
        return Ok(Effects { messages: Vec::new(), history });
    }
    tracing::warn!(job_id = %job, code = %fault.code, detail = fault.detail, "search failed");
    Ok(Effects { messages: Vec::new(), history: row.told_events() })
}

/// The phase that a failure is told by.
fn phase_of(code: ErrorCode, from: Phase) -> Phase {
    match code {
        ErrorCode::DatabaseNotFound | ErrorCode::DatabaseNotReady | ErrorCode::DatabaseTooLarge => {
            Phase::DatabaseUnavailable
        }
        ErrorCode::BlastOptionsRefused | ErrorCode::ElasticConfigRefused => Phase::ConfigInvalid,
        ErrorCode::WorkerLost | ErrorCode::DeadlineExceeded => Phase::WorkerLost,
        _ if matches!(from, Phase::Running | Phase::ResultsPending) => Phase::SearchFailed,
        _ => Phase::SubmitFailed,
    }
}
