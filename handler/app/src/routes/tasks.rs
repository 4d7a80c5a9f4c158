use super::shape::{job_error, moment, phase_words};
use crate::api::meta::{TaskProgress, TaskResult, TaskStatus};
use crate::http::{ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::{Phase, Status, StepName};
use std::sync::Arc;

/// State of a task, read from its row.
#[utoipa::path(get, path = "/api/tasks/{id}", tag = "service", params(("id" = String, Path, description = "The task")),
    responses((status = 200, body = TaskStatus), (status = 404, body = crate::api::problem::Problem)))]
pub async fn task(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<TaskStatus>> {
    let row = app.deps.jobs().state(&job.row.id).await?.unwrap_or(job.row);
    let status = match row.status() {
        Status::Queued => "PENDING",
        Status::Running if row.fault.is_some() => "RETRY",
        Status::Running if row.phase == Phase::Preparing => "STARTED",
        Status::Running => "PROGRESS",
        Status::Completed => "SUCCESS",
        Status::Failed => "FAILURE",
        Status::Cancelled | Status::Deleted => "REVOKED",
    };
    let ended = row.status().is_terminal();
    let completed = row.status() == Status::Completed;
    Ok(Json(TaskStatus {
        task_id: row.id.to_string(),
        status: status.to_owned(),
        ready: ended,
        progress: (!ended).then(|| progress(&row)),
        result: completed.then(|| TaskResult {
            job_id: row.id.to_string(),
            results_url: format!("/api/blast/jobs/{}/results", row.id),
        }),
        error: row.fault.as_ref().filter(|_| ended).map(job_error),
    }))
}

fn progress(row: &JobRow) -> TaskProgress {
    TaskProgress {
        phase: row.phase.as_str().to_owned(),
        status: row.status().as_str().to_owned(),
        step: row.progress.as_ref().map_or(0, blastline_jobs::state::Progress::current),
        total_steps: u32::try_from(StepName::ALL.len()).unwrap_or(u32::MAX),
        message: phase_words(row.phase).to_owned(),
        updated_at: moment(row.updated_at),
        letters_done: row.letters_done,
        letters_total: row.letters_total,
        retry_after_seconds: None,
        error_code: row.fault.as_ref().map(|fault| fault.code.as_str().to_owned()),
    }
}
