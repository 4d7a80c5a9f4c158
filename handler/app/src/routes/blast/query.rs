use crate::api::jobs::JobQuery;
use crate::http::{ApiError, ApiResult, OwnedJob};
use crate::world::World;
use axum::Json;
use axum::extract::State;
use blastline_engine::serverless::ResultPaths;
use blastline_jobs::error_code::ErrorCode;
use std::sync::Arc;

/// Largest query that is given for editing, in bytes.
const MAX_EDIT_BYTES: u64 = 5 * 1024 * 1024;

/// The sequences of a job, for editing and searching again.
#[utoipa::path(get, path = "/api/blast/jobs/{id}/query", tag = "searches",
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = JobQuery), (status = 404, body = crate::api::problem::Problem),
        (status = 413, body = crate::api::problem::Problem)))]
pub async fn query(State(app): State<Arc<World>>, job: OwnedJob) -> ApiResult<Json<JobQuery>> {
    if job.row.query_bytes > MAX_EDIT_BYTES {
        let detail = "These sequences are more than 5 MiB; download them instead.";
        return Err(ApiError::new(ErrorCode::QueryTooLargeForEdit, detail));
    }
    let path = ResultPaths::of(&job.row.id).query(&job.row.query_digest)?;
    let body = match app.deps.blobs.get_range(&path, 0..job.row.query_bytes).await {
        Ok(body) => body,
        Err(error) if error.is_not_found() => {
            return Err(ApiError::new(
                ErrorCode::QueryMissing,
                "The stored sequences of this search are gone.",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let query_text = String::from_utf8_lossy(&body).into_owned();
    Ok(Json(JobQuery { size_bytes: body.len() as u64, query_text, max_bytes: MAX_EDIT_BYTES }))
}
