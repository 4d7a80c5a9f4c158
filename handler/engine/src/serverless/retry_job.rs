use super::fail::fail_job;
use crate::deps::Deps;
use crate::error::{EngineError, EngineResult};
use blastline_jobs::effects::Effects;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::Message;
use blastline_jobs::retry;
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::{EventName, HistoryEvent};

/// A step of a job that failed.
pub(super) struct FailedStep<F> {
    /// Whether a job is still in it.
    pub is_on: F,
    /// Whether nobody else can be at it.
    pub alone: bool,
}

/// Decides what becomes of a job whose preparation or joining failed: the same message again after a delay, or the end
/// of the job; `None` where the job is not in the step any more that failed, since another invocation was faster. A
/// failure of storage itself is given back, so that the host delivers the message again.
pub(super) async fn retry_job<F: Fn(&JobRow) -> bool + Send + Sync>(
    deps: &Deps,
    job: &JobId,
    message: Message,
    error: EngineError,
    step: FailedStep<F>,
) -> EngineResult<Option<Effects>> {
    if matches!(error, EngineError::Storage(_)) {
        return Err(error);
    }
    let fault = error.fault();
    tracing::warn!(job_id = %job, %error, "step failed");
    let now = deps.clock.now();
    let mut ours = false;
    let row = deps
        .jobs()
        .update(job, |row| {
            ours = (step.is_on)(row);
            if ours {
                row.attempts += 1;
                row.heartbeat_at = now;
                if step.alone {
                    row.result.clear();
                }
                row.fault = Some(fault.clone());
            }
            Ok(ours)
        })
        .await?;
    let Some(row) = row.filter(|_| ours) else { return Ok(None) };
    let Some(delay) = retry::delay(fault.code.retry_class(), error.retry_after(), row.attempts) else {
        return fail_job(deps, job, &fault).await.map(Some);
    };
    deps.queues.send(message.queue(), &message.to_json(), Some(deps.timing.scaled(delay))).await?;
    let what = format!("{}:{}", row.phase, row.attempts);
    let event = HistoryEvent::keyed(job, &EventName::RetryScheduled, &what, now)
        .int("retry_after_seconds", delay.as_secs())
        .int("attempt", row.attempts)
        .text("error", fault.detail.clone())
        .text("error_code", fault.code.as_str());
    Ok(Some(Effects { messages: Vec::new(), history: vec![event] }))
}
