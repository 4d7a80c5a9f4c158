use crate::api::jobs::JobChange;
use crate::http::{ApiError, ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use blastline_engine::serverless::{finish_cancel, request_cancel};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::state::Status;
use std::sync::Arc;

/// Cancels a search. It answers `cancelling` until nothing of it runs any more.
#[utoipa::path(post, path = "/api/blast/jobs/{id}/cancel", tag = "searches",
    params(("id" = String, Path, description = "The job")),
    responses((status = 202, body = JobChange), (status = 404, body = crate::api::problem::Problem),
        (status = 409, body = crate::api::problem::Problem)))]
pub async fn cancel(
    State(app): State<Arc<World>>,
    job: OwnedJob,
) -> ApiResult<(StatusCode, Json<JobChange>)> {
    let id = &job.row.id;
    if request_cancel(&app.deps, id).await?.is_none() {
        return Err(ApiError::new(ErrorCode::JobNotFound, "There is no search of that number among yours."));
    }
    // What has not begun needs no stopping, so a waiting search is cancelled at once. What cannot be done now is done
    // by the parts themselves and the reconciler.
    match finish_cancel(&app.deps, id).await {
        Ok(effects) => {
            for message in &effects.messages {
                // The row is there, so a message that cannot be sent now is sent by the reconciler.
                if let Err(error) = app.deps.queues.send(message.queue(), &message.to_json(), None).await {
                    tracing::warn!(job_id = %id, %error, "message not sent");
                }
            }
            for event in &effects.history {
                if let Err(error) = app.deps.history().append(event).await {
                    tracing::warn!(job_id = %id, %error, "event not written");
                }
            }
        }
        Err(error) => tracing::warn!(job_id = %id, %error, "cancelling goes on by itself"),
    }
    let row = app.deps.jobs().summary(id).await?;
    let done = row.is_some_and(|row| row.status() == Status::Cancelled);
    let status = if done { "cancelled" } else { "cancelling" };
    let body = JobChange { job_id: id.to_string(), task_id: id.to_string(), status: status.to_owned() };
    Ok((StatusCode::ACCEPTED, Json(body)))
}
